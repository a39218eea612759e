package run

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"sync"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/spill"
)

// This file holds records until the last one is known.
//
//   - Sorted, Unique, Tail and Sample make the Holds of a run.
//   - A hold is the sink of a leg. Workers make the keys and the bodies of frames; Take
//     adds them to a sorter.
//   - sorted gives the frames to the next leg. Unless the Hold is a sort, that is in the
//     order in which they came.

// A Hold is a step that selects or orders records, and needs all of them for it.
type Hold struct {
	_ struct{} // keyed literals only
	// Order selects the records that are held; nil: all.
	Order *Order
	// PerSpace makes a Tail or a Sample count in each namespace.
	PerSpace bool

	key     Key
	by      KeyOrder // of keys
	rank    rank     // instead of key
	most    int64    // records that come first in the order of keys or ranks; 0: all
	unique  bool     // records whose key is that of an earlier one are not wanted
	arrives bool     // the order of the records stays
}

// A Key appends the key of a record to dst. Several goroutines call it. With an error the
// record is rejected.
type Key func(dst []byte, rec *record.Record) ([]byte, error)

// A KeyOrder is the order of keys. The zero value, for a Hold, is that of their bytes.
type KeyOrder struct {
	Compare func(a, b []byte) int
	// Prefix returns a number for a key. Keys with different numbers have the order of the
	// numbers, so that Compare is seldom called.
	Prefix func(key []byte) uint64
}

// A rank returns a number for a record, before which n records were held. Those with small
// numbers are wanted.
type rank func(n int64, rec *heldItem) uint64

// Sorted returns the Hold that orders records by their keys. Records with equal keys keep
// their order. most is the number of records at the start of the order that are wanted, 0:
// all.
func Sorted(key Key, by KeyOrder, most int64) Hold {
	return Hold{key: key, by: by, most: most}
}

// Unique returns the Hold that drops each record whose key is equal to that of an earlier
// one.
func Unique(key Key, by KeyOrder) Hold {
	return Hold{key: key, by: by, unique: true, arrives: true}
}

// Tail returns the Hold that keeps the last n records.
func Tail(n int64) Hold {
	last := func(n int64, _ *heldItem) uint64 { return ^uint64(n) }
	return Hold{rank: last, most: n, arrives: true}
}

// Sample returns the Hold that keeps n records, which their places and seed choose.
func Sample(n int64, seed uint64) Hold {
	hash := func(_ int64, rec *heldItem) uint64 {
		return record.Spot{Input: rec.input, Offset: rec.place.Offset, Part: rec.part}.Hash(seed)
	}
	return Hold{rank: hash, most: n, arrives: true}
}

// A store is the memory and the temporary files of the holds of a run. The goroutine that
// reads the records of one hold and that which fills the next one share it.
type store struct {
	mu sync.Mutex
	*spill.Store
	closed bool
}

// newStore returns a store of that many bytes of memory.
func newStore(ctx context.Context, memory int64) *store {
	return &store{Store: spill.New(ctx, "", memory)}
}

// close removes temporary files, of a run that has ended in any way. An error of it changes
// nothing about the output.
func (s *store) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.Store.Close()
}

// A hold is a Hold while it is filled.
type hold struct {
	Hold
	e      *engine
	sorter *spill.Sorter
	log    *spill.Sorter // of frames in the order in which they came; nil: sorter has them
	n      int64         // records so far
	kept   int64         // records of those that are wanted, once they are sorted
	err    error         // the first one
	ranked []byte        // scratch
	// yield gives a key and a frame to a merger; nil: sorter has them. last is the last key.
	yield func(key, frame []byte) bool
	last  []byte
	item  []byte // scratch
}

// newHold returns an empty hold.
func (e *engine) newHold(o Hold) *hold {
	h := &hold{Hold: o, e: e}
	options := spill.SortOptions{Compare: o.by.Compare, Prefix: o.by.Prefix, Most: o.most, Distinct: o.unique}
	if o.rank != nil {
		options.Group = groupOf
	}
	h.sorter = e.store.NewSorter(options)
	if o.unique {
		h.log = e.store.NewSorter(spill.SortOptions{})
	}
	return h
}

