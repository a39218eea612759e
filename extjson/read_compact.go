package extjson

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads the most frequent wrappers in the spellings that writers use.

// The first eight characters of the wrappers that compact knows, as a
// little-endian word.
const (
	startOID    = '{' | '"'<<8 | '$'<<16 | 'o'<<24 | 'i'<<32 | 'd'<<40 | '"'<<48 | ':'<<56
	startDate   = '{' | '"'<<8 | '$'<<16 | 'd'<<24 | 'a'<<32 | 't'<<40 | 'e'<<48 | '"'<<56
	startNumber = '{' | '"'<<8 | '$'<<16 | 'n'<<24 | 'u'<<32 | 'm'<<40 | 'b'<<48 | 'e'<<56
	startBinary = '{' | '"'<<8 | '$'<<16 | 'b'<<24 | 'i'<<32 | 'n'<<40 | 'a'<<48 | 'r'<<56
)

// compactLen is one less than the length of the shortest text that compact and
// spaced read: {"$oid": "…"} has 36 bytes. The variable part of the other
// wrappers, { "$date" : { "$numberLong" : "1" } } included, starts within it.
const compactLen = 35

// compact reads the wrapper at off if it is a frequent wrapper in the usual
// spelling, with or without a space after a colon. Otherwise, or at a fault, it
// returns 0, and wrapper reads it again.
func (d *decoder) compact(dst []byte, off, mark int) ([]byte, int) {
	src := d.src[off:]
	switch binary.LittleEndian.Uint64(src) {
	case startOID:
		at := 8 + blank(src[8])
		if src[at] != '"' || src[at+25] != '"' || src[at+26] != '}' {
			break
		}
		id, err := objectid.Parse(src[at+1 : at+25])
		if err != nil {
			break
		}
		bsoncore.SetType(dst, mark, bson.TypeObjectID)
		return append(dst, id[:]...), off + at + 27
	case startNumber:
		switch {
		case string(src[8:14]) == `rInt":`:
			if at := 14 + blank(src[14]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberInt, 0, '}', off+at+1, mark)
			}
		case string(src[8:15]) == `rLong":`:
			if at := 15 + blank(src[15]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberLong, 0, '}', off+at+1, mark)
			}
		case string(src[8:17]) == `rDouble":`:
			if at := 17 + blank(src[17]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberDouble, 0, '}', off+at+1, mark)
			}
		case string(src[8:18]) == `rDecimal":`:
			if at := 18 + blank(src[18]); src[at] == '"' {
				return d.compactText(dst, keyNumberDecimal, 0, '}', off+at+1, mark)
			}
		}
	case startDate:
		if src[8] != ':' {
			break
		}
		at := 9 + blank(src[9])
		if src[at] == '"' && !d.canonicalOnly {
			return d.compactText(dst, keyDate, 0, '}', off+at+1, mark)
		}
		if string(src[at:at+15]) != `{"$numberLong":` {
			break
		}
		if at += 15 + blank(src[at+15]); src[at] != '"' {
			break
		}
		out, end := d.compactNumber(dst, keyNumberLong, 0, '}', off+at+1, mark)
		if end > 0 && end < len(d.src) && d.src[end] == '}' {
			bsoncore.SetType(out, mark, bson.TypeDateTime)
			return out, end + 1
		}
	case startBinary:
		if string(src[8:11]) != `y":` {
			break
		}
		at := 11 + blank(src[11])
		if string(src[at:at+10]) != `{"base64":` {
			break
		}
		if at += 10 + blank(src[at+10]); src[at] == '"' {
			return d.compactBinary(dst, 0, off+at+1, mark)
		}
	}
	return dst, 0
}

// blank returns the number of bytes to skip: 1 for a space, else 0.
func blank(c byte) int {
	if c == ' ' {
		return 1
	}
	return 0
}

// The first eight characters inside the braces of the wrappers that spaced
// knows, as a little-endian word.
const (
	spacedOID    = '"' | '$'<<8 | 'o'<<16 | 'i'<<24 | 'd'<<32 | '"'<<40 | ' '<<48 | ':'<<56
	spacedDate   = '"' | '$'<<8 | 'd'<<16 | 'a'<<24 | 't'<<32 | 'e'<<40 | '"'<<48 | ' '<<56
	spacedNumber = '"' | '$'<<8 | 'n'<<16 | 'u'<<24 | 'm'<<32 | 'b'<<40 | 'e'<<48 | 'r'<<56
	spacedBinary = '"' | '$'<<8 | 'b'<<16 | 'i'<<24 | 'n'<<32 | 'a'<<40 | 'r'<<48 | 'y'<<56
)

