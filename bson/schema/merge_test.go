package schema

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// smallOptions reach every limit.
var smallOptions = []Options{
	{},
	{MaxPaths: 7, MaxDataKeys: 1, MaxValues: 3, MaxHashes: 20, MaxLevels: 3},
	{MaxPaths: 30, MaxDataKeys: 2, MaxValues: 5, MaxHashes: 300, MaxLevels: 5},
	{MaxPaths: 60, MaxDataKeys: 3, MaxValues: 1, MaxHashes: 1000},
	{MaxPaths: 150, MaxDataKeys: 4, MaxValues: 16, MaxHashes: 1},
	{MaxPaths: 1, MaxDataKeys: 1, MaxLevels: 1},
}

// mixes are documents of all kinds.
func mixes(seed uint64) map[string][][]byte {
	return map[string][][]byte{
		"wild":       sample.Documents(sample.Wild, seed, 60),
		"collection": sample.Documents(sample.Collection, seed, 60),
		"bench":      sample.Documents(sample.Bench, seed, 40),
		"keyed":      keyed(seed, 120),
		"keyed, few": keyed(seed, 6),
		"words":      wordKeys(seed, 40),
		"years":      years(seed, 30),
	}
}

// years returns documents with many documents that have a few keys that look like data.
func years(seed uint64, n int) (docs [][]byte) {
	r := rand.New(rand.NewPCG(seed, 3))
	for range n {
		dst, mark := bsoncore.Begin(nil)
		for range 5 {
			inner, field := bsoncore.BeginDocument(dst, string(rune('a'+r.IntN(20))))
			for range r.IntN(4) {
				inner = bsoncore.AppendInt32(inner, fmt.Sprint(2020+r.IntN(3)), int32(r.IntN(9)))
			}
			dst = bsoncore.End(inner, field)
		}
		docs = append(docs, bsoncore.End(dst, mark))
	}
	return docs
}

// wordKeys returns documents with many different keys that do not look like data, some of
// them with documents of many keys.
func wordKeys(seed uint64, n int) (docs [][]byte) {
	r := rand.New(rand.NewPCG(seed, 2))
	word := func() string {
		b := make([]byte, 1+r.IntN(3))
		for i := range b {
			b[i] = "abcdefghij"[r.IntN(10)]
		}
		return string(b)
	}
	var fields func(dst []byte, level int) []byte
	fields = func(dst []byte, level int) []byte {
		for range r.IntN(8) {
			if level < 5 && r.IntN(3) == 0 {
				begin := bsoncore.BeginDocument
				if r.IntN(4) == 0 {
					begin = bsoncore.BeginArray
				}
				inner, mark := begin(dst, word())
				dst = bsoncore.End(fields(inner, level+1), mark)
				continue
			}
			dst = bsoncore.AppendInt32(dst, word(), int32(r.IntN(100)))
		}
		return dst
	}
	for range n {
		dst, mark := bsoncore.Begin(nil)
		docs = append(docs, bsoncore.End(fields(dst, 1), mark))
	}
	return docs
}

// split adds the documents in random order to some Schemas and merges these in a random
// tree.
func split(t *testing.T, r *rand.Rand, docs [][]byte, o Options) *Schema {
	t.Helper()
	parts := make([]*Schema, 1+r.IntN(6))
	for i := range parts {
		parts[i] = New(o)
	}
	for _, i := range r.Perm(len(docs)) {
		s := parts[r.IntN(len(parts))]
		if err := s.AddAt(docs[i], int64(i)+1); err != nil {
			t.Fatal(err)
		}
		if r.IntN(20) == 0 {
			s.Root() // looking at a Schema does not change it
		}
	}
	for len(parts) > 1 {
		i := r.IntN(len(parts) - 1)
		a, b := parts[i], parts[i+1]
		if r.IntN(2) == 0 {
			a, b = b, a
		}
		if r.IntN(2) == 0 {
			before := string(b.AppendJSON(nil))
			if err := a.Merge(b); err != nil {
				t.Fatal(err)
			}
			if after := string(b.AppendJSON(nil)); after != before {
				t.Fatalf("Merge changed its argument (-want +got):\n%s", cmp.Diff(before, after))
			}
		} else {
			m, err := Merge(a, b)
			if err != nil {
				t.Fatal(err)
			}
			a = m
		}
		parts[i] = a
		parts = append(parts[:i+1], parts[i+2:]...)
	}
	return parts[0]
}

