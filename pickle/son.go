package pickle

// A SON has its items and, in its state, the list of its keys, which is the
// only order that there is where Python 2 wrote it in protocol 0 or 1.

// son appends a SON in the order of its list of keys, which must be the keys
// of its items.
func (m *machine) son(dst []byte, n *node) ([]byte, bool) {
	if n[nodeHead]&flagOrdered == 0 {
		var ok bool
		if dst, ok = m.order(dst, n); !ok {
			return dst, false
		}
		n[nodeHead] |= flagOrdered
	}
	return m.document(dst, n[nodeFirst], n.off())
}

// order makes the items of a SON those that it has in the order of its keys.
// dst comes back as it was.
func (m *machine) order(dst []byte, n *node) ([]byte, bool) {
	v, ok := m.attributes(n, n.state(), attrSON, 1)
	if !ok {
		return dst, false
	}
	if n.rebuilt() {
		if m.kind(n[nodeArgs]) != kindDict {
			return m.wrong(dst, n, ErrCall, "argument is not a dictionary")
		}
		n[nodeFirst] = m.first(n[nodeArgs])
	}
	if m.kind(v[0]) != kindList {
		return m.otherKeys(dst, n)
	}
	keys := m.first(v[0])
	if m.sameKeys(n[nodeFirst], keys) {
		return dst, true
	}
	if 2*m.count(keys) != m.count(n[nodeFirst]) {
		return m.otherKeys(dst, n)
	}
	return m.reorder(dst, n, keys)
}

// otherKeys records that the list of keys is not that of the items.
func (m *machine) otherKeys(dst []byte, n *node) ([]byte, bool) {
	return m.wrong(dst, n, ErrState, "has a list of keys that differs from its items")
}

// sameKeys reports whether the keys of a dictionary are the very ones of a
// list, in the same order.
func (m *machine) sameKeys(items, keys ref) bool {
	var pairs []ref
	for keys != 0 {
		var list []ref
		list, keys = m.segment(keys)
		for _, r := range list {
			if len(pairs) == 0 {
				pairs, items = m.segment(items)
			}
			if len(pairs) == 0 || pairs[0] != r {
				return false
			}
			pairs = pairs[2:]
		}
	}
	return len(pairs) == 0 && items == 0
}

// reorder is order for a SON that has another list of keys, as long as it is
// long. To find which is which, the texts of the items' keys are put at the
// end of dst for a while, and what is found on the stack, which nothing else
// needs any more.
func (m *machine) reorder(dst []byte, n *node, keys ref) ([]byte, bool) {
	start, first, height := len(dst), len(m.keys), m.stack.n
	dst, ok := m.keyTexts(dst, n[nodeFirst])
	if !ok {
		return dst, false
	}
	if dup := m.distinct(dst, first); dup >= 0 {
		return m.duplicate(dst, m.keys[dup], n.off())
	}
	from := m.stack.n
	if dst, ok = m.match(dst, n, keys, first, height); !ok {
		return dst, false
	}
	r, l := m.list(kindDict, n.off())
	if r == noRef || !m.extend(l, from) {
		return dst, false
	}
	n[nodeFirst] = l[nodeFirst]
	m.keys = m.keys[:first]
	m.stack.n = height
	return dst[:start], true
}

// keyTexts appends the texts of the keys of a dictionary, notes them and
// pushes the values.
func (m *machine) keyTexts(dst []byte, s ref) ([]byte, bool) {
	m.reserve(m.count(s) / 2)
	for s != 0 {
		var items []ref
		items, s = m.segment(s)
		for i := 0; i < len(items); i += 2 {
			start := len(dst)
			var ok bool
			if dst, ok = m.keyText(dst, items[i]); !ok {
				return dst, false
			}
			if len(dst) > m.limit {
				return m.refuse(dst, items[i], ErrLimit, "MaxExpansion")
			}
			m.note(dst, start)
			m.stack.push(items[i+1])
		}
	}
	return dst, true
}

// match pushes a key and a value for each of keys. The texts of the items'
// keys are noted from first on, their values lie from height on.
func (m *machine) match(dst []byte, n *node, keys ref, first, height int) ([]byte, bool) {
	start := len(dst)
	for keys != 0 {
		var list []ref
		list, keys = m.segment(keys)
		for _, r := range list {
			dst, ok := m.keyText(dst, r)
			if !ok {
				return dst, false
			}
			key := span{uint32(start - m.base), uint32(len(dst) - start)}
			i := m.find(dst, first, key)
			if i < 0 {
				return m.otherKeys(dst, n)
			}
			i += height - first
			v := m.stack.at(i)
			if v == noRef { // taken
				return m.duplicate(dst, key, n.off())
			}
			m.stack.set(i, noRef)
			m.stack.push(r)
			m.stack.push(v)
		}
	}
	return dst, true
}

// keyText appends a key without its NUL.
func (m *machine) keyText(dst []byte, r ref) ([]byte, bool) {
	if m.textLen(r) > len(m.src) {
		return m.refuse(dst, r, ErrKey, "")
	}
	return m.text(dst, r)
}
