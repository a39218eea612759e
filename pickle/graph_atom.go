package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads atoms, the values of one opcode, from the pickle.
//
//   - atoms has the atom of each opcode.
//   - text, str and latin1 append text and bytes; graph_text.go has the
//     spellings of old protocols. integer and float in graph_number.go return
//     numbers. They check everything about an argument except its length, which
//     the machine has compared with the bytes of the pickle.
//
// Only the spelling of picklers is accepted: no leading zeros, blanks,
// underscores or hexadecimal digits, no escapes except those of repr and
// raw-unicode-escape.

// An atom is the kind of value that an opcode makes. Opcodes of one kind differ
// only in the spelling.
type atom uint8

const (
	notAtom atom = iota
	isNone
	isTrue
	isFalse
	isInt      // int
	isTextInt  // int in digits, or a bool: see graph.bool
	isLong     // long of Python 2, or an int of Python 3 that is large
	isTextLong // the same in digits; every int in protocol 0 of Python 3.6
	isFloat
	isText  // text; unicode of Python 2
	isStr   // str of Python 2
	isBytes // bytes of Python 3
	isByteArray
	isTuple // empty, as the ones below
	isList
	isDict
	isSet
	isFrozen
	isName // of a class or function that is not on the list; see graph.name

	numAtoms
)

var atoms = [256]atom{
	opNone: isNone, opNewTrue: isTrue, opNewFalse: isFalse,
	opBinInt: isInt, opBinInt1: isInt, opBinInt2: isInt, opInt: isTextInt, opLong1: isLong, opLong4: isLong, opLong: isTextLong,
	opFloat: isFloat, opBinFloat: isFloat,
	opUnicode: isText, opBinUnicode: isText, opShortBinUnicode: isText,
	opString: isStr, opBinString: isStr, opShortBinString: isStr,
	opBinBytes: isBytes, opShortBinBytes: isBytes, opByteArray8: isByteArray,
	opEmptyTuple: isTuple, opTuple: isTuple, opEmptyList: isList, opList: isList, opEmptyDict: isDict, opDict: isDict,
	opEmptySet: isSet, opFrozenSet: isFrozen, opGlobal: isName, opInst: isName,
}

// isInteger reports whether a is an integer of any kind, or a bool in digits.
func (a atom) isInteger() bool { return a-isInt <= isTextLong-isInt }

// isTextual reports whether a is allowed in place of text.
func (a atom) isTextual() bool { return a == isText || a == isStr }

// atom returns the kind of the atom r.
func (g *graph) atom(r ref) atom {
	if !r.isAtom() {
		return notAtom
	}
	return atoms[g.src[r]]
}

// line returns the argument of an opcode with a line, without the line feed.
func (g *graph) line(r ref) []byte {
	s := g.src[r+1:]
	return s[:bytes.IndexByte(s, '\n')]
}

// payload returns the argument of an opcode with a length.
func (g *graph) payload(r ref) []byte {
	src := g.src[r:]
	switch arguments[src[0]] {
	case argCount1:
		return src[2 : 2+int(src[1])]
	case argCount4:
		return src[5 : 5+int(binary.LittleEndian.Uint32(src[1:]))]
	case argCount8:
		return src[9 : 9+int(binary.LittleEndian.Uint64(src[1:]))]
	}
	return g.line(r)
}

// textLen returns the number of bytes of the text r in the pickle, or a huge
// number if r is not text.
func (g *graph) textLen(r ref) int {
	if !g.atom(r).isTextual() {
		return math.MaxInt
	}
	return len(g.payload(r))
}

// mostText returns the largest number of bytes of the text r in UTF-8.
func (g *graph) mostText(r ref) int {
	n := g.textLen(r)
	if op := g.src[r]; op == opUnicode || g.encoding == Latin1 && atoms[op] == isStr {
		n *= 2 // a byte may be a character
	}
	return n
}

