package bsoncore_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file holds three properties of Validate.
//
//   - Well-formed documents pass: vectors, samples, the corpus.
//   - Every fault is found where it is: the cursor's in every container, text
//     that is not UTF-8 at every place.
//   - Each rule about keys rejects its keys and no others.

func TestValidate(t *testing.T) {
	everything := bsoncore.ValidateOptions{RejectEmptyKeys: true, RejectDottedKeys: true, RejectDollarKeys: true,
		RejectDuplicateKeys: true, RejectWrongArrayKeys: true}
	for _, v := range vectors {
		for _, o := range []bsoncore.ValidateOptions{{}, everything} {
			if err := o.Validate(v.doc()); err != nil {
				t.Errorf("%s: %v", v.name, err)
			}
			if err := o.ValidateValue(v.typ, v.data()); err != nil {
				t.Errorf("%s as a bare value: %v", v.name, err)
			}
		}
	}
	for _, mix := range []sample.Mix{sample.Bench, sample.Collection, sample.Wild} {
		for i, doc := range sample.Documents(mix, sample.Seed, 300) {
			if err := bsoncore.Validate(doc); err != nil {
				t.Errorf("mix %d, document %d: %v", mix, i, err)
			}
		}
	}
}

// TestValidateCorpus runs the project's own vectors.
func TestValidateCorpus(t *testing.T) {
	sentinels := map[string]error{"ErrTruncated": bsoncore.ErrTruncated, "ErrTrailing": bsoncore.ErrTrailing,
		"ErrLength": bsoncore.ErrLength, "ErrTerminator": bsoncore.ErrTerminator, "ErrType": bsoncore.ErrType,
		"ErrBoolean": bsoncore.ErrBoolean, "ErrUTF8": bsoncore.ErrUTF8}
	for _, f := range corpus.Load(t) {
		for _, v := range f.Valid {
			if err := bsoncore.Validate(v.BSON); err != nil {
				t.Errorf("%s: %s: %v", f.Name, v.Name, err)
			}
		}
		for _, v := range f.Bytes {
			t.Run(f.Name+"/"+v.Name, func(t *testing.T) {
				want := sentinels[v.Error]
				if want == nil {
					t.Fatalf("the vector names the unknown error %s", v.Error)
				}
				wantSyntax(t, bsoncore.Validate(v.BSON), fault{v.Offset, v.Pointer, want})
			})
		}
	}
}

// TestValidateFaults holds that Validate finds the faults that a Cursor finds,
// at the top and in every kind of container.
func TestValidateFaults(t *testing.T) {
	for _, tc := range outside {
		t.Run(tc.name, func(t *testing.T) { wantSyntax(t, bsoncore.Validate(unhex(tc.doc)), tc.want) })
	}
	for _, tc := range inside {
		t.Run(tc.name, func(t *testing.T) {
			bad := whole(tc.elements)
			wantSyntax(t, bsoncore.Validate(bad), tc.want)
			for _, in := range containers {
				doc, at := in.wrap(bad)
				want := tc.want
				want.Offset += int64(at)
				want.Pointer = "/x" + want.Pointer
				t.Run(in.name, func(t *testing.T) { wantSyntax(t, bsoncore.Validate(doc), want) })
			}
		})
	}
}

// containers are the ways in which a document becomes the element "x" of
// another document, after an element that lets Next use its shortcut, with its
// new place.
var containers = []struct {
	name string
	wrap func(doc []byte) (outer []byte, at int)
}{
	{"document", func(doc []byte) ([]byte, int) { return inContainer(doc, bsoncore.AppendDocument) }},
	{"array", func(doc []byte) ([]byte, int) { return inContainer(doc, bsoncore.AppendArray) }},
	{"scope", func(doc []byte) ([]byte, int) {
		return inContainer(doc, func(dst []byte, key string, doc []byte) []byte {
			return bsoncore.AppendCodeWithScope(dst, key, "f()", doc)
		})
	}},
}

func inContainer(doc []byte, add func(dst []byte, key string, doc []byte) []byte) ([]byte, int) {
	dst, mark := bsoncore.Begin(nil)
	dst = add(dst, "x", doc)
	at := len(dst) - len(doc)
	dst = bsoncore.AppendString(dst, "y", "as long as a word of the shortcut")
	return bsoncore.End(dst, mark), at
}

