package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file reads the output of convert back while it is written, for --verify.
//
//	sink ─▶ compressor ─┬─▶ file
//	  │                 └─▶ pipe ─▶ a run that reads it ─▶ sink.Given
//	  └────────────▶ proof.Proof ◀────────────────────────────┘
//
// Each file has a run of its own, in a goroutine. Writing waits for it, so that few
// documents wait in the Proof.

// A verifier is the run.Verifier of convert.
type verifier struct {
	o      *convertOptions
	proof  *proof.Proof
	to     func() *codec.Codec // format of the output, nil: not known
	framed map[string]*readBack

	reading int // framed files that are read
}

// maxHeld is the number of files that are read at once because an array, or a document, may
// end after they were closed and opened again. Each needs some 100 KB of memory, and more if
// its documents are long.
const maxHeld = 1000

// errManyHeld: there are more such files.
var errManyHeld = fmt.Errorf("--verify reads at most %s of --split-by, and there are more; leave out --verify, or choose a field with fewer values", report.Plural(maxHeld, "file"))

// newVerifier returns the verifier of a conversion.
func (o *convertOptions) newVerifier() *verifier {
	return &verifier{
		o:      o,
		proof:  proof.New(proof.Options{Spaces: o.decided.to == codec.Archive}),
		framed: map[string]*readBack{},
	}
}

// rule returns the Rule by which documents that were read back from the format to are equal.
func (o *convertOptions) rule(to *codec.Codec) proof.Rule {
	if to != codec.JSON {
		return proof.Rule{}
	}
	return ruleOf(o.mode, o.sortKeys)
}

// ruleOf returns the Rule for documents of which one is JSON in a mode. sorted says that its
// keys are sorted.
func ruleOf(mode extjson.Mode, sorted bool) proof.Rule {
	return proof.Rule{Values: mode != extjson.Canonical && mode != extjson.Shell, AnyOrder: sorted}
}

// checkVerify rejects --verify for outputs that cannot be read back.
func (o *convertOptions) checkVerify() error {
	switch {
	case !o.verify:
		return nil
	case o.mode == extjson.Plain && (o.decided.to == nil || o.decided.to == codec.JSON):
		return errors.New("--verify cannot read plain JSON back, because plain JSON has no types; use --mode relaxed or --mode canonical, or leave out --verify")
	case o.writesTable() && !o.tables.typed:
		return fmt.Errorf("--verify cannot read %v back without types; add --typed, or leave out --verify", o.decided.to)
	case o.paint == colorAlways:
		return errors.New("--verify cannot read text with colours back; leave out --color always, or leave out --verify")
	}
	o.paint = colorNever
	return nil
}

// planVerify makes the run read its output back.
func (o *convertOptions) planVerify(r *run.Run) *verifier {
	if !o.verify {
		return nil
	}
	if o.invalidUTF8 == bson.UTF8Replace { // the output has U+FFFD, so the expected documents need it too
		r.Shaping = append(r.Shaping, stage.Replace{MaxDepth: o.maxDepth})
	}
	v := o.newVerifier()
	r.Verify = v
	return v
}

// run returns the run that reads an output back from r. Documents go to lane.
func (v *verifier) run(lane string, r io.Reader, say report.Reporter) run.Run {
	back := run.Run{
		Inputs:   []folder.Input{{Name: "-"}},
		Stdin:    r,
		Target:   givenTarget{sink.Given{To: func(d *proof.Docs) error { return v.proof.Compare(lane, d) }}},
		Output:   file.Output{Stdout: io.Discard},
		Policy:   run.Stop,
		Jobs:     v.o.jobs,
		Quiet:    true,
		Say:      say,
		Progress: report.NewProgress(io.Discard, report.ProgressNone, 0),
	}
	v.o.limitGroup.plan(&back)
	v.o.readsBack(&back)
	back.From = v.to()
	return back
}

// readsBack makes r read what o writes.
func (o *convertOptions) readsBack(r *run.Run) {
	o.textGroup.plan(r)
	o.tables.back().plan(r)
	r.Options.BSON.InvalidUTF8 = o.invalidUTF8
	r.Options.Text.UUIDRepresentation = o.uuid
	acceptMode(r, o.mode)
	if o.uuidSpelling == extjson.UUIDDigits {
		r.Options.Text.Legacy = true
	}
}

// acceptMode makes r read JSON in a mode.
func acceptMode(r *run.Run, mode extjson.Mode) {
	r.Options.Text.Legacy = r.Options.Text.Legacy || mode == extjson.Legacy
	r.Options.Text.Shell = r.Options.Text.Shell || mode == extjson.Shell
}

// A givenTarget is the target of a run whose documents go to a proof.
type givenTarget struct{ to run.Sink }

// Begin returns the sink.
func (g givenTarget) Begin(run.Input) (run.Sink, error) { return g.to, nil }

// End does nothing.
func (givenTarget) End(io.Writer) error { return nil }

// Witness returns what reads a file of the output back.
func (v *verifier) Witness(label, name string) file.Witness {
	if b := v.framed[label]; b != nil {
		return b
	}
	v.proof.Open(label, name)
	b := &readBack{v: v, lane: label, name: name}
	if label != "" && (v.o.array || v.o.path != nil) { // the array or a document may end in a later Witness
		v.framed[label] = b
		b.held = true
	}
	return b
}

