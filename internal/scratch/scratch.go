// Package scratch has buffers for results whose length is known only when they are
// complete. A result is made in a buffer that an earlier call has grown, and copied to
// a slice of its own length: one allocation, without spare capacity.
//
// A buffer keeps at most a few megabytes. A larger result leaves it for memory that Grow
// allocates for the whole result: it guesses the length from the part of the input that
// has been read. This memory is handed out without a copy.
package scratch

import (
	"slices"
	"sync"
)

// A Buffer has memory that calls use one after the other. The zero Buffer is empty.
type Buffer struct {
	Bytes []byte // the memory, and the result that Set has kept in it

	idle int  // calls in a row that used less than a quarter of the memory
	long bool // a result was too large
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

// Room returns b.Bytes for a result that Grow lengthens. After a result that was too large
// it has the largest memory that is kept: a long beginning gives a good guess.
func (b *Buffer) Room() []byte {
	if b.long && cap(b.Bytes) < large {
		b.Bytes = make([]byte, 0, large)
	}
	return b.Bytes
}

// Set tells b the result of a call, which was appended to b.Bytes. b keeps its memory,
// unless this is too large.
func (b *Buffer) Set(out []byte) {
	if cap(out) <= large {
		b.Bytes = out
		return
	}
	b.long = true
	b.Bytes = b.Bytes[:cap(b.Bytes)] // all of it was used
}

// Clear ends a call. It empties b, and gives up memory that is rarely used.
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
	case unused && b.idle == patience-1:
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
	out, err := write(b.Room())
	b.Set(out)
	if err != nil {
		return dst, err
	}
	return Result(dst, out), nil
}

// Result appends out, the result of a call that Set knows, to dst and returns the longer
// slice, which is not nil. If dst has no capacity, the capacity of the slice is its
// length, unless out is too large for a Buffer: the slice is then out itself, if its spare
// memory is no more than append would leave, a quarter of its length.
func Result(dst, out []byte) []byte {
	switch {
	case cap(dst) > 0:
		return append(dst, out...)
	case cap(out) > large && cap(out)-len(out) <= len(out)/4:
		return out
	}
	own := make([]byte, len(out)) // not cleared, because a copy follows
	copy(own, out)
	return own
}

// maxRatio is the largest number of bytes that Grow expects of each byte of the input
// that follows. Some bytes of a hostile input have a thousand, and the others one.
const maxRatio = 4

// leastGuess is the shortest dst, in bytes, for which Grow makes a guess.
const leastGuess = 512 << 10

// enough is the number of bytes of the input after which Grow relies on their ratio.
const enough = 16 << 10

// Grow returns dst with room for n more bytes. dst[start:] is the result so far; the call
// has read done of the all bytes of its input. If the result is long, the capacity is a
// guess for all of it: that the rest of the input becomes longer by the same ratio as the
// bytes read. It grows by a quarter at least, like that of append.
func Grow(dst []byte, n, start, done, all int) []byte {
	need := len(dst) + n
	if need <= cap(dst) || need < leastGuess || done >= all {
		return slices.Grow(dst, n)
	}
	rest := float64(all - done)
	more := rest
	switch {
	case done >= enough:
		more *= min(float64(len(dst)-start)/float64(done), maxRatio)
	case n > (all-done)/2: // a value that is most of the input
		more = float64(n)
	}
	return Move(dst, max(need, len(dst)+int(more+more/32)+enough))
}

// Move returns a copy of dst with a capacity of size bytes, which dst does not have, or a
// quarter more than that of dst, if this is more.
func Move(dst []byte, size int) []byte {
	// Unlike append, make clears only memory that is not clear.
	return append(make([]byte, 0, max(size, cap(dst)+cap(dst)/4)), dst...)
}
