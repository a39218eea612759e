package codec

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file reads and writes documents as digits, as in logs and tickets.

// Hex is BSON as hexadecimal digits, one document per line.
var Hex = &Codec{
	Name:     "hex",
	Title:    "hexadecimal",
	Suffixes: []string{".hex"},
	Becomes:  "json",
	Lines:    true,
	Copies:   true,
	Sniff:    func(head []byte) Certainty { return sniffDigits(head, 2, hex.Decode) },
	Read:     func(o ReadOptions) Decoder { return digitDecoder(hex.AppendDecode, 2, o) },
	Write:    func(o WriteOptions) Encoder { return digitEncoder(hex.AppendEncode, o) },
}

// Base64 is BSON in base64, one document per line.
var Base64 = &Codec{
	Name:     "base64",
	Title:    "base64",
	Suffixes: []string{".b64", ".base64"},
	Becomes:  "json",
	Lines:    true,
	Copies:   true,
	Sniff:    func(head []byte) Certainty { return sniffDigits(head, 4, base64.StdEncoding.Decode) },
	Read:     func(o ReadOptions) Decoder { return digitDecoder(base64.StdEncoding.AppendDecode, 4, o) },
	Write:    func(o WriteOptions) Encoder { return digitEncoder(base64.StdEncoding.AppendEncode, o) },
}

func digitDecoder(decode func(dst, src []byte) ([]byte, error), group int, o ReadOptions) Decoder {
	return Decoder{Stream: func(r io.Reader, _ State) Reader { return newDigitReader(r, decode, group, o.BSON) }}
}

func digitEncoder(encode func(dst, src []byte) []byte, o WriteOptions) Encoder {
	return Encoder{Appender: &digitAppender{newBSONAppender(o), encode}, Framing: Lines(), Alone: math.MaxInt}
}

// spelledSize is the number of digits that are checked: enough for the length
// of a document and the type of its first element in hexadecimal and in base64.
const spelledSize = 16

// sniffDigits is sure if head, after blanks, spells the length of a document of
// less than 16 MiB and the next byte: the type of an element, or the NUL of an
// empty document. As BSON such a document would have at least 150 MiB. Digits
// come in groups of the given number.
func sniffDigits(head []byte, group int, decode func(dst, src []byte) (int, error)) Certainty {
	head = bytes.TrimLeft(head, blanks)
	line, _, _ := bytes.Cut(head[:min(len(head), spelledSize)], []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	var doc [spelledSize]byte
	if n, err := decode(doc[:], line[:len(line)/group*group]); err == nil && opensSmall(doc[:n]) {
		return Surely
	}
	return Not
}

// errDigits is the fault of a line that is not digits.
var errDigits = errors.New("invalid digits")

// mostBlanks is the largest number of blanks around the digits of the largest
// document.
const mostBlanks = 4 << 10

// A digitReader reads documents as hexadecimal digits, in either case, or in
// base64, one on a line. Blank lines are skipped. Only the start of a line that
// is too long for the largest document is kept.
type digitReader struct {
	r      *bufio.Reader
	decode func(dst, src []byte) ([]byte, error)
	group  int // digits that decode together
	most   int // bytes of a document
	digits int // of a line, for as many bytes in hexadecimal

	line  []byte // the current one, with its end, or its start
	cut   bool   // the rest of the line has not been read
	start int64  // byte of the input at which it starts
	next  int64  // byte at which what has not been read does
	doc   []byte // what the line spells, once it was read
	err   error
}

func newDigitReader(r io.Reader, decode func(dst, src []byte) ([]byte, error), group int, o bson.DecodeOptions) *digitReader {
	d := &digitReader{r: bufio.NewReader(r), decode: decode, group: group, most: o.MaxDocumentSize}
	if d.most == 0 {
		d.most = bson.DefaultMaxDocumentSize
	}
	d.digits = int(min(2*int64(d.most), math.MaxInt))
	return d
}

// Next reads the next document, whose bytes are not checked.
func (d *digitReader) Next(rec *record.Record) bool {
	for d.err == nil && d.scan() {
		if text := d.text(); d.cut || len(text) > 0 {
			ok := d.read()
			rec.Type, rec.Data, rec.Source, rec.Offset = bson.TypeDocument, d.doc, text, d.start
			return ok
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
		if d.doc, err = d.decode(d.doc[:0], d.text()); err != nil {
			why = errDigits
		} else if len(d.doc) <= d.most {
			return true
		}
	}
	d.err = &bson.SyntaxError{Offset: d.start, Err: why}
	return false
}

// Place returns where the current line starts.
func (d *digitReader) Place() record.Place { return record.Place{Offset: d.start} }

// Stray returns false: every fault is a line.
func (d *digitReader) Stray() bool { return false }

// Err returns the error that ended the reading, nil for the end of the input.
func (d *digitReader) Err() error { return d.err }

// Unended reports whether the line ends without a line feed, as the last may.
func (d *digitReader) Unended() bool { return !bytes.HasSuffix(d.line, []byte("\n")) }

// Wrapped reports whether another document follows in the current line, or the
// next line has digits but does not start a document.
func (d *digitReader) Wrapped() bool {
	if OpensBSON(d.doc) {
		if n := binary.LittleEndian.Uint32(d.doc); int64(n) < int64(len(d.doc)) && opensSmall(d.doc[n:]) {
			return true
		}
	}
	next, _ := d.r.Peek(min(d.r.Buffered(), spelledSize))
	next, _, _ = bytes.Cut(next, []byte("\n"))
	next = bytes.TrimSpace(next)
	doc, err := d.decode(nil, next[:len(next)/d.group*d.group])
	return len(next) > 0 && err == nil && !opensSmall(doc)
}

// Resync continues at the next line.
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

// A digitAppender writes the bytes of documents as digits.
type digitAppender struct {
	binary *bsonAppender
	encode func(dst, src []byte) []byte
}

// digitPortion is the number of bytes of a document that are written as digits
// at a time. It is a multiple of 3, for base64.
const digitPortion = 24 << 10

func (a *digitAppender) AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	doc, err := a.binary.document(t, data)
	if err == nil && len(dst)+2*len(doc) > most {
		err = ErrLong
	}
	if err != nil {
		return dst, err
	}
	return a.encode(dst, doc), nil
}

func (a *digitAppender) WriteValue(w io.Writer, t bson.Type, data []byte) error {
	doc, err := a.binary.document(t, data)
	var digits []byte
	for err == nil && len(doc) > 0 {
		n := min(len(doc), digitPortion)
		digits = a.encode(digits[:0], doc[:n])
		_, err = w.Write(digits)
		doc = doc[n:]
	}
	return err
}
