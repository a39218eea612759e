package pairs

import (
	"bytes"
	"encoding/binary"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/spill"
)

// This file moves documents to temporary files and pairs them there.
//
// An item of the sorter of documents is the side, the number and the document; its key is
// that of the document, with its namespace. The sorter keeps the order of items with equal
// keys, which is that in which the documents came.

// makeRoom moves the documents with the largest hashes to files, until a quarter of the
// memory of those that wait is free.
func (c *Comparer) makeRoom() error {
	most := c.Memory / waitersShare / 4 * 3
	if c.limit > maxHash {
		c.limit = maxHash
	}
	for c.held > most && len(c.waiting) > 0 {
		if c.limit -= (c.limit + 3) / 4; len(c.waiting) == 1 {
			c.limit = 0
		}
		for key, w := range c.waiting {
			if w.hash < c.limit {
				continue
			}
			for _, d := range w.list {
				if err := c.toFile([]byte(key), document{side: w.side, space: w.space, number: d.number, data: d.data}); err != nil {
					return err
				}
				c.held -= waiterSize + int64(len(key)+len(d.data))
			}
			c.duplicates -= int64(len(w.list) - 1) // they are counted when they are joined
			delete(c.waiting, key)
		}
	}
	return nil
}

// headSize is the size of an item without the document, in bytes.
const headSize = 1 + 8

// toFile moves d, whose key is key, to the files.
func (c *Comparer) toFile(key []byte, d document) error {
	if c.joined == nil {
		c.joined = c.store.NewSorter(spill.SortOptions{})
	}
	c.item = binary.BigEndian.AppendUint64(append(c.item[:0], byte(d.side)), uint64(d.number))
	c.item = append(c.item, d.data...)
	return c.joined.Add(key, c.item)
}

// leave says that the documents in memory have no partner.
func (c *Comparer) leave() error {
	for _, w := range c.waiting {
		for _, d := range w.list {
			if err := c.lone(document{side: w.side, space: w.space, number: d.number, data: d.data}); err != nil {
				return err
			}
		}
	}
	clear(c.waiting)
	c.held = 0
	return nil
}

// join pairs the documents in files.
func (c *Comparer) join() error {
	if c.joined == nil {
		return nil
	}
	sorted, err := c.joined.Sort()
	if err != nil {
		return err
	}
	defer sorted.Close()
	var g group
	for sorted.Next() {
		if !bytes.Equal(g.key, sorted.Key()) || !g.begun {
			if err := c.endGroup(&g); err != nil {
				return err
			}
			g = group{key: append(g.key[:0], sorted.Key()...), begun: true}
			g.space = string(g.key[:bytes.IndexByte(g.key, 0)])
		}
		item := sorted.Item()
		d := document{
			side: Side(item[0]), space: g.space, number: int64(binary.BigEndian.Uint64(item[1:])), data: item[headSize:],
		}
		if err := c.meet(&g, d); err != nil {
			return err
		}
	}
	if sorted.Err() != nil {
		return sorted.Err()
	}
	return c.endGroup(&g)
}

// A group has the documents of one key.
type group struct {
	begun bool
	key   []byte
	space string
	side  Side // of those that wait
	list  []waiter
	size  int64 // bytes of list
	// ahead is the number of documents that wait. Those behind list are in logs, and all
	// that came after them.
	ahead int64
	logs  [2]*spill.Sorter
}

// meet pairs d with the first document of g that waits on the other side, or makes it wait.
func (c *Comparer) meet(g *group, d document) error {
	if g.ahead > 0 && g.side == d.side {
		c.duplicates++
	}
	waits := g.ahead == 0 || g.side == d.side
	if waits {
		g.side = d.side
		g.ahead++
	} else {
		g.ahead--
	}
	switch {
	case g.logs[A] != nil:
		return c.log(g, d)
	case !waits:
		first := g.list[0]
		g.list = g.list[1:]
		g.size -= int64(len(first.data)) + waiterSize
		return c.pairWith(d, first)
	}
	g.list = append(g.list, waiter{d.number, bytes.Clone(d.data)})
	if g.size += int64(len(d.data)) + waiterSize; g.size > c.Memory/waitersShare {
		return c.logAll(g)
	}
	return nil
}

// logAll moves the documents of g that wait to logs, in which the rest of g follows.
func (c *Comparer) logAll(g *group) error {
	for i := range g.logs {
		g.logs[i] = c.store.NewSorter(spill.SortOptions{})
	}
	for _, w := range g.list {
		if err := c.log(g, document{side: g.side, space: g.space, number: w.number, data: w.data}); err != nil {
			return err
		}
	}
	g.list, g.size = nil, 0
	return nil
}

// log adds d to the log of its side.
func (c *Comparer) log(g *group, d document) error {
	c.item = append(binary.BigEndian.AppendUint64(c.item[:0], uint64(d.number)), d.data...)
	return g.logs[d.side].Add(nil, c.item)
}

// endGroup pairs what is in the logs of g, the first with the first, and says what has no
// partner.
func (c *Comparer) endGroup(g *group) error {
	for _, w := range g.list {
		if err := c.lone(document{side: g.side, space: g.space, number: w.number, data: w.data}); err != nil {
			return err
		}
	}
	if g.logs[A] == nil {
		return nil
	}
	var logs [2]*spill.Sorted
	for i, log := range g.logs {
		var err error
		if logs[i], err = log.Sort(); err != nil {
			return err
		}
		defer logs[i].Close()
	}
	next := func(side Side) (d document, ok bool) {
		if ok = logs[side].Next(); ok {
			item := logs[side].Item()
			d = document{side: side, space: g.space, number: int64(binary.BigEndian.Uint64(item)), data: item[8:]}
		}
		return d, ok
	}
	for {
		a, moreA := next(A)
		b, moreB := next(B)
		var err error
		switch {
		case moreA && moreB:
			err = c.pair(a, b)
		case moreA:
			err = c.lone(a)
		case moreB:
			err = c.lone(b)
		case logs[A].Err() != nil:
			return logs[A].Err()
		default:
			return logs[B].Err()
		}
		if err != nil {
			return err
		}
	}
}
