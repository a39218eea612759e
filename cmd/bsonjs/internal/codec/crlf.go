package codec

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"sync/atomic"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/readahead"
)

// This file undoes the damage of a copy in text mode: each line feed in BSON, of
// text or not, has become a carriage return and a line feed.
//
//   - If it has happened to all line feeds, the result is exact: one carriage
//     return before each line feed is removed. A CR LF of the original has two.
//   - But only a part of a file may be damaged. So each document is read as it is
//     and with the bytes removed, and its lengths decide: asIs and undone do
//     this, step chooses, follows looks at the next document if both are whole.
//   - If neither is whole, there is other damage. If no document follows either,
//     the ends of documents are no longer known: lose and blind remove the bytes
//     from there on, unless most line feeds are without a carriage return.

const crlf = "\r\n"

// A CRLF reads BSON in which line feeds have become CR LF as it was before.
// Read is for one goroutine at a time, Undone for any.
type CRLF struct {
	in    readahead.Buffer
	rules bson.ValidateOptions
	max   int // bytes of a document

	passed int64 // bytes of the stream before in.Off
	looked int64 // bytes that were examined for them

	out  []byte // bytes that Read has not returned yet
	used int    // bytes of in that out is made of
	doc  []byte // result of undone

	pairs, alone int  // line feeds before in.Off, after a carriage return and not
	lost         bool // the place is not known to be the start of a document
	removes      bool // a carriage return before each line feed, if lost

	removed, documents, open atomic.Int64
}

// NewCRLF returns a CRLF that reads documents from r within the limits of o.
func NewCRLF(r io.Reader, o bson.DecodeOptions) *CRLF {
	u := &CRLF{max: cmp.Or(o.MaxDocumentSize, bson.DefaultMaxDocumentSize)}
	u.rules = bson.ValidateOptions{MaxDepth: o.MaxDepth, AllowInvalidUTF8: true}
	u.in.Reset(r)
	return u
}

// UndoesCRLF reports whether data starts with a document that is whole if CR LF
// in it becomes LF, and is not whole as it is.
func UndoesCRLF(data []byte, o bson.DecodeOptions) bool {
	u := NewCRLF(nil, o)
	u.in.ResetBytes(data)
	if _, whole := u.asIs(0); whole {
		return false
	}
	_, whole := u.undone(0)
	return whole
}

// Undone returns the number of carriage returns that were removed, and the
// number of documents that had them. Of these, open are whole with the bytes,
// too, and other documents follow both ways.
func (u *CRLF) Undone() (removed, documents, open int64) {
	return u.removed.Load(), u.documents.Load(), u.open.Load()
}

