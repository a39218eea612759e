package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file decides the format and the compression of an output. A request has
// everything that they depend on: flags, variables, the command, and the name of
// the output. resolve is the only function that decides between these. The first
// that applies decides the format:
//
//  1. a flag on the command line that names the format, or a command with one
//     format only. If the name has another suffix, there is a note.
//  2. the suffix of the name, without the suffixes of compressions. The suffix of a
//     format that bsonjs does not write is an error.
//  3. --mode on the command line, which is about JSON.
//  4. the usual format, which is that of a variable, or depends on the inputs.

// A request is what a run asks for about its output.
type request struct {
	name string // of the output; "" and "-" are standard output
	// folder reports that name is the name of a directory. Its files have one format.
	folder bool
	from   *codec.Codec // format of the inputs, nil if it is not known yet

	// asked is the format that the command line names, nil if it names none.
	// because is the reason why the name of the output does not count then.
	asked   *codec.Codec
	because string
	// mode says that --mode is on the command line.
	mode bool
	// usual returns the format of the output for inputs in the format from, nil
	// if it depends on from and from is nil.
	usual func(from *codec.Codec) *codec.Codec
	// inFolder is usual for the files of a directory.
	inFolder func(from *codec.Codec) *codec.Codec
	// only are the formats that the command writes, nil for all; writer is the
	// command.
	only   []*codec.Codec
	writer string
	// force is the flag that writes JSON whatever the name is.
	force string

	compress compression
	// packed says that compress is on the command line.
	packed bool
}

// An origin is what decided the format of an output.
type origin uint8

const (
	fromInput origin = iota // the format of the inputs, or a variable
	fromFlag                // the command line
	fromName                // the suffix of the name
)

// A decision is the result of a request.
type decision struct {
	to          *codec.Codec // nil: usual decides when the first input is known
	origin      origin       // of to
	suffix      string       // of the name of the output that decides the format, "" if it has none
	stem        int          // bytes of the name in front of the suffixes, if it is that of a file
	folder      bool         // the output is a directory
	compression compress.Codec
	notes       []string
}

// plainText is the output of commands that write lines for people.
var plainText = &codec.Codec{Title: "text"}

// webPage is an output of commands that write a page for a browser.
var webPage = &codec.Codec{Title: "HTML", Suffixes: []string{".html", ".htm"}}

// goSource is an output of commands that write code for Go.
var goSource = &codec.Codec{Title: "Go", Suffixes: []string{".go"}}

// textOrLines returns the request of writer, a command that writes lines for people,
// or with --json, which is records, lines of JSON.
func textOrLines(fs *pflag.FlagSet, name string, records bool, writer string) request {
	r := request{
		name:  name,
		usual: func(*codec.Codec) *codec.Codec { return plainText },
		only:  []*codec.Codec{codec.JSON}, writer: writer, force: "--json",
	}
	if fs.Changed("json") {
		r.asked, r.because = plainText, "--json=false overrides the suffix"
		if records {
			r.asked, r.because = codec.JSON, "--json overrides the suffix"
		}
	}
	return r
}

// resolve decides what the run writes. An error is one of usage.
func (r *request) resolve() (d decision, err error) {
	if r.folder {
		return r.resolveFolder()
	}
	if d.compression, err = r.compression(); err != nil {
		return d, err
	}
	stem := compress.Stem(file.Complete(r.name))
	named, foreign := r.bySuffix(stem)
	d.suffix = filepath.Ext(stem)
	d.stem = len(stem) - len(d.suffix)
	switch {
	case r.asked != nil:
		d.to, d.origin = r.asked, fromFlag
		if foreign != "" || named != nil && named != r.asked {
			d.notes = append(d.notes, fmt.Sprintf("writing %v to %s: %s", r.asked, report.CleanName(r.name), r.because))
		}
	case foreign != "":
		return d, r.refuse("bsonjs", foreign)
	case named != nil && r.only != nil && !slices.Contains(r.only, named):
		return d, r.refuse(r.writer, named.Title)
	case named != nil:
		d.to, d.origin = named, fromName
	case r.mode:
		d.to, d.origin = codec.JSON, fromFlag
	default:
		d.to = r.usual(r.from)
	}
	if d.to != nil && d.to.Extension {
		return d, r.leaveBare(&d)
	}
	return d, nil
}

// leaveBare makes the output, which is a table, uncompressed. Its columns are compressed.
func (r *request) leaveBare(d *decision) error {
	named, _ := compress.ByName(file.Complete(r.name))
	switch {
	case named != compress.None:
		return fmt.Errorf("%s: %v has compressed columns and is not compressed again; leave out %s", report.CleanName(r.name), d.to, named.Suffix())
	case r.packed && d.compression != compress.None:
		return fmt.Errorf("%v has compressed columns and is not compressed again; leave out --compress", d.to)
	}
	d.compression = compress.None // a variable has no effect
	return nil
}

// bySuffix is codec.BySuffix. It also knows formats that only this command writes.
func (r *request) bySuffix(stem string) (named *codec.Codec, foreign string) {
	suffix := strings.ToLower(filepath.Ext(stem))
	for _, c := range r.only {
		if slices.Contains(c.Suffixes, suffix) {
			return c, ""
		}
	}
	return codec.BySuffix(stem)
}

// resolveFolder decides the format and compression of the files of a directory.
func (r *request) resolveFolder() (d decision, err error) {
	d.folder = true
	if r.compress != compressAuto {
		d.compression = compress.Codec(r.compress - 1)
	}
	switch {
	case r.asked == codec.Archive:
		return d, fmt.Errorf("an archive is one file, and %s is a directory; type --output FILE.archive, or leave out --to", report.CleanName(r.name))
	case r.asked != nil:
		d.to, d.origin = r.asked, fromFlag
	case r.mode:
		d.to, d.origin = codec.JSON, fromFlag
	default:
		d.to = r.inFolder(r.from)
	}
	if d.to != nil && d.to.Extension {
		return d, fmt.Errorf("bsonjs writes one file of %v, and %s is a directory; type --output FILE%s, and --ns to select a namespace", d.to, report.CleanName(r.name), d.to.Suffixes[0])
	}
	return d, nil
}

// isOutputFolder reports whether name, that of an output, is that of a directory.
func isOutputFolder(name string) bool {
	return name != "" && os.IsPathSeparator(name[len(name)-1]) || isFolder(name)
}

// refuse is the error for a name of the output in a format that writer does not
// write.
func (r *request) refuse(writer, format string) error {
	cure := "choose another suffix"
	if r.force != "" {
		cure += ", or add " + r.force + " to write JSON to this file"
	}
	return fmt.Errorf("%s: %s does not write %s; %s", report.CleanName(r.name), writer, format, cure)
}

// compression returns the compression of the output. The suffix of the name
// overrides a variable, unless that is none.
func (r *request) compression() (compress.Codec, error) {
	named, _ := compress.ByName(file.Complete(r.name))
	asked := compress.None
	if r.compress != compressAuto {
		asked = compress.Codec(r.compress - 1)
	}
	switch {
	case r.compress == compressWith(compress.None):
		return compress.None, nil
	case named == compress.None:
		return asked, nil
	case r.packed && asked != compress.None && asked != named:
		return named, fmt.Errorf("--compress %v contradicts the suffix of the output, which says %v; leave one out", asked, named)
	}
	return named, checkWritten(named)
}