// notUTF8 has texts that are not UTF-8, and the index of the first byte that
// is at fault.
var notUTF8 = []struct {
	text string
	at   int
}{
	{"\x80", 0},
	{"a\xff", 1},
	{"\xc0\xaf", 0},         // overlong
	{"\xe0\x80\xaf", 0},     // overlong
	{"é\xc3", 2},            // ends too early
	{"\xed\xa0\x80", 0},     // a surrogate
	{"\xf4\x90\x80\x80", 0}, // above U+10FFFF
	{"12345678\x80", 8},
	{"1234567890123456789012345678901\xe9", 31},
	{"1234567890123456789012345678901234567890\xe9", 40},
}

func TestValidateUTF8(t *testing.T) {
	id := [12]byte{}
	places := []struct {
		name    string
		element func(text string) []byte
		at      int // of the text in the document
		pointer string
	}{
		{"string", func(s string) []byte { return bsoncore.AppendString(nil, "a", s) }, 11, "/a"},
		{"symbol", func(s string) []byte { return bsoncore.AppendSymbol(nil, "a", s) }, 11, "/a"},
		{"code", func(s string) []byte { return bsoncore.AppendCode(nil, "a", s) }, 11, "/a"},
		{"code with scope", func(s string) []byte {
			return bsoncore.AppendCodeWithScope(nil, "a", s, whole(""))
		}, 15, "/a"},
		{"regex pattern", func(s string) []byte { return bsoncore.AppendRegex(nil, "a", s, "i") }, 7, "/a"},
		{"regex options", func(s string) []byte { return bsoncore.AppendRegex(nil, "a", "i", s) }, 9, "/a"},
		{"dbPointer", func(s string) []byte { return bsoncore.AppendDBPointer(nil, "a", s, id) }, 11, "/a"},
		{"key", func(s string) []byte { return bsoncore.AppendInt32(nil, s, 1) }, 5, ""},
		{"key of an array", func(s string) []byte {
			dst, mark := bsoncore.BeginArray(nil, "a")
			return bsoncore.End(bsoncore.AppendNull(dst, s), mark)
		}, 12, "/a"},
		{"key in a scope", func(s string) []byte {
			dst, mark := bsoncore.Begin(nil)
			return bsoncore.AppendCodeWithScope(nil, "a", "", bsoncore.End(bsoncore.AppendNull(dst, s), mark))
		}, 21, "/a"},
	}
	for _, p := range places {
		for _, tc := range notUTF8 {
			// The place of the text decides which shortcut is taken, so
			// elements of several lengths go before it.
			for _, before := range []int{-1, 0, 1, 30} {
				doc, mark := bsoncore.Begin(nil)
				if before >= 0 {
					doc = bsoncore.AppendString(doc, "k", strings.Repeat("x", before))
				}
				shift := len(doc) - 4
				doc = append(doc, p.element(tc.text)...)
				for range 5 {
					doc = bsoncore.AppendNull(doc, "after")
				}
				doc = bsoncore.End(doc, mark)
				pointer := p.pointer
				if strings.HasPrefix(p.name, "key") {
					pointer = string(bsoncore.AppendPointer([]byte(pointer), []byte(tc.text)))
				}
				t.Run(fmt.Sprintf("%s/%q/%d", p.name, tc.text, before), func(t *testing.T) {
					wantSyntax(t, bsoncore.Validate(doc), fault{int64(p.at + shift + tc.at), pointer, bsoncore.ErrUTF8})
				})
				good := strings.ToValidUTF8(tc.text, "ü")
				if err := bsoncore.Validate(whole(fmt.Sprintf("%x", p.element(good)))); err != nil {
					t.Errorf("%s: %q: %v", p.name, good, err)
				}
			}
		}
	}
}

