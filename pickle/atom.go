package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
)

// This file reads atoms: the values that one opcode makes, from where they
// stand in the pickle.
//
//   - atoms says what an opcode makes.
//   - text and raw append text and bytes, integer and float return numbers.
//     They check everything about the argument but its length.
//
// Only what picklers write is accepted: no leading zeros, blanks, underscores
// or hexadecimal digits, no escapes but those of repr and
// raw-unicode-escape.

// An atom says what kind of value an opcode makes.
type atom uint8

const (
	notAtom  atom = iota
	isOther       // None, True, False, the empty tuple, a float
	isInt         // the INT that is a bool included
	isText        // text; unicode of Python 2
	isStr         // str of Python 2
	isBinary      // bytes of Python 3
)

var atoms = [256]atom{
	opNone: isOther, opNewTrue: isOther, opNewFalse: isOther, opEmptyTuple: isOther, opFloat: isOther, opBinFloat: isOther,
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
		return int(n.off)
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
		if n := m.node(r); n != nil && n.kind == kindObject {
			list, _ := m.tuple(m.items[n.made])
			switch n.class {
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
	name, ok := m.text(room[:0], list[1])
	if !ok {
		return dst, false
	}
	if string(name) != codec {
		return m.refuse(dst, list[1], ErrCall, "codec "+quoteName(name))
	}
	if m.atom(list[0]) != isText {
		return m.refuse(dst, list[0], ErrCall, "encode of something that is not text")
	}
	return m.latin1(dst, list[0])
}

// latin1 appends one byte for each character of text.
func (m *machine) latin1(dst []byte, r ref) ([]byte, bool) {
	n := len(dst)
	dst, ok := m.text(dst, r)
	if !ok {
		return dst, false
	}
	to := n
	for i := n; i < len(dst); to++ {
		c := dst[i]
		i++
		if c >= utf8.RuneSelf {
			if c > 0xc3 { // above U+00FF
				return m.refuse(dst, r, ErrRange, "character above U+00FF")
			}
			c = c<<6 | dst[i]&0x3f
			i++
		}
		dst[to] = c
	}
	return dst[:to], true
}

// latin1ToUTF8 turns the bytes of dst from n on from Latin-1 to UTF-8.
func latin1ToUTF8(dst []byte, n int) []byte {
	more := 0
	for _, c := range dst[n:] {
		more += int(c >> 7)
	}
	if more == 0 {
		return dst
	}
	from := len(dst)
	for range more {
		dst = append(dst, 0)
	}
	for to := len(dst); from > n; {
		from--
		to--
		if c := dst[from]; c < utf8.RuneSelf {
			dst[to] = c
		} else {
			dst[to] = c&0x3f | 0x80
			to--
			dst[to] = c>>6 | 0xc0
		}
	}
	return dst
}

// appendRepr appends what the repr of a str in Python 2 stands for.
func appendRepr(dst, s []byte) ([]byte, bool) {
	if len(s) < 2 || s[0] != '\'' && s[0] != '"' || s[len(s)-1] != s[0] {
		return dst, false
	}
	quote := s[0]
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == quote || c < ' ' || c > '~':
			return dst, false
		case c == '\\':
			if i++; i == len(s) {
				return dst, false
			}
			switch s[i] {
			case '\\', '\'', '"':
				c = s[i]
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'x':
				v, ok := parseHex(s[i+1:], 2)
				if !ok {
					return dst, false
				}
				c = byte(v)
				i += 2
			default:
				return dst, false
			}
		}
		dst = append(dst, c)
	}
	return dst, true
}

// appendRawUnicode appends text in raw-unicode-escape as UTF-8: each byte is
// a character but for \u and four hexadecimal digits, \U and eight.
func appendRawUnicode(dst, s []byte) ([]byte, bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\':
			if i++; i == len(s) {
				return dst, false
			}
			digits := 4
			if s[i] == 'U' {
				digits = 8
			} else if s[i] != 'u' {
				return dst, false
			}
			v, ok := parseHex(s[i+1:], digits)
			if !ok || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
				return dst, false
			}
			dst = utf8.AppendRune(dst, rune(v))
			i += digits
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			dst = append(dst, c>>6|0xc0, c&0x3f|0x80)
		}
	}
	return dst, true
}

