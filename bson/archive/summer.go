package archive

import (
	"crypto/subtle"
	"encoding/binary"
)

const (
	lapSize = 32767 // bytes; 1 + y^-lapSize is a multiple of P/Q
	near    = 2389  // bytes; 1 + y^-near + y^-reach is a multiple of Q
	reach   = 2471
	// stepSize is the number of bytes that are added at once. It is less than near.
	stepSize = 2 << 10
)

// A summer computes the checksum of data that come in parts. The zero value is ready.
//
// It adds each byte to the one a lap before. What leaves the lap is removed modulo P/Q.
// It counts only modulo Q, and is removed a second time, up to its last bytes.
type summer struct {
	start uint64 // checksum of the data before
	lap   []byte // the last lapSize bytes, with what was added to them; nil: not made yet
	at    int    // offset in lap of the next byte
	round bool   // the data are longer than lap
	left  []byte // the last reach bytes that left the lap, with what was added to them, and room; nil: not made yet
	end   int    // of the bytes in left

	remover remover
	rest    []byte // what sum gives to remover; nil: not made yet
}

// reset begins new data. sum is the checksum of the data before them.
func (s *summer) reset(sum uint64) { s.start, s.at, s.round = sum, 0, false }

// add adds a part of the data.
func (s *summer) add(part []byte) {
	if s.lap == nil {
		s.lap = make([]byte, lapSize)
	}
	if !s.round {
		n := copy(s.lap[s.at:], part)
		if s.at, part = s.at+n, part[n:]; len(part) == 0 {
			return
		}
		s.begin()
	}
	for len(part) > 0 {
		if s.at == lapSize {
			s.at = 0
		}
		if s.end == len(s.left) {
			s.end = copy(s.left, s.left[s.end-reach:])
		}
		n := min(len(part), stepSize, lapSize-s.at, len(s.left)-s.end)
		lap, left := s.lap[s.at:][:n], s.left[s.end:]
		subtle.XORBytes(left, lap, s.left[s.end-near:])
		subtle.XORBytes(left, left[:n], s.left[s.end-reach:])
		subtle.XORBytes(lap, lap, part)
		s.at, s.end, part = s.at+n, s.end+n, part[n:]
	}
}

// begin begins the second lap.
func (s *summer) begin() {
	if s.left == nil {
		s.left = make([]byte, reach+4*stepSize)
	}
	clear(s.left[:reach])
	s.end, s.round = reach, true
	// The checksum of the data before is added to the first word.
	binary.LittleEndian.PutUint64(s.lap, ^s.start^binary.LittleEndian.Uint64(s.lap))
}

// sum returns the checksum of the data before and of the parts.
func (s *summer) sum() uint64 {
	if !s.round {
		return s.remover.update(s.start, s.lap[:s.at])
	}
	// The rest is the last bytes that left the lap, and the lap. These bytes are added
	// back to each other, and to those a lap after them.
	last := s.left[s.end-reach : s.end]
	s.rest = append(append(append(s.rest[:0], last...), s.lap[s.at:]...), s.lap[:s.at]...)
	before := s.rest[:reach]
	subtle.XORBytes(before[near:], before[near:], last)
	after := s.rest[lapSize:]
	subtle.XORBytes(after, after, before)
	return s.remover.update(^uint64(0), s.rest)
}

// set makes s a copy of t.
func (s *summer) set(t *summer) {
	s.start, s.at, s.round = t.start, t.at, t.round
	if s.lap == nil && t.lap != nil {
		s.lap = make([]byte, lapSize)
	}
	if !t.round {
		copy(s.lap, t.lap[:t.at])
		return
	}
	if s.left == nil {
		s.left = make([]byte, len(t.left))
	}
	copy(s.lap, t.lap)
	s.end = copy(s.left, t.left[t.end-reach:t.end])
}
