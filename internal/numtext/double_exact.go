package numtext

import "math/bits"

// This file settles what 19 digits cannot: on which side of the middle between
// two doubles a longer number lies. It compares whole integers. This happens
// about once in a thousand times that a text has more than 19 digits, unless
// the text was made for it; the work is bounded by wideDigits, apart from
// reading the text.

const (
	// wideDigits is how many significant digits are compared. The middle
	// between two doubles never has more than 768; further digits can only
	// break a tie.
	wideDigits = 41 * mantDigits
	// wideWords is room for 10^wideDigits, or as many digits of the middle,
	// and one shift by less than a word.
	wideWords = 44
)

// roundsUp reports whether the number in text, which lies between the double
// with the bits u and the next one, both included, rounds to the latter. exp is
// the decimal exponent of its 19th significant digit; it has at least 20.
func roundsUp(u uint64, text []byte, exp int) bool {
	// The number is d × 10^exp, and a little more if rest.
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

	// Multiply both by what makes them integers, without common twos.
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
