package bson

import (
	"encoding/binary"
	"io"
	"math/bits"
	"slices"
)

// This file finds where a stream goes on after damage.
//
//   - Resync has the rule. run goes by it: end has rules 1 to 4, choose decides
//     between two ends, scan has rule 5.
//   - follows, two, lead and tail say whether documents stand at a place, lead
//     from one to another, or end at one. They wait for bytes, through more,
//     only while nothing in those that have arrived refutes a document, so
//     that memory never follows a length that is merely claimed.
//   - probe.go checks documents of which a part has arrived; trace.go finds the
//     end of one without its length.

const (
	// reach is how many bytes two ends of a damaged document may be apart: a
	// length that leads farther is damaged, for few documents are larger.
	reach = 1 << 20
	// maxTail is how many bytes a document may have that is looked for from its
	// end.
	maxTail = 16 << 10
)

// Resync makes the Decoder go on after damage and reports whether it can. It
// may be called when Next was false with a fault of the bytes, or after Next
// was true, if the document turned out to be malformed inside.
//
// The end of the damaged document is looked for at two places. The claimed end
// is where its length leads, if all these bytes are there. The traced end is
// where its elements lead: the NUL behind the last one, found by types, keys
// and the lengths of strings and binaries, but not by those of documents and
// arrays. An end is followed if a document stands there that Validate accepts,
// with the depth limit of the options, or if the stream ends there. The first
// of these rules that applies says where the Decoder goes on:
//
//  1. Both ends are at the same place, and the five bytes behind it may be the
//     first of another document, or the stream ends there: there.
//  2. Both ends are followed: at the nearer one, unless it is the farther one
//     that counts. An end does not count if only one document stands there, or
//     if the document before it ends exactly there: the damaged document has
//     at least its NUL in between. If both count so far, the nearer one does
//     if whole documents lead from there to the farther one, or if that is more
//     than a megabyte away.
//  3. The claimed end is followed by two documents, and no two in a row end
//     there: there.
//  4. The traced end is followed, and no document ends there or the length
//     leads there but for one bit: there. Or it is not followed, but the
//     document is whole but for that bit, and the five bytes behind it may be
//     the first of another: there.
//  5. Where two whole documents follow one another, or one ends the stream.
//
// If there is no such place all the rest is passed over: Next is then false
// and Err nil. A traced end more than a megabyte behind a claimed end that is
// followed does not count.
//
// So a single wrong bit, in whatever length, takes no other document with it,
// and documents in arrays and binaries of the damaged one are not taken for
// documents of the stream; where a document is damaged at several places they
// may be, by rule 5.
//
// The bytes passed over, from the first of the damaged document, are written
// to skipped, in portions and in order; nil drops them. With the documents
// read before and after they are all of the stream. Raw is nil until Next.
//
// False means that there was no such fault, or that the reader or skipped has
// failed, which Err returns: a *ReadError, where Buffered has what was
// neither returned nor passed over, or the error of skipped, which ends the
// Decoder.
//
// Memory grows with what has arrived, to two documents of MaxDocumentSize, a
// megabyte and a quarter of that; where much is damaged also to 40 MB for what
// is known of the bytes. Time is in proportion to the bytes passed over, and to
// 32 KB for each call; for bytes that are made to look like documents at every
// place also to MaxDepth or to the length of their strings.
func (d *Decoder) Resync(skipped io.Writer) bool {
	claim := len(d.doc)
	if claim > 0 {
		d.pos -= claim
		d.doc = nil
	} else {
		fault, ok := d.err.(*SyntaxError)
		if !ok {
			return false
		}
		if fault.Err == ErrTerminator {
			claim = int(fault.Offset-d.base) + 1 - d.pos
		}
	}
	d.err = nil
	d.skipped++
	if d.probe == nil {
		d.probe = new(prober)
	}
	d.probe.depth = d.opts.MaxDepth
	s := resync{d: d, skipped: skipped, p: d.probe}
	ok := s.run(claim)
	d.ahead = 0
	return ok
}

// Skipped returns how many times Resync has passed over damage.
func (d *Decoder) Skipped() int64 { return d.skipped }

// A verdict is what is known of a candidate.
type verdict uint8

const (
	wrong verdict = iota // for certain
	right
	open // it depends on bytes that have not arrived
)

// A resync is one call of Resync. Places are counted in bytes from d.pos.
type resync struct {
	d       *Decoder
	skipped io.Writer // or nil
	p       *prober
	failed  bool // the reader has: nothing that is found counts
}

// run goes to the place at which the stream goes on, and reports whether it
// has come there. The damaged document is at d.pos; claim is its size if so
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

