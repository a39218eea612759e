package extjson

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/jsontext"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file writes JSON strings; read_token.go reads them.
//
//   - quote copies eight bytes at a time until the first byte that needs an
//     escape, and checks UTF-8 only after a high bit.
//   - escape continues character by character from the first byte that quote
//     could not copy. It obeys the options ASCII, EscapeHTML, EscapeLines and
//     EscapeControls.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	lows  = 0x7f7f7f7f7f7f7f7f
)

// The ways in which escape treats an ASCII character.
const (
	escNone    = 0   // copied
	escUnicode = 'u' // \u00xx
	escHTML    = '<' // \u00xx if HTML is to be safe
	escDelete  = del // \u007f if control characters are escaped
)

// del is the control character that JSON does not escape.
const del = 0x7F

// escapes says how each ASCII character is written: escNone, escUnicode, escHTML,
// escDelete or the letter that follows the backslash.
var escapes = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		t[c] = jsontext.Escape(byte(c))
	}
	t['<'], t['>'], t['&'] = escHTML, escHTML, escHTML
	t[del] = escDelete
	return t
}()

const lowerHex = "0123456789abcdef"

// quote appends s as a JSON string. The second result is -1, or the offset in s
// of invalid UTF-8; dst is then useless.
func (e *encoder) quote(dst, s []byte) ([]byte, int) {
	n := len(dst)
	if room := len(s) + quoteRoom; cap(dst)-n < room {
		if e.inParts(len(s)) {
			return e.quoteParts(dst, s)
		}
		if dst = e.grow(dst, room, len(s)); cap(dst)-len(dst) < room {
			return dst, -1 // it would be too long
		}
		n = len(dst)
	}
	buf := dst[:cap(dst)]
	buf[n] = '"'
	n++
	if e.escaping {
		return e.quoteEscaping(buf[:n], s)
	}
	var seen uint64 // all bytes of s, or-ed
	i := 0
	for ; len(s)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(s[i : i+8])
		if textcut.Breaks(w) != 0 {
			return e.escape(buf[:n+i], s, i)
		}
		seen |= w
		binary.LittleEndian.PutUint64(buf[n+i:n+i+8], w)
	}
	if rest := len(s) - i; rest > 0 {
		// s is a part of a document, so mostly more bytes follow it.
		var w uint64
		if tail := s[i:]; cap(tail) >= 8 {
			w = binary.LittleEndian.Uint64(tail[:8])
		} else {
			for k, b := range tail {
				w |= uint64(b) << (8 * k)
			}
		}
		mask := uint64(1)<<(8*rest) - 1
		if textcut.Breaks(w)&mask != 0 {
			return e.escape(buf[:n+i], s, i)
		}
		seen |= w & mask
		binary.LittleEndian.PutUint64(buf[n+i:n+i+8], w)
	}
	n += len(s)
	if seen&highs != 0 && !utf8.Valid(s) {
		return e.escape(buf[:n-len(s)], s, 0)
	}
	buf[n] = '"'
	return buf[:n+1], -1
}

// quoteEscaping continues after the opening quote if more characters than those
// of JSON are escaped.
func (e *encoder) quoteEscaping(dst, s []byte) ([]byte, int) {
	n := len(dst)
	buf := dst[:cap(dst)]
	i := 0
	for ; len(s)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(s[i:])
		if e.moreBreaks(w) != 0 {
			return e.escape(buf[:n+i], s, i)
		}
		binary.LittleEndian.PutUint64(buf[n+i:], w)
	}
	if rest := s[i:]; len(rest) > 0 {
		// s is part of a document: the bytes after it are copied but never part
		// of the result.
		var w uint64
		if cap(rest) >= 8 {
			w = binary.LittleEndian.Uint64(rest[:8])
		} else {
			for k, b := range rest {
				w |= uint64(b) << (8 * k)
			}
		}
		if e.moreBreaks(w)&(1<<(8*len(rest))-1) != 0 {
			return e.escape(buf[:n+i], s, i)
		}
		binary.LittleEndian.PutUint64(buf[n+i:], w)
	}
	n += len(s)
	buf[n] = '"'
	return buf[:n+1], -1
}

// moreBreaks is textcut.Breaks for strings in which characters above 0x7F end a run
// as well, and so do <, > and & if HTML is to be safe, and U+007F if control
// characters are escaped. Bits above the lowest one may be wrong.
func (e *encoder) moreBreaks(w uint64) uint64 {
	m := textcut.Breaks(w) | w&highs
	if e.html {
		// '<' and '>' differ in one bit.
		m |= ((((w | ones*0x02) ^ ones*'>') - ones) | ((w ^ ones*'&') - ones)) &^ w & highs
	}
	if e.controls {
		m |= ((w ^ ones*del) - ones) &^ w & highs
	}
	return m
}

// escape finishes the string that quote began: s[:i] is in dst, or is not if
// i is zero.
func (e *encoder) escape(dst, s []byte, i int) ([]byte, int) {
	if e.inParts(len(s)) {
		return e.quoteParts(dst[:len(dst)-i-1], s)
	}
	// quote may have copied the start of a character, or invalid UTF-8.
	if bad := bsoncore.IndexInvalidUTF8(s[:i]); bad >= 0 {
		dst = dst[:len(dst)-i+bad]
		i = bad
	}
	from := i // s[from:i] is plain and yet to be copied
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			how := escapes[c]
			if how == escNone || how == escHTML && !e.html || how == escDelete && !e.controls {
				i++
				continue
			}
			dst = append(dst, s[from:i]...)
			if how == escUnicode || how == escHTML || how == escDelete {
				dst = append(dst, '\\', 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15])
			} else {
				dst = append(dst, '\\', how)
			}
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			if !e.replace {
				return dst, i
			}
			if e.exact {
				e.c.Fail(ErrLossy)
			}
			dst = append(dst, s[from:i]...)
			if e.ascii {
				dst = appendUnicode(dst, utf8.RuneError)
			} else {
				dst = append(dst, "\uFFFD"...)
			}
		case e.ascii || e.lines && isSeparator(r) || e.controls && isControl(r):
			dst = append(dst, s[from:i]...)
			dst = appendUnicode(dst, r)
		default:
			i += size
			continue
		}
		i += size
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"'), -1
}

// isSeparator reports whether r ends a line in JavaScript, though not in JSON.
func isSeparator(r rune) bool { return r == '\u2028' || r == '\u2029' }

// isControl reports whether a terminal may obey r, a character above U+001F: a
// control character, a mark of direction or a separator.
func isControl(r rune) bool {
	return del <= r && r <= 0x9F || unicode.Is(unicode.Bidi_Control, r) || isSeparator(r)
}

// appendUnicode appends r as \uxxxx, or as a pair of them above U+FFFF.
func appendUnicode(dst []byte, r rune) []byte {
	if r > 0xFFFF {
		r -= 0x10000
		dst = appendUnicode(dst, 0xD800+r>>10)
		r = 0xDC00 + r&0x3FF
	}
	return append(dst, '\\', 'u', lowerHex[r>>12], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
}
