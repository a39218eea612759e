package bsoncore

import (
	"encoding/binary"
	"io"
	"math/bits"
	"slices"

	"github.com/bsonkit/bsonkit/internal/readahead"
)

// This file finds the place where a stream continues after damage.
//
//   - The comment of Resync has the rules. run applies them: end has rules 1 to
//     7, choose decides between two ends, scan has rule 8.
//   - follows, two, damaged, lead and tail report whether documents stand at a
//     place, lead from one place to another, or end at a place. They read more
//     bytes, through more, only while the bytes that have arrived may be a
//     document. So memory never follows a claimed length.
//   - resync_probe.go checks documents of which a part has arrived;
//     resync_trace.go finds the end of a document without its length.

const (
	// reach is how many bytes two ends of a damaged document may be apart. A
	// length that leads farther is damaged, because few documents are larger.
	reach = 1 << 20
	// maxTail is the largest size, in bytes, of a document that is searched
	// backwards from its end.
	maxTail = 16 << 10
)

// Resync makes the Decoder continue after damage and reports whether it can.
// Call it after Next returned false with a fault of the bytes, or after Next
// returned true if the content of the document is malformed.
//
// The damaged document has up to two ends. Its claimed end is where its length
// leads, if all these bytes are there. Its traced end is where its elements
// lead: behind the closing NUL, found by types, keys and the lengths of strings
// and binaries, without the lengths of documents and arrays. A traced end more
// than a megabyte behind a claimed end that is followed is ignored.
//
// An end is followed if a document that Validate accepts starts there, with the
// depth limit of the options, or if the stream ends there. An end is possible
// if the five bytes there may start a document, or if the stream ends there.
// Another damaged document starts at an end if one of its own ends, within a
// megabyte, is followed: its claimed end, or its traced end if its length
// differs from that in at most one bit. The nearer of these counts. The first
// of these rules that applies gives the place where the Decoder continues:
//
//  1. Both ends are the same place, and it is possible: there.
//  2. Both ends are followed: at one of them. An end is inside the document if
//     another document ends exactly there, because the closing NUL of the
//     damaged document would lie between, or if only one document follows. At
//     the farther end, a document that starts before the nearer end does not
//     count. The Decoder continues at the nearer end if the farther one is
//     inside; else at the farther end if the nearer one is inside; else at the
//     nearer end if documents lead from it to the farther one, or if the ends
//     are more than a megabyte apart; else at the farther end. Of the documents
//     that follow, all but the first may be damaged.
//  3. One bit of the length is the only fault of the document, another damaged
//     document starts at the traced end, and no document ends there: there.
//  4. Two documents follow the claimed end, of which the second may be damaged,
//     and no two documents in a row end there: there.
//  5. The traced end is followed, and no document ends there: there.
//  6. Another damaged document starts at the claimed end, and no document ends
//     there: there.
//  7. The length differs from the traced end in at most one bit. The traced end
//     is followed, or it is possible and that bit is the only fault of the
//     document: there.
//  8. At the next two whole documents in a row, or at the next whole document
//     that ends the stream.
//
// If there is no such place the rest of the stream is skipped: Next is then
// false and Err nil.
//
// So one wrong bit in any length costs no other document, and documents in
// arrays and binaries of the damaged document are not read as documents of the
// stream. If a document is damaged at several places, they may be, by rule 8,
// and a whole document between two of them may be lost.
//
// The skipped bytes, from the first byte of the damaged document, are written
// to skipped, in portions and in order; nil drops them. Together with the
// documents read before and after, they are the whole stream. Document is nil
// until Next.
//
// False means that there was no such fault, or that the reader or skipped has
// failed, which Err returns: a *ReadError with the fault that Err returned
// before, where Buffered has the bytes that were neither returned nor skipped,
// or the error of skipped, which ends the Decoder.
//
// Memory grows with the bytes that have arrived, up to 1.25 times the sum of
// two documents of MaxDocumentSize and a megabyte. If much of the stream is
// damaged, a record of its bytes adds up to 40 MB. Time is in proportion to the
// bytes skipped, plus 64 KB for each call. If hostile bytes look like documents
// at every place, time is also in proportion to MaxDepth or to the length of
// their strings.
func (d *Decoder) Resync(skipped io.Writer) bool {
	claim := len(d.doc)
	if claim > 0 {
		d.in.Off -= claim
		d.doc = nil
	} else {
		fault, ok := d.err.(*SyntaxError)
		if !ok {
			return false
		}
		if fault.Err == ErrTerminator {
			claim = int(fault.Offset-d.in.Base) + 1 - d.in.Off
		}
	}
	d.fault, d.err = d.err, nil
	defer func() { d.fault = nil }()
	if d.probe == nil {
		d.probe = new(prober)
	}
	d.probe.depth = d.opts.MaxDepth
	s := resync{d: d, skipped: skipped, p: d.probe}
	return s.run(claim)
}

