package bson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// TestString: each value in the shell's spelling.
func TestString(t *testing.T) {
	link := url.URL{Scheme: "http", Host: "x", Path: "/y"}
	for _, tc := range []struct {
		v    interface{ String() string }
		want string
	}{
		{bson.D{{"a", int32(1)}, {"b\"", "x\v\xff\u00e9"}, {"c", anID}, {"d", bson.D{}}}, `{"a": 1, "b\"": "x\u000b` + "\uFFFD" + `é", "c": ObjectId("56e1fc72e0c917e9c4714161"), "d": {}}`},
		{bson.E{"a", 1.5}, `"a": 1.5`},
		{bson.M{"b": nil, "a": true}, `{"a": true, "b": null}`},
		{bson.A{1.0, int64(2), math.NaN(), math.Inf(-1), 1e300}, `[1.0, NumberLong("2"), NaN, -Infinity, 1.0E+300]`},
		{bson.Binary{Subtype: 5, Data: []byte("abc")}, `BinData(5, "YWJj")`},
		{bson.Binary{Subtype: 4, Data: make([]byte, 16)}, `UUID("00000000-0000-0000-0000-000000000000")`},
		{bson.Binary{Subtype: 4, Data: make([]byte, 2)}, `BinData(4, "AAA=")`},
		{bson.Regex{Pattern: `a\/b`, Options: "xi"}, `/a\/b/ix`},
		{bson.Regex{Pattern: "a/b", Options: "i"}, `RegExp("a/b", "i")`},
		{bson.Regex{}, `RegExp("", "")`},
		{bson.Regex{Pattern: "a", Options: "x\xff"}, "RegExp(\"a\", \"x\uFFFD\")"},
		{bson.Timestamp{T: 1, I: 2}, `Timestamp(1, 2)`},
		{bson.DateTime(0), `ISODate("1970-01-01T00:00:00Z")`},
		{bson.DateTime(-1), `ISODate("1969-12-31T23:59:59.999Z")`},
		{bson.DateTime(-62167219200000), `ISODate("0000-01-01T00:00:00Z")`},
		{bson.DateTime(-62167219200001), `new Date(-62167219200001)`},
		{bson.DateTime(math.MaxInt64), `new Date(9223372036854775807)`},
		{bson.Code("f()"), `Code("f()")`},
		{bson.CodeWithScope{Code: "f()", Scope: bson.D{{"a", nil}}}, `Code("f()", {"a": null})`},
		{bson.Symbol("s"), `BSONSymbol("s")`},
		{bson.Undefined{}, `undefined`},
		{bson.Null{}, `null`},
		{bson.DBPointer{DB: "d.c", Pointer: anID}, `DBPointer("d.c", ObjectId("56e1fc72e0c917e9c4714161"))`},
		{bson.DBRef{Ref: "c", ID: int32(1), DB: "d", Extra: bson.D{{"x", nil}}}, `DBRef("c", 1, "d", {"x": null})`},
		{bson.DBRef{Ref: "c", ID: int32(1), Extra: bson.D{{"x", nil}}}, `DBRef("c", 1, undefined, {"x": null})`},
		{bson.DBRef{Ref: "c", ID: int32(1)}, `DBRef("c", 1)`},
		{bson.MinKey{}, `MinKey()`},
		{bson.MaxKey{}, `MaxKey()`},
		{bson.UUID{1}, `01000000-0000-0000-0000-000000000000`},
		{bson.A{bson.UUID{1}, mustDecimal("1.20"), []byte{0}, time.UnixMilli(0)},
			`[UUID("01000000-0000-0000-0000-000000000000"), NumberDecimal("1.20"), BinData(0, "AA=="), ISODate("1970-01-01T00:00:00Z")]`},
		{bson.NewVector([]int8{1, -1}), `BinData(9, "AwAB/w==")`},
		{bson.NewVector([]float32{1.5}), `BinData(9, "JwAAAMA/")`},
		{bson.VectorFromBits([]bool{true, false}), `BinData(9, "EAaA")`},
		{bson.Raw("\x05\x00\x00\x00\x00"), `{}`},
		{bson.Raw("\x05"), `Raw(1 bytes, malformed)`},
		{bson.RawValue{Type: bson.TypeInt32, Value: []byte{1, 0, 0, 0}}, `1`},
		{bson.RawValue{Type: bson.TypeInt32}, `RawValue(int, malformed)`},
		{bson.A{&link, link, 5 * time.Second, errHook, (*int)(nil), ptrTo(7), ptrTo(anID), ptrTo[any](1.5)},
			`[http://x/y, http://x/y, 5s, no, null, 7, ObjectId("56e1fc72e0c917e9c4714161"), 1.5]`},
		{bson.A{[]string{"a"}, map[int]bool{2: true, 1: false}, myString("s"), myD{{"k", 1}}, [2]byte{1}, float32(1.5), myFloat(2), uint64(1 << 63)},
			`[["a"], {"1": false, "2": true}, "s", {"k": 1}, BinData(0, "AQA="), 1.5, 2.0, 9223372036854775808]`},
		{bson.A{map[string]any{"b": 1, "a": []any{nil}}, math.Inf(1), bson.E{"k", 1}, ptrTo(ptrTo("s")), ptrTo[any](nil)}, `[{"a": [null], "b": 1}, Infinity, "k": 1, "s", null]`},
		{bson.A{map[string]int{"a…b": 1}, map[any]int{"a": 1, 2: 3}}, `[{"a…b": 1}, {"2": 3, "a": 1}]`},
		{bson.A{node{Name: "n"}, struct {
			A, b int
			C    *int `bson:"x"`
			D    int  `bson:"-"`
		}{A: 1}}, `[{"name": "n", "next": null, "any": null}, {"a": 1, "x": null}]`},
	} {
		if got := tc.v.String(); got != tc.want {
			t.Errorf("%T: %s, want %s", tc.v, got, tc.want)
		}
	}
	raw := bson.Raw("\x08\x00\x00\x00\x0aa\x00\x00")
	for format, want := range map[string]string{
		"%v": `{"a": null}`, "%s": `{"a": null}`, "%d": `{"a": null}`, "%14s": `   {"a": null}`, "%x": "080000000a610000", "%X": "080000000A610000", "% x": "08 00 00 00 0a 61 00 00",
		"%q": `"{\"a\": null}"`, "%#q": "`{\"a\": null}`",
	} {
		if got := fmt.Sprintf(format, raw); got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
	}
	if got := cyclicD().String(); !strings.Contains(got, "…") {
		t.Errorf("cyclic D: %q", got)
	}
}

