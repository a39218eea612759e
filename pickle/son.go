package pickle

import "github.com/bsonkit/bsonkit/bson"

// A SON has its items and, in its state, the list of its keys, which is the
// only order that there is where Python 2 wrote it in protocol 0 or 1.

// son appends a SON in the order of its list of keys, which must be the keys
// of its items.
func (m *machine) son(dst []byte, n *node) ([]byte, bool) {
	v, ok := m.attributes(n, m.state(n), attrSON, 1)
	if !ok {
		return dst, false
	}
	items := n
	if n.rebuilt {
		items = m.node(m.items[n.made])
		if items == nil || items.kind != kindDict {
			return m.wrong(dst, n, ErrCall, "of something that is not a dictionary")
		}
	}
	keys := m.node(v[0])
	if keys == nil || keys.kind != kindList || 2*keys.n != items.n {
		return m.wrong(dst, n, ErrState, "whose list of keys is another")
	}
	if m.sameKeys(items, keys) {
		return m.document(dst, items, n)
	}
	return m.reordered(dst, n, items, keys)
}

// sameKeys reports whether the keys of a dictionary are the very ones of a
// list, in the same order.
func (m *machine) sameKeys(items, keys *node) bool {
	if items.first == 0 {
		return true
	}
	pairs, moreItems := m.segment(items.first)
	for s := keys.first; s != 0; {
		var list []ref
		list, s = m.segment(s)
		for _, r := range list {
			for len(pairs) == 0 {
				pairs, moreItems = m.segment(moreItems)
			}
			if pairs[0] != r {
				return false
			}
			pairs = pairs[2:]
		}
	}
	return true
}

// reordered appends the items of a SON in the order of keys.
func (m *machine) reordered(dst []byte, n, items, keys *node) ([]byte, bool) {
	if !m.enter(int(n.off)) {
		return dst, false
	}
	values := make(map[string]ref, items.n/2)
	scratch := len(dst)
	for s := items.first; s != 0; {
		var pairs []ref
		pairs, s = m.segment(s)
		for i := 0; i < len(pairs); i += 2 {
			var ok bool
			if dst, ok = m.keyText(dst[:scratch], pairs[i]); !ok {
				return dst, false
			}
			values[string(dst[scratch:])] = pairs[i+1]
		}
	}
	m.docs++
	first := len(m.keys)
	dst, start := bson.Begin(dst[:scratch])
	for s := keys.first; s != 0; {
		var list []ref
		list, s = m.segment(s)
		for _, r := range list {
			var mark int
			dst, mark = bson.BeginElement(dst)
			var ok bool
			if dst, ok = m.key(dst, r); !ok {
				return dst, false
			}
			v, ok := values[string(dst[mark+1:len(dst)-1])]
			if !ok {
				return m.wrong(dst, n, ErrState, "whose list of keys is another")
			}
			if dst, ok = m.element(dst, v, mark); !ok {
				return dst, false
			}
		}
	}
	// As many keys as items, all of them found and, as end checks, none
	// twice: so they are the same.
	return m.end(dst, start, first, n)
}

// keyText appends a key without its NUL.
func (m *machine) keyText(dst []byte, r ref) ([]byte, bool) {
	if m.textLen(r) > len(m.src) {
		return m.refuse(dst, r, ErrKey, "")
	}
	return m.text(dst, r)
}
