package spill

import (
	"bytes"
	"errors"
)

// This file fills buffers and writes runs.
//
//   - A full buffer is cut first, if not all items are wanted, and becomes a run if
//     that does not help enough. Runs are in the order of Add, so of records with equal
//     keys, that of the first run was added first. The buffer is behind all runs.
//   - A cut also finds the bound of a group: the key of the last wanted item. Items
//     behind it are dropped by Add. Runs are cut, too, if the number of all wanted items
//     is known.
//   - Sort leaves the last buffer in memory if there is memory to merge it with the
//     runs. If there are too many runs, passes merge some of them first.

// SortOptions are the options of a Sorter. The zero value sorts all items by the bytes
// of their keys.
type SortOptions struct {
	// Compare is the order of keys; nil is bytes.Compare.
	Compare func(a, b []byte) int
	// Prefix returns a number for a key. Two keys with different numbers must have the
	// order of the numbers; then Compare is called for two with the same number only. If
	// Prefix is nil, it is right for bytes.Compare, and always 0 for another Compare.
	Prefix func(key []byte) uint64
	// Most is the number of items of each group that are wanted, the first ones in
	// order; 0 is all.
	Most int64
	// Group returns the group of a key. Keys of a group must be neighbours in the order.
	// If Group is nil, all items are one group. The result may alias key.
	Group func(key []byte) []byte
	// Distinct drops all items with the same key but the one that was added first.
	Distinct bool
}

// A Sorter takes items and gives them back in the order of their keys; items with equal
// keys in the order of Add.
type Sorter struct {
	s       *Store
	o       SortOptions
	limit   int64 // items that are wanted of all groups; 0: not known
	order   order
	buffer  buffer
	file    *tempFile         // with the runs of full buffers; nil: none yet
	runs    []*run            // in the order of Add
	cutAt   int64             // number of items in the buffer for which it is cut
	bounds  map[string]*bound // by name of the group; nil after Sort
	bounded int64             // bytes of bounds
	err     error             // the first one
}

// A bound is a key. Items of its group with this key or a later one are not wanted.
type bound struct{ key []byte }

const (
	// cutSlack is the number of items more than twice the wanted ones for which a buffer
	// is cut.
	cutSlack = 1 << 10
	// boundsShare is the part of the memory that bounds may have.
	boundsShare = 16
	// boundSize is the memory of a bound and its entry in a map, in bytes, without the
	// bytes of the key and the name of the group.
	boundSize = 100
	// manyItems is more than there can be.
	manyItems = 1 << 60
)

// ErrTooLong: a key is longer than 1 GiB or an item is longer than 2 GiB.
var ErrTooLong = errors.New("an item for a temporary file is longer than 2 GiB, or its key than 1 GiB")

// NewSorter returns a Sorter that uses the memory and files of s.
func (s *Store) NewSorter(o SortOptions) *Sorter {
	by := order{o.Compare, o.Prefix}
	if by.prefix == nil {
		by.prefix = firstBytes
		if by.compare != nil {
			by.prefix = func([]byte) uint64 { return 0 }
		}
	}
	if by.compare == nil {
		by.compare = bytes.Compare
	}
	if o.Most >= manyItems {
		o.Most = 0
	}
	limit := int64(0)
	if o.Group == nil {
		o.Group = func([]byte) []byte { return nil }
		limit = o.Most
	}
	return &Sorter{
		s: s, o: o, limit: limit, order: by, buffer: buffer{s: s, order: by},
		cutAt: 2*o.Most + cutSlack, bounds: map[string]*bound{},
	}
}

// Add adds an item. It copies key and item. The error is an *Error, ErrTooLong or the
// cause of the context. After an error, Add and Sort return it again.
func (s *Sorter) Add(key, item []byte) error {
	if s.err == nil {
		s.err = s.add(key, item)
	}
	return s.err
}

func (s *Sorter) add(key, item []byte) error {
	if len(key) > maxKey || len(item) > maxItem {
		return ErrTooLong
	}
	if s.o.Most > 0 && s.buffer.items >= s.cutAt {
		if err := s.cut(); err != nil {
			return err
		}
	}
	if s.isLate(key) {
		return nil
	}
	for !s.buffer.add(key, item) {
		if err := s.makeRoom(); err != nil {
			return err
		}
	}
	return nil
}

// isLate reports whether key is behind the bound of its group.
func (s *Sorter) isLate(key []byte) bool {
	if len(s.bounds) == 0 {
		return false
	}
	b, ok := s.bounds[string(s.o.Group(key))]
	return ok && s.order.compare(key, b.key) >= 0
}

