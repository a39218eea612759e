package bsoncore_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes each of vectors with the append family and with a
// Builder; both must give the same bytes. builder_test.go has the faults.

var (
	testID = objectid.ID(unhex("56e1fc72e0c917e9c4714161"))
	one    = decimal128.FromInt64(1)
	b1     = unhex("0c000000 10 6200 01000000 00") // {b: 1}
	bools  = unhex("0d000000 08 3000 01 08 3100 00 00")
)

// writers makes each of vectors twice: with the append family and with a
// Builder.
var writers = []struct {
	name   string
	append func(dst []byte) []byte
	build  func(b *bsoncore.Builder) *bsoncore.Builder
}{
	{"double",
		func(dst []byte) []byte { return bsoncore.AppendDouble(dst, "a", 1.5) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Double("a", 1.5) }},
	{"string",
		func(dst []byte) []byte { return bsoncore.AppendString(dst, "a", "hi") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.String("a", "hi") }},
	{"empty string",
		func(dst []byte) []byte { return bsoncore.AppendString(dst, "a", "") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.String("a", "") }},
	{"string with NUL",
		func(dst []byte) []byte { return bsoncore.AppendString(dst, "a", "x\x00y") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.String("a", "x\x00y") }},
	{"document",
		func(dst []byte) []byte { return bsoncore.AppendDocument(dst, "a", b1) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.RawDocument("a", b1) }},
	{"document", // begun and ended
		func(dst []byte) []byte {
			dst, mark := bsoncore.BeginDocument(dst, "a")
			return bsoncore.End(bsoncore.AppendInt32(dst, "b", 1), mark)
		},
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginDocument("a").Int32("b", 1).End() }},
	{"empty document",
		func(dst []byte) []byte { return bsoncore.End(bsoncore.BeginDocument(dst, "a")) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginDocument("a").End() }},
	{"array",
		func(dst []byte) []byte { return bsoncore.AppendArray(dst, "a", bools) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.RawArray("a", bools) }},
	{"array", // begun and ended, the type and keys filled in afterwards
		func(dst []byte) []byte {
			dst, mark := bsoncore.BeginArray(dst, "a")
			for i, v := range []byte{1, 0} {
				var typ int
				dst, typ = bsoncore.BeginElement(dst)
				dst = append(bsoncore.AppendIndexKey(dst, i), v)
				bsoncore.SetType(dst, typ, bsoncore.TypeBoolean)
			}
			return bsoncore.End(dst, mark)
		},
		func(b *bsoncore.Builder) *bsoncore.Builder {
			return b.BeginArray("a").Boolean("", true).Boolean("1", false).End()
		}},
	{"binary",
		func(dst []byte) []byte { return bsoncore.AppendBinary(dst, "a", 0x80, []byte{1, 2, 3}) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Binary("a", 0x80, []byte{1, 2, 3}) }},
	{"empty binary",
		func(dst []byte) []byte { return bsoncore.AppendBinary(dst, "a", 0, nil) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Binary("a", 0, nil) }},
	{"binary 2",
		func(dst []byte) []byte { return bsoncore.AppendBinary(dst, "a", 2, []byte{1, 2, 3}) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Binary("a", 2, []byte{1, 2, 3}) }},
	{"undefined",
		func(dst []byte) []byte { return bsoncore.AppendUndefined(dst, "a") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Undefined("a") }},
	{"objectId",
		func(dst []byte) []byte { return bsoncore.AppendObjectID(dst, "a", testID) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.ObjectID("a", testID) }},
	{"true",
		func(dst []byte) []byte { return bsoncore.AppendBoolean(dst, "a", true) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Boolean("a", true) }},
	{"false",
		func(dst []byte) []byte { return bsoncore.AppendBoolean(dst, "a", false) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Boolean("a", false) }},
	{"datetime",
		func(dst []byte) []byte { return bsoncore.AppendDateTime(dst, "a", -1) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.DateTime("a", -1) }},
	{"null",
		func(dst []byte) []byte { return bsoncore.AppendNull(dst, "a") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Null("a") }},
	{"regex",
		func(dst []byte) []byte { return bsoncore.AppendRegex(dst, "a", "a+", "ix") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Regex("a", "a+", "ix") }},
	{"empty regex",
		func(dst []byte) []byte { return bsoncore.AppendRegex(dst, "a", "", "") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Regex("a", "", "") }},
	{"dbPointer",
		func(dst []byte) []byte { return bsoncore.AppendDBPointer(dst, "a", "d.c", testID) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.DBPointer("a", "d.c", testID) }},
	{"code",
		func(dst []byte) []byte { return bsoncore.AppendCode(dst, "a", "x") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Code("a", "x") }},
	{"symbol",
		func(dst []byte) []byte { return bsoncore.AppendSymbol(dst, "a", "y") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Symbol("a", "y") }},
	{"code with scope",
		func(dst []byte) []byte { return bsoncore.AppendCodeWithScope(dst, "a", "x", b1) },
		func(b *bsoncore.Builder) *bsoncore.Builder {
			return b.Value("a", bsoncore.TypeCodeWithScope,
				unhex("16000000 02000000 7800 0c000000 10 6200 01000000 00"))
		}},
	{"code with scope", // begun and ended
		func(dst []byte) []byte {
			dst, value, scope := bsoncore.BeginCodeWithScope(dst, "a", "x")
			dst = bsoncore.End(bsoncore.AppendInt32(dst, "b", 1), scope)
			bsoncore.SetLength(dst, value)
			return dst
		},
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginCodeWithScope("a", "x").Int32("b", 1).End() }},
	{"int32",
		func(dst []byte) []byte { return bsoncore.AppendInt32(dst, "a", -2) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Int32("a", -2) }},
	{"timestamp",
		func(dst []byte) []byte { return bsoncore.AppendTimestamp(dst, "a", 1, 2) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Timestamp("a", 1, 2) }},
	{"int64",
		func(dst []byte) []byte { return bsoncore.AppendInt64(dst, "a", -2) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Int64("a", -2) }},
	{"decimal128",
		func(dst []byte) []byte { return bsoncore.AppendDecimal128(dst, "a", one) },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.Decimal128("a", one) }},
	{"max key",
		func(dst []byte) []byte { return bsoncore.AppendMaxKey(dst, "a") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.MaxKey("a") }},
	{"min key",
		func(dst []byte) []byte { return bsoncore.AppendMinKey(dst, "a") },
		func(b *bsoncore.Builder) *bsoncore.Builder { return b.MinKey("a") }},
}

