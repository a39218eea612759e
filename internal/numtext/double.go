package numtext

// This file has the spelling of doubles; double_shortest.go finds their digits.
//
//   - AppendDouble is the house spelling, AppendDoubleDriver that of the
//     official Go driver. Both take finite values only.
//   - putWhole and putExponent write a part of it at an offset.
//   - fractionLen knows how eight digits lie in a word, as digits.go has them.
//
// Everything is written in whole words into room reserved at the start, and the
// length is cut at the end. So bytes past the text, within the capacity of dst,
// are overwritten.

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

const (
	// doubleRoom is the number of bytes reserved in dst. The longest text has
	// 24 ("-2.2250738585072014E-308"); the word after a point behind 16 digits
	// ends at byte 34.
	doubleRoom = 34

	bitsOf1e4th = 0x3f1a36e2eb1c432d // 1e-4
	bitsOf1e7   = 0x416312d000000000 // 1e7
)

// AppendDouble appends f in the house spelling and returns the longer slice. f
// is finite. The digits are the fewest that parse back to the same bits; of
// several such texts, the nearest to f. The notation is plain if 1e-4 ≤ |f| <
// 1e16 and for zero ("9.99", "1.0", "-0.0") and otherwise as d.dddE±dd
// ("1.2345678921232E+18", "1.0E-05"); there is always a digit after the point.
func AppendDouble(dst []byte, f float64) []byte {
	n := len(dst)
	if cap(dst)-n < doubleRoom {
		dst = slices.Grow(dst, doubleRoom)
	}
	b := (*[doubleRoom]byte)(dst[n : n+doubleRoom])
	u := math.Float64bits(f)
	b[0] = '-'
	at := int(u >> 63) // offset in b of the next byte
	u &= 1<<63 - 1
	a := math.Float64frombits(u)

	if u-bitsOf1e4th < bitsOf1e7-bitsOf1e4th {
		// 1e-4 ≤ a < 1e7: try eight decimals. If m/1e8 rounds to a, then the
		// decimal m·10^-8 does, for m and 1e8 are exact doubles. m < 1e15,
		// and of the decimals of at most 15 digits no two round to the same
		// double: without its trailing zeros this one is the shortest.
		// The sum may be fused or not; it only proposes m.
		m := int64(a*1e8 + 0.5)
		if float64(m)/1e8 == a {
			// Not m/1e8, because that would wait for m. Both have the same
			// whole part: if a whole number lay between them, m/1e8 could not
			// round to a.
			i := int64(a)
			w := Digits8(uint64(i))
			x := Digits8(uint64(m - i*1e8))
			skip := bits.TrailingZeros64(w|1<<56) &^ 7 // leading zeros, in bits
			binary.LittleEndian.PutUint64(b[at:at+8], (w|Zeros8)>>skip)
			at += 8 - skip>>3
			b[at] = '.'
			binary.LittleEndian.PutUint64(b[at+1:at+1+8], x|Zeros8)
			return dst[:n+at+1+fractionLen(x)]
		}
	} else if a < 1<<53 {
		// Doubles here lie at most 1 apart: a whole number is spelled in full.
		if i := int64(a); float64(i) == a {
			return dst[:n+putWhole(b, at, uint64(i))]
		}
	}

	first, x, y, e := shortestDigits(u)
	size := 8 + fractionLen(y) // digits after the first, at least one
	if y == 0 {
		size = fractionLen(x)
	}
	x |= Zeros8
	y |= Zeros8
	switch {
	case uint(e) < 16:
		b[at] = byte('0' + first)
		binary.LittleEndian.PutUint64(b[at+1:at+1+8], x)
		if e >= 8 {
			binary.LittleEndian.PutUint64(b[at+9:at+9+8], y)
		}
		// The point goes after digit e and the rest again after it. Of 17
		// digits at most 16 stand before the point, so one is left.
		at += e + 1
		if e >= 8 {
			x, y = y, 0
		}
		s := uint(e) & 7 * 8
		b[at] = '.'
		binary.LittleEndian.PutUint64(b[at+1:at+1+8], x>>s|y<<1<<(63-s))
		binary.LittleEndian.PutUint64(b[at+9:at+9+8], y>>s)
		return dst[:n+at+1+max(size-e, 1)]

	case uint(e+4) < 4:
		// "0." and -1-e zeros. Such a number has more than eight decimals,
		// because the others were written above. So size counts no zero.
		binary.LittleEndian.PutUint64(b[at:at+8], Zeros8&^(0xff<<8)|'.'<<8)
		at += 1 - e
		b[at] = byte('0' + first)
		binary.LittleEndian.PutUint64(b[at+1:at+1+8], x)
		binary.LittleEndian.PutUint64(b[at+9:at+9+8], y)
		return dst[:n+at+1+size]
	}
	b[at] = byte('0' + first)
	b[at+1] = '.'
	binary.LittleEndian.PutUint64(b[at+2:at+2+8], x)
	binary.LittleEndian.PutUint64(b[at+10:at+10+8], y)
	return dst[:n+putExponent(b, at+2+size, e)]
}

