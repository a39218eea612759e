package extjson

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// doubleRoom is how many bytes appendDouble asks for before it writes: the
// longest text is 24, and whole words are stored past its end.
const doubleRoom = 48

const (
	zeros8 = 0x3030303030303030 // "00000000"

	// Bit patterns of 1e-4, 1e7 and 1e16.
	bitsTenThousandth = 0x3f1a36e2eb1c432d
	bitsTenMillion    = 0x416312d000000000
)

// appendDouble appends finite f in the house spelling.
func appendDouble(dst []byte, f float64) []byte {
	n := len(dst)
	if cap(dst)-n < doubleRoom {
		dst = slices.Grow(dst, doubleRoom)
	}
	b := (*[doubleRoom]byte)(dst[n : n+doubleRoom])
	u := math.Float64bits(f)
	b[0] = '-'
	at := int(u >> 63)
	u &= 1<<63 - 1
	a := math.Float64frombits(u)

	if u-bitsTenThousandth < bitsTenMillion-bitsTenThousandth {
		m := uint64(int64(a*1e8 + 0.5))
		if float64(int64(m))/1e8 == a {
			i := m / 1e8
			d := digits8(m - i*1e8)
			w := digits8(i)
			skip := bits.TrailingZeros64(w|1<<56) &^ 7
			binary.LittleEndian.PutUint64(b[at:], (w|zeros8)>>skip)
			at += 8 - skip/8
			b[at] = '.'
			binary.LittleEndian.PutUint64(b[at+1:], d|zeros8)
			return dst[:n+at+1+fractionLen(d)]
		}
	} else if a < 1<<53 {
		if i := int64(a); float64(i) == a {
			return dst[:n+putWhole(b, at, uint64(i))]
		}
	}

	m, e := shortest(u)
	// Seventeen digits: one, eight and eight.
	l := decimalLen(m)
	e += l - 1 // now the exponent of the first digit
	m *= smallTens[17-l]
	first := m / 1e16
	m -= first * 1e16
	h := m / 1e8
	x, y := digits8(h), digits8(m-h*1e8)
	fl := 8 + fractionLen(y)
	if y == 0 {
		fl = fractionLen(x)
	}
	x |= zeros8
	y |= zeros8
	switch {
	case uint(e) < 16:
		b[at] = byte('0' + first)
		binary.LittleEndian.PutUint64(b[at+1:], x)
		binary.LittleEndian.PutUint64(b[at+9:], y)
		// the point goes after digit e
		at += e + 1
		b[at] = '.'
		s := uint(e) * 8
		if e < 8 {
			x = x>>s | y<<(64-s)
			y = y >> s
		} else {
			x = y >> (s - 64)
			y = 0
		}
		binary.LittleEndian.PutUint64(b[at+1:], x)
		binary.LittleEndian.PutUint64(b[at+9:], y)
		return dst[:n+at+1+max(fl-e, 1)]
	case uint(e+4) < 4:
		binary.LittleEndian.PutUint64(b[at:], zeros8&^(0xff<<8)|'.'<<8)
		at += 1 - e
		b[at] = byte('0' + first)
		binary.LittleEndian.PutUint64(b[at+1:], x)
		binary.LittleEndian.PutUint64(b[at+9:], y)
		if first != 0 && x == zeros8 && y == zeros8 {
			return dst[:n+at+1]
		}
		return dst[:n+at+1+fl]
	}
	b[at] = byte('0' + first)
	b[at+1] = '.'
	binary.LittleEndian.PutUint64(b[at+2:], x)
	binary.LittleEndian.PutUint64(b[at+10:], y)
	return dst[:n+putExponent(b, at+2+fl, e)]
}

// appendDoubleDriver appends finite f as the official Go driver spells it.
func appendDoubleDriver(dst []byte, f float64) []byte {
	a := math.Abs(f)
	if a < 1e6 && (a >= 1e-4 || a == 0) {
		return appendDouble(dst, f)
	}
	n := len(dst)
	dst = slices.Grow(dst, doubleRoom)
	b := (*[doubleRoom]byte)(dst[n : n+doubleRoom])
	at := 0
	if f < 0 {
		b[0] = '-'
		at = 1
	}
	m, e := shortest(math.Float64bits(a))
	l := decimalLen(m)
	e += l - 1
	m *= smallTens[17-l]
	first := m / 1e16
	m -= first * 1e16
	b[at] = byte('0' + first)
	at++
	if m == 0 {
		return dst[:n+putExponent(b, at, e)]
	}
	h := m / 1e8
	x, y := digits8(h), digits8(m-h*1e8)
	fl := 8 + fractionLen(y)
	if y == 0 {
		fl = fractionLen(x)
	}
	b[at] = '.'
	binary.LittleEndian.PutUint64(b[at+1:], x|zeros8)
	binary.LittleEndian.PutUint64(b[at+9:], y|zeros8)
	return dst[:n+putExponent(b, at+1+fl, e)]
}

