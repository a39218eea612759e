package sink

import (
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/differ"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pairs"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/pickle"
)

// Side is the sink of one of two sides whose documents are compared. The records are valid.
type Side struct {
	Side  pairs.Side
	Keys  *differ.Keys
	Pairs *pairs.Comparer
}

// Part returns a part with documents.
func (s *Side) Part() record.Part { return &sidePart{side: s} }

// Alone returns the largest int: records need no memory besides that of their bytes.
func (*Side) Alone() int { return math.MaxInt }

// Take gives the documents of p to the comparison. It waits for the other side.
func (s *Side) Take(p record.Part) error {
	part := p.(*sidePart)
	if part.batch.Size() == 0 {
		return nil
	}
	return s.Pairs.Take(s.Side, &part.batch)
}

// Long gives a document of any length to the comparison.
func (s *Side) Long(rec *record.Record, _ io.Writer) error {
	p := &sidePart{side: s, most: math.MaxInt}
	if err := p.Add(rec); err != nil {
		return err
	}
	return s.Take(p)
}

// A sidePart has some documents in a row.
type sidePart struct {
	side  *Side
	batch pairs.Batch
	most  int // bytes that batch may have
}

func (p *sidePart) Reset(_, most int) {
	p.side.Pairs.Reset(&p.batch)
	p.most = most
}

func (p *sidePart) Size() int { return p.batch.Size() }

func (p *sidePart) Add(rec *record.Record) error {
	if rec.Type != bson.TypeDocument {
		return &pickle.ValueError{What: rec.Type.String(), Err: pickle.ErrNotDocument}
	}
	if err := p.side.Keys.Check(rec.Data); err != nil {
		return err
	}
	if p.batch.Size()+len(rec.Data) > p.most {
		return codec.ErrLong
	}
	p.batch.Add(rec.Space.Name, rec.Data)
	return nil
}
