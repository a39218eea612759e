package bsoncore

import (
	"encoding/binary"
	"io"
	"iter"
	"math"
	"strconv"

	"github.com/bsonkit/bsonkit/internal/readahead"
)

// This file cuts a stream into whole documents.
//
//   - Next reads the length prefix and the final NUL only; the Cursor reads the
//     bytes between them.
//   - Package readahead reads bytes, and finds the place for them, in proportion
//     to the bytes that have arrived.
//   - Split finds the documents in bytes that have arrived.

// DefaultMaxDocumentSize is the default limit of a document in a stream, in
// bytes of BSON: 64 MiB, four times the limit of a MongoDB server.
const DefaultMaxDocumentSize = 64 << 20

// DecodeOptions are the options of a Decoder. The zero value is the default.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is the largest number of open containers in a document that
	// Resync accepts, the document included. Zero means DefaultMaxDepth; at
	// most DepthCeiling.
	MaxDepth int
	// MaxDocumentSize is the largest document, in bytes, that a Decoder
	// accepts. Zero means DefaultMaxDocumentSize; no document is larger
	// than 2³¹−1 bytes.
	MaxDocumentSize int
	// AllowInvalidUTF8 makes Resync accept documents whose text is not UTF-8.
	AllowInvalidUTF8 bool
}

// A ReadError reports a failure of the reader of a stream, of BSON or of text.
// The bytes that did arrive have no fault, except the one in Fault.
type ReadError struct {
	Offset int64 // bytes that had arrived before the failure
	Err    error // error of the reader, or io.ErrNoProgress
	// Fault is the fault from which Resync was to continue when the reader
	// failed, as Err returned it before; else nil.
	Fault error
}

// Error describes e with its place. The text is not promised.
func (e *ReadError) Error() string {
	text := "bson: reading at offset " + strconv.FormatInt(e.Offset, 10) + ": " + e.Err.Error()
	if e.Fault != nil {
		text += ", while looking for the document after a fault: " + e.Fault.Error()
	}
	return text
}

// Unwrap returns e.Err, and e.Fault if there is one.
func (e *ReadError) Unwrap() []error {
	if e.Fault == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.Fault}
}

// A Decoder reads documents that follow one another with no bytes between them,
// as in a .bson file.
//
//	d := bsoncore.NewDecoder(r)
//	for d.Next() {
//		use(d.Document())
//	}
//	if err := d.Err(); err != nil { … }
//
// A Decoder reads ahead of the document that it returns. It must not be used
// by two goroutines at once.
type Decoder struct {
	opts DecodeOptions
	max  int              // bytes in the largest document accepted
	in   readahead.Buffer // the stream; the documents before in.Off were returned
	doc  Document         // the current document, a part of in.Data; nil: none
	err  error            // first fault

	fault error   // that Resync continues from, while it does
	probe *prober // what Resync knows of the stream; nil: it was not called
	// doc, if there is one, ends at in.Off.
}

// NewDecoder is DecodeOptions{}.NewDecoder.
func NewDecoder(r io.Reader) *Decoder { return DecodeOptions{}.NewDecoder(r) }

// NewDecoder returns a Decoder that reads documents of at most
// o.MaxDocumentSize bytes from r.
func (o DecodeOptions) NewDecoder(r io.Reader) *Decoder {
	d := &Decoder{opts: o}
	d.Reset(r)
	return d
}

// Reset makes d read from r, with the same options and buffer. It invalidates
// the result of Document.
func (d *Decoder) Reset(r io.Reader) {
	d.restart()
	d.in.Reset(r)
}

// ResetBytes makes d read data in place, with the same options. Nothing is
// copied: Document returns parts of data. data is never written to and must not
// change while they are in use. Offsets count from its start.
func (d *Decoder) ResetBytes(data []byte) {
	d.restart()
	d.in.ResetBytes(data)
}

// restart clears everything except the options and the buffer.
func (d *Decoder) restart() {
	*d = Decoder{opts: d.opts, max: d.opts.maxDocument(), in: d.in}
}

// Next reads the next document and reports whether there is one. False means
// the end of the stream or a fault; see Err. Only the length and the final NUL
// are checked; Validate checks the content.
func (d *Decoder) Next() bool {
	d.doc = nil
	if d.err != nil {
		return false
	}
	b := &d.in
	if len(b.Data)-b.Off < 4 && !b.Need(4, 0) {
		return d.stop(len(b.Data) == b.Off)
	}
	n, err := documentSize(b.Data[b.Off:], d.max)
	if err != nil {
		return d.failLength(b.Off, err)
	}
	if len(b.Data)-b.Off < n && !b.Need(n, 0) {
		return d.stop(false)
	}
	doc := b.Data[b.Off : b.Off+n : b.Off+n]
	if doc[n-1] != 0 {
		return d.failLength(b.Off, ErrTerminator)
	}
	d.doc = doc
	b.Off += n
	return true
}

