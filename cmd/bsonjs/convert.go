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
	say  reporter

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
	code    exitCode     // of what was left out
	view    *view        // of the command inspect; nil in others
	atEnd   []func()     // called when the run is over
	ended   bool         // the run is to end, and its output is whole
	totals
	progress *progress
}

func newConversion(o *options, std streams, ctx context.Context) *conversion {
	c := &conversion{
		opts:   o,
		ctx:    ctx,
		in:     file.Input{Stdin: std.in, Plain: plain},
		to:     o.to,
		totals: totals{began: time.Now(), checked: o.rules != nil},
	}
	if o.inspect != nil {
		c.view = newView(o)
	}
	colors := o.color.palette(std.err)
	c.progress = newProgress(o, std, c.in.Size(o.files))
	std.err = c.progress
	c.std, c.say = std, reporter{std, o.errors, colors}
	return c
}

// jobs returns how many pieces of an input are converted at once.
func (c *conversion) jobs() int {
	if c.opts.jobs > 0 {
		return c.opts.jobs
	}
	return runtime.GOMAXPROCS(0)
}

func (c *conversion) run() exitCode {
	defer c.progress.end()
	defer func() {
		for _, f := range c.atEnd {
			f()
		}
	}()
	if f := c.openOutputs(); f != nil {
		return c.say.faults(f)
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
	c.progress.end()
	if c.view != nil {
		c.code = max(c.code, c.say.faults(c.view.missed()))
	}
	c.summarize()
	return c.code
}

// count counts n more documents that were read.
func (c *conversion) count(n int64) {
	c.read += n
	c.progress.documents.Store(c.read)
}

// convertFile converts all documents of one input.
func (c *conversion) convertFile(name string) *fault {
	if err := c.flush(); err != nil { // before waiting for the input
		return writeFault(c.out.Name(), err)
	}
	input, err := c.in.Open(c.ctx, name)
	if err != nil {
		return c.inputFault(inputName(name), err)
	}
	defer input.Close()
	c.progress.open(input)
	defer c.progress.open(nil)
	if name == "-" && file.IsTerminal(c.std.in) && !c.opts.quiet {
		c.say.note("reading from the terminal; Ctrl-D ends the input")
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
	defer func() { c.totals.unpacked(input) }()
	return c.convertWhole(s, input)
}

// unknownFormat is the fault of an input that is neither BSON nor JSON.
func (s *source) unknownFormat() *fault {
	if s.advice == "" {
		s.advice = "--from says which"
	}
	return s.fault(mishap{number: 1}, diagnosis{code: exitSyntax, why: "neither BSON nor JSON by its first bytes"})
}

// startOutput decides the format of the output, if that is still open, now
// that the format of an input is known, and how the documents of s are written.
func (c *conversion) startOutput(s *source) *fault {
	if c.opts.to == format.Unknown {
		to := s.from.Opposite()
		if c.opts.sameFormat {
			to = s.from
		}
		if c.to != format.Unknown && c.to != to {
			return usageFault(fmt.Sprintf("%s is %v, and so is the output, as the files before it ask for; --to decides",
				cleanName(s.name), s.from))
		}
		c.to = to
	}
	if c.to != format.JSON && c.opts.textFlag != "" {
		return usageFault(c.opts.needsText(c.to).Error())
	}
	if c.to.Binary() && c.out.IsTerminal() && !c.opts.force {
		return usageFault(c.to.String() + " is binary and the output is a terminal; --force writes it all the same")
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
func (c *conversion) leaveOut(f *fault) *fault {
	c.rejected++
	c.count(1)
	return c.goOn(f)
}

// mendedOne counts and reports f, the fault of a document that was mended and is
// written. Otherwise it does what leaveOut does.
func (c *conversion) mendedOne(f *fault) *fault {
	c.mended++
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
func (c *conversion) stray(f *fault) *fault {
	c.strays++
	return c.goOn(f)
}

// goOn reports f. If there have been too many faults it returns the one that
// ends the run.
func (c *conversion) goOn(f *fault) *fault {
	code := c.say.faults(f)
	if c.opts.onError == reportErrors {
		code = exitRefused
	}
	c.code = max(c.code, code)
	if c.endsWith(0) {
		return &fault{code: c.code, why: "gave up after " + plural(c.faulty(), "error")}
	}
	return nil
}

// endsWith reports whether n more faults are too many.
func (c *conversion) endsWith(n int) bool {
	return c.opts.maxErrors > 0 && c.faulty()+int64(n) >= c.opts.maxErrors
}

// passOver reports f, if only what is left of an input is at fault and a run
// that goes on after damage can do so with the next, and returns nil then.
// Else it returns f.
func (c *conversion) passOver(f *fault) *fault {
	if f == nil || c.opts.onError == stopOnError || f.file == "" || f.code == exitUsage || f.code >= exitOutput {
		return f
	}
	code := c.say.faults(f)
	if c.opts.onError == reportErrors && code != exitInput {
		code = exitRefused
	}
	c.code = max(c.code, code)
	return nil
}

// inputFault is for err, met in opening an input or reading from it.
func (c *conversion) inputFault(name string, err error) *fault {
	switch {
	case c.out.Err() != nil: // met in passing on what was converted
		return c.outputFault(c.out.Err())
	case errors.Is(err, interrupt.ErrInterrupted):
		return c.interrupted()
	}
	if z, ok := errors.AsType[*compress.Error](err); ok {
		return compressionFault(name, z)
	}
	return readFault(name, err)
}

func (c *conversion) interrupted() *fault {
	code := exitSignal
	if s, ok := errors.AsType[*interrupt.Signal](context.Cause(c.ctx)); ok {
		code += exitCode(s.Number)
	}
	return &fault{code: code, why: "interrupted after " + documents(c.written())}
}

// summarize says what the run has come to, if that is wanted.
func (c *conversion) summarize() {
	if c.opts.dump != dumpNone && !c.opts.quiet && !file.IsClosedPipe(c.out.Err()) {
		c.say.found(c.read - c.holes)
	}
	form := c.opts.summary
	if form == summaryAuto {
		form = summaryNone
		if (c.faulty() > 0 && c.view == nil || c.opts.verbose > 0) && !c.opts.quiet {
			form = summaryText
		}
	}
	if form != summaryNone {
		c.totals.packedOut = c.out.Compressed()
		c.say.summarize(c.totals, form)
	}
}

// inputName returns the name of an input for messages.
func inputName(name string) string {
	if name == "-" {
		return file.StdinName
	}
	return name
}
