package codec

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
)

// This file reads text in UTF-16, such as PowerShell writes, as UTF-8.
//
//   - Wide and opensWide recognise it by its byte order mark.
//   - UTF16 converts it. A lone surrogate becomes three bytes that are not UTF-8,
//     so that the document around it has a fault, and no other. Libraries write
//     U+FFFD instead, which would alter the text in silence.

const (
	// HeadSize is the number of bytes of an input that Detect needs.
	HeadSize = lengthSize
	// WideHead is the number of bytes that it needs if NeedsMore is true: a byte
	// order mark and two units. A BSON document with such a start is longer.
	WideHead = 6
)

// NeedsMore reports whether Detect needs WideHead bytes of an input that starts
// with head.
func NeedsMore(head []byte) bool { return lowByte(head) >= 0 && len(head) < WideHead }

// lowByte returns the index of the low byte in each unit, by the byte order
// mark at the start of head: 0 in little endian, 1 in big endian, or -1 if there
// is no mark of UTF-16.
func lowByte(head []byte) int {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")): // of UTF-32
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return 0
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return 1
	}
	return -1
}

// Wide reports whether an input that starts with head and is in the format from
// is text in UTF-16 with a byte order mark, and returns head as UTF-8.
func Wide(head []byte, from *Codec) (text []byte, ok bool) {
	if from.Binary || lowByte(head) < 0 {
		return nil, false
	}
	return headText(head), true
}

// headText returns the text of head, which has a byte order mark.
func headText(head []byte) []byte {
	text, _ := io.ReadAll(NewUTF16(bytes.NewReader(head[:len(head)&^1]), bson.UTF8Replace))
	return text
}

// opensWide is Wide for an input in an unknown format. Documents of BSON can
// start with a mark of UTF-16 and a brace, too, as their length, but not with two
// ASCII characters and no NUL in UTF-16.
func opensWide(head []byte) (text []byte, ok bool) {
	if lowByte(head) < 0 {
		return nil, false
	}
	text = headText(head)
	for _, c := range text[:min(len(text), 2)] {
		if c < ' ' && !isBlank(c) || c > '~' {
			return nil, false
		}
	}
	return text, bytes.IndexByte(text, 0) < 0
}

const (
	// wideSize is the number of bytes of UTF-16 that are converted at a time.
	wideSize = 64 << 10
	// maxBadUnits is the number of bad units whose places a UTF16 remembers.
	maxBadUnits = 64 << 10
)

// A UTF16 reads text in UTF-16 with a byte order mark as UTF-8 without a mark.
// Read is for one goroutine at a time, Fault for any.
type UTF16 struct {
	r      io.Reader
	policy bson.UTF8Policy
	low    int // see lowByte; -1: the mark has not been read

	raw  []byte // bytes that were read and are not converted: part of a character
	text []byte // UTF-8 that is not returned yet
	buf  []byte // of text
	from int64  // offset in r of raw
	to   int64  // offset in the result of what is converted next
	err  error  // of r, after raw

	mu    sync.Mutex
	units []badUnit // in the order of their places
}

// A badUnit is a unit that is no character.
type badUnit struct {
	at   int64 // offset in the result of the bytes in its place
	from int64 // its offset in the input
	unit rune  // a surrogate without the other half of the pair, or halfUnit
}

// halfUnit is a badUnit of one byte, at the end of the input.
const halfUnit = -1

// NewUTF16 returns a UTF16 that reads r, which starts with a byte order mark.
// Under bson.UTF8Replace it writes U+FFFD for each bad unit. An error of r is
// returned unchanged.
func NewUTF16(r io.Reader, policy bson.UTF8Policy) *UTF16 {
	return &UTF16{r: r, policy: policy, low: -1, raw: make([]byte, 0, wideSize)}
}

// Read reads from u as io.Reader says.
func (u *UTF16) Read(p []byte) (int, error) {
	for len(u.text) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		if n := u.fill(); n == 0 && u.err == nil {
			return 0, nil
		}
	}
	n := copy(p, u.text)
	u.text = u.text[n:]
	return n, nil
}

