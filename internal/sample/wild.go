package sample

import (
	"math"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/edge"
)

func (g *Generator) wild(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	return bsoncore.End(g.wildFields(dst, 1), mark)
}

// wildFields appends up to eight elements of a container at depth. The depth of the
// document is 1.
func (g *Generator) wildFields(dst []byte, depth int) []byte {
	s := &g.src
	for range s.IntN(9) {
		key := pick(s, edge.Keys)
		if s.oneIn(3) {
			key = pick(s, fields)
		}
		dst = g.wildValue(dst, key, depth)
	}
	return dst
}

func (g *Generator) wildValue(dst []byte, key string, depth int) []byte {
	s := &g.src
	t := pick(s, edge.Types)
	if depth >= 7 && (t.IsContainer() || t == bson.TypeCodeWithScope) {
		t = bson.TypeInt32
	}
	switch t {
	case bson.TypeDouble:
		return bsoncore.AppendDouble(dst, key, s.wildDouble())
	case bson.TypeString:
		return bsoncore.AppendString(dst, key, s.wildText())
	case bson.TypeDocument:
		dst, mark := bsoncore.BeginDocument(dst, key)
		return bsoncore.End(g.wildFields(dst, depth+1), mark)
	case bson.TypeArray:
		dst, mark := bsoncore.BeginArray(dst, key)
		n := s.IntN(5)
		if s.oneIn(30) {
			n = s.between(9, 102) // keys of two and three digits
		}
		for i := range n {
			dst = g.wildValue(dst, strconv.Itoa(i), depth+2)
		}
		return bsoncore.End(dst, mark)
	case bson.TypeBinary:
		// Binaries are not empty, because the driver reads an empty subtype 2 as four
		// bytes.
		return bsoncore.AppendBinary(dst, key, pick(s, edge.Subtypes), s.Bytes(s.between(1, 20)))
	case bson.TypeUndefined:
		return bsoncore.AppendUndefined(dst, key)
	case bson.TypeObjectID:
		return bsoncore.AppendObjectID(dst, key, s.id())
	case bson.TypeBoolean:
		return bsoncore.AppendBoolean(dst, key, s.oneIn(2))
	case bson.TypeDateTime:
		return bsoncore.AppendDateTime(dst, key, s.wildDate())
	case bson.TypeNull:
		return bsoncore.AppendNull(dst, key)
	case bson.TypeRegex:
		return bsoncore.AppendRegex(dst, key, pick(s, []string{"", "^a/b", `\d+"`, "日"}), pick(s, []string{"", "i", "ix", "imsx"}))
	case bson.TypeDBPointer:
		return bsoncore.AppendDBPointer(dst, key, pick(s, []string{"", "db.c", "é"}), s.id())
	case bson.TypeCode:
		return bsoncore.AppendCode(dst, key, s.wildText())
	case bson.TypeSymbol:
		return bsoncore.AppendSymbol(dst, key, s.wildText())
	case bson.TypeCodeWithScope:
		dst, value, scope := bsoncore.BeginCodeWithScope(dst, key, s.wildText())
		dst = bsoncore.End(g.wildFields(dst, depth+1), scope)
		bsoncore.SetLength(dst, value)
		return dst
	case bson.TypeInt32:
		return bsoncore.AppendInt32(dst, key, int32(s.wildInt()))
	case bson.TypeTimestamp:
		return bsoncore.AppendTimestamp(dst, key, uint32(s.wildInt()), uint32(s.wildInt()))
	case bson.TypeInt64:
		return bsoncore.AppendInt64(dst, key, s.wildInt())
	case bson.TypeDecimal128:
		return bsoncore.AppendDecimal128(dst, key, s.wildDecimal())
	case bson.TypeMaxKey:
		return bsoncore.AppendMaxKey(dst, key)
	case bson.TypeMinKey:
		return bsoncore.AppendMinKey(dst, key)
	}
	panic("BUG: sample: no wild value of type " + t.String())
}

func (s *source) wildDouble() float64 {
	switch s.IntN(4) {
	case 0:
		return pick(s, edge.Doubles)
	case 1:
		return s.benchDouble()
	}
	for {
		if v := math.Float64frombits(s.Uint64()); v == v {
			return v
		}
	}
}

func (s *source) wildText() string {
	switch s.IntN(4) {
	case 0:
		return pick(s, edge.Awkward)
	case 1:
		return pick(s, edge.Foreign)
	case 2:
		return s.phrase(s.IntN(60)) + pick(s, edge.Awkward) + pick(s, edge.Foreign)
	}
	return s.phrase(s.IntN(40))
}

func (s *source) wildDate() int64 {
	switch s.IntN(3) {
	case 0:
		return pick(s, edge.Dates)
	case 1:
		return s.date()
	}
	// Years from about -2000 to 12000.
	return (s.Int64N(441_000_000_001)-125_000_000_000)*1000 + int64(s.IntN(1000))
}

func (s *source) wildInt() int64 {
	if s.oneIn(2) {
		return pick(s, edge.Ints)
	}
	return int64(s.Uint64()) >> s.IntN(64)
}

func (s *source) wildDecimal() decimal128.Decimal {
	switch s.IntN(4) {
	case 0:
		return pick(s, edge.Decimals)
	case 1:
		return s.price(s.between(1, 8))
	case 2:
		return edge.Decimal(s.oneIn(2), 0, s.Uint64()>>s.IntN(64), s.between(-50, 50))
	}
	return s.wideDecimal(s.between(-6176, 6111))
}