// TestJSON: the JSON that encoding/json writes for the types.
func TestJSON(t *testing.T) {
	at := bson.DateTime(1700000000123)
	raw, err := bson.Marshal(bson.D{{"b", 1}, {"a", anID}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		v    any
		want string
	}{
		{bson.D{{"b", 1}, {"a", bson.A{"x", nil, bson.D{}}}, {"b", anID}}, `{"b":1,"a":["x",null,{}],"b":"56e1fc72e0c917e9c4714161"}`},
		{bson.D(nil), `null`},
		{bson.M{"z": bson.D{{"y", 1}, {"x", 2}}}, `{"z":{"y":1,"x":2}}`},
		{bson.D{{"m", bson.M{"b": 1, "a": 2}}, {"n", bson.M(nil)}}, `{"m":{"a":2,"b":1},"n":null}`},
		{bson.Raw(raw), `{"b":1,"a":"56e1fc72e0c917e9c4714161"}`},
		{bson.Raw(nil), `null`},
		{struct{ R bson.Raw }{raw}, `{"R":{"b":1,"a":"56e1fc72e0c917e9c4714161"}}`},
		{at, `"2023-11-14T22:13:20.123Z"`},
		{bson.UUID{1}, `"01000000-0000-0000-0000-000000000000"`},
		{bson.Binary{Subtype: 1, Data: []byte("abc")}, `{"Subtype":1,"Data":"YWJj"}`},
		{bson.Regex{Pattern: "a", Options: "i"}, `{"Pattern":"a","Options":"i"}`},
		{bson.Timestamp{T: 1, I: 2}, `{"T":1,"I":2}`},
		{bson.Code("x"), `"x"`},
		{bson.MinKey{}, `{}`},
		{bson.Null{}, `null`},
		{bson.RawValue{Type: bson.TypeInt32, Value: []byte{1, 0, 0, 0}}, `1`},
		{[]bson.RawValue{{}, {Type: bson.TypeNull}, {Type: bson.TypeDocument, Value: raw}}, `[null,null,{"b":1,"a":"56e1fc72e0c917e9c4714161"}]`},
		{bson.D{{"a", bson.A(nil)}, {"b", []any(nil)}, {"c", map[string]any(nil)}, {"d", bson.D(nil)}, {"e", bson.M(nil)}}, `{"a":null,"b":null,"c":null,"d":null,"e":null}`},
		{bson.D{{"a", []any{}}, {"b", map[string]any{"y": 1, "x": []any{2}}}}, `{"a":[],"b":{"x":[2],"y":1}}`},
		{bson.DBPointer{DB: "d", Pointer: anID}, `{"DB":"d","Pointer":"56e1fc72e0c917e9c4714161"}`},
		{bson.DBRef{Ref: "c", ID: 1}, `{"$ref":"c","$id":1}`},
		{bson.NewVector([]int8{1}), `{"Subtype":9,"Data":"AwAB"}`},
		{mustDecimal("1.20"), `"1.20"`},
	} {
		got, err := json.Marshal(tc.v)
		if err != nil || string(got) != tc.want {
			t.Errorf("%T: %s, %v, want %s", tc.v, got, err, tc.want)
		}
	}
}

// TestJSONFaults: a value that JSON does not have is an error with its path.
func TestJSONFaults(t *testing.T) {
	nan := math.NaN()
	type inner struct {
		List    []float64 `json:"list"`
		Skipped float64   `json:"-"`
		hidden  float64
	}
	type outer struct {
		inner
		P *map[int]any
	}
	deep := map[int]any{7: bson.D{{"q", bson.DBRef{ID: nan}}}}
	for _, tc := range []struct {
		name string
		v    any
		want conversion
	}{
		{"NaN", nan, conversion{GoType: "float64"}},
		{"array", bson.A{1, bson.D{{"b", nan}}}, conversion{Pointer: "/1/b", GoType: "float64"}},
		{"slice", []float32{1, float32(nan)}, conversion{Pointer: "/1", GoType: "float32"}},
		{"map", map[string]float64{"": math.Inf(1)}, conversion{Pointer: "/", GoType: "float64"}},
		{"struct", &inner{List: []float64{nan}}, conversion{Pointer: "/list/0", GoType: "float64"}},
		{"embedded", outer{inner: inner{Skipped: nan, hidden: nan, List: []float64{1, nan}}}, conversion{Pointer: "/list/1", GoType: "float64"}},
		{"nested", outer{P: &deep}, conversion{Pointer: "/P/7/q/$id", GoType: "float64"}},
		{"structs in a slice", []inner{{}, {List: []float64{nan}}}, conversion{Pointer: "/1/list/0", GoType: "float64"}},
		{"D in a struct", struct{ D bson.D }{bson.D{{"e", bson.A{nan}}}}, conversion{Pointer: "/D/e/0", GoType: "float64"}},
		{"datetime", []bson.DateTime{1, math.MaxInt64}, conversion{Pointer: "/1", GoType: "bson.DateTime", Err: bson.ErrRange}},
		{"time", []time.Time{time.Unix(1<<50, 0)}, conversion{Pointer: "/0", GoType: "time.Time"}},
		{"channel", make(chan int), conversion{GoType: "chan int"}},
		{"function", struct{ F func() }{func() {}}, conversion{Pointer: "/F", GoType: "func()"}},
		{"number", []any{json.Number("x")}, conversion{Pointer: "/0", GoType: "json.Number"}},
		{"map key", map[float64]int{1: 1}, conversion{GoType: "map[float64]int"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := json.Marshal(bson.D{{"a", tc.v}})
			if !errors.Is(err, tc.want.Err) && tc.want.Err != nil {
				t.Errorf("error is %v, want %v", err, tc.want.Err)
			}
			got := conversionOf(t, err)
			got.Err, tc.want.Err = nil, nil
			tc.want.Pointer = "/a" + tc.want.Pointer
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	nanValue := bson.RawValue{Type: bson.TypeArray, Value: []byte("\x10\x00\x00\x00\x01\x30\x00\x00\x00\x00\x00\x00\x00\xf8\x7f\x00")}
	if _, err := nanValue.MarshalJSON(); err == nil || conversionOf(t, err).Pointer != "/0" {
		t.Errorf("NaN in a RawValue: %v", err)
	}
	if _, err := json.Marshal(bson.DateTime(math.MaxInt64)); !errors.Is(err, bson.ErrRange) {
		t.Errorf("far date: %v", err)
	}
}

func TestLogValue(t *testing.T) {
	var buf bytes.Buffer
	log := slog.New(slog.NewTextHandler(&buf, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	raw, err := bson.Marshal(bson.D{{"y", 1}})
	if err != nil {
		t.Fatal(err)
	}
	log.Info("m", "d", bson.D{{"b", 1}, {"a", bson.D{{"x", bson.DateTime(0)}}}}, "u", bson.UUID{}, "raw", bson.Raw(raw), "m", bson.M{"k": 1},
		"e", bson.D{{"empty", bson.D{}}, {"nil", bson.D(nil)}, {"p", &bson.D{{"x", 1}}}, {"bytes", bson.Binary{}}, {"np", (*bson.D)(nil)}}, "bad", bson.Raw{5})
	want := `level=INFO msg=m d.b=1 d.a.x=1970-01-01T00:00:00.000Z u=00000000-0000-0000-0000-000000000000 raw.y=1 m="{\"k\": 1}"` +
		` e.empty={} e.nil=<nil> e.p.x=1 e.bytes="BinData(0, \"\")" e.np=<nil> bad="Raw(1 bytes, malformed)"` + "\n"
	if got := buf.String(); got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

// TestUUID: the four layouts. The bytes are those of the specification's
// test plan for 00112233-4455-6677-8899-aabbccddeeff.
func TestUUID(t *testing.T) {
	const text = "00112233-4455-6677-8899-aabbccddeeff"
	u, err := bson.ParseUUID(text)
	if err != nil || u.String() != text {
		t.Fatalf("ParseUUID: %v, %v", u, err)
	}
	if v, err := bson.ParseUUID([]byte(strings.ToUpper(text))); v != u || err != nil {
		t.Errorf("upper case: %v, %v", v, err)
	}
	for _, tc := range []struct {
		r       bson.UUIDRepresentation
		subtype byte
		data    string
	}{
		{bson.UUIDUnspecified, 4, "00112233445566778899aabbccddeeff"},
		{bson.UUIDStandard, 4, "00112233445566778899aabbccddeeff"},
		{bson.UUIDPythonLegacy, 3, "00112233445566778899aabbccddeeff"},
		{bson.UUIDJavaLegacy, 3, "7766554433221100ffeeddccbbaa9988"},
		{bson.UUIDCSharpLegacy, 3, "33221100554477668899aabbccddeeff"},
	} {
		want := bson.Binary{Subtype: tc.subtype, Data: unhex(tc.data)}
		if got := u.Binary(tc.r); !got.Equal(want) {
			t.Errorf("%v: Binary = %v, want %v", tc.r, got, want)
		}
		if got, err := want.UUID(tc.r); got != u || err != nil {
			t.Errorf("%v: UUID = %v, %v", tc.r, got, err)
		}
		// Typed fields, both ways.
		doc, err := bson.EncodeOptions{UUIDRepresentation: tc.r}.Marshal(bson.D{{"u", u}})
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ U bson.UUID }
		if err := (bson.DecodeOptions{UUIDRepresentation: tc.r}).Unmarshal(doc, &got); err != nil || got.U != u {
			t.Errorf("%v: %v, %v", tc.r, got, err)
		}
		err = bson.Unmarshal(doc, &got)
		if (err != nil) != (tc.subtype == 3) || err != nil && !errors.Is(err, bson.ErrUUID) {
			t.Errorf("%v without the option: %v", tc.r, err)
		}
	}
	for _, bad := range []string{"", text[1:], text + "0", "0011223344556677-8899-aabbccddeeff-00", "g" + text[1:], strings.ReplaceAll(text, "-", "_"), "{" + text[1:35] + "}"} {
		if _, err := bson.ParseUUID(bad); !errors.Is(err, bson.ErrUUID) {
			t.Errorf("ParseUUID(%q): %v", bad, err)
		}
	}
	for _, b := range []bson.Binary{{Subtype: 4}, {Subtype: 3, Data: make([]byte, 16)}, {Data: make([]byte, 16)}} {
		if _, err := b.UUID(bson.UUIDStandard); !errors.Is(err, bson.ErrUUID) {
			t.Errorf("UUID of %v: %v", b, err)
		}
	}
	n := bson.NewUUID()
	if n[6]>>4 != 4 || n[8]>>6 != 2 || n == bson.NewUUID() {
		t.Errorf("NewUUID: %v", n)
	}
}

// TestVector: the rules of the specification. A binary that breaks a rule is
// rejected and stays a binary.
func TestVector(t *testing.T) {
	for _, tc := range []struct {
		name string
		data string // hex
		want any    // nil: refused
	}{
		{"int8", "0300" + "7f07", []int8{127, 7}},
		{"int8 empty", "0300", []int8{}},
		{"int8 with padding", "0303" + "7f07", nil},
		{"float32", "2700" + "0000fe42" + "0000e040", []float32{127, 7}},
		{"float32 empty", "2700", []float32{}},
		{"float32 infinite", "2700" + "000080ff" + "00000000" + "0000807f", []float32{float32(math.Inf(-1)), 0, float32(math.Inf(1))}},
		{"float32 cut short", "2700" + "2a2a2a2a2a", nil},
		{"float32 with padding", "2703" + "0000fe42", nil},
		{"bits", "1000" + "7f07", []bool{false, true, true, true, true, true, true, true, false, false, false, false, false, true, true, true}},
		{"bits with padding", "1003" + "7f08", []bool{false, true, true, true, true, true, true, true, false, false, false, false, true}},
		{"bits empty", "1000", []bool{}},
		{"bits empty with padding", "1001", nil},
		{"padding of 8", "1008" + "7f07", nil},
		{"padding of 8 zeros", "1008" + "00", nil},
		{"padding of 9 zeros", "1009" + "0000", nil},
		{"padding of 7", "1007" + "80", []bool{true}},
		{"padding not zero", "1004" + "7f07", nil},
		{"unknown type", "0400", nil},
		{"no padding byte", "03", nil},
		{"nothing", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := bson.Binary{Subtype: 9, Data: unhex(tc.data)}
			v, err := bson.NewVectorFromBinary(b)
			if tc.want == nil {
				if !errors.Is(err, bson.ErrVector) || !v.IsZero() {
					t.Errorf("got %v, %v, want ErrVector", v, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got any
			var again bson.Vector
			switch want := tc.want.(type) {
			case []int8:
				got, again = v.Int8(), bson.NewVector(want)
			case []float32:
				got, again = v.Float32(), bson.NewVector(want)
			case []bool:
				got, again = v.Bits(), bson.VectorFromBits(want)
			}
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("elements (-want +got):\n%s", diff)
			}
			if !again.Equal(v) || !v.Binary().Equal(b) {
				t.Errorf("made from elements: %v, want %v", again, v)
			}
		})
	}
	if _, err := bson.NewPackedBitVector([]byte{0xf0}, 5); !errors.Is(err, bson.ErrVector) {
		t.Errorf("NewPackedBitVector with bits in the padding: %v", err)
	}
	v, err := bson.NewPackedBitVector([]byte{0xf0}, 4)
	bits, padding := v.PackedBit()
	if err != nil || v.Len() != 4 || v.Type() != bson.VectorPackedBit || padding != 4 || !bytes.Equal(bits, []byte{0xf0}) {
		t.Errorf("NewPackedBitVector: %v, %v", v, err)
	}
	if _, ok := v.Int8OK(); ok || v.Float32() != nil {
		t.Error("a vector has elements of another type")
	}
	ints := bson.NewVector([]int8{1, 2, 3})
	if bits, padding, ok := ints.PackedBitOK(); ok || bits != nil || padding != 0 || ints.Bits() != nil || ints.Len() != 3 || ints.Type() != bson.VectorInt8 {
		t.Error("a vector of bytes has bits")
	}
	if floats := bson.NewVector([]float32{1, 2}); floats.Len() != 2 || floats.Type() != bson.VectorFloat32 || floats.Int8() != nil {
		t.Errorf("Len of two floats: %d", floats.Len())
	}
	if zero := (bson.Vector{}); zero.Len() != 0 || zero.Type() != 0 || !zero.Binary().IsZero() || zero.Bits() != nil {
		t.Error("the zero Vector has elements")
	}
	// A NaN keeps its payload.
	nan := bson.Binary{Subtype: 9, Data: unhex("2700010080ff")}
	if v, err := nan.Vector(); err != nil || !v.Binary().Equal(nan) {
		t.Errorf("NaN: %v, %v", v, err)
	}
}

// TestDateTimeOf: times are rounded down, and a time out of range is an error.
func TestDateTimeOf(t *testing.T) {
	for _, d := range []bson.DateTime{0, -1, 1, 999, -999, -1000, -1001, math.MaxInt64, math.MinInt64, math.MinInt64 + 1, math.MinInt64 + 900} {
		for _, ns := range []time.Duration{0, 999999} {
			got, err := bson.DateTimeOf(d.Time().Add(ns))
			if got != d || err != nil {
				t.Errorf("DateTimeOf(%d ms + %d ns) = %d, %v", d, ns, got, err)
			}
		}
	}
	for _, tc := range []struct {
		t    time.Time
		want bson.DateTime
	}{
		{bson.DateTime(math.MaxInt64).Time().Add(time.Millisecond), math.MaxInt64},
		{bson.DateTime(math.MinInt64).Time().Add(-1), math.MinInt64},
		{time.Unix(math.MaxInt64, 0), math.MaxInt64},
		{time.Unix(math.MinInt64, 0), math.MinInt64},
	} {
		if got, err := bson.DateTimeOf(tc.t); got != tc.want || !errors.Is(err, bson.ErrRange) {
			t.Errorf("DateTimeOf(%v) = %d, %v", tc.t, got, err)
		}
	}
}

// TestCompare: each value is before all values of the rows below, and equal to
// the values of its row.
func TestCompare(t *testing.T) {
	rows := [][]any{
		{bson.MinKey{}},
		{bson.Undefined{}},
		{nil, (*int)(nil)},
		{math.NaN(), decimal128.NaN(), math.Float64frombits(0xfff8000000000001)},
		{math.Inf(-1), decimal128.Inf(-1)},
		{mustDecimal("-1E+6000")},
		{-math.MaxFloat64},
		{int64(math.MinInt64), -0x1p63},
		{int32(-1), -1.0, int64(-1), mustDecimal("-1.0")},
		{mustDecimal("-1E-6000")},
		{0, math.Copysign(0, -1), mustDecimal("-0E+5")},
		{mustDecimal("1E-6000")},
		{math.SmallestNonzeroFloat64},
		{mustDecimal("0.1")},
		{0.1}, // the double is a little above
		{mustDecimal("0.10000000000000001")},
		{mustDecimal("0.5"), 0.5},
		{int64(1 << 53), 0x1p53},
		{int64(1<<53 + 1), mustDecimal("9007199254740993")},
		{0x1p53 + 2},
		{int64(math.MaxInt64), mustDecimal("9223372036854775807")},
		{0x1p63, mustDecimal("9223372036854775808")},
		{math.MaxFloat64},
		{mustDecimal("1E+400")},
		{math.Inf(1), decimal128.Inf(1)},
		{"", bson.Symbol("")},
		{"a", bson.Symbol("a")},
		{"a\x00"},
		{"b"},
		{bson.D{}, bson.M{}},
		{bson.D{{"b", 1}}, bson.D{{"b", 1.0}}},
		{bson.D{{"b", 1}, {"c", nil}}},
		{bson.D{{"b", 2}}},
		{bson.D{{"c", 1}}},
		{bson.D{{"a", "x"}}}, // the type decides before the key
		{bson.A{}},
		{bson.A{1}},
		{bson.A{1, 1}},
		{bson.A{2}},
		{[]byte{}},
		{[]byte{9}},
		{bson.Binary{Subtype: 1, Data: []byte{0}}},
		{[]byte{0, 0}},
		{objectid.ID{}},
		{anID},
		{false},
		{true},
		{bson.DateTime(math.MinInt64)},
		{bson.DateTime(1), time.UnixMilli(1)},
		{bson.Timestamp{T: 1, I: math.MaxUint32}},
		{bson.Timestamp{T: 1 << 31}},
		{bson.Regex{Pattern: "a"}},
		{bson.Regex{Pattern: "a", Options: "i"}},
		{bson.DBPointer{DB: "b", Pointer: anID}},
		{bson.DBPointer{DB: "aa"}},
		{bson.Code("a")},
		{bson.Code("b")},
		{bson.CodeWithScope{Code: "a"}},
		{bson.CodeWithScope{Code: "a", Scope: bson.D{{"x", 1}}}},
		{bson.MaxKey{}},
	}
	for i, row := range rows {
		for j, other := range rows {
			want := min(max(i-j, -1), 1)
			for _, a := range row {
				for _, b := range other {
					if got, err := bson.Compare(a, b); got != want || err != nil {
						t.Errorf("Compare(%v %T, %v %T) = %d, %v, want %d", a, a, b, b, got, err, want)
					}
				}
			}
		}
	}
	if _, err := bson.Compare(1, make(chan int)); !errors.Is(err, bson.ErrUnsupported) {
		t.Errorf("unsupported: %v", err)
	}
	bad := bson.Raw("\x08\x00\x00\x00\x20a\x00\x00")
	if _, err := bad.Compare(bad); !errors.Is(err, bson.ErrType) {
		t.Errorf("malformed: %v", err)
	}
	empty := bson.Raw("\x05\x00\x00\x00\x00")
	if got, err := empty.Compare(empty); got != 0 || err != nil {
		t.Errorf("empty: %d, %v", got, err)
	}
}

// Every type that stands for a BSON value has a text, alone and inside other
// values. String of a type that the shellWriter does not know would call
// itself.
func TestTextOfEveryType(t *testing.T) {
	for _, typ := range bson.KnownTypes() {
		v, ok := reflect.Zero(typ).Interface().(fmt.Stringer)
		if !ok || typ.PkgPath() != reflect.TypeFor[bson.D]().PkgPath() {
			continue
		}
		if text := (bson.A{v}).String(); text == "[]" || v.String() == "" {
			t.Errorf("%v is %q, in an array %q", typ, v.String(), text)
		}
	}
}
