package bson

import (
	"encoding/binary"
	"unicode/utf8"
)

// In each byte of a word: the lowest bit, and the highest, which is 0 in ASCII.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

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

// load64 and load32 return the bytes of s from i on.
func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// copyText copies s to dst, which is as long, and reports whether it is ASCII.
// Most texts are short: copying and checking a word at a time is faster than
// two calls.
func copyText(dst []byte, s string) bool {
	n := len(s)
	switch {
	case n > 32:
		copy(dst, s)
		return isASCII(dst)
	case n > 16:
		a, b, c, d := load64(s, 0), load64(s, 8), load64(s, n-16), load64(s, n-8)
		_ = dst[n-1]
		binary.LittleEndian.PutUint64(dst, a)
		binary.LittleEndian.PutUint64(dst[8:], b)
		binary.LittleEndian.PutUint64(dst[n-16:], c)
		binary.LittleEndian.PutUint64(dst[n-8:], d)
		return (a|b|c|d)&highs == 0
	case n >= 8:
		a, b := load64(s, 0), load64(s, n-8)
		binary.LittleEndian.PutUint64(dst, a)
		binary.LittleEndian.PutUint64(dst[n-8:], b)
		return (a|b)&highs == 0
	case n >= 4:
		a, b := load32(s, 0), load32(s, n-4)
		binary.LittleEndian.PutUint32(dst, a)
		binary.LittleEndian.PutUint32(dst[n-4:], b)
		return (a|b)&(highs>>32) == 0
	case n > 0:
		a, b, c := s[0], s[n>>1], s[n-1]
		dst[0], dst[n>>1], dst[n-1] = a, b, c
		return a|b|c < utf8.RuneSelf
	}
	return true
}

// plainKey reports whether b, of at least 8 bytes, is ASCII without NUL. It may
// report false for others.
func plainKey(b []byte) bool {
	w := binary.LittleEndian.Uint64(b[len(b)-8:])
	acc := w | (w - ones)
	for len(b) >= 8 {
		w := binary.LittleEndian.Uint64(b)
		acc |= w | (w - ones)
		b = b[8:]
	}
	return acc&highs == 0
}
