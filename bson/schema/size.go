package schema

import (
	"cmp"
	"math/bits"
	"slices"
)

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

// subtypes describes the sizes of binaries in bytes, by subtype. It has the subtypes in
// their order.
type subtypes []Subtype

func (s *subtypes) add(subtype byte, size uint64) { s.merge(&subtypes{{subtype, 1, size, size}}) }

func (s *subtypes) merge(t *subtypes) {
	for _, from := range *t {
		i, found := slices.BinarySearchFunc(*s, from.Subtype, func(have Subtype, want byte) int {
			return cmp.Compare(have.Subtype, want)
		})
		if !found {
			*s = slices.Insert(*s, i, from)
			continue
		}
		own := &(*s)[i]
		own.Count += from.Count
		own.Min, own.Max = min(own.Min, from.Min), max(own.Max, from.Max)
	}
}

func (s *subtypes) view() []Subtype {
	if s == nil {
		return nil
	}
	return slices.Clone(*s)
}
