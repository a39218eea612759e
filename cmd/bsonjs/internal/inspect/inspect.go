// Package inspect takes BSON documents apart, also documents with faults: it
// finds the elements and the faults.
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
//   - elements is the walk, with a bson.Cursor.
//   - part yields one part, and the faults in it.
//
// Package bson finds the faults: Validate, Faults and the cursor.

// A Kind is the kind of a Part.
type Kind uint8

const (
	// Length is the length of the document, in its first four bytes.
	Length Kind = iota
	// Element is an element. If it holds a document, as an array or code with
	// scope does, the part ends before the elements in that document.
	Element
	// End is the NUL that closes a document.
	End
	// Fault is a fault. It has no bytes.
	Fault
	// Rest is bytes that belong to no element.
	Rest
)

// A Part is a range of bytes of a document, or a fault. The parts of a document
// follow each other without a gap and cover all its bytes.
type Part struct {
	Kind   Kind
	Offset int // of the first byte, or of the one at fault, from the start of the document
	Size   int // bytes of the part

	// Length is the size of the whole element in bytes, with the elements in
	// it, as the document states it.
	Length int
	Depth  int       // documents around it; an End has the depth of the element that it ends
	Path   []byte    // JSON Pointer of the element or fault; valid until the next part
	Type   bson.Type // of an element, or of the element that ends
	Key    []byte    // of an element; aliases the document
	Data   []byte    // of an element, the bytes after the key; aliases the document
	Code   []byte    // of code with scope, the code; aliases the document
	Holds  bool      // elements follow that an End belongs to

	Err error // of a Fault: the Err of an error of package bson
}

// Options are the options of taking a document apart.
type Options struct {
	_ struct{} // keyed literals only

	// MaxDepth is the deepest nesting of documents. Zero means
	// bson.DefaultMaxDepth.
	MaxDepth int
	// Outside, if not nil, is a fault in the length or the end of the document
	// that the caller knows, with an offset from its start.
	Outside error
}

// Parts returns an iterator over the parts of doc. Faults are among the other
// parts, in the order of their offsets. If bson.Validate reports a fault, it is
// one of them, and the first if the length and the end of doc are right;
// otherwise there is none. If the length or the end is wrong, the elements are
// parts as far as they follow one another. doc is neither changed nor kept.
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
	done  bool // yield has returned false

	c      bson.Cursor
	at     int    // offset past the last part
	path   []byte // of the open element
	failed bool   // c has met a fault
	faults []Part // not yielded yet, by offset
	listed bool   // the fault that c may meet is, or was, among them
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

// open prepares the walk and lists all faults, except those that only the walk
// meets. It reports whether there is anything to walk.
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
		// Behind a wrong length, the elements may be right.
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

// outside lists the fault in the length or the end of the document.
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
	if i < len(w.faults) && w.faults[i].Offset == p.Offset && errors.Is(w.faults[i].Err, p.Err) {
		w.faults[i].Path, w.faults[i].Err = p.Path, p.Err // those of the walk are more exact
		return
	}
	w.faults = slices.Insert(w.faults, i, p)
}

// elements yields the rest of the open document.
func (w *walker) elements() {
	c := &w.c
	for !w.done && c.Next() {
		n := len(w.path)
		w.path = bsoncore.AppendPointer(w.path, c.Key())
		w.element()
		w.path = w.path[:n]
	}
}

// element yields the current element and the elements in it.
func (w *walker) element() {
	c := &w.c
	p := Part{
		Kind: Element, Offset: c.Offset(), Depth: c.Depth(), Path: w.path,
		Type: c.Type(), Key: c.Key(), Data: c.Data(),
	}
	p.Length = c.ValueOffset() - p.Offset + len(p.Data)
	p.Size = p.Length
	inside := c.ValueOffset() // offset of the document in the element
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

// stopped reports whether the walk has met a fault, and lists the fault.
func (w *walker) stopped() bool {
	if !w.failed {
		err := w.c.Err()
		if err == nil {
			return false
		}
		w.failed = true
		// If the length is wrong, the end of the bytes is not another fault.
		if !w.listed && (w.opts.Outside == nil || !errors.Is(err, bson.ErrTruncated)) {
			w.fault(err)
		}
	}
	return true
}

// part yields p and the faults in its bytes.
func (w *walker) part(p Part) {
	w.give(p)
	w.at = p.Offset + p.Size
	w.flush(w.at)
}

// flush yields the faults before the offset end.
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
