package pickle

import "github.com/bsonkit/bsonkit/bson/bsoncore"

// This file is the graph of the values of a pickle: the middle of the way from
// opcodes to BSON. The machine makes it, the builder reads it. The graph knows
// the spelling of values in a pickle, and nothing else of opcodes: no stack, no
// memo. It does not know BSON, or the meaning of objects.
//
// Everything except the pickle itself is in one slab of numbers, graph.cells. A
// byte of the pickle adds at most four. Nodes are counted, and MaxNodes limits
// them.
//
//   - A ref is a value: an atom, a node or a class.
//   - An atom is the offset of the opcode that made it, and is read from there
//     when it is written. A container is also an atom while it is empty and not
//     in the memo: its node would need most of its bytes.
//   - A node is a container or object. A tuple has its items beside it. The
//     items of the others come later and are in segments, each linked to the
//     next.
//   - graph_atom.go reads atoms, with graph_text.go and graph_number.go for
//     what is in them; graph_slab.go is the slab.
//
// The content of a container or object inside another is final: only a GET can
// reach it, and a container must not change after a GET has referred to it.

// A graph has the values of one pickle, and the first fault of it.
type graph struct {
	src      []byte // the pickle, from its first byte; never written
	at       int    // byte offset of the current opcode; that of STOP at the end
	made     int    // containers and objects, except EMPTY_TUPLE
	maxNodes int    // of them
	encoding Encoding
	cells    slab

	// The fault, if err is not nil.
	fault int // byte offset of the opcode
	err   error
	what  string
}

// clear empties g for a pickle whose bytes are set later.
func (g *graph) clear() {
	g.at, g.made, g.err = 0, 0, nil
	g.cells.n = 1 // none is at 0
}

// fail records a fault at the opcode at off, the first one only, and returns
// false.
func (g *graph) fail(off int, err error, what string) bool {
	if g.err == nil {
		g.fault, g.err, g.what = off, err, what
	}
	return false
}

// A ref is a value on the stack, in the memo or in the graph.
type ref uint32

const (
	nodeRef  ref = 1 << 31 // | index in cells
	classRef ref = 3 << 30 // | class
	noRef    ref = 1<<32 - 1

	maxSource = 1<<31 - 1 // bytes of a pickle, so that an atom is below nodeRef
	maxCells  = 1<<30 - 1 // numbers in cells, so that a node is below classRef
)

func (r ref) isAtom() bool  { return r < nodeRef }
func (r ref) isNode() bool  { return r-nodeRef < classRef-nodeRef }
func (r ref) isClass() bool { return r >= classRef && r != noRef }
func (r ref) class() class  { return class(r - classRef) }

// A kind is a type of container.
type kind uint8

const (
	noKind    kind = iota // no container
	kindTuple             // of maxTuple items at most
	kindLong              // a longer tuple
	kindList
	kindDict   // items are key, value, key, value, …
	kindObject // what REDUCE and NEWOBJ made
	kindSet
	kindFrozen // a frozenset
)

// maxTuple is the largest number of items of a tuple that lie beside it. Calls
// have fewer.
const maxTuple = 255

// emptyKinds has the kind of the atoms that are empty containers.
var emptyKinds = [numAtoms]kind{isTuple: kindTuple, isList: kindList, isDict: kindDict, isSet: kindSet, isFrozen: kindFrozen}

// A node is the first numbers of a container or object, all in one chunk of
// cells. A tuple or list has fewer; the cells after it are then not part of it.
type node [objectSize]ref

const (
	nodeHead   = 0 // kind, flags, class, number of items of a tuple
	nodeOffset = 1 // of the opcode that made it
	nodeLast   = 2 // while it is read: index of the last segment, 0: none
	nodeWeight = 2 // after that: see weigh
	nodeFirst  = 3 // index of the first segment, 0: none
	nodeItems  = 3 // of a tuple: the first of its items
	nodeArgs   = 4 // of an object: its arguments, a tuple, or after _reconstructor the value of the base; see machine.other
	nodeState  = 5 // of an object: its state or noRef

	listSize   = nodeFirst + 1
	objectSize = nodeState + 1
)

// The head of a node.
const (
	kindMask    ref = 7
	flagShared  ref = 1 << 3 // a GET has referred to it; it must not change
	flagRebuilt ref = 1 << 4 // an object made by _reconstructor
	flagWeighed ref = 1 << 5
	flagOrdered ref = 1 << 6 // a SON whose items are in the order of its keys
	flagPairs   ref = 1 << 7 // an object of clsOther whose items are pairs
	classShift      = 8
	countShift      = 16
)

func (n *node) kind() kind    { return kind(n[nodeHead] & kindMask) }
func (n *node) class() class  { return class(n[nodeHead] >> classShift) }
func (n *node) shared() bool  { return n[nodeHead]&flagShared != 0 }
func (n *node) rebuilt() bool { return n[nodeHead]&flagRebuilt != 0 }

// hasPairs reports whether the items of an object are keys and values.
func (n *node) hasPairs() bool {
	switch n.class() {
	case clsDeque, clsBaseList, clsEmbeddedList:
		return false
	case clsOther:
		return n[nodeHead]&flagPairs != 0
	}
	return true
}
func (n *node) off() int { return int(n[nodeOffset]) }

// The parts of an object of clsOther: the items of the tuple that is its
// arguments.
const (
	otherCallee = iota
	otherArgs   // a tuple, noRef: none
	otherNamed  // a dictionary of arguments by name, noRef: none
	otherParts
)

