package values

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	v1bson "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	v1 "go.mongodb.org/mongo-driver/bson/primitive"
	v2 "go.mongodb.org/mongo-driver/v2/bson"
	v2core "go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
	v1core "go.mongodb.org/mongo-driver/x/bsonx/bsoncore"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/interop/v1adapter"
	"github.com/bsonkit/bsonkit/objectid"
)

// typesOfV1 has a field of each type of driver v1.
type typesOfV1 struct {
	ObjectID   v1.ObjectID
	Decimal    v1.Decimal128
	Binary     v1.Binary
	DateTime   v1.DateTime
	Timestamp  v1.Timestamp
	Regex      v1.Regex
	JavaScript v1.JavaScript
	Symbol     v1.Symbol
	Scope      v1.CodeWithScope
	DBPointer  v1.DBPointer
	MinKey     v1.MinKey
	MaxKey     v1.MaxKey
	Undefined  v1.Undefined
	Null       v1.Null
	D          v1.D
	Elements   []v1.E
	M          v1.M
	A          v1.A
	Raw        v1bson.Raw
	RawValue   v1bson.RawValue
	Core       v1core.Document
	Pointer    *v1.ObjectID
	NilPointer *v1.Decimal128
	List       []v1.ObjectID
	Map        map[string]v1.Decimal128
	Any        any
}

// typesOfV2 has a field of each type of driver v2.
type typesOfV2 struct {
	ObjectID   v2.ObjectID
	Decimal    v2.Decimal128
	Binary     v2.Binary
	DateTime   v2.DateTime
	Timestamp  v2.Timestamp
	Regex      v2.Regex
	JavaScript v2.JavaScript
	Symbol     v2.Symbol
	Scope      v2.CodeWithScope
	DBPointer  v2.DBPointer
	MinKey     v2.MinKey
	MaxKey     v2.MaxKey
	Undefined  v2.Undefined
	Null       v2.Null
	D          v2.D
	Elements   []v2.E
	M          v2.M
	A          v2.A
	Raw        v2.Raw
	RawValue   v2.RawValue
	Core       v2core.Document
	CoreArray  v2core.Array
	Int8s      v2.Vector
	Floats     v2.Vector
	Bits       v2.Vector
	Pointer    *v2.ObjectID
	NilPointer *v2.Decimal128
	List       []v2.ObjectID
	Map        map[string]v2.Decimal128
	Any        any
}

// typesOfOurs has a field of each of our types.
type typesOfOurs struct {
	ObjectID   objectid.ID
	Decimal    decimal128.Decimal
	Binary     bson.Binary
	DateTime   bson.DateTime
	Timestamp  bson.Timestamp
	Regex      bson.Regex
	JavaScript bson.Code
	Symbol     bson.Symbol
	Scope      bson.CodeWithScope
	DBPointer  bson.DBPointer
	MinKey     bson.MinKey
	MaxKey     bson.MaxKey
	Undefined  bson.Undefined
	Null       bson.Null
	D          bson.D
	M          bson.M
	A          bson.A
	Raw        bson.Raw
	RawValue   bson.RawValue
	Core       bson.Raw
	Pointer    *objectid.ID
	NilPointer *decimal128.Decimal
	List       []objectid.ID
	Map        map[string]decimal128.Decimal
	UUID       bson.UUID
	Vector     bson.Vector
	DBRef      bson.DBRef
}

var (
	id          = [12]byte{0x56, 0xe1, 0xfc, 0x72, 1, 2, 3, 4, 5, 6, 7, 8}
	doc         = []byte("\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00")
	hi, lo      = uint64(0xfc00000000000000), uint64(7) // a negative NaN with payload
	twelve, two = uint64(0x3040000000000000), uint64(12)
)

