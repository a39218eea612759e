// Package replace writes U+FFFD in place of bytes that are not part of UTF-8.
package replace

import (
	"math"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// Text appends s to dst with U+FFFD for each byte that is not part of UTF-8.
func Text(dst []byte, s string) []byte {
	for _, r := range s {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// Document appends doc to dst with U+FFFD for each byte of its text, keys
// included, that is not part of UTF-8, and returns the longer slice. All other
// bytes stay as they are, those of array keys and deprecated types too, so
// that a document whose text is valid is appended unchanged. doc is one whole
// document and is not kept; maxDepth is that of Cursor.Reset. dst may be nil
// and must not overlap doc. On failure it returns dst at its old length and
// the error of the Cursor, or ErrTooLarge if the result would be longer than a
// document can be.
func Document(dst, doc []byte, maxDepth int) ([]byte, error) {
	var r replacer
	r.c.Reset(doc, maxDepth)
	out := r.appendContainer(dst)
	if err := r.c.Err(); err != nil {
		return dst, err
	}
	if len(out)-len(dst) > math.MaxInt32 {
		return dst, &bsoncore.ValueError{Err: bsoncore.ErrTooLarge}
	}
	return out, nil
}

// A replacer is one call of Document.
type replacer struct{ c bsoncore.Cursor }

// appendContainer appends what is open.
func (r *replacer) appendContainer(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	for r.c.Next() {
		dst = appendReplacedCString(append(dst, byte(r.c.Type())), r.c.Key())
		dst = r.appendValue(dst)
	}
	return bsoncore.End(dst, mark)
}

// appendValue appends the value of the current element.
func (r *replacer) appendValue(dst []byte) []byte {
	c := &r.c
	switch c.Type() {
	case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
		return appendReplacedText(dst, c.Text())
	case bsoncore.TypeRegex:
		pattern, options := c.Regex()
		return appendReplacedCString(appendReplacedCString(dst, pattern), options)
	case bsoncore.TypeDBPointer:
		namespace, id := c.DBPointer()
		return append(appendReplacedText(dst, namespace), id[:]...)
	case bsoncore.TypeCodeWithScope:
		code, _ := c.CodeWithScope()
		dst, mark := append(dst, 0, 0, 0, 0), len(dst)
		dst = r.appendInner(appendReplacedText(dst, code))
		bsoncore.SetLength(dst, mark)
		return dst
	case bsoncore.TypeDocument, bsoncore.TypeArray:
		return r.appendInner(dst)
	}
	return append(dst, c.Data()...)
}

// appendInner appends the container that the current element is, or holds.
func (r *replacer) appendInner(dst []byte) []byte {
	if !r.c.Enter() {
		return dst // the cursor keeps the fault
	}
	dst = r.appendContainer(dst)
	r.c.Leave()
	return dst
}

// appendReplacedText appends text as a string with its length.
func appendReplacedText(dst, text []byte) []byte {
	mark := len(dst)
	dst = appendReplacedCString(append(dst, 0, 0, 0, 0), text)
	bsoncore.SetStringLength(dst, mark)
	return dst
}

// appendReplacedCString appends text and a NUL.
func appendReplacedCString(dst, text []byte) []byte {
	return append(Text(dst, string(text)), 0)
}
