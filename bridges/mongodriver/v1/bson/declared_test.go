package bson_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	driver "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson"
)

type (
	namedString string
	namedD      primitive.D
)

// ownForms are types for whole documents that only v2 reads by the same rule.
var ownForms []reflect.Type

// ownDestinations are destinations that v1 treats by rules of its own.
var ownDestinations = []reflect.Type{reflect.TypeFor[map[namedString]any](), reflect.TypeFor[namedD]()}

// declared has the conversions that differ, with the subjects of their rows in
// docs/differences.md.
var declared = map[string]string{
	"generic into [2]uint8":                                "array or binary into a longer Go array",
	"decimal into json.Number":                             "decimal128 into a `json.Number`",
	"undefined into primitive.CodeWithScope":               "code with scope, scope nil",
	"null into primitive.CodeWithScope":                    "code with scope, scope nil",
	"document into []primitive.E":                          "document inside a `[]primitive.E`, or inside a named type of `D`",
	"document into bson_test.namedD":                       "document inside a `[]primitive.E`, or inside a named type of `D`",
	"document into map[bson_test.namedString]interface {}": "document in a map whose keys have a named string type",
	"all but document into bson.Raw":                       "a value other than a document into a `Raw`",
	"undefined into primitive.D":                           "undefined into a `D`",
	"objectId into primitive.Symbol":                       "ObjectId into a `Symbol`",
}

// The subjects of the rows that the tests of these names are about.
const (
	pointerInAny = "an `any` that holds a pointer"
	textAppended = "`MarshalExtJSONAppend` with bytes in `dst`"
)

// TestDeclaredV1: each row about v1 in docs/differences.md is one of declared or has a test
// of its own, which has a row.
func TestDeclaredV1(t *testing.T) {
	page, own := subjects(t, "### Driver v1"), []string{pointerInAny, textAppended}
	tested := slices.Concat(slices.Collect(maps.Values(declared)), own, []string{"subject", "---"})
	for _, subject := range page {
		if !slices.Contains(tested, subject) {
			t.Errorf("docs/differences.md: no test has the difference %q", subject)
		}
	}
	for _, subject := range own {
		if !slices.Contains(page, subject) {
			t.Errorf("docs/differences.md has no row %q", subject)
		}
	}
}

// TestPointerInAny: the driver replaces a pointer in an any. We set the value behind it.
func TestPointerInAny(t *testing.T) {
	doc, err := driver.Marshal(primitive.D{{Key: "f", Value: int32(7)}})
	if err != nil {
		t.Fatal(err)
	}
	a, b := 1, 1
	theirs, ours := struct{ F any }{&a}, struct{ F any }{&b}
	if err := driver.Unmarshal(doc, &theirs); err != nil || theirs.F != int32(7) || a != 1 {
		t.Errorf("driver: %v, %v, want 7 in place of the pointer: %v", theirs.F, a, err)
	}
	if err := bson.Unmarshal(doc, &ours); err != nil || ours.F != &b || b != 7 {
		t.Errorf("bsonkit: %v, %v, want 7 behind the pointer: %v", ours.F, b, err)
	}
}

// TestTextAppended: the driver writes the bytes in dst twice. We keep them, and append the
// text.
func TestTextAppended(t *testing.T) {
	for name, tc := range map[string]struct {
		marshal func([]byte, any, bool, bool) ([]byte, error)
		want    string
	}{
		"driver":  {driver.MarshalExtJSONAppend, `[[{"a":true}`},
		"bsonkit": {bson.MarshalExtJSONAppend, `[{"a":true}`},
	} {
		if got, err := tc.marshal([]byte("["), bson.M{"a": true}, false, false); err != nil || string(got) != tc.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, tc.want)
		}
	}
}
