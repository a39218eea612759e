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

// Locate says where the piece of p starts.
func (c *Count) Locate(p record.Part, _ int64, at record.Place) { p.(*countPart).base = at.Offset }

// Take adds the counts of p.
func (c *Count) Take(p record.Part) error {
	part := p.(*countPart)
	if part.Largest > c.totals.Largest {
		c.totals.Largest, c.totals.LargestOffset = part.Largest, part.base+part.LargestOffset
		c.totals.LargestNumber = c.totals.Documents + part.LargestNumber
	}
	c.totals.Documents += part.Documents
	c.totals.Bytes += part.Bytes
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
type countPart struct {
	archive.Totals
	base int64 // offset of the piece in the input
}

func (p *countPart) Reset(int, int) { *p = countPart{} }
func (p *countPart) Size() int      { return 0 }

func (p *countPart) Add(rec *record.Record) error {
	p.Totals.Add(len(rec.Data), rec.Place.Offset)
	return nil
}
