package stage

import (
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// TestKeys: a key is appended, and a value that is no document has none.
func TestKeys(t *testing.T) {
	s, err := query.ParseSort([]byte("{a: 1}"), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := extjson.AppendBSON(nil, []byte(`{"b":1,"a":[7,3]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		key  func(dst []byte, rec *record.Record) ([]byte, error)
		want func(dst, doc []byte) ([]byte, error)
	}{{SortKey{s}.Append, s.AppendKey}, {UniqueKey{s}.Append, s.AppendValues}} {
		want, _ := tc.want([]byte("before"), doc)
		got, err := tc.key([]byte("before"), &record.Record{Type: bson.TypeDocument, Data: doc})
		if string(got) != string(want) || err != nil {
			t.Errorf("%x, %v, want %x", got, err, want)
		}
		got, err = tc.key([]byte("before"), &record.Record{Type: bson.TypeInt32, Data: []byte{1, 0, 0, 0}})
		if string(got) != "before" || !errors.Is(err, pickle.ErrNotDocument) {
			t.Errorf("a number: %q, %v", got, err)
		}
	}
}
