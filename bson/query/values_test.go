package query_test

import (
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// equalValues compares the values of a and b by s.
func equalValues(t *testing.T, s *query.Sort, a, b []byte) bool {
	t.Helper()
	key, err := s.AppendValues(nil, a)
	other, err2 := s.AppendValues([]byte("x"), b)
	if err != nil || err2 != nil || bsoncore.Validate(key) != nil || other[0] != 'x' {
		t.Fatalf("%s: %v, %v, %x", s, err, err2, key)
	}
	return s.CompareKeys(key, other[1:]) == 0
}

func TestValuesRules(t *testing.T) {
	for _, row := range rows(t, "| rule | paths | equal | different |") {
		s := mustParseSort(t, code(row[1])[0])
		for _, a := range code(row[2]) {
			for _, b := range code(row[2]) {
				if !equalValues(t, s, read(t, a), read(t, b)) {
					t.Errorf("%s: %s and %s are different", s, a, b)
				}
			}
		}
		docs := code(row[3])
		for i, a := range docs {
			for _, b := range docs[:i] {
				if equalValues(t, s, read(t, a), read(t, b)) {
					t.Errorf("%s: %s and %s are equal", s, a, b)
				}
			}
		}
	}
}

// TestValuesAgree: a second implementation over bson.D finds the same documents equal.
func TestValuesAgree(t *testing.T) {
	s := mustParseSort(t, `{a: 1, "b.c": -1, "d.0.e": 1}`)
	paths := [][]string{{"a"}, {"b", "c"}, {"d", "0", "e"}}
	var docs [][]byte
	for _, text := range []string{
		`{}`, `{a: null}`, `{a: 1, b: {c: 2}}`, `{a: 1.0, b: [{c: 2}]}`, `{b: [{c: 2}], a: NumberLong(1)}`, `{b: [{c: 2}, {x: 1}, 7], a: 1}`,
		`{b: [{c: 2}, {c: 2}], a: 1}`, `{d: [{e: 1}]}`, `{d: {"0": {e: 1}}}`, `{d: [[{e: 1}]]}`, `{d: []}`, `{d: [{e: [1]}]}`, `{b: []}`, `{b: [[{c: 2}]]}`,
		`{a: []}`, `{a: [1, 2]}`, `{a: [2, 1]}`, `{a: [1]}`, `{a: undefined}`, `{d: [{"0": {e: 1}}]}`, `{d: [1, {"0": {e: 1}}]}`,
	} {
		docs = append(docs, read(t, text))
	}
	for _, a := range docs {
		for _, b := range docs {
			want := true
			for _, p := range paths {
				want = want && order(valueAt(decode(t, a), p), valueAt(decode(t, b), p)) == 0
			}
			if got := equalValues(t, s, a, b); got != want {
				t.Errorf("%s and %s: equal %t, want %t", shell(a), shell(b), got, want)
			}
		}
	}
}

// valueAt is the second implementation of the value at a path; nil is missing.
func valueAt(v any, p []string) any {
	if len(p) == 0 {
		return v
	}
	switch v := v.(type) {
	case bson.D:
		for _, e := range v {
			if e.Key == p[0] {
				return valueAt(e.Value, p[1:])
			}
		}
	case bson.A:
		if len(p[0]) == 1 && p[0][0] >= '0' && int(p[0][0]-'0') < len(v) {
			return valueAt(v[p[0][0]-'0'], p[1:])
		}
		var all bson.A
		for _, item := range v {
			if d, ok := item.(bson.D); ok {
				for _, e := range d {
					if e.Key == p[0] {
						if found := valueAt(e.Value, p[1:]); found != nil {
							all = append(all, found)
						}
						break
					}
				}
			}
		}
		if all != nil {
			return all
		}
	}
	return nil
}

// TestValuesDamaged damages every bit of documents: the result is an error of Validate or
// values.
func TestValuesDamaged(t *testing.T) {
	s := mustParseSort(t, `{"items.price": 1, tags: -1, "0.1": 1, user: 1}`)
	failed := 0
	for _, doc := range sample.Documents(sample.Collection, 1, 5) {
		for i := range 8 * len(doc) {
			damaged := slices.Clone(doc)
			damaged[i/8] ^= 1 << (i % 8)
			dst, err := s.AppendValues([]byte("x"), damaged)
			if err == nil {
				continue
			}
			failed++
			want := bsoncore.ValidateOptions{AllowInvalidUTF8: true}.Validate(damaged)
			if want == nil || err.Error() != want.Error() || string(dst) != "x" {
				t.Fatalf("bit %d: %v, want %v; dst is %q", i, err, want, dst)
			}
		}
	}
	if failed < 100 {
		t.Errorf("only %d faults were found", failed)
	}
}
