package decimal128

import (
	"math"
	"math/big"
	"math/bits"
)

// This file converts between Decimal and the integers, rationals and decimals
// of other packages; float.go does so for doubles. A conversion is exact or an
// error. Exact means equal in value; if both types have an exponent, it is kept
// too. The size of the coefficient bounds the work, not the exponent: a value
// out of range is found before a power of ten is computed.

// FromInt64 returns v with the exponent 0.
func FromInt64(v int64) Decimal {
	if v < 0 {
		return pack(signBit, uint128{0, -uint64(v)}, 0)
	}
	return pack(0, uint128{0, uint64(v)}, 0)
}

// FromUint64 returns v with the exponent 0.
func FromUint64(v uint64) Decimal { return pack(0, uint128{0, v}, 0) }

// FromBigInt returns v, with the exponent 0 if its digits fit, else with the
// smallest exponent with which they fit. v is not kept. A value that has more
// than 34 digits before its trailing zeros, or is too large, gives the zero
// value and a *ConversionError that matches ErrInexact or ErrOverflow.
func FromBigInt(v *big.Int) (Decimal, error) { return fromBig(v, 0, "big.Int") }

// FromScaledBigInt returns v·10^exponent with this exponent, or with the
// nearest exponent that fits: zeros at the end of the coefficient are added or
// removed. The exponent of a zero becomes the nearest exponent in range. v is
// not kept. A value that does not fit gives the zero value and a
// *ConversionError that matches ErrInexact, ErrOverflow or ErrUnderflow.
// Decimals of other packages convert by it; package shopspring has those of
// one.
func FromScaledBigInt(v *big.Int, exponent int) (Decimal, error) {
	return fromBig(v, int64(exponent), "big.Int")
}

// fromBig returns v·10^exp. from names the type that v came from.
func fromBig(v *big.Int, exp int64, from string) (Decimal, error) {
	var sign uint64
	if v.Sign() < 0 {
		sign = signBit
	}
	if v.BitLen() <= 128 {
		return bigWords(v).toDecimal(sign, exp, from)
	}
	// A number of b bits has at least floor((b-1)·log10(2)) + 1 digits, hence
	// its last digits, Precision less than that, must be zeros. The quotient
	// may have a digit or two more than Precision, and is below 2^128 still.
	digits := int64(float64(v.BitLen()-1)*(math.Log10(2)-1e-12)) + 1
	if exp+digits-1 > MaxAdjusted {
		return Decimal{}, &ConversionError{from, "decimal128", ErrOverflow}
	}
	drop := digits - Precision
	// 10^drop divides no number that 2^drop does not divide.
	if int64(v.TrailingZeroBits()) < drop {
		return Decimal{}, &ConversionError{from, "decimal128", ErrInexact}
	}
	q, r := new(big.Int).QuoRem(v, pow10Big(drop), new(big.Int))
	if r.Sign() != 0 {
		return Decimal{}, &ConversionError{from, "decimal128", ErrInexact}
	}
	return bigWords(q).toDecimal(sign, exp+drop, from)
}

// toDecimal returns u·10^exp for any u. from names the type that u came from.
func (u uint128) toDecimal(sign uint64, exp int64, from string) (Decimal, error) {
	n := number{sign: sign, coef: u, exp: exp}
	// u < 2^128 < 10^39: five digits at most are too many.
	for drop := 1; !n.coef.less(pow10[Precision]); drop++ {
		q, r := u.div64(pow10Lo[drop])
		n.coef, n.exp = q, exp+int64(drop)
		n.tail = tailOf(uint128{0, r}, pow10[drop], tailZero)
		n.cond = Rounded
	}
	d, err := n.exact()
	if err != nil {
		return Decimal{}, &ConversionError{from, "decimal128", err}
	}
	return d, nil
}

// FromRat returns v, with the exponent 0 if v is an integer that fits so, and
// with as few digits as possible otherwise. v is not kept. A value whose
// decimal expansion does not end, or does not fit, gives the zero value and a
// *ConversionError that matches ErrInexact, ErrOverflow or ErrUnderflow.
func FromRat(v *big.Rat) (Decimal, error) {
	const from = "big.Rat"
	if v.IsInt() {
		return fromBig(v.Num(), 0, from)
	}
	// In lowest terms, v = num / (2^twos · 5^fives) = coef / 10^places, where
	// places is the greater of the two counts and 10 does not divide coef. So
	// num has to fit in a coefficient, and places is the negated exponent.
	den := v.Denom()
	twos := int64(den.TrailingZeroBits())
	odd := new(big.Int).Rsh(den, uint(twos))
	// 5^n has floor(n·log2(5)) + 1 bits, which gives n back.
	fives := int64(math.Round(float64(odd.BitLen()-1) / math.Log2(5)))
	if max(twos, fives) > -MinExponent { // also: too costly to look at
		return Decimal{}, &ConversionError{from, "decimal128", ErrUnderflow}
	}
	if pow5Big(fives).Cmp(odd) != 0 {
		return Decimal{}, &ConversionError{from, "decimal128", ErrInexact}
	}
	places := max(twos, fives)
	if v.Num().BitLen() > 113 { // 10^34 has 113 bits
		return Decimal{}, &ConversionError{from, "decimal128", ErrInexact}
	}
	coef := new(big.Int).Lsh(v.Num(), uint(places-twos))
	coef.Mul(coef, pow5Big(places-fives))
	return fromBig(coef, -places, from)
}

