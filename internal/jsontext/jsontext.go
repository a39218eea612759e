// Package jsontext reads JSON values that are a text: a string, or an object of
// Extended JSON whose only value is a string. It replaces encoding/json, which
// programs that only move bytes must not link.
package jsontext

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Of returns the text of data: one JSON string, or one object whose only key is key
// and whose value is a string. data is not kept. ok is false for any other JSON value,
// and for bytes that are not JSON. A lone surrogate and a byte that is not UTF-8
// become U+FFFD.
func Of(data []byte, key string) (text []byte, ok bool) {
	data = blanks(data)
	if len(data) == 0 || data[0] != '{' {
		text, data, ok = readString(data)
		return text, ok && len(blanks(data)) == 0
	}
	name, data, ok := readString(blanks(data[1:]))
	if data = blanks(data); !ok || string(name) != key || len(data) == 0 || data[0] != ':' {
		return nil, false
	}
	text, data, ok = readString(blanks(data[1:]))
	if data = blanks(data); !ok || len(data) == 0 || data[0] != '}' {
		return nil, false
	}
	return text, len(blanks(data[1:])) == 0
}

// blanks returns data without the white space at its start.
func blanks(data []byte) []byte { return bytes.TrimLeft(data, " \t\r\n") }

// escapes has the characters that may follow a backslash, except u. escaped has the
// character of each escape at the same index.
const escapes, escaped = `"\/bfnrt`, "\"\\/\b\f\n\r\t"

// readString returns the text of the string at the start of data, and the rest of
// data.
func readString(data []byte) (text, rest []byte, ok bool) {
	if len(data) == 0 || data[0] != '"' {
		return nil, data, false
	}
	for data = data[1:]; len(data) > 0; {
		switch c := data[0]; {
		case c == '"':
			return text, data[1:], true
		case c < ' ':
			return nil, data, false
		case c != '\\':
			r, n := utf8.DecodeRune(data)
			text, data = utf8.AppendRune(text, r), data[n:]
			continue
		}
		if len(data) < 2 {
			return nil, data, false
		}
		if i := strings.IndexByte(escapes, data[1]); i >= 0 {
			text, data = append(text, escaped[i]), data[2:]
			continue
		}
		r := unit(data)
		if r < 0 {
			return nil, data, false
		}
		data = data[6:]
		if utf16.IsSurrogate(r) {
			if r = utf16.DecodeRune(r, unit(data)); r != utf8.RuneError {
				data = data[6:]
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return nil, data, false
}

// unit returns the code unit of the escape \uXXXX at the start of data, or -1.
func unit(data []byte) (r rune) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return -1
	}
	for _, c := range data[2:6] {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20-'a' < 6:
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// Escape returns the character after the backslash in the escape of c: 'u' for
// \u00xx, and 0 if c needs no escape.
func Escape(c byte) byte {
	switch c {
	case '\b':
		return 'b'
	case '\t':
		return 't'
	case '\n':
		return 'n'
	case '\f':
		return 'f'
	case '\r':
		return 'r'
	case '"', '\\':
		return c
	}
	if c < ' ' {
		return 'u'
	}
	return 0
}

// AppendQuote appends text as a JSON string. Each byte that is not UTF-8
// becomes U+FFFD.
func AppendQuote(dst []byte, text string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range text {
		switch how := Escape(byte(r)); {
		case r >= utf8.RuneSelf || how == 0:
			dst = utf8.AppendRune(dst, r)
		case how == 'u':
			dst = append(dst, '\\', 'u', '0', '0', digits[r>>4], digits[r&15])
		default:
			dst = append(dst, '\\', how)
		}
	}
	return append(dst, '"')
}
