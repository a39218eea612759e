package sink

import (
	"fmt"
	"io"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file splits documents by their order: a new file begins when the current one is full.
// Only Take knows the order, so the parts of workers carry the ends of documents.

// Slices is the state of an output that is split by the order of documents.
type Slices struct {
	Size  int64 // bytes of a file before compression, 0: no limit
	Count int64 // documents of a file, 0: no limit

	out     Tree
	lines   Lines // of the current file
	number  int   // of the current file, 0: there is none
	entered bool  // the current file exists
	size    int64 // bytes of the current file, without the text after the last document
	docs    int64 // in the current file
}

// Sliced is the sink of an input that writes to Slices.
type Sliced struct {
	codec.Encoder
	Slices *Slices
	Out    Tree
	Proof  *proof.Proof // see Lines
}

// Part returns a part of the output.
func (s *Sliced) Part() record.Part {
	return &slicedPart{linesPart: linesPart{encoder: &s.Encoder, docs: s.Proof.Part()}}
}

// Alone returns the Alone of the Encoder.
func (s *Sliced) Alone() int { return s.Encoder.Alone }

// Take writes the documents in p.
func (s *Sliced) Take(p record.Part) error {
	part, to := p.(*slicedPart), s.Slices
	begun, from := 0, 0 // of the documents for the current file, and of the next document
	for _, end := range part.ends {
		if n := int64(end - from); !to.add(&s.Encoder, n) {
			if err := to.put(s, &part.linesPart, begun, from); err != nil {
				return err
			}
			if err := to.next(); err != nil {
				return err
			}
			begun = from
			to.add(&s.Encoder, n)
		}
		from = end
	}
	err := to.put(s, &part.linesPart, begun, from)
	part.ends = part.ends[:0]
	part.empty()
	return err
}

// Long writes a document of any length.
func (s *Sliced) Long(rec *record.Record, w io.Writer) error {
	to := s.Slices
	var n counter
	if to.Size > 0 {
		if err := s.WriteValue(&n, rec.Type, rec.Data); err != nil {
			return err
		}
	}
	size := int64(n) + int64(len(s.Between)+len(s.After))
	if !to.add(&s.Encoder, size) {
		if err := to.next(); err != nil {
			return err
		}
		to.add(&s.Encoder, size)
	}
	to.begin(s)
	err := to.lines.Long(rec, &sliceWriter{to, w})
	if err != nil {
		to.docs--
		to.size -= size
	}
	return err
}

// A counter counts the bytes that are written to it.
type counter int64

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
}

// add counts a document of n bytes, with the text between documents and after it, in the
// current file. It returns false if the document belongs to the next one. A document that is
// larger than a file is alone in one.
func (s *Slices) add(e *codec.Encoder, n int64) bool {
	switch {
	case s.docs == 0:
		s.size = int64(len(e.Open) - len(e.Between))
	case s.Count > 0 && s.docs >= s.Count, s.Size > 0 && s.size+n+int64(len(e.Close)) > s.Size:
		return false
	}
	s.size += n
	s.docs++
	return true
}

// next ends the current file.
func (s *Slices) next() error {
	err := s.End()
	s.lines, s.entered = Lines{}, false
	s.size, s.docs = 0, 0
	return err
}

// begin makes s write documents of to.
func (s *Slices) begin(to *Sliced) {
	s.out = to.Out
	s.lines.Encoder, s.lines.Out, s.lines.Proof = to.Encoder, &sliceWriter{s, to.Out}, to.Proof
}

// put writes documents of to, whose output is between two offsets of part, to the current
// file.
func (s *Slices) put(to *Sliced, part *linesPart, from, end int) error {
	s.begin(to)
	return s.lines.put(part, from, end)
}

// End completes the current file, if there is one.
func (s *Slices) End() error {
	if !s.entered {
		return nil
	}
	return s.lines.End(s.out)
}

// A sliceWriter writes to the current file, which the first write makes.
type sliceWriter struct {
	slices *Slices
	w      io.Writer
}

func (w *sliceWriter) Write(p []byte) (int, error) {
	if s := w.slices; !s.entered {
		s.number++
		if err := s.out.Enter(fmt.Sprintf("#%05d", s.number)); err != nil {
			return 0, err
		}
		s.entered = true
	}
	return w.w.Write(p)
}

// A slicedPart is the output of some documents in a row, with their ends.
type slicedPart struct {
	linesPart
	ends []int // in the output
}

func (p *slicedPart) Reset(size, most int) {
	p.linesPart.Reset(size, most)
	p.ends = p.ends[:0]
}

func (p *slicedPart) Add(rec *record.Record) error {
	err := p.linesPart.Add(rec)
	if err == nil {
		p.ends = append(p.ends, len(p.out))
	}
	return err
}
