package shape

// A Source makes choices from bytes, such as those of a fuzzer. After its bytes it
// returns zeros, which make no more parts, so that all choices end. Fewer bytes make
// smaller documents, and a change of one byte makes a change at one place of the
// document.
type Source struct{ data []byte }

// NewSource returns a Source that reads data. It keeps data and does not change it.
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

// Below returns a number in [0, n), made from one byte; 1 ≤ n ≤ 256.
func (s *Source) Below(n int) int { return int(s.Byte()) % n }

// Uint returns the little-endian number in the next n bytes; n ≤ 8.
func (s *Source) Uint(n int) (v uint64) {
	for i := range n {
		v |= uint64(s.Byte()) << (8 * i)
	}
	return v
}

// Bytes returns the next n bytes, or all bytes that are left. They alias the data of
// the Source.
func (s *Source) Bytes(n int) []byte {
	n = min(n, len(s.data))
	b := s.data[:n:n]
	s.data = s.data[n:]
	return b
}

// counts has the results of Count for bytes from 240 on, near the limits of formats and
// implementations.
var counts = []int{128, 255, 256, 257, 999, 1000, 1001, 1024, 2000, 2001, 4096, 10_000, 65_535, 65_536, 65_537, 100_000}

// Count returns a number of repetitions, mostly at most 127.
func (s *Source) Count() int {
	b := int(s.Byte())
	if b < 240 {
		return b & 127
	}
	return counts[b-240]
}
