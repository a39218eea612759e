package pickle

import (
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson"
)

// This file runs the opcodes of a pickle.
//
//   - run is the loop. It looks at opcodes and lengths, and at the contents of
//     arguments only where they steer it: names, memo indexes, the protocol.
//   - argument.go finds where an opcode's argument ends; every bounds check is
//     there and at the top of run.
//   - call.go makes objects, memo.go is the memo.
//   - What comes about is a graph of refs and nodes. atom.go, value.go and
//     object.go turn it into BSON; nothing here knows what a class means.
//
// A run may stop where the bytes end and go on when there are more, so that a
// stream needs no second reader of opcodes to find where a pickle ends.

// A ref is a value on the stack, in the memo or in a container: an atom,
// which is the byte offset of the opcode that made it and is read from there
// when it is needed; a node; or a class.
type ref uint32

const (
	nodeRef  ref = 1 << 31 // | index in nodes
	classRef ref = 3 << 30 // | class
	noRef    ref = math.MaxUint32

	maxSource = 1<<31 - 1 // bytes of a pickle, so that an atom is below nodeRef
)

func (r ref) isAtom() bool  { return r < nodeRef }
func (r ref) isNode() bool  { return r-nodeRef < classRef-nodeRef }
func (r ref) isClass() bool { return r >= classRef && r != noRef }
func (r ref) class() class  { return class(r - classRef) }

// A kind says what a node is.
type kind uint8

const (
	kindList kind = iota
	kindTuple
	kindDict   // items are key, value, key, value, …
	kindObject // what REDUCE and NEWOBJ made
)

// A node is a container or an object.
type node struct {
	kind    kind
	class   class // of an object
	shared  bool  // a GET has referred to it; it changes no more
	rebuilt bool  // an object made by _reconstructor
	off     uint32
	first   uint32 // index in machine.items of the first segment; 0: none
	last    uint32 // the same of the last segment
	n       uint32 // items in all segments
	made    uint32 // of an object: index in machine.items of arguments and state
}

// A machine reads one pickle at a time.
type machine struct {
	src   []byte // from the pickle's first byte; never written
	off   int    // byte offset of the next opcode
	at    int    // byte offset of the current opcode
	seen  int    // no line feed lies between an unfinished line's start and this offset
	final bool   // no more bytes follow src

	stack []ref
	marks []int32 // heights of stack at which a MARK stands
	nodes []node
	// items holds segments: the index of the next segment or 0, the number of
	// items, the items. Index 0 is not used.
	items []ref
	memo  []ref          // by index; 0: none, else ref+1
	far   map[uint32]ref // entries with an index far above their number
	memos int            // entries in both

	maxNodes, maxMemo, maxDepth, maxExpansion int
	encoding                                  Encoding

	builder // see value.go
	scratch [64]byte

	// The fault, if err is not nil.
	fault int // byte offset of the opcode
	err   error
	what  string
	path  []string // keys to the fault, the innermost first
}

// A status says why run has returned.
type status uint8

const (
	statusDone   status = iota // STOP was reached, the value is stack[0]
	statusMore                 // the bytes end before the pickle does
	statusFailed               // see machine.err
)

// fail records a fault at the opcode at off, the first one only.
func (m *machine) fail(off int, err error, what string) status {
	if m.err == nil {
		m.fault, m.err, m.what = off, err, what
	}
	return statusFailed
}

// short is for where the bytes end.
func (m *machine) short() status {
	if !m.final {
		return statusMore
	}
	return m.fail(m.off, ErrTruncated, "")
}

