package query

import (
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the tests of the kind of a value: its presence, its type, its size, and
// its remainder; and the tests of the elements of an array.

// presence passes every value, but not a missing one.
type presence struct{}

func (presence) holds(v bsoncore.Value) (pass, ok bool) { return !v.IsZero(), true }
func (presence) ofElements() bool                       { return false }
func (presence) appendTo(dst []byte) []byte             { return bsoncore.AppendBoolean(dst, "$exists", true) }
func (presence) describe() string                       { return "exists" }

// typed passes values of the types in a set.
type typed struct {
	types []bsoncore.Type // of the operand, without equal ones
	has   [256]bool
}

func newTyped(types []bsoncore.Type) *typed {
	slices.Sort(types)
	p := &typed{types: slices.Compact(types)}
	for _, t := range p.types {
		p.has[t] = true
	}
	return p
}

func (p *typed) holds(v bsoncore.Value) (pass, ok bool) { return p.has[v.Type], true }
func (p *typed) ofElements() bool                       { return true }

func (p *typed) appendTo(dst []byte) []byte {
	dst, mark := bsoncore.BeginArray(dst, "$type")
	for i, t := range p.types {
		dst = bsoncore.AppendString(dst, strconv.Itoa(i), t.String())
	}
	return bsoncore.End(dst, mark)
}

func (p *typed) describe() string {
	words := "has type"
	for i, t := range p.types {
		if i > 0 {
			words += " or"
		}
		words += " " + t.String()
	}
	return words
}

// sized passes arrays with a number of elements.
type sized struct{ count int64 }

func (p sized) holds(v bsoncore.Value) (pass, ok bool) {
	if v.Type != bsoncore.TypeArray {
		return false, true
	}
	var c bsoncore.Cursor
	c.Reset(v.Data, 0)
	left := p.count
	for left >= 0 && c.Next() {
		left--
	}
	return left == 0, !c.Failed()
}

func (p sized) ofElements() bool           { return false }
func (p sized) appendTo(dst []byte) []byte { return bsoncore.AppendInt64(dst, "$size", p.count) }
func (p sized) describe() string           { return "has " + strconv.FormatInt(p.count, 10) + " elements" }

// modulo passes numbers whose whole part leaves a remainder.
type modulo struct{ divisor, remainder int64 }

func (p modulo) holds(v bsoncore.Value) (pass, ok bool) {
	n, ok := truncated(v)
	return ok && n%p.divisor == p.remainder, true
}

func (p modulo) ofElements() bool { return true }

func (p modulo) appendTo(dst []byte) []byte {
	dst, mark := bsoncore.BeginArray(dst, "$mod")
	dst = bsoncore.AppendInt64(dst, "0", p.divisor)
	dst = bsoncore.AppendInt64(dst, "1", p.remainder)
	return bsoncore.End(dst, mark)
}

func (p modulo) describe() string {
	return "mod " + strconv.FormatInt(p.divisor, 10) + " = " + strconv.FormatInt(p.remainder, 10)
}

// An elemMatch passes an array if one of its elements matches a program.
type elemMatch struct {
	*program
	ofValues bool // the program is about the elements; else about their fields
}

func (p elemMatch) ofElements() bool { return false }

func (p elemMatch) holds(v bsoncore.Value) (pass, ok bool) {
	if v.Type != bsoncore.TypeArray {
		return false, true
	}
	var c bsoncore.Cursor
	c.Reset(v.Data, p.depth)
	for c.Next() {
		match, ok := p.element(bsoncore.Value{Type: c.Type(), Data: c.Data()})
		if match || !ok {
			return match, ok
		}
	}
	return false, !c.Failed()
}

// element reports whether the program matches an element: its value, or its fields.
func (p elemMatch) element(v bsoncore.Value) (match, ok bool) {
	switch {
	case p.ofValues:
		return p.matchValue(v)
	case v.Type.IsContainer():
		return p.matchDocument(v.Data)
	}
	return false, true
}

func (p elemMatch) appendTo(dst []byte) []byte {
	dst, mark := bsoncore.BeginDocument(dst, "$elemMatch")
	if p.ofValues {
		dst = p.appendOperators(dst, p.expr)
	} else {
		dst = p.appendQuery(dst)
	}
	return bsoncore.End(dst, mark)
}

func (p elemMatch) describe() string { return "has an element with" }
