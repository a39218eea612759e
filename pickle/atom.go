package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
)

// This file reads atoms: the values that one opcode makes, from where they
// stand in the pickle.
//
//   - atoms says what an opcode makes.
//   - text and raw append text and bytes; text.go has the spellings of old
//     protocols. number.go returns integers and floats. They check everything
//     about an argument but its length.
//
// Only what picklers write is accepted: no leading zeros, blanks, underscores
// or hexadecimal digits, no escapes but those of repr and
// raw-unicode-escape.

// An atom says what kind of value an opcode makes.
type atom uint8

const (
	notAtom  atom = iota
	isOther       // None, True, False, an empty container, a float
	isInt         // the INT that is a bool included
	isText        // text; unicode of Python 2
	isStr         // str of Python 2
	isBinary      // bytes of Python 3
)

var atoms = [256]atom{
	opNone: isOther, opNewTrue: isOther, opNewFalse: isOther, opFloat: isOther, opBinFloat: isOther,
	opEmptyTuple: isOther, opTuple: isOther, opEmptyList: isOther, opList: isOther, opEmptyDict: isOther, opDict: isOther,
	opInt: isInt, opBinInt: isInt, opBinInt1: isInt, opBinInt2: isInt, opLong: isInt, opLong1: isInt,
	opUnicode: isText, opBinUnicode: isText, opShortBinUnicode: isText,
	opString: isStr, opBinString: isStr, opShortBinString: isStr,
	opBinBytes: isBinary, opShortBinBytes: isBinary, opByteArray8: isBinary,
}

// atom returns what kind of atom r is.
func (m *machine) atom(r ref) atom {
	if !r.isAtom() {
		return notAtom
	}
	return atoms[m.src[r]]
}

// place returns the offset of the opcode that made r; of a class it is that
// of the opcode that is being read.
func (m *machine) place(r ref) int {
	if r.isAtom() {
		return int(r)
	}
	if n := m.node(r); n != nil {
		return n.off()
	}
	return m.at
}

// refuse records that r will not do and returns dst and false.
func (m *machine) refuse(dst []byte, r ref, err error, what string) ([]byte, bool) {
	m.fail(m.place(r), err, what)
	return dst, false
}

// line returns the argument of an opcode that has a line, without its line
// feed.
func (m *machine) line(r ref) []byte {
	s := m.src[r+1:]
	return s[:bytes.IndexByte(s, '\n')]
}

// payload returns the argument of an opcode that has a length.
func (m *machine) payload(r ref) []byte {
	src := m.src[r:]
	switch arguments[src[0]] {
	case argCount1:
		return src[2 : 2+int(src[1])]
	case argCount4:
		return src[5 : 5+int(binary.LittleEndian.Uint32(src[1:]))]
	case argCount8:
		return src[9 : 9+int(binary.LittleEndian.Uint64(src[1:]))]
	}
	return m.line(r)
}

// textLen returns how many bytes of the pickle the text r takes, or a huge
// number if it is not text.
func (m *machine) textLen(r ref) int {
	if a := m.atom(r); a != isText && a != isStr {
		return math.MaxInt
	}
	return len(m.payload(r))
}

// text appends text, or a str where text must stand.
func (m *machine) text(dst []byte, r ref) ([]byte, bool) {
	n := len(dst)
	if r.isAtom() && m.src[r] == opShortBinUnicode {
		s := m.src[r+2:]
		if s = s[:m.src[r+1]]; utf8.Valid(s) {
			return append(dst, s...), true
		}
		return m.refuse(dst, r, bson.ErrUTF8, "")
	}
	switch m.atom(r) {
	case isText:
		s := m.payload(r)
		if m.src[r] == opUnicode {
			dst, ok := appendRawUnicode(dst, s)
			if !ok {
				return m.refuse(dst, r, ErrArgument, "text")
			}
			return dst, true
		}
		if !utf8.Valid(s) {
			return m.refuse(dst, r, bson.ErrUTF8, "")
		}
		return append(dst, s...), true
	case isStr:
		dst, ok := m.str(dst, r)
		switch {
		case !ok:
			return dst, false
		case m.encoding == Latin1:
			return latin1ToUTF8(dst, n), true
		case !utf8.Valid(dst[n:]):
			return m.refuse(dst, r, bson.ErrUTF8, "")
		}
		return dst, true
	}
	return m.refuse(dst, r, ErrState, "not text")
}

