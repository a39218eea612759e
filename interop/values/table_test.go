package values

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	v2 "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
)

type (
	namedInt    int64
	namedString string
	namedBytes  []byte
	namedMap    map[string]int
	inner       struct{ X int }
	zeroer      struct{ N int }
	valueHook   struct{ S string }
	docHook     struct{ S string }
)

func (z zeroer) IsZero() bool { return z.N == 42 }

func (h valueHook) MarshalBSONValue() (byte, []byte, error) {
	t, data, err := v2.MarshalValue("<" + h.S + ">")
	return byte(t), data, err
}

func (h docHook) MarshalBSON() ([]byte, error) { return v2.Marshal(v2.D{{Key: "s", Value: h.S}}) }

// kinds are values of every kind: nil, zero, small, large.
var kinds = []struct {
	name string
	v    any
}{
	{"bool", false}, {"bool true", true},
	{"int", 0}, {"int negative", -7}, {"int large", 1 << 40},
	{"int8", int8(-8)}, {"int16", int16(16)}, {"int32", int32(0)}, {"int32 max", int32(math.MaxInt32)},
	{"int64", int64(0)}, {"int64 small", int64(64)}, {"int64 large", int64(math.MinInt64)},
	{"uint", uint(3)}, {"uint8", uint8(200)}, {"uint16", uint16(65535)}, {"uint32", uint32(math.MaxUint32)}, {"uint64", uint64(9)},
	{"float32", float32(0.25)}, {"float64", 0.0}, {"float64 NaN", math.NaN()}, {"float64 minus zero", math.Copysign(0, -1)},
	{"string", ""}, {"string long", strings.Repeat("é", 300)}, {"string NUL", "a\x00b"},
	{"named int", namedInt(5)}, {"named string", namedString("n")},
	{"bytes nil", []byte(nil)}, {"bytes empty", []byte{}}, {"bytes", []byte{1, 2}}, {"named bytes", namedBytes{3}}, {"byte array", [3]byte{1}},
	{"slice nil", []int(nil)}, {"slice empty", []int{}}, {"slice", []int{1, 1 << 40}}, {"slice of any", []any{1, nil, "x"}},
	{"slice of slices", [][]string{{"a"}, nil}}, {"slice of pointers", []*int{nil, new(int)}}, {"array", [2]string{"a", "b"}}, {"array of none", [0]int{}},
	{"map nil", map[string]int(nil)}, {"map empty", map[string]int{}}, {"map", map[string]int{"a": 1}}, {"map of any", map[string]any{"a": nil}},
	{"map of int keys", map[int]string{-1: "a"}}, {"map of uint keys", map[uint8]string{1: "a"}}, {"named map", namedMap{"k": 1}},
	{"map of named keys", map[namedString]int{"k": 1}}, {"map of structs", map[string]inner{"k": {1}}},
	{"struct", inner{}}, {"struct full", inner{1}}, {"struct empty", struct{}{}}, {"struct IsZero", zeroer{42}}, {"struct not IsZero", zeroer{}},
	{"pointer nil", (*int)(nil)}, {"pointer", new(int)}, {"pointer to struct", &inner{2}}, {"pointer to pointer", ptr(ptr("x"))}, {"pointer nil to hook", (*valueHook)(nil)},
	{"time", time.Time{}}, {"time ms", time.UnixMilli(1234567890123)}, {"time before 1970", time.Unix(-1, 5)}, {"time pointer nil", (*time.Time)(nil)},
	{"duration", 5 * time.Second}, {"url", url.URL{Scheme: "http", Host: "x"}}, {"url pointer", &url.URL{Path: "p"}},
	{"json.Number int", json.Number("12")}, {"json.Number fraction", json.Number("1.5")},
	{"value hook", valueHook{"h"}}, {"value hook pointer", &valueHook{"h"}}, {"document hook", docHook{"h"}}, {"document hook pointer", &docHook{"h"}},
	{"v2 ObjectID", v2.ObjectID{1}}, {"v2 ObjectID zero", v2.ObjectID{}}, {"v2 Decimal128", v2.NewDecimal128(0x3040000000000000, 7)},
	{"v2 Decimal128 zero", v2.Decimal128{}}, {"v2 Binary", v2.Binary{Subtype: 4, Data: []byte{1}}}, {"v2 Binary zero", v2.Binary{}},
	{"v2 DateTime", v2.DateTime(5)}, {"v2 Timestamp", v2.Timestamp{T: 1}}, {"v2 D nil", v2.D(nil)}, {"v2 D", v2.D{{Key: "a", Value: 1}}},
	{"v2 M", v2.M{"a": int64(1)}}, {"v2 A", v2.A{1}}, {"v2 Regex", v2.Regex{Pattern: "a"}}, {"v2 Null", v2.Null{}}, {"v2 MinKey", v2.MinKey{}},
}