// TestValidateUTF8Everywhere puts a byte that is not UTF-8 at every place of
// strings of every length, after documents of several.
func TestValidateUTF8Everywhere(t *testing.T) {
	for before := range 40 {
		for n := range 70 {
			doc, mark := bsoncore.Begin(nil)
			doc = bsoncore.AppendBinary(doc, "", 0x80, []byte(strings.Repeat("\xff", before)))
			doc = bsoncore.AppendString(doc, "s", strings.Repeat("x", n))
			end := len(doc) - 1
			doc = bsoncore.End(bsoncore.AppendDouble(doc, "d", -0.1), mark)
			if err := bsoncore.Validate(doc); err != nil {
				t.Fatalf("%d bytes after %d: %v", n, before, err)
			}
			for at := end - n; at < end; at++ {
				doc[at] = 0x80
				var got *bsoncore.SyntaxError
				if err := bsoncore.Validate(doc); !errors.As(err, &got) || got.Offset != int64(at) {
					t.Fatalf("%d bytes after %d: byte %d: %v", n, before, at, err)
				}
				doc[at] = 'x'
			}
		}
	}
}

func TestValidateRules(t *testing.T) {
	var (
		empty     = bsoncore.ValidateOptions{RejectEmptyKeys: true}
		dotted    = bsoncore.ValidateOptions{RejectDottedKeys: true}
		dollar    = bsoncore.ValidateOptions{RejectDollarKeys: true}
		duplicate = bsoncore.ValidateOptions{RejectDuplicateKeys: true}
		indexes   = bsoncore.ValidateOptions{RejectWrongArrayKeys: true}
	)
	const ref, id, db = "02 2472656600 02000000 6300", "10 2469640001000000", "02 24646200 02000000 6400"
	for _, tc := range []struct {
		name, elements string
		o              bsoncore.ValidateOptions
		want           fault // no Err: passes
	}{
		{"empty", "0a 00", empty, fault{4, "/", bsoncore.ErrEmptyKey}},
		{"not empty", "0a 2000", empty, fault{}},
		{"empty in a scope", "0f 6100 10000000 01000000 00 07000000 0a0000", empty, fault{20, "/a/", bsoncore.ErrEmptyKey}},
		{"empty in an array", "04 6100 07000000 0a0000", empty, fault{}},
		{"dot", "0a 612e6200", dotted, fault{4, "/a.b", bsoncore.ErrDottedKey}},
		{"dot alone", "0a 6100 0a 2e00", dotted, fault{7, "/.", bsoncore.ErrDottedKey}},
		{"dot in a document in an array", "04 6100 10000000 03 3000 08000000 0a2e00 00 00", dotted, fault{18, "/a/0/.", bsoncore.ErrDottedKey}},
		{"dollar", "0a 6100 0a 2461 00", dollar, fault{7, "/$a", bsoncore.ErrDollarKey}},
		{"dollar inside", "0a 612400", dollar, fault{}},
		{"DBRef", ref + id, dollar, fault{}},
		{"DBRef with database", ref + id + db, dollar, fault{}},
		{"DBRef with more", ref + id + db + "0a 6100", dollar, fault{}},
		{"DBRef with more, no database", ref + id + "0a 6100", dollar, fault{}},
		{"DBRef with a dollar", ref + id + db + "0a 246100", dollar, fault{36, "/$a", bsoncore.ErrDollarKey}},
		{"database late", ref + id + "0a 6100" + db, dollar, fault{28, "/$db", bsoncore.ErrDollarKey}},
		{"database first", db + ref + id, dollar, fault{4, "/$db", bsoncore.ErrDollarKey}},
		{"database no string", ref + id + "0a 24646200", dollar, fault{25, "/$db", bsoncore.ErrDollarKey}},
		{"$ref alone", ref, dollar, fault{4, "/$ref", bsoncore.ErrDollarKey}},
		{"$ref and no $id", ref + "0a 6100", dollar, fault{4, "/$ref", bsoncore.ErrDollarKey}},
		{"$ref no string", "0a 2472656600" + id, dollar, fault{4, "/$ref", bsoncore.ErrDollarKey}},
		{"$id alone", id, dollar, fault{4, "/$id", bsoncore.ErrDollarKey}},
		{"$ref second", "0a 6100" + ref + id, dollar, fault{7, "/$ref", bsoncore.ErrDollarKey}},
		{"$id twice", ref + id + id, dollar, fault{25, "/$id", bsoncore.ErrDollarKey}},
		{"twice", "0a 6100 0a 6200 08 6100 00", duplicate, fault{10, "/a", bsoncore.ErrDuplicateKey}},
		{"empty twice", "0a 00 0a 00", duplicate, fault{6, "/", bsoncore.ErrDuplicateKey}},
		{"one a prefix of the other", "0a 6100 0a 616100 0a 00", duplicate, fault{}},
		{"at two levels", "03 6100 08000000 0a6100 00 0a 6200", duplicate, fault{}},
		{"after a container", "0a 6200 03 6100 08000000 0a6100 00 0a 6200", duplicate, fault{18, "/b", bsoncore.ErrDuplicateKey}},
		{"in two siblings", "03 6100 08000000 0a6300 00 03 6200 08000000 0a6300 00", duplicate, fault{}},
		{"in an array", "04 6100 0b000000 0a3000 0a3000 00", duplicate, fault{}},
		{"in an array's document", "04 6100 13000000 03 3000 0b000000 0a6100 0a6100 00 00", duplicate, fault{21, "/a/0/a", bsoncore.ErrDuplicateKey}},
		{"indexes", "04 6100 0b000000 0a3000 0a3100 00", indexes, fault{}},
		{"no index", "04 6100 08000000 0a6100 00", indexes, fault{11, "/a/a", bsoncore.ErrArrayKey}},
		{"index twice", "04 6100 0b000000 0a3000 0a3000 00", indexes, fault{14, "/a/0", bsoncore.ErrArrayKey}},
		{"from 1", "04 6100 08000000 0a3100 00", indexes, fault{11, "/a/1", bsoncore.ErrArrayKey}},
		{"leading zero", "04 6100 09000000 0a303000 00", indexes, fault{11, "/a/00", bsoncore.ErrArrayKey}},
		{"document", "0a 6100", indexes, fault{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc := whole(tc.elements)
			if err := bsoncore.Validate(doc); err != nil {
				t.Fatalf("without the rule: %v", err)
			}
			err := tc.o.Validate(doc)
			if tc.want.Err != nil {
				wantValue(t, err, tc.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestValidateEachRule holds that a rule rejects its own keys alone: every set of
// rules has the faults of its rules, in a document that is against all of them.
func TestValidateEachRule(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	for _, key := range []string{"a", "", "b.c", "$d", "a", "$ref"} {
		doc = bsoncore.AppendNull(doc, key)
	}
	doc, array := bsoncore.BeginArray(doc, "e")
	doc = bsoncore.End(bsoncore.End(bsoncore.AppendNull(doc, "1"), array), mark)
	all := []error{bsoncore.ErrEmptyKey, bsoncore.ErrDottedKey, bsoncore.ErrDollarKey, bsoncore.ErrDuplicateKey, bsoncore.ErrArrayKey}
	for set := range 1 << len(all) {
		on := func(i int) bool { return set&(1<<i) != 0 }
		o := bsoncore.ValidateOptions{
			RejectEmptyKeys: on(0), RejectDottedKeys: on(1), RejectDollarKeys: on(2), RejectDuplicateKeys: on(3), RejectWrongArrayKeys: on(4),
		}
		want, got := map[string]int{}, map[string]int{}
		for i, err := range all {
			if on(i) {
				want[err.Error()] = 1
			}
		}
		if on(2) {
			want[bsoncore.ErrDollarKey.Error()] = 2
		}
		for err := range o.Faults(doc) {
			for _, e := range all {
				if errors.Is(err, e) {
					got[e.Error()]++
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", o, diff)
		}
		if err := o.Validate(doc); (err != nil) != (set != 0) {
			t.Errorf("%+v: Validate returns %v", o, err)
		}
	}
}

// TestValidateManyKeys finds a duplicate among very many keys, and none where
// every level has the same key. Either would not end in time if the work were
// more than linear.
func TestValidateManyKeys(t *testing.T) {
	o := bsoncore.ValidateOptions{RejectDuplicateKeys: true, MaxDepth: bsoncore.DepthCeiling}
	const n = 200_000
	doc, mark := bsoncore.Begin(nil)
	var first int
	for i := range n {
		if i == n/2 {
			first = len(doc)
		}
		doc = bsoncore.AppendNull(doc, fmt.Sprint(i))
	}
	doc = bsoncore.End(doc, mark)
	if err := o.Validate(doc); err != nil {
		t.Error(err)
	}
	at := len(doc) - 1 - len("1999990") - 1
	copy(doc[at+1:], doc[first+1:first+7]) // n/2 has as many digits
	wantValue(t, o.Validate(doc), fault{int64(at), "/100000", bsoncore.ErrDuplicateKey})

	if err := o.Validate(nest(bsoncore.DepthCeiling, bsoncore.TypeDocument)); err != nil {
		t.Error(err)
	}
}

// TestValidateManyDuplicates finds each key that a document has twice, at its
// second place, for many numbers of keys: with few of them the set of keys is in
// its first memory, with more it has grown. The document inside has the same keys.
func TestValidateManyDuplicates(t *testing.T) {
	o := bsoncore.ValidateOptions{RejectDuplicateKeys: true}
	for _, n := range []int{1, 2, 15, 16, 17, 31, 32, 33, 64, 100, 500, 2000} {
		var want []int64
		keys := func(dst []byte, twice bool) []byte {
			for i := range n {
				if twice {
					want = append(want, int64(len(dst)))
				}
				dst = bsoncore.AppendNull(dst, fmt.Sprint("k", i))
			}
			return dst
		}
		doc, mark := bsoncore.Begin(nil)
		doc = keys(doc, false)
		doc, inner := bsoncore.BeginDocument(doc, "inner")
		doc = bsoncore.End(keys(keys(doc, false), true), inner)
		doc = bsoncore.End(keys(doc, true), mark)
		var got []int64
		for err := range o.Faults(doc) {
			got = append(got, offset(err))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d keys (-want +got):\n%.500s", n, diff)
		}
	}
}

// TestValidateAgrees holds that whatever a damaged document is, a validation
// that asks for more refuses it at or before the place where one that asks
// for less does.
func TestValidateAgrees(t *testing.T) {
	strict := bsoncore.ValidateOptions{RejectDuplicateKeys: true, RejectDollarKeys: true, RejectWrongArrayKeys: true}
	for _, doc := range sample.Documents(sample.Wild, 3, 60) {
		for at := range doc {
			was := doc[at]
			for _, b := range []byte{was ^ 1, was ^ 0x80, 0, 0xFF} {
				doc[at] = b
				less, more := bsoncore.Validate(doc), strict.Validate(doc)
				if less != nil && more == nil {
					t.Fatalf("%x: only the stricter passes: %v", doc, less)
				}
				if off := offset(more); off > offset(less) && less != nil || off > int64(len(doc)) {
					t.Fatalf("%x: %v, then %v", doc, less, more)
				}
			}
			doc[at] = was
		}
	}
}

func offset(err error) int64 {
	var s *bsoncore.SyntaxError
	var v *bsoncore.ValueError
	switch {
	case errors.As(err, &s):
		return s.Offset
	case errors.As(err, &v):
		return v.Offset
	}
	return 0
}

// TestValidateLarge checks lengths near the end of int32 without the memory.
func TestValidateLarge(t *testing.T) {
	doc := make([]byte, 64)
	for _, n := range []uint32{1<<31 - 1, 1 << 31, 1<<32 - 1} {
		binary.LittleEndian.PutUint32(doc, n)
		if err := bsoncore.Validate(doc); err == nil {
			t.Errorf("length %d passes", n)
		}
	}
}

// Faults goes on where Validate ends.
func TestFaults(t *testing.T) {
	all := bsoncore.ValidateOptions{
		RejectEmptyKeys: true, RejectDottedKeys: true, RejectDollarKeys: true, RejectDuplicateKeys: true, RejectWrongArrayKeys: true,
	}
	ref := bson.D{{Key: "$ref", Value: "c"}}
	doc, err := bson.Marshal(bson.D{
		{Key: "", Value: 1},
		{Key: "a.b", Value: bson.D{{Key: ".", Value: "x"}, {Key: ".", Value: bson.A{1}}}},
		{Key: "r", Value: append(ref[:1:1], bson.E{Key: "$x", Value: 1})},
		{Key: "s", Value: append(ref[:1:1], bson.E{Key: "$id", Value: 1}, bson.E{Key: "$db", Value: "d"}, bson.E{Key: "$db", Value: "d"})},
		{Key: "t", Value: ref},
		{Key: "c", Value: bson.CodeWithScope{Code: "f", Scope: bson.D{{Key: "$s", Value: 1}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	type fault struct {
		Pointer string
		Err     error
	}
	faults := func(o bsoncore.ValidateOptions, doc []byte, most int) (list []fault) {
		for err := range o.Faults(doc) {
			if v, ok := errors.AsType[*bsoncore.ValueError](err); ok {
				list = append(list, fault{v.Pointer, v.Err})
			} else if s, ok := errors.AsType[*bsoncore.SyntaxError](err); ok {
				list = append(list, fault{s.Pointer, s.Err})
			}
			if len(list) == most {
				break
			}
		}
		return list
	}
	want := []fault{
		{"/", bsoncore.ErrEmptyKey},
		{"/a.b", bsoncore.ErrDottedKey},
		{"/a.b/.", bsoncore.ErrDottedKey},
		{"/a.b/.", bsoncore.ErrDottedKey},
		{"/a.b/.", bsoncore.ErrDuplicateKey},
		{"/r/$ref", bsoncore.ErrDollarKey},
		{"/r/$x", bsoncore.ErrDollarKey},
		{"/s/$db", bsoncore.ErrDollarKey},
		{"/s/$db", bsoncore.ErrDuplicateKey},
		{"/t/$ref", bsoncore.ErrDollarKey},
		{"/c/$s", bsoncore.ErrDollarKey},
	}
	if diff := cmp.Diff(want, faults(all, doc, -1), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:3], faults(all, doc, 3), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("the first three (-want +got):\n%s", diff)
	}
	if got := faults(bsoncore.ValidateOptions{}, doc, -1); got != nil {
		t.Errorf("without rules: %v", got)
	}
	// Text that is not UTF-8 is passed over, what is malformed is not.
	bad := []byte("\x1c\x00\x00\x00\x02a\x00\x02\x00\x00\x00\xff\x00\x0b\xfe\x00\xfd\x00\xfc\x00\x08b\x00\x02\x00")
	bad[0] = byte(len(bad))
	want = []fault{
		{"/a", bsoncore.ErrUTF8},
		{"/\uFFFD", bsoncore.ErrUTF8},
		{"/\uFFFD", bsoncore.ErrUTF8},
		{"/\uFFFD", bsoncore.ErrUTF8},
		{"/b", bsoncore.ErrBoolean},
	}
	if diff := cmp.Diff(want, faults(bsoncore.ValidateOptions{}, bad, -1), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("malformed (-want +got):\n%s", diff)
	}
}

// The first of Faults is what Validate returns, its path shortened, and there
// is none if that is nil.
func FuzzFaults(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.doc(), uint8(31), false)
		if bsoncore.Validate(v.doc()) == nil {
			f.Add(bsontest.Seed(v.doc()), uint8(31), true)
		}
	}
	f.Fuzz(func(t *testing.T, doc []byte, rules uint8, shaped bool) {
		if shaped {
			s := bsontest.NewSource(doc)
			doc = bsontest.Damage(s, bsontest.Options{Odd: bsontest.AllOdd, MaxSize: 16 << 10}.Append(nil, s)).Data
		}
		o := bsoncore.ValidateOptions{
			RejectEmptyKeys: rules&1 != 0, RejectDottedKeys: rules&2 != 0, RejectDollarKeys: rules&4 != 0,
			RejectDuplicateKeys: rules&8 != 0, RejectWrongArrayKeys: rules&16 != 0,
		}
		var first error
		for err := range o.Faults(doc) {
			if first == nil {
				first = err
			}
			if bsoncore.Validate(doc) == nil && errors.Is(err, bsoncore.ErrUTF8) {
				t.Errorf("%v in a valid document", err)
			}
		}
		want := o.Validate(doc)
		if (want == nil) != (first == nil) {
			t.Fatalf("Validate finds %v, Faults %v first", want, first)
		}
		if want == nil {
			return
		}
		w, got := placeOf(t, want), placeOf(t, first)
		wantShort(t, w.Pointer, got.Pointer)
		if w.Offset != got.Offset || w.Err != got.Err {
			t.Errorf("Validate finds %v, Faults %v first", want, first)
		}
	})
}
