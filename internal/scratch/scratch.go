// Package scratch has buffers for results whose length is known only when they are
// complete. A result is made in a buffer that an earlier call has grown, and copied to
// a slice of its own length: one allocation, without spare capacity. The memory of a
// result that is too large for a buffer to keep is handed out, without a copy.
package scratch

import "sync"

// A Buffer has memory that calls use one after the other. The zero Buffer is empty.
type Buffer struct {
	Bytes []byte // the result of the call

	idle int // calls in a row that used less than a quarter of the memory
}

const (
	// small is the largest memory that is always kept, in bytes.
	small = 64 << 10
	// large is the largest memory that is ever kept, in bytes: a few megabytes for
	// each processor that is at work.
	large = 4 << 20
	// patience is the number of calls in a row after which memory above small is
	// given up, if they used less than a quarter of it.
	patience = 16
)

// Clear ends a call. It empties b, and gives up memory that is too large or is rarely
// used.
func (b *Buffer) Clear() {
	if cap(b.Bytes) > small {
		b.review()
	}
	b.Bytes = b.Bytes[:0]
}

// review decides whether memory above small is kept. It is not in Clear, so that Clear
// is inlined.
func (b *Buffer) review() {
	switch unused := len(b.Bytes) < cap(b.Bytes)/4; {
	case cap(b.Bytes) > large || unused && b.idle == patience-1:
		*b = Buffer{}
	case unused:
		b.idle++
	default:
		b.idle = 0
	}
}

var buffers = sync.Pool{New: func() any { return new(Buffer) }}

// Get returns an empty Buffer. Free gives it back.
func Get() *Buffer { return buffers.Get().(*Buffer) }

// Free gives b, which Get returned, back for other calls.
func (b *Buffer) Free() {
	b.Clear()
	buffers.Put(b)
}

// Full reports whether nothing can be appended to dst without an allocation. Such a
// dst, usually nil, is worth a call of Append.
func Full(dst []byte) bool { return len(dst) == cap(dst) }

// Append appends to dst the bytes that write appends to an empty slice, and returns the
// longer slice. If write fails, it returns dst and the error.
func Append(dst []byte, write func(dst []byte) ([]byte, error)) ([]byte, error) {
	b := Get()
	defer b.Free()
	var err error
	if b.Bytes, err = write(b.Bytes); err != nil {
		return dst, err
	}
	return b.AppendTo(dst), nil
}

// AppendTo appends the bytes of b to dst and returns the longer slice, which is not
// nil. If dst has no capacity, the capacity of the slice is its length, unless b would
// not keep its memory: the slice is then that memory, and b is empty.
func (b *Buffer) AppendTo(dst []byte) []byte {
	switch {
	case cap(dst) > 0:
		return append(dst, b.Bytes...)
	case cap(b.Bytes) > large:
		out := b.Bytes
		*b = Buffer{}
		return out
	}
	out := make([]byte, len(b.Bytes)) // not cleared, because a copy follows
	copy(out, b.Bytes)
	return out
}
