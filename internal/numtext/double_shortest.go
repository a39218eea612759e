package numtext

import (
	"math"
	"math/bits"
)

// The digits of a double are found by Schubfach (Raffaello Giulietti, "The
// Schubfach way to render doubles", 2020), an exact algorithm. In its terms a
// double is c·2^q, and the decimals that round to it fill an interval around
// it. With k such that 10^k ≤ 2^q < 10^(k+1) (for powers of two, whose interval
// is lopsided, ¾·2^q), some multiple of 10^k lies in that interval and at most
// one of 10^(k+1) does. If there is a multiple of 10^(k+1) in the interval, it
// is the result; otherwise the nearest multiple of 10^k is. All comparisons are
// made on quarters of 10^k, computed from 128 bits of 10^-k and rounded to odd:
// the last bit then tells whether anything was cut off, and a comparison needs
// no more.

// ShortestDecimal returns the decimal that AppendDouble writes, as an integer m
// without zeros at its end, at most 17 digits, and an exponent: it is m × 10^e.
// f is finite and not zero; its sign is ignored.
func ShortestDecimal(f float64) (m uint64, e int) {
	m, e = shortest17(math.Float64bits(f) &^ (1 << 63))
	e -= 16
	for _, n := range [...]int{8, 8, 4, 2, 1} { // 16 zeros at most
		if q := m / tens[n]; q*tens[n] == m {
			m, e = q, e+n
		}
	}
	return m, e
}

// shortestDigits returns the shortest decimal that rounds to the positive
// finite double with the bits u, as 17 digits with zeros at the end: the first
// one, not zero, the next eight in x and the last eight in y, laid out as
// Digits8 does. The value is first.xy × 10^e.
func shortestDigits(u uint64) (first, x, y uint64, e int) {
	m, e := shortest17(u)
	first = m / 1e16
	m -= first * 1e16
	h := m / 1e8
	return first, Digits8(h), Digits8(m - h*1e8), e
}

// shortest17 returns the shortest decimal as an integer m of 17 digits, of
// which the first has the weight 10^e.
func shortest17(u uint64) (m uint64, e int) {
	c := u & (1<<52 - 1)
	q := int(u>>52) - 1075
	if c == 0 || q == -1075 {
		m, e = shortestAny(u)
		l := decimalLen(m)
		return m * tens[17-l], e + l - 1
	}
	// A normal number that is not a power of two: its interval is symmetric, so
	// the nearer of two multiples is inside if any is. There are 16 or 17
	// digits: 2^52 < s < 10·2^53. The rest has no jumps, because they would be
	// unpredictable.
	k := log10Pow2(q)
	hi, lo, h := power(k, q)
	odd := c & 1 // the ends of the interval belong to it when c is even
	c = c<<2 | 1<<54
	low := roundOdd(hi, lo, (c-2)<<h) + odd
	mid := roundOdd(hi, lo, c<<h)
	high := roundOdd(hi, lo, (c+2)<<h) - odd
	s := mid >> 2
	t := s / 10 * 10
	m = (mid + 1 + s&1) >> 2 // quarters to the nearest, ties to even
	if low <= 4*t {
		m = t
	}
	if 4*t+40 <= high {
		m = t + 10
	}
	e = k + 16
	if m < 1e16 {
		m *= 10
		e--
	}
	return m, e
}

// shortestAny is the whole algorithm, for any positive finite double: the
// decimal is m × 10^e.
func shortestAny(u uint64) (m uint64, e int) {
	c := u & (1<<52 - 1)
	q := int(u>>52) - 1075
	k, below := 0, uint64(2) // the lower end of the interval is below quarters of 2^q away
	switch {
	case q == -1075: // subnormal
		q++
		k = log10Pow2(q)
	case c == 0 && q > -1074: // the next double down is half as far away
		below = 1
		k = log10ThreeQuartersPow2(q)
		c = 1 << 52
	default:
		k = log10Pow2(q)
		c |= 1 << 52
	}
	hi, lo, h := power(k, q)
	odd := c & 1
	c <<= 2
	low := roundOdd(hi, lo, (c-below)<<h) + odd
	mid := roundOdd(hi, lo, c<<h)
	high := roundOdd(hi, lo, (c+2)<<h) - odd
	s := mid >> 2
	if s >= 10 {
		t := s / 10
		down, up := low <= 40*t, 40*t+40 <= high
		if down != up {
			return t + bit(up), k + 1
		}
	}
	down, up := low <= 4*s, 4*s+4 <= high
	if down != up {
		return s + bit(up), k
	}
	return (mid + 1 + s&1) >> 2, k
}

// power returns the 128 bits of 10^-k, rounded up as the algorithm requires
// (also if they are exact), and the number of bits by which a factor is
// shifted, so that its product with them, without the low 128 bits, is in units
// of 10^k. 1 ≤ h ≤ 4.
//
// NOTE: inlines; TestInline lists it.
func power(k, q int) (hi, lo uint64, h uint) {
	g := &tenPowers[-k-minTenPower]
	return g[0], g[1] + 1, uint(q+log2Pow10(-k)+1) & 63
}

// roundOdd returns g·c without the low 128 bits, g being hi and lo, and sets
// its last bit if more was cut off than rounding g up can have added.
//
// NOTE: inlines; TestInline lists it.
func roundOdd(hi, lo, c uint64) uint64 {
	x, _ := bits.Mul64(lo, c)
	top, mid := bits.Mul64(hi, c)
	mid, carry := bits.Add64(mid, x, 0)
	top += carry
	if mid > 1 {
		top |= 1
	}
	return top
}

// log10Pow2 returns floor(log10(2^q)), |q| ≤ 1100.
func log10Pow2(q int) int { return q * 1262611 >> 22 }

// log10ThreeQuartersPow2 returns floor(log10(¾·2^q)), |q| ≤ 1100.
func log10ThreeQuartersPow2(q int) int { return (q*1262611 - 524031) >> 22 }

// log2Pow10 returns floor(log2(10^k)), |k| ≤ 350.
func log2Pow10(k int) int { return k * 1741647 >> 19 }

// bit returns 1 for true and 0 for false.
func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// decimalLen returns how many decimal digits m has, 0 < m < 1e18.
func decimalLen(m uint64) int {
	l := bits.Len64(m) * 1233 >> 12 // 1233/4096 is a little more than log10(2)
	if m >= tens[l] {
		l++
	}
	return l
}
