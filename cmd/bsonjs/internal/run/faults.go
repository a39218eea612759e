package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file handles faults. A fault ends the run unless countRejected,
// countMended, countStray or passOver lets it continue.

// countRejected counts and reports f, the fault of a rejected record, and returns
// the fault that ends the run if there have been too many.
func (e *engine) countRejected(f *report.Fault) *report.Fault {
	e.Rejected++
	e.count(1)
	return e.goOn(f)
}

// countMended counts and reports f, the fault of a document that was mended and is
// written. Otherwise it does what countRejected does.
func (e *engine) countMended(f *report.Fault) *report.Fault {
	e.Mended++
	e.count(1)
	if e.pending.Size() >= streamBuffer {
		if f := e.flushFault(); f != nil {
			return f
		}
	}
	return e.goOn(f)
}

// countStray counts and reports f, a fault between documents. Otherwise it does what
// countRejected does.
func (e *engine) countStray(f *report.Fault) *report.Fault {
	e.Strays++
	return e.goOn(f)
}

// goOn reports f. If there have been too many faults it returns the one that
// ends the run.
func (e *engine) goOn(f *report.Fault) *report.Fault {
	code := e.Say.Faults(f)
	if e.Policy == Report {
		code = report.CodeRejected
	}
	e.Code = max(e.Code, code)
	if e.endsWith(0) {
		return &report.Fault{Code: e.Code, Why: "stopped after " + report.Plural(e.Faulty(), "fault") + " (see --max-errors)"}
	}
	return nil
}

// endsWith reports whether n more faults are too many.
func (e *engine) endsWith(n int) bool {
	return e.MaxErrors > 0 && e.Faulty()+int64(n) >= e.MaxErrors
}

// passOver reports f and returns nil if the run can go on with the next input.
// Otherwise it returns f.
func (e *engine) passOver(f *report.Fault) *report.Fault {
	if f == nil || e.Policy.stops() || f.File == "" || f.Code == report.CodeUsage || f.Code >= report.CodeOutput || e.refuted || e.writeErr() != nil {
		return f
	}
	code := e.Say.Faults(f)
	if e.Policy == Report && code != report.CodeInput {
		code = report.CodeRejected
	}
	e.Code = max(e.Code, code)
	return nil
}

// inputFault returns the fault for err, an error of opening an input or of
// reading from it.
func (e *engine) inputFault(name string, err error) *report.Fault {
	switch {
	case e.writeErr() != nil: // met while writing before the read
		return e.outputFault(e.writeErr())
	case errors.Is(err, interrupt.ErrInterrupted):
		return e.interrupted()
	}
	if f := holdFault(err); f != nil {
		return f
	}
	if f := e.verdict(err); f != nil { // of what was written before the read
		return f
	}
	if z, ok := errors.AsType[*compress.Error](err); ok {
		return report.CompressionFault(name, z)
	}
	if f := extensionFault(name, "read", err, report.CodeInput); f != nil {
		return f
	}
	return report.ReadFault(name, err)
}

// readFault is inputFault for an error of reading o. It has the number of bytes
// of the file that could be read, which does not depend on where a stream began.
func (e *engine) readFault(o *origin, err error) *report.Fault {
	f := e.inputFault(o.name, err)
	if o.from.Extension { // which may have read more
		return f
	}
	return after(o.file, f)
}

// after returns f, a fault of reading in, with the number of bytes that have been
// read from the file.
func after(in *file.Reader, f *report.Fault) *report.Fault {
	if in == nil || f.Code != report.CodeInput {
		return f
	}
	if n := in.Offset(); n > 0 {
		f.Why += ", after " + report.Plural(n, "byte")
	}
	return f
}

// cutFault is inputFault for an error where records may be rejected.
func (e *engine) cutFault(name string, err error) *report.Fault {
	f := e.inputFault(name, err)
	if _, ok := errors.AsType[*compress.Error](err); ok && f.Code == report.CodeSyntax && !e.Policy.stops() {
		f.Advice = "the rest of the file cannot be read"
	}
	return f
}

// interrupted returns the fault of a run that must stop.
func (e *engine) interrupted() *report.Fault {
	code := report.CodeSignal
	if s, ok := errors.AsType[*interrupt.Signal](context.Cause(e.ctx)); ok {
		code += report.Code(s.Number)
	}
	return &report.Fault{Code: code, Why: "interrupted after " + report.Documents(e.inOutput())}
}

// flagged returns advice with the flag for From.
func (e *engine) flagged(advice string) string {
	return strings.ReplaceAll(advice, "--from", cmp.Or(e.FromFlag, "--from"))
}

// unknownFormat returns the fault of an input whose format neither its bytes
// nor its name tell.
func (s *source) unknownFormat() *report.Fault {
	if s.looks == "" {
		s.looks = s.flagged("name the format with --from")
	}
	f := report.NewFault(report.CodeSyntax, s.name, "unknown format: the first bytes are neither BSON nor JSON")
	f.Place = &report.Place{}
	return s.about(f, 1)
}

