package bson_test

//lint:file-ignore U1000 the fields of some types are only their shape

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file tests the plans of the types of the driver and of google's UUID with
// types of the same shape and name. The types themselves are tested in
// interop/values, in a module that imports the driver.

const (
	driverV1 = "go.mongodb.org/mongo-driver/bson/primitive"
	driverV2 = "go.mongodb.org/mongo-driver/v2/bson"
	google   = "github.com/google/uuid"
)

type (
	// ownD is a document, as the driver's D: a slice of elements.
	ownD  []bson.E
	ownID [12]byte // of an object

	// The types below have the names and the shapes of the driver's types.

	Decimal128    struct{ h, l uint64 }
	CodeWithScope struct {
		Code  string
		Scope any
	}
	DBPointer struct {
		DB      string
		Pointer ownID
	}
	RawValue struct {
		Type  byte
		Value []byte
		extra any
	}
	RawArray []byte
	Symbol   string
	element  struct {
		Key   string
		Value any
	}
	elements []element
	Vector   struct {
		dType       byte
		int8Data    []int8
		float32Data []float32
		bitData     []byte
		bitPadding  uint8
	}
)

func (v Vector) Binary() bson.Binary {
	var w bson.Vector
	switch v.dType {
	case bson.VectorInt8:
		w = bson.NewVector(v.int8Data)
	case bson.VectorFloat32:
		w = bson.NewVector(v.float32Data)
	case bson.VectorPackedBit:
		w, _ = bson.NewPackedBitVector(v.bitData, v.bitPadding)
	}
	return w.Binary()
}

// standIns returns options with the types above in place of those of the package
// with the given import path.
func standIns(path string) (bson.EncodeOptions, bson.DecodeOptions) {
	c := bson.StandIns(path, reflect.TypeFor[Decimal128](), reflect.TypeFor[CodeWithScope](), reflect.TypeFor[DBPointer](),
		reflect.TypeFor[RawValue](), reflect.TypeFor[RawArray](), reflect.TypeFor[Symbol](), reflect.TypeFor[Vector](), reflect.TypeFor[elements]())
	return bson.EncodeOptions{Codecs: c}, bson.DecodeOptions{Codecs: c}
}