// end returns where the damaged document ends by rules 1 to 4 of Resync, or
// 0 if they do not tell.
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
	limit := s.d.max
	if claim > 0 && s.follows(claim) {
		limit = min(limit, claim+reach)
	} else {
		claim = 0
	}
	if traced == 0 {
		traced = s.trace(&t, 0, limit)
	}
	followed := traced > 0 && s.follows(traced)
	switch {
	case followed && claim > 0:
		return s.choose(min(traced, claim), max(traced, claim))
	case claim > 0 && !s.tail(claim, 2) && s.two(claim):
		return claim
	case followed && (alike(length, traced) || !s.tail(traced, 1)), traced > 0 && alike(length, traced) && s.mends(traced):
		return traced
	}
	return 0
}

// choose returns which of two ends of the damaged document counts.
func (s *resync) choose(near, far int) int {
	switch {
	case s.within(far):
		return near
	case s.within(near), far-near <= reach && !s.lead(near, far):
		return far
	}
	return near
}

// within reports whether an end of the damaged document lies within other
// documents or is one of documents in a binary: only one document stands
// there, or the document before it has its end there, which the last element
// of the damaged document would separate from it.
func (s *resync) within(end int) bool {
	return s.tail(end, 1) || s.tail(s.before(end, s.framed), 2) || !s.two(end)
}

// mends reports whether the damaged document is whole but for its length, if
// it ends at a place, and another may start there.
func (s *resync) mends(end int) bool {
	if !s.begins(end) {
		return false
	}
	text, _ := s.from(0)
	_, mended, err := ValidateOptions{MaxDepth: s.p.depth}.MendLengths(nil, text[:end])
	return err == nil && len(mended) == 1 && mended[0].Offset == 0
}

// tail reports whether n whole documents in a row end at a place.
func (s *resync) tail(end, n int) bool {
	for ; n > 0 && end > 0; n-- {
		end = s.before(end, s.stands)
	}
	return end > 0
}

// before returns where the document starts that ends at a place, if what is
// said to start there is so, or 0.
func (s *resync) before(end int, is func(at, end int) bool) int {
	text, _ := s.from(0)
	for at := end - 5; at > 0 && end-at <= maxTail; at-- {
		if binary.LittleEndian.Uint32(text[at:]) == uint32(end-at) && is(at, end) {
			return at
		}
	}
	return 0
}

// framed reports whether the bytes from at to end look like a document from
// the outside.
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

// scan goes to the first place at which rule 5 of Resync holds.
func (s *resync) scan() bool {
	d := s.d
	// at counts bytes from d.pos that are not written yet, so that they are
	// in large portions.
	for at := 1; ; {
		at += candidate(d.buf[d.pos+at:], d.max)
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

// pass passes over n bytes.
func (s *resync) pass(n int) bool {
	d := s.d
	if s.skipped != nil && n > 0 {
		m, err := s.skipped.Write(d.buf[d.pos : d.pos+n])
		if err == nil && m < n {
			err = io.ErrShortWrite
		}
		if err != nil {
			d.pos += min(max(m, 0), n)
			d.err = err
			return false
		}
	}
	d.pos += n
	return true
}

// from returns what has arrived from a place on, and whether the stream ends
// with it.
func (s *resync) from(at int) (text []byte, ended bool) {
	d := s.d
	s.p.base = d.base + int64(d.pos+at)
	return d.buf[min(d.pos+at, len(d.buf)):], d.rerr == io.EOF
}

// more brings in bytes for a candidate that needs n bytes from d.pos to be
// judged, but no more than twice those that are there. It reports false if
// the reader failed.
func (s *resync) more(n int) bool {
	d := s.d
	n = min(n, max(2*(len(d.buf)-d.pos), minBuffer))
	// With room to spare, so that bytes that stay are not moved each time
	// that a few arrive.
	d.ahead = n + n/4
	s.failed = !d.fill(n) && d.rerr != io.EOF
	return !s.failed || d.stop(true)
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

// two reports whether two documents follow one another at a place, the second
// whole as far as reach, or fewer that end the stream.
func (s *resync) two(at int) bool {
	if s.ends(at) {
		return true
	}
	next := s.whole(at, s.d.max)
	return next > 0 && (s.ends(next) || s.whole(next, reach) > 0)
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

// judge says whether the Decoder can go on at d.pos+at, where two documents
// follow one another or one that ends the stream, and for open how many
// bytes from there, more than have arrived, it would take to know.
func (s *resync) judge(at int) (v verdict, need int) {
	text, ended := s.from(at)
	if len(text) == 0 && ended {
		return right, 0
	}
	first, v := s.p.header(text, s.d.max)
	if v == right && len(text) > first {
		// What follows is likelier to refute it than what is in it, and
		// sooner.
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
	start := s.d.base + int64(s.d.pos)
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
		next := s.whole(at, reach)
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
