package columns

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/bsonkit/bsonkit/bson/schema"
)

// A column is a field of an Arrow schema with its shape, for both directions. compile makes
// a tree of them: the root is a document.
type column struct {
	shape
	name   string
	full   arrow.DataType // with the extension type, as the schema has it
	parent *column        // nil for the root
	index  int            // among the children of parent
	// kids has the fields of asDocument, the element of asArray, the values of asMap and
	// the alternatives of asUnion. It is nil for all other forms.
	kids []*column
	// flag is the sibling of booleans that are true for nulls of BSON, if nulls is
	// nullIsFlagged; otherwise nil. flags is the inverse: the column of those nulls, or nil.
	flag, flags *column
	// byName has the kids of asDocument that hold values: not flags and order.
	byName map[string]*column
	// order is the kid of asDocument that has the order of keys, or nil.
	order *column
	// byType has the alternatives of asUnion; that of missing fields is at 0.
	byType *[256]*column
}

// compile makes the columns of a schema. The error is a *ColumnError.
func compile(s *arrow.Schema, o *Options) (*column, error) {
	root := &column{shape: shape{form: asDocument, typ: arrow.StructOf(s.Fields()...)}}
	c := compiler{left: o.MaxColumns, deepest: o.MaxLevels}
	if err := c.children(root, 0); err != nil {
		return nil, err
	}
	return root, nil
}

type compiler struct {
	left    int // columns until MaxColumns
	deepest int // level
}

// Reasons of a ColumnError.
var (
	errMetadata  = fmt.Errorf("%w: the metadata of the field contradicts itself", ErrColumn)
	errNames     = fmt.Errorf("%w: two columns have one name", ErrColumn)
	errOrder     = fmt.Errorf("%w: a column for the order of keys is not a list of int32, or there are two", ErrColumn)
	errFlag      = fmt.Errorf("%w: a null flag without its column, or a column without its null flag", ErrColumn)
	errTypes     = fmt.Errorf("%w: two children of a union have one BSON type", ErrColumn)
	errAnyType   = fmt.Errorf("%w: a child of a union has no single BSON type", ErrColumn)
	errMost      = fmt.Errorf("%w: more than MaxColumns", ErrLimit)
	errTypeCodes = fmt.Errorf("%w: the type codes of a union are not 0, 1, 2 and so on", ErrColumn)
)

// children makes the kids of n, which is at a level.
func (c *compiler) children(n *column, level int) error {
	var fields []arrow.Field
	switch t := n.typ.(type) {
	case *arrow.StructType:
		fields = t.Fields()
	case *arrow.ListType:
		fields = []arrow.Field{t.ElemField()}
	case *arrow.MapType:
		fields = []arrow.Field{t.ItemField()}
	case *arrow.DenseUnionType:
		fields = t.Fields()
	}
	if n.form == foreign || len(fields) == 0 {
		return nil
	}
	if c.left -= len(fields); c.left < 0 {
		return &ColumnError{Path: n.path(), Err: errMost}
	}
	if n.form != asUnion {
		level++
	}
	if level > c.deepest {
		return &ColumnError{Path: n.path(), Err: ErrLevels}
	}
	for i, f := range fields {
		s, ok := shapeOf(f)
		kid := &column{shape: s, name: f.Name, full: f.Type, parent: n, index: i}
		n.kids = append(n.kids, kid)
		if !ok {
			return &ColumnError{Path: kid.path(), Err: errMetadata}
		}
		if err := c.children(kid, level); err != nil {
			return err
		}
	}
	switch n.form {
	case asDocument:
		return n.indexNames(fields)
	case asUnion:
		return n.indexTypes()
	}
	return nil
}

// isValue reports whether n holds a field of its document. Flags and the order of keys do not.
func (n *column) isValue() bool { return n.flags == nil && n.parent.order != n }

// indexNames makes byName, pairs columns with their flags, and finds order.
func (n *column) indexNames(fields []arrow.Field) error {
	n.byName = make(map[string]*column, len(n.kids))
	for i, kid := range n.kids {
		if _, ok := fields[i].Metadata.GetValue(flagKey); ok {
			continue
		}
		if _, ok := fields[i].Metadata.GetValue(orderKey); ok {
			t, ok := fields[i].Type.(*arrow.ListType)
			if !ok || n.order != nil || t.Elem().ID() != arrow.INT32 {
				return &ColumnError{Path: kid.path(), Err: errOrder}
			}
			n.order = kid
			continue
		}
		if n.byName[kid.name] != nil {
			return &ColumnError{Path: kid.path(), Err: errNames}
		}
		n.byName[kid.name] = kid
	}
	for i, kid := range n.kids {
		name, ok := fields[i].Metadata.GetValue(flagKey)
		if !ok {
			continue
		}
		of := n.byName[name]
		if kid.form != asBoolean || of == nil || of.nulls != nullIsFlagged || of.flag != nil {
			return &ColumnError{Path: kid.path(), Err: errFlag}
		}
		of.flag, kid.flags = kid, of
	}
	for _, kid := range n.kids {
		if (kid.nulls == nullIsFlagged) != (kid.flag != nil) {
			return &ColumnError{Path: kid.path(), Err: errFlag}
		}
	}
	return nil
}

// indexTypes makes byType.
func (n *column) indexTypes() error {
	n.byType = new([256]*column)
	for i, code := range n.typ.(*arrow.DenseUnionType).TypeCodes() {
		kid := n.kids[i]
		list := rows[kid.form].types
		switch {
		case int(code) != i:
			return &ColumnError{Path: n.path(), Err: errTypeCodes}
		case kid.form == asNull && kid.nulls == nullIsMissing:
			list = types{0}
		case len(list) == 0:
			return &ColumnError{Path: kid.path(), Err: errAnyType}
		}
		for _, t := range list {
			if n.byType[t] != nil {
				return &ColumnError{Path: kid.path(), Err: errTypes}
			}
			n.byType[t] = kid
		}
	}
	return nil
}

// path returns the path of the values in the form of schema.Path.String.
func (n *column) path() string { return n.schemaPath().String() }

// schemaPath returns the path. A child of a union has that of the union.
func (n *column) schemaPath() *schema.Path {
	if n.parent == nil {
		return &schema.Path{Kind: schema.Root}
	}
	parent := n.parent.schemaPath()
	switch n.parent.form {
	case asUnion:
		return parent
	case asArray:
		return &schema.Path{Parent: parent, Kind: schema.Element}
	case asMap:
		return &schema.Path{Parent: parent, Kind: schema.AnyKey}
	}
	return &schema.Path{Parent: parent, Kind: schema.Field, Key: n.name}
}

// describe returns the type of n in words.
func (n *column) describe() string {
	text := n.storage().String()
	if name := rows[n.form].extension; name != "" {
		text = name + " (" + text + ")"
	}
	return text
}

// schemaPathOf returns the path of a key of the documents of n.
func schemaPathOf(n *column, key []byte) string {
	return (&schema.Path{Parent: n.schemaPath(), Kind: schema.Field, Key: string(key)}).String()
}
