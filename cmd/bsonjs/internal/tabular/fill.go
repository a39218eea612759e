package tabular

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file makes documents of rows. The columns are a tree: a leaf for the last key of
// each path, and a document or an array for each key before it. The keys of a document are
// in the order in which they first appear in the header.
//
//   - newHeader makes the tree, and finds columns that contradict each other.
//   - A Decoder walks it once for each row. A Header does not change, so that several
//     Decoders share one.

// The sentinels of tables that match no document, for errors.Is.
var (
	// ErrConflict: two columns cannot be in one document, such as a and a.b.
	ErrConflict = errors.New("columns contradict each other")
	// ErrIndex: under ArrayIndexes, the columns of an array are not 0, 1, 2 and so on.
	ErrIndex = errors.New("the indexes of an array are not 0, 1, 2 and so on")
	// ErrCount: a row has more or fewer fields than there are columns.
	ErrCount = errors.New("wrong number of fields")
	// ErrHole: an element of an array is missing, and an element after it is not.
	ErrHole = errors.New("an element of an array is missing in front of another one")
)

// A Grace says what happens to a cell whose text does not fit the type of its column. The
// names are those of mongoimport.
type Grace uint8

const (
	Stop      Grace = iota // the row has a fault
	SkipRow                // the row has a fault that does not end the run
	SkipField              // the field is left out of the document; see Decoder.Left
	AutoCast               // the text is that of a cell of type Auto
)

// DecodeOptions are the options of reading tables. The zero value reads CSV whose first
// row is the header, without types.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// Syntax is the syntax of the rows.
	Syntax Syntax
	// Columns are the columns; nil: the first row names them.
	Columns []Column
	// Typed says that the names of columns have types. Then an empty cell is a missing
	// field, and two quotation marks are the empty string.
	Typed bool
	// AllText makes a string of each cell of a column without a type.
	AllText bool
	// IgnoreBlanks makes each empty cell a missing field, also two quotation marks.
	IgnoreBlanks bool
	// ArrayIndexes makes an array of columns such as a.0 and a.1.
	ArrayIndexes bool
	// Ragged accepts rows with another number of fields than columns. The last fields of a
	// short row are missing. The further fields of a long row are field3, field4 and so
	// on, counted from 0, as in mongoimport.
	Ragged bool
	// Null is the text of null, in cells without quotation marks; nil: there is none.
	Null *string
	// Grace says what happens to cells that do not fit their types.
	Grace Grace
	// Cells are the options of cells.
	Cells Options

	// MaxDocumentSize is the largest document, in bytes of BSON. Zero means
	// bson.DefaultMaxDocumentSize.
	MaxDocumentSize int
	// MaxTextSize is the longest row, in bytes. Zero means 16 times MaxDocumentSize.
	MaxTextSize int
}

// A Header has the columns of a table that is read. It does not change.
type Header struct {
	root  node
	nodes int // below root
	names []Column
	more  *Cells // of fields behind the last column
}

// A node is a column, or a document or array of columns.
type node struct {
	key    []byte // and a NUL
	cells  *Cells // nil: the node is a document or an array
	column int    // number of the column, from 0; that of the first column in a document
	array  bool
	nodes  []*node
	byKey  map[string]*node // the same nodes
}

// Header returns the header of Columns, nil if there are none. An error is a *HeaderError
// whose Index is that of the column.
func (o *DecodeOptions) Header() (*Header, error) {
	if o.Columns == nil {
		return nil, nil
	}
	return o.newHeader(o.Columns)
}

// newHeader returns the header of columns. An error is a *HeaderError whose Index is that of
// the column.
func (o *DecodeOptions) newHeader(columns []Column) (*Header, error) {
	h := &Header{names: columns}
	for i := range columns {
		if err := h.add(o, i); err != nil {
			err.Index, err.Header = i, columns[i].String()
			return nil, err
		}
	}
	var err error
	h.more, err = Column{Path: []string{""}, Type: o.untyped()}.Cells(o.Cells)
	return h, err
}

// untyped returns the type of columns without one.
func (o *DecodeOptions) untyped() Type {
	if o.AllText {
		return String
	}
	return Auto
}

