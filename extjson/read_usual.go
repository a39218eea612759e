package extjson

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads the most frequent wrappers and calls in exactly the spelling
// that this package writes, in each spacing.
//
//   - usuals has these spellings, made of spelling.go's.
//   - usual looks one up by its first eight bytes and those that follow, and
//     compares the text before its value in words.
//   - usualID, usualNumber, usualText and usualBinary read the value and the text
//     after it.
//
// All of them return 0 for any other spelling, and at a fault: the general
// reader then reads the value again.

// A usual is a spelling of values of one type: the fixed texts around a value.
type usual struct {
	lead  [usualLead / 8]uint64 // the text before the value, in little-endian words
	masks [usualLead / 8]uint64 // the bits of lead that count
	n     int                   // bytes of the text before the value
	tail  string                // the text after the value
	word  uint64                // tail as a little-endian word…
	mask  uint64                // …of which these bits count
	kind  usualKind
	key   special // whose text the value is
	sub   string  // of a binary: the text between base64 and subtype
	next  *usual  // another one with the same slots
}

// usualLead is the number of bytes that the longest text before a value may
// have. A value is looked up only if as many bytes follow.
const usualLead = 32

// A usualKind is the kind of text that a value is.
type usualKind uint8

const (
	usualNumber usualKind = iota // a number
	usualMillis                  // an int64, which is a datetime
	usualID                      // 24 hexadecimal digits
	usualText                    // a text up to a quote
	usualBinary                  // base64 and the digits of the subtype
)

// A usualGroup is the spellings with the same first eight bytes.
type usualGroup struct {
	word uint64
	mask uint64     // of the bytes after word that all of them have before the value
	list [16]*usual // the first spelling with each slot of these bytes
}

// usuals has each group at the slot of its word.
var usuals = func() (t [32]usualGroup) {
	var all []*usual
	add := func(kind usualKind, key special, w blocks) *usual {
		lead := w.lead.text
		u := &usual{kind: kind, key: key, n: int(w.lead.n), tail: string(w.tail.text[:w.tail.n])}
		for i := range u.n {
			u.masks[i/8] |= 0xFF << (i % 8 * 8)
		}
		for i := range u.lead {
			u.lead[i] = binary.LittleEndian.Uint64(lead[8*i:])
		}
		for i, c := range []byte(u.tail) {
			u.word |= uint64(c) << (8 * i)
			u.mask |= 0xFF << (8 * i)
		}
		g := &t[usualSlot(u.lead[0])]
		if g.word != 0 && g.word != u.lead[0] || u.n < 8 || len(u.tail) > 8 {
			panic("BUG: extjson: no slot for " + string(lead[:u.n]))
		}
		if g.word == 0 {
			g.word, g.mask = u.lead[0], math.MaxUint64
		}
		g.mask &= u.masks[1]
		all = append(all, u)
		return u
	}
	each := func(add func(f *spelling)) {
		for s := range spellings {
			add(&spellings[s][wrapperKind])
		}
	}
	each(func(f *spelling) { add(usualID, keyOID, f.oid) })
	each(func(f *spelling) { add(usualNumber, keyNumberInt, f.int32) })
	each(func(f *spelling) { add(usualNumber, keyNumberLong, f.int64) })
	each(func(f *spelling) { add(usualNumber, keyNumberDouble, f.double) })
	each(func(f *spelling) { add(usualText, keyNumberDecimal, f.decimal) })
	each(func(f *spelling) { add(usualText, keyDate, f.date) })
	each(func(f *spelling) { add(usualMillis, keyNumberLong, f.dateLong) })
	each(func(f *spelling) {
		u := add(usualBinary, keyBinary, blocks{f.binary, f.binaryEnd})
		u.sub = string(f.subtype.text[:f.subtype.n])
	})
	f := &spellings[CompactSpacing][shellKind] // the same in each spacing
	add(usualID, keyOID, f.oid)
	add(usualNumber, keyNumberInt, f.int32)
	add(usualNumber, keyNumberLong, f.int64)
	add(usualText, keyNumberDecimal, f.decimal)
	add(usualText, keyDate, f.date)
	for _, u := range all {
		g := &t[usualSlot(u.lead[0])]
		at := &g.list[usualNext(u.lead[1]&g.mask)]
		for *at != nil {
			at = &(*at).next
		}
		*at = u
	}
	return t
}()

// usualSlot returns the slot of the first eight bytes of a spelling. No two of
// them share one.
//
// NOTE: inlines; TestScalarInline lists it.
func usualSlot(word uint64) uint64 { return word * 117 >> 59 }

// usualNext returns the slot of the bytes after those, in a group.
//
// NOTE: inlines; TestScalarInline lists it.
func usualNext(word uint64) uint64 { return word * 0x9E3779B97F4A7C15 >> 60 }

