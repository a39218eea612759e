package main

import (
	"errors"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file converts an input as a stream, document by document: around what
// is wrong in it, and all of it if its format is not one that is cut into
// pieces.

const (
	// streamBuffer is how many bytes of output are gathered for one write.
	streamBuffer = 64 << 10
	// streamText is how many bytes of output are gathered at most. A document
	// with more is written in portions.
	streamText = 1 << 20
	// recovered is how many bytes without a fault must follow one before the
	// input is cut into pieces again, which would be in vain before the next.
	recovered = 1 << 20
)

// A documentReader reads documents from a format.
type documentReader interface {
	Next() bool
	Raw() bson.Raw // valid until the next call of Next
	Offset() int64 // byte of what is read at which the document starts
	Err() error
	// Resync goes on after damage, in the document that was read or where one
	// could not be, and writes the bytes that it passes over.
	Resync(skipped io.Writer) bool
}

// A valueReader is a documentReader that may come to a value that is not a
// document; Raw is nil then.
type valueReader interface {
	documentReader
	Type() bson.Type
	Value() []byte // as it stands after the key of an element
}

// A handover is a documentReader that others can take over from.
type handover interface {
	documentReader
	// Buffered returns the bytes that it has read ahead.
	Buffered() []byte
}

// A stream is a source while it is converted document by document.
type stream struct {
	*source
	r    documentReader
	base position // r counts from here
	// clean is how many bytes were converted since the last fault.
	clean int64
}

// stream converts documents until the input ends, or is to end, or seems to be
// sound again; the last is what false without a fault means.
func (s *source) stream() (ended bool, f *report.Fault) {
	t := &stream{source: s, r: s.newReader(), base: s.at}
	for s.c.ctx.Err() == nil {
		if t.r.Next() {
			f = t.document()
		} else if err := t.r.Err(); err != nil {
			f = t.unread(err)
		} else {
			return true, s.c.flushFault()
		}
		switch {
		case f != nil:
			return true, f
		case t.enough:
			return true, s.c.flushFault()
		case t.clean >= recovered && t.leave():
			return false, s.c.flushFault()
		}
	}
	return true, s.c.interrupted()
}

// newReader returns a reader of s from where it has been converted to.
func (s *source) newReader() documentReader {
	o := s.c.opts
	switch s.from {
	case format.JSON:
		d := o.decodeText().NewDecoder(nil)
		d.Reset(s.feed, s.place)
		return d
	case format.Pickle:
		return o.decodePickle().NewDecoder(s.feed)
	case format.Hex, format.Base64:
		return newDigitReader(s.feed, s.from, o.decodeBSON())
	}
	return o.decodeBSON().NewDecoder(s.feed)
}

// document converts the document that was read.
func (t *stream) document() *report.Fault {
	typ, data := bson.TypeDocument, []byte(t.r.Raw())
	if v, ok := t.r.(valueReader); ok {
		typ, data = v.Type(), v.Value()
	}
	if t.c.view != nil {
		return t.inspect(typ, data)
	}
	var err error
	c := t.c
	c.pending, err = t.append(c.pending, streamText, typ, data)
	if errors.Is(err, bson.ErrTooLarge) {
		return t.long(typ, data)
	}
	if err != nil {
		return t.refused(err)
	}
	t.docs++
	c.waiting++
	c.count(1)
	t.clean += int64(len(data))
	if len(c.pending) >= streamBuffer {
		return c.flushFault()
	}
	return nil
}

// long converts the current document, whose output is too long for pending.
func (t *stream) long(typ bson.Type, data []byte) *report.Fault {
	err := t.write(typ, data)
	switch {
	case t.c.out.Err() != nil || errors.Is(err, interrupt.ErrInterrupted):
		return t.c.outputFault(err)
	case err != nil:
		return t.refused(err)
	}
	t.docs++
	t.c.count(1)
	t.clean += int64(len(data))
	return nil
}

// start returns where the document at hand starts: what was read, or what
// could not be.
func (t *stream) start() position {
	at := t.base
	at.offset += t.r.Offset()
	if d, ok := t.r.(*extjson.Decoder); ok {
		line, column := d.Position()
		if line == 1 {
			at.column += column - 1
		} else {
			at.column = column - 1
		}
		at.line += line - 1
	}
	return at
}

// refused is for the document that was read, but not written because of err.
func (t *stream) refused(err error) *report.Fault {
	m := mishap{err: err, number: t.docs + 1, at: t.start(), wrote: true}
	data := sourceOf(t.r)
	if !t.leavesOut(data) {
		return t.damage(m)
	}
	t.docs++
	t.clean = 0
	return t.refuse(m, data)
}

// unread is for a document that could not be read because of err.
func (t *stream) unread(err error) *report.Fault {
	if t.c.view != nil {
		if f := t.inspectUnread(err); f != nil {
			return f
		}
	}
	return t.damage(mishap{err: err, number: t.docs + 1, base: t.base})
}

// damage ends the run because of m or, if it is to go on, finds where.
func (t *stream) damage(m mishap) *report.Fault {
	f, ok := t.report(m)
	if !ok {
		return t.c.inputFault(t.name, m.err)
	}
	if t.c.opts.onError == stopOnError {
		return t.endWith(f)
	}
	f.From = t.start().offset
	hold, lost := t.newHolder(), lostBy(t.r)
	skipped := &counter{w: hold}
	if !t.r.Resync(skipped) {
		if err := hold.release(); err != nil {
			return report.WriteFault(t.c.rejects.Name(), err)
		}
		if err := t.r.Err(); t.c.rejects == nil || t.c.rejects.Err() == nil {
			return t.c.inputFault(t.name, err)
		}
		return report.WriteFault(t.c.rejects.Name(), t.c.rejects.Err())
	}
	if d, ok := t.r.(*digitReader); ok && d.unended() { // the next one must not stand on its line
		if err := t.c.reject(nil, t.from); err != nil {
			return report.WriteFault(t.c.rejects.Name(), err)
		}
	}
	t.clean = 0
	if t.mend(hold, f) {
		t.docs++
		return t.c.mendedOne(f)
	}
	if err := hold.release(); err != nil {
		return report.WriteFault(t.c.rejects.Name(), err)
	}
	f.Skipped = skipped.n
	if !m.wrote {
		t.c.Holes++
	}
	if t.from == format.JSON && lostBy(t.r) == lost {
		return t.c.stray(f)
	}
	t.docs++
	return t.c.leaveOut(f)
}

// lostBy returns how many documents r has skipped if it reads text, else 0. Only
// text has faults between documents.
func lostBy(r documentReader) int64 {
	if d, ok := r.(*extjson.Decoder); ok {
		return d.Skipped()
	}
	return 0
}

// endWith ends the run because of f. What the command inspect has written is
// whole for all that.
func (t *stream) endWith(f *report.Fault) *report.Fault {
	if t.c.view == nil {
		return f
	}
	t.enough, t.c.ended = true, true
	if f := t.c.flushFault(); f != nil {
		return f
	}
	return t.c.leaveOut(f)
}

// leave ends the stream behind the document at hand, if others can take over,
// and reports whether they can.
func (t *stream) leave() bool {
	r, ok := t.r.(handover)
	if !ok {
		return false
	}
	at := t.start()
	at.advance(sourceOf(t.r), t.from)
	t.at = at
	if d, ok := t.r.(*extjson.Decoder); ok {
		t.place = d.Place()
	}
	t.feed.Unread(r.Buffered())
	return true
}

// sourceOf returns the bytes of the input that hold the document that r has
// read.
func sourceOf(r documentReader) []byte {
	switch r := r.(type) {
	case *extjson.Decoder:
		return r.Text()
	case *pickle.Decoder:
		return r.Pickle()
	case *digitReader:
		return r.text()
	}
	return r.Raw()
}

// A counter counts the bytes that are written to w.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
