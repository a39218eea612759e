package numtext

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// This file has the cases that need integers of many words.
//
//   - roundsUp decides on which side of the middle between two doubles a number
//     of more than 19 digits lies. About one in a thousand such numbers needs
//     it, except in texts made for it. wideDigits bounds the work, apart from
//     reading the text.
//   - AppendDoubleExact writes all digits that a double has.

const (
	// wideDigits is the number of significant digits that are compared. The
	// middle between two doubles has at most 768 digits; further digits can
	// only break a tie.
	wideDigits = 41 * mantDigits
	// wideWords is room for 10^wideDigits, or as many digits of the middle,
	// and one shift by less than a word.
	wideWords = 44
)

// roundsUp reports whether the number in text, which lies between the double
// with the bits u and the next one, both included, rounds to the latter. exp is
// the decimal exponent of its 19th significant digit; it has at least 20.
func roundsUp(u uint64, text []byte, exp int) bool {
	// The number is d × 10^exp, and a little more if rest is true.
	var d wide
	rest := false
	digits := 0
	chunk, scale := uint64(0), uint64(1)
	for _, c := range text {
		if c|0x20 == 'e' {
			break
		}
		c -= '0'
		if c > 9 || digits == 0 && c == 0 { // sign, point, leading zeros
			continue
		}
		digits++
		if digits > wideDigits {
			rest = rest || c != 0
			continue
		}
		chunk = chunk*10 + uint64(c)
		scale *= 10
		if scale == 1e19 {
			d.mulAdd(scale, chunk)
			chunk, scale = 0, 1
		}
	}
	d.mulAdd(scale, chunk)
	exp += mantDigits - min(digits, wideDigits)

	// The middle is m × 2^q.
	var m wide
	c := u & (1<<52 - 1)
	q := max(int(u>>52), 1) - 1076
	if u>>52 != 0 {
		c |= 1 << 52
	}
	m.mulAdd(0, 2*c+1)

	// Multiply both by a factor that makes them integers without common twos.
	if exp < 0 {
		m.mulPow5(-exp)
	} else {
		d.mulPow5(exp)
	}
	if exp < q {
		m.shift(uint(q - exp))
	} else {
		d.shift(uint(exp - q))
	}
	switch d.compare(&m) {
	case 0:
		return rest || u&1 != 0
	case 1:
		return true
	}
	return false
}

// AppendDoubleExact appends the exact value of f, all digits without an
// exponent, and returns the longer slice: at most 767 significant digits in
// 1,077 bytes. The last digit after the point is not zero; an integer has no
// point. f is finite.
func AppendDoubleExact(dst []byte, f float64) []byte {
	u := math.Float64bits(f)
	c := u & (1<<52 - 1)
	q := max(int(u>>52&0x7ff), 1) - 1075 // |f| = c × 2^q
	if u>>52&0x7ff != 0 {
		c |= 1 << 52
	}
	if u>>63 != 0 {
		dst = append(dst, '-')
	}
	if c == 0 {
		return append(dst, '0')
	}
	zeros := bits.TrailingZeros64(c)
	c >>= zeros
	q += zeros

	// An odd integer times 2^-n has exactly n digits after the point: those of
	// c × 5^n.
	var w wide
	w.mulAdd(0, c)
	places := max(-q, 0)
	if q < 0 {
		w.mulPow5(places)
	} else {
		w.shift(uint(q))
	}
	var buf [wideDigits + 8]byte // one more word, which the first digits may fill
	digits := w.digits(&buf)
	whole := len(digits) - places
	if whole > 0 {
		dst = append(dst, digits[:whole]...)
		if places == 0 {
			return dst
		}
		return append(append(dst, '.'), digits[whole:]...)
	}
	dst = append(dst, '0', '.')
	dst = slices.Grow(dst, places)
	for range -whole {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// wide is a natural number. w[:n] are its words, the lowest first; the last of
// them is not zero.
type wide struct {
	n int
	w [wideWords]uint64
}

// mulAdd sets x to x·m + a.
func (x *wide) mulAdd(m, a uint64) {
	for i := range x.w[:x.n] {
		hi, lo := bits.Mul64(x.w[i], m)
		var carry uint64
		x.w[i], carry = bits.Add64(lo, a, 0)
		a = hi + carry
	}
	if a != 0 {
		x.w[x.n] = a
		x.n++
	}
}

// mulPow5 multiplies x by 5^k, k ≥ 0.
func (x *wide) mulPow5(k int) {
	const step, pow = 27, 7450580596923828125 // 5^27, the highest in a word
	for ; k >= step; k -= step {
		x.mulAdd(pow, 0)
	}
	p := uint64(1)
	for range k {
		p *= 5
	}
	x.mulAdd(p, 0)
}

// shift multiplies x by 2^k.
func (x *wide) shift(k uint) {
	x.mulAdd(1<<(k%64), 0)
	if words := int(k / 64); words > 0 && x.n > 0 {
		copy(x.w[words:], x.w[:x.n])
		clear(x.w[:words])
		x.n += words
	}
}

// compare returns -1, 0 or 1 as x is less than, equal to or greater than y.
func (x *wide) compare(y *wide) int {
	if x.n != y.n {
		if x.n < y.n {
			return -1
		}
		return 1
	}
	for i := x.n - 1; i >= 0; i-- {
		if x.w[i] != y.w[i] {
			if x.w[i] < y.w[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// quo divides x by m and returns the remainder.
func (x *wide) quo(m uint64) (rest uint64) {
	for i := x.n - 1; i >= 0; i-- {
		x.w[i], rest = bits.Div64(rest, x.w[i], m)
	}
	for x.n > 0 && x.w[x.n-1] == 0 {
		x.n--
	}
	return rest
}

// digits returns the decimal digits of x, which are not more than wideDigits, as
// text at the end of buf, and leaves zero in x.
func (x *wide) digits(buf *[wideDigits + 8]byte) []byte {
	at := len(buf)
	for x.n > 0 {
		h := x.quo(1e16)
		for range 2 {
			at -= 8
			binary.LittleEndian.PutUint64(buf[at:], Digits8(h%1e8)|Zeros8)
			h /= 1e8
		}
	}
	for at < len(buf) && buf[at] == '0' {
		at++
	}
	return buf[at:]
}
