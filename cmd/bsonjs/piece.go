package main

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"

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
	long     bool          // it was left to take, since its output is too long…
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

// maxFaulty is how many faults a job holds before it stops. So memory is bounded
// if a whole piece is wrong. One more document may add maxFaults.
const maxFaulty = 500

// maxKept is the largest buffer of output, in bytes, that a job keeps.
const maxKept = 4 << 20

// maxOut returns the most bytes of output that a worker makes of a piece of n
// bytes. They are held until the pieces before it are written. Ordinary
// documents rarely come near this limit.
func maxOut(n int) int { return 768<<10 + 2*(n+outStep-1)&^(outStep-1) }

// outStep is the step of maxOut, in bytes, so that buffers have few sizes.
const outStep = 256 << 10

// spareOut is how many bytes more than maxOut a buffer of output has, so that a
// worker that reaches maxOut does not let the buffer grow.
const spareOut = 32 << 10

type piece = pipeline.Piece[job]

// line returns the workers that convert pieces of s.
func (s *source) line() *pipeline.Line[job] {
	workers := make([]pieceReader, s.c.jobs())
	for i := range workers {
		workers[i] = s.newPieceReader(maxMade)
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
	// reset begins a piece, which is at the place from in text.
	reset(p *piece)
	// source returns the bytes of the input that hold the current document.
	source() []byte
	// place returns what may come behind it, in text.
	place() extjson.Place
}

// maxMade is the most bytes of BSON that a worker makes of one text, unless the
// piece itself is longer. Only arrays are longer as BSON than as text, up to
// seven times.
const maxMade = 1 << 20

// newPieceReader returns a reader of pieces of s. It refuses documents whose BSON
// is longer than both most bytes and the piece; 0 is no limit.
func (s *source) newPieceReader(most int) pieceReader {
	if s.from == format.JSON {
		return &textPiece{opts: s.c.opts.decodeText(), most: most}
	}
	return bsonPiece{s.c.opts.decodeBSON().NewDecoder(nil)}
}

type bsonPiece struct{ *bson.Decoder }

func (r bsonPiece) reset(p *piece)     { r.ResetBytes(p.Data) }
func (r bsonPiece) source() []byte     { return r.Raw() }
func (bsonPiece) place() extjson.Place { return 0 }

type textPiece struct {
	*extjson.Decoder
	opts extjson.DecodeOptions
	most int // see newPieceReader
	made int // bytes of BSON that Decoder accepts of a document
}

func (r *textPiece) reset(p *piece) {
	made := cmp.Or(r.opts.MaxDocumentSize, bson.DefaultMaxDocumentSize)
	if r.most > 0 {
		made = min(made, max(r.most, len(p.Data)))
	}
	if made != r.made {
		opts := r.opts
		opts.MaxDocumentSize = made
		r.Decoder, r.made = opts.NewDecoder(nil), made
	}
	r.ResetPiece(p.Data, p.Job.from, p.Job.to)
}

func (r *textPiece) source() []byte       { return r.Text() }
func (r *textPiece) place() extjson.Place { return r.Place() }

// cutter returns how s is cut.
func (s *source) cutter() func(data []byte, j *job) int {
	if s.from == format.JSON {
		return s.cutText
	}
	opts := s.c.opts.decodeBSON()
	return func(data []byte, _ *job) int {
		n, ok := opts.Split(data)
		if n == 0 && (!ok || len(data) >= 4 && binary.LittleEndian.Uint32(data) > pipeline.MaxPiece) {
			return len(data) // for the stream, which says what is wrong, or waits for the rest
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
	j, most := &p.Job, maxOut(len(p.Data))
	*j = job{from: j.from, to: j.to, end: j.from, out: j.out[:0], refusals: j.refusals[:0]}
	faulty := 0
	for faulty < maxFaulty && r.Next() {
		from, data := int(r.Offset()), r.source()
		err := error(errLong)
		if doc := r.Raw(); len(doc) <= s.c.alone {
			j.out, err = s.append(j.out, most, bson.TypeDocument, doc)
			if j.docs == 0 && err == nil {
				j.out = roomy(j.out, len(p.Data), len(data), most)
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, bson.ErrTooLarge):
			j.long, j.stopped = true, true
			return
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
	j.long = errors.Is(r.Err(), bson.ErrTooLarge)
	if j.stopped = faulty >= maxFaulty || r.Err() != nil; !j.stopped {
		j.used, j.end = len(p.Data), r.place()
	}
}

// roomy returns out, which a worker has made of the first of n bytes of a piece,
// with room for what it will make of all of them if they are alike: buffers that
// are outgrown would be more. Where no output is made, there is no room.
func roomy(out []byte, n, first, most int) []byte {
	alike := int64(len(out)) * int64(n) / int64(first) * 5 / 4
	room := int(min(alike, int64(min(most+spareOut, maxKept))))
	return slices.Grow(out, max(room-len(out), 0))
}

// take writes the output of p. A document whose output is too long for a worker
// is converted here while the other workers continue, and then the rest of p.
func (s *source) take(p *piece) (used int, more bool) {
	for {
		if used, ok := s.takeOut(p); !ok {
			return used, false
		}
		j := &p.Job
		if !j.long {
			return j.used, !j.stopped
		}
		p.Data, j.from = p.Data[j.used:], j.end
		if !s.takeLong(p) {
			return 0, false
		}
		s.work(s.long, p)
	}
}

// takeOut writes the output that a worker has made of p. If the run is to stop,
// or the stream is to read p, it returns false and how many bytes of p are done.
func (s *source) takeOut(p *piece) (used int, ok bool) {
	j := &p.Job
	// A piece that was not cut as its predecessor ended is for the stream, and
	// so is one that the run ends in.
	if s.c.ctx.Err() != nil || j.from != s.place || s.c.endsWith(len(j.refusals)) || s.c.write(j.out) != nil {
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
	return j.used, true
}

// takeLong converts the first document of p and removes it from p. If the
// document or the output has a fault it returns false; the stream then reports
// a fault of the document.
func (s *source) takeLong(p *piece) bool {
	if s.long == nil {
		s.long = s.newPieceReader(0)
	}
	r := s.long
	r.reset(p)
	if !r.Next() || s.write(bson.TypeDocument, r.Raw()) != nil {
		return false
	}
	end := int(r.Offset()) + len(r.source())
	s.c.count(1)
	s.docs++
	s.at.advance(p.Data[:end], s.from)
	s.place = r.place()
	p.Data, p.Job.from = p.Data[end:], s.place
	return true
}
