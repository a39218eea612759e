package sink

import (
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// Columns is a sink that writes nothing and finds the columns of documents.
type Columns struct{ Found *tabular.Found }

// Part returns a part for documents.
func (c Columns) Part() record.Part { return &columnsPart{found: c.Found.Part()} }

// Alone returns the largest int: records need little memory.
func (Columns) Alone() int { return math.MaxInt }

// Take adds the fields of the documents in p.
func (c Columns) Take(p record.Part) error {
	part := p.(*columnsPart)
	c.Found.Merge(part.found)
	part.Reset(0, 0)
	return nil
}

// Long adds a document.
func (c Columns) Long(rec *record.Record, _ io.Writer) error {
	if rec.Type == bson.TypeDocument {
		c.Found.Add(rec.Data)
	}
	return nil
}

// A columnsPart has the fields of documents in a row.
type columnsPart struct {
	found *tabular.Found
	size  int // of the documents, in bytes
}

func (p *columnsPart) Reset(int, int) {
	p.size = 0
	p.found.Reset()
}

func (p *columnsPart) Size() int { return p.size }

// Add adds the fields of rec. A value that is no document has none; writing it is a fault.
func (p *columnsPart) Add(rec *record.Record) error {
	if rec.Type == bson.TypeDocument {
		p.found.Add(rec.Data)
		p.size += len(rec.Data)
	}
	return nil
}
