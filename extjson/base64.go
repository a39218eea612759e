package extjson

import (
	"encoding/binary"
	"slices"
)

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// base64Values maps a letter to its six bits, and everything else to 0xff.
var base64Values = func() (t [256]uint8) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte(base64Alphabet) {
		t[c] = byte(i)
	}
	return t
}()

// appendBase64 appends data in base64.
func appendBase64(dst, data []byte) []byte {
	n := len(dst)
	size := (len(data) + 2) / 3 * 4
	dst = slices.Grow(dst, size)[:n+size]
	out := dst[n:]
	for len(data) >= 8 && len(out) >= 8 {
		v := binary.BigEndian.Uint64(data)
		var w uint64
		for s := range 8 {
			w |= uint64(base64Alphabet[v>>(58-6*s)&63]) << (8 * s)
		}
		binary.LittleEndian.PutUint64(out, w)
		data, out = data[6:], out[8:]
	}
	for len(data) >= 3 {
		v := uint(data[0])<<16 | uint(data[1])<<8 | uint(data[2])
		out[0] = base64Alphabet[v>>18&63]
		out[1] = base64Alphabet[v>>12&63]
		out[2] = base64Alphabet[v>>6&63]
		out[3] = base64Alphabet[v&63]
		data, out = data[3:], out[4:]
	}
	switch len(data) {
	case 1:
		out[0] = base64Alphabet[data[0]>>2]
		out[1] = base64Alphabet[data[0]<<4&63]
		out[2] = '='
		out[3] = '='
	case 2:
		out[0] = base64Alphabet[data[0]>>2]
		out[1] = base64Alphabet[data[0]<<4&63|data[1]>>4]
		out[2] = base64Alphabet[data[1]<<2&63]
		out[3] = '='
	}
	return dst
}

// appendBase64Decoded appends the bytes that text spells in strict base64.
func appendBase64Decoded(dst, text []byte) (out []byte, ok bool) {
	if len(text)%4 != 0 {
		return dst, false
	}
	if len(text) == 0 {
		return dst, true
	}
	n := len(dst)
	size := len(text) / 4 * 3
	pad := 0
	if text[len(text)-1] == '=' {
		pad++
		if text[len(text)-2] == '=' {
			pad++
		}
	}
	buf := slices.Grow(dst, size)[:n+size]
	o := buf[n:]
	var bad uint8
	for len(text) > 4 {
		a, b, c, d := base64Values[text[0]], base64Values[text[1]], base64Values[text[2]], base64Values[text[3]]
		bad |= a | b | c | d
		v := uint(a)<<18 | uint(b)<<12 | uint(c)<<6 | uint(d)
		o[0], o[1], o[2] = byte(v>>16), byte(v>>8), byte(v)
		text, o = text[4:], o[3:]
	}
	a, b, c, d := base64Values[text[0]], base64Values[text[1]], base64Values[text[2]], base64Values[text[3]]
	switch pad {
	case 1:
		d = c & 3 << 6
		bad |= d
	case 2:
		c = b & 15 << 4
		d = 0
		bad |= c<<2 | c
	}
	bad |= a | b | c | d
	v := uint(a)<<18 | uint(b)<<12 | uint(c)<<6 | uint(d)
	o[0], o[1], o[2] = byte(v>>16), byte(v>>8), byte(v)
	if bad > 63 {
		return dst, false
	}
	return buf[:n+size-pad], true
}
