package run

import "github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"

// This file selects records by their order. Only the goroutine that takes pieces knows the
// order: workers count the records that the stages before Order want. A piece in front of
// the window loses its output. A piece in the window is taken as any other. A piece in
// which the window starts or ends is left to the stream, which asks for each record.
//
// A Share does not depend on the order, so workers decide it.

// An Order selects records by their order in the run, after Stages and before Shaping.
type Order struct {
	_ struct{} // keyed literals only

	Skip     int64 // records at the start that are not wanted
	Limit    int64 // records after them that are wanted, 0: all
	PerSpace bool  // each namespace has a window of its own
	Share    Share // of the records in the window
}

// A Share is a part of all records, decided for each record by its place and a seed.
type Share struct {
	Seed uint64
	Most uint64 // the largest hash of a record that is wanted, 0: all records are wanted
}

// has reports whether the record at a place is in s. It needs no state, so that all workers
// decide alike.
func (s Share) has(spot record.Spot) bool {
	return s.Most == 0 || spot.Hash(s.Seed) <= s.Most
}

// A window is what is left of an Order. The nil window has all records.
type window struct {
	skip    int64 // records before it
	left    int64 // records in it, if it is limited
	limited bool
}

// windowOf returns the window of a namespace.
func (e *engine) windowOf(space string) *window {
	if !e.order.PerSpace {
		space = ""
	}
	w := e.windows[space]
	if w == nil {
		w = &window{skip: e.order.Skip, left: e.order.Limit, limited: e.order.Limit > 0}
		e.windows[space] = w
	}
	return w
}

// openWindow sets the window of s.
func (s *source) openWindow() {
	if s.order != nil && !s.mixesWindows() {
		s.window = s.windowOf(s.namespace)
	}
}

// mixesWindows reports whether the records of s are in several windows. Workers do not
// know the namespaces at the start of a piece, so s is then processed as a stream.
func (s *source) mixesWindows() bool {
	return s.order != nil && s.order.PerSpace && s.contains
}

// full reports whether no record of the rest of s is wanted. Then the rest is not needed.
func (s *source) full() bool {
	if !s.window.full() {
		return false
	}
	s.enough, s.Limited = true, s.Limited || !s.replays || s.merges
	s.ended = s.ended || !s.order.PerSpace
	return true
}

// admit counts a record, and reports whether it is in w.
func (w *window) admit() bool {
	switch {
	case w == nil:
		return true
	case w.skip > 0:
		w.skip--
		return false
	case w.full():
		return false
	}
	w.left--
	return true
}

// started reports whether the next record is not in front of w.
func (w *window) started() bool { return w == nil || w.skip == 0 }

// full reports whether all records of w have passed.
func (w *window) full() bool { return w != nil && w.skip == 0 && w.limited && w.left <= 0 }

// takes reports whether j can be taken as a whole. If all its records are in front of w, j
// is then without output.
func (w *window) takes(j *job) bool {
	switch {
	case w == nil:
		return true
	case w.skip > 0 && w.skip >= j.chosen:
		j.drop()
		return true
	}
	return w.skip == 0 && (!w.limited || j.chosen < w.left)
}

// pass counts n records of a piece, which takes has allowed.
func (w *window) pass(n int64) {
	switch {
	case w == nil:
	case w.skip > 0:
		w.skip -= n
	default:
		w.left -= n
	}
}

// drop makes filtered records of the records of j. Those that are malformed stay rejected.
func (j *job) drop() {
	rejects := j.rejects[:0]
	for _, r := range j.rejects {
		if !r.chosen {
			rejects = append(rejects, r)
		}
	}
	j.rejects, j.keys = rejects, record.Escapes{}
	j.filtered = j.read - int64(len(rejects))
	j.part.Reset(0, 0)
}
