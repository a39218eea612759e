package bsoncore

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/bsonkit/bsonkit/internal/readahead"
)

// This file says what stands at a place of a stream, for Resync.
//
//   - ends, begins, follows, two, next, damaged, whole and judge look at the
//     documents that start at a place; lead follows them to another place; tail
//     and before look at those that end there.
//   - from returns the bytes that have arrived, and more reads. All read only
//     while the bytes that have arrived may be a document. So memory never
//     follows a claimed length.

// from returns the bytes that have arrived from a place on, and whether the
// stream ends with them.
func (s *resync) from(at int) (text []byte, ended bool) {
	b := &s.d.in
	s.p.base = b.Base + int64(b.Off+at)
	return b.Data[min(b.Off+at, len(b.Data)):], b.Ended()
}

// more reads bytes for a candidate that needs n bytes from d.in.Off, but at most
// twice the bytes that are there. It reports false if the reader failed.
func (s *resync) more(n int) bool {
	b := &s.d.in
	n = min(n, max(2*(len(b.Data)-b.Off), readahead.MinSize))
	// With room to spare, so that bytes that stay are not moved each time
	// that a few arrive. While the end is looked for they stay where they are.
	ahead := n + n/4
	if !s.scans && n <= cap(b.Data) {
		ahead = cap(b.Data)
	}
	s.failed = !b.Need(n, ahead) && !b.Ended()
	return !s.failed || s.d.stop(true)
}

// ends reports whether the stream ends at a place.
func (s *resync) ends(at int) bool {
	text, ended := s.from(at)
	if len(text) == 0 && !ended && s.more(at+1) {
		text, ended = s.from(at)
	}
	return len(text) == 0 && ended
}

// begins reports whether a document may stand at a place, by its first five
// bytes, or the stream ends there.
func (s *resync) begins(at int) bool {
	if s.ends(at) {
		return true
	}
	text, ended := s.from(at)
	for len(text) < 5 {
		if ended || !s.more(at+5) {
			return false
		}
		text, ended = s.from(at)
	}
	return plausible(text, s.d.max)
}

// follows reports whether a whole document stands at a place, or the stream
// ends there.
func (s *resync) follows(at int) bool { return s.ends(at) || s.whole(at, s.d.max) > 0 }

// two reports whether two documents follow one another at a place, or fewer
// that end the stream. The first is whole, the second may be damaged.
func (s *resync) two(at int) bool {
	if s.ends(at) {
		return true
	}
	next := s.whole(at, s.d.max)
	return next > 0 && (s.ends(next) || s.next(next) > 0)
}

// next returns where the document at a place ends, whole or damaged, or 0 if
// there is none. It looks at the first reach bytes.
func (s *resync) next(at int) int {
	if end := s.whole(at, reach); end > 0 {
		return end
	}
	return s.damaged(at)
}

// damaged returns the nearer of the ends of the damaged document at a place
// that are followed, or 0. The traced end counts only if the length is alike:
// from any number in a document, the elements behind it lead to the end of that
// document. It looks at the first reach bytes.
func (s *resync) damaged(at int) int {
	limit := min(s.d.max, reach)
	t := newTrace()
	claim, traced := s.claimed(at, limit), s.trace(&t, at, limit)
	if text, _ := s.from(at); traced > 0 && !alike(binary.LittleEndian.Uint32(text), traced) {
		traced = 0
	}
	for _, size := range [...]int{min(claim, traced), max(claim, traced)} {
		if end := at + size; size > 0 && (s.ends(end) || s.whole(end, reach-size) > 0) {
			return end
		}
	}
	return 0
}

// claimed returns how many bytes the document at a place has by its length, at
// most limit, or 0 if these are not all there or a NUL stands in the place of
// its first type: the NUL that closes a document and the length behind it look
// like a longer length.
func (s *resync) claimed(at, limit int) int {
	for need := 5; ; {
		text, ended := s.from(at)
		if len(text) >= 5 {
			size := binary.LittleEndian.Uint32(text)
			if size < 5 || size > uint32(limit) || size > 5 && text[4] == 0 {
				return 0
			}
			need = int(size)
		}
		switch {
		case len(text) >= need:
			return need
		case ended || !s.more(at+need):
			return 0
		}
	}
}