// parseHex returns the value of the first n characters of s, which must be
// lower-case hexadecimal digits.
func parseHex(s []byte, n int) (v uint32, ok bool) {
	if len(s) < n {
		return 0, false
	}
	for _, c := range s[:n] {
		switch {
		case c-'0' <= 9:
			v = v<<4 | uint32(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uint32(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

// maxLong is how many bytes the argument of LONG1 may have: those of the
// greatest UUID and its sign.
const maxLong = 17

// An integer is a magnitude of 128 bits with a sign.
type integer struct {
	neg    bool // never with a magnitude of zero
	hi, lo uint64
}

// int64 returns v if it fits.
func (v integer) int64() (int64, bool) {
	switch {
	case v.hi != 0:
		return 0, false
	case v.neg:
		return -int64(v.lo), v.lo <= 1<<63
	}
	return int64(v.lo), v.lo < 1<<63
}

// parseInt parses -?(0|[1-9][0-9]*), less than 2¹²⁸ in magnitude. -0 is not
// written by any pickler and is refused.
func parseInt(s []byte) (v integer, ok bool) {
	if len(s) > 0 && s[0] == '-' {
		v.neg = true
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 39 || s[0] == '0' && (len(s) > 1 || v.neg) {
		return v, false
	}
	for _, c := range s {
		if c-'0' > 9 {
			return v, false
		}
		over, hi := bits.Mul64(v.hi, 10)
		carry, lo := bits.Mul64(v.lo, 10)
		var c1, c2 uint64
		v.lo, c1 = bits.Add64(lo, uint64(c-'0'), 0)
		v.hi, c2 = bits.Add64(hi, carry, c1)
		if over != 0 || c2 != 0 {
			return v, false
		}
	}
	return v, true
}

// longInt returns the integer whose two's complement, little-endian, is b of
// at most maxLong bytes.
func longInt(b []byte) (v integer, ok bool) {
	if len(b) == 0 {
		return v, true
	}
	v.neg = b[len(b)-1] >= 0x80
	var full [24]byte
	if v.neg {
		for i := range full {
			full[i] = 0xff
		}
	}
	copy(full[:], b)
	v.lo = binary.LittleEndian.Uint64(full[:])
	v.hi = binary.LittleEndian.Uint64(full[8:])
	top := binary.LittleEndian.Uint64(full[16:])
	if v.neg {
		var c uint64
		v.lo, c = bits.Add64(^v.lo, 1, 0)
		v.hi, c = bits.Add64(^v.hi, 0, c)
		top = ^top + c
	}
	return v, top == 0
}

// integer returns the value of an integer, and whether it is one.
func (m *machine) integer(r ref) (v integer, ok bool) {
	if m.atom(r) != isInt {
		return v, false
	}
	src := m.src[r:]
	switch src[0] {
	case opBinInt1:
		v.lo = uint64(src[1])
		return v, true
	case opBinInt2:
		v.lo = uint64(binary.LittleEndian.Uint16(src[1:]))
		return v, true
	case opBinInt:
		n := int64(int32(binary.LittleEndian.Uint32(src[1:])))
		if v.lo = uint64(n); n < 0 {
			v.neg, v.lo = true, uint64(-n)
		}
		return v, true
	case opInt:
		return parseInt(m.line(r))
	case opLong:
		s := m.line(r)
		if len(s) == 0 || s[len(s)-1] != 'L' {
			return v, false
		}
		return parseInt(s[:len(s)-1])
	}
	return longInt(m.payload(r))
}

// bounded returns an integer between 0 and limit.
func (m *machine) bounded(r ref, limit uint64) (uint64, bool) {
	v, ok := m.integer(r)
	if !ok || v.neg || v.hi != 0 || v.lo > limit {
		m.refuse(nil, r, ErrRange, "not an integer from 0 to "+strconv.FormatUint(limit, 10))
		return 0, false
	}
	return v.lo, true
}

// plainNaN is the NaN that text stands for.
const plainNaN = 0x7ff8 << 48

// float returns the value of FLOAT or BINFLOAT.
func (m *machine) float(r ref) (f float64, ok bool) {
	if m.src[r] == opBinFloat {
		return math.Float64frombits(binary.BigEndian.Uint64(m.src[r+1:])), true
	}
	s := string(m.line(r))
	switch s {
	case "nan":
		return math.Float64frombits(plainNaN), true
	case "inf":
		return math.Inf(1), true
	case "-inf":
		return math.Inf(-1), true
	}
	if !isFloat(s) {
		m.fail(int(r), ErrArgument, "float")
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		m.fail(int(r), ErrRange, "float")
	}
	return f, err == nil
}

// isFloat reports whether s is what repr writes for a finite float: digits,
// a fraction, an exponent with its sign.
func isFloat(s string) bool {
	digits := func() bool {
		n := 0
		for n < len(s) && s[n]-'0' <= 9 {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	if !digits() {
		return false
	}
	if s != "" && s[0] == '.' {
		if s = s[1:]; !digits() {
			return false
		}
	}
	if s != "" && s[0] == 'e' {
		if s = s[1:]; s == "" || s[0] != '+' && s[0] != '-' {
			return false
		}
		if s = s[1:]; !digits() {
			return false
		}
	}
	return s == ""
}
