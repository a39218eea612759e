package query_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/pairs"
	"github.com/bsonkit/bsonkit/internal/sample"
)

func mustParseProjection(t testing.TB, text string) *query.Projection {
	t.Helper()
	p, err := query.ParseProjection([]byte(text), query.Options{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func TestProjectionRules(t *testing.T) {
	for _, row := range rows(t, "| rule | projection | document | result |") {
		projection, doc, want := code(row[1])[0], code(row[2])[0], code(row[3])[0]
		got, err := mustParseProjection(t, projection).Append([]byte("x"), read(t, doc))
		if err != nil {
			t.Errorf("%s: %s: %v", projection, doc, err)
			continue
		}
		if diff := cmp.Diff(shell(read(t, want)), shell(got[1:])); diff != "" || bsoncore.Validate(got[1:]) != nil {
			t.Errorf("%s: %s (-want +got):\n%s", projection, doc, diff)
		}
		if diff := cmp.Diff(decode(t, read(t, want)), projected(decode(t, read(t, projection)), decode(t, read(t, doc)))); diff != "" {
			t.Errorf("%s: %s: the second implementation (-want +got):\n%s", projection, doc, diff)
		}
	}
}

// projected is the second implementation: it decides for each scalar, and for each
// container, by the path to it.
func projected(projection, doc bson.D) bson.D {
	var paths [][]string
	include, id := false, true
	for _, e := range flattened(nil, projection) {
		keep := e.keep
		if len(e.keys) == 1 && e.keys[0] == "_id" {
			id = keep
			continue
		}
		include = keep
		paths = append(paths, e.keys)
	}
	if len(paths) == 0 && len(projection) > 0 {
		include = id
	}
	ofID := slices.ContainsFunc(paths, func(p []string) bool { return p[0] == "_id" })
	if include == id && !ofID {
		paths = append(paths, []string{"_id"})
	}
	return projectedFields(doc, paths, include)
}

type flat struct {
	keys []string
	keep bool
}

func flattened(before []string, projection bson.D) (all []flat) {
	for _, e := range projection {
		keys := append(slices.Clone(before), keysOf(e.Key)...)
		if d, ok := e.Value.(bson.D); ok {
			all = append(all, flattened(keys, d)...)
			continue
		}
		n, isNumber := number(e.Value)
		all = append(all, flat{keys, e.Value == true || isNumber && (n.kind != 0 || n.rat.Sign() != 0)})
	}
	return all
}

func projectedFields(doc bson.D, paths [][]string, include bool) bson.D {
	out := bson.D{}
	for _, e := range doc {
		var below [][]string
		whole := false
		for _, p := range paths {
			if p[0] == e.Key {
				whole = whole || len(p) == 1
				below = append(below, p[1:])
			}
		}
		switch {
		case whole && include, len(below) == 0 && !include:
			out = append(out, e)
		case whole, len(below) == 0:
		default:
			if v, ok := projectedValue(e.Value, below, include); ok {
				out = append(out, bson.E{Key: e.Key, Value: v})
			}
		}
	}
	return out
}

func projectedValue(v any, paths [][]string, include bool) (any, bool) {
	switch v := v.(type) {
	case bson.D:
		return projectedFields(v, paths, include), true
	case bson.A:
		out := bson.A{}
		for _, e := range v {
			if p, ok := projectedValue(e, paths, include); ok {
				out = append(out, p)
			}
		}
		return out, true
	}
	return v, !include
}

// TestProjectionPairs compares Append with the second implementation.
func TestProjectionPairs(t *testing.T) {
	g := pairs.New(7)
	tried := 0
	for n := range 15_000 {
		doc := append(g.Document(3), bson.E{Key: pairs.Pick(g, append(g.Names, "_id")), Value: g.Value(2)})
		projection := bson.D{}
		keep := g.OneIn(2)
		for range 1 + g.IntN(4) {
			keys, _ := g.Place(doc)
			if len(keys) == 0 {
				keys = []string{pairs.Pick(g, g.Names)}
			}
			projection = append(projection, bson.E{Key: g.Name(keys), Value: keep})
		}
		if g.OneIn(3) {
			projection = append(projection, bson.E{Key: "_id", Value: g.OneIn(2)})
		}
		raw, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		rawProjection, err := bson.Marshal(projection)
		if err != nil {
			t.Fatal(err)
		}
		p, err := query.CompileProjection(rawProjection, query.Options{})
		if err != nil {
			continue // a path below another one
		}
		tried++
		got, err := p.Append(nil, raw)
		if err != nil {
			t.Fatal(err)
		}
		want, err := bson.Marshal(projected(projection, doc))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("pair %d: %s\n%s\n%s, want\n%s", n, shell(rawProjection), shell(raw), shell(got), shell(want))
		}
	}
	if tried < 5000 {
		t.Errorf("only %d projections are valid", tried)
	}
}

// A projection of a damaged document is an error with the place, or valid up to the
// values that it copies.
func TestProjectionDamaged(t *testing.T) {
	failed := 0
	for _, text := range []string{`{}`, `{"items.price": 1}`, `{"user.name": 0, items: 0}`, `{_id: 1, total: 1}`} {
		p := mustParseProjection(t, text)
		for _, doc := range sample.Documents(sample.Collection, 1, 4) {
			for i := range 8 * len(doc) {
				damaged := slices.Clone(doc)
				damaged[i/8] ^= 1 << (i % 8)
				dst, err := p.Append([]byte("x"), damaged)
				if err != nil {
					failed++
				}
				if err != nil && (string(dst) != "x" || bsoncore.Validate(damaged) == nil) {
					t.Fatalf("bit %d: %v; dst is %q", i, err, dst)
				}
				if err == nil && bsoncore.Validate(damaged) == nil && bsoncore.Validate(dst[1:]) != nil {
					t.Fatalf("bit %d: the result is not valid", i)
				}
			}
		}
	}
	if failed < 1000 {
		t.Errorf("only %d faults were found", failed)
	}
}

// A projection of many names, and of deep paths.
func TestProjectionLimits(t *testing.T) {
	var fields []string
	for i := range 100 {
		fields = append(fields, `"`+strings.Repeat("x", i)+`y": 1`)
	}
	doc := read(t, "{"+strings.Join(fields, ",")+", z: 1}")
	got, err := mustParseProjection(t, "{"+strings.Join(fields, ",")+"}").Append(nil, doc)
	if want := read(t, "{"+strings.Join(fields, ",")+"}"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %s", err, shell(got))
	}
	deep := read(t, nested("a: {", "b: 1, c: 2", "}", 900))
	got, err = mustParseProjection(t, `{"`+strings.Repeat("a.", 900)+`b": 1}`).Append(nil, deep)
	if want := read(t, nested("a: {", "b: 1", "}", 900)); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %s", err, shell(got))
	}
	if _, err := query.ParseProjection([]byte(`{"`+strings.Repeat("a.", 1000)+`b": 1}`), query.Options{}); err == nil {
		t.Error("a path of 1,001 keys is accepted")
	}
}
