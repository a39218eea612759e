package schema

import (
	"cmp"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the tree of paths.
//
//   - A node is a path. Its children are the keys of its documents, the elements of its
//     arrays (elements), and the keys that look like data, as one path (star).
//   - Keys that look like data also have a path each in singles, until there are too many.
//     Below these paths, and below star, such keys are only in a star. So a value is
//     counted twice at most.
//   - share.go removes nodes when there are too many.

// A node is a path, with all that is known of its values. The fields that every value
// needs come first, so that they are in few lines of the cache of a processor.
type node struct {
	parent    *node     // nil for the root, and for a node that was removed
	words     [2]uint64 // of the name, if it is short
	hash      uint64    // of the name: nodes are kept in this order
	next      *node     // the sibling that followed last time, or nil
	seen      uint64    // serial number of the container in which the path was last, see Schema
	parents   uint64    // documents or arrays that have the path
	documents uint64    // that have the path
	met       uint32    // types of values, as bits by typeIndex
	document  int64     // smallest number of a document with the only type, see values.firsts

	where   place  // of the first value
	again   place  // of the first value whose key its document has already; zero: none
	above   uint64 // values with a larger hash are not kept
	waiting queue

	first    *node // the child that was first last time, or nil
	keys     table // children for keys
	elements *node
	star     *node
	values   *values // nil until a value is counted

	name    string // the key; elementsName or starName
	level   int    // keys and arrays in the path
	data    bool   // a key in the path looks like data
	removed bool
	owner   *singles // whose path the path continues, or nil
	singles *singles // nil: no key looks like data, or these keys have no paths of their own

	limit uint64 // children with a larger hash are not kept, all others are
	bound int    // the largest share that n can have
	cut   bool   // the node has more descendants than its share
	deep  bool   // elements were not counted, because they are below MaxLevels
	leaf  bool   // nothing below is wanted, see Options.SingleOnly
	lost  uint64 // values of children that are not kept
	want  int    // descendants, see share.go
}

// A key is a key of a document.
type key struct {
	text  []byte
	words [2]uint64 // of a text of up to 16 bytes; else 0
	hash  uint64
}

// shortName is the largest number of bytes of a name in node.words. Names have no NUL, so
// zeros are not a part of it.
const shortName = 16

func (k *key) set(text []byte) {
	k.text = text
	k.words = [2]uint64{}
	if len(text) <= shortName {
		k.words[0], k.words[1] = words(text)
	}
}

// rehash sets k.hash, which differs from those of elements and star.
func (k *key) rehash() {
	hash := uint64(0)
	if len(k.text) <= shortName {
		hash = hashWords(0, len(k.text), k.words[0], k.words[1])
	} else {
		hash = hashLong(0, k.text)
	}
	k.hash = max(hash, starHash+1)
}

// has reports whether k is the name of n.
func (n *node) has(k *key) bool {
	return n.words == k.words && (len(k.text) <= shortName && len(n.name) <= shortName || n.name == string(k.text))
}

// singles has the nodes for keys that look like data.
type singles struct {
	keys   table
	size   int  // nodes, also below keys
	folded bool // too many: keys is empty, and stays so
	// refused is folded because the whole tree has too many nodes.
	refused bool
}

// A place orders values: the number of a document, and an offset of an element in it.
type place struct{ document, offset int64 }

func (p place) before(q place) bool {
	return p.document < q.document || p.document == q.document && p.offset < q.offset
}

// The names and hashes of nodes that are not keys of documents. BSON cannot have such
// keys, and other hashes are larger.
const (
	elementsName = "\x00[]"
	starName     = "\x00*"
	elementsHash = 1
	starHash     = 2
)

// isKey reports whether n is a key of a document.
func (n *node) isKey() bool { return n.hash > starHash }

const typeCount = 22

// typeIndex has the index in node.types of each type, typeOf the type.
var (
	typeIndex [256]uint8
	typeOf    [typeCount]bsoncore.Type
)

func init() {
	n := uint8(0)
	for t := range typeIndex {
		if bsoncore.Type(t).Valid() {
			n++
			typeIndex[t], typeOf[n] = n, bsoncore.Type(t)
		}
	}
}

func newNode(parent *node, name string, hash uint64) *node {
	n := &node{
		parent: parent, name: name, hash: hash, where: place{math.MaxInt64, math.MaxInt64},
		above: math.MaxUint64, limit: math.MaxUint64, bound: unlimited,
	}
	if len(name) <= shortName {
		n.words[0], n.words[1] = words([]byte(name))
	}
	if parent != nil {
		n.level = parent.level + 1
		n.owner = parent.owner
		n.data = parent.data || hash == starHash
	}
	return n
}

// children returns the children of n, but not those in singles, in the order in which
// they are kept.
func (n *node) children() []*node {
	kids := make([]*node, 0, n.keys.size+2)
	for kid := range n.keys.all() {
		kids = append(kids, kid)
	}
	for _, kid := range []*node{n.elements, n.star} {
		if kid != nil {
			kids = append(kids, kid)
		}
	}
	slices.SortFunc(kids, func(a, b *node) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.name, b.name))
	})
	return kids
}

// remove takes n out of the tree, with all below it. A walk may still have n.
func (n *node) remove() {
	for kid := range n.keys.all() {
		kid.remove()
	}
	if n.elements != nil {
		n.elements.remove()
	}
	if n.star != nil {
		n.star.remove()
	}
	if n.singles != nil {
		n.singles.fold()
	}
	*n = node{name: n.name, owner: n.owner, removed: true}
}

// fold removes the nodes of s.
func (s *singles) fold() {
	for kid := range s.keys.all() {
		kid.remove()
	}
	*s = singles{folded: true, refused: s.refused}
}

// extend returns *s, after allocation if it is nil.
func extend[T any](s **T) *T {
	if *s == nil {
		*s = new(T)
	}
	return *s
}