// run reads opcodes up to STOP, to a fault, or to the end of the bytes.
func (m *machine) run() status {
	for {
		src, off := m.src, m.off
		if off >= len(src) {
			return m.short()
		}
		op := src[off]
		next := off + 1
		if a := arguments[op]; a >= argFixed {
			if next += int(a &^ argFixed); next > len(src) {
				return m.short()
			}
		} else if n := off + 2; a == argCount1 && n <= len(src) && op != opLong1 && int(src[off+1]) <= len(src)-n {
			next = n + int(src[off+1]) // the keys of nearly all pickles
		} else {
			var st status
			if next, st = m.argument(op, a); next < 0 {
				return st
			}
		}
		m.at, m.off = off, next
		ok := true
		switch op {
		case opShortBinUnicode, opBinInt, opBinInt1, opBinInt2, opNone, opNewTrue, opNewFalse, opBinFloat, opShortBinBytes,
			opBinUnicode, opShortBinString, opBinString, opBinBytes, opByteArray8, opEmptyTuple, opLong1, opInt, opLong,
			opFloat, opString, opUnicode:
			m.stack = append(m.stack, ref(off))
		case opMemoize:
			ok = m.put(uint32(m.memos))
		case opBinPut:
			ok = m.put(uint32(src[off+1]))
		case opBinGet:
			ok = m.get(uint32(src[off+1]))
		case opMark:
			m.marks = append(m.marks, int32(len(m.stack)))
		case opEmptyDict:
			ok = m.push(kindDict, 0)
		case opEmptyList:
			ok = m.push(kindList, 0)
		case opSetItem:
			ok = m.append(kindDict, len(m.stack)-2)
		case opSetItems:
			ok = m.marked() && m.append(kindDict, m.unmark())
		case opAppend:
			ok = m.append(kindList, len(m.stack)-1)
		case opAppends:
			ok = m.marked() && m.append(kindList, m.unmark())
		case opTuple1, opTuple2, opTuple3:
			ok = m.push(kindTuple, int(op-opTuple1)+1)
		case opStackGlobal:
			ok = m.stackGlobal()
		case opReduce:
			ok = m.reduce()
		case opNewObj:
			ok = m.newObject()
		case opBuild:
			ok = m.build()
		case opFrame:
			if st := m.frame(); st != statusDone {
				return st
			}
		case opStop:
			if len(m.stack) == 1 && len(m.marks) == 0 {
				return statusDone
			}
			ok = m.bad(ErrStack, "")
		default:
			ok = m.rare(op)
		}
		if !ok {
			return statusFailed
		}
	}
}

// rare is run for the opcodes of old protocols and the ones that occur once
// in a pickle.
func (m *machine) rare(op byte) bool {
	arg := m.src[m.at+1 : m.off]
	switch op {
	case opGlobal:
		return m.global(arg[:len(arg)-1])
	case opTuple:
		return m.marked() && m.push(kindTuple, len(m.stack)-m.unmark())
	case opList:
		return m.marked() && m.push(kindList, len(m.stack)-m.unmark())
	case opDict:
		return m.marked() && m.push(kindDict, len(m.stack)-m.unmark())
	case opLongBinPut:
		return m.put(binary.LittleEndian.Uint32(arg))
	case opLongBinGet:
		return m.get(binary.LittleEndian.Uint32(arg))
	case opPut, opGet:
		v, ok := parseInt(arg[:len(arg)-1])
		if !ok || v.neg || v.hi != 0 || v.lo > math.MaxUint32 {
			return m.bad(ErrArgument, "memo index")
		}
		if op == opPut {
			return m.put(uint32(v.lo))
		}
		return m.get(uint32(v.lo))
	case opProto:
		if m.at != 0 {
			return m.bad(ErrOpcode, "not at the start")
		}
		if arg[0] > 5 {
			return m.bad(ErrArgument, "protocol "+itoa(int(arg[0])))
		}
		return true
	}
	panic("BUG: pickle: opcode " + opcodeNames[op])
}

// bad records a fault at the current opcode and returns false.
func (m *machine) bad(err error, what string) bool {
	m.fail(m.at, err, what)
	return false
}

// global pushes the class that names, module and name, stand for.
func (m *machine) global(module []byte) bool {
	c, ok := names[string(module)]
	if !ok {
		return m.bad(ErrName, quoteName(dotted(module)))
	}
	m.stack = append(m.stack, classRef|ref(c))
	return true
}

// stackGlobal is global with the names on the stack.
func (m *machine) stackGlobal() bool {
	s := len(m.stack) - 2
	if s < m.floor() {
		return m.bad(ErrStack, "")
	}
	var room [2*maxName + 1]byte
	both := room[:0]
	for i, r := range m.stack[s:] {
		if m.textLen(r) > maxName {
			return m.bad(ErrName, "not a name")
		}
		if i == 1 {
			both = append(both, '\n')
		}
		var ok bool
		if both, ok = m.text(both, r); !ok {
			return false
		}
	}
	m.stack = m.stack[:s]
	return m.global(both)
}

