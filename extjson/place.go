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
	atAny                  // any of these three: what comes before was skipped
)

// behind returns the place behind c, which stands at p between documents. It
// reports whether c may stand there.
func (p Place) behind(c byte, shell bool) (Place, bool) {
	switch {
	case c == '[' && p <= atTop:
		return atFirst, true
	case c == ']' && (p == atFirst || p == atComma || p == atAny || p == atElement && shell):
		return atTop, true
	case c == ',' && (p == atComma || p == atAny):
		return atElement, true
	}
	return p, false
}

// behindDocument returns the place behind a document that stands at p.
func (p Place) behindDocument() Place {
	if p <= atTop {
		return atTop
	}
	return atComma
}