// Document returns the current document, or nil after Next returned false. It
// aliases the Decoder's buffer: the next call of Next, Resync or Reset
// overwrites it. After ResetBytes it aliases the bytes given there, and nothing
// is overwritten.
func (d *Decoder) Document() Document { return d.doc }

// Buffered returns the bytes that have been read and are in no document that
// Next returned: the bytes of the next documents, or after a fault the bytes
// from Offset on. The rest of the stream is these bytes and those that the
// reader has yet to return. They alias memory as Document does.
func (d *Decoder) Buffered() []byte { return d.in.Rest() }

// Offset returns the stream offset of the first byte of the current document.
// After Next returned false it is the offset of the first byte that is not in a
// complete document: the length of the stream, if it has no fault.
func (d *Decoder) Offset() int64 { return d.in.Offset() - int64(len(d.doc)) }

// Err returns the first fault, or nil if the stream ended between documents
// or has not ended. It is a *SyntaxError, whose Offset counts from the start
// of the stream; or a *ReadError if the reader failed. A *SyntaxError matches
// ErrTruncated if the stream ends inside a document. Otherwise its Offset is that
// of a length, and it matches ErrLength, ErrTerminator, or, if the document is
// over MaxDocumentSize, ErrTooLarge. Its Err is a LengthError if all four bytes
// of the length were read.
func (d *Decoder) Err() error { return d.err }

// fail records err at index i of in.Data and returns false for Next to return.
func (d *Decoder) fail(i int, err error) bool {
	d.err = &SyntaxError{Offset: d.in.Base + int64(i), Err: err}
	return false
}

// stop records the error of the reader, unless it ended cleanly, and returns
// false for Next to return.
func (d *Decoder) stop(clean bool) bool {
	switch {
	case !d.in.Ended():
		d.err = &ReadError{d.in.End(), d.in.Err, d.fault}
	case clean:
	case len(d.in.Rest()) < 4:
		d.fail(len(d.in.Data), ErrTruncated)
	default:
		d.failLength(len(d.in.Data), ErrTruncated)
	}
	return false
}

// failLength is fail for a fault of the document whose length is at d.in.Off.
func (d *Decoder) failLength(i int, err error) bool {
	return d.fail(i, LengthError{int32(binary.LittleEndian.Uint32(d.in.Rest())), err})
}

// Documents is DecodeOptions{}.Documents.
func Documents(r io.Reader) iter.Seq2[Document, error] { return DecodeOptions{}.Documents(r) }

// Documents returns an iterator over the documents in r, as a Decoder reads
// them. A fault is the last pair, with a nil Document. Each Document is
// overwritten when the loop continues. r is read ahead of the loop, so ending
// the loop early leaves r at no particular place.
func (o DecodeOptions) Documents(r io.Reader) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		d := o.NewDecoder(r)
		for d.Next() {
			if !yield(d.Document(), nil) {
				return
			}
		}
		if err := d.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// Split returns the number of bytes at the start of data that are complete
// documents in a row, as a Decoder reads them: by their lengths and their final
// NULs only. ok is false if no document can start at data[n:]: its length is
// below 5 or above o.MaxDocumentSize, or its last byte is not NUL, so that a
// Decoder would report a fault there. If ok is true, data[n:] is empty or may
// be the start of a document. Split checks two places per document and
// allocates nothing. data is not kept.
func (o DecodeOptions) Split(data []byte) (n int, ok bool) {
	limit := o.maxDocument()
	for len(data)-n >= 4 {
		size, err := documentSize(data[n:], limit)
		if err != nil {
			return n, false
		}
		if len(data)-n < size {
			break
		}
		if data[n+size-1] != 0 {
			return n, false
		}
		n += size
	}
	return n, true
}

// maxDocument returns the size, in bytes, of the largest document accepted.
func (o *DecodeOptions) maxDocument() int {
	if o.MaxDocumentSize <= 0 {
		return DefaultMaxDocumentSize
	}
	return min(o.MaxDocumentSize, math.MaxInt32)
}

// documentSize returns the length of the document at the start of data, from
// its first four bytes, or the fault of that length.
func documentSize(data []byte, limit int) (int, error) {
	n := int(int32(binary.LittleEndian.Uint32(data)))
	switch {
	case n < 5:
		return 0, ErrLength
	case n > limit:
		// Damage is more likely than a document of that size, of which only
		// four bytes are known.
		return 0, ErrTooLarge
	}
	return n, nil
}