// A segment is the index of the next one or 0, the number of items, and the
// items: pairs of them in a dict. Index 0 of cells is not used.
const segmentHead = 2

// node returns the node that r refers to, or nil.
func (g *graph) node(r ref) *node {
	if !r.isNode() {
		return nil
	}
	return g.nodeAt(int(r &^ nodeRef))
}

// nodeAt returns the node at index i of cells.
func (g *graph) nodeAt(i int) *node {
	c := g.cells.chunk(i)
	return (*node)(c[i&chunkMask : i&chunkMask+objectSize])
}

// place returns the offset of the opcode that made r; for a class, of the
// current opcode.
func (g *graph) place(r ref) int {
	if r.isAtom() {
		return int(r)
	}
	if n := g.node(r); n != nil {
		return n.off()
	}
	return g.at
}

// refuse records that r is a fault and returns dst and false.
func (g *graph) refuse(dst []byte, r ref, err error, what string) ([]byte, bool) {
	g.fail(g.place(r), err, what)
	return dst, false
}

// kind returns the kind of the container or object r.
func (g *graph) kind(r ref) kind {
	if r.isAtom() {
		return emptyKinds[atoms[g.src[r]]]
	}
	if n := g.node(r); n != nil {
		return n.kind()
	}
	return noKind
}

// tuple returns the items of a tuple.
func (g *graph) tuple(r ref) (items []ref, ok bool) {
	if r.isAtom() {
		return nil, atoms[g.src[r]] == isTuple
	}
	n := g.node(r)
	if n == nil || n.kind() != kindTuple {
		return nil, false
	}
	return g.cells.from(int(r&^nodeRef) + nodeItems)[:n[nodeHead]>>countShift], true
}

// first returns the index of the first segment of a list or dict.
func (g *graph) first(r ref) ref {
	if r.isAtom() {
		return 0
	}
	return g.node(r)[nodeFirst]
}

// segment returns the items of the segment at index i, and the index of the
// next segment. Only segment 0 has no items.
func (g *graph) segment(i ref) (items []ref, next ref) {
	if i == 0 {
		return nil, 0
	}
	s := g.cells.from(int(i))
	return s[segmentHead : segmentHead+s[1]], s[0]
}

// items returns the first items of a list or tuple and the index of the segment
// with the next ones.
func (g *graph) items(r ref) (items []ref, next ref) {
	if list, ok := g.tuple(r); ok {
		return list, 0
	}
	return g.segment(g.first(r))
}

// count returns the number of items in the segments from index i on.
func (g *graph) count(i ref) (n int) {
	for i != 0 {
		var items []ref
		items, i = g.segment(i)
		n += len(items)
	}
	return n
}

// isNone reports whether r is None.
func (g *graph) isNone(r ref) bool { return g.atom(r) == isNone }

// tally counts a container or object that the current opcode makes.
func (g *graph) tally() bool {
	if g.made >= g.maxNodes {
		return g.fail(g.at, ErrLimit, "MaxNodes")
	}
	g.made++
	return true
}

// room ensures that the next n cells are in one chunk.
func (g *graph) room(n int) bool {
	if left := chunkSize - g.cells.n&chunkMask; left < n {
		g.cells.n += left
	}
	if g.cells.n > maxCells-chunkSize {
		return g.fail(g.at, bsoncore.ErrTooLarge, "")
	}
	g.cells.ready()
	return true
}

// newNode adds a node of size numbers, which the opcode at off made, and
// returns it, or noRef if there is no room.
func (g *graph) newNode(head ref, off, size int) (ref, *node) {
	if !g.room(max(size, objectSize)) {
		return noRef, nil
	}
	at := g.cells.n
	g.cells.n += size
	n := g.nodeAt(at)
	n[nodeHead], n[nodeOffset], n[nodeLast] = head, ref(off), 0
	return nodeRef | ref(at), n
}

// list adds a node without items.
func (g *graph) list(k kind, off int) (ref, *node) {
	r, n := g.newNode(ref(k), off, listSize)
	if n != nil {
		n[nodeFirst] = 0
	}
	return r, n
}

// extend adds the values of a slab from index i on to the end of a container.
func (g *graph) extend(n *node, values *slab, i int) bool {
	for i < values.n {
		room := g.more(n)
		if room == nil {
			return false
		}
		k := min(len(room), values.n-i)
		values.read(room[:k], i)
		g.cells.n += k
		g.cells.from(int(n[nodeLast]))[1] += ref(k)
		i += k
	}
	return true
}

// more returns room for an even number of items at the end of a container: in
// its last segment if that is at the end of the slab, else in a new one.
func (g *graph) more(n *node) []ref {
	last, at := int(n[nodeLast]), g.cells.n
	if left := chunkSize - at&chunkMask; last != 0 && left >= 2 && left < chunkSize {
		if last+segmentHead+int(g.cells.at(last+1)) == at {
			return g.cells.from(at)[:left&^1]
		}
	}
	if !g.room(segmentHead + 2) {
		return nil
	}
	at = g.cells.n
	if last != 0 {
		g.cells.set(last, ref(at))
	} else {
		n[nodeFirst] = ref(at)
	}
	n[nodeLast] = ref(at)
	s := g.cells.from(at)
	s[0], s[1] = 0, 0
	g.cells.n += segmentHead
	return s[segmentHead : segmentHead+(len(s)-segmentHead)&^1]
}
