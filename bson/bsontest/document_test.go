package bsontest_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/edge"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

var everything = bsontest.Options{Odd: bsontest.AllOdd}

// from returns the document made from the choices in data.
func from(o bsontest.Options, data []byte) bson.Raw { return o.Document(bsontest.NewSource(data)) }

// sources calls f with choices of many kinds: no bytes, equal bytes, random bytes,
// and random bytes among which a few are frequent.
func sources(f func(data []byte)) {
	f(nil)
	for b := range 256 {
		for _, n := range []int{1, 2, 10, 100} {
			f(bytes.Repeat([]byte{byte(b)}, n))
			f(append([]byte{3, byte(b)}, bytes.Repeat([]byte{byte(b), 241}, n)...))
		}
	}
	r := rand.New(rand.NewPCG(11, 6))
	for i := range 2000 {
		data := make([]byte, r.IntN(200))
		few := []byte{0, 1, byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), byte(240 + r.IntN(16))}
		for j := range data {
			if data[j] = byte(r.Uint32()); i%2 == 0 && r.IntN(3) > 0 {
				data[j] = few[r.IntN(len(few))]
			}
		}
		f(data)
	}
}

// A summary counts the elements of a document.
type summary struct {
	types            [256]int
	elements, levels int
	widest, longest  int // elements of a container, bytes of a value without elements
	key              int // bytes of the longest key
}

func summarize(doc []byte) (s summary) {
	c := bson.NewCursor(doc)
	var walk func(level int)
	walk = func(level int) {
		s.levels = max(s.levels, level)
		n := 0
		for ; c.Next(); n++ {
			s.types[c.Type()]++
			s.elements++
			s.key = max(s.key, len(c.Key()))
			if c.Type().IsContainer() || c.Type() == bson.TypeCodeWithScope {
				c.Enter()
				walk(level + 1)
				c.Leave()
			} else {
				s.longest = max(s.longest, len(c.Data()))
			}
		}
		s.widest = max(s.widest, n)
	}
	walk(1)
	return s
}

// TestValid checks that all choices make a valid document within the limits, that every
// type occurs, and that odd parts occur only if the options allow them.
func TestValid(t *testing.T) {
	strict := bson.ValidateOptions{RejectDuplicateKeys: true, RejectWrongArrayKeys: true, MaxDepth: 6}
	var plain, all summary
	odd, deep, wide, long := 0, 0, 0, 0
	sources(func(data []byte) {
		doc := bsontest.Document(data)
		if err := strict.Validate(doc); err != nil || len(doc) > 4<<10 {
			t.Fatalf("%x: %d bytes, %v", data, len(doc), err)
		}
		text, err := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatalf("%x: %v", data, err)
		}
		if back, err := extjson.AppendBSON(nil, text); err != nil || !bytes.Equal(back, doc) {
			t.Fatalf("%x: %v", data, err)
		}
		s := summarize(doc)
		for i, n := range s.types {
			plain.types[i] += n
		}
		doc = from(everything, data)
		if err := bson.Validate(doc); err != nil || len(doc) > 160<<10 {
			t.Fatalf("%x: with all odd parts: %d bytes, %v", data, len(doc), err)
		}
		s = summarize(doc)
		for i, n := range s.types {
			all.types[i] += n
		}
		if strict.Validate(doc) != nil {
			odd++
		}
		if s.levels > 200 {
			deep++
		}
		if s.widest > 1000 {
			wide++
		}
		if s.longest > 64<<10 {
			long++
		}
	})
	for _, typ := range edge.Types {
		if plain.types[typ] < 100 || all.types[typ] < 100 {
			t.Errorf("only %d and %d elements of type %v", plain.types[typ], all.types[typ], typ)
		}
	}
	t.Logf("%d odd, %d deep, %d wide, %d with a long value", odd, deep, wide, long)
	if odd < 500 || deep < 100 || wide < 50 || long < 5 {
		t.Errorf("of the documents %d are odd, %d deep, %d wide, %d have a long value", odd, deep, wide, long)
	}
}

