package query

import "github.com/bsonkit/bsonkit/bson/bsoncore"

// This file walks through a document and finds the conditions of a program that hold.
//
//   - document and array walk through the open container and call each other through
//     value and element. The cursor finds every element.
//   - A value can have several paths: in {"a": [{"0": 1}]} the path a.0 leads to the
//     first element of the array, and to the 1 in it. So each function has a set of
//     nodes, and each element is visited once.
//   - examine and missing give values to the tests. Only they set bits in held.
//
// Rules: docs/query.md, "Paths".

// A walker is one walk through one document.
type walker struct {
	c     bsoncore.Cursor
	held  stack[uint64] // bits of the conditions that hold
	nodes stack[*node]  // sets of nodes, each in their order
	seen  stack[uint64] // for each node of the open documents, bits of its names that were seen
	lost  bool          // the filter cannot match
}

// A span is a set of nodes in walker.nodes: the items from from to to.
type span struct{ from, to int }

// matchDocument reports whether p matches the elements of doc, a document or an array.
// ok is false if doc is malformed at a place that was read.
func (p *program) matchDocument(doc []byte) (match, ok bool) {
	var w walker
	pushBits(&w.held, len(p.conds))
	w.c.Reset(doc, p.depth)
	w.nodes.push(p.root)
	w.document(span{0, 1})
	if w.c.Failed() {
		return false, false
	}
	return !w.lost && p.expr.eval(&w.held), true
}

// matchValue reports whether p, whose paths are all empty, matches v.
func (p *program) matchValue(v bsoncore.Value) (match, ok bool) {
	var held stack[uint64]
	pushBits(&held, len(p.conds))
	for i := range p.root.tests {
		t := &p.root.tests[i]
		pass, ok := t.holds(v)
		if !ok {
			return false, false
		}
		if pass {
			setBit(&held, t.cond)
		}
	}
	return p.expr.eval(&held), true
}

// document walks through the open document, whose nodes are set.
func (w *walker) document(set span) {
	base := w.seen.size
	left := 0 // names that were not seen
	for i := set.from; i < set.to; i++ {
		n := len((*w.nodes.at(i)).kids)
		left += n
		pushBits(&w.seen, n)
	}
	first, alone := *w.nodes.at(set.from), set.to == set.from+1
	for left > 0 && !w.lost && w.c.Next() {
		key := w.c.Key()
		if alone && first.names.find(key) < 0 { // so it is with most elements
			continue
		}
		top := w.nodes.size
		seen := base << 6 // the bit of the first name of n
		for i := set.from; i < set.to; i++ {
			n := *w.nodes.at(i)
			if at := n.names.find(key); at >= 0 && !hasBit(&w.seen, seen+at) { // the first of equal keys
				setBit(&w.seen, seen+at)
				left--
				w.nodes.push(n.kids[at])
			}
			seen += words(len(n.kids)) << 6
		}
		if w.nodes.size > top {
			w.value(span{top, w.nodes.size})
			w.nodes.cut(top)
		}
	}
	if left > 0 && !w.lost {
		w.unseen(set, base<<6)
	}
	w.seen.cut(base)
}

// unseen reports the missing elements of the document whose nodes are set. seen is the
// bit of the first name.
func (w *walker) unseen(set span, seen int) {
	for i := set.from; i < set.to; i++ {
		n := *w.nodes.at(i)
		for at, kid := range n.kids {
			if !hasBit(&w.seen, seen+at) {
				w.missing(kid)
			}
		}
		seen += words(len(n.kids)) << 6
	}
}

// missing reports that there is no element at n.
func (w *walker) missing(n *node) {
	for _, cond := range n.absent {
		setBit(&w.held, int(cond))
	}
}

