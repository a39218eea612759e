package sink

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// listing has a namespace of each kind.
var listing = codec.Listing{
	Server: "7.0.1",
	Tool:   "100.9.0\x1b",
	Spaces: []codec.Listed{
		{
			Namespace: archive.Namespace{DB: "shop", Collection: "users"}, Type: archive.Collection, Ended: true,
			Totals:   archive.Totals{Documents: 3, Bytes: 100, Largest: 50, LargestNumber: 2, LargestOffset: 1 << 33, Checksum: archive.Matches},
			Metadata: `{"indexes":[{"v":2,"name":"_id_"},{"v":2,"name":"a_1"}],"uuid":"x"}`,
		},
		{
			Namespace: archive.Namespace{DB: "shop", Collection: "cut<"}, Ended: false,
			Totals:   archive.Totals{Documents: 1, Bytes: 1 << 40, Largest: 1 << 24, LargestNumber: 1, Checksum: archive.Differs},
			Metadata: `{"indexes":[]}`,
		},
		{
			Namespace: archive.Namespace{DB: "shop", Collection: "empty\n"}, Type: archive.View, Ended: true,
			Totals:   archive.Totals{Checksum: archive.Unchecked},
			Metadata: `{"options":{}}`,
		},
		{
			Namespace: archive.Namespace{DB: "shop", Collection: "other"}, Type: "new kind", Ended: true,
			Totals:   archive.Totals{Documents: 2, Bytes: 11, Largest: 6, LargestNumber: 2, LargestOffset: 5, Checksum: archive.Differs},
			Metadata: `not JSON`,
		},
	},
}

// TestWriteTable writes namespaces as a table.
func TestWriteTable(t *testing.T) {
	var b strings.Builder
	if err := WriteTable(&b, "a.archive", listing); err != nil {
		t.Fatal(err)
	}
	const want = `a.archive: server 7.0.1, written by mongodump 100.9.0\x1b
  documents           bytes   average   largest  type       indexes  checksum   namespace
          3             100        33        50  collection       2  ok         shop.users
          1   1099511627776 1099511627776  16777216  -                0  no end     shop.cut<
          0               0         0         0  view             -  none       shop.empty\n
          2              11         6         6  new kind         -  bad        shop.other
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.Reset()
	if err := WriteTable(&b, "a", codec.Listing{}); err != nil || !strings.HasPrefix(b.String(), "a\n  documents ") {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// TestWriteList writes a line for each namespace.
func TestWriteList(t *testing.T) {
	var b strings.Builder
	if err := WriteList(&b, "a.archive", listing); err != nil {
		t.Fatal(err)
	}
	const want = `{"file":"a.archive","ns":"shop.users","type":"collection","documents":3,"bytes":100,"average":33.33,"largest":{"bytes":50,"number":2,"offset":8589934592},"indexes":2,"crc":"ok","complete":true}
{"file":"a.archive","ns":"shop.cut<","documents":1,"bytes":1099511627776,"average":1099511627776,"largest":{"bytes":16777216,"number":1,"offset":0},"indexes":0,"crc":"bad","complete":false}
{"file":"a.archive","ns":"shop.empty\n","type":"view","documents":0,"bytes":0,"average":0,"crc":"none","complete":true}
{"file":"a.archive","ns":"shop.other","type":"new kind","documents":2,"bytes":11,"average":5.5,"largest":{"bytes":6,"number":2,"offset":5},"crc":"bad","complete":true}
{"file":"a.archive","total":{"namespaces":4,"documents":6,"bytes":1099511627887},"serverVersion":"7.0.1","toolVersion":"100.9.0\u001b"}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestListIsNotWritten returns the error of the writer.
func TestListIsNotWritten(t *testing.T) {
	full := errors.New("no room")
	for name, write := range map[string]func() error{
		"table": func() error { return WriteTable(failing{full}, "a", listing) },
		"lines": func() error { return WriteList(failing{full}, "a", listing) },
	} {
		if err := write(); err != full {
			t.Errorf("%s: %v, want %v", name, err, full)
		}
	}
}

// A failing writer returns its error.
type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }
