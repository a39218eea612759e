package run

import (
	"errors"
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file processes an input as a stream, record by record: the neighbourhood
// of a fault, and the whole input if its format is not cut into pieces or its
// sink is a Serial.

const (
	// streamBuffer is how many bytes of output are gathered for one write.
	streamBuffer = 64 << 10
	// streamText is how many bytes of output are gathered at most. A document
	// with more is written in portions.
	streamText = 1 << 20
	// recovered is how many bytes without a fault must follow a fault before the
	// input is cut into pieces again. Faults often come in groups, and a piece
	// with a fault is read twice.
	recovered = 1 << 20
)

// A stream is a source while it is processed record by record.
type stream struct {
	*source
	r    codec.Reader
	rec  record.Record // the current one
	base record.Place  // place from which r counts
	// clean is how many bytes of BSON were read since the last fault, or recovered behind
	// the end of a window's start.
	clean int64
}

// stream processes records until the input ends, the run ends, or recovered
// bytes have no fault. In the last case it returns false and no fault.
func (s *source) stream() (ended bool, f *report.Fault) {
	t := &stream{source: s, r: s.decoder.Stream(s.feed, s.state), base: s.at}
	if s.contains && s.at.Offset == 0 {
		t.clean = recovered // only the start of a container is not for pieces
	}
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
		case t.enough || t.full():
			return true, s.flushFault()
		case t.clean >= recovered && t.leave():
			return false, s.flushFault()
		}
	}
	return true, s.interrupted()
}

// record processes the current record.
func (t *stream) record() *report.Fault {
	t.cutShort = false
	if t.locates() {
		t.locate(&t.rec, t.start())
	}
	if t.replays {
		if f := t.turnTo(t.rec.Input); f != nil {
			return f
		}
	} else if t.serial != nil {
		t.enough = t.serial.Enough(&t.rec)
	}
	switch what, err := t.add(&t.rec, t.start().Offset); {
	case what == long:
		return t.long()
	case t.writeErr() != nil:
		return t.outputFault(t.writeErr())
	case what == rejected:
		return t.faulty(err)
	case what == filtered:
		t.Filtered++
		t.done()
	default:
		if t.serial == nil {
			t.wait(&t.rec)
		}
		t.done()
		if f := t.partial(); f != nil {
			return f
		}
	}
	if t.pending.Size() >= streamBuffer || t.yields() {
		return t.flushFault()
	}
	return nil
}

// add passes rec, which is at offset, through all stages and adds it to pending.
func (t *stream) add(rec *record.Record, offset int64) (outcome, error) {
	if what, err := t.choose(rec); what != added {
		return what, err
	}
	w := t.windowAt(rec)
	if started := w.started(); !w.admit() {
		if !started && w.started() { // the rest is for pieces
			t.clean = recovered
		}
		return filtered, nil
	}
	return t.put(t.pending, rec, offset)
}

// windowAt returns the window of rec.
func (t *stream) windowAt(rec *record.Record) *window {
	switch {
	case !t.mixesWindows():
		return t.window
	case rec.Part > 0: // its namespace is not that of the document
		return t.windowOf(rec.Space.Name)
	}
	return t.windowOf(t.space().Name)
}

// locates reports whether the sink needs the places of records, and the records have none.
func (s *source) locates() bool {
	return !s.replays && (s.serial != nil || s.placer != nil || s.hold != nil)
}

// locate sets the number and the place of rec, the current document or a record of it.
func (t *stream) locate(rec *record.Record, at record.Place) {
	rec.Input, rec.Number, rec.Place = t.origin.number, t.docs+1, at
	space := t.space()
	rec.Within = space.Name
	if rec.Part > 0 { // its namespace is not that of the document
		space.Name = rec.Space.Name
	}
	if rec.Space = space; space.Number > 0 {
		rec.Number = space.Number
	}
}

// space returns the namespace of the current record, or of the current fault.
func (t *stream) space() record.Space {
	if c, ok := t.r.(codec.Container); ok {
		return c.Space()
	}
	return record.Space{Name: t.namespace}
}

// partial reports the faults because of which parts of the current record, which is
// written, are left out.
func (t *stream) partial() *report.Fault {
	r, ok := t.r.(codec.Partial)
	if !ok || len(r.Left()) == 0 {
		return nil
	}
	t.Partial++
	t.clean = 0
	for _, err := range r.Left() {
		f, _ := t.report(fault{err: err, in: t.origin, number: t.docs, space: t.space(), base: t.base, start: t.r.Place().Offset})
		f.Advice = "the field is left out"
		if f := t.goOn(f); f != nil {
			return f
		}
	}
	return nil
}

// done counts the current record, which has no fault.
func (t *stream) done() {
	t.passed()
	t.count(1)
	t.clean += int64(len(t.rec.Data))
}

// passed counts the document of the current record, if it has no more records.
func (t *stream) passed() {
	if !t.rec.More {
		t.docs++
	}
}

// long writes the current record, whose output is too long for pending.
func (t *stream) long() *report.Fault {
	err := t.writeLong(&t.rec)
	switch {
	case t.writeErr() != nil || errors.Is(err, interrupt.ErrInterrupted):
		return t.outputFault(err)
	case err != nil:
		return t.faulty(err)
	}
	t.done()
	return t.partial()
}

// start returns the start of the current record, or of the bytes that cannot be
// read as one.
func (t *stream) start() record.Place { return t.base.Plus(t.r.Place()) }

