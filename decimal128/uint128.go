package decimal128

import "math/bits"

// uint128 is an unsigned integer, hi·2^64 + lo. A coefficient is below 10^34.
// No function here checks for overflow past 2^128.
type uint128 struct{ hi, lo uint64 }

// pow10 holds 10^0 to 10^34, and pow10Lo those of them that fit one word.
var (
	pow10 = func() (t [Precision + 1]uint128) {
		t[0] = uint128{0, 1}
		for i := 1; i < len(t); i++ {
			t[i] = t[i-1].mul64(10)
		}
		return t
	}()
	pow10Lo = func() (t [20]uint64) {
		for i := range t {
			t[i] = pow10[i].lo
		}
		return t
	}()
)

// coefLimit is 10^34: the coefficient of a canonical number is below it.
// payloadLimit is 10^33: the payload of a canonical NaN is below it.
const (
	coefLimitHi, coefLimitLo       = 0x1ed09bead87c0, 0x378d8e6400000000
	payloadLimitHi, payloadLimitLo = 0x314dc6448d93, 0x38c15b0a00000000
)

func (u uint128) isZero() bool { return u.hi|u.lo == 0 }

// less reports whether u < v.
func (u uint128) less(v uint128) bool {
	_, borrow := bits.Sub64(u.lo, v.lo, 0)
	_, borrow = bits.Sub64(u.hi, v.hi, borrow)
	return borrow != 0
}

// compare returns -1, 0 or +1 as u is below, equal to or above v.
func (u uint128) compare(v uint128) int {
	switch {
	case u == v:
		return 0
	case u.less(v):
		return -1
	}
	return 1
}

func (u uint128) add64(v uint64) uint128 {
	lo, carry := bits.Add64(u.lo, v, 0)
	return uint128{u.hi + carry, lo}
}

func (u uint128) mul64(v uint64) uint128 {
	hi, lo := bits.Mul64(u.lo, v)
	return uint128{hi + u.hi*v, lo}
}

// mul returns the low 128 bits of u·v.
func (u uint128) mul(v uint128) uint128 {
	hi, lo := bits.Mul64(u.lo, v.lo)
	return uint128{hi + u.hi*v.lo + u.lo*v.hi, lo}
}

// sub returns u - v for u ≥ v.
func (u uint128) sub(v uint128) uint128 {
	lo, borrow := bits.Sub64(u.lo, v.lo, 0)
	return uint128{u.hi - v.hi - borrow, lo}
}

// div64 returns the quotient and remainder of u by v > 0.
func (u uint128) div64(v uint64) (uint128, uint64) {
	if u.hi == 0 {
		return uint128{0, u.lo / v}, u.lo % v
	}
	hi, r := u.hi/v, u.hi%v
	lo, r := bits.Div64(r, u.lo, v)
	return uint128{hi, lo}, r
}

// divPow10 returns the quotient and remainder of u by 10^n, 0 ≤ n ≤ 34.
func (u uint128) divPow10(n int) (q, r uint128) {
	if n <= 19 {
		q, rem := u.div64(pow10Lo[n])
		return q, uint128{0, rem}
	}
	// floor(u / 10^n) = floor(floor(u / 10^19) / 10^(n-19)), n-19 ≤ 15.
	q, _ = u.div64(pow10Lo[19])
	q, _ = q.div64(pow10Lo[n-19])
	return q, u.sub(q.mul(pow10[n]))
}

// digits returns the number of decimal digits of u < 10^35; for 0 it is 0.
func (u uint128) digits() int {
	// A number of b bits has floor(b·log10(2)) digits or one more. 1233/4096 is
	// just below log10(2), by too little to matter for b ≤ 128.
	n := (u.bitLen() * 1233) >> 12
	if n > Precision || u.less(pow10[n]) {
		return n
	}
	return n + 1
}

func (u uint128) bitLen() int {
	if u.hi != 0 {
		return 64 + bits.Len64(u.hi)
	}
	return bits.Len64(u.lo)
}