// rankSize is the size of a rank, and of the number of a record, in bytes.
const rankSize = 8

// groupOf returns the namespace of key, which ends with a rank.
func groupOf(key []byte) []byte { return key[:len(key)-rankSize] }

// Part returns a part for frames.
func (h *hold) Part() record.Part { return &heldPart{hold: h} }

// Alone returns the largest int: a record needs no memory besides that of its frame.
func (h *hold) Alone() int { return math.MaxInt }

// Take holds the records of p, whose places are known.
func (h *hold) Take(p record.Part) error {
	part := p.(*heldPart)
	if h.yield != nil {
		h.err = h.give(part)
		return h.err
	}
	h.e.store.mu.Lock()
	defer h.e.store.mu.Unlock()
	from := 0
	for i := range part.items {
		item := &part.items[i]
		if h.err = h.add(item, part.buf[from:item.key], part.buf[item.key:item.end]); h.err != nil {
			return h.err
		}
		from = item.end
	}
	n := int64(len(part.items))
	h.e.Read, h.e.shelved = h.e.Read-n, h.e.shelved+n
	part.empty()
	return nil
}

// add holds a record.
func (h *hold) add(item *heldItem, key, body []byte) error {
	h.item = h.item[:0]
	if h.rank != nil {
		h.ranked = h.ranked[:0]
		if h.PerSpace {
			h.ranked = append(append(h.ranked, item.space...), 0)
		}
		h.ranked = binary.BigEndian.AppendUint64(h.ranked, h.rank(h.n, item))
		h.item, key = binary.BigEndian.AppendUint64(h.item, uint64(h.n)), h.ranked
	}
	h.item = append(appendHead(h.item, item), body...)
	h.n++
	if h.log == nil {
		return h.sorter.Add(key, h.item)
	}
	if err := h.log.Add(nil, h.item); err != nil {
		return err
	}
	return h.sorter.Add(key, binary.BigEndian.AppendUint64(nil, uint64(h.n-1)))
}

// Long holds rec, whose place is known.
func (h *hold) Long(rec *record.Record, _ io.Writer) error {
	p := &heldPart{hold: h}
	p.Reset(0, h.Alone())
	if err := p.Add(rec); err != nil {
		return err
	}
	if h.yield != nil {
		return h.giveLong(p)
	}
	return h.Take(p)
}

// sorted ends h and returns its frames in order. Their lengths are not in them.
func (h *hold) sorted() (frames, error) {
	h.e.store.mu.Lock()
	defer h.e.store.mu.Unlock()
	all, err := h.sorter.Sort()
	if err != nil || !h.arrives {
		return all, err
	}
	// The wanted records, in the order in which they came.
	order := h.e.store.NewSorter(spill.SortOptions{})
	for all.Next() {
		h.kept++
		item := all.Item()
		if err := order.Add(item[:rankSize], item[rankSize:]); err != nil {
			return nil, err
		}
	}
	if all.Err() != nil {
		return nil, all.Err()
	}
	numbers, err := order.Sort()
	if h.log == nil || err != nil {
		return numbers, err
	}
	log, err := h.log.Sort()
	return &chosen{Sorted: log, numbers: numbers}, err
}

// frames are a sequence of frames.
type frames interface {
	Next() bool
	Item() []byte
	Err() error
}

// chosen are the frames of a log whose numbers are the keys of another sequence.
type chosen struct {
	*spill.Sorted
	numbers *spill.Sorted
	next    uint64 // number of the next frame
}

func (c *chosen) Next() bool {
	if !c.numbers.Next() {
		return false
	}
	for wanted := binary.BigEndian.Uint64(c.numbers.Key()); c.Sorted.Next(); {
		if c.next++; c.next > wanted {
			return true
		}
	}
	return false
}

func (c *chosen) Err() error {
	if err := c.Sorted.Err(); err != nil {
		return err
	}
	return c.numbers.Err()
}

