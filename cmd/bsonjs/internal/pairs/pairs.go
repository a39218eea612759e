// Package pairs pairs the documents of two sides by keys, in bounded memory, and holds the
// differences until both sides have ended.
//
//	c := pairs.New(ctx, options)
//	defer c.Close()
//	// in any goroutines:
//	c.Reset(&batch)
//	batch.Add(namespace, document)
//	// in one goroutine for each side:
//	c.Take(side, &batch)
//	c.End(side)
//	// then:
//	c.Finish()
//	c.Results(write)
//
// The sides are read in step. While no document waits for a partner, documents with the
// same bytes at the same place are pairs, and their keys are not read: bytes are compared,
// and the documents in them are counted. Each other document waits in memory for a
// document with the same key. When the memory is full, all documents whose keys have large
// hashes go to temporary files, those that wait and those that come, and are joined at the
// end. So documents with equal keys are always paired in their order, and the result does
// not depend on the memory.
package pairs

// This file has the Comparer. The other files:
//
//   - step.go reads the sides in step and pairs documents.
//   - join.go pairs the documents in temporary files.

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"math"
	"sync"
	"sync/atomic"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/spill"
)

// A Side is one of the two sides.
type Side uint8

const (
	A Side = iota
	B
)

// other returns the other side.
func (s Side) other() Side { return 1 - s }

// A Batch has documents in a row. Its keys are made where it is filled, in many goroutines,
// if the Comparer that has reset it needs keys.
type Batch struct {
	buf    []byte // the documents
	ends   []int  // of the documents, in buf
	spaces []space

	key     func(dst, doc []byte) []byte // nil: there are no keys
	keys    []byte
	keyEnds []int // of the keys of the documents, in keys
}

// A space is documents of a Batch in a row that have the same namespace.
type space struct {
	name string
	end  int // index of the document behind them
}

// Add adds a BSON document of a namespace, "" if it has none.
func (b *Batch) Add(name string, doc []byte) {
	n := len(b.spaces)
	if n == 0 || b.spaces[n-1].name != name {
		b.spaces = append(b.spaces, space{name: name})
		n++
	}
	b.buf = append(b.buf, doc...)
	b.ends = append(b.ends, len(b.buf))
	b.spaces[n-1].end = len(b.ends)
	if b.key != nil {
		b.keys = b.key(b.keys, doc)
		b.keyEnds = append(b.keyEnds, len(b.keys))
	}
}

// Size returns the number of bytes of the documents in b.
func (b *Batch) Size() int { return len(b.buf) }

// memory returns the number of bytes in b.
func (b *Batch) memory() int { return len(b.buf) + len(b.keys) }

// reset empties b.
func (b *Batch) reset() {
	b.buf, b.ends, b.spaces = b.buf[:0], b.ends[:0], b.spaces[:0]
	b.key, b.keys, b.keyEnds = nil, b.keys[:0], b.keyEnds[:0]
}

// Options are the options of a Comparer.
type Options struct {
	// Key appends the key of a document to dst: equal bytes for equal keys. Any goroutine
	// may call it.
	Key func(dst, doc []byte) []byte
	// Pair is called for two documents with equal keys and different bytes. It appends the
	// text about their differences to dst, and reports whether there is a difference.
	Pair func(dst []byte, space string, a, b []byte) ([]byte, bool)
	// Lone appends the text about a document that is only on one side.
	Lone func(dst []byte, space string, side Side, doc []byte) []byte
	// Space returns the name of a namespace of a side in the comparison. An error ends the
	// comparison.
	Space func(side Side, space string) (string, error)
	// Memory is the number of bytes that may be held.
	Memory int64
}

// Counts are numbers of documents.
type Counts struct {
	Equal   int64    // pairs without a difference
	Changed int64    // pairs with differences
	Only    [2]int64 // documents without a partner, by Side
}

// A Comparer compares two sides. The methods Take and End are for one goroutine for each
// side, Reset is for any, and the others for one after them.
type Comparer struct {
	Options
	ctx context.Context

	mu     sync.Mutex
	turned sync.Cond // a side has ended, or something was taken from it
	sides  [2]queue
	free   []*Batch
	keyed  atomic.Bool // documents wait, so that those that come need keys
	err    error       // the first one
	stop   func() bool

	counts     map[string]*Counts
	duplicates int64
	last       *Counts // of lastSpace
	lastSpace  string

	current string // namespace that is read in step
	waiting map[string]*waiters
	held    int64  // bytes of waiting
	limit   uint64 // documents whose hash is not less are in joined; over maxHash: none
	seed    maphash.Seed
	store   *spill.Store
	joined  *spill.Sorter // documents by key; nil: none
	found   *spill.Sorter // what is said, by namespace and place
	key     []byte        // scratch
	keyB    []byte        // scratch
	item    []byte        // scratch
	said    []byte        // scratch
}