// add adds the column with number i to the tree.
func (h *Header) add(o *DecodeOptions, i int) *HeaderError {
	c := h.names[i]
	if len(c.Path) > cmp.Or(o.Cells.Decode.MaxDepth, bson.DefaultMaxDepth) {
		return &HeaderError{Err: bson.ErrDepth}
	}
	if c.Type == Auto && !o.Typed {
		c.Type = o.untyped()
	}
	cells, err := c.Cells(o.Cells)
	if err != nil {
		return err.(*HeaderError)
	}
	at := &h.root
	for n, key := range c.Path {
		next, last := at.byKey[key], n+1 == len(c.Path)
		switch {
		case next == nil:
			if fault := o.indexes(at, key); fault != nil {
				return fault
			}
			if h.nodes++; h.nodes > maxFields {
				return &HeaderError{Err: ErrManyFields}
			}
			next = at.add(key, i)
			if last {
				next.cells = cells
			}
		case last || next.cells != nil:
			return &HeaderError{What: conflict(h.names[next.column], c), Err: ErrConflict}
		}
		at = next
	}
	return nil
}

// conflict says how other contradicts column. The message has the name of column already.
func conflict(other, column Column) string {
	if slices.Equal(other.Path, column.Path) {
		return "two columns have this name"
	}
	return fmt.Sprintf("%q and this one", other)
}

// add adds a node to n, whose first column has the number column.
func (n *node) add(key string, column int) *node {
	next := &node{key: append([]byte(key), 0), column: column}
	n.nodes = append(n.nodes, next)
	if n.byKey == nil {
		n.byKey = map[string]*node{}
	}
	n.byKey[key] = next
	return next
}

// indexes checks that key can be the next one in n, and makes n an array if its first key
// is an index.
func (o *DecodeOptions) indexes(n *node, key string) *HeaderError {
	if !o.ArrayIndexes || n.key == nil { // a document is no array
		return nil
	}
	i, ok := indexOf(key)
	if len(n.nodes) == 0 {
		n.array = ok
	}
	switch {
	case n.array != ok:
		return &HeaderError{What: "an index of an array and a key are in one place", Err: ErrConflict}
	case ok && i != len(n.nodes):
		return &HeaderError{What: fmt.Sprintf("%d in place of %d", i, len(n.nodes)), Err: ErrIndex}
	}
	return nil
}

// indexOf returns the index that key is.
func indexOf(key string) (int, bool) {
	i, err := strconv.ParseUint(key, 10, 31)
	return int(i), err == nil && (key[0] != '0' || len(key) == 1)
}

// A rowFault is a fault of a row that is well-formed.
type rowFault struct {
	column int    // number of the column, from 0; -1: the fault is about none
	at     int    // offset in the row, in bytes
	text   []byte // of the cell; nil: the fault is about none
	err    error
}

// fill makes d.doc the document of the row in data, whose fields are in d.rows.
func (d *Decoder) fill(data []byte) *rowFault {
	spans, columns := d.rows.spans, len(d.head.names)
	if len(spans) != columns && !d.o.Ragged {
		return &rowFault{column: -1, at: d.countFault(), err: &CountError{Fields: len(spans), Columns: columns}}
	}
	dst, mark := bsoncore.Begin(d.doc[:0])
	dst, fault := d.fillNode(dst, &d.head.root, data)
	for i := columns; i < len(spans) && fault == nil; i++ {
		dst, fault = d.fillMore(dst, i, data)
	}
	if fault != nil {
		return fault
	}
	d.doc = bsoncore.End(dst, mark)
	if len(d.doc) > d.most {
		return &rowFault{column: -1, err: bson.ErrTooLarge}
	}
	return nil
}

// countFault returns the offset of the first field that has no column, or of the end of
// the last field.
func (d *Decoder) countFault() int {
	spans := d.rows.spans
	if n := len(d.head.names); len(spans) > n {
		return spans[n].from
	}
	return spans[len(spans)-1].to
}

