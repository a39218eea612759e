package bsoncore

// This file finds the end of a document without its length.

// A trace is a way through a document of which no container's length counts:
// each ends at the NUL in the place of a type. So the trace of a document with
// wrong lengths of containers leads to its end.
type trace struct {
	off  int   // bytes from the start of the document to the next element
	open int32 // containers open; 0: the document ends at off

	trail []spot // what is to be remembered
	next  int64  // offset in the stream from which on to remember a place
}

// newTrace returns a trace that stands before the first element.
func newTrace() trace { return trace{off: 4, open: 1} }

// A spot is a place that a trace has come to.
type spot struct {
	off  int64 // in the stream
	open int32 // containers
}

// trace goes on with t through text, the start of the document. It returns
// right if the document has an end, of limit bytes at most, and open if bytes
// of text are missing to tell. After wrong it can be called again with a larger
// limit.
func (p *prober) trace(t *trace, text []byte, limit int) verdict {
	text = text[:min(len(text), limit)]
	c := &p.v.c
	c.resetTrace(text, limit, p.depth)
	for t.open > 0 && t.off <= len(text) && p.pass(t, c) {
	}
	switch {
	case t.off > limit:
		return wrong
	case t.open == 0:
		return right
	case c.code == codeTruncated && len(text) < limit:
		return open
	}
	return wrong
}

// pass goes on with t by an element, or by all that is known of what follows.
func (p *prober) pass(t *trace, c *Cursor) bool {
	here := spot{p.base + int64(t.off), t.open}
	if here.off >= t.next {
		t.trail = append(t.trail, here)
		t.next = nextMark(here.off, t.off)
		if to, ok := p.places[here]; ok && to != here {
			t.off, t.open = int(to.off-p.base), to.open
			return true
		}
	}
	c.off, c.depth = t.off, t.open
	if !c.traceNext() {
		return false
	}
	t.off, t.open = c.off, c.depth
	return true
}

// keep remembers where t has come to.
func (p *prober) keep(t *trace) {
	if p.places == nil {
		p.places = make(map[spot]spot)
	}
	to := spot{p.base + int64(t.off), t.open}
	for _, from := range t.trail {
		if len(p.places) >= maxJumps {
			clear(p.places)
		}
		p.places[from] = to
	}
}

// A chain is documents of a stream that follow one another.
type chain struct {
	marks []int64 // where some of them start, by offset in the stream, ascending
	to    int64   // where the last of them ends
}
