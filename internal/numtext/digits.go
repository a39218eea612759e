package numtext

// This file turns eight decimal digits into a word and back. The first digit is
// in the low byte; a digit is 0 to 9, and adding Zeros8 makes text of it.

// Zeros8 is "00000000".
const Zeros8 = 0x3030303030303030

// tens holds the powers of ten that fit in a word.
var tens = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// Digits8 returns the eight decimal digits of x < 1e8 as the bytes of a word:
// values 0 to 9, the first digit in the low byte.
//
// It splits the number into two of four digits, then into four of two, then
// into single digits. Multiplications give the quotients; they are exact for
// such small numbers.
//
// NOTE: inlines; TestInline lists it.
func Digits8(x uint64) uint64 {
	h := x / 1e4
	v := h | (x-h*1e4)<<32
	q := v * 10486 >> 20 & 0x0000007f_0000007f // n/100 for n < 10^4
	v = v<<16 - q*(100<<16-1)                  // n%100 above n/100
	q = v * 103 >> 10 & 0x000f000f_000f000f    // n/10 for n < 100
	return v<<8 - q*(10<<8-1)                  // n%10 above n/10
}

// nonDigits returns the top bit of each byte of v that is not 0 to 9. If the
// first such byte is 0x8a or more, the bits above it may be wrong.
//
// NOTE: inlines; TestInline lists it.
func nonDigits(v uint64) uint64 {
	return (v + 0x7676767676767676 | v) & 0x8080808080808080
}

// Value8 returns the number whose eight decimal digits, 0 to 9, are the bytes
// of v, the first in the low byte: pairs, then pairs of pairs, then all.
//
// NOTE: inlines; TestInline lists it.
func Value8(v uint64) uint64 {
	v = v*10 + v>>8
	return (v&0x000000ff_000000ff*(100+1e6<<32) + v>>16&0x000000ff_000000ff*(1+1e4<<32)) >> 32
}
