package pickle

// This file makes objects: of REDUCE, NEWOBJ and BUILD. names.go has the
// allowed calls and their numbers of arguments. The arguments are checked when
// the object is written.

// callee pops the arguments and the callee. ok is false after a fault.
func (m *machine) callee() (fn, args ref, list []ref, ok bool) {
	s := m.stack.n - 2
	if s < m.floor {
		return 0, 0, nil, m.bad(ErrStack, "")
	}
	fn, args = m.stack.at(s), m.stack.at(s+1)
	if !fn.isClass() && !m.describable(fn) {
		return 0, 0, nil, m.bad(ErrCall, "not a class or function")
	}
	if list, ok = m.tuple(args); !ok && (!m.describe || m.kind(args) != kindLong) {
		what := "object"
		if fn.isClass() {
			what = classNames[fn.class()]
		}
		return 0, 0, nil, m.bad(ErrCall, what+" without a tuple")
	}
	m.stack.n = s
	return fn, args, list, true
}

// reduce makes an object of a call.
func (m *machine) reduce() bool {
	fn, args, list, ok := m.callee()
	if !ok {
		return false
	}
	c := clsOther
	if fn.isClass() {
		c = fn.class()
	}
	switch {
	case c == clsReconstructor:
		return m.reconstruct(list)
	case c == clsGetattr && m.isZoneKey(list):
		m.stack.push(classRef | ref(clsZoneKey))
		return true
	case rules[c].call.allows(len(list)):
		return m.object(c, 0, args)
	case m.describe:
		return m.other(fn, args, noRef)
	}
	return m.bad(ErrCall, classNames[c]+" with "+itoa(len(list))+" arguments")
}

// zoneKey is the method that makes a ZoneInfo of a key.
const zoneKey = "_unpickle"

// isZoneKey reports whether the arguments of getattr are ZoneInfo and the name
// of its method for pickles.
func (m *machine) isZoneKey(list []ref) bool {
	if len(list) != 2 || list[0] != classRef|ref(clsZoneInfo) || m.textLen(list[1]) > 2*len(zoneKey) {
		return false
	}
	var room [4 * len(zoneKey)]byte
	name, ok := m.text(room[:0], list[1])
	return ok && string(name) == zoneKey
}

// reconstruct makes an object of _reconstructor(class, base, value).
func (m *machine) reconstruct(list []ref) bool {
	if len(list) == 3 && m.describable(list[0]) {
		return m.rebuild(list)
	}
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
	if n := m.node(list[2]); base == baseTzinfo && (n == nil || n.kind() != kindObject || n.class() != clsTzinfo) {
		return m.bad(ErrCall, "_reconstructor of "+classNames[c]+" without a tzinfo")
	}
	return m.object(c, flagRebuilt, list[2])
}

// newObject makes an object of a class and arguments for its __new__.
func (m *machine) newObject() bool {
	fn, args, list, ok := m.callee()
	if !ok {
		return false
	}
	c := clsOther
	if fn.isClass() {
		c = fn.class()
	}
	switch {
	case rules[c].new.allows(len(list)):
		return m.object(c, 0, args)
	case m.describe:
		return m.other(fn, args, noRef)
	}
	return m.bad(ErrCall, "new "+classNames[c]+" with "+itoa(len(list))+" arguments")
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
	case n != nil && n.kind() == kindObject && rules[n.class()].self && m.stack.at(s+1) == m.stack.at(s):
		m.stack.n = s + 1
		return true
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
