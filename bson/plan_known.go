package bson

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the plans of our own types, and of types of other packages with
// their own form in BSON, whose methods do not count.

// knownTypes is filled when the program starts and not changed after.
var knownTypes map[reflect.Type]knownType

func init() {
	knownTypes = map[reflect.Type]knownType{
		typeD: {op: opD, enc: encD, dec: decD},
		reflect.TypeFor[objectid.ID](): {op: opID, dec: decID,
			enc: func(_ *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
				id := getID(v)
				return append(dst, id[:]...), TypeObjectID
			}},
		reflect.TypeFor[decimal128.Decimal](): simple(opDecimal, TypeDecimal128, appendDecimal,
			func(d *decoder) decimal128.Decimal { return d.c.Decimal128() }),
		reflect.TypeFor[DateTime](): simple(opDateTime, TypeDateTime,
			func(dst []byte, v DateTime) []byte { return bits64(dst, uint64(v)) },
			func(d *decoder) DateTime { return DateTime(d.c.DateTime()) }),
		reflect.TypeFor[Timestamp](): simple(opCall, TypeTimestamp,
			func(dst []byte, v Timestamp) []byte { return bits64(dst, uint64(v.T)<<32|uint64(v.I)) },
			func(d *decoder) Timestamp {
				t, i := d.c.Timestamp()
				return Timestamp{t, i}
			}),
		reflect.TypeFor[Binary](): simple(opBinary, TypeBinary,
			func(dst []byte, v Binary) []byte { return bsoncore.AppendBinaryValue(dst, v.Subtype, v.Data) },
			(*decoder).asBinary),
		reflect.TypeFor[Regex](): {enc: encRegex, dec: decRegex},
		reflect.TypeFor[DBPointer](): {
			enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
				p := get[DBPointer](v)
				return e.appendPointer(dst, p.DB, p.Pointer)
			},
			dec: setTo(TypeDBPointer, (*decoder).asDBPointer)},
		reflect.TypeFor[CodeWithScope](): {
			enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
				c := get[CodeWithScope](v)
				return e.appendScope(dst, string(c.Code), c.Scope)
			},
			dec: setTo(TypeCodeWithScope, (*decoder).asCodeWithScope)},
		reflect.TypeFor[Code]():              text[Code](TypeCode),
		reflect.TypeFor[Symbol]():            text[Symbol](TypeSymbol),
		reflect.TypeFor[MinKey]():            bare[MinKey](TypeMinKey),
		reflect.TypeFor[MaxKey]():            bare[MaxKey](TypeMaxKey),
		reflect.TypeFor[Undefined]():         bare[Undefined](TypeUndefined),
		reflect.TypeFor[Null]():              bare[Null](TypeNull),
		typeUUID:                             {enc: encUUID, dec: decUUID},
		typeVector:                           {enc: encVector, dec: decVector},
		reflect.TypeFor[DBRef]():             {enc: encDBRef, dec: decDBRef},
		reflect.TypeFor[Raw]():               {enc: encRaw, dec: rawOf(TypeDocument)},
		reflect.TypeFor[RawValue]():          {enc: encRawValue, dec: decRawValue},
		reflect.TypeFor[bsoncore.Document](): {enc: encRaw, dec: rawOf(TypeDocument)},
		reflect.TypeFor[bsoncore.Value]():    {enc: encCoreValue, dec: decCoreValue},

		typeTime: {op: opTime, dec: decTime,
			enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
				return e.appendTime(dst, getTime(v))
			}},
		reflect.TypeFor[json.Number]():   {enc: encNumber, dec: decNumber},
		reflect.TypeFor[url.URL]():       {enc: encURL, dec: decURL},
		reflect.TypeFor[regexp.Regexp](): {enc: encRegexp, dec: decRegexp},
		reflect.TypeFor[big.Int]():       {enc: encBigInt, dec: decBigInt},
	}
}

// setTo makes the function that sets a T from values of the BSON type t.
func setTo[T any](t Type, read func(*decoder) T) decFunc {
	return func(d *decoder, v reflect.Value) {
		if d.c.Type() != t {
			d.null(v)
			return
		}
		*ptr[T](v) = read(d)
	}
}

// bare makes the plan of a type T without bytes.
func bare[T any](t Type) knownType {
	return simple(opCall, t, empty[T], func(*decoder) T {
		var none T
		return none
	})
}

func encD(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendD(dst, get[D](v), v.Type())
}

func decD(d *decoder, v reflect.Value) { d.setD(ptr[D](v)) }

func encRegex(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendRegex(dst, get[Regex](v))
}

