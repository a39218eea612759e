package pickle

import (
	"encoding/binary"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
)

// This file converts the objects that become neither documents nor code.
//
//   - raw, rawText and encode append bytes, whatever made them; bounded returns
//     an integer in a range.
//   - regex and pattern write regular expressions; flags reads the flags of
//     module re.

// raw appends bytes from any opcode or call.
func (b *builder) raw(dst []byte, r ref) ([]byte, bool) {
	switch b.atom(r) {
	case isBytes, isByteArray:
		return append(dst, b.payload(r)...), true
	case isStr:
		return b.str(dst, r)
	case notAtom:
		if n := b.node(r); n != nil && n.kind() == kindObject {
			list := b.arguments(n)
			switch n.class() {
			case clsEncode:
				return b.encode(dst, list, "latin1")
			case clsBytes:
				return dst, true
			}
		}
	}
	return b.refuse(dst, r, ErrState, "not bytes")
}

// rawText is raw for values that PyMongo also reads from text, one byte per
// character.
func (b *builder) rawText(dst []byte, r ref) ([]byte, bool) {
	if b.atom(r) != isText {
		return b.raw(dst, r)
	}
	return b.latin1(dst, r)
}

// encode appends the result of _codecs.encode for text and the name of the
// codec, which must be Latin-1.
func (b *builder) encode(dst []byte, list []ref, codec string) ([]byte, bool) {
	var room [16]byte
	if b.textLen(list[1]) > len(room) {
		return b.refuse(dst, list[1], ErrCall, "not the codec latin1")
	}
	if string(b.payload(list[1])) != codec { // it may be spelled otherwise
		name, ok := b.text(room[:0], list[1])
		if !ok {
			return dst, false
		}
		if string(name) != codec {
			return b.refuse(dst, list[1], ErrCall, "codec "+quoteName(name))
		}
	}
	if b.atom(list[0]) != isText {
		return b.refuse(dst, list[0], ErrCall, "argument of encode is not text")
	}
	return b.latin1(dst, list[0])
}

// bounded returns an integer between 0 and limit.
func (b *builder) bounded(r ref, limit uint64) (uint64, bool) {
	v, ok := b.integer(r)
	if !ok || v.neg || v.hi != 0 || v.lo > limit {
		b.refuse(nil, r, ErrRange, "not an integer from 0 to "+strconv.FormatUint(limit, 10))
		return 0, false
	}
	return v.lo, true
}

// int64 appends the value of an Int64.
func (b *builder) int64(dst []byte, n *node) ([]byte, bool) {
	if !b.stateless(n) {
		return dst, false
	}
	v, ok := b.integer(b.content(n))
	if !ok {
		return b.wrong(dst, n, ErrCall, "argument is not an integer")
	}
	i, ok := v.int64()
	if !ok {
		return b.wrong(dst, n, ErrRange, "needs more than 64 bits")
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(i)), true
}

// bytesValue appends bytes and bytearrays that a call makes, as binary.
func (b *builder) bytesValue(dst []byte, n *node) ([]byte, bool) {
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, bsoncore.BinaryGeneric)
	list := b.arguments(n)
	ok := true
	switch {
	case n.class() == clsEncode:
		dst, ok = b.encode(dst, list, "latin1")
	case n.class() == clsByteArray && len(list) == 1:
		dst, ok = b.raw(dst, list[0])
	case n.class() == clsByteArray && len(list) == 2:
		dst, ok = b.encode(dst, list, "latin-1")
	}
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-5))
	return dst, ok
}

// binary appends the value of a Binary.
func (b *builder) binary(dst []byte, n *node) ([]byte, bool) {
	v, ok := b.attributes(n, n.state(), attrBinary, 1)
	if !ok {
		return dst, false
	}
	subtype, ok := b.bounded(v[0], 255)
	if !ok {
		return dst, false
	}
	if list := b.arguments(n); !n.rebuilt() && len(list) == 2 {
		again, ok := b.bounded(list[1], 255)
		if ok && again != subtype {
			return b.wrong(dst, n, ErrState, "has two subtypes")
		}
		if !ok {
			return dst, false
		}
	}
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, byte(subtype))
	if subtype == uint64(bsoncore.BinaryBinaryOld) {
		dst = append(dst, 0, 0, 0, 0)
	}
	inner := len(dst)
	dst, ok = b.raw(dst, b.content(n))
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-5))
	if inner > start+5 {
		binary.LittleEndian.PutUint32(dst[inner-4:], uint32(len(dst)-inner))
	}
	return dst, ok
}

