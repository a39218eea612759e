package decimal128

import "github.com/bsonkit/bsonkit/internal/numtext"

// This file reads text. scan is the only code that knows the grammar; it reads
// the bytes once and returns a number, and fit makes a Decimal of the number.
// Parse tries parseShort first, the part of scan that most numbers need.

// Parse returns the exact Decimal in text. The grammar is
//
//	[+-] ( digits [. [digits]] | . digits ) [ (e|E) [+-] digits ]
//	[+-] ( inf | infinity | nan )
//
// in any letter case, with no blanks, no separators and ASCII digits only. The
// number of digits after the point decides the exponent: "1.20" is 120E-2. If
// the exponent is out of range, zeros at the end of the coefficient are added
// or removed so that it fits ("1E6144" becomes 1 followed by 33 zeros, E+6111).
// The exponent of a zero becomes the nearest exponent in range. A NaN keeps its
// sign.
//
// text is not kept. On failure Parse returns the zero value and a *SyntaxError
// that matches ErrSyntax, or a *ValueError that matches ErrInexact (more than
// 34 digits), ErrOverflow or ErrUnderflow (digits below 1E-6176). It allocates
// only to report a fault, and its time is linear in len(text) whatever the
// exponent. Source: BSON Decimal128 specification, "Reading from a string".
func Parse[T ~string | ~[]byte](text T) (Decimal, error) {
	if d, ok := parseShort(text); ok {
		return d, nil
	}
	n, special, at := scan(text)
	if at >= 0 {
		return Decimal{}, &SyntaxError{Offset: int64(at), Err: ErrSyntax}
	}
	if special {
		return Decimal{hi: n.sign | n.coef.hi}, nil
	}
	d, err := n.exact()
	if err != nil {
		return Decimal{}, &ValueError{Offset: int64(lostAt(text, &n, err)), Err: err}
	}
	return d, nil
}

// ParseRounded is Parse for texts whose value may not fit: it returns the value
// rounded by mode, and the conditions that arose. Malformed text is a
// *SyntaxError. An unknown mode is a *ConversionError that matches ErrOption.
// After an error the Decimal is the zero value and there are no conditions.
// Source: General Decimal Arithmetic, "to-number"; IEEE 754-2008, 5.12.
func ParseRounded[T ~string | ~[]byte](text T, mode Rounding) (Decimal, Conditions, error) {
	if err := mode.check("text"); err != nil {
		return Decimal{}, 0, err
	}
	n, special, at := scan(text)
	if at >= 0 {
		return Decimal{}, 0, &SyntaxError{Offset: int64(at), Err: ErrSyntax}
	}
	if special {
		return Decimal{hi: n.sign | n.coef.hi}, 0, nil
	}
	d, cond := n.fit(mode)
	return d, cond, nil
}

// shortLen is the length in bytes of the longest text that parseShort reads:
// any 19 digits fit one word.
const shortLen = 19

// parseShort reads texts of at most shortLen bytes without an exponent, and
// reports false for all others, malformed or not.
func parseShort[T ~string | ~[]byte](text T) (Decimal, bool) {
	if len(text) == 0 || len(text) > shortLen {
		return Decimal{}, false
	}
	i := 0
	var sign uint64
	if text[0] == '-' {
		sign = signBit
		i = 1
	}
	var coef uint64
	start, point := i, -1
	for ; i < len(text); i++ {
		c := text[i] - '0'
		if c <= 9 {
			coef = coef*10 + uint64(c)
			continue
		}
		if text[i] != '.' || point >= 0 {
			return Decimal{}, false
		}
		point = i
	}
	digits, fraction := len(text)-start, 0
	if point >= 0 {
		digits--
		fraction = len(text) - point - 1
	}
	return Decimal{sign | uint64(bias-fraction)<<smallShift, coef}, digits > 0
}

// scan reads text. A finite number comes back in n. For an infinity or NaN
// special is true, and n has the sign and, in coef.hi, the other bits of the
// high word. at is the offset of the first malformed byte, or -1.
func scan[T ~string | ~[]byte](text T) (n number, special bool, at int) {
	i := 0
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		if text[0] == '-' {
			n.sign = signBit
		}
		i = 1
	}
	if i < len(text) && text[i]|0x20 >= 'a' {
		n.coef.hi, at = scanSpecial(text, i)
		return n, true, at
	}
	start, point := i, -1
	digits := 0   // significant digits seen
	fraction := 0 // digits after the point
	for {
		from := i
		i, digits = scanDigits(text, i, digits, &n)
		if point >= 0 {
			fraction = i - from
		}
		if i == len(text) || text[i] != '.' || point >= 0 {
			break
		}
		point = i
		i++
	}
	seen := i - start
	if point >= 0 {
		seen--
	}
	if seen == 0 {
		return n, false, i
	}
	n.exp = int64(max(digits-Precision, 0) - fraction)
	if i < len(text) {
		if text[i]|0x20 != 'e' {
			return n, false, i
		}
		var exp int64
		if exp, at = scanExponent(text, i+1); at >= 0 {
			return n, false, at
		}
		n.exp += exp
	}
	return n, false, -1
}

