package extjson

import (
	"fmt"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// flushSize is the number of bytes of text that an Encoder collects before it
// writes.
const flushSize = 64 << 10

// An Encoder writes documents to a stream as text: each on a line of its own,
// or as one array if EncodeOptions.Array says so. Text is collected and written
// in large pieces; Close writes the last piece.
type Encoder struct {
	e      encoder
	values bson.EncodeOptions
	w      io.Writer
	buf    []byte
	doc    []byte // of Encode, used again
	array  bool
	begun  bool  // something has been written
	closed bool  // Close has been called
	err    error // of w, or of an option
}

// NewEncoder returns an Encoder that writes relaxed Extended JSON to w.
func NewEncoder(w io.Writer) *Encoder { return EncodeOptions{}.NewEncoder(w) }

// NewEncoder returns an Encoder that writes to w with the options o.
func (o EncodeOptions) NewEncoder(w io.Writer) *Encoder {
	e := &Encoder{w: w, values: o.Values, array: o.Array, err: o.check()}
	if e.err == nil {
		e.e.init(&o)
	}
	return e
}

// EncodeRaw writes the text of doc, one whole document. If doc has no text,
// nothing of it is written, the error is that of AppendJSON, and the Encoder
// accepts another document. An error of the writer is wrapped and permanent.
// After Close the error matches bson.ErrMisuse.
func (e *Encoder) EncodeRaw(doc []byte) error { return e.encode(0, doc) }

// EncodeValue is EncodeRaw for a value that is not in a document. It writes the
// value on a line of its own, or as an element of the array. data is the bytes
// that follow the key in an element of type t. Errors are those of EncodeRaw,
// with offsets from the start of data.
func (e *Encoder) EncodeValue(t bson.Type, data []byte) error { return e.encode(t, data) }

// encode writes the text of data: a document if t is 0, else a value.
func (e *Encoder) encode(t bsoncore.Type, data []byte) error {
	if e.err != nil {
		return e.err
	}
	if e.closed {
		return fmt.Errorf("extjson: EncodeRaw after Close: %w", bsoncore.ErrMisuse)
	}
	n := len(e.buf)
	switch {
	case e.array && !e.begun:
		e.buf = append(e.buf, '[')
	case e.array:
		e.buf = append(e.buf, ",\n"...)
	}
	buf, err := e.e.append(e.buf, t, data)
	if err != nil {
		e.buf = e.buf[:n]
		return err
	}
	e.begun = true
	if !e.array {
		buf = append(buf, '\n')
	}
	if e.buf = buf; len(buf) >= flushSize {
		return e.Flush()
	}
	return nil
}

// Flush writes the collected text.
func (e *Encoder) Flush() error {
	if e.err != nil || len(e.buf) == 0 {
		return e.err
	}
	n, err := e.w.Write(e.buf)
	if err == nil && n < len(e.buf) {
		err = io.ErrShortWrite
	}
	if err != nil {
		e.err = fmt.Errorf("extjson: write: %w", err)
	}
	e.buf = e.buf[:0]
	return e.err
}

// Close calls Flush and, for an array, writes its end. It does not close the
// writer. A second call does nothing. An array without its end is not JSON: do
// not call Close after a failure, so that readers notice it.
func (e *Encoder) Close() error {
	if e.array && !e.closed && e.err == nil {
		if !e.begun {
			e.buf = append(e.buf, '[')
		}
		e.buf = append(e.buf, "]\n"...)
	}
	e.closed = true
	return e.Flush()
}
