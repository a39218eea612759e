package pickle

import "encoding/binary"

// This file is the machine, which runs the opcodes of a pickle and makes its
// graph: the first part of the way from opcodes to BSON. It knows opcodes, the
// stack, the memo, and the allowed names and their uses. It does not know BSON
// or the meaning of objects. It reads the content of arguments only if they
// control it: names, memo indexes, the protocol.
//
//   - run is the loop.
//   - skip finds the end of a pickle that run has rejected.
//   - machine_argument.go finds where an opcode's argument ends; every bounds
//     check is there and at the top of run.
//   - machine_call.go makes objects, machine_other.go those of other classes;
//     machine_memo.go is the memo.
//
// A run stops at the end of the bytes and continues when more arrive, so a
// stream needs no second reader of opcodes to find the end of a pickle.

// A machine reads one pickle at a time.
type machine struct {
	graph // its result; machine.at is the current opcode

	off   int  // byte offset of the next opcode
	seen  int  // there is no line feed between the start of an unfinished line and this offset
	final bool // no more bytes follow src

	stack slab           // values
	marks slab           // heights of stack at which a MARK stands
	floor int            // the topmost of them, or 0: values below it are out of reach
	bare  ref            // the list or dict that was made last, while it is an atom
	memo  slab           // by index; 0: none, else ref+1
	far   map[uint32]ref // entries with an index far above their number
	memos int            // entries in memo and far

	maxMemo  int  // limit of memos
	describe bool // objects of any class are read; see machine_other.go
}

// reset makes m read a pickle from its start.
func (m *machine) reset() {
	m.clear()
	m.off, m.seen = 0, 0
	m.stack.n, m.marks.n, m.memo.n = 0, 0, 0
	m.floor, m.bare = 0, noRef
	m.far = nil
	m.memos = 0
}

// result returns the value of the pickle that run has read to STOP.
func (m *machine) result() ref {
	if len(m.stack.rest)+len(m.marks.rest) > keepChunks { // their work is done
		m.stack.trim()
		m.marks.trim()
	}
	return m.stack.at(0)
}

// A status is the reason why run returned.
type status uint8

const (
	statusDone   status = iota // STOP was reached, the value is at the bottom of the stack
	statusMore                 // the bytes end before the pickle does
	statusFailed               // see graph.err
)

// stop is fail for callers that return a status.
func (m *machine) stop(off int, err error, what string) status {
	m.fail(off, err, what)
	return statusFailed
}

// bad records a fault at the current opcode and returns false.
func (m *machine) bad(err error, what string) bool { return m.fail(m.at, err, what) }

// short handles the end of the bytes.
func (m *machine) short() status {
	if !m.final {
		return statusMore
	}
	return m.stop(m.off, ErrTruncated, "")
}

// run reads opcodes up to STOP, to a fault, or to the end of the bytes.
func (m *machine) run() status {
	src, off := m.src, m.off
	for {
		if off >= len(src) {
			return m.short()
		}
		op := src[off]
		next := off + 1
		if a := arguments[op]; a == argNothing {
			// most opcodes
		} else if a > argNothing {
			if next += int(a &^ argFixed); next > len(src) {
				return m.short()
			}
		} else if n := off + 2; a == argCount1 && n <= len(src) && int(src[off+1]) <= len(src)-n {
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
			opBinUnicode, opShortBinString, opBinString, opBinBytes, opByteArray8, opEmptyTuple, opLong1, opLong4, opInt, opLong,
			opFloat, opString, opUnicode:
			m.stack.push(ref(off))
			if next < len(src) && src[next] == opMemoize && m.isNext(m.memos) {
				m.remember(ref(off)) // as put would; the keys again
				next++
				m.off = next
			}
		case opMemoize:
			ok = m.put(uint32(m.memos))
		case opBinPut:
			ok = m.put(uint32(src[off+1]))
		case opBinGet:
			ok = m.get(uint32(src[off+1]))
		case opMark:
			m.floor = m.stack.n
			m.marks.push(ref(m.floor))
		case opEmptyDict, opEmptyList, opEmptySet:
			if ok = m.tally(); ok {
				m.pushBare()
			}
		case opSetItem:
			ok = m.append(kindDict, m.stack.n-2)
		case opSetItems:
			ok = m.marked() && m.append(kindDict, m.unmark())
		case opAppend:
			ok = m.append(kindList, m.stack.n-1)
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
			if m.stack.n == 1 && m.marks.n == 0 {
				return statusDone
			}
			ok = m.bad(ErrStack, "")
		default:
			ok = m.rare(op)
		}
		if !ok {
			return statusFailed
		}
		off = next
	}
}

// skip goes from opcode to opcode past STOP, or to PROTO, which only starts
// another pickle. It runs no opcode. It fails at a byte that is not an opcode,
// and at a length for which run would fail.
func (m *machine) skip() status {
	for m.off < len(m.src) {
		op := m.src[m.off]
		a := refusedArguments[op]
		if a == argRefused {
			a = arguments[op]
		}
		if op == opProto {
			return statusDone
		}
		next, st := m.off+1, statusDone
		if a < argFixed {
			var limited byte // no opcode has a limit of its own, but LONG has a higher one
			if op == opLong {
				limited = op
			}
			next, st = m.argument(limited, a)
		} else if next += int(a &^ argFixed); next > len(m.src) {
			next, st = -1, m.short()
		}
		if next < 0 {
			return st
		}
		if m.off = next; op == opStop {
			return statusDone
		}
	}
	return m.short()
}