// TestRandom checks that the documents of a random Source are valid, small, different, and
// have every type and every odd part.
func TestRandom(t *testing.T) {
	var types [256]int
	seen := map[string]bool{}
	size, n := 0, 0
	for doc := range bsontest.Documents(1) {
		if err := bson.Validate(doc); err != nil {
			t.Fatal(err)
		}
		for i, k := range summarize(doc).types {
			types[i] += k
		}
		seen[string(doc)] = true
		size += len(doc)
		if n++; n == 2000 {
			break
		}
	}
	for _, typ := range edge.Types {
		if types[typ] < 100 {
			t.Errorf("%d documents have only %d elements of type %v", n, types[typ], typ)
		}
	}
	t.Logf("%d of %d documents are different, %d bytes on average", len(seen), n, size/n)
	if len(seen) < n*3/4 || size/n < 100 || size/n > 1500 {
		t.Errorf("%d of %d documents are different, %d bytes on average", len(seen), n, size/n)
	}
	for i := range 8 {
		odd := bsontest.Odd(1 << i)
		with, without := bsontest.NewRandom(uint64(i)), bsontest.NewRandom(uint64(i))
		differ := 0
		for range 2000 {
			if !bytes.Equal((bsontest.Options{Odd: odd}).Document(with), bsontest.Options{}.Document(without)) {
				differ++
			}
		}
		t.Logf("odd part %b: %d documents of 2000", odd, differ)
		if differ < 10 {
			t.Errorf("odd part %b changes only %d documents of 2000", odd, differ)
		}
	}
}

// TestGolden checks that a seed gives the same documents, faults and numbers on every
// machine.
func TestGolden(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    bsontest.Options
		want string
	}{
		{"default", bsontest.Options{}, "284d91e14d995568"},
		{"odd", everything, "19719d3e652ec74d"},
		{"shape", bsontest.Options{Shape: reflect.TypeFor[order](), Odd: bsontest.Misfits}, "dc91337074997579"},
	} {
		h := sha256.New()
		for seed := range uint64(3) {
			s := bsontest.NewRandom(seed)
			for range 60 {
				doc := tc.o.Document(s)
				f := bsontest.Damage(s, doc)
				fmt.Fprintf(h, "%x %s %x %d\n", doc, f.Name, f.Data, f.Offset)
			}
			fmt.Fprintln(h, s.Uint64(), s.IntN(1000), s.Byte(), s.Bytes(9))
		}
		if got := fmt.Sprintf("%x", h.Sum(nil)[:8]); got != tc.want {
			t.Errorf("%s: hash %s, want %s", tc.name, got, tc.want)
		}
	}
}

// TestEnd checks that a Source of bytes ends with zeros, that the document without
// choices is empty, and that bytes after the end of a document do not change it.
func TestEnd(t *testing.T) {
	s := bsontest.NewSource([]byte{1, 2, 3})
	if b := s.Bytes(2); string(b) != "\x01\x02" || !s.More() {
		t.Errorf("%x, more %v", b, s.More())
	}
	if s.Byte() != 3 || s.More() || s.Byte() != 0 || s.Uint64() != 0 || s.IntN(9) != 0 || len(s.Bytes(4)) != 0 {
		t.Error("a Source of bytes does not end with zeros")
	}
	empty := []byte{5, 0, 0, 0, 0}
	for _, data := range [][]byte{nil, {0}, make([]byte, 100)} {
		if doc := bsontest.Document(data); !bytes.Equal(doc, empty) {
			t.Errorf("%d zeros make %x", len(data), doc)
		}
	}
	if n := bsontest.NewSource([]byte{0xff, 0xff}).IntN(300); n != 0xffff%300 {
		t.Errorf("IntN(300) is %d", n)
	}
	random := bsontest.NewRandom(1)
	for range 100 {
		if !random.More() || len(random.Bytes(3)) != 3 {
			t.Fatal("a random Source ends")
		}
	}
	if docs := (bsontest.Options{}).Stream(random, 9); bsontest.CheckStream(docs, bsonDocuments) != nil {
		t.Error("a stream of a random Source is not valid")
	}
}

