package pickle

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// This file has the spellings of text: Latin-1, and those of old protocols, the
// repr of a str and raw-unicode-escape. It knows bytes only.

// latin1ToUTF8 turns the bytes of dst from n on from Latin-1 to UTF-8.
func latin1ToUTF8(dst []byte, n int) []byte {
	more := 0
	for _, c := range dst[n:] {
		more += int(c >> 7)
	}
	if more == 0 {
		return dst
	}
	from := len(dst)
	for range more {
		dst = append(dst, 0)
	}
	for to := len(dst); from > n; {
		from--
		to--
		if c := dst[from]; c < utf8.RuneSelf {
			dst[to] = c
		} else {
			dst[to] = c&0x3f | 0x80
			to--
			dst[to] = c>>6 | 0xc0
		}
	}
	return dst
}

// appendRepr appends the bytes of a str from its repr in Python 2.
func appendRepr(dst, s []byte) ([]byte, bool) {
	if len(s) < 2 || s[0] != '\'' && s[0] != '"' || s[len(s)-1] != s[0] {
		return dst, false
	}
	quote := s[0]
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == quote || c < ' ' || c > '~':
			return dst, false
		case c == '\\':
			if i++; i == len(s) {
				return dst, false
			}
			switch s[i] {
			case '\\', '\'', '"':
				c = s[i]
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'x':
				v, ok := parseHex(s[i+1:], 2)
				if !ok {
					return dst, false
				}
				c = byte(v)
				i += 2
			default:
				return dst, false
			}
		}
		dst = append(dst, c)
	}
	return dst, true
}

// appendRawUnicode appends text in raw-unicode-escape as UTF-8: each byte is a
// character, except for \u and four hexadecimal digits, and \U and eight.
func appendRawUnicode(dst, s []byte) ([]byte, bool) {
	if plainKey(s) && bytes.IndexByte(s, '\\') < 0 {
		return append(dst, s...), true
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\':
			if i++; i == len(s) {
				return dst, false
			}
			digits := 4
			if s[i] == 'U' {
				digits = 8
			} else if s[i] != 'u' {
				return dst, false
			}
			v, ok := parseHex(s[i+1:], digits)
			if !ok || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
				return dst, false
			}
			dst = utf8.AppendRune(dst, rune(v))
			i += digits
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			dst = append(dst, c>>6|0xc0, c&0x3f|0x80)
		}
	}
	return dst, true
}

// parseHex returns the value of the first n characters of s, which must be
// lower-case hexadecimal digits.
func parseHex(s []byte, n int) (v uint32, ok bool) {
	if len(s) < n {
		return 0, false
	}
	for _, c := range s[:n] {
		switch {
		case c-'0' <= 9:
			v = v<<4 | uint32(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uint32(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

// appendLatin1 appends a byte for each character of text in UTF-8. ok is false
// if one is above U+00FF or malformed.
func appendLatin1(dst, text []byte) (_ []byte, ok bool) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			if i++; c&^1 != 0xc2 || i == len(text) || text[i]&0xc0 != 0x80 {
				return dst, false
			}
			c = c<<6 | text[i]&0x3f
		}
		dst = append(dst, c)
	}
	return dst, true
}

// plainKey reports whether s is ASCII without NUL.
func plainKey(s []byte) bool {
	for ; len(s) >= 8; s = s[8:] {
		w := binary.LittleEndian.Uint64(s)
		if (w-0x0101010101010101|w)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range s {
		if c-1 >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}
