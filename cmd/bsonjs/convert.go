package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/input"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/output"
)

// This file is one conversion from start to end.
//
//   - run checks and opens the output; complete or abandon ends it.
//   - convertFile finds the format of one input, and startWriter, called for
//     the first that holds anything, that of the output.
//   - copyDocuments is the loop: what it calls for each document is in the
//     packages that know the formats.
//
// A fault, whichever function meets it first, ends the run.

// A conversion is a run that converts files.
type conversion struct {
	opts  *options
	std   streams
	watch *interrupt.Watch
	in    input.Options

	out *output.File
	to  format.Format  // of the output, Unknown until it is decided
	w   documentWriter // nil until something is to be written
	// docs is how many documents were handed to w without an error.
	docs int64
}

func newConversion(o *options, std streams, watch *interrupt.Watch) *conversion {
	c := &conversion{opts: o, std: std, watch: watch, to: o.to}
	c.in = input.Options{Stdin: std.in, Stop: watch.Done(), BeforeWait: c.flush}
	return c
}

func (c *conversion) run() exitCode {
	if f := c.openOutput(); f != nil {
		return c.std.report(f)
	}
	for _, name := range c.opts.files {
		if f := c.convertFile(name); f != nil {
			return c.abandon(f)
		}
	}
	if f := c.complete(); f != nil {
		return c.abandon(f)
	}
	return exitOK
}

func (c *conversion) openOutput() *fault {
	o := output.Options{
		Name:      c.opts.output,
		Stdout:    c.std.out,
		Overwrite: c.opts.overwrite,
		Stop:      c.watch.Done(),
	}
	if name, ok := o.Conflict(c.opts.files, c.std.in); ok {
		return usageFault(inputName(name) + " is also what the output would replace")
	}
	var err error
	c.out, err = o.Open()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return usageFault(o.Name + " exists; --overwrite replaces it")
	case errors.Is(err, interrupt.ErrInterrupted):
		return c.interrupted()
	}
	return writeFault(o.Name, err)
}

// convertFile converts all documents of one input.
func (c *conversion) convertFile(name string) *fault {
	file, err := c.in.Open(name)
	if err != nil {
		return c.inputFault(inputName(name), err)
	}
	defer file.Close()
	if name == "-" && output.IsTerminal(c.std.in) {
		c.std.note("reading from the terminal; Ctrl-D ends the input")
	}
	head, err := file.Head()
	switch {
	case err != nil:
		return c.inputFault(file.Name(), err)
	case len(head) == 0:
		return nil // no documents, in any format
	}
	from, advice := c.opts.from, ""
	seen := format.Detect(head, "")
	if from == format.Unknown {
		from = format.Detect(head, name)
	} else if seen != format.Unknown && seen != from {
		advice = "this looks like " + seen.String()
	}
	if what := format.Foreign(head); what != "" {
		advice = "this is " + what
	}
	if from == format.Unknown {
		return unknownFormat(file.Name(), advice)
	}
	if f := c.startWriter(file.Name(), from); f != nil {
		return f
	}
	return c.copyDocuments(file, from, advice)
}

// unknownFormat is the fault of an input that is neither BSON nor JSON.
func unknownFormat(name, advice string) *fault {
	if advice == "" {
		advice = "--from says which"
	}
	d := diagnosis{code: exitSyntax, why: "neither BSON nor JSON by its first bytes"}
	return d.fault(name, 1, advice)
}

// startWriter decides the format of the output, if that is still open, now
// that the input name is known to be in format from, and makes the writer.
func (c *conversion) startWriter(name string, from format.Format) *fault {
	if c.opts.to == format.Unknown {
		to := from.Opposite()
		if c.to != format.Unknown && c.to != to {
			return usageFault(fmt.Sprintf("%s is %v, and so is the output, as the files before it ask for; --to decides",
				cleanName(name), from))
		}
		c.to = to
	}
	if c.w != nil {
		return nil
	}
	if c.to != format.JSON && c.opts.textFlag != "" {
		return usageFault(c.opts.needsText(c.to).Error())
	}
	if c.to != format.JSON && c.out.IsTerminal() && !c.opts.force {
		return usageFault(c.to.String() + " is binary and the output is a terminal; --force writes it all the same")
	}
	c.w = c.newWriter()
	return nil
}

func (c *conversion) newWriter() documentWriter {
	switch c.to {
	case format.JSON:
		return c.opts.encodeText().NewEncoder(c.out)
	case format.Pickle:
		return newPickleWriter(c.out, c.opts.encodePickle())
	}
	return newBSONWriter(c.out, c.opts.validate())
}

