package report

import (
	"fmt"
	"io"
)

// A Form is the form of a message.
type Form uint8

const (
	Text Form = iota
	JSON      // one object per line
)

// A Reporter writes messages to standard error. An error of writing there
// cannot be reported anywhere.
type Reporter struct {
	w        io.Writer
	form     Form
	palette  Palette
	rejected Code         // in place of CodeRejected
	collect  func(*Fault) // gets faults in place of w; nil: w gets them
}

// New returns a Reporter that writes to w, in the given form; text has the
// colours of p.
func New(w io.Writer, form Form, p Palette) Reporter {
	return Reporter{w: w, form: form, palette: p, rejected: CodeRejected}
}

// Collect returns a Reporter that gives faults to collect, and writes nothing.
func Collect(collect func(*Fault)) Reporter {
	return Reporter{w: io.Discard, rejected: CodeRejected, collect: collect}
}

// Rejecting returns r with code in place of CodeRejected.
func (r Reporter) Rejecting(code Code) Reporter {
	r.rejected = code
	return r
}

// Faults reports faults and returns the highest of their codes. A nil fault is
// ignored; a fault without words has only a code.
func (r Reporter) Faults(faults ...*Fault) Code {
	code := CodeOK
	for _, f := range faults {
		if f == nil {
			continue
		}
		if f.Code == CodeRejected {
			f.Code = r.rejected
		}
		code = max(code, f.Code)
		switch {
		case f.Why == "":
		case r.collect != nil:
			r.collect(f)
		case r.form == JSON:
			writeJSON(r.w, f.record())
		default:
			r.line(f.line(r.palette))
		}
	}
	return code
}

// Note writes a message that is not a fault.
func (r Reporter) Note(text string) {
	if r.form == JSON {
		writeJSON(r.w, record{Code: "note", Message: text})
		return
	}
	r.line(r.palette.paint(r.palette.note, text))
}

// Found says how many documents there were, in the words of bsondump and
// without the time before them.
func (r Reporter) Found(n int64) {
	text := fmt.Sprintf("%d objects found", n)
	if r.form == JSON {
		r.Note(text)
		return
	}
	fmt.Fprintln(r.w, text)
}

// line writes one line of text.
func (r Reporter) line(text string) { fmt.Fprintf(r.w, "bsonjs: %s\n", text) }
