package main

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pipeline"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file converts the pieces of an input, several at once.
//
//   - cutter readies jobs; it looks at where documents end and no further.
//   - work is what runs side by side. It touches its own job and worker only.
//   - take has the jobs in the order of the input.

// A job is a piece of an input, and what came of it.
type job struct {
	from, to extjson.Place // at which a piece of text starts and ends

	out      []byte        // what is to be written
	docs     int64         // documents that were read
	refusals []refusal     // those of them that are not in out
	stopped  bool          // before all of the piece was done…
	used     int           // …so many bytes of it, between two documents…
	end      extjson.Place // …where this may come next
}

// A refusal is a document that was read but not written, and left out.
type refusal struct {
	number   int64 // of the document in its piece, from 1
	from, to int   // its bytes in the piece
	err      error
}

// maxFaulty is how many faults a job holds before it stops, so that memory is
// bounded where all of a piece is wrong. One document more may add maxFaults.
const maxFaulty = 2000

// maxKept is the largest buffer of output, in bytes, that a job keeps.
const maxKept = 4 << 20

type piece = pipeline.Piece[job]

// line returns the workers that convert pieces of s.
func (s *source) line() *pipeline.Line[job] {
	workers := make([]pieceReader, s.c.jobs())
	for i := range workers {
		workers[i] = s.newPieceReader()
	}
	return pipeline.NewLine(len(workers), pipeline.Plan[job]{
		Cut:  s.cutter(),
		Work: func(i int, p *piece) { s.work(workers[i], p) },
		Take: s.take,
	})
}

// A pieceReader reads the documents of one piece after the other.
type pieceReader interface {
	documentReader
	reset(p *piece)
	// source returns the bytes of the input that hold the current document.
	source() []byte
	// place returns what may come behind it, in text.
	place() extjson.Place
}

func (s *source) newPieceReader() pieceReader {
	if s.from == format.JSON {
		return textPiece{s.c.opts.decodeText().NewDecoder(nil)}
	}
	return bsonPiece{s.c.opts.decodeBSON().NewDecoder(nil)}
}

type bsonPiece struct{ *bson.Decoder }

func (r bsonPiece) reset(p *piece)     { r.ResetBytes(p.Data) }
func (r bsonPiece) source() []byte     { return r.Raw() }
func (bsonPiece) place() extjson.Place { return 0 }

type textPiece struct{ *extjson.Decoder }

func (r textPiece) reset(p *piece)       { r.ResetPiece(p.Data, p.Job.from, p.Job.to) }
func (r textPiece) source() []byte       { return r.Text() }
func (r textPiece) place() extjson.Place { return r.Place() }

// cutter returns how s is cut.
func (s *source) cutter() func(data []byte, j *job) int {
	if s.from == format.JSON {
		return s.cutText
	}
	opts := s.c.opts.decodeBSON()
	return func(data []byte, _ *job) int {
		n, ok := opts.Split(data)
		if n == 0 && !ok {
			return len(data) // whoever reads it says what is wrong
		}
		return n
	}
}

func (s *source) cutText(data []byte, j *job) int {
	j.from = s.splitter.Place()
	n := s.splitter.Split(data)
	j.to = s.splitter.Place()
	return n
}

// work converts the documents of p, as far as nothing is wrong that it cannot
// judge.
func (s *source) work(r pieceReader, p *piece) {
	r.reset(p)
	j := &p.Job
	*j = job{from: j.from, to: j.to, end: j.from, out: j.out[:0], refusals: j.refusals[:0]}
	faulty := 0
	for faulty < maxFaulty && r.Next() {
		from, data := int(r.Offset()), r.source()
		out, err := s.append(j.out, bson.TypeDocument, r.Raw())
		switch {
		case err == nil:
			j.out = out
		case s.leavesOut(data):
			j.refusals = append(j.refusals, refusal{j.docs + 1, from, from + len(data), err})
			faulty += len(listed(err))
		default:
			j.stopped = true
			return
		}
		j.docs++
		j.used, j.end = from+len(data), r.place()
	}
	if j.stopped = faulty >= maxFaulty || r.Err() != nil; !j.stopped {
		j.used, j.end = len(p.Data), r.place()
	}
}

// take writes what came of p.
func (s *source) take(p *piece) (used int, more bool) {
	j := &p.Job
	// A piece that was not cut as its predecessor ended is for the stream, and
	// so is one that the run ends in.
	if s.c.watch.Signal() != 0 || j.from != s.place || s.c.endsWith(len(j.refusals)) || s.c.write(j.out) != nil {
		return 0, false
	}
	s.c.count(j.docs - int64(len(j.refusals)))
	at, done := s.at, 0
	for _, r := range j.refusals {
		at.advance(p.Data[done:r.from], s.from)
		done = r.from
		m := mishap{err: r.err, number: s.docs + r.number, at: at, wrote: true}
		if s.failed = s.refuse(m, p.Data[r.from:r.to]); s.failed != nil {
			return r.to, false
		}
	}
	at.advance(p.Data[done:j.used], s.from)
	s.at, s.place = at, j.end
	s.docs += j.docs
	if cap(j.out) > maxKept {
		j.out = nil
	}
	return j.used, !j.stopped
}