// putExponent writes E, the sign and at least two digits of e at b[at:] and
// returns the offset after them.
func putExponent(b *[doubleRoom]byte, at, e int) int {
	b[at] = 'E'
	b[at+1] = '+'
	if e < 0 {
		b[at+1] = '-'
		e = -e
	}
	at += 2
	if e >= 100 {
		b[at] = byte('0' + e/100)
		e %= 100
		at++
	}
	b[at] = byte('0' + e/10)
	b[at+1] = byte('0' + e%10)
	return at + 2
}

// putWhole writes i < 2^53 and ".0" at b[at:] and returns the offset after.
func putWhole(b *[doubleRoom]byte, at int, i uint64) int {
	h := i / 1e8
	y := digits8(i - h*1e8)
	if h != 0 {
		g := h / 1e8
		x := digits8(h - g*1e8)
		if g != 0 {
			b[at] = byte('0' + g)
			at++
			binary.LittleEndian.PutUint64(b[at:], x|zeros8)
			at += 8
		} else {
			skip := bits.TrailingZeros64(x) &^ 7
			binary.LittleEndian.PutUint64(b[at:], (x|zeros8)>>skip)
			at += 8 - skip/8
		}
		binary.LittleEndian.PutUint64(b[at:], y|zeros8)
		at += 8
	} else {
		skip := bits.TrailingZeros64(y|1<<56) &^ 7
		binary.LittleEndian.PutUint64(b[at:], (y|zeros8)>>skip)
		at += 8 - skip/8
	}
	b[at] = '.'
	b[at+1] = '0'
	return at + 2
}

// fractionLen returns how many of the eight digits in d are left when
// trailing zeros go, but at least one.
func fractionLen(d uint64) int {
	return 8 - bits.LeadingZeros64(d|1)/8
}

// digits8 returns the eight decimal digits of x < 1e8, the first in the low
// byte, as values 0 to 9.
func digits8(x uint64) uint64 {
	h := x / 1e4
	v := h | (x-h*1e4)<<32
	q := v * 10486 >> 20 & 0x0000007f_0000007f // two lanes: n/100 for n < 10000
	v = v<<16 - q*(100<<16-1)
	q = v * 103 >> 10 & 0x000f000f_000f000f // four lanes: n/10 for n < 100
	return v<<8 - q*(10<<8-1)
}

var smallTens = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// decimalLen returns how many decimal digits m has, 0 < m < 1e18.
func decimalLen(m uint64) int {
	t := bits.Len64(m) * 1233 >> 12
	if m >= smallTens[t] {
		t++
	}
	return t
}

// shortest returns d and e ...: Schubfach.
func shortest(u uint64) (d uint64, e int) {
	c := u & (1<<52 - 1)
	q := int(u >> 52)
	odd := c & 1
	lower := uint64(2)
	k := 0
	if q != 0 {
		q -= 1075
		if c == 0 && q > -1074 {
			lower = 1
			k = (q*1262611 - 524031) >> 22
		} else {
			k = (q * 1262611) >> 22
		}
		c |= 1 << 52
	} else {
		q = -1074
		k = (q * 1262611) >> 22
	}
	h := uint(q + (-k*1741647)>>19 + 1)
	g := &tenPowers[-k-minTenPower]
	hi, lo := g[0], g[1]+1
	cb := c << 2
	vl := roundOdd(hi, lo, (cb-lower)<<h) + odd
	v := roundOdd(hi, lo, cb<<h)
	vr := roundOdd(hi, lo, (cb+2)<<h) - odd
	s := v >> 2
	if s >= 10 {
		t := s / 10
		down := vl <= 40*t
		up := 40*t+40 <= vr
		if down != up {
			if up {
				t++
			}
			return t, k + 1
		}
	}
	down := vl <= 4*s
	up := 4*s+4 <= vr
	if down != up {
		if up {
			s++
		}
		return s, k
	}
	mid := 4*s + 2
	if v > mid || v == mid && s&1 != 0 {
		s++
	}
	return s, k
}

// roundOdd returns the upper part of g·c, its last bit set if any is cut off.
func roundOdd(hi, lo, c uint64) uint64 {
	x, _ := bits.Mul64(lo, c)
	yh, yl := bits.Mul64(hi, c)
	yl, carry := bits.Add64(yl, x, 0)
	yh += carry
	if yl > 1 {
		yh |= 1
	}
	return yh
}
