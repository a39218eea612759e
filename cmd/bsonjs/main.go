// Bsonjs converts files between BSON, MongoDB Extended JSON and Python pickles.
//
//	bsonjs [convert] [flags] [FILE...]
//	bsonjs COMMAND ...
//
// bsonjs --help lists commands and flags. The texts in the directory help are
// the source for formats, exit codes and the environment:
//
//	bsonjs help formats
//	bsonjs help exit-codes
//	bsonjs help environment
//
// docs/command.md describes output files, faults, messages and compression.
package main

import (
	"io"
	"os"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// streams are the standard streams of a run.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run is the whole command: args are those after its name, and the result is
// its exit code. Signals that would end the process stop the run while it
// lasts. If the standard streams are files, stdout is closed at the end of a
// conversion, so that an error of closing does not pass unnoticed.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
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

// report reports what is wrong where it has not been asked how things are to be
// said.
func (s streams) report(faults ...*report.Fault) report.Code { return s.reporter().Faults(faults...) }

// reporter returns the reporter of who has not been asked how things are to be
// said.
func (s streams) reporter() report.Reporter { return report.New(s.err, report.Text, report.Palette{}) }
