package bson

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
)

// This file finds where a stream goes on after damage.
//
//   - Resync goes through the bytes; candidate passes over those at which no
//     document can start, which is nearly all of them, by five bytes each.
//   - judge says whether two documents follow at a place, or one that ends
//     the stream. It looks at what has arrived and waits for more only if
//     nothing in that refutes it, so that memory never follows a length that
//     is merely claimed.
//   - prober walks through a document of which a part has arrived, and
//     remembers where it has been: candidates overlap, and the places from
//     which elements follow one another soon lead to the same ones.

// Resync makes the Decoder go on after damage and reports whether it can. It
// may be called when Next was false with a fault of the bytes, or after Next
// was true, if the document turned out to be malformed inside.
//
// The Decoder goes on at the first place behind the first byte of the damaged
// document at which a document starts that Validate accepts, with the depth
// limit of the options, and after which another such document follows or the
// stream ends. Where the damaged document's own length leads is tried first,
// if there is a NUL before it or it was read. If there is no such place all
// the rest is passed over: Next is then false and Err nil. A document nested
// in the damaged one is taken for one of the stream only if what follows it
// there looks like a document.
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
// Memory grows with what has arrived, to a damaged document and two more of
// MaxDocumentSize and a quarter of that. Time is in proportion to the bytes
// passed over, for those that are made to look like documents at every place
// also to MaxDepth or to the length of their strings.
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
	s := resync{d: d, skipped: skipped}
	s.p.depth = d.opts.MaxDepth
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

// A resync is one call of Resync.
type resync struct {
	d       *Decoder
	skipped io.Writer // or nil
	p       prober
	keys    [2]run // where the first keys of either document have been looked for
}

