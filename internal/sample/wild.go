package sample

import (
	"math"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
)

// allTypes holds the 21 types of BSON.
var allTypes = []bson.Type{
	bson.TypeDouble, bson.TypeString, bson.TypeDocument, bson.TypeArray,
	bson.TypeBinary, bson.TypeUndefined, bson.TypeObjectID, bson.TypeBoolean,
	bson.TypeDateTime, bson.TypeNull, bson.TypeRegex, bson.TypeDBPointer,
	bson.TypeCode, bson.TypeSymbol, bson.TypeCodeWithScope, bson.TypeInt32,
	bson.TypeTimestamp, bson.TypeInt64, bson.TypeDecimal128, bson.TypeMaxKey,
	bson.TypeMinKey,
}

// The edges of the ranges.
var (
	edgeDoubles = []float64{
		0, math.Copysign(0, -1), 1, -1, 0.1, 9.99, 1e-5, 1e-4, 1e15, 1e16, 1e17,
		123456789012345680, 1e21, 1e22, 1e23, 1e300, -1e300, 5e-324,
		2.2250738585072014e-308, 2.225073858507201e-308, math.MaxFloat64,
		1 << 53, 1<<53 + 2, 0.3, 1.0 / 3, 2147483647, 9223372036854775808,
		math.Inf(1), math.Inf(-1), 1e100, 4.35, 8.5, 1e-7,
	}
	edgeInts = []int64{
		0, 1, -1, 9, 10, 99, 100, math.MaxInt32, math.MinInt32,
		math.MaxInt32 + 1, math.MinInt32 - 1, 1 << 53, 1<<53 + 1, -1 << 53,
		math.MaxInt64, math.MinInt64,
	}
	// In milliseconds: around 1970, 2000, 9999-12-31, year 0, leap days, the
	// ends of int64, and the second that Go's time package counts from.
	edgeDates = []int64{
		0, 1, -1, 999, 1000, -1000, 951782400000, 951868799999, 4107542400000,
		253402300799999, 253402300800000, -62167219200000, -62135596800000,
		-62135596800001, 1709164800123, math.MaxInt64, math.MinInt64,
	}
	edgeDecimals = []decimal128.Decimal{
		decimal(false, 0, 0, 0), decimal(true, 0, 0, 0), decimal(false, 0, 1, 0),
		decimal(false, 0, 0, -6176), decimal(true, 0, 0, 6111),
		decimal(false, 0, 1, -6176), decimal(true, 0, 1, 6111),
		decimal(false, 0, 1200, -3), decimal(false, 0, 1, -6), decimal(false, 0, 1, -7),
		// 10³⁴-1, the largest coefficient.
		decimal(false, 0x1ED09BEAD87C0, 0x378D8E63FFFFFFFF, 6111),
		decimal(true, 0x1ED09BEAD87C0, 0x378D8E63FFFFFFFF, -6176),
		decimal128.FromBits(0x7800000000000000, 0), // Infinity
		decimal128.FromBits(0xF800000000000000, 0), // -Infinity
		decimal128.FromBits(0x7C00000000000000, 0), // NaN
	}
	edgeSubtypes = []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x7F, 0x80, 0xFF}
	// wildKeys are keys that no reader takes for a wrapper, at any depth.
	wildKeys = []string{
		"", "a", "_id", "a.b", ".", "$", "$gt", "$set", "$$", "$oid.", " ", "\"", "\\", "/", "~",
		"\t", "\u007f", "é", "日本", "🙂", "key with spaces", "0", "1", "00", "-0",
		"\u2028", "<b>", "constructor", "__proto__", "oid", "numberLong",
	}
)

func (g *Generator) wild(dst []byte) []byte {
	dst, mark := bson.Begin(dst)
	return bson.End(g.wildFields(dst, 1), mark)
}

// wildFields writes up to eight elements of a container at depth; the
// document is at 1.
func (g *Generator) wildFields(dst []byte, depth int) []byte {
	s := &g.src
	for range s.below(9) {
		key := pick(s, wildKeys)
		if s.oneIn(3) {
			key = pick(s, fields)
		}
		dst = g.wildValue(dst, key, depth)
	}
	return dst
}

