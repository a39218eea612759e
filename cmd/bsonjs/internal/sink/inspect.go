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

// Inspect is a serial sink that writes what the bytes of documents are, of
// those that are damaged too. Package inspect makes the lines.
type Inspect struct {
	Form      inspect.Form
	Documents *inspect.Span // by their numbers in the file; nil: all
	Wants     inspect.Selection
	Parts     inspect.Options

	// Of the input at hand:
	Name string // as it is shown
	From *codec.Codec
	Out  io.Writer

	shown bool // something has been
}

// showBuffer is how many bytes are gathered for one write.
const showBuffer = 64 << 10

// strayBytes is how many bytes are shown from where a document has a length
// that it cannot have.
const strayBytes = 4 << 10

// Missed reports whether nothing of what was asked for was there to be shown.
func (s *Inspect) Missed() bool {
	return !s.shown && (s.Documents != nil || s.Wants.Offsets != nil || s.Wants.Path != nil)
}

// Part returns the part that lines are gathered in.
func (s *Inspect) Part() record.Part { return &inspectPart{sink: s} }

// Alone returns the largest int: records come one at a time anyway.
func (s *Inspect) Alone() int { return math.MaxInt }

// Take writes the lines in p.
func (s *Inspect) Take(p record.Part) error { return p.(*inspectPart).flush() }

// Long is not used: a part takes any record.
func (s *Inspect) Long(*record.Record, io.Writer) error {
	panic("BUG: sink: Inspect has no long records")
}

// Enough reports whether nothing is wanted behind rec. Offsets in documents that
// are made are not those of the file.
func (s *Inspect) Enough(rec *record.Record) bool {
	if rec.Type != bson.TypeDocument {
		return false
	}
	end := int64(-1)
	if s.From.Offsets {
		end = rec.Place.Offset + int64(len(rec.Data))
	}
	return s.Documents != nil && rec.Number >= s.Documents.To || s.Wants.Offsets != nil && end > s.Wants.Offsets.To
}

// wantsDocument reports whether the document of that number in its file is
// wanted.
func (s *Inspect) wantsDocument(number int64) bool {
	return s.Documents == nil || s.Documents.Has(number)
}

// Unread shows what there is of a document that could not be read because of
// err.
func (s *Inspect) Unread(p record.Part, rec *record.Record, err error) error {
	syntax, ok := errors.AsType[*bson.SyntaxError](err)
	if !ok || !s.wantsDocument(rec.Number) {
		return nil
	}
	at := syntax.Offset - rec.Offset
	switch {
	case errors.Is(err, bson.ErrTruncated): // it is all that there is
	case errors.Is(err, bson.ErrTerminator):
		rec.Data = rec.Data[:at+1]
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

// An inspectPart is lines that are yet to be written.
type inspectPart struct {
	sink *Inspect
	out  []byte
}

func (p *inspectPart) Reset(int, int) { p.out = p.out[:0] }
func (p *inspectPart) Size() int      { return len(p.out) }

// Add shows rec. The error is what is wrong with it.
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

// show writes what is wanted of rec, and reports whether anything is wrong with
// it. The error is that of writing.
func (p *inspectPart) show(rec *record.Record, o inspect.Options) (faulty bool, err error) {
	s := p.sink
	d := &inspect.Document{
		File: s.Name, Number: rec.Number, At: rec.Place.Offset, Data: rec.Data,
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
			begun, s.shown = true, true
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

// flush writes what has been gathered.
func (p *inspectPart) flush() error {
	if len(p.out) == 0 {
		return nil
	}
	_, err := p.sink.Out.Write(p.out)
	p.out = p.out[:0]
	return err
}