// Read reads from u as io.Reader says.
func (u *CRLF) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		u.in.Off += u.used
		u.passed += int64(u.used)
		u.used = 0
		if !u.in.Need(1, 0) {
			return 0, u.in.Err
		}
		switch {
		case u.lost:
			u.blind()
		case u.dear():
			u.lose()
		default:
			u.step()
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// dear reports whether the search for the ends of documents takes too much time.
// Only bytes that were made for this purpose cause it.
func (u *CRLF) dear() bool { return u.looked > 16*u.passed+4*int64(u.max) }

// from returns the bytes that have arrived from a place on, at least n of them
// unless the stream ends before. Places are counted in bytes from in.Off.
func (u *CRLF) from(at, n int) []byte {
	u.in.Need(at+n, 0)
	return u.in.Data[min(u.in.Off+at, len(u.in.Data)):]
}

// asIs returns the size of the document at a place, 0 if it is not all there, and
// whether it is whole.
func (u *CRLF) asIs(at int) (size int, whole bool) {
	doc := u.from(at, lengthSize)
	if size = u.length(doc); size == 0 {
		return 0, false
	}
	if doc = u.from(at, size); len(doc) < size {
		return 0, false
	}
	u.looked += int64(size)
	return size, u.rules.Validate(doc[:size]) == nil
}

// length returns the length at the start of doc, 0 if no document has it.
func (u *CRLF) length(doc []byte) int {
	if len(doc) < lengthSize {
		return 0
	}
	if n := binary.LittleEndian.Uint32(doc); n >= 5 && int64(n) <= int64(u.max) {
		return int(n)
	}
	return 0
}

// undone makes doc the document at a place, with LF for each CR LF. It returns
// the number of bytes that it has here, 0 if it is not all there, and whether it
// is whole.
func (u *CRLF) undone(at int) (n int, whole bool) {
	u.doc = u.doc[:0]
	start, size := at, lengthSize
	defer func() { u.looked += int64(len(u.doc)) }()
	for len(u.doc) < size {
		text := u.from(at, 2)
		if len(text) == 0 {
			return 0, false
		}
		if bytes.HasPrefix(text, []byte(crlf)) {
			text = text[1:2]
			at++
		} else if i := bytes.IndexByte(text[1:], '\r'); i >= 0 {
			text = text[:1+i]
		}
		text = text[:min(len(text), size-len(u.doc))]
		u.doc = append(u.doc, text...)
		at += len(text)
		if size == lengthSize && len(u.doc) == size {
			if size = u.length(u.doc); size == 0 {
				return 0, false
			}
		}
	}
	n = at - start
	return n, u.rules.Validate(u.doc) == nil
}

// follows reports whether a whole document, as it is or undone, is at a place.
func (u *CRLF) follows(at int) bool {
	if u.dear() {
		return false
	}
	if _, whole := u.asIs(at); whole {
		return true
	}
	_, whole := u.undone(at)
	return whole
}

// ends reports whether the stream ends at a place.
func (u *CRLF) ends(at int) bool { return len(u.from(at, 1)) == 0 && u.in.Ended() }

// step puts out the next document.
func (u *CRLF) step() {
	size, whole := u.asIs(0)
	if whole && !mayBeDamaged(u.from(0, size)[:size]) {
		u.keep(size)
		return
	}
	n, mended := u.undone(0)
	switch {
	case whole && mended:
		u.choose(size, n)
	case whole:
		u.keep(size)
	case mended:
		u.undo(n)
	case n > 0 && u.follows(n):
		u.undo(n)
	case size > 0 && u.follows(size):
		u.keep(size)
	default:
		u.lose()
	}
}

// lose begins to put out bytes without regard to documents. The line feeds before
// and those of the next bytes decide how; the result does not depend on the
// portions in which the bytes arrive.
func (u *CRLF) lose() {
	text := u.from(0, window)
	u.count(text[:min(len(text), window)])
	u.lost, u.removes = true, u.everywhere()
}

// window is the number of bytes after other damage that lose looks at.
const window = 64 << 10

// choose puts out the next document, which is whole as its first size bytes,
// and also as the first n bytes undone. What follows decides.
func (u *CRLF) choose(size, n int) {
	before, after := u.ends(size) || u.follows(size), u.ends(n) || u.follows(n)
	if before == after {
		u.open.Add(1)
		before = !u.everywhere()
	}
	if before {
		u.keep(size)
	} else {
		u.undo(n)
	}
}

// mayBeDamaged reports whether doc, which is whole, may be a part of a longer
// document with CR LF. A CR in the length would make the last byte of the length
// the type of the first element, and that byte is 0 below 16 MiB.
func mayBeDamaged(doc []byte) bool {
	return bytes.Contains(doc, []byte(crlf)) && !bytes.Contains(doc[:lengthSize], []byte(crlf))
}

// everywhere reports whether the damage seems to be in the whole stream.
func (u *CRLF) everywhere() bool { return u.pairs >= u.alone }

// count counts the line feeds of text.
func (u *CRLF) count(text []byte) {
	pairs := bytes.Count(text, []byte(crlf))
	u.pairs, u.alone = u.pairs+pairs, u.alone+bytes.Count(text, []byte("\n"))-pairs
}

// keep puts out the next n bytes as they are.
func (u *CRLF) keep(n int) {
	u.out, u.used = u.from(0, n)[:n], n
	u.count(u.out)
}

// undo puts out the document of the next n bytes with LF for each CR LF.
func (u *CRLF) undo(n int) {
	u.undone(0) // follows has used doc
	u.out, u.used = u.doc, n
	u.count(u.in.Data[u.in.Off:][:n])
	if removed := n - len(u.doc); removed > 0 {
		u.removed.Add(int64(removed))
		u.documents.Add(1)
	}
}

// blind puts out bytes that have arrived.
func (u *CRLF) blind() {
	text := u.from(0, 2)
	if n := len(text); n > 1 && text[n-1] == '\r' {
		text = text[:n-1] // a line feed may follow
	}
	u.out, u.used = text, len(text)
	if u.removes {
		u.doc = append(u.doc[:0], bytes.ReplaceAll(text, []byte(crlf), []byte("\n"))...)
		u.out = u.doc
		u.removed.Add(int64(len(text) - len(u.doc)))
	}
}
