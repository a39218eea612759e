package bson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file holds that elements of containers are independent: of the depth of
// their siblings, of fields set for an earlier element, and of old bytes in the
// buffer.

// many is a number of siblings that is larger than the depth limit.
const many = bson.DefaultMaxDepth + 200

type (
	sibling  struct{ L []int }
	inlining struct {
		M map[string]int `bson:",inline"`
	}
	levelHook struct{}
)

func (levelHook) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeArray), []byte("\x05\x00\x00\x00\x00"), nil
}
func (*levelHook) UnmarshalBSONValue(byte, []byte) error { return nil }

// TestManySiblings: a container that has ended does not count as a level for
// later containers, in writing and reading.
func TestManySiblings(t *testing.T) {
	repeat := func(v any) bson.A { return slices.Repeat(bson.A{v}, many) }
	maps := make(map[string]map[string]int, many)
	anys := make(map[string]any, many)
	for i := range many {
		maps[fmt.Sprint(i)] = map[string]int{}
		anys[fmt.Sprint(i)] = bson.M{}
	}
	p := ptrTo(ptrTo(1))
	for name, v := range map[string]any{
		"A":                  repeat(bson.A{}),
		"[]any":              repeat([]any{}),
		"D":                  repeat(bson.D{}),
		"M":                  repeat(bson.M{}),
		"M of elements":      repeat(bson.M{"a": bson.M{"b": 1}}),
		"map":                repeat(map[int]string{1: "a"}),
		"[]E":                repeat([]bson.E{}),
		"array of E":         repeat([1]bson.E{{Key: "a"}}),
		"struct":             repeat(sibling{L: []int{1}}),
		"pointer to struct":  repeat(&sibling{}),
		"inlined map":        repeat(inlining{map[string]int{"a": 1}}),
		"list":               repeat([]int{}),
		"array":              repeat([1]string{"a"}),
		"Raw":                repeat(bson.Raw("\x05\x00\x00\x00\x00")),
		"DBRef":              repeat(bson.DBRef{Ref: "c", ID: bson.D{}}),
		"code with scope":    repeat(bson.CodeWithScope{Scope: bson.D{}}),
		"hook":               repeat(levelHook{}),
		"pointers":           repeat(&p),
		"proxy":              repeat(onProxy{"a"}),
		"typed lists":        make([][]int, many),
		"lists not nil":      slices.Repeat([][]int{{}}, many),
		"typed maps":         slices.Repeat([]map[string]int{{}}, many),
		"typed structs":      make([]sibling, many),
		"typed arrays":       make([][1]sibling, many),
		"array of lists":     [many][]int{},
		"map of maps":        maps,
		"map of any":         anys,
		"list of hooks":      make([]levelHook, many),
		"list of Ds":         slices.Repeat([]bson.D{{}}, many),
		"list of Ms":         slices.Repeat([]bson.M{{}}, many),
		"list of interfaces": slices.Repeat([]any{map[string]bson.A{"a": {}}}, many),
		"chains of pointers": slices.Repeat([]***int{&p}, many),
		"lists of structs":   slices.Repeat([][]sibling{{{}}}, many),
	} {
		for _, o := range []bson.EncodeOptions{{}, {UnsortedMaps: true}, {Codecs: bson.NewCodecs()}} {
			doc, err := o.Marshal(bson.D{{"v", v}})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			out := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(v)}}))
			if err := bson.Unmarshal(doc, out.Interface()); err != nil {
				t.Errorf("%s: Unmarshal: %v", name, err)
			}
			if err := bson.Unmarshal(doc, new(bson.D)); err != nil {
				t.Errorf("%s: Unmarshal into a D: %v", name, err)
			}
		}
	}
}

// TestPointerLimit: a chain of pointers may be as long as containers may be
// deep. One more pointer is rejected, in writing and reading.
func TestPointerLimit(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{"v", int32(1)}})
	if err != nil {
		t.Fatal(err)
	}
	for pointers := 1; pointers < 8; pointers++ {
		typ := reflect.TypeFor[int32]()
		v := reflect.New(typ).Elem()
		for range pointers {
			p := reflect.New(v.Type())
			p.Elem().Set(v)
			v, typ = p, reflect.PointerTo(typ)
		}
		for limit := 1; limit < 8; limit++ {
			// The last of the pointers leads to a number, and is not counted.
			want := error(nil)
			if pointers-1 > limit {
				want = bson.ErrDepth
			}
			if _, err := (bson.EncodeOptions{MaxDepth: limit}).Marshal(bson.D{{"v", v.Interface()}}); !errors.Is(err, want) {
				t.Errorf("%d pointers, limit %d: Marshal: %v, want %v", pointers, limit, err, want)
			}
			out := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: typ}}))
			if err := (bson.DecodeOptions{MaxDepth: limit}).Unmarshal(doc, out.Interface()); !errors.Is(err, want) {
				t.Errorf("%d pointers, limit %d: Unmarshal: %v, want %v", pointers, limit, err, want)
			}
		}
	}
}