// TestOrder: neither the order of documents, nor their split, nor the order of merges
// changes the result.
func TestOrder(t *testing.T) {
	for round := range uint64(3) {
		for name, docs := range mixes(round + 1) {
			for i, o := range smallOptions {
				t.Run(fmt.Sprintf("%s %d %d", name, round, i), func(t *testing.T) {
					r := rand.New(rand.NewPCG(round, uint64(i)))
					one := New(o)
					for _, doc := range docs {
						if err := one.Add(doc); err != nil {
							t.Fatal(err)
						}
					}
					want := string(one.AppendJSON(nil))
					strict := string(one.JSONSchema(JSONSchemaOptions{Strict: true}))
					for range 4 {
						s := split(t, r, docs, o)
						if got := string(s.AppendJSON(nil)); got != want {
							t.Fatalf("(-want +got):\n%.3000s", cmp.Diff(want, got))
						}
						if got := string(s.JSONSchema(JSONSchemaOptions{Strict: true})); got != strict {
							t.Fatalf("validator (-want +got):\n%.3000s", cmp.Diff(strict, got))
						}
					}
				})
			}
		}
	}
}

// TestShare: paths that are removed while documents are added are those that are removed
// at the end.
func TestShare(t *testing.T) {
	for round := range uint64(5) {
		for name, docs := range mixes(round + 10) {
			for _, paths := range []int{1, 3, 10, 25, 60, 200} {
				for _, o := range []Options{{MaxDataKeys: 1}, {MaxDataKeys: 3}} {
					testShare(t, name, docs, paths, o)
				}
			}
		}
	}
}

func testShare(t *testing.T, name string, docs [][]byte, paths int, o Options) {
	t.Helper()
	o.MaxPaths = 1 << 20
	all := New(o)
	o.MaxPaths = paths
	some := New(o)
	for _, doc := range docs {
		for _, s := range []*Schema{all, some} {
			if err := s.Add(doc); err != nil {
				t.Fatal(err)
			}
		}
	}
	all.options.MaxPaths = paths
	want, got := string(all.AppendJSON(nil)), string(some.AppendJSON(nil))
	if got != want {
		t.Fatalf("%s, %d paths (-want +got):\n%.3000s", name, paths, cmp.Diff(want, got))
	}
	nodes := -1 // without the root
	some.root.all(func(*node) { nodes++ })
	if nodes > paths {
		t.Fatalf("%s: %d paths, want at most %d", name, nodes, paths)
	}
}

func TestMergeOptions(t *testing.T) {
	a, b := New(Options{}), New(Options{MaxPaths: 5})
	if err := a.Merge(b); err != ErrOptions {
		t.Errorf("got %v, want ErrOptions", err)
	}
	if _, err := Merge(a, b); err != ErrOptions {
		t.Errorf("got %v, want ErrOptions", err)
	}
}

// TestMergeItself: a Schema can be merged with itself.
func TestMergeItself(t *testing.T) {
	a, twice := New(Options{}), New(Options{})
	for i, doc := range sample.Documents(sample.Wild, 1, 50) {
		for _, s := range []*Schema{a, twice, twice} {
			if err := s.AddAt(doc, int64(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := a.Merge(a); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(twice.AppendJSON(nil)), string(a.AppendJSON(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMergeBehind: Schemas that count their documents from 1, merged one behind the other,
// are the Schema of all documents.
func TestMergeBehind(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, mix := range []sample.Mix{sample.Wild, sample.Collection} {
		docs := sample.Documents(mix, 3, 400)
		want, got := New(Options{}), New(Options{})
		for at := 0; at < len(docs); {
			part := New(Options{})
			for range min(1+r.IntN(60), len(docs)-at) {
				for _, s := range []*Schema{want, part} {
					if err := s.Add(docs[at]); err != nil {
						t.Fatal(err)
					}
				}
				at++
			}
			if err := got.MergeBehind(int64(got.Documents()), part); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(want.AppendJSON(nil)), string(got.AppendJSON(nil))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", mix, diff)
		}
		last := docs[len(docs)-1]
		if err := errors.Join(want.Add(last), got.Add(last)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want.AppendJSON(nil)), string(got.AppendJSON(nil))); diff != "" {
			t.Errorf("%v, and one more (-want +got):\n%s", mix, diff)
		}
	}
}
