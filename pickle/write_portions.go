package pickle

import (
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/portion"
)

// This file bounds the memory of a pickle while it is written. A pickle longer
// than MaxPickleSize is rejected; or the pickle is written in portions. Both
// happen at a boundary: before a value and outside of frames.

// WritePickle writes doc to w as a pickle of protocol 2. It needs memory for a
// portion of 64 KiB, for one value, and 32 bytes for each different key, for
// any length of the pickle.
//
// The pickle and the errors are those of AppendPickle. After such an error
// nothing has been written. An error of w, or io.ErrShortWrite, is returned
// unchanged; the pickle in w is then incomplete. A pickle longer than a portion
// is made twice, first to check that doc has no fault.
func WritePickle(w io.Writer, doc []byte) error { return EncodeOptions{}.WritePickle(w, doc) }

// WritePickle writes doc to w with the options o, otherwise as the function
// WritePickle does.
func (o EncodeOptions) WritePickle(w io.Writer, doc []byte) error { return o.write(w, o.document(doc)) }

// WritePickleValue writes a value to w as a pickle of protocol 2. data is the
// value as it stands after the key of an element of type t. The pickle and the
// errors are those of AppendPickleValue; it writes like WritePickle.
func WritePickleValue(w io.Writer, t bsoncore.Type, data []byte) error {
	return EncodeOptions{}.WritePickleValue(w, t, data)
}

// WritePickleValue writes a value to w with the options o, otherwise like the
// function WritePickleValue does.
func (o EncodeOptions) WritePickleValue(w io.Writer, t bsoncore.Type, data []byte) error {
	return o.write(w, o.value(t, data))
}

// write writes to w the pickle of the value that its argument writes.
func (o *EncodeOptions) write(w io.Writer, write func(*writer) bool) error {
	proto, err := o.number()
	if err != nil {
		return err
	}
	wr := writers.Get().(*writer)
	defer wr.free()
	return portion.Write(w, nil, func(p *portion.Writer, dst []byte) ([]byte, error) {
		wr.reset(dst, proto, o)
		wr.portions = p
		return wr.whole(nil, write)
	})
}

// size returns the length of the pickle so far.
func (w *writer) size() int {
	n := len(w.out) - w.start
	if w.portions != nil {
		n += w.portions.Passed
	}
	return n
}

// unframed returns the length of out at which a portion, or the longest pickle,
// ends without frames.
func (w *writer) unframed() int {
	switch {
	case w.portions != nil:
		return portion.Size
	case w.most > 0 && w.most < math.MaxInt-w.start:
		return w.start + w.most + 1
	}
	return math.MaxInt
}

// cut ends a frame or a portion.
func (w *writer) cut() {
	w.commit()
	if w.most > 0 && w.size() > w.most {
		w.c.Fail(bsoncore.ErrTooLarge)
	}
	if p := w.portions; p != nil {
		p.Pass(w.out)
		if p.Err != nil {
			w.c.Fail(portion.ErrStopped)
		}
		w.out = w.out[:0]
		if cap(w.out) > 2*portion.Size { // a single value was longer
			w.out = nil
		}
	}
	w.frame()
}
