package query

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file makes the program of an edit: a tree of what is to be done with the fields of
// a document.
//
//   - Below an array a number in a path is an index, and other names are those of the
//     documents in it. So an element can be reached in two ways, and its editNode is made
//     of several branches of the tree of paths.
//   - A planner makes the editNode of branches, and a change for each name of it.

// An editNode is what an edit does with the fields of a document.
type editNode struct {
	names   names
	changes []change    // in the order of names
	moves   []*renaming // from a field below the node to another one, in order
	tracks  bool        // it matters which names a document has
	first   int         // the name that is put first where it is missing; -1: none
	clash   bool        // a renaming and another path lead to one field; one of them has an index
	array   *arrayNode  // nil: documents in an array are like the node
}

// An arrayNode is what an edit does with the elements of an array.
type arrayNode struct {
	docs     *editNode // with documents and arrays in it; nil: nothing
	elements *editNode // with elements, by index
	stuck    bool      // a renaming has an index, so it cannot be done
}

// A change is what is done with one field.
type change struct {
	drop    bool           // it is left out
	value   bsoncore.Value // it gets a value; Type 0: it does not
	renamed bool           // it gets the name key
	key     string         //
	other   int            // the other name of a renaming in the document; -1: none
	to      bsoncore.Type  // it gets an equal value of a type; 0: it does not
	kid     *editNode      // its own fields change; nil: they do not
	makes   bool           // where it is missing it is made
	height  int            // the number of containers, one in the other, that are then made
	clash   bool           // two paths lead to it, of which one may be an index
}

// A branch is a part of the tree of paths.
type branch struct {
	node *fieldNode
	docs bool // in an array: without the names that are indexes
}

// has reports whether b may have the name.
func (b branch) has(name string) bool { return !b.docs || !isIndex(name) }

// A planner makes the program of a tree. Several paths lead to one set of branches, whose
// program is made once.
type planner struct {
	programs map[string]*editNode // by key
	ids      map[*fieldNode]uint64
	work     int // names of sets with several branches, for each branch
}

// maxWork is the limit of work. Only paths with many indexes and names in turn have sets
// with several branches.
const maxWork = 1 << 20

// full reports whether the program is too large.
func (p *planner) full() bool { return p.work > maxWork }

// key returns the key of branches in p.programs.
func (p *planner) key(branches []branch) string {
	var key []byte
	for _, b := range branches {
		id, ok := p.ids[b.node]
		if !ok {
			id = uint64(len(p.ids))
			p.ids[b.node] = id
		}
		id *= 2
		if b.docs {
			id++
		}
		key = binary.AppendUvarint(key, id)
	}
	return string(key)
}

// plan returns the program of branches; nil if there is nothing to do.
func (p *planner) plan(branches []branch) *editNode {
	key := p.key(branches)
	n, ok := p.programs[key]
	if !ok && !p.full() {
		n = p.program(branches)
		p.programs[key] = n
	}
	return n
}

// program makes the program of branches.
func (p *planner) program(branches []branch) *editNode {
	n := &editNode{first: -1}
	list := namesOf(branches)
	if len(branches) > 1 {
		p.work += len(branches) * (len(branches) + len(list))
	}
	p.addAll(n, branches, nil, list)
	for _, b := range branches {
		for _, r := range b.node.edit.moves {
			if b.has(r.from[r.shared]) && b.has(r.to[r.shared]) {
				n.moves = append(n.moves, r)
			}
		}
	}
	slices.SortFunc(n.moves, func(r, s *renaming) int { return cmp.Compare(r.number, s.number) })
	for i, b := range branches {
		n.link(b)
		for j, other := range branches {
			n.clash = n.clash || i != j && b.renames(other.meets)
		}
	}
	n.array = p.array(branches)
	if len(n.changes) == 0 && len(n.moves) == 0 && n.array == nil {
		return nil
	}
	return n
}

