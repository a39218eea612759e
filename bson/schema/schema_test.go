package schema

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// unlimitedOptions keep everything but data keys.
var unlimitedOptions = Options{MaxPaths: 1 << 20, MaxHashes: 1 << 30, MaxLevels: 1000}

var comparePaths = cmp.Options{
	cmpopts.IgnoreFields(Path{}, "Parent", "Children"),
	cmpopts.EquateNaNs(),
	cmp.Comparer(func(a, b *big.Rat) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 }),
}

func mustParse(t testing.TB, text string) []byte {
	t.Helper()
	doc, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return doc
}

// keyed returns documents in which keys often look like data.
func keyed(seed uint64, n int) (docs [][]byte) {
	r := rand.New(rand.NewPCG(seed, 1))
	keys := []string{"a", "b", "name", "2024", "2024-05-01", "507f1f77bcf86cd799439011", "1", "2", "3", "4", "-5", "", strings.Repeat("k", maxKey+1)}
	var value func(dst []byte, key string, level int) []byte
	value = func(dst []byte, key string, level int) []byte {
		kind := r.IntN(7)
		if level > 4 {
			kind %= 4
		}
		switch kind {
		case 0:
			return bsoncore.AppendInt32(dst, key, int32(r.IntN(5)))
		case 1:
			return bsoncore.AppendDouble(dst, key, float64(r.IntN(50))/4)
		case 2:
			return bsoncore.AppendNull(dst, key)
		case 3:
			return bsoncore.AppendString(dst, key, keys[r.IntN(len(keys))])
		case 4:
			dst, mark := bsoncore.BeginArray(dst, key)
			for range r.IntN(4) {
				dst = value(dst, "0", level+1)
			}
			return bsoncore.End(dst, mark)
		}
		dst, mark := bsoncore.BeginDocument(dst, key)
		for range r.IntN(5) {
			dst = value(dst, keys[r.IntN(len(keys))], level+1)
		}
		return bsoncore.End(dst, mark)
	}
	for range n {
		dst, mark := bsoncore.Begin(nil)
		for range r.IntN(5) {
			dst = value(dst, keys[r.IntN(len(keys))], 1)
		}
		docs = append(docs, bsoncore.End(dst, mark))
	}
	return docs
}

// samePaths compares two paths and those below.
func samePaths(t *testing.T, want, got *Path) {
	t.Helper()
	if diff := cmp.Diff(want, got, comparePaths); diff != "" {
		t.Fatalf("%q (-want +got):\n%.5000s", want, diff)
	}
	names := func(list []*Path) (names []string) {
		for _, p := range list {
			names = append(names, p.String())
		}
		return names
	}
	if diff := cmp.Diff(names(want.Children), names(got.Children)); diff != "" {
		t.Fatalf("children of %q (-want +got):\n%.5000s", want, diff)
	}
	for i, kid := range want.Children {
		samePaths(t, kid, got.Children[i])
	}
}

// TestReference: the result is that of a slow and obvious count.
func TestReference(t *testing.T) {
	for _, tc := range []struct {
		name    string
		docs    [][]byte
		options Options
	}{
		{"collection", sample.Documents(sample.Collection, 1, 800), Options{}},
		{"file", sample.Documents(sample.File, sample.Seed, 200), Options{MaxValues: 5, MaxValueSize: 40}},
		{"wild", sample.Documents(sample.Wild, 1, 1500), Options{MaxValueSize: 32}},
		{"bench", sample.Documents(sample.Bench, 1, 100), Options{MaxValues: 8}},
		{"bench, one key", oneKey(t, sample.Documents(sample.Bench, 2, 2000)), Options{MaxValues: 100}},
		{"keyed", keyed(1, 300), Options{MaxDataKeys: 4}},
		{"keyed, few", keyed(2, 3), Options{}},
		{"years", years(1, 30), Options{}},
		{"years, folded", years(1, 30), Options{MaxDataKeys: 2}},
		{"none", nil, Options{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := tc.options
			o.MaxPaths, o.MaxHashes, o.MaxLevels = unlimitedOptions.MaxPaths, unlimitedOptions.MaxHashes, unlimitedOptions.MaxLevels
			s := New(o)
			r := reference{options: s.options}
			var all []found
			for i, doc := range tc.docs {
				if err := s.Add(doc); err != nil {
					t.Fatal(err)
				}
				all = append(all, found{int64(i) + 1, 0, -i, bson.RawValue{Type: bson.TypeDocument, Value: doc}})
			}
			want := r.describe(&Path{Parents: uint64(len(tc.docs))}, all, false)
			want.Arrays = nil
			samePaths(t, want, s.Root())
		})
	}
}

