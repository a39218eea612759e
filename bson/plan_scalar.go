package bson

import (
	"encoding"
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes and reads values of the basic kinds, under every type name,
// and has the rules for converting numbers.

// An op tells the loop over a struct's fields that it can write or read a field
// itself, without calling the plan. It identifies a memory layout; named types
// and the driver's types share the op of the layout they have. Reading uses the
// plan if the BSON type is not the usual one.
type op uint8

const (
	opCall     op = iota // by the plan
	opBool               // bool
	opInt8               // int8
	opInt16              // int16
	opInt32              // int32
	opInt                // int
	opInt64              // int64
	opUint8              // uint8
	opUint16             // uint16
	opFloat32            // float32
	opFloat64            // float64
	opString             // string
	opID                 // objectid.ID
	opDecimal            // decimal128.Decimal
	opDateTime           // DateTime
	opTime               // time.Time
	opBinary             // Binary
	opD                  // D
	opList               // []any
	opAny                // any
	opPointer            // a pointer: nil is null
	opStruct             // a struct without hooks
	opCount
)

// usualType is the BSON type that an op writes; 0 means that the type depends
// on the value.
var usualType = [...]Type{
	opBool: TypeBoolean, opInt8: TypeInt32, opInt16: TypeInt32, opInt32: TypeInt32,
	opUint8: TypeInt32, opUint16: TypeInt32, opFloat32: TypeDouble, opFloat64: TypeDouble,
	opString: TypeString, opID: TypeObjectID, opDecimal: TypeDecimal128,
	opDateTime: TypeDateTime, opTime: TypeDateTime, opBinary: TypeBinary, opD: TypeDocument, opList: TypeArray,
	opAny: 0, opPointer: TypeNull, opStruct: TypeDocument,
}

// kindOps are the ops of the kinds that have one. A kind that is not listed
// is zero: opCall.
var kindOps = [...]op{
	reflect.Bool: opBool, reflect.Int: opInt, reflect.Int8: opInt8, reflect.Int16: opInt16,
	reflect.Int32: opInt32, reflect.Int64: opInt64, reflect.Uint8: opUint8, reflect.Uint16: opUint16,
	reflect.Float32: opFloat32, reflect.Float64: opFloat64, reflect.String: opString,
	reflect.Pointer: opPointer, reflect.Struct: opStruct, reflect.UnsafePointer: opCall,
}

// get returns v, which is a T, without a copy on the heap.
func get[T any](v reflect.Value) T {
	if v.CanAddr() {
		return *v.Addr().Interface().(*T)
	}
	return v.Interface().(T)
}

// ptr returns the address of v, which is a T that can be set.
func ptr[T any](v reflect.Value) *T { return v.Addr().Interface().(*T) }

func encBool(_ *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if v.Bool() {
		return append(dst, 1), TypeBoolean
	}
	return append(dst, 0), TypeBoolean
}

func encInt(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	n := v.Int()
	switch v.Kind() {
	case reflect.Int64:
		return e.appendInt64(dst, n)
	case reflect.Int:
		if int64(int32(n)) != n {
			return binary.LittleEndian.AppendUint64(dst, uint64(n)), TypeInt64
		}
	}
	return binary.LittleEndian.AppendUint32(dst, uint32(n)), TypeInt32
}

func encUint(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	n := v.Uint()
	switch v.Kind() {
	case reflect.Uint8, reflect.Uint16:
		return binary.LittleEndian.AppendUint32(dst, uint32(n)), TypeInt32
	}
	if n > math.MaxInt64 {
		return e.fail(dst, v.Type(), ErrRange)
	}
	return e.appendInt64(dst, int64(n))
}

func encFloat(_ *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v.Float())), TypeDouble
}

func encString(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendText(dst, v.String(), TypeString)
}

func encUnsupported(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if c := e.Codecs; c != nil && c.fallback != nil {
		return e.convert(dst, v, c.fallback)
	}
	return e.fail(dst, v.Type(), ErrUnsupported)
}

// convert appends the result of the function for v.
func (e *encoder) convert(dst []byte, v reflect.Value, f func(any) (any, error)) ([]byte, Type) {
	if e.hops >= e.limit {
		return e.fail(dst, v.Type(), ErrDepth) // convert returns its argument
	}
	w, err := f(v.Interface())
	if err != nil {
		return e.fail(dst, v.Type(), hookError{err})
	}
	e.hops++
	dst, t := e.appendAny(dst, w)
	e.hops--
	return dst, t
}

func decUnsupported(d *decoder, v reflect.Value) { d.fail(v.Type(), ErrUnsupported) }

