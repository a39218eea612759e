package query

// few is the number of items of a stack that need no allocation.
const few = 16

// A stack keeps its first items in itself, so that a walk allocates nothing. The zero
// stack is empty.
type stack[T any] struct {
	size int
	low  [few]T
	high []T // items from few on
}

// at returns the item i.
func (s *stack[T]) at(i int) *T {
	if i < few {
		return &s.low[i]
	}
	return &s.high[i-few]
}

func (s *stack[T]) push(item T) {
	if s.size < few {
		s.low[s.size] = item
	} else {
		s.high = append(s.high[:s.size-few], item)
	}
	s.size++
}

// cut removes the items from size on.
func (s *stack[T]) cut(size int) { s.size = size }

// Bits are numbered from that of the value 1 of the first item on.

func hasBit(s *stack[uint64], i int) bool { return *s.at(i >> 6)>>(i&63)&1 != 0 }
func setBit(s *stack[uint64], i int)      { *s.at(i >> 6) |= 1 << (i & 63) }

// pushBits adds n zeros, and as many as fill the last item.
func pushBits(s *stack[uint64], n int) {
	for range words(n) {
		s.push(0)
	}
}

// words returns the number of items for n bits.
func words(n int) int { return (n + 63) >> 6 }