// AppendDoubleDriver appends f as the official Go driver spells it and returns
// the longer slice. f is finite. Unlike AppendDouble, it writes an exponent
// from 1e6 on, and "1E+06" has no point.
func AppendDoubleDriver(dst []byte, f float64) []byte {
	a := math.Abs(f)
	if a < 1e6 && (a >= 1e-4 || a == 0) {
		return AppendDouble(dst, f)
	}
	n := len(dst)
	dst = slices.Grow(dst, doubleRoom)
	b := (*[doubleRoom]byte)(dst[n : n+doubleRoom])
	b[0] = '-'
	at := int(math.Float64bits(f) >> 63)

	first, x, y, e := shortestDigits(math.Float64bits(a))
	b[at] = byte('0' + first)
	at++
	if x|y != 0 {
		b[at] = '.'
		binary.LittleEndian.PutUint64(b[at+1:at+1+8], x|Zeros8)
		binary.LittleEndian.PutUint64(b[at+9:at+9+8], y|Zeros8)
		if y != 0 {
			at += 9 + fractionLen(y)
		} else {
			at += 1 + fractionLen(x)
		}
	}
	return dst[:n+putExponent(b, at, e)]
}

// AppendDoublePython appends f as Python's repr spells it and returns the
// longer slice. f is finite. It differs from AppendDouble in its exponents:
// "1e+16" has a small letter and no point.
func AppendDoublePython(dst []byte, f float64) []byte {
	n := len(dst)
	dst = AppendDouble(dst, f)
	for i := len(dst) - 1; i >= max(n, len(dst)-5); i-- {
		if dst[i] != 'E' {
			continue
		}
		dst[i] = 'e'
		if i-n >= 3 && dst[i-1] == '0' && dst[i-2] == '.' {
			dst = append(dst[:i-2], dst[i:]...)
		}
		break
	}
	return dst
}

// putWhole writes i < 2^53 and ".0" at b[at:] and returns the offset after it.
func putWhole(b *[doubleRoom]byte, at int, i uint64) int {
	h := i / 1e8
	y := Digits8(i - h*1e8)
	if h != 0 {
		x := Digits8(h) // h < 2^53/1e8 < 1e8
		skip := bits.TrailingZeros64(x|1<<56) &^ 7
		binary.LittleEndian.PutUint64(b[at:at+8], (x|Zeros8)>>skip)
		at += 8 - skip>>3
		binary.LittleEndian.PutUint64(b[at:at+8], y|Zeros8)
		at += 8
	} else {
		skip := bits.TrailingZeros64(y|1<<56) &^ 7
		binary.LittleEndian.PutUint64(b[at:at+8], (y|Zeros8)>>skip)
		at += 8 - skip>>3
	}
	b[at] = '.'
	b[at+1] = '0'
	return at + 2
}

// putExponent writes E, a sign and at least two digits of e, -324 ≤ e ≤ 308,
// at b[at:] and returns the offset after them.
func putExponent(b *[doubleRoom]byte, at, e int) int {
	// One word, chosen without jumps: the exponents of mixed data are
	// unpredictable.
	negative := uint64(e) >> 63
	x := (uint64(e) ^ -negative) + negative
	h := x * 41 >> 12 // x/100, exact below 1100
	x -= h * 100
	t := x * 103 >> 10
	w := h | t<<8 | (x-t*10)<<16 | '0'*0x010101
	size := 5
	if h == 0 {
		w >>= 8
		size = 4
	}
	binary.LittleEndian.PutUint64(b[at:at+8], 'E'|('+'+negative*('-'-'+'))<<8|w<<16)
	return at + size
}

// fractionLen returns the number of the eight digits in x without the trailing
// zeros, and 1 if all are zeros.
//
// NOTE: inlines; TestInline lists it.
func fractionLen(x uint64) int {
	return 8 - bits.LeadingZeros64(x|1)>>3
}
