package query

// names is a set of keys in the order in which they were added.
type names struct {
	list    []string
	lengths uint64           // bit n: a name has a length of n bytes, modulo 64
	index   map[string]int32 // of list, if it is long; else nil
}

// manyNames is the length of the list from which on there is an index.
const manyNames = 9

// find returns the place of key in the list, or -1.
func (n *names) find(key []byte) int {
	if n.lengths>>(len(key)&63)&1 == 0 {
		return -1
	}
	if n.index != nil {
		if i, ok := n.index[string(key)]; ok {
			return int(i)
		}
		return -1
	}
	for i, name := range n.list {
		if name == string(key) {
			return i
		}
	}
	return -1
}

// add adds a new name.
func (n *names) add(name string) {
	n.list = append(n.list, name)
	n.lengths |= 1 << (len(name) & 63)
	switch {
	case n.index != nil:
		n.index[name] = int32(len(n.list) - 1)
	case len(n.list) == manyNames:
		n.index = make(map[string]int32, manyNames)
		for i, name := range n.list {
			n.index[name] = int32(i)
		}
	}
}
