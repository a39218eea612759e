package bson_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	shopspring "github.com/shopspring/decimal"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

func mustID(s string) objectid.ID {
	id, err := objectid.Parse(s)
	if err != nil {
		panic(err)
	}
	return id
}

func mustDecimal(s string) decimal128.Decimal {
	d, err := decimal128.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

var anID = mustID("56e1fc72e0c917e9c4714161")

// unhex returns the bytes of s, which is hexadecimal.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// bits compares doubles and vectors by their bits, so that NaN equals itself
// and zeros of different sign differ.
var bits = cmp.Options{
	cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
	cmp.Comparer(func(a, b decimal128.Decimal) bool { return a == b }),
	cmp.Comparer(func(a, b bson.Vector) bool { return a == b }),
}

// TestAnyValues: every value that an any can hold has the given bytes and is
// read back from them.
func TestAnyValues(t *testing.T) {
	for _, tc := range []struct {
		name string
		v    any
		typ  bson.Type
		data string // hex
	}{
		{"double", 1.5, bson.TypeDouble, "000000000000f83f"},
		{"minus zero", math.Copysign(0, -1), bson.TypeDouble, "0000000000000080"},
		{"NaN with payload", math.Float64frombits(0x7ff8000000000123), bson.TypeDouble, "230100000000f87f"},
		{"signalling NaN", math.Float64frombits(0xfff0000000000001), bson.TypeDouble, "010000000000f0ff"},
		{"string", "é\x00", bson.TypeString, "04000000c3a90000"},
		{"empty string", "", bson.TypeString, "0100000000"},
		{"document", bson.D{{"b", int32(1)}, {"a", nil}, {"b", nil}}, bson.TypeDocument, "12000000106200010000000a61000a620000"},
		{"empty document", bson.D{}, bson.TypeDocument, "0500000000"},
		{"array", bson.A{true, bson.A{}}, bson.TypeArray, "11000000083000010431000500000000" + "00"},
		{"binary", bson.Binary{Subtype: 0, Data: []byte{1, 2}}, bson.TypeBinary, "02000000000102"},
		{"binary 2", bson.Binary{Subtype: 2, Data: []byte{1}}, bson.TypeBinary, "05000000020100000001"},
		{"binary 4", bson.Binary{Subtype: 4, Data: make([]byte, 16)}, bson.TypeBinary, "1000000004" + "00000000000000000000000000000000"},
		{"binary 255", bson.Binary{Subtype: 255, Data: []byte{}}, bson.TypeBinary, "00000000ff"},
		{"undefined", bson.Undefined{}, bson.TypeUndefined, ""},
		{"id", anID, bson.TypeObjectID, "56e1fc72e0c917e9c4714161"},
		{"false", false, bson.TypeBoolean, "00"},
		{"datetime", bson.DateTime(-1), bson.TypeDateTime, "ffffffffffffffff"},
		{"null", nil, bson.TypeNull, ""},
		{"regex", bson.Regex{Pattern: "a/b", Options: "ix"}, bson.TypeRegex, "612f6200697800"},
		{"dbPointer", bson.DBPointer{DB: "d.c", Pointer: anID}, bson.TypeDBPointer, "04000000642e630056e1fc72e0c917e9c4714161"},
		{"code", bson.Code("f()"), bson.TypeCode, "04000000662829" + "00"},
		{"symbol", bson.Symbol("s"), bson.TypeSymbol, "020000007300"},
		{"code with scope", bson.CodeWithScope{Code: "x", Scope: bson.D{{"a", int64(1)}}}, bson.TypeCodeWithScope,
			"1a0000000200000078001000000012610001000000000000" + "0000"},
		{"int32", int32(-2), bson.TypeInt32, "feffffff"},
		{"timestamp", bson.Timestamp{T: 1, I: 2}, bson.TypeTimestamp, "0200000001000000"},
		{"int64", int64(2), bson.TypeInt64, "0200000000000000"},
		{"decimal", mustDecimal("1.20"), bson.TypeDecimal128, "78000000000000000000000000003c30"},
		{"decimal NaN with sign", decimal128.FromBits(0xfc00000000000000, 7), bson.TypeDecimal128, "070000000000000000000000000000fc"},
		{"min key", bson.MinKey{}, bson.TypeMinKey, ""},
		{"max key", bson.MaxKey{}, bson.TypeMaxKey, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			typ, data, err := bson.MarshalValue(tc.v)
			if err != nil || typ != tc.typ || hex.EncodeToString(data) != tc.data {
				t.Errorf("MarshalValue = %v, %x, %v, want %v, %s", typ, data, err, tc.typ, tc.data)
			}
			var got any
			if err := bson.UnmarshalValue(tc.typ, unhex(tc.data), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.v, got, bits); diff != "" {
				t.Errorf("UnmarshalValue into any (-want +got):\n%s", diff)
			}
			if tc.v == nil {
				return
			}
			// The same into a variable of its type.
			own := reflect.New(reflect.TypeOf(tc.v))
			if err := bson.UnmarshalValue(tc.typ, unhex(tc.data), own.Interface()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.v, own.Elem().Interface(), bits); diff != "" {
				t.Errorf("UnmarshalValue into %T (-want +got):\n%s", tc.v, diff)
			}
		})
	}
}

