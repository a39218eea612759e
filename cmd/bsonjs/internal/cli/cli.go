// Package cli is the command line of bsonjs. Only this package knows flags, the
// environment and help. It makes a run of package run.
//
//   - tree.go builds the tree of commands. Each command has a file: convert,
//     validate, inspect, salvage, list, dump, oid, where, help, man, completion, version.
//   - A command has options of its own, which embed groups of flags (group.go and
//     group_*.go). value_*.go has the kinds of values, environ.go the defaults
//     from the environment, aliases.go the flags of other programs.
//   - options.go has the options of all commands that read documents, and makes a
//     run of them.
//   - resolve.go decides the format and the compression of an output.
//   - help.go makes the help, with the texts in the directory help.
package cli

import (
	"io"
	"os"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// streams are the standard streams of a run.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Run is the whole command: args are those after its name, and the result is
// its exit code. Signals that would end the process stop the run while it
// lasts. If the standard streams are files, stdout is closed at the end of a
// conversion, so that an error of closing is reported.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{std: streams{stdin, stdout, stderr}, environ: os.Environ()}
	return int(a.execute(args))
}

// print writes text to standard output.
func (s streams) print(text string) report.Code {
	if _, err := io.WriteString(s.out, text); err != nil {
		return s.report(report.WriteFault(file.StdoutName, err))
	}
	return report.CodeOK
}

// report reports faults before the flags about messages are known.
func (s streams) report(faults ...*report.Fault) report.Code { return s.reporter().Faults(faults...) }

// reporter returns the reporter before the flags about messages are known.
func (s streams) reporter() report.Reporter { return report.New(s.err, report.Text, report.Palette{}) }
