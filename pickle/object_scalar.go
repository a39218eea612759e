package pickle

import (
	"encoding/binary"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
)

// This file says what the objects are that become neither documents nor code.

// int64 appends the value of an Int64.
func (m *machine) int64(dst []byte, n *node) ([]byte, bool) {
	if !m.stateless(n) {
		return dst, false
	}
	v, ok := m.integer(m.content(n))
	if !ok {
		return m.wrong(dst, n, ErrCall, "argument is not an integer")
	}
	i, ok := v.int64()
	if !ok {
		return m.wrong(dst, n, ErrRange, "needs more than 64 bits")
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(i)), true
}

// bytesValue appends bytes and bytearrays that a call makes, as binary.
func (m *machine) bytesValue(dst []byte, n *node) ([]byte, bool) {
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, bson.BinaryGeneric)
	list := m.arguments(n)
	ok := true
	switch {
	case n.class() == clsEncode:
		dst, ok = m.encode(dst, list, "latin1")
	case n.class() == clsByteArray && len(list) == 1:
		dst, ok = m.raw(dst, list[0])
	case n.class() == clsByteArray && len(list) == 2:
		dst, ok = m.encode(dst, list, "latin-1")
	}
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-5))
	return dst, ok
}

// binary appends the value of a Binary.
func (m *machine) binary(dst []byte, n *node) ([]byte, bool) {
	v, ok := m.attributes(n, n.state(), attrBinary, 1)
	if !ok {
		return dst, false
	}
	subtype, ok := m.bounded(v[0], 255)
	if !ok {
		return dst, false
	}
	if list := m.arguments(n); !n.rebuilt() && len(list) == 2 {
		again, ok := m.bounded(list[1], 255)
		if ok && again != subtype {
			return m.wrong(dst, n, ErrState, "has two subtypes")
		}
		if !ok {
			return dst, false
		}
	}
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, byte(subtype))
	if subtype == uint64(bson.BinaryBinaryOld) {
		dst = append(dst, 0, 0, 0, 0)
	}
	inner := len(dst)
	dst, ok = m.raw(dst, m.content(n))
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-5))
	if inner > start+5 {
		binary.LittleEndian.PutUint32(dst[inner-4:], uint32(len(dst)-inner))
	}
	return dst, ok
}

// uuidLegacy appends the value of a UUIDLegacy, binary of subtype 3.
func (m *machine) uuidLegacy(dst []byte, n *node) ([]byte, bool) {
	v, ok := m.attributes(n, n.state(), attrUUIDLegacy, 1)
	if !ok {
		return dst, false
	}
	if subtype, ok := m.bounded(v[0], 255); !ok || subtype != uint64(bson.BinaryUUIDOld) {
		return m.wrong(dst, n, ErrState, "has a subtype other than 3")
	}
	dst = append(dst, 16, 0, 0, 0, bson.BinaryUUIDOld)
	content := m.content(n)
	if u := m.node(content); u != nil && u.class() == clsUUID {
		return m.uuid(dst, u)
	}
	start := len(dst)
	dst, ok = m.raw(dst, content)
	if ok && len(dst)-start != 16 {
		return m.wrong(dst, n, ErrState, "of "+itoa(len(dst)-start)+" bytes")
	}
	return dst, ok
}

// uuid appends the 16 bytes of a UUID.
func (m *machine) uuid(dst []byte, n *node) ([]byte, bool) {
	v, ok := m.attributes(n, n.state(), attrUUID, 1)
	if !ok {
		return dst, false
	}
	if v[1] != noRef && m.atom(v[1]) != isInt {
		return m.wrong(dst, n, ErrState, "has an unexpected is_safe")
	}
	i, ok := m.integer(v[0])
	if !ok || i.neg {
		return m.wrong(dst, n, ErrRange, "argument is not an integer of 128 bits")
	}
	dst = binary.BigEndian.AppendUint64(dst, i.hi)
	return binary.BigEndian.AppendUint64(dst, i.lo), true
}

// decimal128 appends the value of a Decimal128.
func (m *machine) decimal128(dst []byte, n *node) ([]byte, bool) {
	list, ok := m.tuple(n.state())
	if !ok || len(list) != 2 {
		return m.wrong(dst, n, ErrState, "is not two integers")
	}
	hi, ok1 := m.bounded(list[0], 1<<64-1)
	lo, ok2 := m.bounded(list[1], 1<<64-1)
	if !ok1 || !ok2 {
		return dst, false
	}
	dst = binary.LittleEndian.AppendUint64(dst, lo)
	return binary.LittleEndian.AppendUint64(dst, hi), true
}

// maxDecimal is how many characters a decimal.Decimal may have: more than any
// that fits a decimal128 is written with.
const maxDecimal = 256

