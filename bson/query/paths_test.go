package query_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/pairs"
)

// TestPaths: each value at a path is visited, in the order of the document, with the
// number of its path.
func TestPaths(t *testing.T) {
	for _, tc := range []struct {
		paths string
		doc   string
		want  []string
	}{
		{`{"a": 1}`, `{b: 1, a: 2, c: {a: 3}}`, []string{"0 a=2"}},
		{`{"c.a": 1, "b": 1}`, `{b: 1, a: 2, c: {a: 3}}`, []string{"1 b=1", "0 a=3"}},
		{`{"a": 1}`, `{a: 1, a: 2}`, []string{"0 a=1", "0 a=2"}},
		{`{"a.b": 1}`, `{a: [{b: 1}, 2, [{b: 3}], {c: 4}]}`, []string{"0 b=1", "0 b=3"}},
		{`{"a": 1}`, `{a: [1]}`, []string{"0 a=[1]"}},
		{`{"a.0": 1}`, `{a: [1, {"0": 2}]}`, []string{"0 0=1"}},
		{`{"a.0": 1}`, `{a: {"0": 2, "1": 3}}`, []string{"0 0=2"}},
		{`{"a.1.b": 1, "a.c": 1}`, `{a: [{b: 1, c: 2}, {b: 3, c: 4}, [{b: 5, c: 6}]]}`, []string{"1 c=2", "0 b=3", "1 c=4", "1 c=6"}},
		{`{"a.0.b": 1, "a.b.c": 1}`, `{a: [{b: {c: 1}}, {b: {c: 2}}]}`, []string{"0 b={\"c\": 1}", "1 c=2"}},
		{`{"a.b": 1, "a.0": 1}`, `{a: [{b: 1}, {b: 2}]}`, []string{"1 0={\"b\": 1}", "0 b=2"}},
		{`{"a.1.1": 1, "a.b": 1}`, `{a: [[1, 2], [{b: 3}, {b: 4}], {b: 5}]}`, []string{"1 b=3", "0 1={\"b\": 4}", "1 b=5"}},
		{`{"/a/0/b": 1}`, `{a: [{b: 1}, {b: 2}]}`, []string{"0 b=1"}},
		{`{"0": 1}`, `{"0": 1}`, []string{"0 0=1"}},
		{`{"a.b": 1}`, `{a: 1, "a.b": 2}`, nil},
		{`{"/a.b": 1, "/c~1d": 1}`, `{a: {b: 1}, "a.b": 2, "c/d": 3}`, []string{"0 a.b=2", "1 c/d=3"}},
		{`{"a.b": 1}`, `{a: {$code: "f", $scope: {b: 1}}}`, nil},
		{`{}`, `{a: 1}`, nil},
	} {
		p, err := query.CompilePaths(read(t, tc.paths), query.Options{})
		if err != nil {
			t.Fatalf("%s: %v", tc.paths, err)
		}
		var got []string
		if n := len(decode(t, read(t, tc.paths))); p.Len() != n {
			t.Errorf("%s: %d paths, want %d", tc.paths, p.Len(), n)
		}
		c := bsoncore.NewCursor(read(t, tc.doc))
		p.Visit(&c, func(path int) {
			v := bson.RawValue{Type: c.Type(), Value: c.Data()}
			got = append(got, strconv.Itoa(path)+" "+string(c.Key())+"="+v.String())
		})
		if diff := cmp.Diff(tc.want, got); diff != "" || c.Err() != nil {
			t.Errorf("%s of %s: %v (-want +got):\n%s", tc.paths, tc.doc, c.Err(), diff)
		}
	}
}

