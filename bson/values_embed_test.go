package bson_test

import (
	"bytes"
	"errors"
	"math/big"
	"net/url"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	shopspring "github.com/shopspring/decimal"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file embeds types that have hooks of their own. Go promotes the hooks,
// so a struct looks like its embedded field alone.
//
//   - Hooks promoted from types that this package knows do not count.
//   - Hooks that the struct declares count, and so do hooks promoted from
//     unknown types.

// A Part is a struct without methods.
type Part struct{ Note string }

// embeddings are structs that embed a type. Each has a partner with a named
// field instead, which has the same BSON.
var embeddings = []struct{ embedded, plain any }{
	{struct {
		objectid.ID `bson:"_id"`
		Name        string
	}{anID, "n"}, struct {
		ID   objectid.ID `bson:"_id"`
		Name string
	}{anID, "n"}},
	{struct {
		Name string
		objectid.ID
	}{"n", anID}, struct {
		Name string
		ID   objectid.ID
	}{"n", anID}},
	{struct {
		Part // has no hooks
		objectid.ID
	}{Part{"n"}, anID}, struct {
		Part Part
		ID   objectid.ID
	}{Part{"n"}, anID}},
	{struct {
		bson.ObjectID
		Name string
	}{anID, "n"}, struct {
		ObjectID objectid.ID
		Name     string
	}{anID, "n"}},
	{struct {
		decimal128.Decimal
		N int
	}{mustDecimal("1.20"), 1}, struct {
		Decimal decimal128.Decimal
		N       int
	}{mustDecimal("1.20"), 1}},
	{struct {
		bson.D
		N int
	}{bson.D{{"a", int32(1)}}, 1}, struct {
		D bson.D
		N int
	}{bson.D{{"a", int32(1)}}, 1}},
	{struct {
		bson.Raw
		N int
	}{bson.Raw("\x05\x00\x00\x00\x00"), 1}, struct {
		Raw bson.Raw
		N   int
	}{bson.Raw("\x05\x00\x00\x00\x00"), 1}},
	{struct {
		bson.RawValue
		N int
	}{bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, 1}, struct {
		RawValue bson.RawValue
		N        int
	}{bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, 1}},
	{struct {
		bson.DateTime `bson:"date"`
	}{5}, struct{ Date bson.DateTime }{5}},
	{struct {
		bson.Binary
		N int
	}{bson.Binary{Subtype: 3, Data: []byte{1}}, 1}, struct {
		Binary bson.Binary
		N      int
	}{bson.Binary{Subtype: 3, Data: []byte{1}}, 1}},
	{struct {
		bson.UUID
		N int
	}{bson.UUID{1}, 1}, struct {
		UUID bson.UUID
		N    int
	}{bson.UUID{1}, 1}},
	{struct {
		bson.Vector
		N int
	}{bson.NewVector([]int8{1}), 1}, struct {
		Vector bson.Vector
		N      int
	}{bson.NewVector([]int8{1}), 1}},
	{struct {
		bson.Regex
		N int
	}{bson.Regex{Pattern: "a", Options: "i"}, 1}, struct {
		Regex bson.Regex
		N     int
	}{bson.Regex{Pattern: "a", Options: "i"}, 1}},
	{struct {
		bson.Timestamp
		N int
	}{bson.Timestamp{T: 1, I: 2}, 1}, struct {
		Timestamp bson.Timestamp
		N         int
	}{bson.Timestamp{T: 1, I: 2}, 1}},
	{struct {
		bson.Code
		N int
	}{"c", 1}, struct {
		Code bson.Code
		N    int
	}{"c", 1}},
	{struct {
		bson.CodeWithScope
		N int
	}{bson.CodeWithScope{Code: "c", Scope: bson.D{}}, 1}, struct {
		CodeWithScope bson.CodeWithScope
		N             int
	}{bson.CodeWithScope{Code: "c", Scope: bson.D{}}, 1}},
	{struct {
		bson.Symbol
		N int
	}{"s", 1}, struct {
		Symbol bson.Symbol
		N      int
	}{"s", 1}},
	{struct {
		bson.Undefined
		N int
	}{N: 1}, struct {
		Undefined bson.Undefined
		N         int
	}{N: 1}},
	{struct {
		bson.Null
		N int
	}{N: 1}, struct {
		Null bson.Null
		N    int
	}{N: 1}},
	{struct {
		bson.DBPointer
		N int
	}{bson.DBPointer{DB: "d", Pointer: anID}, 1}, struct {
		DBPointer bson.DBPointer
		N         int
	}{bson.DBPointer{DB: "d", Pointer: anID}, 1}},
	{struct {
		bson.DBRef
		N int
	}{bson.DBRef{Ref: "c", ID: int32(1)}, 1}, struct {
		DBRef bson.DBRef
		N     int
	}{bson.DBRef{Ref: "c", ID: int32(1)}, 1}},
	{struct {
		bson.MinKey
		N int
	}{N: 1}, struct {
		MinKey bson.MinKey
		N      int
	}{N: 1}},
	{struct {
		bson.MaxKey
		N int
	}{N: 1}, struct {
		MaxKey bson.MaxKey
		N      int
	}{N: 1}},
	{struct {
		shopspring.Decimal
		N int
	}{shopspring.New(12, -1), 1}, struct {
		Decimal shopspring.Decimal
		N       int
	}{shopspring.New(12, -1), 1}},

	// By pointer, nil and not.
	{struct {
		*objectid.ID `bson:"_id"`
		Name         string
	}{nil, "n"}, struct {
		ID   *objectid.ID `bson:"_id"`
		Name string
	}{nil, "n"}},
	{struct {
		*objectid.ID `bson:"_id"`
		Name         string
	}{&anID, "n"}, struct {
		ID   *objectid.ID `bson:"_id"`
		Name string
	}{&anID, "n"}},
	{struct{ *bson.D }{}, struct{ D *bson.D }{}},
	{struct{ *bson.D }{&bson.D{{"a", "b"}}}, struct{ D *bson.D }{&bson.D{{"a", "b"}}}},
	{struct{ *decimal128.Decimal }{}, struct{ Decimal *decimal128.Decimal }{}},
	{struct {
		*bson.DateTime `bson:",omitempty"`
		N              int
	}{}, struct {
		DateTime *bson.DateTime `bson:",omitempty"`
		N        int
	}{}},

	// Deeper.
	{struct {
		hiddenMiddle
		N int
	}{hiddenMiddle{anID, "m"}, 1}, struct{ N int }{1}}, // not exported
	{struct {
		Middle
		N int
	}{Middle{anID, "m"}, 1}, struct {
		Middle struct {
			ID   objectid.ID `bson:"_id"`
			Name string
		}
		N int
	}{Middle: struct {
		ID   objectid.ID `bson:"_id"`
		Name string
	}{anID, "m"}, N: 1}},
	{struct {
		Middle `bson:",inline"`
		N      int
	}{Middle{anID, "m"}, 1}, struct {
		ID   objectid.ID `bson:"_id"`
		Name string
		N    int
	}{anID, "m", 1}},
	{struct {
		*Middle
		N int
	}{nil, 1}, struct {
		Middle *int
		N      int
	}{nil, 1}},
	{struct {
		Generic[string]
	}{Generic[string]{anID, "t"}}, struct {
		Generic struct {
			ID objectid.ID
			V  string
		}
	}{struct {
		ID objectid.ID
		V  string
	}{anID, "t"}}},
	{selfEmbedded{ID: anID, N: 1}, struct {
		SelfEmbedded *int
		ID           objectid.ID
		N            int
	}{nil, anID, 1}},
}

type hiddenMiddle struct {
	objectid.ID `bson:"_id"`
	Name        string
}

// Middle is exported, so that its embedding is.
type Middle struct {
	objectid.ID `bson:"_id"`
	Name        string
}

// Generic embeds a type in a type with parameters.
type Generic[T any] struct {
	objectid.ID
	V T
}

// SelfEmbedded embeds itself, so a search for its methods might not end.
type SelfEmbedded struct {
	*SelfEmbedded
	objectid.ID
	N int
}

type selfEmbedded = SelfEmbedded

// TestEmbedded: an embedded value of a type with hooks is a field like the
// other fields.
func TestEmbedded(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, tc := range embeddings {
		typ := reflect.TypeOf(tc.embedded)
		for i := range typ.NumField() {
			if f := typ.Field(i); f.Anonymous {
				seen[f.Type] = true
			}
		}
		for name, wrap := range map[string]func(v any) any{
			"alone":    func(v any) any { return v },
			"pointer":  pointerTo,
			"in a D":   func(v any) any { return bson.D{{"v", v}} },
			"in a map": func(v any) any { return map[string]any{"v": v} },
			"in a slice": func(v any) any {
				s := reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf(v)), 0, 1)
				return bson.D{{"v", reflect.Append(s, reflect.ValueOf(v)).Interface()}}
			},
		} {
			want, err := bson.Marshal(wrap(tc.plain))
			if err != nil {
				t.Fatal(err)
			}
			got, err := bson.Marshal(wrap(tc.embedded))
			if !bytes.Equal(got, want) {
				t.Errorf("%T, %s: got %v, %v, want %v", tc.embedded, name, bson.Raw(got), err, bson.Raw(want))
			}
		}
		doc, err := bson.Marshal(tc.plain)
		if err != nil {
			t.Fatal(err)
		}
		back := reflect.New(typ)
		if err := bson.Unmarshal(doc, back.Interface()); err != nil {
			t.Errorf("%T: Unmarshal: %v", tc.embedded, err)
			continue
		}
		again, err := bson.Marshal(back.Interface())
		if !bytes.Equal(again, doc) {
			t.Errorf("%T: read as %+v, which is %v, %v, want %v", tc.embedded, back.Elem(), bson.Raw(again), err, bson.Raw(doc))
		}
	}
	hook := reflect.TypeFor[bson.ValueMarshaler]()
	for _, typ := range bson.KnownTypes() {
		if typ.Implements(hook) && !seen[typ] {
			t.Errorf("no row embeds %v, which has a hook", typ)
		}
	}
}

