// Package shopspring converts between decimal128 and the type Decimal of
// github.com/shopspring/decimal, with which programs calculate. Package bson
// also knows that type, by its name; a program that does not use the type does
// not link it.
package shopspring

import (
	"github.com/shopspring/decimal"

	"github.com/bsonkit/bsonkit/decimal128"
)

// name is the type in errors.
const name = "shopspring decimal"

// FromDecimal128 returns d with the same digits and exponent. Decimal has no
// negative zero: -0 gives zero with the exponent of d, and a
// *decimal128.ConversionError that matches ErrSign. An infinity or NaN gives
// the zero value and one that matches ErrInfinity or ErrNaN.
func FromDecimal128(d decimal128.Decimal) (decimal.Decimal, error) {
	v, exponent, err := d.ScaledBigInt()
	if err != nil {
		err.(*decimal128.ConversionError).To = name
		if v == nil {
			return decimal.Decimal{}, err
		}
	}
	return decimal.NewFromBigInt(v, int32(exponent)), err
}

// ToDecimal128 returns v with its exponent, or with the nearest exponent that
// fits. Result and errors are those of decimal128.FromScaledBigInt.
func ToDecimal128(v decimal.Decimal) (decimal128.Decimal, error) {
	d, err := decimal128.FromScaledBigInt(v.Coefficient(), int(v.Exponent()))
	if err != nil {
		err.(*decimal128.ConversionError).From = name
	}
	return d, err
}

// FromFloat64Exact returns the exact value of f. Its exponent is 0 for an
// integer, else the negative number of digits after the point. An infinity or
// NaN gives the zero value and a *decimal128.ConversionError that matches
// ErrInfinity or ErrNaN. Decimal has no negative zero: -0 gives zero and one
// that matches ErrSign.
func FromFloat64Exact(f float64) (decimal.Decimal, error) {
	if f == 0 || f-f != 0 { // zeros, infinities and NaNs
		v, err := FromDecimal128(decimal128.FromFloat64(f))
		if err != nil {
			err.(*decimal128.ConversionError).From = "double"
		}
		return v, err
	}
	return decimal.NewFromString(string(decimal128.AppendFloat64Exact(nil, f)))
}
