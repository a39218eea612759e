package decimal128

import (
	"encoding/binary"
	"strconv"
)

// This file decides what the bits of a Decimal mean.
//
//   - Bits, Bytes and their inverses move the encoding and do not interpret it.
//   - unpack is the only reader of a finite number's fields, pack the only
//     writer; a significand too large to be canonical becomes zero in unpack.
//   - The other functions are about sign, class and payload.

// The limits of the format. Exponents count powers of ten.
const (
	// Precision is the greatest number of digits of a coefficient.
	Precision = 34
	// MinExponent and MaxExponent are the least and greatest exponent of a
	// coefficient's last digit.
	MinExponent = -6176
	MaxExponent = 6111
	// MinAdjusted and MaxAdjusted are the exponents of the first digit of the
	// smallest normal number and of the largest number. Below MinAdjusted lie
	// the subnormal numbers, which have fewer than Precision digits.
	MinAdjusted = -6143
	MaxAdjusted = 6144
)

// Size is the length of an encoded Decimal in bytes.
const Size = 16

// Fields of the high word.
const (
	signBit      = 1 << 63
	largeBits    = 3 << 61 // both set: large significand, infinity or NaN
	specialBits  = 0x1e << 58
	nanBits      = 0x1f << 58
	signalingBit = 1 << 57
	coefHiMask   = 1<<49 - 1 // small form: high bits of the coefficient
	payHiMask    = 1<<46 - 1 // NaN: high bits of the payload

	smallShift = 49 // small form: place of the exponent's 14 bits
	largeShift = 47 // large form: the same
	expMask    = 1<<14 - 1
	bias       = -MinExponent
)

// Decimal is one IEEE 754-2008 decimal128 value in the binary integer (BID)
// encoding that BSON uses: two 64-bit words, every bit of which is kept. A
// finite number is (-1)^sign · coefficient · 10^exponent, so 1.0 and 1.00 are
// different Decimals of equal value. Two Decimals are == when all their bits
// are the same; Equal compares by value. The zero value is 0E-6176, which is
// the number zero with the least exponent. Source: IEEE 754-2008, 3.5; BSON
// Decimal128 specification.
type Decimal struct {
	hi, lo uint64
}

// FromBits returns the Decimal whose encoding is the words hi and lo. Any bits
// are a Decimal.
func FromBits(hi, lo uint64) Decimal { return Decimal{hi, lo} }

// Bits returns the encoding of d: hi holds sign, exponent and the upper part of
// the coefficient.
func (d Decimal) Bits() (hi, lo uint64) { return d.hi, d.lo }

// GetBytes is Bits, by the name that the official driver has for it.
func (d Decimal) GetBytes() (hi, lo uint64) { return d.Bits() }

// FromBytes returns the Decimal encoded by b as BSON has it: 16 bytes,
// little-endian, the low word first. A slice of at least 16 bytes converts with
// [16]byte(data).
func FromBytes(b [Size]byte) Decimal {
	return Decimal{binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[:8])}
}

// Bytes returns the encoding of d as BSON has it: 16 bytes, little-endian, the
// low word first.
func (d Decimal) Bytes() (b [Size]byte) {
	binary.LittleEndian.PutUint64(b[:8], d.lo)
	binary.LittleEndian.PutUint64(b[8:], d.hi)
	return b
}

// AppendBytes appends d.Bytes() to dst and returns the longer slice.
func (d Decimal) AppendBytes(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, d.lo)
	return binary.LittleEndian.AppendUint64(dst, d.hi)
}

// pack returns the number coef · 10^exp, for coef < 10^34 and exp in
// [MinExponent, MaxExponent]. sign is 0 or signBit.
func pack(sign uint64, coef uint128, exp int) Decimal {
	return Decimal{sign | uint64(exp+bias)<<smallShift | coef.hi, coef.lo}
}

// unpack returns coefficient and exponent of a finite number. The coefficient
// of a number that is not canonical is zero.
func (d Decimal) unpack() (coef uint128, exp int) {
	if d.hi&largeBits == largeBits {
		return uint128{}, int(d.hi>>largeShift&expMask) - bias
	}
	coef = uint128{d.hi & coefHiMask, d.lo}
	if coef.hi >= coefLimitHi && !coef.less(uint128{coefLimitHi, coefLimitLo}) {
		coef = uint128{}
	}
	return coef, int(d.hi>>smallShift&expMask) - bias
}

