package spill

// This file gives items back.

// Sorted is the sequence of the items of a Sorter that are wanted, in order.
type Sorted struct {
	sorter *Sorter
	m      *merger
	chosen selection
	item   []byte
	ended  bool
	err    error
}

// Sort ends the Sorter and returns its items. The Sorter must not be used afterwards.
// The error is that of Add.
func (s *Sorter) Sort() (*Sorted, error) {
	if s.err == nil {
		s.err = s.reduce()
	}
	if s.err != nil {
		return nil, s.err
	}
	s.s.hold(-s.bounded)
	s.bounds, s.bounded = nil, 0
	var sources []source
	for _, r := range s.runs {
		sources = append(sources, newRunReader(s.s, r))
	}
	sources = append(sources, s.buffer.sources()...)
	return &Sorted{sorter: s, m: newMerger(s.s, s.order, sources), chosen: selection{s: s}}, nil
}

// reduce makes the runs so few that they can be merged with the buffer. It leaves half
// of the memory for the use of the result, such as another sorter.
func (s *Sorter) reduce() error {
	for len(s.runs) > 0 {
		fits := s.fits(s.s.free() / 2)
		switch {
		case len(s.runs) <= fits:
			return nil
		case s.buffer.items > 0:
			if err := s.spill(); err != nil {
				return err
			}
		default:
			if err := s.pass(fits); err != nil {
				return err
			}
		}
	}
	return nil
}

// leastRuns is the number of runs that can always be read at once, so that there are
// not too many passes.
const leastRuns = 8

// fits returns the number of runs that can be read with that many bytes of memory, at
// least leastRuns.
func (s *Sorter) fits(memory int64) int {
	var most int64
	for _, r := range s.runs {
		most = max(most, r.memory(s.s))
	}
	return int(max(min(memory/most, int64(len(s.runs))), leastRuns))
}

// pass merges some runs into one, so that at best as many remain as fit. They are
// neighbours, so that the order of Add is kept, and those with the fewest bytes.
func (s *Sorter) pass(fits int) error {
	n := min(s.fits(s.s.free()-2*int64(s.s.chunk)), len(s.runs)-fits+1)
	at := s.smallest(n)
	f, err := s.s.create()
	if err != nil {
		return err
	}
	merged := s.runs[at : at+n]
	var sources []source
	for _, r := range merged {
		sources = append(sources, newRunReader(s.s, r))
	}
	r, err := s.write(sources, f)
	if err != nil {
		return err
	}
	if err := consume(merged); err != nil {
		return err
	}
	s.runs = append(append(s.runs[:at:at], r), s.runs[at+n:]...)
	return nil
}

// smallest returns the index of the first of n neighbours that have the fewest bytes.
func (s *Sorter) smallest(n int) int {
	best, at, sum := int64(0), 0, int64(0)
	for i, r := range s.runs {
		sum += r.end - r.start
		if i >= n {
			sum -= s.runs[i-n].end - s.runs[i-n].start
		}
		if i == n-1 || i >= n && sum < best {
			best, at = sum, i-n+1
		}
	}
	return at
}

// consume removes the files that have only runs that are not needed any more.
func consume(runs []*run) error {
	for _, r := range runs {
		if err := r.file.consumed(); err != nil {
			return err
		}
	}
	return nil
}

// Next goes to the next item. It returns false at the end and on error; then the memory
// and the files are free.
func (r *Sorted) Next() bool {
	if r.ended {
		return false
	}
	ok, err := r.chosen.next(r.m)
	if ok {
		r.item, err = r.m.item()
	}
	if ok && err == nil {
		return true
	}
	r.err = err
	r.Close()
	return false
}

// Key returns the key of the item. It is valid until Next.
func (r *Sorted) Key() []byte { return r.m.key() }

// Item returns the item. It is valid until Next.
func (r *Sorted) Item() []byte { return r.item }

// Err returns the error that has ended Next, an *Error or the cause of the context.
func (r *Sorted) Err() error { return r.err }

// Close frees the memory and the files, if Next has not done it. Err may change.
func (r *Sorted) Close() {
	if r.ended {
		return
	}
	r.ended = true
	r.m.close()
	r.sorter.buffer.release()
	if err := consume(r.sorter.runs); r.err == nil {
		r.err = err
	}
}
