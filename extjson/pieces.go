package extjson

import (
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file decodes pieces of a stream that package textcut cuts. What is
// exported here is for the packages of this module: the types of the parameters
// have no name outside it.

// Splitter returns a Splitter, for bsonjs, of text that begins at p and is read
// with the options o.
func (o DecodeOptions) Splitter(p textcut.Place) *textcut.Splitter {
	return textcut.NewSplitter(p, o.Shell && !o.CanonicalOnly, o.maxText())
}

// Place returns the state of the stream, for bsonjs, at the start of Buffered: after the
// current document, or after a fault at the byte at fault.
func (d *Decoder) Place() textcut.Place { return d.state }

// ResetAt is Reset, for bsonjs, for a reader that starts at p.
func (d *Decoder) ResetAt(r io.Reader, p textcut.Place) {
	d.restart(p, textcut.Top)
	d.r = r
}

// maxRoom is the largest room for BSON that ResetPiece makes, in bytes.
const maxRoom = 1 << 20

// ResetPiece makes d read a piece of a stream, for bsonjs, with the same options
// and buffers. Text that does not end at p.To is truncated, as at the end of a
// stream in an array. p.Text is not copied or written to, and must not change
// while it is read. Offsets, lines and columns count from its start. No reader
// can fail.
func (d *Decoder) ResetPiece(p textcut.Piece) {
	d.restart(p.From, max(p.To, textcut.Top))
	d.own, d.buf, d.lent = d.buf, p.Text, true
	// A document is rarely longer than its text.
	d.raw = slices.Grow(d.raw[:0], min(len(p.Text), d.maxDoc, maxRoom))
	d.eof = true
}
