package bson

import (
	"encoding"
	"math/big"
	"reflect"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the plans of the official driver's own types, so that structs
// with them work unchanged, and of a few others. They are recognised by import
// path and name, and their shape or methods are checked. Their packages are not
// imported.

// The import paths of the types, v1's and v2's.
const (
	driverV1Primitive = "go.mongodb.org/mongo-driver/bson/primitive"
	driverV1          = "go.mongodb.org/mongo-driver/bson"
	driverV1Core      = "go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
	driverV2          = "go.mongodb.org/mongo-driver/v2/bson"
	driverV2Core      = "go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// The import paths of types that are not the driver's, but are recognised in the
// same way.
const (
	googleUUID        = "github.com/google/uuid"
	shopspringDecimal = "github.com/shopspring/decimal"
)

// twins are our types for the driver's types of the same name. If the two have
// the same underlying type, values are converted.
var twins = map[string]reflect.Type{
	"ObjectID":   reflect.TypeFor[objectid.ID](),
	"DateTime":   reflect.TypeFor[DateTime](),
	"Timestamp":  reflect.TypeFor[Timestamp](),
	"Binary":     reflect.TypeFor[Binary](),
	"Regex":      reflect.TypeFor[Regex](),
	"JavaScript": reflect.TypeFor[Code](),
	"Symbol":     reflect.TypeFor[Symbol](),
	"Undefined":  reflect.TypeFor[Undefined](),
	"Null":       reflect.TypeFor[Null](),
	"MinKey":     reflect.TypeFor[MinKey](),
	"MaxKey":     reflect.TypeFor[MaxKey](),
	"Raw":        reflect.TypeFor[Raw](),
}

// twinOf returns a zero value of our type with the layout of t, if t is a type of
// the driver, so that values of t can be used as values of our type. Otherwise it
// returns nil.
func twinOf(t reflect.Type) any {
	switch t.PkgPath() {
	case driverV1, driverV1Primitive, driverV2:
	default:
		return nil
	}
	ours := twins[t.Name()]
	switch t.Name() {
	case "D":
		if isElements(t) && t.Kind() == reflect.Slice {
			return D(nil)
		}
	case "A":
		ours = reflect.TypeFor[A]()
	case "M":
		ours = typeM
	case "Decimal128":
		if isDriverDecimal(t) {
			return decimal128.Decimal{}
		}
	}
	if ours == nil || t.Kind() != ours.Kind() || !t.ConvertibleTo(ours) {
		return nil
	}
	return reflect.Zero(ours).Interface()
}

// driverType returns the plan of t, the type with the given name of the package
// with the import path path, if it is one of the types of this file.
func driverType(path, name string, t reflect.Type) (knownType, bool) {
	switch path {
	case driverV1, driverV1Primitive, driverV2:
	case driverV1Core, driverV2Core:
		switch name {
		case "Document":
			return converted(t, reflect.TypeFor[Raw]())
		case "Array":
			return knownType{enc: encRawArray, dec: rawOf(TypeArray)}, t.Kind() == reflect.Slice
		}
		return knownType{}, false
	case googleUUID:
		if name == "UUID" && t.ConvertibleTo(typeUUID) {
			return knownType{enc: encForeignUUID, dec: decForeignUUID}, true
		}
		return knownType{}, false
	case shopspringDecimal:
		if name == "Decimal" && t.Implements(reflect.TypeFor[scaled]()) && reflect.PointerTo(t).Implements(typeTextUnmarshaler) {
			return knownType{enc: encScaled, dec: decScaled}, true
		}
		return knownType{}, false
	default:
		return knownType{}, false
	}
	if twin := twins[name]; twin != nil {
		return converted(t, twin)
	}
	switch name {
	case "Decimal128":
		return driverDecimal(t)
	case "CodeWithScope":
		return driverCodeWithScope(t)
	case "DBPointer":
		return driverDBPointer(t)
	case "RawValue":
		return driverRawValue(t)
	case "RawArray":
		return knownType{enc: encRawArray, dec: rawOf(TypeArray)}, t.Kind() == reflect.Slice
	case "Vector":
		return driverVector(t)
	}
	return knownType{}, false
}

// converted makes the plan of a type that converts to ours and back.
func converted(t, ours reflect.Type) (knownType, bool) {
	if !t.ConvertibleTo(ours) || !ours.ConvertibleTo(t) {
		return knownType{}, false
	}
	k := knownTypes[ours]
	enc, dec := k.enc, k.dec
	return knownType{
		op: k.op, // types that convert have the same layout
		enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			return enc(e, dst, v.Convert(ours))
		},
		dec: func(d *decoder, v reflect.Value) {
			x := reflect.New(ours).Elem()
			if dec(d, x); !d.c.Failed() {
				v.Set(x.Convert(t))
			}
		},
	}, true
}

// fieldsAre reports whether t is a struct with the fields given first: names
// and kinds in turn.
func fieldsAre(t reflect.Type, names []string, kinds ...reflect.Kind) bool {
	if t.Kind() != reflect.Struct || t.NumField() < len(names) {
		return false
	}
	for i, name := range names {
		if f := t.Field(i); f.Name != name || f.Type.Kind() != kinds[i] {
			return false
		}
	}
	return true
}

// memoryOf returns the address of v as that of a T, which must have the same
// layout. So an unexported field can be set. The caller has checked the shape
// of the type of v: like package unsafe, memoryOf checks nothing.
func memoryOf[T any](v reflect.Value) *T {
	return reflect.NewAt(reflect.TypeFor[T](), v.Addr().UnsafePointer()).Interface().(*T)
}

// isDriverDecimal reports whether t has the layout of decimal128.Decimal.
func isDriverDecimal(t reflect.Type) bool {
	return fieldsAre(t, []string{"h", "l"}, reflect.Uint64, reflect.Uint64) && t.NumField() == 2
}

func driverDecimal(t reflect.Type) (knownType, bool) {
	return knownType{
		op: opDecimal,
		enc: func(_ *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			x := decimal128.FromBits(v.Field(0).Uint(), v.Field(1).Uint())
			return appendDecimal(dst, x), TypeDecimal128
		},
		dec: func(d *decoder, v reflect.Value) {
			if d.c.Type() != TypeDecimal128 {
				d.null(v)
				return
			}
			hi, lo := d.c.Decimal128().Bits()
			*memoryOf[[2]uint64](v) = [2]uint64{hi, lo}
		},
	}, isDriverDecimal(t)
}

func driverCodeWithScope(t reflect.Type) (knownType, bool) {
	return knownType{
		enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			return e.appendScope(dst, v.Field(0).String(), v.Field(1).Interface())
		},
		dec: func(d *decoder, v reflect.Value) {
			if d.c.Type() != TypeCodeWithScope {
				d.null(v)
				return
			}
			c := d.asCodeWithScope()
			v.Field(0).SetString(string(c.Code))
			v.Field(1).Set(reflect.ValueOf(c.Scope))
		},
	}, fieldsAre(t, []string{"Code", "Scope"}, reflect.String, reflect.Interface)
}

