package bsontest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
)

// This file damages documents.
//
//   - places lists the elements of a document. woundsAt lists the ways to damage one
//     place; it is the only place that knows the layout of values.
//   - Faults makes all wounds and all truncations, Damage one of them.
//   - examined drops a wound that leaves a valid document, and asks package bson for the
//     place of the fault.

// A Fault is a document with one fault.
type Fault struct {
	// Name is the kind of fault, such as "string: length one too large".
	Name string
	// Data is the document with the fault. bson.Validate rejects it.
	Data []byte
	// Err is the sentinel of package bson that matches the error of bson.Validate.
	Err error
	// Offset is the offset in the error of bson.Validate, in bytes from the start of
	// Data. A wrong length may be seen only later, at the bytes to which it leads.
	Offset int64
}

// Faults returns an iterator over copies of doc, a valid document, with one fault each:
// every truncation, and for every element wrong lengths, a missing terminator, an
// unknown type, text that is not UTF-8, a wrong boolean, a missing byte and an
// additional one. The copies are valid until they are changed. The number of faults grows
// with the size of doc, and the time with the square of its size. A change that happens
// to leave a valid document is left out, and so is deep nesting, which is legal. It panics
// if doc is shorter than any document.
func Faults(doc []byte) iter.Seq[Fault] {
	mustBeLong(doc)
	return func(yield func(Fault) bool) {
		for n := range len(doc) {
			if f, ok := examined("truncated", bytes.Clone(doc[:n])); ok && !yield(f) {
				return
			}
		}
		for _, p := range places(doc) {
			for _, w := range woundsAt(doc, p) {
				if f, ok := examined(w.name, w.make(bytes.Clone(doc))); ok && !yield(f) {
					return
				}
			}
		}
	}
}

// Damage returns a copy of doc, a valid document, with one fault. The next choices of s
// select one of Faults, or a change of any byte. It panics if doc is shorter than any
// document.
func Damage(s *Source, doc []byte) Fault {
	mustBeLong(doc)
	all := places(doc)
	p := all[s.IntN(len(all))]
	wounds := append(woundsAt(doc, p), randomWounds(s, doc, p)...)
	first := s.IntN(len(wounds))
	for i := range wounds {
		w := wounds[(first+i)%len(wounds)]
		if f, ok := examined(w.name, w.make(bytes.Clone(doc))); ok {
			return f
		}
	}
	f, _ := examined("truncated", bytes.Clone(doc[:len(doc)-1]))
	return f
}

// shortest is the size of the empty document, in bytes.
const shortest = 5

// mustBeLong panics if doc is shorter than the empty document.
func mustBeLong(doc []byte) {
	if len(doc) < shortest {
		panic(fmt.Sprintf("bsontest: %d bytes are not a document; pass a valid one", len(doc)))
	}
}

// examined returns data as a Fault, or false if it is valid.
func examined(name string, data []byte) (Fault, bool) {
	var syntax *bson.SyntaxError
	if !errors.As(bson.Validate(data), &syntax) {
		return Fault{}, false
	}
	f := Fault{name, data, syntax.Err, syntax.Offset}
	var length bson.LengthError
	if errors.As(f.Err, &length) {
		f.Err = length.Err
	}
	return f, true
}

// A place is an element, or the document itself.
type place struct {
	typ            bson.Type // 0 for the document itself
	at, value, end int       // offsets of the type byte, of the value and of its end
}

// places returns doc and all elements of doc, at every depth.
func places(doc []byte) []place {
	all := []place{{0, 0, 0, len(doc)}}
	c := bson.NewCursor(doc)
	open := 0
	for {
		for c.Next() {
			all = append(all, place{c.Type(), c.Offset(), c.ValueOffset(), c.ValueOffset() + len(c.Data())})
			if nests(c.Type()) && c.Enter() {
				open++
			}
		}
		if open == 0 || c.Err() != nil {
			return all
		}
		c.Leave()
		open--
	}
}

// A wound is one way to damage a document.
type wound struct {
	name string
	make func(doc []byte) []byte // may change doc
}

