package shape_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/edge"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/internal/shape"
)

// sources calls f with choices of many kinds: no bytes, equal bytes, random bytes,
// and random bytes among which a few are frequent.
func sources(f func(data []byte)) {
	f(nil)
	for b := range 256 {
		for _, n := range []int{1, 2, 3, 10, 100, 300} {
			f(bytes.Repeat([]byte{byte(b)}, n))
			f(append([]byte{3, byte(b)}, bytes.Repeat([]byte{byte(b), 241}, n)...))
		}
	}
	r := rand.New(rand.NewPCG(11, 6))
	for i := range 6000 {
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

// census counts the elements of doc by type.
func census(doc []byte, counts *[256]int) {
	c := bson.NewCursor(doc)
	var walk func()
	walk = func() {
		for c.Next() {
			counts[c.Type()]++
			if c.Type().IsContainer() || c.Type() == bson.TypeCodeWithScope {
				c.Enter()
				walk()
				c.Leave()
			}
		}
	}
	walk()
}

// TestValid checks that all choices make a valid document, that every type occurs,
// and that odd parts occur only if the options allow them.
func TestValid(t *testing.T) {
	strict := bson.ValidateOptions{RejectDuplicateKeys: true, RejectWrongArrayKeys: true}
	var counts [256]int
	var odd, deep, wide, long, many int
	sources(func(data []byte) {
		doc := shape.Options{}.Document(data)
		if err := strict.Validate(doc); err != nil {
			t.Fatalf("%x: %v", data, err)
		}
		text, err := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatalf("%x: %v", data, err)
		}
		if back, err := extjson.AppendBSON(nil, text); err != nil || !bytes.Equal(back, doc) {
			t.Fatalf("%x: %v", data, err)
		}
		doc = shape.Options{Odd: shape.AllOdd}.Document(data)
		if err := bson.Validate(doc); err != nil {
			t.Fatalf("%x: with all odd parts: %v", data, err)
		}
		census(doc, &counts)
		if strict.Validate(doc) != nil {
			odd++
		}
		if (bson.ValidateOptions{MaxDepth: 200}).Validate(doc) != nil {
			deep++
		}
		n, top := 0, 0
		for c := bson.NewCursor(doc); c.Next(); n++ {
			top = max(top, len(c.Data()))
		}
		if n > 1000 {
			wide++
		}
		if top > 64<<10 {
			long++
		}
		if len(doc) > shape.DefaultMaxSize+8<<10 {
			many++
		}
	})
	for _, typ := range edge.Types {
		if counts[typ] < 200 {
			t.Errorf("only %d elements of type %v", counts[typ], typ)
		}
	}
	t.Logf("%d odd, %d deep, %d wide, %d with a long value", odd, deep, wide, long)
	if odd < 1000 || deep < 100 || wide < 50 || long < 50 || many > 0 {
		t.Errorf("of the documents %d are odd, %d deep, %d wide, %d have a long value, %d are too long", odd, deep, wide, long, many)
	}
}

// TestOdd tests choices that make one odd part, with the option and without it.
func TestOdd(t *testing.T) {
	const double, array, regex, decimal, null = 1, 4, 11, 19, 10
	for _, tc := range []struct {
		odd        shape.Odd
		data       string
		want, near string // canonical text with and without the option
	}{
		{shape.DuplicateKeys, string([]byte{null, 0, null, 0}), `{"a":null,"a":null}`, `{"a":null,"a#2":null}`},
		{shape.ArrayKeys, string([]byte{array, 0, 1, null, 8, null, 8, 0}), `{"a":[null,null]}`, `{"a":[null,null]}`},
		{shape.NaNPayloads, string([]byte{double, 0, 3, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f}), `{"a":{"$numberDouble":"NaN"}}`, `{"a":{"$numberDouble":"NaN"}}`},
		{shape.RegexOptions, string([]byte{regex, 0, 0, 1 << 6, 3<<3 | 4, 'x', 'i', 'm'}),
			`{"a":{"$regularExpression":{"pattern":"","options":"imx"}}}`, `{"a":{"$regularExpression":{"pattern":"","options":"imx"}}}`},
		{shape.NonCanonicalDecimals, string([]byte{decimal, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0x7c, 1}), `{"a":{"$numberDecimal":"NaN"}}`, `{"a":{"$numberDecimal":"NaN"}}`},
		{shape.WrapperKeys, string([]byte{null, 4<<3 | 6, '$', 'o', 'i', 'd'}), `{"$oid":null}`, `{"$oid.":null}`},
	} {
		text := func(doc []byte) string {
			text, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		with, without := shape.Options{Odd: tc.odd}.Document([]byte(tc.data)), shape.Options{Odd: shape.AllOdd &^ tc.odd}.Document([]byte(tc.data))
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
	with, without := shape.Options{Odd: shape.Deep}.Document(deep), shape.Options{}.Document(deep)
	if shallow := (bson.ValidateOptions{MaxDepth: 12}); shallow.Validate(with) == nil || shallow.Validate(without) != nil {
		t.Errorf("Deep: %v, without %v", shallow.Validate(with), shallow.Validate(without))
	}
}

// TestSeed checks that documents come back from their seeds.
func TestSeed(t *testing.T) {
	check := func(doc []byte) {
		t.Helper()
		if got := (shape.Options{Odd: shape.AllOdd}).Document(shape.Seed(doc)); !bytes.Equal(got, doc) {
			t.Fatalf("(-want +got):\n%s", cmp.Diff(doc, got))
		}
	}
	for _, mix := range []sample.Mix{sample.Wild, sample.Bench, sample.Collection} {
		for _, doc := range sample.Documents(mix, 11, 300) {
			check(doc)
			if mix == sample.Bench && !bytes.Equal(shape.Options{}.Document(shape.Seed(doc)), doc) {
				t.Fatalf("%x has no odd part, but changes without the options", doc)
			}
		}
	}
	i := 0
	sources(func(data []byte) {
		// Choices cannot make a type that a container too deep replaces, nor a
		// length over MaxSize.
		if i++; i%3 == 0 {
			if doc := (shape.Options{Odd: shape.AllOdd, MaxSize: 32 << 10}).Document(data); len(doc) < shape.DefaultMaxSize {
				check(doc)
			}
		}
	})
	check(bsoncore.End(bsoncore.AppendString([]byte{0, 0, 0, 0}, strings.Repeat("k", 300), strings.Repeat("é", 40_000)), 0))
}

// TestStream checks that a stream consists of at most n documents.
func TestStream(t *testing.T) {
	var data []byte
	var want []string
	for _, doc := range sample.Documents(sample.Wild, 12, 5) {
		data = append(data, shape.Seed(doc)...)
		want = append(want, string(doc))
	}
	for n := range 7 {
		stream := shape.Options{Odd: shape.AllOdd}.Stream(data, n)
		if diff := cmp.Diff(strings.Join(want[:min(n, 5)], ""), string(stream)); diff != "" {
			t.Errorf("%d documents (-want +got):\n%s", n, diff)
		}
	}
}

// TestDamage checks that Damage does not change its argument, and that its result is
// hardly ever valid.
func TestDamage(t *testing.T) {
	malformed, all := 0, 0
	r := rand.New(rand.NewPCG(11, 7))
	for _, doc := range sample.Documents(sample.Wild, 13, 200) {
		before := bytes.Clone(doc)
		for range 50 {
			choices := make([]byte, 8)
			for i := range choices {
				choices[i] = byte(r.Uint32())
			}
			bad := shape.Damage(shape.NewSource(choices), doc)
			if !bytes.Equal(doc, before) {
				t.Fatalf("Damage changes its argument %x to %x", before, doc)
			}
			if all++; bson.Validate(bad) != nil {
				malformed++
			}
		}
	}
	t.Logf("%d of %d documents are malformed", malformed, all)
	if malformed < all*3/4 {
		t.Errorf("only %d of %d documents are malformed", malformed, all)
	}
}