// TestStandIns: a type of the driver is written as our type for the same value,
// and is read from these bytes and from a null. Every other BSON type that it
// cannot hold is a fault.
func TestStandIns(t *testing.T) {
	id := objectid.ID{1, 2, 3, 11: 12}
	scope := bson.D{{Key: "n", Value: int32(1)}}
	bits, err := bson.NewPackedBitVector([]byte{0xf0, 0xe0}, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{driverV1, driverV2} {
		encode, decode := standIns(path)
		for _, tc := range []struct{ theirs, ours any }{
			{Decimal128{0x3040000000000000, 12}, decimal128.FromBits(0x3040000000000000, 12)},
			{CodeWithScope{"f()", scope}, bson.CodeWithScope{Code: "f()", Scope: scope}},
			{DBPointer{"d.c", ownID(id)}, bson.DBPointer{DB: "d.c", Pointer: id}},
			{RawValue{byte(bson.TypeInt32), []byte{1, 2, 3, 4}, nil}, int32(0x04030201)},
			{RawArray("\x08\x00\x00\x00\x0a0\x00\x00"), bson.A{nil}},
			{Symbol("s"), bson.Symbol("s")},
			{elements{{"a", int32(1)}, {"a", nil}}, bson.D{{Key: "a", Value: int32(1)}, {Key: "a"}}},
			{elements{}, bson.D{}},
			{Vector{dType: bson.VectorInt8, int8Data: []int8{-1, 2}}, bson.NewVector([]int8{-1, 2})},
			{Vector{dType: bson.VectorFloat32, float32Data: []float32{1.5}}, bson.NewVector([]float32{1.5})},
			{Vector{dType: bson.VectorPackedBit, bitData: []byte{0xf0, 0xe0}, bitPadding: 5}, bits},
		} {
			typ := reflect.TypeOf(tc.theirs)
			want, err := bson.Marshal(bson.D{{Key: "v", Value: tc.ours}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := encode.Marshal(bson.D{{Key: "v", Value: tc.theirs}})
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %v is written as %s, %v, want %s", path, typ, bson.Raw(got), err, bson.Raw(want))
			}
			if got, err := readStandIn(decode, reflect.Zero(typ).Interface(), want); err != nil || !reflect.DeepEqual(got, tc.theirs) {
				t.Errorf("%s: %v is read as %+v, %v, want %+v", path, typ, got, err, tc.theirs)
			}
			if typ == reflect.TypeFor[RawValue]() { // holds every type
				continue
			}
			null, err := bson.Marshal(bson.D{{Key: "v"}})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := readStandIn(decode, tc.theirs, null); err != nil || !reflect.ValueOf(got).IsZero() {
				t.Errorf("%s: %v is read from a null as %+v, %v", path, typ, got, err)
			}
			boolean, err := bson.Marshal(bson.D{{Key: "v", Value: true}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = readStandIn(decode, tc.theirs, boolean)
			if c := conversionOf(t, err); c.Pointer != "/v" || c.Type != bson.TypeBoolean {
				t.Errorf("%s: %v is read from a boolean: %+v", path, typ, c)
			}
		}
	}
}

// readStandIn reads the one value of doc over old and returns the new value.
func readStandIn(o bson.DecodeOptions, old any, doc []byte) (any, error) {
	out := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(old)}}))
	out.Elem().Field(0).Set(reflect.ValueOf(old))
	err := o.Unmarshal(doc, out.Interface())
	return out.Elem().Field(0).Interface(), err
}

// TestStandInShapes: a type with the name of one of the driver's types, but
// another shape, has no special plan. Neither has a type of the right shape in
// another package.
func TestStandInShapes(t *testing.T) {
	type UUID [16]byte
	const core = "go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
	others := map[string][]reflect.Type{
		"example.org/bson": {reflect.TypeFor[Decimal128](), reflect.TypeFor[Symbol](), reflect.TypeFor[UUID]()},
		google:             {reflect.TypeFor[Decimal128](), reflect.TypeFor[Symbol]()},
		core:               {reflect.TypeFor[Decimal128](), reflect.TypeFor[RawArray]()},
		driverV1:           {reflect.TypeFor[UUID]()},
		driverV2:           {reflect.TypeFor[UUID]()},
	}
	other := func(typ reflect.Type) { others[driverV2] = append(others[driverV2], typ) }
	{
		type Decimal128 struct{ h uint64 }
		other(reflect.TypeFor[Decimal128]())
	}
	{
		type Decimal128 struct{ h, l, m uint64 }
		other(reflect.TypeFor[Decimal128]())
	}
	{
		type Decimal128 struct{ h, lo uint64 }
		other(reflect.TypeFor[Decimal128]())
	}
	{
		type Decimal128 struct {
			h uint64
			l int64
		}
		other(reflect.TypeFor[Decimal128]())
	}
	{
		type Decimal128 [2]uint64
		other(reflect.TypeFor[Decimal128]())
	}
	{
		type CodeWithScope struct{ Code, Scope string }
		other(reflect.TypeFor[CodeWithScope]())
	}
	{
		type DBPointer struct {
			DB      string
			Pointer [11]byte
		}
		other(reflect.TypeFor[DBPointer]())
	}
	{
		type RawValue struct{ Type, Value []byte }
		other(reflect.TypeFor[RawValue]())
	}
	{
		type RawArray string
		other(reflect.TypeFor[RawArray]())
	}
	{
		type Symbol int
		other(reflect.TypeFor[Symbol]())
	}
	{
		type Vector struct { // no method
			dType       byte
			int8Data    []int8
			float32Data []float32
			bitData     []byte
			bitPadding  uint8
		}
		other(reflect.TypeFor[Vector]())
	}
	for path, types := range others {
		for _, typ := range types {
			if bson.StandIns(path, typ).Handles(typ) {
				t.Errorf("%v of %s has a special plan", typ, path)
			}
		}
	}
}