// sign returns 0 or signBit.
func (d Decimal) sign() uint64 { return d.hi & signBit }

// FromCoefficient returns the number coefficient · 10^exponent, where the
// coefficient is hi·2^64 + lo; Neg makes it negative. If the exponent or the
// coefficient is out of range, zeros at the end of the coefficient are added or
// removed so that both fit. The exponent of a zero becomes the nearest exponent
// in range. If the number does not fit, FromCoefficient returns the zero value
// and a *ConversionError that matches ErrInexact, ErrOverflow or ErrUnderflow.
func FromCoefficient(hi, lo uint64, exponent int) (Decimal, error) {
	const far = MaxAdjusted + 100 // out of range for 39 digits, and far from overflow
	return uint128{hi, lo}.toDecimal(0, int64(min(max(exponent, -far), far)), "coefficient")
}

// Coefficient returns the coefficient of d as hi·2^64 + lo, below 10^34, and
// the exponent of its last digit. The coefficient of a non-canonical number is
// zero; of infinities and NaNs both are zero.
func (d Decimal) Coefficient() (hi, lo uint64, exponent int) {
	if !d.IsFinite() {
		return 0, 0, 0
	}
	coef, exp := d.unpack()
	return coef.hi, coef.lo, exp
}

// SameQuantum reports whether d and e are finite with the same exponent, or
// both infinite, or both NaN.
func (d Decimal) SameQuantum(e Decimal) bool {
	if d.IsFinite() && e.IsFinite() {
		_, x := d.unpack()
		_, y := e.unpack()
		return x == y
	}
	return d.IsNaN() && e.IsNaN() || d.IsInf() && e.IsInf()
}

// Inf returns negative infinity for sign < 0 and positive infinity otherwise.
func Inf(sign int) Decimal {
	if sign < 0 {
		return Decimal{signBit | specialBits, 0}
	}
	return Decimal{specialBits, 0}
}

// NaN returns the positive quiet NaN without payload, which is also the result
// of Parse for "NaN".
func NaN() Decimal { return Decimal{nanBits, 0} }

// QuietNaN returns the positive quiet NaN with the payload hi·2^64 + lo. A
// payload of 10^33 or more gives the zero value and a *ConversionError that
// matches ErrPayload.
func QuietNaN(hi, lo uint64) (Decimal, error) {
	if !(uint128{hi, lo}).less(uint128{payloadLimitHi, payloadLimitLo}) {
		return Decimal{}, &ConversionError{"payload", "decimal128", ErrPayload}
	}
	return Decimal{nanBits | hi, lo}, nil
}

// SignalingNaN returns the positive signalling NaN with the payload
// hi·2^64 + lo; errors are those of QuietNaN.
func SignalingNaN(hi, lo uint64) (Decimal, error) {
	d, err := QuietNaN(hi, lo)
	if err == nil {
		d.hi |= signalingBit
	}
	return d, err
}

// Payload returns the payload of a NaN as hi·2^64 + lo. It is zero for a
// payload that is not canonical and for all values but NaNs.
func (d Decimal) Payload() (hi, lo uint64) {
	if !d.IsNaN() {
		return 0, 0
	}
	p := uint128{d.hi & payHiMask, d.lo}
	if !p.less(uint128{payloadLimitHi, payloadLimitLo}) {
		return 0, 0
	}
	return p.hi, p.lo
}

// IsNaN reports whether d is a NaN, quiet or signalling.
func (d Decimal) IsNaN() bool { return d.hi&nanBits == nanBits }

// IsSignaling reports whether d is a signalling NaN.
func (d Decimal) IsSignaling() bool {
	return d.hi&(nanBits|signalingBit) == nanBits|signalingBit
}

// IsInf reports whether d is an infinity of either sign.
func (d Decimal) IsInf() bool { return d.hi&nanBits == specialBits }

// IsFinite reports whether d is a number: neither infinite nor NaN.
func (d Decimal) IsFinite() bool { return d.hi&specialBits != specialBits }

// IsZero reports whether d is a zero, of any sign and exponent, canonical or
// not. The tags omitzero and omitempty use it.
func (d Decimal) IsZero() bool {
	if !d.IsFinite() {
		return false
	}
	coef, _ := d.unpack()
	return coef.isZero()
}

