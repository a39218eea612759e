package numtext

// This file reads the text of a number; double_parse.go makes a double of it.
//
//   - Scan reads numbers whose whole part ends within the first eight bytes,
//     which are nearly all numbers; scanLong reads all others.
//   - scanExponent and longMantissa read a part for both.

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A Number is the result of Scan for one JSON number. Its value is Mant ×
// 10^Exp with the sign of Neg, except for the digits that Mant omits. The text
// "1" is Number{Mant: 1}, and so is no other text.
type Number struct {
	Mant uint64 // the first 19 significant digits; Double takes any
	Exp  int    // decimal exponent of the last digit of Mant; may be cut beyond ±2^30
	Flags
}

// Flags has more properties of a Number. It is a separate struct because only
// structs of up to four fields are kept in registers.
type Flags struct {
	Neg  bool // has a minus sign
	Frac bool // has a fraction or an exponent: a double whatever its value
	More bool // has digits that Mant leaves out, maybe all zeros
}

const (
	mantDigits = 19      // decimal digits that surely fit in 64 bits
	maxExp     = 1 << 30 // far beyond what any Mant can bring back into range
)

// Scan scans the number at src[off:]: the longest text there that is a number
// in RFC 8259. It returns the number and the offset just past it. The caller
// checks the bytes after it ("01" is 0 and then 1). If there is no number, ok
// is false, end is the offset of the first byte at fault, perhaps len(src), and
// the number must not be used. Time is linear in the length of the text
// whatever the exponent, and src is not kept.
func Scan(src []byte, off int) (n Number, end int, ok bool) {
	i := off
	if i < len(src) && src[i] == '-' {
		n.Neg = true
		i++
	}
	if len(src)-i < 8 {
		return scanLong(src, i, n)
	}
	w := binary.LittleEndian.Uint64(src[i : i+8])
	v := w ^ Zeros8 // digits are 0 to 9
	stops := nonDigits(v)
	if stops == 0 {
		return scanLong(src, i, n)
	}
	d := bits.TrailingZeros64(stops) &^ 7 // where the whole part ends, in bits
	if d == 0 {
		return n, i, false
	}
	// d-16 is negative for a single digit only, which may be zero.
	if v&0xff|uint64((d-16)>>8) == 0 {
		return n, i + 1, true
	}
	c := byte(w >> (d & 63))
	if c == '.' {
		// Take the point out, so that the digits on both sides of it join. The
		// stops above it are right: '.' causes no carry.
		n.Frac = true
		whole := uint64(1)<<(d&63) - 1
		v = v&whole | v>>8&^whole
		stops &= stops - 1
		if stops != 0 {
			t := bits.TrailingZeros64(stops) &^ 7 // where the fraction ends, in bits
			n.Mant = Value8(v << ((72 - t) & 63))
			n.Exp = (d + 8 - t) >> 3
			i += t >> 3
			c = byte(w >> (t & 63))
		} else {
			first := i
			n.Mant = Value8(v << 8)
			for {
				i += 8
				if len(src)-i < 8 {
					return scanLong(src, first, n)
				}
				w = binary.LittleEndian.Uint64(src[i : i+8])
				v = w ^ Zeros8
				stops = nonDigits(v)
				if stops != 0 {
					break
				}
				n.Mant = n.Mant*1e8 + Value8(v)
			}
			t := bits.TrailingZeros64(stops) &^ 7
			n.Mant = n.Mant*tens[t>>3&7] + Value8(v<<8<<((56-t)&63))
			i += t >> 3
			n.Exp = first + d>>3 + 1 - i
			if i-first-1 > mantDigits {
				var cut int
				n.Mant, cut, n.More = longMantissa(src[first:i])
				n.Exp += cut
			}
			c = byte(w >> (t & 63))
		}
		if n.Exp == 0 { // nothing behind the point
			return n, i, false
		}
	} else {
		n.Mant = Value8(v << ((64 - d) & 63))
		i += d >> 3
	}
	if c|0x20 != 'e' {
		return n, i, true
	}

	// An exponent with a sign and up to six digits, without a jump on either.
	n.Frac = true
	if len(src)-i >= 9 {
		w = binary.LittleEndian.Uint64(src[i+1 : i+1+8])
		if c = byte(w); c == '-' || c == '+' {
			v = w>>8 ^ Zeros8
			t := bits.TrailingZeros64(nonDigits(v)) &^ 7
			if t != 0 && t < 56 {
				x := int(Value8(v << ((64 - t) & 63)))
				minus := int(bit(c == '-'))
				n.Exp += x ^ -minus + minus
				return n, i + 2 + t>>3, true
			}
		}
	}
	return scanExponent(src, i, n)
}

