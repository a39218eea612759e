package columns

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the columns of a batch while it grows. A column of plain values has a
// builder of arrow-go. A column with columns in it has only its validity and offsets, and
// becomes an array at the end: builders of arrow-go append a null to each column in a
// struct for each null of the struct, and here columns may be behind.

// A sink is a column of the batch that grows.
type sink struct {
	*column
	typ     bsoncore.Type // of the values that value appends; 0: none
	at      int           // place of the column among its siblings
	rows    int           // values and nulls so far
	usual   int           // rows of the batch before
	data    int           // bytes of texts or binaries in the batch before
	width   int           // bytes of a row that do not depend on its value, with those of fields
	next    *sink         // the sibling that followed last time, or nil
	builder array.Builder // nil for documents, arrays, maps, unions and structs

	valid   bitmap              // of documents, arrays, maps and structs
	offsets *array.Int32Builder // of arrays, maps and unions: ends, or places in children
	codes   *array.Int8Builder  // of unions

	kids     []*sink
	flag     *sink            // tells nulls apart, or nil
	order    *sink            // of a document: the order of keys, or nil
	first    *sink            // of a document: the field that was first last time, or nil
	byName   map[string]*sink // of a document: fields that are values
	required []*sink          // of a document: fields of which a missing one is no null
	byType   *[256]*sink      // of a union
	blank    *sink            // of a union: the child for a slot without a value

	losses [lossCount]*LossCount // nil: none
}

// errForeign is the reason of a ColumnError.
var errForeign = fmt.Errorf("%w: no BSON type has this Arrow type", ErrColumn)

// newSink makes the sink of a column, and those below. The error is a *ColumnError.
func newSink(n *column, mem memory.Allocator) (*sink, error) {
	s := &sink{column: n, at: n.index}
	s.valid.mem = mem
	if n.form == foreign {
		return nil, &ColumnError{Path: n.path(), Err: fmt.Errorf("%w: %s", errForeign, n.describe())}
	}
	if list := rows[n.form].types; len(list) == 1 && n.form != asNull {
		s.typ = list[0]
	}
	for _, kid := range n.kids {
		k, err := newSink(kid, mem)
		if err != nil {
			s.release()
			return nil, err
		}
		s.kids = append(s.kids, k)
	}
	switch n.form {
	case asDocument:
		s.fieldsByName()
	case asArray:
		s.offsets = newOffsets(mem)
	case asMap:
		s.offsets = newOffsets(mem)
		s.kids = []*sink{plain(n.typ.(*arrow.MapType).KeyType(), mem), s.kids[0]}
	case asUnion:
		s.offsets, s.codes = array.NewInt32Builder(mem), array.NewInt8Builder(mem)
		s.kidsByType()
	default:
		if t, ok := n.storage().(*arrow.StructType); ok {
			for _, f := range t.Fields() {
				s.kids = append(s.kids, plain(f.Type, mem))
			}
			break
		}
		s.builder = array.NewBuilder(mem, n.storage())
	}
	s.measure()
	return s, nil
}

// measure sets width. A byte more stands for the bits of validity.
func (s *sink) measure() {
	const offset = 4
	s.width = 1
	switch {
	case s.builder != nil:
		s.width += offset
		if t, ok := s.builder.Type().(arrow.FixedWidthDataType); ok {
			s.width = 1 + t.Bytes()
		}
	case s.codes != nil:
		s.width += offset + s.blank.width
	case s.offsets != nil:
		s.width += offset
	default:
		for _, kid := range s.kids {
			s.width += kid.width
		}
	}
}

// plain returns a sink of values without a column of their own.
func plain(t arrow.DataType, mem memory.Allocator) *sink {
	s := &sink{column: &column{full: t}, builder: array.NewBuilder(mem, t)}
	s.measure()
	return s
}

// newOffsets returns the builder of the ends of arrays. The first array starts at 0.
func newOffsets(mem memory.Allocator) *array.Int32Builder {
	b := array.NewInt32Builder(mem)
	b.Append(0)
	return b
}

