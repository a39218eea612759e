package values

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	shopspring "github.com/shopspring/decimal"
	v1bson "go.mongodb.org/mongo-driver/bson"
	v2 "go.mongodb.org/mongo-driver/v2/bson"
	v2core "go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file compares us with the driver on hooks, embedded types and options.

// The types of embeddings that need a name.
type (
	// Base is exported, so that a field that embeds it is exported.
	Base struct {
		v2.ObjectID `bson:"_id"`
		Name        string
	}
	// OurBase is Base with our type of ids.
	OurBase struct {
		objectid.ID `bson:"_id"`
		Name        string
	}
	// Hooked has a hook, which a struct that embeds it gets too.
	Hooked struct{ S string }
)

// MarshalBSONValue writes h as a string.
func (h Hooked) MarshalBSONValue() (byte, []byte, error) { return valueHook(h).MarshalBSONValue() }

// embeddings has pairs of structs, one that embeds a type of the driver and the
// same with our type. Both must give the driver's bytes.
var embeddings = []struct {
	name         string
	theirs, ours any
}{
	{"ObjectID", struct {
		v2.ObjectID `bson:"_id"`
		N           int
	}{id, 1}, struct {
		bson.ObjectID `bson:"_id"`
		N             int
	}{id, 1}},
	{"ObjectID without a tag", struct {
		N int
		v2.ObjectID
	}{1, id}, struct {
		N int
		bson.ObjectID
	}{1, id}},
	{"Decimal128", struct {
		v2.Decimal128
		N int
	}{v2.NewDecimal128(twelve, two), 1}, struct {
		bson.Decimal128
		N int
	}{decimal128.FromBits(twelve, two), 1}},
	{"D", struct {
		v2.D
		N int
	}{v2.D{{Key: "a", Value: "b"}}, 1}, struct {
		bson.D
		N int
	}{bson.D{{Key: "a", Value: "b"}}, 1}},
	{"M", struct {
		v2.M
		N int
	}{v2.M{"a": "b"}, 1}, struct {
		bson.M
		N int
	}{bson.M{"a": "b"}, 1}},
	{"M inlined", struct {
		v2.M `bson:",inline"`
		N    int
	}{v2.M{"a": "b"}, 1}, struct {
		bson.M `bson:",inline"`
		N      int
	}{bson.M{"a": "b"}, 1}},
	{"A", struct {
		v2.A
		N int
	}{v2.A{"b"}, 1}, struct {
		bson.A
		N int
	}{bson.A{"b"}, 1}},
	{"Raw", struct {
		v2.Raw
		N int
	}{doc, 1}, struct {
		bson.Raw
		N int
	}{doc, 1}},
	{"RawValue", struct {
		v2.RawValue
		N int
	}{v2.RawValue{Type: v2.TypeBoolean, Value: []byte{1}}, 1}, struct {
		bson.RawValue
		N int
	}{bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, 1}},
	{"DateTime", struct {
		v2.DateTime `bson:"date"`
	}{5}, struct {
		bson.DateTime `bson:"date"`
	}{5}},
	{"Binary", struct {
		v2.Binary
		N int
	}{v2.Binary{Subtype: 4, Data: []byte{1}}, 1}, struct {
		bson.Binary
		N int
	}{bson.Binary{Subtype: 4, Data: []byte{1}}, 1}},
	{"Binary inlined", struct {
		v2.Binary `bson:",inline"`
		N         int
	}{v2.Binary{Subtype: 4, Data: []byte{1}}, 1}, struct {
		bson.Binary `bson:",inline"`
		N           int
	}{bson.Binary{Subtype: 4, Data: []byte{1}}, 1}},
	{"Vector", struct {
		v2.Vector
		N int
	}{v2.NewVector([]int8{1}), 1}, struct {
		bson.Vector
		N int
	}{bson.NewVector([]int8{1}), 1}},
	{"Regex", struct {
		v2.Regex
		N int
	}{v2.Regex{Pattern: "a", Options: "xi"}, 1}, struct {
		bson.Regex
		N int
	}{bson.Regex{Pattern: "a", Options: "xi"}, 1}},
	{"Timestamp", struct {
		v2.Timestamp
		N int
	}{v2.Timestamp{T: 1, I: 2}, 1}, struct {
		bson.Timestamp
		N int
	}{bson.Timestamp{T: 1, I: 2}, 1}},
	{"JavaScript", struct {
		v2.JavaScript
		N int
	}{"f", 1}, struct {
		bson.JavaScript
		N int
	}{"f", 1}},
	{"CodeWithScope", struct {
		v2.CodeWithScope
		N int
	}{v2.CodeWithScope{Code: "f", Scope: v2.D{}}, 1}, struct {
		bson.CodeWithScope
		N int
	}{bson.CodeWithScope{Code: "f", Scope: bson.D{}}, 1}},
	{"Symbol", struct {
		v2.Symbol
		N int
	}{"s", 1}, struct {
		bson.Symbol
		N int
	}{"s", 1}},
	{"Undefined", struct {
		v2.Undefined
		N int
	}{N: 1}, struct {
		bson.Undefined
		N int
	}{N: 1}},
	{"Null", struct {
		v2.Null
		N int
	}{N: 1}, struct {
		bson.Null
		N int
	}{N: 1}},
	{"DBPointer", struct {
		v2.DBPointer
		N int
	}{v2.DBPointer{DB: "d", Pointer: id}, 1}, struct {
		bson.DBPointer
		N int
	}{bson.DBPointer{DB: "d", Pointer: id}, 1}},
	{"MinKey", struct {
		v2.MinKey
		N int
	}{N: 1}, struct {
		bson.MinKey
		N int
	}{N: 1}},
	{"MaxKey", struct {
		v2.MaxKey
		N int
	}{N: 1}, struct {
		bson.MaxKey
		N int
	}{N: 1}},
	{"nil pointer", struct {
		*v2.ObjectID `bson:"_id"`
		N            int
	}{nil, 1}, struct {
		*bson.ObjectID `bson:"_id"`
		N              int
	}{nil, 1}},
	{"pointer", struct {
		*v2.DateTime
		N int
	}{ptr(v2.DateTime(5)), 1}, struct {
		*bson.DateTime
		N int
	}{ptr(bson.DateTime(5)), 1}},
	{"nil pointer to a D", struct{ *v2.D }{}, struct{ *bson.D }{}},
	{"nested", struct {
		Base
		N int
	}{Base{id, "n"}, 1}, struct {
		OurBase `bson:"base"`
		N       int
	}{OurBase{id, "n"}, 1}},
	{"nested and inlined", struct {
		Base `bson:",inline"`
		N    int
	}{Base{id, "n"}, 1}, struct {
		OurBase `bson:",inline"`
		N       int
	}{OurBase{id, "n"}, 1}},
	{"nested pointer", struct {
		*Base
		N int
	}{&Base{id, "n"}, 1}, struct {
		*OurBase `bson:"base"`
		N        int
	}{&OurBase{id, "n"}, 1}},
	{"omitted", struct {
		Base `bson:",omitempty"`
		N    int
	}{Base{}, 1}, struct {
		OurBase `bson:"base,omitempty"`
		N       int
	}{OurBase{}, 1}},
	{"core document", struct {
		v2core.Document
		N int
	}{doc, 1}, struct {
		bson.Raw `bson:"document"`
		N        int
	}{doc, 1}},
	{"type with a hook", struct {
		Hooked
		N int
	}{Hooked{"s"}, 1}, struct {
		Hooked
		N int
	}{Hooked{"s"}, 1}},
}

