package extjson

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file reads strings, literals and white space. Numbers are
// numtext.Scan's.

// space returns the offset of the first byte at or after off that is not
// white space.
//
// NOTE: the case without white space, and one call, so that it inlines;
// TestScalarInline lists it.
func (d *decoder) space(off int) int {
	if off < len(d.src) && d.src[off] > '/' {
		return off
	}
	return d.blanks(off)
}

// blanks is space for text that may have white space.
func (d *decoder) blanks(off int) int {
	// Most of the time there is at most one space.
	if len(d.src)-off >= 2 {
		at := off
		if d.src[at] == ' ' {
			at++
		}
		if c := d.src[at]; c > ' ' && c != '/' {
			return at
		}
	}
	off, stop := d.gap.Skip(d.src, off)
	if stop == textcut.InLine {
		return len(d.src) // the comment ends with the text
	}
	return off
}

// literal checks that word stands at off and returns the offset past it.
func (d *decoder) literal(off int, word string) int {
	src := d.src[off:]
	if len(src) >= len(word) && string(src[:len(word)]) == word {
		return off + len(word)
	}
	n := 0
	for n < len(src) && src[n] == word[n] {
		n++
	}
	return d.fail(off+n, ErrToken, word)
}

// key reads a key, its closing quote and the colon after it, and writes the key
// with its NUL; off is past the opening quote. It returns the offset of the
// value.
func (d *decoder) key(dst []byte, off int) ([]byte, int) {
	// Most keys are a word or two of plain ASCII, with a colon and a value
	// directly after the quote.
	src, n := d.src, len(dst)
	for i := off; len(src)-i > 9 && cap(dst)-n >= memberRoom; i += 8 {
		w := binary.LittleEndian.Uint64(src[i : i+8])
		m := textcut.Breaks(w)
		if m == 0 {
			if w&highs != 0 {
				break
			}
			binary.LittleEndian.PutUint64(dst[n:n+8], w)
			n += 8
			continue
		}
		k := textcut.FirstBreak(m) & 7
		w &= 1<<(8*k&63) - 1
		if w&highs != 0 || src[i+k] != '"' {
			break
		}
		binary.LittleEndian.PutUint64(dst[n:n+8], w)
		if src[i+k+1] != ':' || src[i+k+2] <= ' ' {
			return dst[:n+k+1], d.colon(i + k + 1)
		}
		return dst[:n+k+1], i + k + 2
	}
	return d.longKey(dst, off)
}

// longKey reads any key, as key does.
func (d *decoder) longKey(dst []byte, off int) ([]byte, int) {
	if cap(dst)-len(dst) < memberRoom {
		dst = d.grow(dst, memberRoom, off)
	}
	dst, end := d.name(dst, off)
	if end < 0 {
		return dst, end
	}
	dst = append(dst, 0)
	return dst, d.colon(end)
}

// colon reads a colon and the white space around it.
func (d *decoder) colon(end int) int {
	src := d.src
	if end < len(src) && src[end] <= d.blank {
		end = d.space(end)
	}
	if end >= len(src) || src[end] != ':' {
		return d.fail(end, ErrToken, "a colon")
	}
	end++
	if end < len(src) && src[end] <= d.blank {
		end = d.space(end)
	}
	return end
}

// anyKey is key for a key in any spelling; off is its start.
func (d *decoder) anyKey(dst []byte, off int) ([]byte, int) {
	if off < len(d.src) && d.src[off] == '"' {
		return d.key(dst, off+1)
	}
	if d.shell {
		return d.shellKey(dst, off)
	}
	return dst, d.fail(off, ErrToken, "a key")
}

// quoteAt reports whether a string begins at off.
func (d *decoder) quoteAt(off int) bool {
	return off < len(d.src) && (d.src[off] == '"' || d.shell && d.src[off] == '\'')
}

// name reads the characters of a string without NUL.
func (d *decoder) name(dst []byte, off int) ([]byte, int) {
	dst, end := d.chars(dst, off)
	if d.nul >= off && end >= 0 {
		return dst, d.fail(d.nul, bsoncore.ErrKeyNUL, "")
	}
	return dst, end
}

// stringValue reads a string and writes it as the value of one; off is past
// the opening quote.
func (d *decoder) stringValue(dst []byte, off int) ([]byte, int) {
	dst, mark := bsoncore.Begin(dst)
	if dst, off = d.chars(dst, off); off < 0 {
		return dst, off
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, mark)
	return dst, off
}