// scanLong is Scan for every number; i is the offset past the sign,
// which n has already.
func scanLong(src []byte, i int, n Number) (Number, int, bool) {
	first := i
	if i < len(src) && src[i] == '0' {
		n.Mant = 0
		i++
	} else {
		n.Mant, i = scanDigits(src, i, 0)
		if i == first {
			return n, i, false
		}
	}
	digits := i - first
	n.Exp = 0
	if i < len(src) && src[i] == '.' {
		n.Frac = true
		i++
		point := i
		n.Mant, i = scanDigits(src, i, n.Mant)
		if i == point {
			return n, i, false
		}
		n.Exp = point - i
		digits += i - point
	}
	if digits > mantDigits {
		var cut int
		n.Mant, cut, n.More = longMantissa(src[first:i])
		n.Exp += cut
	}
	if i < len(src) && src[i]|0x20 == 'e' {
		return scanExponent(src, i, n)
	}
	return n, i, true
}

// scanDigits appends the digits at src[i:] to those of mant, which overflows if
// there are too many, and returns the offset past them.
func scanDigits(src []byte, i int, mant uint64) (uint64, int) {
	for len(src)-i >= 8 {
		v := binary.LittleEndian.Uint64(src[i:i+8]) ^ Zeros8
		if stops := nonDigits(v); stops != 0 {
			t := bits.TrailingZeros64(stops) &^ 7
			return mant*tens[t>>3&7] + Value8(v<<8<<((56-t)&63)), i + t>>3
		}
		mant = mant*1e8 + Value8(v)
		i += 8
	}
	for i < len(src) && src[i]-'0' < 10 {
		mant = mant*10 + uint64(src[i]-'0')
		i++
	}
	return mant, i
}

// longMantissa returns the first 19 significant digits of text, which has
// digits and perhaps a point, the number of digits after them, and whether
// there are any.
func longMantissa(text []byte) (mant uint64, cut int, more bool) {
	for i, c := range text {
		c -= '0'
		switch {
		case c > 9: // the point
		case mant < 1e18:
			mant = mant*10 + uint64(c)
		default:
			rest := text[i:]
			cut = len(rest)
			if bytes.IndexByte(rest, '.') >= 0 {
				cut--
			}
			return mant, cut, true
		}
	}
	return mant, 0, false
}

// scanExponent reads the exponent whose letter is at src[i] and adds it to
// that of n.
func scanExponent(src []byte, i int, n Number) (Number, int, bool) {
	n.Frac = true
	i++
	neg := false
	if i < len(src) && (src[i] == '-' || src[i] == '+') {
		neg = src[i] == '-'
		i++
	}
	first := i
	x := int64(0)
	for ; i < len(src) && src[i]-'0' < 10; i++ {
		// Beyond 10^15 nothing changes: no text is long enough to bring such an
		// exponent back into range.
		if x < 1e15 {
			x = x*10 + int64(src[i]-'0')
		}
	}
	if neg {
		x = -x
	}
	n.Exp = int(max(-maxExp, min(maxExp, int64(n.Exp)+x)))
	return n, i, i > first
}

// Int64 returns the value of a number without fraction and exponent. ok is
// false when it does not fit.
//
// NOTE: inlines; TestInline lists it.
func (n Number) Int64() (v int64, ok bool) {
	limit := uint64(1)<<63 - 1 + bit(n.Neg)
	v = int64(n.Mant)
	if n.Neg {
		v = -v
	}
	return v, n.Mant <= limit && !n.More
}
