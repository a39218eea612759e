package extjson

import (
	"encoding/binary"
	"slices"
)

const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// base64Values maps a letter to its six bits and every other byte to -1. So one
// bad letter makes the bitwise or of several values negative.
var base64Values = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i, c := range []byte(base64Letters) {
		t[c] = int8(i)
	}
	return t
}()

// appendBase64 appends data in base64, padded, and returns the longer slice.
// data must not overlap the spare capacity of dst. Source: RFC 4648,
// section 4.
func appendBase64(dst, data []byte) []byte {
	n := len(dst)
	size := (len(data) + 2) / 3 * 4
	dst = slices.Grow(dst, size)[:n+size]
	out := dst[n:]
	for len(data) >= 8 && len(out) >= 8 {
		v := binary.BigEndian.Uint64(data) // six bytes of it are used
		o := (*[8]byte)(out)
		o[0] = base64Letters[v>>58]
		o[1] = base64Letters[v>>52&63]
		o[2] = base64Letters[v>>46&63]
		o[3] = base64Letters[v>>40&63]
		o[4] = base64Letters[v>>34&63]
		o[5] = base64Letters[v>>28&63]
		o[6] = base64Letters[v>>22&63]
		o[7] = base64Letters[v>>16&63]
		data, out = data[6:], out[8:]
	}
	for len(data) >= 3 && len(out) >= 4 {
		v := uint(data[0])<<16 | uint(data[1])<<8 | uint(data[2])
		out[0] = base64Letters[v>>18&63]
		out[1] = base64Letters[v>>12&63]
		out[2] = base64Letters[v>>6&63]
		out[3] = base64Letters[v&63]
		data, out = data[3:], out[4:]
	}
	if len(data) > 0 {
		v := uint(data[0]) << 16
		out[2], out[3] = '=', '='
		if len(data) == 2 {
			v |= uint(data[1]) << 8
			out[2] = base64Letters[v>>6&63]
		}
		out[0] = base64Letters[v>>18&63]
		out[1] = base64Letters[v>>12&63]
	}
	return dst
}

// appendBase64Decoded appends the bytes that text spells in base64 and returns
// the longer slice. ok is false, and dst comes back at its old length, unless
// text is exactly what appendBase64 writes: whole groups of four, padding only
// at the end, nothing but the alphabet in between, and zero bits where letters
// say more than the bytes need. Up to eight bytes past the result, within the
// capacity of dst, are overwritten; text must not overlap any of this.
func appendBase64Decoded(dst, text []byte) (out []byte, ok bool) {
	if len(text)%4 != 0 {
		return dst, false
	}
	if len(text) == 0 {
		return dst, true
	}
	n := len(dst)
	size := len(text) / 4 * 3
	dst = slices.Grow(dst, size+8)
	o := dst[n : n+size+8]
	seen := int64(0) // negative once a bad letter was seen
	for len(text) > 8 && len(o) >= 8 {
		v := int64(base64Values[text[0]])<<42 | int64(base64Values[text[1]])<<36 |
			int64(base64Values[text[2]])<<30 | int64(base64Values[text[3]])<<24 |
			int64(base64Values[text[4]])<<18 | int64(base64Values[text[5]])<<12 |
			int64(base64Values[text[6]])<<6 | int64(base64Values[text[7]])
		seen |= v
		binary.BigEndian.PutUint64(o, uint64(v)<<16)
		text, o = text[8:], o[6:]
	}
	if len(text) == 8 {
		v := base64Group(text[0], text[1], text[2], text[3])
		seen |= v
		binary.BigEndian.PutUint32(o, uint32(v)<<8)
		text, o = text[4:], o[3:]
	}

	// The last group, with its padding read as zeros.
	a, b, c, d := text[0], text[1], text[2], text[3]
	unused := int64(0) // bits that must be zero
	if d == '=' {
		size--
		d = 'A'
		unused = 0xff
		if c == '=' {
			size--
			c = 'A'
			unused = 0xffff
		}
	}
	v := base64Group(a, b, c, d)
	if seen|v < 0 || v&unused != 0 {
		return dst, false
	}
	binary.BigEndian.PutUint32(o, uint32(v)<<8)
	return dst[:n+size], true
}

// base64Group returns the 24 bits that four letters stand for, or a negative
// number if one of them is bad.
//
// NOTE: inlines; TestScalarInline lists it.
func base64Group(a, b, c, d byte) int64 {
	return int64(base64Values[a])<<18 | int64(base64Values[b])<<12 |
		int64(base64Values[c])<<6 | int64(base64Values[d])
}
