package query

import (
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file selects fields of documents.
//
//   - CompileProjection reads a projection into a tree of names.
//   - A projector copies a document with one cursor: fields and items copy the open
//     document and the open array and call each other through field and item.
//
// Rules: docs/query.md, "Projections".

// A Projection is a compiled selection of fields. It is safe for concurrent use.
type Projection struct {
	root    *fieldNode
	include bool // the fields of root are kept; else they are left out
	depth   int  // MaxDepth
}

// CompileProjection compiles a projection: a document whose keys are paths, and whose
// values are true or numbers other than 0 for the fields to keep, or all false or 0 for
// the fields to leave out. {"a": {"b": 1}} is {"a.b": 1}. A projection that keeps fields
// also keeps _id, unless it has the key _id with false or 0. The projection is not kept.
// Errors are those of Compile.
func CompileProjection(projection []byte, o Options) (*Projection, error) {
	c, err := o.open(projection)
	if err != nil {
		return nil, err
	}
	r := projectionReader{c: c, depth: o.maxDepth(), root: new(fieldNode)}
	r.fields(nil)
	if err := r.c.Err(); err != nil {
		return nil, placed(err)
	}
	return r.projection(), nil
}

// ParseProjection is CompileProjection for a projection in text, which is read like that
// of Parse.
func ParseProjection(text []byte, o Options) (*Projection, error) {
	return parseText(text, o, CompileProjection)
}

// idName is the field that a projection keeps by default.
const idName = "_id"

// A choice is the decision of a projection about a field.
type choice uint8

const (
	unknown choice = iota
	included
	excluded
)

// A projectionReader reads a projection.
type projectionReader struct {
	c     bsoncore.Cursor
	depth int
	root  *fieldNode // of all fields but _id
	kind  choice     // of these fields
	id    choice     // of _id
}

// projection returns the result.
func (r *projectionReader) projection() *Projection {
	include := r.kind == included || r.kind == unknown && r.id == included
	if includeID := r.id != excluded; includeID == include {
		r.root.add(path{idName}, chosenPath) // unless a path leads into it
	}
	return &Projection{root: r.root, include: include, depth: r.depth}
}

// fields reads the open document, whose fields are below the path before.
func (r *projectionReader) fields(before path) {
	for r.c.Next() {
		if at := fieldPath(&r.c, r.depth-len(before), "projection"); at != nil {
			r.field(append(before[:len(before):len(before)], at...))
		}
	}
}

// fieldPath returns the path in the current key of c, with at most most keys. what has the
// key, for messages. On a fault it is nil.
func fieldPath(c *bsoncore.Cursor, most int, what string) path {
	key := string(c.Key())
	at, err := parsePath(key, most)
	switch {
	case err != nil:
	case strings.HasPrefix(key, "$"):
		err = fmt.Errorf("%w: %s in %s; for a field with this name write %q", ErrUnsupported, shortened(key), withArticle(what), "/"+key)
	case positional(key):
		err = errPositional
	default:
		return at
	}
	c.Fail(err)
	return nil
}

// errPositional is the error for a path with $, $[] or $[name].
var errPositional = fmt.Errorf("%w: the path has a positional operator; name the field without it, or write the index of one element", ErrUnsupported)

// positional reports whether a path has an operator that stands for indexes.
func positional(text string) bool {
	if strings.HasPrefix(text, "/") {
		return false
	}
	for key := range strings.SplitSeq(text, ".") {
		if key == "$" || strings.HasPrefix(key, "$[") {
			return true
		}
	}
	return false
}

// field reads the current element, the value of the field at.
func (r *projectionReader) field(at path) {
	if r.c.Type() == bsoncore.TypeDocument {
		if len(r.c.Data()) == len(emptyDocument) {
			r.c.Fail(wrong("a document in a projection needs at least one field"))
		}
		if r.c.Enter() {
			r.fields(at)
			r.c.Leave()
		}
		return
	}
	kind := r.choice()
	if len(at) == 1 && at[0] == idName {
		if r.id != unknown || r.root.names.find([]byte(idName)) >= 0 {
			r.c.Fail(collision("projection", at))
		}
		r.id = kind
		return
	}
	if r.kind != unknown && r.kind != kind {
		r.c.Fail(fmt.Errorf("%w; only _id can be excluded from included fields", ErrMixed))
	}
	r.kind = kind
	if end, _ := r.root.add(at, chosenPath); end == nil || at[0] == idName && r.id != unknown {
		r.c.Fail(collision("projection", at))
	}
}

// emptyDocument is the BSON of {}.
const emptyDocument = "\x05\x00\x00\x00\x00"

// choice returns the meaning of the current value.
func (r *projectionReader) choice() choice {
	v := bsoncore.Value{Type: r.c.Type(), Data: r.c.Data()}
	switch {
	case v.Type == bsoncore.TypeBoolean:
		if r.c.Boolean() {
			return included
		}
		return excluded
	case v.Type.Rank() == rankOfNumbers:
		if n, ok := exactly(v); ok && n == 0 {
			return excluded
		}
		return included
	}
	r.c.Fail(wrong("a field of a projection is 1 or 0, true or false; no value is computed"))
	return included
}

// collision returns the error for a path that meets another path of a projection or edit.
func collision(what string, at path) error {
	return fmt.Errorf("%w: the %s has %s twice, or a field below it or above it", ErrPath, what, shortened(at.String()))
}

// Append appends the fields of doc that p keeps to dst, in the order of doc, and returns
// the longer slice. doc is one whole document; it is neither changed nor kept, and must
// not overlap dst. The bytes of a value that is kept whole are not checked. On failure
// dst comes back at its old length, with a *bsoncore.SyntaxError, or a
// *bsoncore.ValueError that matches bsoncore.ErrDepth.
func (p *Projection) Append(dst, doc []byte) ([]byte, error) {
	w := projector{doc: doc, include: p.include}
	w.c.Reset(doc, p.depth)
	if scratch.Full(dst) {
		return scratch.Append(dst, func(dst []byte) ([]byte, error) { return w.document(dst, p.root) })
	}
	return w.document(dst, p.root)
}

// document copies the fields of the document that n keeps.
func (w *projector) document(dst []byte, n *fieldNode) ([]byte, error) {
	before := len(dst)
	dst, mark := bsoncore.Begin(dst)
	dst = w.fields(dst, n)
	if err := w.c.Err(); err != nil {
		return dst[:before], err
	}
	return bsoncore.End(dst, mark), nil
}

// A projector is one walk through one document.
type projector struct {
	c       bsoncore.Cursor
	doc     []byte
	include bool
}

// endOf returns the offset after the current element of c.
func endOf(c *bsoncore.Cursor) int { return c.ValueOffset() + len(c.Data()) }

// fields copies the fields of the open document. Elements that are kept and follow each
// other are copied at once.
func (w *projector) fields(dst []byte, n *fieldNode) []byte {
	from, to := 0, 0 // elements to copy
	for w.c.Next() {
		switch i := n.names.find(w.c.Key()); {
		case i >= 0 && n.kids[i] != nil:
			dst = append(dst, w.doc[from:to]...)
			from, to = 0, 0
			dst = w.field(dst, n.kids[i])
		case (i >= 0) == w.include:
			if w.c.Offset() != to {
				dst = append(dst, w.doc[from:to]...)
				from = w.c.Offset()
			}
			to = endOf(&w.c)
		}
	}
	return append(dst, w.doc[from:to]...)
}

// field copies the parts of the current element that the kids of n keep.
func (w *projector) field(dst []byte, n *fieldNode) []byte {
	if !w.c.Type().IsContainer() {
		if w.include {
			return dst
		}
		return append(dst, w.doc[w.c.Offset():endOf(&w.c)]...)
	}
	dst = append(dst, w.doc[w.c.Offset():w.c.ValueOffset()]...)
	return w.container(dst, n)
}

// container copies the parts of the current value that the kids of n keep.
func (w *projector) container(dst []byte, n *fieldNode) []byte {
	array := w.c.Type() == bsoncore.TypeArray
	if !w.c.Enter() {
		return dst
	}
	dst, mark := bsoncore.Begin(dst)
	if array {
		dst = w.items(dst, n)
	} else {
		dst = w.fields(dst, n)
	}
	w.c.Leave()
	return bsoncore.End(dst, mark)
}

// items copies the elements of the open array: the parts of documents and arrays that
// the kids of n keep, and other values unless fields are included.
func (w *projector) items(dst []byte, n *fieldNode) []byte {
	kept := 0
	for w.c.Next() {
		switch {
		case !w.include:
			dst = w.field(dst, n)
		case w.c.Type().IsContainer():
			var mark int
			t := w.c.Type()
			dst, mark = bsoncore.BeginElement(dst)
			dst = bsoncore.AppendIndexKey(dst, kept)
			bsoncore.SetType(dst, mark, t)
			dst = w.container(dst, n)
			kept++
		}
	}
	return dst
}