// fill reads once, converts all whole characters, and returns the number of
// bytes that have come.
func (u *UTF16) fill() int {
	n, err := u.r.Read(u.raw[len(u.raw):cap(u.raw)])
	u.raw, u.err = u.raw[:len(u.raw)+n], err
	u.text = u.buf[:0]
	if u.low < 0 && len(u.raw) >= 2 {
		u.low = lowByte(u.raw[:2])
		u.take(2)
	}
	if u.low >= 0 {
		u.take(u.convert())
	}
	if err == io.EOF {
		u.end()
	}
	u.buf = u.text
	return n
}

// take removes n bytes from raw.
func (u *UTF16) take(n int) {
	u.from += int64(n)
	u.raw = slices.Delete(u.raw, 0, n)
}

// unit returns the unit at the start of src.
func (u *UTF16) unit(src []byte) rune { return rune(src[u.low]) | rune(src[1-u.low])<<8 }

// convert appends all whole characters of raw to text and returns their number
// of bytes.
func (u *UTF16) convert() int {
	at := 0
	for src := u.raw; len(src) >= 2; src = u.raw[at:] {
		n, c := 2, u.unit(src)
		switch {
		case c < utf8.RuneSelf:
			u.text = append(u.text, byte(c))
			u.to++
		case !utf16.IsSurrogate(c):
			u.add(utf8.AppendRune(u.text, c))
		case len(src) >= 4 && utf16.DecodeRune(c, u.unit(src[2:])) != utf8.RuneError:
			u.add(utf8.AppendRune(u.text, utf16.DecodeRune(c, u.unit(src[2:]))))
			n = 4
		case c < lowSurrogate && len(src) < 4:
			return at // the second half has not arrived
		default:
			u.bad(badUnit{u.to, u.from + int64(at), c})
		}
		at += n
	}
	return at
}

// lowSurrogate is the first of the units that are the second half of a pair.
const lowSurrogate = 0xDC00

// add makes text, which is longer, the text.
func (u *UTF16) add(text []byte) {
	u.to += int64(len(text) - len(u.text))
	u.text = text
}

// end adds the rest of raw at the end of r: the first half of a pair, half a
// unit, or both.
func (u *UTF16) end() {
	if len(u.raw) >= 2 {
		u.bad(badUnit{u.to, u.from, u.unit(u.raw)})
		u.take(2)
	}
	if len(u.raw) > 0 {
		u.bad(badUnit{u.to, u.from, halfUnit})
		u.take(1)
	}
}

// bad adds b, which is no character, and remembers it.
func (u *UTF16) bad(b badUnit) {
	u.mu.Lock()
	if len(u.units) < maxBadUnits {
		u.units = append(u.units, b)
	}
	u.mu.Unlock()
	switch {
	case u.policy == bson.UTF8Replace:
		u.add(utf8.AppendRune(u.text, utf8.RuneError))
	case b.unit == halfUnit:
		u.add(append(u.text, 0xFF))
	default:
		u.add(append(u.text, 0xE0|byte(b.unit>>12), 0x80|byte(b.unit>>6&0x3F), 0x80|byte(b.unit&0x3F)))
	}
}

// Fault returns the reason for a fault at an offset of the result, or "" if the
// conversion is not the reason. It forgets the reasons for earlier faults.
func (u *UTF16) Fault(at int64) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	i, found := slices.BinarySearchFunc(u.units, at, func(b badUnit, at int64) int { return cmp.Compare(b.at, at) })
	u.units = slices.Delete(u.units, 0, i)
	switch {
	case !found:
		return ""
	case u.units[0].unit == halfUnit:
		return fmt.Sprintf("half a character at byte %d, where the UTF-16 text ends", u.units[0].from)
	}
	return fmt.Sprintf("lone surrogate %X at byte %d of the UTF-16 text", u.units[0].unit, u.units[0].from)
}
