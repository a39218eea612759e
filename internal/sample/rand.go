package sample

import "math/bits"

// A source is SplitMix64: 64 bits of state, one stream for each seed. It is implemented
// here because the files under testdata are made with it, and its numbers must not
// change with a Go release or a machine.
type source struct{ state uint64 }

// bits64 returns 64 random bits.
func (s *source) bits64() uint64 {
	s.state += 0x9E3779B97F4A7C15
	z := s.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// below returns a number in [0, n); n ≥ 1. Its bias is below n·2⁻⁶⁴.
func (s *source) below(n int) int { return int(s.below64(int64(n))) }

// below64 is below for numbers that do not fit an int of 32 bits.
func (s *source) below64(n int64) int64 {
	hi, _ := bits.Mul64(s.bits64(), uint64(n))
	return int64(hi)
}

// between returns a number in [lo, hi], both included.
func (s *source) between(lo, hi int) int { return lo + s.below(hi-lo+1) }

// oneIn returns true once in n calls on average.
func (s *source) oneIn(n int) bool { return s.below(n) == 0 }

// unit returns a double in [0, 1) with 53 random bits.
func (s *source) unit() float64 { return float64(s.bits64()>>11) / (1 << 53) }

// bytes appends n random bytes to dst.
func (s *source) bytes(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, byte(s.bits64()>>32))
	}
	return dst
}

// pick returns an element of list, each with the same probability.
func pick[T any](s *source, list []T) T { return list[s.below(len(list))] }