// TestSameEmbedding: we write and read a struct that embeds a type of the driver
// as the driver does. The same struct with our type gives the same bytes.
func TestSameEmbedding(t *testing.T) {
	for _, tc := range embeddings {
		for where, wrap := range map[string]func(v any) any{
			"alone": func(v any) any { return v }, "in a D": func(v any) any { return v2.D{{Key: "v", Value: v}} },
			"in a map":  func(v any) any { return map[string]any{"v": v} },
			"in a list": func(v any) any { return v2.D{{Key: "v", Value: v2.A{v}}} },
			"pointer": func(v any) any {
				p := reflect.New(reflect.TypeOf(v))
				p.Elem().Set(reflect.ValueOf(v))
				return p.Interface()
			},
		} {
			if d := difference(t, wrap(tc.theirs)); d != "" {
				t.Errorf("%s, %s: %s", tc.name, where, d)
			}
			want, wantErr := v2.Marshal(wrap(tc.theirs))
			got, err := bson.Marshal(wrap(tc.ours))
			if (err != nil) != (wantErr != nil) || !bytes.Equal(got, want) {
				t.Errorf("%s, %s, with our types: got %v, %v, want %v", tc.name, where, bson.Raw(got), err, bson.Raw(want))
			}
		}
		data, err := v2.Marshal(tc.theirs)
		if err != nil {
			continue
		}
		theirs, ours, own := reflect.New(reflect.TypeOf(tc.theirs)), reflect.New(reflect.TypeOf(tc.theirs)), reflect.New(reflect.TypeOf(tc.ours))
		theirErr := v2.Unmarshal(data, theirs.Interface())
		if err := bson.Unmarshal(data, ours.Interface()); (err != nil) != (theirErr != nil) || written(t, nil, theirs.Interface()) != written(t, nil, ours.Interface()) {
			t.Errorf("%s: Unmarshal gives %v, %v, want %v, %v", tc.name, ours.Elem(), err, theirs.Elem(), theirErr)
		}
		if err := bson.Unmarshal(data, own.Interface()); (err != nil) != (theirErr != nil) || err == nil && written(t, nil, own.Interface()) != written(t, nil, tc.ours) {
			t.Errorf("%s, with our types: Unmarshal gives %v, %v, want %v", tc.name, own.Elem(), err, tc.ours)
		}
	}
}