func (g *Generator) wildValue(dst []byte, key string, depth int) []byte {
	s := &g.src
	t := pick(s, allTypes)
	if depth >= 7 && (t.IsContainer() || t == bson.TypeCodeWithScope) {
		t = bson.TypeInt32
	}
	switch t {
	case bson.TypeDouble:
		return bson.AppendDouble(dst, key, s.wildDouble())
	case bson.TypeString:
		return bson.AppendString(dst, key, s.wildText())
	case bson.TypeDocument:
		dst, mark := bson.BeginDocument(dst, key)
		return bson.End(g.wildFields(dst, depth+1), mark)
	case bson.TypeArray:
		dst, mark := bson.BeginArray(dst, key)
		n := s.below(5)
		if s.oneIn(30) {
			n = s.between(9, 102) // keys of two and three digits
		}
		for i := range n {
			dst = g.wildValue(dst, strconv.Itoa(i), depth+2)
		}
		return bson.End(dst, mark)
	case bson.TypeBinary:
		// Never empty: the driver reads an empty subtype 2 as four bytes.
		return bson.AppendBinary(dst, key, pick(s, edgeSubtypes), s.bytes(nil, s.between(1, 20)))
	case bson.TypeUndefined:
		return bson.AppendUndefined(dst, key)
	case bson.TypeObjectID:
		return bson.AppendObjectID(dst, key, s.id())
	case bson.TypeBoolean:
		return bson.AppendBoolean(dst, key, s.oneIn(2))
	case bson.TypeDateTime:
		return bson.AppendDateTime(dst, key, s.wildDate())
	case bson.TypeNull:
		return bson.AppendNull(dst, key)
	case bson.TypeRegex:
		return bson.AppendRegex(dst, key, pick(s, []string{"", "^a/b", `\d+"`, "日"}), pick(s, []string{"", "i", "ix", "imsx"}))
	case bson.TypeDBPointer:
		return bson.AppendDBPointer(dst, key, pick(s, []string{"", "db.c", "é"}), s.id())
	case bson.TypeCode:
		return bson.AppendCode(dst, key, s.wildText())
	case bson.TypeSymbol:
		return bson.AppendSymbol(dst, key, s.wildText())
	case bson.TypeCodeWithScope:
		dst, value, scope := bson.BeginCodeWithScope(dst, key, s.wildText())
		dst = bson.End(g.wildFields(dst, depth+1), scope)
		bson.SetLength(dst, value)
		return dst
	case bson.TypeInt32:
		return bson.AppendInt32(dst, key, int32(s.wildInt()))
	case bson.TypeTimestamp:
		return bson.AppendTimestamp(dst, key, uint32(s.wildInt()), uint32(s.wildInt()))
	case bson.TypeInt64:
		return bson.AppendInt64(dst, key, s.wildInt())
	case bson.TypeDecimal128:
		return bson.AppendDecimal128(dst, key, s.wildDecimal())
	case bson.TypeMaxKey:
		return bson.AppendMaxKey(dst, key)
	case bson.TypeMinKey:
		return bson.AppendMinKey(dst, key)
	}
	panic("BUG: sample: no wild value of type " + t.String())
}

func (s *source) wildDouble() float64 {
	switch s.below(4) {
	case 0:
		return pick(s, edgeDoubles)
	case 1:
		return s.benchDouble()
	}
	for {
		if v := math.Float64frombits(s.bits64()); v == v {
			return v
		}
	}
}

func (s *source) wildText() string {
	switch s.below(4) {
	case 0:
		return pick(s, awkward)
	case 1:
		return pick(s, foreign)
	case 2:
		return s.phrase(s.below(60)) + pick(s, awkward) + pick(s, foreign)
	}
	return s.phrase(s.below(40))
}

func (s *source) wildDate() int64 {
	switch s.below(3) {
	case 0:
		return pick(s, edgeDates)
	case 1:
		return s.date()
	}
	// Years -2000 to 12000 or so, before the epoch and past 9999 included.
	return (s.below64(441_000_000_001)-125_000_000_000)*1000 + int64(s.below(1000))
}

func (s *source) wildInt() int64 {
	if s.oneIn(2) {
		return pick(s, edgeInts)
	}
	return int64(s.bits64()) >> s.below(64)
}

func (s *source) wildDecimal() decimal128.Decimal {
	switch s.below(4) {
	case 0:
		return pick(s, edgeDecimals)
	case 1:
		return s.price(s.between(1, 8))
	case 2:
		return decimal(s.oneIn(2), 0, s.bits64()>>s.below(64), s.between(-50, 50))
	}
	return s.wideDecimal(s.between(-6176, 6111))
}
