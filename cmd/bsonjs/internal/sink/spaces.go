package sink

import (
	"cmp"
	"io"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file has the sink that keeps the namespaces of records apart. Its parts have the
// output of records in a row, in runs of one namespace, so that the order of the output
// is that of the records for any number of workers.

// Spaces is a sink that writes documents to the namespaces of a Dump.
type Spaces struct {
	codec.Encoder
	Dump  *Dump
	Store Store
	Proof *proof.Proof // see Lines
	// Default is the namespace of records that have none, "" if there is none. The run
	// asks for it, and gives it to records as their Home.
	Default string
}

// A Store is an output with namespaces.
type Store interface {
	// write writes documents of s, whose output is between two offsets of part: with the
	// text of to between and after them, and with Between before the first one.
	write(s *space, to *Spaces, part *linesPart, from, end int) error
	// long writes rec, a document of s of any length, in portions through w.
	long(s *space, to *Spaces, rec *record.Record, w io.Writer) error
	// flush completes the writes of a part.
	flush() error
}

// Part returns a part of the output.
func (s *Spaces) Part() record.Part {
	return &spacesPart{sink: s, linesPart: linesPart{encoder: &s.Encoder, docs: s.Proof.Part()}}
}

// Alone returns the Alone of the Encoder.
func (s *Spaces) Alone() int { return s.Encoder.Alone }

// Home returns the Default.
func (s *Spaces) Home() string { return s.Default }

// Take writes the documents in p.
func (s *Spaces) Take(p record.Part) error {
	part, from := p.(*spacesPart), 0
	for _, r := range part.runs {
		r.space.begun = true
		if err := s.Store.write(r.space, s, &part.linesPart, from, r.end); err != nil {
			return err
		}
		from = r.end
	}
	part.runs = part.runs[:0]
	part.empty()
	return s.Store.flush()
}

// Long writes a document of any length.
func (s *Spaces) Long(rec *record.Record, w io.Writer) error {
	to, err := s.find(rec)
	if err == nil {
		err = s.Store.long(to, s, rec, w)
	}
	if err == nil {
		to.begun = true
	}
	return err
}

// find returns the space of rec.
func (s *Spaces) find(rec *record.Record) (*space, error) {
	return s.Dump.find(cmp.Or(rec.Space.Name, rec.Home))
}

// A spacesPart is the output of some documents in a row.
type spacesPart struct {
	sink *Spaces
	linesPart
	runs []run
	last string // namespace of the last run, as the records have it
}

// A run is the output of documents of one namespace in a row.
type run struct {
	space *space
	end   int // in the output of the part
}

func (p *spacesPart) Reset(size, most int) {
	p.linesPart.Reset(size, most)
	p.runs = p.runs[:0]
}

func (p *spacesPart) Add(rec *record.Record) error {
	if n := len(p.runs); n == 0 || rec.Space.Name != p.last {
		s, err := p.sink.find(rec)
		if err != nil {
			return err
		}
		if n == 0 || s != p.runs[n-1].space {
			p.runs = append(p.runs, run{s, len(p.out)})
		}
		p.last = rec.Space.Name
	}
	err := p.linesPart.Add(rec)
	p.runs[len(p.runs)-1].end = len(p.out)
	return err
}
