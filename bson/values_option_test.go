package bson_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
)

// TestOptionsOutOfRange: every call that uses options rejects an option out of
// range before it does anything.
func TestOptionsOutOfRange(t *testing.T) {
	doc := []byte("\x05\x00\x00\x00\x00")
	for want, o := range map[string]bson.DecodeOptions{
		"InvalidUTF8":        {InvalidUTF8: bson.UTF8Keep + 1},
		"DocumentType":       {DocumentType: bson.DocumentsAsAncestor + 1},
		"UUIDRepresentation": {UUIDRepresentation: bson.UUIDCSharpLegacy + 1},
		"TimeRange":          {TimeRange: bson.TimeClamp + 1},
		"MaxDepth":           {MaxDepth: -1},
		"MaxDocumentSize":    {MaxDocumentSize: -1},
	} {
		var d bson.D
		for call, err := range map[string]error{
			"Unmarshal":      o.Unmarshal(doc, &d),
			"UnmarshalValue": o.UnmarshalValue(bson.TypeDocument, doc, &d),
			"Decode":         o.NewDecoder(bytes.NewReader(doc)).Decode(&d),
		} {
			wantOption(t, call, err, "bson.DecodeOptions."+want)
		}
		if d != nil {
			t.Errorf("%s: the destination was set", want)
		}
	}
	for want, o := range map[string]bson.EncodeOptions{
		"InvalidUTF8":        {InvalidUTF8: bson.UTF8Keep + 1},
		"UUIDRepresentation": {UUIDRepresentation: bson.UUIDCSharpLegacy + 1},
		"MaxDepth":           {MaxDepth: -1},
		"MaxDocumentSize":    {MaxDocumentSize: -1},
	} {
		_, marshal := o.Marshal(bson.D{})
		_, appended := o.Append(nil, bson.D{})
		_, _, value := o.MarshalValue(1)
		var w bytes.Buffer
		for call, err := range map[string]error{
			"Marshal": marshal, "Append": appended, "MarshalValue": value, "Encode": o.NewEncoder(&w).Encode(bson.D{}),
		} {
			wantOption(t, call, err, "bson.EncodeOptions."+want)
		}
		if w.Len() > 0 {
			t.Errorf("%s: Encode wrote %x", want, w.Bytes())
		}
	}
	_, err := bson.Binary{Subtype: bson.BinaryUUIDOld, Data: make([]byte, 16)}.UUID(bson.UUIDCSharpLegacy + 1)
	wantOption(t, "UUID", err, "bson.UUIDRepresentation")
	for call, panics := range map[string]func(){
		"Binary":  func() { bson.UUID{}.Binary(bson.UUIDCSharpLegacy + 1) },
		"Subtype": func() { (bson.UUIDCSharpLegacy + 1).Subtype() },
	} {
		func() {
			defer func() {
				if got := recover(); got != "bson: unknown UUIDRepresentation 5" {
					t.Errorf("%s panics with %v", call, got)
				}
			}()
			panics()
		}()
	}
}

func wantOption(t *testing.T, call string, err error, want string) {
	t.Helper()
	var e *bson.OptionError
	if !errors.As(err, &e) || !errors.Is(err, bson.ErrOption) || e.Option != want || e.Value == "" {
		t.Errorf("%s: error is %v, want one about %s", call, err, want)
	}
}

// TestErrorsAreFresh: a caller that changes an error changes no other.
func TestErrorsAreFresh(t *testing.T) {
	for name, fail := range map[string]func() error{
		"ParseUUID, length": func() error { _, err := bson.ParseUUID(""); return err },
		"ParseUUID, hyphen": func() error { _, err := bson.ParseUUID(make([]byte, 36)); return err },
		"ParseUUID, digit":  func() error { _, err := bson.ParseUUID("x0112233-4455-6677-8899-aabbccddeeff"); return err },
		"UnmarshalText":     func() error { return new(bson.UUID).UnmarshalText(nil) },
		"Binary.UUID":       func() error { _, err := bson.Binary{}.UUID(bson.UUIDStandard); return err },
		"Binary.Vector":     func() error { _, err := bson.Binary{}.Vector(); return err },
		"vector, short":     func() error { _, err := bson.Binary{Subtype: bson.BinaryVector}.Vector(); return err },
		"packed bits":       func() error { _, err := bson.NewPackedBitVector(nil, 9); return err },
	} {
		t.Run(name, func(t *testing.T) {
			var first, second *bson.ConversionError
			if !errors.As(fail(), &first) {
				t.Fatal("no *ConversionError")
			}
			want := *first
			first.Field, first.Type, first.Err = "changed", bson.TypeString, bson.ErrDepth
			errors.As(fail(), &second)
			if diff := cmp.Diff(want, *second, cmpopts.EquateErrors(), cmpopts.EquateComparable(want.GoType)); diff != "" {
				t.Errorf("the next error (-want +got):\n%s", diff)
			}
		})
	}
}
