package bson

import (
	"encoding/binary"
	"unicode/utf8"
)

// IndexInvalidUTF8 returns the offset of the first byte of b that is not part
// of valid UTF-8, or -1 if all of it is. Overlong forms and surrogates are
// invalid.
func IndexInvalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

// isASCII reports whether no byte of b has its high bit set.
func isASCII(b []byte) bool {
	n := len(b)
	if n < 8 {
		var acc byte
		for _, c := range b {
			acc |= c
		}
		return acc < utf8.RuneSelf
	}
	acc := binary.LittleEndian.Uint64(b[n-8:])
	for len(b) >= 8 {
		acc |= binary.LittleEndian.Uint64(b)
		b = b[8:]
	}
	return acc&highs == 0
}

// plainKey reports whether b is ASCII without NUL. It may say no to others.
func plainKey(b []byte) bool {
	n := len(b)
	if n < 8 {
		var acc byte
		for _, c := range b {
			acc |= c | (c - 1) // the high bit of c-1 is set if c is 0
		}
		return acc < utf8.RuneSelf
	}
	w := binary.LittleEndian.Uint64(b[n-8:])
	acc := w | (w - ones)
	for len(b) >= 8 {
		w := binary.LittleEndian.Uint64(b)
		acc |= w | (w - ones)
		b = b[8:]
	}
	return acc&highs == 0
}

// replaceInvalid appends s with U+FFFD for each byte that is not part of
// UTF-8.
func replaceInvalid(dst []byte, s string) []byte {
	for _, r := range s {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
