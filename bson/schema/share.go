package schema

import (
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file keeps the number of nodes within Options.MaxPaths.
//
// The root may have MaxPaths descendants. If it has more, its children are kept first,
// and the rest is shared by their descendants: a child that wants less than an equal
// share gets what it wants, the others get equal shares. A node with more children than
// its share keeps those with the smallest hashes.
//
// The result depends only on the set of all paths, although nodes are removed while
// documents are added, for two reasons:
//
//   - Shares never grow. More paths only make the wants of nodes larger, and a node that
//     wants more than its share has the same share as all such siblings, which gets
//     smaller when others want more. So a node that is removed now would be removed at
//     the end as well, and a node that is kept at the end was never removed: what is
//     known of it is complete.
//   - The wants of a node that was cut are not known, but they are above the share that
//     it had, so they are above all its later shares. That is all that matters.
//
// Keys that look like data reserve charge nodes for their document, as long as they
// exist, so that the number of wanted nodes never gets smaller when they are folded.

const unlimited = math.MaxInt

// settle removes the nodes that are too many.
func (s *Schema) settle() {
	if s.root.measure(s.options.charge()) > s.options.MaxPaths {
		s.root.share(s.options.MaxPaths, s.options.charge())
	}
	s.size = s.root.descendants(s.options.charge())
	s.limitHashes()
}

// measure sets want in n and below, and returns it. A node that was cut wants unlimited;
// its parent was cut before.
func (n *node) measure(charge int) int {
	n.want = 0
	if n.singles != nil {
		n.want = charge
	}
	n.each(func(kid *node) {
		if w := kid.measure(charge); w < unlimited {
			n.want += 1 + w
		}
	})
	if n.cut {
		n.want = unlimited
	}
	return n.want
}

// share leaves n at most share descendants.
func (n *node) share(share, charge int) {
	n.bound = min(n.bound, share)
	if n.want <= share {
		return
	}
	n.cut = true
	if n.size() > share {
		n.keepFirst(n.children(), share)
	}
	wants := make([]int, 0, n.size()+1)
	n.each(func(kid *node) { wants = append(wants, kid.want) })
	if n.singles != nil {
		wants = append(wants, charge)
	}
	level := equalShare(wants, share-n.size())
	n.each(func(kid *node) { kid.share(level, charge) })
	if n.singles != nil && level < charge {
		n.singles.refused = true
		n.singles.fold()
	}
}

// equalShare returns the largest share for which the smaller of each want and the share
// are at most total in sum.
func equalShare(wants []int, total int) int {
	slices.Sort(wants)
	for i, w := range wants {
		if share := total / (len(wants) - i); w > share {
			return share
		}
		total -= w
	}
	return unlimited
}

// keepFirst keeps at most share of kids, which are all children and more than share. Of
// children with equal hashes it keeps all or none.
func (n *node) keepFirst(kids []*node, share int) {
	for share > 0 && kids[share-1].hash == kids[share].hash {
		share--
	}
	limit := uint64(0)
	if share > 0 {
		limit = kids[share-1].hash
	}
	n.keepOnly(kids[:share], kids[share:])
	n.limit = min(n.limit, limit)
}

// size returns the number of children.
func (n *node) size() int {
	size := n.keys.size
	if n.elements != nil {
		size++
	}
	if n.star != nil {
		size++
	}
	return size
}

// trim leaves n at most n.bound children, if it has a quarter more, and returns the number
// of descendants that n has lost. It is what share would do, only earlier, so that a
// document with many keys does not make many nodes.
func (n *node) trim(charge int) (lost int) {
	if n.size() <= n.bound+n.bound/4 {
		return 0
	}
	n.cut = true
	kids := n.children()
	for _, kid := range kids[n.bound:] {
		lost += 1 + kid.descendants(charge)
	}
	n.keepFirst(kids, n.bound)
	return lost
}

// keepOnly makes kids the children of n, and removes the others.
func (n *node) keepOnly(kids, others []*node) {
	for _, kid := range others {
		n.lost += kid.total()
		kid.remove()
	}
	n.elements, n.star = nil, nil
	var keys []*node
	for _, kid := range kids {
		switch kid.hash {
		case elementsHash:
			n.elements = kid
		case starHash:
			n.star = kid
		default:
			keys = append(keys, kid)
		}
	}
	n.keys.set(keys)
}

// lower removes the children with a hash above limit, another limit of n.
func (n *node) lower(limit uint64) {
	if limit >= n.limit {
		return
	}
	kids := n.children()
	keep := len(kids)
	for keep > 0 && kids[keep-1].hash > limit {
		keep--
	}
	n.keepOnly(kids[:keep], kids[keep:])
	n.limit = limit
}

// each calls f for the children of n, but not for those in singles.
func (n *node) each(f func(kid *node)) {
	if n.elements != nil {
		f(n.elements)
	}
	if n.star != nil {
		f(n.star)
	}
	for kid := range n.keys.all() {
		f(kid)
	}
}

// all calls f for n and all nodes below, those in singles too.
func (n *node) all(f func(*node)) {
	f(n)
	n.each(func(kid *node) { kid.all(f) })
	if n.singles != nil {
		for kid := range n.singles.keys.all() {
			kid.all(f)
		}
	}
}

// descendants returns their number, with the reserved ones.
func (n *node) descendants(charge int) int {
	size := 0
	n.each(func(kid *node) { size += 1 + kid.descendants(charge) })
	if n.singles != nil && !n.singles.refused {
		size += charge
	}
	return size
}

// isLeaf reports whether nothing below n is wanted with Options.SingleOnly if n has values
// of the types met. Below a key that looks like data, the number of all nodes decides
// whether the key has a path, so none is removed.
func (n *node) isLeaf(met uint32) bool {
	met &^= 1 << typeIndex[bsoncore.TypeNull]
	return met&(met-1) != 0 && n.owner == nil
}

// prune removes all nodes below n, which is a leaf from now on.
func (s *Schema) prune(n *node) {
	if n.leaf {
		return
	}
	s.size -= n.descendants(s.options.charge())
	n.each((*node).remove)
	if n.singles != nil {
		n.singles.fold()
	}
	n.keys, n.elements, n.star, n.singles, n.first = table{}, nil, nil, nil, nil
	n.leaf, n.cut, n.deep, n.lost = true, false, false, 0
}

// paths returns the number of paths among which MaxHashes is shared. It never gets
// smaller when documents are added.
func (s *Schema) paths() int {
	if s.root.cut {
		return s.options.MaxPaths
	}
	return min(max(s.size, 1), s.options.MaxPaths)
}

// limitHashes computes the share of a path in MaxHashes. Paths with more hashes give
// them up when the number of paths has doubled.
func (s *Schema) limitHashes() {
	paths := s.paths()
	s.hashes = max(s.options.MaxHashes/paths, 1)
	if paths < 2*s.swept {
		return
	}
	s.swept = paths
	s.root.all(func(n *node) {
		if n.values != nil {
			n.values.distinct.keep(s.hashes)
		}
	})
}
