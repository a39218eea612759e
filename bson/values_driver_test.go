package bson_test

//lint:file-ignore U1000 the fields of some types are only their shape

import (
	"bytes"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	shopspring "github.com/shopspring/decimal"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file tests the plans of the types of the driver and of google's UUID with
// types of the same shape and name. The types themselves are tested in
// interop/values, in a module that imports the driver.

const (
	driverV1     = "go.mongodb.org/mongo-driver/bson/primitive"
	driverV1Bson = "go.mongodb.org/mongo-driver/bson"
	driverV1Core = "go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
	driverV2     = "go.mongodb.org/mongo-driver/v2/bson"
	driverV2Core = "go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
	google       = "github.com/google/uuid"
	shopspringV1 = "github.com/shopspring/decimal"
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
	E        struct {
		Key   string
		Value any
	}
	elements    []E
	foreignUUID [16]byte
	Vector      struct {
		dType       byte
		int8Data    []int8
		float32Data []float32
		bitData     []byte
		bitPadding  uint8
	}
)

func (foreignUUID) MarshalText() ([]byte, error) { return []byte("text of a UUID"), nil }

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
	for _, path := range []string{driverV1, driverV1Bson, driverV2} {
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

// scaledNumber has the methods of a decimal of another package that are used to
// write it.
type scaledNumber struct{}

func (scaledNumber) Coefficient() *big.Int { return big.NewInt(12) }
func (scaledNumber) Exponent() int32       { return -1 }

// A Decimal is one with the methods to read it as well, which refuse the text.
type Decimal struct{ scaledNumber }

func (*Decimal) UnmarshalText(text []byte) error { return errors.New("no decimal: " + string(text)) }

// TestStandInFaults: values of the driver's types that cannot be written or
// read, and those that are null.
func TestStandInFaults(t *testing.T) {
	type Document []byte
	type Array []byte
	for _, core := range []string{driverV1Core, driverV2Core} {
		c := bson.StandIns(core, reflect.TypeFor[Document](), reflect.TypeFor[Array]())
		in := bson.D{{Key: "d", Value: Document("\x05\x00\x00\x00\x00")}, {Key: "a", Value: Array("\x08\x00\x00\x00\x0a0\x00\x00")}, {Key: "n", Value: Array(nil)}}
		want := bson.D{{Key: "d", Value: bson.D{}}, {Key: "a", Value: bson.A{nil}}, {Key: "n"}}
		if diff := cmp.Diff(want, marshalled(t, bson.EncodeOptions{Codecs: c}, in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", core, diff)
		}
		for _, e := range in[:2] {
			doc, err := bson.EncodeOptions{Codecs: c}.Marshal(bson.D{{Key: "v", Value: e.Value}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := readStandIn(bson.DecodeOptions{Codecs: c}, reflect.Zero(reflect.TypeOf(e.Value)).Interface(), doc)
			if diff := cmp.Diff(e.Value, got); err != nil || diff != "" {
				t.Errorf("%s, %T: %v (-want +got):\n%s", core, e.Value, err, diff)
			}
		}
	}

	encode, decode := standIns(driverV2)
	for _, tc := range []struct {
		in   any
		want any // a value, or a sentinel
	}{
		{RawArray(nil), nil},
		{elements(nil), nil},
		{RawValue{Type: byte(bson.TypeNull)}, nil},
		{RawValue{Type: byte(bson.TypeMinKey)}, bson.MinKey{}},
		{RawValue{Type: byte(bson.TypeDocument)}, bson.ErrLength},
		{RawValue{Type: byte(bson.TypeInt32), Value: []byte{1}}, bson.ErrLength},
		{RawArray("\x05"), bson.ErrLength},
		{Vector{}, bson.ErrVector},
		{CodeWithScope{"\xff", nil}, bson.ErrUTF8},
		{CodeWithScope{"", 1}, bson.ErrNotDocument},
		{DBPointer{"\xff", ownID{}}, bson.ErrUTF8},
	} {
		doc, err := encode.Marshal(bson.D{{Key: "v", Value: tc.in}})
		if sentinel, ok := tc.want.(error); ok {
			if !errors.Is(err, sentinel) || doc != nil {
				t.Errorf("%T: %x, %v, want %v", tc.in, doc, err, sentinel)
			}
			continue
		}
		want, _ := bson.Marshal(bson.D{{Key: "v", Value: tc.want}})
		if err != nil || !bytes.Equal(doc, want) {
			t.Errorf("%T: %x, %v, want %x", tc.in, doc, err, want)
		}
	}
	if diff := cmp.Diff(bson.D{{Key: "v", Value: bson.D{}}}, marshalled(t, bson.EncodeOptions{Codecs: encode.Codecs, NilSliceAsEmpty: true}, bson.D{{Key: "v", Value: elements(nil)}})); diff != "" {
		t.Errorf("nil elements with NilSliceAsEmpty (-want +got):\n%s", diff)
	}

	// A fault leaves the old value.
	doc, err := bson.Marshal(bson.D{{Key: "v", Value: bson.Binary{Subtype: 9, Data: []byte{3}}}})
	if err != nil {
		t.Fatal(err)
	}
	old := Vector{dType: bson.VectorInt8, int8Data: []int8{5}}
	if got, err := readStandIn(decode, old, doc); !errors.Is(err, bson.ErrVector) || !reflect.DeepEqual(got, old) {
		t.Errorf("vector of one byte: %+v, %v", got, err)
	}

	c := bson.StandIns(shopspringV1, reflect.TypeFor[Decimal]())
	if got := marshalled(t, bson.EncodeOptions{Codecs: c}, bson.D{{Key: "v", Value: Decimal{}}}); got[0].Value != mustDecimal("1.2") {
		t.Errorf("decimal of another package: %v", got)
	}
	for _, tc := range []struct {
		in   any
		says string
	}{
		{mustDecimal("1.20"), "no decimal: 120E-2"}, {int32(7), "no decimal: 7E0"}, {"x", "no decimal: x"},
	} {
		doc, err := bson.Marshal(bson.D{{Key: "v", Value: tc.in}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = readStandIn(bson.DecodeOptions{Codecs: c}, Decimal{}, doc)
		if got := conversionOf(t, err); got.Pointer != "/v" || !errors.Is(err, bson.ErrHook) || !strings.HasSuffix(err.Error(), tc.says) {
			t.Errorf("decimal from %v: %v, want %s", tc.in, err, tc.says)
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
	others := map[string][]reflect.Type{
		"example.org/bson": {reflect.TypeFor[Decimal128](), reflect.TypeFor[Symbol](), reflect.TypeFor[UUID](), reflect.TypeFor[elements]()},
		google:             {reflect.TypeFor[Decimal128](), reflect.TypeFor[Symbol](), reflect.TypeFor[elements]()},
		driverV1Core:       {reflect.TypeFor[Decimal128](), reflect.TypeFor[RawArray](), reflect.TypeFor[Symbol](), reflect.TypeFor[elements]()},
		driverV2Core:       {reflect.TypeFor[Decimal128](), reflect.TypeFor[RawArray](), reflect.TypeFor[Symbol](), reflect.TypeFor[elements]()},
		driverV1:           {reflect.TypeFor[UUID]()},
		driverV2:           {reflect.TypeFor[UUID]()},
		shopspringV1:       {reflect.TypeFor[Symbol]()},
	}
	{
		type UUID string
		others[google] = append(others[google], reflect.TypeFor[UUID]())
	}
	{
		type Array string
		type Document struct{}
		others[driverV2Core] = append(others[driverV2Core], reflect.TypeFor[Array](), reflect.TypeFor[Document]())
	}
	{
		type Decimal struct{}              // no methods
		type scaled struct{ scaledNumber } // another name
		type other struct{ shopspring.Decimal }
		others[shopspringV1] = append(others[shopspringV1], reflect.TypeFor[Decimal](), reflect.TypeFor[scaled](), reflect.TypeFor[other]())
	}
	{
		type Decimal struct{ scaledNumber } // cannot be read
		others[shopspringV1] = append(others[shopspringV1], reflect.TypeFor[Decimal]())
	}
	other := func(typ reflect.Type) { others[driverV2] = append(others[driverV2], typ) }
	{
		type E struct { // one field more
			Key   string
			Value any
			More  int
		}
		other(reflect.TypeFor[[]E]())
	}
	{
		type F struct { // another name
			Key   string
			Value any
		}
		other(reflect.TypeFor[[]F]())
	}
	{
		type Vector struct { // no method, and the first field is another
			dType       string
			int8Data    []int8
			float32Data []float32
			bitData     []byte
			bitPadding  uint8
		}
		other(reflect.TypeFor[Vector]())
	}
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
	type UUID = foreignUUID
	id := UUID{0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}
	c := bson.StandIn(google, "UUID", reflect.TypeFor[UUID]())
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
	texts := bson.EncodeOptions{Codecs: c, TextMarshalers: true}
	for as, want := range map[bson.UUIDRepresentation]any{
		bson.UUIDUnspecified: "text of a UUID",
		bson.UUIDStandard:    bson.Binary{Subtype: 4, Data: id[:]},
	} {
		texts.UUIDRepresentation = as
		if diff := cmp.Diff(bson.D{{Key: "v", Value: want}}, marshalled(t, texts, bson.D{{Key: "v", Value: id}})); diff != "" {
			t.Errorf("TextMarshalers, %v (-want +got):\n%s", as, diff)
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
