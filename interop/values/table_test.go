package values

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	shopspring "github.com/shopspring/decimal"
	v2 "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

type (
	namedInt    int64
	namedString string
	namedBytes  []byte
	namedMap    map[string]int

	namedElements []v2.E
	inner         struct{ X int }
	zeroer        struct{ N int }
	valueHook     struct{ S string }
	docHook       struct{ S string }
)

func (z zeroer) IsZero() bool { return z.N == 42 }

func (h valueHook) MarshalBSONValue() (byte, []byte, error) {
	t, data, err := v2.MarshalValue("<" + h.S + ">")
	return byte(t), data, err
}

func (h docHook) MarshalBSON() ([]byte, error) { return v2.Marshal(v2.D{{Key: "s", Value: h.S}}) }

// kinds has values of every kind: nil, zero, small and large.
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
	{"shopspring", shopspring.RequireFromString("-1.20")}, {"shopspring zero", shopspring.Decimal{}}, {"shopspring large", shopspring.New(12, 6143)},
	{"json.Number int", json.Number("12")}, {"json.Number fraction", json.Number("1.5")},
	{"value hook", valueHook{"h"}}, {"value hook pointer", &valueHook{"h"}}, {"document hook", docHook{"h"}}, {"document hook pointer", &docHook{"h"}},
	{"v2 ObjectID", v2.ObjectID{1}}, {"v2 ObjectID zero", v2.ObjectID{}}, {"v2 Decimal128", v2.NewDecimal128(0x3040000000000000, 7)},
	{"v2 Decimal128 zero", v2.Decimal128{}}, {"v2 Binary", v2.Binary{Subtype: 4, Data: []byte{1}}}, {"v2 Binary zero", v2.Binary{}},
	{"v2 DateTime", v2.DateTime(5)}, {"v2 Timestamp", v2.Timestamp{T: 1}}, {"v2 D nil", v2.D(nil)}, {"v2 D", v2.D{{Key: "a", Value: 1}}},
	{"slice of v2 E", []v2.E{{Key: "a", Value: 1}}}, {"named slice of v2 E", namedElements{{Key: "a", Value: 1}}}, {"array of v2 E", [1]v2.E{{Key: "a"}}},
	{"v2 E", v2.E{Key: "a", Value: 1}}, {"slice of v2 D", []v2.D{{{Key: "a", Value: 1}}}}, {"v2 RawElement", v2.RawElement("\x0aa\x00")},
	{"embedded hook", struct {
		Hooked
		N int
	}{Hooked{"s"}, 1}},
	{"both hooks", bothValue{7}}, {"both hooks, pointer", &bothValue{7}},
	{"v2 Regex with options", v2.Regex{Pattern: "a", Options: "xmi"}}, {"v2 RawValue", v2.RawValue{Type: v2.TypeBoolean, Value: []byte{1}}},
	{"v2 M", v2.M{"a": int64(1)}}, {"v2 A", v2.A{1}}, {"v2 Regex", v2.Regex{Pattern: "a"}}, {"v2 Null", v2.Null{}}, {"v2 MinKey", v2.MinKey{}},
}

func ptr[T any](v T) *T { return &v }

// tags are the tags that TestSameBytes gives a field.
var tags = []string{``, `bson:"name"`, `bson:",omitempty"`, `bson:",minsize"`, `bson:"n,omitempty,minsize,truncate"`, `json:"j"`, `bson:"-"`}

// TestSameBytes: we write a struct field of every kind with every tag as the
// driver does. The type of the field is that of the value, or any. The struct is
// passed as a value and as a pointer.
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
						t.Errorf("%s, tag %q, field of type %v, passed as %v:%s", k.name, tag, typ, reflect.TypeOf(v).Kind(), d)
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

// difference returns the two results of Marshal if they differ, otherwise "".
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

// Emb is exported, so that a field that embeds it is exported.
type Emb struct{ E int }

type recursive struct {
	Name string
	Next *recursive  `bson:",omitempty"`
	Kids []recursive `bson:",omitempty"`
}

// TestSameStructs: we write structs with tags and embedded structs as the driver
// does.
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

type twice struct {
	A int `bson:"x"`
	B int `bson:"x"`
}

type sameText int

