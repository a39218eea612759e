package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file is one conversion from start to end.
//
//   - run goes through the inputs; the outputs are in outputs.go.
//   - convertFile finds the format of one input, and startOutput, called for
//     the first that holds anything, that of the output. The rest of the way
//     of an input is in source.go.
//
// A fault, whichever function meets it first, ends the run, unless leaveOut or
// passOver says otherwise.

// plain is what is known of inputs that are not compressed.
var plain = compress.Plain{
	Opens: format.StartsBSON,
	Known: func(head []byte) bool { return format.Detect(head, "") != format.Unknown },
}

// A conversion is a run that converts files.
type conversion struct {
	opts *options
	std  streams
	ctx  context.Context // ends when the run is to stop
	in   file.Input
	say  report.Reporter

	out     *file.Writer
	to      format.Format // of the output, Unknown until it is decided
	frame   framing       // of the output
	alone   int           // bytes; larger documents are converted one at a time
	started bool          // startOutput has decided all of this
	begun   bool          // something has been written
	pending []byte        // to be written…
	waiting int64         // …which is so many documents
	cut     bool          // the run was stopped in the middle of a document

	rejects *file.Writer // nil: nothing is kept of what is left out
	code    report.Code  // of what was left out
	view    *view        // of the command inspect; nil in others
	atEnd   []func()     // called when the run is over
	ended   bool         // the run is to end, and its output is whole
	report.Totals
	progress *report.Progress
}

func newConversion(o *options, std streams, ctx context.Context) *conversion {
	c := &conversion{
		opts:   o,
		ctx:    ctx,
		in:     file.Input{Stdin: std.in, Plain: plain},
		to:     o.to,
		Totals: report.Totals{Began: time.Now(), Checked: o.rules != nil},
	}
	if o.inspect != nil {
		c.view = newView(o)
	}
	colors := o.color.palette(std.err)
	c.progress = report.NewProgress(std.err, o.progressForm(std), c.in.Size(o.files))
	std.err = c.progress
	c.std, c.say = std, report.New(std.err, o.errors, colors)
	return c
}

// jobs returns how many pieces of an input are converted at once.
func (c *conversion) jobs() int {
	if c.opts.jobs > 0 {
		return c.opts.jobs
	}
	return runtime.GOMAXPROCS(0)
}

func (c *conversion) run() report.Code {
	defer c.progress.End()
	defer func() {
		for _, f := range c.atEnd {
			f()
		}
	}()
	if f := c.openOutputs(); f != nil {
		return c.say.Faults(f)
	}
	for _, name := range c.opts.files {
		if f := c.passOver(c.convertFile(name)); f != nil {
			return c.abandon(f)
		}
		if c.ended {
			break
		}
	}
	if f := c.complete(); f != nil {
		return c.abandon(f)
	}
	c.progress.End()
	if c.view != nil {
		c.code = max(c.code, c.say.Faults(c.view.missed()))
	}
	c.summarize()
	return c.code
}

// count counts n more documents that were read.
func (c *conversion) count(n int64) {
	c.Read += n
	c.progress.Count(c.Read)
}

// convertFile converts all documents of one input.
func (c *conversion) convertFile(name string) *report.Fault {
	if err := c.flush(); err != nil { // before waiting for the input
		return report.WriteFault(c.out.Name(), err)
	}
	input, err := c.in.Open(c.ctx, name)
	if err != nil {
		return c.inputFault(inputName(name), err)
	}
	defer input.Close()
	c.progress.Open(input)
	defer c.progress.Open(nil)
	if name == "-" && file.IsTerminal(c.std.in) && !c.opts.quiet {
		c.say.Note("reading from the terminal; end the input with Ctrl-D")
	}
	head, err := input.Head()
	switch {
	case err != nil:
		return c.cutFault(input.Name(), err)
	case len(head) == 0:
		return nil // no documents, in any format
	}
	s := &source{c: c, name: input.Name(), from: c.opts.from}
	seen := format.Detect(head, "")
	if s.from == format.Unknown {
		s.from = format.Detect(head, compress.Stem(name))
	} else if seen != s.from && (seen != format.BSON && seen != format.Unknown || format.OpensBSON(head)) {
		// Short pickles have a NUL where a length of BSON has one, too.
		s.advice = "this looks like " + seen.String()
	}
	if what := format.Foreign(head, s.from); what != "" {
		s.advice = "this is " + what
	}
	if s.from == format.Unknown {
		return s.unknownFormat()
	}
	if f := c.startOutput(s); f != nil {
		return f
	}
	defer func() { c.unpacked(input) }()
	return c.convertWhole(s, input)
}

// unknownFormat is the fault of an input that is neither BSON nor JSON.
func (s *source) unknownFormat() *report.Fault {
	if s.advice == "" {
		s.advice = "name the format with --from"
	}
	f := report.NewFault(report.CodeSyntax, s.name, "unknown format: the first bytes are neither BSON nor JSON")
	f.Place = &report.Place{}
	return s.about(f, 1)
}

