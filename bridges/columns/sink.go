package columns

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the columns of a batch while it grows. Their layouts are those of Arrow:
// each column appends its values to buffers, which become an array at the end. A column may
// have fewer rows than there are documents, so that a missing field costs nothing. The column
// gets all these nulls with its next value.

// A sink is a column of the batch that grows. The fields that each value needs come first,
// so that they are near each other in memory: each document uses many sinks.
type sink struct {
	*column
	key    key   // name of column
	next   *sink // the sibling that followed last time, or nil
	rows   int   // values and nulls so far
	at     int32 // place of the column among its siblings
	layout layout
	typ    bsoncore.Type // of the values that value appends; 0: none
	how    form          // form of column

	values  buffer // of laidFixed and laidBytes; of laidUnion the places of children
	marks   marks  // of laidBytes
	offsets buffer // int32: of laidList 0 and the ends, of laidUnion rows of children
	valid   bitmap // of laidBits, laidFixed, laidStruct and laidList
	truths  bitset // of laidBits

	flag     *sink   // is true for a null of BSON; or nil
	first    *sink   // of a document: the field that was first last time, or nil
	order    *sink   // of a document: the order of keys, or nil
	required []*sink // of a document: fields whose nulls are nulls of BSON, so a missing one is a fault or a loss
	kids     []*sink
	names    names       // of a document: fields that are values
	byType   *[256]*sink // of a union
	blank    *sink       // of a union: the child for a slot without a value

	size   int                   // of laidFixed: bytes of a value
	usual  int                   // rows of the batch before
	data   int                   // bytes of values in the batch before
	sparse bool                  // the batch before had nulls
	width  int                   // bytes of a row that do not depend on its value, with those of fields
	losses [lossCount]*LossCount // nil: none
}

// A layout says which buffers and children an array has.
type layout uint8

const (
	laidNull layout = iota
	laidBits
	laidFixed
	laidBytes // texts and binaries
	laidStruct
	laidList // arrays and maps
	laidUnion
)

// layoutOf returns the layout of a type, and for laidFixed the bytes of a value.
func layoutOf(t arrow.DataType) (layout, int) {
	switch t := t.(type) {
	case *arrow.NullType:
		return laidNull, 0
	case *arrow.BooleanType:
		return laidBits, 0
	case *arrow.StringType, *arrow.BinaryType:
		return laidBytes, 0
	case *arrow.StructType:
		return laidStruct, 0
	case *arrow.ListType, *arrow.MapType:
		return laidList, 0
	case *arrow.DenseUnionType:
		return laidUnion, 0
	case arrow.FixedWidthDataType:
		return laidFixed, t.Bytes()
	}
	panic("BUG: columns: no layout of " + t.String())
}

// errForeign is the reason of a ColumnError.
var errForeign = fmt.Errorf("%w: no BSON type has this Arrow type", ErrColumn)

// newSink makes the sink of a column, and those below. The error is a *ColumnError.
func newSink(n *column, p *plan) (*sink, error) {
	if n.form == foreign {
		return nil, &ColumnError{Path: n.path(), Err: fmt.Errorf("%w: %s", errForeign, n.describe())}
	}
	s := plain(n, n.storage(), p)
	if list := rows[n.form].types; len(list) == 1 && n.form != asNull {
		s.typ = list[0]
	}
	for _, kid := range n.kids {
		k, err := newSink(kid, p)
		if err != nil {
			return nil, err
		}
		s.kids = append(s.kids, k)
	}
	switch n.form {
	case asDocument:
		s.fieldsByName()
	case asArray:
	case asMap:
		s.kids = []*sink{part(n.typ.(*arrow.MapType).KeyType(), p), s.kids[0]}
	case asUnion:
		s.kidsByType()
	default:
		if t, ok := n.storage().(*arrow.StructType); ok {
			for _, f := range t.Fields() {
				s.kids = append(s.kids, part(f.Type, p))
			}
		}
	}
	s.measure()
	return s, nil
}

// measure sets width. One more byte stands for the bits of validity.
func (s *sink) measure() {
	const offset = 4
	switch s.layout {
	case laidFixed:
		s.width = 1 + s.size
	case laidBits:
		s.width = 1 + 1
	case laidUnion:
		s.width = 1 + offset + s.blank.width
	case laidStruct:
		s.width = 1
		for _, kid := range s.kids {
			s.width += kid.width
		}
	default:
		s.width = 1 + offset
	}
}

// plain returns a sink of a column with the storage t, without children.
func plain(n *column, t arrow.DataType, p *plan) *sink {
	s := &sink{column: n, key: keyOf([]byte(n.name)), how: n.form, at: int32(n.index)}
	s.layout, s.size = layoutOf(t)
	s.valid.valid.plan, s.truths.plan, s.values.plan, s.offsets.plan = p, p, p, p
	return s
}

// part returns a sink of values without a column of their own.
func part(t arrow.DataType, p *plan) *sink {
	s := plain(&column{full: t}, t, p)
	s.measure()
	return s
}

func (s *sink) fieldsByName() {
	s.names.init(len(s.column.byName))
	for _, kid := range s.kids {
		if s.column.order == kid.column {
			s.order = kid
		}
		if !kid.isValue() {
			continue
		}
		s.names.all[kid.name] = kid
		if kid.column.flag != nil {
			kid.flag = s.kids[kid.column.flag.index]
		}
		if kid.nulls == nullIsNull && (kid.form != asUnion || kid.column.byType[0] == nil) {
			s.required = append(s.required, kid)
		}
	}
}

func (s *sink) kidsByType() {
	s.byType = new([256]*sink)
	for t, kid := range s.column.byType {
		if kid != nil {
			s.byType[t] = s.kids[kid.index]
		}
	}
	for _, kid := range []*sink{s.byType[0], s.byType[bsoncore.TypeNull], s.kids[0]} {
		if kid != nil {
			s.blank = kid
			return
		}
	}
}

