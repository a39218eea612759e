package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
)

// This file reads documents that stand in logs and tickets as digits.

// errDigits is what is wrong with a line that no bytes can be made of.
var errDigits = errors.New("invalid digits")

// mostBlanks is how many blanks there may be around the digits of the largest
// document.
const mostBlanks = 4 << 10

// A digitReader reads documents as hexadecimal digits, in either case, or in
// base64, one on a line. Lines of blanks are passed over. Of a line that is
// too long for the largest document only the start is kept.
type digitReader struct {
	r      *bufio.Reader
	decode func(dst, src []byte) ([]byte, error)
	most   int // bytes of a document
	digits int // of a line, for as many bytes in hexadecimal

	line  []byte // the current one, with its end, or its start
	cut   bool   // the rest of the line has not been read
	start int64  // byte of the input at which it starts
	next  int64  // byte at which what has not been read does
	doc   bson.Raw
	buf   []byte // what doc is in
	err   error
}

func newDigitReader(r io.Reader, from format.Format, opts bson.DecodeOptions) *digitReader {
	d := &digitReader{r: bufio.NewReader(r), decode: hex.AppendDecode, most: opts.MaxDocumentSize}
	if d.most == 0 {
		d.most = bson.DefaultMaxDocumentSize
	}
	if from == format.Base64 {
		d.decode = base64.StdEncoding.AppendDecode
	}
	d.digits = int(min(2*int64(d.most), math.MaxInt))
	return d
}

// Next reads the next document.
func (d *digitReader) Next() bool {
	d.doc = nil
	for d.err == nil && d.scan() {
		if d.cut || len(d.text()) > 0 {
			return d.read()
		}
	}
	return false
}

// scan reads the next line and reports whether there is one.
func (d *digitReader) scan() bool {
	d.line, d.start = d.line[:0], d.next
	for {
		part, err := d.r.ReadSlice('\n')
		d.line, d.next = append(d.line, part...), d.next+int64(len(part))
		d.cut = err == bufio.ErrBufferFull
		switch {
		case d.cut && len(d.line) > d.digits+mostBlanks:
			return true
		case d.cut:
		case err != nil && err != io.EOF:
			d.err = &bson.ReadError{Offset: d.next, Err: err}
			return false
		default:
			return len(d.line) > 0
		}
	}
}

// text returns the line without the blanks around it.
func (d *digitReader) text() []byte { return bytes.TrimSpace(d.line) }

// read makes a document of the line.
func (d *digitReader) read() bool {
	why := bson.ErrTooLarge
	if !d.cut {
		var err error
		if d.buf, err = d.decode(d.buf[:0], d.text()); err != nil {
			why = errDigits
		} else if len(d.buf) <= d.most {
			d.doc = d.buf
			return true
		}
	}
	d.err = &bson.SyntaxError{Offset: d.start, Err: why}
	return false
}

// Raw returns the document, whose bytes nobody has looked at.
func (d *digitReader) Raw() bson.Raw { return d.doc }

// Offset returns where the current line starts.
func (d *digitReader) Offset() int64 { return d.start }

// Err returns what has ended the reading, nil for the end of the input.
func (d *digitReader) Err() error { return d.err }

// unended reports whether the line ends without a line feed, as the last may.
func (d *digitReader) unended() bool { return !bytes.HasSuffix(d.line, []byte("\n")) }

// Resync goes on at the line after one without a document.
func (d *digitReader) Resync(skipped io.Writer) bool {
	if _, ok := errors.AsType[*bson.SyntaxError](d.err); !ok {
		return false
	}
	d.err = nil
	for {
		if _, err := skipped.Write(d.line); err != nil {
			d.err = err
			return false
		}
		if !d.cut {
			return true
		}
		part, err := d.r.ReadSlice('\n')
		d.line, d.next = append(d.line[:0], part...), d.next+int64(len(part))
		if d.cut = err == bufio.ErrBufferFull; err != nil && !d.cut && err != io.EOF {
			d.err = &bson.ReadError{Offset: d.next, Err: err}
		}
	}
}