func (sameText) MarshalText() ([]byte, error) { return []byte("same"), nil }

type lyingHook struct{}

func (lyingHook) MarshalBSONValue() (byte, []byte, error) { return byte(v2.TypeInt32), []byte{1}, nil }

type pointerHook struct{ S string }

func (h *pointerHook) MarshalBSONValue() (byte, []byte, error) {
	t, data, err := v2.MarshalValue("<" + h.S + ">")
	return byte(t), data, err
}

// differences lists the deliberate differences. docs/differences.md has the same
// list for users.
var differences = []struct {
	name   string
	v      any
	driver string // the document, "error", or "any" for results that are not compared
	ours   string // the document, or "error"
	why    string
}{
	{"hook on the pointer, value without address", struct{ V pointerHook }{pointerHook{"s"}},
		`{"v": {"s": "s"}}`, `{"v": "<s>"}`, "the same value gives the same bytes, passed as a value or a pointer"},
	{"struct without exported fields", struct{ A netip.Addr }{netip.MustParseAddr("10.1.2.3")},
		`{"a": {}}`, `{"a": "10.1.2.3"}`, "the text has the whole value; an empty document loses it"},
	{"big.Int", struct{ A *big.Int }{big.NewInt(7)},
		`{"a": {}}`, `{"a": "7"}`, "the same"},
	{"text not UTF-8", struct{ A string }{"\xff"}, `any`, `error`, "BSON texts are UTF-8; the server rejects others"},
	{"omitzero", struct {
		A int `bson:",omitzero"`
	}{}, `{"a": 0}`, `{}`, "the driver does not know the flag"},
	{"map of several keys", map[string]int{"b": 1, "a": 2, "c": 3}, `any`, `{"a": 2, "b": 1, "c": 3}`, "the same map gives the same bytes"},
	{"json.Number hexadecimal", struct{ N json.Number }{"0x1p4"}, `{"n": 16.0}`, `error`, "the text is not a JSON number"},
	{"json.Number with a plus", struct{ N json.Number }{"+5"}, `{"n": NumberLong("5")}`, `error`, "the same"},
	{"json.Number with a zero before", struct{ N json.Number }{"007.5"}, `{"n": 7.5}`, `error`, "the same"},
	{"time out of range", struct{ T time.Time }{time.Unix(math.MaxInt64/100, 0)}, `any`, `error`, "milliseconds would overflow"},
	{"inlined map in an inlined struct", struct {
		S struct {
			M map[string]int `bson:",inline"`
		} `bson:",inline"`
	}{struct {
		M map[string]int `bson:",inline"`
	}{map[string]int{"a": 1}}}, `{}`, `{"a": 1}`, "the driver loses the map"},
	{"key twice in an inlined struct, and around it", struct {
		A int   `bson:"x"`
		S twice `bson:",inline"`
	}{A: 1}, `error`, `{"x": 1}`, "the least nested field is written, for any number of hidden fields"},
	{"inlined map whose keys have a name", struct {
		M map[namedString]int `bson:",inline"`
	}{map[namedString]int{"a": 1}}, `error`, `{"a": 1}`, "the kind of the keys is string"},
	{"two inlined maps, one in an inlined struct", struct {
		M map[string]int `bson:",inline"`
		S struct {
			M map[string]int `bson:",inline"`
		} `bson:",inline"`
	}{}, `{}`, `error`, "decoding could not tell which map an element belongs to"},
	{"RawArray", struct{ A v2.RawArray }{v2.RawArray("\x05\x00\x00\x00\x00")},
		`{"a": BinData(0, "BQAAAAA=")}`, `{"a": []}`, "a RawArray is an array"},
	{"nil func with omitempty", struct {
		F func() `bson:",omitempty"`
	}{}, `error`, `{}`, "the field is left out"},
	{"nil channel with omitempty", struct {
		C chan int `bson:",omitempty"`
	}{}, `error`, `{}`, "the same"},
	{"map whose keys are any", struct{ M map[any]int }{map[any]int{"a": 1}}, `error`, `{"m": {"a": 1}}`, "such maps are written like other maps"},
	{"nil Raw of the driver's", struct{ R v2.Raw }{}, `error`, `{"r": null}`, "our nil Raw and nil maps and slices are null too"},
	{"RawValue of a document at the top", v2.RawValue{Type: v2.TypeEmbeddedDocument, Value: doc}, `error`, `{"a": 1}`, "the value is a document"},
	{"promoted IsZero, a field beside it", struct {
		B Base `bson:",omitempty"`
	}{Base{Name: "n"}}, `{}`, `{"b": {"_id": ObjectId("000000000000000000000000"), "name": "n"}}`, "the other field would be lost"},
	{"regexp at the top", regexp.MustCompile("a"), `{}`, `error`, "a regex is not a document"},
	{"regexp", struct{ R *regexp.Regexp }{regexp.MustCompile("a+")}, `{"r": {}}`, `{"r": /a+/}`, "an empty document loses the regex"},
	{"scope nil", struct{ C v2.CodeWithScope }{v2.CodeWithScope{Code: "f"}}, `error`, `{"c": Code("f", {})}`, "a scope without variables is a scope"},
	{"two map keys with the same text", struct{ M map[sameText]int }{map[sameText]int{1: 1, 2: 1}},
		`{"m": {"same": 1, "same": 1}}`, `error`, "one of them would be lost"},
	{"malformed hook", struct{ H lyingHook }{}, `any`, `error`, "bytes from a hook are validated"},
	{"malformed RawValue", struct{ R v2.RawValue }{v2.RawValue{Type: v2.TypeInt32, Value: []byte{1}}}, `any`, `error`, "the same"},
	{"key not UTF-8", map[string]int{"\xff": 1}, `any`, `error`, "BSON texts are UTF-8"},
	{"malformed Raw", struct{ R v2.Raw }{v2.Raw("\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x01")}, `any`, `error`, "bytes of a Raw are validated"},
	{"Decimal128 zero with omitempty", struct {
		D bson.Decimal128 `bson:",omitempty"`
	}{must(bson.ParseDecimal128("0.00"))}, `{}`, `{}`, "no difference: our IsZero goes by the value, and the driver calls it"},
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// plain has pairs of values, one of a type of the driver and one of our type in
// its place, with the JSON of our value if it differs. docs/values.md has the
// reasons.
var plain = []struct {
	theirs, ours any
	json         string // JSON of ours; "": that of theirs
}{
	{v2.ObjectID(id), objectid.ID(id), ""},
	{v2.NewDecimal128(twelve, two), decimal128.FromBits(twelve, two), ""},
	{v2.DateTime(5), bson.DateTime(5), ""}, {v2.DateTime(-62167219200001), bson.DateTime(-62167219200001), ""},
	{v2.Binary{Subtype: 4, Data: []byte{1}}, bson.Binary{Subtype: 4, Data: []byte{1}}, ""}, {v2.Binary{}, bson.Binary{}, ""},
	{v2.Regex{Pattern: "<a", Options: "i"}, bson.Regex{Pattern: "<a", Options: "i"}, ""},
	{v2.Timestamp{T: 1, I: 2}, bson.Timestamp{T: 1, I: 2}, ""},
	{v2.DBPointer{DB: "d", Pointer: id}, bson.DBPointer{DB: "d", Pointer: id}, ""},
	{v2.JavaScript("f"), bson.Code("f"), ""}, {v2.Symbol("s"), bson.Symbol("s"), ""},
	{v2.CodeWithScope{Code: "c", Scope: v2.D{{Key: "b"}, {Key: "a"}}}, bson.CodeWithScope{Code: "c", Scope: bson.D{{Key: "b"}, {Key: "a"}}}, ""},
	{v2.MinKey{}, bson.MinKey{}, ""}, {v2.MaxKey{}, bson.MaxKey{}, ""}, {v2.Undefined{}, bson.Undefined{}, ""},
	{v2.E{Key: "a", Value: 1.5}, bson.E{Key: "a", Value: 1.5}, ""},
	{v2.D{{Key: "b", Value: "\xff\u2028"}, {Key: "<", Value: v2.M{"z": 1.5, "a": nil}}, {Key: "b", Value: v2.A{1.5}}},
		bson.D{{Key: "b", Value: "\xff\u2028"}, {Key: "<", Value: bson.M{"z": 1.5, "a": nil}}, {Key: "b", Value: bson.A{1.5}}}, ""},
	{v2.D(nil), bson.D(nil), ""}, {v2.D{}, bson.D{}, ""}, {v2.M(nil), bson.M(nil), ""}, {v2.A(nil), bson.A(nil), ""},
	{v2.RawValue{Type: v2.TypeBoolean, Value: []byte{1}}, bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, `true`},
	{v2.Null{}, bson.Null{}, `null`},
	{v2.NewVector([]int8{1}), bson.NewVector([]int8{1}), `{"Subtype":9,"Data":"AwAB"}`},
	{v2.Raw(doc), bson.Raw(doc), `{"a":1}`},
}

// TestSameJSON: encoding/json writes and reads our types as it does the types of
// the driver.
func TestSameJSON(t *testing.T) {
	for _, tc := range plain {
		theirs, theirErr := json.Marshal(tc.theirs)
		ours, ourErr := json.Marshal(tc.ours)
		want := tc.json
		if want == "" {
			want = string(theirs)
		} else if want == string(theirs) {
			t.Errorf("%T: the driver's JSON is %s too; delete it from the row", tc.ours, want)
		}
		if (theirErr != nil) != (ourErr != nil) || string(ours) != want {
			t.Errorf("%T: got %s, %v, want %s, %v", tc.ours, ours, ourErr, want, theirErr)
		}
		if theirErr != nil || tc.json != "" {
			continue
		}
		a, b := reflect.New(reflect.TypeOf(tc.theirs)), reflect.New(reflect.TypeOf(tc.ours))
		theirErr, ourErr = json.Unmarshal(theirs, a.Interface()), json.Unmarshal(ours, b.Interface())
		x, y := written(t, nil, a.Interface()), written(t, nil, b.Interface())
		if (theirErr != nil) != (ourErr != nil) || x != y {
			t.Errorf("%T: read as %v, %v, want %v, %v", tc.ours, b.Elem(), ourErr, a.Elem(), theirErr)
		}
	}
	// Reading integers differs.
	const text = `{"n":9007199254740993,"a":[5]}`
	var theirs v2.D
	var ours bson.D
	if err := errors.Join(json.Unmarshal([]byte(text), &theirs), json.Unmarshal([]byte(text), &ours)); err != nil {
		t.Fatal(err)
	}
	if want := (v2.D{{Key: "n", Value: float64(1 << 53)}, {Key: "a", Value: []any{5.0}}}); !reflect.DeepEqual(theirs, want) {
		t.Errorf("the driver reads %#v, want %#v", theirs, want)
	}
	if want := (bson.D{{Key: "n", Value: int64(1<<53 + 1)}, {Key: "a", Value: bson.A{int32(5)}}}); !reflect.DeepEqual(ours, want) {
		t.Errorf("read %#v, want %#v", ours, want)
	}
	for _, tc := range []struct {
		theirs, ours any
		texts        []string
	}{
		{new(v2.ObjectID), new(objectid.ID), []string{`null`, `"56e1fc72e0c917e9c4714161"`, `{"$oid":"56e1fc72e0c917e9c4714161"}`, `"56"`, `7`, `{}`, `{"$oid":7}`}},
		{new(v2.Decimal128), new(decimal128.Decimal), []string{`null`, `"1.20"`, `{"$numberDecimal":"1.20"}`, `"x"`, `{}`, `{"$numberDecimal":7}`, `[]`}},
		{new(v2.DateTime), new(bson.DateTime), []string{`null`, `"2020-01-02T03:04:05.678+01:00"`, `"x"`, `7`}},
		{new(v2.D), new(bson.D), []string{`null`, `{"b":1.5,"a":[{"c":null,"b":true}],"b":"x"}`, `[]`, `7`, `{}`}},
	} {
		for _, text := range tc.texts {
			theirErr, ourErr := json.Unmarshal([]byte(text), tc.theirs), json.Unmarshal([]byte(text), tc.ours)
			x, y := written(t, nil, tc.theirs), written(t, nil, tc.ours)
			if (theirErr != nil) != (ourErr != nil) || x != y && ourErr == nil {
				t.Errorf("%s into %T: got %q, %v, want %q, %v", text, tc.ours, y, ourErr, x, theirErr)
			}
		}
	}
}

// TestDifferences: each row of differences is true.
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
