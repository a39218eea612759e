// Package oneline makes any text fit to be part of one line on a terminal.
package oneline

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// ellipsis replaces the removed middle of a text.
const ellipsis = "…"

// Clean returns s without characters that could end the line or control the
// terminal: control characters, line separators and marks of direction become
// Go escapes, and bytes that are not UTF-8 become \xff. If the result would be
// longer than limit bytes, an ellipsis replaces its middle. limit is at least the
// length of the ellipsis, 3.
func Clean(s string, limit int) string {
	// The middle is not shown, so it is not escaped: s may be megabytes.
	if len(s) > 2*limit {
		return cut(Escape(s[:limit]), Escape(s[len(s)-limit:]), limit)
	}
	clean := Escape(s)
	if len(clean) <= limit {
		return clean
	}
	return cut(clean, clean, limit)
}

// cut returns the start of head and the end of tail, limit bytes together. Each of
// them has as many bytes at least.
func cut(head, tail string, limit int) string {
	half := (limit - len(ellipsis)) / 2
	end := half
	for !utf8.RuneStart(head[end]) {
		end--
	}
	start := len(tail) - half
	for start < len(tail) && !utf8.RuneStart(tail[start]) {
		start++
	}
	return head[:end] + ellipsis + tail[start:]
}

// Escape is Clean without a limit.
func Escape(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x`)
			b.WriteString(strconv.FormatUint(uint64(s[0]), 16))
		case Printable(r):
			b.WriteString(s[:n])
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
		s = s[n:]
	}
	return b.String()
}

func plain(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !Printable(r) {
			return false
		}
	}
	return true
}

// Printable reports whether r is printed as it is. Format characters such as
// U+202E could change how a line is read.
func Printable(r rune) bool {
	if r < utf8.RuneSelf { // the tables need not be searched
		return r >= ' ' && r != '\x7f'
	}
	return !unicode.Is(unicode.C, r) && r != '\u2028' && r != '\u2029'
}

// EscapeJSON returns line, a line of JSON, with escapes for characters that JSON
// allows in strings and a terminal should not get. It returns line itself if there
// are none.
func EscapeJSON(line []byte) []byte {
	// Most lines are ASCII.
	plain := slices.IndexFunc(line, func(c byte) bool { return c >= '\x7f' })
	if plain < 0 || !bytes.ContainsFunc(line[plain:], func(r rune) bool { return r >= ' ' && !Printable(r) }) {
		return line
	}
	var dst []byte
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		switch high, low := utf16.EncodeRune(r); {
		case r < ' ' || Printable(r): // strings have no characters below a blank: it is the end of the line
			dst = append(dst, line[:n]...)
		case high == utf8.RuneError:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		}
		line = line[n:]
	}
	return dst
}
