package sink

import (
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Count is a sink that writes nothing and counts documents and their bytes.
type Count struct{ totals archive.Totals }

// Totals returns the counts.
func (c *Count) Totals() archive.Totals { return c.totals }

// Part returns a part with counts.
func (*Count) Part() record.Part { return new(countPart) }

// Alone returns the largest int: records need no memory.
func (*Count) Alone() int { return math.MaxInt }

// Take adds the counts of p.
func (c *Count) Take(p record.Part) error {
	part := p.(*countPart)
	c.totals.Documents += part.Documents
	c.totals.Bytes += part.Bytes
	c.totals.Largest = max(c.totals.Largest, part.Largest)
	*part = countPart{}
	return nil
}

// Long counts a record.
func (c *Count) Long(rec *record.Record, _ io.Writer) error {
	var p countPart
	p.Add(rec)
	return c.Take(&p)
}

// A countPart has the counts of some records in a row.
type countPart struct{ archive.Totals }

func (p *countPart) Reset(int, int) { *p = countPart{} }
func (p *countPart) Size() int      { return 0 }

func (p *countPart) Add(rec *record.Record) error {
	p.Documents++
	p.Bytes += int64(len(rec.Data))
	p.Largest = max(p.Largest, len(rec.Data))
	return nil
}
