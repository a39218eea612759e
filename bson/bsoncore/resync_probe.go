package bsoncore

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// This file finds out whether a document stands at a place of a stream, when a
// part of the document has arrived.
//
//   - candidate skips places at which no document can start. It looks at five
//     bytes of each, and skips nearly all places.
//   - prober walks through the part that has arrived, and remembers where it has
//     been: candidates overlap, and their elements soon lead to the same places.

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
	span     = 1 << 10 // bytes between two places that a prober remembers…
	nearSpan = 1 << 6  // …and near the start of a document, where the next candidates are
	maxJumps = 1 << 18 // places remembered
)

// nextMark returns the offset in the stream from which on to remember a place
// after the one at offset here, which is off bytes behind the start of its
// document.
func nextMark(here int64, off int) int64 {
	if off < span {
		return here&^(nearSpan-1) + nearSpan
	}
	return here&^(span-1) + span
}

// A prober checks documents whose end may not have arrived. A chain of elements
// from a place on does not depend on the container around it. So the prober
// remembers where each chain leads, and follows a chain that runs into another
// only once.
//
// A prober lasts as long as its stream: damage at many places may lead to the
// same bytes.
type prober struct {
	v     validator
	depth int   // containers that may be open
	base  int64 // offset in the stream of what is looked at

	jumps map[int64]jump // by offset in the stream
	trail []int64        // what is to be remembered of the open containers
	bad   int64          // offset of an element that is malformed anywhere, or 0

	keys   [3]run        // where the first keys of documents have been looked for
	places map[spot]spot // how far the traces from there lead
	chain  chain
}

// A jump says that well-formed elements follow one another from an offset on.
type jump struct {
	to     int64 // offset in the stream of the byte after them
	height int32 // containers open at once inside them, at most
}

// A run is bytes without a NUL, by their offsets in the stream.
type run struct{ from, to int64 }

// header reports whether text can start a document of at most limit bytes, by
// its first five bytes and its last, and how many bytes the document has. It is
// open if text has fewer than five bytes.
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

// document reports whether text starts with a well-formed document of n bytes.
// text may have only a part of it.
func (p *prober) document(text []byte, n int, keys *run) verdict {
	if len(text) < 5 {
		return open
	}
	c := &p.v.c
	if n <= len(text) {
		c.Reset(text[:n], p.depth)
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
	next := nextMark(p.base+int64(at), at)
	height := int32(0)
	for {
		if here := p.base + int64(at); here >= next {
			p.trail = append(p.trail, here)
			next = nextMark(here, at)
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
