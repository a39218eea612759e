package pickle

import "github.com/bsonkit/bsonkit/bson"

// This file is the graph of values that a pickle comes to. All of it lies in
// one slab of numbers, machine.cells, to which a byte of the pickle adds four at
// most.
//
//   - A ref is a value: an atom, a node or a class.
//   - An atom is the offset of the opcode that made it, and is read from
//     there when it is written. A container is an atom too as long as it is
//     empty and not in the memo: most of one's bytes would be its node's.
//   - A node is a container or object. A tuple has its items beside it; those
//     of the others come later and lie in segments, each linked to the next.
//
// What lies in a container or object is final: it is reached only by a GET
// from then on, and what a GET has referred to must not change.

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

// A kind says what a container is.
type kind uint8

const (
	noKind    kind = iota // no container
	kindTuple             // of maxTuple items at most
	kindLong              // a longer tuple
	kindList
	kindDict   // items are key, value, key, value, …
	kindObject // what REDUCE and NEWOBJ made
)

// maxTuple is how many items of a tuple lie beside it. Calls have fewer.
const maxTuple = 255

// emptyKinds has the kind of the empty containers that an opcode makes.
var emptyKinds = [256]kind{
	opEmptyTuple: kindTuple, opTuple: kindTuple, opEmptyList: kindList, opList: kindList, opEmptyDict: kindDict, opDict: kindDict,
}

// A node is the first numbers of a container or object, all of which lie in
// one chunk of cells. What has fewer shows what lies behind it.
type node [objectSize]ref

const (
	nodeHead   = 0 // kind, flags, class, number of items of a tuple
	nodeOffset = 1 // of the opcode that made it
	nodeLast   = 2 // while it is read: index of the last segment, 0: none
	nodeWeight = 2 // after that: see weigh
	nodeFirst  = 3 // index of the first segment, 0: none
	nodeItems  = 3 // of a tuple: its items, as many as there are
	nodeArgs   = 4 // of an object: its arguments, a tuple, or after _reconstructor the value of the base
	nodeState  = 5 // of an object: its state or noRef

	listSize   = nodeFirst + 1
	objectSize = nodeState + 1
)

// The head of a node.
const (
	kindMask    ref = 7
	flagShared  ref = 1 << 3 // a GET has referred to it; it changes no more
	flagRebuilt ref = 1 << 4 // an object made by _reconstructor
	flagWeighed ref = 1 << 5
	classShift      = 8
	countShift      = 16
)

func (n *node) kind() kind    { return kind(n[nodeHead] & kindMask) }
func (n *node) class() class  { return class(n[nodeHead] >> classShift) }
func (n *node) shared() bool  { return n[nodeHead]&flagShared != 0 }
func (n *node) rebuilt() bool { return n[nodeHead]&flagRebuilt != 0 }
func (n *node) off() int      { return int(n[nodeOffset]) }

// A segment is the index of the next one or 0, the number of items, and the
// items: pairs of them in a dict. Index 0 of cells is not used.
const segmentHead = 2

// node returns the node that r refers to, or nil.
func (m *machine) node(r ref) *node {
	if !r.isNode() {
		return nil
	}
	return m.nodeAt(int(r &^ nodeRef))
}

// nodeAt returns the node at index i of cells.
func (m *machine) nodeAt(i int) *node {
	c := m.cells.chunk(i)
	return (*node)(c[i&chunkMask : i&chunkMask+objectSize])
}

// kind returns what r is as a container or object.
func (m *machine) kind(r ref) kind {
	if r.isAtom() {
		return emptyKinds[m.src[r]]
	}
	if n := m.node(r); n != nil {
		return n.kind()
	}
	return noKind
}

// tuple returns the items of a tuple.
func (m *machine) tuple(r ref) (items []ref, ok bool) {
	if r.isAtom() {
		return nil, emptyKinds[m.src[r]] == kindTuple
	}
	n := m.node(r)
	if n == nil || n.kind() != kindTuple {
		return nil, false
	}
	return m.cells.from(int(r&^nodeRef) + nodeItems)[:n[nodeHead]>>countShift], true
}

// first returns the index of the first segment of a list or dict.
func (m *machine) first(r ref) ref {
	if r.isAtom() {
		return 0
	}
	return m.node(r)[nodeFirst]
}

