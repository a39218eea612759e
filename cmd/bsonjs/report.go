package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// This file is what a run says on standard error, beside its progress: what
// was not converted, and at the end how much was.

// A totals is what a run has come to.
type totals struct {
	read     int64 // documents, or what should be some, that were come to
	rejected int64 // those of them that are not in the output
	mended   int64 // those of them that are in the output with other lengths
	strays   int64 // faults between documents
	holes    int64 // those of the rejected that are no documents: bytes between documents, or the start of one
	checked  bool  // nothing is to be written: what is not rejected is valid
	in, out  int64 // bytes, before compression
	began    time.Time

	packedIn, packedOut int64 // bytes of files that are compressed
}

// written returns how many documents are in the output.
func (t totals) written() int64 { return t.read - t.rejected }

// faulty returns how many faults there were.
func (t totals) faulty() int64 { return t.rejected + t.mended + t.strays }

// A reporter says things in the form that is asked for.
type reporter struct {
	std    streams
	form   reportForm
	colors palette // of text
}

// faults reports what is wrong and returns the highest of the codes. A fault
// that is nil is none, and of one that has no words only the code counts.
func (r reporter) faults(faults ...*fault) exitCode {
	code := exitOK
	for _, f := range faults {
		if f == nil {
			continue
		}
		code = max(code, f.code)
		switch {
		case f.why == "":
		case r.form == reportJSON:
			writeJSON(r.std.err, f.record())
		default:
			r.std.note(f.line(r.colors))
		}
	}
	return code
}

// note says something that is no failure.
func (r reporter) note(text string) {
	if r.form == reportJSON {
		writeJSON(r.std.err, record{Code: "note", Message: text})
		return
	}
	r.std.note(r.colors.paint(r.colors.note, text))
}

// found says how many documents there were, in the words of bsondump and
// without the time before them.
func (r reporter) found(n int64) {
	text := fmt.Sprintf("%d objects found", n)
	if r.form == reportJSON {
		r.note(text)
		return
	}
	fmt.Fprintln(r.std.err, text)
}

// A record is a line of --errors json.
type record struct {
	File string `json:"file,omitempty"`
	// FileBytes is the name of the file, if it is not UTF-8: File has U+FFFD
	// in it then.
	FileBytes []byte `json:"fileBytes,omitempty"`
	Document  int64  `json:"document,omitempty"` // in the file, from 1
	Offset    *int64 `json:"offset,omitempty"`   // bytes, in the file
	Line      int64  `json:"line,omitempty"`     // from 1
	Column    int64  `json:"column,omitempty"`   // bytes, from 1
	Path      string `json:"path,omitempty"`     // JSON Pointer
	Code      string `json:"code"`
	Exit      int    `json:"exit,omitempty"`
	Message   string `json:"message"`
	Mended    int    `json:"mended,omitempty"`  // lengths
	Skipped   int64  `json:"skipped,omitempty"` // bytes, from From on
	From      *int64 `json:"from,omitempty"`    // byte of the file
}

// codeNames are what records call the codes.
var codeNames = map[exitCode]string{
	exitRefused: "refused", exitUsage: "usage", exitInput: "input", exitSyntax: "malformed", exitOutput: "output",
}

// record returns what is known of f.
func (f *fault) record() record {
	r := record{
		File: f.file, Document: f.number, Code: codeNames[f.code], Exit: int(f.code), Message: f.why, Mended: f.mended, Skipped: f.skipped,
	}
	if f.skipped > 0 {
		r.From = &f.from
	}
	if !utf8.ValidString(f.file) {
		r.FileBytes = []byte(f.file)
	}
	if r.Code == "" {
		r.Code = "interrupted"
	}
	if f.advice != "" {
		r.Message += "; " + f.advice
	}
	if d := f.place; d != nil {
		r.Offset, r.Line, r.Column, r.Path = &d.offset, d.line, d.column, d.path
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
	text := line
	if bytes.ContainsFunc(line, func(r rune) bool { return r >= ' ' && !oneline.Printable(r) }) {
		text = escapeControls(nil, line)
	}
	_, err := l.w.Write(text)
	return len(line), err
}

// escapeControls appends text, a line of JSON, with escapes for characters that
// JSON allows in strings and a terminal should not get.
func escapeControls(dst, text []byte) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch high, low := utf16.EncodeRune(r); {
		case r < ' ' || oneline.Printable(r): // strings have no characters below a blank: it is the end of the line
			dst = append(dst, text[:n]...)
		case high == utf8.RuneError:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		}
		text = text[n:]
	}
	return dst
}

// A summary is the line of --summary json.
type summary struct {
	Read     int64   `json:"read"`             // documents
	Written  int64   `json:"written"`          // documents
	Rejected int64   `json:"rejected"`         // documents
	Mended   int64   `json:"mended,omitempty"` // documents, of those written
	Strays   int64   `json:"strays,omitempty"` // faults between documents
	BytesIn  int64   `json:"bytesIn"`
	BytesOut int64   `json:"bytesOut"`
	Seconds  float64 `json:"seconds"`

	CompressedIn  int64 `json:"compressedIn,omitempty"`
	CompressedOut int64 `json:"compressedOut,omitempty"`
}

// A checkSummary is the line of --summary json for a run that writes nothing.
type checkSummary struct {
	Read     int64   `json:"read"`             // documents
	Valid    int64   `json:"valid"`            // documents
	Rejected int64   `json:"rejected"`         // documents: those with faults
	Strays   int64   `json:"strays,omitempty"` // faults between documents
	BytesIn  int64   `json:"bytesIn"`
	Seconds  float64 `json:"seconds"`

	CompressedIn int64 `json:"compressedIn,omitempty"`
}

// summarize says what t has come to.
func (r reporter) summarize(t totals, form summaryForm) {
	took := time.Since(t.began)
	if form == summaryJSON {
		if t.checked {
			writeJSON(r.std.err, checkSummary{t.read, t.written(), t.rejected, t.strays, t.in, took.Seconds(), t.packedIn})
		} else {
			writeJSON(r.std.err, summary{t.read, t.written(), t.rejected, t.mended, t.strays, t.in, t.out, took.Seconds(), t.packedIn, t.packedOut})
		}
		return
	}
	mended, strays := "", ""
	if t.mended > 0 {
		mended = fmt.Sprintf(" (%d mended)", t.mended)
	}
	if t.strays > 0 {
		strays = ", " + plural(t.strays, "fault") + " between documents"
	}
	text := fmt.Sprintf("%s read, %d written%s, %d rejected%s; %s in, %s out, %s",
		documents(t.read), t.written(), mended, t.rejected, strays, size(t.in), size(t.out), took.Round(time.Millisecond))
	if t.checked {
		text = fmt.Sprintf("%s read, %d valid, %d with faults%s; %s in, %s",
			documents(t.read), t.written(), t.rejected, strays, size(t.in), took.Round(time.Millisecond))
	}
	r.std.note(r.colors.paint(r.colors.note, text))
}

// size returns n bytes in words.
func size(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/1000, 0
	for v >= 999.95 {
		v, i = v/1000, i+1
	}
	return fmt.Sprintf("%.1f %cB", v, units[i])
}

// documents returns n with its noun.
func documents(n int64) string { return plural(n, "document") }

// plural returns n with noun, in the plural unless it is one.
func plural(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