// decBool sets a bool from a boolean, or from a number: whether it is not 0.
func decBool(d *decoder, v reflect.Value) {
	c := &d.c
	var is, bit bool // bit: it is 0 or 1
	switch c.Type() {
	case TypeBoolean:
		is, bit = c.Boolean(), true
	case TypeInt32:
		n := c.Int32()
		is, bit = n != 0, uint32(n) <= 1
	case TypeInt64:
		n := c.Int64()
		is, bit = n != 0, uint64(n) <= 1
	case TypeDouble:
		f := c.Double()
		is, bit = f != 0, f == 0 || f == 1
	default:
		d.null(v)
		return
	}
	if d.RejectInexact && !bit {
		d.fail(v.Type(), ErrInexact)
		return
	}
	v.SetBool(is)
}

// integer returns the current value as an int64. It reports false after a
// fault, or when v has been set for null.
func (d *decoder) integer(v reflect.Value) (int64, bool) {
	c := &d.c
	switch c.Type() {
	case TypeInt32:
		return int64(c.Int32()), true
	case TypeInt64:
		return c.Int64(), true
	case TypeBoolean:
		if c.Boolean() {
			return 1, true
		}
		return 0, true
	case TypeDouble:
		return d.truncated(v)
	}
	d.null(v)
	return 0, false
}

// truncated returns the current double as an integer for v.
func (d *decoder) truncated(v reflect.Value) (int64, bool) {
	f := d.c.Double()
	n := math.Trunc(f)
	switch {
	case n != f && (!d.truncate || f != f):
		d.fail(v.Type(), ErrInexact)
	case n < math.MinInt64 || n >= -math.MinInt64:
		d.fail(v.Type(), ErrRange)
	default:
		return int64(n), true
	}
	return 0, false
}

func decInt(d *decoder, v reflect.Value) {
	n, ok := d.integer(v)
	if !ok {
		return
	}
	if v.OverflowInt(n) {
		d.fail(v.Type(), ErrRange)
		return
	}
	v.SetInt(n)
}

func decUint(d *decoder, v reflect.Value) {
	n, ok := d.integer(v)
	if !ok {
		return
	}
	if n < 0 || v.OverflowUint(uint64(n)) {
		d.fail(v.Type(), ErrRange)
		return
	}
	v.SetUint(uint64(n))
}

func decFloat(d *decoder, v reflect.Value) {
	c := &d.c
	var f float64
	switch c.Type() {
	case TypeDouble:
		f = c.Double()
	case TypeInt32:
		f = float64(c.Int32())
	case TypeInt64:
		n := c.Int64()
		f = float64(n)
		// 2⁶³ does not convert back, but is no int64 either.
		if d.RejectInexact && (f == -math.MinInt64 || int64(f) != n) {
			d.fail(v.Type(), ErrInexact)
			return
		}
	case TypeBoolean:
		if c.Boolean() {
			f = 1
		}
	default:
		d.null(v)
		return
	}
	if v.Kind() == reflect.Float32 && float64(float32(f)) != f && f == f && !d.truncate {
		d.fail(v.Type(), ErrInexact)
		return
	}
	v.SetFloat(f)
}

func decString(d *decoder, v reflect.Value) {
	c := &d.c
	switch c.Type() {
	case TypeString, TypeSymbol:
		v.SetString(d.asString())
	case TypeObjectID:
		if !d.ObjectIDAsHex {
			d.fail(v.Type(), ErrMismatch)
			return
		}
		v.SetString(c.ObjectID().String())
	case TypeBinary:
		subtype, data := c.Binary()
		if subtype != BinaryGeneric && subtype != BinaryBinaryOld {
			d.fail(v.Type(), ErrSubtype)
			return
		}
		v.SetString(d.owned(data, c.Offset()))
	default:
		d.null(v)
	}
}

// knownType is the part of a plan that does not depend on other types.
type knownType struct {
	op  op
	enc encFunc
	dec decFunc
}

// simple makes the plan of a type T whose values have the BSON type t.
func simple[T any](o op, t Type, put func(dst []byte, v T) []byte, read func(d *decoder) T) knownType {
	return knownType{
		op: o,
		enc: func(_ *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			return put(dst, get[T](v)), t
		},
		dec: func(d *decoder, v reflect.Value) {
			if d.c.Type() != t {
				d.null(v)
				return
			}
			*ptr[T](v) = read(d)
		},
	}
}

