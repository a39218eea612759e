package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file has the outputs of a run: the output itself and the file of
// rejects. openOutputs opens them, and complete or abandon ends them.

// openOutputs opens the output and, if there is one, the file of rejects.
func (e *engine) openOutputs() (f *report.Fault) {
	switch {
	case e.Rejects.Name == "" || !e.Output.Collides(e.Rejects):
	case e.Output.Parts != nil:
		return report.UsageFault("--rejects names a file that the split output could write; choose another name")
	default:
		return report.UsageFault("--output and --rejects name the same file, or one names the .partial file of the other; choose another name")
	}
	if f := e.openExtension(); f != nil {
		return f
	}
	if e.Verify != nil {
		e.Output.Witness = e.Verify.Witness
	}
	if e.out, f = e.open(e.Output); f != nil || e.Rejects.Name == "" {
		return f
	}
	rejects, f := e.open(e.Rejects)
	if f != nil {
		e.out.Discard()
		return f
	}
	e.rejects = &rejectFile{Opened: rejects, last: '\n'}
	return nil
}

// A rejectFile is the output of rejected bytes.
type rejectFile struct {
	file.Opened
	last byte // that was written
	open bool // the last line has no end, because its input has ended in it
}

func (r *rejectFile) Write(p []byte) (int, error) {
	if r.open {
		r.open = false
		if _, err := r.Opened.Write([]byte("\n")); err != nil {
			return 0, err
		}
	}
	n, err := r.Opened.Write(p)
	if n > 0 {
		r.last = p[n-1]
	}
	return n, err
}

// endRejects makes the next rejects, if they are kept, begin on a line of their own: an input
// in the format from has ended.
func (e *engine) endRejects(from *codec.Codec) {
	if r, ok := e.rejects.(*rejectFile); ok && (from.Lines || from.Rows) {
		r.open = r.last != '\n'
	}
}

func (e *engine) open(o file.Output) (file.Opened, *report.Fault) {
	o.Level, o.Jobs = min(o.Level, o.Codec.MaxLevel()), e.jobs()
	if f := e.conflict(o); f != nil {
		return nil, f
	}
	switch {
	case o.Folder:
		return e.openFiles(o.Name, func() (files, error) { return o.OpenTree() })
	case o.Parts != nil:
		parts := *o.Parts
		parts.Input = e.inputOf()
		o.Parts = &parts
		return e.openFiles(o.Name, func() (files, error) { return o.OpenSplit() })
	}
	out, err := o.Open(e.ctx)
	switch {
	case err == nil && o.Codec != compress.None && out.IsTerminal() && !e.Force:
		out.Discard()
		return nil, report.UsageFault("compressed data is binary and the output is a terminal; name a file with --output, or add --force")
	case err == nil:
		if out.Aside() {
			e.Aside()
		}
		return out, nil
	case errors.Is(err, fs.ErrExist):
		return nil, report.UsageFault(o.Name + " exists; add --overwrite to replace it")
	case errors.Is(err, interrupt.ErrInterrupted):
		return nil, e.interrupted()
	}
	return nil, report.WriteFault(o.Name, err)
}

// conflict returns the fault of an output that would replace an input, or be a file of a
// directory that is one.
func (e *engine) conflict(o file.Output) *report.Fault {
	for _, in := range e.Inputs {
		name, ok := o.Conflict([]string{in.Name}, e.Stdin)
		if in.Folder != nil && !ok && !o.Folder { // a tar or zip file may be the output itself
			if path, inside := o.Inside(in.Name); inside && in.Folder.Reads(path) {
				return report.UsageFault(o.Name + " would be a file of " + in.Name + ", which is an input; choose a name in another directory")
			}
			name, ok = o.ConflictIn(in.Folder.FS, in.Folder.Names())
			name = in.Folder.Path(name)
		}
		if ok {
			return report.UsageFault(inputName(name) + " is an input, and the output would replace it; choose another name for the output")
		}
	}
	return nil
}

// files is an output of several files.
type files interface {
	file.Opened
	// Enter makes a file the one that Write writes to.
	Enter(name string) error
	// Files returns the number of files.
	Files() int64
}

// openFiles opens an output of several files, with open.
func (e *engine) openFiles(name string, open func() (files, error)) (file.Opened, *report.Fault) {
	out, err := open()
	if err == nil {
		e.Aside()
		e.files = out
		return out, nil
	}
	if f := refused(name, err); f != nil {
		return nil, f
	}
	return nil, report.WriteFault(name, err)
}

