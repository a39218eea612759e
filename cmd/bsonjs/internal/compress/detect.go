package compress

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// This file tells compressed data from documents by its first bytes.
//
// A BSON document starts with its length, which may be any magic number. For
// most codecs no document starts like that, because the byte after the magic
// number is not the type of an element; the signatures of codecs check this.
// For gzip this is not enough, so the data is decompressed for a test. The name
// of the file decides only if there are too few bytes to tell.

// HeadSize is the most bytes of an input that Detect uses.
const HeadSize = 4 << 10

// A signature is the start of the data of a codec.
type signature struct {
	magic string // "": the codec has none, or needs more to tell
	// rest reports whether the bytes after the magic are a header. There are at
	// least size bytes, unless the input ends before.
	rest func(rest []byte) bool
	size int
}

const (
	gzipMagic   = "\x1f\x8b\x08"
	legacyMagic = "\x02\x21\x4c\x18" // of lz4
	// skipMagic starts a frame that is skipped, in zstd and lz4. The lower four
	// bits of its first byte may be anything.
	skipMagic = "\x50\x2a\x4d\x18"
)

// A Plain describes uncompressed data that an input may hold. The zero Plain
// describes nothing.
type Plain struct {
	// Opens reports whether head can be the start of a BSON document: its
	// length, and the type of the first element or the end. Nil means no.
	Opens func(head []byte) bool
	// Known reports whether head, the start of decompressed data, is in a
	// format that bsonjs reads. Nil means no.
	Known func(head []byte) bool
}

func (p Plain) opens(head []byte) bool { return p.Opens != nil && p.Opens(head) }

// lengthSize is the size of the length of a document, in bytes.
const lengthSize = 4

// Detect returns the codec of an input that starts with head and has the given
// name. ended says that head is the whole input. If head is too short, it
// returns false: call it again with at least one byte more. It never happens
// for a complete document.
func (p Plain) Detect(head []byte, name string, ended bool) (c Codec, sure bool) {
	if len(head) >= HeadSize {
		head, ended = head[:HeadSize], true
	}
	named, _ := ByName(name)
	for i := range traits {
		c, s := Codec(i), &traits[i].signature
		if !begins(head, s.magic) {
			continue
		}
		rest := head[min(len(s.magic), len(head)):]
		switch {
		case len(head) >= len(s.magic)+s.size:
			if s.rest == nil || s.rest(rest) {
				return c, true
			}
		case !ended:
			return None, false
		case c == named, s.isCut(p, head, rest):
			return c, true
		}
	}
	switch {
	case begins(head, gzipMagic):
		return p.detectGzip(head, named, ended)
	case begins(head, legacyMagic):
		return p.detectLegacy(head, named, ended)
	case len(head) > 0 && head[0]&0xf0 == skipMagic[0] && (len(head) == 1 || begins(head[1:], skipMagic[1:])):
		return p.detectSkip(head, named, ended)
	}
	return None, true
}

// isCut reports whether head, which is the whole input, is a truncated start of
// s and nothing else. rest follows the magic.
func (s *signature) isCut(p Plain, head, rest []byte) bool {
	return len(head) > lengthSize && !p.opens(head) &&
		(s.rest == nil || len(rest) > 0 && s.rest(rest))
}

// begins reports whether head, which is not empty, and magic have the same
// first bytes.
func begins(head []byte, magic string) bool {
	n := min(len(head), len(magic))
	return n > 0 && string(head[:n]) == magic[:n]
}

// detectGzip decides whether head, which starts like gzip data, is gzip data.
func (p Plain) detectGzip(head []byte, named Codec, ended bool) (Codec, bool) {
	isGzip := func(is bool) (Codec, bool) {
		if is {
			return Gzip, true
		}
		return None, true
	}
	document := len(head) <= lengthSize || p.opens(head)
	out, err := try(head)
	switch {
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF): // not gzip, or malformed
		return isGzip(!document)
	case !document:
		return isGzip(true)
	case len(out) > 0 && p.Known != nil && p.Known(out):
		return isGzip(true)
	case !ended:
		return None, false
	}
	return isGzip(named == Gzip || len(out) > 0)
}

// try decompresses head, the start of gzip data, and returns enough bytes to
// detect their format. The error is io.ErrUnexpectedEOF if only the end of head
// stopped it.
func try(head []byte) (out []byte, err error) {
	z, err := openMember(NewSource(bytes.NewReader(head)), nil)
	if err != nil {
		return nil, noEOF(err)
	}
	z.Multistream(false)
	var buf [HeadSize]byte
	for err == nil { // a few MiB at most
		var n int
		n, err = z.Read(buf[:])
		if len(out) == 0 {
			out = bytes.Clone(buf[:n])
		}
	}
	if err == io.EOF {
		err = nil
	}
	return out, err
}

// detectLegacy decides whether head, which starts like the legacy format of
// lz4, is in it: a block must follow that is not too long.
func (p Plain) detectLegacy(head []byte, named Codec, ended bool) (Codec, bool) {
	const most = 8<<20 + 8<<20/255 + 16 // longest compressed form of 8 MiB, in bytes
	switch at := len(legacyMagic); {
	case len(head) < at+4 && !ended:
		return None, false
	case named == LZ4:
		return LZ4, true
	case len(head) < at+4:
		return None, true
	case binary.LittleEndian.Uint32(head[at:]) <= most && !p.opens(head):
		return LZ4, true
	}
	return None, true
}

// detectSkip searches for the data after skippable frames. If there is none,
// the codec is that of the name, or zstd.
func (p Plain) detectSkip(head []byte, named Codec, ended bool) (Codec, bool) {
	at := uint64(0) // offset of a frame in head
	for {
		rest := head[min(at, uint64(len(head))):]
		switch {
		case len(rest) >= 4 && (rest[0]&0xf0 != skipMagic[0] || string(rest[1:4]) != skipMagic[1:]):
			c, sure := p.Detect(rest, "", ended)
			if c != Zstd && c != LZ4 {
				c = None
			}
			return c, sure
		case len(rest) >= 8:
			at += 8 + uint64(binary.LittleEndian.Uint32(rest[4:]))
		case at < HeadSize && !ended:
			return None, false
		case named == Zstd || named == LZ4:
			return named, true
		case len(head) > lengthSize && (!p.opens(head) || at == uint64(len(head))):
			return Zstd, true
		default:
			return None, true
		}
	}
}