// These types have MarshalBSON and MarshalBSONValue.
type (
	bothValue   struct{ N int32 }
	bothPointer struct{ N int32 }
	bothText    string
)

func (b bothValue) MarshalBSON() ([]byte, error) { return v2.Marshal(v2.D{{Key: "data", Value: b.N}}) }
func (b *bothValue) UnmarshalBSON(doc []byte) error {
	b.N = v2.Raw(doc).Lookup("data").Int32()
	return nil
}
func (b bothValue) MarshalBSONValue() (byte, []byte, error) { return value(b.N) }
func (b *bothValue) UnmarshalBSONValue(t byte, data []byte) error {
	return v2.UnmarshalValue(v2.Type(t), data, &b.N)
}
func (b *bothPointer) MarshalBSON() ([]byte, error) {
	return v2.Marshal(v2.D{{Key: "data", Value: b.N}})
}
func (b *bothPointer) UnmarshalBSON(doc []byte) error {
	b.N = v2.Raw(doc).Lookup("data").Int32()
	return nil
}
func (b *bothPointer) MarshalBSONValue() (byte, []byte, error) { return value(b.N) }
func (b *bothPointer) UnmarshalBSONValue(t byte, data []byte) error {
	return v2.UnmarshalValue(v2.Type(t), data, &b.N)
}
func (b bothText) MarshalBSON() ([]byte, error) {
	return v2.Marshal(v2.D{{Key: "data", Value: string(b)}})
}
func (b *bothText) UnmarshalBSON(doc []byte) error {
	*b = bothText(v2.Raw(doc).Lookup("data").StringValue())
	return nil
}
func (b bothText) MarshalBSONValue() (byte, []byte, error) { return value(string(b)) }
func (b *bothText) UnmarshalBSONValue(t byte, data []byte) error {
	return v2.UnmarshalValue(v2.Type(t), data, (*string)(b))
}

func value(v any) (byte, []byte, error) {
	t, data, err := v2.MarshalValue(v)
	return byte(t), data, err
}

// TestSameBothHooks: for a type with both hooks we call the same hook as the
// driver, for a whole document and for a value in a document.
func TestSameBothHooks(t *testing.T) {
	for _, v := range []any{bothValue{7}, &bothValue{7}, &bothPointer{7}, bothText("x"), ptr(bothText("x"))} {
		for _, in := range []any{v, v2.D{{Key: "v", Value: v}}, map[string]any{"v": v}, v2.D{{Key: "v", Value: v2.A{v}}}} {
			if d := difference(t, in); d != "" {
				t.Errorf("%T in a %T: %s", v, in, d)
			}
		}
		typ := reflect.TypeOf(v)
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		for _, typ := range []reflect.Type{typ, reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(v)}}), reflect.MapOf(reflect.TypeFor[string](), reflect.TypeOf(v))} {
			in := reflect.New(typ)
			switch typ.Kind() {
			case reflect.Struct:
				if typ.Name() == "" {
					in.Elem().Field(0).Set(reflect.ValueOf(v))
					break
				}
				fallthrough
			default:
				in.Elem().Set(reflect.Indirect(reflect.ValueOf(v)))
			case reflect.Map:
				in.Elem().Set(reflect.MakeMap(typ))
				in.Elem().SetMapIndex(reflect.ValueOf("v"), reflect.ValueOf(v))
			}
			doc, err := v2.Marshal(in.Interface())
			if err != nil {
				t.Fatal(err)
			}
			theirs, ours := reflect.New(typ), reflect.New(typ)
			theirErr, ourErr := v2.Unmarshal(doc, theirs.Interface()), bson.Unmarshal(doc, ours.Interface())
			if (theirErr != nil) != (ourErr != nil) || !reflect.DeepEqual(theirs.Interface(), ours.Interface()) {
				t.Errorf("%s into %v: %v, %v, want %v, %v", bson.Raw(doc), typ, ours.Elem(), ourErr, theirs.Elem(), theirErr)
			}
		}
	}
}

