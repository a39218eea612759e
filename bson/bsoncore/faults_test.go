package bsoncore_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file is about the cost of many faults in one document, and about loops
// over faults that end early.

// badStrings returns n elements whose strings are not UTF-8.
func badStrings(n int) []byte {
	var dst []byte
	for i := range n {
		dst = bsoncore.AppendString(dst, fmt.Sprint(i%10), "\xff")
	}
	return dst
}

// under returns a document in which the elements are below all of keys.
func under(elements []byte, keys ...string) []byte {
	dst, mark := bsoncore.Begin(nil)
	var marks []int
	for _, key := range keys {
		var m int
		dst, m = bsoncore.BeginDocument(dst, key)
		marks = append(marks, m)
	}
	dst = append(dst, elements...)
	for i := range marks {
		dst = bsoncore.End(dst, marks[len(marks)-1-i])
	}
	return bsoncore.End(dst, mark)
}

// keys returns a key n times.
func keys(key string, n int) []string { return strings.Split(strings.Repeat(key+" ", n-1)+key, " ") }

// A placed is the place of an error and its sentinel.
type placed struct {
	Offset  int64
	Pointer string
	Err     error
}

func placeOf(t *testing.T, err error) placed {
	t.Helper()
	if v, ok := errors.AsType[*bsoncore.ValueError](err); ok {
		return placed(*v)
	}
	s, ok := errors.AsType[*bsoncore.SyntaxError](err)
	if !ok {
		t.Fatalf("error is %T: %v", err, err)
	}
	return placed(*s)
}

// A long path is shortened to its last keys, or to the end of its last key.
func TestFaultsPointer(t *testing.T) {
	long := strings.Repeat("k", 1000)
	for _, tc := range []struct {
		name string
		keys []string
		want string // of an element "0" below keys
	}{
		{"short", []string{"a", "b~/"}, "/a/b~0~1/0"},
		{"at the limit", []string{long[:253]}, "/" + long[:253] + "/0"},
		{"over it", []string{long[:254]}, "…/0"},
		{"long above", []string{long, "b"}, "…/b/0"},
		{"long last", []string{"b", long + "é"}, "…/0"},
		{"many", keys("key", 900), "…" + strings.Repeat("/key", 62) + "/0"},
	} {
		doc := under(badStrings(2), tc.keys...)
		for err := range (bsoncore.ValidateOptions{}).Faults(doc) {
			if diff := cmp.Diff(tc.want, placeOf(t, err).Pointer); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.name, diff)
			}
			break
		}
	}
	for _, tc := range []struct{ key, want string }{
		{long, "…" + long[:253]},
		{strings.Repeat("é", 500), "…" + strings.Repeat("é", 126)},
		{strings.Repeat("~", 500) + "a", "…" + strings.Repeat("~0", 126) + "a"},
		{strings.Repeat("~", 500), "…" + strings.Repeat("~0", 126)},
	} {
		doc := under(bsoncore.AppendString(nil, tc.key, "\xff"))
		for err := range (bsoncore.ValidateOptions{}).Faults(doc) {
			if diff := cmp.Diff(tc.want, placeOf(t, err).Pointer); diff != "" {
				t.Errorf("key %.9q (-want +got):\n%s", tc.key, diff)
			}
		}
	}
}

// wantShort checks that got is the path whole, shortened if it is long.
func wantShort(t *testing.T, whole, got string) {
	t.Helper()
	end, cut := strings.CutPrefix(got, "…")
	switch {
	case len(got) > 256 || !utf8.ValidString(got):
		t.Errorf("%d bytes of path: %q", len(got), got)
	case cut != (len(whole) > 256) || !strings.HasSuffix(whole, end):
		t.Errorf("%q is not the end of %q", got, whole)
	}
}

