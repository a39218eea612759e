package spill

// This file makes one sequence of several sources that are in order: a tree of losers.
// The tree has a node for each source. tree[0] is the source with the first record,
// and every other node has the source that lost there. So a step costs one comparison
// for each level. Of records with equal keys, that of the first source is first.

// A source is a sequence of records in order. next goes to the next record and returns
// its key, or false at the end. value returns the item of the record, once; it may use
// room. Both results are valid until next.
type source interface {
	next() (key []byte, ok bool, err error)
	value(room *[]byte) (item []byte, err error)
	close()
}

// A pageReader is a source of the records of a sorted page.
type pageReader struct {
	b    *buffer
	page []entry // from the current record on, after the first next
	item []byte
	read bool // next was called
}

func (r *pageReader) next() (key []byte, ok bool, err error) {
	if r.read {
		r.page = r.page[1:]
	}
	r.read = true
	if len(r.page) == 0 {
		return nil, false, nil
	}
	key, r.item = r.b.record(r.page[0].at)
	return key, true, nil
}

func (r *pageReader) value(*[]byte) ([]byte, error) { return r.item, nil }

func (r *pageReader) close() {}

// sources returns the pages of b as sources.
func (b *buffer) sources() []source {
	b.settle()
	all := make([]source, len(b.pages))
	for i, p := range b.pages {
		all[i] = &pageReader{b: b, page: p}
	}
	return all
}

// A head is the current record of a source.
type head struct {
	prefix uint64
	key    []byte
	done   bool // the source has ended
}

// A merger is a sequence of the records of several sources. It must be closed.
type merger struct {
	s       *Store
	order   order
	sources []source
	heads   []head
	tree    []int // indexes of sources, -1: none yet
	steps   uint
	room    []byte // for an item
}

func newMerger(s *Store, o order, sources []source) *merger {
	return &merger{s: s, order: o, sources: sources}
}

func (m *merger) close() {
	m.s.hold(-int64(cap(m.room)))
	m.room = nil
	for _, src := range m.sources {
		src.close()
	}
}

// pace is the number of steps after which a merger looks at the context.
const pace = 1 << 10

// next goes to the next record. It returns false at the end and on error.
func (m *merger) next() (bool, error) {
	if len(m.sources) == 0 {
		return false, nil
	}
	if m.steps++; m.steps%pace == 0 {
		if err := m.s.stopped(); err != nil {
			return false, err
		}
	}
	if err := m.advance(); err != nil {
		return false, err
	}
	return !m.heads[m.tree[0]].done, nil
}

// advance makes the first source go to its next record, or all at the beginning.
func (m *merger) advance() error {
	if m.tree != nil {
		first := m.tree[0]
		if err := m.read(first); err != nil {
			return err
		}
		m.play(first)
		return nil
	}
	m.heads, m.tree = make([]head, len(m.sources)), make([]int, len(m.sources))
	for i := range m.tree {
		m.tree[i] = -1
	}
	for i := range m.sources {
		if err := m.read(i); err != nil {
			return err
		}
		m.play(i)
	}
	return nil
}

// read reads the next record of source i.
func (m *merger) read(i int) error {
	h := &m.heads[i]
	if h.done {
		return nil
	}
	key, ok, err := m.sources[i].next()
	*h = head{m.order.prefix(key), key, !ok}
	return err
}

// play lets source i play against those on its way to the root. At the beginning it
// waits at the first node where nobody has played.
func (m *merger) play(i int) {
	for node := (i + len(m.tree)) / 2; node > 0; node /= 2 {
		other := m.tree[node]
		if other < 0 {
			m.tree[node] = i
			return
		}
		if m.isBefore(other, i) {
			m.tree[node], i = i, other
		}
	}
	m.tree[0] = i
}

func (m *merger) isBefore(i, j int) bool {
	a, b := &m.heads[i], &m.heads[j]
	switch {
	case a.done || b.done:
		return b.done
	case a.prefix != b.prefix:
		return a.prefix < b.prefix
	}
	if c := m.order.compare(a.key, b.key); c != 0 {
		return c < 0
	}
	return i < j
}

// key returns the key of the current record, until next.
func (m *merger) key() []byte { return m.heads[m.tree[0]].key }

// item returns the item of the current record, until next. It may be called once for
// each record.
func (m *merger) item() ([]byte, error) { return m.sources[m.tree[0]].value(&m.room) }
