package differ

import (
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// isNumber reports whether t is one of the four types of numbers.
func isNumber(t bsoncore.Type) bool {
	return t == bsoncore.TypeInt32 || t == bsoncore.TypeInt64 || t == bsoncore.TypeDouble || t == bsoncore.TypeDecimal128
}

// AppendNumber appends a type and a text for v, a number, to dst. Numbers of all types have
// the same bytes if their values are equal; NaN is equal to NaN, and 0 to -0. The type is
// TypeDouble if an int64 or a double has the value, else TypeDecimal128. The text has no NUL.
func AppendNumber(dst []byte, v bsoncore.Value) []byte {
	var f float64
	switch v.Type {
	case bsoncore.TypeInt32:
		n, _ := v.Int32OK()
		return numtext.AppendInt(append(dst, byte(bsoncore.TypeDouble)), int64(n))
	case bsoncore.TypeInt64:
		n, _ := v.Int64OK()
		return numtext.AppendInt(append(dst, byte(bsoncore.TypeDouble)), n)
	case bsoncore.TypeDouble:
		f, _ = v.DoubleOK()
	case bsoncore.TypeDecimal128:
		d, _ := v.Decimal128OK()
		n, err := d.Int64()
		if err == nil {
			return numtext.AppendInt(append(dst, byte(bsoncore.TypeDouble)), n)
		}
		if f, err = d.Float64(); err != nil && !d.IsNaN() {
			return d.Reduce().Append(append(dst, byte(bsoncore.TypeDecimal128)))
		}
	}
	dst = append(dst, byte(bsoncore.TypeDouble))
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case f == math.Trunc(f) && f >= math.MinInt64 && f < -math.MinInt64:
		return numtext.AppendInt(dst, int64(f))
	}
	return numtext.AppendDouble(dst, f)
}