// makeRoom makes the buffer smaller. A buffer without more items than are wanted of a
// group is not cut.
func (s *Sorter) makeRoom() error {
	if s.o.Distinct || s.o.Most > 0 && s.buffer.items > s.o.Most {
		size := s.buffer.size()
		if err := s.cut(); err != nil {
			return err
		}
		if s.buffer.size() <= size/2 {
			return nil
		}
	}
	return s.spill()
}

// cut drops the items of the buffer that are not wanted.
func (s *Sorter) cut() error {
	sources := s.buffer.sources()
	m := newMerger(s.s, s.order, sources)
	chosen := selection{s: s}
	for {
		ok, err := m.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if !chosen.takes(m.key()) {
			s.buffer.drop(sources[m.tree[0]].(*pageReader).page[0].at)
		}
	}
	if err := s.buffer.compact(); err != nil {
		return err
	}
	s.cutAt = 2*max(s.o.Most, s.buffer.items) + cutSlack
	return nil
}

// bind enters key as the bound of its group, if there is memory.
func (s *Sorter) bind(group, key []byte) {
	if s.bounds == nil {
		return
	}
	b, ok := s.bounds[string(group)]
	more := int64(len(key))
	if ok {
		more -= int64(len(b.key))
	} else {
		more += int64(len(group)) + boundSize
	}
	switch {
	case s.bounded+more > s.s.memory/boundsShare && len(s.bounds) > 0:
		return // the old one, if any, is still true
	case !ok:
		b = &bound{}
		s.bounds[string(group)] = b
	}
	b.key = append(b.key[:0], key...)
	s.bounded += more
	s.s.hold(more)
}

// spill writes the buffer as a run and empties it.
func (s *Sorter) spill() error {
	if s.file == nil {
		f, err := s.s.create()
		if err != nil {
			return err
		}
		s.file = f
	}
	r, err := s.write(s.buffer.sources(), s.file)
	if err != nil {
		return err
	}
	s.runs = append(s.runs, r)
	s.buffer.release()
	return s.cutRuns()
}

// cutRuns merges all runs into one if they have more than twice the items that are wanted
// of all groups. So the files do not grow with the number of items that are added.
func (s *Sorter) cutRuns() error {
	var items int64
	for _, r := range s.runs {
		items += r.items
	}
	if s.limit == 0 || items <= 2*s.limit {
		return nil
	}
	for len(s.runs) > 1 {
		if err := s.pass(1); err != nil {
			return err
		}
	}
	s.file = nil // it has no runs any more
	return nil
}

// write writes the wanted records of sources as a run at the end of f.
func (s *Sorter) write(sources []source, f *tempFile) (*run, error) {
	m := newMerger(s.s, s.order, sources)
	defer m.close()
	w := newRunWriter(s.s, f)
	defer w.close()
	chosen := selection{s: s}
	for {
		ok, err := chosen.next(m)
		if err != nil {
			return nil, err
		}
		if !ok {
			return w.finish()
		}
		item, err := m.item()
		if err != nil {
			return nil, err
		}
		if err := w.add(m.key(), item); err != nil {
			return nil, err
		}
	}
}

// A selection finds the wanted records of a sequence in order.
type selection struct {
	s     *Sorter
	any   bool
	last  []byte // key of the last record that was taken, if Distinct
	group []byte // of the last record
	taken int64  // records of the group that were taken
}

// next makes m go to the next wanted record.
func (c *selection) next(m *merger) (bool, error) {
	for c.s.limit == 0 || c.taken < c.s.limit {
		if ok, err := m.next(); !ok {
			return false, err
		}
		if c.takes(m.key()) {
			return true, nil
		}
	}
	return false, nil
}

// takes reports whether the next record, which has this key, is wanted.
func (c *selection) takes(key []byte) bool {
	o := &c.s.o
	if o.Distinct {
		if c.any && c.s.order.compare(c.last, key) == 0 {
			return false
		}
		c.last = append(c.last[:0], key...)
		c.any = true
	}
	if o.Most == 0 {
		return true
	}
	if group := o.Group(key); !bytes.Equal(group, c.group) {
		c.group = append(c.group[:0], group...)
		c.taken = 0
	}
	if c.taken >= o.Most {
		return false
	}
	if c.taken++; c.taken == o.Most {
		c.s.bind(c.group, key)
	}
	return true
}
