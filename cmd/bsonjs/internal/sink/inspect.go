package sink

import (
	"errors"
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/inspect"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/pickle"
)

// Inspect is a serial sink that writes lines about the bytes of documents, also
// of documents with faults. Package inspect makes the lines.
type Inspect struct {
	Form      inspect.Form
	Documents *inspect.Span // by their numbers in the file; nil: all
	Wants     inspect.Selection
	Parts     inspect.Options

	// Of the current input:
	Name string // as the lines show it
	From *codec.Codec
	Out  io.Writer

	shown *bool // a line has been made
}

// NewInspect returns an Inspect without a Form.
func NewInspect() *Inspect { return &Inspect{shown: new(bool)} }

// In returns s for the documents of another input.
func (s *Inspect) In(name string, from *codec.Codec, out io.Writer) *Inspect {
	in := *s
	in.Name, in.From, in.Out = name, from, out
	return &in
}

// showBuffer is the length of lines that are written at once, in bytes.
const showBuffer = 64 << 10

// strayBytes is the number of bytes that are shown of a document whose length is
// impossible.
const strayBytes = 4 << 10

// Missed reports whether a selection was asked for and nothing matched it.
func (s *Inspect) Missed() bool {
	return !*s.shown && (s.Documents != nil || s.Wants.Offsets != nil || s.Wants.Path != nil)
}

// Part returns a part for lines.
func (s *Inspect) Part() record.Part { return &inspectPart{sink: s} }

// Alone returns the largest int: records always come one at a time.
func (s *Inspect) Alone() int { return math.MaxInt }

// Take writes the lines in p.
func (s *Inspect) Take(p record.Part) error { return p.(*inspectPart).flush() }

// Long is not used: a part takes any record.
func (s *Inspect) Long(*record.Record, io.Writer) error {
	panic("BUG: sink: Inspect has no long records")
}

// Enough reports whether the selection ends before the end of rec. Offsets do not
// decide that if documents are converted to BSON first: they count from the
// start of each document.
func (s *Inspect) Enough(rec *record.Record) bool {
	if rec.Type != bson.TypeDocument {
		return false
	}
	if s.From.Holds != nil { // another namespace may have the number
		return false
	}
	end := int64(-1)
	if s.From.Offsets {
		end = rec.Place.Offset + int64(len(rec.Data))
	}
	return s.Documents != nil && rec.Number >= s.Documents.To || s.Wants.Offsets != nil && end > s.Wants.Offsets.To
}

// wantsDocument reports whether the document of the given number in its file is
// selected.
func (s *Inspect) wantsDocument(number int64) bool {
	return s.Documents == nil || s.Documents.Has(number)
}

// Unread shows the bytes of a document that cannot be read because of err.
func (s *Inspect) Unread(p record.Part, rec *record.Record, err error) error {
	syntax, ok := errors.AsType[*bson.SyntaxError](err)
	if !ok || !s.wantsDocument(rec.Number) {
		return nil
	}
	at := syntax.Offset - rec.Offset
	length, _ := errors.AsType[bson.LengthError](err)
	switch {
	case errors.Is(err, bson.ErrTruncated): // there are no more bytes
	case length.Err == bson.ErrTerminator:
		rec.Data = rec.Data[:length.Length]
	default:
		rec.Data = rec.Data[:min(len(rec.Data), strayBytes)]
		o := s.Parts
		o.Outside = &bson.SyntaxError{Offset: at, Err: syntax.Err}
		_, err := p.(*inspectPart).show(rec, o)
		return err
	}
	_, err = p.(*inspectPart).show(rec, s.Parts)
	return err
}

// An inspectPart has lines that are not written yet.
type inspectPart struct {
	sink *Inspect
	out  []byte
}

func (p *inspectPart) Reset(int, int) { p.out = p.out[:0] }
func (p *inspectPart) Size() int      { return len(p.out) }

// Add shows rec. The error is the fault of rec.
func (p *inspectPart) Add(rec *record.Record) error {
	if rec.Type != bson.TypeDocument {
		return &pickle.ValueError{What: rec.Type.String(), Err: pickle.ErrNotDocument}
	}
	if !p.sink.wantsDocument(rec.Number) {
		return nil
	}
	faulty, err := p.show(rec, p.sink.Parts)
	if err == nil && faulty {
		err = bson.ValidateOptions{MaxDepth: p.sink.Parts.MaxDepth}.Validate(rec.Data)
	}
	return err
}

// show adds lines about the selected parts of rec, and reports whether one of
// them is a fault. The error is one of writing.
func (p *inspectPart) show(rec *record.Record, o inspect.Options) (faulty bool, err error) {
	s := p.sink
	d := &inspect.Document{
		File: s.Name, Space: rec.Space.Name, Alone: s.From.Holds == nil, Number: rec.Number, At: rec.Place.Offset, Data: rec.Data,
		Stray: o.Outside != nil, Made: !s.From.Offsets,
	}
	if s.From.Text {
		d.Line, d.Column = rec.Place.Line+1, rec.Place.Column+1
	}
	if !s.Wants.Document(d.Base(), len(rec.Data)) {
		return false, nil
	}
	begun := false
	for part := range o.Parts(rec.Data) {
		faulty = faulty || part.Kind == inspect.Fault
		if !s.Wants.Part(d.Base(), part) || d.Stray && part.Kind == inspect.Rest {
			continue
		}
		if !begun {
			begun, *s.shown = true, true
			p.out = s.Form.AppendDocument(p.out, d)
		}
		p.out = s.Form.AppendPart(p.out, d, part)
		if len(p.out) >= showBuffer {
			if err := p.flush(); err != nil {
				return faulty, err
			}
		}
	}
	return faulty, nil
}

// flush writes the lines.
func (p *inspectPart) flush() error {
	if len(p.out) == 0 {
		return nil
	}
	_, err := p.sink.Out.Write(p.out)
	p.out = p.out[:0]
	return err
}
