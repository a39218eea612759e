// Package portion writes a long text or pickle to an io.Writer without holding
// all of it. What is written has no fault: it is made twice, first for the
// faults and then for the writer.
package portion

import (
	"errors"
	"io"
)

// Size is how many bytes a maker passes on at a time.
const Size = 64 << 10

// ErrStopped is the fault with which a maker ends when its Writer has an Err.
var ErrStopped = errors.New("writer has failed")

// A Writer takes the portions of a maker.
type Writer struct {
	w      io.Writer
	Passed int   // bytes of all portions so far
	Err    error // of w; nothing is written after it
}

// Pass writes the next portion.
func (p *Writer) Pass(data []byte) {
	if p.Err != nil {
		return
	}
	n, err := p.w.Write(data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	p.Err = err
	p.Passed += len(data)
}

// Write writes to w what appendTo makes. appendTo appends to dst, passes on to
// p what has become a portion, and returns the rest. It is called once, or
// twice if it has passed on anything, and makes the same bytes each time.
//
// An error of appendTo is returned with nothing written. An error of w, or
// io.ErrShortWrite, is returned as it is.
func Write(w io.Writer, dst []byte, appendTo func(p *Writer, dst []byte) ([]byte, error)) error {
	p := &Writer{w: io.Discard}
	rest, err := appendTo(p, dst)
	if err != nil {
		return err
	}
	if p.Passed > 0 {
		*p = Writer{w: w}
		rest, _ = appendTo(p, rest[:0]) // without a fault but that of w
	}
	p.w = w
	p.Pass(rest)
	return p.Err
}
