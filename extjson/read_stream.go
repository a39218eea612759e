package extjson

import (
	"io"
	"iter"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/readahead"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file reads streams of documents. A Decoder finds the next document in
// its buffer, and the engine reads the document there. If the engine comes to
// the end of the buffer, fill reads until the document is complete.

// readSize is the size of the first buffer of a Decoder, in bytes.
const readSize = 256 << 10

// A Decoder reads documents from a stream of text: one after the other, on
// lines of their own or not, or as the elements of JSON arrays. With Shell a
// comma may follow each document. A document is an object. Each is read as a
// document at the top level, also in an array.
//
//	d := extjson.NewDecoder(r)
//	for d.Next() {
//		use(d.Raw())
//	}
//	if err := d.Err(); err != nil { … }
//
// Its memory is bounded by the longest text of a document, not by the length of
// the stream. A document that never ends needs at most one and a half times
// MaxTextSize before it is rejected.
type Decoder struct {
	d    decoder
	opts DecodeOptions
	in   readahead.Buffer // the stream
	raw  []byte           // destination of the engine
	doc  bson.Raw         // the current document, all of raw; nil: none
	text []byte           // its text, a part of in.Data; nil: dropped

	at      position // of the byte of the stream at counted
	counted int64
	start   int64         // offset in the stream of the current document's text
	maxText int           // bytes
	maxDoc  int           // bytes of BSON
	state   textcut.Place // of the byte at in.Off
	end     textcut.Place // in which the text may end
	failed  bool          // err is the reader's, or that of an option
	skipped int64         // documents that Resync has skipped
	err     error
	fault   error // that Resync continues from, while it does

	// No document that starts before these offsets in the stream has an end.
	endless   int64 // if it has its opening brace
	braceless int64 // if that is damaged
}

// NewDecoder returns a Decoder that reads r with the zero options.
func NewDecoder(r io.Reader) *Decoder { return DecodeOptions{}.NewDecoder(r) }

// NewDecoder returns a Decoder that reads r with the options o. It reads ahead
// of the documents that it returns.
func (o DecodeOptions) NewDecoder(r io.Reader) *Decoder {
	d := &Decoder{opts: o, maxDoc: o.MaxDocumentSize}
	d.d.init(&o)
	if d.maxDoc <= 0 {
		d.maxDoc = bsoncore.DefaultMaxDocumentSize
	}
	d.maxText = textcut.MaxText(o.MaxTextSize, d.maxDoc)
	d.d.most = d.maxDoc
	d.Reset(r)
	return d
}

// Reset makes d read from r, with the same options and buffers. It invalidates
// the results of Raw and Text.
func (d *Decoder) Reset(r io.Reader) {
	if p, ok := r.(*textcut.Piece); ok {
		d.resetPiece(p)
		return
	}
	d.restart(textcut.Start, textcut.Top)
	d.in.Reset(r)
}

// maxRoom is the largest room for BSON that resetPiece makes, in bytes.
const maxRoom = 1 << 20

// resetPiece is Reset for a part of a stream. Text that has arrived is read in place.
// If the text does not end at p.To, it is truncated, like a stream that ends in an
// array.
func (d *Decoder) resetPiece(p *textcut.Piece) {
	d.restart(p.From, max(p.To, textcut.Top))
	p.Follow(&d.state)
	if p.Reader != nil {
		d.in.Reset(p.Reader)
		return
	}
	d.in.ResetBytes(p.Text)
	// A document is rarely longer than its text.
	d.raw = slices.Grow(d.raw[:0], min(len(p.Text), d.maxDoc, maxRoom))
}

// restart clears everything except the options and the buffers.
func (d *Decoder) restart(from, end textcut.Place) {
	err := d.opts.check()
	*d = Decoder{err: err, failed: err != nil, d: d.d, opts: d.opts, in: d.in, raw: d.raw, maxText: d.maxText, maxDoc: d.maxDoc, state: from, end: end}
	d.d.gap = textcut.NewGap(d.d.shell)
}

// Next reads the next document and reports whether there is one. False means
// the end of the stream or a fault; see Err.
func (d *Decoder) Next() bool {
	d.doc, d.text = nil, nil
	return d.err == nil && d.find() && d.document()
}

// More reports whether a document or a fault follows. It is false at the end of
// the stream, and after a fault. The current document stays valid, its Text
// does not.
func (d *Decoder) More() bool {
	d.text = nil
	return d.err == nil && (d.find() || d.err != nil)
}

// find goes to the brace of the next document and reports whether there is one.
// It sets start to the brace, or to the byte at fault.
func (d *Decoder) find() bool {
	found := d.goToBrace()
	d.start = d.in.Offset()
	return found
}

func (d *Decoder) goToBrace() bool {
	for {
		c, ok := d.peek()
		if !ok {
			if d.err == nil && !d.state.EndsAt(d.end) {
				d.fail(d.in.Off, ErrTruncated, "")
			}
			return false
		}
		if c == '{' && d.state != textcut.Comma {
			return true
		}
		next, ok := d.state.Behind(c, d.d.shell)
		if !ok {
			return d.fail(d.in.Off, ErrToken, d.expected())
		}
		if next == textcut.First {
			n, opens := d.ahead(textcut.OpensArray)
			if d.err != nil {
				return false
			}
			if !opens {
				return d.fail(d.in.Off+n, ErrToken, "a document or ]")
			}
		}
		d.state = next
		d.in.Off++
	}
}

// ahead applies rule, standsAlone or opensArray, to the byte at d.in.Off. The next
// token is n bytes after it, unless the reader fails.
func (d *Decoder) ahead(rule func(text []byte, off int, shell bool) (at int, ok, settled bool)) (n int, ok bool) {
	for {
		at, ok, settled := rule(d.in.Data, d.in.Off, d.d.shell)
		n := at - d.in.Off
		if settled || d.in.Ended() || !d.fill() && d.err != nil {
			return n, ok
		}
	}
}

func (d *Decoder) expected() string {
	switch d.state {
	case textcut.Comma:
		return "comma or ]"
	case textcut.Any:
		return "comma, a document or ]"
	case textcut.Start, textcut.Top, textcut.After:
		return "a document or an array of documents"
	}
	return "a document"
}

// document reads the document whose brace is at d.in.Off.
func (d *Decoder) document() bool {
	f := textcut.NewFrame(d.d.shell)
	framed := 0 // number of bytes of the document that f has seen
	for {
		text := d.in.Data
		whole := len(text)-d.in.Off < d.maxText // text is everything that has been read
		if !whole {
			text = text[:d.in.Off+d.maxText]
		}
		if framed >= readSize {
			d.makeRoom(min(len(text)-d.in.Off, d.maxDoc))
		}
		d.d.reset(text)
		d.d.from = d.in.Off
		raw, end := d.d.topDocument(d.raw[:0], d.in.Off)
		d.raw = raw
		if len(raw) > d.maxDoc || d.d.err == bsoncore.ErrTooLarge {
			return d.fail(d.in.Off, bsoncore.ErrTooLarge, "") // whole or not
		}
		if end >= 0 {
			d.doc, d.text = raw, text[d.in.Off:end:end]
			d.in.Off = end
			d.state = d.state.BehindDocument()
			return true
		}
		if d.d.err == ErrTruncated && !whole {
			return d.fail(d.in.Off, bsoncore.ErrTooLarge, "")
		}
		if d.d.err != ErrTruncated || d.in.Ended() {
			d.err = d.d.error(d.position(d.in.Off))
			return false
		}
		// Try again when the text is complete, and a few times before, so that
		// a fault in it is found before memory fills.
		if framed = d.await(&f, framed, d.nextTry(len(d.in.Data)-d.in.Off)); d.err != nil {
			return false
		}
	}
}

// await reads until f comes to the end of the document at d.in.Off, or has seen
// as many bytes of it as again says, or until the reader ends. f has seen the
// given number of bytes; await returns the new number.
func (d *Decoder) await(f *textcut.Frame, framed, again int) int {
	for {
		n, done := f.Scan(d.in.Data[d.in.Off+framed:])
		if framed += n; done || framed >= again || !d.fill() {
			return framed
		}
	}
}

// makeRoom makes room for n bytes of BSON if the last try of the document made
// a long d.raw, because every buffer that it outgrows is garbage. A short d.raw
// needs no room.
func (d *Decoder) makeRoom(n int) {
	if cap(d.raw) < n && len(d.raw) >= n/8 {
		d.raw = make([]byte, 0, n+readSize)
	}
}

// nextTry returns the number of bytes of text at which the next try comes,
// after a document was incomplete at n bytes: twice as many, or earlier, where
// an open string becomes too large for a document, or the text too long.
func (d *Decoder) nextTry(n int) int {
	again := max(2*n, readSize)
	if full := d.maxDoc + readSize; n < full {
		again = min(again, full)
	}
	return min(again, d.maxText)
}

// peek skips white space and comments and returns the next byte, or false at
// the end of the stream or after a fault. An incomplete comment is not consumed:
// Resync continues inside it.
func (d *Decoder) peek() (byte, bool) {
	if d.state == textcut.Start && !d.skipMark() {
		return 0, false
	}
	in := &d.in
	if in.Off < len(in.Data) && in.Data[in.Off] > ' ' && in.Data[in.Off] != '/' {
		return in.Data[in.Off], true
	}
	for {
		var stop textcut.Stop
		in.Off, stop = d.d.gap.Skip(in.Data, in.Off)
		switch {
		case stop == textcut.TooLong:
			return 0, d.failComment()
		case stop == textcut.AtToken && in.Off < len(in.Data):
			return in.Data[in.Off], true
		case !in.Ended() && (d.fill() || d.err == nil):
		case d.err != nil:
			return 0, false
		case stop == textcut.AtSlash:
			return 0, d.fail(len(in.Data), ErrTruncated, "")
		case stop == textcut.InComment:
			return 0, d.failComment()
		default:
			in.Off = len(in.Data)
			return 0, false
		}
	}
}

// skipMark skips a byte order mark at the start of the stream. It reports false
// if the reader fails too early to tell whether there is one.
func (d *Decoder) skipMark() bool {
	for !d.in.Ended() && textcut.MarkOpen(d.in.Data) {
		if !d.fill() && d.err != nil {
			return false
		}
	}
	d.in.Off = textcut.SkipMark(d.in.Data)
	d.state = textcut.Top
	return true
}

// fill reads more text. It reports whether there is any; if not, the stream has
// ended or d.err has the error.
func (d *Decoder) fill() bool {
	if n := d.in.Off; n > 0 && d.in.Err == nil { // the text before it goes
		d.position(n)
		d.d.gap.Move(n)
	}
	if d.in.Fill(readSize, d.maxText) {
		return true
	}
	if !d.in.Ended() {
		d.failed = true
		d.err = &bsoncore.ReadError{Offset: d.in.End(), Err: d.in.Err, Fault: d.fault}
	}
	return false
}

// fail ends the stream with a fault at in.Data[off:], which does not depend on
// the bytes that follow.
func (d *Decoder) fail(off int, err error, expected string) bool {
	d.d.reset(d.in.Data)
	d.d.from = d.in.Off
	d.d.at, d.d.err, d.d.expected = off, err, expected
	d.err = d.d.error(d.position(d.in.Off))
	return false
}

// failComment is fail for a comment at the offset in the buffer, which does not
// end.
func (d *Decoder) failComment() bool {
	expected, err := openComment(d.in.Rest())
	return d.fail(d.in.Off, err, expected)
}

// Raw returns the document that Next read, or nil after Next returned false. It
// is valid until the next call of Next.
func (d *Decoder) Raw() bson.Raw { return d.doc }

// Text returns the text of the current document, unchanged, from brace to
// brace. It aliases the Decoder's buffer and is valid until the next call of
// Next, More, Resync or Reset. It is nil after
// More, and after Next returned false.
func (d *Decoder) Text() []byte { return d.text }

// Unescaped returns the number of keys of the current document from which
// EscapedKeys has removed a $.
func (d *Decoder) Unescaped() int { return d.d.unescaped }

// Position returns the line and column of the start of Text in the stream, both
// from 1, the column in bytes. Each call counts them. They are 0 if Text is
// nil.
func (d *Decoder) Position() (line, column int64) {
	if d.text == nil {
		return 0, 0
	}
	at := d.position(int(d.start - d.in.Base))
	return at.line + 1, at.column + 1
}

// position returns the place of in.Data[off] in the stream. off must not be before
// that of the last call, so lines are counted once for any number of faults.
func (d *Decoder) position(off int) position {
	d.at.advance(d.in.Data[d.counted-d.in.Base : off])
	d.counted = d.in.Base + int64(off)
	return d.at
}

// Buffered returns the text that has been read and not consumed. Next continues
// with this text and then with the reader. It is valid as long as Text.
func (d *Decoder) Buffered() []byte { return d.in.Rest() }

// Offset returns the offset of the text of the current document in the stream,
// in bytes. After Next returned false it is the offset of the first byte of
// Buffered: the start of a document with a fault.
func (d *Decoder) Offset() int64 { return d.start }

// Err returns the reason why Next returned false: nil at the end of the stream,
// a *SyntaxError or *ValueError with its place in the stream, or a
// *bson.ReadError if the reader failed.
func (d *Decoder) Err() error { return d.err }

// Documents returns the documents of r, read with the zero options. If there is
// an error, the last pair is a nil document with the error. Each document is
// valid until the next.
func Documents(r io.Reader) iter.Seq2[bson.Raw, error] { return DecodeOptions{}.Documents(r) }

// Documents returns the documents of r, read with the options o, like the
// function Documents does.
func (o DecodeOptions) Documents(r io.Reader) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		d := o.NewDecoder(r)
		for d.Next() {
			if !yield(d.Raw(), nil) {
				return
			}
		}
		if err := d.Err(); err != nil {
			yield(nil, err)
		}
	}
}