func fullV1() typesOfV1 {
	oid := v1.ObjectID(id)
	return typesOfV1{
		ObjectID: id, Decimal: v1.NewDecimal128(hi, lo), Binary: v1.Binary{Subtype: 2, Data: []byte{1}},
		DateTime: math.MinInt64, Timestamp: v1.Timestamp{T: 1, I: 2}, Regex: v1.Regex{Pattern: "a", Options: "i"},
		JavaScript: "f()", Symbol: "s", Scope: v1.CodeWithScope{Code: "g()", Scope: v1.D{{Key: "x", Value: int32(1)}}},
		DBPointer: v1.DBPointer{DB: "d.c", Pointer: id}, D: v1.D{{Key: "d", Value: oid}, {Key: "d", Value: v1.D{}}},
		Elements: []v1.E{{Key: "e", Value: oid}},
		M:        v1.M{"m": v1.DateTime(1)}, A: v1.A{"a", v1.Symbol("b")}, Raw: doc,
		RawValue: v1bson.RawValue{Type: bsontype.Boolean, Value: []byte{1}}, Core: doc,
		Pointer: &oid, List: []v1.ObjectID{id}, Map: map[string]v1.Decimal128{"k": v1.NewDecimal128(twelve, two)},
		Any: v1.Timestamp{T: 9},
	}
}

func fullV2() typesOfV2 {
	oid := v2.ObjectID(id)
	bits, err := v2.NewPackedBitVector([]byte{0xf0}, 4)
	if err != nil {
		panic(err)
	}
	return typesOfV2{
		ObjectID: id, Decimal: v2.NewDecimal128(hi, lo), Binary: v2.Binary{Subtype: 2, Data: []byte{1}},
		DateTime: math.MinInt64, Timestamp: v2.Timestamp{T: 1, I: 2}, Regex: v2.Regex{Pattern: "a", Options: "i"},
		JavaScript: "f()", Symbol: "s", Scope: v2.CodeWithScope{Code: "g()", Scope: v2.D{{Key: "x", Value: int32(1)}}},
		DBPointer: v2.DBPointer{DB: "d.c", Pointer: id}, D: v2.D{{Key: "d", Value: oid}, {Key: "d", Value: v2.D{}}},
		Elements: []v2.E{{Key: "e", Value: oid}},
		M:        v2.M{"m": v2.DateTime(1)}, A: v2.A{"a", v2.Symbol("b")}, Raw: doc,
		RawValue: v2.RawValue{Type: v2.TypeBoolean, Value: []byte{1}}, Core: doc, CoreArray: []byte("\x05\x00\x00\x00\x00"),
		Int8s: v2.NewVector([]int8{1, -1}), Floats: v2.NewVector([]float32{1.5}), Bits: bits,
		Pointer: &oid, List: []v2.ObjectID{id}, Map: map[string]v2.Decimal128{"k": v2.NewDecimal128(twelve, two)},
		Any: v2.Timestamp{T: 9},
	}
}

func fullOurs() typesOfOurs {
	oid := objectid.ID(id)
	return typesOfOurs{
		ObjectID: id, Decimal: decimal128.FromBits(hi, lo), Binary: bson.Binary{Subtype: 2, Data: []byte{1}},
		DateTime: math.MinInt64, Timestamp: bson.Timestamp{T: 1, I: 2}, Regex: bson.Regex{Pattern: "a", Options: "i"},
		JavaScript: "f()", Symbol: "s", Scope: bson.CodeWithScope{Code: "g()", Scope: bson.D{{Key: "x", Value: int32(1)}}},
		DBPointer: bson.DBPointer{DB: "d.c", Pointer: id}, D: bson.D{{Key: "d", Value: oid}, {Key: "d", Value: bson.D{}}},
		M: bson.M{"m": bson.DateTime(1)}, A: bson.A{"a", bson.Symbol("b")}, Raw: doc,
		RawValue: bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, Core: doc,
		Pointer: &oid, List: []objectid.ID{id}, Map: map[string]decimal128.Decimal{"k": decimal128.FromBits(twelve, two)},
		UUID: bson.UUID{1}, Vector: bson.NewVector([]int8{1}), DBRef: bson.DBRef{Ref: "c", ID: oid},
	}
}

// TestDriverTypesV1: we write and read the types of v1 as v1 does.
func TestDriverTypesV1(t *testing.T) {
	for _, in := range []typesOfV1{fullV1(), {RawValue: v1bson.RawValue{Type: bsontype.Null}, Raw: doc, Core: doc, Scope: v1.CodeWithScope{Scope: v1.D{}}}} {
		want, err := v1bson.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, want, in)
		sameBytes(t, want, &in)
		var theirs typesOfV1
		if err := v1bson.Unmarshal(want, &theirs); err != nil {
			t.Fatal(err)
		}
		sameValue(t, want, &theirs, v1bson.Marshal)
	}
}

