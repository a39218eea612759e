package pickle

import "strconv"

// This file is the memo. Picklers number its entries from 0 or 1 without
// large gaps, and those are kept in a slice; a number that is far beyond how
// many entries there are goes to a map, so that no number costs memory.

// put enters the topmost value in the memo.
func (m *machine) put(i uint32) bool {
	if len(m.stack) <= m.floor() {
		return m.bad(ErrStack, "")
	}
	r := m.stack[len(m.stack)-1] + 1
	if int(i) == len(m.memo) && m.far == nil { // as picklers number them
		if m.memos >= m.maxMemo {
			return m.bad(ErrLimit, "MaxMemo")
		}
		m.memo = append(m.memo, r)
		m.memos++
		return true
	}
	return m.putAnywhere(i, r)
}

// putAnywhere is put for an index that is not the next. The dense part never
// grows past twice the number of entries.
func (m *machine) putAnywhere(i uint32, r ref) bool {
	if m.lookup(i) == 0 {
		if m.memos >= m.maxMemo {
			return m.bad(ErrLimit, "MaxMemo")
		}
		m.memos++
	}
	switch {
	case uint64(i) < uint64(len(m.memo)):
	case uint64(i) <= 2*uint64(m.memos)+256:
		for uint64(i) >= uint64(len(m.memo)) {
			m.memo = append(m.memo, 0)
		}
	default:
		if m.far == nil {
			m.far = make(map[uint32]ref)
		}
		m.far[i] = r
		return true
	}
	m.memo[i] = r
	return true
}

// lookup returns one more than the memo entry i, or 0.
func (m *machine) lookup(i uint32) ref {
	if uint64(i) < uint64(len(m.memo)) && m.memo[i] != 0 {
		return m.memo[i]
	}
	return m.far[i]
}

// get pushes a memo entry. What it refers to must not change any more: that
// is what makes a cycle impossible.
func (m *machine) get(i uint32) bool {
	r := m.lookup(i)
	if r == 0 {
		return m.bad(ErrMemo, strconv.FormatUint(uint64(i), 10))
	}
	r--
	if n := m.node(r); n != nil {
		n.shared = true
	}
	m.stack = append(m.stack, r)
	return true
}
