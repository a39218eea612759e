package tabular

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/readahead"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file reads the rows of a stream, or of a piece of one.
//
//   - Next reads a row with scan, and makes a document of it with fill (fill.go). The
//     first row is the header, unless the columns are known.
//   - The row stays in the buffer until the next one is read, so that Text, Buffered and
//     Resync can have it.
//   - Behind is the only code that counts lines.

const (
	// firstBuffer is the size of the first buffer, in bytes.
	firstBuffer = 64 << 10
	// maxWhat is the number of bytes of a cell in a message.
	maxWhat = 40
)

// A Place is a place in a text.
type Place struct {
	Offset int64 // bytes before it
	Line   int64 // line ends before it
	Column int64 // bytes between it and the line end before it
}

// Behind returns the place at the end of text, which starts at p. A line ends with a line
// feed, a carriage return, or both. text does not end between the two.
func (p Place) Behind(text []byte) Place {
	p.Offset += int64(len(text))
	if n := bytes.Count(text, []byte("\n")); n > 0 {
		p.Line += int64(n)
		p.Column = 0
		if i := bytes.LastIndexByte(text, '\n'); bytes.IndexByte(text, '\r') < 0 {
			text = text[i+1:]
		}
	}
	for {
		i := bytes.IndexByte(text, '\r')
		if i < 0 {
			break
		}
		text = text[i+1:]
		if len(text) == 0 || text[0] != '\n' {
			p.Line++
		}
		p.Column = 0
	}
	p.Column += int64(len(text) - 1 - bytes.LastIndexByte(text, '\n'))
	return p
}

// A Decoder reads the rows of a table as documents.
type Decoder struct {
	o     DecodeOptions
	in    readahead.Buffer
	rows  splitter
	head  *Header // nil: the next row is the header
	known *Header // the header, nil: not read yet
	fixed *Header // the header of Columns; nil: there are none
	begun bool    // the start of the text was looked at
	lost  bool    // there is no header, and there will be none
	most  int     // bytes of a document
	text  int     // most bytes of a row
	doc   []byte
	room  []byte // of the text of a field
	left  []error

	size  int   // bytes of the current row
	at    Place // start of the current row, or of the text that has a fault
	fault int   // offset from at of a fault that is not in a row
	err   error
}

// NewDecoder returns a Decoder. fixed is the result of DecodeOptions.Header. Call Reset or
// ResetBytes before Next.
func (o DecodeOptions) NewDecoder(fixed *Header) *Decoder {
	d := &Decoder{o: o, rows: newSplitter(o.Syntax), fixed: fixed}
	d.SetMaxDocumentSize(o.MaxDocumentSize)
	d.text = textcut.MaxText(o.MaxTextSize, d.most)
	return d
}

// SetMaxDocumentSize sets the largest document, in bytes of BSON, as MaxDocumentSize does.
func (d *Decoder) SetMaxDocumentSize(n int) { d.most = cmp.Or(n, bson.DefaultMaxDocumentSize) }

// Reset makes d read from r. h is the header of the table if r starts after it; nil: r is
// the start of an input.
func (d *Decoder) Reset(r io.Reader, h *Header) {
	d.in.Reset(r)
	d.reset(h, nil)
}

// ResetBytes makes d read data, which it does not change. from is the header of the table
// if data starts after it, as in Reset, and to if data ends after it. If from is nil and to
// is not, data starts with the header to.
func (d *Decoder) ResetBytes(data []byte, from, to *Header) {
	d.in.ResetBytes(data)
	d.reset(from, to)
}

func (d *Decoder) reset(h, known *Header) {
	d.head, d.known, d.begun, d.lost = h, known, h != nil, false
	d.size, d.at, d.err, d.left = 0, Place{}, nil, d.left[:0]
}

// FindHeader looks for the header at the start of data, the first bytes of an input. It
// returns the number of bytes up to its end, and the header; 0 bytes if it needs more. ok
// is false if the header has a fault, which Next reports. If the columns are known
// without a header, there is none.
func (d *Decoder) FindHeader(data []byte) (n int, h *Header, ok bool) {
	if textcut.MarkOpen(data) {
		return 0, nil, true
	}
	n = textcut.SkipMark(data)
	if d.fixed != nil {
		return n, d.fixed, true
	}
	for {
		row := data[n:]
		if len(row) == 0 {
			return 0, nil, true
		}
		d.reset(nil, nil)
		d.rows.reset()
		size, err := d.rows.next(row, false)
		switch n += size; {
		case err != nil:
			return 0, nil, false
		case size == 0:
			return 0, nil, true
		case d.rows.blank():
		case d.readHeader(row[:size]):
			return n, d.head, true
		default:
			return 0, nil, false
		}
	}
}

