package run

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/extension"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file connects the inputs and the output of a run to the extension, if their format
// needs it.
//
//	input ─▶ bsonjs-columns read ─▶ BSON ─▶ …  … ─▶ BSON ─▶ bsonjs-columns write ─▶ output
//
// Each of them has a process of its own.

// openExtension finds the extension if the output needs it, or an input whose format is
// known before it is opened. So a missing extension ends the run before anything is read.
func (e *engine) openExtension() *report.Fault {
	if e.Table.Format == nil && !e.reads() {
		return nil
	}
	program, f := e.findExtension()
	if f != nil || e.Table.Format == nil {
		return f
	}
	e.Output.Filter = func(ctx context.Context, out io.Writer) (file.Filter, error) {
		w, err := program.Write(ctx, e.Table.Format.Name, e.Table.Flags, out)
		if err != nil {
			return nil, err
		}
		return w, nil
	}
	return nil
}

// reads reports whether the extension is known to read an input.
func (e *engine) reads() bool {
	if e.From != nil {
		return e.From.Extension
	}
	return slices.ContainsFunc(e.Inputs, func(in folder.Input) bool { return in.Folder == nil && e.readsFile(in.Name) })
}

// readsFile reports whether the extension reads the file of the given name. Only files with a
// suffix for it are opened.
func (e *engine) readsFile(name string) bool {
	if c, _ := codec.BySuffix(compress.Stem(name)); c == nil || !c.Extension {
		return false
	}
	if info := file.Stat(name, nil); info == nil || !info.Mode().IsRegular() {
		return false
	}
	in, err := e.in.Open(e.ctx, name)
	if err != nil {
		return false
	}
	defer in.Close()
	head, err := headOf(in)
	c := e.format(name, head)
	return err == nil && c != nil && c.Extension
}

// findExtension returns the extension.
func (e *engine) findExtension() (*extension.Program, *report.Fault) {
	program, err := e.Extension.Find(e.ctx)
	switch {
	case errors.Is(err, interrupt.ErrInterrupted):
		return nil, e.interrupted()
	case err != nil:
		return nil, report.UsageFault(err.Error())
	}
	return program, nil
}

// startExtension makes the extension read in, the file of s. The end of a table has its
// description, so the extension opens the file itself if it can.
func (s *source) startExtension(in *file.Reader) *report.Fault {
	program, f := s.findExtension()
	if f != nil {
		return f
	}
	var err error
	s.program, err = program.Read(s.ctx, s.from.Name, s.ReadFlags, in.Path(), in)
	if err != nil {
		return report.ReadFault(s.name, err)
	}
	return nil
}

// endExtension ends the extension, if it reads s.
func (s *source) endExtension() {
	if s.program != nil {
		s.program.Close()
	}
}

// extensionFault returns the fault of an input or output of the given name that cannot be
// read or written because the extension has ended with err. It returns nil if err is about
// something else. An extension that ends with a code of bsonjs has written the reason. usual
// is the code if the extension has none.
func extensionFault(name, done string, err error, usual report.Code) *report.Fault {
	failure, ok := errors.AsType[*extension.Failure](err)
	if !ok {
		return nil
	}
	code := report.Code(failure.Code())
	if code <= report.CodeOK || code > report.CodeOutput {
		return report.NewFault(usual, name, "cannot be "+done+": "+failure.Error())
	}
	return report.NewFault(code, name, "not "+done+"; the message of "+extension.Name+" has the reason")
}
