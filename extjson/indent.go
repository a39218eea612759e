package extjson

import (
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/scratch"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file changes the white space of existing text. It reads brackets, strings and
// numbers as JSON does, and copies the content of strings and the digits of
// numbers unchanged.
//
// It keeps a stack of its own and does not recurse. An indented line grows with
// the depth of the text, so depth is limited as in a conversion.

// Compact appends text to dst without the white space between its tokens and
// returns the longer slice. text is one JSON value, with white space or a byte
// order mark before it and white space after it; strings and numbers keep their
// spelling, and special keys have no meaning. dst may be nil and must not
// overlap text. On failure dst comes back at its old length, with a
// *SyntaxError or, past bson.DefaultMaxDepth containers, a *ValueError whose
// Offset counts bytes from the start of text.
func Compact(dst, text []byte) ([]byte, error) { return reformat(dst, text, "") }

// Indent is Compact, but puts each member on a line of its own, with one copy
// of indent per enclosing container. Wrappers such as {"$oid":"…"} stay on one
// line: the text is the one that AppendJSON writes with EncodeOptions.Indent.
// indent must consist of spaces and tabs, or the error is a *bson.OptionError;
// if it is empty, Indent is Compact.
func Indent(dst, text []byte, indent string) ([]byte, error) {
	if !isIndent(indent) {
		return dst, &bsoncore.OptionError{Option: "the indent of extjson.Indent", Value: strconv.Quote(indent)}
	}
	return reformat(dst, text, indent)
}

// A formatter lays out one text.
type formatter struct {
	d      decoder // reads the tokens
	indent string
	open   []bracket
	level  int // brackets open that are not inline
}

// A bracket is an object or array that is open.
type bracket struct {
	object bool
	inline bool // all of it stays on one line
	key    int  // offset in the text of the current key's quote
	index  int  // of the current element
}

func reformat(dst, text []byte, indent string) ([]byte, error) {
	var f formatter
	f.d.init(&DecodeOptions{})
	f.d.reset(text)
	f.indent = indent
	var room [16]bracket
	f.open = room[:0]
	if scratch.Full(dst) {
		return scratch.Append(dst, f.whole)
	}
	return f.whole(dst)
}

// whole writes the value that is all of the text.
func (f *formatter) whole(dst []byte) ([]byte, error) {
	text := f.d.src
	n := len(dst)
	f.d.start, f.d.all = n, len(text)
	dst, off := f.text(dst, f.d.space(textcut.SkipMark(text)))
	if off >= 0 {
		if off = f.d.space(off); off == len(text) {
			return dst, nil
		}
		f.d.fail(off, ErrTrailing, "")
	}
	f.unwind()
	return dst[:n], f.d.error(position{})
}

// lineRoom is enough, in bytes, for most members and their line breaks. Without it they
// would have dst grown by append, without a guess.
const lineRoom = 128

// text writes the value at off, including its content.
func (f *formatter) text(dst []byte, off int) ([]byte, int) {
	for off >= 0 {
		if cap(dst)-len(dst) < lineRoom {
			dst = f.d.grow(dst, lineRoom, off)
		}
		dst, off = f.value(dst, off)
		for off >= 0 {
			if len(f.open) == 0 {
				return dst, off
			}
			var more bool
			if dst, off, more = f.after(dst, f.d.space(off)); more {
				break
			}
		}
	}
	return dst, off
}

// value writes the token that starts the value at off, or all of an empty
// container, and for an object its first key. A container with members stays
// open, and another value follows.
func (f *formatter) value(dst []byte, off int) ([]byte, int) {
	for {
		src := f.d.src
		if off >= len(src) {
			return dst, f.d.fail(off, ErrTruncated, "")
		}
		if c := src[off]; c != '{' && c != '[' {
			return f.scalar(dst, off)
		}
		if f.level >= bsoncore.DefaultMaxDepth || len(f.open) >= bsoncore.DepthCeiling {
			return dst, f.d.fail(off, bsoncore.ErrDepth, "")
		}
		object := src[off] == '{'
		dst = append(dst, src[off])
		closing := src[off] + 2 // ASCII has it so
		if off = f.d.space(off + 1); off < len(src) && src[off] == closing {
			return append(dst, closing), off + 1
		}
		f.open = append(f.open, bracket{object: object, inline: f.staysInline()})
		if !f.top().inline {
			f.level++
		}
		if object {
			if dst, off = f.key(dst, off); off < 0 {
				return dst, off
			}
			continue
		}
		dst = f.newline(dst)
	}
}

func (f *formatter) top() *bracket { return &f.open[len(f.open)-1] }

// staysInline reports whether a container opened now is part of a wrapper.
func (f *formatter) staysInline() bool {
	if len(f.open) == 0 || !f.top().inline {
		return false
	}
	const scope = `"$scope"`
	at := f.top().key
	return !f.top().object || len(f.d.src)-at < len(scope) || string(f.d.src[at:at+len(scope)]) != scope
}

// after writes what follows a value in a container: a comma and perhaps a
// key, and then there is more, or the bracket that closes it.
func (f *formatter) after(dst []byte, off int) (out []byte, end int, more bool) {
	src, b := f.d.src, f.top()
	closing, expected := byte(']'), "comma or ]"
	if b.object {
		closing, expected = '}', "comma or }"
	}
	switch {
	case off < len(src) && src[off] == ',':
		dst = append(dst, ',')
		b.index++
		off = f.d.space(off + 1)
		if b.object {
			dst, off = f.key(dst, off)
			return dst, off, true
		}
		return f.newline(dst), off, true
	case off < len(src) && src[off] == closing:
		inline := b.inline
		f.open = f.open[:len(f.open)-1]
		if !inline {
			f.level--
			dst = f.line(dst)
		}
		return append(dst, closing), off + 1, false
	}
	return dst, f.d.fail(off, ErrToken, expected), false
}

// newline begins a line, unless all is to stay on this one.
func (f *formatter) newline(dst []byte) []byte {
	if f.top().inline {
		return dst
	}
	return f.line(dst)
}

// line begins a line, if the text has lines.
func (f *formatter) line(dst []byte) []byte {
	if f.indent == "" {
		return dst
	}
	return appendLine(dst, f.indent, f.level)
}

// key writes a key, its colon, and the line break before it. The first key
// of an object tells whether it is a wrapper.
func (f *formatter) key(dst []byte, off int) ([]byte, int) {
	if off >= len(f.d.src) || f.d.src[off] != '"' {
		return dst, f.d.fail(off, ErrToken, "a key")
	}
	b := f.top()
	b.key = off
	name, end := f.d.chars(dst, off+1)
	if end < 0 {
		return dst, end
	}
	if name = name[len(dst):]; b.index == 0 && len(f.open) > 1 && !b.inline && lookupSpecial(name) != notSpecial {
		b.inline = true
		f.level--
	}
	dst = append(f.newline(dst), f.d.src[off:end]...)
	dst = append(dst, ':')
	if f.indent != "" && !b.inline {
		dst = append(dst, ' ')
	}
	return dst, f.d.colon(end)
}

// scalar copies a value that is not a container.
func (f *formatter) scalar(dst []byte, off int) ([]byte, int) {
	d, end := &f.d, -1
	switch c := d.src[off]; {
	case c == '"':
		// The characters are checked in the spare capacity of dst, and
		// overwritten later.
		var out []byte
		if out, end = d.chars(dst, off+1); cap(out) > cap(dst) {
			dst = out[:len(dst)] // it has grown
		}
	case c == 't':
		end = d.literal(off, "true")
	case c == 'f':
		end = d.literal(off, "false")
	case c == 'n':
		end = d.literal(off, "null")
	case c == '-' || c-'0' < 10:
		var ok bool
		if _, end, ok = numtext.Scan(d.src, off); !ok {
			end = d.fail(end, ErrNumber, "a digit")
		}
	default:
		end = d.fail(off, ErrToken, "a value")
	}
	if end < 0 {
		return dst, end
	}
	return append(dst, d.src[off:end]...), end
}

// unwind notes the path to the fault.
func (f *formatter) unwind() {
	for i := len(f.open) - 1; i >= 0; i-- {
		b := f.open[i]
		if !b.object {
			f.d.path = append(f.d.path, strconv.Itoa(b.index))
			continue
		}
		scratch := f.d
		if key, end := scratch.chars(nil, b.key+1); end >= 0 {
			f.d.path = append(f.d.path, string(key))
		}
	}
}
