package fuzz

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file has the targets for streams: cutting them into pieces, and
// continuing after damage. slowResync states the rules of
// bson.Decoder.Resync; FuzzResync compares it with the fast code.

// portionsOf cuts data into portions. An element n of sizes, in turn, asks for
// 2n+1 bytes, at most 511; without sizes a portion has 600 bytes.
func portionsOf(data, sizes []byte) (all [][]byte) {
	for i := 0; len(data) > 0; i++ {
		n := 600
		if len(sizes) > 0 {
			n = 2*int(sizes[i%len(sizes)]) + 1
		}
		n = min(n, len(data))
		all = append(all, data[:n])
		data = data[n:]
	}
	return all
}

func addStreams(f *testing.F) {
	docs := sample.Documents(sample.Wild, 5, 12)
	var binary, lines, pretty, array []byte
	for _, doc := range docs {
		binary = append(binary, doc...)
		text, err := relaxed.AppendJSON(nil, doc)
		if err != nil {
			f.Fatal(err)
		}
		lines = append(append(lines, text...), '\n')
		array = append(append(array, ',', '\n'), text...)
		text, err = extjson.EncodeOptions{Indent: "\t"}.AppendJSON(nil, doc)
		if err != nil {
			f.Fatal(err)
		}
		pretty = append(append(pretty, text...), '\n')
	}
	array[0] = '['
	array = append(array, ']')
	for _, data := range [][]byte{
		binary, lines, pretty, array, append([]byte("\ufeff"), lines...), bytes.ReplaceAll(lines, []byte("\n"), nil),
		append(bytes.Clone(lines), array...), append(bytes.Clone(array), lines...),
		[]byte("[{}\n{}"), []byte("[{}\n{},{}]"), []byte("{}\n[{}]\n{\"a\":\"}\\n{\"}\n{}"), []byte("{} // }\n{\n[{},]/*\n}\n{*/{'}':/}\n{/}"),
		[]byte("{a:'}'} {b:'{'} {c:1}"), []byte("{a:1/* * / } */} {b:1}"), []byte("{a:1/*/}/*/}/**/{/**/b:1/***/} // }'\n{c:'//'}"),
		[]byte("[\n{}\n{}\n{}\n"), []byte("{}\n[\"a\":1}\n{}"), []byte("{},\n{}\n]\n{}"), []byte("{\"a\"}:{\"b\":1}}\n{}"), []byte("[[{}],[x{}]]"),
		[]byte("{}\n\n{}\n \t\n{"), []byte("[{}{}]"), []byte("\xef\xbb"), []byte("{}]\n{}\n{}"), nil,
		[]byte("{a:1},\n{b:2},/* , */\n{c:3},,{},]{},\n"), []byte("{},[{},{},]{},\n{x},{}"),
		append(append(bytes.Clone(binary[:300]), make([]byte, 40)...), binary...),
		append(bytes.Clone(binary[:500]), binary[520:]...),
	} {
		f.Add(data, []byte{1}, uint8(rawForm))
		f.Add(data, []byte{0, 3, 7, 0, 200}, uint8(rawForm))
		f.Add(data, []byte{90}, uint8(rawForm))
	}
	seedStreams(f, docs)
}

// FuzzPieces: the pieces that Split cuts give the documents of the stream, up
// to the first piece with a fault. A Decoder that continues at the start of
// this piece gives the other documents and the fault.
func FuzzPieces(f *testing.F) {
	addStreams(f)
	f.Fuzz(func(t *testing.T, data, sizes []byte, form uint8) {
		data = streamOf(t, data, form)
		bsonPieces(t, data, sizes)
		for _, o := range []extjson.DecodeOptions{{}, {Shell: true}, {MaxTextSize: 60}, {Shell: true, MaxTextSize: 60}} {
			textPieces(t, o, data, sizes)
		}
	})
}

