package columns

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowdecimal "github.com/apache/arrow-go/v18/arrow/decimal"
	arrow128 "github.com/apache/arrow-go/v18/arrow/decimal128"
	arrow256 "github.com/apache/arrow-go/v18/arrow/decimal256"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the sources of single values. A source is made of two functions: the view
// of an array as values of a Go type, and the put of a value into BSON.
//
//   - leaves has the sources by Arrow type.
//   - formed has the sources of forms that give a storage type another meaning.
//   - one, two: a source of one array, or of a struct of two.
//   - views. The putters are in puts.go.

// leaves has the source of each Arrow type whose values are no containers.
var leaves = map[arrow.Type]func(t arrow.DataType, o *Options) source{
	arrow.NULL:              leaf(nulled, putNothing(bsoncore.TypeNull)),
	arrow.BOOL:              leaf(view[*array.Boolean], putBoolean),
	arrow.INT8:              leaf(view[*array.Int8], putInt32[int8]),
	arrow.INT16:             leaf(view[*array.Int16], putInt32[int16]),
	arrow.INT32:             leaf(view[*array.Int32], putInt32[int32]),
	arrow.INT64:             leaf(view[*array.Int64], putInt64[int64]),
	arrow.UINT8:             leaf(view[*array.Uint8], putInt32[uint8]),
	arrow.UINT16:            leaf(view[*array.Uint16], putInt32[uint16]),
	arrow.UINT32:            leaf(view[*array.Uint32], putInt64[uint32]),
	arrow.UINT64:            leaf(view[*array.Uint64], putUint64),
	arrow.FLOAT16:           leaf(view[*array.Float16], putFloat16),
	arrow.FLOAT32:           leaf(view[*array.Float32], putFloat32),
	arrow.FLOAT64:           leaf(view[*array.Float64], putDouble),
	arrow.STRING:            leaf(texts, putText(bsoncore.TypeString)),
	arrow.LARGE_STRING:      leaf(texts, putText(bsoncore.TypeString)),
	arrow.STRING_VIEW:       leaf(texts, putText(bsoncore.TypeString)),
	arrow.BINARY:            leaf(blobs, putBinary(bsoncore.BinaryGeneric)),
	arrow.LARGE_BINARY:      leaf(blobs, putBinary(bsoncore.BinaryGeneric)),
	arrow.BINARY_VIEW:       leaf(blobs, putBinary(bsoncore.BinaryGeneric)),
	arrow.FIXED_SIZE_BINARY: leaf(blobs, putBinary(bsoncore.BinaryGeneric)),
	arrow.DATE32:            leaf(view[*array.Date32], putDay),
	arrow.DATE64:            leaf(view[*array.Date64], putDate64),
	arrow.DECIMAL32:         scaled(view[*array.Decimal32], func(v arrowdecimal.Decimal32) arrow128.Num { return arrow128.FromI64(int64(v)) }),
	arrow.DECIMAL64:         scaled(view[*array.Decimal64], func(v arrowdecimal.Decimal64) arrow128.Num { return arrow128.FromI64(int64(v)) }),
	arrow.DECIMAL128:        scaled(view[*array.Decimal128], func(v arrow128.Num) arrow128.Num { return v }),
	arrow.DECIMAL256: func(t arrow.DataType, _ *Options) source {
		return &one[arrow256.Num]{view: view[*array.Decimal256], put: putDecimal256(t.(arrow.DecimalType).GetScale())}
	},
	arrow.TIMESTAMP: func(t arrow.DataType, o *Options) source {
		return &one[arrow.Timestamp]{view: view[*array.Timestamp], put: putTime(t.(*arrow.TimestampType).Unit, o.Times)}
	},
	arrow.TIME32: func(t arrow.DataType, _ *Options) source {
		return &one[arrow.Time32]{view: view[*array.Time32], put: putClock[arrow.Time32](t.(*arrow.Time32Type).Unit)}
	},
	arrow.TIME64: func(t arrow.DataType, _ *Options) source {
		return &one[arrow.Time64]{view: view[*array.Time64], put: putClock[arrow.Time64](t.(*arrow.Time64Type).Unit)}
	},
}

// formed has the sources of forms that differ from that of their storage type.
var formed = [formCount]func(n *column, o *Options) source{
	asObjectID:    marked(blobs, putObjectID),
	asUUID:        marked(blobs, putBinary(bsoncore.BinaryUUID)),
	asBinary:      func(n *column, _ *Options) source { return &one[[]byte]{view: blobs, put: putBinary(n.subtype)} },
	asBinaries:    paired(view[*array.Uint8], blobs, putSubtyped),
	asDecimalText: marked(texts, putDecimalText),
	asDecimalBits: marked(blobs, putDecimalBits),
	asRegex:       paired(texts, texts, putRegex),
	asRegexText:   marked(texts, putRegexText),
	asCode:        marked(texts, putText(bsoncore.TypeCode)),
	asCodeWithScope: func(_ *column, o *Options) source {
		return &two[string, []byte]{viewA: texts, viewB: blobs, put: putCodeWithScope(o)}
	},
	asSymbol:    marked(texts, putText(bsoncore.TypeSymbol)),
	asTimestamp: paired(view[*array.Uint32], view[*array.Uint32], putTimestamp),
	asDBPointer: paired(texts, blobs, putDBPointer),
	asUndefined: marked(view[*array.Boolean], putSign(putNothing(bsoncore.TypeUndefined))),
	asMinKey:    marked(view[*array.Boolean], putSign(putNothing(bsoncore.TypeMinKey))),
	asMaxKey:    marked(view[*array.Boolean], putSign(putNothing(bsoncore.TypeMaxKey))),
	asEmpty:     marked(view[*array.Boolean], putSign(putEmpty)),
	asJSON: func(_ *column, o *Options) source {
		return &one[string]{view: texts, put: putJSON(o)}
	},
}

