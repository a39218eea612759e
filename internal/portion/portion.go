// Package portion writes a long text or pickle to an io.Writer without keeping all of
// it in memory. It writes only output without a fault: it makes the output twice, first
// to find faults and then for the writer.
package portion

import (
	"errors"
	"io"
)

// Size is the size of a portion in bytes.
const Size = 64 << 10

// ErrStopped is the error that a maker returns after its Writer has an Err.
var ErrStopped = errors.New("writer has failed")

// A Writer gets the portions of a maker.
type Writer struct {
	w      io.Writer
	Passed int   // bytes of all portions so far
	Err    error // error of w; nothing is written after it
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

// Write writes the bytes that appendTo makes to w. appendTo appends to dst, calls
// p.Pass for each complete portion, and returns the rest. It is called once, or twice
// if it has passed a portion, and must make the same bytes each time.
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
		rest, _ = appendTo(p, rest[:0]) // the only possible error is that of w
	}
	p.w = w
	p.Pass(rest)
	return p.Err
}
