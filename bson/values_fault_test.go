package bson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	shopspring "github.com/shopspring/decimal"

	"github.com/bsonkit/bsonkit/bson"
)

// A conversion is the part of a conversion error that tests compare.
type conversion struct {
	Pointer string
	Offset  int64
	GoType  string
	Field   string
	Type    bson.Type
	Subtype byte
	Err     error
}

func conversionOf(t *testing.T, err error) conversion {
	t.Helper()
	var v *bson.ValueError
	if !errors.As(err, &v) {
		t.Fatalf("error is %T (%v), want *bson.ValueError", err, err)
	}
	f := conversion{Pointer: v.Pointer, Offset: v.Offset, Err: v.Err}
	var c *bson.ConversionError
	if errors.As(err, &c) {
		f.Field, f.Type, f.Subtype, f.Err = c.Field, c.Type, c.Subtype, c.Err
		if c.GoType != nil {
			f.GoType = c.GoType.String()
		}
	}
	if err.Error() == "" {
		t.Error("error without text")
	}
	return f
}

type node struct {
	Name string
	Next *node
	Any  any
}

type chain *chain

type failing struct{}

var errHook = errors.New("no")

func (failing) MarshalBSONValue() (byte, []byte, error) { return 0, nil, errHook }
func (failing) UnmarshalBSONValue(byte, []byte) error   { return errHook }

type (
	failingProxy struct{}
	selfProxy    struct{}
	failingText  struct{}
	opaqueText   struct{ _ int }
	rest         struct {
		A    int
		Rest map[string]any `bson:",inline"`
	}
)

func (failingProxy) ProxyBSON() (any, error)     { return nil, errHook }
func (selfProxy) ProxyBSON() (any, error)        { return selfProxy{}, nil }
func (opaqueText) MarshalText() ([]byte, error)  { return nil, errHook }
func (failingText) MarshalText() ([]byte, error) { return nil, errHook }

// A failingKey rejects each key.
type failingKey string

func (*failingKey) UnmarshalKey(string) error { return errHook }

type lying struct{ X int }

func (lying) MarshalBSONValue() (byte, []byte, error) { return 0x02, []byte{9, 0, 0, 0, 0}, nil }

// A lower is a key that is text in lower case.
type lower struct{ s string }

func (l lower) MarshalText() ([]byte, error) { return []byte(strings.ToLower(l.s)), nil }

type tagged struct {
	A int `bson:"x"`
	B int `bson:"x"`
}

type looped struct {
	A    int
	Loop *looped `bson:",inline"`
}

func cyclic() *node {
	n := &node{}
	n.Next = n
	return n
}

func cyclicD() bson.D {
	d := bson.D{{"a", nil}}
	d[0].Value = d
	return d
}

func cyclicMap() bson.M {
	m := bson.M{}
	m["m"] = m
	return m
}

func cyclicSlice() []any {
	s := []any{nil}
	s[0] = s
	return s
}

func cyclicPointer() any {
	var x any
	x = &x
	return x
}

func cyclicChain() chain {
	var c chain
	c = &c
	return c
}

