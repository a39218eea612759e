package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bridges/columns"
	"github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns/internal/files"
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// The exit codes are those of bsonjs.
const (
	codeOK       = 0
	codeRejected = 1 // a document or value has no counterpart in the output
	codeUsage    = 2
	codeInput    = 3 // the input cannot be opened or read
	codeSyntax   = 4 // malformed input
	codeOutput   = 5 // the output cannot be written
	codeSignal   = 128
)

// codeNames are the names of the codes in JSON, as in bsonjs.
var codeNames = map[int]string{
	codeRejected: "rejected", codeUsage: "usage", codeInput: "input", codeSyntax: "malformed", codeOutput: "output",
}

// A form is the form of messages.
type form uint8

const (
	asText form = iota
	asJSON
)

// A fault ends the run with an exit code. It is printed as one line.
type fault struct {
	code int
	file string // "": none
	err  error  // why
	hint string // what to type; may be ""
}

// Error returns the text of the fault.
func (f *fault) Error() string { return f.err.Error() }

// Unwrap returns the error of the fault.
func (f *fault) Unwrap() error { return f.err }

// usage returns a fault of the command line.
func usage(why, hint string) *fault { return &fault{code: codeUsage, err: errors.New(why), hint: hint} }

// outputFault is for an output that cannot be written, standard output if file is "".
func outputFault(file string, err error) *fault {
	if file == "" {
		file = "standard output"
	}
	return &fault{code: codeOutput, file: file, err: fmt.Errorf("cannot be written: %w", cause(err))}
}

// inputFault is for an input that cannot be opened or read.
func inputFault(file string, err error) *fault {
	return &fault{code: codeInput, file: file, err: cause(err)}
}

