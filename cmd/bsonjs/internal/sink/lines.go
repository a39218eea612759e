// Package sink has the sinks of package run: what becomes of the records of a
// run.
//
//   - lines.go writes documents in a format, with the text between them.
//   - none.go writes nothing.
//   - inspect.go writes lines about the bytes of documents.
//   - tabs.go and debug.go are the encoders of bsondump, for lines.go; color.go
//     gives colours to the text of another encoder.
package sink

import (
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Lines is a sink that writes documents one after the other, each with the text
// that the format has around it: on lines, in an array, or with no text between
// them.
type Lines struct {
	codec.Encoder
	Out   io.Writer
	Proof *proof.Proof // is told of documents before they are written; nil: there is none
	lane  string       // of the Proof
	space string       // for the Proof: the namespace of all documents
	begun bool         // a document has been written
}

// maxKept is the largest buffer of output, in bytes, that a part keeps.
const maxKept = 4 << 20

// Part returns a part of the output.
func (l *Lines) Part() record.Part { p := l.part(); return &p }

func (l *Lines) part() linesPart { return linesPart{encoder: &l.Encoder, docs: l.Proof.Part()} }

// Alone returns the Alone of the Encoder.
func (l *Lines) Alone() int { return l.Encoder.Alone }

// Take writes the documents in p.
func (l *Lines) Take(p record.Part) error {
	part := p.(*linesPart)
	err := l.put(part, 0, len(part.out))
	part.empty()
	return err
}

// put writes the documents of part whose output is between two offsets.
func (l *Lines) put(part *linesPart, from, to int) error {
	out := part.out[from:to]
	if len(out) == 0 {
		return nil
	}
	if l.Proof != nil {
		if err := l.Proof.Expect(l.lane, l.space, part.docs, part.docs.Upto(from), part.docs.Upto(to)); err != nil {
			return err
		}
	}
	if !l.begun {
		l.begun = true
		if err := l.text(l.Open); err != nil {
			return err
		}
		out = out[len(l.Between):]
	}
	_, err := l.Out.Write(out)
	return err
}

// Long writes a document of any length to w.
func (l *Lines) Long(rec *record.Record, w io.Writer) error {
	if err := l.WriteValue(&longDocument{lines: l, rec: rec, w: w}, rec.Type, rec.Data); err != nil {
		return err
	}
	countKeys(&l.Encoder, rec)
	return l.text(l.After)
}

// countKeys counts the escaped keys of rec, which e has written.
func countKeys(e *codec.Encoder, rec *record.Record) {
	if e.Escaped != nil {
		rec.Keys.Out = int64(e.Escaped(rec.Type, rec.Data))
	}
}

// End writes the text after the last document to out.
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

// A longDocument writes a document in portions, the first one after the text
// that precedes the document.
type longDocument struct {
	lines *Lines
	rec   *record.Record
	w     io.Writer
	begun bool
}

func (d *longDocument) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		if err := d.lines.expect(d.rec); err != nil {
			return 0, err
		}
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

// expect tells the Proof of rec, whose output is written next.
func (l *Lines) expect(rec *record.Record) error {
	if l.Proof == nil {
		return nil
	}
	var d proof.Docs
	d.Add(rec, 0)
	return l.Proof.Expect(l.lane, l.space, &d, 0, 1)
}

// A linesPart is the output of some documents in a row. Each has the text
// between documents before it, also the first.
type linesPart struct {
	encoder *codec.Encoder // of the sink, whose inputs may have several
	out     []byte
	docs    *proof.Docs // that are written in out; nil: there is no Proof
	most    int         // bytes that out may have
	size    int         // bytes of the piece; 0 if unknown, and after the first document
}

// empty removes the documents, which are written.
func (p *linesPart) empty() {
	if p.out = p.out[:0]; cap(p.out) > maxKept {
		p.out = nil
	}
	p.docs.Reset()
}

func (p *linesPart) Reset(size, most int) {
	p.out, p.size, p.most = p.out[:0], size, most
	p.docs.Reset()
}

func (p *linesPart) Size() int { return len(p.out) }

// locate gives the documents their places: that of the piece starts behind docs documents.
func (p *linesPart) locate(docs int64, at record.Place) { p.docs.Locate(docs, at.Offset) }

func (p *linesPart) Add(rec *record.Record) error {
	n := len(p.out)
	out, err := p.encoder.AppendValue(append(p.out, p.encoder.Between...), p.most, rec.Type, rec.Data)
	if err != nil {
		p.out = out[:n]
		return err
	}
	p.out = append(out, p.encoder.After...)
	if p.docs != nil {
		p.docs.Add(rec, len(p.out))
	}
	countKeys(p.encoder, rec)
	if p.size > 0 {
		p.out = roomy(p.out, p.size, len(rec.Source), p.most)
		p.size = 0
	}
	return nil
}

// spareOut is the room in a buffer of output beyond its limit, in bytes, so that
// the last document does not make it grow.
const spareOut = 32 << 10

// roomy returns out, the output of the first bytes of a piece of n bytes, with
// room for the output of the whole piece if the rest is like its start. Growing
// step by step would need more memory. If there is no output, it adds no room.
func roomy(out []byte, n, first, most int) []byte {
	alike := int64(len(out)) * int64(n) / int64(first) * 5 / 4
	room := int(min(alike, int64(min(most+spareOut, maxKept))))
	return slices.Grow(out, max(room-len(out), 0))
}