// Next reads the next row and reports whether there is one. Lines without a byte are no
// rows. After a fault Resync continues.
func (d *Decoder) Next() bool {
	d.left = d.left[:0]
	if d.err != nil || d.lost {
		return false
	}
	d.begin()
	for {
		data, ok := d.scan()
		if !ok {
			return false
		}
		if d.rows.blank() {
			continue
		}
		switch fault := (*rowFault)(nil); {
		case d.head != nil:
			if fault = d.fill(data); fault == nil {
				return true
			}
			d.left = d.left[:0]
			d.err = d.valueError(fault, data)
			return false
		case d.known != nil:
			d.head = d.known
		case !d.readHeader(data):
			return false
		}
	}
}

// begin passes over a byte order mark at the start of the text.
func (d *Decoder) begin() {
	if d.begun {
		return
	}
	for textcut.MarkOpen(d.in.Rest()) && d.in.Fill(firstBuffer, d.text) {
	}
	d.begun, d.head = true, d.fixed
	d.size = textcut.SkipMark(d.in.Rest())
}

// pass consumes the current row.
func (d *Decoder) pass() {
	d.at = d.at.Behind(d.in.Data[d.in.Off : d.in.Off+d.size])
	d.in.Off += d.size
	d.size = 0
}

// scan reads the next row. It returns its bytes, with the line end.
func (d *Decoder) scan() (data []byte, ok bool) {
	d.pass()
	d.rows.reset()
	for {
		data = d.in.Rest()
		if len(data) > 0 {
			n, err := d.rows.next(data, d.in.Ended())
			if err != nil {
				// A limit that the bytes in front of the fault exceed is the fault.
				if d.short(data[:d.rows.seen], 0) {
					d.malformed(data, len(d.rows.spans), d.rows.fault, err)
				}
				return nil, false
			}
			if !d.short(data, n) {
				return nil, false
			}
			if n > 0 {
				d.size = n
				return data[:n], true
			}
		}
		if !d.in.Fill(firstBuffer, d.ahead()) {
			if len(data) > 0 && d.in.Ended() {
				continue
			}
			if !d.in.Ended() {
				d.err = &bson.ReadError{Offset: d.in.End(), Err: d.in.Err}
			}
			return nil, false
		}
	}
}

// short reports whether the row at the start of data, of n bytes, and its fields are within
// the limits. n is 0 if the row has not arrived as a whole. The result does not depend on
// the number of bytes that have arrived.
func (d *Decoder) short(data []byte, n int) bool {
	row := n
	if n == 0 {
		row = len(data)
	}
	if row <= d.longest(-1) {
		return true
	}
	for i, f := range d.rows.spans {
		if f.to-f.from > d.longest(i) {
			return d.malformed(data, i, f.start(), ErrLongField)
		}
	}
	switch {
	case n == 0 && d.rows.read() > d.longest(len(d.rows.spans)):
		return d.malformed(data, len(d.rows.spans), d.rows.start(), ErrLongField)
	case row > d.text:
		return d.malformed(data, -1, 0, bson.ErrTooLarge)
	}
	return true
}

// longest returns the largest number of bytes of a field of a column; -1 is a column that is
// not JSON. No string of a document is longer, even if each of its characters is a doubled
// quotation mark. JSON may be longer.
func (d *Decoder) longest(column int) int {
	if d.most > math.MaxInt/2 || column >= 0 && d.head != nil && column < len(d.head.names) && d.head.names[column].Type == JSON {
		return d.text
	}
	return min(2*d.most, d.text)
}

// ahead returns the number of bytes from the start of the row after which it is over a
// limit.
func (d *Decoder) ahead() int {
	return min(d.rows.from+d.longest(len(d.rows.spans)), d.text-1) + 1
}

// malformed records a fault at an offset in data, the start of a row. It is in the field of
// a column, or in none if column is -1. It returns false.
func (d *Decoder) malformed(data []byte, column, at int, err error) bool {
	d.fault, d.size = at, 0
	p := d.at.Behind(data[:at])
	d.err = &SyntaxError{Offset: p.Offset, Line: p.Line + 1, Column: p.Column + 1, Err: err}
	if d.head != nil {
		d.err.(*SyntaxError).Pointer = d.head.pointer(column)
	}
	return false
}

