package bson_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file tests the official driver's names.

// panicked returns the value that f panics with, or nil.
func panicked(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// rawValue returns v as it is written.
func rawValue(t *testing.T, v any) bson.RawValue {
	t.Helper()
	typ, data, err := bson.MarshalValue(v)
	if err != nil {
		t.Fatal(err)
	}
	return bson.RawValue{Type: typ, Value: data}
}

// marshaled returns v as a document.
func marshaled(t *testing.T, v any) []byte {
	t.Helper()
	doc, err := bson.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// list returns its arguments.
func list(v ...any) []any { return v }

// getters are the getters that panic, by their names.
var getters = map[string]func(bson.RawValue) []any{
	"Double":        func(v bson.RawValue) []any { return list(v.Double()) },
	"StringValue":   func(v bson.RawValue) []any { return list(v.StringValue()) },
	"Document":      func(v bson.RawValue) []any { return list(v.Document()) },
	"Array":         func(v bson.RawValue) []any { return list(v.Array()) },
	"Binary":        func(v bson.RawValue) []any { s, b := v.Binary(); return list(s, b) },
	"ObjectID":      func(v bson.RawValue) []any { return list(v.ObjectID()) },
	"Boolean":       func(v bson.RawValue) []any { return list(v.Boolean()) },
	"DateTime":      func(v bson.RawValue) []any { return list(v.DateTime()) },
	"Time":          func(v bson.RawValue) []any { return list(v.Time()) },
	"Regex":         func(v bson.RawValue) []any { p, o := v.Regex(); return list(p, o) },
	"DBPointer":     func(v bson.RawValue) []any { ns, id := v.DBPointer(); return list(ns, id) },
	"JavaScript":    func(v bson.RawValue) []any { return list(v.JavaScript()) },
	"Symbol":        func(v bson.RawValue) []any { return list(v.Symbol()) },
	"CodeWithScope": func(v bson.RawValue) []any { c, s := v.CodeWithScope(); return list(c, s) },
	"Int32":         func(v bson.RawValue) []any { return list(v.Int32()) },
	"Timestamp":     func(v bson.RawValue) []any { t, i := v.Timestamp(); return list(t, i) },
	"Int64":         func(v bson.RawValue) []any { return list(v.Int64()) },
	"Decimal128":    func(v bson.RawValue) []any { return list(v.Decimal128()) },
}

// TestGetters: each getter returns a value of its type, and panics for all other
// types and for malformed values, with an error that says what v is.
func TestGetters(t *testing.T) {
	id := objectid.ID{1, 2, 3}
	empty := bson.Raw{5, 0, 0, 0, 0}
	values := map[string]struct {
		value any
		want  []any
	}{
		"Double":        {1.5, list(1.5)},
		"StringValue":   {"text", list("text")},
		"Document":      {bson.D{}, list(empty)},
		"Array":         {bson.A{}, list(empty)},
		"Binary":        {bson.Binary{Subtype: 5, Data: []byte{7}}, list(byte(5), []byte{7})},
		"ObjectID":      {id, list(id)},
		"Boolean":       {true, list(true)},
		"DateTime":      {bson.DateTime(-1), list(int64(-1))},
		"Time":          {bson.DateTime(-1), list(time.UnixMilli(-1).UTC())},
		"Regex":         {bson.Regex{Pattern: "a", Options: "i"}, list("a", "i")},
		"DBPointer":     {bson.DBPointer{DB: "a.b", Pointer: id}, list("a.b", id)},
		"JavaScript":    {bson.Code("f()"), list("f()")},
		"Symbol":        {bson.Symbol("s"), list("s")},
		"CodeWithScope": {bson.CodeWithScope{Code: "f()", Scope: bson.D{}}, list("f()", empty)},
		"Int32":         {int32(-3), list(int32(-3))},
		"Timestamp":     {bson.Timestamp{T: 1, I: 2}, list(uint32(1), uint32(2))},
		"Int64":         {int64(1) << 40, list(int64(1) << 40)},
		"Decimal128":    {mustDecimal("9.99"), list(mustDecimal("9.99"))},
	}
	for name, get := range getters {
		t.Run(name, func(t *testing.T) {
			own := rawValue(t, values[name].value)
			if diff := cmp.Diff(values[name].want, get(own), bits); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, other := range values {
				v := rawValue(t, other.value)
				if v.Type == own.Type {
					continue
				}
				err, _ := panicked(func() { get(v) }).(error)
				var c *bson.ConversionError
				if !errors.Is(err, bson.ErrMismatch) || !errors.As(err, &c) || c.Type != v.Type {
					t.Errorf("%v: panics with %v, want an error that matches ErrMismatch", v.Type, err)
				}
			}
			own.Value = own.Value[:len(own.Value)-1]
			err, _ := panicked(func() { get(own) }).(error)
			var c *bson.ConversionError
			if !errors.As(err, &c) || errors.Is(err, bson.ErrMismatch) {
				t.Errorf("malformed: panics with %v, want the error of Validate", err)
			}
		})
	}
	if v := rawValue(t, bson.Code("x")); v.DebugString() != v.String() {
		t.Errorf("DebugString = %q", v.DebugString())
	}
	if text, ok := rawValue(t, bson.Code("x")).JavaScriptOK(); text != "x" || !ok {
		t.Errorf("JavaScriptOK = %q, %v", text, ok)
	}
}

// TestAsNumber: the conversions return every number that fits, and nothing else.
func TestAsNumber(t *testing.T) {
	const no = "no"
	for _, tc := range []struct {
		value          any
		asInt, asFloat any
	}{
		{int32(-7), int64(-7), -7.0},
		{int64(math.MaxInt64), int64(math.MaxInt64), 0x1p63},
		{3.0, int64(3), 3.0},
		{math.Copysign(0, -1), int64(0), math.Copysign(0, -1)},
		{3.5, no, 3.5},
		{-0x1p63, int64(math.MinInt64), -0x1p63},
		{0x1p63, no, 0x1p63},
		{math.Inf(1), no, math.Inf(1)},
		{mustDecimal("12E1"), int64(120), 120.0},
		{mustDecimal("9.99"), no, 9.99},
		{mustDecimal("1E400"), no, no},
		{mustDecimal("1E-400"), no, 0.0},
		{mustDecimal("Infinity"), no, math.Inf(1)},
		{"7", no, no},
		{true, no, no},
		{nil, no, no},
	} {
		v := rawValue(t, tc.value)
		t.Run(v.String(), func(t *testing.T) {
			var asInt, asFloat any = no, no
			if n, ok := v.AsInt64OK(); ok {
				asInt = n
			}
			if f, ok := v.AsFloat64OK(); ok {
				asFloat = f
			}
			if diff := cmp.Diff([]any{tc.asInt, tc.asFloat}, []any{asInt, asFloat}, bits); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if p := panicked(func() { v.AsInt64() }); (p != nil) != (asInt == no) {
				t.Errorf("AsInt64 panics with %v", p)
			}
			if p := panicked(func() { v.AsFloat64() }); (p != nil) != (asFloat == no) {
				t.Errorf("AsFloat64 panics with %v", p)
			}
			if want := v.Type == bson.TypeInt32 || v.Type == bson.TypeInt64 || v.Type == bson.TypeDouble || v.Type == bson.TypeDecimal128; v.IsNumber() != want {
				t.Errorf("IsNumber = %v", v.IsNumber())
			}
		})
	}
}

// TestElements: elements have the keys and values of the document, and put together
// they are its bytes.
func TestElements(t *testing.T) {
	doc := bson.Raw(marshaled(t, bson.D{{"a", int32(1)}, {"", bson.D{{"b", "x"}}}, {"a", nil}}))
	elements, err := doc.Elements()
	if err != nil {
		t.Fatal(err)
	}
	values, err := doc.Values()
	if err != nil {
		t.Fatal(err)
	}
	var keys, texts []string
	for i, e := range elements {
		keys, texts = append(keys, e.Key()), append(texts, e.String())
		if !e.Value().Equal(values[i]) || e.Validate() != nil || e.DebugString() != e.String() {
			t.Errorf("element %d is %v, %v", i, e, e.Validate())
		}
		if at := doc.Index(uint(i)); !bytes.Equal(at, e) {
			t.Errorf("Index(%d) = %v", i, at)
		}
	}
	if diff := cmp.Diff([]string{"a", "", "a"}, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`"a": 1`, `"": {"b": "x"}`, `"a": null`}, texts); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if got := bytes.Join([][]byte{doc[:4], elements[0], elements[1], elements[2], {0}}, nil); !bytes.Equal(got, doc) {
		t.Errorf("elements put together: % x, want % x", got, []byte(doc))
	}
	if _, err := doc.IndexErr(3); !errors.Is(err, bson.ErrNotFound) {
		t.Errorf("IndexErr(3): %v, want ErrNotFound", err)
	}
	if p := panicked(func() { doc.Index(3) }); p == nil {
		t.Error("Index(3) does not panic")
	}
}

// TestElementsMalformed: a malformed document gives the elements before the fault and
// an error; a malformed element gives an error and never a panic where the name ends
// in Err.
func TestElementsMalformed(t *testing.T) {
	doc := marshaled(t, bson.D{{"a", int32(1)}, {"b", "text"}})
	for n := range len(doc) {
		cut := bytes.Clone(doc[:n])
		if n >= 4 {
			cut[0] = byte(n)
		}
		elements, err := bson.Raw(cut).Elements()
		values, err2 := bson.Raw(cut).Values()
		if err == nil || err2 == nil || len(elements) != len(values) || len(elements) > 1 {
			t.Errorf("%d bytes: %d elements, %v; %d values, %v", n, len(elements), err, len(values), err2)
		}
		if _, err := bson.Raw(cut).IndexErr(1); err == nil || errors.Is(err, bson.ErrNotFound) {
			t.Errorf("%d bytes: IndexErr(1): %v", n, err)
		}
	}
	element := bson.Raw(doc).Index(1)
	for n := range len(element) {
		e := element[:n]
		if _, err := e.ValueErr(); err == nil || e.Validate() == nil || e.String() != "<malformed>" {
			t.Errorf("%d bytes: %v, %q", n, err, e)
		}
		if _, err := e.KeyErr(); (err == nil) != (n >= 3) {
			t.Errorf("%d bytes: KeyErr: %v", n, err)
		}
		if p := panicked(func() { e.Value() }); p == nil {
			t.Errorf("%d bytes: Value does not panic", n)
		}
		if p := panicked(func() { e.Key() }); (p == nil) != (n >= 3) {
			t.Errorf("%d bytes: Key panics with %v", n, p)
		}
	}
	if _, err := bson.RawElement(append(bytes.Clone(element), 0)).ValueErr(); err == nil {
		t.Error("an element with a byte behind it has no error")
	}
}

// TestInvalidHex: the driver's functions return ErrInvalidHex itself, and errors of
// objectid.Parse match it.
func TestInvalidHex(t *testing.T) {
	for _, text := range []string{"", "56e1", strings.Repeat("g", 24), strings.Repeat("0", 25)} {
		id, err := bson.ObjectIDFromHex(text)
		if err != bson.ErrInvalidHex || !id.IsZero() {
			t.Errorf("ObjectIDFromHex(%q) = %v, %v", text, id, err)
		}
		if err := id.UnmarshalText([]byte(text)); err != bson.ErrInvalidHex {
			t.Errorf("UnmarshalText(%q): %v", text, err)
		}
		if err := id.UnmarshalJSON([]byte(`"` + text + `"`)); err != bson.ErrInvalidHex {
			t.Errorf("UnmarshalJSON(%q): %v", text, err)
		}
		if _, err := objectid.Parse(text); !errors.Is(err, bson.ErrInvalidHex) {
			t.Errorf("Parse(%q): %v", text, err)
		}
	}
	if id, err := bson.ObjectIDFromHex(anID.Hex()); id != anID || err != nil {
		t.Errorf("%v, %v", id, err)
	}
}

// TestReadDocument: one document is read, and no byte behind it.
func TestReadDocument(t *testing.T) {
	first, second := marshaled(t, bson.D{{"a", "first"}}), marshaled(t, bson.D{{"b", int32(2)}})
	both := append(bytes.Clone(first), second...)
	for name, r := range map[string]io.Reader{"whole": bytes.NewReader(both), "by bytes": iotest.OneByteReader(bytes.NewReader(both))} {
		for _, want := range [][]byte{first, second} {
			doc, err := bson.ReadDocument(r)
			if err != nil || !bytes.Equal(doc, want) {
				t.Errorf("%s: %v, %v", name, doc, err)
			}
		}
		if doc, err := bson.ReadDocument(r); err != io.EOF || doc != nil {
			t.Errorf("%s, at the end: %v, %v", name, doc, err)
		}
	}
	for n := 1; n < len(first); n++ {
		if _, err := bson.ReadDocument(bytes.NewReader(first[:n])); !errors.Is(err, bson.ErrTruncated) {
			t.Errorf("%d bytes: %v, want ErrTruncated", n, err)
		}
	}
	var syntax *bson.SyntaxError
	for _, head := range []string{"\x00\x00\x00\x00", "\x04\x00\x00\x00\x00", "\xff\xff\xff\xff\x00"} {
		if _, err := bson.ReadDocument(strings.NewReader(head)); !errors.As(err, &syntax) {
			t.Errorf("%q: %v, want a *SyntaxError", head, err)
		}
	}
	if _, err := bson.ReadDocument(strings.NewReader("\xff\xff\xff\x7f" + strings.Repeat("a", 100))); !errors.Is(err, bson.ErrTooLarge) {
		t.Errorf("2 GiB: %v, want ErrTooLarge", err)
	}
	broken := errors.New("broken")
	if _, err := bson.ReadDocument(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v, want the error of the reader", err)
	}
}

// TestDriverStreams: the option methods of Decoder and Encoder set the options.
func TestDriverStreams(t *testing.T) {
	var out bytes.Buffer
	e := bson.NewEncoder(bson.NewDocumentWriter(&out))
	for _, set := range []func(){
		e.ErrorOnInlineDuplicates, e.IntMinSize, e.StringifyMapKeysWithFmt, e.NilMapAsEmpty, e.NilSliceAsEmpty,
		e.NilByteSliceAsEmpty, e.OmitZeroStruct, e.UseJSONStructTags,
	} {
		set()
	}
	type doc struct {
		N     int64 `json:"n"`
		Map   map[float64]int
		Slice []int
		Bytes []byte
		Zero  struct{ X int } `bson:",omitempty"`
	}
	if err := e.Encode(doc{N: 1}); err != nil {
		t.Fatal(err)
	}
	want := bson.D{{"n", int32(1)}, {"map", bson.D{}}, {"slice", bson.A{}}, {"bytes", bson.Binary{Data: []byte{}}}}
	if diff := cmp.Diff(want.String(), bson.Raw(out.Bytes()).String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e.Reset(&out)
	e.OmitEmpty()
	out.Reset()
	if err := e.Encode(map[float64]struct{ A, B int }{1.5: {A: 1}}); err != nil {
		t.Fatal(err)
	}
	if got, want := bson.Raw(out.Bytes()).String(), `{"1.5": {"a": 1}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if err := e.Encode(struct {
		A     int
		Inner struct{ A int } `bson:",inline"`
	}{}); !errors.Is(err, bson.ErrUnsupported) {
		t.Errorf("%v, want ErrUnsupported", err)
	}

	data := marshaled(t, bson.D{
		{"n", 1.5}, {"id", anID}, {"at", bson.DateTime(0)}, {"any", bson.D{{"b", []byte{1}}}}, {"m", bson.D{{"new", int32(1)}}}, {"s", bson.D{}},
	})
	d := bson.NewDecoder(bson.NewDocumentReader(bytes.NewReader(append(bytes.Clone(data), data...))))
	for _, set := range []func(){
		d.DefaultDocumentM, d.AllowTruncatingDoubles, d.BinaryAsSlice, d.ObjectIDAsHexString, d.UseJSONStructTags, d.UseLocalTimeZone, d.ZeroMaps, d.ZeroStructs,
	} {
		set()
	}
	type inner struct{ X int }
	type target struct {
		Count int    `json:"n"`
		ID    string `json:"id"`
		At    time.Time
		Any   any
		M     map[string]int
		S     inner
	}
	got := target{M: map[string]int{"old": 1}, S: inner{1}}
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(target{1, anID.Hex(), time.UnixMilli(0).Local(), bson.M{"b": []byte{1}}, map[string]int{"new": 1}, inner{}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.At.Location() != time.Local {
		t.Errorf("the time zone is %v", got.At.Location())
	}
	d.DefaultDocumentMap()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(any(map[string]any{"b": []byte{1}}), got.Any); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDriverNumbers: the driver's names for decimals and timestamps.
func TestDriverNumbers(t *testing.T) {
	d, ok := bson.ParseDecimal128FromBigInt(big.NewInt(-999), -2)
	if !ok || d.String() != "-9.99" {
		t.Errorf("%v, %v", d, ok)
	}
	if h, l := d.GetBytes(); bson.NewDecimal128(h, l) != d {
		t.Errorf("GetBytes = %x, %x", h, l)
	}
	if d, ok := bson.ParseDecimal128FromBigInt(big.NewInt(1), bson.MaxDecimal128Exp+40); ok {
		t.Errorf("%v, want false", d)
	}
	if bson.MaxDecimal128Exp != 6111 || bson.MinDecimal128Exp != -6176 {
		t.Errorf("exponents %d, %d", bson.MaxDecimal128Exp, bson.MinDecimal128Exp)
	}
	if got := bson.CompareTimestamp(bson.Timestamp{T: 1, I: 2}, bson.Timestamp{T: 1, I: 3}); got != -1 {
		t.Errorf("CompareTimestamp = %d", got)
	}
	for typ := range 256 {
		if got, want := bson.Type(typ).IsValid(), bson.Type(typ).Valid(); got != want {
			t.Errorf("type %#x: %v", typ, got)
		}
	}
}

// TestDocumentsAsAncestor: documents in an any get the type of the map that they are
// in, and D outside of maps.
func TestDocumentsAsAncestor(t *testing.T) {
	type Named map[string]any
	doc := marshaled(t, bson.D{{"a", bson.D{{"b", bson.A{bson.D{{"c", int32(1)}}}}}}})
	o := bson.DecodeOptions{DocumentType: bson.DocumentsAsAncestor}
	refs := o
	refs.DBRefs = true
	for _, o := range []bson.DecodeOptions{o, refs} {
		for name, tc := range map[string]struct{ dst, want any }{
			"M":     {new(bson.M), bson.M{"a": bson.M{"b": bson.A{bson.M{"c": int32(1)}}}}},
			"map":   {new(map[string]any), map[string]any{"a": map[string]any{"b": bson.A{map[string]any{"c": int32(1)}}}}},
			"named": {new(Named), Named{"a": Named{"b": bson.A{Named{"c": int32(1)}}}}},
			"D":     {new(bson.D), bson.D{{"a", bson.D{{"b", bson.A{bson.D{{"c", int32(1)}}}}}}}},
			"any":   {new(any), bson.D{{"a", bson.D{{"b", bson.A{bson.D{{"c", int32(1)}}}}}}}},
			"map of M": {
				new(map[string]bson.M), map[string]bson.M{"a": {"b": bson.A{bson.M{"c": int32(1)}}}},
			},
			"struct": {
				new(struct{ A struct{ B any } }), struct{ A struct{ B any } }{struct{ B any }{bson.A{bson.D{{"c", int32(1)}}}}},
			},
		} {
			if err := o.Unmarshal(doc, tc.dst); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if diff := cmp.Diff(fmt.Sprintf("%#v", tc.want), fmt.Sprintf("%#v", reflect.ValueOf(tc.dst).Elem().Interface())); diff != "" {
				t.Errorf("%s, DBRefs %v (-want +got):\n%s", name, o.DBRefs, diff)
			}
		}
	}
	// What follows a map is outside of it.
	var s struct {
		M bson.M
		A any
	}
	if err := o.Unmarshal(marshaled(t, bson.D{{"m", bson.D{{"x", bson.D{}}}}, {"a", bson.D{}}}), &s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("bson.M, bson.D", fmt.Sprintf("%T, %T", s.M["x"], s.A)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
