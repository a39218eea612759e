package numtext

import (
	"math"
	"math/bits"
)

// Double returns the double nearest to n, ties to even. text is the whole text
// from which n was scanned. A number that is too small becomes zero or
// subnormal, by rounding, and keeps its sign. ok is false when the nearest
// double would be infinite.
func (n Number) Double(text []byte) (f float64, ok bool) {
	if n.Mant < 1<<50 && uint(n.Exp+22) <= 44 && !n.More {
		// Both operands are exact, so the hardware rounds once, to nearest
		// (William Clinger, "How to read floating point numbers accurately",
		// 1990). Integers up to 2^53 are exact. But whether an integer of 16
		// digits is below 2^53 is unpredictable, and the other way is not
		// slower.
		f = float64(int64(n.Mant))
		if n.Exp < 0 {
			f /= exactTens[-n.Exp]
		} else {
			f *= exactTens[n.Exp]
		}
		return math.Float64frombits(math.Float64bits(f) | bit(n.Neg)<<63), true
	}
	var u uint64
	if n.More {
		u = n.nearestLong(text)
	} else {
		u = nearest(n.Mant, n.Exp)
	}
	if u >= infinity {
		return 0, false
	}
	return math.Float64frombits(u | bit(n.Neg)<<63), true
}

// nearestLong is nearest for a number with more digits than mant has.
func (n Number) nearestLong(text []byte) uint64 {
	u := nearest(n.Mant, n.Exp)
	if u != nearest(n.Mant+1, n.Exp) && roundsUp(u, text, n.Exp) {
		u++
	}
	return u
}

// exactTens holds the powers of ten that are doubles.
var exactTens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// infinity is the bits of positive infinity.
const infinity = 0x7ff << 52

// nearest returns the bits of the double nearest to m × 10^e, ties to even, and
// the bits of infinity if it overflows.
//
// The method is Eisel-Lemire (Daniel Lemire, "Number parsing at a gigabyte per
// second", 2021): the product of m and the first 64 or, where those leave a
// doubt, 128 bits of 10^e, cut if e ≥ 0 and rounded up if e < 0. These bits
// always decide, so a mantissa of 64 bits needs no slower method; the proof is
// in Noble Mushtak and Daniel Lemire, "Fast number parsing without fallback",
// 2023.
func nearest(m uint64, e int) uint64 {
	if m == 0 || e < minTenPower {
		return 0
	}
	if e > 308 {
		return infinity
	}
	z := bits.LeadingZeros64(m) & 63
	m <<= z
	g := &tenPowers[e-minTenPower]
	hi, lo := bits.Mul64(m, g[0])
	if hi&0x1ff == 0x1ff {
		// The bits that were cut off 10^e could carry into the mantissa.
		x, _ := bits.Mul64(m, g[1]+bit(e < 0))
		var carry uint64
		lo, carry = bits.Add64(lo, x, 0)
		hi += carry
	}
	top := uint(hi >> 63)
	mant := hi >> (top + 9)                      // 54 bits: one more than a double has
	p := log2Pow10(e) + 63 - z + int(top) + 1023 // biased exponent of its first bit
	if p <= 0 {
		// Subnormal: fewer bits. A tie would need more digits than m has.
		if p <= -63 {
			return 0
		}
		mant >>= uint(1-p) & 63
		return (mant + mant&1) >> 1 // a carry makes the smallest normal number
	}
	if lo <= 1 && mant&3 == 1 && e >= -4 && e <= 23 && mant<<(top+9) == hi {
		mant-- // exactly between two doubles: down to the even one
	}
	mant = (mant + mant&1) >> 1
	// The first bit is not stored: it adds one to the exponent, as does a
	// carry out of the mantissa. Beyond the last exponent lies infinity.
	return min(uint64(p-1)<<52+mant, infinity)
}