// value gives the current element, whose key leads to the nodes set, to their tests and
// to those of the nodes below.
func (w *walker) value(set span) {
	v := bsoncore.Value{Type: w.c.Type(), Data: w.c.Data()}
	deep, ofElements := false, false
	for i := set.from; i < set.to; i++ {
		n := *w.nodes.at(i)
		w.examine(n, v)
		deep = deep || len(n.kids) > 0
		ofElements = ofElements || n.ofElements
	}
	switch {
	case v.Type == bsoncore.TypeArray && (deep || ofElements):
		w.enterArray(set, set)
	case v.Type == bsoncore.TypeDocument && deep:
		w.enterDocument(set)
	case deep && v.Type != bsoncore.TypeArray:
		for i := set.from; i < set.to; i++ {
			n := *w.nodes.at(i)
			for _, kid := range n.kids {
				w.missing(kid)
			}
		}
	}
	for i := set.from; i < set.to; i++ {
		n := *w.nodes.at(i)
		w.lost = w.lost || n.decides(&w.held)
	}
}

func (w *walker) enterDocument(set span) {
	if w.c.Enter() {
		w.document(set)
		w.c.Leave()
	}
}

func (w *walker) enterArray(leaves, set span) {
	if w.c.Enter() {
		w.array(leaves, set)
		w.c.Leave()
	}
}

// array walks through the open array. Its elements are values of the nodes leaves. The
// names of the nodes set are names in its documents, or keys of its elements.
func (w *walker) array(leaves, set span) {
	deep := false
	for i := set.from; i < set.to; i++ {
		n := *w.nodes.at(i)
		deep = deep || len(n.kids) > 0
	}
	for w.c.Next() {
		v := bsoncore.Value{Type: w.c.Type(), Data: w.c.Data()}
		for i := leaves.from; i < leaves.to; i++ {
			n := *w.nodes.at(i)
			w.examineElement(n, v)
		}
		if deep {
			w.element(set, v)
		}
	}
}

// element gives the current element of an array to the nodes below set. An element that
// is reached by its index is not searched for elements of its own.
func (w *walker) element(set span, v bsoncore.Value) {
	top := w.nodes.size
	for i := set.from; i < set.to; i++ {
		n := *w.nodes.at(i)
		if !n.indexes {
			continue
		}
		if at := n.names.find(w.c.Key()); at >= 0 && isIndex(n.names.list[at]) {
			w.nodes.push(n.kids[at])
		}
	}
	indexed := span{top, w.nodes.size}
	for i := indexed.from; i < indexed.to; i++ {
		n := *w.nodes.at(i)
		w.examine(n, v)
	}
	switch {
	case v.Type == bsoncore.TypeDocument && indexed.from == indexed.to:
		w.enterDocument(set)
	case v.Type == bsoncore.TypeDocument:
		w.enterDocument(w.union(set, indexed))
	case v.Type == bsoncore.TypeArray && indexed.from < indexed.to:
		w.enterArray(span{}, indexed)
	}
	w.nodes.cut(top)
}

// union puts the union of two sets on the stack.
func (w *walker) union(a, b span) span {
	top := w.nodes.size
	for a.from < a.to || b.from < b.to {
		next := &a
		if a.from == a.to || b.from < b.to && (*w.nodes.at(b.from)).order < (*w.nodes.at(a.from)).order {
			next = &b
		} else if b.from < b.to && *w.nodes.at(a.from) == *w.nodes.at(b.from) {
			b.from++
		}
		w.nodes.push(*w.nodes.at(next.from))
		next.from++
	}
	return span{top, w.nodes.size}
}

// examine gives v to the tests of n.
func (w *walker) examine(n *node, v bsoncore.Value) {
	for i := range n.tests {
		w.apply(&n.tests[i], v)
	}
}

// examineElement gives v, an element of the array at n, to the tests of n that look at
// elements.
func (w *walker) examineElement(n *node, v bsoncore.Value) {
	if !n.ofElements {
		return
	}
	for i := range n.tests {
		if n.tests[i].ofElements {
			w.apply(&n.tests[i], v)
		}
	}
}

// apply gives v to t unless its condition holds already. A malformed value ends the
// walk.
func (w *walker) apply(t *test, v bsoncore.Value) {
	if hasBit(&w.held, t.cond) {
		return
	}
	pass, ok := t.holds(v)
	if !ok {
		w.c.Malformed(w.c.Offset(), errMalformed)
	}
	if pass {
		setBit(&w.held, t.cond)
	}
}
