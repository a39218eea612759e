package decimal128

import (
	"strconv"
	"strings"
)

// This file makes numbers fit. fit is the only place that rounds, folds
// exponents down and clamps the exponents of zeros. Exact conversions call it
// too, and reject a result that is inexact.

// Rounding chooses the neighbour of a value that does not fit. The zero value
// is the default of IEEE 754; an unknown value is an error that matches
// ErrOption. Source: IEEE 754-2008, 4.3.
type Rounding uint8

// The five roundings of IEEE 754.
const (
	ToNearestEven  Rounding = iota // the nearest; of two, the one with an even last digit
	ToNearestAway                  // the nearest; of two, the one farther from zero
	TowardZero                     // toward zero
	TowardPositive                 // toward positive infinity
	TowardNegative                 // toward negative infinity
)

// Conditions is a set of the conditions of a conversion. Source: General
// Decimal Arithmetic, "Exceptional conditions".
type Conditions uint8

// The conditions.
const (
	Rounded   Conditions = 1 << iota // digits were dropped, zeros perhaps
	Inexact                          // digits other than zeros were dropped
	Subnormal                        // the value before rounding was subnormal
	Underflow                        // Subnormal and Inexact
	Overflow                         // the value was too large: the result is infinite or the largest number
	Clamped                          // the exponent of a zero was changed, or zeros were added after the digits
)

// check returns an error if r is unknown, for a conversion from a type.
func (r Rounding) check(from string) error {
	if r > TowardNegative {
		return &ConversionError{from, "decimal128 by Rounding " + strconv.Itoa(int(r)), ErrOption}
	}
	return nil
}

var conditionNames = [...]string{"rounded", "inexact", "subnormal", "underflow", "overflow", "clamped"}