func ptr[T any](v T) *T { return &v }

// tags are what a field can be tagged with.
var tags = []string{``, `bson:"name"`, `bson:",omitempty"`, `bson:",minsize"`, `bson:"n,omitempty,minsize,truncate"`, `json:"j"`, `bson:"-"`}

// TestSameBytes: a struct field of every kind with every tag is written as
// the driver writes it, whether the type of the field is that of the value or
// any, and from a value or a pointer.
func TestSameBytes(t *testing.T) {
	rows := 0
	for _, k := range kinds {
		for _, tag := range tags {
			for _, typ := range []reflect.Type{reflect.TypeOf(k.v), reflect.TypeFor[any]()} {
				s := reflect.New(reflect.StructOf([]reflect.StructField{
					{Name: "A", Type: reflect.TypeFor[int]()},
					{Name: "Field", Type: typ, Tag: reflect.StructTag(tag)},
				}))
				s.Elem().Field(1).Set(reflect.ValueOf(k.v))
				for _, v := range []any{s.Interface(), s.Elem().Interface()} {
					rows++
					if d := difference(t, v); d != "" {
						t.Errorf("%s, tag %q, field of type %v, given as %v:%s", k.name, tag, typ, reflect.TypeOf(v).Kind(), d)
					}
				}
			}
		}
		if d := difference(t, v2.D{{Key: "v", Value: k.v}}); d != "" {
			t.Errorf("%s in a D: %s", k.name, d)
		}
	}
	t.Logf("%d combinations of %d kinds and %d tags", rows, len(kinds), len(tags))
}

// difference says how the two write v, if not alike.
func difference(t *testing.T, v any) string {
	t.Helper()
	want, wantErr := v2.Marshal(v)
	got, gotErr := bson.Marshal(v)
	if (wantErr != nil) != (gotErr != nil) || !bytes.Equal(want, got) {
		return fmt.Sprintf("\ndriver %s, %v\nours   %s, %v", v2.Raw(want), wantErr, bson.Raw(got), gotErr)
	}
	return ""
}

type deep struct {
	X string
	Z int
}

type mid struct {
	Deep deep `bson:",inline"`
	Y    string
	X    string
}

// Emb is exported, so that its embedding is.
type Emb struct{ E int }

type recursive struct {
	Name string
	Next *recursive  `bson:",omitempty"`
	Kids []recursive `bson:",omitempty"`
}

// TestSameStructs: what tags and embedding make of whole structs.
func TestSameStructs(t *testing.T) {
	for name, v := range map[string]any{
		"embedded":             struct{ Emb }{Emb{1}},
		"embedded pointer":     struct{ *Emb }{&Emb{1}},
		"embedded nil pointer": struct{ *Emb }{},
		"inline": struct {
			A   int
			Emb `bson:",inline"`
			B   int
		}{1, Emb{2}, 3},
		"inline pointer": struct {
			*Emb `bson:",inline"`
			B    int
		}{&Emb{2}, 3},
		"inline nil pointer": struct {
			*Emb `bson:",inline"`
			B    int
		}{nil, 3},
		"inline map": struct {
			A int
			M map[string]any `bson:",inline"`
		}{1, map[string]any{"z": 1}},
		"inline nil map": struct {
			M map[string]any `bson:",inline"`
		}{},
		"inline map conflict": struct {
			A int
			M map[string]any `bson:",inline"`
		}{1, map[string]any{"a": 1}},
		"depth decides": struct {
			M mid `bson:",inline"`
			Y int
		}{mid{deep{"x", 1}, "y", "z"}, 2},
		"same key twice": struct {
			A int `bson:"x"`
			B int `bson:"x"`
		}{},
		"unexported": struct{ a, B int }{1, 2},
		"recursive":  recursive{"a", &recursive{Name: "b"}, []recursive{{Name: "c"}}},
		"E":          v2.E{Key: "k", Value: 1},
		"flag as name": struct {
			A int `bson:"omitempty"`
		}{},
		"inline of a number": struct {
			A int `bson:",inline"`
		}{},
		"channel":          struct{ C chan int }{},
		"uint64 too large": struct{ U uint64 }{math.MaxUint64},
		"nil map":          map[string]int(nil),
		"nil D":            v2.D(nil),
		"number":           7,
		"nil":              nil,
		"nil struct":       (*inner)(nil),
		"slice":            []int{1},
		"key with NUL":     map[string]int{"a\x00": 1},
	} {
		if d := difference(t, v); d != "" {
			t.Errorf("%s:%s", name, d)
		}
	}
}

