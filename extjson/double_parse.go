package extjson

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
)

// A number is what scanNumber saw of one JSON number.
type number struct {
	mant uint64 // the first 19 significant digits
	exp  int    // the value is about mant × 10^exp; cut to ±maxNumberExp
	neg  bool   // has a minus sign
	frac bool   // has a fraction or an exponent: a double whatever its value
	more bool   // there are digits that mant leaves out
}

const maxNumberExp = 1 << 30

// scanNumber scans the number at src[off:].
func scanNumber(src []byte, off int) (n number, end int, ok bool) {
	i := off
	if i < len(src) && src[i] == '-' {
		n.neg = true
		i++
	}
	first := i
	var mant uint64
	if i < len(src) && src[i] == '0' {
		i++
	} else {
		mant, i = scanDigits(src, i, 0)
		if i == first {
			return n, i, false
		}
	}
	digits := i - first
	var exp int64
	if i < len(src) && src[i] == '.' {
		n.frac = true
		i++
		point := i
		mant, i = scanDigits(src, i, mant)
		if i == point {
			return n, i, false
		}
		exp = -int64(i - point)
		digits += i - point
	}
	last := i
	if i < len(src) && src[i]|0x20 == 'e' {
		n.frac = true
		i++
		neg := false
		if i < len(src) && (src[i] == '+' || src[i] == '-') {
			neg = src[i] == '-'
			i++
		}
		from := i
		var x int64
		for i < len(src) && src[i]-'0' < 10 {
			if x < 1e15 {
				x = x*10 + int64(src[i]-'0')
			}
			i++
		}
		if i == from {
			return n, i, false
		}
		if neg {
			x = -x
		}
		exp += x
	}
	if digits > 19 {
		var cut int
		mant, cut, n.more = longMantissa(src[first:last])
		exp += int64(cut)
	}
	n.mant = mant
	n.exp = int(max(-maxNumberExp, min(maxNumberExp, exp)))
	return n, i, true
}

// longMantissa returns the first 19 significant digits of text, digits with
// perhaps a point among them, how many digits follow those, and whether any
// do.
func longMantissa(text []byte) (mant uint64, cut int, more bool) {
	taken := 0
	for _, c := range text {
		c -= '0'
		if c > 9 { // the point
			continue
		}
		switch {
		case taken == 19:
			cut++
			more = true
		case mant != 0 || c != 0:
			mant = mant*10 + uint64(c)
			taken++
		}
	}
	return mant, cut, more
}

// scanDigits reads digits from src[i:] into mant.
func scanDigits(src []byte, i int, mant uint64) (uint64, int) {
	for len(src)-i >= 8 {
		v := binary.LittleEndian.Uint64(src[i:]) ^ zeros8
		bad := (v + 0x7676767676767676 | v) & 0x8080808080808080
		if bad != 0 {
			n := bits.TrailingZeros64(bad) &^ 7
			if n == 0 {
				return mant, i
			}
			v <<= 64 - n
			return mant*smallTens[n/8] + value8(v), i + n/8
		}
		mant = mant*1e8 + value8(v)
		i += 8
	}
	for i < len(src) && src[i]-'0' < 10 {
		mant = mant*10 + uint64(src[i]-'0')
		i++
	}
	return mant, i
}

// value8 is the number whose eight digits are the bytes of v, the first in the
// low one.
func value8(v uint64) uint64 {
	v = v*10 + v>>8
	v = (v&0x000000ff000000ff*(100+1000000<<32) + v>>16&0x000000ff000000ff*(1+10000<<32)) >> 32
	return v
}

// int64 returns the value of a number without fraction and exponent.
func (n number) int64() (v int64, ok bool) {
	if n.more {
		return 0, false
	}
	if n.neg {
		return -int64(n.mant), n.mant <= 1<<63
	}
	return int64(n.mant), n.mant < 1<<63
}

var exactTens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// double returns the double nearest to the number, whose whole text is given.
func (n number) double(text []byte) (f float64, ok bool) {
	if n.mant < 1<<53 && !n.more && uint(n.exp+22) <= 44 {
		f = float64(int64(n.mant))
		if n.exp < 0 {
			f /= exactTens[-n.exp]
		} else {
			f *= exactTens[n.exp]
		}
		if n.neg {
			f = -f
		}
		return f, true
	}
	u := nearest(n.mant, n.exp)
	if n.more && u != nearest(n.mant+1, n.exp) {
		// Rare and already slow.
		f, err := strconv.ParseFloat(string(text), 64)
		return f, err == nil
	}
	if u>>52 == 0x7ff {
		return 0, false
	}
	if n.neg {
		u |= 1 << 63
	}
	return math.Float64frombits(u), true
}

// nearest returns the bits of the double nearest to m × 10^e, infinity when it
// overflows: Eisel-Lemire.
func nearest(m uint64, e int) uint64 {
	if m == 0 || e < minTenPower {
		return 0
	}
	if e > 308 {
		return 0x7ff << 52
	}
	z := bits.LeadingZeros64(m)
	m <<= z
	g := &tenPowers[e-minTenPower]
	hi, lo := bits.Mul64(m, g[0])
	if hi&0x1ff == 0x1ff {
		x, _ := bits.Mul64(m, g[1])
		var carry uint64
		lo, carry = bits.Add64(lo, x, 0)
		hi += carry
	}
	top := int(hi >> 63)
	mant := hi >> (top + 9)
	p := (217706*e)>>16 + 63 + top - z + 1023
	if p <= 0 {
		if p <= -63 {
			return 0
		}
		mant >>= 1 - p
		mant += mant & 1
		return mant >> 1 // a carry into bit 52 makes the smallest normal number
	}
	if lo <= 1 && e >= -4 && e <= 23 && mant&3 == 1 && mant<<(top+9) == hi {
		mant &^= 1
	}
	mant += mant & 1
	mant >>= 1
	if mant >= 1<<53 {
		mant = 1 << 52
		p++
	}
	if p >= 0x7ff {
		return 0x7ff << 52
	}
	return uint64(p)<<52 | mant&(1<<52-1)
}
