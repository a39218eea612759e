package bsoncore_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has documents that the cursor rejects: tables of faults, every cut,
// every wrong length, every type byte, depth.

// outside has documents with a fault in their length or their end.
var outside = []struct {
	name, doc string
	want      fault
}{
	{"nothing", "", fault{0, "", bsoncore.ErrTruncated}},
	{"four bytes", "05000000", fault{4, "", bsoncore.ErrTruncated}},
	{"shorter than it says", "0600000000", fault{5, "", bsoncore.ErrTruncated}},
	{"longer than it says", "0500000000 00", fault{5, "", bsoncore.ErrTrailing}},
	{"length 4", "0400000000", fault{0, "", bsoncore.ErrLength}},
	{"length -1", "ffffffff00", fault{0, "", bsoncore.ErrLength}},
	{"no final NUL", "0500000001", fault{0, "", bsoncore.ErrTerminator}},
}

// inside has malformed elements of documents whose length and end are right.
var inside = []struct {
	name, elements string
	want           fault
}{
	{"type 0", "00", fault{4, "", bsoncore.ErrType}},
	{"type 0x7e", "7e 6100", fault{4, "/a", bsoncore.ErrType}},
	{"type alone", "0a", fault{4, "", bsoncore.ErrTerminator}},
	{"key without NUL", "0a 6162", fault{4, "", bsoncore.ErrTerminator}},
	{"long key without NUL", "0a 6162636465666768696a6b6c6d6e6f7071727374", fault{4, "", bsoncore.ErrTerminator}},
	{"second element", "0a 6100 16 6200", fault{7, "/b", bsoncore.ErrType}},
	{"int32 cut", "10 6100 010000", fault{7, "/a", bsoncore.ErrLength}},
	{"double cut", "01 6100 01000000000000", fault{7, "/a", bsoncore.ErrLength}},
	{"decimal128 cut", "13 6100 000000000000000000000000000000", fault{7, "/a", bsoncore.ErrLength}},
	{"objectId cut", "07 6100 0000000000000000000000", fault{7, "/a", bsoncore.ErrLength}},
	{"boolean 2", "08 6100 02", fault{7, "/a", bsoncore.ErrBoolean}},
	{"boolean 255", "08 6100 ff", fault{7, "/a", bsoncore.ErrBoolean}},
	{"boolean missing", "08 6100", fault{7, "/a", bsoncore.ErrLength}},
	{"string length 0", "02 6100 00000000 00", fault{7, "/a", bsoncore.ErrLength}},
	{"string length -1", "02 6100 ffffffff 00", fault{7, "/a", bsoncore.ErrLength}},
	{"string too long", "02 6100 02000000 00", fault{7, "/a", bsoncore.ErrLength}},
	{"string without NUL", "02 6100 01000000 78", fault{7, "/a", bsoncore.ErrTerminator}},
	{"string length cut", "02 6100 010000", fault{7, "/a", bsoncore.ErrLength}},
	{"document length 4", "03 6100 04000000 00", fault{7, "/a", bsoncore.ErrLength}},
	{"document length -1", "03 6100 ffffffff 00", fault{7, "/a", bsoncore.ErrLength}},
	{"document too long", "03 6100 06000000 00", fault{7, "/a", bsoncore.ErrLength}},
	{"document without NUL", "03 6100 05000000 01", fault{7, "/a", bsoncore.ErrTerminator}},
	{"array length cut", "04 6100 050000", fault{7, "/a", bsoncore.ErrLength}},
	{"binary length -1", "05 6100 ffffffff 00", fault{7, "/a", bsoncore.ErrLength}},
	{"binary too long", "05 6100 01000000 00", fault{7, "/a", bsoncore.ErrLength}},
	{"binary cut", "05 6100 00000000", fault{7, "/a", bsoncore.ErrLength}},
	{"binary 2 without length", "05 6100 00000000 02", fault{12, "/a", bsoncore.ErrLength}},
	{"binary 2 of other length", "05 6100 05000000 02 02000000 61", fault{12, "/a", bsoncore.ErrLength}},
	{"regex pattern without NUL", "0b 6100 78", fault{7, "/a", bsoncore.ErrTerminator}},
	{"regex options without NUL", "0b 6100 7800 78", fault{9, "/a", bsoncore.ErrTerminator}},
	{"dbPointer cut", "0c 6100 01000000 00 0102030405060708090a0b", fault{12, "/a", bsoncore.ErrLength}},
	{"dbPointer's string cut", "0c 6100 010000", fault{7, "/a", bsoncore.ErrLength}},
	{"dbPointer's string without NUL", "0c 6100 01000000 01 0102030405060708090a0b0c", fault{7, "/a", bsoncore.ErrTerminator}},
	{"scope of 13 bytes", "0f 6100 0d000000 01000000 00 05000000 00", fault{7, "/a", bsoncore.ErrLength}},
	{"scope too long", "0f 6100 0f000000 01000000 00 05000000 00", fault{7, "/a", bsoncore.ErrLength}},
	{"scope's code too long", "0f 6100 0e000000 02000000 00 05000000 00", fault{11, "/a", bsoncore.ErrLength}},
	{"scope's document too short", "0f 6100 0f000000 01000000 00 05000000 00 00", fault{16, "/a", bsoncore.ErrLength}},
	{"scope's document too long", "0f 6100 0e000000 01000000 00 06000000 00 00", fault{16, "/a", bsoncore.ErrLength}},
	{"scope without NUL", "0f 6100 0e000000 01000000 00 05000000 01", fault{16, "/a", bsoncore.ErrTerminator}},
	{"scope cut", "0f 6100 0e000000 01000000 00 050000", fault{7, "/a", bsoncore.ErrLength}},
}

