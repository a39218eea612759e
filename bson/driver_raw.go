package bson

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strconv"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the official driver's names for the parts of raw documents:
//
//   - elements and values of a Raw as slices: Elements, Values, Index, RawElement;
//   - getters of a RawValue that panic, where the getters of raw.go return false;
//   - getters of a RawValue that convert between types of numbers: AsInt64,
//     AsFloat64;
//   - ReadDocument.

// A RawElement is one element of a document: its type, its key, a NUL and its
// value. The bytes need not be valid: every method is safe for any bytes.
type RawElement []byte

// Elements returns the elements of r in their order. They alias r. If r is
// malformed, it returns the elements before the fault, and the *SyntaxError or
// *ValueError of the fault.
func (r Raw) Elements() ([]RawElement, error) {
	elements := make([]RawElement, 0, r.count())
	c := bsoncore.NewCursor(r)
	for c.Next() {
		elements = append(elements, elementOf(r, &c))
	}
	return elements, c.Err()
}

// count returns the number of elements of r before the first fault.
func (r Raw) count() (n int) {
	c := bsoncore.NewCursor(r)
	for c.Next() {
		n++
	}
	return n
}

// elementOf returns the current element of c, which walks r.
func elementOf(r Raw, c *Cursor) RawElement {
	end := c.ValueOffset() + len(c.Data())
	return RawElement(r[c.Offset():end:end])
}

// Values returns the values of r in their order, as Elements does.
func (r Raw) Values() ([]RawValue, error) {
	values := make([]RawValue, 0, r.count())
	c := bsoncore.NewCursor(r)
	for c.Next() {
		values = append(values, RawValue{c.Type(), c.Data()})
	}
	return values, c.Err()
}

// Index is IndexErr, and panics if that returns an error.
func (r Raw) Index(index uint) RawElement {
	e, err := r.IndexErr(index)
	if err != nil {
		panic(err)
	}
	return e
}

