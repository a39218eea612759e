package pickle

// A slab is a list of numbers that grows without copying: at most one chunk of
// its memory is idle, and none becomes garbage. A pickle can make a value of
// each of its bytes, and slices that double would need several times the memory
// of the values.
type slab struct {
	n     int      // numbers in use
	first chunk    // all that most pickles need, and no pointer away
	rest  []*chunk // the next ones, spare ones last
}

const (
	chunkBits  = 10
	chunkSize  = 1 << chunkBits // numbers in a chunk
	chunkMask  = chunkSize - 1
	keepChunks = 64 // that a machine keeps for the next pickle
)

type chunk [chunkSize]ref

// push appends r.
//
// NOTE: push and the small ones below inline; TestInline lists them.
func (s *slab) push(r ref) {
	if uint(s.n) < chunkSize {
		s.first[s.n] = r
	} else {
		s.pushFar(r)
	}
	s.n++
}

func (s *slab) pushFar(r ref) {
	s.ready()
	s.set(s.n, r)
}

// ready ensures that number n has a chunk.
func (s *slab) ready() {
	if s.n>>chunkBits > len(s.rest) {
		s.rest = append(s.rest, new(chunk))
	}
}

// chunk returns the chunk of number i.
func (s *slab) chunk(i int) *chunk {
	if uint(i) < chunkSize {
		return &s.first
	}
	return s.rest[uint(i)>>chunkBits-1]
}

// at returns number i.
func (s *slab) at(i int) ref { return s.chunk(i)[i&chunkMask] }

// set sets number i.
func (s *slab) set(i int, r ref) { s.chunk(i)[i&chunkMask] = r }

// from returns the numbers from i on to the end of their chunk, to read or to
// set.
func (s *slab) from(i int) []ref { return s.chunk(i)[i&chunkMask:] }

// read copies len(dst) numbers from i on to dst.
func (s *slab) read(dst []ref, i int) {
	for len(dst) > 0 {
		n := copy(dst, s.from(i))
		dst, i = dst[n:], i+n
	}
}

// trim drops spare chunks, if they are many.
func (s *slab) trim() {
	if keep := max(keepChunks, s.n>>chunkBits); len(s.rest) > keep {
		clear(s.rest[keep:])
		s.rest = s.rest[:keep]
	}
}