// whole returns the document with the given elements, in hexadecimal.
func whole(elements string) []byte {
	dst, mark := bsoncore.Begin(nil)
	return bsoncore.End(append(dst, unhex(elements)...), mark)
}

func TestCursorFaults(t *testing.T) {
	check := func(doc []byte, want fault) func(t *testing.T) {
		return func(t *testing.T) {
			c := bsoncore.NewCursor(doc)
			for c.Next() {
			}
			wantSyntax(t, c.Err(), want)
			if c.Next() || c.Enter() {
				t.Error("the cursor moves after a fault")
			}
			c.Leave() // must do nothing
			c.Fail(errors.New("later"))
			wantSyntax(t, c.Err(), want)
		}
	}
	for _, tc := range outside {
		t.Run(tc.name, check(unhex(tc.doc), tc.want))
	}
	for _, tc := range inside {
		t.Run(tc.name, check(whole(tc.elements), tc.want))
	}
}

// TestCursorUnknownTypes goes through all 256 type bytes.
func TestCursorUnknownTypes(t *testing.T) {
	known := map[bsoncore.Type]bool{}
	for _, v := range vectors {
		known[v.typ] = true
	}
	for i := range 256 {
		typ := bsoncore.Type(i)
		if typ.Valid() != known[typ] || (typ.String() == "invalid") == known[typ] {
			t.Errorf("0x%02x: Valid %v, String %q", i, typ.Valid(), typ)
		}
		if known[typ] {
			continue
		}
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendValue(doc, "a", typ, make([]byte, 40))
		c := bsoncore.NewCursor(bsoncore.End(doc, mark))
		if c.Next() {
			t.Errorf("type 0x%02x passes", i)
		}
		wantSyntax(t, c.Err(), fault{4, "/a", bsoncore.ErrType})
		if c.ResetValue(typ, make([]byte, 40), 0) {
			t.Errorf("bare value of type 0x%02x passes", i)
		}
		wantSyntax(t, c.Err(), fault{0, "", bsoncore.ErrType})
	}
}

// TestTruncated cuts every vector at every byte, as a document and as a value.
func TestTruncated(t *testing.T) {
	for _, v := range vectors {
		doc, data := v.doc(), v.data()
		for n := range len(doc) {
			if err := bsoncore.Validate(doc[:n]); !errors.Is(err, bsoncore.ErrTruncated) {
				t.Errorf("%s: %d of %d bytes: %v", v.name, n, len(doc), err)
			}
			// With the right length, the end of the document is missing.
			if cut := append([]byte(nil), doc[:n]...); n >= 5 {
				binary.LittleEndian.PutUint32(cut, uint32(n))
				cut[n-1] = 0
				if err := bsoncore.Validate(cut); err == nil && n != 5 { // 5: the empty document
					t.Errorf("%s: cut to %d bytes passes", v.name, n)
				}
			}
		}
		for n := range len(data) {
			var c bsoncore.Cursor
			if c.ResetValue(v.typ, data[:n], 0) {
				t.Errorf("%s: value of %d bytes passes", v.name, n)
			}
		}
		var c bsoncore.Cursor
		if c.ResetValue(v.typ, append(data, 0), 0) {
			t.Errorf("%s: a value followed by a byte passes", v.name)
		}
		wantSyntax(t, c.Err(), fault{int64(len(data)), "", bsoncore.ErrTrailing})
	}
}

// TestWrongLengths replaces every length of every vector, nested ones too.
func TestWrongLengths(t *testing.T) {
	wrong := []uint32{0, 1, 4, 5, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFB}
	for _, v := range vectors {
		doc := v.doc()
		places := []int{0}
		switch v.typ {
		case bsoncore.TypeString, bsoncore.TypeDocument, bsoncore.TypeArray, bsoncore.TypeBinary, bsoncore.TypeDBPointer,
			bsoncore.TypeCode, bsoncore.TypeSymbol:
			places = append(places, 7)
		case bsoncore.TypeCodeWithScope:
			places = append(places, 7, 11, 17)
		}
		if v.name == "binary 2" {
			places = append(places, 12)
		}
		for _, at := range places {
			right := binary.LittleEndian.Uint32(doc[at:])
			for _, n := range append(wrong, right-1, right+1) {
				if n == right {
					continue
				}
				binary.LittleEndian.PutUint32(doc[at:], n)
				if err := bsoncore.Validate(doc); err == nil {
					t.Errorf("%s: length %d at %d passes, %d is right", v.name, int32(n), at, right)
				}
			}
			binary.LittleEndian.PutUint32(doc[at:], right)
		}
	}
}

