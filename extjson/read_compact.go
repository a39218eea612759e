package extjson

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson"
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

// compactLen is the length of the shortest text, less one, that compact
// looks at: {"$oid": "…"} is 36, and the rest of the other wrappers starts
// within it.
const compactLen = 35

// compact reads the wrapper at off if it is one of the usual ones in the
// usual spelling, with or without a space behind a colon. Otherwise, or if anything is wrong with it, it returns 0
// and wrapper looks at it again.
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
		bson.SetType(dst, mark, bson.TypeObjectID)
		return append(dst, id[:]...), off + at + 27
	case startNumber:
		switch {
		case string(src[8:14]) == `rInt":`:
			if at := 14 + blank(src[14]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberInt, '}', off+at+1, mark)
			}
		case string(src[8:15]) == `rLong":`:
			if at := 15 + blank(src[15]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberLong, '}', off+at+1, mark)
			}
		case string(src[8:17]) == `rDouble":`:
			if at := 17 + blank(src[17]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberDouble, '}', off+at+1, mark)
			}
		case string(src[8:18]) == `rDecimal":`:
			if at := 18 + blank(src[18]); src[at] == '"' {
				return d.compactText(dst, keyNumberDecimal, '}', off+at+1, mark)
			}
		}
	case startDate:
		if src[8] != ':' {
			break
		}
		at := 9 + blank(src[9])
		if src[at] == '"' && !d.canonicalOnly {
			return d.compactText(dst, keyDate, '}', off+at+1, mark)
		}
		if string(src[at:at+15]) != `{"$numberLong":` {
			break
		}
		if at += 15 + blank(src[at+15]); src[at] != '"' {
			break
		}
		out, end := d.compactNumber(dst, keyNumberLong, '}', off+at+1, mark)
		if end > 0 && end < len(d.src) && d.src[end] == '}' {
			bson.SetType(out, mark, bson.TypeDateTime)
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
			return d.compactBinary(dst, off+at+1, mark)
		}
	}
	return dst, 0
}

// blank returns 1 for a space, which is how many bytes to skip, else 0.
func blank(c byte) int {
	if c == ' ' {
		return 1
	}
	return 0
}

// compactNumber reads the number at off and the quote and closing bracket
// behind it.
func (d *decoder) compactNumber(dst []byte, s special, closing byte, off, mark int) ([]byte, int) {
	src := d.src
	n, end, ok := numtext.Scan(src, off)
	if !ok || len(src)-end < 2 || src[end] != '"' || src[end+1] != closing || end-off > d.maxNumber {
		return dst, 0
	}
	if s == keyNumberDouble {
		f, ok := n.Double(src[off:end])
		if !ok {
			return dst, 0
		}
		bson.SetType(dst, mark, bson.TypeDouble)
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), end + 2
	}
	dst, err := integerValue(dst, s, n, mark)
	if err != nil {
		return dst, 0
	}
	return dst, end + 2
}

// compactTextLen is the length of the longest text that compactText reads.
const compactTextLen = 48

// compactText reads the text at off and the quote and closing bracket behind
// it.
func (d *decoder) compactText(dst []byte, s special, closing byte, off, mark int) ([]byte, int) {
	text := d.src[off:min(off+compactTextLen, len(d.src))]
	end := bytes.IndexByte(text, '"')
	if end < 0 || end+1 >= len(text) || text[end+1] != closing {
		return dst, 0
	}
	dst, err := d.textValue(dst, s, text[:end], mark)
	if err != nil {
		return dst, 0
	}
	return dst, off + end + 2
}

// compactBinary reads the base64 at off and what follows it.
func (d *decoder) compactBinary(dst []byte, off, mark int) ([]byte, int) {
	text := d.src[off:]
	end := bytes.IndexByte(text, '"')
	if end < 0 {
		return dst, 0
	}
	rest := text[end:]
	const between, after = `"subType":`, `"}}`
	if len(rest) < 2+len(between)+5+len(after) || rest[1] != ',' {
		return dst, 0
	}
	at := 2 + blank(rest[2])
	if string(rest[at:at+len(between)]) != between {
		return dst, 0
	}
	at += len(between)
	at += blank(rest[at])
	if rest[at] != '"' || len(rest) < at+3+len(after) {
		return dst, 0
	}
	high, low := hexValues[rest[at+1]], hexValues[rest[at+2]]
	if at += 3; high == 0 || low == 0 || string(rest[at:at+len(after)]) != after {
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
	bson.SetType(out, mark, bson.TypeBinary)
	return out, off + end + at + len(after)
}