func pointerTo(v any) any {
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	return p.Interface()
}

// These structs embed an ID. They declare their own hooks, or get them from a
// type that this package does not know.
type (
	ownHook            struct{ objectid.ID }
	ownPtrHook         struct{ objectid.ID }
	ownGeneric         struct{ GenericHook[int] }
	GenericHook[T any] struct {
		objectid.ID
		V T
	}
	promoted struct {
		OwnBase
		N int
	}
	deeperKnown struct { // OwnBase is less deep than the ID of Middle
		Middle
		OwnBase
	}
	// OwnBase is exported, so that its embedding is.
	OwnBase struct{ S string }
)

func (ownHook) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeInt32), []byte{7, 0, 0, 0}, nil
}
func (*ownHook) UnmarshalBSONValue(byte, []byte) error { return errors.New("called") }
func (*ownPtrHook) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeInt32), []byte{7, 0, 0, 0}, nil
}
func (*ownPtrHook) UnmarshalBSONValue(byte, []byte) error { return errors.New("called") }
func (g GenericHook[T]) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeInt32), []byte{7, 0, 0, 0}, nil
}
func (g *GenericHook[T]) UnmarshalBSONValue(byte, []byte) error { return errors.New("called") }
func (OwnBase) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeInt32), []byte{7, 0, 0, 0}, nil
}
func (*OwnBase) UnmarshalBSONValue(byte, []byte) error { return errors.New("called") }

