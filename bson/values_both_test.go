package bson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has types that are written differently as a whole document and as a
// value, and destinations at the top with two meanings.

// These types have both hooks: declared on the value, on the pointer, and
// with the type byte of the driver v1.
type (
	both       struct{ N int32 }
	bothPtr    struct{ N int32 }
	bothLegacy struct{ N int32 }
	bothType   byte
	bothInList []int32 // not a struct
)

func (b both) MarshalBSON() ([]byte, error)    { return asDocument(b.N) }
func (b *both) UnmarshalBSON(doc []byte) error { return ofDocument(doc, &b.N) }
func (b both) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeInt32), int32Of(b.N), nil
}
func (b *both) UnmarshalBSONValue(t byte, data []byte) error { return ofValue(t, data, &b.N) }
func (b *bothPtr) MarshalBSON() ([]byte, error)              { return asDocument(b.N) }
func (b *bothPtr) UnmarshalBSON(doc []byte) error            { return ofDocument(doc, &b.N) }
func (b *bothPtr) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeInt32), int32Of(b.N), nil
}
func (b *bothPtr) UnmarshalBSONValue(t byte, data []byte) error { return ofValue(t, data, &b.N) }
func (b bothLegacy) MarshalBSON() ([]byte, error)               { return asDocument(b.N) }
func (b *bothLegacy) UnmarshalBSON(doc []byte) error            { return ofDocument(doc, &b.N) }
func (b bothLegacy) MarshalBSONValue() (bothType, []byte, error) {
	return bothType(bson.TypeInt32), int32Of(b.N), nil
}
func (b *bothLegacy) UnmarshalBSONValue(t bothType, data []byte) error {
	return ofValue(byte(t), data, &b.N)
}
func (b bothInList) MarshalBSON() ([]byte, error) { return asDocument(b[0]) }
func (b bothInList) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeInt32), int32Of(b[0]), nil
}
func (b *bothInList) UnmarshalBSON(doc []byte) error {
	*b = make(bothInList, 1)
	return ofDocument(doc, &(*b)[0])
}
func (b *bothInList) UnmarshalBSONValue(t byte, data []byte) error {
	*b = make(bothInList, 1)
	return ofValue(t, data, &(*b)[0])
}

func int32Of(n int32) []byte             { return []byte{byte(n), 0, 0, 0} }
func asDocument(n int32) ([]byte, error) { return bson.Marshal(bson.D{{"data", n}}) }
func ofDocument(doc []byte, n *int32) error {
	*n = int32(bson.Raw(doc).Lookup("data").Value[0])
	return nil
}
func ofValue(t byte, data []byte, n *int32) error {
	if bson.Type(t) != bson.TypeInt32 {
		return errors.New("not a number")
	}
	*n = int32(data[0])
	return nil
}

// TestBothHooks: of a type with both hooks, one hook writes and reads whole
// documents, the other values inside a document.
func TestBothHooks(t *testing.T) {
	document, inside := `{"data": 7}`, `{"v": 7}`
	for _, v := range []any{both{7}, &both{7}, bothPtr{7}, &bothPtr{7}, bothLegacy{7}, &bothLegacy{7}, bothInList{7}, &bothInList{7}} {
		doc, err := bson.Marshal(v)
		if got := bson.Raw(doc).String(); got != document || err != nil {
			t.Errorf("Marshal(%T): %s, %v, want %s", v, got, err, document)
		}
		if doc, err := bson.Append([]byte("x"), v); err != nil || bson.Raw(doc[1:]).String() != document {
			t.Errorf("Append(%T): %q, %v", v, doc, err)
		}
		typ := reflect.TypeOf(v)
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		want := reflect.Indirect(reflect.ValueOf(v)).Interface()
		out := reflect.New(typ)
		if err := bson.Unmarshal(doc, out.Interface()); err != nil || !reflect.DeepEqual(out.Elem().Interface(), want) {
			t.Errorf("Unmarshal(%T): %v, %v", v, out.Elem(), err)
		}
		out = reflect.New(typ)
		if err := bson.NewDecoder(bytes.NewReader(doc)).Decode(out.Interface()); err != nil || !reflect.DeepEqual(out.Elem().Interface(), want) {
			t.Errorf("Decode(%T): %v, %v", v, out.Elem(), err)
		}

		for _, in := range []any{bson.D{{"v", v}}, map[string]any{"v": v}, bson.M{"v": v}} {
			doc, err = bson.Marshal(in)
			if got := bson.Raw(doc).String(); got != inside || err != nil {
				t.Errorf("Marshal(%T in %T): %s, %v, want %s", v, in, got, err, inside)
			}
		}
		out = reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(v)}}))
		if err := bson.Unmarshal(doc, out.Interface()); err != nil || !reflect.DeepEqual(reflect.Indirect(out.Elem().Field(0)).Interface(), want) {
			t.Errorf("Unmarshal(%T in a struct): %v, %v", v, out.Elem(), err)
		}
		if typ, data, err := bson.MarshalValue(v); typ != bson.TypeInt32 || data[0] != 7 || err != nil {
			t.Errorf("MarshalValue(%T): %v, %x, %v", v, typ, data, err)
		}
		if err := bson.UnmarshalValue(bson.TypeInt32, int32Of(7), out.Elem().Field(0).Addr().Interface()); err != nil {
			t.Errorf("UnmarshalValue(%T): %v", v, err)
		}
	}
	if _, err := bson.Marshal((*both)(nil)); !errors.Is(err, bson.ErrNotDocument) {
		t.Errorf("nil: %v, want ErrNotDocument", err)
	}
	codecs := bson.NewCodecs(bson.TypeCodec(func(dst []byte, v both) ([]byte, bson.Type, error) {
		return append(dst, 5, 0, 0, 0, 0), bson.TypeDocument, nil
	}, func(_ bson.Type, _ []byte, v *both) error { v.N = 9; return nil }))
	for _, v := range []any{both{7}, &both{7}} {
		if doc, err := (bson.EncodeOptions{Codecs: codecs}).Marshal(v); len(doc) != 5 || err != nil {
			t.Errorf("%T with a codec: %v, %v", v, bson.Raw(doc), err)
		}
	}
	var b both
	if err := (bson.DecodeOptions{Codecs: codecs}).Unmarshal([]byte("\x05\x00\x00\x00\x00"), &b); b.N != 9 || err != nil {
		t.Errorf("read with a codec: %v, %v", b, err)
	}
}

