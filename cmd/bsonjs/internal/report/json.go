package report

import (
	"cmp"
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// A record is a line of --errors json.
type record struct {
	File string `json:"file,omitempty"`
	// FileBytes is the name of the file, if it is not UTF-8: File has U+FFFD
	// in it then.
	FileBytes []byte `json:"fileBytes,omitempty"`
	Space     string `json:"namespace,omitempty"`
	Document  int64  `json:"document,omitempty"` // in the file or namespace, from 1
	Offset    *int64 `json:"offset,omitempty"`   // bytes, in the file
	Line      int64  `json:"line,omitempty"`     // from 1
	Column    int64  `json:"column,omitempty"`   // bytes, from 1
	Path      string `json:"path,omitempty"`     // JSON Pointer
	Code      string `json:"code"`
	Exit      int    `json:"exit,omitempty"`
	Message   string `json:"message"`
	Hint      string `json:"hint,omitempty"`
	Mended    int    `json:"mended,omitempty"`  // lengths
	Skipped   int64  `json:"skipped,omitempty"` // bytes, from From on
	From      *int64 `json:"from,omitempty"`    // byte of the file
}

// codeNames are the names of the codes in records.
var codeNames = map[Code]string{
	CodeRejected: "rejected", CodeUsage: "usage", CodeInput: "input", CodeSyntax: "malformed", CodeOutput: "output",
	CodeLeftOut: "rejected",
}

// record returns f as a record.
func (f *Fault) record() record {
	r := record{
		File: f.File, Space: f.Space, Document: f.Number, Code: codeNames[f.Code], Exit: int(f.Code), Message: f.Why, Hint: f.Hint, Mended: f.Mended, Skipped: f.Skipped,
	}
	if f.Skipped > 0 {
		r.From = &f.From
	}
	if !utf8.ValidString(f.File) {
		r.FileBytes = []byte(f.File)
	}
	if r.Code == "" {
		r.Code = "interrupted"
	}
	r.Code = cmp.Or(f.Kind, r.Code)
	if f.Advice != "" {
		r.Message += "; " + f.Advice
	}
	if at := f.Place; at != nil {
		r.Offset, r.Line, r.Column, r.Path = &at.Offset, at.Line, at.Column, at.Path
	}
	return r
}

// writeJSON writes v on a line, without characters that a terminal obeys. An
// error cannot be reported anywhere.
func writeJSON(w io.Writer, v any) {
	enc := json.NewEncoder(lineWriter{w})
	enc.SetEscapeHTML(false)
	enc.Encode(v)
}

// A lineWriter gets lines of JSON, each in one call.
type lineWriter struct{ w io.Writer }

func (l lineWriter) Write(line []byte) (int, error) {
	_, err := l.w.Write(oneline.EscapeJSON(line))
	return len(line), err
}