func bsonPieces(t *testing.T, data, sizes []byte) {
	o := bson.DecodeOptions{MaxDocumentSize: 1000}
	whole := o.NewDecoder(bytes.NewReader(data))
	d := o.NewDecoder(nil)
	var text []byte
	for _, portion := range portionsOf(data, sizes) {
		text = append(text, portion...)
		n, ok := o.Split(text)
		d.ResetBytes(text[:n])
		for d.Next() {
			if !whole.Next() || !bytes.Equal(whole.Raw(), d.Raw()) {
				t.Fatalf("%x: a piece gives %x, the stream gives %x", data, d.Raw(), whole.Raw())
			}
		}
		if d.Err() != nil || len(d.Buffered()) != 0 {
			t.Fatalf("%x: a piece ends with %v and %d bytes left", data, d.Err(), len(d.Buffered()))
		}
		if text = text[n:]; !ok {
			break
		}
	}
	if whole.Next() || (whole.Err() == nil) != (len(text) == 0) {
		t.Fatalf("%x: after the pieces the stream gives %x, %v", data, whole.Raw(), whole.Err())
	}
}

func textPieces(t *testing.T, o extjson.DecodeOptions, data, sizes []byte) {
	whole := o.NewDecoder(bytes.NewReader(data))
	same := func(d *extjson.Decoder) {
		for d.Next() {
			if !whole.Next() || !bytes.Equal(whole.Raw(), d.Raw()) || !bytes.Equal(whole.Text(), d.Text()) {
				t.Fatalf("%+v: %q: a piece gives %q, the stream gives %q, %v", o, data, d.Text(), whole.Text(), whole.Err())
			}
		}
	}
	s := textcut.NewSplitter(textcut.Start, o.Shell, textcut.MaxText(o.MaxTextSize, bson.DefaultMaxDocumentSize))
	d := o.NewDecoder(nil)
	var text []byte
	at := 0 // bytes of data before text
	for _, portion := range portionsOf(data, sizes) {
		text = append(text, portion...)
		from := s.Place()
		n := s.Split(text)
		if n < 0 || n > len(text) {
			t.Fatalf("%q: cut at %d of %d", text, n, len(text))
		}
		if n == 0 {
			continue
		}
		d.Reset(&textcut.Piece{Text: text[:n], From: from, To: s.Place()})
		same(d)
		if d.Err() != nil {
			text = data[at:]
			d.Reset(&textcut.Piece{Reader: bytes.NewReader(text), From: from})
			// The new reader gives the documents of the piece again.
			for range pieceDocuments(o, text[:n], from, s.Place()) {
				d.Next()
			}
			same(d)
			break
		}
		text = text[n:]
		at += n
	}
	if d.Err() == nil {
		d.Reset(&textcut.Piece{Reader: bytes.NewReader(text), From: s.Place()})
		same(d)
	}
	if whole.Next() || (whole.Err() == nil) != (d.Err() == nil) || !errors.Is(whole.Err(), cause(d.Err())) {
		t.Fatalf("%+v: %q: the pieces end with %v, the stream gives %q, %v", o, data, d.Err(), whole.Text(), whole.Err())
	}
}

// pieceDocuments returns the number of documents that a piece gives.
func pieceDocuments(o extjson.DecodeOptions, text []byte, from, to textcut.Place) (n int) {
	d := o.NewDecoder(nil)
	for d.Reset(&textcut.Piece{Text: text, From: from, To: to}); d.Next(); n++ {
	}
	return n
}

// cause returns the sentinel that err wraps, or nil if err is nil.
func cause(err error) error {
	if err == nil {
		return nil
	}
	return errors.Unwrap(err)
}

// A kept is a part of a stream: a document, or skipped bytes.
type kept struct {
	Off  int64  // bytes before the part in the stream; -1: not compared
	Text string // the bytes of the part
	Lost bool   // the bytes were skipped
}

// salvageBSON returns the documents of d and the bytes that Resync skips, in
// order, to the end of the stream.
func salvageBSON(t *testing.T, d *bson.Decoder) (all []kept) {
	for {
		damaged := false
		for !damaged && d.Next() {
			if damaged = bson.Validate(d.Raw()) != nil; !damaged {
				all = append(all, kept{d.Offset(), string(d.Raw()), false})
			}
		}
		if !damaged && d.Err() == nil {
			return all
		}
		off := d.Offset()
		var skipped bytes.Buffer
		if !d.Resync(&skipped) {
			t.Fatalf("Resync at %d returns false: %v", off, d.Err())
		}
		all = append(all, kept{off, skipped.String(), true})
	}
}

