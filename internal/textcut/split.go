package textcut

import "bytes"

// This file cuts text between documents without decoding it.
//
//   - Split takes the cheapest way: at the top level of JSON, a line that
//     starts with a brace after a line that ends with a brace can only be
//     another document. So lines searches for the last such line from the end.
//   - Otherwise scan reads the whole text, documents by means of frame, as a
//     Decoder does.
//
// Both remember their position, so that no byte is read again when the caller
// comes back with more text.

// A Splitter cuts a stream of text into pieces that end between documents, for
// decoders that work side by side. The results of Place before and after the cut
// are those of a Piece:
//
//	s := textcut.NewSplitter(textcut.Start, shell, maxText)
//	from := s.Place()
//	if n := s.Split(text); n > 0 {
//		d.Reset(&textcut.Piece{Text: text[:n], From: from, To: s.Place()}) // d is an extjson.Decoder
//	}
//
// A Splitter does not check well-formedness: malformed text may be cut at a
// wrong place. If no piece before some point has a fault, the stream before
// that point has no fault either, and the documents are the same. If a piece
// has a fault, a Decoder that reads the stream from the start of that piece reports
// the right fault.
type Splitter struct {
	place   Place // of the first byte of the text
	gap     Gap
	maxText int // largest text of a document, in bytes

	// The position of scan, as an index in the text of the next call.
	at     int
	behind Place // of text[at], unless a document is open there
	inside bool  // a document is open at text[at]…
	frame  Frame // …of which this is known
	lost   bool  // the byte at text[at] is not allowed there

	lines lines
}

// NewSplitter returns a Splitter for text that begins at p, the shell's or JSON.
// maxText is the largest text of a document, in bytes.
func NewSplitter(p Place, shell bool, maxText int) *Splitter {
	return &Splitter{place: p, behind: p, gap: NewGap(shell), maxText: maxText}
}

// Place returns the state of the stream at the start of the text of the next
// call of Split.
func (s *Splitter) Place() Place { return s.place }

// Split returns the length of a prefix of text that ends between documents, the
// longer the better. The text of the next call must begin after the prefix. If
// Split returns 0, no cut is known: the next call must have the same text with
// more bytes, and Split does not read the old bytes again. Text that is
// malformed between documents, or has a document longer than maxText, is
// one piece to its end. text is not kept, and nothing is allocated.
func (s *Splitter) Split(text []byte) int {
	if (s.place <= After || s.place == Any) && !s.gap.shell && !s.lost {
		if n := s.lines.last(text); n > 0 {
			place := s.place.BehindDocument()
			*s = Splitter{place: place, behind: place, maxText: s.maxText}
			return n
		}
	}
	n, place := s.scan(text)
	if n > 0 {
		s.place = place
		s.at -= n
		s.gap.Move(n)
		s.lines = lines{}
	}
	return n
}

// scan reads the new text and returns the last cut, with the place after it.
func (s *Splitter) scan(text []byte) (cut int, place Place) {
	for s.at < len(text) && !s.lost {
		if s.inside {
			n, done := s.frame.Scan(text[s.at:])
			s.at += n
			if !done {
				s.lost = s.at-cut > s.maxText
				break
			}
			s.inside = false
			s.behind = s.behind.BehindDocument()
		} else if !s.between(text) {
			cut, place = s.at, s.behind
			break
		}
		cut, place = s.at, s.behind
	}
	if s.lost {
		// The reader of the piece finds the fault.
		s.at = len(text)
		return len(text), s.behind
	}
	return cut, place
}

// between goes to the next document, or past the next byte that is allowed
// before it. Text can be cut at its new position. It reports false if the bytes
// that tell what follows have not arrived, or cannot stand there.
func (s *Splitter) between(text []byte) bool {
	if s.behind == Start {
		if MarkOpen(text) {
			return false
		}
		s.at = SkipMark(text)
		s.behind = Top
		return true
	}
	var stop Stop
	if s.at, stop = s.gap.Skip(text, s.at); stop != AtToken {
		s.lost = stop == TooLong
		return false
	}
	if s.at == len(text) {
		return true
	}
	switch c := text[s.at]; {
	case c == '{' && s.behind != Comma:
		s.inside = true
		s.frame = NewFrame(s.gap.shell)
	default:
		next, ok := s.behind.Behind(c, s.gap.shell)
		if ok && next == First {
			var settled bool
			if _, ok, settled = OpensArray(text, s.at, s.gap.shell); !settled {
				return false
			}
		}
		if !ok {
			s.lost = true
			return false
		}
		s.behind = next
		s.at++
	}
	return true
}

// lines remembers positions in the text, as indexes.
type lines struct {
	seen    int // bytes looked at
	text    int // past the last of them that is not white space; 0: none
	newline int // past the last line feed behind that; 0: none
}

// last returns the start of the last line that begins with a brace and follows
// a closing brace and white space, or 0. Lines in the text of earlier calls are
// not of this kind.
func (l *lines) last(text []byte) int {
	first := SkipBlanks(text, l.seen)
	if n := bytes.LastIndexByte(text[l.seen:first], '\n'); n >= 0 {
		l.newline = l.seen + n + 1
	}
	l.seen = first
	if first == len(text) {
		return 0
	}
	tail := lastText(text)
	for end := len(text); ; {
		n := bytes.LastIndexByte(text[first:end], '\n')
		if n < 0 {
			break
		}
		// The text before the line feed is not empty: it has text[first].
		start := first + n + 1
		before := lastText(text[:start])
		if next := SkipBlanks(text[:end], start); next < end && text[next] == '{' && text[before-1] == '}' {
			return start
		}
		end = before
	}
	if l.newline > 0 && l.text > 0 && text[l.text-1] == '}' && text[first] == '{' {
		return l.newline
	}
	*l = lines{seen: len(text), text: tail}
	if n := bytes.LastIndexByte(text[tail:], '\n'); n >= 0 {
		l.newline = tail + n + 1
	}
	return 0
}

// lastText returns the index past the last byte of text that is not white
// space.
func lastText(text []byte) int {
	n := len(text)
	for n > 0 && (text[n-1] == ' ' || text[n-1] == '\n' || text[n-1] == '\r' || text[n-1] == '\t') {
		n--
	}
	return n
}
