package query

import (
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file finds the whole values at the paths of a sort order, to tell documents apart.
// Rules: docs/query.md, "Equal documents".

// AppendValues appends the values of doc at the paths of s to dst and returns the longer
// slice: a document with empty keys, for CompareKeys. Unlike AppendKey, it has each array
// whole: two results are equal if all values are. The values in the documents of an array
// are an array. A missing value is null. On failure dst comes back at its old length, with
// the error of bsoncore.Validate for doc; values are not checked inside.
func (s *Sort) AppendValues(dst, doc []byte) ([]byte, error) {
	if scratch.Full(dst) {
		return scratch.Append(dst, func(dst []byte) ([]byte, error) { return s.appendValues(dst, doc) })
	}
	return s.appendValues(dst, doc)
}

func (s *Sort) appendValues(dst, doc []byte) ([]byte, error) {
	before := len(dst)
	dst, mark := bsoncore.Begin(dst)
	for _, key := range s.keys {
		var c bsoncore.Cursor
		c.Reset(doc, s.depth)
		var found bool
		if dst, found = appendField(dst, &c, key.at); !found {
			dst = bsoncore.AppendNull(dst, "")
		}
		if c.Failed() {
			return dst[:before], faultOf(doc, s.depth)
		}
	}
	return bsoncore.End(dst, mark), nil
}

// appendField appends the value at a path in the open document, if there is one.
func appendField(dst []byte, c *bsoncore.Cursor, at path) ([]byte, bool) {
	for c.Next() {
		if string(c.Key()) == at[0] { // the first of equal keys
			return appendWhole(dst, c, at[1:])
		}
	}
	return dst, false
}

// appendWhole appends the value at a path in the current value, if there is one.
func appendWhole(dst []byte, c *bsoncore.Cursor, at path) (_ []byte, found bool) {
	switch {
	case len(at) == 0:
		return bsoncore.AppendValue(dst, "", c.Type(), c.Data()), true
	case c.Type() == bsoncore.TypeDocument && c.Enter():
		dst, found = appendField(dst, c, at)
		c.Leave()
	case c.Type() == bsoncore.TypeArray && c.Enter():
		dst, found = appendItems(dst, c, at)
		c.Leave()
	}
	return dst, found
}

// appendItems appends the value at a path in the open array: that of the element to which
// an index leads, or an array of the values in the documents of the array.
func appendItems(dst []byte, c *bsoncore.Cursor, at path) ([]byte, bool) {
	before := len(dst)
	dst, mark := bsoncore.BeginArray(dst, "")
	some := false
	for c.Next() {
		if isIndex(at[0]) && string(c.Key()) == at[0] {
			return appendWhole(dst[:before], c, at[1:])
		}
		if c.Type() == bsoncore.TypeDocument && c.Enter() {
			var found bool
			dst, found = appendField(dst, c, at)
			some = some || found
			c.Leave()
		}
	}
	if !some {
		return dst[:before], false
	}
	return bsoncore.End(dst, mark), true
}
