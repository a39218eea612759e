package pickle

// This file makes the objects that UnknownDescribe allows: of classes and
// functions that are not on the list, and of those on the list in other calls.
// Nothing is known of them but their parts.

// describable reports whether r, which is no class, may be the callee of an
// object: a name, or an object such as a method that getattr returns.
func (m *machine) describable(r ref) bool {
	if !m.describe {
		return false
	}
	if r.isAtom() {
		return m.atom(r) == isName
	}
	n := m.node(r)
	return n != nil && n.kind() == kindObject
}

// name makes a name of the two texts from height s on: those of STACK_GLOBAL.
func (m *machine) name(s int) bool {
	module, name := m.stack.at(s), m.stack.at(s+1)
	if m.textLen(module) > maxLongName || m.textLen(name) > maxLongName {
		return m.bad(ErrName, "not a name")
	}
	m.stack.n = s
	if !m.object(clsName, 0, module) {
		return false
	}
	m.node(m.stack.at(s))[nodeState] = name
	return true
}

// other makes an object of a callee that is not on the list.
func (m *machine) other(fn, args, named ref) bool {
	parts, n := m.newNode(ref(kindTuple)|otherParts<<countShift, m.at, nodeItems+otherParts)
	if n == nil {
		return false
	}
	n[nodeItems+otherCallee], n[nodeItems+otherArgs], n[nodeItems+otherNamed] = fn, args, named
	return m.object(clsOther, 0, parts)
}

// rebuild is reconstruct for a class that is not on the list. The value of its
// base is its argument.
func (m *machine) rebuild(list []ref) bool {
	fn, value := list[0], list[2]
	args := noRef
	if !m.isNone(value) {
		var n *node
		if args, n = m.newNode(ref(kindTuple)|1<<countShift, m.at, nodeItems+1); n == nil {
			return false
		}
		n[nodeItems] = value
	}
	return m.other(fn, args, noRef)
}

// instance makes an object of an old class of Python 2. INST names the class,
// OBJ has it below the arguments.
func (m *machine) instance(op byte) bool {
	bottom, fn := m.unmark(), ref(m.at)
	first := bottom
	if op == opObj {
		if first++; first > m.stack.n {
			return m.bad(ErrStack, "")
		}
		if fn = m.stack.at(bottom); !fn.isClass() && !m.describable(fn) {
			return m.bad(ErrCall, "not a class or function")
		}
	}
	args := noRef
	if n := m.stack.n - first; n > 0 {
		if !m.push(kindTuple, n) {
			return false
		}
		args = m.stack.at(first)
	}
	m.stack.n = bottom
	return m.other(fn, args, noRef)
}

// newObjectEx is newObject with arguments by name.
func (m *machine) newObjectEx() bool {
	s := m.stack.n - 1
	if s < m.floor {
		return m.bad(ErrStack, "")
	}
	named := m.stack.at(s)
	if m.kind(named) != kindDict {
		return m.bad(ErrCall, "arguments by name are not a dictionary")
	}
	m.stack.n = s
	fn, args, _, ok := m.callee()
	return ok && m.other(fn, args, named)
}
