package bson_test

import (
	"reflect"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/v2/bson"
)

// ownForms are types for whole documents that v1 reads by another rule.
var ownForms = []reflect.Type{reflect.TypeFor[[]bson.E]()}

// ownDestinations are destinations that v1 does not have.
var ownDestinations = []reflect.Type{reflect.TypeFor[bson.RawArray](), reflect.TypeFor[bson.Vector]()}

// declared has the conversions that differ, with the subjects of their rows in
// docs/differences.md.
var declared = map[string]string{
	"array into bson.RawArray":          "array, binary or string into `RawArray`",
	"string into bson.RawArray":         "array, binary or string into `RawArray`",
	"generic into bson.RawArray":        "array, binary or string into `RawArray`",
	"array into bson.Raw":               "array into `Raw` or `bsoncore.Document`",
	"generic into [2]uint8":             "array or binary into a longer Go array",
	"decimal into json.Number":          "decimal128 into a `json.Number`",
	"undefined into bson.Raw":           "nil `Raw` of the driver",
	"null into bson.Raw":                "nil `Raw` of the driver",
	"undefined into bson.Vector":        "null into a `Vector`",
	"null into bson.Vector":             "null into a `Vector`",
	"undefined into bson.CodeWithScope": "code with scope, scope nil",
	"null into bson.CodeWithScope":      "code with scope, scope nil",
}