func decRegex(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeRegex {
		d.null(v)
		return
	}
	*ptr[Regex](v) = d.asRegex()
}

func encUUID(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	u := e.UUIDRepresentation.swap(get[UUID](v))
	return bsoncore.AppendBinaryValue(dst, e.UUIDRepresentation.Subtype(), u[:]), TypeBinary
}

// decUUID sets a UUID from a binary of subtype 4, from a binary of subtype 3 in
// the byte order of the options, or from its text.
func decUUID(d *decoder, v reflect.Value) {
	switch d.c.Type() {
	case TypeBinary:
		u, ok := d.asUUID()
		if !ok {
			d.fail(v.Type(), ErrUUID)
			return
		}
		*ptr[UUID](v) = u
	case TypeString:
		d.fromText(v, ptr[UUID](v))
	default:
		d.null(v)
	}
}

func encVector(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	w := get[Vector](v)
	if w.IsZero() {
		return e.fail(dst, typeVector, ErrVector)
	}
	n := len(w.data)
	dst = append(dst, byte(n), byte(n>>8), byte(n>>16), byte(n>>24), BinaryVector)
	return append(dst, w.data...), TypeBinary
}

func decVector(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeBinary {
		d.null(v)
		return
	}
	subtype, data := d.c.Binary()
	if subtype != BinaryVector {
		d.fail(typeVector, ErrVector)
		return
	}
	w, err := vectorOf(data)
	if err != nil {
		d.fail(typeVector, ErrVector)
		return
	}
	*ptr[Vector](v) = w
}

func encDBRef(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendElements(dst, get[DBRef](v).document(), v.Type())
}

// decDBRef sets a reference from a document with the keys $ref and $id, in
// whatever order.
func decDBRef(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeDocument {
		d.null(v)
		return
	}
	whole := d.c // at the reference, for a fault
	var r DBRef
	ref, id, db := false, false, true
	for _, e := range d.asD() {
		switch e.Key {
		case "$ref":
			r.Ref, ref = e.Value.(string)
		case "$id":
			r.ID, id = e.Value, true
		case "$db":
			r.DB, db = e.Value.(string)
		default:
			r.Extra = append(r.Extra, e)
		}
	}
	if d.c.Failed() {
		return
	}
	if !ref || !id || !db {
		d.c = whole
		d.fail(v.Type(), ErrMismatch)
		return
	}
	*ptr[DBRef](v) = r
}

// encRaw copies a document after checking all its bytes.
func encRaw(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendRaw(dst, TypeDocument, v.Bytes(), v.Type())
}

func (e *encoder) appendRaw(dst []byte, t Type, data []byte, typ reflect.Type) ([]byte, Type) {
	if data == nil && t == TypeDocument {
		return dst, TypeNull
	}
	if err := checkValue(t, data, e.limit-e.depth); err != nil {
		return e.fail(dst, typ, err)
	}
	return append(dst, data...), t
}

// rawOf makes the function that sets a slice of bytes to a copy of values of
// the type t: a document, or an array. The old bytes of the slice are not
// overwritten, because a Raw is usually a part of other bytes.
func rawOf(t Type) decFunc {
	return func(d *decoder, v reflect.Value) {
		if d.c.Type() != t {
			d.null(v)
			return
		}
		data := d.c.Data()
		v.SetBytes(append(make([]byte, 0, len(data)), data...))
	}
}

func encRawValue(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendValue(dst, get[RawValue](v).core(), v.Type())
}

func decRawValue(d *decoder, v reflect.Value) { *ptr[RawValue](v) = rawValueOf(d.asValue()) }

func encCoreValue(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendValue(dst, get[bsoncore.Value](v), v.Type())
}

func decCoreValue(d *decoder, v reflect.Value) { *ptr[bsoncore.Value](v) = d.asValue() }

// appendValue splices a value of the Go type typ.
func (e *encoder) appendValue(dst []byte, v bsoncore.Value, typ reflect.Type) ([]byte, Type) {
	if v.Data == nil {
		v.Data = []byte{}
	}
	return e.appendRaw(dst, v.Type, v.Data, typ)
}

// asValue returns a copy of the current value.
func (d *decoder) asValue() bsoncore.Value {
	return bsoncore.Value{Type: d.c.Type(), Data: append([]byte(nil), d.c.Data()...)}
}

// layoutOfTime is how the official driver reads times from strings.
const layoutOfTime = "2006-01-02T15:04:05.999Z07:00"