// A slowResync is a damaged document and all bytes of the stream that follow
// it. Places count bytes from the start of the document.
type slowResync struct {
	data  []byte
	limit int // largest size of a document in bytes; 0: the default
}

// framed returns the size in bytes of the document at a place, or 0. It looks
// only at the length, the first type and the last byte of the document.
func (s slowResync) framed(at int) int {
	d := bson.DecodeOptions{MaxDocumentSize: s.limit}.NewDecoder(nil)
	d.ResetBytes(s.data[at:])
	if !d.Next() || len(d.Raw()) > 5 && !bson.Type(d.Raw()[4]).Valid() {
		return 0
	}
	return len(d.Raw())
}

// whole returns the size in bytes of the valid document at a place, or 0.
func (s slowResync) whole(at int) int {
	if n := s.framed(at); n > 0 && bson.Validate(s.data[at:at+n]) == nil {
		return n
	}
	return 0
}

// follow reports whether n valid documents in a row start at a place. Fewer
// are enough if the stream ends after them.
func (s slowResync) follow(at, n int) bool {
	for ; n > 0 && at < len(s.data); n-- {
		size := s.whole(at)
		if size == 0 {
			return false
		}
		at += size
	}
	return true
}

// traced returns the end of the document at a place, found by its elements, or
// 0.
func (s slowResync) traced(at int) int {
	if size := (slowResync{s.data[at:], s.limit}).trace(s.most()); size > 0 {
		return at + size
	}
	return 0
}

// alike reports whether the length at a place differs in at most one bit from
// the length of a document that ends at end.
func (s slowResync) alike(at, end int) bool {
	return bits.OnesCount32(binary.LittleEndian.Uint32(s.data[at:])^uint32(end-at)) <= 1
}

// mends reports whether one bit of the length is the only fault of the damaged
// document if it ends at end, and whether the stream ends there or another
// document may start there.
func (s slowResync) mends(end int) bool {
	if end == 0 || !s.alike(0, end) || end < len(s.data) && !s.maybe(end) {
		return false
	}
	doc := binary.LittleEndian.AppendUint32(nil, uint32(end))
	return bson.Validate(append(doc, s.data[4:end]...)) == nil
}

// claimed returns the size in bytes that the length of the document at a place
// claims. It returns 0 if the size is out of range, if the stream has fewer
// bytes, or if the first type of a document that is not empty is 0.
func (s slowResync) claimed(at int) int {
	if len(s.data)-at < 5 {
		return 0
	}
	size := int(int32(binary.LittleEndian.Uint32(s.data[at:])))
	if size < 5 || size > min(s.most(), len(s.data)-at) || size > 5 && s.data[at+4] == 0 {
		return 0
	}
	return size
}

// damaged returns the end of the damaged document at a place, or 0. The
// candidates are the claimed end, and the traced end if the length differs
// from it in at most one bit. The nearest candidate with a valid document or
// the end of the stream behind it is the end.
func (s slowResync) damaged(at int) int {
	var ends []int
	if size := s.claimed(at); size > 0 {
		ends = append(ends, at+size)
	}
	if end := s.traced(at); end > 0 && s.alike(at, end) {
		ends = append(ends, end)
	}
	slices.Sort(ends)
	for _, end := range ends {
		if s.follow(end, 1) {
			return end
		}
	}
	return 0
}

// two reports whether a valid document starts at a place and another document,
// valid or damaged, follows it. Fewer are enough if the stream ends after them.
func (s slowResync) two(at int) bool {
	if s.follow(at, 2) {
		return true
	}
	size := s.whole(at)
	return size > 0 && s.damaged(at+size) > 0
}

// before returns the start of the document that ends at end and starts at from
// or later, or 0. size returns the size of a document that counts, or 0.
func (s slowResync) before(end, from int, size func(at int) int) int {
	for at := end - 5; at >= from; at-- {
		if binary.LittleEndian.Uint32(s.data[at:]) == uint32(end-at) && size(at) > 0 {
			return at
		}
	}
	return 0
}

