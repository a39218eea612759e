// Package differ finds the changes between two documents, and makes keys by which
// documents are paired.
//
//	for _, c := range (differ.Options{}).Changes(a, b) {
//		use(c.Path, c.A, c.B)
//	}
package differ

// This file walks through two documents.
//
//   - Changes is the entry. documents, arrays and value call each other.
//   - Two cursors go in step while the keys are the same. From the first other key on,
//     fields are paired by key: the first of equal keys with the first, and so on.
//   - array.go pairs the elements of arrays, and hash.go makes the hashes for it.
//   - number.go has numbers as text, equal for equal values; key.go has the keys.
//
// Time and memory are at most those of sorting the elements of both documents. Limits for
// hostile documents: maxChanges, pathShare, and workShare in array.go.

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// Options select the documents that are equal. The zero value compares types and values, and
// not the order of the keys of a document.
type Options struct {
	_ struct{} // keyed literals only

	// KeyOrder makes the order of keys count. A document whose keys are in another order
	// is one change.
	KeyOrder bool
	// Numeric makes numbers of any types equal if their values are.
	Numeric bool
}

// A Change is a place where two documents differ.
type Change struct {
	// Path is a JSON Pointer into A. An index in it is that of A; the index of an added
	// element, where it is last, is that of B.
	Path string
	// To is the JSON Pointer of an element of an array that moved, with its index in B; ""
	// if it did not.
	To string
	// A and B are the values. The zero Value is none: the place is only in the other
	// document. They alias the documents.
	A, B bsoncore.Value
}

const (
	// maxChanges is the largest number of changes of a document. A document with more is one
	// change.
	maxChanges = 100_000
	// pathShare times the size of both documents, plus pathLeast, is the limit on the bytes
	// of all paths.
	pathShare = 4
	pathLeast = 1 << 20
)

// Changes returns the changes from document a to b, in the order of a; what is only in b
// comes last in its document or array. It returns none if the documents are equal. a and b
// must be valid.
func (o Options) Changes(a, b []byte) []Change {
	size := int64(len(a) + len(b))
	d := differ{Options: o, room: pathLeast + pathShare*size, work: workLeast + workShare*size}
	d.documents(a, b)
	if d.over {
		return []Change{{A: bsoncore.Value{Type: bsoncore.TypeDocument, Data: a}, B: bsoncore.Value{Type: bsoncore.TypeDocument, Data: b}}}
	}
	return d.changes
}

// A differ is the state of Changes.
type differ struct {
	Options
	changes []Change
	path    []byte
	room    int64 // bytes that the paths of more changes may have
	work    int64 // bytes that may be hashed
	over    bool  // there are too many changes
}

// add adds a change at the path.
func (d *differ) add(a, b bsoncore.Value) { d.addTo("", a, b) }

func (d *differ) addTo(to string, a, b bsoncore.Value) {
	if d.room -= int64(len(d.path) + len(to)); d.room < 0 || len(d.changes) == maxChanges {
		d.over = true
		return
	}
	d.changes = append(d.changes, Change{string(d.path), to, a, b})
}

// enter appends key to the path and returns its length before.
func (d *differ) enter(key []byte) int {
	n := len(d.path)
	d.path = bsoncore.AppendPointer(d.path, key)
	return n
}

// value compares two values.
func (d *differ) value(a, b bsoncore.Value) {
	switch {
	case d.over || a.Equal(b):
	case a.Type == bsoncore.TypeDocument && b.Type == a.Type:
		d.documents(a.Data, b.Data)
	case a.Type == bsoncore.TypeArray && b.Type == a.Type:
		d.arrays(a.Data, b.Data)
	case !d.sameScalar(a, b):
		d.add(a, b)
	}
}

// sameScalar reports whether a and b, which have other bytes and are not both documents or
// both arrays, are equal.
func (d *differ) sameScalar(a, b bsoncore.Value) bool {
	if d.Numeric && isNumber(a.Type) && isNumber(b.Type) {
		n, err := a.Compare(b)
		return n == 0 && err == nil
	}
	if a.Type != b.Type {
		return false
	}
	switch a.Type {
	case bsoncore.TypeDouble:
		x, _ := a.DoubleOK()
		y, _ := b.DoubleOK()
		return x != x && y != y
	case bsoncore.TypeDecimal128:
		x, _ := a.Decimal128OK()
		y, _ := b.Decimal128OK()
		return x.String() == y.String() // NaN has many spellings in bits, and zero has
	}
	return false
}