// decTime sets a time from a datetime; from a string in RFC 3339, an int64 of
// milliseconds or a timestamp as well, as the driver does.
func decTime(d *decoder, v reflect.Value) {
	var t time.Time
	switch d.c.Type() {
	case TypeDateTime, TypeInt64:
		t = d.timeOf(d.c.DateTime(), v.Type())
	case TypeTimestamp:
		s, _ := d.c.Timestamp()
		t = d.timeOf(int64(s)*1000, v.Type())
	case TypeString:
		var err error
		if t, err = time.Parse(layoutOfTime, d.asString()); err != nil {
			d.failHook(v.Type(), err)
			return
		}
		if d.Location == nil {
			t = t.UTC()
		} else {
			t = t.In(d.Location)
		}
	default:
		d.null(v)
		return
	}
	*ptr[time.Time](v) = t
}

// encNumber writes an int64 if the text is an integer that fits, else a double.
func encNumber(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	text := []byte(v.String())
	n, end, ok := numtext.Scan(text, 0)
	if !ok || end != len(text) {
		return e.fail(dst, v.Type(), ErrMismatch)
	}
	if i, ok := n.Int64(); ok && !n.Frac {
		return e.appendInt64(dst, i)
	}
	f, ok := n.Double(text)
	if !ok {
		return e.fail(dst, v.Type(), ErrRange)
	}
	return bits64(dst, math.Float64bits(f)), TypeDouble
}

func decNumber(d *decoder, v reflect.Value) {
	s, ok := d.asNumberText()
	if !ok {
		d.null(v)
		return
	}
	v.SetString(s)
}

func encURL(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendText(dst, pointerTo(v).Interface().(*url.URL).String(), TypeString)
}

func decURL(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeString {
		d.null(v)
		return
	}
	u, err := url.Parse(d.asString())
	if err != nil {
		d.failHook(v.Type(), err)
		return
	}
	v.Set(reflect.ValueOf(u).Elem())
}

func encRegexp(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendRegex(dst, Regex{Pattern: pointerTo(v).Interface().(*regexp.Regexp).String()})
}

// decRegexp compiles a regex. Of the options i, m and s mean the same in Go;
// u, which Go always has, is dropped; others cannot be kept.
func decRegexp(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeRegex {
		d.null(v)
		return
	}
	r := d.asRegex()
	flags := strings.ReplaceAll(r.Options, "u", "")
	if strings.Trim(flags, "ims") != "" {
		d.fail(v.Type(), ErrMismatch)
		return
	}
	if flags != "" {
		r.Pattern = "(?" + flags + ")" + r.Pattern
	}
	re, err := regexp.Compile(r.Pattern)
	if err != nil {
		d.failHook(v.Type(), err)
		return
	}
	v.Set(reflect.ValueOf(re).Elem())
}

// appendExact appends a number that was converted to decimal128.
func (e *encoder) appendExact(dst []byte, x decimal128.Decimal, v reflect.Value, err error) ([]byte, Type) {
	if err != nil {
		return e.fail(dst, v.Type(), numberError{err})
	}
	return appendDecimal(dst, x), TypeDecimal128
}

func encBigInt(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	x := pointerTo(v).Interface().(*big.Int)
	if !e.BigIntAsDecimal {
		return e.appendText(dst, x.String(), TypeString)
	}
	n, err := decimal128.FromBigInt(x)
	return e.appendExact(dst, n, v, err)
}

// decBigInt sets a big integer from a number that is one, or from its digits. A
// whole double is what it is, not the shorter number that it is written as.
func decBigInt(d *decoder, v reflect.Value) {
	switch d.c.Type() {
	case TypeString:
		d.fromText(v, ptr[big.Int](v))
		return
	case TypeDouble:
		if f := d.c.Double(); f == math.Trunc(f) && !math.IsInf(f, 0) {
			big.NewFloat(f).Int(ptr[big.Int](v))
			return
		}
	}
	x, ok := d.asDecimal128()
	if !ok {
		d.null(v)
		return
	}
	n, err := x.BigInt()
	if err != nil {
		d.fail(v.Type(), numberError{err})
		return
	}
	ptr[big.Int](v).Set(n)
}

// A numberError is an error of package decimal128; it matches the sentinel of
// this package as well.
type numberError struct{ err error }

// Error is that of the number.
func (e numberError) Error() string { return e.err.Error() }

// Unwrap returns the sentinel of this package, and the error of package decimal128.
func (e numberError) Unwrap() []error {
	for _, lost := range []error{decimal128.ErrInexact, decimal128.ErrUnderflow, decimal128.ErrSign} {
		if errors.Is(e.err, lost) {
			return []error{ErrInexact, e.err}
		}
	}
	return []error{ErrRange, e.err}
}