// TestMarshalFaults: a value that cannot be written is an error with its path,
// Go type and reason. Append leaves dst unchanged.
func TestMarshalFaults(t *testing.T) {
	deep := strings.Repeat("/next", 1000)
	for _, tc := range []struct {
		name string
		in   any
		want conversion
	}{
		{"nil", nil, conversion{Err: bson.ErrNotDocument}},
		{"number", 1, conversion{GoType: "int", Err: bson.ErrNotDocument}},
		{"array", bson.A{}, conversion{GoType: "bson.A", Err: bson.ErrNotDocument}},
		{"nil D", bson.D(nil), conversion{GoType: "bson.D", Err: bson.ErrNotDocument}},
		{"nil pointer", (*node)(nil), conversion{GoType: "*bson_test.node", Err: bson.ErrNotDocument}},
		{"channel", bson.D{{"a", bson.A{make(chan int)}}},
			conversion{Pointer: "/a/0", Offset: 14, GoType: "chan int", Err: bson.ErrUnsupported}},
		{"function in a struct", struct{ F func() }{}, conversion{Pointer: "/f", Offset: 7, GoType: "func()", Field: ".F", Err: bson.ErrUnsupported}},
		{"complex", bson.M{"~/": 1i}, conversion{Pointer: "/~0~1", Offset: 8, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"uint64", node{Any: uint64(math.MaxInt64 + 1)},
			conversion{Pointer: "/any", Offset: 26, GoType: "uint64", Field: "node.Any", Err: bson.ErrRange}},
		{"NUL in a key", bson.D{{"a\x00", 1}}, conversion{Pointer: "/a\x00", Offset: 8, GoType: "string", Err: bson.ErrKeyNUL}},
		{"NUL in a map key", map[string]int{"a\x00": 1}, conversion{Pointer: "/a\x00", Offset: 8, GoType: "string", Err: bson.ErrKeyNUL}},
		{"NUL in a key of M", bson.M{"a\x00": 1}, conversion{Pointer: "/a\x00", Offset: 8, GoType: "string", Err: bson.ErrKeyNUL}},
		{"key of M not UTF-8", bson.M{"\xff": 1}, conversion{Pointer: "/\uFFFD", Offset: 7, GoType: "string", Err: bson.ErrUTF8}},
		{"NUL in a key of a struct", struct {
			A int `bson:"a\x00"`
		}{}, conversion{GoType: "struct { A int \"bson:\\\"a\\\\x00\\\"\" }", Err: bson.ErrKeyNUL}},
		{"NUL in a long key", bson.D{{"abcdefghijk\x00lmnopqrstuvwxyz", 1}},
			conversion{Pointer: "/abcdefghijk\x00lmnopqrstuvwxyz", Offset: 33, GoType: "string", Err: bson.ErrKeyNUL}},
		{"NUL in a regex", bson.D{{"a", bson.Regex{Pattern: "\x00"}}}, conversion{Pointer: "/a", Offset: 9, GoType: "bson.Regex", Err: bson.ErrKeyNUL}},
		{"key not UTF-8", bson.D{{"\xff", 1}}, conversion{Pointer: "/\uFFFD", Offset: 7, GoType: "string", Err: bson.ErrUTF8}},
		{"text not UTF-8", bson.D{{"a", "b\xff"}}, conversion{Pointer: "/a", Offset: 7, GoType: "string", Err: bson.ErrUTF8}},
		{"code not UTF-8", bson.D{{"a", bson.Code("\xff")}}, conversion{Pointer: "/a", Offset: 7, GoType: "string", Err: bson.ErrUTF8}},
		{"time", bson.D{{"a", time.Unix(1<<60, 0)}}, conversion{Pointer: "/a", Offset: 7, GoType: "time.Time", Err: bson.ErrRange}},
		{"decimal", bson.D{{"a", shopspring.New(1, 1<<30)}}, conversion{Pointer: "/a", Offset: 7, GoType: "decimal.Decimal", Err: bson.ErrRange}},
		{"json.Number", bson.D{{"a", json.Number("1e999")}}, conversion{Pointer: "/a", Offset: 7, GoType: "json.Number", Err: bson.ErrRange}},
		{"json.Number hexadecimal", bson.D{{"a", json.Number("0x1p1")}}, conversion{Pointer: "/a", Offset: 7, GoType: "json.Number", Err: bson.ErrMismatch}},
		{"json.Number empty", bson.D{{"a", json.Number("")}}, conversion{Pointer: "/a", Offset: 7, GoType: "json.Number", Err: bson.ErrMismatch}},
		{"json.Number plus", bson.D{{"a", json.Number("+1")}}, conversion{Pointer: "/a", Offset: 7, GoType: "json.Number", Err: bson.ErrMismatch}},
		{"json.Number leading zero", bson.D{{"a", json.Number("007")}}, conversion{Pointer: "/a", Offset: 7, GoType: "json.Number", Err: bson.ErrMismatch}},
		{"json.Number point first", bson.D{{"a", json.Number(".5")}}, conversion{Pointer: "/a", Offset: 7, GoType: "json.Number", Err: bson.ErrMismatch}},
		{"json.Number point last", bson.D{{"a", json.Number("5.")}}, conversion{Pointer: "/a", Offset: 7, GoType: "json.Number", Err: bson.ErrMismatch}},
		{"json.Number infinity", bson.D{{"a", json.Number("Inf")}}, conversion{Pointer: "/a", Offset: 7, GoType: "json.Number", Err: bson.ErrMismatch}},
		{"zero vector", bson.D{{"a", bson.Vector{}}}, conversion{Pointer: "/a", Offset: 7, GoType: "bson.Vector", Err: bson.ErrVector}},
		{"hook fails", bson.D{{"a", failing{}}}, conversion{Pointer: "/a", Offset: 7, GoType: "bson_test.failing", Err: bson.ErrHook}},
		{"hook lies", bson.D{{"a", lying{}}}, conversion{Pointer: "/a", Offset: 7, GoType: "bson_test.lying", Err: bson.ErrHook}},
		{"Raw malformed", bson.D{{"a", bson.Raw{1}}}, conversion{Pointer: "/a", Offset: 7, GoType: "bson.Raw", Err: bson.ErrLength}},
		{"Raw malformed inside", bson.D{{"a", bson.Raw("\x08\x00\x00\x00\x20b\x00\x00")}}, conversion{Pointer: "/a", Offset: 7, GoType: "bson.Raw", Err: bson.ErrType}},
		{"Raw malformed behind a container", bson.D{{"a", bson.Raw("\x10\x00\x00\x00\x03b\x00\x05\x00\x00\x00\x00\x20c\x00\x00")}},
			conversion{Pointer: "/a", Offset: 7, GoType: "bson.Raw", Err: bson.ErrType}},
		{"RawValue of a scope malformed inside", bson.D{{"a", bson.RawValue{Type: bson.TypeCodeWithScope, Value: []byte("\x11\x00\x00\x00\x01\x00\x00\x00\x00\x08\x00\x00\x00\x20b\x00\x00")}}},
			conversion{Pointer: "/a", Offset: 7, GoType: "bson.RawValue", Err: bson.ErrType}},
		{"map in a map", map[string]map[string]any{"a": {"b": 1i}}, conversion{Pointer: "/a/b", Offset: 14, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"M in an M", bson.M{"a": bson.M{"b": 1i}}, conversion{Pointer: "/a/b", Offset: 14, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"slice in a map", map[string][]any{"a": {1, 1i}}, conversion{Pointer: "/a/1", Offset: 21, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"array in an array", bson.D{{"a", [1][1]any{{1i}}}}, conversion{Pointer: "/a/0/0", Offset: 21, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"map in a slice", bson.D{{"a", []map[int]any{{5: 1i}}}}, conversion{Pointer: "/a/0/5", Offset: 21, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"elements in a slice", bson.D{{"a", []myD{{{"b", 1i}}}}}, conversion{Pointer: "/a/0/b", Offset: 21, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"behind a pointer", bson.D{{"a", ptrTo(ptrTo(any(1i)))}}, conversion{Pointer: "/a", Offset: 7, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"in a DBRef", bson.D{{"a", bson.DBRef{ID: 1i}}}, conversion{Pointer: "/a/$id", Offset: 27, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"RawValue without type", bson.D{{"a", bson.RawValue{}}}, conversion{Pointer: "/a", Offset: 7, GoType: "bson.RawValue", Err: bson.ErrType}},
		{"Proxy fails", bson.D{{"a", failingProxy{}}}, conversion{Pointer: "/a", Offset: 7, GoType: "*bson_test.failingProxy", Err: bson.ErrHook}},
		{"Proxy of itself", bson.D{{"a", selfProxy{}}}, conversion{Pointer: "/a", Offset: 7, GoType: "*bson_test.selfProxy", Err: bson.ErrDepth}},
		{"text fails", bson.D{{"a", opaqueText{}}}, conversion{Pointer: "/a", Offset: 7, GoType: "bson_test.opaqueText", Err: bson.ErrHook}},
		{"RawValue of null type", bson.D{{"a", bson.RawValue{Type: bson.TypeNull, Value: []byte{0}}}}, conversion{Pointer: "/a", Offset: 7, GoType: "bson.RawValue", Err: bson.ErrTrailing}},
		{"code of a scope", bson.D{{"a", bson.CodeWithScope{Code: "\xff"}}}, conversion{Pointer: "/a", Offset: 11, GoType: "string", Err: bson.ErrUTF8}},
		{"in a scope", bson.D{{"a", bson.CodeWithScope{Scope: bson.D{{"b", 1i}}}}}, conversion{Pointer: "/a/b", Offset: 23, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"scope no document", bson.D{{"a", bson.CodeWithScope{Scope: 1}}}, conversion{Pointer: "/a", Offset: 20, GoType: "int", Err: bson.ErrNotDocument}},
		{"map key", map[complex64]int{1: 1}, conversion{Offset: 4, GoType: "complex64", Err: bson.ErrUnsupported}},
		{"same text twice", map[lower]int{{"a"}: 1, {"A"}: 2}, conversion{Pointer: "/a", GoType: "map[bson_test.lower]int", Offset: 11, Err: bson.ErrDuplicateKey}},
		{"same key twice", map[any]int{1: 1, "1": 2}, conversion{Pointer: "/1", GoType: "map[interface {}]int", Offset: 11, Err: bson.ErrDuplicateKey}},
		{"no key", map[any]int{nil: 1}, conversion{Offset: 4, GoType: "interface {}", Err: bson.ErrUnsupported}},
		{"key fails", map[failingText]int{{}: 1}, conversion{Offset: 4, GoType: "bson_test.failingText", Err: bson.ErrHook}},
		{"same tag twice", tagged{}, conversion{GoType: "bson_test.tagged", Err: bson.ErrUnsupported}},
		{"same tag twice in a field", struct{ T tagged }{}, conversion{Pointer: "/t", Offset: 7, GoType: "bson_test.tagged", Field: ".T", Err: bson.ErrUnsupported}},
		{"two inlined maps", struct {
			A, B map[string]int `bson:",inline"`
		}{}, conversion{GoType: "struct { A map[string]int \"bson:\\\",inline\\\"\"; B map[string]int \"bson:\\\",inline\\\"\" }", Err: bson.ErrUnsupported}},
		{"inlined map of ints", struct {
			A map[int]int `bson:",inline"`
		}{}, conversion{GoType: "struct { A map[int]int \"bson:\\\",inline\\\"\" }", Err: bson.ErrUnsupported}},
		{"in an inlined map", rest{1, map[string]any{"x": 1i}}, conversion{Pointer: "/x", Offset: 14, GoType: "complex128", Err: bson.ErrUnsupported}},
		{"field and key of an inlined map", rest{1, map[string]any{"a": 1}}, conversion{Pointer: "/a", Offset: 11, GoType: "map[string]interface {}", Err: bson.ErrDuplicateKey}},
		{"inlined in itself", looped{}, conversion{GoType: "bson_test.looped", Err: bson.ErrUnsupported}},
		{"inlined number", struct {
			A int `bson:",inline"`
		}{}, conversion{GoType: "struct { A int \"bson:\\\",inline\\\"\" }", Err: bson.ErrUnsupported}},
		{"cyclic struct", cyclic(), conversion{Pointer: deep, Offset: 22004, GoType: "bson_test.node", Field: "node.Next", Err: bson.ErrDepth}},
		{"cyclic D", cyclicD(), conversion{Pointer: strings.Repeat("/a", 1000), Offset: 7000, GoType: "bson.D", Err: bson.ErrDepth}},
		{"cyclic map", cyclicMap(), conversion{Pointer: strings.Repeat("/m", 1000), Offset: 7000, GoType: "bson.M", Err: bson.ErrDepth}},
		{"cyclic slice", bson.D{{"s", cyclicSlice()}}, conversion{Pointer: "/s" + strings.Repeat("/0", 999), Offset: 7000, GoType: "[]interface {}", Err: bson.ErrDepth}},
		{"cyclic pointer", bson.D{{"p", cyclicPointer()}}, conversion{Pointer: "/p", Offset: 7, GoType: "*interface {}", Err: bson.ErrDepth}},
		{"cyclic chain alone", cyclicChain(), conversion{GoType: "bson_test.chain", Err: bson.ErrDepth}},
		{"cyclic chain", bson.D{{"p", cyclicChain()}}, conversion{Pointer: "/p", Offset: 7, GoType: "bson_test.chain", Err: bson.ErrDepth}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dst := []byte("before")
			got, err := bson.Append(dst, tc.in)
			if string(got) != "before" {
				t.Errorf("Append returned %q", got)
			}
			f := conversionOf(t, err)
			if tc.want.Offset == 22004 { // the cycle's own size does not matter
				f.Offset = tc.want.Offset
			}
			if diff := cmp.Diff(tc.want, f, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			_, unsorted := bson.EncodeOptions{UnsortedMaps: true}.Marshal(tc.in)
			if got := conversionOf(t, unsorted); !errors.Is(got.Err, tc.want.Err) {
				t.Errorf("with UnsortedMaps: %v", unsorted)
			}
			if doc, err := bson.Marshal(tc.in); doc != nil || err == nil {
				t.Errorf("Marshal = %x, %v", doc, err)
			}
		})
	}
}

// A blob has bytes.
type blob struct{ Data []byte }

// TestUnmarshalFaults: a value that does not fit its destination is an error
// with its path, both types and the reason.
func TestUnmarshalFaults(t *testing.T) {
	type in struct {
		V any
	}
	for _, tc := range []struct {
		name string
		in   any
		dst  any
		want conversion
	}{
		{"int too large", 300, int8(0), conversion{GoType: "int8", Type: bson.TypeInt32, Err: bson.ErrRange}},
		{"negative uint", -1, uint(0), conversion{GoType: "uint", Type: bson.TypeInt32, Err: bson.ErrRange}},
		{"fraction", 1.5, 0, conversion{GoType: "int", Type: bson.TypeDouble, Err: bson.ErrInexact}},
		{"NaN into int", math.NaN(), 0, conversion{GoType: "int", Type: bson.TypeDouble, Err: bson.ErrInexact}},
		{"2^63 into int64", 0x1p63, int64(0), conversion{GoType: "int64", Type: bson.TypeDouble, Err: bson.ErrRange}},
		{"-1e300 into int64", -1e300, int64(0), conversion{GoType: "int64", Type: bson.TypeDouble, Err: bson.ErrRange}},
		{"float32", 0.1, float32(0), conversion{GoType: "float32", Type: bson.TypeDouble, Err: bson.ErrInexact}},
		{"string into int", "1", 0, conversion{GoType: "int", Type: bson.TypeString, Err: bson.ErrMismatch}},
		{"int into string", 1, "", conversion{GoType: "string", Type: bson.TypeInt32, Err: bson.ErrMismatch}},
		{"id into string", anID, "", conversion{GoType: "string", Type: bson.TypeObjectID, Err: bson.ErrMismatch}},
		{"UUID into string", bson.UUID{}, "", conversion{GoType: "string", Type: bson.TypeBinary, Subtype: 4, Err: bson.ErrSubtype}},
		{"UUID into bytes", bson.UUID{}, []byte{}, conversion{GoType: "[]uint8", Type: bson.TypeBinary, Subtype: 4, Err: bson.ErrSubtype}},
		{"MD5 into an array of bytes", bson.Binary{Subtype: 5, Data: make([]byte, 3)}, [3]byte{},
			conversion{GoType: "[3]uint8", Type: bson.TypeBinary, Subtype: 5, Err: bson.ErrSubtype}},
		{"UUID into bytes of a struct", bson.D{{"data", bson.UUID{}}}, blob{},
			conversion{Pointer: "/data", GoType: "[]uint8", Field: "blob.Data", Type: bson.TypeBinary, Subtype: 4, Err: bson.ErrSubtype}},
		{"binary into int", []byte{1}, 0, conversion{GoType: "int", Type: bson.TypeBinary, Err: bson.ErrMismatch}},
		{"array into D", bson.A{}, bson.D{}, conversion{GoType: "bson.D", Type: bson.TypeArray, Err: bson.ErrMismatch}},
		{"document into slice", bson.D{}, []int{}, conversion{GoType: "[]int", Type: bson.TypeDocument, Err: bson.ErrMismatch}},
		{"number into struct", 1, node{}, conversion{GoType: "bson_test.node", Type: bson.TypeInt32, Err: bson.ErrMismatch}},
		{"array too long", bson.A{1, 2}, [1]int{}, conversion{Pointer: "/1", GoType: "[1]int", Type: bson.TypeInt32, Err: bson.ErrRange}},
		{"elements too many", bson.D{{"a", 1}, {"b", 2}}, [1]bson.E{}, conversion{Pointer: "/b", GoType: "[1]bson.E", Type: bson.TypeInt32, Err: bson.ErrRange}},
		{"array into elements", bson.A{}, [1]bson.E{}, conversion{GoType: "[1]bson.E", Type: bson.TypeArray, Err: bson.ErrMismatch}},
		{"bytes too short", []byte{1}, [2]byte{}, conversion{GoType: "[2]uint8", Type: bson.TypeBinary, Err: bson.ErrRange}},
		{"legacy UUID", bson.Binary{Subtype: 3, Data: make([]byte, 16)}, bson.UUID{}, conversion{GoType: "bson.UUID", Type: bson.TypeBinary, Subtype: 3, Err: bson.ErrUUID}},
		{"short UUID", bson.Binary{Subtype: 4, Data: make([]byte, 15)}, bson.UUID{}, conversion{GoType: "bson.UUID", Type: bson.TypeBinary, Subtype: 4, Err: bson.ErrUUID}},
		{"vector of one byte", bson.Binary{Subtype: 9, Data: []byte{3}}, bson.Vector{}, conversion{GoType: "bson.Vector", Type: bson.TypeBinary, Subtype: 9, Err: bson.ErrVector}},
		{"NaN into json.Number", math.NaN(), json.Number(""), conversion{GoType: "json.Number", Type: bson.TypeDouble, Err: bson.ErrMismatch}},
		{"infinity into json.Number", math.Inf(-1), json.Number(""), conversion{GoType: "json.Number", Type: bson.TypeDouble, Err: bson.ErrMismatch}},
		{"decimal NaN into json.Number", mustDecimal("NaN"), json.Number(""), conversion{GoType: "json.Number", Type: bson.TypeDecimal128, Err: bson.ErrMismatch}},
		{"decimal infinity into json.Number", mustDecimal("-Infinity"), json.Number(""), conversion{GoType: "json.Number", Type: bson.TypeDecimal128, Err: bson.ErrMismatch}},
		{"URL", "http://[", url.URL{}, conversion{GoType: "url.URL", Type: bson.TypeString, Err: bson.ErrHook}},
		{"time text", "yesterday", time.Time{}, conversion{GoType: "time.Time", Type: bson.TypeString, Err: bson.ErrHook}},
		{"hook for documents", 1, onPointer{}, conversion{GoType: "bson_test.onPointer", Type: bson.TypeInt32, Err: bson.ErrMismatch}},
		{"hook of the driver's v1", 1, onLegacy{}, conversion{GoType: "bson_test.onLegacy", Type: bson.TypeInt32, Err: bson.ErrHook}},
		{"hook in a hook", bson.D{{"s", 1}}, onPointer{}, conversion{GoType: "bson_test.onPointer", Type: bson.TypeDocument, Err: bson.ErrHook}},
		{"DBRef without id", bson.D{{"$ref", "c"}}, bson.DBRef{}, conversion{GoType: "bson.DBRef", Type: bson.TypeDocument, Err: bson.ErrMismatch}},
		{"DBRef without collection", bson.D{{"$id", 1}}, bson.DBRef{}, conversion{GoType: "bson.DBRef", Type: bson.TypeDocument, Err: bson.ErrMismatch}},
		{"DBRef of a number", bson.D{{"$ref", 1}, {"$id", 1}}, bson.DBRef{}, conversion{GoType: "bson.DBRef", Type: bson.TypeDocument, Err: bson.ErrMismatch}},
		{"DBRef in a number", bson.D{{"$ref", "c"}, {"$id", 1}, {"$db", 1}}, bson.DBRef{}, conversion{GoType: "bson.DBRef", Type: bson.TypeDocument, Err: bson.ErrMismatch}},
		{"no vector", []byte{3, 0}, bson.Vector{}, conversion{GoType: "bson.Vector", Type: bson.TypeBinary, Err: bson.ErrVector}},
		{"channel", 1, make(chan int), conversion{GoType: "chan int", Type: bson.TypeInt32, Err: bson.ErrUnsupported}},
		{"interface", 1, ptrTo[io.Reader](nil), conversion{GoType: "io.Reader", Type: bson.TypeInt32, Err: bson.ErrUnsupported}},
		{"map key", bson.D{{"x", 1}}, map[int]int{}, conversion{Pointer: "/x", GoType: "int", Type: bson.TypeInt32, Err: bson.ErrMismatch}},
		{"map key range", bson.D{{"300", 1}}, map[int8]int{}, conversion{Pointer: "/300", GoType: "int8", Type: bson.TypeInt32, Err: bson.ErrRange}},
		{"map key without sign", bson.D{{"x", 1}}, map[uint]int{}, conversion{Pointer: "/x", GoType: "uint", Type: bson.TypeInt32, Err: bson.ErrMismatch}},
		{"map key below zero", bson.D{{"-1", 1}}, map[uint]int{}, conversion{Pointer: "/-1", GoType: "uint", Type: bson.TypeInt32, Err: bson.ErrMismatch}},
		{"map key without sign, range", bson.D{{"256", 1}}, map[uint8]int{}, conversion{Pointer: "/256", GoType: "uint8", Type: bson.TypeInt32, Err: bson.ErrRange}},
		{"map key hook", bson.D{{"x", 1}}, map[failingKey]int{}, conversion{Pointer: "/x", GoType: "bson_test.failingKey", Type: bson.TypeInt32, Err: bson.ErrHook}},
		{"hook", 1, failing{}, conversion{GoType: "bson_test.failing", Type: bson.TypeInt32, Err: bson.ErrHook}},
		{"big with fraction", 1.5, big.Int{}, conversion{GoType: "big.Int", Type: bson.TypeDouble, Err: bson.ErrInexact}},
		{"id text", "zz", anID, conversion{GoType: "objectid.ID", Type: bson.TypeString, Err: bson.ErrHook}},
		{"nested", bson.D{{"next", bson.D{{"next", bson.D{{"name", 1}}}}}}, node{},
			conversion{Pointer: "/next/next/name", GoType: "string", Field: "node.Name", Type: bson.TypeInt32, Err: bson.ErrMismatch}},
		{"in a list", bson.A{bson.D{}, bson.D{{"name", 1}}}, []node{},
			conversion{Pointer: "/1/name", GoType: "string", Field: "node.Name", Type: bson.TypeInt32, Err: bson.ErrMismatch}},
		{"same tag twice", bson.D{}, tagged{}, conversion{GoType: "bson_test.tagged", Type: bson.TypeDocument, Err: bson.ErrUnsupported}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc, err := bson.Marshal(in{tc.in})
			if err != nil {
				t.Fatal(err)
			}
			typ := reflect.TypeOf(tc.dst)
			if tc.name == "interface" {
				typ = typ.Elem()
			}
			v := reflect.New(reflect.MapOf(reflect.TypeFor[string](), typ))
			got := conversionOf(t, bson.Unmarshal(doc, v.Interface()))
			if got.Offset < 4 || got.Offset >= int64(len(doc)) || bson.Type(doc[got.Offset]) != got.Type {
				t.Errorf("offset %d is not that of the element", got.Offset)
			}
			got.Offset = 0
			tc.want.Pointer = "/v" + tc.want.Pointer
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Messages about frequent mistakes say what to use instead.
func TestMessages(t *testing.T) {
	uuid, err := bson.Marshal(bson.D{{"data", bson.UUID{}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		in   any
		says string
	}{
		{looped{}, "struct is inlined in itself"},
		{tagged{}, "struct has the key x twice"},
		{struct {
			A int `bson:",inline"`
		}{}, "inlined field is not a struct, a pointer to one, or a map"},
		{struct {
			A, B map[string]int `bson:",inline"`
		}{}, "struct has two inlined maps"},
		{struct {
			A map[int]int `bson:",inline"`
		}{}, "keys of an inlined map are not strings"},
	} {
		if _, err := bson.Marshal(tc.in); err == nil || !strings.HasSuffix(err.Error(), tc.says) {
			t.Errorf("%T: %v, want %s", tc.in, err, tc.says)
		}
	}
	for _, tc := range []struct {
		name string
		doc  []byte
		dst  any
		want error
		says string
	}{
		{"UUID into bytes", uuid, new(blob), bson.ErrSubtype, "bson: offset 4 (/data): binData of subtype 4 into Go type []uint8 (field blob.Data): " +
			"binary subtype does not fit the Go type; bson.Binary holds all subtypes"},
		{"JSON", []byte(`{"data": null, "next": "a"}`), new(blob), bson.ErrTruncated,
			`bson: offset 27: not a document: its length is the text "{\"da"; package extjson reads JSON`},
		{"JSON on lines", []byte("[\n  {}\n]"), new(bson.D), bson.ErrTruncated,
			`bson: offset 8: not a document: its length is the text "[\n  "; package extjson reads JSON`},
	} {
		err := bson.Unmarshal(tc.doc, tc.dst)
		if !errors.Is(err, tc.want) || err.Error() != tc.says {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.says)
		}
	}
}

// TestDestinations: invalid destinations and malformed documents.
func TestDestinations(t *testing.T) {
	doc := []byte{5, 0, 0, 0, 0}
	var nilMap map[string]int
	for _, v := range []any{nil, 1, node{}, (*node)(nil), (*bson.D)(nil), (*any)(nil), nilMap, bson.D{}} {
		if err := bson.Unmarshal(doc, v); !errors.Is(err, bson.ErrDestination) {
			t.Errorf("Unmarshal into %T: %v", v, err)
		}
	}
	for _, tc := range []struct {
		doc string
		err error
	}{
		{"", bson.ErrTruncated}, {"\x06\x00\x00\x00\x00", bson.ErrTruncated}, {"\x05\x00\x00\x00\x00\x00", bson.ErrTrailing},
		{"\x05\x00\x00\x00\x01", bson.ErrTerminator}, {"\x08\x00\x00\x00\x20a\x00\x00", bson.ErrType},
		{"\x09\x00\x00\x00\x08a\x00\x02\x00", bson.ErrBoolean},
		{"\x0f\x00\x00\x00\x02a\x00\x03\x00\x00\x00b\xff\x00\x00", bson.ErrUTF8},
		{"\x08\x00\x00\x00\x0a\xff\x00\x00", bson.ErrUTF8},
		{"\x10\x00\x00\x00\x04a\x00\x08\x00\x00\x00\x0a\xff\x00\x00\x00", bson.ErrUTF8}, // a key in an array
	} {
		for _, v := range []any{new(bson.D), new(any), new(bson.M), new(map[string]string), new(struct{ A string }), new(map[string][]any)} {
			err := bson.Unmarshal([]byte(tc.doc), v)
			if _, isStruct := v.(*struct{ A string }); isStruct && strings.Contains(tc.doc, "\x0a\xff") {
				continue // the struct does not have this key, so it does not read it
			}
			if !errors.Is(err, tc.err) && !errors.Is(err, bson.ErrMismatch) {
				t.Errorf("Unmarshal(%q) into %T: %v, want %v", tc.doc, v, err, tc.err)
			}
		}
	}
}

// TestSizeLimit: a document over the limit is an error, not a wrong length.
func TestSizeLimit(t *testing.T) {
	o := bson.EncodeOptions{MaxDocumentSize: 20}
	if doc, err := o.Marshal(bson.D{{"a", "1234567"}}); err != nil || len(doc) != 20 {
		t.Errorf("Marshal of 20 bytes: %d, %v", len(doc), err)
	}
	if _, err := o.Marshal(bson.D{{"a", "12345678"}}); !errors.Is(err, bson.ErrTooLarge) {
		t.Errorf("Marshal of 21 bytes: %v", err)
	}
}

// TestDepthOfDestinations: a container that lies too deep is a fault at its
// element, whatever its destination is. A list of elements is then empty; other
// destinations stay as they were. One level more is enough.
func TestDepthOfDestinations(t *testing.T) {
	object, array := bson.D{{"x", 1}}, bson.A{1}
	for _, tc := range []struct{ in, dst, want any }{
		{object, node{Name: "old"}, node{Name: "old"}},
		{object, map[string]int{"old": 5}, map[string]int{"old": 5}},
		{object, map[myString]any{"old": 5}, map[myString]any{"old": 5}},
		{object, bson.M{"old": 5}, bson.M{"old": 5}},
		{object, bson.D{{"old", 5}}, bson.D{}},
		{object, myD{{"old", 5}}, myD{}},
		{object, [1]bson.E{{"old", 5}}, [1]bson.E{{"old", 5}}},
		{object, bson.DBRef{Ref: "old"}, bson.DBRef{Ref: "old"}},
		{bson.CodeWithScope{Scope: object}, bson.CodeWithScope{Code: "old"}, bson.CodeWithScope{Scope: bson.D(nil)}},
		{array, []int{5}, []int{5}},
		{array, [1]int{5}, [1]int{5}},
		{array, []byte{5}, []byte{5}},
		{array, [1]byte{5}, [1]byte{5}},
		{array, bson.A{5}, bson.A{5}},
	} {
		doc, err := bson.Marshal(bson.D{{"v", tc.in}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := readStandIn(bson.DecodeOptions{MaxDepth: 1}, tc.dst, doc)
		if diff := cmp.Diff(conversion{Pointer: "/v", Offset: 4, Err: bson.ErrDepth}, conversionOf(t, err), cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%v into %T (-want +got):\n%s", tc.in, tc.dst, diff)
		}
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%v into %T: destination is %v after a fault, want %v", tc.in, tc.dst, got, tc.want)
		}
		if _, err := readStandIn(bson.DecodeOptions{MaxDepth: 2}, tc.dst, doc); errors.Is(err, bson.ErrDepth) {
			t.Errorf("%v into %T, one level more: %v", tc.in, tc.dst, err)
		}
	}
}

// TestDepthOfSources: a container of each kind counts as one level when it is written.
func TestDepthOfSources(t *testing.T) {
	o := bson.EncodeOptions{NilMapAsEmpty: true, NilSliceAsEmpty: true}
	for _, in := range []any{
		bson.D(nil), bson.M(nil), bson.A(nil), []int(nil), map[string]int(nil), []any(nil), map[string]any(nil), myD(nil), namedList(nil), namedMap(nil),
		bson.D{}, myD{}, []bson.E{}, [1]bson.E{{"a", 1}}, bson.M{}, map[string]any{}, namedMap{}, map[string]int{}, map[int]int{1: 1}, map[myString]any{"a": 1},
		node{}, &node{}, rest{}, bson.A{}, []any{}, namedList{}, []int{}, []string{"a"}, [1]int{}, [1]any{}, [1][0]int{}, bson.CodeWithScope{Scope: bson.D{}}, bson.CodeWithScope{},
		bson.DBRef{}, []fmt.Stringer{},
	} {
		limit := 2
		if _, ok := in.([1][0]int); ok {
			limit = 3
		}
		for _, v := range []any{bson.D{{"v", in}}, map[string]any{"v": in}, struct{ V any }{in}} {
			o.MaxDepth = limit - 1
			_, err := o.Marshal(v)
			if !errors.Is(err, bson.ErrDepth) || !strings.HasPrefix(conversionOf(t, err).Pointer, "/v") {
				t.Errorf("%T in %T: %v, want ErrDepth", in, v, err)
			}
			// The fault names the type of the value, not one with the same layout.
			if k := reflect.TypeOf(in).Kind(); k == reflect.Slice || k == reflect.Map {
				if got, want := conversionOf(t, err).GoType, reflect.TypeOf(in).String(); got != want {
					t.Errorf("%T in %T: the type in the fault is %s, want %s", in, v, got, want)
				}
			}
			o.MaxDepth = limit
			if _, err := o.Marshal(v); err != nil {
				t.Errorf("%T in %T, one level more: %v", in, v, err)
			}
			// What is closed does not count any more.
			o.MaxDepth = limit + 1
			if _, err := o.Marshal(bson.D{{"a", []any{in, in, in}}, {"b", in}, {"c", bson.A{bson.D{}, bson.D{}}}}); err != nil {
				t.Errorf("%T, some side by side: %v", in, err)
			}
		}
	}
}

// TestDepthOfParts: a value that is spliced or that a method returns counts as
// one that is written element by element.
func TestDepthOfParts(t *testing.T) {
	object := bson.Raw("\x05\x00\x00\x00\x00")
	scope := bson.RawValue{Type: bson.TypeCodeWithScope, Value: []byte("\x0e\x00\x00\x00\x01\x00\x00\x00\x00" + string(object))}
	for _, tc := range []struct {
		in   any
		want error // sentinel beside ErrDepth
	}{
		{object, bson.ErrDepth},
		{bson.RawValue{Type: bson.TypeArray, Value: object}, bson.ErrDepth},
		{scope, bson.ErrDepth},
		{onPointer{"s"}, bson.ErrHook},
	} {
		if doc, err := (bson.EncodeOptions{MaxDepth: 1}).Marshal(bson.D{{"v", tc.in}}); !errors.Is(err, bson.ErrDepth) || !errors.Is(err, tc.want) {
			t.Errorf("%v inside one document: %x, %v", tc.in, doc, err)
		}
		if _, err := (bson.EncodeOptions{MaxDepth: 2}).Marshal(bson.D{{"v", tc.in}}); err != nil {
			t.Errorf("%v inside two documents: %v", tc.in, err)
		}
	}
	if doc, err := (bson.EncodeOptions{MaxDepth: 1}).Marshal(bson.D{{"v", bson.RawValue{Type: bson.TypeInt32, Value: []byte{1, 0, 0, 0}}}}); err != nil {
		t.Errorf("a number: %x, %v", doc, err)
	}
}

// A capWriter notes the capacity of the last slice, and writes as much as it
// may.
type capWriter struct{ most, cap int }

func (w *capWriter) Write(p []byte) (int, error) {
	w.cap = cap(p)
	return min(len(p), w.most), nil
}

// TestEncoderWrites: an Encoder reports a writer that does not take all, and
// does not keep the buffer of a large document.
func TestEncoderWrites(t *testing.T) {
	w := &capWriter{most: 4}
	enc := bson.NewEncoder(w)
	if err := enc.Encode(bson.D{}); err != io.ErrShortWrite {
		t.Errorf("four of five bytes: %v", err)
	}
	w.most = math.MaxInt
	if err := enc.Encode(bson.D{}); err != nil {
		t.Errorf("all bytes: %v", err)
	}
	if err := enc.Encode(bson.D{{"a", strings.Repeat("x", 1<<20)}}); err != nil || w.cap < 1<<20 {
		t.Errorf("large document: %d, %v", w.cap, err)
	}
	if err := enc.Encode(bson.D{}); err != nil || w.cap > 64<<10 {
		t.Errorf("after a large document: a buffer of %d bytes, %v", w.cap, err)
	}
	if err := enc.Encode(bson.D{{"a", strings.Repeat("x", 30<<10)}}); err != nil {
		t.Fatal(err)
	}
	if err := enc.Encode(bson.D{}); err != nil || w.cap < 30<<10 {
		t.Errorf("after a usual document: a buffer of %d bytes, %v", w.cap, err)
	}
}

// TestStream: values through Encoder and Decoder.
func TestStream(t *testing.T) {
	var buf bytes.Buffer
	enc := bson.NewEncoder(&buf)
	for i := range 3 {
		if err := enc.Encode(node{Name: strings.Repeat("x", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Encode(1); !errors.Is(err, bson.ErrNotDocument) {
		t.Errorf("Encode(1): %v", err)
	}
	dec := bson.NewDecoder(&buf)
	for i := range 3 {
		var n node
		if err := dec.Decode(&n); err != nil || len(n.Name) != i {
			t.Errorf("document %d: %+v, %v", i, n, err)
		}
	}
	if err := dec.Decode(new(node)); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	two := "\x08\x00\x00\x00\x0aa\x00\x00" + "\x08\x00\x00\x00\x0ab\x00\x00"
	for name, reset := range map[string]func(){"Reset": func() { dec.Reset(strings.NewReader(two)) }, "ResetBytes": func() { dec.ResetBytes([]byte(two)) }} {
		reset()
		for i, want := range []string{two[:8], two[8:]} {
			if !dec.Next() || string(dec.Raw()) != want || dec.Offset() != int64(8*i) {
				t.Errorf("%s, document %d: %x at %d, %v", name, i, dec.Raw(), dec.Offset(), dec.Err())
			}
		}
		if dec.Next() || dec.Err() != nil || dec.Offset() != 16 {
			t.Errorf("%s, at the end: %x at %d, %v", name, dec.Raw(), dec.Offset(), dec.Err())
		}
	}
	for doc, err := range bson.Documents(strings.NewReader(two)) {
		if string(doc) != two[:8] || err != nil {
			t.Errorf("Documents: %x, %v", doc, err)
		}
		break // the second must not be asked for
	}
	for text, want := range map[string]struct {
		n  int
		ok bool
	}{two: {16, true}, two[:15]: {8, true}, "\x04\x00\x00\x00": {0, false}} {
		if n, ok := (bson.DecodeOptions{}).Split([]byte(text)); n != want.n || ok != want.ok {
			t.Errorf("Split(%x) = %d, %v, want %v", text, n, ok, want)
		}
	}
	if n, ok := (bson.DecodeOptions{MaxDocumentSize: 7}).Split([]byte(two)); n != 0 || ok {
		t.Errorf("Split with a limit: %d, %v", n, ok)
	}
	dec = bson.NewDecoder(strings.NewReader("\x05\x00\x00\x00"))
	if err := dec.Decode(new(node)); !errors.Is(err, bson.ErrTruncated) {
		t.Errorf("cut short: %v", err)
	}
}

// TestDeepest: the deepest nesting that options allow is written and read, and
// one more level is an error. A stack overflow would end the test.
func TestDeepest(t *testing.T) {
	var d any = bson.D{}
	n := &node{}
	for range bson.DepthCeiling - 1 {
		d = bson.D{{"", d}}
		n = &node{Next: n}
	}
	eo, do := bson.EncodeOptions{MaxDepth: bson.DepthCeiling}, bson.DecodeOptions{MaxDepth: bson.DepthCeiling}
	for _, tc := range []struct{ in, out any }{{d, new(bson.D)}, {d, new(bson.M)}, {n, new(node)}} {
		doc, err := eo.Marshal(tc.in)
		if err != nil {
			t.Fatal(err)
		}
		if err := do.Unmarshal(doc, tc.out); err != nil {
			t.Fatal(err)
		}
		for _, o := range []bson.EncodeOptions{eo, {MaxDepth: 2 * bson.DepthCeiling}} {
			if _, err := o.Marshal(bson.D{{"", tc.in}}); !errors.Is(err, bson.ErrDepth) {
				t.Errorf("one more, MaxDepth %d: %.100v", o.MaxDepth, err)
			}
		}
		if err := bson.Unmarshal(doc, tc.out); !errors.Is(err, bson.ErrDepth) {
			t.Errorf("by default: %v", err)
		}
	}
}

// TestConversionErrorText: the text has all fields of the error.
func TestConversionErrorText(t *testing.T) {
	for _, tc := range []struct {
		err  bson.ConversionError
		want string
	}{
		{bson.ConversionError{Err: errHook}, "Go value nil: no"},
		{bson.ConversionError{GoType: reflect.TypeFor[int8](), Err: errHook}, "Go type int8: no"},
		{bson.ConversionError{GoType: reflect.TypeFor[[]byte](), Type: bson.TypeBinary, Subtype: 4, Err: bson.ErrSubtype},
			"binData of subtype 4 into Go type []uint8: binary subtype does not fit the Go type; bson.Binary holds all subtypes"},
		{bson.ConversionError{GoType: reflect.TypeFor[int8](), Field: "User.Age", Type: bson.TypeString, Err: errHook},
			"string into Go type int8 (field User.Age): no"},
	} {
		if got := tc.err.Error(); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

// TestTextOfEveryLength: a text with a byte that is not UTF-8 is refused,
// however long it is and wherever the byte is.
func TestTextOfEveryLength(t *testing.T) {
	for n := range 80 {
		for at := range n {
			text := strings.Repeat("a", at) + "\xff" + strings.Repeat("a", n-at-1)
			if _, err := bson.Marshal(bson.D{{"k", text}}); !errors.Is(err, bson.ErrUTF8) {
				t.Errorf("%d bytes, 0xff at %d: %v", n, at, err)
			}
		}
	}
}

// TestKeyFaults: a key that is not UTF-8 is a fault at the byte that is wrong,
// whatever the destination is.
func TestKeyFaults(t *testing.T) {
	type inline struct {
		Rest map[string]any `bson:",inline"`
	}
	const at = 4 + 1 + 2 // the length, a type, two bytes of the key
	doc := []byte("\x0a\x00\x00\x00\x0aab\xff\x00\x00")
	inner := []byte("\x12\x00\x00\x00\x03k\x00\x0a\x00\x00\x00\x0aab\xff\x00\x00\x00")
	for _, v := range []any{
		new(bson.D), new([]bson.E), new([1]bson.E), new(bson.M), new(map[string]any), new(map[string]*int), new(map[myString]*int),
		new(map[lower]*int), new(map[netip.Addr]*int), new(inline), new(any),
	} {
		for _, tc := range []struct {
			doc     []byte
			offset  int64
			pointer string
			dst     any
		}{
			{doc, at, "/ab\uFFFD", v},
			{inner, at + 7, "/k/ab\uFFFD", reflect.New(reflect.MapOf(reflect.TypeFor[string](), reflect.TypeOf(v).Elem())).Interface()},
		} {
			err := bson.Unmarshal(tc.doc, tc.dst)
			var got *bson.SyntaxError
			if !errors.As(err, &got) || got.Offset != tc.offset || got.Pointer != tc.pointer || !errors.Is(err, bson.ErrUTF8) {
				t.Errorf("into %T: %v, want ErrUTF8 at %d (%s)", tc.dst, err, tc.offset, tc.pointer)
			}
		}
	}
}

// TestIndexFaults: a key in an array that is not UTF-8 is a fault at its byte,
// although the key means nothing.
func TestIndexFaults(t *testing.T) {
	doc := []byte("\x17\x00\x00\x00\x04a\x00\x0f\x00\x00\x00\x0a0\x00\x0aab\xff\x00\x00\x00")
	doc[0], doc[7] = byte(len(doc)), byte(len(doc)-7-1)
	for _, v := range []any{new(bson.D), new(any), new(struct{ A bson.A }), new(struct{ A []any }), new(struct{ A []*int }), new(struct{ A [2]any })} {
		err := bson.Unmarshal(doc, v)
		var got *bson.SyntaxError
		if !errors.As(err, &got) || got.Offset != int64(bytes.IndexByte(doc, 0xff)) || !errors.Is(err, bson.ErrUTF8) {
			t.Errorf("into %T: %v, want ErrUTF8 at %d", v, err, bytes.IndexByte(doc, 0xff))
		}
	}
}

// oneOfEach has a value of each BSON type.
var oneOfEach = bson.D{
	{"double", 1.0}, {"string", "1"}, {"object", bson.D{}}, {"array", bson.A{}}, {"binData", bson.Binary{Data: []byte("1")}},
	{"undefined", bson.Undefined{}}, {"objectId", anID}, {"bool", true}, {"date", bson.DateTime(1)}, {"null", nil},
	{"regex", bson.Regex{Pattern: "1"}}, {"dbPointer", bson.DBPointer{DB: "1"}}, {"javascript", bson.Code("1")},
	{"symbol", bson.Symbol("1")}, {"javascriptWithScope", bson.CodeWithScope{Code: "1"}}, {"int", int32(1)},
	{"timestamp", bson.Timestamp{T: 1}}, {"long", int64(1)}, {"decimal", mustDecimal("1")}, {"maxKey", bson.MaxKey{}}, {"minKey", bson.MinKey{}},
}

// TestTypesOfDestinations: the BSON types that a destination takes, besides null and
// undefined, which set zero. All others are faults that match ErrMismatch, and
// leave the destination as it was. A type with an exclamation mark is taken, but
// this value of it does not fit.
func TestTypesOfDestinations(t *testing.T) {
	for _, tc := range []struct {
		dst  any
		want string
	}{
		{int8(5), "double bool int long"},
		{5, "double bool int long"},
		{uint16(5), "double bool int long"},
		{uint64(5), "double bool int long"},
		{float32(5), "double bool int long"},
		{5.0, "double bool int long"},
		{true, "double bool int long"},
		{"5", "string binData symbol"},
		{myString("5"), "string binData symbol"},
		{[]byte("5"), "string array binData symbol"},
		{[1]byte{5}, "array binData"},
		{[]string{"5"}, "array"},
		{[1]string{"5"}, "array"},
		{map[string]int{"a": 5}, "object"},
		{bson.M{"a": 5}, "object"},
		{bson.D{{"a", 5}}, "object"},
		{[1]bson.E{{"a", 5}}, "object"},
		{bson.A{5}, "array"},
		{bson.Raw("\x05\x00\x00\x00\x00"), "object"},
		{node{Name: "5"}, "object"},
		{anID, "string! objectId"},
		{mustDecimal("5"), "decimal"},
		{bson.DateTime(5), "date"},
		{time.Unix(5, 0), "string! date timestamp long"},
		{5 * time.Second, "double bool int long"},
		{bson.Binary{Data: []byte("5")}, "binData"},
		{bson.UUID{5}, "string! binData!"},
		{bson.NewVector([]int8{5}), "binData!"},
		{bson.Regex{Pattern: "5"}, "regex"},
		{*regexp.MustCompile("5"), "regex"},
		{bson.DBPointer{DB: "5"}, "dbPointer"},
		{bson.Code("5"), "javascript"},
		{bson.Symbol("5"), "string binData symbol"},
		{bson.CodeWithScope{Code: "5"}, "javascriptWithScope"},
		{bson.Timestamp{T: 5}, "timestamp"},
		{bson.Undefined{}, ""},
		{bson.Null{}, ""},
		{bson.MinKey{}, "minKey"},
		{bson.MaxKey{}, "maxKey"},
		{bson.DBRef{Ref: "5"}, ""},
		{*big.NewInt(5), "double string int long decimal"},
		{json.Number("5"), "double int long decimal"},
		{shopspring.New(5, 0), "double string int long decimal"},
		{url.URL{Path: "5"}, "string"},
		{netip.MustParseAddr("10.0.0.5"), "string! object"},
	} {
		typ := reflect.TypeOf(tc.dst)
		var taken []string
		for _, e := range oneOfEach {
			doc, err := bson.Marshal(bson.D{{"v", e.Value}})
			if err != nil {
				t.Fatal(err)
			}
			v := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: typ}}))
			v.Elem().Field(0).Set(reflect.ValueOf(tc.dst))
			err = bson.Unmarshal(doc, v.Interface())
			if e.Key == "null" || e.Key == "undefined" {
				if got := v.Elem().Field(0); err != nil || !got.IsZero() {
					t.Errorf("%s into %T: %v, %v, want zero", e.Key, tc.dst, got, err)
				}
				continue
			}
			if !errors.Is(err, bson.ErrMismatch) {
				taken = append(taken, e.Key)
				if err != nil {
					taken[len(taken)-1] += "!"
				}
				continue
			}
			if f := conversionOf(t, err); f.Pointer != "/v" || f.Offset != 4 || f.Type.String() != e.Key || f.GoType != typ.String() {
				t.Errorf("%s into %T: %+v", e.Key, tc.dst, f)
			}
			if got := v.Elem().Field(0).Interface(); !reflect.DeepEqual(got, tc.dst) {
				t.Errorf("%s into %T: destination is %v after a fault", e.Key, tc.dst, got)
			}
		}
		if got := strings.Join(taken, " "); got != tc.want {
			t.Errorf("%T takes %s, want %s", tc.dst, got, tc.want)
		}
	}
}