// TestSameRegexOptions: options are written in sorted order, for our type and for
// the driver's.
func TestSameRegexOptions(t *testing.T) {
	for _, options := range []string{"", "i", "xi", "xmsi", "ii", "zéa", "Zab"} {
		theirs, ours := v2.Regex{Pattern: "p", Options: options}, bson.Regex{Pattern: "p", Options: options}
		for _, v := range [][2]any{{theirs, ours}, {&theirs, &ours}, {[]v2.Regex{theirs}, []bson.Regex{ours}}, {struct{ R v2.Regex }{theirs}, struct{ R bson.Regex }{ours}}} {
			want, err := v2.Marshal(v2.D{{Key: "v", Value: v[0]}})
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range v {
				if got, err := bson.Marshal(bson.D{{Key: "v", Value: in}}); !bytes.Equal(got, want) || err != nil {
					t.Errorf("%q in a %T: %q, %v, want %q", options, in, got, err, want)
				}
			}
		}
	}
}

// TestSameRaw: the driver's types for the bytes of documents and arrays are read
// as the driver does, except for the rows that are not the same, and are written
// with the same bytes.
func TestSameRaw(t *testing.T) {
	array, object := v2.D{{Key: "a", Value: v2.A{"v"}}}, v2.D{{Key: "a", Value: v2.D{{Key: "k", Value: "v"}}}}
	for _, tc := range []struct {
		name string
		out  any
		in   v2.D
		same bool
	}{
		{"Raw", struct{ A v2.Raw }{}, object, true},
		{"Document", struct{ A v2core.Document }{}, object, true},
		{"Array", struct{ A v2core.Array }{}, array, true},
		{"object into Array", struct{ A v2core.Array }{}, object, true},
		{"object into RawArray", struct{ A v2.RawArray }{}, object, true},
		{"array into Raw", struct{ A v2.Raw }{}, array, false},
		{"array into Document", struct{ A v2core.Document }{}, array, false},
	} {
		doc, err := v2.Marshal(tc.in)
		if err != nil {
			t.Fatal(err)
		}
		theirs, ours := reflect.New(reflect.TypeOf(tc.out)), reflect.New(reflect.TypeOf(tc.out))
		theirErr, ourErr := v2.Unmarshal(doc, theirs.Interface()), bson.Unmarshal(doc, ours.Interface())
		if tc.same && ((theirErr != nil) != (ourErr != nil) || !reflect.DeepEqual(theirs.Interface(), ours.Interface())) {
			t.Errorf("%s: %v, %v, want %v, %v", tc.name, ours.Elem(), ourErr, theirs.Elem(), theirErr)
		}
		if !tc.same && (theirErr != nil || ourErr == nil) {
			t.Errorf("%s: driver %v, ours %v; by docs/differences.md only ours is an error", tc.name, theirErr, ourErr)
		}
		if ourErr != nil {
			continue
		}
		if back, err := bson.Marshal(ours.Interface()); !bytes.Equal(back, doc) {
			t.Errorf("%s: Marshal gives %v, %v, want %v", tc.name, bson.Raw(back), err, bson.Raw(doc))
		}
	}
}

