package sink

import (
	"io"
	"math"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file connects sinks with a proof. Proven is for the sinks that write documents, and
// Given for the records of a run that writes nothing.

// A Written is a sink whose parts are, or have, a linesPart.
type Written interface {
	Part() record.Part
	Alone() int
	Take(p record.Part) error
	Long(rec *record.Record, w io.Writer) error
}

// Proven is a sink that writes documents and gives their places to a proof.
type Proven struct{ Written }

// Prove returns s, which has a Proof.
func Prove(s Written) Proven { return Proven{s} }

// Locate says where the piece of p starts.
func (Proven) Locate(p record.Part, docs int64, at record.Place) {
	p.(interface {
		locate(docs int64, at record.Place)
	}).locate(docs, at)
}

// Home returns the namespace of records that have none, "" if the sink has none for them.
func (p Proven) Home() string {
	if homed, ok := p.Written.(interface{ Home() string }); ok {
		return homed.Home()
	}
	return ""
}

// Given is a sink that gives its documents to a proof.
type Given struct {
	To func(d *proof.Docs) error
}

// Part returns a part with documents.
func (Given) Part() record.Part { return new(givenPart) }

// Alone returns the largest int: a part can have any document.
func (Given) Alone() int { return math.MaxInt }

// Locate says where the piece of p starts.
func (Given) Locate(p record.Part, docs int64, at record.Place) {
	p.(*givenPart).docs.Locate(docs, at.Offset)
}

// Take gives the documents of p to the proof.
func (g Given) Take(p record.Part) error {
	part := p.(*givenPart)
	err := g.To(&part.docs)
	part.docs.Reset()
	return err
}

// Long gives a document to the proof. The proof keeps the difference, if there is one.
func (g Given) Long(rec *record.Record, _ io.Writer) error {
	var d proof.Docs
	d.Add(rec, 0)
	g.To(&d)
	return nil
}

// A givenPart has some documents in a row.
type givenPart struct {
	docs proof.Docs
	size int // bytes of the documents
}

func (p *givenPart) Reset(int, int) {
	p.docs.Reset()
	p.size = 0
}

func (p *givenPart) Size() int { return p.size }

func (p *givenPart) Add(rec *record.Record) error {
	p.docs.Add(rec, 0)
	p.size += len(rec.Data)
	return nil
}
