package pairs

import (
	"bytes"
	"cmp"
	"hash/maphash"
)

// A queue has the documents of a side that are not compared yet.
type queue struct {
	batches []*Batch
	size    int   // bytes of batches
	at      int   // index of the next document in the first batch
	from    int   // its start
	number  int64 // of it on the side
	ended   bool
}

// A document is a document of a side.
type document struct {
	side   Side
	space  string
	number int64 // on the side
	data   []byte
}

// A waiter is a document that waits for a partner.
type waiter struct {
	number int64
	data   []byte
}

// waiters are the documents of a key that wait, all on the same side.
type waiters struct {
	side  Side
	space string
	hash  uint64
	list  []waiter // in order
}

// next returns the next document of a side.
func (c *Comparer) next(side Side) (d document, ok bool, err error) {
	q := &c.sides[side]
	for len(q.batches) > 0 && q.at == len(q.batches[0].docs) {
		c.dropBatch(q)
	}
	if len(q.batches) == 0 {
		return d, false, nil
	}
	b := q.batches[0]
	e := b.docs[q.at]
	space, err := c.Space(side, b.spaces[e.space])
	return document{side, space, q.number, b.buf[q.from:e.end]}, true, err
}

// dropBatch removes the first batch of q.
func (c *Comparer) dropBatch(q *queue) {
	b := q.batches[0]
	q.batches = append(q.batches[:0], q.batches[1:]...)
	q.size -= len(b.buf)
	q.at, q.from = 0, 0
	c.recycle(b)
	c.turned.Broadcast()
}

// pass goes behind the next document of a side.
func (c *Comparer) pass(side Side) {
	q := &c.sides[side]
	q.from = q.batches[0].docs[q.at].end
	q.at++
	q.number++
}

// step compares documents while the next one of both sides is known.
func (c *Comparer) step() {
	for c.err == nil {
		a, moreA, errA := c.next(A)
		b, moreB, errB := c.next(B)
		if err := cmp.Or(errA, errB); err != nil {
			c.fail(err)
			return
		}
		switch {
		case !moreA && !c.sides[A].ended, !moreB && !c.sides[B].ended, !moreA && !moreB:
			return
		case !moreB || moreA && a.space != b.space && c.isFirst(a.space, b.space):
			c.arrive(a)
			c.pass(A)
		case !moreA || a.space != b.space:
			c.arrive(b)
			c.pass(B)
		default:
			c.current = a.space
			c.both(a, b)
			c.pass(A)
			c.pass(B)
		}
	}
}

// isFirst reports whether a document of the namespace a is to be read before one of b: the
// current namespace is read to its end, and then they come in order.
func (c *Comparer) isFirst(a, b string) bool {
	switch c.current {
	case a:
		return true
	case b:
		return false
	}
	c.current = min(a, b)
	return a < b
}

// both compares documents at the same place.
func (c *Comparer) both(a, b document) {
	if same := bytes.Equal(a.data, b.data); len(c.waiting) > 0 || c.limit <= maxHash {
		c.arrive(a)
		c.arrive(b)
		return
	} else if same {
		c.of(a.space).Equal++
		return
	}
	c.key, c.keyB = c.Key(c.key[:0], a.data), c.Key(c.keyB[:0], b.data)
	if bytes.Equal(c.key, c.keyB) {
		c.fail(c.pair(a, b))
		return
	}
	c.arrive(a)
	c.arrive(b)
}

// of returns the counts of a namespace.
func (c *Comparer) of(space string) *Counts {
	if c.last == nil || c.lastSpace != space {
		if c.last = c.counts[space]; c.last == nil {
			c.last = new(Counts)
			c.counts[space] = c.last
		}
		c.lastSpace = space
	}
	return c.last
}

// keyOf sets key to that of d, with its namespace.
func (c *Comparer) keyOf(d document) {
	c.key = c.Key(append(append(c.key[:0], d.space...), 0), d.data)
}

// arrive pairs d with the first document of its key that waits on the other side, or makes it
// wait.
func (c *Comparer) arrive(d document) {
	c.keyOf(d)
	hash := maphash.Bytes(c.seed, c.key) >> 1
	if hash >= c.limit {
		c.fail(c.toFile(c.key, d))
		return
	}
	w := c.waiting[string(c.key)]
	if w != nil && w.side != d.side {
		first := w.list[0]
		if w.list = w.list[1:]; len(w.list) == 0 {
			delete(c.waiting, string(c.key))
		}
		c.held -= c.sizeOf(first.data)
		c.fail(c.pairWith(d, first))
		return
	}
	if w == nil {
		w = &waiters{side: d.side, space: d.space, hash: hash}
		c.waiting[string(c.key)] = w
	} else {
		c.duplicates++
	}
	w.list = append(w.list, waiter{d.number, bytes.Clone(d.data)})
	if c.held += c.sizeOf(d.data); c.held > c.Memory/waitersShare {
		c.fail(c.makeRoom())
	}
}

// sizeOf returns the memory of a document that waits, whose key is key.
func (c *Comparer) sizeOf(doc []byte) int64 { return waiterSize + int64(len(c.key)+len(doc)) }

// pairWith is pair for d and a document of the other side.
func (c *Comparer) pairWith(d document, w waiter) error {
	e := document{d.side.other(), d.space, w.number, w.data}
	if d.side == A {
		return c.pair(d, e)
	}
	return c.pair(e, d)
}

// pair compares two documents with equal keys.
func (c *Comparer) pair(a, b document) error {
	counts := c.of(a.space)
	if bytes.Equal(a.data, b.data) {
		counts.Equal++
		return nil
	}
	said, differ := c.Pair(c.said[:0], a.space, a.data, b.data)
	c.said = said
	if !differ {
		counts.Equal++
		return nil
	}
	counts.Changed++
	return c.say(a, 1)
}

// lone says that d has no partner.
func (c *Comparer) lone(d document) error {
	c.of(d.space).Only[d.side]++
	c.said = c.Lone(c.said[:0], d.space, d.side, d.data)
	return c.say(d, 1+byte(d.side))
}

// say adds what is said about d, if there is something.
func (c *Comparer) say(d document, class byte) error {
	if len(c.said) == 0 {
		return nil
	}
	c.item = placeKey(c.item[:0], d.space, class, d.number)
	err := c.found.Add(c.item, c.said)
	if cap(c.said) > maxKept {
		c.said = nil
	}
	return err
}