type (
	point    struct{ X, Y int }
	partKey  struct{ A, B string } // sets the part that its text has
	textKey  struct{ A, B string }
	grade    int
	hidingIn struct {
		L grade
		P *grade
		N int
	}
	ownText struct{ s string }
)

func (k partKey) MarshalKey() (string, error) { return k.A + "-" + k.B, nil }
func (k *partKey) UnmarshalKey(key string) error {
	a, b, ok := strings.Cut(key, "-")
	if a != "" {
		k.A = a
	}
	if ok && b != "" {
		k.B = b
	}
	return nil
}
func (k textKey) MarshalText() ([]byte, error) {
	s, err := partKey(k).MarshalKey()
	return []byte(s), err
}
func (k *textKey) UnmarshalText(text []byte) error {
	return (*partKey)(k).UnmarshalKey(string(text))
}
func (l grade) MarshalText() ([]byte, error)   { return fmt.Append(nil, "L", int(l)), nil }
func (o ownText) MarshalText() ([]byte, error) { return []byte(o.s), nil }

// TestMapEntries: the key and the value of an entry keep nothing of the entry
// before.
func TestMapEntries(t *testing.T) {
	values := bson.D{{"a", bson.D{{"x", 1}, {"y", 2}}}, {"b", bson.D{{"x", 3}}}, {"c", bson.D{}}}
	if diff := cmp.Diff(map[string]point{"a": {1, 2}, "b": {X: 3}, "c": {}}, unmarshalled[map[string]point](t, bson.DecodeOptions{}, values)); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	type rest struct {
		M map[string]point `bson:",inline"`
	}
	if diff := cmp.Diff(rest{map[string]point{"a": {1, 2}, "b": {X: 3}, "c": {}}}, unmarshalled[rest](t, bson.DecodeOptions{}, values)); diff != "" {
		t.Errorf("inlined (-want +got):\n%s", diff)
	}
	keys := bson.D{{"a-b", 1}, {"c-", 2}, {"-d", 3}}
	if diff := cmp.Diff(map[partKey]int{{"a", "b"}: 1, {A: "c"}: 2, {B: "d"}: 3}, unmarshalled[map[partKey]int](t, bson.DecodeOptions{}, keys)); diff != "" {
		t.Errorf("keys by UnmarshalKey (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[textKey]int{{"a", "b"}: 1, {A: "c"}: 2, {B: "d"}: 3}, unmarshalled[map[textKey]int](t, bson.DecodeOptions{}, keys)); diff != "" {
		t.Errorf("keys by UnmarshalText (-want +got):\n%s", diff)
	}
	sorted := bson.D{{"-d", int32(3)}, {"a-b", int32(1)}, {"c-", int32(2)}}
	for _, m := range []any{map[partKey]int{{"a", "b"}: 1, {A: "c"}: 2, {B: "d"}: 3}, map[textKey]int{{"a", "b"}: 1, {A: "c"}: 2, {B: "d"}: 3}} {
		if diff := cmp.Diff(sorted, marshalled(t, bson.EncodeOptions{}, m)); diff != "" {
			t.Errorf("%T (-want +got):\n%s", m, diff)
		}
	}
}

// TestKnownTypesInside: types with their own form have it as elements of lists
// and maps too, not only as fields, which the loop of a struct writes.
func TestKnownTypesInside(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_123).UTC()
	for _, tc := range []struct{ typed, plain any }{
		{[]objectid.ID{anID, {}}, bson.A{anID, objectid.ID{}}},
		{[1]objectid.ID{anID}, bson.A{anID}},
		{map[string]objectid.ID{"k": anID}, bson.D{{"k", anID}}},
		{[]bson.DateTime{5, -5}, bson.A{bson.DateTime(5), bson.DateTime(-5)}},
		{map[string]bson.DateTime{"k": 5}, bson.D{{"k", bson.DateTime(5)}}},
		{[]time.Time{at}, bson.A{bson.DateTime(at.UnixMilli())}},
		{map[string]time.Time{"k": at}, bson.D{{"k", bson.DateTime(at.UnixMilli())}}},
		{[]*time.Time{&at, nil}, bson.A{bson.DateTime(at.UnixMilli()), nil}},
		{[]bson.Binary{{Subtype: 3, Data: []byte("x")}}, bson.A{bson.Binary{Subtype: 3, Data: []byte("x")}}},
		{map[string]bson.Binary{"k": {Data: []byte("x")}}, bson.D{{"k", bson.Binary{Data: []byte("x")}}}},
		{map[string][]bson.Binary{"k": {{Data: []byte("x")}}}, bson.D{{"k", bson.A{bson.Binary{Data: []byte("x")}}}}},
		{[]decimal128.Decimal{mustDecimal("1.2")}, bson.A{mustDecimal("1.2")}},
		{map[string]decimal128.Decimal{"k": mustDecimal("1.2")}, bson.D{{"k", mustDecimal("1.2")}}},
		{[]bson.Timestamp{{T: 1, I: 2}}, bson.A{bson.Timestamp{T: 1, I: 2}}},
		{[]bson.Symbol{"s"}, bson.A{bson.Symbol("s")}},
		{[]bson.UUID{{1}}, bson.A{bson.UUID{1}.Binary(bson.UUIDStandard)}},
		{[]bson.MinKey{{}}, bson.A{bson.MinKey{}}},
	} {
		if diff := cmp.Diff(bson.D{{"v", tc.plain}}, marshalled(t, bson.EncodeOptions{}, bson.D{{"v", tc.typed}}), bits); diff != "" {
			t.Errorf("%T (-want +got):\n%s", tc.typed, diff)
		}
		doc, err := bson.Marshal(bson.D{{"v", tc.plain}})
		if err != nil {
			t.Fatal(err)
		}
		out := reflect.New(reflect.TypeOf(tc.typed))
		if err := bson.Raw(doc).Lookup("v").Unmarshal(out.Interface()); err != nil {
			t.Errorf("%T: %v", tc.typed, err)
		}
		if diff := cmp.Diff(tc.typed, out.Elem().Interface(), bits); diff != "" {
			t.Errorf("%T: read (-want +got):\n%s", tc.typed, diff)
		}
	}
}