// part returns the member of a struct for its next row.
func (s *sink) part(i int) *sink {
	kid := s.kids[i]
	kid.fill(s.rows)
	kid.rows++
	return kid
}

// text appends a text or binary as the row with that number. This is the next row of s. If s
// is a part of a struct, it is the current row of the struct.
func (s *sink) text(row int, data []byte) {
	s.values.append(data)
	s.mark(row)
}

// mark ends the text or binary of a row after the last byte of values.
func (s *sink) mark(row int) { s.marks.append(row, len(s.values.bytes), s.values.plan) }

// end appends the end of an array or map.
func (s *sink) end() { s.offsets.appendInt32(int32(s.kids[0].rows)) }

// boolean appends a boolean as the next row.
func (s *sink) boolean(v bool) {
	s.truths.room(s.rows + 1)
	if v {
		s.truths.set(s.rows)
	}
}

// choose makes the next value of a union one of kid.
func (s *sink) choose(kid *sink) {
	s.values.more(1)[0] = byte(kid.index)
	s.offsets.appendInt32(int32(kid.rows))
}

// fill appends nulls until s has rows rows.
func (s *sink) fill(rows int) {
	from := s.rows
	n := rows - from
	if n <= 0 {
		return
	}
	s.rows = rows
	switch s.layout {
	case laidNull, laidBytes:
		return
	case laidBits:
		if s.flags != nil {
			return // a flag is false
		}
	case laidFixed:
		s.values.zeros(n * s.size)
	case laidList:
		for range n {
			s.end()
		}
	case laidUnion:
		for range n {
			s.choose(s.blank)
			s.blank.fill(s.blank.rows + 1)
		}
		return
	}
	s.valid.null(from, rows)
}

// begin begins a batch: it makes room for about as many values as the batch before had.
func (s *sink) begin() {
	for _, kid := range s.kids {
		kid.begin()
	}
	usual := s.values.plan.again(s.usual)
	switch s.layout {
	case laidBits, laidFixed, laidStruct, laidList:
		s.valid.valid.open()
		if s.sparse {
			s.valid.valid.room(usual)
		}
	}
	switch s.layout {
	case laidBits:
		s.truths.open()
		s.truths.room(usual)
	case laidFixed, laidBytes, laidUnion:
		s.values.open()
		s.values.reserve(s.values.plan.again(s.data))
	}
	switch s.layout {
	case laidList:
		s.offsets.open()
		s.offsets.reserve(4 * (usual + 1))
		s.offsets.appendInt32(0)
	case laidUnion:
		s.offsets.open()
		s.offsets.reserve(4 * usual)
	}
}

// finish returns the first rows rows as data, and empties s. The caller releases the data.
// After a fault there may be more rows, and the last one may be incomplete.
func (s *sink) finish(rows int) arrow.ArrayData {
	s.fill(rows)
	s.usual, s.data, s.sparse = rows, len(s.values.bytes), s.valid.nulls > 0
	children := s.finishKids(rows)
	s.rows = 0
	if s.layout == laidBytes {
		if len(s.marks.list) > 0 && cap(s.values.bytes) == 0 {
			s.values.grow(0) // without memory, arrow-go returns nil for empty binaries
		}
		valid, offsets, nulls := s.marks.finish(rows, s.values.plan)
		return s.made(rows, nulls, children, valid, offsets, s.values.finish())
	}
	valid, nulls := s.valid.finish(rows)
	buffers := []*memory.Buffer{valid}
	switch s.layout {
	case laidNull:
		nulls = rows
	case laidBits:
		buffers = append(buffers, s.truths.finish(rows))
	case laidFixed:
		buffers = append(buffers, s.values.finish())
	case laidList:
		buffers = append(buffers, s.offsets.finish())
	case laidUnion:
		buffers = append(buffers, s.values.finish(), s.offsets.finish())
	}
	return s.made(rows, nulls, children, buffers...)
}

// made returns data of buffers and children. The caller no longer owns them.
func (s *sink) made(rows, nulls int, children []arrow.ArrayData, buffers ...*memory.Buffer) arrow.ArrayData {
	data := array.NewData(s.full, rows, buffers, children, nulls, 0)
	for _, b := range buffers {
		releaseBuffer(b)
	}
	releaseAll(children)
	return data
}

// finishKids returns the children for the first rows rows of s.
func (s *sink) finishKids(rows int) []arrow.ArrayData {
	children := make([]arrow.ArrayData, len(s.kids))
	for i, kid := range s.kids {
		children[i] = kid.finish(s.rowsOf(kid, rows))
	}
	t, ok := s.full.(*arrow.MapType)
	if !ok {
		return children
	}
	pairs := array.NewData(t.Elem(), children[0].Len(), []*memory.Buffer{nil}, children, 0, 0)
	releaseAll(children)
	return []arrow.ArrayData{pairs}
}

// rowsOf returns the number of rows that a child has for the first rows rows of s.
func (s *sink) rowsOf(kid *sink, rows int) int {
	switch s.layout {
	case laidList:
		return int(s.offsets.int32s()[rows])
	case laidUnion:
		if s.rows > rows { // after a fault
			return bytes.Count(s.values.bytes[:rows], []byte{byte(kid.index)})
		}
		return kid.rows
	}
	return rows
}

func releaseAll(list []arrow.ArrayData) {
	for _, d := range list {
		d.Release()
	}
}

// release frees the memory of s and of all sinks below it.
func (s *sink) release() {
	for _, kid := range s.kids {
		kid.release()
	}
	s.valid.valid.release()
	s.truths.release()
	s.values.release()
	s.offsets.release()
}