// TestSameOptions: an option has the effect of the driver's option that
// docs/values.md names, except where the page says otherwise.
func TestSameOptions(t *testing.T) {
	type nested struct {
		X int
		N struct{ Y int }
	}
	values := map[string]any{
		"nils": struct {
			B []byte
			R json.RawMessage
			I net.IP
			S []int
			D v2.D
			M map[string]int
			A v2.A
			V v2.M
			P *[]byte
			L [][]byte
			N []json.RawMessage
		}{P: new([]byte), L: [][]byte{nil}, N: []json.RawMessage{nil}},
		"flat":    struct{ X, Y int }{0, 1},
		"nested":  nested{},
		"structs": struct{ S []nested }{[]nested{{}}},
		"zero struct": struct {
			N nested `bson:",omitempty"`
		}{},
		"integers": struct{ A, B int64 }{1, 1 << 40},
		"keys":     map[float64]int{1.5: 1},
		"JSON tags": struct {
			A int `json:"b"`
		}{1},
	}
	// The driver's OmitEmpty ends at the first struct inside a struct.
	differs := map[string]bool{"OmitEmpty, nested": true, "OmitEmpty, structs": true, "OmitEmpty, zero struct": true}
	for name, o := range map[string]struct {
		theirs func(*v2.Encoder)
		ours   bson.EncodeOptions
	}{
		"none":              {func(*v2.Encoder) {}, bson.EncodeOptions{}},
		"IntMinSize":        {(*v2.Encoder).IntMinSize, bson.EncodeOptions{MinSize: true}},
		"NilMap":            {(*v2.Encoder).NilMapAsEmpty, bson.EncodeOptions{NilMapAsEmpty: true}},
		"NilSlice":          {(*v2.Encoder).NilSliceAsEmpty, bson.EncodeOptions{NilSliceAsEmpty: true}},
		"NilByteSlice":      {(*v2.Encoder).NilByteSliceAsEmpty, bson.EncodeOptions{NilBytesAsEmpty: true}},
		"OmitEmpty":         {(*v2.Encoder).OmitEmpty, bson.EncodeOptions{OmitEmpty: true}},
		"OmitZeroStruct":    {(*v2.Encoder).OmitZeroStruct, bson.EncodeOptions{OmitZeroStruct: true}},
		"StringifyMapKeys":  {(*v2.Encoder).StringifyMapKeysWithFmt, bson.EncodeOptions{StringifyKeys: true}},
		"UseJSONStructTags": {(*v2.Encoder).UseJSONStructTags, bson.EncodeOptions{JSONTags: true}},
	} {
		for kind, v := range values {
			var buf bytes.Buffer
			enc := v2.NewEncoder(v2.NewDocumentWriter(&buf))
			enc.SetRegistry(v2.NewRegistry()) // the default registry would keep the JSON tags for other options
			o.theirs(enc)
			theirErr := enc.Encode(v)
			got, err := o.ours.Marshal(v)
			same := (err != nil) == (theirErr != nil) && (err != nil || bytes.Equal(got, buf.Bytes()))
			if same == differs[name+", "+kind] {
				t.Errorf("%s, %s: got %v, %v, driver %v, %v", name, kind, bson.Raw(got), err, bson.Raw(buf.Bytes()), theirErr)
			}
		}
	}

	doc, err := v2.Marshal(v2.D{{Key: "a", Value: v2.Binary{Data: []byte{1}}}, {Key: "b", Value: v2.Binary{Subtype: 2, Data: []byte{2}}}, {Key: "c", Value: v2.Binary{Subtype: 4, Data: []byte{3}}}})
	if err != nil {
		t.Fatal(err)
	}
	dec := v2.NewDecoder(v2.NewDocumentReader(bytes.NewReader(doc)))
	dec.BinaryAsSlice()
	var theirs v2.D
	var ours bson.D
	if err := dec.Decode(&theirs); err != nil {
		t.Fatal(err)
	}
	if err := (bson.DecodeOptions{BinaryAsBytes: true}).Unmarshal(doc, &ours); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%T %T %T, driver %T %T %T", ours[0].Value, ours[1].Value, ours[2].Value, theirs[0].Value, theirs[1].Value, theirs[2].Value)
	if want := "[]uint8 bson.Binary bson.Binary, driver []uint8 []uint8 bson.Binary"; got != want {
		t.Errorf("BinaryAsBytes: %s, want %s", got, want)
	}
}