// readHeader makes the header of the current row, whose bytes are data, and reports whether
// it is one.
func (d *Decoder) readHeader(data []byte) bool {
	headers := make([]string, len(d.rows.spans))
	for i, f := range d.rows.spans {
		text := fieldText(data, f, &d.room)
		if d.o.Cells.Decode.InvalidUTF8 == bson.UTF8Replace {
			text = replace.Text(nil, string(text))
		}
		headers[i] = string(text)
	}
	if !d.o.Typed && areTyped(headers) {
		return d.badHeader(data, &HeaderError{Header: headers[0], Err: ErrTyped})
	}
	columns, err := d.o.ParseColumns(headers)
	if err != nil {
		return d.badHeader(data, err.(*HeaderError))
	}
	head, err := d.o.newHeader(columns)
	if err != nil {
		return d.badHeader(data, err.(*HeaderError))
	}
	d.head = head
	return true
}

// badHeader records the fault of the header in data. It returns false.
func (d *Decoder) badHeader(data []byte, fault *HeaderError) bool {
	f := d.rows.spans[fault.Index]
	at := f.from
	if !f.doubled {
		at = min(f.from+int(fault.Offset), f.to)
	}
	d.malformed(data, fault.Index, at, fault)
	d.err.(*SyntaxError).What = quoted([]byte(fault.Header))
	return false
}

// valueError returns the fault of the current row, whose bytes are data.
func (d *Decoder) valueError(f *rowFault, data []byte) error {
	p := d.at.Behind(data[:f.at])
	return &ValueError{
		Offset: p.Offset, Line: p.Line + 1, Column: p.Column + 1,
		Pointer: d.head.pointer(f.column), What: quoted(f.text), Err: f.err,
	}
}

// quoted returns text for a message, "" for nil.
func quoted(text []byte) string {
	switch {
	case text == nil:
		return ""
	case len(text) > maxWhat:
		return strconv.Quote(string(text[:maxWhat])) + "..."
	}
	return strconv.Quote(string(text))
}

// Raw returns the document of the current row. It is valid until the next call of Next.
func (d *Decoder) Raw() bson.Raw { return d.doc }

// Text returns the current row with its line end. It is valid until the next call of Next.
func (d *Decoder) Text() []byte { return d.in.Data[d.in.Off : d.in.Off+d.size] }

// Place returns the start of the current row, or of the text that has a fault.
func (d *Decoder) Place() Place { return d.at }

// Left returns the faults of fields that were left out of the current document, under
// SkipField. It is valid until the next call of Next.
func (d *Decoder) Left() []error { return d.left }

// Header returns the header of the current row, nil if none was read.
func (d *Decoder) Header() *Header { return d.head }

// Buffered returns the bytes that have been read and are not in the current row.
func (d *Decoder) Buffered() []byte { return d.in.Rest()[d.size:] }

// Err returns the error that ended the reading, nil for the end of the text: a
// *SyntaxError, *ValueError or *bson.ReadError.
func (d *Decoder) Err() error { return d.err }

// Unended reports whether the current row has no line end.
func (d *Decoder) Unended() bool {
	text := d.Text()
	return len(text) > 0 && text[len(text)-1] != '\n' && text[len(text)-1] != '\r'
}

// Resync continues after a fault, and reports whether it can. It writes the bytes that it
// skips to w: the row if it is well-formed, otherwise all bytes up to the line end after the
// fault. Without a header no row can be read, so it skips the rest of the input.
func (d *Decoder) Resync(w io.Writer) bool {
	if _, failed := d.err.(*bson.ReadError); failed {
		return false
	}
	_, value := d.err.(*ValueError)
	d.err = nil
	d.lost = d.head == nil
	if value {
		return d.skip(w, d.size)
	}
	return d.skip(w, d.fault) && d.skipLine(w)
}

// skip skips n bytes.
func (d *Decoder) skip(w io.Writer, n int) bool {
	d.size = 0
	before := d.in.Off
	text := d.in.Data[before : before+n]
	if err := d.in.Skip(w, n); err != nil {
		d.err = err
		return false
	}
	d.at = d.at.Behind(text)
	return true
}

// skipLine skips all bytes up to the end of the line, or all if d is lost.
func (d *Decoder) skipLine(w io.Writer) bool {
	for {
		data := d.in.Rest()
		n := len(data)
		end := bytes.IndexAny(data, "\r\n")
		if end >= 0 && !d.lost && (end+1 < len(data) || d.in.Ended() || data[end] == '\n') {
			n = end + 1
			if data[end] == '\r' && n < len(data) && data[n] == '\n' {
				n++
			}
			return d.skip(w, n)
		}
		if n > 0 && data[n-1] == '\r' && !d.in.Ended() {
			n-- // a line feed may follow
		}
		if !d.skip(w, n) {
			return false
		}
		if !d.in.Fill(firstBuffer, d.text) {
			if d.in.Ended() && len(d.in.Rest()) > 0 {
				continue
			}
			if !d.in.Ended() {
				d.err = &bson.ReadError{Offset: d.in.End(), Err: d.in.Err}
			}
			return true
		}
	}
}
