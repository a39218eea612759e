package differ

import (
	"bytes"
	"slices"
	"sort"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file pairs the elements of two arrays.
//
//   - Elements with the same bytes at both ends are left out.
//   - Of the others, some stay: a longest common subsequence. In long arrays it is that of
//     the elements that are paired by hash, the first with the first.
//   - Equal elements that do not stay have moved.
//   - Between two elements that stay, the others are paired in order: they have changed. What
//     is left is only in one array.
//
// Without a limit, nested arrays would be hashed once for each array around them. Behind the
// limit of workShare, elements are paired by index.

const (
	// workShare times the size of both documents, plus workLeast, is the limit on the bytes
	// that are hashed.
	workShare = 32
	workLeast = 1 << 20
	// maxCells is the size of the table of a longest common subsequence.
	maxCells = 1 << 16
)

// arrays compares two arrays that may be equal.
func (d *differ) arrays(a, b []byte) {
	m := matching{d: d, a: elementsOf(a), b: elementsOf(b)}
	n := min(m.a.len(), m.b.len())
	for m.start < n && m.same(m.start, m.start) {
		m.start++
	}
	m.endA, m.endB = m.a.len(), m.b.len()
	for m.endA > m.start && m.endB > m.start && m.same(m.endA-1, m.endB-1) {
		m.endA--
		m.endB--
	}
	m.pair()
	m.report()
}

// A matching pairs the elements of two arrays.
type matching struct {
	d          *differ
	a, b       elements
	start      int // number of elements that are the same at the start
	endA, endB int // indexes of the first elements of the same end

	// For the elements between start and the ends:
	hashA, hashB []uint64
	toB, toA     []int32 // index of the partner in the other array, from start, or -1
	moved        []bool  // of a
}

// same reports whether two elements have the same bytes, without their keys.
func (m *matching) same(i, j int) bool {
	v, w := m.a.value(i), m.b.value(j)
	return v.Type == w.Type && bytes.Equal(v.Data, w.Data)
}

// pair finds the partners.
func (m *matching) pair() {
	na, nb := m.endA-m.start, m.endB-m.start
	m.toB, m.toA, m.moved = none(na), none(nb), make([]bool, na)
	cost := int64(m.a.at[m.endA]-m.a.at[m.start]) + int64(m.b.at[m.endB]-m.b.at[m.start])
	switch {
	case na == 0 || nb == 0:
		return
	case na == 1 && nb == 1 || cost > m.d.work:
		for i := range min(na, nb) {
			m.join(i, i)
		}
		return
	}
	m.d.work -= cost
	m.hashA, m.hashB = m.hashes(m.a, na), m.hashes(m.b, nb)
	if int64(na)*int64(nb) <= maxCells {
		m.stayShort()
	} else {
		m.stayLong()
	}
	m.pairEqual(func(i, j int) {
		m.moved[i] = true
		m.join(i, j)
	})
	m.pairGaps()
}

// none returns n indexes of no partner.
func none(n int) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = -1
	}
	return all
}

func (m *matching) join(i, j int) { m.toB[i], m.toA[j] = int32(j), int32(i) }

// hashes returns the hashes of n elements of e from start on.
func (m *matching) hashes(e elements, n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		all[i] = m.d.hash(e.value(m.start + i))
	}
	return all
}

// stayShort joins the elements of a longest common subsequence.
func (m *matching) stayShort() {
	na, nb := len(m.hashA), len(m.hashB)
	// lengths[i*(nb+1)+j] is that of the elements of a from i on, and of b from j on.
	lengths := make([]uint32, (na+1)*(nb+1))
	at := func(i, j int) *uint32 { return &lengths[i*(nb+1)+j] }
	for i := na - 1; i >= 0; i-- {
		for j := nb - 1; j >= 0; j-- {
			if m.hashA[i] == m.hashB[j] {
				*at(i, j) = *at(i+1, j+1) + 1
			} else {
				*at(i, j) = max(*at(i+1, j), *at(i, j+1))
			}
		}
	}
	for i, j := 0, 0; i < na && j < nb; {
		switch {
		case m.hashA[i] == m.hashB[j]:
			m.join(i, j)
			i, j = i+1, j+1
		case *at(i+1, j) >= *at(i, j+1):
			i++
		default:
			j++
		}
	}
}

// stayLong joins a longest sequence of elements in the same order among those that are
// paired by hash.
func (m *matching) stayLong() {
	var pairs [][2]int32
	m.pairEqual(func(i, j int) { pairs = append(pairs, [2]int32{int32(i), int32(j)}) })
	// last[n] is the index of the pair with the smallest j that ends a sequence of n+1 pairs.
	var last []int32
	before := make([]int32, len(pairs))
	for k, p := range pairs {
		n := sort.Search(len(last), func(n int) bool { return pairs[last[n]][1] >= p[1] })
		if before[k] = -1; n > 0 {
			before[k] = last[n-1]
		}
		if n == len(last) {
			last = append(last, 0)
		}
		last[n] = int32(k)
	}
	if len(last) == 0 {
		return
	}
	for k := last[len(last)-1]; k >= 0; k = before[k] {
		m.join(int(pairs[k][0]), int(pairs[k][1]))
	}
}

// pairEqual calls pair for equal elements without a partner, in the order of a: the first
// with the first, and so on.
func (m *matching) pairEqual(pair func(i, j int)) {
	next := none(len(m.hashB)) // of the elements with the same hash
	first := map[uint64]int32{}
	for j := len(m.hashB) - 1; j >= 0; j-- {
		if m.toA[j] >= 0 {
			continue
		}
		if k, ok := first[m.hashB[j]]; ok {
			next[j] = k
		}
		first[m.hashB[j]] = int32(j)
	}
	for i, h := range m.hashA {
		j, ok := first[h]
		if m.toB[i] >= 0 || !ok || j < 0 {
			continue
		}
		first[h] = next[j]
		pair(i, int(j))
	}
}

// pairGaps joins the elements without a partner that lie between the same two that stay.
func (m *matching) pairGaps() {
	j := 0
	for i, to := range m.toB {
		switch {
		case m.moved[i]:
		case to >= 0:
			j = int(to) + 1
		default:
			for j < len(m.toA) && m.toA[j] >= 0 && m.moved[m.toA[j]] {
				j++
			}
			if j < len(m.toA) && m.toA[j] < 0 {
				m.join(i, j)
				j++
			}
		}
	}
}

// report adds the changes of all elements.
func (m *matching) report() {
	d := m.d
	for i, j := range m.toB {
		n := d.enterIndex(m.start + i)
		switch {
		case j < 0:
			d.add(m.a.value(m.start+i), bsoncore.Value{})
		default:
			v, w := m.a.value(m.start+i), m.b.value(m.start+int(j))
			if m.moved[i] {
				d.addTo(string(strconv.AppendInt(append(slices.Clip(d.path[:n]), '/'), int64(m.start)+int64(j), 10)), v, w)
			}
			d.value(v, w)
		}
		if d.path = d.path[:n]; d.over {
			return
		}
	}
	for j, i := range m.toA {
		if i >= 0 {
			continue
		}
		n := d.enterIndex(m.start + j)
		d.add(bsoncore.Value{}, m.b.value(m.start+j))
		if d.path = d.path[:n]; d.over {
			return
		}
	}
}

// enterIndex is enter for an index.
func (d *differ) enterIndex(i int) int {
	n := len(d.path)
	d.path = strconv.AppendInt(append(d.path, '/'), int64(i), 10)
	return n
}