// TestSamples: generated documents are read and written back as the same bytes,
// with every kind of any.
func TestSamples(t *testing.T) {
	for _, mix := range []sample.Mix{sample.Collection, sample.Bench, sample.Wild} {
		for i, doc := range sample.Documents(mix, sample.Seed, 300) {
			var d bson.D
			if err := bson.Unmarshal(doc, &d); err != nil {
				t.Fatal(mix, i, err)
			}
			got, err := bson.Marshal(d)
			if err != nil || !bytes.Equal(got, doc) {
				t.Fatalf("mix %v document %d: Marshal: %v", mix, i, err)
			}
			withRefs, err := roundTrip(bson.DecodeOptions{DBRefs: true, UUIDRepresentation: bson.UUIDStandard, TimeInAny: true, BinaryAsBytes: true}, doc)
			if err != nil || !bytes.Equal(withRefs, doc) {
				t.Fatalf("mix %v document %d: with options: %v", mix, i, err)
			}
		}
	}
}

func roundTrip(o bson.DecodeOptions, doc []byte) ([]byte, error) {
	var v any
	if err := o.UnmarshalValue(bson.TypeDocument, doc, &v); err != nil {
		return nil, err
	}
	return bson.Marshal(v)
}

type (
	myInt    int16
	myFloat  float64
	myString string
	myBytes  []byte
	myD      bson.D
	myMap    map[myString]any
	namedMap map[string]any
	wholeInt int
)

// A keyed is a key by its method.
type keyed struct{ s string }

func (k *keyed) MarshalKey() (string, error) { return "key " + k.s, nil }

