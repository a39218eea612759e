// Package stats counts what documents are made of: their sizes and depths, the types of
// their values, their keys, and the largest of them. It is for the command stats.
//
//   - stats.go walks documents and adds up counts.
//   - keys.go counts keys, as many as memory allows.
//   - top.go keeps the largest documents and fields.
//   - table.go and report.go write the result for people and for programs.
package stats

import (
	"math/bits"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A Tally counts things, and their bytes.
type Tally struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

// add adds unit things of n bytes each.
func (t *Tally) add(unit int64, n int) {
	t.Count += unit
	t.Bytes += unit * int64(n)
}

func (t *Tally) merge(o Tally) {
	t.Count += o.Count
	t.Bytes += o.Bytes
}

// A Stats has the counts of some documents. The bytes of documents are those of types, of
// keys, of indexes, and one more for each element.
type Stats struct {
	documents Tally
	smallest  Place // in bytes; the first of them
	sizes     [33]int64
	depths    []int64 // documents by depth; a document without containers has depth 1, at index 0
	types     [256]Tally
	indexes   Tally // keys of the elements of arrays
	named     Tally // keys of other elements
	keys      keys
	largest   top // documents
	fields    top // values that are no containers

	maxDepth int
	// The rest is about the document that is walked.
	unit    int64    // 1, or -1 to take its elements back
	path    [][]byte // keys of the open containers
	pending top      // its largest values, without a place
	deepest int      // containers that were open at once
}

// New returns Stats without documents. maxDepth is the depth that documents can have, 0 is
// the default of package bson.
func New(maxDepth int) *Stats {
	s := &Stats{maxDepth: maxDepth}
	s.keys.init(maxKeys)
	s.largest.init()
	s.fields.init()
	return s
}

// Add counts doc, which is at the given place. If doc is malformed, s stays as it is, and
// the error is that of bson.Validate; the UTF-8 of text is not checked.
func (s *Stats) Add(doc []byte, at Place) error {
	if err := s.walkAll(doc, 1); err != nil {
		s.walkAll(doc, -1)
		return err
	}
	at.Bytes = int64(len(doc))
	s.documents.add(1, len(doc))
	s.types[bson.TypeDocument].add(1, container)
	s.sizes[bits.Len32(uint32(len(doc)))]++
	s.depths = grown(s.depths, s.deepest)
	s.depths[s.deepest-1]++
	if s.documents.Count == 1 || smaller(at, s.smallest) {
		s.smallest = at
	}
	if s.largest.wants(len(doc)) {
		s.largest.add(Field{Place: at})
	}
	for _, f := range s.pending.fields {
		size := f.Bytes
		f.Place, f.Bytes = at, size
		s.fields.add(f)
	}
	return nil
}

// walkAll counts the elements of doc, each unit times, up to the first fault.
func (s *Stats) walkAll(doc []byte, unit int64) error {
	s.unit, s.deepest, s.path = unit, 0, s.path[:0]
	s.pending.init()
	var c bsoncore.Cursor
	c.Reset(doc, s.maxDepth)
	s.walk(&c, bson.TypeDocument, s.keys.start())
	if c.Failed() {
		return c.Err()
	}
	return nil
}

// container is the number of bytes of a document or an array without elements.
const container = 5

// walk counts the elements of the open container, which is of type in. last is the key
// before them, and the result is the last key in them.
func (s *Stats) walk(c *bsoncore.Cursor, in bson.Type, last *key) *key {
	s.deepest = max(s.deepest, c.Depth())
	for c.Next() {
		t, name, data := c.Type(), c.Key(), c.Data()
		if in == bson.TypeArray {
			s.indexes.add(s.unit, len(name)+1)
		} else {
			s.named.add(s.unit, len(name)+1)
			last = s.keys.find(name, last)
			last.tally.add(s.unit, len(name)+2+len(data))
		}
		inner := 0 // bytes of the elements in it
		switch t {
		case bson.TypeDocument, bson.TypeArray:
			inner = len(data) - container
		case bson.TypeCodeWithScope:
			_, scope := c.CodeWithScope()
			inner = len(scope) - container
			fallthrough
		default:
			if s.fields.wants(len(data)) && s.pending.wants(len(data)) {
				s.pending.add(Field{Place: Place{Bytes: int64(len(data))}, Type: t.String(), Path: pathOf(s.path, name)})
			}
		}
		s.types[t].add(s.unit, len(data)-inner)
		if (t.IsContainer() || t == bson.TypeCodeWithScope) && c.Enter() {
			s.path = append(s.path, name)
			last = s.walk(c, t, last)
			s.path = s.path[:len(s.path)-1]
			c.Leave()
		}
	}
	return last
}

// Reset makes s Stats without documents. It keeps memory for others like them.
func (s *Stats) Reset() {
	*s = Stats{maxDepth: s.maxDepth, depths: s.depths[:0], path: s.path, pending: s.pending, keys: s.keys, largest: s.largest, fields: s.fields}
	s.keys.reset()
	s.largest.init()
	s.fields.init()
}

// Merge adds the counts of o, and moves its places by move, which may be nil. o is then
// without documents.
func (s *Stats) Merge(o *Stats, move func(*Place)) {
	if move == nil {
		move = func(*Place) {}
	}
	if o.documents.Count > 0 {
		if move(&o.smallest); s.documents.Count == 0 || smaller(o.smallest, s.smallest) {
			s.smallest = o.smallest
		}
	}
	s.documents.merge(o.documents)
	for i, n := range o.sizes {
		s.sizes[i] += n
	}
	s.depths = grown(s.depths, len(o.depths))
	for i, n := range o.depths {
		s.depths[i] += n
	}
	for i, t := range o.types {
		s.types[i].merge(t)
	}
	s.indexes.merge(o.indexes)
	s.named.merge(o.named)
	s.keys.merge(&o.keys)
	s.largest.merge(&o.largest, move)
	s.fields.merge(&o.fields, move)
	o.Reset()
}

// grown returns counts with at least n of them.
func grown(counts []int64, n int) []int64 {
	for len(counts) < n {
		counts = append(counts, 0)
	}
	return counts
}
