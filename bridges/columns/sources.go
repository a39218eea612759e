package columns

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowdecimal "github.com/apache/arrow-go/v18/arrow/decimal"
	arrow128 "github.com/apache/arrow-go/v18/arrow/decimal128"
	arrow256 "github.com/apache/arrow-go/v18/arrow/decimal256"
	"github.com/apache/arrow-go/v18/arrow/float16"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file has the sources of single values. A source is made of two functions: the view
// of an array as values of a Go type, and the put of a value into BSON.
//
//   - leaves has the sources by Arrow type.
//   - formed has the sources of forms that give a storage type another meaning.
//   - one, two: a source of one array, or of a struct of two.
//   - views; puts.

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

func putNothing(t bsoncore.Type) putter[struct{}] {
	return func(dst []byte, _ struct{}) ([]byte, bsoncore.Type, error) { return dst, t, nil }
}

// putSign is for columns whose values say only that there is one: true.
func putSign(put putter[struct{}]) putter[bool] {
	return func(dst []byte, v bool) ([]byte, bsoncore.Type, error) {
		if !v {
			return dst, 0, fmt.Errorf("%w: false, want true or null", ErrValue)
		}
		return put(dst, struct{}{})
	}
}

func putEmpty(dst []byte, _ struct{}) ([]byte, bsoncore.Type, error) {
	dst, mark := bsoncore.Begin(dst)
	return bsoncore.End(dst, mark), bsoncore.TypeDocument, nil
}

func putBoolean(dst []byte, v bool) ([]byte, bsoncore.Type, error) {
	b := byte(0)
	if v {
		b = 1
	}
	return append(dst, b), bsoncore.TypeBoolean, nil
}

// putBool8 is for booleans of a byte, where any value but 0 is true.
func putBool8(dst []byte, v int8) ([]byte, bsoncore.Type, error) { return putBoolean(dst, v != 0) }

func putInt32[T int8 | int16 | int32 | uint8 | uint16](dst []byte, v T) ([]byte, bsoncore.Type, error) {
	return binary.LittleEndian.AppendUint32(dst, uint32(int32(v))), bsoncore.TypeInt32, nil
}

func putInt64[T int64 | uint32](dst []byte, v T) ([]byte, bsoncore.Type, error) {
	return appendInt64(dst, int64(v)), bsoncore.TypeInt64, nil
}

func putUint64(dst []byte, v uint64) ([]byte, bsoncore.Type, error) {
	if v > math.MaxInt64 {
		return dst, 0, fmt.Errorf("%w: %d is larger than the largest int64", ErrValue, v)
	}
	return appendInt64(dst, int64(v)), bsoncore.TypeInt64, nil
}

func putFloat16(dst []byte, v float16.Num) ([]byte, bsoncore.Type, error) {
	return putFloat32(dst, v.Float32())
}

func putFloat32(dst []byte, v float32) ([]byte, bsoncore.Type, error) {
	return putDouble(dst, float64(v))
}

func putDouble(dst []byte, v float64) ([]byte, bsoncore.Type, error) {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v)), bsoncore.TypeDouble, nil
}

func appendInt64(dst []byte, v int64) []byte {
	return binary.LittleEndian.AppendUint64(dst, uint64(v))
}

// putText is for the BSON types that are a text.
func putText(t bsoncore.Type) putter[string] {
	return func(dst []byte, v string) ([]byte, bsoncore.Type, error) {
		dst, err := appendText(dst, v)
		return dst, t, err
	}
}

func appendText(dst []byte, v string) ([]byte, error) {
	if !utf8.ValidString(v) {
		return dst, fmt.Errorf("%w: invalid UTF-8", ErrValue)
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(v)+1))
	return append(append(dst, v...), 0), nil
}

// appendName appends a text that ends at its NUL: a key, or a part of a regex.
func appendName(dst []byte, v string) ([]byte, error) {
	if !utf8.ValidString(v) {
		return dst, fmt.Errorf("%w: invalid UTF-8", ErrValue)
	}
	if strings.IndexByte(v, 0) >= 0 {
		return dst, fmt.Errorf("%w: NUL in a key or regex", ErrValue)
	}
	return append(append(dst, v...), 0), nil
}

