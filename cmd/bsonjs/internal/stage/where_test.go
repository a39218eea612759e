package stage

import (
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/extjson"
)

// filters compiles texts.
func filters(t *testing.T, texts ...string) (all []*query.Filter) {
	t.Helper()
	for _, text := range texts {
		f, err := query.Parse([]byte(text), query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// All filters must match. A value that is no document has no fields.
func TestWhere(t *testing.T) {
	for _, tc := range []struct {
		value string
		texts []string
		want  bool
	}{
		{`{"a":1}`, nil, true},
		{`{"a":1}`, []string{`{a: 1}`}, true},
		{`{"a":1}`, []string{`{a: 2}`}, false},
		{`{"a":1}`, []string{`{a: 1}`, `{b: 1}`}, false},
		{`{"a":1,"b":1}`, []string{`{a: 1}`, `{b: 1}`}, true},
		{`[1]`, []string{`{}`}, true},
		{`[1]`, []string{`{"0": 1}`}, false},
		{`7`, []string{`{a: null}`}, true},
		{`7`, []string{`{a: 7}`}, false},
	} {
		data, typ, err := extjson.AppendBSONValue(nil, []byte(tc.value))
		if err != nil {
			t.Fatal(err)
		}
		keep, err := Where{filters(t, tc.texts...)}.Do(&record.Record{Type: typ, Data: data})
		if keep != tc.want || err != nil {
			t.Errorf("%s, %s: keep %t, %v, want %t", tc.value, tc.texts, keep, err, tc.want)
		}
	}
}

// Malformed records are rejected before a filter is asked, or kept for a sink that shows
// their faults.
func TestWhereOfMalformed(t *testing.T) {
	where := Where{filters(t, `{a: 1}`)}
	for _, tc := range []struct {
		name, doc string
		err       error
		shown     bool
	}{
		{"matches", "\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00", nil, true},
		{"does not match", "\x0c\x00\x00\x00\x10a\x00\x02\x00\x00\x00\x00", nil, false},
		{"malformed behind a value that decides", "\x10\x00\x00\x00\x10a\x00\x02\x00\x00\x00\x7eb\x00\x00\x00", bson.ErrType, true},
		{"invalid UTF-8 in another field", "\x0e\x00\x00\x00\x02b\x00\x02\x00\x00\x00\xff\x00\x00", bson.ErrUTF8, true},
	} {
		rec := &record.Record{Type: bson.TypeDocument, Data: []byte(tc.doc)}
		if keep, err := (Valid{}).Do(rec); !keep || !errors.Is(err, tc.err) {
			t.Errorf("%s: keep %t, %v, want true, %v", tc.name, keep, err, tc.err)
		}
		if keep, err := (WhereOrFaulty{Where: where}).Do(rec); keep != tc.shown || err != nil {
			t.Errorf("%s, shown: keep %t, %v, want %t", tc.name, keep, err, tc.shown)
		}
	}
}