// TestDriverTypesV2: we write and read the types of v2 as v2 does.
func TestDriverTypesV2(t *testing.T) {
	none := v2.NewVector([]int8{})
	for _, in := range []typesOfV2{fullV2(), {RawValue: v2.RawValue{Type: v2.TypeNull}, Raw: doc, Core: doc, CoreArray: []byte("\x05\x00\x00\x00\x00"), Int8s: none, Floats: none, Bits: none, Scope: v2.CodeWithScope{Scope: v2.D{}}}} {
		want, err := v2.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, want, in)
		sameBytes(t, want, &in)
		var theirs typesOfV2
		if err := v2.Unmarshal(want, &theirs); err != nil {
			t.Fatal(err)
		}
		sameValue(t, want, &theirs, v2.Marshal)
	}
}

// TestPlainCoreTypes: of the types of the driver's bsoncore, only Document and
// Array are special, for us and for the driver.
func TestPlainCoreTypes(t *testing.T) {
	one := []byte("\x01\x00\x00\x00")
	for _, in := range []any{
		struct{ V v2core.Value }{v2core.Value{Type: v2core.TypeInt32, Data: one}},
		struct{ E v2core.Element }{v2core.Element("\x10a\x00\x01\x00\x00\x00")},
	} {
		want, err := v2.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, want, in)
		theirs, ours := reflect.New(reflect.TypeOf(in)), reflect.New(reflect.TypeOf(in))
		if err := v2.Unmarshal(want, theirs.Interface()); err != nil {
			t.Fatal(err)
		}
		if err := bson.Unmarshal(want, ours.Interface()); err != nil || !reflect.DeepEqual(ours.Interface(), theirs.Interface()) {
			t.Errorf("Unmarshal gives %v, %v, want %v", ours.Elem(), err, theirs.Elem())
		}
	}
	in := struct{ V v1core.Value }{v1core.Value{Type: bsontype.Int32, Data: one}}
	want, err := v1bson.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	sameBytes(t, want, in)
}