// TestFieldsWithMethods: fields of a struct that its loop must not write from
// memory, because of a method, a tag or the path to them.
func TestFieldsWithMethods(t *testing.T) {
	texts := bson.EncodeOptions{TextMarshalers: true}
	in := hidingIn{L: 3, P: ptrTo(grade(4)), N: 5}
	if diff := cmp.Diff(bson.D{{"l", "L3"}, {"p", "L4"}, {"n", int32(5)}}, marshalled(t, texts, in)); diff != "" {
		t.Errorf("TextMarshalers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(bson.D{{"l", int32(3)}, {"p", int32(4)}, {"n", int32(5)}}, marshalled(t, bson.EncodeOptions{}, in)); diff != "" {
		t.Errorf("without (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(bson.D{{"o", "text"}}, marshalled(t, bson.EncodeOptions{}, struct{ O ownText }{ownText{"text"}})); diff != "" {
		t.Errorf("struct without exported fields (-want +got):\n%s", diff)
	}
	type inlined struct {
		P *point `bson:",inline"`
		Z int
	}
	got := unmarshalled[inlined](t, bson.DecodeOptions{}, bson.D{{"x", 1}, {"y", 2}, {"z", 3}})
	if diff := cmp.Diff(inlined{&point{1, 2}, 3}, got); diff != "" {
		t.Errorf("inlined pointer (-want +got):\n%s", diff)
	}
	type symbols struct {
		S bson.Symbol
		T string
	}
	if diff := cmp.Diff(symbols{"s", "t"}, unmarshalled[symbols](t, bson.DecodeOptions{}, bson.D{{"s", "s"}, {"t", bson.Symbol("t")}})); diff != "" {
		t.Errorf("string into a Symbol (-want +got):\n%s", diff)
	}
	type lists struct {
		B []byte
		N myBytes
		A [2]byte
	}
	list := bson.A{int32(1), int64(255)}
	if diff := cmp.Diff(lists{[]byte{1, 255}, myBytes{1, 255}, [2]byte{1, 255}}, unmarshalled[lists](t, bson.DecodeOptions{}, bson.D{{"b", list}, {"n", list}, {"a", list}})); diff != "" {
		t.Errorf("array into bytes (-want +got):\n%s", diff)
	}
}

// TestKeyInDirtyBuffer: the key of a field is written completely, with its NUL,
// whatever bytes the buffer had. Keys up to 16 bytes are written by two stores.
func TestKeyInDirtyBuffer(t *testing.T) {
	for n := range 24 {
		typ := reflect.StructOf([]reflect.StructField{
			{Name: "A", Type: reflect.TypeFor[int32](), Tag: reflect.StructTag(`bson:"` + strings.Repeat("k", n+1) + `"`)},
			{Name: "B", Type: reflect.TypeFor[string](), Tag: `bson:"b"`},
		})
		v := reflect.New(typ)
		want, err := bson.Marshal(v.Interface())
		if err != nil {
			t.Fatal(err)
		}
		if err := bson.Validate(want); err != nil {
			t.Errorf("key of %d bytes: %v", n+1, err)
		}
		for size := range 80 {
			dirty := bytes.Repeat([]byte{0xff}, size)
			got, err := bson.Append(dirty[:0], v.Interface())
			if !bytes.Equal(got, want) || err != nil {
				t.Fatalf("key of %d bytes, %d of room: got %x, %v, want %x", n+1, size, got, err, want)
			}
		}
	}
}

// TestErrorsStay: an error that was returned is not changed by later calls.
func TestErrorsStay(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{"a", "x"}})
	if err != nil {
		t.Fatal(err)
	}
	err = bson.Raw(doc).Lookup("a").Unmarshal(new(int))
	var c *bson.ConversionError
	if !errors.As(err, &c) || c.Field != "" {
		t.Fatalf("error is %v", err)
	}
	before := *c
	for range 100 {
		var s struct{ A string }
		if err := bson.Unmarshal([]byte("\x0e\x00\x00\x00\x02a\x00\x02\x00\x00\x00\xff\x00\x00"), &s); !errors.Is(err, bson.ErrUTF8) {
			t.Fatalf("error is %v, want ErrUTF8", err)
		}
	}
	if *c != before {
		t.Errorf("the error is %v now, was %v", *c, before)
	}
}