// A fault is what is wrong with a record, or with bytes that cannot be read as
// one. report makes a report.Fault of it.
type fault struct {
	err    error
	in     *origin      // the input
	number int64        // of the document in the input, from 1
	part   int          // of the record in the document; see record.Record
	shaped bool         // err counts bytes of the shaped record
	space  record.Space // in a container; its Number counts instead of number
	at     record.Place // start of the record, if it was read
	base   record.Place // place from which err counts, if it was not read
	read   bool         // the record was read, but cannot be written

	source  []byte // of the record, if it was read; nil: it was not kept
	size    int    // bytes of the source
	data    []byte // the document, if it was held
	wrapped bool   // see Failure
	crlf    bool   // see Failure
	start   int64  // offset from base of the bytes that were not read
}

// reject rejects the record of raw.
func (e *engine) reject(raw fault) *report.Fault {
	f, ok := e.report(raw)
	if !ok {
		return e.readFault(raw.in, raw.err)
	}
	switch {
	case raw.part > 0:
		f.Advice = fmt.Sprintf("this is measurement %d of the bucket", raw.part)
		if raw.in.kept == raw.at.Offset+1 { // for another record
			return e.countRejected(f)
		}
		raw.in.kept = raw.at.Offset + 1
	case e.Policy != Report && e.serial == nil:
		f.Skipped, f.From = int64(raw.size), raw.at.Offset
	}
	if err := e.keepRejected(raw.source, raw.in.from); err != nil {
		return report.WriteFault(e.rejects.Name(), err)
	}
	return e.countRejected(f)
}

// report reports all faults of the record of raw except the last one, which it
// returns. It returns false if raw is not about a record.
func (e *engine) report(raw fault) (*report.Fault, bool) {
	all, _ := errors.AsType[record.Faults](raw.err)
	var last *report.Fault
	for _, err := range record.Listed(raw.err) {
		e.Say.Faults(last)
		raw.err = err
		if last = e.diagnose(raw); last == nil {
			return nil, false
		}
	}
	if all.More > 0 {
		last.Advice = report.Plural(int64(all.More), "more fault") + " in this document"
	}
	return last, true
}

// diagnose returns raw with its place in the input, or nil if raw is not about a
// record.
func (e *engine) diagnose(raw fault) *report.Fault {
	f := report.Diagnose(raw.err)
	if f == nil {
		return nil
	}
	in := raw.in
	failure := raw.failure(f.Place.Offset)
	start := int64(-1)
	if !raw.read && in.from.Offsets {
		start = raw.base.Offset + raw.start
	}
	f.Within(raw.err, start, failure.Left)
	if raw.read {
		e.advise(f, failure)
	}
	switch at := f.Place; {
	case raw.read && in.from.Offsets && raw.part == 0 && !raw.shaped:
		at.Offset += raw.at.Offset
	case raw.read: // its offset counts bytes of BSON, which are in no file
		at.Offset = raw.at.Offset
		if in.from.Text {
			at.Line, at.Column = raw.at.Line+1, raw.at.Column+1
		}
	default:
		at.Offset += raw.base.Offset
		if at.Line == 1 {
			at.Column += raw.base.Column
		}
		if at.Line > 0 {
			at.Line += raw.base.Line
		}
		if in.wide != nil {
			f.Why = cmp.Or(in.wide.Fault(at.Offset), f.Why)
		}
	}
	if in.contains {
		f.Space, raw.number = raw.space.Name, raw.space.Number
	} else if in.namespace != "" {
		f.Space, f.Alone = in.namespace, true
	}
	return in.about(f, raw.number)
}

// about returns f as a fault of the record with the given number in o.
func (o *origin) about(f *report.Fault, number int64) *report.Fault {
	f.In(o.name, number)
	if number <= 1 && f.Hint == "" {
		f.Hint = o.looks
	}
	return f
}

// canReject reports whether a record with a fault, whose bytes are data, can be
// rejected and the next record be read after it.
func (s *source) canReject(data []byte) bool {
	return !s.Policy.stops() && (s.decoder.Ends == nil || s.decoder.Ends(data))
}

// keepRejected keeps data, the bytes of a rejected record in the format from.
func (e *engine) keepRejected(data []byte, from *codec.Codec) error {
	if e.rejects == nil {
		return nil
	}
	_, err := e.rejects.Write(data)
	if err == nil && (from.Lines || from.Rows && !endsLine(data)) {
		_, err = e.rejects.Write([]byte("\n"))
	}
	return err
}

// endsLine reports whether data ends in a line end.
func endsLine(data []byte) bool {
	return len(data) > 0 && (data[len(data)-1] == '\n' || data[len(data)-1] == '\r')
}