// chars reads the characters of a string up to its closing quote and writes
// them; off is past the opening one. Plain characters are copied eight at a
// time; UTF-8 is checked at the end, and only after a high bit.
func (d *decoder) chars(dst []byte, off int) ([]byte, int) {
	src := d.src
	if d.shell && src[off-1] == '\'' {
		return d.singleQuoted(dst, off)
	}
	from, start := len(dst), off
	var seen uint64 // all bytes copied, or-ed
	for {
		n := len(dst)
		buf := dst[:cap(dst)]
		for {
			if len(buf)-n < 8 {
				if n > d.most {
					return buf[:n], d.tooLarge(off)
				}
				buf = d.grow(buf[:n], 8, off)
				buf = buf[:cap(buf)]
			}
			var w uint64
			if len(src)-off >= 8 {
				w = binary.LittleEndian.Uint64(src[off : off+8])
			} else {
				// The missing bytes are zero, which Breaks finds.
				for k, b := range src[off:] {
					w |= uint64(b) << (8 * k)
				}
			}
			binary.LittleEndian.PutUint64(buf[n:n+8], w)
			if m := textcut.Breaks(w); m != 0 {
				k := textcut.FirstBreak(m)
				seen |= w & (1<<(8*k&63) - 1)
				n += k
				off += k
				break
			}
			seen |= w
			n += 8
			off += 8
		}
		dst = buf[:n]
		switch {
		case off >= len(src):
			return dst, d.fail(off, ErrTruncated, "")
		case src[off] == '"':
			if seen&highs != 0 && !utf8.Valid(dst[from:]) {
				return d.repair(dst, from, start, off)
			}
			return dst, off + 1
		case src[off] == '\\':
			if dst, off = d.unescape(dst, off); off < 0 {
				return dst, off
			}
		default:
			return dst, d.fail(off, ErrControl, `an escape`)
		}
	}
}

// memberRoom is enough, in bytes, for a short key of a member, and its value if that has
// a fixed length. Without it the value would have dst grown by append, without a guess.
const memberRoom = 64

// grow returns dst with room for n bytes more; the text has been read up to off. It
// guesses the room for the rest of the text.
//
//go:noinline
func (d *decoder) grow(dst []byte, n, off int) []byte {
	return scratch.Grow(dst, n, d.start, off, d.all)
}

// repair replaces or rejects the invalid UTF-8 of the string in dst[from:],
// which was read from src[start:end].
func (d *decoder) repair(dst []byte, from, start, end int) ([]byte, int) {
	if !d.replace {
		// Escapes are ASCII, so the fault has the same place in the source.
		return dst, d.fail(start+bsoncore.IndexInvalidUTF8(d.src[start:end]), bsoncore.ErrUTF8, "")
	}
	broken := bytes.Clone(dst[from:])
	dst = dst[:from]
	for len(broken) > 0 {
		r, n := utf8.DecodeRune(broken)
		dst = utf8.AppendRune(dst, r)
		broken = broken[n:]
	}
	return dst, end + 1
}

// unescape reads the escape whose backslash is at off.
func (d *decoder) unescape(dst []byte, off int) ([]byte, int) {
	src := d.src
	if off+1 >= len(src) {
		return dst, d.fail(off+1, ErrTruncated, "")
	}
	c := src[off+1]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		if d.shell && off+2 < len(src) && src[off+2] == '{' {
			return d.codePoint(dst, off)
		}
		return d.unescapeUnicode(dst, off)
	default:
		if d.shell {
			return d.shellEscape(dst, off)
		}
		return dst, d.fail(off+1, ErrEscape, `one of "\/bfnrtu`)
	}
	return append(dst, c), off + 2
}

// unescapeUnicode reads \uxxxx at off, or a pair of them.
func (d *decoder) unescapeUnicode(dst []byte, off int) ([]byte, int) {
	r, end := d.hex4(off + 2)
	if end < 0 {
		return dst, end
	}
	if r&^0x7FF == 0xD800 {
		low := rune(0)
		if r < 0xDC00 && d.startsUnicode(end) {
			var after int
			if low, after = d.hex4(end + 2); after < 0 {
				return dst, after
			}
			if low&^0x3FF == 0xDC00 {
				r = 0x10000 + (r-0xD800)<<10 + (low - 0xDC00)
				return utf8.AppendRune(dst, r), after
			}
		}
		if d.err != nil {
			return dst, -1
		}
		if !d.replace {
			return dst, d.fail(off, ErrSurrogate, "a surrogate pair")
		}
	}
	if r == 0 {
		d.nul = off
	}
	return utf8.AppendRune(dst, r), end // U+FFFD for a surrogate
}

// startsUnicode reports whether \u is at off. If the text ends too early to
// tell, it records the fault.
func (d *decoder) startsUnicode(off int) bool {
	for _, c := range []byte(`\u`) {
		if off >= len(d.src) {
			d.fail(off, ErrTruncated, "")
			return false
		}
		if d.src[off] != c {
			return false
		}
		off++
	}
	return true
}

// hex4 reads four hexadecimal digits.
func (d *decoder) hex4(off int) (rune, int) {
	var r rune
	for range 4 {
		if off >= len(d.src) {
			return 0, d.fail(off, ErrTruncated, "")
		}
		v := hexValues[d.src[off]]
		if v == 0 {
			return 0, d.fail(off, ErrEscape, "four hexadecimal digits")
		}
		r = r<<4 | rune(v-1)
		off++
	}
	return r, off
}

// hexValues is the value of each hexadecimal digit, plus one; zero is no
// digit.
var hexValues = func() (t [256]uint8) {
	for i := range 10 {
		t['0'+i] = uint8(i + 1)
	}
	for i := range 6 {
		t['a'+i] = uint8(i + 11)
		t['A'+i] = uint8(i + 11)
	}
	return t
}()
