package decimal128

import (
	"math"
	"math/bits"

	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file converts between Decimal and double. A double has two meanings:
//
//   - the number that a person wrote: for FromFloat64, 9.99;
//   - its exact value: for the functions with Exact in their name,
//     9.9900000000000002131628207280300557613372802734375.

// Fields of a double.
const (
	quietBit64   = 1 << 51
	payload64    = quietBit64 - 1
	infinity64   = 0x7ff << 52
	fractionBits = 52
)

// FromFloat64 returns the number with the fewest digits that reads back as f
// with rounding to nearest: 9.99 for the double nearest to that. There is
// always one, of at most 17 digits. Its exponent is 0 if f is an integer below
// 10^16 in magnitude. Infinities and negative zero keep their sign. A NaN keeps
// its sign, signalling and payload, except for the payload 1 of math.NaN, which
// becomes 0.
func FromFloat64(f float64) Decimal {
	if d, ok := fromSpecial64(f); ok {
		return d
	}
	m, exp := numtext.ShortestDecimal(f)
	for ; exp > 0 && math.Abs(f) < 1e16; exp-- {
		m *= 10
	}
	return pack(math.Float64bits(f)&signBit, uint128{0, m}, exp)
}

// FromFloat64Exact returns the exact value of f: an integer with the exponent 0
// if it fits, another value with as few digits after the point as possible.
// Infinities, negative zero and NaNs are as in FromFloat64. Most doubles have
// more than 34 digits. They give the zero value and a *ConversionError that
// matches ErrInexact; AppendFloat64Exact writes all digits.
func FromFloat64Exact(f float64) (Decimal, error) {
	if d, ok := fromSpecial64(f); ok {
		return d, nil
	}
	m, two := split64(f)
	u, ten := uint128{0, m}, 0 // |f| = u · 2^two · 10^ten
	for ; two < 0 && u.less(pow10[Precision]); two++ {
		u, ten = u.mul64(5), ten-1
	}
	for ; two > 0 && u.less(pow10[Precision]); two-- {
		u = u.mul64(2)
		if !u.less(pow10[Precision]) {
			// Too long, unless a factor 5 of m and a 2 made a 10.
			if q, r := u.div64(10); r == 0 {
				u, ten = q, ten+1
			}
		}
	}
	if !u.less(pow10[Precision]) {
		return Decimal{}, &ConversionError{"double", "decimal128", ErrInexact}
	}
	return pack(math.Float64bits(f)&signBit, u, ten), nil
}

// AppendFloat64Exact appends the exact value of f to dst and returns the longer
// slice: the whole decimal expansion, without an exponent, at most 767
// significant digits in 1,077 bytes. Infinities and NaNs are as Decimal.Append
// writes them.
func AppendFloat64Exact(dst []byte, f float64) []byte {
	if d, ok := fromSpecial64(f); ok {
		return d.AppendNotation(dst, Plain)
	}
	return numtext.AppendDoubleExact(dst, f)
}

// split64 returns the odd integer m and the exponent for which |f| = m·2^two. f
// is finite and not zero.
func split64(f float64) (m uint64, two int) {
	b := math.Float64bits(f)
	m, two = b&(1<<fractionBits-1), int(b>>fractionBits&0x7ff)
	if two > 0 {
		m |= 1 << fractionBits
		two--
	}
	zeros := bits.TrailingZeros64(m)
	return m >> zeros, two - 1074 + zeros // 2^-1074 is the least double
}

// fromSpecial64 converts an infinity, a NaN or a zero.
func fromSpecial64(f float64) (Decimal, bool) {
	b := math.Float64bits(f)
	sign, b := b&signBit, b&^signBit
	switch {
	case b == 0:
		return pack(sign, uint128{}, 0), true
	case b < infinity64:
		return Decimal{}, false
	case b == infinity64:
		return Decimal{sign | specialBits, 0}, true
	}
	d := Decimal{sign | nanBits, b & payload64}
	if b&quietBit64 == 0 {
		d.hi |= signalingBit
	} else if d.lo == 1 {
		d.lo = 0
	}
	return d, true
}

// Float64 returns the double that is equal to d. If there is none, it returns
// the nearest one, as NearestFloat64 does, and a *ConversionError that matches
// ErrInexact, ErrOverflow (which gives an infinity), ErrUnderflow (a zero) or
// ErrPayload (a NaN whose payload does not fit). No double is equal to 9.99,
// and one is equal to 0.5. FromFloat64(f) == d reports whether d is the
// shortest decimal for f.
func (d Decimal) Float64() (float64, error) {
	f := d.NearestFloat64()
	var err error
	switch {
	case d.IsNaN():
		if hi, lo := d.Payload(); hi != 0 || lo > payload64 || lo == 0 && d.IsSignaling() {
			err = ErrPayload
		}
	case d.IsInf():
	case math.IsInf(f, 0):
		err = ErrOverflow
	case f == 0 && !d.IsZero():
		err = ErrUnderflow
	default:
		if e, inexact := FromFloat64Exact(f); inexact != nil || !d.Equal(e) {
			err = ErrInexact
		}
	}
	if err != nil {
		return f, &ConversionError{"decimal128", "double", err}
	}
	return f, nil
}

// NearestFloat64 returns the double nearest to d; of two, the one with an even
// last bit. It is an infinity or zero if d is out of range. A NaN keeps its
// sign, signalling and payload; if the payload does not fit, the result is a
// quiet NaN without payload. Source: IEEE 754-2008, 5.4.2.
func (d Decimal) NearestFloat64() float64 {
	switch {
	case d.IsNaN():
		hi, lo := d.Payload()
		b := d.sign() | infinity64
		switch {
		case hi != 0 || lo > payload64 || lo == 0:
			b |= quietBit64
		case d.IsSignaling():
			b |= lo
		default:
			b |= quietBit64 | lo
		}
		return math.Float64frombits(b)
	case d.IsInf():
		return math.Inf(d.unitSign())
	}
	u, exp := d.unpack()
	n := numtext.Number{Mant: u.lo, Exp: exp}
	var b [window]byte
	var text []byte
	if u.hi != 0 { // more digits than Mant has room for
		text = Decimal{d.hi &^ signBit, d.lo}.Append(b[:0])
		n, _, _ = numtext.Scan(text, 0)
	}
	f, ok := n.Double(text)
	if !ok {
		return math.Inf(d.unitSign())
	}
	return math.Copysign(f, float64(d.unitSign()))
}
