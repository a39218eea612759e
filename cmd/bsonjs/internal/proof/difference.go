package proof

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file finds the first difference of two values. It walks through both with a cursor
// each; a value whose bytes are equal is not entered.

// A Rule says which values are equal. The zero Rule wants the same bytes.
type Rule struct {
	// Values makes values equal that relaxed Extended JSON, and the other modes with values
	// in place of types, write alike: an int32 and an int64 of the same value, all NaNs of
	// one type, decimals of the same text, regular expressions with the same option letters,
	// and arrays whatever their keys are.
	Values bool
	// AnyOrder makes the order of keys unimportant, because the text has its keys sorted.
	AnyOrder bool
}

// A step is the first difference below a value: the keys that lead to it, from the last one
// on, and both values as text. nil: there is none.
type step struct {
	keys [][]byte
	a, b string
}

// in returns s as the difference below the value of key.
func (s *step) in(key []byte) *step {
	if s != nil {
		s.keys = append(s.keys, bytes.Clone(key))
	}
	return s
}

// pointer returns the path of s as a JSON Pointer.
func (s *step) pointer() string {
	var path []byte
	for _, key := range slices.Backward(s.keys) {
		path = bsoncore.AppendPointer(path, key)
	}
	return string(path)
}

const (
	// none stands for a value that is not there.
	none = "nothing"
	// maxValue is the longest text of a value in a message, in bytes.
	maxValue = 80
	// maxShown is the size, in bytes, of the largest value whose text is made.
	maxShown = 16 << 10
)

// difference returns the first difference of the values a and b, as r sees them.
func (r Rule) difference(a, b Doc) *step {
	if a.Type == b.Type && bytes.Equal(a.Data, b.Data) {
		return nil
	}
	var x, y bsoncore.Cursor
	if !x.ResetValue(a.Type, a.Data, bsoncore.DepthCeiling) || !y.ResetValue(b.Type, b.Data, bsoncore.DepthCeiling) {
		return differing(a.Type, a.Data, b.Type, b.Data)
	}
	s := r.value(&x, &y)
	switch {
	case s == nil && r != (Rule{}):
		return nil
	case s == nil: // in bytes that are not those of an element
		return differing(a.Type, a.Data, b.Type, b.Data)
	}
	s.keys = s.keys[:len(s.keys)-1] // that of the whole value
	return s
}

// value returns the difference of the current elements.
func (r Rule) value(a, b *bsoncore.Cursor) *step {
	t := a.Type()
	switch {
	case t == b.Type() && bytes.Equal(a.Data(), b.Data()):
		return nil
	case t == b.Type() && isContainer(t):
		return r.inside(a, b)
	case r.Values && same(a, b):
		return nil
	}
	return differing(t, a.Data(), b.Type(), b.Data()).in(a.Key())
}

func isContainer(t bsoncore.Type) bool {
	return t == bsoncore.TypeDocument || t == bsoncore.TypeArray || t == bsoncore.TypeCodeWithScope
}

// inside returns the difference of the current elements, which are containers of one type.
func (r Rule) inside(a, b *bsoncore.Cursor) *step {
	key := bytes.Clone(a.Key())
	if a.Type() == bsoncore.TypeCodeWithScope {
		x, _ := a.CodeWithScope()
		if y, _ := b.CodeWithScope(); !bytes.Equal(x, y) {
			return differing(a.Type(), a.Data(), b.Type(), b.Data()).in(key)
		}
	}
	t, x, y := a.Type(), a.Data(), b.Data()
	if !a.Enter() || !b.Enter() {
		return differing(t, x, t, y).in(key)
	}
	var s *step
	if t == bsoncore.TypeArray || !r.AnyOrder {
		s = r.elements(a, b, t != bsoncore.TypeArray || !r.Values)
	} else {
		s = r.anyOrder(a, b)
	}
	if s == nil {
		a.Leave()
		b.Leave()
		if a.Err() != nil || b.Err() != nil { // the bytes differ, and they are no BSON
			s = differing(t, x, t, y)
		}
	}
	return s.in(key)
}

// elements returns the difference of the elements of the open containers, one after the
// other. keyed says that keys count.
func (r Rule) elements(a, b *bsoncore.Cursor, keyed bool) *step {
	for {
		hasA, hasB := a.Next(), b.Next()
		switch {
		case !hasA && !hasB:
			return nil
		case !hasA:
			return (&step{a: none, b: text(b.Type(), b.Data())}).in(b.Key())
		case !hasB:
			return (&step{a: text(a.Type(), a.Data()), b: none}).in(a.Key())
		case keyed && !bytes.Equal(a.Key(), b.Key()):
			return &step{a: "the key " + quoted(a.Key()), b: "the key " + quoted(b.Key())}
		}
		if s := r.value(a, b); s != nil {
			return s
		}
	}
}