// uuidLegacy appends the value of a UUIDLegacy, binary of subtype 3.
func (b *builder) uuidLegacy(dst []byte, n *node) ([]byte, bool) {
	v, ok := b.attributes(n, n.state(), attrUUIDLegacy, 1)
	if !ok {
		return dst, false
	}
	if subtype, ok := b.bounded(v[0], 255); !ok || subtype != uint64(bsoncore.BinaryUUIDOld) {
		return b.wrong(dst, n, ErrState, "has a subtype other than 3")
	}
	dst = append(dst, 16, 0, 0, 0, bsoncore.BinaryUUIDOld)
	content := b.content(n)
	if u := b.node(content); u != nil && u.class() == clsUUID {
		return b.uuid(dst, u)
	}
	start := len(dst)
	dst, ok = b.raw(dst, content)
	if ok && len(dst)-start != 16 {
		return b.wrong(dst, n, ErrState, "of "+itoa(len(dst)-start)+" bytes")
	}
	return dst, ok
}

// uuid appends the 16 bytes of a UUID.
func (b *builder) uuid(dst []byte, n *node) ([]byte, bool) {
	v, ok := b.attributes(n, n.state(), attrUUID, 1)
	if !ok {
		return dst, false
	}
	if v[1] != noRef && !b.atom(v[1]).isInteger() {
		return b.wrong(dst, n, ErrState, "has an unexpected is_safe")
	}
	i, ok := b.integer(v[0])
	if !ok || i.neg {
		return b.wrong(dst, n, ErrRange, "argument is not an integer of 128 bits")
	}
	dst = binary.BigEndian.AppendUint64(dst, i.hi)
	return binary.BigEndian.AppendUint64(dst, i.lo), true
}

// decimal128 appends the value of a Decimal128.
func (b *builder) decimal128(dst []byte, n *node) ([]byte, bool) {
	list, ok := b.tuple(n.state())
	if !ok || len(list) != 2 {
		return b.wrong(dst, n, ErrState, "is not two integers")
	}
	hi, ok1 := b.bounded(list[0], 1<<64-1)
	lo, ok2 := b.bounded(list[1], 1<<64-1)
	if !ok1 || !ok2 {
		return dst, false
	}
	dst = binary.LittleEndian.AppendUint64(dst, lo)
	return binary.LittleEndian.AppendUint64(dst, hi), true
}

// maxDecimal is the largest number of characters of a decimal.Decimal: more
// than any that fits a decimal128.
const maxDecimal = 256

// decimal appends a decimal.Decimal, exactly.
func (b *builder) decimal(dst []byte, n *node) ([]byte, bool) {
	r := b.arguments(n)[0]
	var room [maxDecimal]byte
	if b.textLen(r) > len(room) {
		return b.wrong(dst, n, ErrRange, "argument is not text, or is too long")
	}
	text, ok := b.text(room[:0], r)
	if !ok {
		return dst, false
	}
	d, err := decimal128.Parse(text)
	if err != nil {
		return b.wrong(dst, n, ErrRange, quoteName(text))
	}
	return d.AppendBytes(dst), true
}

// timestamp appends the value of a Timestamp.
func (b *builder) timestamp(dst []byte, n *node) ([]byte, bool) {
	v, ok := b.attributes(n, n.state(), attrTimestamp, 2)
	if !ok {
		return dst, false
	}
	t, ok1 := b.bounded(v[0], 1<<32-1)
	i, ok2 := b.bounded(v[1], 1<<32-1)
	return binary.LittleEndian.AppendUint64(dst, t<<32|i), ok1 && ok2
}