// usual reads the wrapper or call at off if it has a usual spelling. At least
// usualLead bytes follow off. It returns 0 for the offset otherwise.
func (d *decoder) usual(dst []byte, off, mark int) ([]byte, int) {
	lead := (*[usualLead]byte)(d.src[off:])
	word := binary.LittleEndian.Uint64(lead[:])
	g := &usuals[usualSlot(word)]
	if g.word != word {
		return dst, 0
	}
	word = binary.LittleEndian.Uint64(lead[8:])
	for u := g.list[usualNext(word&g.mask)]; u != nil; u = u.next {
		if (word^u.lead[1])&u.masks[1] != 0 {
			continue
		}
		if u.n > 16 && ((binary.LittleEndian.Uint64(lead[16:])^u.lead[2])&u.masks[2] != 0 ||
			(binary.LittleEndian.Uint64(lead[24:])^u.lead[3])&u.masks[3] != 0) {
			continue
		}
		off += u.n
		switch u.kind {
		case usualNumber, usualMillis:
			return d.usualNumber(dst, u, off, mark)
		case usualID:
			return d.usualID(dst, u, off, mark)
		case usualText:
			return d.usualText(dst, u, off, mark)
		}
		return d.usualBinary(dst, u, off, mark)
	}
	return dst, 0
}

// ends reports whether rest, the text after a value, begins with the tail of u.
//
// NOTE: inlines; TestScalarInline lists it.
func (u *usual) ends(rest []byte) bool {
	if len(rest) < 8 {
		return len(rest) >= len(u.tail) && string(rest[:len(u.tail)]) == u.tail
	}
	return (binary.LittleEndian.Uint64(rest)^u.word)&u.mask == 0
}

func (d *decoder) usualID(dst []byte, u *usual, off, mark int) ([]byte, int) {
	const digits = 2 * len(objectid.ID{})
	src := d.src[off:]
	if len(src) < digits || !u.ends(src[digits:]) {
		return dst, 0
	}
	id, err := objectid.Parse(src[:digits])
	if err != nil {
		return dst, 0
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeObjectID)
	return append(dst, id[:]...), off + digits + len(u.tail)
}

func (d *decoder) usualNumber(dst []byte, u *usual, off, mark int) ([]byte, int) {
	n, end, ok := numtext.Scan(d.src, off)
	if !ok || !u.ends(d.src[end:]) || end-off > d.maxNumber {
		return dst, 0
	}
	if u.key == keyNumberDouble {
		f, ok := n.Double(d.src[off:end])
		if !ok {
			return dst, 0
		}
		bsoncore.SetType(dst, mark, bsoncore.TypeDouble)
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), end + len(u.tail)
	}
	dst, err := integerValue(dst, u.key, n, mark)
	if err != nil {
		return dst, 0
	}
	if u.kind == usualMillis {
		bsoncore.SetType(dst, mark, bsoncore.TypeDateTime)
	}
	return dst, end + len(u.tail)
}

// usualTextLen is the length of the longest text that usualText reads, in
// bytes.
const usualTextLen = 48

func (d *decoder) usualText(dst []byte, u *usual, off, mark int) ([]byte, int) {
	if u.key == keyDate && d.canonicalOnly {
		return dst, 0
	}
	src := d.src[off:]
	end := bytes.IndexByte(src[:min(usualTextLen, len(src))], '"')
	if end < 0 || !u.ends(src[end:]) {
		return dst, 0
	}
	dst, err := d.textValue(dst, u.key, src[:end], mark)
	if err != nil {
		return dst, 0
	}
	return dst, off + end + len(u.tail)
}

func (d *decoder) usualBinary(dst []byte, u *usual, off, mark int) ([]byte, int) {
	src := d.src[off:]
	end := bytes.IndexByte(src, '"')
	if end < 0 {
		return dst, 0
	}
	text, rest := src[:end], src[end:]
	n := len(u.sub)
	if len(rest) < n+2 || string(rest[:n]) != u.sub || !u.ends(rest[n+2:]) {
		return dst, 0
	}
	high, low := hexValues[rest[n]], hexValues[rest[n+1]]
	if high == 0 || low == 0 {
		return dst, 0
	}
	subtype := (high-1)<<4 | (low - 1)
	if subtype == bsoncore.BinaryBinaryOld {
		return dst, 0
	}
	start := len(dst)
	out, ok := appendBase64Decoded(append(dst, 0, 0, 0, 0, subtype), text)
	if !ok {
		return dst, 0
	}
	binary.LittleEndian.PutUint32(out[start:], uint32(len(out)-start-5))
	bsoncore.SetType(out, mark, bsoncore.TypeBinary)
	return out, off + end + n + 2 + len(u.tail)
}
