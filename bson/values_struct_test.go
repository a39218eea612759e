package bson_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/objectid"
)

// marshalled returns the document that o writes for v.
func marshalled(t *testing.T, o bson.EncodeOptions, v any) bson.D {
	t.Helper()
	doc, err := o.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var d bson.D
	if err := bson.Unmarshal(doc, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// unmarshalled returns what o reads from a document with the elements of d.
func unmarshalled[T any](t *testing.T, o bson.DecodeOptions, d any) T {
	t.Helper()
	doc, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := o.Unmarshal(doc, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

type embedded struct{ E int }

// Embedded is exported, so that its embedding is.
type Embedded struct{ E int }

type deepest struct {
	X string
	Z string
}

type middle struct {
	Deepest deepest `bson:",inline"`
	Y       string
	X       string
}

// zeroParts is zero by its exported parts.
type zeroParts struct {
	S      string
	L      []int
	hidden int
	Embedded
}

type zeroable struct{ N int }

func (z zeroable) IsZero() bool { return z.N == 42 }

type zeroableByPointer struct{ N int }

func (z *zeroableByPointer) IsZero() bool { return z.N == 42 }

// withTag returns a struct with one int field, A, with the given tag.
func withTag(tag reflect.StructTag) any {
	return reflect.New(reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeFor[int](), Tag: tag}})).Interface()
}

// TestTags: the rules of struct tags, one by one.
func TestTags(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   any
		want bson.D
	}{
		{"lower case", struct{ FooBar int }{1}, bson.D{{"foobar", int32(1)}}},
		{"name", struct {
			A int `bson:"b"`
		}{1}, bson.D{{"b", int32(1)}}},
		{"bare tag", withTag("b"), bson.D{{"b", int32(0)}}},
		{"bare dash", withTag("-"), bson.D{}},
		{"bare flags", withTag(",omitempty"), bson.D{}},
		{"skipped", struct {
			A int `bson:"-"`
		}{1}, bson.D{}},
		{"dash with comma is a name", struct {
			A int `bson:"-,"`
		}{1}, bson.D{{"-", int32(1)}}},
		{"unexported", struct{ a, B int }{1, 2}, bson.D{{"b", int32(2)}}},
		{"other tags are ignored", struct {
			A int `json:"b" xml:"c"`
		}{1}, bson.D{{"a", int32(1)}}},
		{"unknown flag", struct {
			A int `bson:"b,string"`
		}{1}, bson.D{{"b", int32(1)}}},
		{"flag as name", struct {
			A int `bson:"omitempty"`
		}{0}, bson.D{}},
		{"omitempty", struct {
			A int               `bson:",omitempty"`
			B string            `bson:",omitempty"`
			C *int              `bson:",omitempty"`
			D []int             `bson:",omitempty"`
			E map[string]string `bson:",omitempty"`
			F any               `bson:",omitempty"`
			G bool              `bson:",omitempty"`
			H time.Time         `bson:",omitempty"`
			I objectid.ID       `bson:",omitempty"`
			J [0]int            `bson:",omitempty"`
			K embedded          `bson:",omitempty"`
			L float64           `bson:",omitempty"`
			M fmt.Stringer      `bson:",omitempty"`
		}{D: []int{}, E: map[string]string{}}, bson.D{{"k", bson.D{{"e", int32(0)}}}}},
		{"omitempty with values", struct {
			A any      `bson:",omitempty"`
			B zeroable `bson:",omitempty"`
			C zeroable `bson:",omitempty"`
			D *int     `bson:",omitempty"`
		}{A: 0, B: zeroable{42}, D: new(int)}, bson.D{{"a", int32(0)}, {"c", bson.D{{"n", int32(0)}}}, {"d", int32(0)}}},
		{"omitzero", struct {
			A int                `bson:",omitzero"`
			B []int              `bson:",omitzero"`
			C []int              `bson:",omitzero"`
			D embedded           `bson:",omitzero"`
			E zeroable           `bson:",omitzero"`
			F zeroable           `bson:",omitzero"`
			G time.Time          `bson:",omitzero"`
			H zeroableByPointer  `bson:",omitzero"`
			I *zeroableByPointer `bson:",omitzero"`
		}{C: []int{}, E: zeroable{42}, H: zeroableByPointer{42}}, bson.D{{"c", bson.A{}}, {"f", bson.D{{"n", int32(0)}}}}},
		{"minsize", struct {
			A int64          `bson:",minsize"`
			B uint32         `bson:",minsize"`
			C int64          `bson:",minsize"`
			D []int64        `bson:",minsize"`
			E map[string]any `bson:",minsize"`
			F int64
		}{1, 2, 1 << 40, []int64{3}, map[string]any{"x": int64(4)}, 5},
			bson.D{{"a", int32(1)}, {"b", int32(2)}, {"c", int64(1 << 40)}, {"d", bson.A{int32(3)}}, {"e", bson.D{{"x", int32(4)}}}, {"f", int64(5)}}},
		{"embedded", struct{ Embedded }{Embedded{1}}, bson.D{{"embedded", bson.D{{"e", int32(1)}}}}},
		{"embedded unexported", struct{ embedded }{embedded{1}}, bson.D{}},
		{"inline", struct {
			A        int
			Embedded `bson:",inline"`
			B        int
		}{1, Embedded{2}, 3}, bson.D{{"a", int32(1)}, {"e", int32(2)}, {"b", int32(3)}}},
		{"inline pointer", struct {
			*Embedded `bson:",inline"`
			B         int
		}{&Embedded{2}, 3}, bson.D{{"e", int32(2)}, {"b", int32(3)}}},
		{"inline nil pointer", struct {
			*Embedded `bson:",inline"`
			B         int
		}{nil, 3}, bson.D{{"b", int32(3)}}},
		{"inline map", struct {
			A int
			M map[string]int `bson:",inline"`
		}{1, map[string]int{"z": 3, "y": 2}}, bson.D{{"a", int32(1)}, {"y", int32(2)}, {"z", int32(3)}}},
		{"depth decides", struct {
			M middle `bson:",inline"`
			Y int
		}{middle{deepest{"deep", "z"}, "y", "x"}, 1}, bson.D{{"z", "z"}, {"x", "x"}, {"y", int32(1)}}},
		{"E", bson.E{"a", 1}, bson.D{{"key", "a"}, {"value", int32(1)}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, marshalled(t, bson.EncodeOptions{}, tc.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestStructDecode: keys in any order and case, unknown keys, inlined structs
// and maps.
func TestStructDecode(t *testing.T) {
	type dest struct {
		A         int
		FooBar    string
		Named     string `bson:"camelCase"`
		*Embedded `bson:",inline"`
		Rest      map[string]any `bson:",inline"`
		Trunc     float32        `bson:",truncate"`
		Ints      []int          `bson:",truncate"`
	}
	got := unmarshalled[dest](t, bson.DecodeOptions{}, bson.D{
		{"e", 5}, {"unknown", "u"}, {"camelCase", "c"}, {"fooBar", "f"}, {"a", 1}, {"trunc", 0.1}, {"ints", bson.A{1.9, -1.9}}, {"x", nil},
	})
	want := dest{1, "f", "c", &Embedded{5}, map[string]any{"unknown": "u", "x": nil}, 0.1, []int{1, -1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNullIntoInterface: an interface with methods can be set to nil only.
func TestNullIntoInterface(t *testing.T) {
	got := struct{ S fmt.Stringer }{bson.UUID{}}
	doc, err := bson.Marshal(bson.D{{"s", nil}})
	if err != nil {
		t.Fatal(err)
	}
	if err := bson.Unmarshal(doc, &got); err != nil || got.S != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestRecursive: a type that contains itself, in every way.
func TestRecursive(t *testing.T) {
	type tree struct {
		Name string
		Kids []tree           `bson:",omitempty"`
		ByID map[string]*tree `bson:",omitempty"`
		Up   *tree            `bson:",omitempty"`
	}
	want := tree{"a", []tree{{Name: "b"}, {Name: "c", Kids: []tree{{Name: "d"}}}}, map[string]*tree{"x": {Name: "e"}}, &tree{Name: "f"}}
	got := unmarshalled[tree](t, bson.DecodeOptions{}, want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEncodeOptions: the effect of each option.
func TestEncodeOptions(t *testing.T) {
	type jsonTagged struct {
		A int `json:"x,omitempty"`
		B int `bson:"y" json:"z"`
		C int `json:"-"`
	}
	type shadowed struct {
		M middle `bson:",inline"`
		Y int
	}
	for _, tc := range []struct {
		name string
		o    bson.EncodeOptions
		in   any
		want bson.D
	}{
		{"JSONTags", bson.EncodeOptions{JSONTags: true}, jsonTagged{B: 1, C: 2}, bson.D{{"y", int32(1)}}},
		{"no JSONTags", bson.EncodeOptions{}, jsonTagged{B: 1, C: 2}, bson.D{{"a", int32(0)}, {"y", int32(1)}, {"c", int32(2)}}},
		{"MinSize", bson.EncodeOptions{MinSize: true}, bson.D{{"a", int64(1)}, {"b", uint64(2)}, {"c", int64(-1 << 31)}, {"d", int64(1 << 31)}},
			bson.D{{"a", int32(1)}, {"b", int32(2)}, {"c", int32(-1 << 31)}, {"d", int64(1 << 31)}}},
		{"nil as empty", bson.EncodeOptions{NilMapAsEmpty: true, NilSliceAsEmpty: true, NilBytesAsEmpty: true}, struct {
			M map[string]int
			N bson.M
			S []int
			A bson.A
			D bson.D
			B []byte
		}{}, bson.D{{"m", bson.D{}}, {"n", bson.D{}}, {"s", bson.A{}}, {"a", bson.A{}}, {"d", bson.D{}}, {"b", bson.Binary{Data: []byte{}}}}},
		{"OmitEmpty", bson.EncodeOptions{OmitEmpty: true}, struct {
			A int
			B string
			C embedded
		}{B: "x"}, bson.D{{"b", "x"}, {"c", bson.D{}}}},
		{"OmitZeroStruct", bson.EncodeOptions{OmitZeroStruct: true}, struct {
			A Embedded `bson:",omitempty"`
			B Embedded
		}{}, bson.D{{"b", bson.D{{"e", int32(0)}}}}},
		{"OmitZeroStruct with parts", bson.EncodeOptions{OmitZeroStruct: true, OmitEmpty: true}, struct {
			A, B, C, D, E, F zeroParts
			G, H             *zeroParts
			I, J             struct{ embedded }
		}{
			B: zeroParts{hidden: 1}, C: zeroParts{S: "s"}, D: zeroParts{Embedded: Embedded{1}}, E: zeroParts{L: []int{}}, F: zeroParts{L: []int{0}},
			H: &zeroParts{}, J: struct{ embedded }{embedded{1}},
		}, bson.D{{"c", bson.D{{"s", "s"}}}, {"d", bson.D{{"embedded", bson.D{{"e", int32(1)}}}}}, {"f", bson.D{{"l", bson.A{int32(0)}}}},
			{"h", bson.D{}}, {"j", bson.D{}}}},
		{"TextMarshalers", bson.EncodeOptions{TextMarshalers: true}, bson.D{{"a", level(2)}, {"b", bson.UUID{}}},
			bson.D{{"a", "level 2"}, {"b", bson.Binary{Subtype: 4, Data: make([]byte, 16)}}}},
		{"no TextMarshalers", bson.EncodeOptions{}, bson.D{{"a", level(2)}}, bson.D{{"a", int32(2)}}},
		{"BigIntAsDecimal", bson.EncodeOptions{BigIntAsDecimal: true}, bson.D{{"a", big.NewInt(-5)}}, bson.D{{"a", mustDecimal("-5")}}},
		{"StringifyKeys", bson.EncodeOptions{StringifyKeys: true}, map[float64]int{1.5: 1}, bson.D{{"1.5", int32(1)}}},
		{"UUIDRepresentation", bson.EncodeOptions{UUIDRepresentation: bson.UUIDJavaLegacy}, bson.D{{"u", bson.UUID{1, 2, 3, 4, 5, 6, 7, 8, 9}}},
			bson.D{{"u", bson.Binary{Subtype: 3, Data: []byte{8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 9}}}}},
		{"HoistID", bson.EncodeOptions{HoistID: true}, bson.D{{"a", 1}, {"_id", "x"}, {"b", 2}}, bson.D{{"_id", "x"}, {"a", int32(1)}, {"b", int32(2)}}},
		{"HoistID without", bson.EncodeOptions{HoistID: true}, bson.D{{"a", 1}}, bson.D{{"a", int32(1)}}},
		{"AddID with", bson.EncodeOptions{AddID: true}, bson.D{{"a", 1}, {"_id", 2}}, bson.D{{"a", int32(1)}, {"_id", int32(2)}}},
		{"InvalidUTF8", bson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}, bson.D{{"\xffk", "a\xf0\x80b"}, {"r", bson.Regex{Pattern: "\xff"}}},
			bson.D{{"\uFFFDk", "a\uFFFD\uFFFDb"}, {"r", bson.Regex{Pattern: "\uFFFD"}}}},
		{"shadowed", bson.EncodeOptions{}, shadowed{}, bson.D{{"z", ""}, {"x", ""}, {"y", int32(0)}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, marshalled(t, tc.o, tc.in), bits); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	d := marshalled(t, bson.EncodeOptions{AddID: true}, bson.D{{"a", 1}})
	if id, ok := d[0].Value.(objectid.ID); len(d) != 2 || d[0].Key != "_id" || !ok || id.IsZero() {
		t.Errorf("AddID: %v", d)
	}
	if _, err := (bson.EncodeOptions{RejectShadowed: true}).Marshal(shadowed{}); !errors.Is(err, bson.ErrUnsupported) {
		t.Errorf("RejectShadowed: %v", err)
	}
	m := map[string]int{"a": 1, "b": 2, "c": 3}
	if d := marshalled(t, bson.EncodeOptions{UnsortedMaps: true}, m); len(d) != 3 {
		t.Errorf("UnsortedMaps: %v", d)
	}
	for _, v := range []any{bson.M{"\xff": 1, "\xfe": 2}, map[string]int{"\xff": 1, "\uFFFD": 2}} {
		for _, unsorted := range []bool{false, true} {
			if _, err := (bson.EncodeOptions{InvalidUTF8: bson.UTF8Replace, UnsortedMaps: unsorted}).Marshal(v); !errors.Is(err, bson.ErrDuplicateKey) {
				t.Errorf("keys that are the same when replaced: %v", err)
			}
		}
	}
	if _, err := (bson.EncodeOptions{UnsortedMaps: true, StringifyKeys: true}).Marshal(map[myKey]int{"a": 1, "b": 2}); !errors.Is(err, bson.ErrDuplicateKey) {
		t.Errorf("UnsortedMaps and StringifyKeys: %v", err)
	}
	if d := marshalled(t, bson.EncodeOptions{UnsortedMaps: true}, bson.M{"a": m}); len(d[0].Value.(bson.D)) != 3 {
		t.Errorf("UnsortedMaps: %v", d)
	}
	if _, err := (bson.EncodeOptions{MaxDepth: 2}).Marshal(bson.D{{"a", bson.A{bson.D{}}}}); !errors.Is(err, bson.ErrDepth) {
		t.Errorf("MaxDepth: %v", err)
	}
}

// TestMapOrder: the keys of a map are written in the order of their bytes, also if they
// begin with the same bytes, or one is the start of another.
func TestMapOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	key := func() string {
		b := make([]byte, r.IntN(20))
		for i := range b {
			b[i] = "ab\x01~"[r.IntN(4)*r.IntN(2)]
		}
		return string(b) + strings.Repeat("é", r.IntN(2))
	}
	for range 500 {
		texts, inner := map[string]string{}, bson.M{}
		for range r.IntN(70) {
			k := key()
			texts[k], inner[k] = k, bson.M{k: k, k + "b": true}
		}
		for _, v := range []any{texts, inner, struct {
			M map[string]string `bson:",inline"`
		}{texts}} {
			d := marshalled(t, bson.EncodeOptions{}, v)
			for i, e := range d {
				if i > 0 && d[i-1].Key >= e.Key {
					t.Fatalf("%T: key %q before %q", v, d[i-1].Key, e.Key)
				}
				want := any(e.Key)
				if _, ok := v.(bson.M); ok {
					want = bson.D{{e.Key, e.Key}, {e.Key + "b", true}}
				}
				if diff := cmp.Diff(want, e.Value); diff != "" {
					t.Fatalf("%T: value of %q (-want +got):\n%s", v, e.Key, diff)
				}
			}
			if len(d) != len(texts) {
				t.Fatalf("%T: %d keys, want %d", v, len(d), len(texts))
			}
		}
	}
}

// All values of myKey have the same text.
type myKey string

func (myKey) String() string { return "key" }

type level int

func (l level) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "level %d", int(l)), nil }

func (l *level) UnmarshalText(b []byte) error {
	n, err := strconv.Atoi(strings.TrimPrefix(string(b), "level "))
	*l = level(n)
	return err
}

// TestDecodeOptions: the effect of each option.
func TestDecodeOptions(t *testing.T) {
	zone := time.FixedZone("x", 3600)
	at := time.UnixMilli(1000)
	legacy := bson.Binary{Subtype: 3, Data: []byte{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}}
	uuid := bson.UUID{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	far := bson.DateTime(253402300800000) // the first of the year 10000
	ref := bson.D{{"$ref", "c"}, {"$id", int32(1)}, {"x", int32(2)}}
	for _, tc := range []struct {
		name string
		o    bson.DecodeOptions
		in   any
		want any
	}{
		{"D", bson.DecodeOptions{}, bson.D{{"a", bson.D{}}}, bson.D{{"a", bson.D{}}}},
		{"M", bson.DecodeOptions{DocumentType: bson.DocumentsAsM}, bson.D{{"a", bson.D{}}}, bson.M{"a": bson.M{}}},
		{"map", bson.DecodeOptions{DocumentType: bson.DocumentsAsMap}, bson.D{{"a", bson.D{}}}, map[string]any{"a": map[string]any{}}},
		{"binary", bson.DecodeOptions{BinaryAsBytes: true}, bson.A{[]byte{1}, bson.Binary{Subtype: 2, Data: []byte{2}}},
			bson.A{[]byte{1}, bson.Binary{Subtype: 2, Data: []byte{2}}}},
		{"UUID unspecified", bson.DecodeOptions{}, uuid, uuid.Binary(bson.UUIDStandard)},
		{"UUID standard", bson.DecodeOptions{UUIDRepresentation: bson.UUIDStandard}, bson.A{uuid, legacy}, bson.A{uuid, legacy}},
		{"UUID C#", bson.DecodeOptions{UUIDRepresentation: bson.UUIDCSharpLegacy}, bson.A{uuid, legacy}, bson.A{uuid.Binary(bson.UUIDStandard), uuid}},
		{"DBRef", bson.DecodeOptions{DBRefs: true}, ref, bson.DBRef{Ref: "c", ID: int32(1), Extra: bson.D{{"x", int32(2)}}}},
		{"DBRef in another order", bson.DecodeOptions{DBRefs: true}, bson.D{{"$id", int32(1)}, {"$ref", "c"}}, bson.D{{"$id", int32(1)}, {"$ref", "c"}}},
		{"DBRef with empty database", bson.DecodeOptions{DBRefs: true}, bson.D{{"$ref", "c"}, {"$id", int32(1)}, {"$db", ""}},
			bson.D{{"$ref", "c"}, {"$id", int32(1)}, {"$db", ""}}},
		{"time", bson.DecodeOptions{TimeInAny: true}, bson.DateTime(1000), at.UTC()},
		{"location", bson.DecodeOptions{TimeInAny: true, Location: zone}, bson.DateTime(1000), at.In(zone)},
		{"time kept", bson.DecodeOptions{TimeInAny: true}, far, far},
		{"time clamped", bson.DecodeOptions{TimeInAny: true, TimeRange: bson.TimeClamp}, far, time.UnixMilli(int64(far) - 1).UTC()},
		{"InvalidUTF8", bson.DecodeOptions{InvalidUTF8: bson.UTF8Replace}, bson.RawValue{Type: bson.TypeString, Value: []byte("\x03\x00\x00\x00a\xff\x00")}, "a\uFFFD"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := unmarshalled[struct{ V any }](t, tc.o, bson.D{{"v", tc.in}}).V
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tm, ok := tc.want.(time.Time); ok && got.(time.Time).Location().String() != tm.Location().String() {
				t.Errorf("location is %v", got.(time.Time).Location())
			}
		})
	}
	if got := unmarshalled[struct{ V myString }](t, bson.DecodeOptions{ObjectIDAsHex: true}, bson.D{{"v", anID}}); string(got.V) != anID.Hex() {
		t.Errorf("ObjectIDAsHex: %q", got.V)
	}
	if got := unmarshalled[struct{ V time.Time }](t, bson.DecodeOptions{}, bson.D{{"v", "1970-01-01T01:00:01+01:00"}}); !got.V.Equal(at) || got.V.Location() != time.UTC {
		t.Errorf("text of a time with a zone: %v", got.V)
	}
	if got := unmarshalled[struct{ V time.Time }](t, bson.DecodeOptions{Location: zone}, bson.D{{"v", "1970-01-01T00:00:01Z"}}); !got.V.Equal(at) || got.V.Location() != zone {
		t.Errorf("text of a time in a location: %v", got.V)
	}
	far1 := bson.D{{"v", far}}
	if got := unmarshalled[struct{ V time.Time }](t, bson.DecodeOptions{}, far1); got.V.Year() != 10000 {
		t.Errorf("TimeKeep: %v", got)
	}
	type row struct {
		name string
		o    bson.DecodeOptions
		in   bson.D
		dst  any
		want error // nil: none
	}
	for _, tc := range []row{
		{"TimeReject", bson.DecodeOptions{TimeRange: bson.TimeReject}, far1, new(struct{ V time.Time }), bson.ErrRange},
		{"ObjectIDAsHex", bson.DecodeOptions{ObjectIDAsHex: true}, bson.D{{"v", anID}}, new(struct{ V string }), nil},
		{"Truncate", bson.DecodeOptions{Truncate: true}, bson.D{{"v", 1.9}}, new(struct{ V int }), nil},
		{"unknown field", bson.DecodeOptions{RejectUnknownFields: true}, bson.D{{"v", 1}, {"w", 1}}, new(struct{ V int }), bson.ErrUnknownField},
		{"known field", bson.DecodeOptions{RejectUnknownFields: true}, bson.D{{"v", 1}}, new(struct{ V int }), nil},
		{"twice in struct", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", 1}, {"v", 1}}, new(struct{ V int }), bson.ErrDuplicateKey},
		{"twice unknown", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"w", 1}, {"w", 1}}, new(struct{ V int }), bson.ErrDuplicateKey},
		{"twice in an array of E", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", bson.D{{"w", 1}, {"w", 1}}}}, new(struct{ V [2]bson.E }), bson.ErrDuplicateKey},
		{"twice in D", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", 1}, {"v", 1}}, new(bson.D), bson.ErrDuplicateKey},
		{"twice in M", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", 1}, {"v", 1}}, new(bson.M), bson.ErrDuplicateKey},
		{"twice in map", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", 1}, {"v", 1}}, new(map[string]int), bson.ErrDuplicateKey},
		{"twice in a wide D", bson.DecodeOptions{RejectDuplicateKeys: true}, append(wide(100), bson.E{"k50", 1}), new(bson.D), bson.ErrDuplicateKey},
		{"not twice in a wide D", bson.DecodeOptions{RejectDuplicateKeys: true}, wide(100), new(bson.D), nil},
		{"twice allowed in struct", bson.DecodeOptions{}, bson.D{{"v", 1}, {"v", 1}}, new(struct{ V int }), nil},
		{"twice allowed unknown", bson.DecodeOptions{}, bson.D{{"w", 1}, {"w", 1}}, new(struct{ V int }), nil},
		{"twice allowed in an inlined map", bson.DecodeOptions{}, bson.D{{"w", 1}, {"w", 1}}, new(rest), nil},
		{"twice in an inlined map", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"w", 1}, {"w", 1}}, new(rest), bson.ErrDuplicateKey},
		{"twice allowed in an array of E", bson.DecodeOptions{}, bson.D{{"v", bson.D{{"w", 1}, {"w", 1}}}}, new(struct{ V [2]bson.E }), nil},
		{"twice allowed in D", bson.DecodeOptions{}, bson.D{{"v", 1}, {"v", 1}}, new(bson.D), nil},
		{"twice allowed in M", bson.DecodeOptions{}, bson.D{{"v", 1}, {"v", 1}}, new(bson.M), nil},
		{"twice allowed in map", bson.DecodeOptions{}, bson.D{{"v", 1}, {"v", 1}}, new(map[string]int), nil},
		{"not twice in M", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", 1}, {"w", bson.D{{"v", 1}}}}, new(bson.M), nil},
		{"not twice in map", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", 1}, {"w", 1}}, new(map[string]int), nil},
		{"not twice in struct", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", 1}, {"w", 1}, {"x", 1}}, new(struct{ V int }), nil},
		{"not twice in an array of E", bson.DecodeOptions{RejectDuplicateKeys: true}, bson.D{{"v", bson.D{{"v", 1}, {"w", 1}}}}, new(struct{ V [2]bson.E }), nil},
		{"inexact", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", int64(1<<53 + 1)}}, new(struct{ V float64 }), bson.ErrInexact},
		{"inexact allowed", bson.DecodeOptions{}, bson.D{{"v", int64(1<<53 + 1)}}, new(struct{ V float64 }), nil},
		{"exact", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", int64(1 << 53)}}, new(struct{ V float64 }), nil},
		{"2 is no bool", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", 2}}, new(struct{ V bool }), bson.ErrInexact},
		{"nor is 2 as an int64", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", int64(2)}}, new(struct{ V bool }), bson.ErrInexact},
		{"nor 2.0", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", 2.0}}, new(struct{ V bool }), bson.ErrInexact},
		{"nor is -1 as an int32", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", int32(-1)}}, new(struct{ V bool }), bson.ErrInexact},
		{"nor is 2^32", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", int64(1 << 32)}}, new(struct{ V bool }), bson.ErrInexact},
		{"nor is -1", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", int64(-1)}}, new(struct{ V bool }), bson.ErrInexact},
		{"nor 0.5", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", 0.5}}, new(struct{ V bool }), bson.ErrInexact},
		{"1 is", bson.DecodeOptions{RejectInexact: true}, bson.D{{"a", 1}, {"b", int64(0)}, {"c", 1.0}, {"d", true}, {"e", int64(1)}, {"f", 0.0}, {"g", int32(0)}}, new(map[string]bool), nil},
		{"max int64", bson.DecodeOptions{RejectInexact: true}, bson.D{{"v", int64(1<<63 - 1)}}, new(struct{ V float64 }), bson.ErrInexact},
		{"MaxDepth", bson.DecodeOptions{MaxDepth: 1}, bson.D{{"v", bson.D{}}}, new(bson.D), bson.ErrDepth},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc, err := bson.Marshal(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if err := tc.o.Unmarshal(doc, tc.dst); !errors.Is(err, tc.want) {
				t.Errorf("error is %v, want %v", err, tc.want)
			}
		})
	}
}

func wide(n int) bson.D {
	d := make(bson.D, n)
	for i := range d {
		d[i] = bson.E{"k" + strconv.Itoa(i), i}
	}
	return d
}

type onValue struct{ S string }

func (v onValue) MarshalBSONValue() (byte, []byte, error) {
	t, data, err := bson.MarshalValue("<" + v.S + ">")
	return byte(t), data, err
}

func (v *onValue) UnmarshalBSONValue(t byte, data []byte) error {
	return bson.UnmarshalValue(bson.Type(t), data, &v.S)
}

type onPointer struct{ S string }

func (v *onPointer) MarshalBSON() ([]byte, error) {
	return bson.Marshal(bson.D{{"s", "<" + v.S + ">"}})
}

func (v *onPointer) UnmarshalBSON(doc []byte) error {
	return bson.Unmarshal(doc, &struct{ S *string }{&v.S})
}

type legacyType byte

type onLegacy struct{ S string }

func (v onLegacy) MarshalBSONValue() (legacyType, []byte, error) {
	t, data, err := bson.MarshalValue("<" + v.S + ">")
	return legacyType(t), data, err
}

func (v *onLegacy) UnmarshalBSONValue(t legacyType, data []byte) error {
	return bson.UnmarshalValue(bson.Type(t), data, &v.S)
}

type onProxy struct{ S string }

func (v onProxy) ProxyBSON() (any, error) { return "<" + v.S + ">", nil }

// TestHooks: each kind of hook is called, with and without an address.
func TestHooks(t *testing.T) {
	type all struct {
		V  onValue
		P  onPointer
		L  onLegacy
		X  onProxy
		PV *onValue
		PP *onPointer
		N  *onValue
		S  []onPointer
		M  map[string]onPointer
	}
	in := all{onValue{"v"}, onPointer{"p"}, onLegacy{"l"}, onProxy{"x"}, &onValue{"v"}, &onPointer{"p"}, nil,
		[]onPointer{{"p"}}, map[string]onPointer{"k": {"p"}}}
	p := bson.D{{"s", "<p>"}}
	want := bson.D{{"v", "<v>"}, {"p", p}, {"l", "<l>"}, {"x", "<x>"}, {"pv", "<v>"}, {"pp", p}, {"n", nil},
		{"s", bson.A{p}}, {"m", bson.D{{"k", p}}}}
	for _, v := range []any{in, &in} {
		if diff := cmp.Diff(want, marshalled(t, bson.EncodeOptions{}, v)); diff != "" {
			t.Errorf("%T (-want +got):\n%s", v, diff)
		}
	}
	if diff := cmp.Diff(p, marshalled(t, bson.EncodeOptions{}, onPointer{"p"})); diff != "" {
		t.Errorf("whole document (-want +got):\n%s", diff)
	}
	got := unmarshalled[struct {
		V onValue
		P onPointer
		L onLegacy
		N *onValue
	}](t, bson.DecodeOptions{}, want)
	if got.V.S != "<v>" || got.P.S != "<p>" || got.L.S != "<l>" || got.N != nil {
		t.Errorf("%+v", got)
	}
}

// TestCodecs: functions in options replace the rules, for these calls only.
func TestCodecs(t *testing.T) {
	type meters float64
	type trip struct {
		Length meters
		Any    any
	}
	codecs := bson.NewCodecs(
		bson.TypeCodec(func(dst []byte, v meters) ([]byte, bson.Type, error) {
			t, data, err := bson.MarshalValue(strconv.FormatFloat(float64(v), 'g', -1, 64) + " m")
			return append(dst, data...), t, err
		}, func(t bson.Type, data []byte, v *meters) error {
			var s string
			if err := bson.UnmarshalValue(t, data, &s); err != nil {
				return err
			}
			f, err := strconv.ParseFloat(strings.TrimSuffix(s, " m"), 64)
			*v = meters(f)
			return err
		}),
		bson.AnyAs[int](bson.TypeInt32),
		bson.FallbackEncoder(func(v any) (any, error) { return fmt.Sprintf("%T", v), nil }),
	)
	eo, do := bson.EncodeOptions{Codecs: codecs}, bson.DecodeOptions{Codecs: codecs}
	in := trip{1.5, bson.A{meters(2), make(chan int), int32(3)}}
	for range 2 {
		if diff := cmp.Diff(bson.D{{"length", "1.5 m"}, {"any", bson.A{"2 m", "chan int", int32(3)}}}, marshalled(t, eo, in)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(bson.D{{"length", 1.5}, {"any", nil}}, marshalled(t, bson.EncodeOptions{}, trip{Length: 1.5})); diff != "" {
			t.Errorf("without Codecs (-want +got):\n%s", diff)
		}
		got := unmarshalled[trip](t, do, bson.D{{"length", "2.5 m"}, {"any", bson.D{{"x", int32(7)}}}})
		if diff := cmp.Diff(trip{2.5, bson.D{{"x", 7}}}, got); diff != "" {
			t.Errorf("decode (-want +got):\n%s", diff)
		}
	}
	// Either function may be missing, and may be wrong.
	half := bson.NewCodecs(bson.TypeCodec[meters](nil, func(t bson.Type, data []byte, v *meters) error { *v = 7; return nil }),
		bson.TypeCodec(func(dst []byte, v myInt) ([]byte, bson.Type, error) { return append(dst, 0), bson.TypeBoolean, nil }, nil),
		bson.TypeCodec(func(dst []byte, v myFloat) ([]byte, bson.Type, error) { return dst[:len(dst)-1], bson.TypeBoolean, nil }, nil),
		bson.FallbackEncoder(func(v any) (any, error) {
			if _, ok := v.(chan int); ok {
				return nil, errHook
			}
			return v, nil
		}))
	if diff := cmp.Diff(bson.D{{"a", 1.5}, {"b", false}}, marshalled(t, bson.EncodeOptions{Codecs: half}, bson.D{{"a", meters(1.5)}, {"b", myInt(5)}})); diff != "" {
		t.Errorf("half of a codec (-want +got):\n%s", diff)
	}
	both := unmarshalled[struct {
		A meters
		B myInt
	}](t, bson.DecodeOptions{Codecs: half}, bson.D{{"a", 1.5}, {"b", 5}})
	if both.A != 7 || both.B != 5 {
		t.Errorf("half of a codec: %+v", both)
	}
	for _, tc := range []struct {
		in   any
		want error
	}{{myFloat(1), bson.ErrHook}, {make(chan int), errHook}, {func() {}, bson.ErrDepth}} {
		_, err := bson.EncodeOptions{Codecs: half}.Marshal(bson.D{{"v", tc.in}})
		if f := conversionOf(t, err); f.Pointer != "/v" || f.Offset != 7 || f.GoType != reflect.TypeOf(tc.in).String() || !errors.Is(err, tc.want) {
			t.Errorf("%T: %v, want %v", tc.in, err, tc.want)
		}
	}
	doc, err := bson.Marshal(bson.D{{"length", "far"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := do.Unmarshal(doc, new(trip)); !errors.Is(err, bson.ErrHook) || !errors.Is(err, strconv.ErrSyntax) {
		t.Errorf("error of a codec: %v", err)
	}
}

// TestOptionsNeverLeak: options of one call do not affect other calls, earlier,
// later or at the same time.
func TestOptionsNeverLeak(t *testing.T) {
	type a struct {
		Name string `json:"n"`
		ID   int64
	}
	type b struct {
		Name string `json:"n"`
		ID   int64
	}
	plain := bson.D{{"name", "x"}, {"id", int64(1)}}
	tagged := bson.D{{"n", "x"}, {"id", int32(1)}}
	special := bson.EncodeOptions{JSONTags: true, MinSize: true}
	check := func(v any, o bson.EncodeOptions, want bson.D) {
		t.Helper()
		if diff := cmp.Diff(want, marshalled(t, o, v)); diff != "" {
			t.Errorf("%T (-want +got):\n%s", v, diff)
		}
	}
	check(a{"x", 1}, special, tagged)
	check(a{"x", 1}, bson.EncodeOptions{}, plain)
	check(b{"x", 1}, bson.EncodeOptions{}, plain)
	check(b{"x", 1}, special, tagged)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			type c struct {
				Name string `json:"n"`
				Next *c     `bson:",omitempty"`
				In   []c    `bson:",omitempty"`
			}
			in := c{"x", &c{Name: "y"}, []c{{Name: "z"}}}
			for range 50 {
				eo, do := bson.EncodeOptions{JSONTags: i%2 == 0}, bson.DecodeOptions{JSONTags: i%2 == 0, DocumentType: bson.DocumentType(i % 3)}
				doc, err := eo.Marshal(in)
				if err != nil {
					t.Error(err)
				}
				var out c
				if err := do.Unmarshal(doc, &out); err != nil || !cmp.Equal(in, out) {
					t.Error(cmp.Diff(in, out), err)
				}
			}
		})
	}
	wg.Wait()
}
