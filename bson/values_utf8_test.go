package bson_test

import (
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/objectid"
)

// latin has the byte FF, which is no UTF-8, in every place of text: keys,
// strings, symbols, code, regexes and names, also in containers.
var latin = bson.D{
	{"k\xff", "v\xff"},
	{"s", bson.Symbol("\xff")},
	{"c", bson.Code("\xff")},
	{"w", bson.CodeWithScope{Code: "\xff", Scope: bson.D{{"\xff", int32(1)}}}},
	{"r", bson.Regex{Pattern: "\xff", Options: "x\xffi"}},
	{"p", bson.DBPointer{DB: "d.\xff", Pointer: objectid.ID{1}}},
	{"a", bson.A{"\xff", bson.D{{"\xff\xfe", "\xc3"}}}},
	{"m", bson.D{{"\xff", strings.Repeat("\xff", 600)}}},
}

// TestUTF8Keep: a document whose text is not UTF-8 is written and read without
// a change, into every kind of Go value that holds text.
func TestUTF8Keep(t *testing.T) {
	encode, decode := bson.EncodeOptions{InvalidUTF8: bson.UTF8Keep}, bson.DecodeOptions{InvalidUTF8: bson.UTF8Keep}
	doc, err := encode.Marshal(latin)
	if err != nil {
		t.Fatal(err)
	}
	if err := (bson.ValidateOptions{AllowInvalidUTF8: true}).Validate(doc); err != nil {
		t.Fatal(err)
	}
	if err := bson.Validate(doc); !errors.Is(err, bson.ErrUTF8) {
		t.Fatalf("Validate: %v", err)
	}
	// Maps keep no order, and options that are not UTF-8 are not sorted.
	type fields struct {
		K string             `bson:"k\xff"`
		S bson.Symbol        `bson:"s"`
		C bson.Code          `bson:"c"`
		W bson.CodeWithScope `bson:"w"`
		R bson.Regex         `bson:"r"`
		P bson.DBPointer     `bson:"p"`
		A []any              `bson:"a"`
		M map[string]string  `bson:"m"`
	}
	for name, v := range map[string]any{"D": new(bson.D), "any": new(any), "struct": new(fields)} {
		if err := decode.Unmarshal(doc, v); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := encode.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(hex.EncodeToString(doc), hex.EncodeToString(again)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var m bson.M
	if err := decode.Unmarshal(doc, &m); err != nil || m["k\xff"] != "v\xff" {
		t.Errorf("M: %v, %q", err, slices.Collect(maps.Keys(m)))
	}
}

// TestUTF8KeepIsForgotten: a key that one call has kept is a fault for the
// next, though decoders remember keys.
func TestUTF8KeepIsForgotten(t *testing.T) {
	doc, err := bson.EncodeOptions{InvalidUTF8: bson.UTF8Keep}.Marshal(bson.D{{"k\xff", int32(1)}})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var d bson.D
		if err := (bson.DecodeOptions{InvalidUTF8: bson.UTF8Keep}).Unmarshal(doc, &d); err != nil {
			t.Fatal(err)
		}
		if err := bson.Unmarshal(doc, &d); !errors.Is(err, bson.ErrUTF8) {
			t.Fatalf("Unmarshal accepts %x: %v", doc, err)
		}
	}
	if _, err := bson.Marshal(latin[:1]); !errors.Is(err, bson.ErrUTF8) {
		t.Errorf("Marshal: %v", err)
	}
}
