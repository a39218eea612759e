package extjson

import (
	"unicode"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/shelltext"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file reads and writes the parts of the shell's syntax that are not
// calls: keys without quotes, strings in single quotes, their
// escapes, and regex literals. read_shell_call.go has the rest. The decoder calls
// it at the few places where the syntax departs from JSON's, and only if
// DecodeOptions.Shell is set. Source: ECMAScript 2023, "Lexical Grammar".

// openComment returns the fault of the comment at the start of text, which does
// not end in text.
func openComment(text []byte) (expected string, err error) {
	if len(text) >= textcut.MaxComment {
		return "the end of the comment within 16 MiB", ErrCommentLen
	}
	return "*/ at the end of the comment", ErrTruncated
}

// tokenOpen reports whether the end of the text may cut a word or the start of
// a comment that begins at off.
func (d *decoder) tokenOpen(off int) bool {
	rest := d.src[off:]
	if len(rest) > 64 {
		return false
	}
	for _, c := range rest {
		if !identLetters[c] && c != '.' && c != '/' && c != '-' && c < utf8.RuneSelf {
			return false
		}
	}
	return true
}

// mayBeSpecial reports whether a key that begins at off can be special.
func (d *decoder) mayBeSpecial(off int) bool {
	c, next := d.src[off], d.src[off+1]
	return c == '$' || c == '\'' && (next == '$' || next == '\\')
}

// shellKey reads a key without double quotes, and the colon after it.
func (d *decoder) shellKey(dst []byte, off int) ([]byte, int) {
	if off >= len(d.src) {
		return dst, d.fail(off, ErrTruncated, "")
	}
	end := off
	switch c := d.src[off]; {
	case c == '\'':
		if dst, end = d.name(dst, off+1); end < 0 {
			return dst, end
		}
	case c-'0' < 10:
		for end < len(d.src) && d.src[end]-'0' < 10 {
			end++
		}
		if c == '0' && end > off+1 {
			return dst, d.fail(off+1, ErrToken, "a colon")
		}
		dst = append(dst, d.src[off:end]...)
	default:
		if end = d.identifier(off); end == off {
			return dst, d.fail(off, ErrToken, "a key")
		}
		dst = append(dst, d.src[off:end]...)
	}
	return append(dst, 0), d.colon(end)
}

// identLetters are the ASCII characters of identifiers.
var identLetters = func() (t [256]bool) {
	for c := range t {
		t[c] = c == '$' || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
	}
	return t
}()

// identifier returns the offset past the identifier at off, or off if there is
// no identifier.
func (d *decoder) identifier(off int) int {
	src := d.src
	if off < len(src) && src[off]-'0' < 10 {
		return off
	}
	end := off
	for end < len(src) {
		if identLetters[src[end]] {
			end++
			continue
		}
		if src[end] < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRune(src[end:])
		if !unicode.IsLetter(r) && !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc) {
			break
		}
		end += n
	}
	return end
}

// shellValue reads a value that JSON does not have, or a comment and the value
// after it.
func (d *decoder) shellValue(dst []byte, off, mark int) ([]byte, int) {
	if len(d.src)-off >= usualLead {
		if out, end := d.usual(dst, off, mark); end > 0 {
			return out, end
		}
	}
	if at := d.space(off); at != off {
		return d.value(dst, at, mark)
	}
	switch c := d.src[off]; {
	case c == '\'':
		bsoncore.SetType(dst, mark, bsoncore.TypeString)
		return d.stringValue(dst, off+1)
	case c == '.' || c == '+':
		return d.shellNumber(dst, off, mark)
	case c == '/' && !textcut.StartsComment(d.src[off:]):
		return d.regexLiteral(dst, off, mark)
	case d.identifier(off) > off:
		return d.shellWord(dst, off, mark)
	}
	return dst, d.fail(off, ErrToken, "a value")
}

