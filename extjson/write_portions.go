package extjson

import (
	"io"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/portion"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file bounds the memory of the text of a document. Text can be hundreds of
// times as long as its BSON: an indented null in an array is two bytes of BSON
// and a kilobyte of text.
//
//   - grow is called when dst has no room for the next bytes. It alone checks
//     whether the text is longer than MaxTextSize, or long enough for another
//     portion.
//   - WriteJSON writes in portions. A text is refused or written as a whole:
//     package portion has it encoded twice if it is longer than a portion.
//   - Long strings and binaries are written in parts, so that a portion does
//     not grow with them.

const (
	// behindPortion is the number of bytes of a portion that stay for the next
	// one: more than the bracket or comma that is removed at the end of a
	// container.
	behindPortion = 16
	// partSize is the number of bytes of a long string or binary that are
	// written at a time. It is a multiple of 3, for base64.
	partSize = 3 << 10
	// partRoom is enough for the text of a part: an escape is six bytes.
	partRoom = 6*partSize + 16
	// quoteRoom is the room that quote ensures beside the bytes of the string:
	// its quotes, a word past the end, and a value after a key. The end of the
	// value asks for room again.
	quoteRoom = 10 + 2*valueRoom
)

// maxMaxText is the largest MaxTextSize with an effect, in bytes: sums with it
// do not overflow.
const maxMaxText = math.MaxInt / 4

// WriteJSON writes doc to w as relaxed Extended JSON. It needs memory for a
// portion of 64 KiB and, with SortKeys, eight bytes for each member of the open
// documents, for any length of the text.
//
// The text and the errors are those of AppendJSON; no line feed follows the
// text. After such an error nothing has been written. An error of w, or
// io.ErrShortWrite, is returned unchanged; the text in w is then incomplete. A
// text of up to one portion is one call of Write. A longer text is encoded
// twice, first to check that doc has no fault.
func WriteJSON(w io.Writer, doc []byte) error { return EncodeOptions{}.WriteJSON(w, doc) }

// WriteJSON writes doc to w with the options o, otherwise as the function
// WriteJSON does. With MaxLen the text is one call of Write.
func (o EncodeOptions) WriteJSON(w io.Writer, doc []byte) error { return o.write(w, 0, doc) }

// WriteJSONValue writes a value that is not in a document to w as relaxed
// Extended JSON. data is the bytes that follow the key in an element of type t.
// The text and the errors are those of AppendJSONValue; it writes like
// WriteJSON.
func WriteJSONValue(w io.Writer, t bson.Type, data []byte) error {
	return EncodeOptions{}.WriteJSONValue(w, t, data)
}

// WriteJSONValue writes a value to w with the options o, otherwise like the
// function WriteJSONValue does.
func (o EncodeOptions) WriteJSONValue(w io.Writer, t bson.Type, data []byte) error {
	return o.write(w, t, data)
}

// write writes the text of data, which is a document if t is 0.
func (o *EncodeOptions) write(w io.Writer, t bsoncore.Type, data []byte) error {
	if err := o.check(); err != nil {
		return err
	}
	var e encoder
	e.init(o)
	room := make([]byte, 0, min(portion.Size, 2*len(data)+valueRoom))
	return portion.Write(w, room, func(p *portion.Writer, dst []byte) ([]byte, error) {
		if e.max == 0 {
			e.portions = p
		}
		return e.append(dst, t, data)
	})
}

// textLen returns the length of the text at the end of dst.
func (e *encoder) textLen(dst []byte) int {
	n := len(dst) - e.start
	if e.portions != nil {
		n += e.portions.Passed
	}
	return n
}

// grow returns dst with room for n more bytes, of which at least the given
// number will be written. If the text is too long with these, this is the
// fault, and there is room for quoteRoom bytes.
//
//go:noinline
func (e *encoder) grow(dst []byte, n, least int) []byte {
	if e.most > 0 && e.textLen(dst)+least > e.most {
		// The text is not needed any more: its place is room for all bytes that
		// are still written.
		e.c.Fail(bsoncore.ErrTooLarge)
		return slices.Grow(dst[:min(len(dst), e.start+behindPortion)], min(n, quoteRoom))
	}
	switch {
	case e.portions != nil:
		return e.handOn(dst, n)
	case e.most > 0 && cap(dst)-len(dst) < n:
		// Doubling, but not beyond the longest text by more than a part.
		size := min(2*cap(dst), e.start+e.most+partRoom)
		return append(make([]byte, 0, max(size, len(dst)+n)), dst...)
	}
	return scratch.Grow(dst, n, e.start, e.c.Offset()-e.from, e.all)
}

// handOn hands on a portion, if dst is long enough, and returns the rest, with
// room for n more bytes.
func (e *encoder) handOn(dst []byte, n int) []byte {
	p := e.portions
	if at := len(dst) - behindPortion; len(dst) >= portion.Size-n && at > 0 {
		p.Pass(dst[:at])
		if p.Err != nil {
			e.c.Fail(portion.ErrStopped)
		}
		if cap(dst) > 2*portion.Size { // a single value was longer
			return append(make([]byte, 0, max(portion.Size, behindPortion+n)), dst[at:]...)
		}
		dst = append(dst[:0], dst[at:]...)
	}
	return slices.Grow(dst, n)
}

// bounded returns dst with the capacity for a text of MaxTextSize, so that a
// longer text calls grow.
func (e *encoder) bounded(dst []byte) []byte {
	if size := len(dst) + e.most + partRoom; e.most > 0 && size < cap(dst) {
		return dst[:len(dst):size]
	}
	return dst
}

// unbounded returns dst with the capacity of all, unless dst has been moved
// since bounded.
func unbounded(dst, all []byte) []byte {
	if cap(dst) > 0 && cap(dst) < cap(all) && &dst[:1][0] == &all[:1][0] {
		return all[:len(dst)]
	}
	return dst
}

// tooLong fails a complete text over MaxTextSize.
func (e *encoder) tooLong(dst []byte) error {
	if e.c.Failed() {
		return e.c.Err()
	}
	if e.most == 0 || e.textLen(dst) <= e.most {
		return nil
	}
	return &bsoncore.ValueError{Err: bsoncore.ErrTooLarge}
}

// inParts reports whether a value of that many bytes is written in parts.
func (e *encoder) inParts(n int) bool { return n > partSize && (e.portions != nil || e.most > 0) }

// quoteParts is quote for a string that is written in parts.
func (e *encoder) quoteParts(dst, s []byte) ([]byte, int) { return e.quoteAfter(dst, '"', s) }

// quoteAfter appends lead, s and a closing quote. It writes s in parts, each quoted
// by itself. lead replaces the opening quote of the first part. Each later part
// starts two characters earlier: it overwrites the closing quote of the part
// before it, and the last character of that part, which then replaces its own
// opening quote. The offset of invalid UTF-8 is one in s.
func (e *encoder) quoteAfter(dst []byte, lead byte, s []byte) ([]byte, int) {
	for from := 0; ; {
		end := partEnd(s, from)
		if room := min(6*(end-from)+quoteRoom, partRoom); cap(dst)-len(dst) < room {
			if dst = e.grow(dst, room, end-from); cap(dst)-len(dst) < room {
				return dst, -1 // it would be too long
			}
		}
		at := len(dst)
		var bad int
		if dst, bad = e.quote(dst, s[from:end]); bad >= 0 {
			return dst, from + bad
		}
		dst[at] = lead
		if end == len(s) || e.c.Err() != nil {
			return dst, -1
		}
		from = end
		lead = dst[len(dst)-2]
		dst = dst[:len(dst)-2]
	}
}

// raw writes s as it is.
func (e *encoder) raw(dst, s []byte) []byte {
	for ; e.inParts(len(s)) && e.c.Err() == nil; s = s[partSize:] {
		dst = append(e.grow(dst, partRoom, partSize), s[:partSize]...)
	}
	return append(dst, s...)
}

// partEnd returns the end of the part of s that starts at from, between two
// characters if s is UTF-8.
func partEnd(s []byte, from int) int {
	end := from + partSize
	if end >= len(s) {
		return len(s)
	}
	for k := end; k > end-4; k-- {
		if s[k]&0xC0 != 0x80 {
			return k
		}
	}
	return end
}

// base64 writes data in base64, unless it would make the text too long.
func (e *encoder) base64(dst, data []byte) []byte {
	for ; e.inParts(len(data)) && e.c.Err() == nil; data = data[partSize:] {
		dst = appendBase64(e.grow(dst, partRoom, partSize), data[:partSize])
	}
	if room := len(data)/3*4 + quoteRoom; cap(dst)-len(dst) < room {
		if dst = e.grow(dst, room, room-quoteRoom); cap(dst)-len(dst) < room {
			return dst
		}
	}
	return appendBase64(dst, data)
}