// cause removes the name of the file from err, because a line has it already.
func cause(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// dataFault returns the fault of err, an error of reading or converting the named file.
func dataFault(file string, err error) *fault {
	f := &fault{code: codeInput, file: file, err: cause(err)}
	_, syntax := errors.AsType[*bsoncore.SyntaxError](err)
	_, option := errors.AsType[*bsoncore.OptionError](err)
	read, _ := errors.AsType[*bsoncore.ReadError](err)
	_, value := errors.AsType[*columns.ValueError](err)
	_, row := errors.AsType[*columns.RowError](err)
	_, column := errors.AsType[*columns.ColumnError](err)
	_, tooLarge := errors.AsType[*bsoncore.ValueError](err)
	switch {
	case errors.Is(err, columns.ErrMixed):
		f.code, f.hint = codeRejected, "add --mixed union, widen, json or null"
	case value, row, column, tooLarge:
		f.code, f.hint = codeRejected, cures(err)
	case option:
		f.code = codeUsage
	case syntax, errors.Is(err, files.ErrMalformed):
		f.code, f.hint = codeSyntax, cures(err)
	case read != nil:
		f.err = cause(read.Err)
	}
	return f
}

// withoutTwice are the flags of bsonjs that leave out documents which have a key twice.
const withoutTwice = "--no-duplicate-keys --on-error skip"

// cures names the flag that helps against err.
func cures(err error) string {
	for _, c := range []struct {
		err  error
		hint string
	}{
		{columns.ErrField, "use a larger --infer, or add --extra-fields ignore"},
		{columns.ErrFineTime, "add --times floor to round it down"},
		{columns.ErrOrder, "add --order exact to keep the order, or leave out --exact"},
		{columns.ErrLossy, "leave out --exact to accept it"},
		{bsoncore.ErrTooLarge, "use a larger --max-document-size"},
		{columns.ErrDuplicateKey, "to leave out such documents, type bsonjs IN.bson -o OUT.parquet " + withoutTwice},
		// The columns fit all documents that were read to find them, so this is a later one.
		{columns.ErrType, "use a larger --infer"},
		{columns.ErrNull, "use a larger --infer, or add --nulls fold"},
	} {
		if errors.Is(err, c.err) {
			return c.hint
		}
	}
	row, reads := errors.AsType[*columns.RowError](err)
	value, writes := errors.AsType[*columns.ValueError](err)
	switch {
	case reads && (row.Column == "uint64" || strings.HasPrefix(row.Column, "decimal")):
		return "write the column as text"
	case reads: // has no flag against it
	case errors.Is(err, bsoncore.ErrDepth):
		return "use a larger --max-depth"
	case writes && errors.Is(err, columns.ErrLimit):
		return "choose fewer fields with bsonjs --fields"
	case writes && errors.Is(err, columns.ErrValue):
		return valueCures[value.Type]
	}
	return ""
}

// valueCures has the flag that helps against a value that its column does not hold, by its
// type. Columns of binaries and of empty documents hold the values of which they were made.
var valueCures = map[bson.Type]string{
	bson.TypeDecimal128: "add --decimal bits",
	bson.TypeRegex:      "leave out --regex text",
	bson.TypeInt32:      "type --mixed union or json",
	bson.TypeInt64:      "type --mixed union or json",
	bson.TypeBinary:     "use a larger --infer",
	bson.TypeDocument:   "use a larger --infer",
}

// A record is a line of --errors json, with the keys of bsonjs.
type record struct {
	File     string `json:"file,omitempty"`
	Document int64  `json:"document,omitempty"` // or row, from 1
	Offset   *int64 `json:"offset,omitempty"`   // bytes, in the stream of documents
	Path     string `json:"path,omitempty"`
	Code     string `json:"code"`
	Exit     int    `json:"exit,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

func (f *fault) record() record {
	r := record{File: f.file, Code: codeNames[f.code], Exit: f.code, Message: f.err.Error(), Hint: f.hint}
	if r.Code == "" {
		r.Code = "interrupted"
	}
	if e, ok := errors.AsType[*columns.ValueError](f.err); ok {
		r.Document, r.Offset, r.Path = e.Document, &e.Offset, e.Path
	}
	if e, ok := errors.AsType[*columns.RowError](f.err); ok {
		r.Document, r.Path = e.Row, e.Path
	}
	if e, ok := errors.AsType[*bsoncore.SyntaxError](f.err); ok {
		r.Offset, r.Path = &e.Offset, e.Pointer
	}
	return r
}

// print writes f as one line. An error of writing cannot be reported anywhere.
func (f *fault) print(w io.Writer, form form) {
	if _, ok := errors.AsType[*stopped](f.err); ok {
		return // the user has sent the signal
	}
	if form == asJSON {
		writeJSON(w, f.record())
		return
	}
	text := f.err.Error()
	if f.file != "" {
		text = f.file + ": " + text
	}
	if f.hint != "" {
		text += "; " + f.hint
	}
	io.WriteString(w, "bsonjs-columns: "+oneLine(text)+"\n")
}

// note prints a message that is no fault.
func (a *app) note(text string) {
	if a.form == asJSON {
		writeJSON(a.err, record{Code: "note", Message: text})
		return
	}
	io.WriteString(a.err, "bsonjs-columns: "+oneLine(text)+"\n")
}

func writeJSON(w io.Writer, r record) {
	line, err := json.Marshal(r)
	if err != nil {
		panic("BUG: " + err.Error()) // it is strings and numbers
	}
	w.Write(append(line, '\n'))
}

// longest is the number of bytes of a line.
const longest = 1000

// oneLine returns text without characters that end a line or control a terminal, at most
// longest bytes: keys and names come from the outside.
func oneLine(text string) string {
	var b strings.Builder
	for len(text) > 0 && b.Len() < longest {
		r, n := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, text[0])
		} else if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
		text = text[n:]
	}
	if text != "" {
		b.WriteString("…")
	}
	return b.String()
}

// stopped is the cause of a run that a signal ended.
type stopped struct{ number syscall.Signal }

// Error returns the cause in one word.
func (s *stopped) Error() string { return "interrupted" }

// signals returns a context that ends with the first signal that asks to stop. Its cause is
// a fault then.
func signals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	got := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(got, s)
		}
	}
	go func() {
		select {
		case s := <-got:
			number, ok := s.(syscall.Signal)
			if !ok {
				number = syscall.SIGINT
			}
			signal.Stop(got) // a second signal ends the process
			cancel(&fault{code: codeSignal + int(number), err: &stopped{number}})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(got); cancel(nil) }
}
