package schema

import "iter"

// A table has the nodes of the keys of a document. It is a hash table with linear
// probing; its length is a power of two, or zero. The zero table is empty.
type table struct {
	slots []slot
	size  int // nodes
}

type slot struct {
	hash uint64
	node *node // nil: the slot is empty
}

// find returns the node of key, or nil.
func (t *table) find(key *key) *node {
	if t.size == 0 {
		return nil
	}
	mask := len(t.slots) - 1
	for i := int(key.hash) & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.node == nil || s.hash == key.hash && s.node.has(key) {
			return s.node
		}
	}
}

// add adds n, whose key is not in t.
func (t *table) add(n *node) {
	if 2*t.size >= len(t.slots) {
		t.resize(max(4, 2*len(t.slots)))
	}
	t.put(n)
	t.size++
}

func (t *table) put(n *node) {
	mask := len(t.slots) - 1
	i := int(n.hash) & mask
	for t.slots[i].node != nil {
		i = (i + 1) & mask
	}
	t.slots[i] = slot{n.hash, n}
}

func (t *table) resize(slots int) {
	old := t.slots
	t.slots = make([]slot, slots)
	for _, s := range old {
		if s.node != nil {
			t.put(s.node)
		}
	}
}

// set makes nodes the content of t.
func (t *table) set(nodes []*node) {
	*t = table{}
	for _, n := range nodes {
		t.add(n)
	}
}

// all returns the nodes, in no particular order.
func (t *table) all() iter.Seq[*node] {
	return func(yield func(*node) bool) {
		for _, s := range t.slots {
			if s.node != nil && !yield(s.node) {
				return
			}
		}
	}
}
