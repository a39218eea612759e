package decimal128

// load8 returns the eight bytes of text at i, the first in the low byte.
func load8[T ~string | ~[]byte](text T, i int) uint64 {
	_ = text[i+7]
	return uint64(text[i]) | uint64(text[i+1])<<8 | uint64(text[i+2])<<16 | uint64(text[i+3])<<24 |
		uint64(text[i+4])<<32 | uint64(text[i+5])<<40 | uint64(text[i+6])<<48 | uint64(text[i+7])<<56
}

// allDigits reports whether all eight bytes of w are ASCII digits.
func allDigits(w uint64) bool {
	// A digit has a high nibble of 3, and has one still after 6 is added; the
	// sums do not carry into the next byte while the high nibbles are 3.
	return w&0xf0f0f0f0f0f0f0f0 == 0x3030303030303030 &&
		(w+0x0606060606060606)&0xf0f0f0f0f0f0f0f0 == 0x3030303030303030
}

// value8 returns the number that the eight digits of w spell, the first in the
// low byte: pairs are joined to two digits, those to four, those to eight.
func value8(w uint64) uint64 {
	w -= 0x3030303030303030
	w = w*10 + w>>8
	return ((w&0x000000ff000000ff)*(100+1000000<<32) + (w>>16&0x000000ff000000ff)*(1+10000<<32)) >> 32
}