// within reports whether end lies inside the damaged document. Documents that
// start before from do not count.
func (s slowResync) within(end, from int) bool {
	framed := s.before(end, from, s.framed)
	return s.before(end, from, s.whole) > 0 || s.before(s.before(framed, from, s.whole), from, s.whole) > 0 || !s.two(end)
}

// trace returns the end of the document at the start of data, found by its
// elements, if it is at most limit; otherwise 0.
func (s slowResync) trace(limit int) int {
	data := s.data[:min(len(s.data), limit)]
	off := 4
	for depth := 1; depth > 0; {
		if off >= len(data) || depth > bson.DefaultMaxDepth {
			return 0
		}
		t := bson.Type(data[off])
		if off++; t == 0 {
			depth--
			continue
		}
		key := bytes.IndexByte(data[off:], 0)
		if key < 0 || !t.Valid() {
			return 0
		}
		off += key + 1
		n := 0
		switch {
		case t.IsContainer():
			n, depth = 4, depth+1
		case t == bson.TypeCodeWithScope:
			if len(data)-off < 4 {
				return 0
			}
			if n = valueSize(bson.TypeCode, data[off+4:]); n > 0 {
				n, depth = 4+n+4, depth+1
			}
		default:
			n = valueSize(t, data[off:])
		}
		if n < 0 || n > len(data)-off {
			return 0
		}
		off += n
	}
	return off
}

// valueSize returns the size in bytes of the value of type t at the start of
// data, or -1. t is not a container. valueSize tries every size that the value
// may have.
func valueSize(t bson.Type, data []byte) int {
	sizes := []int{0, 1, 4, 8, 12, 16}
	if len(data) >= 4 {
		n := int(int32(binary.LittleEndian.Uint32(data)))
		sizes = append(sizes, 4+n, 5+n, 4+n+12)
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		sizes = append(sizes, i+1+bytes.IndexByte(data[i+1:], 0)+1)
	}
	var c bson.Cursor
	for _, n := range sizes {
		if n >= 0 && n <= len(data) && c.ResetValue(t, data[:n:n], 0) {
			return n
		}
	}
	return -1
}

// most returns the largest size of a document in bytes.
func (s slowResync) most() int {
	if s.limit > 0 {
		return s.limit
	}
	return bson.DefaultMaxDocumentSize
}

// end returns the end of the damaged document by rules 1 to 7 of
// bson.Decoder.Resync, or 0.
func (s slowResync) end() int {
	d := bson.DecodeOptions{MaxDocumentSize: s.limit}.NewDecoder(nil)
	d.ResetBytes(s.data)
	claim, weak := 0, 0
	if d.Next() {
		claim = len(d.Raw())
	} else if length, ok := errors.AsType[bson.LengthError](d.Err()); ok && length.Err == bson.ErrTerminator {
		claim = int(length.Length)
	}
	traced := s.traced(0)
	if traced > 0 && traced == claim && (traced == len(s.data) || s.maybe(traced)) {
		return claim
	}
	if claim > 0 && !s.follow(claim, 1) {
		claim, weak = 0, claim
	}
	near, far := min(traced, claim), max(traced, claim)
	followed := traced > 0 && s.follow(traced, 1)
	if near > 0 && followed {
		switch {
		case s.within(far, near):
			return near
		case s.within(near, 1):
			return far
		}
		for at := near; at < far; {
			if size := s.whole(at); size > 0 {
				at += size
			} else if at = s.damaged(at); at == 0 {
				return far
			}
		}
		return near
	}
	switch inside := s.before(traced, 1, s.whole) > 0; {
	case s.mends(traced) && !inside && s.damaged(traced) > 0:
		return traced
	case claim > 0 && s.two(claim) && s.before(s.before(claim, 1, s.whole), 1, s.whole) == 0:
		return claim
	case followed && !inside:
		return traced
	case weak > 0 && s.damaged(weak) > 0 && s.before(weak, 1, s.whole) == 0:
		return weak
	case s.mends(traced), followed && s.alike(0, traced):
		return traced
	}
	return 0
}

