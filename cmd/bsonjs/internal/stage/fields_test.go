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

// TestFields: one record after the other gets its fields, in the same room, and the
// bytes that were read stay.
func TestFields(t *testing.T) {
	p, err := query.ParseProjection([]byte(`{a: 1, "b.c": 1, _id: 0}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var rec record.Record
	for _, tc := range []struct{ in, want string }{
		{`{"_id":1,"b":{"x":1,"c":2},"a":"long enough","z":1}`, `{"b":{"c":2},"a":"long enough"}`},
		{`{"z":1}`, `{}`},
		{`{"a":{"_id":2},"b":[{"c":3,"d":4},5]}`, `{"a":{"_id":2},"b":[{"c":3}]}`},
	} {
		doc, err := extjson.AppendBSON(nil, []byte(tc.in))
		if err != nil {
			t.Fatal(err)
		}
		before := string(doc)
		rec.Type, rec.Data, rec.Source, rec.Shaped = bson.TypeDocument, doc, doc, false
		keep, err := Fields{p}.Do(&rec)
		if !keep || err != nil || !rec.Shaped || bson.Validate(rec.Data) != nil {
			t.Fatalf("%s: %t, %v, shaped %t, %x", tc.in, keep, err, rec.Shaped, rec.Data)
		}
		got, err := extjson.AppendJSON(nil, rec.Data)
		if string(got) != tc.want || err != nil || string(doc) != before {
			t.Errorf("%s became %s, %v; the source %x", tc.in, got, err, doc)
		}
	}
	for in, want := range map[string]error{"7": pickle.ErrNotDocument, `[{"a":1}]`: pickle.ErrNotDocument} {
		data, typ, err := extjson.AppendBSONValue(nil, []byte(in))
		if err != nil {
			t.Fatal(err)
		}
		rec := &record.Record{Type: typ, Data: data}
		if keep, err := (Fields{p}).Do(rec); !keep || !errors.Is(err, want) || rec.Shaped {
			t.Errorf("%s: %t, %v, shaped %t, want true, %v", in, keep, err, rec.Shaped, want)
		}
	}
}
