package textcut

import "math/bits"

// This file has what stands between documents, and what ends a run of plain
// characters in a string.

// ByteOrderMark is what SkipMark skips.
const ByteOrderMark = "\uFEFF"

// MaxComment is the longest comment, in bytes, with both its ends. It detects a
// comment without an end before the whole comment is in memory.
const MaxComment = 16 << 20

// SkipMark returns the offset past a byte order mark at the start of text.
func SkipMark(text []byte) int {
	if len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF {
		return 3
	}
	return 0
}

// SkipBlanks returns the offset of the first byte at or after off that is not
// white space.
func SkipBlanks(text []byte, off int) int {
	for off < len(text) && (text[off] == ' ' || text[off] == '\n' || text[off] == '\r' || text[off] == '\t') {
		off++
	}
	return off
}

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
