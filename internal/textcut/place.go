package textcut

// A Place is the state of a stream where a piece begins. It decides what may
// come next: at the start, at the top level, or in an array before its first
// element, after an element or after a comma. The zero Place is the start of a
// stream, where a byte order mark is allowed. Splitter.Place and Piece.Place return
// the others.
type Place uint8

const (
	Start   Place = iota // a byte order mark, a document or an array
	Top                  // a document or an array
	After                // the same, or a comma of the shell: the last was a document
	First                // the first element of an array, or its end
	Comma                // a comma after an element of an array, or its end
	Element              // an element of an array
	Any                  // any of these, or the end: the byte before was a fault
)

// Behind returns the place after c, a byte at p between documents. It reports
// whether c is allowed there. Text of the shell may have a comma after a document
// at the top level, and a comma after the last element of an array.
func (p Place) Behind(c byte, shell bool) (Place, bool) {
	switch {
	case c == '[' && (p <= After || p == Any):
		return First, true
	case c == ']' && (p == First || p == Comma || p == Any || p == Element && shell):
		return Top, true
	case c == ',' && shell && p == After:
		return Top, true
	case c == ',' && shell && p == Any: // in an array or not
		return Any, true
	case c == ',' && (p == Comma || p == Any):
		return Element, true
	}
	return p, false
}

// BehindDocument returns the place after a document at p. A document does not
// tell whether it is in an array; a comma or a bracket does.
func (p Place) BehindDocument() Place {
	switch {
	case p <= After:
		return After
	case p == Any:
		return Any
	}
	return Comma
}

// EndsAt reports whether text that must end at the given place may end at p.
func (p Place) EndsAt(end Place) bool {
	return p == end || end <= After && (p <= After || p == Any)
}

// mostBlanks is the largest number of blanks, in bytes, that StandsAlone skips.
const mostBlanks = 256

// StandsAlone reports whether the byte at text[off] is alone between documents:
// before a document, another bracket or comma, a comment of the shell, more
// than mostBlanks blanks or the end. A bracket before anything else is more
// likely the brace of a damaged document. at is the offset of the byte that
// decides; if settled is false, it has not arrived.
func StandsAlone(text []byte, off int, shell bool) (at int, alone, settled bool) {
	end := min(off+1+mostBlanks, len(text))
	at = SkipBlanks(text[:end], off+1)
	if at == end {
		return at, true, end > off+mostBlanks
	}
	switch text[at] {
	case '{', '}', '[', ']', ',':
		return at, true, true
	}
	return at, text[at] == '/' && shell, true
}

// OpensArray reports whether the bracket at text[off] begins an array: it is
// alone, or before a byte that is alone before a document. The other results
// are those of StandsAlone.
func OpensArray(text []byte, off int, shell bool) (at int, opens, settled bool) {
	at, opens, settled = StandsAlone(text, off, shell)
	if opens || !settled {
		return at, opens, settled
	}
	next, alone, settled := StandsAlone(text, at, shell)
	return at, alone && OpensDocument(text, next), settled
}

// OpensDocument reports whether a document or the end is at text[off].
func OpensDocument(text []byte, off int) bool { return off == len(text) || text[off] == '{' }