func TestEmbeddedOwnHooks(t *testing.T) {
	for _, v := range []any{ownHook{anID}, ownPtrHook{anID}, GenericHook[int]{anID, 1}, ownGeneric{}, promoted{}, deeperKnown{}} {
		doc, err := bson.Marshal(bson.D{{"v", v}})
		if got, want := bson.Raw(doc).String(), `{"v": 7}`; got != want {
			t.Errorf("%T: %s, %v, want %s", v, got, err, want)
		}
		err = bson.Raw(doc).Lookup("v").Unmarshal(reflect.New(reflect.TypeOf(v)).Interface())
		if !errors.Is(err, bson.ErrHook) {
			t.Errorf("%T: Unmarshal: %v, want the hook's error", v, err)
		}
	}
}

// TestEmbeddedText: methods for text that are promoted from a known type count
// if the struct has no other field, and not if they would hide a field.
func TestEmbeddedText(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_000).UTC()
	type stamp struct{ time.Time }
	type zoned struct {
		time.Time
		Zone string
	}
	type pointed struct{ *time.Time }
	texts := bson.EncodeOptions{TextMarshalers: true}
	for _, tc := range []struct {
		v    any
		want string
	}{
		{stamp{at}, `{"v": "2023-11-14T22:13:20Z"}`},
		{zoned{at, "z"}, `{"v": {"time": ISODate("2023-11-14T22:13:20Z"), "zone": "z"}}`},
		{pointed{&at}, `{"v": {"time": ISODate("2023-11-14T22:13:20Z")}}`},
		{pointed{}, `{"v": {"time": null}}`},
	} {
		doc, err := texts.Marshal(bson.D{{"v", tc.v}})
		if got := bson.Raw(doc).String(); got != tc.want {
			t.Errorf("%T: %s, %v, want %s", tc.v, got, err, tc.want)
		}
		back := reflect.New(reflect.TypeOf(tc.v))
		if err := bson.Raw(doc).Lookup("v").Unmarshal(back.Interface()); err != nil || !reflect.DeepEqual(back.Elem().Interface(), tc.v) {
			t.Errorf("%T: read as %v, %v", tc.v, back.Elem(), err)
		}
	}
	err := bson.UnmarshalValue(bson.TypeString, []byte("\x05\x00\x00\x002023\x00"), new(zoned))
	if !errors.Is(err, bson.ErrMismatch) {
		t.Errorf("string into a struct with a Time beside a field: %v", err)
	}
}

