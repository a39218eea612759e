package stage

import (
	"errors"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// TestShape: one record after the other gets its fields, in the same rooms, and the
// bytes that were read stay.
func TestShape(t *testing.T) {
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
		keep, err := Shape{p}.Do(&rec)
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
		if keep, err := (Shape{p}).Do(rec); !keep || !errors.Is(err, want) || rec.Shaped {
			t.Errorf("%s: %t, %v, shaped %t, want true, %v", in, keep, err, rec.Shaped, want)
		}
	}
}

// TestShapes: stages shape a document one after the other, in rooms that they share.
func TestShapes(t *testing.T) {
	p, err := query.ParseProjection([]byte(`{c: 0}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := query.ParseEdit([]byte(`{$set: {"b.x": "long enough"}, $rename: {a: "b.y"}}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := query.ParseEdit([]byte(`{$rename: {"b.x": "x"}, $retype: {x: "objectId"}}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := query.ParseEdit([]byte(`{$set: {_id: "in front of all"}}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rec := record.Record{Rooms: [2][]byte{make([]byte, 0, 1000), make([]byte, 0, 1000)}}
	for _, tc := range []struct {
		in, want string
		stages   []Shape
	}{
		{`{"a":1,"c":2}`, `{"b":{"x":"long enough","y":1}}`, []Shape{{p}, {e}}},
		{`{"a":1,"c":2}`, `{"b":{"x":"long enough","y":1}}`, []Shape{{e}, {p}}},
		{`{"c":{"a":2},"b":{"z":3}}`, `{"b":{"z":3,"x":"long enough"}}`, []Shape{{p}, {e}, {p}}},
		{`{"a":"a","c":{"a":2},"b":{"z":3}}`, `{"b":{"z":3,"x":"long enough","y":"a"}}`, []Shape{{p}, {p}, {e}, {p}}},
		{`{"a":1,"b":2,"c":3,"d":4}`, `{"_id":"in front of all","a":1,"b":2,"d":4}`, []Shape{{p}, {g}}},
		{`{"a":1,"b":2,"c":3,"d":4}`, `{"_id":"in front of all","a":1,"b":2,"d":4}`, []Shape{{p}, {p}, {g}}},
		{`{"c":1}`, ``, []Shape{{p}, {e}, {f}}},
	} {
		doc, err := extjson.AppendBSON(nil, []byte(tc.in))
		if err != nil {
			t.Fatal(err)
		}
		rec.Type, rec.Data, rec.Source, rec.Shaped = bson.TypeDocument, doc, doc, false
		for _, s := range tc.stages {
			if _, err = s.Do(&rec); err != nil {
				break
			}
		}
		if tc.want == "" {
			if !errors.Is(err, query.ErrRetype) {
				t.Errorf("%s: %v, want ErrRetype", tc.in, err)
			}
			continue
		}
		got, textErr := extjson.AppendJSON(nil, rec.Data)
		if string(got) != tc.want || err != nil || textErr != nil {
			t.Errorf("%s became %s, %v, %v, want %s", tc.in, got, err, textErr, tc.want)
		}
	}
}

// TestAddID: an _id stays, wherever it is. A new one is first, and with a seed it depends on
// the place alone.
func TestAddID(t *testing.T) {
	seen := map[string]bool{}
	add := func(a AddID, text string, spot record.Spot) string {
		t.Helper()
		doc, err := extjson.AppendBSON(nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		rec := record.Record{Type: bson.TypeDocument, Data: doc, Source: doc, Spot: spot}
		if keep, err := a.Do(&rec); !keep || err != nil || bson.Validate(rec.Data) != nil {
			t.Fatalf("%s: %t, %v, %x", text, keep, err, rec.Data)
		}
		got, err := extjson.AppendJSON(nil, rec.Data)
		if err != nil {
			t.Fatal(err)
		}
		return string(got)
	}
	for _, text := range []string{`{"_id":1}`, `{"a":1,"_id":null}`} {
		if got := add(AddID{}, text, record.Spot{}); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
	const text = `{"a":{"_id":1}}`
	spots := []record.Spot{{}, {Input: 1}, {Offset: 1}, {Part: 1}, {Input: 1, Offset: 1, Part: 1}}
	for _, a := range []AddID{{}, {Seeded: true}, {Seeded: true, Seed: 1}} {
		for _, spot := range spots {
			got := add(a, text, spot)
			if !strings.HasPrefix(got, `{"_id":{"$oid":"`) || !strings.HasSuffix(got, `"},"a":{"_id":1}}`) || seen[got] {
				t.Errorf("%v, %v: %s", a, spot, got)
			}
			seen[got] = true
			if again := add(a, text, spot); a.Seeded != (again == got) {
				t.Errorf("%v, %v: %s and %s", a, spot, got, again)
			}
		}
	}
	rec := record.Record{Type: bson.TypeArray, Data: []byte("\x05\x00\x00\x00\x00")}
	if keep, err := (AddID{}).Do(&rec); !keep || !errors.Is(err, pickle.ErrNotDocument) {
		t.Errorf("an array: %t, %v", keep, err)
	}
}