// str appends the bytes of a str. Those that the Encoding does not have are a
// fault.
func (m *machine) str(dst []byte, r ref) ([]byte, bool) {
	n := len(dst)
	s := m.payload(r)
	if m.src[r] == opString {
		var ok bool
		if dst, ok = appendRepr(dst, s); !ok {
			return m.refuse(dst, r, ErrArgument, "string")
		}
	} else {
		dst = append(dst, s...)
	}
	switch m.encoding {
	case ASCII:
		for _, c := range dst[n:] {
			if c >= utf8.RuneSelf {
				return m.refuse(dst, r, ErrEncoding, "ASCII")
			}
		}
	case UTF8:
		if !utf8.Valid(dst[n:]) {
			return m.refuse(dst, r, ErrEncoding, "UTF-8")
		}
	}
	return dst, true
}

// raw appends bytes: of any opcode or call that makes them.
func (m *machine) raw(dst []byte, r ref) ([]byte, bool) {
	switch m.atom(r) {
	case isBinary:
		return append(dst, m.payload(r)...), true
	case isStr:
		return m.str(dst, r)
	case notAtom:
		if n := m.node(r); n != nil && n.kind() == kindObject {
			list := m.arguments(n)
			switch n.class() {
			case clsEncode:
				return m.encode(dst, list, "latin1")
			case clsBytes:
				return dst, true
			}
		}
	}
	return m.refuse(dst, r, ErrState, "not bytes")
}

// rawText is raw where PyMongo takes text for bytes as well, each character
// for one.
func (m *machine) rawText(dst []byte, r ref) ([]byte, bool) {
	if m.atom(r) != isText {
		return m.raw(dst, r)
	}
	return m.latin1(dst, r)
}

// encode appends what _codecs.encode makes of text and the name of the codec,
// which must be Latin-1.
func (m *machine) encode(dst []byte, list []ref, codec string) ([]byte, bool) {
	var room [16]byte
	if m.textLen(list[1]) > len(room) {
		return m.refuse(dst, list[1], ErrCall, "not the codec latin1")
	}
	if string(m.payload(list[1])) != codec { // it may be spelled otherwise
		name, ok := m.text(room[:0], list[1])
		if !ok {
			return dst, false
		}
		if string(name) != codec {
			return m.refuse(dst, list[1], ErrCall, "codec "+quoteName(name))
		}
	}
	if m.atom(list[0]) != isText {
		return m.refuse(dst, list[0], ErrCall, "argument of encode is not text")
	}
	return m.latin1(dst, list[0])
}

// latin1 appends one byte for each character of text.
func (m *machine) latin1(dst []byte, r ref) ([]byte, bool) {
	n := len(dst)
	if op := m.src[r]; op == opBinUnicode || op == opShortBinUnicode {
		if dst, ok := appendLatin1(dst, m.payload(r)); ok {
			return dst, true
		}
	}
	dst, ok := m.text(dst, r) // which says what is wrong, or has another spelling
	if !ok {
		return dst, false
	}
	text, ok := appendLatin1(dst[:n], dst[n:]) // never longer, so it may lie there
	if !ok {
		return m.refuse(dst, r, ErrRange, "character above U+00FF")
	}
	return text, true
}

// appendLatin1 appends a byte for each character of text in UTF-8. ok is false
// if one is above U+00FF or malformed.
func appendLatin1(dst, text []byte) (_ []byte, ok bool) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			if i++; c&^1 != 0xc2 || i == len(text) || text[i]&0xc0 != 0x80 {
				return dst, false
			}
			c = c<<6 | text[i]&0x3f
		}
		dst = append(dst, c)
	}
	return dst, true
}