// first returns the number in the edit of the first path that has the name k. In a tree
// that is not sorted all names have the same number.
func (n *fieldNode) first(k int) int {
	if n.edit == nil || n.edit.first == nil {
		return 0
	}
	return n.edit.first[k]
}

// sort sorts the steps of n and of the nodes below it by their names, and finds the first
// path of each name.
func (n *fieldNode) sort() {
	paths := n.editPaths()
	slices.SortStableFunc(paths.steps, func(a, b step) int { return cmp.Compare(a.name, b.name) })
	paths.first = make([]int, len(n.kids))
	for k, kid := range n.kids {
		first := math.MaxInt
		for _, s := range paths.at(k) {
			first = min(first, s.number)
		}
		if kid != nil {
			kid.sort()
			first = min(first, slices.Min(kid.edit.first))
		}
		paths.first[k] = first
	}
}

// at returns the steps at the name k. They must be sorted.
func (p *editPaths) at(k int) []step {
	from, _ := slices.BinarySearchFunc(p.steps, k, func(s step, k int) int { return cmp.Compare(s.name, k) })
	to := from
	for to < len(p.steps) && p.steps[to].name == k {
		to++
	}
	return p.steps[from:to]
}

// namesOf returns the names of branches. Fields that an edit makes have its order.
func namesOf(branches []branch) []string {
	if len(branches) == 1 {
		return slices.DeleteFunc(slices.Clone(branches[0].node.names.list), func(name string) bool { return !branches[0].has(name) })
	}
	first := map[string]int{} // the number in the edit of the first path that has the name
	var list []string
	for _, b := range branches {
		for k, name := range b.node.names.list {
			before, known := first[name]
			switch number := b.node.first(k); {
			case !b.has(name):
			case !known:
				list = append(list, name)
				first[name] = number
			default:
				first[name] = min(before, number)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(first[a], first[b]) })
	return list
}

// atRoot returns n, which may be nil, as the program of a whole document. An _id that is
// made comes first.
func (n *editNode) atRoot() *editNode {
	if n == nil {
		return &editNode{first: -1}
	}
	if i := n.names.find([]byte(idName)); i >= 0 && n.changes[i].makes {
		n.first = i
	}
	return n
}

// addAll adds to n what branches do with fields of the given names, and docs with the
// fields of these.
func (p *planner) addAll(n *editNode, branches, docs []branch, list []string) {
	n.changes = make([]change, 0, len(list))
	for _, name := range list {
		if c := p.change(branches, docs, name); c.acts() {
			n.names.add(name)
			n.changes = append(n.changes, c)
			n.tracks = n.tracks || c.makes
		}
	}
}

// acts reports whether c does anything.
func (c *change) acts() bool {
	return c.drop || c.value.Type != 0 || c.renamed || c.to != 0 || c.kid != nil || c.clash
}

// link gives both names of each renaming in b the place of the other.
func (n *editNode) link(b branch) {
	for _, s := range b.node.edit.steps {
		r := s.renaming
		if s.kind != sourcePath || !r.inPlace() || !b.has(r.from[r.shared]) || !b.has(r.to[r.shared]) {
			continue
		}
		to := r.to[r.shared]
		if n.names.find([]byte(to)) < 0 {
			n.names.add(to)
			n.changes = append(n.changes, change{other: -1})
		}
		i, j := n.names.find([]byte(r.from[r.shared])), n.names.find([]byte(to))
		n.changes[i].other, n.changes[j].other = j, i
		n.tracks = true
	}
}

// renames reports whether meets is true for an end of a renaming in the document of b.
func (b branch) renames(meets func(keys path) bool) bool {
	either := func(r *renaming) bool { return meets(r.from[r.shared:]) || meets(r.to[r.shared:]) }
	for _, s := range b.node.edit.steps {
		if s.renaming != nil && s.renaming.inPlace() && either(s.renaming) {
			return true
		}
	}
	return slices.ContainsFunc(b.node.edit.moves, either)
}

// meets reports whether b has a path that is equal to keys, or of which one leads into the
// other.
func (b branch) meets(keys path) bool {
	n := b.node
	for i, key := range keys {
		k := n.names.find([]byte(key))
		if k < 0 || i == 0 && !b.has(key) {
			return false
		}
		if n.ends[k] != 0 || n.kids[k] == nil {
			return true
		}
		n = n.kids[k]
	}
	return true
}

// change returns what branches do with the field of a name, and docs, unless the field
// as a whole changes, with its fields.
func (p *planner) change(branches, docs []branch, name string) change {
	c := change{other: -1}
	var kids []branch
	parts, ends := 0, 0 // branches that have the name, and of these as the end of a path
	for _, b := range branches {
		k := b.node.names.find([]byte(name))
		if k < 0 || !b.has(name) {
			continue
		}
		parts++
		if b.node.ends[k] != 0 {
			ends++
			c.apply(b, k)
		}
		if kid := b.node.kids[k]; kid != nil {
			kids = append(kids, branch{node: kid})
			c.makes = c.makes || kid.below&setPath != 0
		}
	}
	switch {
	case c.drop || c.to != 0:
	case c.value.Type.IsContainer():
		c.clash = len(docs) > 0
	case c.value.Type == 0:
		kids = append(kids, docs...)
	}
	c.clash = c.clash || ends > 0 && parts > 1
	p.lead(&c, kids)
	return c
}

// apply adds the steps that b has at the name k.
func (c *change) apply(b branch, k int) {
	c.drop = b.node.ends[k]&unsetPath != 0
	c.makes = c.makes || b.node.ends[k]&setPath != 0
	for _, s := range b.node.edit.at(k) {
		switch s.kind {
		case setPath:
			c.value, c.height = s.value, heightOf(s.value)
		case retypePath, movedRetype:
			c.to = s.to
		case sourcePath:
			if r := s.renaming; r.inPlace() {
				c.renamed, c.key = true, r.to[r.shared]
			}
		}
	}
}

// lead adds to c what is done with the fields of the value.
func (p *planner) lead(c *change, kids []branch) {
	if len(kids) == 0 {
		return
	}
	if c.kid = p.plan(kids); c.kid == nil {
		return
	}
	for i := range c.kid.changes {
		if k := &c.kid.changes[i]; k.makes {
			c.height = max(c.height, 1+k.height)
		}
	}
}

// array returns what branches do with the elements of an array; nil if no name is an
// index.
func (p *planner) array(branches []branch) *arrayNode {
	a := &arrayNode{elements: &editNode{first: -1}}
	var docs []branch
	indexes := false
	for _, b := range branches {
		if slices.ContainsFunc(b.node.names.list, func(name string) bool { return !isIndex(name) }) {
			docs = append(docs, branch{b.node, true})
		}
		indexes = indexes || !b.docs && slices.ContainsFunc(b.node.names.list, isIndex)
		a.stuck = a.stuck || !b.docs && b.renames(func(keys path) bool { return isIndex(keys[0]) })
	}
	if !indexes {
		return nil
	}
	if a.docs = p.plan(docs); a.docs == nil {
		docs = nil
	}
	p.addAll(a.elements, branches, docs, slices.DeleteFunc(namesOf(branches), func(name string) bool { return !isIndex(name) }))
	return a
}

// heightOf returns the number of containers in v, one in the other, v included. A scope is
// one.
func heightOf(v bsoncore.Value) int {
	var c bsoncore.Cursor
	c.ResetValue(v.Type, v.Data, bsoncore.DepthCeiling)
	return height(&c)
}

// height returns the same for the current value of c, whose depth is limited.
func height(c *bsoncore.Cursor) int {
	if t := c.Type(); !t.IsContainer() && t != bsoncore.TypeCodeWithScope || !c.Enter() {
		return 0
	}
	most := 0
	for c.Next() {
		most = max(most, height(c))
	}
	c.Leave()
	return 1 + most
}
