package textcut

import (
	"io"
	"math"
)

// A Piece is a part of a stream that begins and ends between documents. The Reset
// of an extjson.Decoder knows it: the Decoder reads the piece from its Place to its
// Place, and Text in place. Text must not change while it is read. Offsets, lines
// and columns count from the start of the piece.
type Piece struct {
	Text   []byte    // that has arrived, if Reader is nil
	Reader io.Reader // of the text
	From   Place     // of the first byte
	To     Place     // the zero Place is the end of the stream

	at *Place // the Decoder's; nil: no Decoder has the piece
}

// Read reads the piece like any reader.
func (p *Piece) Read(b []byte) (int, error) {
	if p.Reader != nil {
		return p.Reader.Read(b)
	}
	n := copy(b, p.Text)
	p.Text = p.Text[n:]
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Follow tells p where its Decoder keeps the Place that it has reached.
func (p *Piece) Follow(at *Place) { p.at = at }

// Place returns the state of the stream at the first byte that the Decoder has not
// consumed: after its current document, or after a fault the byte at fault.
func (p *Piece) Place() Place {
	if p.at == nil {
		return p.From
	}
	return *p.at
}

// textPerBSON is the largest text of a document unless told otherwise, in multiples of
// the largest document.
const textPerBSON = 16

// MaxText returns the largest text of a document, in bytes: maxText if it is not zero,
// or what the largest document, in bytes of BSON, may need.
func MaxText(maxText, maxDocument int) int {
	switch {
	case maxText > 0:
		return maxText
	case maxDocument < math.MaxInt/textPerBSON:
		return maxDocument * textPerBSON
	}
	return math.MaxInt
}