// bigWords returns the magnitude of v, which has at most 128 bits.
func bigWords(v *big.Int) uint128 {
	var u uint128
	for i, w := range v.Bits() {
		if shift := i * bits.UintSize; shift < 64 {
			u.lo |= uint64(w) << shift
		} else {
			u.hi |= uint64(w) << (shift - 64)
		}
	}
	return u
}

// big returns u as a new big.Int.
func (u uint128) big() *big.Int {
	v := new(big.Int).SetUint64(u.lo)
	if u.hi == 0 {
		return v
	}
	hi := new(big.Int).SetUint64(u.hi)
	return v.Or(v, hi.Lsh(hi, 64))
}

func pow10Big(n int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil) }
func pow5Big(n int64) *big.Int  { return new(big.Int).Exp(big.NewInt(5), big.NewInt(n), nil) }

// integer returns the magnitude of d as u·10^exp with exp ≥ 0, or the sentinel
// of the reason why d is not an integer.
func (d Decimal) integer() (u uint128, exp int, err error) {
	if err := d.finite(); err != nil {
		return uint128{}, 0, err
	}
	u, exp = d.unpack()
	switch {
	case u.isZero():
		return u, 0, nil
	case exp >= 0:
		return u, exp, nil
	case exp < -Precision:
		return u, 0, ErrInexact
	}
	u, r := u.divPow10(-exp)
	if !r.isZero() {
		return u, 0, ErrInexact
	}
	return u, 0, nil
}

// finite returns nil for a number, and ErrNaN or ErrInfinity for others.
func (d Decimal) finite() error {
	switch {
	case d.IsNaN():
		return ErrNaN
	case d.IsInf():
		return ErrInfinity
	}
	return nil
}

// magnitude returns the magnitude of d as one word, or the sentinel of the
// reason why it does not fit.
func (d Decimal) magnitude() (uint64, error) {
	u, exp, err := d.integer()
	if err != nil {
		return 0, err
	}
	if u.hi != 0 || exp >= len(pow10Lo) {
		return 0, ErrOverflow
	}
	hi, lo := bits.Mul64(u.lo, pow10Lo[exp])
	if hi != 0 {
		return 0, ErrOverflow
	}
	return lo, nil
}

// Int64 returns the integer that d is equal to; -0 gives 0. Otherwise it
// returns 0 and a *ConversionError that matches ErrInexact (d has a fraction),
// ErrOverflow, ErrNaN or ErrInfinity.
func (d Decimal) Int64() (int64, error) {
	u, err := d.magnitude()
	switch {
	case err != nil:
	case d.Signbit() && u <= 1<<63:
		return int64(-u), nil
	case !d.Signbit() && u < 1<<63:
		return int64(u), nil
	default:
		err = ErrOverflow
	}
	return 0, &ConversionError{"decimal128", "int64", err}
}

// Uint64 returns the integer that d is equal to; -0 gives 0. Otherwise it
// returns 0 and a *ConversionError that matches ErrInexact (d has a fraction),
// ErrOverflow, ErrSign (d is negative), ErrNaN or ErrInfinity.
func (d Decimal) Uint64() (uint64, error) {
	u, err := d.magnitude()
	if err == nil && d.Signbit() && u != 0 {
		err = ErrSign
	}
	if err != nil {
		return 0, &ConversionError{"decimal128", "uint64", err}
	}
	return u, nil
}

// BigInt returns the integer that d is equal to, as a new big.Int of at most
// 6,145 digits; -0 gives 0. Otherwise it returns nil and a *ConversionError
// that matches ErrInexact (d has a fraction), ErrNaN or ErrInfinity.
func (d Decimal) BigInt() (*big.Int, error) {
	u, exp, err := d.integer()
	if err != nil {
		return nil, &ConversionError{"decimal128", "big.Int", err}
	}
	v := u.big()
	v.Mul(v, pow10Big(int64(exp)))
	if d.Signbit() {
		v.Neg(v)
	}
	return v, nil
}

// Rat returns the value of d as a new big.Rat; -0 gives 0. An infinity or NaN
// gives nil and a *ConversionError that matches ErrInfinity or ErrNaN.
func (d Decimal) Rat() (*big.Rat, error) {
	if err := d.finite(); err != nil {
		return nil, &ConversionError{"decimal128", "big.Rat", err}
	}
	u, exp := d.unpack()
	v := new(big.Rat)
	switch {
	case u.isZero():
	case exp < 0:
		v.SetFrac(u.big(), pow10Big(int64(-exp)))
	default:
		v.SetInt(new(big.Int).Mul(u.big(), pow10Big(int64(exp))))
	}
	if d.Signbit() {
		v.Neg(v)
	}
	return v, nil
}

// ScaledBigInt returns the coefficient of d, with its sign, as a new big.Int,
// and the exponent: d is v·10^exponent. A big.Int has no negative zero: -0
// gives 0, the exponent of d, and a *ConversionError that matches ErrSign. An
// infinity or NaN gives nil and a *ConversionError that matches ErrInfinity or
// ErrNaN.
func (d Decimal) ScaledBigInt() (v *big.Int, exponent int, err error) {
	if err := d.finite(); err != nil {
		return nil, 0, &ConversionError{"decimal128", "big.Int", err}
	}
	u, exponent := d.unpack()
	v = u.big()
	if d.Signbit() {
		v.Neg(v)
		if u.isZero() {
			err = &ConversionError{"decimal128", "big.Int", ErrSign}
		}
	}
	return v, exponent, err
}