// TestAnyAtTop: an any at the top is replaced, for all values and options. An
// any inside another value keeps its pointer.
func TestAnyAtTop(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{"a", bson.D{{"k", "v"}}}})
	if err != nil {
		t.Fatal(err)
	}
	type target struct{ K string }
	type empty any
	for name, o := range map[string]bson.DecodeOptions{
		"none": {}, "document type": {DocumentType: bson.DocumentsAsM}, "no codecs": {Codecs: bson.NewCodecs()},
		"codec": {Codecs: bson.NewCodecs(bson.AnyAs[int](bson.TypeInt32))}, "JSON tags": {JSONTags: true},
	} {
		for _, kind := range []string{"struct", "D", "any", "itself"} {
			var x any
			var p any = &struct{ A target }{}
			switch kind {
			case "D":
				p = &bson.D{}
			case "any":
				p = new(any)
			case "itself":
				p = &x
			}
			x = p
			if err := o.Unmarshal(doc, &x); err != nil {
				t.Errorf("%s, %s: %v", name, kind, err)
			}
			switch x.(type) {
			case bson.D, bson.M:
			default:
				t.Errorf("%s, any that points to a %s: it holds a %T", name, kind, x)
			}
			if kind == "struct" && p.(*struct{ A target }).A.K != "" {
				t.Errorf("%s: what the any pointed to was set", name)
			}
			y := empty(p)
			if err := o.Unmarshal(doc, &y); err != nil || reflect.TypeOf(y) != reflect.TypeOf(x) {
				t.Errorf("%s, named any: %T, %v", name, y, err)
			}
			var z any = p
			if err := o.UnmarshalValue(bson.TypeNull, nil, &z); err != nil || z != nil {
				t.Errorf("%s, null: %v, %v", name, z, err)
			}
		}
		p := &target{}
		in := struct{ A any }{p}
		if err := o.Unmarshal(doc, &in); err != nil || in.A != any(p) || p.K != "v" {
			t.Errorf("%s, field: %v, %v, %v", name, in.A, p, err)
		}
	}
}

