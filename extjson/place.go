package extjson

// A Place is the state of a stream where a piece begins. It decides what may
// come next: at the start, at the top level, or in an array before its first
// element, after an element or after a comma. The zero Place is the start of a
// stream, where a byte order mark is allowed. Splitter.Place and Decoder.Place
// return the others.
type Place uint8

const (
	atStart   Place = iota // a byte order mark, a document or an array
	atTop                  // a document or an array
	atFirst                // the first element of an array, or its end
	atComma                // a comma after an element of an array, or its end
	atElement              // an element of an array
	atAny                  // any of these, or the end: the byte before was a fault
)

// behind returns the place after c, a byte at p between documents. It reports
// whether c is allowed there.
func (p Place) behind(c byte, shell bool) (Place, bool) {
	switch {
	case c == '[' && (p <= atTop || p == atAny):
		return atFirst, true
	case c == ']' && (p == atFirst || p == atComma || p == atAny || p == atElement && shell):
		return atTop, true
	case c == ',' && (p == atComma || p == atAny):
		return atElement, true
	}
	return p, false
}

// behindDocument returns the place after a document at p. A document does not
// tell whether it is in an array; a comma or a bracket does.
func (p Place) behindDocument() Place {
	switch p {
	case atStart, atTop:
		return atTop
	case atAny:
		return atAny
	}
	return atComma
}

// endsAt reports whether text that must end at the given place may end at p.
func (p Place) endsAt(end Place) bool {
	return max(p, atTop) == end || p == atAny && end == atTop
}

// mostBlanks is the largest number of blanks, in bytes, that standsAlone skips.
const mostBlanks = 256

// standsAlone reports whether the byte at text[off] is alone between documents:
// before a document, another bracket or comma, a comment of the shell, more
// than mostBlanks blanks or the end. A bracket before anything else is more
// likely the brace of a damaged document. at is the offset of the byte that
// decides; if settled is false, it has not arrived.
func standsAlone(text []byte, off int, shell bool) (at int, alone, settled bool) {
	end := min(off+1+mostBlanks, len(text))
	at = skipBlanks(text[:end], off+1)
	if at == end {
		return at, true, end > off+mostBlanks
	}
	switch text[at] {
	case '{', '}', '[', ']', ',':
		return at, true, true
	}
	return at, text[at] == '/' && shell, true
}

// opensArray reports whether the bracket at text[off] begins an array: it is
// alone, or before a byte that is alone before a document. The other results
// are those of standsAlone.
func opensArray(text []byte, off int, shell bool) (at int, opens, settled bool) {
	at, opens, settled = standsAlone(text, off, shell)
	if opens || !settled {
		return at, opens, settled
	}
	next, alone, settled := standsAlone(text, at, shell)
	return at, alone && opensDocument(text, next), settled
}

// opensDocument reports whether a document or the end is at text[off].
func opensDocument(text []byte, off int) bool { return off == len(text) || text[off] == '{' }
