package timeseries

import (
	"encoding/binary"
	"errors"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads a column, value by value.
//
//   - A keyed column is a document of version 1, a packed one a binary of subtype 7.
//   - next of a packed column reads a value of its series, or with a group, after a
//     reference document, a value of each series of the group.
//   - The cursor of the Unpacker reads literals where they lie, so that its faults
//     have their places in the bucket.

// A column is a field of all measurements.
type column struct {
	header, key int // place in the bucket of the type of the element, and of its key
	value       int // place in the bucket of the value
	at, end     int // place in the bucket of what is not read yet, and its end
	packed      bool
	missing     bool // the measurement has no value

	length, values int           // values in all, and those that are not missing; set by measure
	starts         bsoncore.Type // of the first value, 0 if it is missing; set by measure

	// series has the last value of a packed column, unless it is object; a keyed
	// column has its last value there as a literal.
	series
	group  *group // nil: the column is not in a group
	object []byte // the last value, if built
	spare  []byte // room for the next object
	built  bool   // the last value was made in a group
}

// A group is the series of the values of a reference document.
type group struct {
	root   bsoncore.Type
	parts  []part
	series []series
	marks  []mark // open documents, while one is made
}

// A part is a value of the reference document, or the start or the end of a document in
// it.
type part struct {
	kind             partKind
	empty            bool  // for parts that open: the document is empty in the reference, too
	header, key, end int32 // place in the bucket of the type, of the value that follows the key, and its end
}

type partKind uint8

const (
	scalar partKind = iota
	opens
	closes
)

// A mark is where a document that is made starts.
type mark struct {
	header, value int  // offsets of the element and of its value
	empty         bool // see part
}

// Controls of a column.
const (
	endControl      = 0x00
	groupOldControl = 0xf0 // arrays are scalars
	groupControl    = 0xf1
	groupArray      = 0xf2
)

// isLiteral reports whether control is the type of a literal. The cursor knows which
// types there are.
func isLiteral(control byte) bool {
	return control&0xe0 == 0 || bsoncore.Type(control) == bsoncore.TypeMinKey || bsoncore.Type(control) == bsoncore.TypeMaxKey
}

// isGroup reports whether control is that of a reference document.
func isGroup(control byte) bool {
	return control == groupOldControl || control == groupControl || control == groupArray
}

// rewind makes the first value the next one.
func (c *column) rewind() {
	c.series, c.group, c.built, c.missing, c.object = series{scale: bitScale}, nil, false, false, c.object[:0]
	if c.at = c.value + 4; c.packed {
		c.at++
	}
}

// next moves c to the value of the measurement with the given number, and reports
// whether there is one or it is missing. At the end, or at a fault of u, it returns
// false.
func (u *Unpacker) next(c *column, number int) bool {
	if c.packed {
		return u.nextPacked(c)
	}
	return u.nextKeyed(c, number)
}

// nextKeyed is next for a keyed column. After the last key all values are missing.
func (u *Unpacker) nextKeyed(c *column, number int) bool {
	c.missing = true
	if c.at >= c.end-1 {
		return true
	}
	if !u.element(c.at, c.end-1) {
		return false
	}
	n, ok := parseIndex(u.c.Key())
	switch {
	case !ok || n < number:
		return u.malformed(c.at, bsoncore.ErrArrayKey)
	case n == number:
		c.literal(u.bucket, u.c.Type(), u.c.ValueOffset(), len(u.c.Data()))
		c.missing, c.at = false, u.c.ValueOffset()+len(u.c.Data())
	}
	return true
}

// parseIndex returns the number that key is: digits without a zero in front.
func parseIndex(key []byte) (n int, ok bool) {
	if len(key) == 0 || len(key) > 9 || key[0] == '0' && len(key) > 1 {
		return 0, false
	}
	for _, d := range key {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = 10*n + int(d-'0')
	}
	return n, true
}

// element reads the element at the given offset of the bucket, which must end at end or
// before.
func (u *Unpacker) element(at, end int) bool {
	u.c.Seek(at)
	if at >= end || !u.c.Next() {
		return u.malformed(at, bsoncore.ErrTruncated)
	}
	if u.c.ValueOffset()+len(u.c.Data()) > end {
		return u.malformed(at, bsoncore.ErrLength)
	}
	return true
}

// malformed records a fault, unless there is one, and returns false.
func (u *Unpacker) malformed(at int, err error) bool {
	u.c.Malformed(at, err)
	return false
}

// nextPacked is next for a packed column.
func (u *Unpacker) nextPacked(c *column) bool {
	for {
		if c.group != nil {
			if u.nextOfGroup(c) {
				return true
			}
			if c.group != nil { // a fault
				return false
			}
			continue
		}
		if c.more() {
			return u.step(&c.series) && c.present(c.series.missing || c.typ == 0)
		}
		if c.at >= c.end {
			return u.malformed(c.end-1, bsoncore.ErrTruncated)
		}
		switch control := u.bucket[c.at]; {
		case control == endControl:
			if c.at+1 != c.end {
				u.malformed(c.at+1, bsoncore.ErrTrailing)
			}
			return false
		case isGroup(control):
			if !u.enterGroup(c) {
				return false
			}
		default:
			if !u.run(c, &c.series) {
				return false
			}
			if isLiteral(control) {
				c.built = false
				return c.present(false)
			}
		}
	}
}

// present sets missing and returns true.
func (c *column) present(missing bool) bool {
	c.missing = missing
	return true
}

// step moves s to its next value.
func (u *Unpacker) step(s *series) bool {
	return s.next(u.bucket) || u.malformed(int(s.words)-8, ErrColumn)
}

// run reads the control at c.at, for s: its literal, or the place of its words.
func (u *Unpacker) run(c *column, s *series) bool {
	at := c.at
	if at >= c.end {
		return u.malformed(c.end-1, bsoncore.ErrTruncated)
	}
	control := u.bucket[at]
	if isLiteral(control) {
		if !u.element(at, c.end) {
			return false
		}
		if len(u.c.Key()) > 0 {
			return u.malformed(at, ErrColumn)
		}
		s.literal(u.bucket, u.c.Type(), u.c.ValueOffset(), len(u.c.Data()))
		c.at = u.c.ValueOffset() + len(u.c.Data())
		return true
	}
	scale, words := scaleOf[control>>4], 8*(int(control&0xf)+1)
	if scale == 0 {
		return u.malformed(at, ErrColumn)
	}
	if words > c.end-at-1 {
		return u.malformed(at, bsoncore.ErrTruncated)
	}
	c.at += 1 + words
	return s.begin(u.bucket, at+1, c.at, scale-1) || u.malformed(at, ErrColumn)
}

// enterGroup reads the reference document at c.at.
func (u *Unpacker) enterGroup(c *column) bool {
	control, at := u.bucket[c.at], c.at+1
	g := &group{root: bsoncore.TypeDocument}
	if control == groupArray {
		g.root = bsoncore.TypeArray
	}
	size := 0
	if c.end-at >= 5 {
		size = int(int32(binary.LittleEndian.Uint32(u.bucket[at:])))
	}
	if size < 5 || size > c.end-at {
		return u.malformed(at, bsoncore.ErrLength)
	}
	var r bsoncore.Cursor
	r.Reset(u.bucket[at:at+size], u.o.MaxDepth)
	g.parts = append(g.parts, part{kind: opens, empty: size == 5})
	scalars := g.add(&r, at, control != groupOldControl)
	if err := r.Err(); err != nil {
		return u.inReference(at, err)
	}
	c.at, c.group, g.series = at+size, g, make([]series, scalars)
	for _, p := range g.parts {
		if p.kind == scalar {
			scalars--
			g.series[len(g.series)-1-scalars].literal(u.bucket, bsoncore.Type(u.bucket[p.header]), int(p.key), int(p.end-p.key))
		}
	}
	if len(g.series) == 0 || c.at < c.end && u.bucket[c.at] == endControl {
		return u.malformed(at-1, ErrColumn)
	}
	return true
}

// add adds the elements of the container that r has entered, and returns the number of
// scalars among them. base is the place of its document in the bucket.
func (g *group) add(r *bsoncore.Cursor, base int, arrays bool) (scalars int) {
	for r.Next() {
		value := base + r.ValueOffset()
		p := part{header: int32(base + r.Offset()), key: int32(value), end: int32(value + len(r.Data()))}
		if t := r.Type(); t != bsoncore.TypeDocument && (t != bsoncore.TypeArray || !arrays) {
			g.parts = append(g.parts, p)
			scalars++
			continue
		}
		p.kind, p.empty = opens, len(r.Data()) == 5
		g.parts = append(g.parts, p)
		if r.Enter() {
			scalars += g.add(r, base, arrays)
			r.Leave()
		}
	}
	g.parts = append(g.parts, part{kind: closes})
	return scalars
}

// inReference records err, a fault in the document at the given place.
func (u *Unpacker) inReference(at int, err error) bool {
	if e, ok := errors.AsType[*bsoncore.SyntaxError](err); ok {
		return u.malformed(at+int(e.Offset), e.Err)
	}
	e, _ := errors.AsType[*bsoncore.ValueError](err)
	return u.malformed(at+int(e.Offset), e.Err)
}

// nextOfGroup builds c.object from the next values of the group. At the end of the group
// it returns false, and c.group is nil. At a fault it returns false.
func (u *Unpacker) nextOfGroup(c *column) bool {
	g := c.group
	if first := &g.series[0]; !first.more() && c.at < c.end && u.bucket[c.at] == endControl {
		return u.leaveGroup(c)
	}
	out, n := c.spare[:0], 0
	g.marks = g.marks[:0]
	for _, p := range g.parts {
		switch p.kind {
		case opens:
			g.marks = append(g.marks, mark{header: len(out), empty: p.empty})
			out = append(out, u.bucket[p.header:p.key]...)
			out, g.marks[len(g.marks)-1].value = bsoncore.Begin(out)
		case closes:
			m := g.marks[len(g.marks)-1]
			g.marks = g.marks[:len(g.marks)-1]
			if len(out) == m.value+4 && !m.empty {
				out = out[:m.header]
			} else {
				out = bsoncore.End(out, m.value)
			}
		case scalar:
			s := &g.series[n]
			n++
			if !u.nextOfSeries(c, s) {
				c.spare = out
				return false
			}
			if !s.missing {
				out = append(append(out, byte(s.typ)), u.bucket[p.header+1:p.key]...)
				out = s.append(out, u.bucket)
			}
		}
	}
	c.object, c.spare = out, c.object
	c.built, c.missing = len(out) > 0, len(out) == 0
	return true
}

// nextOfSeries moves s, a series of the group of c, to its next value.
func (u *Unpacker) nextOfSeries(c *column, s *series) bool {
	if s.more() {
		return u.step(s)
	}
	if c.at < c.end && (u.bucket[c.at] == endControl || isGroup(u.bucket[c.at])) {
		return u.malformed(c.at, ErrColumn)
	}
	if !u.run(c, s) {
		return false
	}
	return !s.more() || u.step(s)
}

// leaveGroup ends the group of c. The last object is the last value of the column.
func (u *Unpacker) leaveGroup(c *column) bool {
	for i := range c.group.series {
		if c.group.series[i].more() {
			return u.malformed(c.at, ErrColumn)
		}
	}
	c.at++
	c.series = series{scale: bitScale}
	if c.built {
		c.typ = c.group.root
	}
	c.group = nil
	return false
}

// append appends the element of the value of c, which is not missing.
func (c *column) append(dst, bucket []byte) []byte {
	key := bucket[c.header+1 : c.key]
	switch {
	case !c.built:
		return c.series.append(append(append(dst, byte(c.typ)), key...), bucket)
	case c.group != nil:
		dst = append(dst, byte(c.group.root))
	default:
		dst = append(dst, byte(c.typ))
	}
	return append(append(dst, key...), c.object...)
}
