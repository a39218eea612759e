package query

import (
	"bytes"
	"strings"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file orders documents by the values of some of their fields.
//
//   - A sorter walks once through a document and finds the value of every key.
//   - An array has the value of the element that comes first in the order. If several
//     keys lead into one array, they get their values from one element: of the elements,
//     the one whose values come first together.
//
// Rules: docs/query.md, "Sort orders".

// A Sort is a compiled order of documents. It is safe for concurrent use.
type Sort struct {
	keys  []sortKey
	root  *sortNode
	depth int // MaxDepth
}

type sortKey struct {
	at   path
	sign int // 1 ascending, -1 descending
}

// A sortNode is a name in the tree of the paths of the keys.
type sortNode struct {
	names names
	kids  []*sortNode // in the order of names
	key   int         // index of the key whose path ends here, or -1
	below []keyBelow  // the keys here and below, in order

	indexes bool // a name can be the key of an array
}

// A keyBelow is a key whose path leads to a node or below it.
type keyBelow struct {
	key int // index of the key
	kid int // index of the kid on its path, or -1: the path ends here
}

// CompileSort compiles a sort order, a document whose keys are paths and whose values
// are 1 for ascending or -1 for descending: {"a": 1, "b.c": -1}. The first key counts
// most. The order is not kept. Errors are those of Compile.
func CompileSort(order []byte, o Options) (*Sort, error) {
	c, err := o.open(order)
	if err != nil {
		return nil, err
	}
	s := &Sort{root: newSortNode(), depth: o.maxDepth()}
	for c.Next() {
		at, err := parsePath(string(c.Key()), s.depth)
		sign, whole := exactly(bsoncore.Value{Type: c.Type(), Data: c.Data()})
		switch {
		case err != nil:
			c.Fail(err)
		case strings.HasPrefix(string(c.Key()), "$"):
			c.Fail(wrong("%s is not a field; for a field with this name write %q", shortened(string(c.Key())), "/"+string(c.Key())))
		case !whole || sign != 1 && sign != -1:
			c.Fail(wrong("an order is 1 for ascending or -1 for descending"))
		case !s.add(at, int(sign)):
			c.Fail(wrong("the order has this field twice"))
		}
	}
	if err := c.Err(); err != nil {
		return nil, placed(err)
	}
	return s, nil
}

// ParseSort is CompileSort for an order in text, which is read like that of Parse.
func ParseSort(text []byte, o Options) (*Sort, error) {
	return parseText(text, o, CompileSort)
}

func newSortNode() *sortNode { return &sortNode{key: -1} }

// add adds a key and reports whether its path is new.
func (s *Sort) add(at path, sign int) bool {
	index := len(s.keys)
	n := s.root
	for _, name := range at {
		i := n.names.find([]byte(name))
		if i < 0 {
			i = len(n.kids)
			n.names.add(name)
			n.kids = append(n.kids, newSortNode())
			n.indexes = n.indexes || isIndex(name)
		}
		n.below = append(n.below, keyBelow{index, i})
		n = n.kids[i]
	}
	if n.key >= 0 {
		return false
	}
	n.below = append(n.below, keyBelow{index, -1})
	n.key = index
	s.keys = append(s.keys, sortKey{at, sign})
	return true
}

// Compare returns -1, 0 or +1 if the order has document a before, with or after b. It
// allocates nothing for up to 16 keys. a and b must be valid: what a fault hides counts
// as missing. To sort many documents, compute the key of each once with AppendKey.
func (s *Sort) Compare(a, b []byte) int {
	var v, w sorter
	v.read(s, a)
	w.read(s, b)
	for i, key := range s.keys {
		if n := key.compare(*v.values.at(i), *w.values.at(i)); n != 0 {
			return n
		}
	}
	return 0
}

// AppendKey appends the sort key of doc to dst and returns the longer slice: a document
// that has the values of doc which decide its place, with empty keys. CompareKeys
// compares sort keys of one Sort. A missing value is null in the key. On failure dst
// comes back at its old length, with the error of bsoncore.Validate for doc.
func (s *Sort) AppendKey(dst, doc []byte) ([]byte, error) {
	if scratch.Full(dst) {
		return scratch.Append(dst, func(dst []byte) ([]byte, error) { return s.appendKey(dst, doc) })
	}
	return s.appendKey(dst, doc)
}

func (s *Sort) appendKey(dst, doc []byte) ([]byte, error) {
	var w sorter
	if w.read(s, doc); w.c.Failed() {
		return dst, faultOf(doc, s.depth)
	}
	dst, mark := bsoncore.Begin(dst)
	for i := range s.keys {
		v := present(*w.values.at(i))
		dst = bsoncore.AppendValue(dst, "", v.Type, v.Data)
	}
	return bsoncore.End(dst, mark), nil
}

// CompareKeys is Compare for documents whose sort keys are a and b. It allocates
// nothing.
func (s *Sort) CompareKeys(a, b []byte) int {
	v, w := bsoncore.NewCursor(a), bsoncore.NewCursor(b)
	for _, key := range s.keys {
		if !v.Next() || !w.Next() {
			return 0
		}
		if n := key.compare(bsoncore.Value{Type: v.Type(), Data: v.Data()}, bsoncore.Value{Type: w.Type(), Data: w.Data()}); n != 0 {
			return n
		}
	}
	return 0
}

// String returns the order as canonical Extended JSON. ParseSort makes an equal Sort of it.
func (s *Sort) String() string {
	dst, mark := bsoncore.Begin(nil)
	for _, key := range s.keys {
		dst = bsoncore.AppendInt32(dst, key.at.String(), int32(key.sign))
	}
	return canonical(bsoncore.End(dst, mark))
}

// compare returns the order of two values by key. The zero Value is missing.
func (key sortKey) compare(v, w bsoncore.Value) int {
	v, w = present(v), present(w)
	if v.Type == w.Type && bitwise[v.Type] && bytes.Equal(v.Data, w.Data) {
		return 0
	}
	n, _ := v.Compare(w) // 0 for malformed values
	return key.sign * n
}

// present returns v, or null if v is missing.
func present(v bsoncore.Value) bsoncore.Value {
	if v.IsZero() {
		return bsoncore.Value{Type: bsoncore.TypeNull}
	}
	return v
}

// A sorter is one walk through one document.
type sorter struct {
	c      bsoncore.Cursor
	keys   []sortKey
	values stack[bsoncore.Value] // sets of a value for each key; the first set is the result
}

// read finds the values of doc. c has the fault if doc is malformed.
func (w *sorter) read(s *Sort, doc []byte) {
	w.keys = s.keys
	w.pushSet()
	w.c.Reset(doc, s.depth)
	w.document(s.root, 0)
}

// pushSet adds a set without values and returns the place of its first one.
func (w *sorter) pushSet() int {
	base := w.values.size
	for range w.keys {
		w.values.push(bsoncore.Value{})
	}
	return base
}

// document finds the values of the keys below n in the open document. They belong to
// the set at base.
func (w *sorter) document(n *sortNode, base int) {
	var seen stack[uint64]
	pushBits(&seen, len(n.kids))
	for left := len(n.kids); left > 0 && w.c.Next(); {
		i := n.names.find(w.c.Key())
		if i < 0 || hasBit(&seen, i) { // the first of equal keys
			continue
		}
		setBit(&seen, i)
		left--
		w.value(n.kids[i], base)
	}
}

// value finds the values of the keys at n and below in the current value.
func (w *sorter) value(n *sortNode, base int) {
	v := bsoncore.Value{Type: w.c.Type(), Data: w.c.Data()}
	if v.Type == bsoncore.TypeArray {
		if w.c.Enter() {
			w.array(n, base)
			w.c.Leave()
		}
		return
	}
	w.element(n, base, v)
}

// element finds the values of the keys at n and below in the current value, which is not
// searched for elements of its own.
func (w *sorter) element(n *sortNode, base int, v bsoncore.Value) {
	if n.key >= 0 {
		*w.values.at(base + n.key) = v
	}
	if len(n.kids) > 0 && v.Type == bsoncore.TypeDocument && w.c.Enter() {
		w.document(n, base)
		w.c.Leave()
	}
}

// array finds the values of the keys at n and below in the open array: those of the
// element that comes first, or of the element to which an index leads.
func (w *sorter) array(n *sortNode, base int) {
	var indexed stack[uint64] // bits of the kids to which an index leads
	pushBits(&indexed, len(n.kids))
	if n.indexes {
		w.indexed(n, base, &indexed)
	}
	some := false
	for w.c.Next() {
		set := w.pushSet()
		w.element(n, set, bsoncore.Value{Type: w.c.Type(), Data: w.c.Data()})
		if !some || w.before(n, &indexed, set, base) {
			w.take(n, &indexed, set, base)
		}
		some = true
		w.values.cut(set)
	}
	if !some && n.key >= 0 {
		*w.values.at(base + n.key) = bsoncore.Value{Type: bsoncore.TypeUndefined}
	}
}

// indexed finds the values of the kids of n to which an index of the open array leads,
// sets their bits, and goes back to the start of the array.
func (w *sorter) indexed(n *sortNode, base int, bits *stack[uint64]) {
	start := 0
	for w.c.Next() {
		if start == 0 {
			start = w.c.Offset()
		}
		if i := n.names.find(w.c.Key()); i >= 0 && isIndex(n.names.list[i]) && !hasBit(bits, i) {
			setBit(bits, i)
			w.value(n.kids[i], base)
		}
	}
	if start > 0 {
		w.c.Seek(start)
	}
}

// before reports whether the values of the set at a come before those at b. Keys whose
// kid has a bit do not count.
func (w *sorter) before(n *sortNode, indexed *stack[uint64], a, b int) bool {
	for _, k := range n.below {
		if k.kid >= 0 && hasBit(indexed, k.kid) {
			continue
		}
		if n := w.keys[k.key].compare(*w.values.at(a + k.key), *w.values.at(b + k.key)); n != 0 {
			return n < 0
		}
	}
	return false
}

// take copies the values of the set at from to that at to, except those of keys whose
// kid has a bit.
func (w *sorter) take(n *sortNode, indexed *stack[uint64], from, to int) {
	for _, k := range n.below {
		if k.kid < 0 || !hasBit(indexed, k.kid) {
			*w.values.at(to + k.key) = *w.values.at(from + k.key)
		}
	}
}