// scanDigits reads the digits that start at text[i], adds the first Precision
// significant ones to n.coef and the others to n.tail. digits counts the
// significant digits before i; zeros before the first other digit are not
// significant. It returns the offset of the first byte that is not a digit, and
// the new count.
func scanDigits[T ~string | ~[]byte](text T, i, digits int, n *number) (int, int) {
	for digits == 0 && i < len(text) && text[i] == '0' {
		i++
	}
	coef := n.coef
	for digits <= Precision-8 && i+8 <= len(text) {
		w := load8(text, i)
		if !allDigits(w) {
			break
		}
		coef = coef.mul64(1e8).add64(numtext.Value8(w ^ numtext.Zeros8))
		i += 8
		digits += 8
	}
	for ; i < len(text) && digits < Precision; i++ {
		c := text[i] - '0'
		if c > 9 {
			break
		}
		coef = coef.mul64(10).add64(uint64(c))
		digits++
	}
	n.coef = coef
	for ; i < len(text); i++ {
		c := text[i] - '0'
		if c > 9 {
			break
		}
		digits++
		n.cond = Rounded
		if digits > Precision+1 {
			if c != 0 {
				n.tail |= 1 // zero becomes below half, half becomes above half
			}
		} else if c != 0 {
			n.tail = tailOf(uint128{0, uint64(c)}, uint128{0, 10}, tailZero)
		}
	}
	return i, digits
}

// expLimit bounds the exponent of a text. It is larger than the length of any
// text, so no number of zeros can bring such an exponent back into range. It is
// far below overflow.
const expLimit = 1 << 55

// scanExponent reads an optional sign and digits from text[i] to its end. For a
// value beyond ±expLimit it returns ±expLimit or more. at is the offset of the
// first malformed byte, or -1.
func scanExponent[T ~string | ~[]byte](text T, i int) (exp int64, at int) {
	negative := false
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		negative = text[i] == '-'
		i++
	}
	if i == len(text) {
		return 0, i
	}
	for ; i < len(text); i++ {
		c := text[i] - '0'
		if c > 9 {
			return 0, i
		}
		if exp < expLimit {
			exp = exp*10 + int64(c)
		}
	}
	if negative {
		exp = -exp
	}
	return exp, -1
}

// scanSpecial reads the name of an infinity or NaN that fills text from i on,
// and returns its bits. at is the offset of the first malformed byte, or -1.
func scanSpecial[T ~string | ~[]byte](text T, i int) (bits uint64, at int) {
	name, bits := "infinity", uint64(specialBits)
	if text[i]|0x20 == 'n' {
		name, bits = "nan", nanBits
	}
	k := 0
	for k < len(name) && i+k < len(text) && text[i+k]|0x20 == name[k] {
		k++
	}
	if i+k == len(text) && (k == len(name) || k == len("inf")) {
		return bits, -1
	}
	return 0, i + k
}

// lostAt returns the offset of the first digit that would be lost, for the
// reason err. text is well formed, and n is its value.
func lostAt[T ~string | ~[]byte](text T, n *number, err error) int {
	keep := Precision
	switch err {
	case ErrOverflow:
		keep = 0
	case ErrUnderflow:
		keep = int(max(min(int64(n.coef.digits())-(MinExponent-n.exp), Precision), 0))
	}
	digits := 0 // significant digits seen
	for i := range len(text) {
		c := text[i] - '0'
		if c > 9 || c == 0 && digits == 0 {
			continue
		}
		digits++
		if digits > keep && c != 0 {
			return i
		}
	}
	panic("BUG: decimal128: nothing is lost") // callers have an err
}

// load8 returns the eight bytes of text at i, the first in the low byte.
func load8[T ~string | ~[]byte](text T, i int) uint64 {
	_ = text[i+7]
	return uint64(text[i]) | uint64(text[i+1])<<8 | uint64(text[i+2])<<16 | uint64(text[i+3])<<24 |
		uint64(text[i+4])<<32 | uint64(text[i+5])<<40 | uint64(text[i+6])<<48 | uint64(text[i+7])<<56
}

// allDigits reports whether all eight bytes of w are ASCII digits.
func allDigits(w uint64) bool {
	// A digit has a high nibble of 3, also after 6 is added. While the high
	// nibbles are 3, the sums do not carry into the next byte.
	return w&0xf0f0f0f0f0f0f0f0 == numtext.Zeros8 &&
		(w+0x0606060606060606)&0xf0f0f0f0f0f0f0f0 == numtext.Zeros8
}