// refused returns the fault of an output of the given name that may not be written because of
// err, nil if err is about something else.
func refused(name string, err error) *report.Fault {
	if r, ok := errors.AsType[*file.Refusal](err); ok {
		return report.UsageFault(r.Error())
	}
	if errors.Is(err, fs.ErrExist) {
		return report.UsageFault(existing(name, err) + " exists; add --overwrite to replace it")
	}
	return nil
}

// existing returns the name of the file that exists, according to err. It is name, or a
// file of a split output.
func existing(name string, err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Path
	}
	return name
}

// inputOf returns a function that finds the input that is a file.
func (e *engine) inputOf() func(info fs.FileInfo) (name string, ok bool) {
	type input struct {
		name string
		info fs.FileInfo
	}
	all := sync.OnceValue(func() (all []input) {
		for _, in := range e.Inputs {
			all = append(all, input{inputName(in.Name), file.Stat(in.Name, e.Stdin)})
			if in.Folder == nil {
				continue
			}
			for name := range in.Folder.Names() {
				if info, err := fs.Stat(in.Folder.FS, name); err == nil {
					all = append(all, input{in.Folder.Path(name), info})
				}
			}
		}
		return all
	})
	return func(info fs.FileInfo) (string, bool) {
		for _, in := range all() {
			if in.info != nil && os.SameFile(in.info, info) {
				return in.name, true
			}
		}
		return "", false
	}
}

// writeErr returns the error of writing the output, or of holding records.
func (e *engine) writeErr() error {
	if e.hold != nil && e.hold.err != nil {
		return e.hold.err
	}
	return e.out.Err()
}

// writer returns the output, with its bytes counted.
func (e *engine) writer() io.Writer { return outWriter{e} }

type outWriter struct{ e *engine }

func (w outWriter) Write(p []byte) (int, error) {
	n, err := w.e.out.Write(p)
	w.e.Out += int64(n)
	return n, err
}

// Enter is the method of file.Tree and file.Split, for an output of several files.
func (w outWriter) Enter(name string) error { return w.e.files.Enter(name) }

// A longWriter is the output while one record is written to it in portions. If
// the run is to stop, that ends the record, and the output is cut there.
type longWriter struct {
	e     *engine
	begun bool
}

func (w *longWriter) Write(p []byte) (int, error) {
	if w.e.ctx.Err() != nil {
		w.e.cut = w.begun
		return 0, context.Cause(w.e.ctx)
	}
	w.begun = true
	return outWriter{w.e}.Write(p)
}

// wait counts rec, which is in pending.
func (e *engine) wait(rec *record.Record) {
	e.waiting++
	e.keys = e.keys.Plus(rec.Keys)
}

// writeLong writes the output of rec, of any length. If rec has a fault,
// nothing is written.
func (e *engine) writeLong(rec *record.Record) error {
	if err := e.flush(); err != nil {
		return err
	}
	err := e.sink.Long(rec, &longWriter{e: e})
	if err == nil {
		e.escaped(rec.Keys)
	}
	return err
}

// flush writes pending. Records that cannot be written do not count as read
// either.
func (e *engine) flush() error {
	err := e.writeErr()
	if e.pending == nil {
		return err
	}
	if err == nil {
		err = e.sink.Take(e.pending)
	}
	if err != nil {
		e.count(-e.waiting)
	} else {
		e.escaped(e.keys)
	}
	e.pending.Reset(0, streamText)
	e.waiting, e.keys = 0, record.Escapes{}
	return err
}

func (e *engine) flushFault() *report.Fault {
	if err := e.flush(); err != nil {
		return e.outputFault(err)
	}
	return nil
}

// outputFault returns the fault for err, an error of writing the output.
func (e *engine) outputFault(err error) *report.Fault {
	if errors.Is(err, interrupt.ErrInterrupted) {
		return e.interrupted()
	}
	if f := holdFault(err); f != nil {
		return f
	}
	if f := e.verdict(err); f != nil {
		return f
	}
	if f := extensionFault(e.out.Name(), "written", err, report.CodeOutput); f != nil {
		return f
	}
	if e.Output.Parts != nil {
		if f := refused(e.out.Name(), err); f != nil {
			return f
		}
	}
	return report.WriteFault(e.out.Name(), err)
}

