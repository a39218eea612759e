package bsoncore

import (
	"encoding/binary"
	"io"
)

// This file finds the place where a stream continues after damage.
//
//   - The comment of Resync has the rules. run applies them: end has rules 1 to
//     7, choose decides between two ends, scan has rule 8.
//   - resync_place.go answers their questions about places of the stream, and
//     alone reads.
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
// An end is followed if a document that Validate accepts starts there, with
// MaxDepth and AllowInvalidUTF8 of the options, or if the stream ends there. An end is possible
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
		if wrong, ok := fault.Err.(LengthError); ok && wrong.Err == ErrTerminator {
			claim = int(wrong.Length)
		}
	}
	d.fault, d.err = d.err, nil
	defer func() { d.fault = nil }()
	if d.probe == nil {
		d.probe = new(prober)
	}
	d.probe.depth, d.probe.v.anyText = d.opts.MaxDepth, d.opts.AllowInvalidUTF8
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
	_, mended, err := ValidateOptions{MaxDepth: s.p.depth, AllowInvalidUTF8: s.p.v.anyText}.MendLengths(nil, text[:end])
	return err == nil && len(mended) == 1 && mended[0].Offset == 0
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