// TestOursInPlainV1: driver v1 without the adapter writes our documents as we do.
// Our other types are an error, because v1 would write other values.
func TestOursInPlainV1(t *testing.T) {
	for _, v := range []any{
		objectid.ID(id), decimal128.FromBits(twelve, two), bson.Binary{}, bson.UUID{}, bson.NewVector([]int8{1}), bson.Regex{}, bson.Timestamp{},
		bson.DateTime(1), bson.Code("c"), bson.CodeWithScope{Scope: bson.D{}}, bson.Symbol("s"), bson.Undefined{}, bson.Null{}, bson.DBPointer{},
		bson.MinKey{}, bson.MaxKey{}, bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}},
	} {
		list := reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf(v)), 1, 1)
		list.Index(0).Set(reflect.ValueOf(v))
		field := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(v)}}))
		field.Elem().Field(0).Set(reflect.ValueOf(v))
		pointer := reflect.New(reflect.TypeOf(v))
		pointer.Elem().Set(reflect.ValueOf(v))
		for _, in := range []any{
			v, pointer.Interface(), field.Interface(), field.Elem().Interface(), v1bson.D{{Key: "v", Value: v}}, v1bson.M{"v": pointer.Interface()},
			v1bson.D{{Key: "v", Value: list.Interface()}}, v1bson.A{v}, bson.M{"v": v}, map[string]any{"v": bson.A{v}},
		} {
			if data, err := v1bson.Marshal(in); err == nil || !strings.Contains(err.Error(), "v1adapter") && reflect.TypeOf(in).Kind() != reflect.Slice {
				t.Errorf("%T in a %T: v1 gives %v, %v, want an error that names the adapter", v, in, bson.Raw(data), err)
			}
		}
	}
	in := struct {
		D  bson.D
		R  bson.Raw
		V  bson.RawValue
		DB bson.DBRef
		M  bson.M
		A  bson.A
	}{bson.D{{Key: "a", Value: objectid.ID(id)}}, doc, bson.RawValue{Type: bson.TypeDocument, Value: doc}, bson.DBRef{Ref: "c", ID: objectid.ID(id)}, bson.M{"x": bson.D{}}, bson.A{1}}
	want, err := bson.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{in, &in} {
		if got, err := v1bson.Marshal(v); err != nil || !bytes.Equal(got, want) {
			t.Errorf("documents: v1 gives %v, %v, want %v", bson.Raw(got), err, bson.Raw(want))
		}
	}
}

// TestSameOmittedPointers: omitempty leaves out a pointer if its IsZero returns
// true, or, for a type without IsZero, if it is nil. docs/values.md has this
// rule.
func TestSameOmittedPointers(t *testing.T) {
	for name, v := range map[string]any{
		"time": struct {
			P *time.Time `bson:",omitempty"`
		}{new(time.Time)},
		"id": struct {
			P *v2.ObjectID `bson:",omitempty"`
		}{new(v2.ObjectID)},
		"our id": struct {
			P *objectid.ID `bson:",omitempty"`
		}{new(objectid.ID)},
		"our decimal": struct {
			P *decimal128.Decimal `bson:",omitempty"`
		}{new(decimal128.Decimal)},
		"shopspring": struct {
			P *shopspring.Decimal `bson:",omitempty"`
		}{new(shopspring.Decimal)},
	} {
		if d := difference(t, v); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if got, err := bson.Marshal(v); len(got) != 5 || err != nil {
			t.Errorf("%s: %v, %v, want the field left out", name, bson.Raw(got), err)
		}
	}
	for name, v := range map[string]any{
		"int": struct {
			P *int `bson:",omitempty"`
		}{new(int)},
		"string": struct {
			P *string `bson:",omitempty"`
		}{new(string)},
		"struct": struct {
			P *struct{} `bson:",omitempty"`
		}{new(struct{})},
		"list": struct {
			P *[]int `bson:",omitempty"`
		}{&[]int{}},
		"time in an any": struct {
			P any `bson:",omitempty"`
		}{new(time.Time)},
		"time without the tag": struct{ P *time.Time }{new(time.Time)},
	} {
		if d := difference(t, v); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if got, err := bson.Marshal(v); len(got) == 5 || err != nil {
			t.Errorf("%s: %v, %v, want the field written", name, bson.Raw(got), err)
		}
	}
}

// A counted counts the calls of its hook.
type counted struct{ N int }

func (c *counted) UnmarshalBSONValue(byte, []byte) error { c.N++; return nil }

