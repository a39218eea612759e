package sink

import (
	"io"
	"math"
	"sync"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file describes documents. A Schema of many documents is much cheaper than a Schema
// for each piece, so each part has one for all pieces that go through it. When a piece is
// worked on, its part keeps copies of the documents. When the piece is taken, their numbers
// are known; before the part gets the next piece, its worker adds them.

// Schema is a sink that writes nothing and describes the documents of all inputs. They have
// the numbers of their order.
type Schema struct {
	options schema.Options
	rules   bson.ValidateOptions
	all     *schema.Schema
	taken   int64 // documents

	mu    sync.Mutex // for parts
	parts []*schemaPart
}

// NewSchema returns a Schema without documents. maxDepth is that of documents, and maxPaths
// the number of paths that are kept, 0 for the default.
func NewSchema(maxDepth, maxPaths int) *Schema {
	s := &Schema{options: schema.Options{MaxDepth: maxDepth, MaxPaths: maxPaths, Validated: true}, rules: bson.ValidateOptions{MaxDepth: maxDepth}}
	s.all = schema.New(s.options)
	return s
}

// Settle returns the description of all documents that were taken. The parts are then no
// longer in use.
func (s *Schema) Settle() (*schema.Schema, error) {
	for _, p := range s.parts {
		p.Reset(0, 0)
		switch {
		case p.schema == nil:
		case s.all.Documents() == 0:
			s.all = p.schema
		default:
			if err := s.all.Merge(p.schema); err != nil {
				return nil, err
			}
		}
	}
	s.parts = nil
	return s.all, nil
}

// Part returns a part for documents.
func (s *Schema) Part() record.Part {
	p := &schemaPart{sink: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = append(s.parts, p)
	return p
}

// Alone returns the largest int: records need no memory besides that of a copy.
func (*Schema) Alone() int { return math.MaxInt }

// Take numbers the documents of p.
func (s *Schema) Take(p record.Part) error {
	part := p.(*schemaPart)
	part.first = s.taken + 1
	s.taken += int64(len(part.ends))
	return nil
}

// Long adds a record.
func (s *Schema) Long(rec *record.Record, _ io.Writer) error {
	p := s.Part()
	if err := p.Add(rec); err != nil {
		return err
	}
	return s.Take(p)
}

// A schemaPart describes the documents of pieces, one after the other.
type schemaPart struct {
	sink   *Schema
	schema *schema.Schema // of documents that were taken, nil: none
	first  int64          // number of the first document of the piece; 0: it was not taken
	docs   []byte         // of the piece
	ends   []int          // of the documents, in docs
}

// Reset adds the documents of the last piece, if it was taken.
func (p *schemaPart) Reset(int, int) {
	if p.first > 0 && len(p.ends) > 0 {
		if p.schema == nil {
			p.schema = schema.New(p.sink.options)
		}
		from := 0
		for i, end := range p.ends {
			if err := p.schema.AddAt(p.docs[from:end], p.first+int64(i)); err != nil {
				panic("BUG: sink: a valid document has a fault: " + err.Error())
			}
			from = end
		}
	}
	p.first, p.ends = 0, p.ends[:0]
	if p.docs = p.docs[:0]; cap(p.docs) > maxKept {
		p.docs = nil
	}
}

func (p *schemaPart) Size() int { return len(p.docs) }

func (p *schemaPart) Add(rec *record.Record) error {
	if rec.Type != bson.TypeDocument {
		return &pickle.ValueError{What: rec.Type.String(), Err: pickle.ErrNotDocument}
	}
	if err := p.sink.rules.Validate(rec.Data); err != nil {
		return err
	}
	p.docs = append(p.docs, rec.Data...)
	p.ends = append(p.ends, len(p.docs))
	return nil
}
