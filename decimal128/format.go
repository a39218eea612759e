package decimal128

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file writes text, in three notations.
//
//   - Append is the spelling that BSON prescribes, and the only fast one: it
//     writes into a window of dst that is sure to be large enough, digits eight
//     at a time, and so may store a few bytes past the text.
//   - appendNumber lays out the other notations from the digits.

// maxText is the length in bytes of the longest text that Append writes: a
// sign, "0." and five zeros before 34 digits, or a sign, 34 digits with a
// point, and an exponent of six bytes such as E-6176. window leaves room for the
// eight bytes that putExponent stores where at most four are needed.
const (
	maxText = 1 + Precision + 7
	window  = maxText + 4
)

// Notation is a way to write numbers.
type Notation uint8

// The notations.
const (
	// Scientific writes an exponent where one is needed to keep the
	// coefficient's digits, or makes the text shorter: 12.34, 1E+3, 1.2E-8.
	// This is how Append and String write.
	Scientific Notation = iota
	// Engineering is Scientific with exponents that are multiples of three,
	// and therefore up to three digits before the point: 12E+3, 10E-9, 0.00E+3.
	Engineering
	// Plain never writes an exponent: 1000, 0.000000012. It writes zeros for a
	// positive exponent, so such numbers read back with another exponent. The
	// text can be 6,179 bytes long: a minus sign, "0." and 6,176 digits.
	Plain
)

// Append appends the text of d to dst and returns the longer slice. It is the
// to-scientific-string of the General Decimal Arithmetic as the BSON
// specification has it: all digits of the coefficient, with an exponent only if
// the exponent of the last digit is above 0 or the exponent of the first digit
// is below -6. Infinity has a sign; a NaN is "NaN" whatever its sign, payload
// and signalling. Parse gives the same Decimal back if HasExactText reports
// true. Append allocates only if dst has less than 46 free bytes. It may
// overwrite these bytes past the returned length. Source: BSON Decimal128
// specification, "Writing to a string".
func (d Decimal) Append(dst []byte) []byte {
	if !d.IsFinite() {
		return d.appendSpecial(dst)
	}
	coef, exp := d.unpack()
	dst = slices.Grow(dst, window)
	at := len(dst)
	b := dst[at : at+window]
	b[0] = '-'
	n := int(d.hi >> 63)
	if coef.hi == 0 && coef.lo < 1e7 && exp <= 0 {
		// Up to seven digits: with a point they still fit one word.
		w, digits := word8(coef.lo)
		if whole := digits + exp; exp == 0 {
			binary.LittleEndian.PutUint64(b[n:], w)
			return dst[:at+n+digits]
		} else if whole > 0 {
			shift := uint(whole) * 8
			low := uint64(1)<<shift - 1
			w = w&low | uint64('.')<<shift | w&^low<<8
			binary.LittleEndian.PutUint64(b[n:], w)
			return dst[:at+n+digits+1]
		}
	}
	n += putScientific(b[n:], coef, exp)
	return dst[:at+n]
}

// word8 returns the digits of u < 10^8 as text, the first in the low byte, and
// how many there are.
func word8(u uint64) (w uint64, digits int) {
	w = numtext.Digits8(u)
	zeros := uint(bits.TrailingZeros64(w|1<<56)) &^ 7
	return (w | numtext.Zeros8) >> zeros, 8 - int(zeros/8)
}

// putScientific writes coef·10^exp, without sign, to the start of b and returns
// the length. b has room for window bytes less a sign.
func putScientific(b []byte, coef uint128, exp int) int {
	digits := max(coef.digits(), 1)
	adjusted := exp + digits - 1 // exponent of the first digit
	switch {
	case exp > 0 || adjusted < -6:
		putDigits(b[1:], coef, digits)
		b[0] = b[1]
		n := 1
		if digits > 1 {
			b[1] = '.'
			n = digits + 1
		}
		return n + putExponent(b[n:], adjusted)
	case exp == 0:
		putDigits(b, coef, digits)
		return digits
	case adjusted >= 0:
		putDigits(b[1:], coef, digits)
		copy(b, b[1:adjusted+2])
		b[adjusted+1] = '.'
		return digits + 1
	}
	n := copy(b, "0.00000"[:1-adjusted])
	putDigits(b[n:], coef, digits)
	return n + digits
}

// putDigits writes the digits of coef, whose number is given, to the start of
// b. It goes from the first to the last: a short store writes bytes beyond its
// digits, and the next store overwrites them.
func putDigits(b []byte, coef uint128, digits int) {
	q, r := coef.hi, coef.lo
	switch {
	case q != 0:
		q, r = bits.Div64(q, r, 1e16) // coef.hi < 10^16, so q fits a word
	case r < 1e16:
		putHead(b, r, digits)
		return
	default:
		q, r = r/1e16, r%1e16
	}
	if q < 1e16 {
		putHead(b, q, digits-16)
	} else {
		putHead(b, q/1e16, digits-32)
		put16(b[digits-32:], q%1e16)
	}
	put16(b[digits-16:], r)
}