// IndexErr returns the element with the number index, from 0, which aliases r.
// If r has fewer elements, the error matches ErrNotFound. If r is malformed
// before this element, it is a *SyntaxError or *ValueError.
func (r Raw) IndexErr(index uint) (RawElement, error) {
	c := bsoncore.NewCursor(r)
	for ; c.Next(); index-- {
		if index == 0 {
			return elementOf(r, &c), nil
		}
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return nil, &ValueError{Offset: int64(max(len(r)-1, 0)), Err: ErrNotFound}
}

// Key is KeyErr, and panics if that returns an error.
func (e RawElement) Key() string {
	key, err := e.KeyErr()
	if err != nil {
		panic(err)
	}
	return key
}

// KeyErr returns a copy of the key. An element without a whole key is a
// *SyntaxError that matches ErrTruncated.
func (e RawElement) KeyErr() (string, error) {
	if len(e) > 1 {
		if n := bytes.IndexByte(e[1:], 0); n >= 0 {
			return string(e[1 : 1+n]), nil
		}
	}
	return "", &SyntaxError{Offset: int64(len(e)), Err: ErrTruncated}
}

// Value is ValueErr, and panics if that returns an error.
func (e RawElement) Value() RawValue {
	v, err := e.ValueErr()
	if err != nil {
		panic(err)
	}
	return v
}

// ValueErr returns the value, which aliases e. The error of a malformed element
// is a *SyntaxError or *ValueError with an offset from the start of the value.
// As in a Cursor the content of a document or array is not checked; Validate
// does so.
func (e RawElement) ValueErr() (RawValue, error) {
	key, err := e.KeyErr()
	if err != nil {
		return RawValue{}, err
	}
	v := RawValue{Type(e[0]), e[len(key)+2:]}
	var c Cursor
	if !c.ResetValue(v.Type, v.Value, 0) {
		return RawValue{}, c.Err()
	}
	return v, nil
}

// Validate reports whether e is one well-formed element, with the rules of
// Validate. Errors are those of ValueErr.
func (e RawElement) Validate() error {
	v, err := e.ValueErr()
	if err != nil {
		return err
	}
	return v.Validate()
}

// String returns the element in the syntax of the shell, "a": 1. A malformed
// element gives <malformed>.
func (e RawElement) String() string {
	key, err := e.KeyErr()
	if err != nil {
		return "<malformed>"
	}
	v, err := e.ValueErr()
	if err != nil {
		return "<malformed>"
	}
	return strconv.Quote(key) + ": " + v.String()
}

// DebugString is String.
func (e RawElement) DebugString() string { return e.String() }

// got returns x, or panics with a *ConversionError if ok is false: v is of
// another type or malformed.
func got[T any](v RawValue, x T, ok bool) T {
	v.must(reflect.TypeFor[T](), ok)
	return x
}

// must panics with a *ConversionError to t unless ok is true.
func (v RawValue) must(t reflect.Type, ok bool) {
	if ok {
		return
	}
	e := &ConversionError{GoType: t, Type: v.Type, Err: ErrMismatch}
	if v.Type == TypeBinary {
		e.Subtype, _, _ = v.BinaryOK()
	}
	if err := v.Validate(); err != nil {
		e.Err = err
	}
	panic(e)
}

// Double is DoubleOK. Like every getter without OK it panics with a
// *ConversionError if the other getter returns false.
func (v RawValue) Double() float64 {
	x, ok := v.DoubleOK()
	return got(v, x, ok)
}

// StringValue is StringValueOK, or panics.
func (v RawValue) StringValue() string {
	x, ok := v.StringValueOK()
	return got(v, x, ok)
}

// Document is DocumentOK, or panics.
func (v RawValue) Document() Raw {
	x, ok := v.DocumentOK()
	return got(v, x, ok)
}

// Array is ArrayOK, or panics.
func (v RawValue) Array() Raw {
	x, ok := v.ArrayOK()
	return got(v, x, ok)
}

// Binary is BinaryOK, or panics.
func (v RawValue) Binary() (subtype byte, data []byte) {
	subtype, data, ok := v.BinaryOK()
	return subtype, got(v, data, ok)
}

// ObjectID is ObjectIDOK, or panics.
func (v RawValue) ObjectID() objectid.ID {
	x, ok := v.ObjectIDOK()
	return got(v, x, ok)
}

// Boolean is BooleanOK, or panics.
func (v RawValue) Boolean() bool {
	x, ok := v.BooleanOK()
	return got(v, x, ok)
}

// DateTime is DateTimeOK, or panics.
func (v RawValue) DateTime() (ms int64) {
	x, ok := v.DateTimeOK()
	return got(v, x, ok)
}

// Time is TimeOK, or panics.
func (v RawValue) Time() time.Time {
	x, ok := v.TimeOK()
	return got(v, x, ok)
}

// Regex is RegexOK, or panics.
func (v RawValue) Regex() (pattern, options string) {
	pattern, options, ok := v.RegexOK()
	v.must(reflect.TypeFor[Regex](), ok)
	return pattern, options
}

// DBPointer is DBPointerOK, or panics.
func (v RawValue) DBPointer() (namespace string, id objectid.ID) {
	namespace, id, ok := v.DBPointerOK()
	v.must(reflect.TypeFor[DBPointer](), ok)
	return namespace, id
}

// JavaScriptOK is CodeOK.
func (v RawValue) JavaScriptOK() (string, bool) { return v.CodeOK() }

// JavaScript is CodeOK, or panics.
func (v RawValue) JavaScript() string {
	x, ok := v.CodeOK()
	return got(v, x, ok)
}

// Symbol is SymbolOK, or panics.
func (v RawValue) Symbol() string {
	x, ok := v.SymbolOK()
	return got(v, x, ok)
}

// CodeWithScope is CodeWithScopeOK, or panics.
func (v RawValue) CodeWithScope() (code string, scope Raw) {
	code, scope, ok := v.CodeWithScopeOK()
	v.must(reflect.TypeFor[CodeWithScope](), ok)
	return code, scope
}

// Int32 is Int32OK, or panics.
func (v RawValue) Int32() int32 {
	x, ok := v.Int32OK()
	return got(v, x, ok)
}

// Timestamp is TimestampOK, or panics.
func (v RawValue) Timestamp() (t, i uint32) {
	t, i, ok := v.TimestampOK()
	v.must(reflect.TypeFor[Timestamp](), ok)
	return t, i
}

// Int64 is Int64OK, or panics.
func (v RawValue) Int64() int64 {
	x, ok := v.Int64OK()
	return got(v, x, ok)
}

// Decimal128 is Decimal128OK, or panics.
func (v RawValue) Decimal128() decimal128.Decimal {
	x, ok := v.Decimal128OK()
	return got(v, x, ok)
}

// IsNumber reports whether v is a double, int32, int64 or decimal128.
func (v RawValue) IsNumber() bool {
	switch v.Type {
	case TypeDouble, TypeInt32, TypeInt64, TypeDecimal128:
		return true
	}
	return false
}

// AsInt64OK returns a number of any type as an int64; false if the number is not
// an integer of this range, or if v is not a number.
func (v RawValue) AsInt64OK() (int64, bool) {
	switch v.Type {
	case TypeInt32:
		n, ok := v.Int32OK()
		return int64(n), ok
	case TypeInt64:
		return v.Int64OK()
	case TypeDouble:
		f, ok := v.DoubleOK()
		// The bounds are exact doubles. NaN is in no range.
		if n := int64(f); ok && f >= -1<<63 && f < 1<<63 && float64(n) == f {
			return n, true
		}
	case TypeDecimal128:
		if d, ok := v.Decimal128OK(); ok {
			n, err := d.Int64()
			return n, err == nil
		}
	}
	return 0, false
}

// AsInt64 is AsInt64OK, or panics.
func (v RawValue) AsInt64() int64 {
	x, ok := v.AsInt64OK()
	return got(v, x, ok)
}

// AsFloat64OK returns a number of any type as the nearest float64; false if v is
// not a number, or if a decimal128 is finite and its nearest float64 is not.
func (v RawValue) AsFloat64OK() (float64, bool) {
	switch v.Type {
	case TypeInt32:
		n, ok := v.Int32OK()
		return float64(n), ok
	case TypeInt64:
		n, ok := v.Int64OK()
		return float64(n), ok
	case TypeDouble:
		return v.DoubleOK()
	case TypeDecimal128:
		if d, ok := v.Decimal128OK(); ok {
			f, err := d.Float64()
			return f, !errors.Is(err, decimal128.ErrOverflow)
		}
	}
	return 0, false
}

// AsFloat64 is AsFloat64OK, or panics.
func (v RawValue) AsFloat64() float64 {
	x, ok := v.AsFloat64OK()
	return got(v, x, ok)
}

// DebugString is String.
func (v RawValue) DebugString() string { return v.String() }

// ReadDocument reads one document from r, and no byte after it. At the end of r
// the error is io.EOF. Other errors are those of Decoder.Err; as in a Decoder only
// the length and the final NUL are checked. For more than one document use
// NewDecoder, which reads ahead.
func ReadDocument(r io.Reader) (Raw, error) {
	d := NewDecoder(&oneDocument{r: r, left: 4})
	if !d.Next() {
		if err := d.Err(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	return bytes.Clone(d.Raw()), nil
}

// oneDocument reads a stream up to the end of its first document.
type oneDocument struct {
	r      io.Reader
	length [4]byte // the length of the document, as far as it was read
	n      int     // bytes of length that were read
	left   int     // bytes of the document, or of its length, that were not read
}

// Read reads the length, then the other bytes of the document.
func (o *oneDocument) Read(p []byte) (int, error) {
	if o.left <= 0 {
		return 0, io.EOF
	}
	n, err := o.r.Read(p[:min(len(p), o.left)])
	o.left -= n
	if o.n < len(o.length) {
		o.n += copy(o.length[o.n:], p[:n])
		if o.n == len(o.length) {
			o.left = int(int32(binary.LittleEndian.Uint32(o.length[:]))) - len(o.length)
		}
	}
	return n, err
}