// TestDBRefOrder: only documents that a DBRef writes back unchanged become a
// DBRef in an any. The others stay documents of the chosen type.
func TestDBRefOrder(t *testing.T) {
	o := bson.DecodeOptions{DBRefs: true}
	for _, tc := range []struct {
		in   bson.D
		want any
	}{
		{bson.D{{"$ref", "c"}, {"$id", "i"}}, bson.DBRef{Ref: "c", ID: "i"}},
		{bson.D{{"$ref", "c"}, {"$id", "i"}, {"$db", "d"}, {"x", "y"}}, bson.DBRef{Ref: "c", ID: "i", DB: "d", Extra: bson.D{{"x", "y"}}}},
		{bson.D{{"$ref", "c"}, {"$id", "i"}, {"x", "y"}}, bson.DBRef{Ref: "c", ID: "i", Extra: bson.D{{"x", "y"}}}},
		{bson.D{{"$ref", "c"}, {"$id", "i"}, {"x", "y"}, {"$db", "d"}}, nil},
		{bson.D{{"$ref", "c"}, {"$id", "i"}, {"$db", "d"}, {"$db", "d"}}, nil},
		{bson.D{{"$ref", "c"}, {"$id", "i"}, {"$db", "d"}, {"$ref", "c"}}, nil},
		{bson.D{{"$ref", "c"}, {"$id", "i"}, {"x", "y"}, {"$id", "j"}}, nil},
		{bson.D{{"$ref", "c"}, {"$id", "i"}, {"$db", ""}}, nil},
		{bson.D{{"$ref", "c"}, {"$id", "i"}, {"$db", int32(1)}}, nil},
		{bson.D{{"$ref", int32(1)}, {"$id", "i"}}, nil},
		{bson.D{{"$id", "i"}, {"$ref", "c"}}, nil},
		{bson.D{{"$ref", "c"}}, nil},
	} {
		if tc.want == nil {
			tc.want = tc.in
		}
		doc, err := bson.Marshal(bson.D{{"v", tc.in}})
		if err != nil {
			t.Fatal(err)
		}
		var got bson.D
		if err := o.Unmarshal(doc, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, got[0].Value); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tc.in, diff)
		}
		if back, err := bson.Marshal(got); !bytes.Equal(back, doc) || err != nil {
			t.Errorf("%v: written back as %v, %v", tc.in, bson.Raw(back), err)
		}
	}
	in := bson.D{{"a", bson.D{{"$ref", "c"}}}, {"r", bson.D{{"$ref", "c"}, {"$id", "i"}}}}
	r := bson.DBRef{Ref: "c", ID: "i"}
	if diff := cmp.Diff(bson.D{{"a", bson.M{"$ref": "c"}}, {"r", r}}, unmarshalled[bson.D](t, bson.DecodeOptions{DBRefs: true, DocumentType: bson.DocumentsAsM}, in)); diff != "" {
		t.Errorf("M (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(bson.D{{"a", map[string]any{"$ref": "c"}}, {"r", r}}, unmarshalled[bson.D](t, bson.DecodeOptions{DBRefs: true, DocumentType: bson.DocumentsAsMap}, in)); diff != "" {
		t.Errorf("map (-want +got):\n%s", diff)
	}
}

