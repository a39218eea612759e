// Package run is the engine: the records of inputs, in order, go through stages
// into a sink. It knows no command and no format.
//
//		input ─▶ codec.Decoder ─▶ Stage ─▶ … ─▶ Part of a Sink ─▶ output
//		                              └─▶ rejects
//
//	  - run.go is what is asked of a run, and the way from its start to its end.
//	  - input.go is the way of one input. It is worked on in pieces, several at
//	    once (piece.go), as long as nothing is wrong, and as a stream (stream.go)
//	    around whatever is. Both give the same records.
//	  - faults.go is what happens because of what is wrong; mend.go puts lengths
//	    right.
//	  - outputs.go is what is written, and what is kept of what is left out.
package run

import (
	"context"
	"errors"
	"io"
	"runtime"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// A Stage processes one record. Several goroutines use it.
type Stage interface {
	// Do may replace rec.Data. If it returns false, the record is not wanted;
	// if it returns an error, the record is rejected.
	Do(rec *record.Record) (keep bool, err error)
}

// A Sink receives the records of an input.
type Sink interface {
	// Part returns a part. Each is for one goroutine at a time; Take is called
	// in the order of the input.
	Part() record.Part
	// Alone is the size of a record, in bytes of Data, above which records are
	// added one at a time, because adding one needs several times its memory.
	Alone() int
	// Take writes what is in p, which is then empty.
	Take(p record.Part) error
	// Long writes rec to w, which takes any number of bytes. If rec has a fault,
	// nothing is written. An error of w is returned unchanged.
	Long(rec *record.Record, w io.Writer) error
}

// A Serial is a Sink that gets its records one by one, in order, and also bytes
// that could not be read as a record. Records have their Number and Place then.
type Serial interface {
	Sink
	// Enough reports whether the rest of the input after rec is not needed.
	Enough(rec *record.Record) bool
	// Unread is shown a record that could not be read because of err. Data is the
	// bytes from its start on, as far as they have been read.
	Unread(p record.Part, rec *record.Record, err error) error
}

// A Target chooses the sink for the records of each input.
type Target interface {
	// Begin returns the Sink of an input that holds something. An error is one
	// of usage.
	Begin(in Input) (Sink, error)
	// End ends the output, to which everything was written.
	End(out io.Writer) error
}

// An Input is an input whose format is known.
type Input struct {
	Name     string // for messages
	From     *codec.Codec
	Out      io.Writer // the output
	Terminal bool      // a terminal shows it
}

// A Policy is the policy for a record with a fault.
type Policy uint8

const (
	Stop   Policy = iota // it ends the run
	Finish               // it ends the run, and the output is complete
	Skip                 // it is reported and rejected; its bytes are kept if there are rejects
	Report               // it is reported; nothing is written
)

// stops reports whether the first fault ends the run.
func (p Policy) stops() bool { return p == Stop || p == Finish }

// A Run has the options of a run.
type Run struct {
	_ struct{} // keyed literals only

	Inputs  []string // names of files, "-" for Stdin; at least one
	Stdin   io.Reader
	From    *codec.Codec // nil: found by the bytes and the name of each input
	Options codec.ReadOptions
	Stages  []Stage
	Target  Target

	Output  file.Output
	Rejects file.Output // Name is "" if nothing is kept of what is left out
	Force   bool        // compressed bytes may go to a terminal
	// Aside is called for each output that is written under a temporary name
	// and must always be ended.
	Aside func()

	Policy    Policy
	MaxErrors int64 // number of faults that ends the run, 0: no limit
	Mend      bool  // documents with no fault but wrong lengths of containers are written

	Jobs     int // number of workers, 0: one per processor
	Quiet    bool
	Say      report.Reporter
	Progress *report.Progress
}

// A Result is the result of a run.
type Result struct {
	report.Totals
	Code   report.Code
	Opened bool  // the outputs were opened
	Whole  bool  // the output was completed
	Err    error // of writing the output
}

// An engine is a Run at work.
type engine struct {
	Run
	ctx context.Context // ends when the run is to stop
	in  file.Input

	out     *file.Writer
	rejects *file.Writer // nil: rejected records are not kept
	pending record.Part  // of the sink at hand: to be written…
	sink    Sink         // …by this…
	waiting int64        // …and so many records
	cut     bool         // the run was stopped in the middle of a record

	Result
	ended bool // the run is to end, and its output is whole
}

// Do runs r until its inputs end or ctx does.
func (r Run) Do(ctx context.Context) Result {
	e := &engine{
		Run: r,
		ctx: ctx,
		in:  file.Input{Stdin: r.Stdin, Plain: compress.Plain{Opens: codec.OpensBSON, Known: codec.Known}},
	}
	defer e.Progress.End()
	e.Code = e.run()
	if e.Opened {
		e.CompressedOut, e.Err = e.out.Compressed(), e.out.Err()
	}
	return e.Result
}

func (e *engine) run() report.Code {
	if f := e.openOutputs(); f != nil {
		return e.Say.Faults(f)
	}
	e.Opened = true
	for _, name := range e.Inputs {
		if f := e.passOver(e.input(name)); f != nil {
			return e.abandon(f)
		}
		if e.ended {
			break
		}
	}
	if f := e.complete(); f != nil {
		return e.abandon(f)
	}
	e.Progress.End()
	e.Whole = true
	return e.Code
}

// jobs returns how many pieces of an input are worked on at once.
func (e *engine) jobs() int {
	if e.Jobs > 0 {
		return e.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

// count counts n more records that were read.
func (e *engine) count(n int64) {
	e.Read += n
	e.Progress.Count(e.Read)
}

// input does all records of one input.
func (e *engine) input(name string) *report.Fault {
	if err := e.flush(); err != nil { // before waiting for the input
		return report.WriteFault(e.out.Name(), err)
	}
	in, err := e.in.Open(e.ctx, name)
	if err != nil {
		return e.inputFault(inputName(name), err)
	}
	defer in.Close()
	e.Progress.Open(in)
	defer e.Progress.Open(nil)
	if name == "-" && file.IsTerminal(e.Stdin) && !e.Quiet {
		e.Say.Note("reading from the terminal; end the input with Ctrl-D")
	}
	head, err := in.Head()
	switch {
	case err != nil:
		return e.cutFault(in.Name(), err)
	case len(head) == 0:
		return nil // no documents, in any format
	}
	s := &source{engine: e, name: in.Name(), from: e.From}
	if s.from == nil {
		s.from = codec.Detect(head, compress.Stem(name))
	}
	s.advice = codec.Advise(head, s.from)
	if s.from == nil {
		return s.unknownFormat()
	}
	if f := s.begin(); f != nil {
		return f
	}
	defer func() {
		if len(in.Compression()) > 0 {
			e.CompressedIn += in.Offset()
		}
	}()
	return s.whole(in)
}

// begin asks the target for the sink of s.
func (s *source) begin() *report.Fault {
	to, err := s.Target.Begin(Input{Name: s.name, From: s.from, Out: s.writer(), Terminal: s.out.IsTerminal()})
	if err != nil {
		return report.UsageFault(err.Error())
	}
	s.decoder = s.from.Read(s.Options)
	s.sink, s.pending = to, to.Part()
	s.pending.Reset(0, streamText)
	s.serial, _ = to.(Serial)
	return nil
}

// whole processes the records of s, which in holds. If the run continues after
// faults, in seems to end where it cannot be decompressed any further: the
// bytes before that are converted or rejected.
func (s *source) whole(in *file.Reader) *report.Fault {
	if s.Policy.stops() {
		return s.all(in)
	}
	r := &cutReader{r: in}
	// The reading goroutine has finished with r only if it reached the end.
	if f := s.all(r); f != nil || s.enough || r.cut == nil {
		return f
	}
	return s.cutFault(s.name, r.cut)
}

// A cutReader ends where r is damaged.
type cutReader struct {
	r   io.Reader
	cut *compress.Error // why it has ended; nil: r did
}

func (c *cutReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if e, ok := errors.AsType[*compress.Error](err); ok {
		c.cut, err = e, io.EOF
	}
	return n, err
}

// inputName returns the name of an input for messages.
func inputName(name string) string {
	if name == "-" {
		return file.StdinName
	}
	return name
}
