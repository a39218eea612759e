package query

import (
	"fmt"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file applies an edit to a document with one cursor.
//
//   - fields and items copy the open document and the open array; field and container
//     call them again. Elements without a change that follow each other are copied at
//     once.
//   - finish and missing make fields that a document does not have.
//   - move (edit_move.go) moves fields to another document, in the bytes that are written.
//   - refuse and refuseIn reject a document because of a place that the cursor has passed.

// An editor is one walk through one document.
type editor struct {
	c     bsoncore.Cursor
	doc   []byte
	seen  stack[uint64] // for the open documents whose names are tracked, bits of those that were seen
	start int           // length of dst before the document
	depth int           // MaxDepth
	most  int           // MaxDocumentSize
	made  int           // containers that are open in dst and are not in doc
}

// fields copies the open document, whose first element is at the offset first, with the
// changes of n. mark is the mark of its copy.
func (w *editor) fields(dst []byte, n *editNode, mark, first int) []byte {
	base := w.seen.size
	if n.tracks {
		pushBits(&w.seen, len(n.changes))
	}
	if n.first >= 0 {
		dst = w.putFirst(dst, n, first)
	}
	from, to := 0, 0 // elements to copy
	for w.c.Next() {
		i := n.names.find(w.c.Key())
		if i < 0 {
			if w.c.Offset() != to {
				dst = append(dst, w.doc[from:to]...)
				from = w.c.Offset()
			}
			to = endOf(&w.c)
			continue
		}
		dst = append(dst, w.doc[from:to]...)
		from, to = 0, 0
		if n.tracks {
			w.track(n, i, base<<6)
		}
		if c := &n.changes[i]; !c.drop {
			dst = w.field(dst, c)
			w.limit(dst)
		}
	}
	dst = append(dst, w.doc[from:to]...)
	if n.tracks {
		dst = w.finish(dst, n, base<<6, first)
	}
	w.seen.cut(base)
	return w.moveAll(dst, n.moves, mark, first)
}

// putFirst makes the field of n that comes first, if the open document does not have it.
func (w *editor) putFirst(dst []byte, n *editNode, first int) []byte {
	name := n.names.list[n.first]
	for w.c.Next() {
		if string(w.c.Key()) == name {
			w.c.Seek(first)
			return dst
		}
	}
	w.c.Seek(first)
	setBit(&w.seen, (w.seen.size-words(len(n.changes)))<<6+n.first)
	return w.missing(dst, &n.changes[n.first], name)
}

// track notes that the open document has the name i of n, whose bits begin with bit seen.
func (w *editor) track(n *editNode, i, seen int) {
	c := &n.changes[i]
	switch {
	case c.drop:
		return
	case c.other >= 0 && hasBit(&w.seen, seen+c.other), c.renamed && hasBit(&w.seen, seen+i):
		w.c.Fail(existing(c, n.names.list[i]))
	}
	setBit(&w.seen, seen+i)
}

// existing returns the error for a document that has both names of a renaming, or one of
// them twice. The field with the change c is called name.
func existing(c *change, name string) error {
	if c.renamed {
		return fmt.Errorf("%w: %s would be a second field %s", ErrExists, shortened(name), shortened(c.key))
	}
	return fmt.Errorf("%w: another field would be a second %s; unset the first", ErrExists, shortened(name))
}

// limit rejects the document if its copy, the end of dst, is too large. It is called after
// each change that can add bytes, because one path can lead to all documents of an array.
func (w *editor) limit(dst []byte) {
	if len(dst)-w.start > w.most {
		w.c.Fail(bsoncore.ErrTooLarge)
	}
}

// errClash is the error for a field to which two paths lead, one of them with an index.
var errClash = fmt.Errorf("%w: two paths of the edit lead to one field in an array", ErrPath)

// field copies the current element with the change c.
func (w *editor) field(dst []byte, c *change) []byte {
	mark := len(dst)
	if c.renamed {
		dst = bsoncore.AppendHeader(dst, 0, c.key)
	} else {
		dst = append(dst, w.doc[w.c.Offset():w.c.ValueOffset()]...)
	}
	t := w.c.Type()
	switch {
	case c.clash:
		w.c.Fail(errClash)
	case c.value.Type != 0:
		bsoncore.SetType(dst, mark, c.value.Type)
		return w.put(dst, c)
	case c.kid != nil && t.IsContainer():
		bsoncore.SetType(dst, mark, t)
		return w.container(dst, c.kid)
	case c.kid != nil && c.makes:
		w.c.Fail(fmt.Errorf("%w: it would be in %s, which is not a document", ErrPlace, typeWords(t)))
	case c.to != 0:
		return w.retype(dst, mark, c.to)
	}
	bsoncore.SetType(dst, mark, t)
	return append(dst, w.c.Data()...)
}

// put writes the value of c.
func (w *editor) put(dst []byte, c *change) []byte {
	switch {
	case w.c.Depth()+w.made+c.height > w.depth:
		w.c.Fail(bsoncore.ErrDepth)
	case len(c.value.Data) > w.most-(len(dst)-w.start):
		w.c.Fail(bsoncore.ErrTooLarge)
	default:
		return append(dst, c.value.Data...)
	}
	return dst
}

// container copies the current value, a document or an array, with the changes of n.
func (w *editor) container(dst []byte, n *editNode) []byte {
	at, first := w.c.Offset(), w.c.ValueOffset()+firstField
	array := w.c.Type() == bsoncore.TypeArray
	if !w.c.Enter() {
		return dst
	}
	dst, mark := bsoncore.Begin(dst)
	switch {
	case n.clash:
		w.refuse(at, errClash)
	case !array:
		dst = w.fields(dst, n, mark, first)
	case n.array == nil:
		dst = w.items(dst, n, nil, at)
	case n.array.stuck:
		w.refuse(at, fmt.Errorf("%w: no field can be moved to or from an index of an array", ErrPlace))
	default:
		dst = w.items(dst, n.array.docs, n.array.elements, at)
	}
	w.c.Leave()
	return bsoncore.End(dst, mark)
}

// items copies the open array, which is the element at the offset at. The elements with an
// index have the changes of elements, the other documents and arrays those of docs. Both
// may be nil.
func (w *editor) items(dst []byte, docs, elements *editNode, at int) []byte {
	base, count := w.seen.size, 0
	if elements != nil {
		pushBits(&w.seen, len(elements.changes))
	}
	from, to := 0, 0 // elements to copy
	for ; w.c.Next(); count++ {
		i := -1
		if elements != nil {
			i = elements.names.find(w.c.Key())
		}
		if i < 0 && (docs == nil || !w.c.Type().IsContainer()) {
			if w.c.Offset() != to {
				dst = append(dst, w.doc[from:to]...)
				from = w.c.Offset()
			}
			to = endOf(&w.c)
			continue
		}
		dst = append(dst, w.doc[from:to]...)
		from, to = 0, 0
		if i < 0 {
			dst = append(dst, w.doc[w.c.Offset():w.c.ValueOffset()]...)
			dst = w.container(dst, docs)
			continue
		}
		setBit(&w.seen, base<<6+i)
		dst = w.element(dst, &elements.changes[i])
	}
	dst = append(dst, w.doc[from:to]...)
	if elements != nil && elements.tracks {
		dst = w.extend(dst, elements, base<<6, count, at)
	}
	w.seen.cut(base)
	return dst
}

// element copies the current element of an array with the change c. One that is left out
// becomes null, so that the others keep their indexes.
func (w *editor) element(dst []byte, c *change) []byte {
	if !c.drop {
		return w.field(dst, c)
	}
	mark := len(dst)
	dst = append(dst, w.doc[w.c.Offset():w.c.ValueOffset()]...)
	bsoncore.SetType(dst, mark, bsoncore.TypeNull)
	return dst
}

// extend adds the elements of n that are made behind the last of count elements of the
// open array, which is the element at the offset at. seen is the bit of the first name.
func (w *editor) extend(dst []byte, n *editNode, seen, count, at int) []byte {
	if w.c.Failed() {
		return dst
	}
	var digits [24]byte
	for ; ; count++ {
		key := bsoncore.AppendIndexKey(digits[:0], count)
		i := n.names.find(key[:len(key)-1])
		if i < 0 || !n.changes[i].makes || hasBit(&w.seen, seen+i) {
			break
		}
		setBit(&w.seen, seen+i)
		dst = w.missing(dst, &n.changes[i], n.names.list[i])
	}
	for i := range n.changes {
		if n.changes[i].makes && !hasBit(&w.seen, seen+i) {
			w.refuse(at, fmt.Errorf("%w: this array has %d elements, so none can be added with the index %s", ErrPlace, count, n.names.list[i]))
			break
		}
	}
	return dst
}

// finish makes the fields of n that the open document does not have. seen is the bit of
// the first name, first the offset of the first element of the document.
func (w *editor) finish(dst []byte, n *editNode, seen, first int) []byte {
	for i := range n.changes {
		c := &n.changes[i]
		if !c.makes || w.c.Failed() || hasBit(&w.seen, seen+i) {
			continue
		}
		if c.renamed && hasBit(&w.seen, seen+c.other) {
			w.refuseIn(first, path{c.key}, existing(c, n.names.list[i]))
		}
		dst = w.missing(dst, c, n.names.list[i])
	}
	return dst
}

// missing makes the field of c, which is called name.
func (w *editor) missing(dst []byte, c *change, name string) []byte {
	if c.renamed {
		name = c.key
	}
	switch {
	case c.clash, c.kid != nil && c.kid.clash:
		w.c.Fail(errClash)
	case c.value.Type != 0:
		return w.put(bsoncore.AppendHeader(dst, c.value.Type, name), c)
	case w.c.Depth()+w.made+c.height > w.depth:
		w.c.Fail(bsoncore.ErrDepth)
	default:
		dst, mark := bsoncore.BeginDocument(dst, name)
		w.made++
		for i := range c.kid.changes {
			if k := &c.kid.changes[i]; k.makes {
				dst = w.missing(dst, k, c.kid.names.list[i])
			}
		}
		dst = w.moveAll(dst, c.kid.moves, mark, -1)
		w.made--
		return bsoncore.End(dst, mark)
	}
	return dst
}

// retype copies the current value, whose element has the mark, as one of type to. Of an
// array it copies each element so.
func (w *editor) retype(dst []byte, mark int, to bsoncore.Type) []byte {
	if w.c.Type() != bsoncore.TypeArray {
		dst, t, err := convert(dst, to, bsoncore.Value{Type: w.c.Type(), Data: w.c.Data()})
		if err != nil {
			w.c.Fail(err)
			return dst
		}
		bsoncore.SetType(dst, mark, t)
		return dst
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeArray)
	if !w.c.Enter() {
		return dst
	}
	dst, mark = bsoncore.Begin(dst)
	for w.c.Next() {
		element := len(dst)
		dst = append(dst, w.doc[w.c.Offset():w.c.ValueOffset()]...)
		dst = w.retype(dst, element, to)
	}
	w.c.Leave()
	return bsoncore.End(dst, mark)
}

// refuse rejects the open container, which is the element at the offset at.
func (w *editor) refuse(at int, err error) {
	w.c.Leave()
	w.c.Seek(at)
	if w.c.Next() {
		w.c.Fail(err)
	}
}

// refuseIn rejects the field at keys of the open document, or its last ancestor. first is
// the offset of the first element of the document.
func (w *editor) refuseIn(first int, keys path, err error) {
	w.c.Seek(first)
	for i, key := range keys {
		if !nextKey(&w.c, key) || i == len(keys)-1 || w.c.Type() != bsoncore.TypeDocument || !w.c.Enter() {
			break
		}
	}
	w.c.Fail(err)
}
