package columns

import (
	"math/big"

	"github.com/apache/arrow-go/v18/arrow"
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
	fits := false
	switch s.size {
	case arrow.Decimal128SizeBytes:
		v := arrow128.New(int64(hi), lo)
		if negative {
			v = v.Negate()
		}
		if fits = v.FitsInPrecision(t.GetPrecision()); fits {
			s.decimal128(v)
		}
	case arrow.Decimal256SizeBytes:
		v := arrow256.New(0, 0, hi, lo)
		if negative {
			v = v.Negate()
		}
		if fits = v.FitsInPrecision(t.GetPrecision()); fits {
			s.decimal256(v)
		}
	}
	if !fits {
		a.reject(s.column, s.column.path(), ErrValue)
	}
}

func (s *sink) decimal128(v arrow128.Num) {
	arrow.Decimal128Traits.PutValue(s.values.more(arrow.Decimal128SizeBytes), v)
}

func (s *sink) decimal256(v arrow256.Num) {
	arrow.Decimal256Traits.PutValue(s.values.more(arrow.Decimal256SizeBytes), v)
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
	switch s.size {
	case arrow.Decimal128SizeBytes:
		s.decimal128(arrow128.FromBigInt(v))
	case arrow.Decimal256SizeBytes:
		s.decimal256(arrow256.FromBigInt(v))
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