func TestAppend(t *testing.T) {
	want := map[string][]byte{}
	types := map[bsoncore.Type]bool{}
	for _, v := range vectors {
		want[v.name] = v.doc()
	}
	for _, tc := range writers {
		prefix := []byte("before")
		doc, mark := bsoncore.Begin(prefix)
		doc = bsoncore.End(tc.append(doc), mark)
		if diff := cmp.Diff(append([]byte("before"), want[tc.name]...), doc); diff != "" {
			t.Errorf("Append %s (-want +got):\n%s", tc.name, diff)
		}
		built, err := tc.build(new(bsoncore.Builder)).Document()
		if diff := cmp.Diff(want[tc.name], []byte(built)); diff != "" || err != nil {
			t.Errorf("Builder %s: %v (-want +got):\n%s", tc.name, err, diff)
		}
		types[bsoncore.Type(want[tc.name][4])] = true
	}
	if len(types) != 21 {
		t.Errorf("%d types written, want 21", len(types))
	}
}

func TestAppendDoubleBits(t *testing.T) {
	for _, bits := range []uint64{0x7FF8000000000000, 0xFFF8000000000001, 0x7FF0000000000001, 1 << 63, 1} {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendDouble(doc, "a", math.Float64frombits(bits)), mark)
		c := bsoncore.NewCursor(doc)
		if !c.Next() || math.Float64bits(c.Double()) != bits {
			t.Errorf("%016x comes back as %016x", bits, math.Float64bits(c.Double()))
		}
	}
}

func TestAppendIndexKey(t *testing.T) {
	for _, tc := range []struct {
		i    int
		want string
	}{{0, "0\x00"}, {9, "9\x00"}, {10, "10\x00"}, {99, "99\x00"}, {100, "100\x00"}, {math.MaxInt32, "2147483647\x00"}} {
		if got := string(bsoncore.AppendIndexKey([]byte("x"), tc.i)); got != "x"+tc.want {
			t.Errorf("index %d: %q", tc.i, got)
		}
	}
}

func TestSetStringLength(t *testing.T) {
	dst, mark := bsoncore.Begin([]byte("before"))
	dst = append(dst, "four\x00"...)
	bsoncore.SetStringLength(dst, mark)
	if diff := cmp.Diff("before\x05\x00\x00\x00four\x00", string(dst)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAppendPointer(t *testing.T) {
	for _, tc := range []struct{ key, want string }{
		{"", "/"}, {"a", "/a"}, {"a/b~c", "/a~1b~0c"}, {"~1", "/~01"}, {"é", "/é"}, {"a\xff", "/a\uFFFD"},
	} {
		if got := string(bsoncore.AppendPointer([]byte("/p"), []byte(tc.key))); got != "/p"+tc.want {
			t.Errorf("%q: %q, want %q", tc.key, got, tc.want)
		}
	}
}

func TestIndexInvalidUTF8(t *testing.T) {
	for _, tc := range notUTF8 {
		if got := bsoncore.IndexInvalidUTF8([]byte(tc.text)); got != tc.at {
			t.Errorf("%q: %d, want %d", tc.text, got, tc.at)
		}
	}
	for _, text := range []string{"", "a", "é", "\uFFFD", "\U0010FFFF", "\x00"} {
		if got := bsoncore.IndexInvalidUTF8([]byte(text)); got != -1 {
			t.Errorf("%q: %d, want -1", text, got)
		}
	}
}
