package sink

import (
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stats"
	"github.com/bsonkit/bsonkit/pickle"
)

// Stats is a sink that writes nothing and counts what documents are made of. Each input has
// one, and all share All.
type Stats struct {
	All        *stats.Stats
	Input      string // for people
	Order      int64  // number of the input
	Unnumbered bool   // documents have no number, because they are numbered by namespace
	MaxDepth   int    // of documents
}

// Part returns a part with counts.
func (s *Stats) Part() record.Part { return &statsPart{sink: s, counts: stats.New(s.MaxDepth)} }

// Alone returns the largest int: records need no memory.
func (*Stats) Alone() int { return math.MaxInt }

// Private does nothing: a Stats is for the documents of its input.
func (*Stats) Private() {}

// Locate moves the places in p, which count from the start of a piece.
func (*Stats) Locate(p record.Part, docs int64, at record.Place) {
	part := p.(*statsPart)
	part.docs, part.at = docs, at.Offset
}

// Take adds the counts of p.
func (s *Stats) Take(p record.Part) error {
	part := p.(*statsPart)
	s.All.Merge(part.counts, func(at *stats.Place) {
		at.Input, at.Order = s.Input, s.Order
		at.Offset += part.at
		if at.Number += part.docs; s.Unnumbered {
			at.Number = 0
		}
	})
	part.docs, part.at = 0, 0
	return nil
}

// Long counts a record.
func (s *Stats) Long(rec *record.Record, _ io.Writer) error {
	p := s.Part()
	if err := p.Add(rec); err != nil {
		return err
	}
	return s.Take(p)
}

// A statsPart has the counts of some records in a row.
type statsPart struct {
	sink   *Stats
	counts *stats.Stats
	docs   int64 // documents before those of the part
	at     int64 // bytes before them
}

// Reset empties the part. Take has left nothing in it, unless it was not taken.
func (p *statsPart) Reset(int, int) { p.counts.Reset(); p.docs, p.at = 0, 0 }
func (p *statsPart) Size() int      { return 0 }

func (p *statsPart) Add(rec *record.Record) error {
	if rec.Type != bson.TypeDocument {
		return &pickle.ValueError{What: rec.Type.String(), Err: pickle.ErrNotDocument}
	}
	return p.counts.Add(rec.Data, stats.Place{Space: rec.Space.Name, Number: rec.Number, Offset: rec.Place.Offset})
}
