package stage

import (
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/extjson"
)

// TestSpace: the namespace is the last element, the document is not written to, and one
// that has the field or is malformed is rejected.
func TestSpace(t *testing.T) {
	s := Space{Field: "ns"}
	for _, tc := range []struct{ in, want string }{
		{`{}`, `{"ns":"shop.users"}`},
		{`{"a":1,"b":{"ns":2}}`, `{"a":1,"b":{"ns":2},"ns":"shop.users"}`},
	} {
		doc, err := extjson.AppendBSON(nil, []byte(tc.in))
		if err != nil {
			t.Fatal(err)
		}
		before := string(doc)
		rec := &record.Record{Type: bson.TypeDocument, Data: doc[:len(doc):cap(doc)], Source: doc, Space: record.Space{Name: "shop.users"}}
		keep, err := s.Do(rec)
		if err != nil || !keep || bson.Validate(rec.Data) != nil {
			t.Fatalf("%s: %t, %v, %x", tc.in, keep, err, rec.Data)
		}
		got, err := extjson.AppendJSON(nil, rec.Data)
		if string(got) != tc.want || err != nil || string(doc) != before {
			t.Errorf("%s became %s, %v; the source %x", tc.in, got, err, doc)
		}
	}
	for in, want := range map[string]error{
		"\x0d\x00\x00\x00\x10ns\x00\x01\x00\x00\x00\x00": ErrField,
		"\x0c\x00\x00\x00\x50a\x00\x01\x00\x00\x00\x00":  bson.ErrType,
	} {
		rec := &record.Record{Type: bson.TypeDocument, Data: []byte(in)}
		keep, err := s.Do(rec)
		if !keep || !errors.Is(err, want) || string(rec.Data) != in {
			t.Errorf("%x: %t, %v, want true, %v", in, keep, err, want)
		}
		var field *bson.ValueError
		if want == ErrField && (!errors.As(err, &field) || field.Offset != 4 || field.Pointer != "/ns") {
			t.Errorf("%x: %+v, want one at 4 with the pointer /ns", in, err)
		}
	}
	rec := &record.Record{Type: bson.TypeInt32, Data: make([]byte, 4)}
	if keep, err := s.Do(rec); !keep || err != nil || len(rec.Data) != 4 {
		t.Errorf("no document: %t, %v", keep, err)
	}
}