// floor returns the height of the stack at the topmost mark: what lies below
// is out of reach.
func (m *machine) floor() int {
	if n := len(m.marks); n > 0 {
		return int(m.marks[n-1])
	}
	return 0
}

// marked reports whether there is a mark.
func (m *machine) marked() bool {
	return len(m.marks) > 0 || m.bad(ErrStack, "no mark")
}

// unmark removes the topmost mark and returns its height.
func (m *machine) unmark() int {
	n := m.floor()
	m.marks = m.marks[:len(m.marks)-1]
	return n
}

// node returns the node that r refers to, or nil.
func (m *machine) node(r ref) *node {
	if !r.isNode() {
		return nil
	}
	return &m.nodes[r&^nodeRef]
}

// push makes a container of the n topmost values and pushes it.
func (m *machine) push(k kind, n int) bool {
	s := len(m.stack) - n
	if s < m.floor() || k == kindDict && n%2 != 0 {
		return m.bad(ErrStack, "")
	}
	r := m.newNode(node{kind: k})
	if r == noRef {
		return false
	}
	if n > 0 {
		m.extend(m.node(r), m.stack[s:])
	}
	m.stack = append(m.stack[:s], r)
	return true
}

// newNode adds a node and returns its ref, or noRef past the limit.
func (m *machine) newNode(n node) ref {
	if len(m.nodes) >= m.maxNodes {
		m.bad(ErrLimit, "MaxNodes")
		return noRef
	}
	n.off = uint32(m.at)
	m.nodes = append(m.nodes, n)
	return nodeRef | ref(len(m.nodes)-1)
}

// extend adds items to n.
func (m *machine) extend(n *node, items []ref) {
	n.n += uint32(len(items))
	if n.last != 0 && int(n.last)+2+int(m.items[n.last+1]) == len(m.items) {
		m.items[n.last+1] += ref(len(items))
		m.items = append(m.items, items...)
		return
	}
	at := uint32(len(m.items))
	m.items = append(m.items, 0, ref(len(items)))
	m.items = append(m.items, items...)
	if n.last != 0 {
		m.items[n.last] = ref(at)
	} else {
		n.first = at
	}
	n.last = at
}

// segment returns the items of the segment at index s, and the next segment
// or 0.
func (m *machine) segment(s uint32) (items []ref, next uint32) {
	n := uint32(m.items[s+1])
	return m.items[s+2 : s+2+n], uint32(m.items[s])
}

// append adds the values from height s on to the container below them.
func (m *machine) append(k kind, s int) bool {
	if s-1 < m.floor() {
		return m.bad(ErrStack, "")
	}
	n := m.node(m.stack[s-1])
	switch {
	case n == nil:
		return m.bad(ErrStack, "not a container")
	case n.kind != k && (k != kindDict || n.kind != kindObject || !rules[n.class].items || n.rebuilt):
		return m.bad(ErrStack, "not such a container")
	case k == kindDict && (len(m.stack)-s)%2 != 0:
		return m.bad(ErrStack, "key without a value")
	case n.shared:
		return m.bad(ErrCycle, "")
	}
	if len(m.stack) > s {
		m.extend(n, m.stack[s:])
		m.stack = m.stack[:s]
	}
	return true
}

// isNone reports whether r is None.
func (m *machine) isNone(r ref) bool { return r.isAtom() && m.src[r] == opNone }

// error returns the fault as an error; the pickle starts at offset base of
// the input.
func (m *machine) error(base int64) error {
	e := SyntaxError{Offset: base + int64(m.fault), What: m.what, Err: m.err}
	if m.fault < len(m.src) {
		op := m.src[m.fault]
		if e.Opcode = opcodeNames[op]; e.Opcode == "" {
			e.Opcode = "0x" + string("0123456789abcdef"[op>>4]) + string("0123456789abcdef"[op&15])
		}
	}
	if m.err == ErrTruncated {
		e.Offset = base + int64(len(m.src))
	}
	var path []byte
	for i := len(m.path) - 1; i >= 0; i-- {
		path = bson.AppendPointer(path, []byte(m.path[i]))
	}
	e.Pointer = string(path)
	if malformed[m.err] {
		return &e
	}
	v := ValueError(e)
	return &v
}
