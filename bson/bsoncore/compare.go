package bsoncore

import (
	"bytes"
	"cmp"
	"math"
	"math/big"

	"github.com/bsonkit/bsonkit/decimal128"
)

// This file has MongoDB's order of values: two cursors walk in step.

// Compare returns -1, 0 or +1 if MongoDB sorts v before, with or after w.
//
// Values of different types are ordered by type: MinKey, undefined, null,
// numbers, strings and symbols, documents, arrays, binaries, ObjectIds,
// booleans, datetimes, timestamps, regexes, DBPointers, code, code with scope,
// MaxKey. Numbers of all types are compared by exact value; NaN is equal to NaN
// and below all others. Texts are compared by bytes. Documents are compared
// element by element: by type, then key, then value; arrays by type, then
// value. Binaries are compared by length, then subtype, then bytes. A malformed
// value gives 0 and a *SyntaxError or *ValueError, unless the order is decided
// before it. Source: MongoDB manual, "Comparison/Sort Order".
func (v Value) Compare(w Value) (int, error) {
	var a, b Cursor
	if !a.ResetValue(v.Type, v.Data, 0) {
		return 0, a.Err()
	}
	if !b.ResetValue(w.Type, w.Data, 0) {
		return 0, b.Err()
	}
	return compared(&a, &b, compareCurrent(&a, &b))
}

// Compare is Value.Compare for two documents.
func (d Document) Compare(other Document) (int, error) {
	return Value{TypeDocument, d}.Compare(Value{TypeDocument, other})
}

// compared returns the order found, or the fault that either cursor met.
func compared(a, b *Cursor, order int) (int, error) {
	if err := a.Err(); err != nil {
		return 0, err
	}
	if err := b.Err(); err != nil {
		return 0, err
	}
	return order, nil
}

// ranks is the order of types. Types that are compared by value share a rank.
var ranks = [256]uint8{
	TypeMinKey: 1, TypeUndefined: 2, TypeNull: 3,
	TypeDouble: 4, TypeInt32: 4, TypeInt64: 4, TypeDecimal128: 4,
	TypeString: 5, TypeSymbol: 5, TypeDocument: 6, TypeArray: 7, TypeBinary: 8,
	TypeObjectID: 9, TypeBoolean: 10, TypeDateTime: 11, TypeTimestamp: 12,
	TypeRegex: 13, TypeDBPointer: 14, TypeCode: 15, TypeCodeWithScope: 16,
	TypeMaxKey: 17,
}

// Rank returns the place of t in the order of types of Value.Compare, from 1 for
// MinKey to 17 for MaxKey; 0 for a byte that is not a type. Types with the same rank,
// such as the four of numbers, are compared by value.
func (t Type) Rank() int { return int(ranks[t]) }

// compareCurrent compares the current values of two cursors.
func compareCurrent(a, b *Cursor) int {
	if c := cmp.Compare(ranks[a.Type()], ranks[b.Type()]); c != 0 {
		return c
	}
	switch a.Type() {
	case TypeDouble, TypeInt32, TypeInt64, TypeDecimal128:
		return compareNumbers(a, b)
	case TypeString, TypeSymbol, TypeCode:
		return bytes.Compare(a.Text(), b.Text())
	case TypeDocument, TypeArray:
		return compareElements(a, b)
	case TypeBinary:
		sa, da := a.Binary()
		sb, db := b.Binary()
		return cmp.Or(cmp.Compare(len(da), len(db)), cmp.Compare(sa, sb), bytes.Compare(da, db))
	case TypeObjectID:
		return bytes.Compare(a.Data(), b.Data())
	case TypeBoolean:
		return bytes.Compare(a.Data(), b.Data())
	case TypeDateTime:
		return cmp.Compare(a.DateTime(), b.DateTime())
	case TypeTimestamp:
		return cmp.Compare(uint64(a.Int64()), uint64(b.Int64()))
	case TypeRegex:
		pa, oa := a.Regex()
		pb, ob := b.Regex()
		return cmp.Or(bytes.Compare(pa, pb), bytes.Compare(oa, ob))
	case TypeDBPointer:
		na, ia := a.DBPointer()
		nb, ib := b.DBPointer()
		return cmp.Or(cmp.Compare(len(na), len(nb)), bytes.Compare(na, nb), ia.Compare(ib))
	case TypeCodeWithScope:
		ca, _ := a.CodeWithScope()
		cb, _ := b.CodeWithScope()
		if c := bytes.Compare(ca, cb); c != 0 {
			return c
		}
		return compareElements(a, b)
	}
	return 0 // types with one value
}

// compareElements compares the documents, arrays or scopes that are the
// current values.
func compareElements(a, b *Cursor) int {
	keys := a.Type() != TypeArray
	if !a.Enter() || !b.Enter() {
		return 0
	}
	for {
		more, other := a.Next(), b.Next()
		if !more || !other {
			a.Leave()
			b.Leave()
			return boolInt(more) - boolInt(other)
		}
		c := cmp.Compare(ranks[a.Type()], ranks[b.Type()])
		if c == 0 && keys {
			c = bytes.Compare(a.Key(), b.Key())
		}
		if c == 0 {
			c = compareCurrent(a, b)
		}
		if c != 0 {
			return c
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareNumbers compares numbers of any types by value.
func compareNumbers(a, b *Cursor) int {
	switch {
	case a.Type() == TypeDecimal128:
		if b.Type() == TypeDouble {
			return compareDecimalDouble(a.Decimal128(), b.Double())
		}
		return a.Decimal128().Compare(decimalOf(b))
	case b.Type() == TypeDecimal128:
		return -compareNumbers(b, a)
	case a.Type() == TypeDouble && b.Type() == TypeDouble:
		return cmp.Compare(a.Double(), b.Double())
	case a.Type() == TypeDouble:
		return -compareIntDouble(integerOf(b), a.Double())
	case b.Type() == TypeDouble:
		return compareIntDouble(integerOf(a), b.Double())
	}
	return cmp.Compare(integerOf(a), integerOf(b))
}

func integerOf(c *Cursor) int64 {
	if c.Type() == TypeInt32 {
		return int64(c.Int32())
	}
	return c.Int64()
}

func decimalOf(c *Cursor) decimal128.Decimal {
	if c.Type() == TypeDecimal128 {
		return c.Decimal128()
	}
	return decimal128.FromInt64(integerOf(c))
}

// compareIntDouble compares exactly. A double of 2⁶³ or more in magnitude is
// beyond every integer; any other has an integer part that is an int64.
func compareIntDouble(n int64, f float64) int {
	switch {
	case f != f:
		return 1
	case f >= -math.MinInt64:
		return -1
	case f < math.MinInt64:
		return 1
	}
	whole := math.Trunc(f)
	return cmp.Or(cmp.Compare(n, int64(whole)), cmp.Compare(whole, f))
}

// compareDecimalDouble compares exactly: it compares f with the double nearest
// to d, and the decimals only if these are equal.
func compareDecimalDouble(d decimal128.Decimal, f float64) int {
	near := d.NearestFloat64()
	if c := cmp.Compare(near, f); c != 0 || near != near {
		return c
	}
	if math.IsInf(f, 0) {
		if d.IsInf() {
			return 0
		}
		return -d.Sign() // d is finite and rounded away from zero
	}
	if f == 0 {
		return d.Sign()
	}
	// Both are finite and near each other, so neither is long.
	x, _ := d.Rat() // a finite d has one
	return x.Cmp(new(big.Rat).SetFloat64(f))
}
