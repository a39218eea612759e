package bson_test

import (
	"bytes"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	shopspring "github.com/shopspring/decimal"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// TestOwnHooks: the hooks of our types, which other libraries call, write and
// read the same bytes as Marshal and Unmarshal.
func TestOwnHooks(t *testing.T) {
	empty := bson.Raw("\x05\x00\x00\x00\x00")
	for _, v := range []any{
		bson.D{{"a", int32(1)}}, empty, bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, bson.RawValue{Type: bson.TypeDocument, Value: empty}, bson.Binary{Subtype: 3, Data: []byte{1}},
		bson.UUID{1}, bson.NewVector([]int8{1}), bson.Regex{Pattern: "a", Options: "i"}, bson.Timestamp{T: 1, I: 2}, bson.DateTime(7),
		bson.Code("c"), bson.CodeWithScope{Code: "c", Scope: bson.D{}}, bson.Symbol("s"), bson.Undefined{}, bson.Null{},
		bson.DBPointer{DB: "d", Pointer: anID}, bson.DBRef{Ref: "c", ID: int32(1)}, bson.MinKey{}, bson.MaxKey{}, anID, mustDecimal("1.2"),
	} {
		wantType, want, err := bson.MarshalValue(v)
		if err != nil {
			t.Fatal(err)
		}
		typ, data, err := v.(bson.ValueMarshaler).MarshalBSONValue()
		if err != nil || bson.Type(typ) != wantType || !bytes.Equal(data, want) {
			t.Errorf("%T: MarshalBSONValue = %d, %x, %v", v, typ, data, err)
		}
		got := reflect.New(reflect.TypeOf(v))
		if err := got.Interface().(bson.ValueUnmarshaler).UnmarshalBSONValue(typ, data); err != nil {
			t.Errorf("%T: UnmarshalBSONValue: %v", v, err)
		}
		if diff := cmp.Diff(v, got.Elem().Interface(), bits); diff != "" {
			t.Errorf("%T (-want +got):\n%s", v, diff)
		}
		doc, err := v.(bson.Marshaler).MarshalBSON()
		if wantType != bson.TypeDocument {
			if !isNotDocument(err) || doc != nil || !strings.Contains(err.Error(), "interop/v1adapter") {
				t.Errorf("%T: MarshalBSON = %x, %v, want an error that names the adapter", v, doc, err)
			}
			if _, err := bson.Marshal(v); !errors.Is(err, bson.ErrNotDocument) || strings.Contains(err.Error(), "adapter") {
				t.Errorf("%T: Marshal: %v, want ErrNotDocument and nothing about adapters", v, err)
			}
			continue
		}
		if err != nil || !bytes.Equal(doc, want) {
			t.Errorf("%T: MarshalBSON = %x, %v", v, doc, err)
		}
		got = reflect.New(reflect.TypeOf(v))
		if _, ok := got.Interface().(bson.Unmarshaler); !ok {
			continue // RawValue
		}
		if err := got.Interface().(bson.Unmarshaler).UnmarshalBSON(doc); err != nil || !cmp.Equal(v, got.Elem().Interface(), bits) {
			t.Errorf("%T: UnmarshalBSON: %v, %v", v, got.Elem(), err)
		}
	}
	if doc, err := bson.D(nil).MarshalBSON(); err != nil || !bytes.Equal(doc, empty) {
		t.Errorf("nil D: %x, %v", doc, err)
	}
	if err := new(bson.UUID).UnmarshalBSONValue(byte(bson.TypeInt32), []byte{1, 0, 0, 0}); !errors.Is(err, bson.ErrMismatch) {
		t.Errorf("number into UUID: %v", err)
	}
}

func isNotDocument(err error) bool {
	return errors.Is(err, bson.ErrNotDocument) || errors.Is(err, objectid.ErrNotDocument) || errors.Is(err, decimal128.ErrNotDocument)
}

// TestForeignNumbers: values that do not fit types of other packages.
func TestForeignNumbers(t *testing.T) {
	read := func(v, dst any) error {
		doc, err := bson.Marshal(bson.D{{"v", v}})
		if err != nil {
			t.Fatal(err)
		}
		return bson.Raw(doc).Lookup("v").Unmarshal(dst)
	}
	var d shopspring.Decimal
	for _, tc := range []struct {
		in   any
		want string
		err  error
	}{
		{mustDecimal("1.20"), "1.20", nil}, {"2.5", "2.5", nil}, {int32(3), "3", nil}, {9.99, "9.99", nil}, {nil, "0", nil},
		{decimal128.NaN(), "", bson.ErrRange}, {mustDecimal("-0"), "", bson.ErrInexact}, {true, "", bson.ErrMismatch}, {"x", "", bson.ErrHook},
	} {
		d = shopspring.Decimal{}
		err := read(tc.in, &d)
		if !errors.Is(err, tc.err) || err == nil && d.StringFixed(-d.Exponent()) != tc.want {
			t.Errorf("%v into shopspring: %v, %v", tc.in, d, err)
		}
	}
	for _, tc := range []struct {
		in   bson.Regex
		want string
		err  error
	}{
		{bson.Regex{Pattern: "a+"}, "a+", nil}, {bson.Regex{Pattern: "a+", Options: "imsu"}, "(?ims)a+", nil},
		{bson.Regex{Pattern: "a", Options: "x"}, "", bson.ErrMismatch}, {bson.Regex{Pattern: "("}, "", bson.ErrHook},
	} {
		var r *regexp.Regexp
		if err := read(tc.in, &r); !errors.Is(err, tc.err) || err == nil && r.String() != tc.want {
			t.Errorf("%v into regexp: %v, %v", tc.in, r, err)
		}
	}
}

// TestSmallMethods: order and zero of the types, and the driver's names.
func TestSmallMethods(t *testing.T) {
	a, b := bson.Timestamp{T: 1, I: 9}, bson.Timestamp{T: 2}
	if !a.Before(b) || !b.After(a) || a.Equal(b) || a.Compare(a) != 0 || a.IsZero() || !b.Time().Equal(time.Unix(2, 0)) {
		t.Error("Timestamp")
	}
	if !(bson.Regex{}).IsZero() || !(bson.DBPointer{}).IsZero() || !(bson.Binary{}).IsZero() || !(bson.UUID{}).IsZero() || !(bson.Vector{}).IsZero() {
		t.Error("IsZero")
	}
	if !(bson.Regex{Pattern: "a"}).Equal(bson.Regex{Pattern: "a"}) || !(bson.DBPointer{DB: "a"}).Equal(bson.DBPointer{DB: "a"}) {
		t.Error("Equal")
	}
	if (bson.UUID{1}).Compare(bson.UUID{2}) != -1 {
		t.Error("UUID.Compare")
	}
	if text, err := (bson.UUID{}).AppendText(nil); err != nil || len(text) != 36 {
		t.Error("UUID.AppendText")
	}
	id, err := bson.ObjectIDFromHex(anID.Hex())
	if err != nil || id != anID || !bson.IsValidObjectID(anID.Hex()) || bson.IsValidObjectID("x") || bson.NewObjectID() == bson.NilObjectID {
		t.Error("ObjectID")
	}
	at := time.Unix(1700000000, 0)
	if !bson.NewObjectIDFromTimestamp(at).Timestamp().Equal(at) || bson.NewDateTimeFromTime(at) != 1700000000000 {
		t.Error("times")
	}
	if d, err := bson.ParseDecimal128("1.20"); err != nil || d != bson.NewDecimal128(d.Bits()) {
		t.Error("Decimal128")
	}
	if got := bson.Raw("\x05\x00\x00\x00\x00").Unmarshal(new(bson.D)); got != nil {
		t.Error(got)
	}
	two := bson.Raw("\x0b\x00\x00\x00\x0aa\x00\x0ab\x00\x00")
	var keys []string
	for key := range two.All() {
		if keys = append(keys, key); key == "a" {
			break
		}
	}
	if len(keys) != 1 {
		t.Errorf("All after the loop has ended: %q", keys)
	}
	if v, err := two.LookupErr("b"); v.Type != bson.TypeNull || err != nil {
		t.Errorf("LookupErr: %v, %v", v, err)
	}
	if v, err := two.LookupErr("c"); !v.IsZero() || !errors.Is(err, bson.ErrNotFound) {
		t.Errorf("LookupErr of no key: %v, %v", v, err)
	}
	var buf bytes.Buffer
	enc := bson.NewEncoder(nil)
	enc.Reset(&buf)
	if err := enc.Encode(bson.D{}); err != nil || buf.Len() != 5 {
		t.Error("Encoder.Reset")
	}
}

// The types below have the methods for text, and one each of the kinds of Go's
// types. The text of a value is that of all its zeros but one.
type (
	textBool   bool
	textInt    int
	textInt8   int8
	textUint   uint
	textFloat  float64
	textSlice  []byte
	textArray  [1]byte
	textMap    map[string]byte
	textStruct struct{ B byte }
)

func (v *textBool) UnmarshalText(text []byte) error   { *v = string(text) == "1"; return nil }
func (v *textInt) UnmarshalText(text []byte) error    { *v = textInt(len(text)); return nil }
func (v *textInt8) UnmarshalText(text []byte) error   { *v = textInt8(len(text)); return nil }
func (v *textUint) UnmarshalText(text []byte) error   { *v = textUint(len(text)); return nil }
func (v *textFloat) UnmarshalText(text []byte) error  { *v = textFloat(len(text)); return nil }
func (v *textSlice) UnmarshalText(text []byte) error  { *v = textSlice{byte(len(text))}; return nil }
func (v *textArray) UnmarshalText(text []byte) error  { *v = textArray{byte(len(text))}; return nil }
func (v *textMap) UnmarshalText(text []byte) error    { *v = textMap{"": byte(len(text))}; return nil }
func (v *textStruct) UnmarshalText(text []byte) error { *v = textStruct{byte(len(text))}; return nil }

// TestTextOfKinds: a type of any kind that reads text reads a string, wherever the
// value stands.
func TestTextOfKinds(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{"v", "1"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []any{textBool(true), textInt(1), textInt8(1), textUint(1), textFloat(1), textSlice{1}, textArray{1}, textMap{"": 1}, textStruct{1}} {
		typ := reflect.TypeOf(want)
		alone := reflect.New(typ)
		if err := bson.Raw(doc).Lookup("v").Unmarshal(alone.Interface()); err != nil {
			t.Fatal(err)
		}
		field := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: typ}}))
		entry := reflect.New(reflect.MapOf(reflect.TypeFor[string](), reflect.PointerTo(typ)))
		for _, v := range []reflect.Value{field, entry} {
			if err := bson.Unmarshal(doc, v.Interface()); err != nil {
				t.Fatalf("%v: %v", v.Type(), err)
			}
		}
		got := []any{alone.Elem().Interface(), field.Elem().Field(0).Interface(), entry.Elem().MapIndex(reflect.ValueOf("v")).Elem().Interface()}
		if diff := cmp.Diff([]any{want, want, want}, got); diff != "" {
			t.Errorf("%T alone, in a struct, in a map (-want +got):\n%s", want, diff)
		}
	}
}
