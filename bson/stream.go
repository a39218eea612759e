package bson

import (
	"io"
	"iter"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads and writes streams of documents, as bytes and as Go values.
// Package bsoncore decides what a document is in a stream.

// A Decoder reads documents that follow one another with no bytes between them,
// as in a .bson file. It is a bsoncore.Decoder that also decodes Go values.
//
//	d := bson.NewDecoder(r)
//	for d.Next() {
//		use(d.Raw())
//	}
//	if err := d.Err(); err != nil { … }
//
// A Decoder reads ahead of the document that it returns. It must not be used
// by two goroutines at once.
type Decoder struct {
	core bsoncore.Decoder
	opts DecodeOptions
}

// NewDecoder is DecodeOptions{}.NewDecoder.
func NewDecoder(r io.Reader) *Decoder { return DecodeOptions{}.NewDecoder(r) }

// NewDecoder returns a Decoder that reads documents of at most
// o.MaxDocumentSize bytes from r.
func (o DecodeOptions) NewDecoder(r io.Reader) *Decoder {
	return &Decoder{core: *o.core().NewDecoder(r), opts: o}
}

// core returns the options that a stream of bytes has.
func (o *DecodeOptions) core() bsoncore.DecodeOptions {
	return bsoncore.DecodeOptions{MaxDepth: o.MaxDepth, MaxDocumentSize: o.MaxDocumentSize, AllowInvalidUTF8: o.InvalidUTF8 != UTF8Reject}
}

// Reset makes d read from r, with the same options and buffer. It invalidates
// the result of Raw.
func (d *Decoder) Reset(r io.Reader) { d.core.Reset(r) }

// ResetBytes makes d read data in place, with the same options. Nothing is
// copied: Raw returns parts of data. data is never written to and must not
// change while they are in use. Offsets count from its start.
func (d *Decoder) ResetBytes(data []byte) { d.core.ResetBytes(data) }

// Next reads the next document and reports whether there is one. False means
// the end of the stream or a fault; see Err. Only the length and the final NUL
// are checked; Validate checks the content.
func (d *Decoder) Next() bool { return d.core.Next() }

// Raw returns the current document, or nil after Next returned false. It
// aliases the Decoder's buffer: the next call of Next, Resync or Reset
// overwrites it. After ResetBytes it aliases the bytes given there, and nothing
// is overwritten.
func (d *Decoder) Raw() Raw { return Raw(d.core.Document()) }

// Buffered is bsoncore.Decoder.Buffered: it returns the bytes that have been
// read and are in no document that Next returned.
func (d *Decoder) Buffered() []byte { return d.core.Buffered() }

// Offset returns the stream offset of the first byte of the current document.
// After Next returned false it is the offset of the first byte that is not in a
// complete document: the length of the stream, if it has no fault.
func (d *Decoder) Offset() int64 { return d.core.Offset() }

// Err returns the first fault, or nil if the stream ended between documents
// or has not ended. Its errors are those of bsoncore.Decoder.Err.
func (d *Decoder) Err() error { return d.core.Err() }

// Resync is bsoncore.Decoder.Resync: it makes d continue after damage, writes
// the skipped bytes to skipped, unless that is nil, and reports whether it can.
func (d *Decoder) Resync(skipped io.Writer) bool { return d.core.Resync(skipped) }

// Decode reads the next document into v, as DecodeOptions.Unmarshal does. At
// the end of the stream it returns io.EOF, and at a fault the error of Err. An
// error of Unmarshal has an offset from the start of the document at Offset;
// the next call continues with the next document.
func (d *Decoder) Decode(v any) error {
	if !d.Next() {
		if err := d.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	return d.opts.Unmarshal(d.Raw(), v)
}

// Split is bsoncore.DecodeOptions.Split: it returns the number of bytes at the
// start of data that are complete documents, and whether another may follow.
// Use it with Decoder.ResetBytes to decode a file in memory side by side.
func (o DecodeOptions) Split(data []byte) (n int, ok bool) { return o.core().Split(data) }

// Documents is DecodeOptions{}.Documents.
func Documents(r io.Reader) iter.Seq2[Raw, error] { return DecodeOptions{}.Documents(r) }

// Documents returns an iterator over the documents in r, as a Decoder reads
// them. A fault is the last pair, with a nil Raw. Each Raw is overwritten when
// the loop continues. r is read ahead of the loop, so ending the loop early
// leaves r at no particular place.
func (o DecodeOptions) Documents(r io.Reader) iter.Seq2[Raw, error] {
	return func(yield func(Raw, error) bool) {
		for doc, err := range o.core().Documents(r) {
			if !yield(Raw(doc), err) {
				return
			}
		}
	}
}

// An Encoder writes documents to a stream, one after the other. It must not
// be used by two goroutines at once.
type Encoder struct {
	w    io.Writer
	opts EncodeOptions
	buf  []byte // the last document
}

// maxKept is the largest buffer that an Encoder keeps for the next document, in
// bytes.
const maxKept = 64 << 10

// NewEncoder is EncodeOptions{}.NewEncoder.
func NewEncoder(w io.Writer) *Encoder { return EncodeOptions{}.NewEncoder(w) }

// NewEncoder returns an Encoder that writes to w, each document with one call
// of Write. It does not buffer: wrap w in a bufio.Writer where writes are
// expensive.
func (o EncodeOptions) NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w, opts: o} }

// Encode writes v as a document. If Marshal fails, nothing is written and the
// error is that of Marshal; otherwise it is that of the writer.
func (e *Encoder) Encode(v any) error {
	buf, err := e.opts.Append(e.buf[:0], v)
	if err != nil {
		return err
	}
	n, err := e.w.Write(buf)
	if err == nil && n < len(buf) {
		err = io.ErrShortWrite
	}
	if e.buf = buf; cap(buf) > maxKept {
		e.buf = nil
	}
	return err
}

// Reset makes e write to w, with the same options.
func (e *Encoder) Reset(w io.Writer) { e.w = w }
