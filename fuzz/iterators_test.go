package fuzz

import (
	"bytes"
	"fmt"
	"go/ast"
	"iter"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/declared"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/pickle"
)

// An iteration calls a function of the module that returns an iterator. It
// yields the same elements, as text.
type iteration struct {
	name string // "package.Type.Method" or "package.Function"
	over func(data []byte) iter.Seq[string]
}

func pairs[K, V any](s iter.Seq2[K, V]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k, v := range s {
			if !yield(fmt.Sprint(k, v)) {
				return
			}
		}
	}
}

func singles[V any](s iter.Seq[V]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for v := range s {
			if !yield(fmt.Sprint(v)) {
				return
			}
		}
	}
}

var iterations = []iteration{
	{"bson.Raw.All", func(data []byte) iter.Seq[string] { return pairs(bson.Raw(data).All()) }},
	{"bsoncore.ValidateOptions.Faults", func(data []byte) iter.Seq[string] {
		return singles(bson.ValidateOptions{
			RejectEmptyKeys: true, RejectDottedKeys: true, RejectDollarKeys: true, RejectDuplicateKeys: true, RejectWrongArrayKeys: true,
		}.Faults(data))
	}},
	{"bson.Documents", func(data []byte) iter.Seq[string] { return pairs(bson.Documents(bytes.NewReader(data))) }},
	{"bson.DecodeOptions.Documents", func(data []byte) iter.Seq[string] {
		return pairs(bson.DecodeOptions{MaxDocumentSize: 1000}.Documents(bytes.NewReader(data)))
	}},
	{"bsoncore.Document.All", func(data []byte) iter.Seq[string] { return pairs(bsoncore.Document(data).All()) }},
	{"bsoncore.Documents", func(data []byte) iter.Seq[string] { return pairs(bsoncore.Documents(bytes.NewReader(data))) }},
	{"bsoncore.DecodeOptions.Documents", func(data []byte) iter.Seq[string] {
		return pairs(bsoncore.DecodeOptions{MaxDocumentSize: 1000}.Documents(bytes.NewReader(data)))
	}},
	{"extjson.Documents", func(data []byte) iter.Seq[string] { return pairs(extjson.Documents(bytes.NewReader(data))) }},
	{"extjson.DecodeOptions.Documents", func(data []byte) iter.Seq[string] {
		return pairs(extjson.DecodeOptions{Shell: true}.Documents(bytes.NewReader(data)))
	}},
	{"extjson.Values", func(data []byte) iter.Seq[string] {
		return pairs(extjson.Values[struct{ ID int32 }](bytes.NewReader(data)))
	}},
	{"pickle.Pickles", func(data []byte) iter.Seq[string] { return pairs(pickle.Pickles(bytes.NewReader(data))) }},
	{"pickle.DecodeOptions.Pickles", func(data []byte) iter.Seq[string] {
		return pairs(pickle.DecodeOptions{MaxDepth: 3}.Pickles(bytes.NewReader(data)))
	}},
}

// iteratorInputs returns inputs in every format, intact and damaged.
func iteratorInputs(t *testing.T) [][]byte {
	all := [][]byte{nil, []byte("\x0e\x00\x00\x00\x02\xff\x00\x02\x00\x00\x00\xff\x00\x00")}
	for _, docs := range [][][]byte{sample.Documents(sample.Bench, 1, 5), sample.Documents(sample.Wild, 2, 5)} {
		var stream, text, pickles []byte
		for _, doc := range docs {
			var err error
			if text, err = (extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs}).AppendJSON(text, doc); err != nil {
				t.Fatal(err)
			}
			// A document with a value that Python has no class for adds nothing.
			pickles, _ = pickle.AppendPickle(pickles, doc)
			stream = append(stream, doc...)
			all = append(all, doc)
			bad := bytes.Clone(doc)
			for at := 9; at < len(bad); at += 11 {
				bad[at] = 0xFF
			}
			all = append(all, bad)
		}
		text = append(text, `{"_id":1}{"ID":"x"}{"id":2}`...)
		for _, data := range [][]byte{stream, text, pickles} {
			all = append(all, data, data[:len(data)*2/3], append(bytes.Clone(data), data[:len(data)/3]...))
		}
	}
	return all
}

// A loop that ends after k elements gets the first k elements of the whole
// loop, without a panic, for every k.
func TestIteratorsBreak(t *testing.T) {
	inputs := iteratorInputs(t)
	for _, it := range iterations {
		t.Run(it.name, func(t *testing.T) {
			steps := 0
			for _, data := range inputs {
				var want []string
				for v := range it.over(data) {
					want = append(want, v)
				}
				for k := 1; k <= len(want); k++ {
					var got []string
					for v := range it.over(data) {
						if got = append(got, v); len(got) == k {
							break
						}
					}
					if diff := cmp.Diff(want[:k], got); diff != "" {
						t.Fatalf("%.60q: the first %d (-want +got):\n%s", data, k, diff)
					}
				}
				steps += len(want)
			}
			if steps < 10 {
				t.Errorf("the iterator yields %d elements for all inputs, want 10 or more", steps)
			}
		})
	}
}

// Every function of the module that returns an iterator is in the table.
func TestIteratorsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, it := range iterations {
		listed[it.name] = false
	}
	for _, dir := range []string{"bson", "bson/bsoncore", "extjson", "pickle", "decimal128", "objectid"} {
		for _, name := range iteratorFuncs(t, filepath.Join("..", dir)) {
			name = filepath.Base(dir) + "." + name
			if _, ok := listed[name]; !ok {
				t.Errorf("%s is not in the table", name)
			}
			listed[name] = true
		}
	}
	for name, found := range listed {
		if !found {
			t.Errorf("%s is in the table, but not in the module", name)
		}
	}
}

// iteratorFuncs returns the names of the exported functions and methods in dir
// that return an iterator.
func iteratorFuncs(t *testing.T, dir string) (names []string) {
	for _, d := range declared.In(t, dir) {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() && returnsIterator(f) {
			names = append(names, declared.Name(f))
		}
	}
	return names
}

// returnsIterator reports whether a result of f has a type of package iter.
func returnsIterator(f *ast.FuncDecl) (is bool) {
	if f.Type.Results == nil {
		return false
	}
	ast.Inspect(f.Type.Results, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "iter" {
				is = true
			}
		}
		return true
	})
	return is
}
