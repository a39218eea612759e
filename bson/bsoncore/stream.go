package bsoncore

import (
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math"
	"strconv"
)

// This file cuts a stream into whole documents.
//
//   - Next reads the length prefix and the final NUL only; the Cursor reads the
//     bytes between them.
//   - fill reads bytes, room finds the place for them. Only room allocates, in
//     proportion to the bytes that have arrived.
//   - Split finds the documents in bytes that have arrived.

const (
	minBuffer = 4 << 10   // bytes in a Decoder's first buffer
	maxBuffer = 256 << 10 // bytes that a Decoder reads ahead, at most
	maxIdle   = 100       // reads in a row that may return nothing
)

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
}

// errReader is the error of a Read with an impossible count.
var errReader = errors.New("reader returned an impossible count")

// A ReadError reports a failure of the reader of a stream, of BSON or of text.
// The bytes that did arrive have no fault.
type ReadError struct {
	Offset int64 // bytes that had arrived before the failure
	Err    error // error of the reader, or io.ErrNoProgress
}

// Error describes e with its place. The text is not promised.
func (e *ReadError) Error() string {
	return "bson: reading at offset " + strconv.FormatInt(e.Offset, 10) + ": " + e.Err.Error()
}

// Unwrap returns e.Err.
func (e *ReadError) Unwrap() error { return e.Err }

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
	r    io.Reader
	opts DecodeOptions
	max  int      // bytes in the largest document accepted
	buf  []byte   // bytes that have arrived
	lent bool     // buf is the caller's…
	own  []byte   // …and this the Decoder's
	pos  int      // index in buf of the first byte not yet framed
	base int64    // stream offset of buf[0]
	doc  Document // the current document, a part of buf; nil: none
	rerr error    // what ended the reader, io.EOF included
	err  error    // first fault

	ahead int     // bytes of buf that Resync needs
	probe *prober // what Resync knows of the stream; nil: it was not called
	// 0 ≤ pos ≤ len(buf), and doc, if there is one, ends at pos.
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
	*d = Decoder{r: r, opts: d.opts, max: d.opts.maxDocument(), buf: d.buffer()}
}

// buffer returns the buffer that d owns.
func (d *Decoder) buffer() []byte {
	if d.lent {
		return d.own
	}
	return d.buf[:0]
}

// ResetBytes makes d read data in place, with the same options. Nothing is
// copied: Document returns parts of data. data is never written to and must not
// change while they are in use. Offsets count from its start.
func (d *Decoder) ResetBytes(data []byte) {
	*d = Decoder{opts: d.opts, max: d.opts.maxDocument(), buf: data, lent: true, own: d.buffer(), rerr: io.EOF}
}

// Next reads the next document and reports whether there is one. False means
// the end of the stream or a fault; see Err. Only the length and the final NUL
// are checked; Validate checks the content.
func (d *Decoder) Next() bool {
	d.doc = nil
	if d.err != nil {
		return false
	}
	if len(d.buf)-d.pos < 4 && !d.fill(4) {
		return d.stop(len(d.buf) == d.pos)
	}
	n, err := documentSize(d.buf[d.pos:], d.max)
	if err != nil {
		return d.fail(d.pos, err)
	}
	if len(d.buf)-d.pos < n && !d.fill(n) {
		return d.stop(false)
	}
	doc := d.buf[d.pos : d.pos+n : d.pos+n]
	if doc[n-1] != 0 {
		return d.fail(d.pos+n-1, ErrTerminator)
	}
	d.doc = doc
	d.pos += n
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
func (d *Decoder) Buffered() []byte { return d.buf[d.pos:len(d.buf):len(d.buf)] }

// Offset returns the stream offset of the first byte of the current document.
// After Next returned false it is the offset of the first byte that is not in a
// complete document: the length of the stream, if it has no fault.
func (d *Decoder) Offset() int64 { return d.base + int64(d.pos-len(d.doc)) }

// Err returns the first fault, or nil if the stream ended between documents
// or has not ended. It is a *SyntaxError, whose Offset counts from the start
// of the stream, matching ErrTruncated (the stream ends inside a document),
// ErrLength, ErrTerminator or, at the length of a document over
// MaxDocumentSize, ErrTooLarge; or a *ReadError if the reader failed.
func (d *Decoder) Err() error { return d.err }

// fail records err at index i of buf and returns false for Next to return.
func (d *Decoder) fail(i int, err error) bool {
	d.err = &SyntaxError{Offset: d.base + int64(i), Err: err}
	return false
}

// stop records the error of the reader, unless it ended cleanly, and returns
// false for Next to return.
func (d *Decoder) stop(clean bool) bool {
	switch {
	case d.rerr != io.EOF:
		d.err = &ReadError{d.base + int64(len(d.buf)), d.rerr}
	case !clean:
		d.fail(len(d.buf), ErrTruncated)
	}
	return false
}

// fill reads until there are n bytes from pos on. It reports whether there are;
// if not, rerr has the reason.
func (d *Decoder) fill(n int) bool {
	idle := 0
	for len(d.buf)-d.pos < n {
		if d.rerr != nil {
			return false
		}
		room := d.room(n)
		m, err := d.r.Read(room)
		if m < 0 || m > len(room) {
			d.rerr = errReader
			return false
		}
		d.buf = d.buf[:len(d.buf)+m]
		d.rerr = err
		if m > 0 {
			idle = 0
		} else if idle++; idle >= maxIdle && err == nil {
			d.rerr = io.ErrNoProgress
		}
	}
	return true
}

// room returns the place in buf, never empty, for the next bytes of a document
// of n bytes at pos. It moves the document to the front of buf if it would run
// off the end. When buf is full it doubles, or, if a quarter of the document
// has arrived, grows to the size of the document.
func (d *Decoder) room(n int) []byte {
	// All of a buffer that grew for a large document would not stay in the
	// processor's cache: a window of it is enough for small ones.
	// Behind a large one there is room for the start of another.
	window := max(n+min(n/16, maxBuffer, math.MaxInt-n), maxBuffer, d.ahead)
	size := min(cap(d.buf), window)
	grow := len(d.buf) == size && size < window // reads have filled it
	if d.pos == len(d.buf) || d.pos+n > size {
		d.base += int64(d.pos)
		d.buf = d.buf[:copy(d.buf, d.buf[d.pos:])]
		d.pos = 0
	}
	if grow {
		if size = max(2*size, minBuffer); size >= window/2 {
			size = window // in one step, so that the old buffer, which is copied, is small beside it
		}
		if size > cap(d.buf) {
			d.buf = append(make([]byte, 0, size), d.buf...)
		}
	}
	return d.buf[len(d.buf):size]
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