// rare is run for the opcodes of old protocols, and for opcodes that occur once
// in a pickle.
func (m *machine) rare(op byte) bool {
	arg := m.src[m.at+1 : m.off]
	switch op {
	case opGlobal:
		return m.global(arg[:len(arg)-1])
	case opTuple:
		return m.marked() && m.push(kindTuple, m.stack.n-m.unmark())
	case opList:
		return m.marked() && m.push(kindList, m.stack.n-m.unmark())
	case opDict:
		return m.marked() && m.push(kindDict, m.stack.n-m.unmark())
	case opFrozenSet:
		return m.marked() && m.push(kindFrozen, m.stack.n-m.unmark())
	case opAddItems:
		return m.marked() && m.append(kindSet, m.unmark())
	case opObj, opInst:
		return m.marked() && m.instance(op)
	case opNewObjEx:
		return m.newObjectEx()
	case opLongBinPut:
		return m.put(binary.LittleEndian.Uint32(arg))
	case opLongBinGet:
		return m.get(binary.LittleEndian.Uint32(arg))
	case opPut:
		i, ok := m.memoIndex()
		return ok && m.put(i)
	case opGet:
		i, ok := m.memoIndex()
		return ok && m.get(i)
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

// global pushes the class with the given name: a module, a line feed and a
// name.
func (m *machine) global(name []byte) bool {
	c := clsObjectID
	if string(name) != objectIDName {
		var ok bool
		if c, ok = names[string(name)]; !ok && m.describe {
			m.stack.push(ref(m.at))
			return true
		} else if !ok {
			return m.bad(ErrName, quoteName(dotted(name)))
		}
	}
	m.stack.push(classRef | ref(c))
	return true
}

// stackGlobal is global with the names on the stack.
func (m *machine) stackGlobal() bool {
	s := m.stack.n - 2
	if s < m.floor {
		return m.bad(ErrStack, "")
	}
	var room [2*maxName + 1]byte
	both := room[:0]
	for i := range 2 {
		r := m.stack.at(s + i)
		if n := m.textLen(r); n > maxName {
			if m.describe && n <= maxLongName {
				return m.name(s)
			}
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
	if m.describe && names[string(both)] == 0 {
		return m.name(s)
	}
	m.stack.n = s
	return m.global(both)
}

// marked reports whether there is a mark.
func (m *machine) marked() bool {
	return m.marks.n > 0 || m.bad(ErrStack, "no mark")
}

// unmark removes the topmost mark and returns its height.
func (m *machine) unmark() int {
	h := m.floor
	m.marks.n--
	m.floor = 0
	if n := m.marks.n; n > 0 {
		m.floor = int(m.marks.at(n - 1))
	}
	return h
}

// push makes a container of the n topmost values and pushes it.
func (m *machine) push(k kind, n int) bool {
	s := m.stack.n - n
	if s < m.floor || k == kindDict && n%2 != 0 {
		return m.bad(ErrStack, "")
	}
	if !m.tally() {
		return false
	}
	r := ref(m.at)
	switch {
	case n == 0 && (k == kindTuple || k == kindFrozen):
	case n == 0:
		m.pushBare()
		return true
	case k == kindTuple && n <= maxTuple:
		if r, _ = m.newNode(ref(kindTuple)|ref(n)<<countShift, m.at, nodeItems+n); r == noRef {
			return false
		}
		m.stack.read(m.cells.from(m.cells.n - n)[:n], s)
	default:
		if k == kindTuple {
			k = kindLong
		}
		var l *node
		if r, l = m.list(k, m.at); l == nil || !m.extend(l, &m.stack, s) {
			return false
		}
	}
	m.stack.n = s
	m.stack.push(r)
	return true
}

// pushBare pushes the list or dict that the current opcode makes. If a list or
// dict like it is on top of the stack, it is this one: a value pushed above it
// can only become its item, and then it is no longer an atom.
func (m *machine) pushBare() {
	m.bare = ref(m.at)
	m.stack.push(m.bare)
}

// fill makes a node of the container at height i of the stack, which is an
// atom. It returns the node, or noRef if there is no room.
func (m *machine) fill(i int) ref {
	r := m.stack.at(i)
	r, _ = m.list(m.kind(r), int(r))
	m.stack.set(i, r)
	return r
}

// append adds the values from height s on to the container below them.
func (m *machine) append(k kind, s int) bool {
	if s-1 < m.floor {
		return m.bad(ErrStack, "")
	}
	r := m.stack.at(s - 1)
	n := m.node(r)
	var have kind
	if n != nil {
		have = n.kind()
	} else {
		have = m.kind(r)
	}
	switch {
	case have == noKind || have == kindTuple:
		return m.bad(ErrStack, "not a container")
	case have != k && (have != kindObject || !m.takes(n, k)):
		return m.bad(ErrStack, "not such a container")
	case k == kindDict && (m.stack.n-s)%2 != 0:
		return m.bad(ErrStack, "key without a value")
	case n != nil && n.shared():
		return m.bad(ErrCycle, "")
	}
	if m.stack.n == s {
		return true
	}
	if n == nil {
		if n = m.node(m.fill(s - 1)); n == nil {
			return false
		}
	}
	ok := m.extend(n, &m.stack, s)
	m.stack.n = s
	return ok
}

// takes reports whether items of a container of kind k can be added to an
// object.
func (m *machine) takes(n *node, k kind) bool {
	rule := &rules[n.class()]
	switch {
	case n.rebuilt() || k == kindDict && !rule.items || k == kindList && !rule.list || k == kindSet:
		return false
	case n.class() != clsOther:
		return true
	case k == kindList:
		return n[nodeHead]&flagPairs == 0
	case n[nodeFirst] == 0:
		n[nodeHead] |= flagPairs
	}
	return n[nodeHead]&flagPairs != 0
}
