package sink

import (
	"io"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stats"
)

// A Survey describes the documents of an input like a Schema, and counts them by
// namespace. It also finds the smallest and the largest document. Each input has one, and
// all share the Schema and the Extremes.
type Survey struct {
	*Schema
	Counter  *Counter
	Extremes *Extremes
	// Input is the name of the input, for people. Unnumbered says that its documents have
	// no number, because they are numbered by namespace.
	Input      string
	Unnumbered bool
}

// Extremes are the smallest and the largest document, each the first of its size. Without
// documents their places are zero.
type Extremes struct{ Smallest, Largest stats.Place }

// add adds the document p, which comes behind the others.
func (e *Extremes) add(p stats.Place) {
	if e.Smallest.Bytes == 0 || p.Bytes < e.Smallest.Bytes {
		e.Smallest = p
	}
	if p.Bytes > e.Largest.Bytes {
		e.Largest = p
	}
}

// Private does nothing: a Survey is for the documents of its input.
func (*Survey) Private() {}

// Part returns a part for documents.
func (s *Survey) Part() record.Part {
	return &surveyPart{schemaPart: s.Schema.Part().(*schemaPart)}
}

// Locate moves the places in p, which count from the start of a piece.
func (*Survey) Locate(p record.Part, docs int64, at record.Place) {
	part := p.(*surveyPart)
	part.before, part.at = docs, at.Offset
}

// Take numbers and counts the documents of p.
func (s *Survey) Take(p record.Part) error {
	part := p.(*surveyPart)
	if part.Extremes.Largest.Bytes > 0 {
		for _, place := range []stats.Place{part.Smallest, part.Largest} {
			place.Input = s.Input
			place.Offset += part.at
			if place.Number += part.before; s.Unnumbered {
				place.Number = 0
			}
			s.Extremes.add(place)
		}
	}
	part.Extremes, part.before, part.at = Extremes{}, 0, 0
	if err := s.Counter.Take(&part.counterPart); err != nil {
		return err
	}
	return s.Schema.Take(part.schemaPart)
}

// Long adds a record.
func (s *Survey) Long(rec *record.Record, _ io.Writer) error {
	p := s.Part()
	if err := p.Add(rec); err != nil {
		return err
	}
	return s.Take(p)
}

// A surveyPart describes and counts the documents of pieces, one after the other.
type surveyPart struct {
	*schemaPart
	counterPart
	Extremes
	before int64 // documents before those of the part
	at     int64 // bytes before them
}

// Reset adds the documents of the last piece to the Schema, if it was taken.
func (p *surveyPart) Reset(size, most int) {
	p.schemaPart.Reset(size, most)
	p.counterPart.Reset(size, most)
	p.Extremes, p.before, p.at = Extremes{}, 0, 0
}

// Size returns the bytes of the documents.
func (p *surveyPart) Size() int { return p.schemaPart.Size() }

// Add adds a record.
func (p *surveyPart) Add(rec *record.Record) error {
	if err := p.schemaPart.Add(rec); err != nil {
		return err
	}
	p.Extremes.add(stats.Place{Bytes: int64(len(rec.Data)), Space: rec.Space.Name, Number: rec.Number, Offset: rec.Place.Offset})
	return p.counterPart.Add(rec)
}
