package sink

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/inspect"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// TestEnough: the rest of an input is not needed behind the last selected document or byte,
// unless offsets count from the start of each document, or several documents have a number.
func TestEnough(t *testing.T) {
	numbers, offsets := &inspect.Span{From: 2, To: 3}, &inspect.Span{From: 5, To: 111}
	for _, tc := range []struct {
		name   string
		from   *codec.Codec
		s      Inspect
		number int64
		at     int64
		want   bool
	}{
		{"all", codec.BSON, Inspect{}, 9, 900, false},
		{"before the last document", codec.BSON, Inspect{Documents: numbers}, 2, 900, false},
		{"the last document", codec.BSON, Inspect{Documents: numbers}, 3, 0, true},
		{"behind it", codec.JSON, Inspect{Documents: numbers}, 4, 0, true},
		{"one of several", codec.Archive, Inspect{Documents: numbers}, 3, 0, false},
		{"before the last byte", codec.BSON, Inspect{Wants: inspect.Selection{Offsets: offsets}}, 1, 99, false},
		{"the last byte", codec.BSON, Inspect{Wants: inspect.Selection{Offsets: offsets}}, 1, 100, true},
		{"offsets in documents", codec.JSON, Inspect{Wants: inspect.Selection{Offsets: offsets}}, 1, 900, false},
		{"either", codec.BSON, Inspect{Documents: numbers, Wants: inspect.Selection{Offsets: offsets}}, 1, 900, true},
	} {
		tc.s.From = tc.from
		rec := &record.Record{Type: bson.TypeDocument, Data: make([]byte, 12), Number: tc.number, Place: record.Place{Offset: tc.at}}
		if got := tc.s.Enough(rec); got != tc.want {
			t.Errorf("%s: %t, want %t", tc.name, got, tc.want)
		}
		rec.Type = bson.TypeInt32
		if tc.s.Enough(rec) {
			t.Errorf("%s: a value that is no document is enough", tc.name)
		}
	}
}

// TestStrayBytes: of a document whose length is impossible, some bytes are shown.
func TestStrayBytes(t *testing.T) {
	for _, tc := range []struct{ size, want int }{{5, 5}, {strayBytes, strayBytes}, {strayBytes + 1, strayBytes}, {1 << 20, strayBytes}} {
		var out bytes.Buffer
		s := NewInspect().In("", codec.BSON, &out)
		s.Form = inspect.Records{Bytes: true}
		p := s.Part()
		data := append([]byte("\x02\x00\x00\x00"), bytes.Repeat([]byte{0xff}, tc.size-4)...)
		rec := &record.Record{Type: bson.TypeDocument, Data: data, Number: 1}
		if err := s.Unread(p, rec, bson.Validate(data)); err != nil {
			t.Fatal(err)
		}
		if err := s.Take(p); err != nil {
			t.Fatal(err)
		}
		if len(rec.Data) != tc.want || !strings.Contains(out.String(), "length 2 is too small") {
			t.Errorf("%d bytes: %d are shown, want %d: %.300s", tc.size, len(rec.Data), tc.want, &out)
		}
	}
}
