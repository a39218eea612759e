// Package sink has what can become of the records of a run. Each is a Sink as
// package run defines it.
//
//   - lines.go: documents in a format, with what stands between them.
//   - none.go: nothing.
//   - inspect.go: what their bytes are.
//   - tabs.go and debug.go: what bsondump writes.
package sink

import (
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Lines is a sink that writes documents one after the other: on lines, in an
// array, or as the format has it.
type Lines struct {
	codec.Encoder
	Out   io.Writer
	begun bool // something has been written
}

// maxKept is the largest buffer of output, in bytes, that a part keeps.
const maxKept = 4 << 20

// Part returns a part of the output.
func (l *Lines) Part() record.Part { return &linesPart{lines: l} }

// Alone is that of the Encoder.
func (l *Lines) Alone() int { return l.Encoder.Alone }

// Take writes the documents in p.
func (l *Lines) Take(p record.Part) error {
	part := p.(*linesPart)
	if len(part.out) == 0 {
		return nil
	}
	out := part.out
	if !l.begun {
		l.begun = true
		if err := l.text(l.Open); err != nil {
			return err
		}
		out = out[len(l.Between):]
	}
	_, err := l.Out.Write(out)
	if part.out = part.out[:0]; cap(part.out) > maxKept {
		part.out = nil
	}
	return err
}

// Long writes a document of any length.
func (l *Lines) Long(rec *record.Record, w io.Writer) error {
	if err := l.WriteValue(&longDocument{lines: l, w: w}, rec.Type, rec.Data); err != nil {
		return err
	}
	return l.text(l.After)
}

// End writes what stands behind the last document.
func (l *Lines) End(out io.Writer) error {
	l.Out = out
	text := l.Close
	if !l.begun {
		text = l.Open + text
	}
	return l.text(text)
}

func (l *Lines) text(s string) error {
	if s == "" {
		return nil
	}
	_, err := io.WriteString(l.Out, s)
	return err
}

// A longDocument writes a document in portions, behind the text that stands
// before it.
type longDocument struct {
	lines *Lines
	w     io.Writer
	begun bool
}

func (d *longDocument) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		before := d.lines.Between
		if !d.lines.begun {
			d.lines.begun = true
			before = d.lines.Open
		}
		if before != "" {
			if _, err := io.WriteString(d.w, before); err != nil {
				return 0, err
			}
		}
	}
	return d.w.Write(p)
}

// A linesPart is the text, or the bytes, of some documents.
type linesPart struct {
	lines *Lines
	out   []byte
	most  int // bytes of out
	size  int // bytes of the piece, until the first document has come; 0: not known
}

func (p *linesPart) Reset(size, most int) { p.out, p.size, p.most = p.out[:0], size, most }
func (p *linesPart) Size() int            { return len(p.out) }

func (p *linesPart) Add(rec *record.Record) error {
	n := len(p.out)
	out, err := p.lines.AppendValue(append(p.out, p.lines.Between...), p.most, rec.Type, rec.Data)
	if err != nil {
		p.out = out[:n]
		return err
	}
	p.out = append(out, p.lines.After...)
	if p.size > 0 {
		p.out = roomy(p.out, p.size, len(rec.Source), p.most)
		p.size = 0
	}
	return nil
}

// spareOut is how many bytes more than it may have a buffer of output has, so
// that it does not grow at the end.
const spareOut = 32 << 10

// roomy returns out, what is made of the first of n bytes of a piece, with room
// for what will be made of all of them if they are alike: buffers that are
// outgrown would be more. Where no output is made, there is no room.
func roomy(out []byte, n, first, most int) []byte {
	alike := int64(len(out)) * int64(n) / int64(first) * 5 / 4
	room := int(min(alike, int64(min(most+spareOut, maxKept))))
	return slices.Grow(out, max(room-len(out), 0))
}