// documents compares two documents that may be equal.
func (d *differ) documents(a, b []byte) {
	if d.KeyOrder && reordered(a, b) {
		d.add(bsoncore.Value{Type: bsoncore.TypeDocument, Data: a}, bsoncore.Value{Type: bsoncore.TypeDocument, Data: b})
		return
	}
	ca, cb := bsoncore.NewCursor(a), bsoncore.NewCursor(b)
	for {
		more, other := ca.Next(), cb.Next()
		switch {
		case !more && !other || d.over:
			return
		case !more || !other || !bytes.Equal(ca.Key(), cb.Key()):
			ra, rb := noElements(a), noElements(b)
			if more {
				ra = restOf(a, &ca)
			}
			if other {
				rb = restOf(b, &cb)
			}
			d.rest(ra, rb)
			return
		}
		if ca.Type() == cb.Type() && bytes.Equal(ca.Data(), cb.Data()) {
			continue
		}
		n := d.enter(ca.Key())
		d.value(valueOf(&ca), valueOf(&cb))
		d.path = d.path[:n]
	}
}

// valueOf returns the current value of c.
func valueOf(c *bsoncore.Cursor) bsoncore.Value {
	return bsoncore.Value{Type: c.Type(), Data: c.Data()}
}

// elements are some elements in a row of a document or array.
type elements struct {
	doc []byte
	at  []uint32 // offsets of the elements in doc, and the end of the last one
}

// noElements returns no elements of doc.
func noElements(doc []byte) elements { return elements{doc, []uint32{uint32(len(doc) - 1)}} }

// restOf returns the elements of doc from the current one of c on.
func restOf(doc []byte, c *bsoncore.Cursor) elements {
	e := elements{doc: doc, at: []uint32{uint32(c.Offset())}}
	for c.Next() {
		e.at = append(e.at, uint32(c.Offset()))
	}
	e.at = append(e.at, uint32(len(doc)-1))
	return e
}

// elementsOf returns all elements of doc.
func elementsOf(doc []byte) elements {
	if c := bsoncore.NewCursor(doc); c.Next() {
		return restOf(doc, &c)
	}
	return noElements(doc)
}

func (e elements) len() int { return len(e.at) - 1 }

// raw returns the type, the key and the value of an element.
func (e elements) raw(i int) []byte { return e.doc[e.at[i]:e.at[i+1]] }

func (e elements) key(i int) []byte {
	raw := e.raw(i)[1:]
	return raw[:bytes.IndexByte(raw, 0)]
}

func (e elements) value(i int) bsoncore.Value {
	raw := e.raw(i)
	return bsoncore.Value{Type: bsoncore.Type(raw[0]), Data: raw[bytes.IndexByte(raw[1:], 0)+2:]}
}

// byKey returns the indexes of the elements in the order of their keys; those of equal keys
// keep their order.
func (e elements) byKey() []int32 {
	order := make([]int32, e.len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		return cmp.Or(bytes.Compare(e.key(int(i)), e.key(int(j))), cmp.Compare(i, j))
	})
	return order
}

// pairKeys returns the index in b of the element that has the key of each element of a, -1
// if there is none.
func pairKeys(a, b elements) []int32 {
	pairs := make([]int32, a.len())
	rest := b.byKey()
	for _, i := range a.byKey() {
		pairs[i] = -1
		for len(rest) > 0 {
			n := bytes.Compare(b.key(int(rest[0])), a.key(int(i)))
			if n > 0 {
				break
			}
			j := rest[0]
			if rest = rest[1:]; n == 0 {
				pairs[i] = j
				break
			}
		}
	}
	return pairs
}

// rest compares the elements of documents from the first other key on.
func (d *differ) rest(a, b elements) {
	pairs, paired := pairKeys(a, b), make([]bool, b.len())
	for i, j := range pairs {
		n := d.enter(a.key(i))
		if j < 0 {
			d.add(a.value(i), bsoncore.Value{})
		} else {
			paired[j] = true
			d.value(a.value(i), b.value(int(j)))
		}
		if d.path = d.path[:n]; d.over {
			return
		}
	}
	for j, ok := range paired {
		if ok {
			continue
		}
		n := d.enter(b.key(j))
		d.add(bsoncore.Value{}, b.value(j))
		if d.path = d.path[:n]; d.over {
			return
		}
	}
}

// reordered reports whether the keys that both documents have are in another order.
func reordered(a, b []byte) bool {
	ca, cb := bsoncore.NewCursor(a), bsoncore.NewCursor(b)
	for {
		more, other := ca.Next(), cb.Next()
		if !more || !other {
			return false
		}
		if bytes.Equal(ca.Key(), cb.Key()) {
			continue
		}
		last := int32(-1)
		for _, j := range pairKeys(restOf(a, &ca), restOf(b, &cb)) {
			if j >= 0 && j < last {
				return true
			}
			last = max(j, last)
		}
		return false
	}
}