type pointerHook struct{ S string }

func (h *pointerHook) MarshalBSONValue() (byte, []byte, error) {
	t, data, err := v2.MarshalValue("<" + h.S + ">")
	return byte(t), data, err
}

// differences are the deliberate ones: docs/differences.md has the same list
// for users.
var differences = []struct {
	name   string
	v      any
	driver string // what it writes; "error"
	ours   string
	why    string
}{
	{"hook on the pointer, value without address", struct{ V pointerHook }{pointerHook{"s"}},
		`{"v": {"s": "s"}}`, `{"v": "<s>"}`, "the same value is written alike however it is passed"},
	{"struct without exported fields", struct{ A netip.Addr }{netip.MustParseAddr("10.1.2.3")},
		`{"a": {}}`, `{"a": "10.1.2.3"}`, "its text is all there is; an empty document loses it"},
	{"big.Int", struct{ A *big.Int }{big.NewInt(7)},
		`{"a": {}}`, `{"a": "7"}`, "the same"},
	{"text not UTF-8", struct{ A string }{"\xff"}, `any`, `error`, "BSON texts are UTF-8; the server refuses others"},
	{"omitzero", struct {
		A int `bson:",omitzero"`
	}{}, `{"a": 0}`, `{}`, "the driver does not know the flag"},
	{"map of several keys", map[string]int{"b": 1, "a": 2, "c": 3}, `any`, `{"a": 2, "b": 1, "c": 3}`, "the same map gives the same bytes"},
	{"json.Number hexadecimal", struct{ N json.Number }{"0x1p4"}, `{"n": 16.0}`, `error`, "that is not a JSON number"},
	{"json.Number with a plus", struct{ N json.Number }{"+5"}, `{"n": NumberLong("5")}`, `error`, "nor is that"},
	{"json.Number with a zero before", struct{ N json.Number }{"007.5"}, `{"n": 7.5}`, `error`, "nor is that"},
	{"time out of range", struct{ T time.Time }{time.Unix(math.MaxInt64/100, 0)}, `any`, `error`, "milliseconds would overflow"},
	{"inlined map in an inlined struct", struct {
		S struct {
			M map[string]int `bson:",inline"`
		} `bson:",inline"`
	}{struct {
		M map[string]int `bson:",inline"`
	}{map[string]int{"a": 1}}}, `{}`, `{"a": 1}`, "the driver forgets it"},
	{"malformed Raw", struct{ R v2.Raw }{v2.Raw("\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x01")}, `any`, `error`, "what is spliced is checked"},
	{"Decimal128 zero with omitempty", struct {
		D bson.Decimal128 `bson:",omitempty"`
	}{must(bson.ParseDecimal128("0.00"))}, `{}`, `{}`, "an equal row: our IsZero is by value, and the driver asks it"},
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestDifferences: each deliberate difference is as it is described.
func TestDifferences(t *testing.T) {
	for _, tc := range differences {
		t.Run(tc.name, func(t *testing.T) {
			show := func(doc []byte, err error) string {
				if err != nil {
					return "error"
				}
				return bson.Raw(doc).String()
			}
			if got := show(v2.Marshal(tc.v)); got != tc.driver && tc.driver != "any" {
				t.Errorf("driver: %s, want %s", got, tc.driver)
			}
			if got := show(bson.Marshal(tc.v)); got != tc.ours {
				t.Errorf("ours: %s, want %s", got, tc.ours)
			}
		})
	}
}