// A frameReader is a Reader of frames, with their lengths.
type frameReader struct {
	store *store
	from  frames
	rest  bytes.Buffer // of the last frame
}

func (r *frameReader) Read(p []byte) (n int, err error) {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	if r.store.closed { // the run has ended before its frames do
		return 0, io.EOF
	}
	for n < len(p) {
		if r.rest.Len() > 0 {
			k, _ := r.rest.Read(p[n:])
			n += k
			continue
		}
		if !r.from.Next() {
			if err = r.from.Err(); err == nil {
				err = io.EOF
			}
			return n, err
		}
		item := r.from.Item()
		if size := len(item) + binary.MaxVarintLen64; size > len(p)-n {
			r.rest.Write(binary.AppendUvarint(nil, uint64(len(item))))
			r.rest.Write(item)
			continue
		}
		n += binary.PutUvarint(p[n:], uint64(len(item)))
		n += copy(p[n:], item)
	}
	return n, nil
}

// A heldPart has the keys and frames of records in a row.
type heldPart struct {
	hold  *hold
	items []heldItem
	buf   []byte // the key and the body of each item
	most  int    // bytes that buf may have
}

// A heldItem is a record of a heldPart.
type heldItem struct {
	input  uint64       // see record.Record
	number int64        // of its document
	place  record.Place // in its input; of its piece, if input is 0
	part   int          // see record.Record
	space  string       // its namespace
	within record.Space // of its document
	offset int          // in its piece, in bytes
	key    int          // end of the key in the part, in bytes
	end    int          // end of the body
}

func (p *heldPart) Reset(_, most int) { p.items, p.buf, p.most = p.items[:0], p.buf[:0], most }
func (p *heldPart) Size() int         { return len(p.buf) }

// empty removes the records, which are held.
func (p *heldPart) empty() {
	if p.items, p.buf = p.items[:0], p.buf[:0]; cap(p.buf) > maxPart {
		p.buf = nil
	}
}

// maxPart is the largest buffer, in bytes, that a part keeps.
const maxPart = 4 << 20

func (p *heldPart) Add(rec *record.Record) (err error) {
	h, buf := p.hold, p.buf
	if h.key != nil {
		if buf, err = h.key(buf, rec); err != nil {
			return err
		}
	}
	item := heldItem{
		input: rec.Input, number: rec.Number, place: rec.Place, part: rec.Part, space: rec.Space.Name,
		within: record.Space{Name: rec.Within}, offset: int(rec.Offset), key: len(buf),
	}
	if len(buf)+len(rec.Data) > p.most {
		return codec.ErrLong
	}
	buf = appendBody(buf, rec, h.e.sourceOf(rec), h.e.rejects != nil)
	if len(buf) > p.most {
		return codec.ErrLong
	}
	item.end = len(buf)
	p.buf, p.items = buf, append(p.items, item)
	rec.Keys = record.Escapes{} // they count when the record is written
	return nil
}

// locate makes the places of the records those in the input s, of which the piece starts
// at the end of what is done.
func (p *heldPart) locate(s *source) {
	for i := range p.items {
		item := &p.items[i]
		if item.input > 0 {
			continue
		}
		item.input, item.place = s.origin.number, s.at.Plus(item.place)
		if item.number += s.docs; s.contains {
			item.number = item.within.Number
		}
	}
}

// heldIn returns the records in p, if it is a heldPart.
func heldIn(p record.Part) []heldItem {
	if held, ok := p.(*heldPart); ok {
		return held.items
	}
	return nil
}

// holdFault returns the fault for err, an error of holding records; nil if it is none.
func holdFault(err error) *report.Fault {
	if f, ok := errors.AsType[*faultError](err); ok {
		return f.Fault
	}
	if _, ok := errors.AsType[*spill.Error](err); !ok && !errors.Is(err, spill.ErrTooLong) {
		return nil
	}
	return &report.Fault{Code: report.CodeOutput, Why: err.Error()}
}
