package textcut

import (
	"bytes"
	"strings"
)

// This file alone decides which bytes mean nothing: white space, a byte order
// mark at the start of the text and, in the shell's text, comments.

// byteOrderMark is what SkipMark skips.
const byteOrderMark = "\uFEFF"

// MaxComment is the longest comment, in bytes, with both its ends. It detects a
// comment without an end before the whole comment is in memory.
const MaxComment = 16 << 20

// SkipMark returns the offset past a byte order mark at the start of text.
func SkipMark(text []byte) int {
	if len(text) >= len(byteOrderMark) && string(text[:len(byteOrderMark)]) == byteOrderMark {
		return len(byteOrderMark)
	}
	return 0
}

// MarkOpen reports whether text is too short to tell whether a byte order mark
// is at its start.
func MarkOpen(text []byte) bool {
	return len(text) < len(byteOrderMark) && strings.HasPrefix(byteOrderMark, string(text))
}

// SkipBlanks returns the offset of the first byte at or after off that is not
// white space.
func SkipBlanks(text []byte, off int) int {
	for off < len(text) && (text[off] == ' ' || text[off] == '\n' || text[off] == '\r' || text[off] == '\t') {
		off++
	}
	return off
}

// A Gap reads the bytes between two tokens. It remembers how far a comment has
// been searched for its end, so a comment that arrives in portions is searched
// once, and so is text with several comments without an end. The zero Gap is
// for JSON, which has no comments.
type Gap struct {
	shell bool

	// The bytes that do not have the end of a comment, except the end of the
	// comment at their start: text[from:to] has no ending.
	from, to int
	ending   string
}

// NewGap returns a Gap for text that is the shell's or JSON.
func NewGap(shell bool) Gap { return Gap{shell: shell} }

// A Stop says what is at the end of a gap.
type Stop uint8

const (
	AtToken   Stop = iota // another byte, or the end of the text
	AtSlash               // a slash at the end of the text, of a comment or not
	InLine                // a comment up to the end of its line, which is not in the text
	InComment             // a comment up to its mark, which is not in the text
	TooLong               // a comment that is longer than MaxComment
)

// Skip returns the offset of the first byte at or after off that is neither
// white space nor in a comment, or that of the slash of a comment that does not
// end in text, and says which it is. A text with more bytes may be passed again.
func (g *Gap) Skip(text []byte, off int) (at int, stop Stop) {
	for {
		off = SkipBlanks(text, off)
		if !g.shell || off == len(text) || text[off] != '/' {
			return off, AtToken
		}
		end, stop := g.comment(text, off)
		if end == off {
			return off, stop
		}
		off = end
	}
}

// comment returns the offset past the comment at off, where there is a slash, or
// off and the reason why there is no such offset.
func (g *Gap) comment(text []byte, off int) (end int, stop Stop) {
	var ending string
	switch {
	case len(text)-off < 2:
		return off, AtSlash
	case text[off+1] == '/':
		ending, stop = "\n", InLine
	case text[off+1] == '*':
		ending, stop = "*/", InComment
	default:
		return off, AtToken
	}
	comment := text[off:min(off+MaxComment, len(text))]
	seen := len("/*")
	if g.ending == ending && g.from <= off && off < g.to {
		seen = min(max(seen, g.to+1-len(ending)-off), len(comment))
	}
	if n := bytes.Index(comment[seen:], []byte(ending)); n >= 0 {
		return off + seen + n + len(ending), AtToken
	}
	g.from, g.to, g.ending = off, off+len(comment), ending
	if len(comment) == MaxComment {
		stop = TooLong
	}
	return off, stop
}

// Move tells g that n bytes at the start of the text have been dropped.
func (g *Gap) Move(n int) { g.from, g.to = g.from-n, g.to-n }

// StartsComment reports whether a comment starts at the start of text, if text
// is the shell's.
func StartsComment(text []byte) bool {
	return len(text) >= 2 && text[0] == '/' && (text[1] == '/' || text[1] == '*')
}
