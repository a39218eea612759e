package bsontest

import "math/bits"

// A Source makes choices, either from bytes or from a seed.
//
// A Source of bytes gives zeros after its bytes. A zero means the simplest choice, or
// no more parts, so every choice ends. If bytes are removed or get smaller, the
// document gets simpler, so that a fuzzer that shortens its input shortens the
// document. A changed byte changes one place of the document.
//
// A Source is for one goroutine.
type Source struct {
	data   []byte // bytes left
	state  uint64 // of SplitMix64, if random
	random bool
}

// NewSource returns a Source that makes its choices from data, for example the bytes of a
// fuzzer. All bytes are choices. The Source keeps data and does not change it.
func NewSource(data []byte) *Source { return &Source{data: data} }

// NewRandom returns a Source of random choices that does not end. The same seed gives
// the same choices on every machine and with every release of Go. Documents made from
// them are different from each other and have a limited size.
func NewRandom(seed uint64) *Source { return &Source{state: seed, random: true} }

// More reports whether s has choices left. It is always true for a random Source.
func (s *Source) More() bool { return s.random || len(s.data) > 0 }

// Byte returns the next byte, or 0 after the last one.
func (s *Source) Byte() byte {
	if s.random {
		return byte(s.Uint64() >> 32)
	}
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b
}

// Uint64 returns the number in the next 8 bytes, little-endian, or 64 random bits.
func (s *Source) Uint64() uint64 {
	if !s.random {
		return s.number(8)
	}
	// SplitMix64 is implemented here because the numbers of math/rand may change.
	s.state += 0x9E3779B97F4A7C15
	z := s.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Int64N returns a number from 0 to n-1; n ≥ 1. A Source of bytes uses as few bytes as
// can hold n-1, little-endian.
func (s *Source) Int64N(n int64) int64 {
	if s.random {
		hi, _ := bits.Mul64(s.Uint64(), uint64(n)) // the bias is below n·2⁻⁶⁴
		return int64(hi)
	}
	return int64(s.number((bits.Len64(uint64(n-1))+7)/8) % uint64(n))
}

// IntN is Int64N for an int.
func (s *Source) IntN(n int) int { return int(s.Int64N(int64(n))) }

// Bytes returns the next n bytes, or fewer after the last one. They may alias the data
// of the Source.
func (s *Source) Bytes(n int) []byte {
	if s.random {
		b := make([]byte, n)
		for i := range b {
			b[i] = s.Byte()
		}
		return b
	}
	n = min(n, len(s.data))
	b := s.data[:n:n]
	s.data = s.data[n:]
	return b
}

// number returns the little-endian number in the next n bytes; n ≤ 8.
func (s *Source) number(n int) (v uint64) {
	for i := range n {
		v |= uint64(s.Byte()) << (8 * i)
	}
	return v
}

// Largest numbers of bytes from which a random Source makes a document, usually and
// sometimes.
const (
	usualChoices = 400
	mostChoices  = 4000
)

// document returns the Source for the choices of one document. For a random Source it
// has a limited number of bytes. Many of them are zero, because a zero ends a
// container and selects the simplest value.
func (s *Source) document() *Source {
	if !s.random {
		return s
	}
	most := usualChoices
	if s.IntN(16) == 0 {
		most = mostChoices
	}
	data := s.Bytes(s.IntN(1 + s.IntN(most)))
	for i := range data {
		if i > 0 && s.IntN(8) == 0 {
			data[i] = 0
		}
	}
	return NewSource(data)
}
