package columns

import (
	"math/big"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrow128 "github.com/apache/arrow-go/v18/arrow/decimal128"
	arrow256 "github.com/apache/arrow-go/v18/arrow/decimal256"

	"github.com/bsonkit/bsonkit/decimal128"
)

// This file converts decimals. BSON has a coefficient of 34 digits and an exponent for each
// value, Arrow an integer for each value and one scale for the column.

// decimal appends a decimal to a column of decimal128 or decimal256.
func (a *appender) decimal(s *sink) {
	d := a.c.Decimal128()
	t := s.full.(arrow.DecimalType)
	hi, lo, exponent := d.Coefficient()
	negative := d.Signbit()
	if !d.IsFinite() || !d.IsCanonical() {
		a.reject(s.column, s.column.path(), ErrValue)
		return
	}
	zero := hi|lo == 0
	if exponent != -int(t.GetScale()) || zero && negative {
		if a.options.Decimal != DecimalNumber && a.options.Decimal != Decimal256 {
			a.reject(s.column, s.column.path(), ErrValue)
			return
		}
		a.rescaled(s, d, t)
		return
	}
	switch b := s.builder.(type) {
	case *array.Decimal128Builder:
		v := arrow128.New(int64(hi), lo)
		if negative {
			v = v.Negate()
		}
		if !v.FitsInPrecision(t.GetPrecision()) {
			a.reject(s.column, s.column.path(), ErrValue)
			return
		}
		b.Append(v)
	case *array.Decimal256Builder:
		v := arrow256.New(0, 0, hi, lo)
		if negative {
			v = v.Negate()
		}
		if !v.FitsInPrecision(t.GetPrecision()) {
			a.reject(s.column, s.column.path(), ErrValue)
			return
		}
		b.Append(v)
	}
}

// rescaled appends a decimal with another exponent than the column, if its value does not
// change.
func (a *appender) rescaled(s *sink, d decimal128.Decimal, t arrow.DecimalType) {
	v, ok := atScale(d, int(t.GetScale()))
	if !ok || !fitsPrecision(v, t.GetPrecision()) {
		a.reject(s.column, s.column.path(), ErrValue)
		return
	}
	if !a.lose(LossExponent, s) {
		return
	}
	switch b := s.builder.(type) {
	case *array.Decimal128Builder:
		b.Append(arrow128.FromBigInt(v))
	case *array.Decimal256Builder:
		b.Append(arrow256.FromBigInt(v))
	}
}

// atScale returns d·10^scale, and whether it is an integer of at most precision256 digits.
func atScale(d decimal128.Decimal, scale int) (*big.Int, bool) {
	v, exponent, _ := d.Reduce().ScaledBigInt()
	shift := exponent + scale
	switch {
	case v.Sign() == 0:
		return v, true
	case shift < 0 || shift > precision256:
		return nil, false // without zeros at its end, the coefficient has no factor 10
	}
	return v.Mul(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), nil)), true
}

// fitsPrecision reports whether v has at most this many digits.
func fitsPrecision(v *big.Int, digits int32) bool {
	return v.CmpAbs(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)) < 0
}