// woundsAt returns the ways to damage doc at p.
func woundsAt(doc []byte, p place) (all []wound) {
	add := func(what string, make func(doc []byte) []byte) { all = append(all, wound{what, make}) }
	name := "document: "
	if p.typ != 0 {
		name = p.typ.String() + ": "
	}
	put := func(off int, b ...byte) func([]byte) []byte {
		return func(doc []byte) []byte { copy(doc[off:], b); return doc }
	}
	cut := func(from, to int, with ...byte) func([]byte) []byte {
		return func(doc []byte) []byte { return slices.Replace(doc, from, to, with...) }
	}
	if hasLength(p.typ) {
		for _, l := range lengths {
			n := l.of(int32(binary.LittleEndian.Uint32(doc[p.value:])))
			add(name+l.name, put(p.value, binary.LittleEndian.AppendUint32(nil, uint32(n))...))
		}
	}
	if terminated(p.typ) {
		add(name+"no terminator", put(p.end-1, 'x'))
	}
	if p.typ == 0 {
		add(name+"a byte too many at the end", cut(p.end, p.end, 0))
		return all
	}
	add("element: a byte too many at the end", cut(p.end, p.end, 0))
	add("element: a byte missing at the end", cut(p.end-1, p.end))
	add("element: missing, without a change of lengths", cut(p.at, p.end))
	add("element: unknown type", put(p.at, 0x14))
	add("element: type 0", put(p.at, 0))
	if p.typ == bson.TypeBoolean {
		add(name+"2", put(p.value, 2))
	}
	texts := append(textsOf(name, doc, p), text{"key: ", p.at + 1, p.value - 1})
	for _, t := range texts {
		for _, b := range notUTF8 {
			if n := t.end - t.start; n >= len(b.bytes) {
				add(t.name+b.name, put(t.end-len(b.bytes), b.bytes...))
			}
		}
	}
	return all
}

// The names of changes that any fault can follow from.
const (
	byteChanged  = "a byte changed"
	bytesMissing = "bytes missing"
)

// randomWounds returns changes whose places and bytes s selects.
func randomWounds(s *Source, doc []byte, p place) []wound {
	off := p.at + s.IntN(p.end-p.at)
	flip, more := 1+byte(s.IntN(255)), s.IntN(p.end-off)
	return []wound{
		{byteChanged, func(doc []byte) []byte { doc[off] ^= flip; return doc }},
		{bytesMissing, func(doc []byte) []byte { return slices.Delete(doc, off, off+more+1) }},
		{"truncated", func(doc []byte) []byte { return doc[:off] }},
		{"truncated, with the length corrected", func(doc []byte) []byte {
			if doc = doc[:off]; off >= 4 {
				binary.LittleEndian.PutUint32(doc, uint32(off))
			}
			return doc
		}},
	}
}

// hasLength reports whether values of type t, 0 for a document, start with a length.
func hasLength(t bson.Type) bool {
	switch t {
	case bson.TypeString, bson.TypeCode, bson.TypeSymbol, bson.TypeBinary, bson.TypeDBPointer:
		return true
	}
	return t == 0 || nests(t)
}

// terminated reports whether values of type t, 0 for a document, end with NUL.
func terminated(t bson.Type) bool {
	switch t {
	case bson.TypeBinary, bson.TypeDBPointer:
		return false
	}
	return hasLength(t) || t == bson.TypeRegex
}

// lengths has the wrong lengths in place of a length.
var lengths = []struct {
	name string
	of   func(n int32) int32
}{
	{"length one too large", func(n int32) int32 { return n + 1 }},
	{"length one too small", func(n int32) int32 { return n - 1 }},
	{"length 0", func(int32) int32 { return 0 }},
	{"length -1", func(int32) int32 { return -1 }},
	{"length 2147483647", func(int32) int32 { return math.MaxInt32 }},
}

// notUTF8 has bytes that are no text at the end of a text.
var notUTF8 = []struct {
	name  string
	bytes []byte
}{
	{"the byte 0xFF", []byte{0xff}},
	{"end inside a character", []byte{0xc3}},
	{"overlong form", []byte{0xc0, 0x80}},
	{"surrogate", []byte{0xed, 0xa0, 0x80}},
	{"code point over U+10FFFF", []byte{0xf4, 0x90, 0x80, 0x80}},
}

// A text is a part of an element that must be UTF-8.
type text struct {
	name       string // the beginning of the names of its faults
	start, end int    // offsets, without a final NUL
}

// textsOf returns the texts in the value of the element at p.
func textsOf(name string, doc []byte, p place) []text {
	counted := func(off int) []text {
		return []text{{name, off + 4, off + 3 + int(binary.LittleEndian.Uint32(doc[off:]))}}
	}
	switch p.typ {
	case bson.TypeString, bson.TypeCode, bson.TypeSymbol, bson.TypeDBPointer:
		return counted(p.value)
	case bson.TypeCodeWithScope:
		return counted(p.value + 4)
	case bson.TypeRegex:
		pattern := p.value + bytes.IndexByte(doc[p.value:], 0)
		return []text{{name, p.value, pattern}, {name + "options: ", pattern + 1, p.end - 1}}
	}
	return nil
}