// TestPathsEntered: visit may enter a value, and a fault of it ends the walk.
func TestPathsEntered(t *testing.T) {
	p, err := query.CompilePaths(read(t, "{a: 1, b: 1}"), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	c := bsoncore.NewCursor(read(t, `{a: {x: 1, y: 2}, b: {z: 3}, b: {z: 4}}`))
	p.Visit(&c, func(int) {
		for c.Enter(); c.Next(); {
			got = append(got, string(c.Key()))
		}
		if c.Leave(); len(got) == 3 {
			c.Fail(errors.ErrUnsupported)
		}
	})
	if diff := cmp.Diff([]string{"x", "y", "z"}, got); diff != "" || !errors.Is(c.Err(), errors.ErrUnsupported) {
		t.Errorf("%v (-want +got):\n%s", c.Err(), diff)
	}
}

// TestPathsPairs: the same values as a second implementation, which follows all paths at
// once and compiles nothing, for random documents and paths.
func TestPathsPairs(t *testing.T) {
	g := pairs.New(13)
	tried, found := 0, 0
	for n := range 20_000 {
		doc := g.Document(3)
		list := bson.D{}
		var all [][]string
		for range 1 + g.IntN(5) {
			keys, _ := g.Place(doc)
			if len(keys) == 0 {
				keys = []string{pairs.Pick(g, g.Names)}
			}
			list = append(list, bson.E{Key: g.Name(keys)})
			all = append(all, keys)
		}
		raw, rawList := encode(t, doc), encode(t, list)
		p, err := query.CompilePaths(rawList, query.Options{})
		if err != nil {
			continue // a path below another one
		}
		tried++
		var got []string
		c := bsoncore.NewCursor(raw)
		p.Visit(&c, func(path int) {
			got = append(got, string(c.Key())+" "+shellValue(c.Type(), c.Data()))
			if last := all[path][len(all[path])-1]; last != string(c.Key()) {
				t.Errorf("pair %d: %s: path %d leads to %s", n, shell(rawList), path, c.Key())
			}
		})
		want := reached(bson.TypeDocument, raw, waysOf(all))
		found += len(want)
		if diff := cmp.Diff(want, got); diff != "" || c.Err() != nil {
			t.Fatalf("pair %d: %s\n%s\n%v (-want +got):\n%s", n, shell(rawList), shell(raw), c.Err(), diff)
		}
	}
	if tried < 5000 || found < 5000 {
		t.Errorf("only %d lists with %d values", tried, found)
	}
}

// A way is the rest of a path in a container. items says that it leads through the
// elements of an array, which no index does.
type way struct {
	keys  []string
	items bool
}

func waysOf(paths [][]string) (ways []way) {
	for _, keys := range paths {
		ways = append(ways, way{keys: keys})
	}
	return ways
}

// reached returns the values in a container at the ends of ways, as text.
func reached(t bson.Type, container bson.Raw, ways []way) (values []string) {
	for key, v := range container.All() {
		var on []way
		end := false
		for _, w := range ways {
			index := strings.Trim(w.keys[0], "0123456789") == "" && w.keys[0] != ""
			switch {
			case t == bson.TypeArray && (w.items || !index):
				on = append(on, way{w.keys, true})
			case w.keys[0] != key || w.items && index: // it leads elsewhere
			case len(w.keys) == 1:
				end = true
			default:
				on = append(on, way{keys: w.keys[1:]})
			}
		}
		switch {
		case end:
			values = append(values, key+" "+shellValue(v.Type, v.Value))
		case v.Type == bson.TypeDocument || v.Type == bson.TypeArray:
			values = append(values, reached(v.Type, bson.Raw(v.Value), on)...)
		}
	}
	return values
}

func shellValue(t bson.Type, data []byte) string { return bson.RawValue{Type: t, Value: data}.String() }

// TestPathsMany: paths in arrays, each of which can also be an element of the others, are
// compiled once each. Without that 200 of them would take for ever.
func TestPathsMany(t *testing.T) {
	list, mark := bsoncore.Begin(nil)
	for i := range 200 {
		list = bsoncore.AppendNull(list, strings.Repeat("b.", i)+"0")
	}
	p, err := query.CompilePaths(bsoncore.End(list, mark), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	c := bsoncore.NewCursor(read(t, `{b: [1, {b: [2, 3], "0": 4}, {b: {b: [[5]]}}], "0": 6}`))
	p.Visit(&c, func(path int) { got = append(got, path) })
	if diff := cmp.Diff([]int{1, 2, 3, 0}, got); diff != "" || c.Err() != nil {
		t.Errorf("%v (-want +got):\n%s", c.Err(), diff)
	}
}

func TestPathsRefused(t *testing.T) {
	for _, tc := range []struct {
		paths, pointer string
		want           error
	}{
		{`{a: 1, a: 1}`, "/a", query.ErrPath},
		{`{a: 1, "a.b": 1}`, "/a.b", query.ErrPath},
		{`{"a.b": 1, a: 1}`, "/a", query.ErrPath},
		{`{"/a~2": 1}`, "/~1a~02", query.ErrPath},
		{`{$a: 1}`, "/$a", query.ErrUnsupported},
		{`{"a.$": 1}`, "/a.$", query.ErrUnsupported},
		{`{"a.b.c": 1}`, "/a.b.c", bsoncore.ErrDepth},
	} {
		var got *query.Error
		if _, err := query.CompilePaths(read(t, tc.paths), query.Options{MaxDepth: 2}); !errors.Is(err, tc.want) || !errors.As(err, &got) || got.Pointer != tc.pointer {
			t.Errorf("%s: %v, want %v at %s", tc.paths, err, tc.want, tc.pointer)
		}
	}
	if _, err := query.CompilePaths(read(t, "{}"), query.Options{MaxDepth: -1}); !errors.Is(err, bsoncore.ErrOption) {
		t.Errorf("a negative depth: %v", err)
	}
	if _, err := query.CompilePaths(nil, query.Options{}); !errors.Is(err, bsoncore.ErrTruncated) {
		t.Errorf("no document: %v", err)
	}
}