// text makes the plan of a type T that text of the BSON type t decodes into.
func text[T ~string](t Type) knownType {
	return knownType{
		enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			return e.appendText(dst, v.String(), t)
		},
		dec: func(d *decoder, v reflect.Value) {
			switch got := d.c.Type(); {
			case got == t:
				v.SetString(d.asString())
			case t == TypeSymbol:
				decString(d, v)
			default:
				d.null(v)
			}
		},
	}
}

// empty is put for BSON types without bytes.
func empty[T any](dst []byte, _ T) []byte { return dst }

func bits64(dst []byte, v uint64) []byte { return binary.LittleEndian.AppendUint64(dst, v) }

// decID sets an id from an ObjectId, or from its 24 digits.
func decID(d *decoder, v reflect.Value) {
	switch d.c.Type() {
	case TypeObjectID:
		*ptr[objectid.ID](v) = d.c.ObjectID()
	case TypeString:
		d.fromText(v, ptr[objectid.ID](v))
	default:
		d.null(v)
	}
}

// fromText sets v by its method u from the current string.
func (d *decoder) fromText(v reflect.Value, u encoding.TextUnmarshaler) {
	text := d.c.Text()
	if err := u.UnmarshalText(text[:len(text):len(text)]); err != nil {
		d.failHook(v.Type(), err)
	}
}

// appendRegex appends the value of a regex, its options in order.
// Source: BSON specification 1.1, "Regular expression".
func (e *encoder) appendRegex(dst []byte, r Regex) ([]byte, Type) {
	at := len(dst)
	for _, part := range [...]string{r.Pattern, r.Options} {
		at = len(dst)
		dst = append(append(dst, part...), 0)
		var ok bool
		if dst, ok = e.oddKey(dst, at); !ok {
			e.typ = reflect.TypeOf(r)
			return dst, 0
		}
	}
	if e.InvalidUTF8 != UTF8Keep || utf8.Valid(dst[at:len(dst)-1]) {
		sortCharacters(dst[at : len(dst)-1])
	}
	return dst, TypeRegex
}

// sortCharacters puts the characters of text, which is UTF-8, in order.
func sortCharacters(text []byte) {
	if isASCII(text) {
		slices.Sort(text)
		return
	}
	letters := []rune(string(text))
	slices.Sort(letters)
	copy(text, string(letters))
}

// appendScope appends the value of code with scope.
func (e *encoder) appendScope(dst []byte, code string, scope any) ([]byte, Type) {
	dst, mark := bsoncore.Begin(dst)
	dst, t := e.appendText(dst, code, TypeCode)
	if t == 0 {
		return dst, 0
	}
	if e.hops >= e.limit {
		return e.fail(dst, reflect.TypeOf(scope), ErrDepth) // a scope that is code with scope
	}
	e.hops++
	dst, t = e.appendAny(dst, scope)
	e.hops--
	switch t {
	case TypeDocument:
	case TypeNull: // as nil is for D
		if dst, t = e.empty(dst, TypeDocument, reflect.TypeOf(scope)); t == 0 {
			return dst, 0
		}
	case 0:
		return dst, 0
	default:
		return e.fail(dst, reflect.TypeOf(scope), ErrNotDocument)
	}
	bsoncore.SetLength(dst, mark)
	return dst, TypeCodeWithScope
}

// appendPointer appends the value of a dbPointer.
func (e *encoder) appendPointer(dst []byte, ns string, id objectid.ID) ([]byte, Type) {
	dst, t := e.appendText(dst, ns, TypeDBPointer)
	return append(dst, id[:]...), t
}

// asNumberText returns the text of the current number for json.Number.
func (d *decoder) asNumberText() (string, bool) {
	c := &d.c
	switch c.Type() {
	case TypeInt32:
		return strconv.FormatInt(int64(c.Int32()), 10), true
	case TypeInt64:
		return strconv.FormatInt(c.Int64(), 10), true
	case TypeDouble:
		f := c.Double()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return "", false
		}
		return string(numtext.AppendDouble(nil, f)), true
	case TypeDecimal128:
		v := c.Decimal128()
		return v.String(), !v.IsNaN() && !v.IsInf()
	}
	return "", false
}

// asDecimal128 returns the current number as a decimal: exactly, except for a
// double, which gives its shortest digits.
func (d *decoder) asDecimal128() (decimal128.Decimal, bool) {
	c := &d.c
	switch c.Type() {
	case TypeDecimal128:
		return c.Decimal128(), true
	case TypeInt32:
		return decimal128.FromInt64(int64(c.Int32())), true
	case TypeInt64:
		return decimal128.FromInt64(c.Int64()), true
	case TypeDouble:
		return decimal128.FromFloat64(c.Double()), true
	}
	return decimal128.Decimal{}, false
}