// startOutput decides the format of the output, if that is still open, now
// that the format of an input is known, and how the documents of s are written.
func (c *conversion) startOutput(s *source) *report.Fault {
	if c.opts.to == format.Unknown {
		to := s.from.Opposite()
		if c.opts.sameFormat {
			to = s.from
		}
		if c.to != format.Unknown && c.to != to {
			return report.UsageFault(fmt.Sprintf("%s and the output are both %v; choose the output format with --to",
				report.CleanName(s.name), s.from))
		}
		c.to = to
	}
	if c.to != format.JSON && c.opts.textFlag != "" {
		return report.UsageFault(c.opts.needsText(c.to).Error())
	}
	if c.to.Binary() && c.out.IsTerminal() && !c.opts.force {
		return report.UsageFault(c.to.String() + " is binary and the output is a terminal; name a file with --output, or add --force")
	}
	s.fm, c.frame = c.opts.formatter(c.to, writing{
		checked:  s.from == format.JSON || s.from == format.Pickle,
		terminal: c.out.IsTerminal(),
	})
	c.alone = c.opts.alone(c.to)
	c.started = true
	return nil
}

// leaveOut counts and reports f, a document that is left out, and returns the
// fault that ends the run if there have been too many.
func (c *conversion) leaveOut(f *report.Fault) *report.Fault {
	c.Rejected++
	c.count(1)
	return c.goOn(f)
}

// mendedOne counts and reports f, the fault of a document that was mended and is
// written. Otherwise it does what leaveOut does.
func (c *conversion) mendedOne(f *report.Fault) *report.Fault {
	c.Mended++
	c.count(1)
	if len(c.pending) >= streamBuffer {
		if f := c.flushFault(); f != nil {
			return f
		}
	}
	return c.goOn(f)
}

// stray counts and reports f, a fault between documents. Otherwise it does what
// leaveOut does.
func (c *conversion) stray(f *report.Fault) *report.Fault {
	c.Strays++
	return c.goOn(f)
}

// goOn reports f. If there have been too many faults it returns the one that
// ends the run.
func (c *conversion) goOn(f *report.Fault) *report.Fault {
	code := c.say.Faults(f)
	if c.opts.onError == reportErrors {
		code = report.CodeRefused
	}
	c.code = max(c.code, code)
	if c.endsWith(0) {
		return &report.Fault{Code: c.code, Why: "stopped after " + report.Plural(c.Faulty(), "fault") + " (see --max-errors)"}
	}
	return nil
}

// endsWith reports whether n more faults are too many.
func (c *conversion) endsWith(n int) bool {
	return c.opts.maxErrors > 0 && c.Faulty()+int64(n) >= c.opts.maxErrors
}

// passOver reports f, if only what is left of an input is at fault and a run
// that goes on after damage can do so with the next, and returns nil then.
// Else it returns f.
func (c *conversion) passOver(f *report.Fault) *report.Fault {
	if f == nil || c.opts.onError == stopOnError || f.File == "" || f.Code == report.CodeUsage || f.Code >= report.CodeOutput {
		return f
	}
	code := c.say.Faults(f)
	if c.opts.onError == reportErrors && code != report.CodeInput {
		code = report.CodeRefused
	}
	c.code = max(c.code, code)
	return nil
}

// inputFault is for err, met in opening an input or reading from it.
func (c *conversion) inputFault(name string, err error) *report.Fault {
	switch {
	case c.out.Err() != nil: // met in passing on what was converted
		return c.outputFault(c.out.Err())
	case errors.Is(err, interrupt.ErrInterrupted):
		return c.interrupted()
	}
	if z, ok := errors.AsType[*compress.Error](err); ok {
		return report.CompressionFault(name, z)
	}
	return report.ReadFault(name, err)
}

func (c *conversion) interrupted() *report.Fault {
	code := report.CodeSignal
	if s, ok := errors.AsType[*interrupt.Signal](context.Cause(c.ctx)); ok {
		code += report.Code(s.Number)
	}
	return &report.Fault{Code: code, Why: "interrupted after " + report.Documents(c.Written())}
}

// summarize says what the run has come to, if that is wanted.
func (c *conversion) summarize() {
	if c.opts.dump != dumpNone && !c.opts.quiet && !file.IsClosedPipe(c.out.Err()) {
		c.say.Found(c.Read - c.Holes)
	}
	form := c.opts.summary
	if form == summaryAuto && !c.opts.quiet && (c.Faulty() > 0 && c.view == nil || c.opts.verbose > 0) {
		form = summaryText
	}
	c.CompressedOut = c.out.Compressed()
	switch form {
	case summaryText:
		c.say.Summarize(c.Totals, report.Text)
	case summaryJSON:
		c.say.Summarize(c.Totals, report.JSON)
	}
}

// inputName returns the name of an input for messages.
func inputName(name string) string {
	if name == "-" {
		return file.StdinName
	}
	return name
}
