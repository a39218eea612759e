package tabular

import (
	"bytes"
	"errors"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/sentinel"
)

// This file splits text into rows and fields, as RFC 4180 says, with a few more line ends.
//
// Package encoding/csv is not used, because it does not keep all bytes: it makes a line
// feed of a carriage return and a line feed in quotes. It also does not tell an empty
// field from two quotation marks, and needs a string for each field. FuzzSplit compares
// both where they agree by definition.
//
//   - next finds the end of a row. If the row has not arrived as a whole, it continues
//     where it stopped, so that each byte is looked at once.
//   - fieldText returns the text of a field.

// The sentinels of text that is not a row match ErrRow.
var (
	// ErrRow: the text is not a row of CSV.
	ErrRow = errors.New("malformed row")
	// ErrQuote: a quotation mark is in a field without quotation marks around it.
	ErrQuote = rowError("quotation mark in a field that does not begin with one")
	// ErrAfterQuote: text follows the quotation mark that ends a field.
	ErrAfterQuote = rowError("text after the quotation mark that ends a field")
	// ErrUnclosed: the text ends in a field that begins with a quotation mark.
	ErrUnclosed = rowError("quotation mark is not closed")
)

// maxFields is the largest number of fields of a row, and of keys in a header. It limits the
// memory of rows that have nothing but delimiters.
const maxFields = 1 << 20

// ErrManyFields: a row, or the names in a header, have more than 1,048,576 fields.
var ErrManyFields = rowError("too many fields")

// ErrLongField: a field is longer than any value of a document can be. It matches
// bson.ErrTooLarge.
var ErrLongField = sentinel.New("field is too long", bson.ErrTooLarge)

// A rowError is an error that matches ErrRow.
type rowError string

func (e rowError) Error() string { return string(e) }
func (rowError) Unwrap() error   { return ErrRow }

// A Syntax is the syntax of rows.
type Syntax struct {
	_ struct{} // keyed literals only

	// Comma is the byte between fields, of ASCII. Zero is a comma. It must not be a
	// quotation mark, a carriage return or a line feed.
	Comma byte
	// LiteralQuotes makes quotation marks text: no field is in quotation marks.
	LiteralQuotes bool
}

// comma returns the byte between fields.
func (s Syntax) comma() byte {
	if s.Comma == 0 {
		return ','
	}
	return s.Comma
}

// A span is a field in the text of its row, without the quotation marks around it.
type span struct {
	from, to int  // offsets in the text of the row
	quoted   bool // it has quotation marks around it
	doubled  bool // it has doubled quotation marks
}

// start returns the offset of f with the quotation mark in front of it.
func (f span) start() int {
	if f.quoted {
		return f.from - 1
	}
	return f.from
}

// A splitter splits one row after the other.
type splitter struct {
	comma   byte
	literal bool      // quotation marks are text
	stops   [256]bool // bytes that may end a field without quotation marks

	spans []span // fields of the row that have been found
	at    int    // offset in the row of the next byte to look at
	from  int    // offset of the current field
	mode  splitMode
	// doubled says that the current field has doubled quotation marks.
	doubled bool
	fault   int // offset in the row of a fault
	seen    int // bytes of the row in which the fault does not show yet
}

// A splitMode is the state of a splitter between two bytes.
type splitMode uint8

const (
	atField splitMode = iota // before the first byte of a field
	inPlain                  // in a field without quotation marks
	inQuotes
)

// newSplitter returns a splitter for text in the syntax s.
func newSplitter(s Syntax) splitter {
	d := splitter{comma: s.comma(), literal: s.LiteralQuotes}
	d.stops[d.comma], d.stops['\n'], d.stops['\r'], d.stops['"'] = true, true, true, !d.literal
	return d
}

// reset makes s start a row.
func (s *splitter) reset() {
	s.spans, s.at, s.from, s.mode, s.doubled = s.spans[:0], 0, 0, atField, false
}

