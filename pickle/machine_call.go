package pickle

// This file makes objects: of REDUCE, NEWOBJ and BUILD. names.go has the
// allowed calls and their numbers of arguments. The arguments are checked when
// the object is written.

// callee pops the arguments and the callee. ok is false after a fault.
func (m *machine) callee() (c class, args ref, list []ref, ok bool) {
	s := m.stack.n - 2
	if s < m.floor {
		return 0, 0, nil, m.bad(ErrStack, "")
	}
	fn, args := m.stack.at(s), m.stack.at(s+1)
	if !fn.isClass() {
		return 0, 0, nil, m.bad(ErrCall, "not a class or function")
	}
	if list, ok = m.tuple(args); !ok {
		return 0, 0, nil, m.bad(ErrCall, classNames[fn.class()]+" without a tuple")
	}
	m.stack.n = s
	return fn.class(), args, list, true
}

// reduce makes an object of a call.
func (m *machine) reduce() bool {
	c, args, list, ok := m.callee()
	switch {
	case !ok:
		return false
	case c == clsReconstructor:
		return m.reconstruct(list)
	case !rules[c].call.allows(len(list)):
		return m.bad(ErrCall, classNames[c]+" with "+itoa(len(list))+" arguments")
	}
	return m.object(c, 0, args)
}

// reconstruct makes an object of _reconstructor(class, base, value).
func (m *machine) reconstruct(list []ref) bool {
	if len(list) != 3 || !list[0].isClass() || !list[1].isClass() {
		return m.bad(ErrCall, "_reconstructor")
	}
	c, base := list[0].class(), baseOf[list[1].class()]
	if rules[c].base&base == 0 {
		return m.bad(ErrCall, "_reconstructor of "+classNames[c]+" and "+classNames[list[1].class()])
	}
	if base == baseObject && !m.isNone(list[2]) {
		return m.bad(ErrCall, "_reconstructor of "+classNames[c]+" with a value")
	}
	return m.object(c, flagRebuilt, list[2])
}

// newObject makes an object of a class and arguments for its __new__.
func (m *machine) newObject() bool {
	c, args, list, ok := m.callee()
	if !ok {
		return false
	}
	if !rules[c].new.allows(len(list)) {
		return m.bad(ErrCall, "new "+classNames[c]+" with "+itoa(len(list))+" arguments")
	}
	return m.object(c, 0, args)
}

// object pushes an object. args is the tuple of its arguments or, after
// _reconstructor, the value of the base.
func (m *machine) object(c class, flags, args ref) bool {
	if !m.tally() {
		return false
	}
	r, n := m.newNode(ref(kindObject)|flags|ref(c)<<classShift, m.at, objectSize)
	if n == nil {
		return false
	}
	n[nodeFirst], n[nodeArgs], n[nodeState] = 0, args, noRef
	m.stack.push(r)
	return true
}

// build gives the object below it a state.
func (m *machine) build() bool {
	s := m.stack.n - 2
	if s < m.floor {
		return m.bad(ErrStack, "")
	}
	n := m.node(m.stack.at(s))
	switch {
	case n == nil || n.kind() != kindObject || !rules[n.class()].build:
		return m.bad(ErrState, "value has no state")
	case n.shared():
		return m.bad(ErrCycle, "")
	case n[nodeState] != noRef:
		return m.bad(ErrState, classNames[n.class()]+" has a state already")
	}
	n[nodeState] = m.stack.at(s + 1)
	m.stack.n = s + 1
	return true
}
