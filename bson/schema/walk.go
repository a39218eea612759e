package schema

import (
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file walks through a document and counts its values. The document is valid, so no
// step can fail.
//
//   - document and array walk through the open container and call each other through
//     visit.
//   - child, single and element find the node of a key, or make it.
//   - scalar, in record.go, describes a value.

// document counts the fields of the open document, which is at n. Documents of a
// collection have the same keys in the same order, so the next key is expected to be
// that of last time.
func (s *Schema) document(n *node) {
	s.count(n, bsoncore.TypeDocument, 0, 0)
	c := &s.c
	s.deepest = max(s.deepest, c.Depth())
	if n.leaf || n.level == s.options.MaxLevels {
		s.below(n)
		return
	}
	s.serial++
	here := s.serial
	expected := &n.first
	var key key
	for c.Next() {
		kid := *expected
		key.set(c.Key())
		if kid == nil || kid.parent != n || !kid.has(&key) {
			if kid = s.child(n, &key); kid == nil {
				n.lost++
				s.measure()
				continue
			}
			*expected = kid
		}
		expected = &kid.next
		if kid.hash != starHash {
			s.visit(kid, here)
			continue
		}
		at := c.Offset()
		s.visit(kid, here)
		if n.singles != nil && !n.singles.folded {
			c.Seek(at)
			c.Next()
			if kid := s.single(n, &key); kid != nil {
				s.visit(kid, here)
			}
		}
	}
}

// array counts the elements of the open array, which is at n.
func (s *Schema) array(n *node) {
	c := &s.c
	s.deepest = max(s.deepest, c.Depth())
	if n.leaf || n.level == s.options.MaxLevels {
		s.count(n, bsoncore.TypeArray, s.below(n), 0)
		return
	}
	s.serial++
	here := s.serial
	size := uint64(0)
	for c.Next() {
		size++
		if kid := s.element(n); kid != nil {
			s.visit(kid, here)
		} else {
			n.lost++
			s.measure()
		}
	}
	s.count(n, bsoncore.TypeArray, size, 0)
}

// visit counts the current element, which is at n. here is the number of its container.
func (s *Schema) visit(n *node, here uint64) {
	c := &s.c
	if n.seen != here {
		n.parents++
		if n.seen <= s.before {
			n.documents++
			if p := (place{s.number, int64(c.Offset())}); p.before(n.where) {
				n.where = p
			}
		}
		n.seen = here
	} else if n.isKey() {
		n.repeat(place{s.number, int64(c.Offset())})
	}
	t := c.Type()
	switch {
	case !t.IsContainer():
		s.scalar(n, t)
	case !c.Enter():
	case t == bsoncore.TypeArray:
		parent := n.parent
		s.array(n)
		c.Leave()
		if n.removed && n.owner == nil {
			parent.lost++ // the array was not counted when n was removed
		}
	default:
		s.document(n)
		c.Leave()
	}
}

// repeat notes that the document of the value at p has its key already.
func (n *node) repeat(p place) {
	if n.again == (place{}) || p.before(n.again) {
		n.again = p
	}
}

// below passes over the open container, which is at n, a leaf or at MaxLevels. It returns
// the number of elements.
func (s *Schema) below(n *node) (elements uint64) {
	for s.c.Next() {
		n.deep = n.deep || !n.leaf
		elements++
		s.measure()
	}
	return elements
}

// measure finds the depth of the current element, which has no node.
func (s *Schema) measure() {
	c := &s.c
	if !c.Type().IsContainer() || !c.Enter() {
		return
	}
	s.deepest = max(s.deepest, c.Depth())
	for c.Next() {
		s.measure()
	}
	c.Leave()
}

// child returns the node of a key of n, or star if the key looks like data. It returns
// nil if the node is not kept.
func (s *Schema) child(n *node, key *key) *node {
	key.rehash()
	if kid := n.keys.find(key); kid != nil {
		return kid
	}
	if key.mayLookLikeData() && looksLikeData(key.text) {
		return s.starOf(n, key)
	}
	if !s.room(n, key.hash) {
		return nil
	}
	kid := newNode(n, string(key.text), key.hash)
	n.keys.add(kid)
	s.grew(n, 1)
	return kid
}

func (s *Schema) starOf(n *node, key *key) *node {
	if n.star == nil {
		if !s.room(n, starHash) {
			return nil
		}
		n.star = newNode(n, starName, starHash)
		s.grew(n, 1)
	}
	if n.singles == nil && !n.data {
		n.singles = &singles{}
		s.grew(n, s.options.charge())
	}
	if n.singles != nil && len(key.text) > maxKey && !n.singles.folded {
		n.singles.fold()
	}
	return n.star
}

// single returns the node in n.singles of a key that looks like data; nil if there are
// now too many.
func (s *Schema) single(n *node, key *key) *node {
	if kid := n.singles.keys.find(key); kid != nil {
		return kid
	}
	if n.singles.keys.size >= s.options.MaxDataKeys {
		n.singles.fold()
		return nil
	}
	kid := newNode(n, string(key.text), key.hash)
	kid.owner, kid.data = n.singles, true
	n.singles.keys.add(kid)
	s.grewSingle(n.singles)
	return kid
}

func (s *Schema) element(n *node) *node {
	if n.elements == nil && s.room(n, elementsHash) {
		n.elements = newNode(n, elementsName, elementsHash)
		s.grew(n, 1)
	}
	return n.elements
}

// room reports whether n may have another child, with this hash.
func (s *Schema) room(n *node, hash uint64) bool {
	if hash > n.limit || n.removed {
		return false
	}
	if n.owner == nil && s.size > s.options.MaxPaths+s.options.MaxPaths/4+slack {
		s.settle()
	}
	if n.bound != unlimited {
		s.size -= n.trim(s.options.charge())
	}
	return hash <= n.limit && !n.removed
}

// slack is the number of nodes beyond MaxPaths for which settle waits at least.
const slack = 64

// grew counts nodes that were added below n.
func (s *Schema) grew(n *node, nodes int) {
	if n.owner != nil {
		s.grewSingle(n.owner)
		return
	}
	s.size += nodes
	s.limitHashes()
}

func (s *Schema) grewSingle(of *singles) {
	if of.size++; of.size > s.options.charge() {
		of.fold()
	}
}