// decimal appends a decimal.Decimal, exactly.
func (m *machine) decimal(dst []byte, n *node) ([]byte, bool) {
	r := m.arguments(n)[0]
	var room [maxDecimal]byte
	if m.textLen(r) > len(room) {
		return m.wrong(dst, n, ErrRange, "argument is not text, or is too long")
	}
	text, ok := m.text(room[:0], r)
	if !ok {
		return dst, false
	}
	d, err := decimal128.Parse(text)
	if err != nil {
		return m.wrong(dst, n, ErrRange, quoteName(text))
	}
	return d.AppendBytes(dst), true
}

// timestamp appends the value of a Timestamp.
func (m *machine) timestamp(dst []byte, n *node) ([]byte, bool) {
	v, ok := m.attributes(n, n.state(), attrTimestamp, 2)
	if !ok {
		return dst, false
	}
	t, ok1 := m.bounded(v[0], 1<<32-1)
	i, ok2 := m.bounded(v[1], 1<<32-1)
	return binary.LittleEndian.AppendUint64(dst, t<<32|i), ok1 && ok2
}

// regex appends the value of a Regex.
func (m *machine) regex(dst []byte, n *node) ([]byte, bool) {
	v, ok := m.attributes(n, n.state(), attrRegex, 2)
	if !ok {
		return dst, false
	}
	return m.pattern(dst, v[0], v[1])
}

// reFlags are the flags of module re that BSON has letters for, in the order
// of the letters.
const (
	reFlags   = "ilmsux"
	reFlagBit = 2      // of the first; each letter has the next bit
	reAllBits = 0x7e   // of all letters
	reUnicode = 1 << 5 // what Python 3 gives every pattern of text
)

// flagNames are the names of the members of RegexFlag, each with its bit.
var flagNames = map[string]uint64{
	"NOFLAG": 0, "TEMPLATE": 1, "IGNORECASE": 2, "LOCALE": 4, "MULTILINE": 8, "DOTALL": 16, "UNICODE": reUnicode, "VERBOSE": 64,
	"DEBUG": 128, "ASCII": 256,
}

// maxFlags is how many calls of or_ join all members of RegexFlag and an
// integer of other bits.
const maxFlags = 9

// flags returns the value of flags: an integer, a RegexFlag, a member of it by
// name, or what or_ makes of those. CPython 3.11 up to 3.11.3 writes or_ with
// one flag on the right and all others on the left.
func (m *machine) flags(r ref) (bits uint64, ok bool) {
	for range maxFlags {
		n := m.node(r)
		if n == nil || n.kind() != kindObject || n.class() != clsOr {
			break
		}
		list := m.arguments(n)
		f, ok := m.flag(list[1])
		if !ok {
			return 0, false
		}
		bits |= f
		r = list[0]
	}
	f, ok := m.flag(r)
	return bits | f, ok
}

// flag is flags without or_.
func (m *machine) flag(r ref) (bits uint64, ok bool) {
	if n := m.node(r); n != nil && n.kind() == kindObject {
		switch list := m.arguments(n); n.class() {
		case clsRegexFlag:
			r = list[0]
		case clsGetattr:
			return m.namedFlag(n, list)
		}
	}
	return m.bounded(r, 1<<16)
}

// namedFlag returns the value of getattr(RegexFlag, name).
func (m *machine) namedFlag(n *node, list []ref) (bits uint64, ok bool) {
	if !list[0].isClass() || list[0].class() != clsRegexFlag {
		m.wrong(nil, n, ErrCall, "argument is not RegexFlag")
		return 0, false
	}
	var room [2 * 16]byte
	if m.textLen(list[1]) > len(room)/2 {
		m.wrong(nil, n, ErrCall, "argument is not the name of a flag")
		return 0, false
	}
	name, ok := m.text(room[:0], list[1])
	if !ok {
		return 0, false
	}
	if bits, ok = flagNames[string(name)]; !ok {
		m.wrong(nil, n, ErrCall, "of RegexFlag and "+quoteName(name))
	}
	return bits, ok
}

// pattern appends a regex of a pattern, text or bytes, and flags.
func (m *machine) pattern(dst []byte, pattern, flags ref) ([]byte, bool) {
	start := len(dst)
	var ok bool
	if m.atom(pattern) == isText || m.atom(pattern) == isStr {
		dst, ok = m.text(dst, pattern)
	} else {
		dst, ok = m.raw(dst, pattern)
		if ok && bsoncore.IndexInvalidUTF8(dst[start:]) >= 0 {
			return m.refuse(dst, pattern, bson.ErrUTF8, "")
		}
	}
	if !ok {
		return dst, false
	}
	for _, c := range dst[start:] {
		if c == 0 {
			return m.refuse(dst, pattern, bson.ErrKeyNUL, "")
		}
	}
	f, ok := m.flags(flags)
	if !ok {
		return dst, false
	}
	if f&^reAllBits != 0 {
		return m.refuse(dst, flags, ErrRange, "flag without a letter in BSON")
	}
	dst = append(dst, 0)
	for i := range len(reFlags) {
		if f&(reFlagBit<<i) != 0 {
			dst = append(dst, reFlags[i])
		}
	}
	return append(dst, 0), true
}
