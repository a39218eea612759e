package extjson

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// integerRoom is how many bytes appendInteger asks for: the longest text is
// 20, and whole words are stored past its end.
const integerRoom = 32

// appendInteger appends v in decimal.
func appendInteger(dst []byte, v int64) []byte {
	n := len(dst)
	dst = slices.Grow(dst, integerRoom)
	b := (*[integerRoom]byte)(dst[n : n+integerRoom])
	b[0] = '-'
	at := int(uint64(v) >> 63)
	u := uint64(v)
	if v < 0 {
		u = -u
	}
	if u < 1e8 {
		return dst[:n+putHead(b, at, u)]
	}
	h := u / 1e8
	low := digits8(u-h*1e8) | zeros8
	if h < 1e8 {
		at = putHead(b, at, h)
	} else {
		g := h / 1e8
		at = putHead(b, at, g)
		binary.LittleEndian.PutUint64(b[at:at+8], digits8(h-g*1e8)|zeros8)
		at += 8
	}
	binary.LittleEndian.PutUint64(b[at:at+8], low)
	return dst[:n+at+8]
}

// putHead writes u < 1e8 without leading zeros at b[at:] and returns the
// offset after it.
func putHead(b *[integerRoom]byte, at int, u uint64) int {
	w := digits8(u)
	skip := bits.TrailingZeros64(w|1<<56) &^ 7
	binary.LittleEndian.PutUint64(b[at:at+8], (w|zeros8)>>skip)
	return at + 8 - skip/8
}