// TestEncodes: the BSON of Go values of all kinds.
func TestEncodes(t *testing.T) {
	address := netip.MustParseAddr("10.1.2.3")
	link, _ := url.Parse("https://example.org/a?b=c")
	seven := 7
	for _, tc := range []struct {
		name string
		in   any
		want any
	}{
		{"int8", int8(-1), int32(-1)},
		{"int16", myInt(-300), int32(-300)},
		{"uint8", uint8(255), int32(255)},
		{"uint16", uint16(65535), int32(65535)},
		{"int small", 1, int32(1)},
		{"uint large", uint(1 << 31), int64(1 << 31)},
		{"uint", uint(1), int64(1)},
		{"uint32", uint32(1), int64(1)},
		{"uint64", uint64(math.MaxInt64), int64(math.MaxInt64)},
		{"int of 32 bits", math.MaxInt32, int32(math.MaxInt32)},
		{"named int", wholeInt(-7), int32(-7)},
		{"ints", []int{math.MinInt32, math.MaxInt32}, bson.A{int32(math.MinInt32), int32(math.MaxInt32)}},
		{"true", true, true},
		{"false", false, false},
		{"float32", float32(0.5), 0.5},
		{"named string", myString("s"), "s"},
		{"bytes", []byte{1}, bson.Binary{Data: []byte{1}}},
		{"named bytes", myBytes{1}, bson.Binary{Data: []byte{1}}},
		{"byte array", [2]byte{1, 2}, bson.Binary{Data: []byte{1, 2}}},
		{"nil bytes", []byte(nil), nil},
		{"nil Raw", bson.Raw(nil), nil},
		{"slice", []string{"a"}, bson.A{"a"}},
		{"nil slice", []string(nil), nil},
		{"array", [2]int{1, 2}, bson.A{int32(1), int32(2)}},
		{"nil map", map[string]int(nil), nil},
		{"map sorted", map[string]int{"b": 1, "a": 2, "": 3}, bson.D{{"", int32(3)}, {"a", int32(2)}, {"b", int32(1)}}},
		{"map of ints", map[int]bool{2: true, -1: false, 10: true}, bson.D{{"-1", false}, {"10", true}, {"2", true}}},
		{"map of uints", map[uint8]bool{2: true}, bson.D{{"2", true}}},
		{"map of texts", map[netip.Addr]int{address: 1}, bson.D{{"10.1.2.3", int32(1)}}},
		{"map of ids", map[objectid.ID]int{anID: 1}, bson.D{{anID.String(), int32(1)}}},
		{"named map", myMap{"a": 1}, bson.D{{"a", int32(1)}}},
		{"map of keys with a method", map[*keyed]int{{"a"}: 1, nil: 2}, bson.D{{"", int32(2)}, {"key a", int32(1)}}},
		{"map of pointers to texts", map[*lower]int{{"A"}: 1, nil: 2}, bson.D{{"", int32(2)}, {"a", int32(1)}}},
		{"map of any keys", map[any]int{1: 1, "a": 2, uint8(3): 3, lower{"B"}: 4}, bson.D{{"1", int32(1)}, {"3", int32(3)}, {"a", int32(2)}, {"b", int32(4)}}},
		{"map of any with a name", namedMap{"b": 1, "a": nil}, bson.D{{"a", nil}, {"b", int32(1)}}},
		{"interfaces", []fmt.Stringer{nil, bson.MinKey{}}, bson.A{nil, bson.MinKey{}}},
		{"M", bson.M{"b": nil, "a": bson.M{}}, bson.D{{"a", bson.D{}}, {"b", nil}}},
		{"named D", myD{{"a", 1}}, bson.D{{"a", int32(1)}}},
		{"slice of E", []bson.E{{"a", 1}}, bson.D{{"a", int32(1)}}},
		{"array of E", [1]bson.E{{"a", 1}}, bson.D{{"a", int32(1)}}},
		{"nil D", bson.D(nil), nil},
		{"nil A", bson.A(nil), nil},
		{"pointer", &seven, int32(7)},
		{"nil pointer", (*int)(nil), nil},
		{"pointer to pointer", ptrTo(&seven), int32(7)},
		{"time", time.Unix(1, 999999999), bson.DateTime(1999)},
		{"time before 1970", time.Unix(-1, 1), bson.DateTime(-1000)},
		{"duration", 2 * time.Second, int64(2e9)},
		{"URL", *link, link.String()},
		{"URL pointer", link, link.String()},
		{"address", address, "10.1.2.3"},
		{"prefix", netip.MustParsePrefix("10.0.0.0/8"), "10.0.0.0/8"},
		{"json integer", json.Number("7"), int64(7)},
		{"json fraction", json.Number("7.5"), 7.5},
		{"json whole double", json.Number("7.0"), 7.0},
		{"json exponent", json.Number("7E+2"), 700.0},
		{"json beyond int64", json.Number("9223372036854775808"), 0x1p63},
		{"shopspring", shopspring.RequireFromString("1.20"), mustDecimal("1.20")},
		{"regexp", regexp.MustCompile("(?i)a+"), bson.Regex{Pattern: "(?i)a+"}},
		{"big", big.NewInt(123), "123"},
		{"UUID", bson.UUID{1}, bson.Binary{Subtype: 4, Data: append([]byte{1}, make([]byte, 15)...)}},
		{"vector", bson.NewVector([]int8{-1}), bson.Binary{Subtype: 9, Data: []byte{3, 0, 255}}},
		{"DBRef", bson.DBRef{Ref: "c", ID: 1, DB: "d", Extra: bson.D{{"x", 2}}},
			bson.D{{"$ref", "c"}, {"$id", int32(1)}, {"$db", "d"}, {"x", int32(2)}}},
		{"Raw", bson.Raw("\x05\x00\x00\x00\x00"), bson.D{}},
		{"RawValue", bson.RawValue{Type: bson.TypeInt32, Value: []byte{1, 0, 0, 0}}, int32(1)},
		{"RawValue of no bytes", bson.RawValue{Type: bson.TypeMinKey}, bson.MinKey{}},
		{"scope nil", bson.CodeWithScope{Code: "c"}, bson.CodeWithScope{Code: "c", Scope: bson.D{}}},
		{"struct", struct {
			ID   objectid.ID `bson:"_id"`
			Name string
		}{anID, "x"}, bson.D{{"_id", anID}, {"name", "x"}}},
		{"Null", bson.Null{}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			check := func(in any) {
				t.Helper()
				doc, err := bson.Marshal(bson.D{{"v", in}})
				if err != nil {
					t.Fatal(err)
				}
				if err := bson.Validate(doc); err != nil {
					t.Fatalf("Marshal made an invalid document: %v", err)
				}
				var got bson.D
				if err := bson.Unmarshal(doc, &got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(bson.D{{"v", tc.want}}, got, bits); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
			check(tc.in)
			check(&tc.in)
			// As a field of a struct, with and without an address, and as
			// what a map holds.
			field := []reflect.StructField{{Name: "V", Type: reflect.TypeOf(tc.in)}}
			v := reflect.New(reflect.StructOf(field))
			v.Elem().Field(0).Set(reflect.ValueOf(tc.in))
			for _, s := range []any{v.Interface(), v.Elem().Interface()} {
				var got bson.D
				doc, err := bson.Marshal(s)
				if err != nil {
					t.Fatal(err)
				}
				if err := bson.Unmarshal(doc, &got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(bson.D{{"v", tc.want}}, got, bits); diff != "" {
					t.Errorf("in a struct (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestLargeInts: an int that does not fit an int32 is an int64, wherever it
// stands.
func TestLargeInts(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("an int has 32 bits")
	}
	for _, n := range []int64{math.MaxInt32 + 1, math.MinInt32 - 1} {
		v := int(n)
		for _, in := range []any{v, wholeInt(v), &v} {
			want := bson.D{{"a", n}}
			for _, doc := range []any{bson.D{{"a", in}}, map[string]any{"a": in}, struct{ A any }{in}, struct{ A int }{v}, map[string]int{"a": v}} {
				if diff := cmp.Diff(want, marshalled(t, bson.EncodeOptions{}, doc)); diff != "" {
					t.Errorf("%T in %T (-want +got):\n%s", in, doc, diff)
				}
			}
		}
	}
}

func ptrTo[T any](v T) *T { return &v }

// TestDecodes: the values of documents in destinations of all kinds.
func TestDecodes(t *testing.T) {
	utc := time.UnixMilli(1700000000123).UTC()
	for _, tc := range []struct {
		name string
		in   any
		want any // and the type of the destination
	}{
		{"int8", int32(-128), int8(-128)},
		{"int", int32(-7), -7},
		{"int32", int32(-7), int32(-7)},
		{"int64", int64(-7), int64(-7)},
		{"double", -0.1, -0.1},
		{"bool", true, true},
		{"string", "s", "s"},
		{"id", anID, anID},
		{"DateTime", bson.DateTime(-7), bson.DateTime(-7)},
		{"decimal", mustDecimal("-0.10"), mustDecimal("-0.10")},
		{"Binary", bson.Binary{Subtype: 5, Data: []byte{1}}, bson.Binary{Subtype: 5, Data: []byte{1}}},
		{"int from int64", int64(5), 5},
		{"int from double", 5.0, 5},
		{"int from bool", true, 1},
		{"int from false", false, 0},
		{"uint from false", false, uint8(0)},
		{"uint64", int64(5), uint64(5)},
		{"uint8 from double", 255.0, uint8(255)},
		{"float from int", int32(2), 2.0},
		{"float from int64", int64(2), 2.0},
		{"float32", 0.5, float32(0.5)},
		{"bool from int", int32(2), true},
		{"bool from double", 0.0, false},
		{"string from symbol", bson.Symbol("s"), "s"},
		{"string from bytes", []byte("s"), "s"},
		{"named string", "s", myString("s")},
		{"bytes from string", "s", []byte("s")},
		{"bytes", []byte{1}, []byte{1}},
		{"named bytes", []byte{1}, myBytes{1}},
		{"byte array", []byte{1, 2}, [2]byte{1, 2}},
		{"byte array from UUID", bson.UUID{3}, [16]byte{3}},
		{"slice", bson.A{int32(1), 2.0}, []int{1, 2}},
		{"array", bson.A{int32(1)}, [2]int{1, 0}},
		{"map", bson.D{{"a", int32(1)}}, map[string]int{"a": 1}},
		{"map of ints", bson.D{{"-3", int32(1)}}, map[int8]int{-3: 1}},
		{"map of int64s", bson.D{{"-9", int32(1)}, {"19", int32(2)}}, map[int64]int{-9: 1, 19: 2}},
		{"map of uints", bson.D{{"3", int32(1)}}, map[uint]int{3: 1}},
		{"map of texts", bson.D{{"10.1.2.3", true}}, map[netip.Addr]bool{netip.MustParseAddr("10.1.2.3"): true}},
		{"map of ids", bson.D{{anID.String(), true}}, map[objectid.ID]bool{anID: true}},
		{"M", bson.D{{"a", bson.D{}}}, bson.M{"a": bson.D{}}},
		{"map of any", bson.D{{"a", bson.A{}}}, map[string]any{"a": bson.A{}}},
		{"named map", bson.D{{"a", "x"}}, myMap{"a": "x"}},
		{"named map of any", bson.D{{"a", bson.D{}}}, namedMap{"a": bson.D{}}},
		{"named D", bson.D{{"a", "x"}}, myD{{"a", "x"}}},
		{"slice of E", bson.D{{"a", "x"}}, []bson.E{{"a", "x"}}},
		{"array of E", bson.D{{"a", "x"}}, [2]bson.E{{"a", "x"}}},
		{"null array of E", nil, [2]bson.E{}},
		{"any slice", bson.A{"x"}, []any{"x"}},
		{"pointer", int32(3), ptrTo(3)},
		{"null pointer", nil, (*int)(nil)},
		{"null int", nil, 0},
		{"null slice", nil, []int(nil)},
		{"undefined", bson.Undefined{}, ""},
		{"time", utc, utc},
		{"time from int64", int64(1700000000123), utc},
		{"time from text", "2023-11-14T22:13:20.123Z", utc},
		{"time from timestamp", bson.Timestamp{T: 1700000000, I: 9}, utc.Truncate(time.Second)},
		{"duration", int64(5), time.Duration(5)},
		{"URL", "http://x/", url.URL{Scheme: "http", Host: "x", Path: "/"}},
		{"json.Number double", 2.5, json.Number("2.5")},
		{"json.Number whole double", 25.0, json.Number("25.0")},
		{"json.Number large double", 1e300, json.Number("1.0E+300")},
		{"json.Number int", int64(25), json.Number("25")},
		{"json.Number int32", int32(-25), json.Number("-25")},
		{"json.Number decimal", mustDecimal("2.50"), json.Number("2.50")},
		{"big from int", int64(7), *big.NewInt(7)},
		{"big from double", 1e23, *bigOf("99999999999999991611392")},
		{"big from minus zero", math.Copysign(0, -1), *big.NewInt(0)},
		{"shopspring from double", -9.99, shopspring.RequireFromString("-9.99")},
		{"big from text", "123456789012345678901234567890", *bigOf("123456789012345678901234567890")},
		{"big from decimal", mustDecimal("1E+3"), *big.NewInt(1000)},
		{"id from text", anID.String(), anID},
		{"UUID", bson.UUID{9}, bson.UUID{9}},
		{"UUID from text", "00000000-0000-0000-0000-0000000000ff", bson.UUID{15: 255}},
		{"vector", bson.NewVector([]float32{1.5}), bson.NewVector([]float32{1.5})},
		{"DBRef", bson.D{{"$id", int32(1)}, {"$ref", "c"}, {"z", nil}}, bson.DBRef{Ref: "c", ID: int32(1), Extra: bson.D{{"z", nil}}}},
		{"Raw", bson.D{}, bson.Raw("\x05\x00\x00\x00\x00")},
		{"RawValue", "a", bson.RawValue{Type: bson.TypeString, Value: []byte("\x02\x00\x00\x00a\x00")}},
		{"address", "10.1.2.3", netip.MustParseAddr("10.1.2.3")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc, err := bson.Marshal(bson.D{{"v", tc.in}})
			if err != nil {
				t.Fatal(err)
			}
			opts := cmp.Options{bits, cmp.Comparer(func(a, b big.Int) bool { return a.Cmp(&b) == 0 }),
				cmp.Comparer(func(a, b netip.Addr) bool { return a == b })}
			v := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(tc.want)}}))
			if err := bson.Unmarshal(doc, v.Interface()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, v.Elem().Field(0).Interface(), opts); diff != "" {
				t.Errorf("in a struct (-want +got):\n%s", diff)
			}
			m := reflect.New(reflect.MapOf(reflect.TypeFor[string](), reflect.TypeOf(tc.want)))
			if err := bson.Unmarshal(doc, m.Interface()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, m.Elem().MapIndex(reflect.ValueOf("v")).Interface(), opts); diff != "" {
				t.Errorf("in a map (-want +got):\n%s", diff)
			}

			// The values behind one are read too, and a null sets zero.
			doc, err = bson.Marshal(bson.D{{"list", bson.A{tc.in, tc.in, nil}}, {"next", int32(7)}})
			if err != nil {
				t.Fatal(err)
			}
			list := reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf(tc.want)), 3, 3)
			for i := range 3 {
				list.Index(i).Set(reflect.ValueOf(tc.want))
			}
			v = reflect.New(reflect.StructOf([]reflect.StructField{{Name: "List", Type: list.Type()}, {Name: "Next", Type: reflect.TypeFor[int]()}}))
			v.Elem().Field(0).Set(list)
			if err := bson.Unmarshal(doc, v.Interface()); err != nil {
				t.Fatal(err)
			}
			var null any = bson.RawValue{Type: bson.TypeNull}
			if reflect.TypeOf(tc.want) != reflect.TypeOf(null) {
				null = reflect.Zero(reflect.TypeOf(tc.want)).Interface()
			}
			list = v.Elem().Field(0)
			got := []any{list.Index(0).Interface(), list.Index(1).Interface(), list.Index(2).Interface(), v.Elem().Field(1).Interface()}
			if diff := cmp.Diff([]any{tc.want, tc.want, null, 7}, got, opts); diff != "" {
				t.Errorf("in a list (-want +got):\n%s", diff)
			}
		})
	}
}

func bigOf(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

// TestDecodeInto: the effect of decoding on the old value of a destination.
func TestDecodeInto(t *testing.T) {
	type inner struct{ A, B int }
	type dest struct {
		S []int
		M map[string]int
		P *inner
		I any
		N inner
	}
	doc, err := bson.Marshal(bson.D{
		{"s", bson.A{1}}, {"m", bson.D{{"y", 2}}}, {"p", bson.D{{"a", 3}}},
		{"i", bson.D{{"a", 4}}}, {"n", bson.D{{"b", 5}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	array := []int{7, 8, 9}
	pointer, held := &inner{B: 1}, &inner{B: 2}
	got := dest{S: array, M: map[string]int{"x": 1}, P: pointer, I: held, N: inner{A: 3}}
	if err := bson.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	want := dest{S: []int{1}, M: map[string]int{"x": 1, "y": 2}, P: &inner{3, 1}, I: &inner{4, 2}, N: inner{3, 5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if array[0] != 1 || got.P != pointer || got.I != any(held) {
		t.Error("array and pointers were not used again")
	}

	got = dest{M: map[string]int{"x": 1}, N: inner{A: 3}}
	o := bson.DecodeOptions{ZeroMaps: true, ZeroStructs: true}
	if err := o.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"y": 2}, got.M); diff != "" || got.N != (inner{0, 5}) {
		t.Errorf("with ZeroMaps and ZeroStructs: %+v", got)
	}

	m := map[string]any{"x": 1}
	if err := bson.Unmarshal(doc, m); err != nil || len(m) != 6 {
		t.Errorf("into a map: %v, %v", m, err)
	}
	one, err := bson.Marshal(bson.D{{"a", 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{&map[string]any{"x": 1}, &map[string]int{"x": 1}, map[string]any{"x": 1}, &bson.M{"x": 1}} {
		if err := o.Unmarshal(one, v); err != nil {
			t.Fatal(err)
		}
		if m := reflect.Indirect(reflect.ValueOf(v)); m.Len() != 1 || !m.MapIndex(reflect.ValueOf("a")).IsValid() {
			t.Errorf("%T with ZeroMaps: %v", v, m)
		}
		if err := bson.Unmarshal([]byte("\x0c\x00\x00\x00\x10b\x00\x01\x00\x00\x00\x00"), v); err != nil || reflect.Indirect(reflect.ValueOf(v)).Len() != 2 {
			t.Errorf("%T without ZeroMaps: %v, %v", v, v, err)
		}
	}

	// After a fault a list has the elements before it, and the one that has it.
	got = dest{S: []int{7, 8}}
	if err := bson.Unmarshal([]byte("\x12\x00\x00\x00\x04s\x00\x0a\x00\x00\x00\x200\x00\x01\x00\x00\x00"), &got); !errors.Is(err, bson.ErrType) || len(got.S) != 0 {
		t.Errorf("malformed list: %v, %v", got.S, err)
	}
	got = dest{S: []int{7, 8, 9}}
	doc, err = bson.Marshal(bson.D{{"s", bson.A{1, bson.D{}, 3}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := bson.Unmarshal(doc, &got); !errors.Is(err, bson.ErrMismatch) || !slices.Equal(got.S, []int{1, 0}) {
		t.Errorf("list with a document: %v, %v", got.S, err)
	}
}

// TestListMemory: a list uses the old array if that is large enough, and leaves it alone
// otherwise. An empty list is not nil. Frequent types of elements have code of their own.
func TestListMemory(t *testing.T) {
	type named string
	testListMemory(t, "a", "b", "old")
	testListMemory[named](t, "a", "b", "old")
	testListMemory[int32](t, 1, 2, 9)
	testListMemory(t, 1, math.MaxInt, 9)
	testListMemory[int64](t, 1, 2, 9)
	testListMemory[int8](t, 1, 2, 9)
	testListMemory(t, 1.5, 2, 9)
	testListMemory(t, anID, objectid.ID{2}, objectid.ID{9})
	testListMemory[any](t, "a", nil, "old")
	testListMemory(t, point{1, 2}, point{3, 4}, point{9, 9})
	testListMemory(t, ptrTo(point{1, 2}), ptrTo(point{3, 4}), ptrTo(point{9, 9}))
	testListMemory(t, []string{"a"}, []string{}, []string{"old"})
	testListMemory(t, bson.D{{"a", "b"}}, bson.D{}, bson.D{{"old", nil}})
}

func testListMemory[T any](t *testing.T, a, b, old T) {
	t.Helper()
	type lists struct{ Two, None []T }
	doc, err := bson.Marshal(lists{[]T{a, b}, []T{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		dst  []T
	}{
		{"nil", nil},
		{"empty", []T{}},
		{"short", []T{old}},
		{"long", []T{old, old, old}},
		{"of length 0", []T{old, old, old}[:0]},
	} {
		got := lists{tc.dst, slices.Clone(tc.dst)}
		if err := bson.Unmarshal(doc, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lists{[]T{a, b}, []T{}}, got); diff != "" {
			t.Errorf("[]%T, %s (-want +got):\n%s", old, tc.name, diff)
		}
		if reused, want := cap(tc.dst) > 0 && &got.Two[0] == &tc.dst[:1][0], cap(tc.dst) >= 2; reused != want {
			t.Errorf("[]%T, %s: the old array was used again: %v, want %v", old, tc.name, reused, want)
		}
		if len(tc.dst) == 1 && !cmp.Equal(tc.dst[0], old) {
			t.Errorf("[]%T, %s: the old array has changed to %v", old, tc.name, tc.dst)
		}
	}
}

// TestNoAlias: a decoded value does not change with its bytes.
func TestNoAlias(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{"s", "text"}, {"b", []byte("bin")}, {"c", bson.Code("code")}, {"d", bson.D{{"k", "v"}}}})
	if err != nil {
		t.Fatal(err)
	}
	type dest struct {
		S string
		B []byte
		C bson.Code
		D bson.Raw
	}
	var d, want bson.D
	var s, wantS dest
	for _, v := range []any{&d, &want, &s, &wantS} {
		if err := bson.Unmarshal(bytes.Clone(doc), v); err != nil {
			t.Fatal(err)
		}
	}
	own := bytes.Clone(doc)
	d, s = nil, dest{}
	if err := bson.Unmarshal(own, &d); err != nil {
		t.Fatal(err)
	}
	if err := bson.Unmarshal(own, &s); err != nil {
		t.Fatal(err)
	}
	clear(own)
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("D (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantS, s, cmp.Comparer(func(a, b bson.Raw) bool { return bytes.Equal(a, b) })); diff != "" {
		t.Errorf("struct (-want +got):\n%s", diff)
	}
}
