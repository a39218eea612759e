// Package bson is the package bson of the official driver v1.17 with the codec of
// bsonkit. A program changes one import:
//
//	import "github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson" // was "go.mongodb.org/mongo-driver/bson"
//
// All types are the driver's own, by alias, so they fit package mongo and every
// other package that uses the driver. Marshal, MarshalValue, Unmarshal,
// UnmarshalValue, MarshalExtJSON, MarshalExtJSONIndent, UnmarshalExtJSON and the
// functions of these names that end in Append use bsonkit, with the driver's types in
// an any. All other functions and all methods are the driver's: those with a registry
// or context, Encoder, Decoder, Raw. The imports of bson/primitive, bson/bsontype and
// others stay. For a client use the registry of package mongodriver as well.
//
// docs/differences.md of bsonkit lists the differences, and docs/from-mongo-driver.md
// compares this package with package bson of bsonkit.
package bson

//lint:file-ignore SA1019 v1 is deprecated, and this package exists for v1

import (
	"go.mongodb.org/mongo-driver/bson/bsontype"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/internal/text"
	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v1"
	"github.com/bsonkit/bsonkit/bson"
)

//go:generate go run ../../internal/generate go.mongodb.org/mongo-driver/bson .
//go:generate go run ../../internal/twin bson_test.go conversions_test.go written_test.go

var (
	encode = bson.EncodeOptions{}
	decode = bson.DecodeOptions{Codecs: mongodriver.Codecs(), DocumentType: bson.DocumentsAsAncestor, ObjectIDAsHex: true}
)

// Marshal returns v as a document. It is bson.Marshal of bsonkit: the keys of maps
// are sorted, and errors are *bson.ValueError of bsonkit.
func Marshal(v any) ([]byte, error) { return encode.Marshal(v) }

// MarshalAppend is Marshal, but appends the document to dst and returns the longer slice.
// On failure it returns dst at its old length.
func MarshalAppend(dst []byte, v any) ([]byte, error) { return encode.Append(dst, v) }

// MarshalValue returns the type and the bytes of v, of any type. It is
// bson.MarshalValue of bsonkit.
func MarshalValue(v any) (bsontype.Type, []byte, error) {
	t, data, err := encode.MarshalValue(v)
	return bsontype.Type(t), data, err
}

// MarshalValueAppend is MarshalValue, but appends the bytes to dst and returns the longer
// slice. On failure it returns dst at its old length.
func MarshalValueAppend(dst []byte, v any) (bsontype.Type, []byte, error) {
	data, t, err := encode.AppendValue(dst, v)
	return bsontype.Type(t), data, err
}

// Unmarshal stores a document in the value that v points to. It is bson.Unmarshal of
// bsonkit; values in an any have the driver's types.
func Unmarshal(data []byte, v any) error { return decode.Unmarshal(data, v) }

// UnmarshalValue stores a value of type t in the value that v points to. It is
// bson.UnmarshalValue of bsonkit; values in an any have the driver's types.
func UnmarshalValue(t bsontype.Type, data []byte, v any) error {
	return decode.UnmarshalValue(bson.Type(t), data, v)
}

// MarshalExtJSON returns v, which becomes a document, as Extended JSON in the
// driver's spelling. It is extjson.Marshal of bsonkit.
func MarshalExtJSON(v any, canonical, escapeHTML bool) ([]byte, error) {
	return text.Options(encode, canonical, escapeHTML).Marshal(v)
}

// MarshalExtJSONAppend is MarshalExtJSON, but appends the text to dst and returns the
// longer slice. On failure it returns dst at its old length.
func MarshalExtJSONAppend(dst []byte, v any, canonical, escapeHTML bool) ([]byte, error) {
	return text.Options(encode, canonical, escapeHTML).AppendMarshal(dst, v)
}

// MarshalExtJSONIndent is MarshalExtJSON with each member on a line of its own,
// indented as by json.Indent.
func MarshalExtJSONIndent(v any, canonical, escapeHTML bool, prefix, indent string) ([]byte, error) {
	return text.Indent(text.Options(encode, canonical, escapeHTML), v, prefix, indent)
}

// UnmarshalExtJSON stores the document or value in the text in the value that v
// points to. Unless canonical is set, it accepts older forms too. It is
// extjson.Unmarshal of bsonkit; values in an any have the driver's types.
func UnmarshalExtJSON(data []byte, canonical bool, v any) error {
	return text.Unmarshal(decode, data, canonical, v)
}
