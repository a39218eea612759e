package run

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file has the format of records that are held, and reads it.
//
// A frame is the length of the rest, and the rest: a head with the place of the record in
// its input, and a body with the record. The worker makes the body; the head is known
// when the piece is taken. Numbers are varints.
//
//	head: input, number, offset, line, column, length and text of the namespace in the container
//	body: type, flags, part, escaped keys, length and text of the namespace, size of the
//	      source, length and bytes of the document; then the source, if a flag says so

// The flags of a body.
const (
	sameSource  = 1 << iota // the source is the document
	keepsSource             // the source follows the document
)

// appendHead appends the head of rec to dst.
func appendHead(dst []byte, rec *heldItem) []byte {
	for _, n := range [...]uint64{rec.input, uint64(rec.number), uint64(rec.place.Offset), uint64(rec.place.Line), uint64(rec.place.Column)} {
		dst = binary.AppendUvarint(dst, n)
	}
	return appendText(dst, rec.within.Name)
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// appendBody appends the body of rec, which has a source in the input, to dst. If keeps is
// set, the body has the source, too.
func appendBody(dst []byte, rec *record.Record, in frame, keeps bool) []byte {
	flags := byte(0)
	switch {
	case len(in.source) == len(rec.Data) && len(rec.Data) > 0 && &in.source[0] == &rec.Data[0]:
		flags = sameSource
	case keeps:
		flags = keepsSource
	}
	dst = append(dst, byte(rec.Type), flags)
	dst = binary.AppendUvarint(dst, uint64(rec.Part))
	dst = binary.AppendUvarint(dst, uint64(rec.Keys.In))
	dst = appendText(dst, rec.Space.Name)
	dst = binary.AppendUvarint(dst, uint64(in.size))
	dst = binary.AppendUvarint(dst, uint64(len(rec.Data)))
	dst = append(dst, rec.Data...)
	if flags == keepsSource {
		dst = append(dst, in.source...)
	}
	return dst
}

// A frame is what a frame has besides a record.
type frame struct {
	source []byte // nil: it was not kept
	size   int    // of the source, in bytes
}

// sourceOf returns the source that rec has in the input. The Source of a record that was
// held before is a frame.
func (e *engine) sourceOf(rec *record.Record) frame {
	if !e.replays {
		return frame{source: rec.Source, size: len(rec.Source)}
	}
	f, _ := readFrame(rec.Source, &record.Record{Within: rec.Within, Space: rec.Space})
	return f
}

// readFrame reads the frame at the start of data into rec, whose bytes alias data. Source is
// the whole frame. ok is false if data has only a part of it.
func readFrame(data []byte, rec *record.Record) (f frame, ok bool) {
	n, k := binary.Uvarint(data)
	if k <= 0 || n > uint64(len(data)-k) {
		return f, false
	}
	whole := data[: k+int(n) : k+int(n)]
	p := fields{whole[k:]}
	*rec = record.Record{
		Source: whole, Rooms: rec.Rooms,
		Input: p.number(), Number: int64(p.number()),
		Place:  record.Place{Offset: int64(p.number()), Line: int64(p.number()), Column: int64(p.number())},
		Within: p.text(rec.Within),
		Type:   bson.Type(p.byte()),
		Space:  rec.Space,
	}
	flags := p.byte()
	rec.Part, rec.Keys.In = int(p.number()), int64(p.number())
	rec.Space.Name = p.text(rec.Space.Name)
	f.size = int(p.number())
	rec.Data = p.bytes()
	switch flags {
	case sameSource:
		f.source = rec.Data
	case keepsSource:
		f.source = p.rest
	}
	return f, true
}

// fields are the fields of a frame that are not read yet.
type fields struct{ rest []byte }

func (f *fields) number() uint64 {
	n, k := binary.Uvarint(f.rest)
	f.rest = f.rest[k:]
	return n
}

func (f *fields) byte() byte {
	b := f.rest[0]
	f.rest = f.rest[1:]
	return b
}

func (f *fields) bytes() []byte {
	n := int(f.number())
	b := f.rest[:n:n]
	f.rest = f.rest[n:]
	return b
}

// text returns the next text. It allocates nothing if the text is last.
func (f *fields) text(last string) string {
	if b := f.bytes(); string(b) != last {
		return string(b)
	}
	return last
}

// frameDecoder returns the Decoder of frames.
func frameDecoder() codec.Decoder {
	return codec.Decoder{
		Stream: func(r io.Reader, _ codec.State) codec.Reader { return &frameStream{r: bufio.NewReader(r)} },
		Pieces: func(int) codec.PieceReader { return new(framePieces) },
		Cut:    func(codec.State, int) codec.Cutter { return cutFrames },
	}
}

// cutFrames cuts a piece of whole frames. A frame that is too long for a piece is left to the
// stream, without a cut in it: what reads pieces relies on the bytes of frames.
func cutFrames(data []byte) (at int, from, to codec.State) {
	for {
		n, k := binary.Uvarint(data[at:])
		if k <= 0 || n > uint64(len(data)-at-k) {
			return at, from, to
		}
		at += k + int(n)
	}
}

// framePieces reads the frames of pieces.
type framePieces struct {
	piece []byte
	at    int // offset of the next frame
}

func (p *framePieces) Reset(piece []byte, _, _ codec.State) { p.piece, p.at = piece, 0 }

func (p *framePieces) Next(rec *record.Record) bool {
	_, ok := readFrame(p.piece[p.at:], rec)
	if !ok {
		return false
	}
	rec.Offset = int64(p.at)
	p.at += len(rec.Source)
	return true
}

// Err returns an error if the piece is the start of a frame.
func (p *framePieces) Err() error {
	if p.at < len(p.piece) {
		return bson.ErrTruncated
	}
	return nil
}

func (p *framePieces) State() codec.State { return codec.State{} }

// A frameStream reads frames as a Container.
type frameStream struct {
	r     *bufio.Reader
	frame bytes.Buffer // the current frame
	at    int64        // bytes before it
	space record.Space
	err   error
}

func (s *frameStream) Next(rec *record.Record) bool {
	s.at += int64(s.frame.Len())
	s.frame.Reset()
	n, err := binary.ReadUvarint(s.r)
	if err != nil {
		if err != io.EOF {
			s.err = err
		}
		return false
	}
	s.frame.Write(binary.AppendUvarint(nil, n))
	if _, s.err = io.CopyN(&s.frame, s.r, int64(n)); s.err != nil {
		return false
	}
	readFrame(s.frame.Bytes(), rec)
	rec.Offset = s.at
	s.space = record.Space{Name: rec.Space.Name, Number: rec.Number}
	return true
}

func (s *frameStream) Err() error            { return s.err }
func (s *frameStream) Place() record.Place   { return record.Place{Offset: s.at} }
func (s *frameStream) Resync(io.Writer) bool { return false }
func (s *frameStream) Stray() bool           { return false }
func (s *frameStream) State() codec.State    { return codec.State{} }
func (s *frameStream) Leaves() bool          { return true }
func (s *frameStream) Space() record.Space   { return s.space }
func (s *frameStream) Hides() bool           { return true }
func (s *frameStream) Uncertain() bool       { return false }
func (s *frameStream) Wanted() bool          { return true }

// Buffered returns the bytes that were read ahead.
func (s *frameStream) Buffered() []byte {
	b, _ := s.r.Peek(s.r.Buffered())
	return b
}
