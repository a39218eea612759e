package columns

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the sources with values inside, and the planner that makes the tree of
// nodes of a schema.

// A planner makes the nodes of a schema.
type planner struct {
	options *Options
	left    int // columns until MaxColumns
}

// node makes the node of a field of parent, at a level.
func (p *planner) node(parent *column, index int, f arrow.Field, level int) (*node, error) {
	s, ok := shapeOf(f)
	n := &node{column: &column{shape: s, name: f.Name, parent: parent, index: index}}
	p.left--
	switch {
	case !ok:
		return nil, &ColumnError{Path: n.path(), Err: errMetadata}
	case p.left < 0:
		return nil, &ColumnError{Path: n.path(), Err: errMost}
	case level > p.options.MaxLevels:
		return nil, &ColumnError{Path: n.path(), Err: ErrLevels}
	}
	var err error
	n.source, err = p.source(n.column, f, level)
	return n, err
}

// source returns the source of a column.
func (p *planner) source(n *column, f arrow.Field, level int) (source, error) {
	if made := formed[n.form]; made != nil {
		return made(n, p.options), nil
	}
	if _, ok := f.Type.(*extensions.Bool8Type); ok {
		return &one[int8]{view: view[*array.Int8], put: putBool8}, nil
	}
	storage := n.storage()
	if made := leaves[storage.ID()]; made != nil {
		return made(storage, p.options), nil
	}
	switch t := storage.(type) {
	case *arrow.StructType:
		return p.document(n, t.Fields(), level+1)
	case *arrow.MapType:
		return p.pairs(n, t, level+1)
	case arrow.ListLikeType: // after maps, which are lists too
		element, err := p.node(n, 0, t.ElemField(), level+1)
		return &list{element: element, largest: p.options.MaxDocumentSize}, err
	case arrow.UnionType:
		return p.union(n, t, level)
	case *arrow.DictionaryType:
		values, err := p.node(n, 0, arrow.Field{Type: t.ValueType, Metadata: f.Metadata}, level)
		return &dictionary{values: values}, err
	case *arrow.RunEndEncodedType:
		values, err := p.node(n, 0, arrow.Field{Type: t.Encoded(), Metadata: f.Metadata}, level)
		return &runs{values: values}, err
	}
	return nil, &ColumnError{Path: n.path(), Err: fmt.Errorf("%w: %s has no counterpart in BSON; cast it to a number or a text", ErrColumn, storage)}
}

// document is the source of structs, and of the whole batch.
type document struct {
	kids  []*node // also flags and the order of keys, which write nothing
	keys  [][]byte
	order *orderSource // nil: that of kids
	seen  []int64      // by kid: the last turn in which the order of keys named it
	turn  int64        // rows with an order of keys so far
}

// document makes the source of a struct whose fields are at a level.
func (p *planner) document(n *column, fields []arrow.Field, level int) (*document, error) {
	d := &document{}
	for i, f := range fields {
		kid, err := p.node(n, i, f, level)
		if err != nil {
			return nil, err
		}
		key, err := appendName(nil, f.Name)
		if err != nil {
			return nil, &ColumnError{Path: kid.path(), Err: fmt.Errorf("%w: %w", ErrColumn, err)}
		}
		n.kids = append(n.kids, kid.column)
		d.kids, d.keys = append(d.kids, kid), append(d.keys, key)
	}
	if err := n.indexNames(fields); err != nil {
		return nil, err
	}
	for _, kid := range d.kids {
		if kid.column.flag != nil {
			flag := newFlag()
			kid.flag, d.kids[kid.column.flag.index].source = flag, flag
		}
	}
	if n.order != nil {
		d.order, d.seen = &orderSource{}, make([]int64, len(d.kids))
		d.kids[n.order.index].source = d.order
	}
	return d, nil
}

func (d *document) load(a arrow.Array) (bool, error) {
	s, ok := a.(*array.Struct)
	if !ok || s.NumField() != len(d.kids) {
		return false, nil
	}
	for i, kid := range d.kids {
		if err := kid.load(s.Field(i)); err != nil {
			return true, err
		}
	}
	return true, nil
}