// segment returns the items of the segment at index i, and the index of the
// next segment. Segment 0 has no items, and no other is without.
func (m *machine) segment(i ref) (items []ref, next ref) {
	if i == 0 {
		return nil, 0
	}
	s := m.cells.from(int(i))
	return s[segmentHead : segmentHead+s[1]], s[0]
}

// items returns the first items of a list or tuple and the index of the
// segment that has the next ones.
func (m *machine) items(r ref) (items []ref, next ref) {
	if list, ok := m.tuple(r); ok {
		return list, 0
	}
	return m.segment(m.first(r))
}

// count returns how many items lie in the segments from index i on.
func (m *machine) count(i ref) (n int) {
	for i != 0 {
		var items []ref
		items, i = m.segment(i)
		n += len(items)
	}
	return n
}

// isNone reports whether r is None.
func (m *machine) isNone(r ref) bool { return r.isAtom() && m.src[r] == opNone }

// tally counts a container or object that the current opcode makes.
func (m *machine) tally() bool {
	if m.made >= m.maxNodes {
		return m.bad(ErrLimit, "MaxNodes")
	}
	m.made++
	return true
}

// room makes sure that the next n cells lie in one chunk.
func (m *machine) room(n int) bool {
	if left := chunkSize - m.cells.n&chunkMask; left < n {
		m.cells.n += left
	}
	if m.cells.n > maxCells-chunkSize {
		return m.bad(bson.ErrTooLarge, "")
	}
	m.cells.ready()
	return true
}

// pushBare pushes the list or dict that the current opcode makes. If one like
// it is on top of the stack, it is this one: what is pushed above can only go
// into it, and then it is an atom no more.
func (m *machine) pushBare() {
	m.bare = ref(m.at)
	m.stack.push(m.bare)
}

// newNode adds a node of size numbers, which the opcode at off made, and
// returns it, or noRef if there is no room.
func (m *machine) newNode(head ref, off, size int) (ref, *node) {
	if !m.room(max(size, objectSize)) {
		return noRef, nil
	}
	at := m.cells.n
	m.cells.n += size
	n := m.nodeAt(at)
	n[nodeHead], n[nodeOffset], n[nodeLast] = head, ref(off), 0
	return nodeRef | ref(at), n
}

// list adds a node without items.
func (m *machine) list(k kind, off int) (ref, *node) {
	r, n := m.newNode(ref(k), off, listSize)
	if n != nil {
		n[nodeFirst] = 0
	}
	return r, n
}

// fill gives the container at height i of the stack, which is an atom, a node,
// and returns it; or noRef if there is no room.
func (m *machine) fill(i int) ref {
	r := m.stack.at(i)
	r, _ = m.list(emptyKinds[m.src[r]], int(r))
	m.stack.set(i, r)
	return r
}

// extend adds the values from height s on to the end of a container.
func (m *machine) extend(n *node, s int) bool {
	for s < m.stack.n {
		room := m.more(n)
		if room == nil {
			return false
		}
		k := min(len(room), m.stack.n-s)
		m.stack.read(room[:k], s)
		m.cells.n += k
		m.cells.from(int(n[nodeLast]))[1] += ref(k)
		s += k
	}
	return true
}

// more returns room for items at the end of a container, for an even number of
// them: in its last segment if nothing lies behind that, else in a new one.
func (m *machine) more(n *node) []ref {
	last, at := int(n[nodeLast]), m.cells.n
	if left := chunkSize - at&chunkMask; last != 0 && left >= 2 && left < chunkSize {
		if last+segmentHead+int(m.cells.at(last+1)) == at {
			return m.cells.from(at)[:left&^1]
		}
	}
	if !m.room(segmentHead + 2) {
		return nil
	}
	at = m.cells.n
	if last != 0 {
		m.cells.set(last, ref(at))
	} else {
		n[nodeFirst] = ref(at)
	}
	n[nodeLast] = ref(at)
	s := m.cells.from(at)
	s[0], s[1] = 0, 0
	m.cells.n += segmentHead
	return s[segmentHead : segmentHead+(len(s)-segmentHead)&^1]
}