// A loop over faults that ends early gets the same faults, and no more.
func TestFaultsBreak(t *testing.T) {
	ref := bson.D{{Key: "$ref", Value: "c"}}
	dollars, err := bson.Marshal(bson.D{
		{Key: "", Value: ref}, {Key: "", Value: append(ref[:1:1], bson.E{Key: "$.", Value: ref})}, {Key: "$.", Value: bson.A{1, ref}},
		{Key: "$.", Value: bson.CodeWithScope{Code: "f", Scope: ref}},
	})
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string][]byte{
		"key and string": under(bsoncore.AppendString(nil, "\xff", "\xff")),
		"regex":          under(bsoncore.AppendRegex(nil, "\xff", "\xff", "\xff")),
		"code":           under(bsoncore.AppendCodeWithScope(nil, "\xff", "\xff", under(bsoncore.AppendString(nil, "\xff", "\xff")))),
		"dollars":        dollars,
		"$ref, then malformed": {
			0x19, 0, 0, 0, 2, '$', 'r', 'e', 'f', 0, 2, 0, 0, 0, 'c', 0, 0xFF, 'x', 0, 0, 0, 0, 0, 0, 0,
		},
		"too deep": nest(1001, bsoncore.TypeDocument),
		"empty":    nil,
	}
	for _, v := range vectors {
		docs["vector "+v.name] = v.doc()
	}
	for i, doc := range sample.Documents(sample.Wild, 5, 40) {
		for at := i; at < len(doc); at += 7 {
			doc[at] ^= 0x80
		}
		docs[fmt.Sprint("damaged ", i)] = doc
	}
	all := bsoncore.ValidateOptions{
		RejectEmptyKeys: true, RejectDottedKeys: true, RejectDollarKeys: true, RejectDuplicateKeys: true, RejectWrongArrayKeys: true,
	}
	for name, doc := range docs {
		for _, o := range []bsoncore.ValidateOptions{{}, all, {AllowInvalidUTF8: true}} {
			var want []placed
			for err := range o.Faults(doc) {
				want = append(want, placeOf(t, err))
			}
			if err := o.Validate(doc); (err == nil) != (want == nil) {
				t.Errorf("%s: Validate %v, Faults %v", name, err, want)
			} else if err != nil {
				first := placeOf(t, err)
				wantShort(t, first.Pointer, want[0].Pointer)
				first.Pointer = want[0].Pointer
				if diff := cmp.Diff(first, want[0], cmpopts.EquateErrors()); diff != "" {
					t.Errorf("%s: first fault (-Validate +Faults):\n%s", name, diff)
				}
			}
			for k := 1; k <= len(want); k++ {
				var got []placed
				for err := range o.Faults(doc) {
					if got = append(got, placeOf(t, err)); len(got) == k {
						break
					}
				}
				if diff := cmp.Diff(want[:k], got, cmpopts.EquateErrors()); diff != "" {
					t.Errorf("%s: the first %d (-want +got):\n%s", name, k, diff)
				}
			}
		}
	}
}

// Text that is not UTF-8 passes if the options allow it; malformed bytes do
// not.
func TestAllowInvalidUTF8(t *testing.T) {
	o := bsoncore.ValidateOptions{AllowInvalidUTF8: true}
	bad := bsoncore.AppendRegex(bsoncore.AppendString(nil, "\xff", "\xff"), "", "\xff", "\xff")
	bad = bsoncore.AppendCodeWithScope(bad, "", "\xff", under(badStrings(3), "\xff"))
	if err := o.Validate(under(bad)); err != nil {
		t.Error(err)
	}
	for err := range o.Faults(under(bad)) {
		t.Error(err)
	}
	if err := o.ValidateValue(bsoncore.TypeString, []byte("\x02\x00\x00\x00\xff\x00")); err != nil {
		t.Error(err)
	}
	bad = append(bad, byte(bsoncore.TypeBoolean), 'b', 0, 2)
	wantValue := placed{int64(len(under(bad)) - 2), "/b", bsoncore.ErrBoolean}
	if diff := cmp.Diff(wantValue, placeOf(t, o.Validate(under(bad))), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	o.RejectEmptyKeys = true
	if err := o.Validate(under(bad)); !errors.Is(err, bsoncore.ErrEmptyKey) {
		t.Errorf("%v, want ErrEmptyKey", err)
	}
}

// The cost of faults is in proportion to the document, for any number and any
// place of faults.
func TestFaultsCost(t *testing.T) {
	for _, tc := range []struct {
		name string
		make func(n int) []byte // a document of about n bytes
	}{
		{"one long key", func(n int) []byte { return under(badStrings(n/18), strings.Repeat("k", n/2)) }},
		{"long keys", func(n int) []byte { return under(badStrings(n/18), keys(strings.Repeat("k", n/1000), 500)...) }},
		{"bad keys", func(n int) []byte { return under(badStrings(n/18), keys(strings.Repeat("\xff", n/1000), 500)...) }},
	} {
		var perByte [2]float64
		for i, n := range []int{100_000, 400_000} {
			doc := tc.make(n)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for err := range (bsoncore.ValidateOptions{}).Faults(doc) {
				if n := len(placeOf(t, err).Pointer); n > 256 {
					t.Fatalf("%s: a path of %d bytes", tc.name, n)
				}
			}
			runtime.ReadMemStats(&after)
			perByte[i] = float64(after.TotalAlloc-before.TotalAlloc) / float64(len(doc))
		}
		if perByte[1] > 1.2*perByte[0] || perByte[1] > 200 {
			t.Errorf("%s: %.0f bytes allocated for each", tc.name, perByte)
		}
	}
}