// spaced is compact for wrappers as libbson writes them: with a space on
// either side of each colon and inside of each brace.
func (d *decoder) spaced(dst []byte, off, mark int) ([]byte, int) {
	src := d.src[off+2:]
	switch binary.LittleEndian.Uint64(src) {
	case spacedOID:
		if len(src) < 37 || src[8] != ' ' || src[9] != '"' || string(src[34:37]) != `" }` {
			break
		}
		id, err := objectid.Parse(src[10:34])
		if err != nil {
			break
		}
		bsoncore.SetType(dst, mark, bson.TypeObjectID)
		return append(dst, id[:]...), off + 39
	case spacedNumber:
		switch {
		case string(src[8:16]) == `Int" : "`:
			return d.compactNumber(dst, keyNumberInt, 1, '}', off+18, mark)
		case string(src[8:17]) == `Long" : "`:
			return d.compactNumber(dst, keyNumberLong, 1, '}', off+19, mark)
		case string(src[8:19]) == `Double" : "`:
			return d.compactNumber(dst, keyNumberDouble, 1, '}', off+21, mark)
		case string(src[8:20]) == `Decimal" : "`:
			return d.compactText(dst, keyNumberDecimal, 1, '}', off+22, mark)
		}
	case spacedDate:
		if string(src[8:11]) == `: "` && !d.canonicalOnly {
			return d.compactText(dst, keyDate, 1, '}', off+13, mark)
		}
		if string(src[8:29]) != `: { "$numberLong" : "` {
			break
		}
		out, end := d.compactNumber(dst, keyNumberLong, 1, '}', off+31, mark)
		if end > 0 && len(d.src)-end >= 2 && string(d.src[end:end+2]) == " }" {
			bsoncore.SetType(out, mark, bson.TypeDateTime)
			return out, end + 2
		}
	case spacedBinary:
		if string(src[8:26]) == `" : { "base64" : "` {
			return d.compactBinary(dst, 1, off+28, mark)
		}
	}
	return dst, 0
}

// padded reports whether src starts with pad spaces, 0 or 1, and then c. src
// has two bytes.
func padded(src []byte, pad int, c byte) bool {
	return blank(src[0]) == pad && src[pad&1] == c
}

// compactNumber reads the number at off, the quote after it, pad spaces and the
// closing bracket.
func (d *decoder) compactNumber(dst []byte, s special, pad int, closing byte, off, mark int) ([]byte, int) {
	src := d.src
	n, end, ok := numtext.Scan(src, off)
	if !ok || len(src)-end < 3 || src[end] != '"' || !padded(src[end+1:], pad, closing) || end-off > d.maxNumber {
		return dst, 0
	}
	if s == keyNumberDouble {
		f, ok := n.Double(src[off:end])
		if !ok {
			return dst, 0
		}
		bsoncore.SetType(dst, mark, bson.TypeDouble)
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), end + pad + 2
	}
	dst, err := integerValue(dst, s, n, mark)
	if err != nil {
		return dst, 0
	}
	return dst, end + pad + 2
}

// compactTextLen is the length of the longest text that compactText reads.
const compactTextLen = 48

// compactText reads the text at off, the quote after it, pad spaces and the
// closing bracket.
func (d *decoder) compactText(dst []byte, s special, pad int, closing byte, off, mark int) ([]byte, int) {
	text := d.src[off:min(off+compactTextLen, len(d.src))]
	end := bytes.IndexByte(text, '"')
	if end < 0 || len(text)-end < 3 || !padded(text[end+1:], pad, closing) {
		return dst, 0
	}
	dst, err := d.textValue(dst, s, text[:end], mark)
	if err != nil {
		return dst, 0
	}
	return dst, off + end + pad + 2
}

// compactRest is the length of the text after the base64 of a binary, spaces
// included: ", "subType" : "00" } } has 23 characters.
const compactRest = 23

// compactBinary reads the base64 at off and the rest of the wrapper.
func (d *decoder) compactBinary(dst []byte, pad, off, mark int) ([]byte, int) {
	text := d.src[off:]
	end := bytes.IndexByte(text, '"')
	if end < 0 {
		return dst, 0
	}
	rest := text[end:]
	const between = `"subType"`
	if len(rest) < compactRest || rest[1] != ',' {
		return dst, 0
	}
	at := 2 + blank(rest[2])
	if string(rest[at:at+len(between)]) != between {
		return dst, 0
	}
	if at += len(between); !padded(rest[at:], pad, ':') {
		return dst, 0
	}
	at += pad + 1
	if at += blank(rest[at]); rest[at] != '"' || rest[at+3] != '"' {
		return dst, 0
	}
	high, low := hexValues[rest[at+1]], hexValues[rest[at+2]]
	if high == 0 || low == 0 || !padded(rest[at+4:], pad, '}') || !padded(rest[at+5+pad:], pad, '}') {
		return dst, 0
	}
	subtype := (high-1)<<4 | (low - 1)
	if subtype == bson.BinaryBinaryOld {
		return dst, 0
	}
	start := len(dst)
	out, ok := appendBase64Decoded(append(dst, 0, 0, 0, 0, subtype), text[:end])
	if !ok {
		return dst, 0
	}
	binary.LittleEndian.PutUint32(out[start:], uint32(len(out)-start-5))
	bsoncore.SetType(out, mark, bson.TypeBinary)
	return out, off + end + at + 2*pad + 6
}