// regexLiteral reads /pattern/options.
func (d *decoder) regexLiteral(dst []byte, off, mark int) ([]byte, int) {
	start := off + 1
	n := shelltext.RegexLen(d.src[start:])
	if n < 0 {
		return dst, d.fail(len(d.src), ErrTruncated, "")
	}
	end := start + n
	if end >= len(d.src) || d.src[end] != '/' || end == start {
		return dst, d.fail(end, ErrToken, "/ at the end of the regex")
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeRegex)
	n = len(dst)
	dst = append(dst, d.src[start:end]...)
	if !utf8.Valid(dst[n:]) {
		var ok int
		if dst, ok = d.repair(dst, n, start, end); ok < 0 {
			return dst, ok
		}
	}
	dst = append(dst, 0)
	start = end + 1
	end = start
	for end < len(d.src) && d.src[end]|0x20 >= 'a' && d.src[end]|0x20 <= 'z' {
		end++
	}
	if end < len(d.src) && d.identifier(end) > end || end < len(d.src) && d.src[end]-'0' < 10 {
		return dst, d.fail(end, ErrToken, "letters")
	}
	return append(append(dst, sortedOptions(d.src[start:end])...), 0), end
}

// singleQuoted is chars for a string in single quotes.
func (d *decoder) singleQuoted(dst []byte, off int) ([]byte, int) {
	src := d.src
	from, start := len(dst), off
	var seen byte // all bytes copied, or-ed
	for {
		i := off
		for i < len(src) && src[i] >= ' ' && src[i] != '\'' && src[i] != '\\' {
			seen |= src[i]
			i++
		}
		dst = append(dst, src[off:i]...)
		off = i
		switch {
		case off >= len(src):
			return dst, d.fail(off, ErrTruncated, "")
		case src[off] == '\'':
			if seen >= utf8.RuneSelf && !utf8.Valid(dst[from:]) {
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

// shellEscape reads an escape at off that JSON does not have. A backslash
// before a letter or digit without a meaning is a fault, although JavaScript
// drops the backslash: "\d" was probably not meant as "d".
func (d *decoder) shellEscape(dst []byte, off int) ([]byte, int) {
	src := d.src
	switch c := src[off+1]; {
	case c == 'v':
		return append(dst, '\v'), off + 2
	case c == '0':
		if off+2 >= len(src) {
			return dst, d.fail(off+2, ErrTruncated, "")
		}
		if src[off+2]-'0' < 10 {
			break
		}
		d.nul = off
		return append(dst, 0), off + 2
	case c == 'x':
		return d.hexEscape(dst, off)
	case c == '\n':
		return dst, off + 2
	case c == '\r':
		if off+2 < len(src) && src[off+2] == '\n' {
			off++
		}
		return dst, off + 2
	case c > ' ' && c < utf8.RuneSelf && !identLetters[c]:
		return append(dst, c), off + 2
	}
	return dst, d.fail(off+1, ErrEscape, `a JavaScript escape`)
}

// hexEscape reads \xhh, a character up to U+00FF.
func (d *decoder) hexEscape(dst []byte, off int) ([]byte, int) {
	var r rune
	for i := off + 2; i < off+4; i++ {
		if i >= len(d.src) {
			return dst, d.fail(i, ErrTruncated, "")
		}
		v := hexValues[d.src[i]]
		if v == 0 {
			return dst, d.fail(i, ErrEscape, "two hexadecimal digits")
		}
		r = r<<4 | rune(v-1)
	}
	if r == 0 {
		d.nul = off
	}
	return utf8.AppendRune(dst, r), off + 4
}

// codePoint reads \u{x} with one to six hexadecimal digits.
func (d *decoder) codePoint(dst []byte, off int) ([]byte, int) {
	var r rune
	i := off + 3
	for ; i < len(d.src) && hexValues[d.src[i]] != 0 && r <= utf8.MaxRune; i++ {
		r = r<<4 | rune(hexValues[d.src[i]]-1)
	}
	switch {
	case i >= len(d.src):
		return dst, d.fail(i, ErrTruncated, "")
	case d.src[i] != '}' || i == off+3 || r > utf8.MaxRune:
		return dst, d.fail(i, ErrEscape, "a code point in braces")
	case r&^0x7FF == 0xD800 && !d.replace:
		return dst, d.fail(off, ErrSurrogate, "a code point that is not a surrogate")
	case r == 0:
		d.nul = off
	}
	return utf8.AppendRune(dst, r), i + 1 // U+FFFD for a surrogate
}
