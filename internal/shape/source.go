package shape

// A Source makes choices of bytes, such as those of a fuzzer. Behind its bytes
// it gives zeros, which mean no more, so that all choices end. Fewer bytes give
// smaller documents, and bytes that differ in one place give documents that
// differ in one place.
type Source struct{ data []byte }

// NewSource returns a Source of data, which it keeps and does not change.
func NewSource(data []byte) *Source { return &Source{data} }

// More reports whether there are bytes left.
func (s *Source) More() bool { return len(s.data) > 0 }

// Byte returns the next byte, or 0.
func (s *Source) Byte() byte {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b
}

// Below returns a number in [0, n), of one byte; 1 ≤ n ≤ 256.
func (s *Source) Below(n int) int { return int(s.Byte()) % n }

// Uint returns a number of n bytes, little-endian; n ≤ 8.
func (s *Source) Uint(n int) (v uint64) {
	for i := range n {
		v |= uint64(s.Byte()) << (8 * i)
	}
	return v
}

// Bytes returns the next n bytes, or as many as are left. They alias the
// Source's.
func (s *Source) Bytes(n int) []byte {
	n = min(n, len(s.data))
	b := s.data[:n:n]
	s.data = s.data[n:]
	return b
}

// counts are what Count gives for high bytes: around where formats and
// implementations change their ways.
var counts = []int{128, 255, 256, 257, 999, 1000, 1001, 1024, 2000, 2001, 4096, 10_000, 65_535, 65_536, 65_537, 100_000}

// Count returns how often something is repeated: at most 127 as a rule.
func (s *Source) Count() int {
	b := int(s.Byte())
	if b < 240 {
		return b & 127
	}
	return counts[b-240]
}
