package differ

import (
	"encoding/binary"
	"errors"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
)

// ErrNoKey: a document has no value at a path of its key.
var ErrNoKey = errors.New("the document has no value at a path of the key, so it has no partner; choose other paths with --key")

// Keys are the keys of documents. Several goroutines may use them.
type Keys struct {
	paths  []string
	values *query.Sort   // nil: the key is the field _id
	exist  *query.Filter // of documents with a value at all paths
}

// CompileKeys returns the keys at paths, as package query has them; without paths, the field
// _id.
func CompileKeys(paths []string, o query.Options) (*Keys, error) {
	if len(paths) == 0 {
		return new(Keys), nil
	}
	order, mark := bsoncore.Begin(nil)
	filter, filterMark := bsoncore.Begin(nil)
	for _, path := range paths {
		order = bsoncore.AppendInt32(order, path, 1)
		var inner int
		filter, inner = bsoncore.BeginDocument(filter, path)
		filter = bsoncore.End(bsoncore.AppendBoolean(filter, "$exists", true), inner)
	}
	k := &Keys{paths: paths}
	var err error
	if k.values, err = query.CompileSort(bsoncore.End(order, mark), o); err != nil {
		return nil, err
	}
	k.exist, err = query.Compile(bsoncore.End(filter, filterMark), o)
	return k, err
}

// id returns the value of the field _id of doc, the zero Value if there is none.
func id(doc []byte) bsoncore.Value {
	for c := bsoncore.NewCursor(doc); c.Next(); {
		if string(c.Key()) == "_id" {
			return valueOf(&c)
		}
	}
	return bsoncore.Value{}
}

// Check returns an error if doc, which is valid, has no key.
func (k *Keys) Check(doc []byte) error {
	ok := true
	if k.values == nil {
		ok = string(doc[5:min(9, len(doc))]) == "_id\x00" || !id(doc).IsZero()
	} else {
		ok, _ = k.exist.Match(doc)
	}
	if ok {
		return nil
	}
	return &bsoncore.ValueError{Err: ErrNoKey}
}

// Append appends the key of doc, which has one, to dst: equal bytes for equal keys. No key is
// the start of another one.
func (k *Keys) Append(dst, doc []byte) []byte {
	if k.values == nil {
		return AppendKey(dst, id(doc))
	}
	var room [256]byte
	values, _ := k.values.AppendValues(room[:0], doc)
	for c := bsoncore.NewCursor(values); c.Next(); {
		dst = AppendKey(dst, valueOf(&c))
	}
	return dst
}

// Name returns the value that names doc: its _id, or a document of the paths of the key and
// their values.
func (k *Keys) Name(doc []byte) bsoncore.Value {
	if k.values == nil {
		return id(doc)
	}
	values, _ := k.values.AppendValues(nil, doc)
	name, mark := bsoncore.Begin(nil)
	c := bsoncore.NewCursor(values)
	for i := 0; c.Next(); i++ {
		name = bsoncore.AppendValue(name, k.paths[i], c.Type(), c.Data())
	}
	return bsoncore.Value{Type: bsoncore.TypeDocument, Data: bsoncore.End(name, mark)}
}

// AppendKey appends bytes for v, a valid value, to dst. Two values have the same bytes if
// they are equal in a query: numbers by value, symbols as strings, documents with the order
// of their keys. No result is the start of another one.
func AppendKey(dst []byte, v bsoncore.Value) []byte {
	switch v.Type {
	case bsoncore.TypeInt32, bsoncore.TypeInt64, bsoncore.TypeDouble, bsoncore.TypeDecimal128:
		return append(AppendNumber(dst, v), 0)
	case bsoncore.TypeString, bsoncore.TypeSymbol:
		return append(append(dst, byte(bsoncore.TypeString)), v.Data...)
	case bsoncore.TypeDocument, bsoncore.TypeArray:
		dst = append(dst, byte(v.Type))
		for c := bsoncore.NewCursor(v.Data); c.Next(); {
			if v.Type == bsoncore.TypeDocument {
				dst = append(append(append(dst, 1), c.Key()...), 0)
			}
			dst = AppendKey(dst, valueOf(&c))
		}
		return append(dst, 0)
	case bsoncore.TypeCodeWithScope: // the scope is a document, whose numbers are equal by value
		code, scope, _ := v.CodeWithScopeOK()
		dst = binary.LittleEndian.AppendUint32(append(dst, byte(v.Type)), uint32(len(code)))
		return AppendKey(append(dst, code...), bsoncore.Value{Type: bsoncore.TypeDocument, Data: scope})
	}
	return append(append(dst, byte(v.Type)), v.Data...)
}