// TestRawIsCopied: reading into a Raw does not overwrite its old bytes, because
// they are usually a part of a document.
func TestRawIsCopied(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{"r", bson.D{{"a", "one"}}}, {"list", bson.A{bson.D{{"a", "two"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	other, err := bson.Marshal(bson.D{{"r", bson.D{{"a", "1"}}}, {"list", bson.A{bson.D{{"a", "2"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	kept := bytes.Clone(doc)
	sub, _ := bson.Raw(doc).Lookup("r").DocumentOK()
	v := struct {
		R    bson.Raw
		List []bson.Raw
	}{sub, []bson.Raw{sub}}
	whole := bson.Raw(doc)
	for _, err := range []error{bson.Unmarshal(other, &v), bson.Unmarshal(other, &whole), bson.UnmarshalValue(bson.TypeDocument, other, &sub)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(doc, kept) {
		t.Errorf("the document that the Raw was part of is %v, was %v", bson.Raw(doc), bson.Raw(kept))
	}
	other[len(other)-3]++
	if got := v.R.String() + v.List[0].String(); got != `{"a": "1"}{"a": "2"}` {
		t.Errorf("read as %s", got)
	}
	if &whole[0] == &other[0] || &v.R[0] == &other[4+3] {
		t.Error("what was read is part of the input")
	}
}

// TestRawType: a Raw is a document. An array does not become a Raw, because it
// would be written back as a document.
func TestRawType(t *testing.T) {
	empty := []byte("\x05\x00\x00\x00\x00")
	for _, tc := range []struct {
		t    bson.Type
		want error
	}{{bson.TypeDocument, nil}, {bson.TypeArray, bson.ErrMismatch}} {
		var r bson.Raw
		if err := bson.UnmarshalValue(tc.t, empty, &r); !errors.Is(err, tc.want) {
			t.Errorf("%v into a Raw: %v, want %v", tc.t, err, tc.want)
		}
	}
	v := bson.RawValue{Type: bson.TypeArray, Value: empty}
	var w bson.RawValue
	if err := v.Unmarshal(&w); err != nil || !reflect.DeepEqual(v, w) {
		t.Errorf("array into a RawValue: %v, %v", w, err)
	}
}

// TestRegexOptionsWritten: the options of a regex are sorted wherever a Go
// value becomes BSON. Bytes that are already BSON stay unchanged.
func TestRegexOptionsWritten(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", ""}, {"i", "i"}, {"xi", "ix"}, {"xmsi", "imsx"}, {"ii", "ii"}, {"zéa", "azé"}, {"日é", "é日"},
	} {
		r := bson.Regex{Pattern: "b/a", Options: tc.in}
		want := append([]byte("b/a\x00"+tc.want), 0)
		for _, v := range []any{r, &r} {
			typ, data, err := bson.MarshalValue(v)
			if typ != bson.TypeRegex || !bytes.Equal(data, want) || err != nil {
				t.Errorf("%q: %v, %q, %v, want %q", tc.in, typ, data, err, want)
			}
		}
		for _, v := range []any{bson.D{{"r", r}}, bson.M{"r": r}, struct{ R bson.Regex }{r}, struct{ R *bson.Regex }{&r}, map[string]bson.Regex{"r": r}} {
			doc, err := bson.Marshal(v)
			if got := bson.Raw(doc).Lookup("r").Value; !bytes.Equal(got, want) || err != nil {
				t.Errorf("%q in a %T: %q, %v, want %q", tc.in, v, got, err, want)
			}
		}
	}
	doc := bsoncore.AppendRegex([]byte{0, 0, 0, 0}, "r", "a", "xi")
	doc = bsoncore.End(doc, 0)
	var d bson.D
	if err := bson.Unmarshal(doc, &d); err != nil || d[0].Value.(bson.Regex).Options != "xi" {
		t.Errorf("read as %v, %v: the options are those stored", d, err)
	}
	for _, v := range []any{bson.Raw(doc), bson.D{{"r", bson.Raw(doc).Lookup("r")}}} {
		if got, err := bson.Marshal(v); !bytes.Equal(got, doc) || err != nil {
			t.Errorf("%T: %x, %v, want the same bytes", v, got, err)
		}
	}
	if doc, err := (bson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}).Marshal(bson.D{{"r", bson.Regex{Options: "x\xffi"}}}); err != nil ||
		string(bson.Raw(doc).Lookup("r").Value) != "\x00ix\uFFFD\x00" {
		t.Errorf("repaired: %q, %v", doc, err)
	}
}

// TestNilBytes: the options with which a nil slice of bytes becomes an empty
// binary.
func TestNilBytes(t *testing.T) {
	v := struct {
		Plain []byte
		Named json.RawMessage
		List  []int
	}{}
	for _, tc := range []struct {
		o    bson.EncodeOptions
		want string
	}{
		{bson.EncodeOptions{}, `{"plain": null, "named": null, "list": null}`},
		{bson.EncodeOptions{NilBytesAsEmpty: true}, `{"plain": BinData(0, ""), "named": null, "list": null}`},
		{bson.EncodeOptions{NilSliceAsEmpty: true}, `{"plain": null, "named": BinData(0, ""), "list": []}`},
	} {
		doc, err := tc.o.Marshal(v)
		if got := bson.Raw(doc).String(); got != tc.want || err != nil {
			t.Errorf("%+v: %s, %v, want %s", tc.o, got, err, tc.want)
		}
	}
}