// nest returns a document of depth levels, outermost included, whose inner
// ones are elements of type typ.
func nest(depth int, typ bsoncore.Type) []byte {
	var head, tail []byte
	size := 5
	for range depth - 1 {
		size += 8
		if typ == bsoncore.TypeCodeWithScope {
			size += 9
		}
	}
	for n := size; ; {
		head = binary.LittleEndian.AppendUint32(head, uint32(n))
		tail = append(tail, 0)
		if n == 5 {
			return append(head, tail...)
		}
		head = append(head, byte(typ), '0', 0)
		if typ == bsoncore.TypeCodeWithScope {
			head = binary.LittleEndian.AppendUint32(head, uint32(n-8))
			head = append(head, 1, 0, 0, 0, 0)
			n -= 9
		}
		n -= 8
	}
}

func TestDepth(t *testing.T) {
	for _, typ := range []bsoncore.Type{bsoncore.TypeDocument, bsoncore.TypeArray, bsoncore.TypeCodeWithScope} {
		for _, tc := range []struct{ depth, limit, deepest int }{
			{1000, 0, 0},
			{1001, 0, 1000},
			{1, 1, 0},
			{2, 1, 1},
			{bsoncore.InlineDepth, bsoncore.InlineDepth, 0},
			{bsoncore.InlineDepth + 2, bsoncore.InlineDepth + 1, bsoncore.InlineDepth + 1},
			{bsoncore.DepthCeiling, bsoncore.DepthCeiling, 0},
			{bsoncore.DepthCeiling + 1, bsoncore.DepthCeiling + 1, bsoncore.DepthCeiling},
		} {
			err := bsoncore.ValidateOptions{MaxDepth: tc.limit}.Validate(nest(tc.depth, typ))
			if tc.deepest == 0 {
				if err != nil {
					t.Errorf("%v: %d levels, limit %d: %v", typ, tc.depth, tc.limit, err)
				}
				continue
			}
			step := 7
			if typ == bsoncore.TypeCodeWithScope {
				step += 9
			}
			at := int64(4 + (tc.deepest-1)*step)
			wantValue(t, err, fault{at, strings.Repeat("/0", tc.deepest), bsoncore.ErrDepth})
		}
	}
}

// TestDepthMillions holds that depth beyond the limit costs no memory.
func TestDepthMillions(t *testing.T) {
	doc := nest(2_000_000, bsoncore.TypeDocument)
	if err := bsoncore.Validate(doc); !errors.Is(err, bsoncore.ErrDepth) {
		t.Errorf("error %v", err)
	}
	if n := testing.AllocsPerRun(5, func() { _ = bsoncore.Validate(doc) }); n > 100 {
		t.Errorf("%v allocations", n)
	}
}

// Each fault of the length of a document or string has that length, at the
// offset of the fault. Bytes without a whole length have none.
func TestCursorLengthErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		doc  []byte
		want error
		says string
	}{
		{"no length", unhex("050000"), nil, "bson: offset 3: document ends too early"},
		{"cut", unhex("0c000000 10"), bsoncore.LengthError{Length: 12, Err: bsoncore.ErrTruncated},
			"bson: offset 5: document ends too early: its length is 12"},
		{"JSON", []byte(`{"Name":null}`), bsoncore.LengthError{Length: 0x614e227b, Err: bsoncore.ErrTruncated},
			`bson: offset 13: not a document: its length is the text "{\"Na"; package extjson reads JSON`},
		{"negative", unhex("ffffffff 00"), bsoncore.LengthError{Length: -1, Err: bsoncore.ErrLength},
			"bson: offset 0: length -1 is too small for a document"},
		{"document without NUL", unhex("06000000 0001"), bsoncore.LengthError{Length: 6, Err: bsoncore.ErrTerminator},
			"bson: offset 0: length 6 leads to a byte that is not NUL"},
		{"string without NUL", whole("02 6100 01000000 78"), bsoncore.LengthError{Length: 1, Err: bsoncore.ErrTerminator},
			"bson: offset 7 (/a): length 1 leads to a byte that is not NUL"},
		{"key without NUL", whole("0a 6162"), nil, "bson: offset 4: terminating NUL is missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := bsoncore.Validate(tc.doc)
			var got error
			if e, ok := errors.AsType[bsoncore.LengthError](err); ok {
				got = e
			}
			if got != tc.want || err.Error() != tc.says {
				t.Errorf("%v with %v, want %s with %v", err, got, tc.says, tc.want)
			}
			_, _, mending := bsoncore.ValidateOptions{}.MendLengths(nil, tc.doc)
			if tc.want == nil && mending == nil {
				t.Error("MendLengths returns no error")
			}
		})
	}
}
