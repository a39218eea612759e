// Package inspect takes BSON documents apart, also damaged ones: it finds the
// elements and the faults.
package inspect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"iter"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file finds the parts of a document. text.go and record.go write them.
//
//   - open prepares the walk, also of a document with a wrong length or end.
//   - elements is the walk: a client of bson.Cursor, as all are.
//   - part hands over one part, and the faults that lie in it.
//
// Package bson finds the faults: Validate, Faults and the cursor.

// A Kind is the kind of a Part.
type Kind uint8

const (
	// Length is the length of the document, in its first four bytes.
	Length Kind = iota
	// Element is an element. Of one that holds a document, such as an array
	// or code with scope, it is what stands before the elements in that.
	Element
	// End is the NUL that closes a document.
	End
	// Fault is a fault. It has no bytes.
	Fault
	// Rest is bytes that belong to no element.
	Rest
)

// A Part is a run of bytes of a document and what it is. The parts of a
// document follow each other without a gap: their bytes are all of it.
type Part struct {
	Kind   Kind
	Offset int // of the first byte, or of the one at fault, from the start of the document
	Size   int // bytes of the part

	// Length is how many bytes an element has in all, what it holds included,
	// or says that it has.
	Length int
	Depth  int       // documents around it; an End is as deep as what it ends
	Path   []byte    // JSON Pointer of the element, of what ends, or of the fault; good until the next part
	Type   bson.Type // of an element or of what ends
	Key    []byte    // of an element; aliases the document
	Data   []byte    // an element's bytes after the key; alias the document
	Code   []byte    // of code with scope, the code; aliases the document
	Holds  bool      // elements follow that an End belongs to

	Err error // what is wrong: a sentinel of package bson
}

// Options are the options of taking a document apart.
type Options struct {
	_ struct{} // keyed literals only

	// MaxDepth is the deepest nesting of documents. Zero means
	// bson.DefaultMaxDepth.
	MaxDepth int
	// Outside, if not nil, is what is wrong with the document on the outside,
	// with an offset from its start, and known by other means than its bytes.
	Outside error
}

// Parts returns an iterator over the parts of doc. The parts of kind Fault are
// among the others in the order of their offsets: what bson.Validate would
// report is one of them, and the first if doc is sound on the outside, and
// there is none if that has nothing to report. A document of which the length
// or the end is wrong is taken apart as far as elements follow one another.
// doc is neither changed nor kept.
func (o Options) Parts(doc []byte) iter.Seq[Part] {
	return func(yield func(Part) bool) {
		w := walker{opts: o, doc: doc, yield: yield}
		w.walk()
	}
}

// maxFaults is the largest number of listed faults of a document, to bound
// memory.
const maxFaults = 1000

// A walker is one call of Parts.
type walker struct {
	opts  Options
	doc   []byte
	yield func(Part) bool
	done  bool // yield wants no more

	c      bson.Cursor
	at     int    // offset past the last part
	path   []byte // of what is open
	failed bool   // c has met a fault
	faults []Part // yet to be handed over, by offset
	listed bool   // what c will meet is, or was, among them
}

func (w *walker) walk() {
	doc := w.doc
	walks := w.open()
	if len(doc) >= 4 {
		w.part(Part{Kind: Length, Size: 4})
	}
	if walks {
		w.elements()
		if !w.stopped() && w.at < len(doc) && doc[w.at] == 0 {
			w.part(Part{Kind: End, Offset: w.at, Size: 1, Type: bson.TypeDocument})
		}
	}
	if w.at < len(doc) {
		w.part(Part{Kind: Rest, Offset: w.at, Size: len(doc) - w.at})
	}
	w.flush(math.MaxInt)
}

