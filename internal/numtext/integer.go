package numtext

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// IntRoom is the number of bytes of room that AppendInt needs in dst: the
// longest text is 20, and whole words are stored past its end.
const IntRoom = 32

// AppendInt appends v in decimal and returns the longer slice. Bytes past the
// text, within the capacity of dst, are overwritten.
func AppendInt(dst []byte, v int64) []byte {
	n := len(dst)
	dst = slices.Grow(dst, IntRoom)
	b := (*[IntRoom]byte)(dst[n : n+IntRoom])
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
	low := Digits8(u-h*1e8) | Zeros8
	if h < 1e8 {
		at = putHead(b, at, h)
	} else {
		g := h / 1e8
		at = putHead(b, at, g)
		binary.LittleEndian.PutUint64(b[at:at+8], Digits8(h-g*1e8)|Zeros8)
		at += 8
	}
	binary.LittleEndian.PutUint64(b[at:at+8], low)
	return dst[:n+at+8]
}

// putHead writes u < 1e8 without leading zeros at b[at:] and returns the
// offset after it.
func putHead(b *[IntRoom]byte, at int, u uint64) int {
	w := Digits8(u)
	skip := bits.TrailingZeros64(w|1<<56) &^ 7
	binary.LittleEndian.PutUint64(b[at:at+8], (w|Zeros8)>>skip)
	return at + 8 - skip/8
}
