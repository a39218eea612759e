package query

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file moves fields from one document to another, inside the copy of the document
// that has both, when all of it is written. So the field may come before or behind its
// new place.
//
//   - locate finds a field in the copy.
//   - move puts the new field behind the copy, takes the old one out, and calls insert.
//   - resize changes the lengths of the documents around a field.

// moveAll does moves in the copy of the open document, which begins at mark and is not
// ended. first is the offset of the first element of the document; -1: the edit has made
// it.
func (w *editor) moveAll(dst []byte, moves []*renaming, mark, first int) []byte {
	if len(moves) == 0 {
		return dst
	}
	dst = bsoncore.End(dst, mark)
	for _, r := range moves {
		if !w.c.Failed() {
			dst = w.move(dst, r, mark, first)
			w.limit(dst)
		}
	}
	return dst[:len(dst)-1]
}

// move does r in the copy, which is the end of dst from mark on.
func (w *editor) move(dst []byte, r *renaming, mark, first int) []byte {
	from, to := r.from[r.shared:], r.to[r.shared:]
	source := locate(dst[mark:], from, w.depth)
	target := locate(dst[mark:], to, w.depth)
	switch {
	case source.malformed:
		w.refuseIn(first, from, errMalformed)
		return dst
	case source.again:
		w.refuseIn(first, from, fmt.Errorf("%w: a key of %s is there twice, so it is not clear what to move to %s", ErrExists, shortened(r.from.String()), shortened(r.to.String())))
		return dst
	case source.kind == bsoncore.TypeArray:
		w.refuseIn(first, from, fmt.Errorf("%w: %s is in an array, so it cannot be moved to %s", ErrPlace, shortened(r.from.String()), shortened(r.to.String())))
		return dst
	case source.kind != 0 || source.size == 0:
		return dst
	case target.malformed:
		w.refuseIn(first, to, errMalformed)
		return dst
	case target.size > 0:
		w.refuseIn(first, to, fmt.Errorf("%w: %s would be a second field %s; unset the first", ErrExists, shortened(r.from.String()), shortened(r.to.String())))
		return dst
	case target.kind != 0:
		w.refuseIn(first, to, fmt.Errorf("%w: %s would be in %s, which is not a document", ErrPlace, shortened(r.to.String()), typeWords(target.kind)))
		return dst
	case len(to) > len(from) && w.tooDeep(source.value(dst[mark:]), len(to)-1):
		w.refuseIn(first, from, bsoncore.ErrDepth)
		return dst
	}
	n := len(dst)
	dst = appendAt(dst, to[target.level:], source.value(dst[mark:]))
	size := len(dst) - n // of the field, behind the document
	resize(dst[mark:n], from[:source.level], -source.size, w.depth)
	dst = slices.Delete(dst, mark+source.at, mark+source.at+source.size)
	return insert(dst, to, mark, size, w.depth)
}

// tooDeep reports whether v is nested too deeply for a place that is more documents below
// the open one.
func (w *editor) tooDeep(v bsoncore.Value, more int) bool {
	room := w.depth - (w.c.Depth() + w.made + more)
	if room <= 0 {
		return room < 0 || v.Type == bsoncore.TypeCodeWithScope || v.Type.IsContainer()
	}
	err := bsoncore.ValidateOptions{MaxDepth: room, AllowInvalidUTF8: true}.ValidateValue(v.Type, v.Data)
	return errors.Is(err, bsoncore.ErrDepth)
}

// A location is the place of a field in a document, or the place where it would be made.
type location struct {
	level int           // number of keys of the innermost document that is there, up to that of the field
	end   int           // offset of the NUL of that document
	kind  bsoncore.Type // of the value that has the next key and is no document; 0: none

	at, data int  // offsets of the field and of its value
	size     int  // bytes of the field; 0: it is not there
	again    bool // a document on the way has one of the keys twice
	typ      bsoncore.Type

	malformed bool // a fault is in the way
}

// value returns the value of the field in doc.
func (l *location) value(doc []byte) bsoncore.Value {
	return bsoncore.Value{Type: l.typ, Data: doc[l.data : l.at+l.size]}
}

// locate returns the place of the field at keys in doc.
func locate(doc []byte, keys path, depth int) (l location) {
	var c bsoncore.Cursor
	c.Reset(doc, depth)
	l.end = len(doc) - 1
	last := len(keys) - 1
	for l.level < last && nextKey(&c, keys[l.level]) {
		l.again = l.again || keyFollows(c, keys[l.level])
		if c.Type() != bsoncore.TypeDocument {
			l.kind = c.Type()
			return l
		}
		l.end = endOf(&c) - 1
		l.level++
		c.Enter()
	}
	if l.level == last && nextKey(&c, keys[last]) {
		l.at, l.data, l.typ = c.Offset(), c.ValueOffset(), c.Type()
		l.size = endOf(&c) - l.at
		l.again = l.again || keyFollows(c, keys[last])
	}
	l.malformed = c.Failed()
	return l
}

// nextKey moves c to the next element with the key.
func nextKey(c *bsoncore.Cursor, key string) bool {
	for c.Next() {
		if string(c.Key()) == key {
			return true
		}
	}
	return false
}

// keyFollows reports whether an element behind the current one of c has the key.
func keyFollows(c bsoncore.Cursor, key string) bool { return nextKey(&c, key) }

// appendAt appends v as the field at keys.
func appendAt(dst []byte, keys path, v bsoncore.Value) []byte {
	marks := len(dst)
	for _, key := range keys[:len(keys)-1] {
		dst, _ = bsoncore.BeginDocument(dst, key)
	}
	dst = bsoncore.AppendValue(dst, keys[len(keys)-1], v.Type, v.Data)
	// The documents end one after the other.
	dst = append(dst, make([]byte, len(keys)-1)...)
	for i, key := range keys[:len(keys)-1] {
		mark := marks + len(key) + 2
		binary.LittleEndian.PutUint32(dst[mark:], uint32(len(dst)-i-mark))
		marks = mark + firstField
	}
	return dst
}

// insert moves the field in the last size bytes of dst into the document between mark and
// them, to the place of keys. It needs room for another copy of the field.
func insert(dst []byte, keys path, mark, size, depth int) []byte {
	end := len(dst)
	doc := dst[mark : end-size]
	l := locate(doc, keys, depth)
	resize(doc, keys[:l.level], size, depth)
	at := mark + l.end
	dst = append(dst, dst[end-size:]...)
	copy(dst[at+size:end], dst[at:])
	copy(dst[at:], dst[end:])
	return dst[:end]
}

// resize adds n to the lengths of doc and of the documents in it that keys lead through.
func resize(doc []byte, keys path, n, depth int) {
	var c bsoncore.Cursor
	c.Reset(doc, depth)
	addLength(doc, n)
	for _, key := range keys {
		nextKey(&c, key)
		c.Enter()
		addLength(doc[c.ValueOffset():], n)
	}
}

// addLength adds n to the length at the start of doc.
func addLength(doc []byte, n int) {
	binary.LittleEndian.PutUint32(doc, uint32(int(binary.LittleEndian.Uint32(doc))+n))
}
