package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file is the outputs of a conversion: the documents, and what is kept of
// those that are left out.
//
//   - openOutputs opens them, and complete or abandon ends them.
//   - write and reject are the only ways to them.

// openOutputs opens the output and, if there is one, the file of rejects.
func (c *conversion) openOutputs() (f *report.Fault) {
	codec, _ := compress.ByName(c.opts.rejects)
	out, rejects := c.output(c.opts.output, c.opts.codec), c.output(c.opts.rejects, codec)
	if c.opts.rejects != "" && out.Collides(rejects) {
		return report.UsageFault("--output and --rejects name the same file, or one names the .partial file of the other; choose another name")
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
func (c *conversion) output(name string, codec compress.Codec) file.Output {
	o := file.Output{Name: name, Stdout: c.std.out, Overwrite: c.opts.overwrite, Codec: codec}
	o.Level, o.Jobs = min(c.opts.compressLevel, codec.MaxLevel()), c.jobs()
	return o
}

func (c *conversion) open(o file.Output) (*file.Writer, *report.Fault) {
	if name, ok := o.Conflict(c.opts.files, c.std.in); ok {
		return nil, report.UsageFault(inputName(name) + " is an input, and the output would replace it; choose another name for the output")
	}
	out, err := o.Open(c.ctx)
	switch {
	case err == nil && o.Codec != compress.None && out.IsTerminal() && !c.opts.force:
		out.Discard()
		return nil, report.UsageFault("compressed data is binary and the output is a terminal; name a file with --output, or add --force")
	case err == nil:
		if out.Aside() {
			c.atEnd = append(c.atEnd, interrupt.SurvivePipes())
		}
		return out, nil
	case errors.Is(err, fs.ErrExist):
		return nil, report.UsageFault(o.Name + " exists; add --overwrite to replace it")
	case errors.Is(err, interrupt.ErrInterrupted):
		return nil, c.interrupted()
	}
	return nil, report.WriteFault(o.Name, err)
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
	c.Out += int64(n)
	return err
}

func (c *conversion) writeText(s string) error {
	if s == "" {
		return nil
	}
	n, err := io.WriteString(c.out, s)
	c.Out += int64(n)
	return err
}

// A longWriter writes a document in portions, after the text that separates it
// from the one before.
type longWriter struct {
	c     *conversion
	begun bool
}

// Write writes p. An interrupt ends the run within a long document, and the
// output is then cut there.
func (w *longWriter) Write(p []byte) (int, error) {
	c := w.c
	if c.ctx.Err() != nil {
		c.cut = w.begun
		return 0, context.Cause(c.ctx)
	}
	if !w.begun {
		w.begun = true
		if err := c.write([]byte(c.frame.between)); err != nil {
			return 0, err
		}
	}
	n := c.Out
	err := c.write(p)
	return int(c.Out - n), err
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

func (c *conversion) flushFault() *report.Fault {
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

// outputFault is for err, met in writing the output.
func (c *conversion) outputFault(err error) *report.Fault {
	if errors.Is(err, interrupt.ErrInterrupted) {
		return c.interrupted()
	}
	return report.WriteFault(c.out.Name(), err)
}

// complete ends outputs to which everything was written. An input that was
// passed over may have left documents that are not passed on yet.
func (c *conversion) complete() *report.Fault {
	if f := c.flushFault(); f != nil {
		return f
	}
	if !c.started && c.to == format.Unknown && c.opts.textFlag != "" {
		c.to = format.JSON // the array of no documents is still an array
	}
	if !c.started && c.to == format.JSON {
		_, c.frame = c.opts.formatter(c.to, writing{})
	}
	text := c.frame.close
	if !c.begun {
		text = c.frame.open + text
	}
	if err := c.writeText(text); err != nil {
		return c.outputFault(err)
	}
	// Both files are on the disk before either gets its name, and the output
	// gets its name first. So a run that fails here can be repeated.
	for _, step := range []func(*file.Writer) error{(*file.Writer).Settle, (*file.Writer).Commit} {
		for _, out := range []*file.Writer{c.out, c.rejects} {
			if f := endFault(out, step); f != nil {
				return f
			}
		}
	}
	return nil
}

// endFault takes a step to the end of out, which may be nil.
func endFault(out *file.Writer, step func(*file.Writer) error) *report.Fault {
	if out == nil {
		return nil
	}
	err := step(out)
	switch {
	case errors.Is(err, fs.ErrExist):
		return report.NewFault(report.CodeOutput, out.Name(), "was created by another process during the run; add --overwrite to replace it")
	case err != nil:
		return report.WriteFault(out.Name(), err)
	}
	return nil
}

// abandon ends the outputs with what was converted before f, and reports f. It
// does so last: where nobody reads standard error any more, the first line
// ends the process.
func (c *conversion) abandon(f *report.Fault) report.Code {
	faults := []*report.Fault{f}
	failed := func(err error) {
		if err != nil {
			faults = append(faults, c.outputFault(err))
		}
	}
	if c.out.Err() == nil {
		failed(c.flush())
	}
	var notes []string
	keep := func(out *file.Writer, n, more int64, what string) {
		if out == nil {
			return
		}
		if n+more == 0 {
			failed(out.Discard())
			return
		}
		kept, err := out.Keep()
		failed(err)
		whole := out.Err() == nil && !(out == c.out && c.cut)
		switch {
		case kept == "":
		case whole:
			notes = append(notes, fmt.Sprintf("%s has the %s %s so far", report.CleanName(kept), report.Documents(n), what))
		default:
			notes = append(notes, report.CleanName(kept)+" has all output that could be written; its last document may be incomplete")
		}
	}
	keep(c.out, c.Written(), 0, "converted")
	keep(c.rejects, c.Rejected, c.Strays, "rejected")
	c.progress.End()
	code := max(c.code, c.say.Faults(faults...))
	for _, text := range notes {
		c.say.Note(text)
	}
	c.summarize()
	return code
}