// faulty handles the current record, which cannot be written because of err.
func (t *stream) faulty(err error) *report.Fault {
	raw := fault{err: err, in: t.origin, number: t.docs + 1, part: t.rec.Part, shaped: t.rec.Shaped, space: t.space(), at: t.start(), read: true, source: t.rec.Source, size: len(t.rec.Source)}
	if r, ok := t.r.(codec.LineReader); ok {
		raw.wrapped = r.Wrapped()
	}
	rejects := t.canReject(t.rec.Source)
	t.unframe(&raw)
	if !rejects {
		return t.resync(raw)
	}
	t.passed()
	t.clean = 0
	return t.reject(raw)
}

// unread handles bytes that cannot be read as a record because of err.
func (t *stream) unread(err error) *report.Fault {
	t.cutShort = errors.Is(err, bson.ErrTruncated)
	raw := fault{err: err, in: t.origin, number: t.docs + 1, space: t.space(), base: t.base, start: t.r.Place().Offset}
	if c, ok := t.r.(codec.Container); ok && !c.Hides() {
		return t.tolerate(raw)
	}
	r, ok := t.r.(codec.Handover)
	if syntax := malformed(err); ok && syntax != nil && t.serial != nil {
		t.rec = record.Record{Data: r.Buffered(), Offset: t.r.Place().Offset}
		t.locate(&t.rec, t.start())
		if err := t.serial.Unread(t.pending, &t.rec, syntax); err != nil {
			return t.outputFault(err)
		}
	}
	return t.resync(raw)
}

// malformed returns err as a fault of bytes that are no document, nil if it is none.
func malformed(err error) *bson.SyntaxError {
	if e, ok := errors.AsType[*archive.Error](err); ok {
		return &bson.SyntaxError{Offset: e.Offset, Err: e.Err}
	}
	syntax, _ := errors.AsType[*bson.SyntaxError](err)
	return syntax
}

// tolerate reports raw, a fault of a container that hides no documents. The run goes on
// under any policy.
func (t *stream) tolerate(raw fault) *report.Fault {
	f, _ := t.report(raw)
	t.r.Resync(nil)
	return t.countStray(f)
}

// resync rejects the record of raw and finds the next one. If faults end the
// run, it does so.
func (t *stream) resync(raw fault) *report.Fault {
	raw.crlf = t.undoesCRLF(&raw)
	f, ok := t.report(raw)
	if !ok {
		return t.readFault(t.origin, raw.err)
	}
	h := t.newHinter(raw)
	if t.Policy.stops() && !isPassed(raw.err) {
		h.readOn()
		h.advise(f)
		return t.end(f)
	}
	f.From = t.start().Offset
	hold := t.newHolder()
	skipped := &counter{w: io.MultiWriter(hold, h)}
	ok = t.r.Resync(skipped)
	h.advise(f)
	if !ok {
		f.Skipped = skipped.n
		return t.lost(f, hold)
	}
	if r, ok := t.r.(codec.LineReader); ok && r.Unended() { // end the line, so that the next reject has its own
		if err := t.keepRejected(nil, t.from); err != nil {
			return report.WriteFault(t.rejects.Name(), err)
		}
	}
	t.clean = 0
	if t.mend(hold, f) {
		t.docs++
		return t.countMended(f)
	}
	if err := hold.release(); err != nil {
		return report.WriteFault(t.rejects.Name(), err)
	}
	f.Skipped = skipped.n
	if c, ok := t.r.(codec.Container); ok && c.Uncertain() {
		f.Advice = "the namespace of the documents after it is not known" + countedAs(raw.space.Name, c.Wanted())
	}
	if t.r.Stray() {
		return t.countStray(f)
	}
	if !raw.read {
		t.Holes++
	}
	t.docs++
	return t.countRejected(f)
}

// isPassed reports whether err is a fault that ends no run.
func isPassed(err error) bool {
	_, ok := errors.AsType[*record.Passed](err)
	return ok
}

// countedAs returns the advice about documents whose namespace damage hides: they count
// as documents of space, which is wanted or not.
func countedAs(space string, wanted bool) string {
	switch {
	case space == "" && wanted:
		return ""
	case space == "":
		return "; they are not selected"
	case wanted:
		return "; they count as documents of " + report.CleanName(space)
	}
	return "; they count as documents of " + report.CleanName(space) + ", which is not selected"
}

// maxChecked is the number of faults of an input for which undoesCRLF looks at
// the bytes.
const maxChecked = 16

// maxHinted is the size of the largest document, in bytes, in which undoesCRLF
// looks for carriage returns, because that takes several times as much memory.
const maxHinted = 1 << 20

// undoesCRLF reports whether the document of raw is whole without carriage
// returns before line feeds. It says so once.
func (t *stream) undoesCRLF(raw *fault) bool {
	r, ok := t.r.(codec.Handover)
	if !ok || t.from != codec.BSON || t.crlf != nil || t.checked >= maxChecked {
		return false
	}
	t.checked++
	data := r.Buffered()
	data = data[:min(len(data), 2*maxHinted)]
	if raw.read {
		if len(t.rec.Source) > maxHinted {
			return false
		}
		data = slices.Concat(t.rec.Source, data[:min(len(data), len(t.rec.Source))])
	}
	if !codec.UndoesCRLF(data, t.Options.BSON) {
		return false
	}
	t.checked = maxChecked
	return true
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
	if f := t.countRejected(f); f != nil {
		return f
	}
	return t.readFault(t.origin, err)
}

// end ends the run because of f. Under the policy Finish the output is complete.
func (t *stream) end(f *report.Fault) *report.Fault {
	if t.Policy == Stop {
		return f
	}
	t.enough, t.ended = true, true
	if f := t.flushFault(); f != nil {
		return f
	}
	return t.countRejected(f)
}

// leave ends the stream behind the current record, if the rest can be cut into
// pieces, and reports whether it can.
func (t *stream) leave() bool {
	r, ok := t.r.(codec.Handover)
	if !ok || !t.cuts() || !r.Leaves() {
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