// A viewer returns a function for the values of an array, or nil for an array of another
// type. The results of the function alias the array.
type viewer[T any] func(arrow.Array) func(i int) T

// A putter appends a value without its type and key, and returns its type.
type putter[T any] func(dst []byte, v T) ([]byte, bsoncore.Type, error)

func leaf[T any](view viewer[T], put putter[T]) func(arrow.DataType, *Options) source {
	return func(arrow.DataType, *Options) source { return &one[T]{view: view, put: put} }
}

func marked[T any](view viewer[T], put putter[T]) func(*column, *Options) source {
	return func(*column, *Options) source { return &one[T]{view: view, put: put} }
}

func paired[A, B any](a viewer[A], b viewer[B], put func([]byte, A, B) ([]byte, bsoncore.Type, error)) func(*column, *Options) source {
	return func(*column, *Options) source { return &two[A, B]{viewA: a, viewB: b, put: put} }
}

// scaled is leaf for decimals whose coefficients have at most 128 bits.
func scaled[T any](view viewer[T], wide func(T) arrow128.Num) func(arrow.DataType, *Options) source {
	return func(t arrow.DataType, _ *Options) source {
		scale := int(t.(arrow.DecimalType).GetScale())
		return &one[T]{view: view, put: func(dst []byte, v T) ([]byte, bsoncore.Type, error) {
			return putDecimal128(dst, wide(v), scale)
		}}
	}
}

// one is the source of an array.
type one[T any] struct {
	view viewer[T]
	put  putter[T]
	at   func(i int) T
}

func (s *one[T]) load(a arrow.Array) (bool, error) {
	s.at = s.view(a)
	return s.at != nil, nil
}

func (s *one[T]) append(dst []byte, i int) ([]byte, bsoncore.Type, error) { return s.put(dst, s.at(i)) }

// two is the source of a struct of two arrays.
type two[A, B any] struct {
	viewA  viewer[A]
	viewB  viewer[B]
	put    func(dst []byte, a A, b B) ([]byte, bsoncore.Type, error)
	fields *array.Struct
	a      func(i int) A
	b      func(i int) B
}

func (s *two[A, B]) load(a arrow.Array) (bool, error) {
	fields, ok := a.(*array.Struct)
	if !ok || fields.NumField() != 2 {
		return false, nil
	}
	for i := range 2 {
		if err := check(fields.Field(i)); err != nil {
			return true, err
		}
	}
	s.fields, s.a, s.b = fields, s.viewA(fields.Field(0)), s.viewB(fields.Field(1))
	return s.a != nil && s.b != nil, nil
}

func (s *two[A, B]) append(dst []byte, i int) ([]byte, bsoncore.Type, error) {
	if s.fields.Field(0).IsNull(i) || s.fields.Field(1).IsNull(i) {
		return dst, 0, fmt.Errorf("%w: a part of the value is null", ErrValue)
	}
	return s.put(dst, s.a(i), s.b(i))
}

// A flagSource tells which nulls of another column are nulls of BSON. Its column is no
// field of the document.
type flagSource struct{ one[bool] }

func newFlag() *flagSource {
	return &flagSource{one[bool]{view: view[*array.Boolean], put: func(dst []byte, _ bool) ([]byte, bsoncore.Type, error) {
		return dst, isMissing, nil
	}}}
}

// view returns the values of an array with a method Value.
func view[A interface {
	arrow.Array
	Value(i int) T
}, T any](a arrow.Array) func(i int) T {
	if v, ok := a.(A); ok {
		return v.Value
	}
	return nil
}

// texts returns the values of strings, and of binaries as strings: a reader of Parquet may
// give JSON as binary.
func texts(a arrow.Array) func(i int) string {
	switch a := a.(type) {
	case interface {
		arrow.Array
		Value(i int) string
	}:
		return a.Value
	case interface {
		arrow.Array
		ValueString(i int) string
	}:
		return a.ValueString
	}
	return nil
}

// blobs returns the values of binaries of any layout.
func blobs(a arrow.Array) func(i int) []byte {
	if v, ok := a.(interface {
		arrow.Array
		Value(i int) []byte
	}); ok {
		return v.Value
	}
	return nil
}

// nulled accepts arrays of null, which have no values.
func nulled(a arrow.Array) func(i int) struct{} {
	if _, ok := a.(*array.Null); ok {
		return func(int) struct{} { return struct{}{} }
	}
	return nil
}