func driverDBPointer(t reflect.Type) (knownType, bool) {
	id := reflect.TypeFor[objectid.ID]()
	return knownType{
			enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
				return e.appendPointer(dst, v.Field(0).String(), v.Field(1).Convert(id).Interface().(objectid.ID))
			},
			dec: func(d *decoder, v reflect.Value) {
				if d.c.Type() != TypeDBPointer {
					d.null(v)
					return
				}
				p := d.asDBPointer()
				v.Field(0).SetString(p.DB)
				v.Field(1).Set(reflect.ValueOf(p.Pointer).Convert(v.Field(1).Type()))
			},
		}, fieldsAre(t, []string{"DB", "Pointer"}, reflect.String, reflect.Array) &&
			t.Field(1).Type.ConvertibleTo(id)
}

// A scaled is a decimal of another package: coefficient · 10^exponent.
type scaled interface {
	Coefficient() *big.Int
	Exponent() int32
}

func encScaled(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	s := v.Interface().(scaled)
	x, err := decimal128.FromScaledBigInt(s.Coefficient(), int(s.Exponent()))
	return e.appendExact(dst, x, v, err)
}

// decScaled sets a decimal by its text, the coefficient and the exponent, which
// keeps both.
func decScaled(d *decoder, v reflect.Value) {
	u := v.Addr().Interface().(encoding.TextUnmarshaler)
	if d.c.Type() == TypeString {
		d.fromText(v, u)
		return
	}
	x, ok := d.asDecimal128()
	if !ok {
		d.null(v)
		return
	}
	coef, exponent, err := x.ScaledBigInt()
	if err != nil {
		d.fail(v.Type(), numberError{err})
		return
	}
	text := append(coef.Append(nil, 10), 'E')
	if err := u.UnmarshalText(strconv.AppendInt(text, int64(exponent), 10)); err != nil {
		d.failHook(v.Type(), err)
	}
}

