package main

import (
	"io"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
)

// A palette is what is written around the parts of a message to give them
// colours. The zero palette gives none.
type palette struct {
	place string // where something is wrong: file, document and offset
	path  string // in the document
	why   string
	note  string // a message that is about no fault
	off   string // ends any of them
}

// ansi is for terminals, with colours that are read on dark and light ones.
var ansi = palette{place: "\x1b[1m", path: "\x1b[36m", why: "\x1b[31m", note: "\x1b[2m", off: "\x1b[0m"}

// palette returns the colours of messages on w.
func (p colorPolicy) palette(w io.Writer) palette {
	if p == colorAlways || p == colorAuto && file.IsTerminal(w) {
		return ansi
	}
	return palette{}
}

// paint returns text in the color that start starts.
func (p palette) paint(start, text string) string {
	if text == "" {
		return ""
	}
	return start + text + p.off
}
