package pairs

import (
	"bytes"
	"hash/maphash"
	"slices"
)

// A queue has the documents of a side that are not compared yet.
type queue struct {
	batches []*Batch
	size    int   // bytes of batches
	at      int   // index of the next document in the first batch
	from    int   // its start
	number  int64 // of it on the side
	ended   bool

	space  string // namespace of the next documents in the comparison
	upTo   int    // index of the document behind them
	spaces int    // number of namespaces of the first batch up to there
}

// A document is a document of a side.
type document struct {
	side   Side
	space  string
	number int64 // on the side
	data   []byte
	key    []byte // without the namespace; nil: it is not made yet
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

// more reports whether the next document of a side is known, and sets its namespace.
func (c *Comparer) more(side Side) bool {
	q := &c.sides[side]
	for len(q.batches) > 0 && q.at == len(q.batches[0].ends) {
		c.dropBatch(q)
	}
	if len(q.batches) == 0 {
		return false
	}
	if q.at == q.upTo {
		next := q.batches[0].spaces[q.spaces]
		q.spaces++
		q.upTo = next.end
		var err error
		q.space, err = c.Space(side, next.name)
		c.fail(err)
	}
	return true
}

// dropBatch removes the first batch of q.
func (c *Comparer) dropBatch(q *queue) {
	b := q.batches[0]
	q.batches = append(q.batches[:0], q.batches[1:]...)
	q.size -= b.memory()
	q.at, q.from, q.upTo, q.spaces = 0, 0, 0, 0
	c.recycle(b)
	c.turned.Broadcast()
}

// next returns the next document of a side, which is known, and goes behind it. The bytes
// are valid until the next call of more.
func (c *Comparer) next(side Side) document {
	q := &c.sides[side]
	b := q.batches[0]
	d := document{side: side, space: q.space, number: q.number, data: b.buf[q.from:b.ends[q.at]]}
	if b.key != nil {
		from := 0
		if q.at > 0 {
			from = b.keyEnds[q.at-1]
		}
		d.key = b.keys[from:b.keyEnds[q.at]]
	}
	q.pass(1)
	return d
}

// pass goes behind the next n documents, which have a namespace.
func (q *queue) pass(n int) {
	q.at += n
	q.number += int64(n)
	q.from = q.batches[0].ends[q.at-1]
}

// bytes returns the next documents with a namespace.
func (q *queue) bytes() []byte {
	b := q.batches[0]
	return b.buf[q.from:b.ends[q.upTo-1]]
}

// within returns the number of documents in the first n bytes.
func (q *queue) within(n int) int {
	docs, whole := slices.BinarySearch(q.batches[0].ends[q.at:q.upTo], q.from+n)
	if whole {
		docs++
	}
	return docs
}

// step compares documents while the next one of both sides is known.
func (c *Comparer) step() {
	a, b := &c.sides[A], &c.sides[B]
	for c.err == nil {
		moreA, moreB := c.more(A), c.more(B)
		switch {
		case c.err != nil, !moreA && !a.ended, !moreB && !b.ended, !moreA && !moreB:
			return
		case !moreB || moreA && a.space != b.space && c.isFirst(a.space, b.space):
			c.arrive(c.next(A))
		case !moreA || a.space != b.space:
			c.arrive(c.next(B))
		default:
			c.current = a.space
			c.both()
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

// inStep reports whether no document waits, in memory or in files.
func (c *Comparer) inStep() bool { return len(c.waiting) == 0 && c.limit > maxHash }

// both compares documents at the same place.
func (c *Comparer) both() {
	inStep := c.inStep()
	if inStep && c.alike() {
		return
	}
	a, b := c.next(A), c.next(B)
	if inStep {
		c.key, c.keyB = c.appendKey(c.key[:0], a), c.appendKey(c.keyB[:0], b)
		if bytes.Equal(c.key, c.keyB) {
			c.fail(c.pair(a, b))
			return
		}
	}
	c.arrive(a)
	c.arrive(b)
}

// alike goes behind the next documents that are the same on both sides, and reports whether
// there are any. Where the bytes are the same, the documents start at the same places,
// because each has its length in front.
func (c *Comparer) alike() bool {
	a, b := &c.sides[A], &c.sides[B]
	n := a.within(common(a.bytes(), b.bytes()))
	if n == 0 {
		return false
	}
	a.pass(n)
	b.pass(n)
	c.of(a.space).Equal += int64(n)
	return true
}

// maxCompared is the most bytes that common compares at once.
const maxCompared = 16 << 10

// common returns the number of bytes at the starts of a and b that are the same.
func common(a, b []byte) (n int) {
	most := min(len(a), len(b))
	for size := min(most, maxCompared); size > 0; {
		if bytes.Equal(a[n:n+size], b[n:n+size]) {
			n += size
			size = min(size, most-n)
		} else {
			size /= 2
		}
	}
	return n
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
	c.key = c.appendKey(append(append(c.key[:0], d.space...), 0), d)
}

// appendKey appends the key of d to dst.
func (c *Comparer) appendKey(dst []byte, d document) []byte {
	if d.key != nil {
		return append(dst, d.key...)
	}
	return c.Key(dst, d.data)
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
	e := document{side: d.side.other(), space: d.space, number: w.number, data: w.data}
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
