package query

import (
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has prefixes of sort keys: numbers that decide most comparisons.

// rankBits is the number of bits of a rank.
const rankBits = 5

// wholeBits has, for types with one or two values, the number of bits that make a value:
// the rank of the type and the first bits. 0 is for types that have more values.
var wholeBits = [256]int{
	bsoncore.TypeMinKey: rankBits, bsoncore.TypeUndefined: rankBits, bsoncore.TypeNull: rankBits,
	bsoncore.TypeMaxKey: rankBits, bsoncore.TypeBoolean: rankBits + 1,
}

// KeyPrefix returns a number for a sort key of s. Two keys with different numbers have
// the order of the numbers; two with the same number have the order of CompareKeys. So
// a sort that keeps the numbers seldom calls CompareKeys.
//
// The number has the rank of the type of the first value and the first bits of the value.
// If these are the whole value, as for null, the bits of the next value follow.
func (s *Sort) KeyPrefix(key []byte) uint64 {
	prefix, used := uint64(0), 0
	c := bsoncore.NewCursor(key)
	for i := 0; i < len(s.keys) && c.Next(); i++ {
		bits := uint64(c.Type().Rank())<<(64-rankBits) | firstBits(&c)>>rankBits
		if s.keys[i].sign < 0 {
			bits = ^bits
		}
		whole := wholeBits[c.Type()]
		if whole == 0 {
			return prefix | bits>>used
		}
		prefix |= bits >> (64 - whole) << (64 - whole) >> used
		used += whole
	}
	return prefix
}

// firstBits returns a number for the current value. Numbers of values of one rank have
// the order of the values, or are equal.
func firstBits(c *bsoncore.Cursor) uint64 {
	switch c.Type() {
	case bsoncore.TypeDouble:
		return doubleBits(c.Double())
	case bsoncore.TypeInt32:
		return doubleBits(float64(c.Int32()))
	case bsoncore.TypeInt64:
		return doubleBits(float64(c.Int64()))
	case bsoncore.TypeDecimal128:
		return doubleBits(c.Decimal128().NearestFloat64())
	case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
		return firstBytes(c.Text())
	case bsoncore.TypeBinary:
		subtype, data := c.Binary()
		return uint64(len(data))<<32 | uint64(subtype)<<24 | firstBytes(data)>>40
	case bsoncore.TypeObjectID:
		return firstBytes(c.Data())
	case bsoncore.TypeBoolean:
		return uint64(c.Data()[0]) << 63
	case bsoncore.TypeDateTime:
		return uint64(c.DateTime()) ^ 1<<63
	case bsoncore.TypeTimestamp:
		return uint64(c.Int64())
	case bsoncore.TypeRegex:
		pattern, _ := c.Regex()
		return firstBytes(pattern)
	case bsoncore.TypeCodeWithScope:
		code, _ := c.CodeWithScope()
		return firstBytes(code)
	}
	return 0
}

// doubleBits returns the bits of f as a number with the order of doubles. Every number
// that is rounded to a double keeps its order.
func doubleBits(f float64) uint64 {
	bits := math.Float64bits(f + 0) // -0 becomes 0
	switch {
	case f != f:
		return 0 // below all others
	case bits>>63 == 1:
		return ^bits
	}
	return bits | 1<<63
}

// firstBytes returns the first 8 bytes of b, with zeros behind its end.
func firstBytes(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var first [8]byte
	copy(first[:], b)
	return binary.BigEndian.Uint64(first[:])
}
