package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file turns whatever ends a run into one line and an exit code. Nothing
// else writes messages about failures.

// An exitCode is what the process returns; the package comment lists them.
// A higher one outranks a lower one.
type exitCode int

const (
	exitOK      exitCode = 0
	exitRefused exitCode = 1 // a well-formed document was not converted
	exitUsage   exitCode = 2
	exitInput   exitCode = 3   // an input cannot be opened or read
	exitSyntax  exitCode = 4   // malformed or truncated input
	exitOutput  exitCode = 5   // the output cannot be written
	exitSignal  exitCode = 128 // plus the number of the signal
	// exitClosedPipe is what a shell shows of a process that SIGPIPE ended,
	// which is how most runs with a closed pipe end.
	exitClosedPipe exitCode = exitSignal + 13
)

// Longest parts of a message, in bytes. Names, keys and paths come from the
// outside and can be of any length.
const (
	maxName = 256
	maxPath = 200
	maxWhy  = 400
)

const stdoutName = file.StdoutName

// A fault is something that was not done: a reason to end the run, or a
// document that is left out.
type fault struct {
	code   exitCode
	file   string     // name of the file it is about, as fileName returns it; may be ""
	number int64      // of the document in the file, from 1; 0: it is about none
	place  *diagnosis // of the document, or of what is wrong in compressed data; nil: it is about neither
	why    string     // one line without its end, "" if nothing is to be said
	advice string     // what to do about it, or what comes of it; may be ""
	mended int        // lengths of the document that were mended, which is written; 0: it is left out
	// skipped is how many bytes were left out, 0 if it ends the run, and from
	// the byte of the file at which they start.
	skipped, from int64
}

func newFault(code exitCode, name, why string) *fault {
	return &fault{code: code, file: fileName(name), why: oneline.Clean(why, maxWhy)}
}

// usageFault says what is wrong with the command line. why may hold anything
// that was on it.
func usageFault(why string) *fault { return commandFault("bsonjs", why) }

// commandFault is usageFault for the command that the words path call.
func commandFault(path, why string) *fault {
	return &fault{code: exitUsage, why: oneline.Clean(why, maxWhy) + " (see " + path + " --help)"}
}

// readFault is for an input that cannot be opened or read.
func readFault(name string, err error) *fault {
	return newFault(exitInput, name, file.Cause(err).Error())
}

// writeFault is for an output that cannot be opened, written, closed or
// renamed.
func writeFault(name string, err error) *fault {
	if file.IsClosedPipe(err) {
		return &fault{code: exitClosedPipe}
	}
	return newFault(exitOutput, name, "cannot be written: "+file.Cause(err).Error())
}

// line returns f as the package comment shows it.
func (f *fault) line(p palette) string {
	var b strings.Builder
	where := oneline.Clean(f.file, maxName)
	if d := f.place; d != nil && f.number == 0 {
		where += fmt.Sprintf(": compressed offset %d", d.offset)
	} else if d != nil {
		where += fmt.Sprintf(": document %d at offset %d", f.number, d.offset)
		if d.line > 0 {
			where += fmt.Sprintf(", line %d, column %d", d.line, d.column)
		}
	}
	b.WriteString(p.paint(p.place, where))
	if d := f.place; d != nil && d.path != "" {
		b.WriteString(" (" + p.paint(p.path, oneline.Clean(d.path, maxPath)) + ")")
	}
	if f.file != "" {
		b.WriteString(": ")
	}
	b.WriteString(p.paint(p.why, f.why))
	if f.advice != "" {
		b.WriteString("; " + f.advice)
	}
	if f.skipped > 0 {
		fmt.Fprintf(&b, "; skipped %s from offset %d", plural(f.skipped, "byte"), f.from)
	}
	return b.String()
}

// A diagnosis is what is wrong with one document of an input, and where.
type diagnosis struct {
	code exitCode
	// offset counts the bytes before the one at fault, from the start of
	// whatever was read; line and column are its place in text, both from 1
	// and the latter in bytes, or 0 where there is no text.
	offset, line, column int64
	path                 string // JSON Pointer in the document, "" for the document itself
	why                  string // one line, never long
}

// diagnose returns what err, from a reader or writer of documents, says about
// the document. It returns false if err is about something else, such as the
// reading or writing itself.
func diagnose(err error) (diagnosis, bool) {
	var (
		bs *bson.SyntaxError
		bv *bson.ValueError
		js *extjson.SyntaxError
		jv *extjson.ValueError
		ps *pickle.SyntaxError
		pv *pickle.ValueError
	)
	var d diagnosis
	switch {
	case errors.As(err, &bs):
		d = diagnosis{code: exitSyntax, offset: bs.Offset, path: bs.Pointer}
		err = bs.Err
	case errors.As(err, &bv):
		d = diagnosis{code: exitRefused, offset: bv.Offset, path: bv.Pointer}
		err = bv.Err
	case errors.As(err, &js):
		d = textDiagnosis(exitSyntax, js)
		err = js.Err
	case errors.As(err, &jv):
		d = textDiagnosis(exitRefused, (*extjson.SyntaxError)(jv))
		err = jv.Err
	case errors.As(err, &ps):
		d = pickleDiagnosis(exitSyntax, ps)
		err = ps.Err
	case errors.As(err, &pv):
		d = pickleDiagnosis(exitRefused, (*pickle.SyntaxError)(pv))
		err = pv.Err
	default:
		return d, false
	}
	d.why = oneline.Clean(err.Error(), maxWhy) + d.why
	switch {
	case errors.Is(err, bson.ErrDepth):
		d.why += " (see --max-depth)"
	case errors.Is(err, bson.ErrTooLarge):
		d.why += " (see --max-document-size)"
	}
	return d, true
}

func textDiagnosis(code exitCode, e *extjson.SyntaxError) diagnosis {
	d := diagnosis{code: code, offset: e.Offset, line: e.Line, column: e.Column, path: e.Pointer}
	if e.Expected != "" {
		d.why = ", expected " + oneline.Clean(e.Expected, maxWhy)
	}
	return d
}

// pickleDiagnosis says what e, of package pickle, is about.
func pickleDiagnosis(code exitCode, e *pickle.SyntaxError) diagnosis {
	d := diagnosis{code: code, offset: e.Offset, path: e.Pointer}
	if e.What != "" {
		d.why += ": " + e.What
	}
	if e.Opcode != "" {
		d.why += " (opcode " + e.Opcode + ")"
	}
	return d
}

// fileName returns the name of a file, so that there is one: "" is spelled out.
func fileName(name string) string {
	if name == "" {
		return `""`
	}
	return name
}

// cleanName returns the name of a file as a message shows it.
func cleanName(name string) string { return oneline.Clean(fileName(name), maxName) }
