package sink

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// A Counted is the number of documents of a namespace in an input.
type Counted struct {
	Input     string `json:"input"`
	Namespace string `json:"ns,omitempty"` // "": the input has no namespaces
	Documents int64  `json:"documents"`
	Bytes     int64  `json:"bytes"` // of the documents as BSON
}

// Counts are the numbers of documents of inputs, one after the other, and of their
// namespaces.
type Counts struct {
	rows []*Counted
	last int                 // index of the first row of the current input
	at   map[string]*Counted // rows of the current input by namespace
}

// Begin begins the next input.
func (c *Counts) Begin() { c.last, c.at = len(c.rows), map[string]*Counted{} }

// Add adds a row to c, if the current input has none of the namespace, and returns it.
func (c *Counts) Add(input, namespace string) *Counted {
	row := c.at[namespace]
	if row == nil {
		row = &Counted{Input: input, Namespace: namespace}
		c.rows = append(c.rows, row)
		c.at[namespace] = row
	}
	return row
}

// List gives the current input a row for each of its namespaces, in their order. Other
// rows come behind them.
func (c *Counts) List(input string, l codec.Listing) {
	var rows []*Counted
	listed := map[*Counted]bool{}
	for _, s := range l.Spaces {
		if row := c.Add(input, s.Namespace.String()); !listed[row] {
			listed[row] = true
			rows = append(rows, row)
		}
	}
	for _, row := range c.rows[c.last:] {
		if !listed[row] {
			rows = append(rows, row)
		}
	}
	c.rows = append(c.rows[:c.last], rows...)
}

// Rows returns the rows in order.
func (c *Counts) Rows() []*Counted { return c.rows }

// In returns the sink that counts the documents of the current input.
func (c *Counts) In(input string) *Counter { return &Counter{counts: c, input: input, at: c.at} }

// total returns the sum of all rows.
func (c *Counts) total() (t Counted) {
	for _, row := range c.rows {
		t.Documents += row.Documents
		t.Bytes += row.Bytes
	}
	return t
}

// WriteTable writes the rows as a table, with the sum if there are several.
func (c *Counts) WriteTable(w io.Writer) error {
	var b bytes.Buffer
	const line = "%11d %15d  %s\n"
	fmt.Fprintf(&b, "%11s %15s\n", "documents", "bytes")
	for _, row := range c.rows {
		name := oneline.Escape(row.Input)
		if row.Namespace != "" {
			name += " " + oneline.Escape(row.Namespace)
		}
		fmt.Fprintf(&b, line, row.Documents, row.Bytes, name)
	}
	if t := c.total(); len(c.rows) != 1 {
		fmt.Fprintf(&b, line, t.Documents, t.Bytes, "in all")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// WriteLines writes a line of JSON for each row.
func (c *Counts) WriteLines(w io.Writer) error {
	var b bytes.Buffer
	for _, row := range c.rows {
		if err := appendLine(&b, row); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// WriteLine writes v as a line of JSON.
func WriteLine(w io.Writer, v any) error {
	var b bytes.Buffer
	if err := appendLine(&b, v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// appendLine adds v to b, as a line of JSON that terminals can show.
func appendLine(b *bytes.Buffer, v any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Write(oneline.EscapeJSON(text.Bytes()))
	return nil
}

// A Counter is a sink that writes nothing and counts the documents of an input, and their
// bytes, in each namespace.
type Counter struct {
	counts *Counts
	input  string
	at     map[string]*Counted // rows of the input by namespace
}

// Private does nothing: a Counter is for the documents of its input.
func (*Counter) Private() {}

// Part returns a part with counts.
func (*Counter) Part() record.Part { return new(counterPart) }

// Alone returns the largest int: records need no memory.
func (*Counter) Alone() int { return math.MaxInt }

// Take adds the counts of p.
func (c *Counter) Take(p record.Part) error {
	part := p.(*counterPart)
	for _, r := range part.runs {
		row := c.at[r.Namespace]
		if row == nil {
			row = c.counts.Add(c.input, r.Namespace)
		}
		row.Documents += r.Documents
		row.Bytes += r.Bytes
	}
	part.Reset(0, 0)
	return nil
}

// Long counts a record.
func (c *Counter) Long(rec *record.Record, _ io.Writer) error {
	var p counterPart
	p.Add(rec)
	return c.Take(&p)
}

// A counterPart has the counts of some records in a row, in runs of one namespace.
type counterPart struct{ runs []Counted }

func (p *counterPart) Reset(int, int) { p.runs = p.runs[:0] }
func (p *counterPart) Size() int      { return 0 }

func (p *counterPart) Add(rec *record.Record) error {
	n := len(p.runs)
	if n == 0 || p.runs[n-1].Namespace != rec.Space.Name {
		p.runs = append(p.runs, Counted{Namespace: rec.Space.Name})
		n++
	}
	p.runs[n-1].Documents++
	p.runs[n-1].Bytes += int64(len(rec.Data))
	return nil
}