// TestOwnElements: a named slice of elements is a document, as D is. Null makes
// it nil, and a fault leaves it as it was.
func TestOwnElements(t *testing.T) {
	type holder struct{ V ownD }
	for _, tc := range []struct {
		ours bson.D
		want ownD
	}{
		{bson.D{}, ownD{}},
		{bson.D{{Key: "a", Value: int32(1)}, {Key: "a", Value: bson.D{{Key: "b"}}}}, ownD{{Key: "a", Value: int32(1)}, {Key: "a", Value: bson.D{{Key: "b"}}}}},
		{nil, nil},
	} {
		want, err := bson.Marshal(struct{ V bson.D }{tc.ours})
		if err != nil {
			t.Fatal(err)
		}
		got, err := bson.Marshal(holder{tc.want})
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v is written as %s, %v, want %s", tc.want, bson.Raw(got), err, bson.Raw(want))
		}
		out := holder{ownD{{Key: "old"}}}
		if err := bson.Unmarshal(want, &out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, out.V); diff != "" {
			t.Errorf("%s (-want +got):\n%s", bson.Raw(want), diff)
		}
	}
	out := holder{ownD{{Key: "old"}}}
	doc, err := bson.Marshal(bson.D{{Key: "v", Value: "text"}})
	if err != nil {
		t.Fatal(err)
	}
	if c := conversionOf(t, bson.Unmarshal(doc, &out)); c.Pointer != "/v" || c.Type != bson.TypeString {
		t.Errorf("fault %+v, want one at /v", c)
	}
	if diff := cmp.Diff(ownD{{Key: "old"}}, out.V); diff != "" {
		t.Errorf("after a fault (-want +got):\n%s", diff)
	}
}

// TestStandInUUID: a [16]byte with the name of google's UUID is written as the
// options say, and is read from text and from each form of a binary.
func TestStandInUUID(t *testing.T) {
	type UUID [16]byte
	id := UUID{0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}
	c := bson.StandIns(google, reflect.TypeFor[UUID]())
	encode, decode := bson.EncodeOptions{Codecs: c}, bson.DecodeOptions{Codecs: c}
	for _, tc := range []struct {
		as    bson.UUIDRepresentation
		value any
	}{
		{bson.UUIDUnspecified, bson.Binary{Data: id[:]}},
		{bson.UUIDStandard, bson.Binary{Subtype: 4, Data: id[:]}},
		{bson.UUIDPythonLegacy, bson.Binary{Subtype: 3, Data: id[:]}},
	} {
		want, err := bson.Marshal(bson.D{{Key: "v", Value: tc.value}})
		if err != nil {
			t.Fatal(err)
		}
		encode.UUIDRepresentation, decode.UUIDRepresentation = tc.as, tc.as
		got, err := encode.Marshal(bson.D{{Key: "v", Value: id}})
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v: written as %s, %v, want %s", tc.as, bson.Raw(got), err, bson.Raw(want))
		}
		if got, err := readStandIn(decode, UUID{}, want); err != nil || got != id {
			t.Errorf("%v: read as %v, %v, want %v", tc.as, got, err, id)
		}
	}
	for text, want := range map[string]any{
		"00112233-4455-6677-8899-aabbccddeeff": id,
		"00112233-4455-6677-8899-aabbccddeefg": UUID{1}, // stays
	} {
		doc, err := bson.Marshal(bson.D{{Key: "v", Value: text}})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readStandIn(decode, UUID{1}, doc); got != want || (err == nil) != (want == any(id)) {
			t.Errorf("%s is read as %v, %v, want %v", text, got, err, want)
		}
	}
}