// next looks for the end of the row at the start of data, and returns its length in
// bytes with its line end. 0 without an error means that the row has not arrived as a
// whole; then the next call gets the same bytes and more. ended says that no more bytes
// follow. data must not be empty. On error, s.fault and s.seen are set.
func (s *splitter) next(data []byte, ended bool) (n int, err error) {
	for {
		switch s.mode {
		case atField:
			if len(s.spans) == maxFields {
				s.fault, s.seen = s.at, s.at
				return 0, ErrManyFields
			}
			if s.at == len(data) {
				if !ended {
					return 0, nil
				}
				s.add(s.at, s.at)
				return s.at, nil
			}
			s.mode, s.from = inPlain, s.at
			if data[s.at] == '"' && !s.literal {
				s.mode, s.from, s.doubled = inQuotes, s.at+1, false
				s.at++
			}
		case inPlain:
			i := s.at
			for i < len(data) && !s.stops[data[i]] {
				i++
			}
			s.at = i
			if i < len(data) && data[i] == '"' {
				s.fault, s.seen = i, i
				return 0, ErrQuote
			}
			end, more := s.lineEnd(data, i, ended)
			if more {
				return 0, nil
			}
			s.add(s.from, i)
			if end > 0 {
				return end, nil
			}
			s.at, s.mode = i+1, atField
		case inQuotes:
			i := bytes.IndexByte(data[s.at:], '"')
			if i < 0 {
				s.at = len(data)
				if !ended {
					return 0, nil
				}
				s.fault, s.seen = s.from-1, len(data)
				return 0, ErrUnclosed
			}
			i += s.at
			s.at = i
			if i+1 < len(data) && data[i+1] == '"' {
				s.doubled = true
				s.at = i + 2
				continue
			}
			if i+1 < len(data) && !s.stops[data[i+1]] {
				s.fault, s.seen = i+1, i+1
				return 0, ErrAfterQuote
			}
			end, more := s.lineEnd(data, i+1, ended)
			if more {
				return 0, nil
			}
			s.spans = append(s.spans, span{from: s.from, to: i, quoted: true, doubled: s.doubled})
			if end > 0 {
				return end, nil
			}
			s.at, s.mode = i+2, atField
		}
	}
}

// add adds a field without quotation marks.
func (s *splitter) add(from, to int) { s.spans = append(s.spans, span{from: from, to: to}) }

// lineEnd returns the offset after the line end at data[i], 0 if there is none. more says
// that more bytes are needed to decide.
func (s *splitter) lineEnd(data []byte, i int, ended bool) (end int, more bool) {
	switch {
	case i == len(data):
		return i, !ended
	case data[i] == '\n':
		return i + 1, false
	case data[i] != '\r':
		return 0, false
	case i+1 == len(data):
		return i + 1, !ended
	case data[i+1] == '\n':
		return i + 2, false
	}
	return i + 1, false
}

// start returns the offset of the current field with the quotation mark in front of it.
func (s *splitter) start() int { return span{from: s.from, quoted: s.mode == inQuotes}.start() }

// read returns the number of bytes of the current field that were looked at.
func (s *splitter) read() int {
	if s.mode == atField {
		return 0
	}
	return s.at - s.from
}

// blank reports whether the row is a line without a byte.
func (s *splitter) blank() bool {
	return len(s.spans) == 1 && s.spans[0].from == s.spans[0].to && !s.spans[0].quoted
}

// fieldText returns the text of the field f of the row that starts data. It may be in *room,
// which is used again.
func fieldText(data []byte, f span, room *[]byte) []byte {
	text := data[f.from:f.to]
	if !f.doubled {
		return text
	}
	out := (*room)[:0]
	for {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			break
		}
		out = append(out, text[:i+1]...)
		text = text[i+2:]
	}
	*room = append(out, text...)
	return *room
}

// A Cutter finds ends of rows, without looking at fields. The zero value is not valid; use
// NewCutter.
//
// Outside of quotation marks, the number of quotation marks since the start of a row is
// even, also where quotation marks are doubled. So the parity decides. It is wrong after
// a quotation mark that is a fault, but the reader of the piece finds this fault, so the
// cut after it does not count.
type Cutter struct {
	literal bool
	seen    int  // bytes of data that were looked at
	odd     bool // the number of quotation marks in them is odd
}

// NewCutter returns a Cutter for text in the syntax s.
func NewCutter(s Syntax) *Cutter { return &Cutter{literal: s.LiteralQuotes} }

// Cut returns the length in bytes of some whole rows at the start of data, 0 if it needs
// more bytes. Then the next call gets the same bytes and more. data starts with a row.
func (c *Cutter) Cut(data []byte) int {
	text := data[c.seen:]
	quotes := 0
	if !c.literal {
		quotes = bytes.Count(text, []byte(`"`))
	}
	odd := c.odd != (quotes%2 == 1) // at the end of text
	c.odd = odd
	from := c.seen
	c.seen = len(data)
	for {
		start := 0
		if quotes > 0 {
			start = bytes.LastIndexByte(text, '"') + 1
		}
		if !odd {
			if n := lastEnd(data, from+start, from+len(text)); n > 0 {
				c.seen, c.odd = 0, false
				return n
			}
		}
		if quotes == 0 {
			break
		}
		quotes--
		odd = !odd
		text = text[:start-1]
	}
	// A carriage return at the end is looked at again with the next byte.
	if n := len(data); n > 0 && data[n-1] == '\r' {
		c.seen = n - 1
	}
	return 0
}

// lastEnd returns the offset after the last line end in data[from:to], 0 if there is none.
// A carriage return at the end of data is none, because a line feed may follow.
func lastEnd(data []byte, from, to int) int {
	if i := bytes.LastIndexByte(data[from:to], '\n'); i >= 0 {
		return from + i + 1
	}
	to = min(to, len(data)-1)
	if to <= from {
		return 0
	}
	if i := bytes.LastIndexByte(data[from:to], '\r'); i >= 0 {
		return from + i + 1
	}
	return 0
}