// A documentReader reads documents from a format.
type documentReader interface {
	Next() bool
	Raw() bson.Raw // valid until the next call of Next
	Offset() int64 // byte of the input at which the document starts
	Err() error
}

func (c *conversion) newReader(file *input.File, from format.Format) documentReader {
	switch from {
	case format.JSON:
		return c.opts.decodeText().NewDecoder(file)
	case format.Pickle:
		return c.opts.decodePickle().NewDecoder(file)
	}
	return c.opts.decodeBSON().NewDecoder(file)
}

// copyDocuments converts the documents of file, which is in format from.
// advice ends the line of a fault in the first of them.
func (c *conversion) copyDocuments(file *input.File, from format.Format, advice string) *fault {
	r, w := c.newReader(file, from), c.w
	if bw, ok := w.(*bsonWriter); ok {
		bw.checked = from != format.BSON
	}
	var n int64
	var refused error // by the writer
	for c.watch.Signal() == 0 && r.Next() {
		if refused = encode(w, r); refused != nil {
			break
		}
		n++
	}
	c.docs += n
	if c.out.Err() != nil {
		return writeFault(c.out.Name(), c.out.Err())
	}
	if refused == nil && c.watch.Signal() != 0 {
		return c.interrupted()
	}
	err := refused
	if err == nil {
		err = r.Err()
	}
	if err == nil {
		return nil
	}
	d, ok := diagnose(err)
	if !ok {
		return readFault(file.Name(), err)
	}
	if refused != nil {
		if from != format.BSON {
			d.offset = 0 // it counted bytes of BSON, which are in no file
		}
		d.offset += r.Offset()
	}
	if n > 0 {
		advice = ""
	}
	return d.fault(file.Name(), n+1, advice)
}

// inputFault is for err, met in opening an input or reading its first bytes.
func (c *conversion) inputFault(name string, err error) *fault {
	switch {
	case errors.Is(err, interrupt.ErrInterrupted):
		return c.interrupted()
	case c.out.Err() != nil: // met in passing on what was converted
		return writeFault(c.out.Name(), c.out.Err())
	}
	return readFault(name, err)
}

func (c *conversion) interrupted() *fault {
	return &fault{
		code: exitSignal + exitCode(c.watch.Signal()),
		text: "interrupted after " + documents(c.docs),
	}
}

// complete ends an output to which everything was written.
func (c *conversion) complete() *fault {
	if c.w == nil && c.to == format.Unknown && c.opts.textFlag != "" {
		c.to = format.JSON // the array of no documents is still an array
	}
	if c.w == nil && c.to == format.JSON {
		c.w = c.newWriter()
	}
	if c.w != nil {
		if err := c.w.Close(); err != nil {
			return writeFault(c.out.Name(), err)
		}
	}
	err := c.out.Commit()
	switch {
	case errors.Is(err, fs.ErrExist):
		return newFault(exitOutput, c.out.Name(), "has come into being during the run; --overwrite replaces it")
	case err != nil:
		return writeFault(c.out.Name(), err)
	}
	return nil
}

// abandon ends the output with what was converted before f, and reports f. It
// does so last: where nobody reads standard error any more, the first line
// ends the process.
func (c *conversion) abandon(f *fault) exitCode {
	faults := []*fault{f}
	failed := func(err error) {
		if err != nil {
			faults = append(faults, writeFault(c.out.Name(), err))
		}
	}
	if c.out.Err() == nil {
		failed(c.flush())
	}
	whole := c.out.Err() == nil
	if c.docs == 0 {
		failed(c.out.Discard())
		return c.std.report(faults...)
	}
	kept, err := c.out.Keep()
	failed(err)
	code := c.std.report(faults...)
	switch {
	case kept == "":
	case whole:
		c.std.note(fmt.Sprintf("%s keeps the %s converted before", cleanName(kept), documents(c.docs)))
	default:
		c.std.note(cleanName(kept) + " keeps what could be written; its last document may be cut")
	}
	return code
}

// flush passes on what was converted.
func (c *conversion) flush() error {
	if c.w == nil {
		return nil
	}
	return c.w.Flush()
}

// documents returns n with its noun.
func documents(n int64) string {
	if n == 1 {
		return "1 document"
	}
	return fmt.Sprintf("%d documents", n)
}

// inputName returns the name of an input for messages.
func inputName(name string) string {
	if name == "-" {
		return input.StdinName
	}
	return name
}
