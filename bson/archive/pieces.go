package archive

import (
	"encoding/binary"
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/readahead"
)

// This file is for programs that work on the pieces of an archive, several at once.
//
//   - A PieceReader reads a piece without the bytes before it. It finds the ends of
//     pieces too.
//   - A Reader reads the archive up to the first piece, and from any place on where a
//     PieceReader stops. Between these it follows the pieces, and has the counts and
//     checksums.

// A Place is a place between two documents of an archive, or between a document and
// the header or the end of a block.
type Place struct {
	Namespace Namespace // of the block, if Inside
	Inside    bool      // a document or the end of a block follows, else a header
}

// A PieceReader reads the documents of pieces of an archive. It stops at everything
// that is not as in a whole archive, or only looks so; a Reader decides what it is.
// What only a Reader knows, such as checksums, it does not check. It must not be used
// by two goroutines at once.
type PieceReader struct {
	most  int // bytes of a document
	data  []byte
	off   int // end of the bytes that were read
	place Place
	block int // changes with the block of place
	doc   []byte
	err   error
}

// NewPieceReader returns a PieceReader. Only MaxDocumentSize counts of o.
func (o ReadOptions) NewPieceReader() *PieceReader {
	return &PieceReader{most: o.complete().MaxDocumentSize}
}

// Reset makes p read data, which start at the place from.
func (p *PieceReader) Reset(data []byte, from Place) {
	*p = PieceReader{most: p.most, data: data, place: from, block: p.block + 1}
}

// Next reads the next document and reports whether there is one. False means the end
// of the data or a reason in Err.
func (p *PieceReader) Next() bool {
	if p.place.Inside {
		if n := plain(p.data[p.off:], p.most); n > 0 {
			p.doc = p.data[p.off : p.off+n : p.off+n]
			p.off += n
			return true
		}
	}
	return p.next()
}

// next is Next for what is not plain.
func (p *PieceReader) next() bool {
	for p.err == nil && p.off < len(p.data) {
		doc, err := p.frame()
		switch {
		case err != nil:
			p.err = err
		case !p.place.Inside:
			p.header(doc)
		case doc == nil:
			p.off += len(terminator)
			p.place = Place{}
		case string(doc[4:min(8, len(doc))]) == blockStart && likeBlock(doc) == len(blockKeys):
			p.err = ErrBlock
		default:
			p.off += len(doc)
			p.doc = doc
			return true
		}
	}
	p.doc = nil
	return false
}

// Document returns the document of the last Next, which aliases the data.
func (p *PieceReader) Document() bsoncore.Document { return p.doc }

// Offset returns the offset in the data of the document.
func (p *PieceReader) Offset() int { return p.off - len(p.doc) }

// End returns the offset in the data of the end of the last read: of the document, or
// after Next returned false of the last header or end of a block. Pieces can be cut
// there.
func (p *PieceReader) End() int { return p.off }

// Place returns the place at End.
func (p *PieceReader) Place() Place { return p.place }

// Block returns a number that changes with the block of the documents: where it is the
// same as before, the Namespace of Place is too.
func (p *PieceReader) Block() int { return p.block }

// Err returns the reason why Next returned false: nil at the end of the data,
// bsoncore.ErrTruncated if they end inside of a document, or another sentinel of this
// package or of bsoncore.
func (p *PieceReader) Err() error { return p.err }

// frame returns the document at off, or nil for the end of a block.
func (p *PieceReader) frame() ([]byte, error) {
	rest := p.data[p.off:]
	if len(rest) < len(terminator) {
		return nil, bsoncore.ErrTruncated
	}
	n := int(int32(binary.LittleEndian.Uint32(rest)))
	switch {
	case n == -1 && p.place.Inside:
		return nil, nil
	case n < 5:
		return nil, bsoncore.ErrLength
	case n > p.most:
		return nil, bsoncore.ErrTooLarge
	case n > len(rest):
		return nil, bsoncore.ErrTruncated
	case rest[n-1] != 0:
		return nil, bsoncore.ErrTerminator
	}
	return rest[:n:n], nil
}

// header reads the header of a block.
func (p *PieceReader) header(doc []byte) {
	b, err := readBlock(doc)
	if err != nil {
		p.err = err
		return
	}
	p.off += len(doc)
	p.place = Place{Namespace: b.name, Inside: true}
	p.block++
}

// A stretch is plain documents in a row in a block.
type stretch struct {
	from, to  int64 // offsets in the archive
	documents int64
	largest   int   // of these documents, in bytes
	number    int64 // of the first document of that size, from 1
	at        int64 // its offset in the archive
}

// Foresee makes p, which was Reset, read until its Next returns false. p has the bytes of
// the archive from an offset on, of which Follow gets the next ones later: then Follow need
// not look at each of their documents again. The options of p must be those of r.
func (r *Reader) Foresee(p *PieceReader, offset int64) {
	n := len(r.foreseen)
	for ; n > 0 && r.foreseen[n-1].to > offset; n-- { // by a PieceReader before
	}
	r.foreseen = r.foreseen[:n]
	for ok := true; ok; ok = p.Next() {
		if s := p.stretch(); s.documents > 0 {
			s.from, s.to, s.at = s.from+offset, s.to+offset, s.at+offset
			r.foreseen = append(r.foreseen, s)
		}
	}
}

