package tabular

import (
	"container/heap"
	"encoding/binary"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file finds the columns of documents.
//
//   - Found is a tree of the fields of documents. Add adds a document, and Merge a Part
//     with the fields of later documents: the result depends on the order of the documents
//     alone, and not on the parts in which they were added.
//   - Columns makes columns of the tree. Fields have the order in which they follow each
//     other in documents; where documents do not decide it, that of the first appearance.
//
// The number of fields is limited. If a later field is left out, all fields have the order
// of their first appearance. The number of fields that are known to follow a field is
// limited, too.

// An ArrayForm is the form of arrays in a table.
type ArrayForm uint8

const (
	ArrayJSON    ArrayForm = iota // an array is the JSON text of a cell
	ArrayIndex                    // an element has a column, named by its index
	ArrayExplode                  // an element has a row
)

// DefaultMaxFields is the usual MaxFields.
const DefaultMaxFields = 10_000

// FindOptions are the options of finding columns.
type FindOptions struct {
	_ struct{} // keyed literals only

	Arrays ArrayForm
	// Typed gives each column the type of its values. Otherwise all columns have the type
	// Auto.
	Typed bool
	// MaxFields is the largest number of fields. Documents around other fields count, too.
	// Zero allows none; DefaultMaxFields is the usual number.
	MaxFields int
	// MaxDepth is that of documents; see bsoncore.Cursor.Reset.
	MaxDepth int
	// Named are the paths of the only columns, in order; nil: all fields have columns.
	Named [][]string
}

// Found has the fields of documents.
type Found struct {
	options FindOptions
	named   *field // nil: all fields are wanted
	top     seen
	all     []*seen // below top, in the order of their first appearance
	size    int     // of them, in bytes
	// more is the path of the first field that was left out, nil: there is none. All new
	// fields are left out after it.
	more  []string
	part  bool   // it is a Part
	later []byte // of a Part: documents with fields that were left out, and those after them
	c     bsoncore.Cursor
	index [numtext.IntRoom]byte
	to    []*seen // scratch of Merge
}

// A seen is a field of documents, or the documents as a whole.
type seen struct {
	key    string
	parent *seen
	number int   // in Found.all
	at     int   // in the children of parent
	size   int   // of its path, in bytes
	kinds  kinds // of its values; 0: they are all documents with fields
	// fields and elements say that children are fields of documents, and elements of
	// arrays.
	fields, elements bool
	// children have the order of their first appearance.
	children []*seen
	byKey    map[string]*seen
	expected int     // child that followed last time, in children
	after    []*seen // siblings that followed it in documents, in the order of appearance
}

// maxNames is the largest number of bytes in the paths of all fields.
const maxNames = 16 << 20

// maxAfter is the largest number of fields that are known to follow another one.
const maxAfter = 64

// NewFound returns an empty set of fields.
func NewFound(o FindOptions) *Found {
	f := &Found{options: o}
	if o.Named != nil {
		columns := make([]Column, len(o.Named))
		for i, path := range o.Named {
			columns[i] = Column{Path: path}
		}
		f.named, _ = newFields(columns)
	}
	return f
}

// Fields returns the number of fields. Others may have been left out.
func (f *Found) Fields() int { return len(f.all) }

// Part returns an empty set with the options of f, for Merge.
func (f *Found) Part() *Found { return &Found{options: f.options, named: f.named, part: true} }

// Reset makes f empty.
func (f *Found) Reset() {
	f.top, f.all, f.size, f.more = seen{}, f.all[:0], 0, nil
	if f.later = f.later[:0]; cap(f.later) > maxLater {
		f.later = nil
	}
}

// maxLater is the largest buffer of documents, in bytes, that a set keeps.
const maxLater = 4 << 20

// Add adds the fields of doc, which is not kept. If doc is malformed, it adds those in front
// of the fault.
func (f *Found) Add(doc []byte) {
	if f.more == nil || !f.part {
		f.c.Reset(doc, f.options.MaxDepth)
		f.members(&f.top, f.named, false, false)
	}
	if f.more != nil && f.part {
		f.later = append(f.later, doc...)
	}
}

// members adds the fields of the document that f.c has entered to n. If isArray is set, it
// is an array, whose keys are indexes. wanted has the columns in it, nil for all. exploded
// says that it is in an element of an array with rows.
func (f *Found) members(n *seen, wanted *field, isArray, exploded bool) {
	before := (*seen)(nil)
	for i := 0; f.c.Next(); i++ {
		key := f.c.Key()
		if isArray {
			key = numtext.AppendInt(f.index[:0], int64(i))
		}
		within := (*field)(nil)
		if wanted != nil {
			if within = wanted.byKey[string(key)]; within == nil {
				continue
			}
		}
		child := f.child(n, key)
		if child == nil {
			continue
		}
		if before != nil {
			before.precedes(child)
		}
		before = child
		f.value(child, within, exploded)
	}
}

// child returns the child of n with the key, which it adds if it is new and there is room
// for it. Otherwise it returns nil.
func (f *Found) child(n *seen, key []byte) *seen {
	if n.expected < len(n.children) && n.children[n.expected].key == string(key) {
		n.expected++
		return n.children[n.expected-1]
	}
	child := n.byKey[string(key)]
	switch {
	case child != nil:
	case f.more != nil:
		return nil
	case len(f.all) >= f.options.MaxFields || n.size+len(key) > maxNames-f.size:
		f.more = append(n.path(), string(key))
		return nil
	default:
		child = &seen{key: string(key), parent: n, number: len(f.all), at: len(n.children), size: n.size + len(key)}
		f.all = append(f.all, child)
		f.size += child.size
		n.children = append(n.children, child)
		if n.byKey == nil {
			n.byKey = map[string]*seen{}
		}
		n.byKey[child.key] = child
	}
	n.expected = child.at + 1
	return child
}

// path returns the keys that lead to n.
func (n *seen) path() []string {
	if n.parent == nil {
		return nil
	}
	return append(n.parent.path(), n.key)
}

// precedes notes that a sibling follows n in a document.
func (n *seen) precedes(sibling *seen) {
	if len(n.after) > 0 && n.after[0] == sibling {
		return
	}
	if len(n.after) < maxAfter && !slices.Contains(n.after, sibling) {
		n.after = append(n.after, sibling)
	}
}

// value adds the current value of f.c, of the field n.
func (f *Found) value(n *seen, wanted *field, exploded bool) {
	t := f.c.Type()
	whole := wanted != nil && wanted.column >= 0 // it is named
	if whole || !f.opens(t, wanted, exploded) {
		n.kinds |= kindOf(t, f.c.Data())
	}
	if wanted != nil && wanted.children == nil || !f.opens(t, wanted, exploded) || !f.c.Enter() {
		return
	}
	switch {
	case t == bson.TypeDocument:
		n.fields = true
		f.members(n, wanted, false, exploded)
	case f.options.Arrays == ArrayExplode:
		for f.c.Next() {
			f.value(n, wanted, true)
		}
	default:
		n.elements = true
		f.members(n, wanted, true, exploded)
	}
	f.c.Leave()
}

// opens reports whether the values in a value of type t have columns of their own. An
// empty document or array has no such values.
func (f *Found) opens(t bson.Type, wanted *field, exploded bool) bool {
	if len(f.c.Data()) <= emptySize {
		return false
	}
	switch t {
	case bson.TypeDocument:
		return true
	case bson.TypeArray:
		return f.options.Arrays == ArrayIndex || f.options.Arrays == ArrayExplode && !exploded
	}
	return false
}

// emptySize is the size of an empty document or array in bytes.
const emptySize = 5

// Merge adds the fields of g, a Part, to f. The documents of g come after those of f.
func (f *Found) Merge(g *Found) {
	to := f.to[:0] // fields of f, for those of g; nil: left out
	for _, m := range g.all {
		n := &f.top
		if m.parent.parent != nil {
			n = to[m.parent.number]
		}
		if n != nil {
			n = f.child(n, []byte(m.key))
		}
		if to = append(to, n); n != nil {
			n.kinds |= m.kinds
			n.fields, n.elements = n.fields || m.fields, n.elements || m.elements
		}
	}
	for i, m := range g.all {
		for _, sibling := range m.after {
			if to[i] != nil && to[sibling.number] != nil {
				to[i].precedes(to[sibling.number])
			}
		}
	}
	f.to = to
	for docs := g.later; len(docs) > 0; { // f knows which of their fields have room
		n := binary.LittleEndian.Uint32(docs)
		f.Add(docs[:n])
		docs = docs[n:]
	}
}

// Columns returns the columns of the fields. If there were more than MaxFields, it also
// returns the path of the first field that is left out.
func (f *Found) Columns() (columns []Column, more []string) {
	if f.options.Named == nil {
		f.collect(&f.top, nil, &columns)
		return columns, f.more
	}
	for _, path := range f.options.Named {
		columns = append(columns, f.column(path, f.kindsAt(path)))
	}
	return columns, f.more
}

// kindsAt returns the kinds of the values at path.
func (f *Found) kindsAt(path []string) kinds {
	n := &f.top
	for _, key := range path {
		if n = n.byKey[key]; n == nil {
			return 0
		}
	}
	return n.kinds
}

// column returns the column at path, which has values of some kinds.
func (f *Found) column(path []string, of kinds) Column {
	c := Column{Path: path}
	if f.options.Typed {
		c.Type, c.Arg = of.columnType()
	}
	return c
}

// collect adds the columns of n, whose path is given, to columns. Documents in a table with
// types are JSON if there are other values in their place, or if no order of columns is
// that of their fields.
func (f *Found) collect(n *seen, path []string, columns *[]Column) {
	children, agree := n.children, true
	if f.more == nil {
		children, agree = ordered(children)
	}
	switch {
	case f.options.Typed && (f.isMixed(n) || n.parent != nil && !agree):
		*columns = append(*columns, Column{Path: slices.Clone(path), Type: JSON})
		return
	case n.kinds != 0:
		*columns = append(*columns, f.column(slices.Clone(path), n.kinds))
	}
	for _, child := range children {
		f.collect(child, append(path, child.key), columns)
	}
}

// isMixed reports whether the values of n cannot have columns in one table with types: some
// are documents with fields and others are not, or their fields would be read as elements
// of an array.
func (f *Found) isMixed(n *seen) bool {
	switch {
	case n.parent == nil || len(n.children) == 0:
		return false
	case n.kinds != 0 || n.fields && n.elements:
		return true
	case n.elements || f.options.Arrays != ArrayIndex:
		return false
	}
	return slices.ContainsFunc(n.children, func(child *seen) bool {
		_, isIndex := indexOf(child.key)
		return isIndex
	})
}

// ordered returns siblings in an order in which each is in front of those that follow it
// in documents. If several can be next, or none can, the next one is the one that appeared
// first. agree is false if none could be next, because documents contradict each other.
func ordered(siblings []*seen) (order []*seen, agree bool) {
	waits := make([]int, len(siblings)) // siblings in front of it that are not in order yet
	for _, n := range siblings {
		for _, next := range n.after {
			waits[next.at]++
		}
	}
	var ready intHeap
	for at, n := range waits {
		if n == 0 {
			ready = append(ready, at)
		}
	}
	order, agree = make([]*seen, 0, len(siblings)), true
	done, rest := make([]bool, len(siblings)), 0
	for len(order) < len(siblings) {
		if len(ready) == 0 {
			agree = false
			for done[rest] {
				rest++
			}
			ready = append(ready, rest)
		}
		n := siblings[heap.Pop(&ready).(int)]
		order, done[n.at] = append(order, n), true
		for _, next := range n.after {
			if waits[next.at]--; waits[next.at] == 0 && !done[next.at] {
				heap.Push(&ready, next.at)
			}
		}
	}
	return order, agree
}

// An intHeap is a heap of numbers, the smallest first.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// kinds is a set of kinds of values. A kind has the values that a type of columns holds; its
// bit is 1<<Type.
type kinds uint16

// kindTypes are the types of columns for all values of a BSON type. Zero is JSON.
var kindTypes = [256]Type{
	bson.TypeBoolean: Boolean, bson.TypeDouble: Double, bson.TypeDecimal128: Decimal,
	bson.TypeInt32: Int32, bson.TypeInt64: Int64, bson.TypeString: String,
	bson.TypeObjectID: ObjectID, bson.TypeDateTime: Date,
}

// kindOf returns the kind of a value.
func kindOf(t bson.Type, data []byte) kinds {
	by := kindTypes[t]
	switch t {
	case bson.TypeBinary:
		switch {
		case data[4] == bson.BinaryGeneric:
			by = Binary
		case data[4] == bson.BinaryUUID && len(data) == 5+16:
			by = UUID
		}
	case bson.TypeDateTime:
		if ms := int64(binary.LittleEndian.Uint64(data)); ms < minDate || ms > maxDate {
			by = Auto
		}
	}
	if by == Auto {
		by = JSON
	}
	return 1 << by
}

// minDate and maxDate are the first and the last millisecond of the years 0 to 9999, which
// RFC 3339 has.
const (
	minDate = -62_167_219_200_000
	maxDate = 253_402_300_799_999
)

// columnType returns the type of a column for all values of the kinds.
func (k kinds) columnType() (t Type, arg string) {
	for t := range types {
		if k == 1<<t {
			if Type(t) == Binary {
				return Binary, "base64"
			}
			return Type(t), ""
		}
	}
	return JSON, ""
}
