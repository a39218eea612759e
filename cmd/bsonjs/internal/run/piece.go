package run

import (
	"errors"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pipeline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file works on the pieces of an input, several at once.
//
//   - cut prepares jobs; it reads only the ends of documents.
//   - work runs in parallel. It touches its own job and worker only.
//   - take has the jobs in the order of the input.

// A job is a piece of an input, with its results.
type job struct {
	from, to codec.State // at which the piece starts and ends
	at       int64       // offset of its start

	part     record.Part    // its output
	docs     int64          // documents that were read to their ends
	read     int64          // records that were read, often one of each document
	chosen   int64          // those of them that the stages before Order want
	filtered int64          // those of them that are not wanted
	keys     record.Escapes // of those that are written
	rejects  []reject       // those of them that have a fault
	stopped  bool           // the job ended before the end of the piece
	long     bool           // it stopped because the output of the next record is too long for it
	used     int            // bytes of the piece that are done, up to the end of a record
	end      codec.State    // state after them
}

// A reject is a record that was read and is rejected.
type reject struct {
	number   int64        // of its document in the piece, from 1
	part     int          // of its document; see record.Record
	shaped   bool         // see record.Record
	chosen   bool         // the stages before Order want it
	space    record.Space // set when the piece is taken
	from, to int          // its bytes in the piece
	err      error
}

// maxFaulty is the number of faults after which a job stops. So memory is
// bounded if a whole piece is damaged. The faults of one more record may
// follow.
const maxFaulty = 500

// maxOut returns the most bytes of output that a worker makes of a piece of n
// bytes. They stay in memory until the pieces before it are written. Ordinary
// documents rarely need so many.
func maxOut(n int) int { return 768<<10 + 2*(n+outStep-1)&^(outStep-1) }

// unpackedOut is how many times longer the output of a piece may be if documents become
// several records.
const unpackedOut = 4

// maxOut is maxOut for the records of s.
func (s *source) maxOut(n int) int {
	if s.Unbucket != nil {
		return unpackedOut * maxOut(n)
	}
	return maxOut(n)
}

// outStep is the step of maxOut, in bytes, so that buffers have few sizes.
const outStep = 256 << 10

// maxMade is the most bytes of BSON that a worker makes of one document, unless
// the piece is longer. Only arrays in text become longer as BSON, up to seven
// times.
const maxMade = 1 << 20

type piece = pipeline.Piece[job]

// A worker does one piece after the other.
type worker struct {
	r   codec.PieceReader
	rec record.Record
}

// line returns the workers that do the pieces of s.
func (s *source) line() *pipeline.Line[job] {
	workers := make([]*worker, s.jobs())
	for i := range workers {
		workers[i] = &worker{r: s.decoder.Pieces(maxMade)}
	}
	return pipeline.NewLine(len(workers), pipeline.Plan[job]{
		Cut:  s.cut,
		Work: func(i int, p *piece) { s.work(workers[i], p) },
		Take: s.take,
	})
}

func (s *source) cut(data []byte, j *job) (n int) {
	n, j.from, j.to = s.cutter(data)
	j.at = s.cutAt
	s.cutAt += int64(n)
	return n
}

// work processes the records of p, up to the first fault that it cannot judge.
func (s *source) work(w *worker, p *piece) {
	j := &p.Job
	*j = job{from: j.from, to: j.to, at: j.at, end: j.from, part: j.part, rejects: j.rejects[:0]}
	if j.part == nil {
		j.part = s.sink.Part()
	}
	w.r.Reset(p.Data, j.from, j.to)
	j.part.Reset(len(p.Data), s.maxOut(len(p.Data)))
	alone, faulty := s.sink.Alone(), 0
	rec := &w.rec
	locates, at, passed := s.locates(), record.Place{}, 0
	for faulty < maxFaulty && w.r.Next(rec) {
		from, size := int(rec.Offset), len(rec.Source)
		if locates {
			at, passed = s.behind(at, p.Data[passed:from]), from
			rec.Number, rec.Place = j.docs+1, at
		}
		what, err, chosen := long, error(nil), false
		if len(rec.Data) <= alone {
			if what, err = s.choose(rec); what == added {
				chosen = true
				what, err = s.put(j.part, rec, j.at+rec.Offset)
			}
		}
		switch {
		case what == added:
			j.keys = j.keys.Plus(rec.Keys)
		case what == filtered:
			j.filtered++
		case what == long:
			j.long, j.stopped = true, true
			return
		case s.canReject(rec.Source):
			j.rejects = append(j.rejects, reject{
				number: j.docs + 1, part: rec.Part, shaped: rec.Shaped, chosen: chosen, space: record.Space{Name: rec.Space.Name},
				from: from, to: from + size, err: err,
			})
			faulty += len(record.Listed(err))
		default:
			j.stopped = true
			return
		}
		if j.read++; chosen {
			j.chosen++
		}
		if j.used = from; !rec.More {
			j.docs++
			j.used += size
		}
		j.end = w.r.State()
	}
	j.long = errors.Is(w.r.Err(), bson.ErrTooLarge)
	if j.stopped = faulty >= maxFaulty || w.r.Err() != nil; !j.stopped {
		j.used, j.end = len(p.Data), w.r.State()
	}
}

// take writes the results of p. It processes a record that is too long for a
// worker while the other workers continue, and then the rest of p.
func (s *source) take(p *piece) (used int, more bool) {
	for {
		if used, ok := s.takePart(p); !ok {
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
		if s.full() {
			return 0, false
		}
		p.Job.at = s.at.Offset
		s.work(&worker{r: s.alone}, p)
	}
}

// takePart writes the output of a worker for p. If the run is to stop, or the
// stream is to read p, it returns false and the number of bytes of p that are
// done.
func (s *source) takePart(p *piece) (used int, ok bool) {
	j := &p.Job
	whole := s.window.takes(j)
	// A piece that was not cut as its predecessor ended is for the stream, and
	// so is one that the run ends in.
	if !whole || s.ctx.Err() != nil || j.from != s.state || s.endsWith(len(j.rejects)) || s.writeErr() != nil || !s.follow(p.Data[:j.used], j) || s.takeOut(j) != nil {
		return 0, false
	}
	s.window.pass(j.chosen)
	s.Filtered += j.filtered
	s.escaped(j.keys)
	s.count(j.read - int64(len(j.rejects)))
	at, done := s.at, 0
	for _, r := range j.rejects {
		at = s.behind(at, p.Data[done:r.from])
		done = r.from
		raw := fault{err: r.err, in: s.origin, number: s.docs + r.number, part: r.part, shaped: r.shaped, space: r.space, at: at, read: true, source: p.Data[r.from:r.to], size: r.to - r.from}
		s.unframe(&raw)
		if s.failed = s.reject(raw); s.failed != nil {
			return r.to, false
		}
	}
	s.at, s.state = s.behind(at, p.Data[done:j.used]), j.end
	s.docs += j.docs
	return j.used, true
}

// takeOut gives the output of j to the sink.
func (s *source) takeOut(j *job) error {
	if held, ok := j.part.(*heldPart); ok {
		held.locate(s)
	} else if s.placer != nil {
		s.placer.Locate(j.part, s.docs, s.at)
	}
	return s.sink.Take(j.part)
}

// follow tells the Decoder of a container that data, the start of the piece of j, is done.
// It sets the namespaces of rejects and of records that are held.
func (s *source) follow(data []byte, j *job) bool {
	if s.decoder.Follow == nil {
		return true
	}
	rejects, items := j.rejects, heldIn(j.part)
	if len(rejects) == 0 && len(items) == 0 {
		return s.decoder.Follow(data, nil)
	}
	return s.decoder.Follow(data, func(offset int, in record.Space) {
		for len(rejects) > 0 && rejects[0].from == offset {
			rejects[0].space = in
			rejects = rejects[1:]
		}
		for len(items) > 0 && items[0].offset == offset {
			items[0].within = in
			items = items[1:]
		}
	})
}

// takeLong does the first record of p and removes it from p. If the record or
// the output has a fault it returns false; the stream then reports a fault of
// the record.
func (s *source) takeLong(p *piece) bool {
	if s.alone == nil {
		s.alone = s.decoder.Pieces(0)
	}
	r, rec := s.alone, new(record.Record)
	r.Reset(p.Data, p.Job.from, p.Job.to)
	if !r.Next(rec) {
		return false
	}
	end := int(rec.Offset)
	if !rec.More {
		end += len(rec.Source)
	}
	if !s.followLong(p.Data[:end], rec) {
		return false
	}
	if what, err := s.putLong(rec, s.at.Offset+rec.Offset); err != nil {
		if s.decoder.Unfollow != nil {
			s.decoder.Unfollow()
		}
		return false
	} else if what == filtered {
		s.Filtered++
	}
	s.count(1)
	if !rec.More {
		s.docs++
	}
	s.at = s.behind(s.at, p.Data[:end])
	s.state = r.State()
	p.Data, p.Job.from = p.Data[end:], s.state
	return true
}

// followLong is follow for rec, the first record of data. It sets the place of rec if the
// sink needs that.
func (s *source) followLong(data []byte, rec *record.Record) bool {
	if s.locates() {
		rec.Input, rec.Number, rec.Place = s.origin.number, s.docs+1, s.behind(s.at, data[:rec.Offset])
	}
	if s.decoder.Follow == nil {
		return true
	}
	return s.decoder.Follow(data, func(offset int, in record.Space) {
		if int64(offset) == rec.Offset && s.locates() {
			rec.Within, rec.Number = in.Name, in.Number
		}
	})
}
