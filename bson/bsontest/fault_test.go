package bsontest_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/decimal128"
)

var update = flag.Bool("update", false, "write the golden files")

// typical returns a document with every type.
func typical() []byte {
	dst, mark := bsoncore.Begin(nil)
	dst = bsoncore.AppendDouble(dst, "double", 1.5)
	dst = bsoncore.AppendString(dst, "str", "text")
	dst, m := bsoncore.BeginDocument(dst, "doc")
	dst = bsoncore.End(bsoncore.AppendBoolean(dst, "bool", true), m)
	dst, m = bsoncore.BeginArray(dst, "array")
	dst = bsoncore.End(bsoncore.AppendString(dst, "0", "é"), m)
	dst = bsoncore.AppendBinary(dst, "bin", 0, []byte{1, 2, 3})
	dst = bsoncore.AppendUndefined(dst, "undef")
	dst = bsoncore.AppendObjectID(dst, "_id", bson.ObjectID{1})
	dst = bsoncore.AppendDateTime(dst, "date", 1)
	dst = bsoncore.AppendNull(dst, "null")
	dst = bsoncore.AppendRegex(dst, "regex", "^a", "i")
	dst = bsoncore.AppendDBPointer(dst, "ptr", "db.c", bson.ObjectID{2})
	dst = bsoncore.AppendCode(dst, "code", "f()")
	dst = bsoncore.AppendSymbol(dst, "sym", "s")
	dst = bsoncore.AppendCodeWithScope(dst, "scope", "g()", bsoncore.End(bsoncore.AppendInt32([]byte{0, 0, 0, 0}, "x", 1), 0))
	dst = bsoncore.AppendInt32(dst, "int", 1)
	dst = bsoncore.AppendTimestamp(dst, "ts", 1, 2)
	dst = bsoncore.AppendInt64(dst, "long", 1)
	dst = bsoncore.AppendDecimal128(dst, "dec", decimal128.FromInt64(1))
	dst = bsoncore.AppendMaxKey(dst, "max")
	dst = bsoncore.AppendMinKey(dst, "min")
	return bsoncore.End(dst, mark)
}

// isFault checks that f is what bson.Validate and the first of ValidateOptions.Faults
// report.
func isFault(t *testing.T, doc []byte, f bsontest.Fault) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		var e *bson.SyntaxError
		if !errors.As(err, &e) || e.Offset != f.Offset || !errors.Is(err, f.Err) {
			t.Fatalf("%s of %x: the fault is %v at %d, want %v", f.Name, doc, f.Err, f.Offset, err)
		}
	}
	check(bson.Validate(f.Data))
	for err := range (bson.ValidateOptions{}).Faults(f.Data) {
		check(err)
		break
	}
	if f.Offset < 0 || f.Offset > int64(len(f.Data)) {
		t.Fatalf("%s of %x: offset %d is outside", f.Name, doc, f.Offset)
	}
	if _, isLength := f.Err.(bson.LengthError); isLength || f.Err == nil {
		t.Fatalf("%s: %#v is not a sentinel", f.Name, f.Err)
	}
}

// TestFaults compares all faults of a document of every type with a golden file: the name,
// the changed bytes, and the fault that is seen.
func TestFaults(t *testing.T) {
	doc := typical()
	before := bytes.Clone(doc)
	var b strings.Builder
	names := map[string]int{}
	truncated := 0
	for f := range bsontest.Faults(doc) {
		isFault(t, doc, f)
		if names[f.Name]++; f.Name == "truncated" {
			if len(f.Data) != truncated || !bytes.HasPrefix(doc, f.Data) {
				t.Errorf("truncated: %d bytes, want %d", len(f.Data), truncated)
			}
			truncated++
			continue
		}
		fmt.Fprintf(&b, "%s: %s: %v at %d\n", f.Name, change(doc, f.Data), f.Err, f.Offset)
	}
	if !bytes.Equal(doc, before) {
		t.Fatal("Faults changes its argument")
	}
	if truncated != len(doc) {
		t.Errorf("%d truncations, want %d", truncated, len(doc))
	}
	file := filepath.Join("testdata", "faults.txt")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("go test ./bson/bsontest -run TestFaults -update writes the file (-want +got):\n%s", diff)
	}
}

// change shows the bytes in which b differs from a.
func change(a, b []byte) string {
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return fmt.Sprintf("%x for %x from %d", b[start:len(b)-end], a[start:len(a)-end], start)
}