// TestRawArray: we write and read a RawArray of v2 as an array. The driver
// writes it as a binary.
func TestRawArray(t *testing.T) {
	in := struct{ A, B v2.RawArray }{A: v2.RawArray("\x08\x00\x00\x00\x0a0\x00\x00")}
	doc, err := bson.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"a": [null], "b": null}`; bson.Raw(doc).String() != want {
		t.Errorf("Marshal gives %s, want %s", bson.Raw(doc), want)
	}
	out := in
	out.A, out.B = nil, in.A
	if err := bson.Unmarshal(doc, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("Unmarshal gives %v, %v, want %v", out, err, in)
	}
}

func sameBytes(t *testing.T, want []byte, v any) {
	t.Helper()
	got, err := bson.Marshal(v)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Marshal: %v\ngot  %s\nwant %s", err, bson.Raw(got), bson.Raw(want))
	}
}

// sameValue checks that we read doc into the type that theirs points to as the
// driver did. The fields are equal, except those that may hold an any: there a
// document has one of our types, so their bytes are compared.
func sameValue(t *testing.T, doc []byte, theirs any, marshal func(any) ([]byte, error)) {
	t.Helper()
	ours := reflect.New(reflect.TypeOf(theirs).Elem())
	if err := bson.Unmarshal(doc, ours.Interface()); err != nil {
		t.Fatal(err)
	}
	for i := range ours.Elem().NumField() {
		name := ours.Elem().Type().Field(i).Name
		got, want := ours.Elem().Field(i).Interface(), reflect.ValueOf(theirs).Elem().Field(i).Interface()
		switch name {
		case "Scope", "D", "Elements", "M", "A", "Any":
			got, want = written(t, marshal, got), written(t, marshal, want)
		case "RawValue": // a RawValue of v1 holds a registry; only the bytes are compared
			got, want = bson.RawValue{Value: reflect.ValueOf(got).Field(1).Bytes()}, bson.RawValue{Value: reflect.ValueOf(want).Field(1).Bytes()}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("field %s: got %#v, want %#v", name, got, want)
		}
	}
}

// written returns the bytes of a document with the value v, as we write it. v may
// have values of our types inside containers of the driver.
func written(t *testing.T, _ func(any) ([]byte, error), v any) any {
	t.Helper()
	b, err := bson.Marshal(bson.D{{Key: "v", Value: v}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestOursInV2: driver v2 writes and reads our types as we do.
func TestOursInV2(t *testing.T) {
	for _, in := range []typesOfOurs{fullOurs()} {
		want, err := bson.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []any{in, &in} {
			got, err := v2.Marshal(v)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("driver: %v\ngot  %s\nwant %s", err, bson.Raw(got), bson.Raw(want))
			}
		}
		var ours, theirs typesOfOurs
		if err := bson.Unmarshal(want, &ours); err != nil {
			t.Fatal(err)
		}
		if err := v2.Unmarshal(want, &theirs); err != nil {
			t.Fatal(err)
		}
		compareOurs(t, ours, theirs)
	}
	for i, doc := range sample.Documents(sample.Wild, sample.Seed, 300) {
		var d, e bson.D
		if err := bson.Unmarshal(doc, &d); err != nil {
			t.Fatal(err)
		}
		if got, err := v2.Marshal(d); err != nil || !bytes.Equal(got, doc) {
			t.Fatalf("document %d: the driver writes our D with other bytes: %v", i, err)
		}
		if err := v2.Unmarshal(doc, &e); err != nil || e.String() != d.String() {
			t.Fatalf("document %d: the driver reads another D: %v", i, err)
		}
	}
}

// TestOursInV1: driver v1 with the adapter writes and reads our types as we do.
func TestOursInV1(t *testing.T) {
	reg := v1bson.NewRegistry()
	v1adapter.Register(reg)
	in := fullOurs()
	want, err := bson.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v1bson.MarshalWithRegistry(reg, &in)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("driver: %v\ngot  %s\nwant %s", err, bson.Raw(got), bson.Raw(want))
	}
	var ours, theirs typesOfOurs
	if err := bson.Unmarshal(want, &ours); err != nil {
		t.Fatal(err)
	}
	if err := v1bson.UnmarshalWithRegistry(reg, want, &theirs); err != nil {
		t.Fatal(err)
	}
	compareOurs(t, ours, theirs)
}

// compareOurs compares the values that we and a driver have read. In M and A the
// driver's values have types of the driver, so their bytes are compared.
func compareOurs(t *testing.T, ours, theirs typesOfOurs) {
	t.Helper()
	a, b := reflect.ValueOf(ours), reflect.ValueOf(theirs)
	for i := range a.NumField() {
		got, want := b.Field(i).Interface(), a.Field(i).Interface()
		switch a.Type().Field(i).Name {
		case "M", "A":
			got, want = written(t, nil, got), written(t, nil, want)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("field %s: driver reads %#v, we read %#v", a.Type().Field(i).Name, got, want)
		}
	}
}

type v1Hook struct{ S string }

func (h v1Hook) MarshalBSONValue() (bsontype.Type, []byte, error) {
	return v1bson.MarshalValue("<" + h.S + ">")
}

func (h *v1Hook) UnmarshalBSONValue(t bsontype.Type, data []byte) error {
	return v1bson.UnmarshalValue(t, data, &h.S)
}

// TestV1Hooks: we call hooks with the signature of v1.
func TestV1Hooks(t *testing.T) {
	type doc struct {
		H v1Hook
		P *v1Hook
		N *v1Hook
		S []v1Hook
	}
	in := doc{v1Hook{"a"}, &v1Hook{"b"}, nil, []v1Hook{{"c"}}}
	want, err := v1bson.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	sameBytes(t, want, in)
	var ours, theirs doc
	if err := v1bson.Unmarshal(want, &theirs); err != nil {
		t.Fatal(err)
	}
	if err := bson.Unmarshal(want, &ours); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(ours, theirs) {
		t.Errorf("got %+v, want %+v", ours, theirs)
	}
}

// TestSameValues: for each of kinds we read the value that the driver reads.
func TestSameValues(t *testing.T) {
	for _, k := range kinds {
		typ := reflect.TypeOf(k.v)
		doc, err := v2.Marshal(v2.D{{Key: "field", Value: k.v}})
		if err != nil {
			t.Fatal(k.name, err)
		}
		s := reflect.StructOf([]reflect.StructField{{Name: "Field", Type: typ}})
		theirs, ours := reflect.New(s), reflect.New(s)
		theirErr := v2.Unmarshal(doc, theirs.Interface())
		ourErr := bson.Unmarshal(doc, ours.Interface())
		if (theirErr != nil) != (ourErr != nil) {
			t.Errorf("%s: driver %v, ours %v", k.name, theirErr, ourErr)
			continue
		}
		got, want := ours.Elem().Field(0).Interface(), theirs.Elem().Field(0).Interface()
		if f, ok := want.(float64); ok && f != f {
			got, want = math.Float64bits(got.(float64)), math.Float64bits(f)
		}
		if !reflect.DeepEqual(got, want) && written(t, nil, got) != written(t, nil, want) {
			t.Errorf("%s: got %#v, want %#v", k.name, got, want)
		}
	}
}

// TestSameConversions: we convert between BSON types and Go types as the driver
// does.
func TestSameConversions(t *testing.T) {
	ins := []any{nil, v2.Undefined{}, true, int32(0), int32(7), int32(-7), int64(1) << 40, 1.0, 1.5, -3.0, math.NaN(), "", "text", "2020-01-02T03:04:05Z",
		"0123456789abcdef01234567", v2.D{}, v2.D{{Key: "a", Value: int32(1)}}, v2.A{}, v2.A{int32(1)}, v2.Binary{Data: []byte{1, 2, 3}},
		v2.Binary{Subtype: 2, Data: []byte{1, 2, 3}}, v2.Binary{Subtype: 0x80, Data: []byte{1}}, v2.ObjectID(id), v2.DateTime(1500), v2.Regex{Pattern: "a"},
		v2.DBPointer{DB: "d", Pointer: id}, v2.JavaScript("f"), v2.Symbol("s"), v2.Timestamp{T: 7, I: 8}, v2.NewDecimal128(twelve, two), v2.MinKey{}, v2.MaxKey{}}
	outs := []any{false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), float32(0), 0.0, "", namedString(""),
		[]byte(nil), namedBytes(nil), []int(nil), [3]byte{}, [1]int{}, map[string]int(nil), map[string]any(nil), inner{}, (*int)(nil), time.Time{}, time.Duration(0),
		v2.ObjectID{}, v2.Decimal128{}, v2.Binary{}, v2.DateTime(0), v2.Timestamp{}, v2.Regex{}, v2.JavaScript(""), v2.Symbol(""), v2.DBPointer{}, v2.MinKey{}, v2.MaxKey{},
		v2.Undefined{}, v2.Null{}, v2.D(nil), v2.M(nil), v2.A(nil), v2.Raw(nil), json.Number("")}
	for _, in := range ins {
		doc, err := v2.Marshal(v2.D{{Key: "v", Value: in}})
		if err != nil {
			t.Fatal(err)
		}
		for _, out := range outs {
			s := reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(out)}})
			theirs, ours := reflect.New(s), reflect.New(s)
			theirErr, ourErr := v2.Unmarshal(doc, theirs.Interface()), bson.Unmarshal(doc, ours.Interface())
			if (theirErr != nil) != (ourErr != nil) {
				if why := conversionDiffers(in, out); why == "" {
					t.Errorf("%T(%v) into %T: driver %v, ours %v", in, in, out, theirErr, ourErr)
				}
				continue
			}
			got, want := ours.Elem().Field(0).Interface(), theirs.Elem().Field(0).Interface()
			if theirErr == nil && !reflect.DeepEqual(got, want) && written(t, nil, got) != written(t, nil, want) {
				if why := conversionDiffers(in, out); why == "" {
					t.Errorf("%T(%v) into %T: got %#v, want %#v", in, in, out, got, want)
				}
			}
		}
	}
}

// conversionDiffers returns the reason why a conversion deliberately differs from
// the driver's, or "". docs/differences.md has the same list.
func conversionDiffers(in, out any) string {
	switch out.(type) {
	case float32:
		if f, ok := in.(float64); ok && f != f {
			return "a NaN fits into a float32"
		}
	case json.Number:
		switch f, ok := in.(float64); {
		case ok && f == math.Trunc(f):
			return "a whole double has a decimal point, so that it comes back as a double"
		case ok && math.IsNaN(f):
			return "NaN is not a JSON number"
		}
		if _, ok := in.(v2.Decimal128); ok {
			return "the text of a decimal is a JSON number"
		}
	case []byte:
		if _, ok := in.(v2.A); ok {
			return "numbers are read into []byte as into every other slice"
		}
	case v2.Raw:
		if _, ok := in.(v2.A); ok {
			return "an array is not a document"
		}
	case namedBytes:
		if _, ok := in.(v2.Symbol); ok {
			return "a symbol is read into a named type as into []byte"
		}
	}
	return ""
}
