package bson

import "io"

// This file reads and writes Go values in streams of documents; what a
// document is in a stream is decided in stream.go.

// An Encoder writes documents to a stream, one after the other. It must not
// be used by two goroutines at once.
type Encoder struct {
	w    io.Writer
	opts EncodeOptions
	buf  []byte // the last document
}

// NewEncoder is EncodeOptions{}.NewEncoder.
func NewEncoder(w io.Writer) *Encoder { return EncodeOptions{}.NewEncoder(w) }

// NewEncoder returns an Encoder that writes to w, each document with one call
// of Write. It does not buffer: wrap w in a bufio.Writer where calls are
// dear.
func (o EncodeOptions) NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w, opts: o} }

// Encode writes v as a document. Where Marshal fails, nothing is written and
// the error is Marshal's; else it is the writer's.
func (e *Encoder) Encode(v any) error {
	buf, err := e.opts.Append(e.buf[:0], v)
	if err != nil {
		return err
	}
	n, err := e.w.Write(buf)
	if err == nil && n < len(buf) {
		err = io.ErrShortWrite
	}
	if e.buf = buf; cap(buf) > maxPooled {
		e.buf = nil
	}
	return err
}

// Reset makes e write to w, with the options that it has.
func (e *Encoder) Reset(w io.Writer) { e.w = w }

// Decode reads the next document into v, as DecodeOptions.Unmarshal does. At
// the end of the stream it returns io.EOF, and where Next would report a
// fault, that. After an error of Unmarshal, whose offset counts from the
// start of the document at Offset, the next call goes on with the next
// document.
func (d *Decoder) Decode(v any) error {
	if !d.Next() {
		if err := d.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	return d.opts.Unmarshal(d.Raw(), v)
}
