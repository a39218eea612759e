package run

import (
	"bytes"
	"cmp"
	"errors"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file is about hints: what is known about a failure, and another attempt
// with other options. The command line knows what to attempt.

// maxHints limits the failures for which a run looks for a hint. Each attempt
// takes as long as the record.
const maxHints = 100

const (
	// maxTried is the longest record that is tried again, in bytes of the input.
	maxTried = 4 << 20
	// maxAhead is how many bytes of text after a fault are read in an attempt.
	// They decide whether the attempt is better.
	maxAhead = 64 << 10
)

// A Failure is a record that has a fault, or bytes that cannot be read as one.
type Failure struct {
	Err  error        // of the reader, of a stage or of the sink
	From *codec.Codec // format of the input
	// Left is the number of bytes from the start of the record to the end of the
	// file, -1 if it is not known.
	Left int64
	// Wrapped says that the record, a line, has several documents, or that the next
	// line seems to continue it.
	Wrapped bool
	// CRLF says that the document is whole without carriage returns before line
	// feeds. It is said once for each input.
	CRLF bool

	read   bool        // the record was read
	text   []byte      // its bytes, or if it was not read all that have arrived from its start on; nil: not known
	state  codec.State // at the start of text
	offset int64       // of the fault: in bytes of the record if it was read, else of text
}

// failure returns the failure of raw, whose fault is at an offset as in its error.
func (raw *fault) failure(offset int64) *Failure {
	from := raw.in.from
	if from.Holds != nil {
		from = from.Holds
	}
	f := &Failure{
		Err: raw.err, From: from, Left: -1, Wrapped: raw.wrapped, CRLF: raw.crlf,
		read: raw.read, text: raw.source, offset: offset - raw.start,
	}
	switch {
	case raw.part > 0: // its bytes are not those of the document
		f.text = nil
	case raw.source == nil && raw.data != nil: // they were not kept
		f.From, f.text = codec.BSON, raw.data
	}
	if !raw.read {
		if size := raw.in.file.Size(); size >= 0 {
			f.Left = max(size-raw.base.Offset-raw.start, 0)
		}
	}
	return f
}

// wantsHint reports whether the run searches for a hint.
func (e *engine) wantsHint() bool { return e.Hint != nil && e.hints < maxHints }

// advise adds a hint to f, which is about failure, if there is one.
func (e *engine) advise(f *report.Fault, failure *Failure) {
	if e.wantsHint() {
		e.hints++
		f.Hint = cmp.Or(e.Hint(failure), f.Hint)
	}
}

// A hinter finds the hint for bytes that cannot be read as a record. It keeps the
// bytes that Resync skips: how many bytes have arrived before depends on time,
// and messages do not.
type hinter struct {
	t       *stream
	failure *Failure // nil: the run searches for no hint
	most    int64    // bytes that are kept
}

// newHinter returns a hinter for raw. If raw was read it does nothing.
func (t *stream) newHinter(raw fault) *hinter {
	h := &hinter{t: t}
	if raw.read || !t.wantsHint() {
		return h
	}
	h.failure = raw.failure(report.Diagnose(raw.err).Place.Offset)
	if _, ok := t.r.(ahead); ok && t.from.Checks && h.failure.offset <= maxTried-maxAhead {
		h.most = maxTried + 1
		if t.from.Text {
			h.most = h.failure.offset + maxAhead + 1
		}
	}
	if r, ok := t.r.(codec.Handover); ok {
		h.failure.state = r.State()
	}
	return h
}

// ahead is a codec.Reader that has read ahead.
type ahead interface{ Buffered() []byte }

// Write keeps p.
func (h *hinter) Write(p []byte) (int, error) {
	if h.failure != nil {
		room := max(h.most-int64(len(h.failure.text)), 0)
		h.failure.text = append(h.failure.text, p[:min(int64(len(p)), room)]...)
	}
	return len(p), nil
}

// readOn looks for the end of the damaged bytes if the run ends with them, but
// does not wait for bytes.
func (h *hinter) readOn() {
	if h.most > 0 && !h.t.file.Waits() {
		h.t.r.Resync(h)
	}
}

// advise adds the hint to f. The bytes that have been read after the skipped
// ones count too.
func (h *hinter) advise(f *report.Fault) {
	if h.failure == nil {
		return
	}
	if h.most > 0 {
		h.Write(h.t.r.(ahead).Buffered())
	}
	h.t.engine.advise(f, h.failure)
}

// Whole is the result of Retry without a fault.
const Whole = math.MaxInt64

// Retry reads the record again with the options o and, if it was read before,
// passes its type and bytes to write. It returns how far that comes: the offset
// of the next fault, or Whole. It returns 0 if that is not farther than before,
// or not known.
func (f *Failure) Retry(o codec.ReadOptions, write func(t bson.Type, data []byte) error) int64 {
	text, cut := f.text, false
	if f.From.Text && !f.read && int64(len(text)) > f.offset+maxAhead {
		text, cut = text[:f.offset+maxAhead], true
	}
	if len(text) == 0 || len(text) > maxTried {
		return 0
	}
	in := f.From.Read(o).Stream(bytes.NewReader(text), f.state)
	var rec record.Record
	read := in.Next(&rec)
	err := in.Err()
	if read && f.read {
		err = write(rec.Type, rec.Data)
	}
	next := report.Diagnose(err)
	switch {
	case err == nil:
		return Whole
	case next == nil, read != f.read, next.Place.Offset <= f.offset:
		return 0
	case !read && !cut && errors.Is(err, bson.ErrTruncated): // the rest may be anything
		return 0
	}
	return next.Place.Offset
}