// maxHash is the largest hash.
const maxHash = math.MaxUint64 >> 1

const (
	// maxQueued is the number of bytes of a side that may wait for the other side.
	maxQueued = 4 << 20
	// maxSpare is the number of empty batches that are kept, and maxKept the size of the
	// largest, in bytes.
	maxSpare = 32
	maxKept  = 4 << 20
	// waitersShare is the part of the memory for documents that wait. The store has half
	// of the memory: collecting garbage needs the rest.
	waitersShare = 4
	// waiterSize is the memory of a document that waits, in bytes, without its bytes and
	// those of its key.
	waiterSize = 200
)

// New returns a Comparer. Its waits end with ctx.
func New(ctx context.Context, o Options) *Comparer {
	c := &Comparer{
		Options: o, ctx: ctx, counts: map[string]*Counts{}, waiting: map[string]*waiters{},
		limit: math.MaxUint64, seed: maphash.MakeSeed(), store: spill.New(ctx, "", o.Memory/2),
	}
	c.turned.L = &c.mu
	c.found = c.store.NewSorter(spill.SortOptions{})
	c.stop = context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.fail(context.Cause(ctx))
	})
	return c
}

// Close frees all memory and removes the temporary files.
func (c *Comparer) Close() {
	c.stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.store.Close()
}

// fail ends the comparison, if err is not nil.
func (c *Comparer) fail(err error) {
	if err != nil && c.err == nil {
		c.err = err
		c.turned.Broadcast()
	}
}

// Reset empties b, for documents of a side that Take gets later.
func (c *Comparer) Reset(b *Batch) {
	b.reset()
	if c.keyed.Load() {
		b.key = c.Key
	}
}

// Take takes the documents of b, which come next on a side, and leaves an empty Batch. It
// waits while the side is far in front of the other one. The error is that of the
// comparison.
func (c *Comparer) Take(side Side, b *Batch) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := &c.sides[side]
	taken := c.spare()
	*taken, *b = *b, *taken
	q.batches = append(q.batches, taken)
	q.size += taken.memory()
	c.step()
	c.keyed.Store(!c.inStep())
	for c.err == nil && q.size > maxQueued {
		c.turned.Wait()
	}
	return c.err
}

// spare returns an empty batch.
func (c *Comparer) spare() *Batch {
	n := len(c.free)
	if n == 0 {
		return new(Batch)
	}
	b := c.free[n-1]
	c.free = c.free[:n-1]
	return b
}

// recycle keeps b, which is not needed any more.
func (c *Comparer) recycle(b *Batch) {
	if cap(b.buf)+cap(b.keys) <= maxKept && len(c.free) < maxSpare {
		b.reset()
		c.free = append(c.free, b)
	}
}

// End says that a side has no more documents.
func (c *Comparer) End(side Side) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sides[side].ended = true
	c.step()
	c.turned.Broadcast()
}

// Finish pairs the documents that are left, after the end of both sides.
func (c *Comparer) Finish() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.fail(c.leave())
	}
	if c.err == nil {
		c.fail(c.join())
	}
	return c.err
}

// Say adds what is said about a namespace itself. It comes before what is said about its
// documents.
func (c *Comparer) Say(space string, text []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.found.Add(placeKey(nil, space, 0, 0), text)
}

// Results calls write for all that is said, in order: by namespace; then by the place of the
// document in A; then documents that are only in B, by their places. It is called once.
func (c *Comparer) Results(write func(text []byte) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	sorted, err := c.found.Sort()
	if err != nil {
		return err
	}
	defer sorted.Close()
	for sorted.Next() {
		if err := write(sorted.Item()); err != nil {
			return err
		}
	}
	return sorted.Err()
}

// Counts returns the counts of each namespace, and the number of documents that came while
// an earlier one with their key waited on the same side.
func (c *Comparer) Counts() (bySpace map[string]*Counts, duplicates int64) {
	return c.counts, c.duplicates
}

// placeKey appends the key of something that is said. class is 0 for a namespace, 1 for a
// place in A and 2 for one in B.
func placeKey(dst []byte, space string, class byte, number int64) []byte {
	return binary.BigEndian.AppendUint64(append(append(append(dst, space...), 0), class), uint64(number))
}
