package query

import (
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
)

// This file converts numbers of all types to int64.

// truncated returns the whole part of a number, rounded towards zero; false if v is
// not a number, or is beyond int64.
func truncated(v bsoncore.Value) (int64, bool) {
	n, _, ok := whole(v)
	return n, ok
}

// exactly returns the value of a number; false if v is not a whole number within int64.
func exactly(v bsoncore.Value) (int64, bool) {
	n, exact, ok := whole(v)
	return n, ok && exact
}

// whole returns the whole part of a number, and whether it is all of it.
func whole(v bsoncore.Value) (n int64, exact, ok bool) {
	switch v.Type {
	case bsoncore.TypeInt32:
		n, ok := v.Int32OK()
		return int64(n), true, ok
	case bsoncore.TypeInt64:
		n, ok := v.Int64OK()
		return n, true, ok
	case bsoncore.TypeDouble:
		f, ok := v.DoubleOK()
		t := math.Trunc(f)
		if !ok || !(t >= math.MinInt64 && t < -math.MinInt64) {
			return 0, false, false
		}
		return int64(t), t == f, true
	case bsoncore.TypeDecimal128:
		return wholeDecimal(v)
	}
	return 0, false, false
}

func wholeDecimal(v bsoncore.Value) (n int64, exact, ok bool) {
	d, ok := v.Decimal128OK()
	if !ok || !d.IsFinite() {
		return 0, false, false
	}
	if n, err := d.Int64(); err == nil {
		return n, true, true
	}
	t, _, err := d.Quantize(0, decimal128.TowardZero)
	if err != nil {
		return 0, false, false
	}
	n, err = t.Int64()
	return n, false, err == nil
}