// complete ends outputs to which everything was written. The last input may
// have left records in pending.
func (e *engine) complete() *report.Fault {
	if f := e.flushFault(); f != nil {
		return f
	}
	if t, ok := e.Target.(Teller); ok {
		t.Tell(e.Totals, e.Code)
	}
	if err := e.Target.End(e.writer()); err != nil {
		return e.outputFault(err)
	}
	// Both files are on the disk before either gets its name, and the output
	// gets its name first. So a run that fails here can be repeated.
	for _, step := range []func(file.Opened) error{file.Opened.Settle, e.verified, file.Opened.Commit} {
		for _, out := range []file.Opened{e.out, e.rejects} {
			if f := e.endFault(out, step); f != nil {
				return f
			}
		}
	}
	for _, out := range []file.Opened{e.out, e.rejects} {
		if out != nil && out.Removed() != "" && !e.Quiet {
			e.Say.Note("removed " + report.CleanName(out.Removed()) + ", which an earlier run left")
		}
	}
	e.tellOlder()
	return nil
}

// verified ends the Verifier, if out is what it reads back.
func (e *engine) verified(out file.Opened) error {
	if e.Verify == nil || out != e.out {
		return nil
	}
	return e.Verify.Done()
}

// verdict returns the fault for err if it is of the Verifier, else nil.
func (e *engine) verdict(err error) *report.Fault {
	if e.Verify == nil {
		return nil
	}
	f := e.Verify.Fault(err)
	e.refuted = e.refuted || f != nil
	return f
}

// tellOlder says which files seem to belong to a split output, but do not.
func (e *engine) tellOlder() {
	split, ok := e.out.(interface{ Older() []string })
	if !ok || e.Quiet || len(split.Older()) == 0 {
		return
	}
	older := split.Older()
	text := report.CleanName(older[0]) + " has a name like a file of the output, but is not of this run; remove it if an earlier run wrote it"
	if n := len(older) - 1; n > 0 {
		text = report.CleanName(older[0]) + " and " + report.Plural(int64(n), "other file") + " have names like files of the output, but are not of this run; remove them if an earlier run wrote them"
	}
	e.Say.Note(text)
}

// endFault takes a step to the end of out, which may be nil.
func (e *engine) endFault(out file.Opened, step func(file.Opened) error) *report.Fault {
	if out == nil {
		return nil
	}
	err := step(out)
	if f := e.verdict(err); f != nil {
		return f
	}
	if errors.Is(err, interrupt.ErrInterrupted) {
		return e.interrupted()
	}
	if f := extensionFault(out.Name(), "written", err, report.CodeOutput); f != nil {
		return f
	}
	refusal, isRefusal := errors.AsType[*file.Refusal](err)
	switch {
	case isRefusal:
		return report.UsageFault(refusal.Error())
	case errors.Is(err, fs.ErrExist):
		return report.NewFault(report.CodeOutput, existing(out.Name(), err), "was created by another process during the run; add --overwrite to replace it")
	case err != nil:
		return report.WriteFault(out.Name(), err)
	}
	return nil
}

// abandon ends the outputs with the records before f, and reports f. It reports
// last: if the reader of standard error has gone, the first line ends the
// process.
func (e *engine) abandon(f *report.Fault) report.Code {
	faults := []*report.Fault{f}
	failed := func(err error) {
		if err != nil {
			if f := e.outputFault(err); !e.refuted {
				faults = append(faults, f)
			}
		}
	}
	if e.writeErr() == nil {
		failed(e.flush())
	}
	var notes []string
	keep := func(out file.Opened, n, more int64, what string) {
		if out == nil {
			return
		}
		if n+more == 0 || out == e.out && e.refuted {
			failed(out.Discard())
			return
		}
		kept, err := out.Keep()
		failed(err)
		whole := out.Err() == nil && !(out == e.out && e.cut)
		switch {
		case kept == "" && isUnpublished(out):
			notes = append(notes, "no file of the output is kept, because all of them appear together or none does")
		case kept == "":
		case whole:
			notes = append(notes, fmt.Sprintf("%s has the %s %s so far", report.CleanName(kept), report.Documents(n), what))
		default:
			notes = append(notes, report.CleanName(kept)+" has all output that could be written; its last document may be incomplete")
		}
	}
	keep(e.out, e.inOutput(), 0, "converted")
	keep(e.rejects, e.Rejected, e.Strays, "rejected")
	e.Progress.End()
	code := max(e.Code, e.Say.Faults(faults...))
	for _, text := range notes {
		e.Say.Note(text)
	}
	return code
}

// isUnpublished reports whether out is split and none of its files has its name.
func isUnpublished(out file.Opened) bool {
	split, ok := out.(interface{ Published() bool })
	return ok && !split.Published()
}
