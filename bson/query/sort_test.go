package query_test

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/pairs"
	"github.com/bsonkit/bsonkit/internal/sample"
)

func mustParseSort(t testing.TB, text string) *query.Sort {
	t.Helper()
	s, err := query.ParseSort([]byte(text), query.Options{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

// compareAll returns Compare for a and b, and fails if CompareKeys, KeyPrefix or the
// reverse order says otherwise.
func compareAll(t *testing.T, s *query.Sort, a, b []byte) int {
	t.Helper()
	n := s.Compare(a, b)
	key, err := s.AppendKey(nil, a)
	other, err2 := s.AppendKey([]byte("x"), b)
	if err != nil || err2 != nil {
		t.Fatalf("%s: %v, %v", s, err, err2)
	}
	if k := s.CompareKeys(key, other[1:]); k != n {
		t.Errorf("%s: %s and %s: %d, their keys %d", s, shell(a), shell(b), n, k)
	}
	if p := cmp.Compare(s.KeyPrefix(key), s.KeyPrefix(other[1:])); p != 0 && p != n {
		t.Errorf("%s: %s and %s: %d, their prefixes %d", s, shell(a), shell(b), n, p)
	}
	if m := s.Compare(b, a); m != -n {
		t.Errorf("%s: %s and %s: %d, in reverse %d", s, shell(a), shell(b), n, m)
	}
	return n
}

func TestSortRules(t *testing.T) {
	for _, row := range rows(t, "| rule | order | in order | equal |") {
		order := code(row[1])[0]
		s := mustParseSort(t, order)
		check := func(a, b string, want int) {
			if got := compareAll(t, s, read(t, a), read(t, b)); got != want {
				t.Errorf("%s: %s and %s: %d, want %d", order, a, b, got, want)
			}
			if got := sortOrder(decode(t, read(t, order)), decode(t, read(t, a)), decode(t, read(t, b))); got != want {
				t.Errorf("%s: %s and %s: the second implementation says %d", order, a, b, got)
			}
		}
		docs := code(row[2])
		for i, a := range docs {
			for _, b := range docs[i+1:] {
				check(a, b, -1)
			}
		}
		for _, a := range code(row[3]) {
			for _, b := range code(row[3]) {
				check(a, b, 0)
			}
		}
	}
}

// sortOrder is the second implementation. It makes all tuples of values that the keys
// can have, takes the first one of each document, and compares them.
func sortOrder(order, a, b bson.D) int {
	var paths [][]string
	for _, e := range order {
		paths = append(paths, keysOf(e.Key))
	}
	return compareTuples(order, firstTuple(order, paths, a), firstTuple(order, paths, b))
}

// A tuple has a value for the index of each path.
type tuple map[int]any

func compareTuples(by bson.D, a, b tuple) int {
	for i, e := range by {
		if n := order(a[i], b[i]); n != 0 {
			return n * int(wholePart(e.Value).Int64())
		}
	}
	return 0
}

func firstTuple(by bson.D, paths [][]string, doc bson.D) tuple {
	rest := map[int][]string{}
	for i, p := range paths {
		rest[i] = p
	}
	return slices.MinFunc(tuplesOf(doc, rest), func(a, b tuple) int { return compareTuples(by, a, b) })
}

// tuplesOf returns the tuples of the paths in rest, by index, from the value v. A path
// without keys is v itself. A tuple lacks the values that are missing: they are null.
func tuplesOf(v any, rest map[int][]string) []tuple {
	all := []tuple{{}}
	switch v := v.(type) {
	case bson.A:
		return tuplesOfArray(v, rest)
	case bson.D:
		seen := map[string]bool{}
		for _, e := range v {
			below := map[int][]string{}
			for i, p := range rest {
				if len(p) > 0 && p[0] == e.Key && !seen[e.Key] {
					below[i] = p[1:]
				}
			}
			seen[e.Key] = true
			if len(below) > 0 {
				all = product(all, tuplesOf(e.Value, below))
			}
		}
	}
	own := tuple{}
	for i, p := range rest {
		if len(p) == 0 {
			own[i] = v
		}
	}
	return product(all, []tuple{own})
}

func tuplesOfArray(a bson.A, rest map[int][]string) []tuple {
	all := []tuple{{}}
	others := map[int][]string{}
	byIndex := map[string]map[int][]string{}
	for i, p := range rest {
		index := ""
		if len(p) > 0 {
			index = p[0]
		}
		if n, err := strconv.Atoi(index); err != nil || n >= len(a) || strconv.Itoa(n) != index {
			others[i] = p
			continue
		}
		if byIndex[index] == nil {
			byIndex[index] = map[int][]string{}
		}
		byIndex[index][i] = p[1:]
	}
	for index, below := range byIndex {
		n, _ := strconv.Atoi(index)
		all = product(all, tuplesOf(a[n], below))
	}
	var choices []tuple
	for _, v := range a {
		if inner, ok := v.(bson.A); ok { // a value
			own := tuple{}
			for i, p := range others {
				if len(p) == 0 {
					own[i] = inner
				}
			}
			choices = append(choices, own)
			continue
		}
		choices = append(choices, tuplesOf(v, others)...)
	}
	if len(a) == 0 {
		own := tuple{}
		for i, p := range others {
			if len(p) == 0 {
				own[i] = bson.Undefined{}
			}
		}
		choices = []tuple{own}
	}
	return product(all, choices)
}

// product returns each tuple of a together with each of b.
func product(a, b []tuple) (all []tuple) {
	for _, x := range a {
		for _, y := range b {
			both := tuple{}
			for i, v := range x {
				both[i] = v
			}
			for i, v := range y {
				both[i] = v
			}
			all = append(all, both)
		}
	}
	return all
}

// TestSortPairs compares Compare with the second implementation, for random orders and
// documents.
func TestSortPairs(t *testing.T) {
	g := pairs.New(3)
	different := 0
	for n := range 10_000 {
		a := append(g.Document(2), bson.E{Key: pairs.Pick(g, g.Names), Value: g.Value(2)})
		b := slices.Clone(a)
		if g.OneIn(2) {
			b = append(g.Document(2), bson.E{Key: pairs.Pick(g, g.Names), Value: g.Value(2)})
		} else {
			b[g.IntN(len(b))].Value = g.Value(2)
		}
		by := g.Order(a)
		rawA, errA := bson.Marshal(a)
		rawB, errB := bson.Marshal(b)
		rawBy, errBy := bson.Marshal(by)
		if err := errors.Join(errA, errB, errBy); err != nil {
			t.Fatal(err)
		}
		s, err := query.CompileSort(rawBy, query.Options{})
		if err != nil {
			t.Fatalf("pair %d: %s: %v", n, shell(rawBy), err)
		}
		got, want := compareAll(t, s, rawA, rawB), sortOrder(by, a, b)
		if got != want {
			t.Errorf("pair %d: %s\n%s\n%s\n%d, want %d", n, shell(rawBy), shell(rawA), shell(rawB), got, want)
		}
		if got != 0 {
			different++
		}
		again := mustParseSort(t, s.String())
		if m := again.Compare(rawA, rawB); m != got {
			t.Errorf("pair %d: %s, printed as %s: %d, want %d", n, shell(rawBy), s, m, got)
		}
	}
	if different < 2000 || different > 9500 {
		t.Errorf("%d of 10,000 pairs are different; the test needs many of both", different)
	}
}

// TestSortAgrees sorts documents, and compares all pairs: the order is transitive.
func TestSortAgrees(t *testing.T) {
	g := pairs.New(5)
	for range 20 {
		shape := g.Document(3)
		rawBy, err := bson.Marshal(g.Order(shape))
		if err != nil {
			t.Fatal(err)
		}
		s, err := query.CompileSort(rawBy, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var docs [][]byte
		for range 60 {
			doc := slices.Clone(shape)
			for i := range doc {
				if g.OneIn(2) {
					doc[i].Value = g.Value(2)
				}
			}
			raw, err := bson.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			docs = append(docs, raw)
		}
		slices.SortFunc(docs, s.Compare)
		for i, a := range docs {
			for j, b := range docs {
				if n := s.Compare(a, b); n != 0 && n != cmp.Compare(i, j) {
					t.Fatalf("%s: %s and %s are sorted as %d and %d, and compare as %d", s, shell(a), shell(b), i, j, n)
				}
			}
		}
	}
}

// TestKeyPrefix holds that prefixes decide the order of usual values, for each type with
// more than one value.
func TestKeyPrefix(t *testing.T) {
	up, down := mustParseSort(t, "{a: 1, b: 1}"), mustParseSort(t, "{a: -1, b: 1}")
	for _, list := range []string{
		`[MinKey(), undefined, null, NaN, -Infinity, -2.5, -1, NumberDecimal("-0.1"), 0, 0.001, NumberLong(7), 8.25, NumberDecimal("1E+300"), Infinity]`,
		`["", "a", "ab", "b", "shipped", {}, [], BinData(0, ""), BinData(0, "AA=="), BinData(1, "AA=="), BinData(0, "AAA=")]`,
		`[ObjectId("65e000000000000000000000"), ObjectId("65e000010000000000000000"), false, true]`,
		`[ISODate("1969-12-31T00:00:00Z"), ISODate("1970-01-01T00:00:00Z"), ISODate("2024-02-29T00:00:00Z"), ISODate("2024-02-29T00:00:00.1Z")]`,
		`[Timestamp(1, 1), Timestamp(2, 1), /a/, /b/, Code("a"), Code("b"), Code("a", {}), Code("b", {}), MaxKey()]`,
	} {
		docs := decode(t, read(t, "{a: "+list+"}"))[0].Value.(bson.A)
		var last []byte
		for i, v := range docs {
			key, err := bson.Marshal(bson.D{{Key: "", Value: v}, {Key: "", Value: nil}})
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 && (up.KeyPrefix(last) >= up.KeyPrefix(key) || down.KeyPrefix(last) <= down.KeyPrefix(key)) {
				t.Errorf("%s, then %s: the prefixes are %x and %x", shell(last), shell(key), up.KeyPrefix(last), up.KeyPrefix(key))
			}
			last = key
		}
	}
	// The second value decides if the first one is short.
	for _, first := range []any{nil, true, bson.MinKey{}, bson.MaxKey{}, bson.Undefined{}} {
		var prefixes []uint64
		for _, second := range []any{nil, 1, 2, "a", "b"} {
			key, err := bson.Marshal(bson.D{{Key: "", Value: first}, {Key: "", Value: second}})
			if err != nil {
				t.Fatal(err)
			}
			prefixes = append(prefixes, down.KeyPrefix(key))
		}
		if !slices.IsSorted(prefixes) || len(slices.Compact(prefixes)) < 5 {
			t.Errorf("%v: the prefixes are %x", first, prefixes)
		}
	}
	if n := mustParseSort(t, "{}").KeyPrefix([]byte("\x05\x00\x00\x00\x00")); n != 0 {
		t.Errorf("the prefix of a key without values is %d", n)
	}
}

// A fault that the order reads is an error of AppendKey, and no panic of Compare.
func TestSortDamaged(t *testing.T) {
	s := mustParseSort(t, `{"items.price": 1, tags: -1, "0.1": 1, user: 1}`)
	failed := 0
	for _, doc := range sample.Documents(sample.Collection, 1, 5) {
		for i := range 8 * len(doc) {
			damaged := slices.Clone(doc)
			damaged[i/8] ^= 1 << (i % 8)
			s.Compare(damaged, doc)
			dst, err := s.AppendKey([]byte("x"), damaged)
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