// fillNode appends the elements of n.
func (d *Decoder) fillNode(dst []byte, n *node, data []byte) ([]byte, *rowFault) {
	hole := -1
	for i, next := range n.nodes {
		start := len(dst)
		var fault *rowFault
		if next.cells != nil {
			dst, fault = d.fillCell(dst, next, data)
		} else {
			dst, fault = d.fillInner(dst, next, data)
		}
		switch {
		case fault != nil:
			return dst, fault
		case len(dst) > d.most:
			return dst, &rowFault{column: -1, err: bson.ErrTooLarge}
		case !n.array:
		case len(dst) == start && hole < 0:
			hole = i
		case len(dst) > start && hole >= 0:
			return dst, &rowFault{column: n.nodes[hole].column, at: d.offsetOf(n.nodes[hole].column), err: ErrHole}
		}
	}
	return dst, nil
}

// offsetOf returns the offset in the row of the field of a column.
func (d *Decoder) offsetOf(column int) int {
	return d.rows.spans[min(column, len(d.rows.spans)-1)].from
}

// fillInner appends the document or array n, unless nothing is in it.
func (d *Decoder) fillInner(dst []byte, n *node, data []byte) ([]byte, *rowFault) {
	start := len(dst)
	t := bson.TypeDocument
	if n.array {
		t = bson.TypeArray
	}
	dst = append(append(dst, byte(t)), n.key...)
	dst, mark := bsoncore.Begin(dst)
	dst, fault := d.fillNode(dst, n, data)
	if fault != nil || len(dst) == mark+4 {
		return dst[:start], fault
	}
	return bsoncore.End(dst, mark), nil
}

// fillCell appends the element of the column n, unless its field is missing.
func (d *Decoder) fillCell(dst []byte, n *node, data []byte) ([]byte, *rowFault) {
	if n.column >= len(d.rows.spans) { // Ragged
		return dst, nil
	}
	return d.element(dst, n.key, n.cells, n.column, data)
}

// fillMore appends the element of field i, which has no column.
func (d *Decoder) fillMore(dst []byte, i int, data []byte) ([]byte, *rowFault) {
	name := "field" + strconv.Itoa(i)
	if d.head.root.byKey[name] != nil {
		return dst, &rowFault{column: -1, at: d.rows.spans[i].from, err: fmt.Errorf("%w: a field without a column gets the name %s, which is a column", ErrCount, name)}
	}
	return d.element(dst, append([]byte(name), 0), d.head.more, i, data)
}

// element appends the element of field i, unless it is missing.
func (d *Decoder) element(dst, key []byte, cells *Cells, i int, data []byte) ([]byte, *rowFault) {
	f := d.rows.spans[i]
	text := fieldText(data, f, &d.room)
	switch {
	case d.o.Null != nil && !f.quoted && string(text) == *d.o.Null:
		return append(append(dst, byte(bson.TypeNull)), key...), nil
	case len(text) == 0 && (d.o.IgnoreBlanks || d.o.Typed && !f.quoted):
		return dst, nil
	}
	start := len(dst)
	dst = append(append(dst, 0), key...)
	dst, t, err := cells.AppendValue(dst, text)
	if err != nil && d.o.Grace == AutoCast && cells.t != Auto {
		dst, t, err = d.head.more.AppendValue(dst, text)
	}
	if err == nil {
		dst[start] = byte(t)
		return dst, nil
	}
	fault := &rowFault{column: i, at: f.from, text: text, err: err}
	if d.o.Grace == SkipField {
		d.left = append(d.left, d.valueError(fault, data))
		return dst[:start], nil
	}
	return dst[:start], fault
}

// A CountError is the fault of a row with the wrong number of fields. It matches
// ErrCount.
type CountError struct {
	Fields  int // of the row
	Columns int // of the table
}

// Error describes e. The text is not promised.
func (e *CountError) Error() string {
	return fmt.Sprintf("%s in a table with %s", plural(e.Fields, "field"), plural(e.Columns, "column"))
}

// Unwrap returns ErrCount.
func (e *CountError) Unwrap() error { return ErrCount }

// plural returns n and the word.
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// pointer returns the JSON Pointer of the column with number i, "" if there is none.
func (h *Header) pointer(i int) string {
	if i < 0 || i >= len(h.names) {
		return ""
	}
	var path []byte
	for _, key := range h.names[i].Path {
		path = bsoncore.AppendPointer(path, []byte(key))
	}
	return string(path)
}
