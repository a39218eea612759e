// Package report writes the messages of a run to standard error: faults,
// progress and the summary.
//
//   - fault.go has faults, as a line and an exit code; diagnose.go makes them
//     from errors of the library.
//   - reporter.go writes them, as text or as JSON (json.go), with colours
//     (color.go).
//   - totals.go has the totals of a run, progress.go the progress.
//
// Nothing else writes to standard error during a run.
package report

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// A Code is an exit code of the process. The highest code counts.
type Code int

const (
	CodeOK       Code = 0
	CodeRejected Code = 1 // a well-formed document was not converted
	CodeUsage    Code = 2 // wrong flags, or an output that may not be written
	CodeInput    Code = 3 // an input cannot be opened or read
	CodeSyntax   Code = 4 // malformed or truncated input
	CodeOutput   Code = 5 // the output cannot be written
	// Of a comparison:
	CodeDifferent Code = 1   // two inputs differ
	CodeLeftOut   Code = 6   // in place of CodeRejected
	CodeSignal    Code = 128 // plus the number of the signal
	// CodeClosedPipe is the exit code in a shell of a process that SIGPIPE
	// ended. Most runs with a closed pipe end so.
	CodeClosedPipe Code = CodeSignal + 13
)

// Longest parts of a message, in bytes. Names, keys and paths come from the
// outside and can be of any length.
const (
	maxName = 256
	maxPath = 200
	maxWhy  = 400
)

// A Fault is one thing that is wrong with an input, an output or the command
// line. It ends the run, or rejects a document.
type Fault struct {
	Code   Code
	File   string // name of the file; "" if there is none
	Space  string // namespace; "": none
	Alone  bool   // the file has no other namespace: lines do not show it
	Number int64  // of the document in the file or namespace, from 1; 0: none
	Place  *Place // in the document, or in compressed data; nil: none
	Why    string // one line without its end; "": nothing is printed
	Hint   string // what the user can do, or what the file seems to be; may be ""
	Advice string // what the run does, or what else is wrong; may be ""
	Kind   string // name of the fault in --errors json, "": that of its code
	Mended int    // mended lengths of the document, which is written; 0: the document is rejected
	// Skipped is the number of skipped bytes, 0 if the fault ends the run. From
	// is the offset of the first of them in the file.
	Skipped, From int64
}

// A Place is the place of a fault.
type Place struct {
	// Offset is the number of bytes of the file before the byte at fault. Line
	// and Column are its place in text, both from 1, the column in bytes, or 0
	// if there is no text.
	Offset, Line, Column int64
	Path                 string // JSON Pointer in the document, "" for the document itself
	Compressed           bool   // Offset counts compressed bytes
}

// NewFault returns a fault about the file of the given name, "" for one
// without a name. why may hold anything.
func NewFault(code Code, name, why string) *Fault {
	return &Fault{Code: code, File: fileName(name), Why: oneline.Clean(why, maxWhy)}
}

// In says that f is about the document of that number, from 1, in the file of
// the given name, and returns f.
func (f *Fault) In(name string, number int64) *Fault {
	f.File, f.Number = fileName(name), number
	return f
}

// UsageFault is a fault of the command line. why may contain any text from it.
func UsageFault(why string) *Fault { return CommandFault("bsonjs", why) }

// CommandFault is UsageFault for the command that the words path call.
func CommandFault(path, why string) *Fault {
	return &Fault{Code: CodeUsage, Why: oneline.Clean(why, maxWhy) + " (see " + path + " --help)"}
}

// ReadFault is for an input that cannot be opened or read.
func ReadFault(name string, err error) *Fault {
	if read, ok := errors.AsType[*bson.ReadError](err); ok {
		err = read.Err
	}
	return NewFault(CodeInput, name, file.Cause(err).Error())
}

// CompressionFault is for an input that cannot be decompressed.
func CompressionFault(name string, e *compress.Error) *Fault {
	f := NewFault(CodeSyntax, name, e.Error())
	f.Place = &Place{Offset: e.Offset, Compressed: true}
	return f
}

// WriteFault is for an output that cannot be opened, written, closed or
// renamed.
func WriteFault(name string, err error) *Fault {
	if file.IsClosedPipe(err) {
		return &Fault{Code: CodeClosedPipe}
	}
	return NewFault(CodeOutput, name, "cannot be written: "+file.Cause(err).Error())
}

// line returns the line about f, without the name of the program.
func (f *Fault) line(p Palette) string {
	var b strings.Builder
	b.WriteString(p.paint(p.place, f.where()))
	if at := f.Place; at != nil && at.Path != "" {
		b.WriteString(" (" + p.paint(p.path, oneline.Clean(at.Path, maxPath)) + ")")
	}
	if f.File != "" {
		b.WriteString(": ")
	}
	b.WriteString(p.paint(p.why, f.Why))
	if f.Hint != "" {
		b.WriteString("; " + f.Hint)
	}
	if f.Advice != "" {
		b.WriteString("; " + f.Advice)
	}
	if f.Skipped > 0 {
		fmt.Fprintf(&b, "; skipped %s from offset %d", Plural(f.Skipped, "byte"), f.From)
	}
	return b.String()
}

// where returns the file, the namespace, the document and the place of f, as far as it
// has them.
func (f *Fault) where() string {
	where := oneline.Clean(f.File, maxName)
	at := f.Place
	switch {
	case at == nil:
		return where
	case at.Compressed:
		return where + fmt.Sprintf(": compressed offset %d", at.Offset)
	}
	var words []string
	if f.Space != "" && !f.Alone {
		words = append(words, oneline.Clean(f.Space, maxName))
	}
	if f.Number > 0 {
		words = append(words, fmt.Sprintf("document %d", f.Number))
	}
	if len(words) > 0 {
		words = append(words, "at")
	}
	where += ": " + strings.Join(append(words, fmt.Sprintf("offset %d", at.Offset)), " ")
	if at.Line > 0 {
		where += fmt.Sprintf(", line %d, column %d", at.Line, at.Column)
	}
	return where
}

// fileName returns name, or two quotation marks for the empty name.
func fileName(name string) string {
	if name == "" {
		return `""`
	}
	return name
}

// CleanName returns the name of a file for a message.
func CleanName(name string) string { return oneline.Clean(fileName(name), maxName) }

// ShellName returns the name of a file for a command in a message, as a shell reads it.
func ShellName(name string) string {
	clean := CleanName(name)
	switch {
	case clean == "":
	case strings.Trim(clean, shellPlain) != "":
		return "'" + strings.ReplaceAll(clean, "'", `'\''`) + "'"
	case clean[0] == '-':
		return "./" + clean
	}
	return clean
}

// shellPlain are the characters without a meaning for shells.
const shellPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%"

// Inputs returns names, at least one, for a message: the name of a single input,
// or how many there are.
func Inputs(names []string) string {
	switch {
	case len(names) > 1:
		return Plural(int64(len(names)), "file")
	case names[0] == "-":
		return file.StdinName
	}
	return CleanName(names[0])
}