// TestFaultPlaces checks the sentinel and the place of faults for which both follow from
// the change alone.
func TestFaultPlaces(t *testing.T) {
	const value = 4 + 1 + 2 // offset of the value of an element "k"
	make := func(typ bson.Type, data string) []byte {
		return bsoncore.End(bsoncore.AppendValue([]byte{0, 0, 0, 0}, "k", typ, []byte(data)), 0)
	}
	text := make(bson.TypeString, "\x05\x00\x00\x00text\x00")
	for _, tc := range []struct {
		doc    []byte
		name   string
		err    error
		offset int64
	}{
		{text, "document: length one too large", bson.ErrTruncated, int64(len(text))},
		{text, "document: length one too small", bson.ErrTrailing, int64(len(text) - 1)},
		{text, "document: length 0", bson.ErrLength, 0},
		{text, "document: length -1", bson.ErrLength, 0},
		{text, "document: length 2147483647", bson.ErrTruncated, int64(len(text))},
		{text, "document: a byte too many at the end", bson.ErrTrailing, int64(len(text))},
		{text, "string: length 0", bson.ErrLength, value},
		{text, "string: length -1", bson.ErrLength, value},
		{text, "string: length 2147483647", bson.ErrLength, value},
		{text, "string: length one too small", bson.ErrTerminator, value},
		{text, "string: no terminator", bson.ErrTerminator, value},
		{text, "element: unknown type", bson.ErrType, 4},
		{text, "string: the byte 0xFF", bson.ErrUTF8, value + 4 + 3},
		{text, "string: overlong form", bson.ErrUTF8, value + 4 + 2},
		{text, "string: surrogate", bson.ErrUTF8, value + 4 + 1},
		{text, "string: code point over U+10FFFF", bson.ErrUTF8, value + 4},
		{text, "string: end inside a character", bson.ErrUTF8, value + 4 + 3},
		{text, "key: the byte 0xFF", bson.ErrUTF8, 5},
		{make(bson.TypeBoolean, "\x01"), "bool: 2", bson.ErrBoolean, value},
		{make(bson.TypeRegex, "ab\x00im\x00"), "regex: the byte 0xFF", bson.ErrUTF8, value + 1},
		{make(bson.TypeRegex, "ab\x00im\x00"), "regex: options: the byte 0xFF", bson.ErrUTF8, value + 4},
		{make(bson.TypeBinary, "\x03\x00\x00\x00\x00abc"), "binData: length 2147483647", bson.ErrLength, value},
		{make(bson.TypeDocument, "\x05\x00\x00\x00\x00"), "object: length 0", bson.ErrLength, value},
		{make(bson.TypeDocument, "\x05\x00\x00\x00\x00"), "object: no terminator", bson.ErrTerminator, value},
	} {
		found := false
		for f := range bsontest.Faults(tc.doc) {
			if f.Name != tc.name {
				continue
			}
			found = true
			if f.Offset != tc.offset || f.Err != tc.err {
				t.Errorf("%s: %v at %d, want %v at %d", f.Name, f.Err, f.Offset, tc.err, tc.offset)
			}
		}
		if !found {
			t.Errorf("%x has no fault %q", tc.doc, tc.name)
		}
	}
}

// TestFaultsEnd checks that the iterator stops when it is asked to.
func TestFaultsEnd(t *testing.T) {
	total := 0
	for range bsontest.Faults(typical()) {
		total++
	}
	for stop := 1; stop < total; stop++ {
		n := 0
		for range bsontest.Faults(typical()) {
			if n++; n == stop {
				break
			}
		}
		if n != stop {
			t.Fatalf("%d faults after a stop at %d", n, stop)
		}
	}
}

// TestDamage checks that Damage makes a fault of every document, and does not change its
// argument, and that it reaches all kinds of faults.
func TestDamage(t *testing.T) {
	names := map[string]bool{}
	check := func(s *bsontest.Source, doc []byte) {
		before := bytes.Clone(doc)
		f := bsontest.Damage(s, doc)
		if !bytes.Equal(doc, before) {
			t.Fatalf("Damage changes its argument %x to %x", before, doc)
		}
		isFault(t, doc, f)
		names[f.Name] = true
	}
	s := bsontest.NewRandom(7)
	doc := typical()
	for range 20_000 {
		check(s, doc)
	}
	for range 1000 {
		check(s, everything.Document(s))
		check(s, []byte{5, 0, 0, 0, 0})
	}
	sources(func(data []byte) {
		check(bsontest.NewSource(data), doc)
		s := bsontest.NewSource(data)
		check(s, bsontest.Options{}.Document(s))
	})
	for f := range bsontest.Faults(doc) {
		if !names[f.Name] {
			t.Errorf("Damage never makes %q", f.Name)
		}
	}
}

// TestFaultsShort: bytes that are too few for a document are a fault of the caller.
func TestFaultsShort(t *testing.T) {
	for _, doc := range []string{"", "\x05", "\x05\x00\x00\x00"} {
		for name, call := range map[string]func(){
			"Faults": func() { bsontest.Faults([]byte(doc)) },
			"Damage": func() { bsontest.Damage(bsontest.NewRandom(1), []byte(doc)) },
		} {
			func() {
				defer func() {
					if text, _ := recover().(string); !strings.Contains(text, "are not a document; pass a valid one") {
						t.Errorf("%s(%q): %q", name, doc, text)
					}
				}()
				call()
			}()
		}
	}
	empty := []byte("\x05\x00\x00\x00\x00")
	for range bsontest.Faults(empty) {
	}
	bsontest.Damage(bsontest.NewRandom(1), empty)
}