// outline returns the elements of doc, one line each.
func outline(doc []byte) (lines []string) {
	c := bson.NewCursor(doc)
	var walk func(depth int)
	walk = func(depth int) {
		for c.Next() {
			line := fmt.Sprintf("%d %s %v", depth, c.Key(), c.Type())
			if c.Type().IsContainer() {
				lines = append(lines, line)
				c.Enter()
				walk(depth + 1)
				c.Leave()
				continue
			}
			lines = append(lines, fmt.Sprintf("%s %x", line, c.Data()))
		}
	}
	walk(1)
	return lines
}

// TestPrefix checks that fewer bytes make a smaller document: the first elements of the
// document, of which the last may be simpler.
func TestPrefix(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 2000 {
		data := make([]byte, r.IntN(100))
		for i := range data {
			// No repeated elements: shorter values leave room for more of them.
			data[i] = byte(r.IntN(9 * len(edge.Types)))
		}
		whole := outline(bsontest.Document(data))
		for n := range data {
			part := outline(bsontest.Document(data[:n]))
			if len(part) > len(whole) {
				t.Fatalf("%x makes %d elements, the first %d bytes %d", data, len(whole), n, len(part))
			}
			if i := len(part) - 1; i > 0 && !slices.Equal(part[:i], whole[:i]) {
				t.Fatalf("%x and its first %d bytes (-whole +part):\n%s", data, n, cmp.Diff(whole[:i], part[:i]))
			}
		}
	}
}

// shrunk returns the smallest choices near data that hold: fewer bytes, then smaller
// ones, as fuzzers do.
func shrunk(data []byte, holds func(data []byte) bool) []byte {
	for again := true; again; {
		again = false
		try := func(smaller []byte) {
			if holds(smaller) {
				data, again = smaller, true
			}
		}
		for n := len(data) / 2; n > 0; n /= 2 {
			for i := 0; i+n <= len(data); i++ {
				try(slices.Delete(bytes.Clone(data), i, i+n))
			}
		}
		for i := 0; i < len(data); i++ {
			for _, b := range []byte{0, data[i] / 2, data[i] - 1} {
				if b < data[i] {
					smaller := bytes.Clone(data)
					smaller[i] = b
					try(smaller)
				}
			}
		}
	}
	return data
}

// TestShrink checks that fewer and smaller bytes lead to a small document with a
// property, from any document with the property.
func TestShrink(t *testing.T) {
	for _, tc := range []struct {
		name     string
		has      func(s summary) bool
		elements int // at most, in the small document
	}{
		{"a decimal", func(s summary) bool { return s.types[bson.TypeDecimal128] > 0 }, 2},
		{"three levels", func(s summary) bool { return s.levels > 2 }, 3},
		{"three elements", func(s summary) bool { return s.elements > 2 }, 3},
		{"a key of 16 bytes", func(s summary) bool { return s.key >= 16 }, 2},
	} {
		found := 0
		for doc := range bsontest.Documents(3) {
			if !tc.has(summarize(doc)) || len(doc) > 300 {
				continue
			}
			data := shrunk(bsontest.Seed(doc), func(data []byte) bool { return tc.has(summarize(bsontest.Document(data))) })
			small := bsontest.Document(data)
			if n := summarize(small).elements; n > tc.elements || len(small) > 100 {
				t.Errorf("%s: %s becomes %s", tc.name, doc, small)
			}
			if found++; found == 10 {
				break
			}
		}
	}
}