// TestRegexOffset: the offset is that of the first byte that is not UTF-8, in
// both parts of a regex.
func TestRegexOffset(t *testing.T) {
	for _, tc := range []struct {
		pattern, options string
		want             int64
	}{{"\xff", "", 7}, {"ab\xff", "", 9}, {"abc", "\xff", 11}, {"", "i\xff", 9}} {
		doc := bsoncore.End(bsoncore.AppendRegex([]byte{0, 0, 0, 0}, "r", tc.pattern, tc.options), 0)
		for _, v := range []any{new(bson.D), new(any), new(struct{ R bson.Regex }), new(bson.M)} {
			var got *bson.SyntaxError
			if err := bson.Unmarshal(doc, v); !errors.As(err, &got) || got.Offset != tc.want || !errors.Is(err, bson.ErrUTF8) {
				t.Errorf("/%q/%q into %T: %v, want offset %d", tc.pattern, tc.options, v, err, tc.want)
			}
		}
	}
}

// TestTextOffset: the offset of a fault in a text is that of the first byte that
// is not UTF-8, whatever the type and the destination are.
func TestTextOffset(t *testing.T) {
	const bad = "ab\xff"
	id := objectid.ID{}
	scope := bsoncore.End([]byte{0, 0, 0, 0}, 0)
	for _, tc := range []struct {
		element []byte
		dst     any
		want    int64 // from the start of the value
	}{
		{bsoncore.AppendString(nil, "v", bad), new(struct{ V string }), 4},
		{bsoncore.AppendString(nil, "v", bad), new(struct{ V []byte }), 4},
		{bsoncore.AppendString(nil, "v", bad), new(struct{ V myString }), 4},
		{bsoncore.AppendSymbol(nil, "v", bad), new(struct{ V bson.Symbol }), 4},
		{bsoncore.AppendCode(nil, "v", bad), new(struct{ V bson.Code }), 4},
		{bsoncore.AppendDBPointer(nil, "v", bad, id), new(struct{ V bson.DBPointer }), 4},
		{bsoncore.AppendCodeWithScope(nil, "v", bad, scope), new(struct{ V bson.CodeWithScope }), 8},
	} {
		doc := bsoncore.End(append([]byte{0, 0, 0, 0}, tc.element...), 0)
		inner := bsoncore.End(bsoncore.AppendDocument([]byte{0, 0, 0, 0}, "d", doc), 0)
		for _, v := range []any{tc.dst, new(bson.D), new(any), new(bson.M), new(map[string]any), new([1]bson.E)} {
			var got *bson.SyntaxError
			if err := bson.Unmarshal(doc, v); !errors.As(err, &got) || got.Offset != 4+3+tc.want+2 || got.Pointer != "/v" || !errors.Is(err, bson.ErrUTF8) {
				t.Errorf("%v into %T: %v, want offset %d", bson.Type(doc[4]), v, err, 4+3+tc.want+2)
			}
		}
		var got *bson.SyntaxError
		if err := bson.Unmarshal(inner, new(bson.D)); !errors.As(err, &got) || got.Offset != 7+4+3+tc.want+2 || got.Pointer != "/d/v" {
			t.Errorf("%v in a document: %v", bson.Type(doc[4]), err)
		}
	}
}

// TestJSONOfLittle: JSON of empty and of malformed values is read back or is an
// error.
func TestJSONOfLittle(t *testing.T) {
	text, err := json.Marshal(bson.Vector{})
	if err != nil {
		t.Fatal(err)
	}
	v := bson.NewVector([]int8{1})
	if err := json.Unmarshal(text, &v); err != nil || !v.IsZero() {
		t.Errorf("zero Vector, which is %s: %v, %v", text, v, err)
	}
	for _, r := range []bson.Raw{{}, {1, 2, 3}, bson.Raw("\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x01"), bson.Raw("\x08\x00\x00\x00\x99a\x00\x00")} {
		if text, err := json.Marshal(r); err == nil {
			t.Errorf("Raw %x: %s, want an error", []byte(r), text)
		}
		if text, err := json.Marshal(struct{ R bson.Raw }{r}); err == nil {
			t.Errorf("Raw %x in a struct: %s, want an error", []byte(r), text)
		}
	}
}