// IsNormal reports whether d is finite and not below 10^MinAdjusted in
// magnitude.
func (d Decimal) IsNormal() bool {
	c := d.Class()
	return c == ClassNegativeNormal || c == ClassPositiveNormal
}

// IsSubnormal reports whether d is not zero and below 10^MinAdjusted in
// magnitude.
func (d Decimal) IsSubnormal() bool {
	c := d.Class()
	return c == ClassNegativeSubnormal || c == ClassPositiveSubnormal
}

// Signbit reports whether the sign of d is negative; zeros, infinities and NaNs
// have signs too.
func (d Decimal) Signbit() bool { return d.hi&signBit != 0 }

// Sign returns -1 or +1 for numbers and infinities below or above zero, and 0
// for zeros and NaNs.
func (d Decimal) Sign() int {
	switch {
	case d.IsNaN() || d.IsZero():
		return 0
	case d.Signbit():
		return -1
	}
	return 1
}

// Neg returns d with the other sign, NaNs and zeros included. All other bits
// are kept, canonical or not.
func (d Decimal) Neg() Decimal { return Decimal{d.hi ^ signBit, d.lo} }

// Abs returns d with a positive sign, NaNs included. All other bits are kept,
// canonical or not.
func (d Decimal) Abs() Decimal { return Decimal{d.hi &^ signBit, d.lo} }

// CopySign returns d with the sign of e. All other bits are kept, canonical or
// not.
func (d Decimal) CopySign(e Decimal) Decimal {
	return Decimal{d.hi&^signBit | e.sign(), d.lo}
}

// IsCanonical reports whether the bits of d are the ones IEEE 754 prefers for
// its value: the coefficient below 10^34, the payload of a NaN below 10^33, the
// unused bits of infinities and NaNs zero.
func (d Decimal) IsCanonical() bool { return d == d.Canonical() }

// Canonical returns the canonical encoding of the value of d. A coefficient or
// payload out of range becomes zero; sign and exponent stay.
func (d Decimal) Canonical() Decimal {
	switch {
	case d.IsNaN():
		hi, lo := d.Payload()
		return Decimal{d.hi&(signBit|nanBits|signalingBit) | hi, lo}
	case d.IsInf():
		return Decimal{d.sign() | specialBits, 0}
	}
	coef, exp := d.unpack()
	return pack(d.sign(), coef, exp)
}

// Class is one of the ten classes of IEEE 754-2008, 5.7.2, in its order.
type Class uint8

// The classes.
const (
	ClassSignalingNaN Class = iota
	ClassQuietNaN
	ClassNegativeInfinity
	ClassNegativeNormal
	ClassNegativeSubnormal
	ClassNegativeZero
	ClassPositiveZero
	ClassPositiveSubnormal
	ClassPositiveNormal
	ClassPositiveInfinity
)

var classNames = [...]string{
	ClassSignalingNaN:      "sNaN",
	ClassQuietNaN:          "NaN",
	ClassNegativeInfinity:  "-Infinity",
	ClassNegativeNormal:    "-Normal",
	ClassNegativeSubnormal: "-Subnormal",
	ClassNegativeZero:      "-Zero",
	ClassPositiveZero:      "+Zero",
	ClassPositiveSubnormal: "+Subnormal",
	ClassPositiveNormal:    "+Normal",
	ClassPositiveInfinity:  "+Infinity",
}

// String returns the name that the General Decimal Arithmetic gives to c, such
// as "+Normal" or "sNaN".
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return "Class(" + strconv.Itoa(int(c)) + ")"
}

// Class returns the class of d.
func (d Decimal) Class() Class {
	var c Class // as for the positive sign
	switch {
	case d.IsSignaling():
		return ClassSignalingNaN
	case d.IsNaN():
		return ClassQuietNaN
	case d.IsInf():
		c = ClassPositiveInfinity
	default:
		coef, exp := d.unpack()
		switch {
		case coef.isZero():
			c = ClassPositiveZero
		case exp+coef.digits()-1 < MinAdjusted:
			c = ClassPositiveSubnormal
		default:
			c = ClassPositiveNormal
		}
	}
	if d.Signbit() {
		c = ClassNegativeZero + ClassPositiveZero - c // the mirror image
	}
	return c
}