// putHead writes the digits of u < 10^16, whose number is given, to the start
// of b. It always stores at least eight bytes.
func putHead(b []byte, u uint64, digits int) {
	if u < 1e8 {
		binary.LittleEndian.PutUint64(b, (numtext.Digits8(u)|numtext.Zeros8)>>(64-8*uint(digits)))
		return
	}
	binary.LittleEndian.PutUint64(b, (numtext.Digits8(u/1e8)|numtext.Zeros8)>>(128-8*uint(digits)))
	binary.LittleEndian.PutUint64(b[digits-8:], numtext.Digits8(u%1e8)|numtext.Zeros8)
}

// put16 writes the 16 digits of u < 10^16 to the start of b.
func put16(b []byte, u uint64) {
	binary.LittleEndian.PutUint64(b, numtext.Digits8(u/1e8)|numtext.Zeros8)
	binary.LittleEndian.PutUint64(b[8:], numtext.Digits8(u%1e8)|numtext.Zeros8)
}

// putExponent writes the exponent part of exp ≠ 0, at most four digits, to the
// start of b and returns its length. It stores ten bytes.
func putExponent(b []byte, exp int) int {
	b[0], b[1] = 'E', '+'
	if exp < 0 {
		b[1] = '-'
		exp = -exp
	}
	w, digits := word8(uint64(exp))
	binary.LittleEndian.PutUint64(b[2:], w)
	return 2 + digits
}

// appendSpecial appends the name of an infinity or NaN.
func (d Decimal) appendSpecial(dst []byte) []byte {
	switch {
	case d.IsNaN():
		return append(dst, "NaN"...)
	case d.Signbit():
		return append(dst, "-Infinity"...)
	}
	return append(dst, "Infinity"...)
}

// AppendNotation appends the text of d in the given notation to dst and returns
// the longer slice. Infinities and NaNs are as Append writes them. An unknown
// notation panics. Source: General Decimal Arithmetic, "to-scientific-string",
// "to-engineering-string".
func (d Decimal) AppendNotation(dst []byte, notation Notation) []byte {
	if notation > Plain {
		panic("decimal128: unknown Notation " + strconv.Itoa(int(notation)))
	}
	if !d.IsFinite() || notation == Scientific {
		return d.Append(dst)
	}
	coef, exp := d.unpack()
	if d.Signbit() {
		dst = append(dst, '-')
	}
	var buf [Precision + 6]byte
	count := max(coef.digits(), 1)
	putDigits(buf[:], coef, count)
	digits := buf[:count]
	if notation == Plain || exp <= 0 && exp+count-1 >= -6 {
		if coef.isZero() {
			exp = min(exp, 0)
		}
		return appendPlain(dst, digits, exp)
	}
	shown := exp + count - 1 // the exponent that is written
	if coef.isZero() {
		shown = exp + 2 // round up, and add zeros
	}
	shown -= (shown%3 + 3) % 3
	dst = appendPlain(dst, digits, exp-shown)
	if shown == 0 {
		return dst
	}
	n := len(dst)
	dst = slices.Grow(dst, window)
	return dst[:n+putExponent(dst[n:n+window], shown)]
}

// appendPlain appends the digits with exponent exp, without one in the text.
func appendPlain(dst, digits []byte, exp int) []byte {
	point := len(digits) + exp // digits before the point
	switch {
	case exp >= 0:
		return appendZeros(append(dst, digits...), exp)
	case point > 0:
		dst = append(dst, digits[:point]...)
		dst = append(dst, '.')
		return append(dst, digits[point:]...)
	}
	dst = appendZeros(append(dst, "0."...), -point)
	return append(dst, digits...)
}

// appendZeros appends n zero digits.
func appendZeros(dst []byte, n int) []byte {
	at := len(dst)
	dst = slices.Grow(dst, n)[:at+n]
	for i := range dst[at:] {
		dst[at+i] = '0'
	}
	return dst
}

// String returns the text that Append writes.
func (d Decimal) String() string {
	var b [window]byte
	return string(d.Append(b[:0]))
}

// Text returns the text that AppendNotation writes.
func (d Decimal) Text(notation Notation) string {
	return string(d.AppendNotation(nil, notation))
}

// HasExactText reports whether Parse of d.String() returns the bits of d. It is
// false for a NaN that has a payload, is negative or signals, and for an
// encoding that is not canonical.
func (d Decimal) HasExactText() bool {
	if d.IsNaN() {
		return d == NaN()
	}
	return d.IsCanonical()
}
