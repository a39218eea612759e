package pickle

// This file writes a SON, which has its items and, in its state, the list of
// its keys. A SON of Python 2 in protocols 0 and 1 has no other order.

// son appends a SON in the order of its list of keys, which must be the keys
// of its items.
func (b *builder) son(dst []byte, n *node) ([]byte, bool) {
	if n[nodeHead]&flagOrdered == 0 {
		var ok bool
		if dst, ok = b.order(dst, n); !ok {
			return dst, false
		}
		n[nodeHead] |= flagOrdered
	}
	return b.document(dst, n[nodeFirst], n.off())
}

// order puts the items of a SON in the order of its keys. dst comes back
// unchanged.
func (b *builder) order(dst []byte, n *node) ([]byte, bool) {
	v, ok := b.attributes(n, n.state(), attrSON, 1)
	if !ok {
		return dst, false
	}
	if n.rebuilt() {
		if b.kind(n[nodeArgs]) != kindDict {
			return b.wrong(dst, n, ErrCall, "argument is not a dictionary")
		}
		n[nodeFirst] = b.first(n[nodeArgs])
	}
	if b.kind(v[0]) != kindList {
		return b.otherKeys(dst, n)
	}
	keys := b.first(v[0])
	if b.sameKeys(n[nodeFirst], keys) {
		return dst, true
	}
	if 2*b.count(keys) != b.count(n[nodeFirst]) {
		return b.otherKeys(dst, n)
	}
	return b.reorder(dst, n, keys)
}

// otherKeys records that the list of keys differs from the items.
func (b *builder) otherKeys(dst []byte, n *node) ([]byte, bool) {
	return b.wrong(dst, n, ErrState, "has a list of keys that differs from its items")
}

// sameKeys reports whether the keys of a dictionary are the very ones of a
// list, in the same order.
func (b *builder) sameKeys(items, keys ref) bool {
	var pairs []ref
	for keys != 0 {
		var list []ref
		list, keys = b.segment(keys)
		for _, r := range list {
			if len(pairs) == 0 {
				pairs, items = b.segment(items)
			}
			if len(pairs) == 0 || pairs[0] != r {
				return false
			}
			pairs = pairs[2:]
		}
	}
	return len(pairs) == 0 && items == 0
}

// reorder is order for a SON whose list of keys has the same length but another
// order. It puts the texts of the items' keys at the end of dst for a while,
// and the result in the spare slab.
func (b *builder) reorder(dst []byte, n *node, keys ref) ([]byte, bool) {
	start, first, height := len(dst), len(b.keys), b.spare.n
	dst, ok := b.keyTexts(dst, n[nodeFirst])
	if !ok {
		return dst, false
	}
	if dup := b.distinct(dst, first); dup >= 0 {
		return b.duplicate(dst, b.keys[dup], n.off())
	}
	from := b.spare.n
	if dst, ok = b.match(dst, n, keys, first, height); !ok {
		return dst, false
	}
	r, l := b.list(kindDict, n.off())
	if r == noRef || !b.extend(l, b.spare, from) {
		return dst, false
	}
	n[nodeFirst] = l[nodeFirst]
	b.keys = b.keys[:first]
	b.spare.n = height
	return dst[:start], true
}

// keyTexts appends the texts of the keys of a dictionary, notes them and puts
// the values in the spare slab.
func (b *builder) keyTexts(dst []byte, s ref) ([]byte, bool) {
	b.reserve(b.count(s) / 2)
	for s != 0 {
		var items []ref
		items, s = b.segment(s)
		for i := 0; i < len(items); i += 2 {
			start := len(dst)
			var ok bool
			if dst, ok = b.keyText(dst, items[i]); !ok {
				return dst, false
			}
			if len(dst) > b.limit {
				return b.refuse(dst, items[i], ErrLimit, "MaxExpansion")
			}
			b.note(dst, start)
			b.spare.push(items[i+1])
		}
	}
	return dst, true
}

// match adds to the spare slab a key and a value for each of keys. The texts of
// the items' keys are noted from first on, their values lie from height on.
func (b *builder) match(dst []byte, n *node, keys ref, first, height int) ([]byte, bool) {
	start := len(dst)
	for keys != 0 {
		var list []ref
		list, keys = b.segment(keys)
		for _, r := range list {
			dst, ok := b.keyText(dst, r)
			if !ok {
				return dst, false
			}
			key := span{uint32(start - b.base), uint32(len(dst) - start)}
			i := b.find(dst, first, key)
			if i < 0 {
				return b.otherKeys(dst, n)
			}
			i += height - first
			v := b.spare.at(i)
			if v == noRef { // taken
				return b.duplicate(dst, key, n.off())
			}
			b.spare.set(i, noRef)
			b.spare.push(r)
			b.spare.push(v)
		}
	}
	return dst, true
}

// keyText appends a key without its NUL.
func (b *builder) keyText(dst []byte, r ref) ([]byte, bool) {
	if !b.atom(r).isTextual() {
		return b.refuse(dst, r, ErrKey, "")
	}
	return b.text(dst, r)
}
