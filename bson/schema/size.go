package schema

import "math/bits"

// sizes describes lengths: of strings and binaries in bytes, of arrays in elements.
type sizes struct {
	count    uint64
	sum      uint64
	min, max uint64
	// powers[i] counts the sizes of i bits: 0, 1, 2 to 3, 4 to 7 and so on.
	powers [33]uint64
}

func (s *sizes) add(size uint64) {
	if s.count == 0 {
		s.min = size
	}
	s.count++
	s.sum += size
	s.min, s.max = min(s.min, size), max(s.max, size)
	s.powers[bits.Len32(uint32(size))]++
}

func (s *sizes) merge(t *sizes) {
	switch {
	case t.count == 0:
		return
	case s.count == 0:
		s.min = t.min
	}
	s.count += t.count
	s.sum += t.sum
	s.min, s.max = min(s.min, t.min), max(s.max, t.max)
	for i, n := range t.powers {
		s.powers[i] += n
	}
}
