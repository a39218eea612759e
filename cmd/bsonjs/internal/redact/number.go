package redact

import (
	"math"
	"math/bits"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file redacts numbers. A number keeps its sign, the number of its digits and the
// place of its point.
//
//   - whole is for whole numbers below 10^15 of all four types, and for all integers.
//     Numbers of different types that are equal stay equal.
//   - fraction is for other numbers of up to 15 digits, doubles and decimals.
//   - manyDigits is for other doubles, longDecimal for other decimals.

const (
	// shortDigits is the number of digits that a double can always keep.
	shortDigits = 15
	wholeEnd    = 1e15 // 10^shortDigits
)

// tens has the powers of ten that fit.
var tens = func() (powers [20]uint64) {
	p := uint64(1)
	for i := range powers {
		powers[i] = p
		p *= 10
	}
	return powers
}()

// digitsOf returns the number of digits of v, 1 for 0.
func digitsOf(v uint64) int {
	n := 1
	for n < len(tens) && v >= tens[n] {
		n++
	}
	return n
}

// bit returns 1 for true.
func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// int64 redacts an integer. The result fits into int32 if v does.
func (w *walker) int64(v int64) int64 {
	if v < 0 {
		return -int64(w.whole(true, -uint64(v)))
	}
	return int64(w.whole(false, uint64(v)))
}

// whole redacts the digits of a whole number.
func (w *walker) whole(negative bool, v uint64) uint64 {
	lo, hi := wholeRange(negative, v)
	w.begin(labelWhole)
	w.add(bit(negative), lo, hi)
	w.end(nil)
	return lo + w.move(v-lo, hi-lo+1)
}

// wholeRange returns the numbers that may take the place of v, from lo to hi: those with
// as many digits that fit into the same integers.
func wholeRange(negative bool, v uint64) (lo, hi uint64) {
	n := digitsOf(v)
	lo, hi = tens[n-1], math.MaxUint64
	if n < len(tens) {
		hi = tens[n] - 1
	}
	if n == 1 {
		lo = bit(negative) // the range from 0 to 9
	}
	for _, most := range []uint64{math.MaxInt32 + bit(negative), math.MaxInt64 + bit(negative)} {
		if v <= most {
			hi = min(hi, most)
		} else {
			lo = max(lo, most+1)
		}
	}
	return lo, hi
}

// double redacts f. Infinities stay, and a NaN loses its payload.
func (w *walker) double(f float64) float64 {
	switch abs := math.Abs(f); {
	case f != f:
		return math.Float64frombits(0x7FF8_0000_0000_0000)
	case math.IsInf(f, 0):
		return f
	case abs < wholeEnd && abs == math.Trunc(abs):
		v := float64(w.whole(f < 0, uint64(abs)))
		if f < 0 {
			return -v
		}
		return v
	}
	m, exp := numtext.ShortestDecimal(f)
	n := digitsOf(m)
	if n > shortDigits {
		return w.manyDigits(f, n, exp)
	}
	w.beginFraction(f < 0, n, exp)
	// Walk until the digits are those of a double. Only numbers near the ends of the
	// range are not.
	for {
		m = w.fraction(m, n)
		out, ok := (numtext.Number{Mant: m, Exp: exp, Flags: numtext.Flags{Neg: f < 0}}).Double(nil)
		if ok && hasDigits(out, m, exp) {
			return out
		}
	}
}

// hasDigits reports whether m·10^exp are the shortest digits of f.
func hasDigits(f float64, m uint64, exp int) bool {
	if f == 0 {
		return false
	}
	digits, e := numtext.ShortestDecimal(f)
	return digits == m && e == exp
}

// manyDigits redacts f, whose shortest text has n digits, of which the last has the weight
// 10^exp. A number of so many digits is often not the shortest text of a double. So it
// permutes the doubles between two powers of ten, until one has n digits.
func (w *walker) manyDigits(f float64, n, exp int) float64 {
	lo := bitsOfTen(n - 1 + exp)
	domain := bitsOfTen(n+exp) - lo
	w.begin(labelDouble)
	w.add(bit(f < 0), uint64(n), uint64(exp))
	w.end(nil)
	at := math.Float64bits(math.Abs(f)) - lo
	for {
		at = w.move(at, domain)
		out := math.Float64frombits(lo + at)
		if m, _ := numtext.ShortestDecimal(out); digitsOf(m) == n {
			return math.Copysign(out, f)
		}
	}
}

// bitsOfTen returns the bits of 10^exp, those of infinity if it is too large.
func bitsOfTen(exp int) uint64 {
	f, ok := numtext.Number{Mant: 1, Exp: exp}.Double(nil)
	if !ok {
		f = math.Inf(1)
	}
	return math.Float64bits(f)
}

// beginFraction makes the seed of fraction.
func (w *walker) beginFraction(negative bool, n, exp int) {
	w.begin(labelFraction)
	w.add(bit(negative), uint64(n), uint64(exp))
	w.end(nil)
}

// fraction redacts m, a number of n digits, at most shortDigits, whose last digit is not
// 0.
func (w *walker) fraction(m uint64, n int) uint64 {
	if n == 1 {
		return 1 + w.move(m-1, 9)
	}
	first := tens[n-2] // of the digits but the last
	at := w.move((m/10-first)*9+m%10-1, 9*9*first)
	return (at/9+first)*10 + at%9 + 1
}

// decimal redacts d. Infinities stay, and a NaN loses its payload.
func (w *walker) decimal(d decimal128.Decimal) decimal128.Decimal {
	switch {
	case d.IsNaN():
		return decimal128.NaN()
	case d.IsInf():
		return decimal128.Inf(d.Sign())
	}
	hi, lo, exp := d.Coefficient()
	c, negative := coefficient{hi, lo}, d.Sign() < 0
	if c == (coefficient{}) {
		c = w.zero(exp)
	} else {
		c = w.digits(negative, c, exp)
	}
	out, err := decimal128.FromCoefficient(c.hi, c.lo, exp)
	if err != nil {
		panic("BUG: redact: " + err.Error()) // as many digits as before
	}
	if negative {
		out = out.Neg()
	}
	return out
}

// zero returns the coefficient that takes the place of a decimal zero with the exponent
// exp: that of the whole number 0. If this does not fit, the zero stays.
func (w *walker) zero(exp int) coefficient {
	if exp > 0 || exp <= -maxDigits {
		return coefficient{}
	}
	return coefficient{0, w.whole(false, 0)}.scaled(-exp)
}

// digits returns the coefficient that takes the place of c, which is not 0. It has as many
// digits, and as many zeros at its end, unless the number is whole.
func (w *walker) digits(negative bool, c coefficient, exp int) coefficient {
	short, zeros := c.reduced()
	n, last := short.digits(), exp+zeros // weight of the last digit of short is 10^last
	switch {
	case exp <= 0 && last >= 0 && n+last <= shortDigits:
		return coefficient{0, w.whole(negative, short.lo*tens[last])}.scaled(-exp)
	case n <= shortDigits:
		w.beginFraction(negative, n, last)
		return coefficient{0, w.fraction(short.lo, n)}.scaled(zeros)
	}
	w.begin(labelDecimal)
	w.add(bit(negative), uint64(last), short.hi, short.lo)
	w.end(nil)
	for {
		if out := w.longDecimal(n); out != short {
			return out.scaled(zeros)
		}
	}
}

// longDecimal returns n random digits, of which the first and the last are not 0.
func (w *walker) longDecimal(n int) coefficient {
	c := coefficient{0, 1 + w.draw(9)}
	for range n - 2 {
		c = c.timesTen(w.draw(10))
	}
	return c.timesTen(1 + w.draw(9))
}

// maxDigits is the number of digits of the longest coefficient of a decimal.
const maxDigits = 34

// A coefficient is hi·2^64 + lo, below 10^maxDigits.
type coefficient struct{ hi, lo uint64 }

// timesTen returns c·10 + digit.
func (c coefficient) timesTen(digit uint64) coefficient {
	hi, lo := bits.Mul64(c.lo, 10)
	lo, carry := bits.Add64(lo, digit, 0)
	return coefficient{c.hi*10 + hi + carry, lo}
}

// scaled returns c·10^n.
func (c coefficient) scaled(n int) coefficient {
	for range n {
		c = c.timesTen(0)
	}
	return c
}

// tenth returns c/10 and the last digit.
func (c coefficient) tenth() (coefficient, uint64) {
	hi, rest := c.hi/10, c.hi%10
	lo, rest := bits.Div64(rest, c.lo, 10)
	return coefficient{hi, lo}, rest
}

// reduced returns c without the zeros at its end, and their number. c is not 0.
func (c coefficient) reduced() (short coefficient, zeros int) {
	for {
		next, digit := c.tenth()
		if digit != 0 {
			return c, zeros
		}
		c = next
		zeros++
	}
}

// digits returns the number of digits of c.
func (c coefficient) digits() int {
	n := 0
	for c.hi > 0 {
		c, _ = c.tenth()
		n++
	}
	return n + digitsOf(c.lo)
}