// Done ends the reading of all files.
func (v *verifier) Done() error {
	for _, b := range v.framed {
		b.held = false
		if err := b.Finish(); err != nil {
			return err
		}
	}
	return v.proof.Done()
}

// notKept is the hint for an output that was rejected.
const notKept = "the output is not kept; to look at it, leave out --verify"

// Fault returns the fault for a difference, or for an output that cannot be read back.
func (v *verifier) Fault(err error) *report.Fault {
	var f *report.Fault
	if errors.Is(err, errManyHeld) {
		f = report.UsageFault(errManyHeld.Error())
	} else if e, ok := errors.AsType[*unreadable](err); ok {
		f = e.fault()
	} else if d, ok := errors.AsType[*proof.Difference](err); ok {
		f = differenceFault(d, "the output", "the input")
		f.Hint = notKept
	}
	return f
}

// An unreadable is the error of an output that cannot be read back.
type unreadable struct {
	name string
	why  *report.Fault
}

// Error returns the reason.
func (e *unreadable) Error() string { return "cannot be read back: " + e.why.Why }

func (e *unreadable) fault() *report.Fault {
	f := *e.why
	f.Code, f.Kind, f.File = report.CodeRejected, "different", report.NewFault(0, e.name, "").File
	f.Why, f.Hint, f.Advice = e.Error(), notKept, ""
	f.Skipped = 0
	return &f
}

// differenceFault returns the fault for d. a names the side that was read back, for people,
// and b the other side.
func differenceFault(d *proof.Difference, a, b string) *report.Fault {
	if in := d.InPlace; in.File != "" {
		b = report.CleanName(in.File) + ","
		if in.Number > 0 {
			b += fmt.Sprintf(" document %d", in.Number)
		}
		b += fmt.Sprintf(" at offset %d,", in.Offset)
	}
	why := fmt.Sprintf("%s has %s, and %s has %s", a, d.Out, b, d.In)
	f := report.NewFault(report.CodeRejected, d.OutPlace.File, why)
	f.Kind, f.Number = "different", d.OutPlace.Number
	if d.OutPlace.Offset >= 0 {
		f.Place = &report.Place{Offset: d.OutPlace.Offset, Path: d.Path}
	}
	return f
}

// A readBack is the reading of a file that is being written.
type readBack struct {
	v          *verifier
	lane, name string
	held       bool // Finish does nothing

	mu    sync.Mutex     // for the next fields: the compressor may write while Abandon is called
	w     *io.PipeWriter // nil: nothing was written
	done  chan error     // the result of reading
	ended bool           // what is written is not read
}

var errAbandoned = errors.New("the output is not complete")

// Write lets the reader read p.
func (b *readBack) Write(p []byte) (int, error) {
	w, err := b.reader()
	if w == nil {
		return len(p), err
	}
	n, err := w.Write(p)
	if errors.Is(err, io.ErrClosedPipe) { // the reader ended early; Finish returns its result
		n, err = len(p), nil
	}
	return n, err
}

// reader returns what the reader reads, nil if nobody reads. The first call begins to read.
func (b *readBack) reader() (*io.PipeWriter, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.w != nil || b.ended:
		return b.w, nil
	case b.lane != "" && !b.v.proof.Expects(b.lane):
		return nil, nil // a file without documents, such as metadata
	case b.held:
		if b.v.reading++; b.v.reading > maxHeld {
			return nil, errManyHeld
		}
	}
	r, w := io.Pipe()
	done := make(chan error, 1)
	b.w, b.done = w, done
	go func() {
		err := b.v.read(b, r)
		r.CloseWithError(err)
		done <- err
	}()
	return w, nil
}

// end makes Write do nothing from now on. It returns what the reader reads, nil if nobody
// reads, and where its result comes.
func (b *readBack) end() (*io.PipeWriter, <-chan error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.w
	b.w, b.ended = nil, true
	return w, b.done
}

// Finish waits until everything is read.
func (b *readBack) Finish() error {
	if b.held {
		return nil
	}
	w, done := b.end()
	if w == nil {
		return nil
	}
	w.Close()
	return <-done
}

// Abandon ends the reading.
func (b *readBack) Abandon() {
	if w, done := b.end(); w != nil {
		w.CloseWithError(errAbandoned)
		<-done
	}
}

// read reads the output from r and compares its documents.
func (v *verifier) read(b *readBack, r io.Reader) error {
	var first *report.Fault
	back := v.run(b.lane, r, report.Collect(func(f *report.Fault) {
		if first == nil {
			first = f
		}
	}))
	result := back.Do(context.Background())
	if err := v.proof.Difference(); err != nil {
		return err
	}
	if first != nil || result.Code != report.CodeOK {
		if first == nil {
			first = &report.Fault{Code: result.Code, Why: "reading ended early"}
		}
		return &unreadable{b.name, first}
	}
	return nil
}

// conclude adds the result of the verification to the summary.
func (v *verifier) conclude(r *run.Run, result *run.Result) {
	if !result.Whole {
		return
	}
	sums := v.proof.Sums()
	result.Verified, result.SHA256In, result.SHA256Out = sums.Documents, sums.In, sums.Out
	if v.o.summary == summaryAuto && !r.Quiet {
		r.Say.Note(result.Verification())
	}
}
