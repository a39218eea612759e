package columns

import (
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/extensions"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file is the mapping between BSON types and Arrow types, for both directions: a form
// is one way in which a column holds values. docs/columns.md has the same table for readers;
// TestPage compares them.
//
//   - rows has a row for each form.
//   - shape.field makes the field of a column. shapeOf is its inverse.
//   - column.go reads whole schemas with shapeOf; infer.go makes them with shape.field.

// A form is a way in which a column holds values of BSON.
type form uint8

// foreign is the form of Arrow types that no BSON type becomes: they are only read.
const (
	foreign form = iota
	asNull
	asBoolean
	asInt32
	asInt64
	asDouble
	asString
	asDateTime
	asObjectID
	asUUID
	asBinary   // one subtype
	asBinaries // any subtype
	asDecimal  // decimal128 or decimal256, one exponent
	asDecimalText
	asDecimalBits
	asRegex
	asRegexText
	asCode
	asCodeWithScope
	asSymbol
	asTimestamp
	asDBPointer
	asUndefined
	asMinKey
	asMaxKey
	asEmpty // documents without fields, which Parquet cannot hold as a struct
	asDocument
	asMap // documents whose keys are data
	asArray
	asUnion
	asJSON // canonical Extended JSON of any value
	formCount
)

// A row describes a form.
type row struct {
	// types has the BSON types of the values. It is empty for any type.
	types []bsoncore.Type
	// extension is the name of the extension type, "" for none.
	extension string
	// storage is the Arrow type; its children have names only if it is a struct. It is
	// nil if it depends on the shape.
	storage arrow.DataType
}

// rows is the mapping.
var rows = [formCount]row{
	asNull:          {types{bsoncore.TypeNull}, "", arrow.Null},
	asBoolean:       {types{bsoncore.TypeBoolean}, "", arrow.FixedWidthTypes.Boolean},
	asInt32:         {types{bsoncore.TypeInt32}, "", arrow.PrimitiveTypes.Int32},
	asInt64:         {types{bsoncore.TypeInt64}, "", arrow.PrimitiveTypes.Int64},
	asDouble:        {types{bsoncore.TypeDouble}, "", arrow.PrimitiveTypes.Float64},
	asString:        {types{bsoncore.TypeString}, "", arrow.BinaryTypes.String},
	asDateTime:      {types{bsoncore.TypeDateTime}, "", arrow.FixedWidthTypes.Timestamp_ms},
	asObjectID:      {types{bsoncore.TypeObjectID}, "pymongoarrow.objectid", fixed(12)},
	asUUID:          {types{bsoncore.TypeBinary}, "arrow.uuid", fixed(16)},
	asBinary:        {types{bsoncore.TypeBinary}, "pymongoarrow.binary", arrow.BinaryTypes.Binary},
	asBinaries:      {types{bsoncore.TypeBinary}, "bsonkit.binary", binaries},
	asDecimal:       {types{bsoncore.TypeDecimal128}, "", nil},
	asDecimalText:   {types{bsoncore.TypeDecimal128}, "bsonkit.decimal128", arrow.BinaryTypes.String},
	asDecimalBits:   {types{bsoncore.TypeDecimal128}, "pymongoarrow.decimal128", fixed(16)},
	asRegex:         {types{bsoncore.TypeRegex}, "bsonkit.regex", regex},
	asRegexText:     {types{bsoncore.TypeRegex}, "bsonkit.regex", arrow.BinaryTypes.String},
	asCode:          {types{bsoncore.TypeCode}, "pymongoarrow.code", arrow.BinaryTypes.String},
	asCodeWithScope: {types{bsoncore.TypeCodeWithScope}, "bsonkit.code_with_scope", codeWithScope},
	asSymbol:        {types{bsoncore.TypeSymbol}, "bsonkit.symbol", arrow.BinaryTypes.String},
	asTimestamp:     {types{bsoncore.TypeTimestamp}, "bsonkit.timestamp", timestamp},
	asDBPointer:     {types{bsoncore.TypeDBPointer}, "bsonkit.db_pointer", dbPointer},
	asUndefined:     {types{bsoncore.TypeUndefined}, "bsonkit.undefined", arrow.FixedWidthTypes.Boolean},
	asMinKey:        {types{bsoncore.TypeMinKey}, "bsonkit.min_key", arrow.FixedWidthTypes.Boolean},
	asMaxKey:        {types{bsoncore.TypeMaxKey}, "bsonkit.max_key", arrow.FixedWidthTypes.Boolean},
	asEmpty:         {types{bsoncore.TypeDocument}, "bsonkit.empty_document", arrow.FixedWidthTypes.Boolean},
	asDocument:      {types{bsoncore.TypeDocument}, "", nil},
	asMap:           {types{bsoncore.TypeDocument}, "", nil},
	asArray:         {types{bsoncore.TypeArray}, "", nil},
	asUnion:         {nil, "", nil},
	asJSON:          {nil, "arrow.json", arrow.BinaryTypes.String},
}

type types = []bsoncore.Type

// The structs of forms.
var (
	binaries = arrow.StructOf(
		arrow.Field{Name: "subtype", Type: arrow.PrimitiveTypes.Uint8, Nullable: true},
		arrow.Field{Name: "data", Type: arrow.BinaryTypes.Binary, Nullable: true})
	regex = arrow.StructOf(
		arrow.Field{Name: "pattern", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "options", Type: arrow.BinaryTypes.String, Nullable: true})
	// scope is a document of BSON.
	codeWithScope = arrow.StructOf(
		arrow.Field{Name: "code", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "scope", Type: arrow.BinaryTypes.Binary, Nullable: true})
	// t is in seconds since 1970, i is the increment.
	timestamp = arrow.StructOf(
		arrow.Field{Name: "t", Type: arrow.PrimitiveTypes.Uint32, Nullable: true},
		arrow.Field{Name: "i", Type: arrow.PrimitiveTypes.Uint32, Nullable: true})
	dbPointer = arrow.StructOf(
		arrow.Field{Name: "namespace", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "id", Type: fixed(12), Nullable: true})
)

func fixed(bytes int) arrow.DataType { return &arrow.FixedSizeBinaryType{ByteWidth: bytes} }

// The keys of the metadata of a field.
const (
	extensionName     = "ARROW:extension:name"
	extensionMetadata = "ARROW:extension:metadata"
	// nullsKey has the name of the nulls of a column.
	nullsKey = "bsonkit.nulls"
	// flagKey has the name of the column whose nulls a column of booleans is about.
	flagKey = "bsonkit.null_of"
	// orderKey marks the column that has the order of the keys of its document.
	orderKey = "bsonkit.order"
	// jsonKey marks columns of Extended JSON, among other columns of JSON.
	jsonKey   = "bsonkit.json"
	canonical = "canonical"
)

// nulls says whether a null of a column is a null of BSON or a missing field.
type nulls uint8

const (
	nullIsNull    nulls = iota // a null of BSON; also without a mark
	nullIsMissing              // a field that the document does not have
	nullIsFlagged              // the column of booleans says it: true is a null of BSON
)

var nullsNames = [...]string{nullIsNull: "null", nullIsMissing: "missing", nullIsFlagged: "flag"}

// A shape is a form with its parameters: all that a field says of its values.
type shape struct {
	form    form
	nulls   nulls
	subtype byte           // of asBinary
	typ     arrow.DataType // storage of asDecimal, asDocument, asMap, asArray, asUnion and foreign
}

// storage returns the Arrow type of the values, without an extension type.
func (s shape) storage() arrow.DataType {
	if t := rows[s.form].storage; t != nil {
		return t
	}
	return s.typ
}

// field returns the field of a column. shapeOf is its inverse.
func (s shape) field(name string) arrow.Field {
	f := arrow.Field{Name: name, Type: s.storage(), Nullable: true}
	var keys, values []string
	mark := func(key, value string) { keys, values = append(keys, key), append(values, value) }
	switch s.form {
	case asUUID: // arrow-go has these two extension types
		f.Type = extensions.NewUUIDType()
	case asJSON:
		f.Type = jsonType
		mark(jsonKey, canonical)
	default:
		if name := rows[s.form].extension; name != "" {
			mark(extensionName, name)
			mark(extensionMetadata, s.parameters())
		}
	}
	mark(nullsKey, nullsNames[s.nulls])
	f.Metadata = arrow.NewMetadata(keys, values)
	return f
}

var jsonType = func() arrow.DataType {
	t, err := extensions.NewJSONType(arrow.BinaryTypes.String)
	if err != nil {
		panic("BUG: columns: " + err.Error())
	}
	return t
}()

// subtypeParameter precedes the subtype in the metadata of PyMongoArrow's binaries.
const subtypeParameter = "subtype="

// parameters returns the metadata of the extension type.
func (s shape) parameters() string {
	if s.form == asBinary {
		return subtypeParameter + strconv.Itoa(int(s.subtype))
	}
	return ""
}

// shapeOf returns the shape of a field, from its type and metadata. An extension type may be
// one of arrow-go, or only a name in the metadata. The shape of other types is foreign. It
// returns false if the metadata contradicts itself.
func shapeOf(f arrow.Field) (shape, bool) {
	s := shape{typ: f.Type}
	name, _ := f.Metadata.GetValue(extensionName)
	parameters, _ := f.Metadata.GetValue(extensionMetadata)
	if e, ok := f.Type.(arrow.ExtensionType); ok {
		name, parameters, s.typ = e.ExtensionName(), e.Serialize(), e.StorageType()
	}
	if text, ok := f.Metadata.GetValue(nullsKey); ok {
		if s.nulls, ok = nullsOf(text); !ok {
			return s, false
		}
	}
	s.form = formOf(name, s.typ)
	switch s.form {
	case asJSON:
		// Other JSON is text.
		if text, ok := f.Metadata.GetValue(jsonKey); !ok {
			s.form = asString
		} else if text != canonical {
			return s, false
		}
	case asBinary:
		if name == "" {
			return s, true // subtype 0
		}
		text, ok := strings.CutPrefix(parameters, subtypeParameter)
		subtype, err := strconv.ParseUint(text, 10, 8)
		if !ok || err != nil {
			return s, false
		}
		s.subtype = byte(subtype)
	}
	if rows[s.form].storage != nil {
		s.typ = nil
	}
	return s, true
}

func nullsOf(text string) (nulls, bool) {
	for n, name := range nullsNames {
		if name == text {
			return nulls(n), true
		}
	}
	return 0, false
}

// formOf returns the form with this extension type and storage. An unknown extension is
// ignored, as Arrow's readers do.
func formOf(extension string, storage arrow.DataType) form {
	if extension != "" {
		for f, r := range rows {
			if r.extension == extension && arrow.TypeEqual(r.storage, storage) {
				return form(f)
			}
		}
	}
	switch t := storage.(type) {
	case *arrow.Decimal128Type, *arrow.Decimal256Type:
		return asDecimal
	case *arrow.StructType:
		return asDocument
	case *arrow.ListType:
		return asArray
	case *arrow.DenseUnionType:
		return asUnion
	case *arrow.MapType:
		if arrow.TypeEqual(t.KeyType(), arrow.BinaryTypes.String) {
			return asMap
		}
		return foreign
	case *arrow.BinaryType:
		return asBinary // of subtype 0
	}
	for f, r := range rows {
		if r.extension == "" && r.storage != nil && arrow.TypeEqual(r.storage, storage) {
			return form(f)
		}
	}
	return foreign
}