// String returns the names in the set, separated by "|".
func (c Conditions) String() string {
	var names []string
	for i, name := range conditionNames {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}

// Has reports whether all conditions of want are in c.
func (c Conditions) Has(want Conditions) bool { return c&want == want }

// tail is the part of a value after the last digit of its coefficient, compared
// with half a unit of that digit.
type tail uint8

const (
	tailZero tail = iota
	tailBelowHalf
	tailHalf
	tailAboveHalf
)

// tailOf returns the tail that is rem of unit, 0 ≤ rem < unit. older is the
// tail after rem. unit is a power of ten above 1.
func tailOf(rem, unit uint128, older tail) tail {
	if rem.isZero() && older == tailZero {
		return tailZero
	}
	twice := uint128{rem.hi<<1 | rem.lo>>63, rem.lo << 1}
	switch twice.compare(unit) {
	case -1:
		return tailBelowHalf
	case 0:
		if older == tailZero {
			return tailHalf
		}
	}
	return tailAboveHalf
}

// roundsUp reports whether a value with the tail t is rounded away from zero.
// odd tells whether its last digit is odd.
func (r Rounding) roundsUp(sign uint64, odd bool, t tail) bool {
	switch r {
	case ToNearestEven:
		return t == tailAboveHalf || t == tailHalf && odd
	case ToNearestAway:
		return t >= tailHalf
	case TowardPositive:
		return t != tailZero && sign == 0
	case TowardNegative:
		return t != tailZero && sign != 0
	}
	return false
}

// number is a finite value on its way to becoming a Decimal:
// ±(coef + tail) · 10^exp.
type number struct {
	sign uint64     // 0 or signBit
	coef uint128    // below 10^34
	exp  int64      // exponent of the last digit of coef
	tail tail       // the digits that were dropped after it
	cond Conditions // Rounded if digits were dropped, even zeros; no other condition
}

// fit returns the Decimal that n rounds to, and the conditions.
func (n *number) fit(mode Rounding) (Decimal, Conditions) {
	cond := n.cond
	if n.coef.isZero() && n.tail == tailZero {
		exp := min(max(n.exp, MinExponent), MaxExponent)
		if exp != n.exp {
			cond |= Clamped
		}
		return pack(n.sign, uint128{}, int(exp)), cond
	}
	coef, exp, t := n.coef, n.exp, n.tail
	digits := coef.digits()
	adjusted := exp + int64(digits) - 1
	if adjusted > MaxAdjusted {
		return n.overflow(mode), cond | Overflow | Inexact | Rounded
	}
	if adjusted < MinAdjusted {
		cond |= Subnormal
		if exp < MinExponent {
			cond |= Rounded
			coef, t = dropDigits(coef, MinExponent-exp, t)
			exp = MinExponent
		}
	}
	if t != tailZero {
		cond |= Inexact
		if cond&Subnormal != 0 {
			cond |= Underflow
		}
		if mode.roundsUp(n.sign, coef.lo&1 != 0, t) {
			coef = coef.add64(1)
			if coef == pow10[Precision] {
				coef, exp = pow10[Precision-1], exp+1
				if exp > MaxExponent {
					return n.overflow(mode), cond | Overflow
				}
			}
		}
	}
	switch {
	case coef.isZero():
		cond |= Clamped
	case exp > MaxExponent: // adjusted is within range, so there is room
		cond |= Clamped
		coef = coef.mul(pow10[exp-MaxExponent])
		exp = MaxExponent
	}
	return pack(n.sign, coef, int(exp)), cond
}

// dropDigits returns coef without its last count > 0 digits, and their tail,
// followed by an older tail.
func dropDigits(coef uint128, count int64, older tail) (uint128, tail) {
	if count > Precision {
		return uint128{}, tailBelowHalf // coef < 10^34 ≤ a tenth of the unit
	}
	q, r := coef.divPow10(int(count))
	return q, tailOf(r, pow10[count], older)
}

// overflow returns the result of rounding a number that is too large.
func (n *number) overflow(mode Rounding) Decimal {
	if mode.roundsUp(n.sign, true, tailAboveHalf) {
		return Decimal{n.sign | specialBits, 0}
	}
	return pack(n.sign, uint128{coefLimitHi, coefLimitLo}.sub(uint128{0, 1}), MaxExponent)
}

// exact returns the Decimal that is equal to n, or the sentinel of the reason
// why there is none.
func (n *number) exact() (Decimal, error) {
	d, cond := n.fit(ToNearestEven)
	switch {
	case cond&(Inexact|Overflow) == 0:
		return d, nil
	case cond&Overflow != 0:
		return Decimal{}, ErrOverflow
	case cond&Underflow != 0:
		return Decimal{}, ErrUnderflow
	}
	return Decimal{}, ErrInexact
}

// Quantize returns d with the given exponent. It rounds by mode if digits must
// go, and adds zeros if digits are missing: 12.345 with the exponent -2 becomes
// 12.34 or 12.35. The conditions are Rounded, Inexact and, for the result,
// Subnormal. A NaN is returned unchanged. An infinity, an exponent out of
// range, or a result that would have more than 34 digits gives the zero value
// and a *ConversionError that matches ErrInfinity, ErrOverflow or ErrUnderflow;
// so does an unknown mode, with ErrOption. Source: IEEE 754-2008, 5.3.2.
func (d Decimal) Quantize(exponent int, mode Rounding) (Decimal, Conditions, error) {
	err := mode.check("decimal128")
	if err != nil {
		return Decimal{}, 0, err
	}
	switch {
	case d.IsNaN():
		return d, 0, nil
	case d.IsInf():
		err = ErrInfinity
	case exponent > MaxExponent:
		err = ErrOverflow
	case exponent < MinExponent:
		err = ErrUnderflow
	}
	coef, exp := uint128{}, exponent
	if err == nil {
		coef, exp = d.unpack()
	}
	var cond Conditions
	switch drop := exponent - exp; {
	case coef.isZero() || drop == 0:
	case drop > 0:
		var t tail
		coef, t = dropDigits(coef, int64(drop), tailZero)
		cond = Rounded
		if t != tailZero {
			cond |= Inexact
		}
		if mode.roundsUp(d.sign(), coef.lo&1 != 0, t) {
			coef = coef.add64(1) // at most 10^33, because a digit was dropped
		}
	case coef.digits()-drop > Precision:
		err = ErrOverflow
	default:
		coef = coef.mul(pow10[-drop])
	}
	if err != nil {
		return Decimal{}, 0, &ConversionError{"decimal128", "exponent " + strconv.Itoa(exponent), err}
	}
	d = pack(d.sign(), coef, exponent)
	if d.IsSubnormal() {
		cond |= Subnormal
	}
	return d, cond, nil
}

// Reduce returns the number with the fewest digits that is equal to d: it
// removes zeros at the end until the exponent is MaxExponent. A zero gets the
// exponent 0 and keeps its sign. Equal Decimals have the same result, except 0
// and -0, so it can be the key of a map. The result for infinities and NaNs is
// that of Canonical. Source: General Decimal Arithmetic, "reduce".
func (d Decimal) Reduce() Decimal {
	if !d.IsFinite() {
		return d.Canonical()
	}
	coef, exp := d.unpack()
	if coef.isZero() {
		return pack(d.sign(), coef, 0)
	}
	for n := 32; n > 0; n /= 2 {
		if exp+n > MaxExponent {
			continue
		}
		if q, r := coef.divPow10(n); r.isZero() {
			coef, exp = q, exp+n
		}
	}
	return pack(d.sign(), coef, exp)
}