// run goes to the place at which the stream goes on, and reports whether it
// has come there. The damaged document is at d.pos; claim is its size if that
// is to be believed, or 0.
func (s *resync) run(claim int) bool {
	d := s.d
	for claim > 0 {
		v, need := s.judge(claim)
		if v == right {
			return s.pass(claim)
		}
		if v == wrong {
			break
		}
		if !s.more(claim + need) {
			return false
		}
	}
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

// more brings in bytes for a candidate that needs n bytes from d.pos to be
// judged, but no more than twice those that are there. It reports false if
// the reader failed.
func (s *resync) more(n int) bool {
	d := s.d
	n = min(n, max(2*(len(d.buf)-d.pos), minBuffer))
	// With room to spare, so that bytes that stay are not moved each time
	// that a few arrive.
	d.ahead = n + n/4
	return d.fill(n) || d.rerr == io.EOF || d.stop(true)
}

// judge says whether the Decoder can go on at d.pos+at, and for open how many
// bytes from there, more than have arrived, it would take to know.
func (s *resync) judge(at int) (v verdict, need int) {
	d := s.d
	text := d.buf[d.pos+at:]
	ended := d.rerr == io.EOF
	s.p.base = d.base + int64(d.pos+at)
	if len(text) == 0 && ended {
		return right, 0
	}
	first, v := s.p.header(text, d.max)
	if v == right && len(text) > first {
		// What follows is likelier to refute it than what is in it, and
		// sooner.
		_, v = s.p.header(text[first:], d.max)
	}
	if v == wrong || ended && len(text) < first {
		return wrong, 0
	}
	if v = s.p.document(text, first, &s.keys[0]); v == right {
		text = text[first:]
		if len(text) == 0 && ended {
			return right, 0
		}
		s.p.base += int64(first)
		need = first
		if first, v = s.p.header(text, d.max); v != wrong {
			v = s.p.document(text, first, &s.keys[1])
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

// candidate returns the offset of the first place in text at which a document
// of at most limit bytes can start, as far as its first five bytes tell, or
// at which there are fewer than five bytes.
func candidate(text []byte, limit int) int {
	// Eight places at once: no length ends with a byte above that of limit.
	above := ones * (uint64(limit)>>24 + 1)
	i := 0
	for ; len(text)-i >= 12; i += 8 {
		last := binary.LittleEndian.Uint64(text[i+3 : i+11])
		// A byte below those of above leaves its high bit. So may others, if
		// there is one before them.
		m := (last - above) &^ last & highs
		if m == 0 || last == 0 && binary.LittleEndian.Uint64(text[i:i+8]) == 0 {
			continue
		}
		for ; m != 0; m &= m - 1 {
			if k := i + bits.TrailingZeros64(m)>>3; plausible(text[k:k+5], limit) {
				return k
			}
		}
	}
	for len(text)-i >= 5 && !plausible(text[i:], limit) {
		i++
	}
	return i
}

// plausible reports whether a document of at most limit bytes can begin with
// the five bytes at the start of text.
func plausible(text []byte, limit int) bool {
	n := binary.LittleEndian.Uint32(text)
	if n <= 5 || n > uint32(limit) {
		return n == 5 && text[4] == 0
	}
	return layouts[text[4]] != asUnknown
}

const (
	span     = 1 << 10 // bytes between two places that a prober remembers
	maxJumps = 1 << 18 // places remembered
)

// A prober says whether documents are well formed of which the end may not
// have arrived. Whether elements follow one another from a place on is the
// same whatever container they are thought to be in; so of all chains that it
// has followed it remembers where they lead, and a chain that runs into
// another is followed once.
type prober struct {
	v     validator
	depth int   // containers that may be open
	base  int64 // offset in the stream of what is looked at

	jumps map[int64]jump // by offset in the stream
	trail []int64        // what is to be remembered of the open containers
	bad   int64          // offset of an element that is malformed anywhere, or 0
}

// A jump says that well-formed elements follow one another from an offset on.
type jump struct {
	to     int64 // offset in the stream of the byte after them
	height int32 // containers open at once inside them, at most
}

// A run is bytes without a NUL, by their offsets in the stream.
type run struct{ from, to int64 }

// header says whether text can be the start of a document of at most limit
// bytes, as far as it can be told without walking through it, and how many
// bytes the document has. It is open if there are not even five.
func (p *prober) header(text []byte, limit int) (n int, v verdict) {
	if len(text) < 5 {
		return 5, open
	}
	if !plausible(text, limit) {
		return 0, wrong
	}
	n = int(binary.LittleEndian.Uint32(text))
	if n <= len(text) && text[n-1] != 0 {
		return 0, wrong
	}
	return n, right
}

// document says whether text starts with a well-formed document of n bytes,
// which may be more than text has.
func (p *prober) document(text []byte, n int, keys *run) verdict {
	if len(text) < 5 {
		return open
	}
	c := &p.v.c
	if whole := n <= len(text); whole {
		if text = text[:n]; keys.endless(text, p.base) {
			return wrong
		}
		c.Reset(text, p.depth)
	} else {
		if keys.endless(text, p.base) {
			return open
		}
		c.ResetPrefix(text, n, p.depth)
	}
	p.walk()
	switch {
	case c.code == codeTruncated:
		return open
	case c.code != codeOK:
		return wrong
	}
	return right
}

// walk checks the rest of the open container and returns how many containers
// were open at once, that one included. Where it ends because bytes are
// missing the fault is codeTruncated.
func (p *prober) walk() int32 {
	c := &p.v.c
	mark := len(p.trail)
	at := c.off // the elements before it are well formed
	// Offset in the stream from which on to remember one.
	next := (p.base+int64(at))&^(span-1) + span
	height := int32(0)
	for {
		if here := p.base + int64(at); here >= next {
			p.trail = append(p.trail, here)
			next = here&^(span-1) + span
			if j, ok := p.jumps[here]; ok && c.depth+j.height <= c.maxDepth {
				at, height = int(j.to-p.base), max(height, j.height)
				if c.off = at; at > c.end && !c.cut() {
					c.fail(at, codeLength)
					break
				}
			}
		}
		if p.base+int64(at) == p.bad && at < c.end {
			c.fail(at, codeType)
			break
		}
		if !c.Next() {
			p.blame(at)
			break
		}
		if h := p.element(); c.code == codeOK {
			at, height = c.off, max(height, h)
			continue
		}
		break
	}
	for _, from := range p.trail[mark:] {
		p.remember(from, jump{p.base + int64(at), height})
	}
	p.trail = p.trail[:mark]
	return height + 1
}

// element checks the inside of the current element and returns how many
// containers are open at once in it.
func (p *prober) element() int32 {
	c := &p.v.c
	p.v.text()
	switch c.typ {
	case TypeRegex, TypeDBPointer:
		p.v.value()
	case TypeCodeWithScope:
		code, _ := c.CodeWithScope()
		p.v.utf8(c.val+8, code)
	}
	p.blame(c.at)
	if !c.typ.IsContainer() && c.typ != TypeCodeWithScope || !c.Enter() {
		return 0
	}
	height := p.walk()
	c.Leave()
	return height
}

// blame remembers the element at offset at if it is malformed whatever
// container it is in.
func (p *prober) blame(at int) {
	switch p.v.c.code {
	case codeType, codeBoolean, codeMalformed:
		p.bad = p.base + int64(at)
	}
}

// remember keeps what is known of the elements from an offset on.
func (p *prober) remember(from int64, j jump) {
	if p.jumps == nil {
		p.jumps = make(map[int64]jump)
	}
	if len(p.jumps) >= maxJumps {
		clear(p.jumps)
	}
	p.jumps[from] = j
}

// endless reports whether the key of the first element in doc, which is at
// base in the stream, does not end in it. It looks at no byte twice while
// documents are asked for in order.
func (r *run) endless(doc []byte, base int64) bool {
	if doc[4] == 0 {
		return false
	}
	from, end := base+5, base+int64(len(doc))
	if from < r.from || from > r.to {
		*r = run{from, from}
	}
	if r.to < end {
		if n := bytes.IndexByte(doc[r.to-base:], 0); n >= 0 {
			r.to += int64(n)
		} else {
			r.to = end
		}
	}
	return r.to >= end
}
