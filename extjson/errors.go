package extjson

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sentinel"
)

// The sentinels that errors of this package match with errors.Is, beside
// those of package bson: ErrUTF8, ErrDepth, ErrKeyNUL and ErrTooLarge.
// ErrTruncated, ErrTrailing, ErrRange and ErrInexact match the sentinels of
// package bson with these names as well.
var (
	// ErrTruncated: the text ends inside a document. It matches
	// io.ErrUnexpectedEOF as well.
	ErrTruncated = sentinel.New("text ends too early", bsoncore.ErrTruncated)
	// ErrTrailing: something other than white space follows the document.
	ErrTrailing = sentinel.New("text after the end of the document", bsoncore.ErrTrailing)
	// ErrToken: JSON does not allow a character in its place.
	ErrToken = errors.New("unexpected character")
	// ErrControl: a control character stands unescaped in a string.
	ErrControl = errors.New("control character in a string")
	// ErrEscape: a backslash does not begin an escape sequence.
	ErrEscape = errors.New("invalid escape")
	// ErrSurrogate: an escape is half of a surrogate pair without the other.
	ErrSurrogate = errors.New("lone surrogate")
	// ErrNumber: the spelling of a number is not that of JSON or of its
	// wrapper.
	ErrNumber = errors.New("invalid number")
	// ErrRange: a number does not fit the type that holds it.
	ErrRange = sentinel.New("number is out of range", bson.ErrRange)
	// ErrDigits: a decimal has more than 34 digits. It also matches ErrRange.
	ErrDigits = sentinel.New("decimal has more than 34 digits", ErrRange)
	// ErrInexact: an integer would change its value; see RejectInexact.
	ErrInexact = sentinel.New("integer is not exact as a double", bson.ErrInexact)
	// ErrNumberLen: a number is longer than MaxNumberLen.
	ErrNumberLen = errors.New("number is too long")
	// ErrCommentLen: a comment of the shell's syntax is longer than 16 MiB.
	ErrCommentLen = errors.New("comment is too long")
	// ErrWrapper: a special key such as $oid is beside another key, is
	// repeated, lacks its second key, or has a value of the wrong type.
	ErrWrapper = errors.New("misplaced special key")
	// ErrWrapperText: the text in a wrapper is not valid for its key.
	ErrWrapperText = errors.New("invalid value of a special key")
	// ErrRelaxed: the text is not canonical; see CanonicalOnly.
	ErrRelaxed = errors.New("text is not canonical")
	// ErrEvaluate: the value of shell text depends on the time, the time zone
	// or chance, such as new Date().
	ErrEvaluate = errors.New("value needs evaluation")
	// ErrAmbiguous: a stored document has a special key of its own; see
	// EncodeOptions.AmbiguousKeys.
	ErrAmbiguous = errors.New("key is special in Extended JSON")
	// ErrLossy: the text would not convert back to the same bytes; see
	// EncodeOptions.RejectLossy.
	ErrLossy = errors.New("text cannot keep every bit")
	// ErrPlain: a value has no form in Mode Plain; see EncodeOptions.Lossy. It
	// also matches ErrLossy.
	ErrPlain = sentinel.New("value has no form in plain JSON", ErrLossy)
)

// A SyntaxError reports text that is not Extended JSON, with its place.
type SyntaxError struct {
	Offset   int64  // byte at fault, from the start of the input
	Line     int64  // of that byte, from 1
	Column   int64  // of that byte in its line, in bytes, from 1
	Pointer  string // JSON Pointer of the value at fault; "" is the document
	Expected string // what was expected at that place, for people; may be empty
	Excerpt  string // the text before the byte on its line, at most 40 bytes
	Err      error  // one of the sentinels
}

// Error describes e with its place. The text is not promised.
func (e *SyntaxError) Error() string { return "extjson: " + e.describe() }

// Unwrap returns e.Err.
func (e *SyntaxError) Unwrap() error { return e.Err }

func (e *SyntaxError) describe() string {
	s := fmt.Sprintf("line %d column %d (offset %d)", e.Line, e.Column, e.Offset)
	if e.Pointer != "" {
		s += " (" + e.Pointer + ")"
	}
	s += ": " + e.Err.Error()
	if e.Expected != "" {
		s += ", expected " + e.Expected
	}
	return s
}

// A ValueError reports well-formed text that has no BSON value, or that an
// option or a limit rejects, with its place. Its fields are those of
// SyntaxError.
type ValueError SyntaxError

// Error describes e with its place. The text is not promised.
func (e *ValueError) Error() string { return "extjson: " + (*SyntaxError)(e).describe() }

// Unwrap returns e.Err.
func (e *ValueError) Unwrap() error { return e.Err }

// refusals are the sentinels that make a *ValueError; the others are about
// syntax.
var refusals = map[error]bool{
	ErrRange: true, ErrDigits: true, ErrInexact: true, ErrNumberLen: true, ErrCommentLen: true, ErrRelaxed: true, ErrEvaluate: true,
	bsoncore.ErrDepth: true, bsoncore.ErrTooLarge: true, bsoncore.ErrKeyNUL: true,
}

// faultIn completes e, whose Offset is in text and whose Err is a sentinel. at
// is where text starts in the input.
func faultIn(e SyntaxError, text []byte, at position) error {
	at.advance(text[:e.Offset])
	e.Offset, e.Line, e.Column = at.offset, at.line+1, at.column+1
	if refusals[e.Err] {
		v := ValueError(e)
		return &v
	}
	return &e
}

// excerpt returns the text before text[off] on its line: at most 40 bytes, none
// before text[from], cut between characters. Invalid UTF-8 becomes U+FFFD. The
// text after text[off] is omitted, because in a stream it may not have arrived.
func excerpt(text []byte, from, off int) string {
	const room = 40
	to := off
	if off < len(text) && text[off] > ' ' && text[off] < utf8.RuneSelf {
		to++
	}
	if to-room > from {
		for from = to - room; from < off && !utf8.RuneStart(text[from]); from++ {
		}
	}
	if n := bytes.LastIndexByte(text[from:off], '\n'); n >= 0 {
		from += n + 1
	}
	return strings.ToValidUTF8(string(text[from:to]), "\uFFFD")
}

// A position is a place in a text. The zero position is its start.
type position struct {
	offset int64 // bytes before it
	line   int64 // line feeds before it
	column int64 // bytes between it and the line feed before it
}

// advance moves p past text.
func (p *position) advance(text []byte) {
	p.offset += int64(len(text))
	if n := bytes.Count(text, []byte{'\n'}); n > 0 {
		p.line += int64(n)
		p.column = int64(len(text) - bytes.LastIndexByte(text, '\n') - 1)
	} else {
		p.column += int64(len(text))
	}
}
