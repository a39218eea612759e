package pickle

import (
	"errors"
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
)

// This file bounds the memory of a pickle while it is written. The pickle is
// refused if it gets longer than MaxPickleSize, or it is written in portions.
// Both happen at a boundary: before a value and outside of frames.

// portionSize is how many bytes of a pickle WritePickle hands on at a time.
const portionSize = 64 << 10

// errStopped is the fault of a writer whose io.Writer has failed.
var errStopped = errors.New("writer has failed")

// WritePickle writes doc to w as a pickle of protocol 2. It needs memory for a
// portion of 64 KiB, for one value, and 32 bytes for each different key,
// however long the pickle is.
//
// The pickle and the errors are those of AppendPickle. After such an error
// nothing has been written. An error of w, or io.ErrShortWrite, is returned
// unchanged; the pickle in w is then cut. A pickle longer than a portion is made
// twice, first to check that doc has no fault.
func WritePickle(w io.Writer, doc []byte) error { return EncodeOptions{}.WritePickle(w, doc) }

// WritePickle writes doc to w with the options o, otherwise as the function
// WritePickle does.
func (o EncodeOptions) WritePickle(w io.Writer, doc []byte) error { return o.write(w, o.document(doc)) }

// WritePickleValue writes a value to w as a pickle of protocol 2. data is the
// value as it stands after the key of an element of type t. The pickle and the
// errors are those of AppendPickleValue; it is written as WritePickle does.
func WritePickleValue(w io.Writer, t bson.Type, data []byte) error {
	return EncodeOptions{}.WritePickleValue(w, t, data)
}

// WritePickleValue writes a value to w as o says, otherwise as the function
// WritePickleValue does.
func (o EncodeOptions) WritePickleValue(w io.Writer, t bson.Type, data []byte) error {
	return o.write(w, o.value(t, data))
}

// write writes to w the pickle whose value write writes.
func (o *EncodeOptions) write(w io.Writer, write func(*writer) bool) error {
	proto, err := o.number()
	if err != nil {
		return err
	}
	p := &portions{w: io.Discard}
	wr := writers.Get().(*writer)
	defer wr.free()
	wr.reset(nil, proto, o)
	wr.portions = p
	data, err := wr.whole(nil, write)
	if err != nil {
		return err
	}
	if p.passed > 0 {
		*p = portions{w: w}
		wr.reset(data[:0], proto, o)
		data, _ = wr.whole(nil, write) // without a fault but that of w
	}
	p.w = w
	p.write(data)
	return p.err
}

// Portions receive the pickle of a writer.
type portions struct {
	w      io.Writer
	passed int   // bytes that were handed on
	err    error // of w
}

func (p *portions) write(data []byte) {
	if p.err != nil {
		return
	}
	n, err := p.w.Write(data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	p.err = err
	p.passed += len(data)
}

// size returns how long the pickle is so far.
func (w *writer) size() int {
	n := len(w.out) - w.start
	if w.portions != nil {
		n += w.portions.passed
	}
	return n
}

// unframed returns the length of out at which a portion, or the longest
// pickle, ends where there are no frames.
func (w *writer) unframed() int {
	switch {
	case w.portions != nil:
		return portionSize
	case w.most > 0 && w.most < math.MaxInt-w.start:
		return w.start + w.most + 1
	}
	return math.MaxInt
}

// cut ends a frame, or what else ends at a boundary.
func (w *writer) cut() {
	w.commit()
	if w.most > 0 && w.size() > w.most {
		w.c.Fail(bson.ErrTooLarge)
	}
	if p := w.portions; p != nil {
		p.write(w.out)
		if p.err != nil {
			w.c.Fail(errStopped)
		}
		w.out = w.out[:0]
		if cap(w.out) > 2*portionSize { // a single value was longer
			w.out = nil
		}
	}
	w.frame()
}