// isElements reports whether t is a slice or array of E, ours or the driver's,
// which is a document.
func isElements(t reflect.Type) bool {
	if t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
		return false
	}
	e := t.Elem()
	return e == typeE || isDriverE(e.PkgPath(), e)
}

// isDriverE reports whether t, a type of the package with the import path path,
// is the driver's E.
func isDriverE(path string, t reflect.Type) bool {
	switch path {
	case driverV1, driverV1Primitive, driverV2:
		return t.Name() == "E" && t.ConvertibleTo(typeE) && typeE.ConvertibleTo(t)
	}
	return false
}

// elementsOf returns the elements of v, of which isElements is true. Those of a
// slice are shared.
func elementsOf(v reflect.Value) D {
	if v.Kind() == reflect.Slice {
		return sliceOf[E](v)
	}
	d := make(D, v.Len())
	for i := range d {
		d[i] = v.Index(i).Convert(typeE).Interface().(E)
	}
	return d
}

func driverRawValue(t reflect.Type) (knownType, bool) {
	return knownType{
		enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			data := v.Field(1).Bytes()
			if data == nil {
				data = []byte{}
			}
			return e.appendRaw(dst, Type(v.Field(0).Uint()), data, t)
		},
		dec: func(d *decoder, v reflect.Value) {
			v.SetZero()
			v.Field(0).SetUint(uint64(d.c.Type()))
			v.Field(1).SetBytes(append([]byte(nil), d.c.Data()...))
		},
	}, fieldsAre(t, []string{"Type", "Value"}, reflect.Uint8, reflect.Slice)
}

// encRawArray splices an array.
func encRawArray(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if v.IsNil() {
		return dst, TypeNull
	}
	return e.appendRaw(dst, TypeArray, v.Bytes(), v.Type())
}

// driverVector is the plan of v2's Vector, which has a method for its binary
// and no exported fields to set.
func driverVector(t reflect.Type) (knownType, bool) {
	m, ok := t.MethodByName("Binary")
	if !ok || m.Type.NumIn() != 1 || m.Type.NumOut() != 1 ||
		!fieldsAre(t, []string{"dType", "int8Data", "float32Data", "bitData", "bitPadding"},
			reflect.Uint8, reflect.Slice, reflect.Slice, reflect.Slice, reflect.Uint8) ||
		t.Field(1).Type.Elem().Kind() != reflect.Int8 || t.Field(2).Type.Elem().Kind() != reflect.Float32 ||
		t.Field(3).Type.Elem().Kind() != reflect.Uint8 {
		return knownType{}, false
	}
	return knownType{
		enc: func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			if v.Field(0).Uint() == 0 {
				return e.fail(dst, t, ErrVector)
			}
			out := m.Func.Call([]reflect.Value{v})[0]
			if !fieldsAre(out.Type(), []string{"Subtype", "Data"}, reflect.Uint8, reflect.Slice) {
				return e.fail(dst, t, ErrUnsupported)
			}
			return bsoncore.AppendBinaryValue(dst, byte(out.Field(0).Uint()), out.Field(1).Bytes()), TypeBinary
		},
		dec: func(d *decoder, v reflect.Value) {
			x := reflect.New(typeVector).Elem()
			if decVector(d, x); d.c.Failed() {
				return
			}
			v.SetZero()
			w := get[Vector](x)
			if w.IsZero() {
				return
			}
			*memoryOf[byte](v.Field(0)) = w.Type()
			*memoryOf[[]int8](v.Field(1)) = w.Int8()
			*memoryOf[[]float32](v.Field(2)) = w.Float32()
			*memoryOf[[]byte](v.Field(3)), *memoryOf[uint8](v.Field(4)) = w.PackedBit()
		},
	}, true
}

// encForeignUUID writes a [16]byte as the driver does, a binary of subtype 0,
// unless the options name a representation.
func encForeignUUID(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if e.UUIDRepresentation == UUIDUnspecified && !e.TextMarshalers {
		return encByteArray(e, dst, v)
	}
	if e.UUIDRepresentation == UUIDUnspecified {
		return encTextMarshaler(e, dst, v)
	}
	return encUUID(e, dst, v.Convert(typeUUID))
}

func decForeignUUID(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeString {
		decByteArray(d, v)
		return
	}
	x := reflect.New(typeUUID).Elem()
	if decUUID(d, x); !d.c.Failed() {
		v.Set(x.Convert(v.Type()))
	}
}