// A verdict is the knowledge about a candidate.
type verdict uint8

const (
	wrong verdict = iota // for certain
	right
	open // it depends on bytes that have not arrived
)

// A resync is one call of Resync. Places are counted in bytes from d.in.Off.
type resync struct {
	d       *Decoder
	skipped io.Writer // or nil
	p       *prober
	failed  bool // the reader has failed: no result counts
	scans   bool // the start of the examined bytes moves on
}

// run moves to the place where the stream continues, and reports whether it
// found one. The damaged document is at d.in.Off; claim is its size if so
// many bytes are there, or 0.
func (s *resync) run(claim int) bool {
	at := s.end(claim)
	switch {
	case s.failed:
		return false
	case at > 0:
		return s.pass(at)
	}
	return s.scan()
}

// end returns the end of the damaged document by rules 1 to 7 of Resync, or 0
// if they give none.
func (s *resync) end(claim int) int {
	text, _ := s.from(0)
	if len(text) < 4 {
		return 0
	}
	length := binary.LittleEndian.Uint32(text)
	t := newTrace()
	traced := s.trace(&t, 0, claim)
	if traced > 0 && traced == claim && s.begins(claim) {
		return claim
	}
	limit, weak := s.d.max, 0
	if claim > 0 && s.follows(claim) {
		limit = min(limit, claim+reach)
	} else {
		claim, weak = 0, claim
	}
	if traced == 0 {
		traced = s.trace(&t, 0, limit)
	}
	followed := traced > 0 && s.follows(traced)
	switch mends := traced > 0 && alike(length, traced) && s.mends(traced); {
	case followed && claim > 0:
		return s.choose(min(traced, claim), max(traced, claim))
	case mends && !s.tail(traced, 1, 1) && s.damaged(traced) > 0:
		return traced
	case claim > 0 && !s.tail(claim, 1, 2) && s.two(claim):
		return claim
	case followed && !s.tail(traced, 1, 1):
		return traced
	case weak > 0 && !s.tail(weak, 1, 1) && s.damaged(weak) > 0:
		return weak
	case mends, followed && alike(length, traced):
		return traced
	}
	return 0
}

// choose returns one of two ends of the damaged document, by rule 2.
func (s *resync) choose(near, far int) int {
	switch {
	case s.within(far, near):
		return near
	case s.within(near, 1), far-near <= reach && !s.lead(near, far):
		return far
	}
	return near
}

// within reports whether an end of the damaged document lies inside a document
// or a binary: only one document follows, or another document ends exactly
// there. The closing NUL of the damaged document would lie between. Documents
// that start before from do not count. If from is the other, nearer end, these
// cannot follow it, so their bytes look like a document by chance: four bytes
// of a value are the number of bytes from there to the end.
func (s *resync) within(end, from int) bool {
	return s.tail(end, from, 1) || s.tail(s.before(end, from, s.framed), from, 2) || !s.two(end)
}

// mends reports whether the damaged document, if it ends at a place, has no
// fault but its length, and whether another document may start there.
func (s *resync) mends(end int) bool {
	if !s.begins(end) {
		return false
	}
	text, _ := s.from(0)
	_, mended, err := ValidateOptions{MaxDepth: s.p.depth}.MendLengths(nil, text[:end])
	return err == nil && len(mended) == 1 && mended[0].Offset == 0
}

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
		switch v := s.p.trace(t, text, limit); {
		case v == right:
			return t.off
		case v == wrong, ended, !s.more(at + len(text) + 1):
			return 0
		}
	}
}

// scan goes to the first place at which rule 8 of Resync holds.
func (s *resync) scan() bool {
	d := s.d
	s.scans = true
	// at counts bytes from d.in.Off that are not written yet, so that they are
	// in large portions.
	for at := 1; ; {
		at += candidate(d.in.Data[d.in.Off+at:], d.max)
		switch v, need := s.judge(at); v {
		case right:
			return s.pass(at)
		case wrong:
			at++
		case open:
			if !s.pass(at) || !s.more(need) {
				return false
			}
			at = 0
		}
	}
}

// pass skips n bytes.
func (s *resync) pass(n int) bool {
	s.d.err = s.d.in.Skip(s.skipped, n)
	return s.d.err == nil
}

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
