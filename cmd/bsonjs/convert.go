package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"time"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/input"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/output"
)

// This file is one conversion from start to end.
//
//   - run opens the outputs, and complete or abandon ends them.
//   - convertFile finds the format of one input, and startOutput, called for
//     the first that holds anything, that of the output. The rest of the way
//     of an input is in source.go.
//   - write and reject are the only ways to the outputs.
//
// A fault, whichever function meets it first, ends the run, unless leaveOut
// says otherwise.

// A conversion is a run that converts files.
type conversion struct {
	opts  *options
	std   streams
	watch *interrupt.Watch
	in    input.Options
	say   reporter

	out     *output.File
	to      format.Format // of the output, Unknown until it is decided
	frame   framing       // of the output
	started bool          // startOutput has decided all of this
	begun   bool          // something has been written
	pending []byte        // to be written…
	waiting int64         // …which is so many documents

	rejects *output.File // nil: nothing is kept of what is left out
	code    exitCode     // of what was left out
	view    *view        // of the command inspect; nil in others
	ended   bool         // the run is to end, and its output is whole
	totals
	progress *progress
}

func newConversion(o *options, std streams, watch *interrupt.Watch) *conversion {
	c := &conversion{
		opts:   o,
		watch:  watch,
		in:     input.Options{Stdin: std.in, Stop: watch.Done()},
		to:     o.to,
		totals: totals{began: time.Now()},
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

// openOutputs opens the output and, if there is one, the file of rejects.
func (c *conversion) openOutputs() (f *fault) {
	codec, _ := compress.ByName(c.opts.rejects)
	out, rejects := c.output(c.opts.output, c.opts.codec), c.output(c.opts.rejects, codec)
	if c.opts.rejects != "" && out.Collides(rejects) {
		return usageFault("the output and the file of --rejects would be the same file, or one the .partial of the other")
	}
	if c.out, f = c.open(out); f != nil || c.opts.rejects == "" {
		return f
	}
	if c.rejects, f = c.open(rejects); f != nil {
		c.out.Discard()
	}
	return f
}

// output returns the options of the output of the given name.
func (c *conversion) output(name string, codec compress.Codec) output.Options {
	o := output.Options{Name: name, Stdout: c.std.out, Overwrite: c.opts.overwrite, Stop: c.watch.Done(), Codec: codec}
	o.Level, o.Jobs = min(c.opts.compressLevel, codec.MaxLevel()), c.jobs()
	return o
}

func (c *conversion) open(o output.Options) (*output.File, *fault) {
	if name, ok := o.Conflict(c.opts.files, c.std.in); ok {
		return nil, usageFault(inputName(name) + " is also what the output would replace")
	}
	file, err := o.Open()
	switch {
	case err == nil && o.Codec != compress.None && file.IsTerminal() && !c.opts.force:
		file.Discard()
		return nil, usageFault("compressed data is binary and the output is a terminal; --force writes it all the same")
	case err == nil:
		if file.Aside() {
			c.watch.SurvivePipes()
		}
		return file, nil
	case errors.Is(err, fs.ErrExist):
		return nil, usageFault(o.Name + " exists; --overwrite replaces it")
	case errors.Is(err, interrupt.ErrInterrupted):
		return nil, c.interrupted()
	}
	return nil, writeFault(o.Name, err)
}

// convertFile converts all documents of one input.
func (c *conversion) convertFile(name string) *fault {
	if err := c.flush(); err != nil { // before waiting for the input
		return writeFault(c.out.Name(), err)
	}
	file, err := c.in.Open(name)
	if err != nil {
		return c.inputFault(inputName(name), err)
	}
	defer file.Close()
	c.progress.open(file)
	defer c.progress.open(nil)
	if name == "-" && output.IsTerminal(c.std.in) && !c.opts.quiet {
		c.say.note("reading from the terminal; Ctrl-D ends the input")
	}
	head, err := file.Head()
	switch {
	case err != nil:
		return c.cutFault(file.Name(), err)
	case len(head) == 0:
		return nil // no documents, in any format
	}
	s := &source{c: c, name: file.Name(), from: c.opts.from}
	seen := format.Detect(head, "")
	if s.from == format.Unknown {
		s.from = format.Detect(head, compress.Stem(name))
	} else if seen != format.Unknown && seen != s.from {
		s.advice = "this looks like " + seen.String()
	}
	if what := format.Foreign(head); what != "" {
		s.advice = "this is " + what
	}
	if s.from == format.Unknown {
		return s.unknownFormat()
	}
	if f := c.startOutput(s); f != nil {
		return f
	}
	defer func() { c.totals.unpacked(file) }()
	return c.convertWhole(s, file)
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
	s.fm, c.frame = c.opts.formatter(c.to, s.from == format.JSON || s.from == format.Pickle)
	c.started = true
	return nil
}

// write writes p, documents with what stands between them, to the output.
func (c *conversion) write(p []byte) error {
	if len(p) == 0 {
		return c.out.Err()
	}
	if !c.begun {
		c.begun = true
		if err := c.writeText(c.frame.open); err != nil {
			return err
		}
		p = p[len(c.frame.between):]
	}
	n, err := c.out.Write(p)
	c.totals.out += int64(n)
	return err
}

func (c *conversion) writeText(s string) error {
	if s == "" {
		return nil
	}
	n, err := io.WriteString(c.out, s)
	c.totals.out += int64(n)
	return err
}

// flush passes on what was converted. What cannot be written does not count as
// read either.
func (c *conversion) flush() error {
	err := c.write(c.pending)
	if err != nil {
		c.count(-c.waiting)
	}
	c.pending, c.waiting = c.pending[:0], 0
	return err
}

func (c *conversion) flushFault() *fault {
	if err := c.flush(); err != nil {
		return c.outputFault(err)
	}
	return nil
}

// reject keeps data, the bytes of a document in format from that is left out.
func (c *conversion) reject(data []byte, from format.Format) error {
	if c.rejects == nil {
		return nil
	}
	_, err := c.rejects.Write(data)
	if err == nil && from.Lines() {
		_, err = io.WriteString(c.rejects, "\n")
	}
	return err
}

// rejectsWriter returns where the bytes go that are left out.
func (c *conversion) rejectsWriter() io.Writer {
	if c.rejects == nil {
		return io.Discard
	}
	return c.rejects
}

// leaveOut counts and reports f, a document that is left out, and returns the
// fault that ends the run if there have been too many.
func (c *conversion) leaveOut(f *fault) *fault {
	c.rejected++
	c.count(1)
	code := c.say.faults(f)
	if c.opts.onError == reportErrors {
		code = exitRefused
	}
	c.code = max(c.code, code)
	if c.endsWith(0) {
		return &fault{code: c.code, why: "gave up after " + plural(c.rejected, "error")}
	}
	return nil
}

// endsWith reports whether n more documents left out are too many.
func (c *conversion) endsWith(n int) bool {
	return c.opts.maxErrors > 0 && c.rejected+int64(n) >= c.opts.maxErrors
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

// outputFault is for err, met in writing the output.
func (c *conversion) outputFault(err error) *fault {
	if errors.Is(err, interrupt.ErrInterrupted) {
		return c.interrupted()
	}
	return writeFault(c.out.Name(), err)
}

func (c *conversion) interrupted() *fault {
	return &fault{
		code: exitSignal + exitCode(c.watch.Signal()),
		why:  "interrupted after " + documents(c.written()),
	}
}

// complete ends outputs to which everything was written.
func (c *conversion) complete() *fault {
	if !c.started && c.to == format.Unknown && c.opts.textFlag != "" {
		c.to = format.JSON // the array of no documents is still an array
	}
	if !c.started && c.to == format.JSON {
		_, c.frame = c.opts.formatter(c.to, true)
	}
	text := c.frame.close
	if !c.begun {
		text = c.frame.open + text
	}
	if err := c.writeText(text); err != nil {
		return c.outputFault(err)
	}
	if f := c.commit(c.rejects); f != nil {
		return f
	}
	return c.commit(c.out)
}

// commit ends file, which may be nil.
func (c *conversion) commit(file *output.File) *fault {
	if file == nil {
		return nil
	}
	err := file.Commit()
	switch {
	case errors.Is(err, fs.ErrExist):
		return newFault(exitOutput, file.Name(), "has come into being during the run; --overwrite replaces it")
	case err != nil:
		return writeFault(file.Name(), err)
	}
	return nil
}

// abandon ends the outputs with what was converted before f, and reports f. It
// does so last: where nobody reads standard error any more, the first line
// ends the process.
func (c *conversion) abandon(f *fault) exitCode {
	faults := []*fault{f}
	failed := func(err error) {
		if err != nil {
			faults = append(faults, c.outputFault(err))
		}
	}
	if c.out.Err() == nil {
		failed(c.flush())
	}
	var notes []string
	keep := func(file *output.File, n int64, what string) {
		if file == nil {
			return
		}
		if n == 0 {
			failed(file.Discard())
			return
		}
		kept, err := file.Keep()
		failed(err)
		whole := file.Err() == nil
		switch {
		case kept == "":
		case whole:
			notes = append(notes, fmt.Sprintf("%s keeps the %s %s before", cleanName(kept), documents(n), what))
		default:
			notes = append(notes, cleanName(kept)+" keeps what could be written; its last document may be cut")
		}
	}
	keep(c.out, c.written(), "converted")
	keep(c.rejects, c.rejected, "left out")
	c.progress.end()
	code := max(c.code, c.say.faults(faults...))
	for _, text := range notes {
		c.say.note(text)
	}
	c.summarize()
	return code
}

// summarize says what the run has come to, if that is wanted.
func (c *conversion) summarize() {
	if c.opts.dump != dumpNone && !c.opts.quiet && !output.IsClosedPipe(c.out.Err()) {
		c.say.found(c.read)
	}
	form := c.opts.summary
	if form == summaryAuto {
		form = summaryNone
		if (c.rejected > 0 && c.view == nil || c.opts.verbose > 0) && !c.opts.quiet {
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
		return input.StdinName
	}
	return name
}