func (d *document) append(dst []byte, i int) ([]byte, bsoncore.Type, error) {
	dst, begin := bsoncore.Begin(dst)
	var err error
	if d.order != nil && !d.order.list.IsNull(i) {
		dst, err = d.ordered(dst, i)
	} else {
		for j := range d.kids {
			if dst, err = d.field(dst, j, i); err != nil {
				break
			}
		}
	}
	if err != nil {
		return dst, 0, err
	}
	return bsoncore.End(dst, begin), bsoncore.TypeDocument, nil
}

// field appends kid j of row i.
func (d *document) field(dst []byte, j, i int) ([]byte, error) {
	kid := d.kids[j]
	if !kid.isValue() {
		return dst, nil
	}
	out, mark := bsoncore.BeginElement(dst)
	return kid.finish(append(out, d.keys[j]...), mark, i)
}

// ordered appends the fields of row i in the order that the row has. Fields that it does not
// name come after them: with NullsFold, a missing field of the document is null. It may name
// fields that are not there: with MixedNull, a value may have become a missing field.
func (d *document) ordered(dst []byte, i int) ([]byte, error) {
	d.turn++
	for _, j := range d.order.at(i) {
		if uint(j) >= uint(len(d.kids)) || d.seen[j] == d.turn {
			return dst, errRowOrder
		}
		d.seen[j] = d.turn
		var err error
		if dst, err = d.field(dst, int(j), i); err != nil {
			return dst, err
		}
	}
	for j := range d.kids {
		if d.seen[j] == d.turn {
			continue
		}
		var err error
		if dst, err = d.field(dst, j, i); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// orderSource has the order of keys. Its column is no field of the document.
type orderSource struct {
	list   *array.List
	values *array.Int32
}

func (o *orderSource) load(a arrow.Array) (bool, error) {
	list, ok := a.(*array.List)
	if !ok {
		return false, nil
	}
	values, ok := list.ListValues().(*array.Int32)
	if !ok {
		return false, nil
	}
	o.list, o.values = list, values
	return true, check(values)
}

func (o *orderSource) append(dst []byte, _ int) ([]byte, bsoncore.Type, error) {
	return dst, isMissing, nil
}

// at returns the places of columns for row i.
func (o *orderSource) at(i int) []int32 {
	from, to := o.list.ValueOffsets(i)
	return o.values.Int32Values()[from:to]
}

// list is the source of lists of all layouts.
type list struct {
	element *node
	largest int // bytes of a document
	array   array.ListLike
}

func (l *list) load(a arrow.Array) (bool, error) {
	var ok bool
	if l.array, ok = a.(array.ListLike); !ok {
		return false, nil
	}
	return true, l.element.load(l.array.ListValues())
}

func (l *list) append(dst []byte, i int) ([]byte, bsoncore.Type, error) {
	dst, begin := bsoncore.Begin(dst)
	from, to := l.array.ValueOffsets(i)
	for j := from; j < to; j++ {
		var err error
		out, mark := bsoncore.BeginElement(dst)
		dst, err = l.element.finish(bsoncore.AppendIndexKey(out, int(j-from)), mark, int(j))
		switch {
		case err != nil:
			return dst, 0, err
		case len(dst) == mark:
			return dst, 0, errMissingElement
		case len(dst)-begin > l.largest: // few bytes of a column can be many elements
			return dst, 0, errDocumentSize
		}
	}
	return bsoncore.End(dst, begin), bsoncore.TypeArray, nil
}

// textMap is the source of maps whose keys are text: documents.
type textMap struct {
	values  *node
	largest int // bytes of a document
	array   *array.Map
	key     func(i int) string
}

// pairs makes the source of a map. A map whose keys are not text becomes an array of documents
// with the fields key and value.
func (p *planner) pairs(n *column, t *arrow.MapType, level int) (source, error) {
	switch t.KeyType().ID() {
	case arrow.STRING, arrow.LARGE_STRING, arrow.STRING_VIEW:
		values, err := p.node(n, 0, t.ItemField(), level)
		return &textMap{values: values, largest: p.options.MaxDocumentSize}, err
	}
	element, err := p.node(n, 0, arrow.Field{Name: "entries", Type: arrow.StructOf(t.KeyField(), t.ItemField())}, level)
	return &list{element: element, largest: p.options.MaxDocumentSize}, err
}

func (m *textMap) load(a arrow.Array) (bool, error) {
	var ok bool
	if m.array, ok = a.(*array.Map); !ok {
		return false, nil
	}
	if m.key = texts(m.array.Keys()); m.key == nil {
		return false, nil
	}
	if err := check(m.array.Keys()); err != nil {
		return true, err
	}
	return true, m.values.load(m.array.Items())
}

func (m *textMap) append(dst []byte, i int) ([]byte, bsoncore.Type, error) {
	dst, begin := bsoncore.Begin(dst)
	from, to := m.array.ValueOffsets(i)
	for j := from; j < to; j++ {
		out, mark := bsoncore.BeginElement(dst)
		out, err := appendName(out, m.key(int(j)))
		if err == nil {
			dst, err = m.values.finish(out, mark, int(j))
		}
		switch {
		case err != nil:
			return dst, 0, err
		case len(dst)-begin > m.largest:
			return dst, 0, errDocumentSize
		}
	}
	return bsoncore.End(dst, begin), bsoncore.TypeDocument, nil
}

// union is the source of dense and sparse unions.
type union struct {
	kids  []*node
	array array.Union
	dense *array.DenseUnion // nil for a sparse one
}

func (p *planner) union(n *column, t arrow.UnionType, level int) (*union, error) {
	u := &union{}
	for i, f := range t.Fields() {
		kid, err := p.node(n, i, f, level)
		if err != nil {
			return nil, err
		}
		u.kids = append(u.kids, kid)
	}
	return u, nil
}

func (u *union) load(a arrow.Array) (bool, error) {
	var ok bool
	if u.array, ok = a.(array.Union); !ok || u.array.NumFields() != len(u.kids) {
		return false, nil
	}
	u.dense, _ = a.(*array.DenseUnion)
	for i, kid := range u.kids {
		if err := kid.load(u.array.Field(i)); err != nil {
			return true, err
		}
	}
	return true, nil
}

func (u *union) append(dst []byte, i int) ([]byte, bsoncore.Type, error) {
	kid := u.kids[u.array.ChildID(i)]
	if u.dense != nil {
		i = int(u.dense.ValueOffset(i))
	}
	return kid.append(dst, i)
}

// dictionary is the source of indices of values.
type dictionary struct {
	values *node
	array  *array.Dictionary
}

func (d *dictionary) load(a arrow.Array) (bool, error) {
	var ok bool
	if d.array, ok = a.(*array.Dictionary); !ok {
		return false, nil
	}
	if d.array.Len() == 0 { // such an array may have no dictionary
		return true, nil
	}
	values, err := dictionaryOf(d.array)
	if err == nil {
		err = check(d.array.Indices())
	}
	if err != nil {
		return true, err
	}
	return true, d.values.load(values)
}

// dictionaryOf returns the dictionary of a. arrow-go makes the array only now, and panics if
// it has no buffers or too short ones.
func dictionaryOf(a *array.Dictionary) (values arrow.Array, err error) {
	defer func() {
		if recover() != nil {
			err = errBuffers
		}
	}()
	return a.Dictionary(), nil
}

func (d *dictionary) append(dst []byte, i int) ([]byte, bsoncore.Type, error) {
	at := d.array.GetValueIndex(i)
	if at < 0 || at >= d.array.Dictionary().Len() {
		return dst, 0, fmt.Errorf("%w: index %d is not in the dictionary", ErrValue, at)
	}
	return d.values.append(dst, at)
}

// runs is the source of run-end encoded values.
type runs struct {
	values *node
	array  *array.RunEndEncoded
}

func (r *runs) load(a arrow.Array) (bool, error) {
	var ok bool
	if r.array, ok = a.(*array.RunEndEncoded); !ok {
		return false, nil
	}
	return true, r.values.load(r.array.Values())
}

func (r *runs) append(dst []byte, i int) ([]byte, bsoncore.Type, error) {
	return r.values.append(dst, r.array.GetPhysicalIndex(i))
}
