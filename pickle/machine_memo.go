package pickle

import (
	"math"
	"strconv"
)

// This file is the memo. Picklers number its entries from 0 or 1 without large
// gaps; these entries are in a slab. A number far beyond the number of entries
// goes to a map, so that no index costs memory.

// put enters the topmost value in the memo. A container gets a node, because a
// GET must find the container that is filled in the meantime.
func (m *machine) put(i uint32) bool {
	top := m.stack.n - 1
	if top < m.floor {
		return m.bad(ErrStack, "")
	}
	r := m.stack.at(top)
	if r == m.bare {
		if r = m.fill(top); r == noRef {
			return false
		}
	}
	if m.isNext(int(i)) {
		m.remember(r)
		return true
	}
	return m.putAnywhere(i, r+1)
}

// isNext reports whether i follows all entries, as picklers number them, and
// one more entry is allowed.
func (m *machine) isNext(i int) bool { return i == m.memo.n && m.far == nil && m.memos < m.maxMemo }

// remember adds the entry for which isNext is true.
func (m *machine) remember(r ref) {
	m.memo.push(r + 1)
	m.memos++
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
	case uint64(i) < uint64(m.memo.n):
	case uint64(i) <= 2*uint64(m.memos)+256:
		for uint64(i) >= uint64(m.memo.n) {
			m.memo.push(0)
		}
	default:
		if m.far == nil {
			m.far = make(map[uint32]ref)
		}
		m.far[i] = r
		return true
	}
	m.memo.set(int(i), r)
	return true
}

// lookup returns one more than the memo entry i, or 0.
func (m *machine) lookup(i uint32) ref {
	if uint64(i) < uint64(m.memo.n) {
		if r := m.memo.at(int(i)); r != 0 {
			return r
		}
	}
	return m.far[i]
}

// get pushes a memo entry. The container must not change any more: this makes
// cycles impossible.
func (m *machine) get(i uint32) bool {
	r := m.lookup(i)
	if r == 0 {
		return m.bad(ErrMemo, strconv.FormatUint(uint64(i), 10))
	}
	r--
	if n := m.node(r); n != nil {
		n[nodeHead] |= flagShared
	}
	m.stack.push(r)
	return true
}

// memoIndex returns the index in the line of the current PUT or GET.
func (m *machine) memoIndex() (i uint32, ok bool) {
	s := m.src[m.at+1 : m.off-1]
	if len(s) == 0 || len(s) > len("4294967295") || s[0] == '0' && len(s) > 1 {
		return 0, m.bad(ErrArgument, "memo index")
	}
	var v uint64
	for _, c := range s {
		if c-'0' > 9 {
			return 0, m.bad(ErrArgument, "memo index")
		}
		v = 10*v + uint64(c-'0')
	}
	if v > math.MaxUint32 {
		return 0, m.bad(ErrArgument, "memo index")
	}
	return uint32(v), true
}
