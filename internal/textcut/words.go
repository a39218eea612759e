package textcut

import "math/bits"

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Breaks returns a word whose lowest set bit is the high bit of the first
// byte of w, in memory order, that ends a run of plain characters in a
// string: '"', '\\' or a control character. It is zero if there is none.
//
// x^0x02 puts '"' (0x22) at 0x20, just above the control characters, so that
// one subtraction finds both.
func Breaks(w uint64) uint64 {
	return (((w ^ ones*0x02) - ones*0x21) | ((w ^ ones*'\\') - ones)) &^ w & highs
}

// FirstBreak returns how many bytes of a word come before the one that
// Breaks found.
func FirstBreak(m uint64) int { return bits.TrailingZeros64(m) >> 3 }