func putBinary(subtype byte) putter[[]byte] {
	return func(dst, v []byte) ([]byte, bsoncore.Type, error) {
		return bsoncore.AppendBinaryValue(dst, subtype, v), bsoncore.TypeBinary, nil
	}
}

func putSubtyped(dst []byte, subtype uint8, v []byte) ([]byte, bsoncore.Type, error) {
	return bsoncore.AppendBinaryValue(dst, subtype, v), bsoncore.TypeBinary, nil
}

func putObjectID(dst, v []byte) ([]byte, bsoncore.Type, error) {
	dst, err := appendFixed(dst, v, 12)
	return dst, bsoncore.TypeObjectID, err
}

func appendFixed(dst, v []byte, size int) ([]byte, error) {
	if len(v) != size {
		return dst, fmt.Errorf("%w: %d bytes, want %d", ErrValue, len(v), size)
	}
	return append(dst, v...), nil
}

const msPerDay = 24 * 60 * 60 * 1000

func putDay(dst []byte, v arrow.Date32) ([]byte, bsoncore.Type, error) {
	return appendInt64(dst, int64(v)*msPerDay), bsoncore.TypeDateTime, nil
}

func putDate64(dst []byte, v arrow.Date64) ([]byte, bsoncore.Type, error) {
	return appendInt64(dst, int64(v)), bsoncore.TypeDateTime, nil
}

// perSecond has the number of units in a second.
var perSecond = [...]int64{arrow.Second: 1, arrow.Millisecond: 1e3, arrow.Microsecond: 1e6, arrow.Nanosecond: 1e9}

// putTime is for timestamps: milliseconds, exact unless times says otherwise.
func putTime(unit arrow.TimeUnit, times Times) putter[arrow.Timestamp] {
	if unit == arrow.Millisecond {
		return func(dst []byte, v arrow.Timestamp) ([]byte, bsoncore.Type, error) {
			return appendInt64(dst, int64(v)), bsoncore.TypeDateTime, nil
		}
	}
	if unit == arrow.Second {
		return func(dst []byte, v arrow.Timestamp) ([]byte, bsoncore.Type, error) {
			if v < math.MinInt64/1000 || v > math.MaxInt64/1000 {
				return dst, 0, fmt.Errorf("%w: %d seconds are too many for milliseconds", ErrValue, v)
			}
			return appendInt64(dst, int64(v)*1000), bsoncore.TypeDateTime, nil
		}
	}
	perMilli := perSecond[unit] / 1000
	return func(dst []byte, v arrow.Timestamp) ([]byte, bsoncore.Type, error) {
		ms, rest := int64(v)/perMilli, int64(v)%perMilli
		if rest != 0 && times == TimesExact {
			return dst, 0, fmt.Errorf("%w: %d %s", ErrFineTime, v, unit)
		}
		if rest < 0 {
			ms--
		}
		return appendInt64(dst, ms), bsoncore.TypeDateTime, nil
	}
}

// putClock is for times of day: text in the form of ISO 8601.
func putClock[T arrow.Time32 | arrow.Time64](unit arrow.TimeUnit) putter[T] {
	layout := "15:04:05" + map[arrow.TimeUnit]string{arrow.Millisecond: ".000", arrow.Microsecond: ".000000", arrow.Nanosecond: ".000000000"}[unit]
	return func(dst []byte, v T) ([]byte, bsoncore.Type, error) {
		if v < 0 || int64(v) >= 24*60*60*perSecond[unit] {
			return dst, 0, fmt.Errorf("%w: %d %s is not a time of day", ErrValue, v, unit)
		}
		ns := int64(v) * (1e9 / perSecond[unit])
		dst, err := appendText(dst, time.Unix(0, ns).UTC().Format(layout))
		return dst, bsoncore.TypeString, err
	}
}