// open makes w ready to walk and lists what is wrong, except for what only
// the walk meets. It reports whether there is anything to walk.
func (w *walker) open() bool {
	doc := w.doc
	size := 0
	if len(doc) >= 5 {
		size = int(int32(binary.LittleEndian.Uint32(doc)))
	}
	switch {
	case len(doc) < 5:
		w.outside()
		return false
	case size < 5 || size > len(doc) || w.opts.Outside != nil:
		// What follows a length that is wrong may be right.
		if size <= len(doc) {
			size = math.MaxInt32
		}
		w.outside()
		w.c.ResetPrefix(doc, size, w.opts.MaxDepth)
		return true
	}
	inner := doc[:size]
	if size < len(doc) || doc[size-1] != 0 {
		w.outside()
		if inner[size-1] != 0 {
			inner = bytes.Clone(inner)
			inner[size-1] = 0
		}
	}
	w.listed = true
	for err := range (bson.ValidateOptions{MaxDepth: w.opts.MaxDepth}).Faults(inner) {
		if len(w.faults) == maxFaults {
			w.listed = false
			break
		}
		w.fault(err)
	}
	w.c.Reset(inner, w.opts.MaxDepth)
	return true
}

// outside lists what is wrong with the document on the outside.
func (w *walker) outside() {
	err := w.opts.Outside
	if err == nil {
		err = bson.Validate(w.doc)
	}
	w.fault(err)
}

// fault lists err, of package bson, unless it is listed already, and keeps
// the list in order.
func (w *walker) fault(err error) {
	p := Part{Kind: Fault}
	var s *bson.SyntaxError
	var v *bson.ValueError
	switch {
	case errors.As(err, &s):
		p.Offset, p.Path, p.Err = int(s.Offset), []byte(s.Pointer), s.Err
	case errors.As(err, &v):
		p.Offset, p.Path, p.Err = int(v.Offset), []byte(v.Pointer), v.Err
	default:
		return
	}
	i, _ := slices.BinarySearchFunc(w.faults, p.Offset, func(q Part, off int) int { return q.Offset - off })
	if i < len(w.faults) && w.faults[i].Offset == p.Offset && w.faults[i].Err == p.Err {
		w.faults[i].Path = p.Path // the walk knows better
		return
	}
	w.faults = slices.Insert(w.faults, i, p)
}

// elements hands over the rest of the open document.
func (w *walker) elements() {
	c := &w.c
	for !w.done && c.Next() {
		n := len(w.path)
		w.path = bsoncore.AppendPointer(w.path, c.Key())
		w.element()
		w.path = w.path[:n]
	}
}

// element hands over the current element and what it holds.
func (w *walker) element() {
	c := &w.c
	p := Part{
		Kind: Element, Offset: c.Offset(), Depth: c.Depth(), Path: w.path,
		Type: c.Type(), Key: c.Key(), Data: c.Data(),
	}
	p.Length = c.ValueOffset() - p.Offset + len(p.Data)
	p.Size = p.Length
	inside := c.ValueOffset() // the offset of the document that the element is, or holds
	switch {
	case p.Type == bson.TypeCodeWithScope:
		p.Code, _ = c.CodeWithScope()
		inside += 8 + len(p.Code) + 1
	case !p.Type.IsContainer():
		w.part(p)
		return
	}
	p.Holds = true
	p.Size = inside + 4 - p.Offset
	p.Length = inside - p.Offset + int(binary.LittleEndian.Uint32(w.doc[inside:]))
	w.part(p)
	if w.done || !c.Enter() {
		return
	}
	w.elements()
	if w.done || w.stopped() {
		return
	}
	w.part(Part{Kind: End, Offset: w.at, Size: 1, Depth: p.Depth, Path: w.path, Type: p.Type})
	c.Leave()
}

// stopped reports whether the walk has met a fault, which it then lists.
func (w *walker) stopped() bool {
	if !w.failed {
		err := w.c.Err()
		if err == nil {
			return false
		}
		w.failed = true
		// Where the length is wrong, that nothing more is there is no fault.
		if !w.listed && (w.opts.Outside == nil || !errors.Is(err, bson.ErrTruncated)) {
			w.fault(err)
		}
	}
	return true
}

// part hands over p, and what is wrong with its bytes.
func (w *walker) part(p Part) {
	w.give(p)
	w.at = p.Offset + p.Size
	w.flush(w.at)
}

// flush hands over the faults before the offset end.
func (w *walker) flush(end int) {
	for len(w.faults) > 0 && w.faults[0].Offset < end {
		w.give(w.faults[0])
		w.faults = w.faults[1:]
	}
}

func (w *walker) give(p Part) {
	if !w.done && !w.yield(p) {
		w.done = true
	}
}