// stretch reads plain documents, as Next does. The offsets of the result are those in the
// data.
func (p *PieceReader) stretch() (s stretch) {
	off := p.off
	for p.place.Inside {
		n := plain(p.data[off:], p.most)
		if n == 0 {
			break
		}
		if s.documents++; n > s.largest {
			s.largest, s.number, s.at = n, s.documents, int64(off)
		}
		off += n
	}
	s.from, s.to = int64(p.off), int64(off)
	p.off = off
	return s
}

// foresaw returns the documents at offset that Foresee has seen, if all of them are before
// end.
func (r *Reader) foresaw(offset, end int64) (s stretch, ok bool) {
	for len(r.foreseen) > 0 && r.foreseen[0].to <= offset {
		r.foreseen = r.foreseen[1:]
	}
	if len(r.foreseen) == 0 || r.foreseen[0].from != offset || r.foreseen[0].to > end {
		return s, false
	}
	return r.foreseen[0], true
}

// A follow is the state of a Reader while it follows pieces.
type follow struct {
	on     bool
	before []saved // spaces, to be restored
	known  int     // number of spaces
	read   int     // bytes of metadata and names
	base   int64
	open   *space
	state  state
	lost   bool
	late   bool
	free   []*summer
	made   int       // number of summers
	number int       // of calls of Follow
	copies []*summer // of the summers in before, and some to spare
	used   int       // of copies
}

// A saved is a space as it was.
type saved struct {
	at *space
	space
	copy *summer // of the summer of space; nil: it has none
}

// keep keeps s as it is, if the Reader follows a piece.
func (f *follow) keep(s *space) {
	if !f.on || s == nil || s.kept == f.number {
		return
	}
	before := saved{at: s, space: *s}
	if s.summer != nil {
		if f.used == len(f.copies) {
			f.copies = append(f.copies, new(summer))
		}
		before.copy = f.copies[f.used]
		before.copy.set(s.summer)
		f.used++
	}
	f.before = append(f.before, before)
	s.kept = f.number
}

// Place returns the place of the next byte. ok is false if there is none: in the
// prelude, at a fault, and in the bytes after damage.
func (r *Reader) Place() (p Place, ok bool) {
	switch {
	case r.err != nil || r.next != 0:
		return Place{}, false
	case r.state == between:
		return Place{}, true
	case r.state == inside && r.open != nil:
		return Place{r.open.name, true}, true
	}
	return Place{}, false
}

// Consumed returns the number of bytes of the archive before the place of the Reader.
func (r *Reader) Consumed() int64 { return r.in.Offset() }

// Buffered returns the bytes that the Reader has read ahead of its place, and after a
// fault those from Offset on. They are valid until the next call of a method.
func (r *Reader) Buffered() []byte {
	switch d := r.damage.d; {
	case r.state != inDamage:
		return r.in.Rest()
	case r.damage.header:
		return slices.Concat(d.Document(), d.Buffered())
	default:
		return d.Buffered()
	}
}

// Continue makes the Reader read on from in, which has the bytes from its place on.
// What it has read ahead is dropped; the slice of Buffered is then the caller's.
func (r *Reader) Continue(in io.Reader) {
	base := r.in.Offset()
	r.sumRun(base)
	r.in = readahead.Buffer{}
	r.in.Reset(in)
	r.in.Base = base
}

// Follow passes over data, the bytes from the Place of the Reader on, as Next would,
// and reports whether they have no fault. They must end at the End of a PieceReader.
// If they have a fault, the Reader stays where it is. each, which may be nil, is
// called for each document with its offset in data; Namespace and Totals are those of
// the document. What the Reader has read ahead is dropped.
func (r *Reader) Follow(data []byte, each func(offset int)) bool {
	r.sumRun(r.in.Offset())
	f := &r.follow
	*f = follow{
		on: true, before: f.before[:0], known: len(r.order), read: r.read, base: r.in.Offset(), open: r.open, state: r.state, lost: r.lost, late: r.late,
		free: append(f.free[:0], r.free...), made: r.made, number: f.number + 1, copies: f.copies,
	}
	f.keep(r.open)
	r.in = readahead.Buffer{}
	r.in.ResetBytes(data)
	r.in.Base = f.base
	for r.err == nil && (r.in.Off < len(data) || r.state == ending) {
		if each == nil && r.passPlain() {
			continue
		}
		start := r.in.Off
		r.event = 0
		r.step()
		if r.event == Document && each != nil {
			each(start)
		}
	}
	f.on, r.event, r.doc = false, 0, nil
	if r.err != nil {
		r.Unfollow()
		return false
	}
	r.sumRun(r.in.Offset())
	return true
}

// Unfollow takes back the last call of Follow. Nothing may have been read since.
func (r *Reader) Unfollow() {
	f := &r.follow
	for _, s := range r.order[f.known:] {
		delete(r.spaces, s.name)
	}
	r.order, r.read = r.order[:f.known], f.read
	for _, b := range f.before {
		if *b.at = b.space; b.copy != nil {
			b.summer.set(b.copy)
		}
	}
	r.free, r.made = append(r.free[:0], f.free...), f.made
	f.before, r.run = f.before[:0], 0
	r.open, r.state, r.lost, r.late = f.open, f.state, f.lost, f.late
	r.err, r.soft, r.next, r.final = nil, false, 0, false
	r.in = readahead.Buffer{Base: f.base}
}
