package extjson

// A Place says where in a stream a piece of it begins, and so what may come
// next: at the start, at the top level, or in an array, before its first
// element, behind an element, behind a comma. The zero Place is the start of
// a stream, where a byte order mark may stand. The others are what
// Splitter.Place and Decoder.Place return.
type Place uint8

const (
	atStart   Place = iota // a byte order mark, a document or an array
	atTop                  // a document or an array
	atFirst                // the first element of an array, or its end
	atComma                // a comma after an element of an array, or its end
	atElement              // an element of an array
	atAny                  // any of these, or the end: what comes before was at fault
)

// behind returns the place behind c, which stands at p between documents. It
// reports whether c may stand there.
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

// behindDocument returns the place behind a document that stands at p.
// Documents do not tell whether they are in an array; a comma or a bracket
// does.
func (p Place) behindDocument() Place {
	switch p {
	case atStart, atTop:
		return atTop
	case atAny:
		return atAny
	}
	return atComma
}

// endsAt reports whether text that is to end at the given place may end at p.
func (p Place) endsAt(end Place) bool {
	return max(p, atTop) == end || p == atAny && end == atTop
}

// mostBlanks is how many blanks, in bytes, standsAlone looks past.
const mostBlanks = 256

// standsAlone reports whether the byte at text[off] stands between documents by
// itself: in front of a document, of another bracket or comma, of a comment of
// the shell's, of more than mostBlanks blanks or of the end. A bracket in front
// of anything else is more likely the brace of a document that is damaged. at
// is the offset of what decides; if settled is false, that has yet to arrive.
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

// opensArray reports whether the bracket at text[off], where an array may
// begin, begins one: it stands alone, or before a byte that stands alone before
// a document. The other results are those of standsAlone.
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
