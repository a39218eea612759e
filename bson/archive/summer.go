package archive

import (
	"crypto/subtle"
	"encoding/binary"
)

// This file computes the checksums of long namespaces in parts. crc.go says how.
//
//   - A summer has the state of the checksum of one namespace.
//   - addSum, newSummer and sum of a Reader give summers to namespaces.

const (
	lapSize = 32767 // bytes; 1 + y^-lapSize is a multiple of P/Q
	near    = 4141  // bytes; 1 + y^-near + y^-reach is a multiple of Q
	reach   = 4346
	// stepSize is the number of bytes that are added at once. It is less than near.
	stepSize = 4 << 10

	// maxSummers is the number of namespaces that have a summer at the same time. mongodump
	// writes four at the same time, if it is not told otherwise.
	maxSummers = 8
)

// A summer computes the checksum of data that come in parts. The zero value is ready.
//
// It adds each byte to the one a lap before. What leaves the lap is removed modulo P/Q and
// counts only modulo Q: it is removed a second time, up to its last bytes.
type summer struct {
	start uint64 // checksum of the data before
	lap   []byte // the last lapSize bytes, with what was added to them; nil: not made yet
	at    int    // offset in lap of the next byte
	round bool   // the data are longer than lap
	left  []byte // the last reach bytes that left the lap, with what was added to them, and room; nil: not made yet
	end   int    // of the bytes in left
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
		s.left = make([]byte, reach+2*stepSize)
	}
	clear(s.left[:reach])
	s.end, s.round = reach, true
	// The checksum of the data before is added to the first word.
	binary.LittleEndian.PutUint64(s.lap, ^s.start^binary.LittleEndian.Uint64(s.lap))
}

// sum returns the checksum of the data before and of the parts.
func (s *summer) sum(m *remover) uint64 {
	if !s.round {
		return m.update(s.start, s.lap[:s.at])
	}
	// The rest is the last bytes that left the lap, and the lap. These bytes are added
	// back to each other, and to those a lap after them.
	if m.rest == nil {
		m.rest = make([]byte, 0, reach+lapSize)
	}
	last := s.left[s.end-reach : s.end]
	m.rest = append(append(append(m.rest[:0], last...), s.lap[s.at:]...), s.lap[:s.at]...)
	before := m.rest[:reach]
	subtle.XORBytes(before[near:], before[near:], last)
	after := m.rest[lapSize:]
	subtle.XORBytes(after, after, before)
	return m.update(^uint64(0), m.rest)
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

// addSum adds documents to the checksum of the open namespace. A summer is for a namespace
// with more than a lap.
func (r *Reader) addSum(docs []byte) {
	s := r.open
	if r.opts.SkipChecksums {
		return
	}
	if s.summer == nil && s.totals.Bytes > lapSize {
		s.summer = r.newSummer(s.sum)
	}
	if s.summer == nil {
		s.sum = r.remover.update(s.sum, docs)
		return
	}
	s.summer.add(docs)
}

// newSummer returns a summer, or nil if too many are in use. sum is the checksum of the
// documents before.
func (r *Reader) newSummer(sum uint64) *summer {
	n := len(r.free)
	if n == 0 {
		if r.made == maxSummers {
			return nil
		}
		r.made++
		return &summer{start: sum}
	}
	s := r.free[n-1]
	r.free = r.free[:n-1]
	s.reset(sum)
	return s
}

// sum returns the checksum of the documents of s, and frees its summer.
func (r *Reader) sum(s *space) uint64 {
	if s.summer != nil {
		s.sum = s.summer.sum(&r.remover)
		r.free, s.summer = append(r.free, s.summer), nil
	}
	return s.sum
}