// maybe reports whether the five bytes at a place can be the first of a
// document.
func (s slowResync) maybe(at int) bool {
	if len(s.data)-at < 5 {
		return false
	}
	n, t := int(int32(binary.LittleEndian.Uint32(s.data[at:]))), bson.Type(s.data[at+4])
	return n == 5 && t == 0 || n > 5 && n <= s.most() && t.Valid()
}

// slowSalvage does the work of Resync by trying every place. Its inputs are too
// small for the limits of Resync to matter.
func slowSalvage(data []byte, limit int) (all []kept) {
	for off := 0; off < len(data); {
		s := slowResync{data[off:], limit}
		if n := s.whole(0); n > 0 {
			all = append(all, kept{int64(off), string(s.data[:n]), false})
			off += n
			continue
		}
		next := s.end()
		if next == 0 {
			next = 1
			for !s.follow(next, 2) {
				next++
			}
		}
		all = append(all, kept{int64(off), string(s.data[:next]), true})
		off += next
	}
	return all
}

// FuzzResync: the documents and the skipped bytes together are all bytes of
// the stream in order. They are the parts that slowSalvage finds, however the
// stream is cut into pieces.
func FuzzResync(f *testing.F) {
	addStreams(f)
	f.Fuzz(func(t *testing.T, data, sizes []byte, form uint8) {
		data = streamOf(t, data, form)
		for _, limit := range []int{100, 0} {
			o := bson.DecodeOptions{MaxDocumentSize: limit}
			want := slowSalvage(data, limit)
			got := salvageBSON(t, o.NewDecoder(&choppy{data: data, sizes: sizes}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("limit %d: %x in pieces of %v (-slow +Resync):\n%s", limit, data, sizes, diff)
			}
			d := o.NewDecoder(nil)
			d.ResetBytes(data)
			if diff := cmp.Diff(want, salvageBSON(t, d)); diff != "" {
				t.Fatalf("limit %d: %x at once (-slow +Resync):\n%s", limit, data, diff)
			}
		}
		textResync(t, data, sizes)
	})
}

// salvageText returns the documents of a stream of text and the bytes that
// Resync skips, in order.
func salvageText(t *testing.T, r io.Reader) (all []kept) {
	d := extjson.DecodeOptions{MaxTextSize: 300}.NewDecoder(r)
	for {
		for d.Next() {
			all = append(all, kept{d.Offset(), string(d.Text()), false})
		}
		if d.Err() == nil {
			return all
		}
		var skipped bytes.Buffer
		if !d.Resync(&skipped) {
			t.Fatalf("Resync returns false: %v", d.Err())
		}
		all = append(all, kept{-1, skipped.String(), true})
	}
}

func textResync(t *testing.T, data, sizes []byte) {
	want := salvageText(t, bytes.NewReader(data))
	if diff := cmp.Diff(want, salvageText(t, &choppy{data: data, sizes: sizes})); diff != "" {
		t.Fatalf("%q in pieces of %v (-whole +pieces):\n%s", data, sizes, diff)
	}
	// Only bytes that may stand between documents are missing.
	rest := bytes.TrimPrefix(data, []byte("\ufeff"))
	for _, k := range want {
		if !k.Lost {
			rest = bytes.TrimLeft(rest, " \t\r\n[],")
		} else if !bytes.HasPrefix(rest, []byte(k.Text)) {
			rest = bytes.TrimLeft(rest, " \t\r\n")
		}
		for !bytes.HasPrefix(rest, []byte(k.Text)) && len(rest) > 0 && bytes.IndexByte([]byte(" \t\r\n[],"), rest[0]) >= 0 {
			rest = rest[1:]
		}
		var ok bool
		if rest, ok = bytes.CutPrefix(rest, []byte(k.Text)); !ok {
			t.Fatalf("%q: %q does not follow: %s", data, k.Text, fmt.Sprint(want))
		}
	}
	if rest = bytes.TrimLeft(rest, " \t\r\n[],"); len(rest) > 0 {
		t.Fatalf("%q: %q is missing at the end", data, rest)
	}
}