// TestOtherDifferences tests the rows of docs/differences.md about methods, and
// the rows about reading that no other table has.
func TestOtherDifferences(t *testing.T) {
	field := func(v any) []byte {
		doc, err := v2.Marshal(v2.D{{Key: "p", Value: v}})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	outcome := func(v any, err error) string {
		if err != nil {
			return "error"
		}
		return fmt.Sprint(v)
	}
	read := func(doc []byte, theirs, ours any) (string, string) {
		theirErr, ourErr := v2.Unmarshal(doc, theirs), bson.Unmarshal(doc, ours)
		return outcome(reflect.ValueOf(theirs).Elem().Field(0).Interface(), theirErr), outcome(reflect.ValueOf(ours).Elem().Field(0).Interface(), ourErr)
	}
	long := append(bytes.Clone(doc), 1)
	for name, tc := range map[string]struct {
		f            func() (theirs, ours string)
		theirs, ours string
	}{
		"undefined into a nil pointer": {func() (string, string) {
			var a, b struct{ P *counted }
			theirErr, ourErr := v2.Unmarshal(field(v2.Undefined{}), &a), bson.Unmarshal(field(v2.Undefined{}), &b)
			return outcome(a.P != nil, theirErr), outcome(b.P != nil, ourErr)
		}, "true", "false"},
		"NaN with truncate": {func() (string, string) {
			type truncating struct {
				P int64 `bson:",truncate"`
			}
			return read(field(math.NaN()), new(truncating), new(truncating))
		}, "-9223372036854775808", "error"},
		"null into a Vector": {func() (string, string) {
			var a struct{ P v2.Vector }
			var b struct{ P bson.Vector }
			return outcome("", v2.Unmarshal(field(nil), &a)), outcome(b.P.IsZero(), bson.Unmarshal(field(nil), &b))
		}, "error", "true"},
		"RawValue at the top": {func() (string, string) {
			var a v2.RawValue
			var b bson.RawValue
			theirErr, ourErr := v2.Unmarshal(doc, &a), bson.Unmarshal(doc, &b)
			return outcome(byte(a.Type), theirErr), outcome(byte(b.Type), ourErr)
		}, "0", "3"},
		"bytes after a value": {func() (string, string) {
			var a, b int32
			data := []byte{1, 0, 0, 0, 9}
			theirErr, ourErr := v2.UnmarshalValue(v2.TypeInt32, data, &a), bson.UnmarshalValue(bson.TypeInt32, data, &b)
			return outcome(a, theirErr), outcome(b, ourErr)
		}, "1", "error"},
		"**any": {func() (string, string) {
			a, b := new(Hooked), new(Hooked)
			var x, y any = &a, &b
			p, q := &x, &y
			theirErr, ourErr := v2.Unmarshal(doc, &p), bson.Unmarshal(doc, &q)
			_, kept := y.(**Hooked)
			return outcome(fmt.Sprintf("%T", x), theirErr), outcome(kept, ourErr)
		}, "bson.D", "true"},
		"MarshalValue(nil)": {func() (string, string) {
			_, _, theirErr := v2.MarshalValue(nil)
			typ, _, ourErr := bson.MarshalValue(nil)
			return outcome("", theirErr), outcome(typ, ourErr)
		}, "error", "null"},
		"Type.String": {func() (string, string) { return v2.TypeInt32.String(), bson.TypeInt32.String() }, "32-bit integer", "int"},
		"Raw.Validate": {func() (string, string) {
			return outcome("", v2.Raw(long).Validate()), outcome("", bson.Raw(long).Validate())
		}, "", "error"},
		"LookupErr": {func() (string, string) {
			_, theirErr := v2.Raw(doc).LookupErr()
			v, ourErr := bson.Raw(doc).LookupErr()
			return outcome("", theirErr), outcome(v, ourErr)
		}, "error", `{"a": 1}`},
		"RawValue.IsZero": {func() (string, string) {
			return fmt.Sprint(v2.RawValue{Value: doc}.IsZero()), fmt.Sprint(bson.RawValue{Value: doc}.IsZero())
		}, "false", "true"},
		"JSON number into a decimal": {func() (string, string) {
			var a v2.Decimal128
			var b decimal128.Decimal
			theirErr, ourErr := json.Unmarshal([]byte("1.5"), &a), json.Unmarshal([]byte("1.5"), &b)
			return outcome(a, theirErr), outcome(b, ourErr)
		}, "error", "1.5"},
	} {
		if theirs, ours := tc.f(); theirs != tc.theirs || ours != tc.ours {
			t.Errorf("%s: driver %s, ours %s, want %s, %s", name, theirs, ours, tc.theirs, tc.ours)
		}
	}
}
