package run

import (
	"errors"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file does an input as a stream, record by record: around what is wrong
// in it, and all of it if its format is not one that is cut into pieces, or its
// sink is shown every record.

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

// A stream is a source while it is done record by record.
type stream struct {
	*source
	r    codec.Reader
	rec  record.Record // the one at hand
	base record.Place  // r counts from here
	// clean is how many bytes of BSON were read since the last fault.
	clean int64
}

// stream does records until the input ends, or is to end, or seems to be sound
// again; the last is what false without a fault means.
func (s *source) stream() (ended bool, f *report.Fault) {
	t := &stream{source: s, r: s.decoder.Stream(s.feed, s.state), base: s.at}
	for s.ctx.Err() == nil {
		if t.r.Next(&t.rec) {
			f = t.record()
		} else if err := t.r.Err(); err != nil {
			f = t.unread(err)
		} else {
			return true, s.flushFault()
		}
		switch {
		case f != nil:
			return true, f
		case t.enough:
			return true, s.flushFault()
		case t.clean >= recovered && t.leave():
			return false, s.flushFault()
		}
	}
	return true, s.interrupted()
}

// record does the record that was read.
func (t *stream) record() *report.Fault {
	if t.serial != nil {
		t.locate()
		t.enough = t.serial.Enough(&t.rec)
	}
	switch what, err := t.put(t.pending, &t.rec); {
	case what == long:
		return t.long()
	case t.out.Err() != nil:
		return t.outputFault(t.out.Err())
	case what == refused:
		return t.refused(err)
	case what == filtered:
		t.Filtered++
	case t.serial == nil:
		t.waiting++
	}
	t.done()
	if t.pending.Size() >= streamBuffer {
		return t.flushFault()
	}
	return nil
}

// locate fills in the number and the place of the record at hand.
func (t *stream) locate() { t.rec.Number, t.rec.Place = t.docs+1, t.start() }

// done counts the record at hand, which is not left out because of a fault.
func (t *stream) done() {
	t.docs++
	t.count(1)
	t.clean += int64(len(t.rec.Data))
}

// long writes the record at hand, of which too much is made for pending.
func (t *stream) long() *report.Fault {
	err := t.writeLong(&t.rec)
	switch {
	case t.out.Err() != nil || errors.Is(err, interrupt.ErrInterrupted):
		return t.outputFault(err)
	case err != nil:
		return t.refused(err)
	}
	t.done()
	return nil
}

// start returns where the record at hand starts: what was read, or what could
// not be.
func (t *stream) start() record.Place { return t.base.Plus(t.r.Place()) }

// refused is for the record that was read, but is left out because of err.
func (t *stream) refused(err error) *report.Fault {
	m := mishap{err: err, number: t.docs + 1, at: t.start(), wrote: true}
	if !t.leavesOut(t.rec.Source) {
		return t.damage(m)
	}
	t.docs++
	t.clean = 0
	return t.refuse(m, t.rec.Source)
}

// unread is for a record that could not be read because of err.
func (t *stream) unread(err error) *report.Fault {
	r, ok := t.r.(codec.Handover)
	if _, malformed := errors.AsType[*bson.SyntaxError](err); ok && malformed && t.serial != nil {
		t.rec = record.Record{Data: r.Buffered(), Offset: t.r.Place().Offset}
		t.locate()
		if err := t.serial.Unread(t.pending, &t.rec, err); err != nil {
			return t.outputFault(err)
		}
	}
	return t.damage(mishap{err: err, number: t.docs + 1, base: t.base})
}

// damage ends the run because of m or, if it is to go on, finds where.
func (t *stream) damage(m mishap) *report.Fault {
	f, ok := t.report(m)
	if !ok {
		return t.inputFault(t.name, m.err)
	}
	if t.Policy.stops() {
		return t.end(f)
	}
	f.From = t.start().Offset
	hold := t.newHolder()
	skipped := &counter{w: hold}
	if !t.r.Resync(skipped) {
		f.Skipped = skipped.n
		return t.lost(f, hold)
	}
	if r, ok := t.r.(codec.LineReader); ok && r.Unended() { // the next one must not stand on its line
		if err := t.reject(nil, t.from); err != nil {
			return report.WriteFault(t.rejects.Name(), err)
		}
	}
	t.clean = 0
	if t.mend(hold, f) {
		t.docs++
		return t.mendedOne(f)
	}
	if err := hold.release(); err != nil {
		return report.WriteFault(t.rejects.Name(), err)
	}
	f.Skipped = skipped.n
	if !m.wrote {
		t.Holes++
	}
	if t.r.Stray() {
		return t.stray(f)
	}
	t.docs++
	return t.leaveOut(f)
}

// lost rejects the record of f, behind which the input cannot be read or its
// bytes cannot be kept. The result is the fault that ends the run.
func (t *stream) lost(f *report.Fault, hold *holder) *report.Fault {
	if err := hold.release(); err != nil {
		return report.WriteFault(t.rejects.Name(), err)
	}
	if t.rejects != nil && t.rejects.Err() != nil {
		return report.WriteFault(t.rejects.Name(), t.rejects.Err())
	}
	err := t.r.Err()
	t.docs++
	if f := t.leaveOut(f); f != nil {
		return f
	}
	return t.inputFault(t.name, err)
}

// end ends the run because of f. The output is whole for all that if the policy
// says so.
func (t *stream) end(f *report.Fault) *report.Fault {
	if t.Policy == Stop {
		return f
	}
	t.enough, t.ended = true, true
	if f := t.flushFault(); f != nil {
		return f
	}
	return t.leaveOut(f)
}

// leave ends the stream behind the record at hand, if others can take over, and
// reports whether they can.
func (t *stream) leave() bool {
	r, ok := t.r.(codec.Handover)
	if !ok || t.decoder.Cut == nil || t.serial != nil {
		return false
	}
	t.at, t.state = t.behind(t.start(), t.rec.Source), r.State()
	t.feed.Unread(r.Buffered())
	return true
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
