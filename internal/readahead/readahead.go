// Package readahead reads a stream into a buffer, ahead of its client. It serves
// decoders that need all bytes of a document in one slice.
package readahead

import (
	"errors"
	"io"
	"math"
	"slices"
)

// This file is the only place that calls the reader of a decoder.
//
//   - Need reads until a document of a known size has arrived, and Fill reads
//     once, for documents whose end is not known.
//   - room and grow find the place for more bytes. Only they allocate, in
//     proportion to the bytes that have arrived.
//   - read calls the reader and checks the result.

const (
	// MinSize is the size of the first buffer that Need makes, in bytes.
	MinSize = 4 << 10
	// MaxAhead is how many bytes Need reads ahead, at most.
	MaxAhead = 256 << 10
	// maxIdle is how many reads in a row may return nothing.
	maxIdle = 100
)

// errCount is the error of a Read with an impossible count.
var errCount = errors.New("reader returned an impossible count")

// A Buffer holds the bytes of a stream that have arrived and are still needed.
// The zero Buffer is an empty stream without a reader; call Reset first.
//
// The client consumes bytes by moving Off. The bytes before Off are gone after
// the next Fill or Need.
type Buffer struct {
	Data []byte // bytes that have arrived; the client does not write to them
	Off  int    // index in Data of the first byte that is not yet consumed
	Base int64  // offset in the stream of Data[0], in bytes
	Err  error  // what ended the reader, after Data; io.EOF: the stream has ended
	// 0 ≤ Off ≤ len(Data).

	r    io.Reader
	lent bool   // Data is the client's…
	own  []byte // …and this the Buffer's
}

// Reset makes b read from r, into the memory that it has.
func (b *Buffer) Reset(r io.Reader) { *b = Buffer{Data: b.memory(), r: r} }

// ResetBytes makes b a stream of data, in place: data is neither copied nor
// written to.
func (b *Buffer) ResetBytes(data []byte) {
	*b = Buffer{Data: data, Err: io.EOF, lent: true, own: b.memory()}
}

// Skip consumes n bytes, which must have arrived, and writes them to w unless w
// is nil. On error it consumes the bytes that w has taken.
func (b *Buffer) Skip(w io.Writer, n int) error {
	if w == nil || n == 0 {
		b.Off += n
		return nil
	}
	m, err := w.Write(b.Data[b.Off : b.Off+n])
	if err == nil && m < n {
		err = io.ErrShortWrite
	}
	if err == nil {
		m = n
	}
	b.Off += min(max(m, 0), n)
	return err
}

// Unread puts data, bytes that were consumed last, before the bytes that are not yet
// consumed. It copies both.
func (b *Buffer) Unread(data []byte) {
	base := b.Offset() - int64(len(data))
	b.Data = slices.Concat(data, b.Rest())
	b.Off, b.Base, b.lent, b.own = 0, base, false, nil
}

// memory returns the buffer that b owns.
func (b *Buffer) memory() []byte {
	if b.lent {
		return b.own
	}
	return b.Data[:0]
}

// Rest returns the bytes that are not yet consumed. Appending to them copies
// them.
func (b *Buffer) Rest() []byte { return b.Data[b.Off:len(b.Data):len(b.Data)] }

// Offset returns the offset in the stream of the first byte that is not yet
// consumed.
func (b *Buffer) Offset() int64 { return b.Base + int64(b.Off) }

// End returns the number of bytes of the stream that have arrived.
func (b *Buffer) End() int64 { return b.Base + int64(len(b.Data)) }

// Ended reports whether all bytes of the stream have arrived.
func (b *Buffer) Ended() bool { return b.Err == io.EOF }

// Need reads until n bytes from Off on have arrived, and reports whether they
// have. If not, Err has the reason. It reads up to MaxAhead bytes more than n,
// or ahead bytes from Off on.
func (b *Buffer) Need(n, ahead int) bool {
	for len(b.Data)-b.Off < n {
		if b.Err != nil {
			return false
		}
		b.read(b.room(n, ahead))
	}
	return true
}

// room returns the place in Data, never empty, for the next bytes of a document
// of n bytes at Off. It moves the document to the front of Data if it would run
// off the end. When Data is full it doubles, or, if a quarter of the document
// has arrived, grows to the size of the document.
func (b *Buffer) room(n, ahead int) []byte {
	// All of a buffer that grew for a large document would not stay in the
	// processor's cache: a window of it is enough for small ones.
	// Behind a large one there is room for the start of another.
	window := max(n+min(n/16, MaxAhead, math.MaxInt-n), MaxAhead, ahead)
	size := min(cap(b.Data), window)
	full := len(b.Data) == size && size < window // reads have filled it
	if b.Off == len(b.Data) || b.Off+n > size {
		b.discard()
	}
	if full {
		if size = max(2*size, MinSize); size >= window/2 {
			size = window // in one step, so that the old buffer, which is copied, is small beside it
		}
		if size > cap(b.Data) {
			b.grow(size)
		}
	}
	return b.Data[len(b.Data):size]
}

// Fill reads once and reports whether bytes have arrived. If not, Err has the
// reason. first is the size of the first buffer, in bytes; at least half of it
// is free for each read. most is the number of bytes from Off on after which
// the client gives up.
func (b *Buffer) Fill(first, most int) bool {
	if b.Err != nil {
		return false
	}
	if b.Off > 0 {
		b.discard()
	}
	if 2*(cap(b.Data)-len(b.Data)) < first {
		b.grow(nextSize(cap(b.Data), first, most))
	}
	return b.read(b.Data[len(b.Data):cap(b.Data)])
}

// nextSize returns the size of the buffer that replaces one of the given size:
// twice the size, at most that of the largest document. From an eighth of the
// largest document on, it is that of the largest document. So all old buffers,
// which may still be in memory, are together a quarter of it; unused pages of
// the new buffer are not memory yet.
func nextSize(size, first, most int) int {
	size = max(2*size, first)
	if most/4 <= size {
		return max(most+2*first, size) // the sum may overflow
	}
	return size
}

// discard moves the bytes that are not consumed to the front of Data.
func (b *Buffer) discard() {
	b.Base += int64(b.Off)
	b.Data = b.Data[:copy(b.Data, b.Data[b.Off:])]
	b.Off = 0
}

// grow replaces the buffer by one of the given size.
func (b *Buffer) grow(size int) { b.Data = append(make([]byte, 0, size), b.Data...) }

// read reads bytes into room, the free part of Data or its start, and reports
// whether there are any. An error that comes with bytes counts after them.
func (b *Buffer) read(room []byte) bool {
	n, err := b.r.Read(room)
	if uint(n-1) < uint(len(room)) && err == nil {
		b.Data = b.Data[:len(b.Data)+n]
		return true
	}
	return b.unusual(room, n, err)
}

// unusual is read after a call of the reader that did not just return bytes.
func (b *Buffer) unusual(room []byte, n int, err error) bool {
	for idle := 1; ; idle++ {
		if n < 0 || n > len(room) {
			b.Err = errCount
			return false
		}
		b.Data = b.Data[:len(b.Data)+n]
		b.Err = err
		if n > 0 || err != nil {
			return n > 0
		}
		if idle == maxIdle {
			b.Err = io.ErrNoProgress
			return false
		}
		n, err = b.r.Read(room)
	}
}