// putDecimal128 is for coefficients of up to 128 bits. The exponent becomes -scale.
func putDecimal128(dst []byte, v arrow128.Num, scale int) ([]byte, bsoncore.Type, error) {
	abs := v.Abs()
	d, err := decimal128.FromCoefficient(uint64(abs.HighBits()), abs.LowBits(), -scale)
	if err != nil { // zeros at the end may be too many
		d, err = decimal128.FromScaledBigInt(abs.BigInt(), -scale)
	}
	if err != nil {
		return dst, 0, fmt.Errorf("%w: %w", ErrValue, err)
	}
	if v.Sign() < 0 {
		d = d.Neg()
	}
	return d.AppendBytes(dst), bsoncore.TypeDecimal128, nil
}

func putDecimal256(scale int32) putter[arrow256.Num] {
	return func(dst []byte, v arrow256.Num) ([]byte, bsoncore.Type, error) {
		d, err := decimal128.FromScaledBigInt(v.BigInt(), -int(scale))
		if err != nil {
			return dst, 0, fmt.Errorf("%w: %w", ErrValue, err)
		}
		return d.AppendBytes(dst), bsoncore.TypeDecimal128, nil
	}
}

func putDecimalText(dst []byte, v string) ([]byte, bsoncore.Type, error) {
	d, err := decimal128.Parse(v)
	if err != nil {
		return dst, 0, fmt.Errorf("%w: %w", ErrValue, err)
	}
	return d.AppendBytes(dst), bsoncore.TypeDecimal128, nil
}

func putDecimalBits(dst, v []byte) ([]byte, bsoncore.Type, error) {
	dst, err := appendFixed(dst, v, 16)
	return dst, bsoncore.TypeDecimal128, err
}

func putRegex(dst []byte, pattern, options string) ([]byte, bsoncore.Type, error) {
	dst, err := appendName(dst, pattern)
	if err == nil {
		dst, err = appendName(dst, options)
	}
	return dst, bsoncore.TypeRegex, err
}

func putRegexText(dst []byte, v string) ([]byte, bsoncore.Type, error) {
	end := strings.LastIndexByte(v, '/')
	if end <= 0 || v[0] != '/' {
		return dst, 0, fmt.Errorf("%w: a regex without two slashes", ErrValue)
	}
	return putRegex(dst, v[1:end], v[end+1:])
}

func putTimestamp(dst []byte, t, i uint32) ([]byte, bsoncore.Type, error) {
	dst = binary.LittleEndian.AppendUint32(dst, i)
	return binary.LittleEndian.AppendUint32(dst, t), bsoncore.TypeTimestamp, nil
}

func putDBPointer(dst []byte, namespace string, id []byte) ([]byte, bsoncore.Type, error) {
	dst, err := appendText(dst, namespace)
	if err == nil {
		dst, err = appendFixed(dst, id, 12)
	}
	return dst, bsoncore.TypeDBPointer, err
}

// putCodeWithScope checks the scope, a document.
func putCodeWithScope(o *Options) func([]byte, string, []byte) ([]byte, bsoncore.Type, error) {
	validate := bsoncore.ValidateOptions{MaxDepth: o.MaxDepth}
	return func(dst []byte, code string, scope []byte) ([]byte, bsoncore.Type, error) {
		if err := validate.Validate(scope); err != nil {
			return dst, 0, fmt.Errorf("%w: scope: %w", ErrValue, err)
		}
		mark := len(dst)
		dst, err := appendText(append(dst, 0, 0, 0, 0), code)
		dst = append(dst, scope...)
		bsoncore.SetLength(dst, mark)
		return dst, bsoncore.TypeCodeWithScope, err
	}
}

func putJSON(o *Options) putter[string] {
	decode := extjson.DecodeOptions{CanonicalOnly: true, MaxDepth: o.MaxDepth}
	return func(dst []byte, v string) ([]byte, bsoncore.Type, error) {
		dst, t, err := decode.AppendBSONValue(dst, []byte(v))
		if err != nil {
			return dst, 0, fmt.Errorf("%w: %w", ErrValue, err)
		}
		return dst, t, nil
	}
}