func (s *sink) fieldsByName() {
	s.byName = make(map[string]*sink, len(s.column.byName))
	for _, kid := range s.kids {
		if s.column.order == kid.column {
			s.order = kid
		}
		if !kid.isValue() {
			continue
		}
		s.byName[kid.name] = kid
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

// part returns the builder of a member of a struct, for the next row.
func (s *sink) part(i int) array.Builder {
	kid := s.kids[i]
	kid.fill(s.rows)
	kid.rows++
	return kid.builder
}

// choose makes the next value of a union one of kid.
func (s *sink) choose(kid *sink) {
	s.codes.Append(int8(kid.index))
	s.offsets.Append(int32(kid.rows))
}

// fill appends nulls until s has rows rows.
func (s *sink) fill(rows int) {
	n := rows - s.rows
	if n <= 0 {
		return
	}
	s.rows = rows
	switch {
	case s.flags != nil:
		s.builder.AppendEmptyValues(n)
	case s.builder != nil && n == 1: // which is frequent, and faster
		s.builder.AppendNull()
	case s.builder != nil:
		s.builder.AppendNulls(n)
	case s.codes != nil:
		for range n {
			s.choose(s.blank)
			s.blank.fill(s.blank.rows + 1)
		}
	default:
		s.valid.append(n, false)
		if s.offsets != nil {
			end := int32(s.kids[len(s.kids)-1].rows)
			for range n {
				s.offsets.Append(end)
			}
		}
	}
}

// finish returns the first rows rows as data, and empties s. The caller releases the data.
func (s *sink) finish(rows int) arrow.ArrayData {
	s.fill(rows)
	s.usual = s.rows
	if b := s.lengths(); b != nil {
		s.data = b.DataLen()
	}
	var data *array.Data
	switch {
	case s.builder != nil:
		a := s.builder.NewArray()
		defer a.Release()
		d := a.Data()
		data = array.NewData(s.full, d.Len(), d.Buffers(), d.Children(), d.NullN(), d.Offset())
	case s.codes != nil:
		data = s.finishUnion()
	case s.offsets != nil:
		data = s.finishLists()
	default:
		data = s.finishStructs()
	}
	have := s.rows
	s.rows = 0
	if have == rows {
		return data
	}
	defer data.Release()
	return array.NewSliceData(data, 0, int64(rows))
}

// lengths returns the builder of texts or binaries, or nil.
func (s *sink) lengths() *array.BinaryBuilder {
	switch b := s.builder.(type) {
	case *array.StringBuilder:
		return b.BinaryBuilder
	case *array.BinaryBuilder:
		return b
	}
	return nil
}

// reserve makes room for as many values as the batch before had.
func (s *sink) reserve() {
	for _, kid := range s.kids {
		kid.reserve()
	}
	if s.usual == 0 {
		return
	}
	if s.builder != nil {
		s.builder.Reserve(s.usual)
	}
	if b := s.lengths(); b != nil {
		b.ReserveData(s.data)
	}
}

// finishStructs returns the documents, or the values whose form is a struct.
func (s *sink) finishStructs() *array.Data {
	children := s.finishKids(s.rows)
	defer releaseAll(children)
	valid, nulls := s.valid.finish(s.rows)
	defer releaseBuffer(valid)
	return array.NewData(s.full, s.rows, []*memory.Buffer{valid}, children, nulls, 0)
}

// finishLists returns the arrays, or the documents whose form is a map.
func (s *sink) finishLists() *array.Data {
	size := s.kids[0].rows
	children := s.finishKids(size)
	defer func() { releaseAll(children) }()
	if t, ok := s.full.(*arrow.MapType); ok {
		pairs := array.NewData(t.Elem(), size, []*memory.Buffer{nil}, children, 0, 0)
		releaseAll(children)
		children = []arrow.ArrayData{pairs}
	}
	valid, nulls := s.valid.finish(s.rows)
	defer releaseBuffer(valid)
	offsets := s.offsets.NewArray()
	defer offsets.Release()
	s.offsets.Append(0)
	return array.NewData(s.full, s.rows, []*memory.Buffer{valid, values(offsets)}, children, nulls, 0)
}

func (s *sink) finishUnion() *array.Data {
	children := make([]arrow.ArrayData, len(s.kids))
	for i, kid := range s.kids {
		children[i] = kid.finish(kid.rows)
	}
	defer releaseAll(children)
	codes, offsets := s.codes.NewArray(), s.offsets.NewArray()
	defer codes.Release()
	defer offsets.Release()
	return array.NewData(s.full, s.rows, []*memory.Buffer{nil, values(codes), values(offsets)}, children, 0, 0)
}

// values returns the buffer of values of a, which is of fixed width. A builder without values
// has no buffer, but some functions of arrow-go need one.
func values(a arrow.Array) *memory.Buffer {
	if b := a.Data().Buffers()[1]; b != nil {
		return b
	}
	return memory.NewBufferBytes(nil)
}

// finishKids returns the first rows rows of each child.
func (s *sink) finishKids(rows int) []arrow.ArrayData {
	children := make([]arrow.ArrayData, len(s.kids))
	for i, kid := range s.kids {
		children[i] = kid.finish(rows)
	}
	return children
}

func releaseAll(list []arrow.ArrayData) {
	for _, d := range list {
		d.Release()
	}
}

func releaseBuffer(b *memory.Buffer) {
	if b != nil {
		b.Release()
	}
}

// release frees the memory of s and of all below.
func (s *sink) release() {
	for _, kid := range s.kids {
		kid.release()
	}
	if s.builder != nil {
		s.builder.Release()
	}
	if s.offsets != nil {
		s.offsets.Release()
	}
	if s.codes != nil {
		s.codes.Release()
	}
	s.valid.release()
}

// A bitmap says which rows are valid. It has no memory while all are.
type bitmap struct {
	mem    memory.Allocator
	bits   *memory.Buffer // nil: all rows are valid
	length int            // rows
	nulls  int            // rows that are not valid
}

// append appends n rows.
func (b *bitmap) append(n int, valid bool) {
	if valid && b.bits == nil {
		b.length += n
		return
	}
	b.extend(n, valid)
}

func (b *bitmap) extend(n int, valid bool) {
	start := b.length
	b.length += n
	size := int(bitutil.BytesForBits(int64(b.length)))
	if b.bits == nil {
		b.bits = memory.NewResizableBuffer(b.mem)
		b.bits.Resize(size)
		bitutil.SetBitsTo(b.bits.Bytes(), 0, int64(start), true)
	} else if size > b.bits.Cap() {
		b.bits.Resize(max(size, 2*b.bits.Cap()))
	} else {
		b.bits.ResizeNoShrink(size)
	}
	bitutil.SetBitsTo(b.bits.Bytes(), int64(start), int64(n), valid)
	if !valid {
		b.nulls += n
	}
}

// finish returns the bits of the first rows rows, or nil if all are valid, and the number
// of those that are not. It empties b.
func (b *bitmap) finish(rows int) (*memory.Buffer, int) {
	bits, nulls := b.bits, b.nulls
	if bits != nil {
		bits.ResizeNoShrink(int(bitutil.BytesForBits(int64(rows))))
		if b.length > rows {
			nulls = array.UnknownNullCount
		}
	}
	*b = bitmap{mem: b.mem}
	return bits, nulls
}

func (b *bitmap) release() {
	releaseBuffer(b.bits)
	*b = bitmap{mem: b.mem}
}