// TestTypesOnly: with this option the fields that it names are zero, and all others are the
// same, also after a merge.
func TestTypesOnly(t *testing.T) {
	var outline func(p *Path)
	outline = func(p *Path) {
		p.Numbers, p.Dates, p.Strings, p.Binaries, p.Arrays = nil, nil, nil, nil, nil
		p.Distinct, p.Exact, p.Unique, p.Values, p.All = 0, false, No, nil, false
		for _, kid := range p.Children {
			outline(kid)
		}
	}
	for _, tc := range []struct {
		name    string
		docs    [][]byte
		options Options
	}{
		{"collection", sample.Documents(sample.Collection, 1, 300), Options{}},
		{"wild", sample.Documents(sample.Wild, 1, 1500), Options{}},
		{"bench", sample.Documents(sample.Bench, 1, 300), Options{MaxPaths: 1 << 20}},
		{"limited", sample.Documents(sample.Bench, 1, 300), Options{MaxPaths: 50, MaxLevels: 2}},
		{"bench, one key", oneKey(t, sample.Documents(sample.Bench, 2, 500)), Options{}},
		{"keyed", keyed(1, 300), Options{MaxDataKeys: 4}},
		{"none", nil, Options{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			full, lean := New(tc.options), tc.options
			lean.TypesOnly = true
			whole, parts := New(lean), [2]*Schema{New(lean), New(lean)}
			for i, doc := range tc.docs {
				for _, s := range []*Schema{full, whole, parts[i%2]} {
					if err := s.AddAt(doc, int64(i)+1); err != nil {
						t.Fatal(err)
					}
				}
			}
			merged, err := Merge(parts[0], parts[1])
			if err != nil {
				t.Fatal(err)
			}
			want := full.Root()
			outline(want)
			for name, s := range map[string]*Schema{"whole": whole, "merged": merged} {
				samePaths(t, want, s.Root())
				if diff := cmp.Diff(string(full.JSONSchema(JSONSchemaOptions{Strict: true})), string(s.JSONSchema(JSONSchemaOptions{Strict: true}))); diff != "" {
					t.Errorf("%s: validator (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// TestSingleOnly: with this option a path of several types has nothing below, unless a key in
// it looks like data, and all else is the same, also in another order and after a merge.
func TestSingleOnly(t *testing.T) {
	var cut func(p *Path, data bool)
	cut = func(p *Path, data bool) {
		types := slices.DeleteFunc(slices.Clone(p.Types), func(c TypeCount) bool { return c.Type == bson.TypeNull })
		data = data || p.Kind == Field && looksLikeData([]byte(p.Key))
		if len(types) > 1 && !data {
			p.Children, p.Lost, p.Deep, p.Leaf = nil, 0, false, true
		}
		for _, kid := range p.Children {
			cut(kid, data)
		}
	}
	many := Options{MaxPaths: 1 << 20, MaxHashes: 1}
	for _, tc := range []struct {
		name    string
		docs    [][]byte
		options Options
	}{
		{"collection", sample.Documents(sample.Collection, 1, 300), many},
		{"wild", sample.Documents(sample.Wild, 1, 1500), many},
		{"bench", sample.Documents(sample.Bench, 1, 300), Options{MaxPaths: 1 << 20, MaxHashes: 1, TypesOnly: true}},
		{"few levels", sample.Documents(sample.Bench, 1, 300), Options{MaxPaths: 1 << 20, MaxHashes: 1, MaxLevels: 2}},
		{"bench, one key", oneKey(t, sample.Documents(sample.Bench, 2, 500)), many},
		{"keyed", keyed(1, 300), Options{MaxPaths: 1 << 20, MaxHashes: 1, MaxDataKeys: 4}},
		{"keyed and folded", keyed(1, 300), Options{MaxPaths: 1 << 20, MaxHashes: 1, MaxDataKeys: 1}},
		{"null", [][]byte{mustParse(t, `{a: {b: 1}}`), mustParse(t, `{a: null}`), mustParse(t, `{a: {c: 1}}`)}, many},
		{"none", nil, many},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lean := tc.options
			lean.SingleOnly = true
			full, whole, back, parts := New(tc.options), New(lean), New(lean), [2]*Schema{New(lean), New(lean)}
			for i := range tc.docs {
				j := len(tc.docs) - 1 - i
				for _, add := range []struct {
					to *Schema
					at int
				}{{full, i}, {whole, i}, {back, j}, {parts[i%2], i}} {
					if err := add.to.AddAt(tc.docs[add.at], int64(add.at)+1); err != nil {
						t.Fatal(err)
					}
				}
			}
			merged, err := Merge(parts[0], parts[1])
			if err != nil {
				t.Fatal(err)
			}
			want := full.Root()
			cut(want, false)
			for name, s := range map[string]*Schema{"whole": whole, "back": back, "merged": merged} {
				size := s.size
				samePaths(t, want, s.Root())
				if diff := cmp.Diff(full.Depths(), s.Depths()); diff != "" {
					t.Errorf("%s: depths (-want +got):\n%s", name, diff)
				}
				if size != s.size {
					t.Errorf("%s: size %d, want %d", name, size, s.size)
				}
			}
		})
	}
}

// TestSingleOnlyLimit: the number of paths has its limit, and a path that is lost is counted.
func TestSingleOnlyLimit(t *testing.T) {
	s := New(Options{MaxPaths: 50, TypesOnly: true, SingleOnly: true})
	for i, doc := range sample.Documents(sample.Bench, 1, 300) {
		if err := s.Add(doc); err != nil {
			t.Fatal(err)
		}
		if i%50 == 0 && s.size > 50+50/4+slack+s.options.charge()+1 {
			t.Errorf("document %d: %d nodes", i, s.size)
		}
	}
	paths := 0
	for range s.Paths() {
		paths++
	}
	if paths > 50 || s.Root().Lost == 0 {
		t.Errorf("%d paths, %d values lost; want 50 and more than 0", paths, s.Root().Lost)
	}
}

// oneKey returns documents in which all values of docs have the key "v", so that it has
// many values of all types.
func oneKey(t *testing.T, docs [][]byte) (all [][]byte) {
	for _, doc := range docs {
		c := bson.NewCursor(doc)
		for c.Next() {
			dst, mark := bsoncore.Begin(nil)
			dst = bsoncore.AppendValue(dst, "v", c.Type(), c.Data())
			all = append(all, bsoncore.End(dst, mark))
		}
	}
	return all
}