// TestEmbeddedForeign: known types of other packages.
func TestEmbeddedForeign(t *testing.T) {
	type all struct {
		time.Time
		url.URL
		big.Int
		regexp.Regexp
		shopspring.Decimal
	}
	v := &all{Time: time.UnixMilli(5).UTC(), URL: url.URL{Path: "p"}, Regexp: *regexp.MustCompile("a"), Decimal: shopspring.New(1, 0)}
	v.SetInt64(7)
	for _, o := range []bson.EncodeOptions{{}, {TextMarshalers: true}} {
		doc, err := o.Marshal(v)
		want := `{"time": ISODate("1970-01-01T00:00:00.005Z"), "url": "p", "int": "7", "regexp": /a/, "decimal": NumberDecimal("1")}`
		if diff := cmp.Diff(want, bson.Raw(doc).String()); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

// TestEmbeddedZero: a promoted IsZero of a known type does not hide the other
// fields, and is not called on a nil pointer.
func TestEmbeddedZero(t *testing.T) {
	type byValue struct {
		objectid.ID
		N int
	}
	type byPointer struct {
		*objectid.ID
		N int
	}
	type fields struct {
		V  byValue     `bson:",omitempty"`
		P  *byValue    `bson:",omitempty"`
		Q  byPointer   `bson:",omitempty"`
		R  *byPointer  `bson:",omitempty"`
		VZ byValue     `bson:",omitzero"`
		QZ byPointer   `bson:",omitzero"`
		I  bson.Zeroer `bson:",omitempty"`
	}
	for _, tc := range []struct {
		name string
		v    fields
		want []string
	}{
		{"nil", fields{}, nil},
		{"zero", fields{P: &byValue{}, R: &byPointer{}, I: byPointer{}}, nil},
		{"a sibling", fields{byValue{N: 1}, &byValue{N: 1}, byPointer{N: 1}, &byPointer{N: 1}, byValue{N: 1}, byPointer{N: 1}, byPointer{N: 1}}, []string{"v", "p", "q", "r", "vz", "qz", "i"}},
		{"an id", fields{V: byValue{ID: anID}, Q: byPointer{ID: &anID}}, []string{"v", "q"}},
		{"a pointer to a zero id", fields{Q: byPointer{ID: new(objectid.ID)}, QZ: byPointer{ID: new(objectid.ID)}}, []string{"q", "qz"}},
	} {
		for _, o := range []bson.EncodeOptions{{}, {OmitEmpty: true}} {
			doc, err := o.Marshal(tc.v)
			var got []string
			for key := range bson.Raw(doc).All() {
				got = append(got, key)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", tc.name, err, diff)
			}
		}
	}
	doc, err := (bson.EncodeOptions{OmitZeroStruct: true}).Marshal(struct {
		S struct{ Q byPointer } `bson:",omitempty"`
	}{})
	if len(doc) != 5 || err != nil {
		t.Errorf("OmitZeroStruct: %v, %v", bson.Raw(doc), err)
	}
}