// regex appends the value of a Regex.
func (b *builder) regex(dst []byte, n *node) ([]byte, bool) {
	v, ok := b.attributes(n, n.state(), attrRegex, 2)
	if !ok {
		return dst, false
	}
	return b.pattern(dst, v[0], v[1])
}

// reFlags are the flags of module re that BSON has letters for, in the order
// of the letters.
const (
	reFlags   = "ilmsux"
	reFlagBit = 2      // of the first; each letter has the next bit
	reAllBits = 0x7e   // of all letters
	reUnicode = 1 << 5 // flag of every pattern of text in Python 3
)

// flagNames are the names of the members of RegexFlag, each with its bit.
var flagNames = map[string]uint64{
	"NOFLAG": 0, "TEMPLATE": 1, "IGNORECASE": 2, "LOCALE": 4, "MULTILINE": 8, "DOTALL": 16, "UNICODE": reUnicode, "VERBOSE": 64,
	"DEBUG": 128, "ASCII": 256,
}

// maxFlags is the number of calls of or_ that join all members of RegexFlag and
// an integer of other bits.
const maxFlags = 9

// flags returns the value of flags: an integer, a RegexFlag, a member of it by
// name, or a result of or_. CPython 3.11 up to 3.11.3 writes or_ with one flag
// on the right and all others on the left.
func (b *builder) flags(r ref) (bits uint64, ok bool) {
	for range maxFlags {
		n := b.node(r)
		if n == nil || n.kind() != kindObject || n.class() != clsOr {
			break
		}
		list := b.arguments(n)
		f, ok := b.flag(list[1])
		if !ok {
			return 0, false
		}
		bits |= f
		r = list[0]
	}
	f, ok := b.flag(r)
	return bits | f, ok
}

// flag is flags without or_.
func (b *builder) flag(r ref) (bits uint64, ok bool) {
	if n := b.node(r); n != nil && n.kind() == kindObject {
		switch list := b.arguments(n); n.class() {
		case clsRegexFlag:
			r = list[0]
		case clsGetattr:
			return b.namedFlag(n, list)
		}
	}
	return b.bounded(r, 1<<16)
}

// namedFlag returns the value of getattr(RegexFlag, name).
func (b *builder) namedFlag(n *node, list []ref) (bits uint64, ok bool) {
	if !list[0].isClass() || list[0].class() != clsRegexFlag {
		b.wrong(nil, n, ErrCall, "argument is not RegexFlag")
		return 0, false
	}
	var room [2 * 16]byte
	if b.textLen(list[1]) > len(room)/2 {
		b.wrong(nil, n, ErrCall, "argument is not the name of a flag")
		return 0, false
	}
	name, ok := b.text(room[:0], list[1])
	if !ok {
		return 0, false
	}
	if bits, ok = flagNames[string(name)]; !ok {
		b.wrong(nil, n, ErrCall, "of RegexFlag and "+quoteName(name))
	}
	return bits, ok
}

// pattern appends a regex of a pattern, text or bytes, and flags.
func (b *builder) pattern(dst []byte, pattern, flags ref) ([]byte, bool) {
	start := len(dst)
	var ok bool
	if b.atom(pattern).isTextual() {
		dst, ok = b.text(dst, pattern)
	} else {
		dst, ok = b.raw(dst, pattern)
		if ok && bsoncore.IndexInvalidUTF8(dst[start:]) >= 0 {
			return b.refuse(dst, pattern, bsoncore.ErrUTF8, "")
		}
	}
	if !ok {
		return dst, false
	}
	for _, c := range dst[start:] {
		if c == 0 {
			return b.refuse(dst, pattern, bsoncore.ErrKeyNUL, "")
		}
	}
	f, ok := b.flags(flags)
	if !ok {
		return dst, false
	}
	if f&^reAllBits != 0 {
		return b.refuse(dst, flags, ErrRange, "flag without a letter in BSON")
	}
	dst = append(dst, 0)
	for i := range len(reFlags) {
		if f&(reFlagBit<<i) != 0 {
			dst = append(dst, reFlags[i])
		}
	}
	return append(dst, 0), true
}