// plainText returns the bytes of text that is the same in every spelling and
// every Encoding. ok is false if r has other bytes or is not text.
func (g *graph) plainText(r ref) (s []byte, ok bool) {
	if !r.isAtom() {
		return nil, false
	}
	switch s = g.src[r:]; s[0] {
	case opShortBinUnicode, opShortBinString:
		s = s[2 : 2+int(s[1])]
	case opBinUnicode:
		s = s[5 : 5+int(binary.LittleEndian.Uint32(s[1:]))]
	case opUnicode:
		if s = g.line(r); bytes.IndexByte(s, '\\') >= 0 {
			return nil, false
		}
	default:
		return nil, false
	}
	return s, plainKey(s)
}

// text appends text, or a str in place of text.
func (g *graph) text(dst []byte, r ref) ([]byte, bool) {
	n := len(dst)
	if r.isAtom() && g.src[r] == opShortBinUnicode {
		s := g.src[r+2:]
		if s = s[:g.src[r+1]]; utf8.Valid(s) {
			return append(dst, s...), true
		}
		return g.refuse(dst, r, bsoncore.ErrUTF8, "")
	}
	switch g.atom(r) {
	case isText:
		s := g.payload(r)
		if g.src[r] == opUnicode {
			dst, ok := appendRawUnicode(dst, s)
			if !ok {
				return g.refuse(dst, r, ErrArgument, "text")
			}
			return dst, true
		}
		if !utf8.Valid(s) {
			return g.refuse(dst, r, bsoncore.ErrUTF8, "")
		}
		return append(dst, s...), true
	case isStr:
		dst, ok := g.str(dst, r)
		switch {
		case !ok:
			return dst, false
		case g.encoding == Latin1:
			return latin1ToUTF8(dst, n), true
		case !utf8.Valid(dst[n:]):
			return g.refuse(dst, r, bsoncore.ErrUTF8, "")
		}
		return dst, true
	}
	return g.refuse(dst, r, ErrState, "not text")
}

// str appends the bytes of a str. Bytes that are not in the Encoding are a
// fault.
func (g *graph) str(dst []byte, r ref) ([]byte, bool) {
	n := len(dst)
	s := g.payload(r)
	if g.src[r] == opString {
		var ok bool
		if dst, ok = appendRepr(dst, s); !ok {
			return g.refuse(dst, r, ErrArgument, "string")
		}
	} else {
		dst = append(dst, s...)
	}
	switch g.encoding {
	case ASCII:
		for _, c := range dst[n:] {
			if c >= utf8.RuneSelf {
				return g.refuse(dst, r, ErrEncoding, "ASCII")
			}
		}
	case UTF8:
		if !utf8.Valid(dst[n:]) {
			return g.refuse(dst, r, ErrEncoding, "UTF-8")
		}
	}
	return dst, true
}

// latin1 appends one byte for each character of text.
func (g *graph) latin1(dst []byte, r ref) ([]byte, bool) {
	n := len(dst)
	if op := g.src[r]; op == opBinUnicode || op == opShortBinUnicode {
		if dst, ok := appendLatin1(dst, g.payload(r)); ok {
			return dst, true
		}
	}
	dst, ok := g.text(dst, r) // which reports the fault, or reads another spelling
	if !ok {
		return dst, false
	}
	text, ok := appendLatin1(dst[:n], dst[n:]) // never longer, so it fits there
	if !ok {
		return g.refuse(dst, r, ErrRange, "character above U+00FF")
	}
	return text, true
}

// name appends the name that the argument of GLOBAL or INST is, with a full
// stop between module and name.
func (g *graph) name(dst []byte, r ref) ([]byte, bool) {
	s := g.src[r+1:]
	n := bytes.IndexByte(s, '\n')
	module, s := s[:n], s[n+1:]
	name := s[:bytes.IndexByte(s, '\n')]
	if !utf8.Valid(module) || !utf8.Valid(name) {
		return g.refuse(dst, r, bsoncore.ErrUTF8, "")
	}
	return append(append(append(dst, module...), '.'), name...), true
}

// nameLen returns the number of bytes of the argument of GLOBAL or INST.
func (g *graph) nameLen(r ref) int {
	s := g.src[r+1:]
	n := bytes.IndexByte(s, '\n') + 1
	return n + bytes.IndexByte(s[n:], '\n')
}