// TestOdd tests choices that make one odd part, with the option and without it.
func TestOdd(t *testing.T) {
	const double, array, regex, decimal, null = 1, 4, 11, 19, 10
	for _, tc := range []struct {
		odd        bsontest.Odd
		data       string
		want, near string // canonical text with and without the option
	}{
		{bsontest.DuplicateKeys, string([]byte{null, 0, null, 0}), `{"a":null,"a":null}`, `{"a":null,"a#2":null}`},
		{bsontest.ArrayKeys, string([]byte{array, 0, 1, null, 8, null, 8, 0}), `{"a":[null,null]}`, `{"a":[null,null]}`},
		{bsontest.NaNPayloads, string([]byte{double, 0, 3, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f}), `{"a":{"$numberDouble":"NaN"}}`, `{"a":{"$numberDouble":"NaN"}}`},
		{bsontest.NaNPayloads, string([]byte{double, 0, 2, 1, 0, 0x80, 0xff}), `{"a":{"$numberDouble":"NaN"}}`, `{"a":{"$numberDouble":"NaN"}}`},
		{bsontest.RegexOptions, string([]byte{regex, 0, 0, 1 << 6, 3<<3 | 4, 'x', 'i', 'm'}),
			`{"a":{"$regularExpression":{"pattern":"","options":"imx"}}}`, `{"a":{"$regularExpression":{"pattern":"","options":"imx"}}}`},
		{bsontest.NonCanonicalDecimals, string([]byte{decimal, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0x7c, 1}), `{"a":{"$numberDecimal":"NaN"}}`, `{"a":{"$numberDecimal":"NaN"}}`},
		{bsontest.WrapperKeys, string([]byte{null, 4<<3 | 6, '$', 'o', 'i', 'd'}), `{"$oid":null}`, `{"$oid.":null}`},
	} {
		text := func(doc []byte) string {
			text, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		with, without := from(bsontest.Options{Odd: tc.odd}, []byte(tc.data)), from(bsontest.Options{Odd: bsontest.AllOdd &^ tc.odd}, []byte(tc.data))
		if diff := cmp.Diff(tc.want, text(with)); diff != "" {
			t.Errorf("%b (-want +got):\n%s", tc.odd, diff)
		}
		if diff := cmp.Diff(tc.near, text(without)); diff != "" {
			t.Errorf("without %b (-want +got):\n%s", tc.odd, diff)
		}
		if bytes.Equal(with, without) {
			t.Errorf("%b: the document is %x with and without the option", tc.odd, with)
		}
	}
	deep := append(bytes.Repeat([]byte{3, 0}, 30), null, 0)
	if with, without := summarize(from(bsontest.Options{Odd: bsontest.Deep}, deep)), summarize(bsontest.Document(deep)); with.levels != 31 || without.levels != 6 {
		t.Errorf("%d levels with Deep, %d without", with.levels, without.levels)
	}
	wide := []byte{null + 9*21, 0, 246} // 1001 times
	if with, without := summarize(from(bsontest.Options{Odd: bsontest.Wide}, wide)), summarize(bsontest.Document(wide)); with.widest != 1001 || without.widest != 256 {
		t.Errorf("%d elements with Wide, %d without", with.widest, without.widest)
	}
}

// TestOptions checks the limits, types and keys of Options.
func TestOptions(t *testing.T) {
	for _, size := range []int{5, 7, 20, 1000, 5000} {
		for _, depth := range []int{1, 3, 100} {
			largest, levels := 0, 0
			sources(func(data []byte) {
				o := bsontest.Options{MaxSize: size, MaxDepth: depth, Odd: bsontest.AllOdd}
				doc := from(o, data)
				s := summarize(doc)
				largest, levels = max(largest, len(doc)), max(levels, s.levels)
				if err := bson.Validate(doc); err != nil || len(doc) > size || s.levels > depth {
					t.Fatalf("%d bytes, %d levels, %v; want at most %d and %d", len(doc), s.levels, err, size, depth)
				}
			})
			if largest < size*9/10 && size > 7 || levels < min(depth, size/8) {
				t.Errorf("at most %d bytes and %d levels with the limits %d and %d", largest, levels, size, depth)
			}
		}
	}
	for _, types := range [][]bson.Type{
		{}, {bson.TypeInt32}, {bson.TypeDocument}, {bson.TypeArray, bson.TypeString}, {bson.TypeCodeWithScope, bson.TypeMinKey, bson.TypeNull},
	} {
		var got [256]int
		sources(func(data []byte) {
			for i, n := range summarize(from(bsontest.Options{Types: types}, data)).types {
				got[i] += n
			}
		})
		for i, n := range got {
			if slices.Contains(types, bson.Type(i)) != (n > 0) {
				t.Errorf("types %v: %d elements of type %v", types, n, bson.Type(i))
			}
		}
	}
	own, all := 0, 0
	s := bsontest.NewRandom(5)
	for range 500 {
		for key := range (bsontest.Options{Keys: []string{"total", "items"}}).Document(s).All() {
			if all++; strings.HasPrefix(key, "total") || strings.HasPrefix(key, "items") {
				own++
			}
		}
	}
	if own < all/4 {
		t.Errorf("only %d of %d keys are those of the options", own, all)
	}
	prefix := []byte("prefix")
	if got := (bsontest.Options{}).Append(prefix, bsontest.NewSource([]byte{10, 0})); string(got) != "prefix\x08\x00\x00\x00\x0aa\x00\x00" {
		t.Errorf("Append gives %q", got)
	}
}

// TestSeed checks that documents come back from their seeds.
func TestSeed(t *testing.T) {
	check := func(doc []byte) {
		t.Helper()
		if got := from(everything, bsontest.Seed(doc)); !bytes.Equal(got, doc) {
			t.Fatalf("(-want +got):\n%s", cmp.Diff(doc, []byte(got)))
		}
	}
	for _, mix := range []sample.Mix{sample.Wild, sample.Bench, sample.Collection} {
		for _, doc := range sample.Documents(mix, 11, 300) {
			check(doc)
			if mix == sample.Bench && !bytes.Equal(from(bsontest.Options{MaxDepth: 50, MaxSize: 1 << 20}, bsontest.Seed(doc)), doc) {
				t.Fatalf("%x has no odd part, but changes without the options", doc)
			}
		}
	}
	i := 0
	sources(func(data []byte) {
		if i++; i%3 == 0 {
			check(from(everything, data))
			doc := bsontest.Document(data)
			if got := bsontest.Document(bsontest.Seed(doc)); !bytes.Equal(got, doc) {
				t.Fatalf("%x comes back as %x", doc, got)
			}
		}
	})
	check(bsoncore.End(bsoncore.AppendString([]byte{0, 0, 0, 0}, strings.Repeat("k", 300), strings.Repeat("é", 40_000)), 0))
	bsontest.Seed([]byte("\x0c\x00\x00\x00\x10a\x00")) // bytes that are no document
}

// TestStream checks that a stream consists of at most n documents.
func TestStream(t *testing.T) {
	var data []byte
	var want []string
	for _, doc := range sample.Documents(sample.Wild, 12, 5) {
		data = append(data, bsontest.Seed(doc)...)
		want = append(want, string(doc))
	}
	for n := range 7 {
		stream := everything.Stream(bsontest.NewSource(data), n)
		if diff := cmp.Diff(strings.Join(want[:min(n, 5)], ""), string(stream)); diff != "" {
			t.Errorf("%d documents (-want +got):\n%s", n, diff)
		}
	}
}

// An order has fields of many kinds.
type order struct {
	ID       objectid.ID        `bson:"_id"`
	Number   int32              `bson:"number"`
	Small    int8               `bson:"small"`
	Count    uint64             `bson:"count"`
	Total    decimal128.Decimal `bson:"total"`
	Rate     float32            `bson:"rate"`
	Paid     bool               `bson:"paid"`
	Placed   time.Time          `bson:"placed"`
	Note     *string            `bson:"note,omitempty"`
	Items    []item             `bson:"items"`
	Sizes    [3]int16           `bson:"sizes"`
	Tags     map[string]int64   `bson:"tags"`
	Picture  []byte             `bson:"picture"`
	Pattern  bson.Regex         `bson:"pattern"`
	Anything any                `bson:"anything"`
	Raw      bson.Raw           `bson:"raw"`
	Value    bson.RawValue      `bson:"value"`
	D        bson.D             `bson:"d"`
	Next     *order             `bson:"next"`
	Ignored  chan int           `bson:"-"`
	extra    int
	Inlined  `bson:",inline"`
}

type item struct {
	Name     string
	Quantity int64
}

type Inlined struct{ Street, City string }

// TestShape checks that the documents of a struct fit it, come back from it, and have all
// its fields; and that Misfits makes others.
func TestShape(t *testing.T) {
	_ = order{}.extra
	o := bsontest.Options{Shape: reflect.TypeFor[order]()}
	filled := map[string]map[string]bool{} // different values by key
	check := func(s *bsontest.Source) {
		t.Helper()
		doc := o.Document(s)
		if err := bson.Validate(doc); err != nil {
			t.Fatal(err)
		}
		if err := bsontest.CheckRoundTrip(doc, func(doc []byte) ([]byte, error) {
			v, err := bson.Decode[order](doc)
			if err != nil {
				return nil, err
			}
			return bson.Marshal(v)
		}, 0); err != nil {
			t.Fatal(err)
		}
		for key, v := range doc.All() {
			if filled[key] == nil {
				filled[key] = map[string]bool{}
			}
			filled[key][string(v.Value)] = true
		}
	}
	sources(func(data []byte) { check(bsontest.NewSource(data)) })
	s := bsontest.NewRandom(1)
	for range 1000 {
		check(s)
	}
	if len(filled) != 21 {
		t.Errorf("documents have %d keys, want 21: %v", len(filled), slices.Sorted(maps.Keys(filled)))
	}
	for key, values := range filled {
		if len(values) < 2 || len(values) < 10 && key != "paid" {
			t.Errorf("%s has only %d different values", key, len(values))
		}
	}
	o.Odd = bsontest.Misfits
	fit, misfit := 0, 0
	for range 1000 {
		doc := o.Document(s)
		if err := bson.Validate(doc); err != nil {
			t.Fatal(err)
		}
		if _, err := bson.Decode[order](doc); err == nil {
			fit++
		} else {
			misfit++
		}
	}
	t.Logf("with Misfits %d documents can be decoded, %d cannot", fit, misfit)
	if fit < 50 || misfit < 50 {
		t.Errorf("with Misfits %d documents can be decoded, %d cannot", fit, misfit)
	}
}

// TestShapeFails checks that a type that cannot be a document is a panic, and that a value
// that cannot be written is replaced.
func TestShapeFails(t *testing.T) {
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), "chan int") {
			t.Errorf("Shape of a channel: %v", r)
		}
	}()
	type clash struct {
		A    int            `bson:"a"`
		Rest map[string]int `bson:",inline"`
	}
	for data := range 256 {
		doc := from(bsontest.Options{Shape: reflect.TypeFor[clash]()}, []byte{0, 1, byte(data), 0, 0, 0})
		if err := bson.Validate(doc); err != nil {
			t.Fatal(err)
		}
	}
	from(bsontest.Options{Shape: reflect.TypeFor[chan int]()}, nil)
}

// TestKeysOfMaps checks that a map whose keys are interfaces gets only keys that can be
// compared.
func TestKeysOfMaps(t *testing.T) {
	type labels struct {
		Rest map[any]int
	}
	s := bsontest.NewRandom(1)
	for range 200 {
		doc := bsontest.Options{Shape: reflect.TypeFor[labels]()}.Document(s)
		if err := bson.Validate(doc); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNoType checks that a value that is no type of BSON is a panic.
func TestNoType(t *testing.T) {
	for _, typ := range []bson.Type{0, 0x14, 0x99} {
		func() {
			defer func() {
				if r, want := recover(), fmt.Sprintf("Options.Types has 0x%02X", byte(typ)); !strings.Contains(fmt.Sprint(r), want) {
					t.Errorf("got %v, want %s", r, want)
				}
			}()
			from(bsontest.Options{Types: []bson.Type{bson.TypeInt32, typ}}, nil)
		}()
	}
}

// TestQuick uses a document as the property of testing/quick, whose values are bytes.
func TestQuick(t *testing.T) {
	if err := quick.Check(func(data []byte) bool { return bson.Validate(bsontest.Document(data)) == nil }, nil); err != nil {
		t.Error(err)
	}
}
