package codec

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// TestListing lists the namespaces of an archive: those with a block first, and the
// buckets of a time series with the metadata of the series, which has no line of its own.
func TestListing(t *testing.T) {
	name := func(collection string) archive.Namespace {
		return archive.Namespace{DB: "a", Collection: collection}
	}
	doc := []byte("\x0c\x00\x00\x00\x10n\x00\x01\x00\x00\x00\x00")
	var data bytes.Buffer
	w := archive.NewWriter(&data, archive.Header{ServerVersion: "7.0.1", ToolVersion: "100.9.0"}, []archive.Metadata{
		{Namespace: name("view"), Type: archive.View, Text: `{"v":1}`},
		{Namespace: name("weather"), Type: archive.TimeSeries, Text: `{"w":1}`},
		{Namespace: name("plain"), Type: archive.Collection, Text: `{"p":1}`},
		{Namespace: name("other view"), Type: archive.View, Text: `{"v":2}`},
		{Namespace: name("last"), Type: archive.Collection, Text: `{"l":1}`},
	})
	for _, n := range []archive.Namespace{name("last"), name("system.buckets.weather"), name("system.buckets.plain"), name("bare")} {
		if err := errors.Join(w.Write(n, doc), w.End(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Begin(name("plain")), w.End(name("plain")), w.Close()); err != nil {
		t.Fatal(err)
	}
	once := func(offset int64) archive.Totals {
		return archive.Totals{Documents: 1, Bytes: 12, Largest: 12, LargestNumber: 1, LargestOffset: offset, Checksum: archive.Matches}
	}
	all := []Listed{
		{Namespace: name("last"), Totals: once(608), Type: archive.Collection, Metadata: `{"l":1}`, Ended: true},
		{Namespace: name("system.buckets.weather"), Totals: once(756), Type: archive.TimeSeries, Metadata: `{"w":1}`, Ended: true},
		{Namespace: name("system.buckets.plain"), Totals: once(920), Ended: true},
		{Namespace: name("bare"), Totals: once(1066), Ended: true},
		{Namespace: name("plain"), Totals: archive.Totals{Checksum: archive.Matches}, Type: archive.Collection, Metadata: `{"p":1}`, Ended: true},
		{Namespace: name("view"), Type: archive.View, Metadata: `{"v":1}`},
		{Namespace: name("other view"), Type: archive.View, Metadata: `{"v":2}`},
	}
	for _, tc := range []struct {
		pattern string
		want    []Listed
		missing int // faults: one for all wanted namespaces without an end
	}{
		{"", all, 1},
		{"*.plain", []Listed{all[2], all[4]}, 0}, // buckets, too
		{"*.*plain", []Listed{all[2], all[4]}, 0},
		{"*.view", []Listed{all[5]}, 1},
		{"b.*", nil, 0},
	} {
		o := ReadOptions{OnlyContainers: true}
		if tc.pattern != "" {
			o.Namespaces = new(Namespaces)
			if err := o.Namespaces.Add(tc.pattern); err != nil {
				t.Fatal(err)
			}
		}
		d := Archive.Read(o)
		if diff := cmp.Diff(Listing{}, d.List()); diff != "" {
			t.Errorf("before the stream (-want +got):\n%s", diff)
		}
		r := d.Stream(bytes.NewReader(data.Bytes()), State{})
		missing := 0
		for rec := new(record.Record); !r.Next(rec) && r.Err() != nil && missing < 99; missing++ {
			r.Resync(io.Discard)
		}
		if r.Err() != nil || missing != tc.missing {
			t.Errorf("%q: %v, %d faults, want %d", tc.pattern, r.Err(), missing, tc.missing)
		}
		if diff := cmp.Diff(Listing{Server: "7.0.1", Tool: "100.9.0", Spaces: tc.want}, d.List()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.pattern, diff)
		}
	}
}
