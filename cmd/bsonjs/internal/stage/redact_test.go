package stage

import (
	"bytes"
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/redact"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// TestRedact: one record after the other is redacted, in the same room, behind other
// changes too. The bytes that were read stay, and so do offsets.
func TestRedact(t *testing.T) {
	list, err := extjson.AppendBSON(nil, []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	paths, err := query.CompilePaths(list, query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fields, err := query.ParseProjection([]byte(`{a: 1, _id: 0}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	redactor, err := redact.New(paths, []byte("key"), 0)
	if err != nil {
		t.Fatal(err)
	}
	r := Redact{redactor}
	var rec record.Record
	for _, in := range []string{`{"_id":1,"a":"a long enough text"}`, `{"a":"another text","b":2}`, `{"a":"a"}`, `{"b":1}`} {
		doc, err := extjson.AppendBSON(nil, []byte(in))
		if err != nil {
			t.Fatal(err)
		}
		before := string(doc)
		rec.Type, rec.Data, rec.Source, rec.Shaped = bson.TypeDocument, doc, doc, false
		keep, err := r.Do(&rec)
		if !keep || err != nil || rec.Shaped || bson.Validate(rec.Data) != nil || string(doc) != before {
			t.Fatalf("%s: %t, %v, shaped %t, %x", in, keep, err, rec.Shaped, rec.Data)
		}
		want, err := fields.Append(nil, rec.Data)
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := bson.Raw(doc).LookupErr("a"); len(text.Value) > 10 && bytes.Contains(rec.Data, text.Value) {
			t.Errorf("%s has its text", in)
		}
		rec.Data = doc
		if keep, err = (Shape{fields}).Do(&rec); !keep || err != nil {
			t.Fatal(keep, err)
		}
		if keep, err = r.Do(&rec); !keep || err != nil || !bytes.Equal(rec.Data, want) || string(doc) != before {
			t.Errorf("%s: %t, %v, %x, want %x", in, keep, err, rec.Data, want)
		}
	}
	if keep, err := r.Do(&record.Record{Type: bson.TypeInt32, Data: []byte{1, 0, 0, 0}}); !keep || !errors.Is(err, pickle.ErrNotDocument) {
		t.Errorf("an int: %t, %v", keep, err)
	}
}