// anyOrder is elements for containers whose keys have any order. Keys that are there several
// times keep their order.
func (r Rule) anyOrder(a, b *bsoncore.Cursor) *step {
	x, y := sorted(a), sorted(b)
	for i := range max(len(x), len(y)) {
		switch {
		case i == len(x) || i < len(y) && bytes.Compare(x[i].key, y[i].key) > 0:
			return (&step{a: none, b: text(y[i].Type, y[i].Data)}).in(y[i].key)
		case i == len(y) || bytes.Compare(x[i].key, y[i].key) < 0:
			return (&step{a: text(x[i].Type, x[i].Data), b: none}).in(x[i].key)
		}
		if s := r.difference(x[i].Doc, y[i].Doc); s != nil {
			return s.in(x[i].key)
		}
	}
	return nil
}

// A member is an element of a document.
type member struct {
	key []byte
	Doc
}

// sorted returns the elements of the open container, by their keys. They alias its bytes.
func sorted(c *bsoncore.Cursor) (all []member) {
	for c.Next() {
		all = append(all, member{c.Key(), Doc{Type: c.Type(), Data: c.Data()}})
	}
	slices.SortStableFunc(all, func(a, b member) int { return bytes.Compare(a.key, b.key) })
	return all
}

// same reports whether text with values in place of types writes the current elements, which
// are no containers, alike.
func same(a, b *bsoncore.Cursor) bool {
	x, isInt := integer(a)
	y, alsoInt := integer(b)
	if isInt || alsoInt {
		return isInt && alsoInt && x == y
	}
	if a.Type() != b.Type() {
		return false
	}
	switch a.Type() {
	case bsoncore.TypeDouble:
		return math.IsNaN(a.Double()) && math.IsNaN(b.Double())
	case bsoncore.TypeDecimal128:
		return a.Decimal128().String() == b.Decimal128().String()
	case bsoncore.TypeRegex:
		p, letters := a.Regex()
		q, others := b.Regex()
		return bytes.Equal(p, q) && bytes.Equal(slices.Sorted(slices.Values(letters)), slices.Sorted(slices.Values(others)))
	}
	return false
}

// integer returns the current element of c, if it is an integer.
func integer(c *bsoncore.Cursor) (n int64, ok bool) {
	switch c.Type() {
	case bsoncore.TypeInt32:
		return int64(c.Int32()), true
	case bsoncore.TypeInt64:
		return c.Int64(), true
	}
	return 0, false
}

// differing returns the difference of two values as a whole. If their texts are equal, their
// types or bytes follow.
func differing(t bsoncore.Type, a []byte, u bsoncore.Type, b []byte) *step {
	s := &step{a: text(t, a), b: text(u, b)}
	switch {
	case s.a != s.b:
	case t != u:
		s.a, s.b = fmt.Sprintf("%s (%v)", s.a, t), fmt.Sprintf("%s (%v)", s.b, u)
	default:
		at := 0
		for at < min(len(a), len(b)) && a[at] == b[at] {
			at++
		}
		s.a += " (" + bytesAt(a, at) + ")"
		s.b += " (" + bytesAt(b, at) + ")"
	}
	return s
}

// bytesAt returns some bytes of a value from the offset at on, as text.
func bytesAt(data []byte, at int) string {
	const some = 8
	if at == len(data) {
		return fmt.Sprintf("%d bytes", len(data))
	}
	return fmt.Sprintf("bytes %s at %d", hex.EncodeToString(data[at:min(len(data), at+some)]), at)
}

// Text returns v as short Extended JSON, or its type and size. It is "nothing" for the zero
// Value.
func Text(v bsoncore.Value) string {
	if v.IsZero() {
		return none
	}
	return text(v.Type, v.Data)
}

// text returns a value as short Extended JSON, or its type and size.
func text(t bsoncore.Type, data []byte) string {
	if len(data) <= maxShown {
		o := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs, MaxDepth: bsoncore.DepthCeiling}
		if json, err := o.AppendJSONValue(nil, t, data); err == nil {
			return oneline.Clean(string(json), maxValue)
		}
	}
	return fmt.Sprintf("%v of %d bytes", t, len(data))
}

// quoted returns a key as short text.
func quoted(key []byte) string { return oneline.Clean(fmt.Sprintf("%q", key), maxValue) }