// whole returns where the whole document at a place ends, or 0 if there is
// none. It looks at the first limit bytes.
func (s *resync) whole(at, limit int) int {
	for {
		text, ended := s.from(at)
		text = text[:min(len(text), limit)]
		size, v := s.p.header(text, s.d.max)
		if v == right {
			v = s.p.document(text, size, &s.p.keys[2])
		}
		switch {
		case v == right, v == open && len(text) == limit:
			return at + size
		case v == wrong, ended, !s.more(at + min(size, limit)):
			return 0
		}
	}
}

// judge says whether the Decoder can continue at d.in.Off+at: two documents follow
// one another there, or one document ends the stream. For open it returns the
// number of bytes from there that it needs to know, which is more than have
// arrived.
func (s *resync) judge(at int) (v verdict, need int) {
	text, ended := s.from(at)
	if len(text) == 0 && ended {
		return right, 0
	}
	first, v := s.p.header(text, s.d.max)
	if v == right && len(text) > first {
		// The bytes after a candidate are more likely than its content to
		// refute it, and sooner.
		_, v = s.p.header(text[first:], s.d.max)
	}
	if v == wrong || ended && len(text) < first {
		return wrong, 0
	}
	if v = s.p.document(text, first, &s.p.keys[0]); v == right {
		text = text[first:]
		if len(text) == 0 && ended {
			return right, 0
		}
		s.p.base += int64(first)
		need = first
		if first, v = s.p.header(text, s.d.max); v != wrong {
			v = s.p.document(text, first, &s.p.keys[1])
		}
	}
	switch {
	case v != open:
		return v, 0
	case ended:
		return wrong, 0
	}
	return open, need + first
}

// lead reports whether documents lead from a place to end or beyond it, one
// after another. Some may be damaged.
func (s *resync) lead(at, end int) bool {
	start := s.d.in.Offset()
	known := s.p.chain
	var marks []int64
	for at < end {
		here := start + int64(at)
		if i, ok := slices.BinarySearch(known.marks, here); ok {
			marks = append(marks, known.marks[i:]...)
			at, known.marks = int(known.to-start), nil
			continue
		}
		if n := len(marks); n == 0 || here >= marks[n-1]+span {
			marks = append(marks, here)
		}
		next := s.next(at)
		if next == 0 || next > end {
			s.p.chain = chain{marks, here}
			return next > 0
		}
		at = next
	}
	s.p.chain = chain{marks, start + int64(at)}
	return true
}

// alike reports whether a length differs from a size in one bit at most.
func alike(length uint32, size int) bool { return bits.OnesCount32(length^uint32(size)) <= 1 }

// tail reports whether n whole documents in a row end at a place and start at
// from or behind it.
func (s *resync) tail(end, from, n int) bool {
	for ; n > 0 && end > 0; n-- {
		end = s.before(end, from, s.stands)
	}
	return end > 0
}

// before returns the start of the document that ends at a place and starts at
// from or behind it, or 0 if there is none. is decides whether bytes are a
// document.
func (s *resync) before(end, from int, is func(at, end int) bool) int {
	text, _ := s.from(0)
	for at := end - 5; at >= from && end-at <= maxTail; at-- {
		if binary.LittleEndian.Uint32(text[at:]) == uint32(end-at) && is(at, end) {
			return at
		}
	}
	return 0
}

// framed reports whether the bytes from at to end have the header of a
// document.
func (s *resync) framed(at, end int) bool {
	text, _ := s.from(at)
	_, v := s.p.header(text, s.d.max)
	return v == right
}

// stands reports whether the bytes from at to end are a whole document.
func (s *resync) stands(at, end int) bool {
	if !s.framed(at, end) {
		return false
	}
	text, _ := s.from(at)
	return s.p.document(text[:end-at], end-at, &s.p.keys[2]) == right
}

// trace returns how many bytes the document at a place has by its trace, at
// most limit, or 0 if it has no end there.
func (s *resync) trace(t *trace, at, limit int) int {
	for {
		text, ended := s.from(at)
		v := s.p.trace(t, text, limit)
		// An element is looked at from its start each time: a long one when an
		// eighth more of it is there.
		if v == open && !ended && s.more(at+len(text)+1+max(len(text)-t.off, 0)/8) {
			continue
		}
		s.p.keep(t) // once, because the trail may be long
		if v == right {
			return t.off
		}
		return 0
	}
}
