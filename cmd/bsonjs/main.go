// Bsonjs converts files between BSON and MongoDB Extended JSON.
//
//	bsonjs [convert] [flags] [FILE...]
//	bsonjs COMMAND ...
//
// The first argument may be a command; bsonjs help lists them, and every flag.
// Where it is none, convert is meant, which this comment is about.
//
// Without FILE, and for a FILE that is "-", it reads standard input. Files are
// converted in order to one output: standard output, or the file given with
// -o. A flag that is not given has the default that a variable of the
// environment gives it, BSONJS_MODE for --mode.
//
// # Formats
//
// The format of each input is that of --from, or else the one that its first
// bytes show: a NUL among the first four is BSON, since they are the length of
// a document, and a brace or bracket, after blanks perhaps, is JSON. Where the
// bytes do not tell, the name does: .bson, and .json, .jsonl, .ndjson or
// .extjson. The output is of the format of --to, or else of the other one;
// inputs of both formats need --to. BSON to BSON checks every byte and copies;
// JSON to JSON writes the text anew.
//
// JSON may be one document per line, documents one after the other, pretty or
// not, and arrays of documents. It is written one document per line, with
// --array as one array of all documents of all files, with --pretty over many
// lines. An empty input holds no documents.
//
// An input that is compressed is decompressed first, which is found from its
// first bytes as well; an output is compressed as the end of its name or
// --compress says.
//
// A flag that shapes something which the run does not have, such as --mode
// with BSON as output, is a usage error. Flags that only permit, --overwrite
// and --force, may be given in vain.
//
// # Output
//
// The file given with -o is written under a temporary name in the same
// directory, FILE.XXXXXXXX.partial. When all its bytes are on the disk it is
// renamed. So FILE is there complete or not at all, whatever ends the run. A
// file that exists is replaced only with --overwrite. It keeps its owner, group
// and mode; if the process cannot set them, the file is not replaced. A run
// that stops leaves FILE alone. It leaves its output as FILE.partial, in place
// of what an earlier run left there; if it converted no document it leaves
// nothing. If FILE is a symbolic link, all of this is true of the file that it
// leads to. A device, FIFO or pipe is written directly. A file that the process
// has already opened, such as /dev/fd/3 or /dev/stderr, is appended to.
//
// An output that is also an input, by whatever name, is a usage error, and so
// is a FILE.partial that is an input. BSON is not written to a terminal
// without --force, and neither is what is compressed.
//
// When input comes from a terminal or pipe, what was converted is passed on
// before more is waited for; if it is compressed, a tenth of a second later at
// most, unless it goes to a file.
//
// # Failures
//
// A document that cannot be converted, like a file that cannot be read, stops
// the run with one line on standard error:
//
//	bsonjs: FILE: document N at offset O (path): why
//	bsonjs: FILE: document N at offset O, line L, column C (path): why
//	bsonjs: FILE: compressed offset O: why
//
// N counts the documents of the file from 1, O its bytes from 0 to the byte at
// fault; line and column are those of text. The path, a JSON Pointer, is
// missing where the fault is not inside an element. All documents before it,
// those of earlier files included, have been written whole; an array has no
// closing bracket then, so that it cannot pass for a whole one.
//
// With --on-error skip or quarantine such a document is reported and left out,
// and the run goes on: behind it if its bytes hold together, else where two
// documents in a row are whole, or one that ends the file; in JSON behind the
// bracket that closes it or at a line that starts with a brace. All documents
// that are read are written or rejected, and the exit code is the highest of
// those that were left out.
//
// SIGINT, SIGTERM and SIGHUP stop the run after the current document, or within
// it if its output is longer than a megabyte. A second signal ends the run at
// once.
//
// # Exit codes
//
//	0    everything was converted
//	1    a well-formed document cannot be represented, is over a limit, or is
//	     not what --accept asks for
//	2    usage: wrong flags, or an output that may not be written
//	3    an input cannot be opened or read
//	4    malformed or truncated input
//	5    the output cannot be written
//	129  stopped by SIGHUP
//	130  stopped by SIGINT
//	141  whoever read the output stopped reading; nothing is said about it
//	143  stopped by SIGTERM
//
// If more than one is due the highest one is returned. A BSON document whose
// length is over the limit counts as malformed, since nothing but four bytes
// is known of it.
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
