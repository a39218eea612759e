package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
)

// This file reads documents that stand in logs and tickets as digits.

// errDigits is what is wrong with a line that no bytes can be made of.
var errDigits = errors.New("invalid digits")

// A digitReader reads documents as hexadecimal digits, in either case, or in
// base64, one on a line. Lines of blanks are passed over.
type digitReader struct {
	lines  *bufio.Scanner
	decode func(dst, src []byte) ([]byte, error)

	line  []byte // the current one, without its end
	start int64  // byte of the input at which it starts
	next  int64  // byte at which the next one does
	doc   bson.Raw
	buf   []byte // what doc is in
	err   error
}

func newDigitReader(r io.Reader, from format.Format, opts bson.DecodeOptions) *digitReader {
	most := opts.MaxDocumentSize
	if most == 0 {
		most = bson.DefaultMaxDocumentSize
	}
	d := &digitReader{lines: bufio.NewScanner(r), decode: hex.AppendDecode}
	if from == format.Base64 {
		d.decode = base64.StdEncoding.AppendDecode
	}
	d.lines.Buffer(nil, int(min(2*int64(most)+2, 1<<31-1)))
	d.lines.Split(d.split)
	return d
}

// split cuts at line feeds and counts bytes.
func (d *digitReader) split(data []byte, atEOF bool) (int, []byte, error) {
	n, line, err := bufio.ScanLines(data, atEOF)
	if line != nil {
		d.start = d.next
	}
	d.next += int64(n)
	return n, line, err
}

// Next reads the next document.
func (d *digitReader) Next() bool {
	d.doc = nil
	if d.err != nil {
		return false
	}
	for d.lines.Scan() {
		if d.line = bytes.TrimSpace(d.lines.Bytes()); len(d.line) > 0 {
			return d.read()
		}
	}
	d.start = d.next
	switch err := d.lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		d.err = &bson.SyntaxError{Offset: d.start, Err: bson.ErrTooLarge}
	case err != nil:
		d.err = &bson.ReadError{Offset: d.start, Err: err}
	}
	return false
}

// read makes a document of the line.
func (d *digitReader) read() bool {
	var err error
	d.buf, err = d.decode(d.buf[:0], d.line)
	if err != nil {
		d.err = &bson.SyntaxError{Offset: d.start, Err: errDigits}
		return false
	}
	d.doc = d.buf
	return true
}

// Raw returns the document, whose bytes nobody has looked at.
func (d *digitReader) Raw() bson.Raw { return d.doc }

// Offset returns where the current line starts.
func (d *digitReader) Offset() int64 { return d.start }

// Err returns what has ended the reading, nil for the end of the input.
func (d *digitReader) Err() error { return d.err }

// Resync goes on at the line after one without a document.
func (d *digitReader) Resync(skipped io.Writer) bool {
	if s, ok := errors.AsType[*bson.SyntaxError](d.err); !ok || s.Err != errDigits {
		return false
	}
	if _, err := skipped.Write(append(bytes.Clone(d.line), '\n')); err != nil {
		d.err = err
		return false
	}
	d.err = nil
	return true
}
