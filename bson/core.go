package bson

import "github.com/bsonkit/bsonkit/bson/bsoncore"

// This file has the names of package bsoncore that have the same meaning in
// both packages. Raw, RawValue and Decoder, which do more here, are in raw.go
// and stream.go. Only package bsoncore has functions that write elements.

// Types of package bsoncore.
type (
	// A Type is the first byte of an element, the type of its value.
	Type = bsoncore.Type
	// A Cursor walks the elements of one document without copying.
	Cursor = bsoncore.Cursor
	// A Builder makes one document, element by element, and checks it.
	Builder = bsoncore.Builder
	// ValidateOptions are rules for documents.
	ValidateOptions = bsoncore.ValidateOptions
	// A SyntaxError reports bytes that are not BSON, with their place.
	SyntaxError = bsoncore.SyntaxError
	// A ValueError reports a well-formed value that does not fit or is
	// rejected, with its place.
	ValueError = bsoncore.ValueError
	// A LengthError is the Err of a SyntaxError about a document or string and
	// its length.
	LengthError = bsoncore.LengthError
	// A ReadError reports a failure of the reader of a stream.
	ReadError = bsoncore.ReadError
	// An OptionError reports an option that is out of range.
	OptionError = bsoncore.OptionError
)

// Limits of package bsoncore.
const (
	// DefaultMaxDepth is the default limit of open containers.
	DefaultMaxDepth = bsoncore.DefaultMaxDepth
	// DepthCeiling is the largest depth limit.
	DepthCeiling = bsoncore.DepthCeiling
	// DefaultMaxDocumentSize is the default limit of a document in a stream, in
	// bytes.
	DefaultMaxDocumentSize = bsoncore.DefaultMaxDocumentSize
)

// The 21 types of BSON.
const (
	TypeDouble        = bsoncore.TypeDouble    // IEEE 754 binary64, 8 bytes
	TypeString        = bsoncore.TypeString    // UTF-8, length-prefixed
	TypeDocument      = bsoncore.TypeDocument  // embedded document
	TypeArray         = bsoncore.TypeArray     // document whose keys are "0", "1", …
	TypeBinary        = bsoncore.TypeBinary    // bytes with a subtype
	TypeUndefined     = bsoncore.TypeUndefined // deprecated
	TypeObjectID      = bsoncore.TypeObjectID  // 12 bytes
	TypeBoolean       = bsoncore.TypeBoolean   // one byte, 0 or 1
	TypeDateTime      = bsoncore.TypeDateTime  // milliseconds since 1970 UTC, int64
	TypeNull          = bsoncore.TypeNull
	TypeRegex         = bsoncore.TypeRegex         // pattern and options, NUL-terminated
	TypeDBPointer     = bsoncore.TypeDBPointer     // deprecated: namespace and id
	TypeCode          = bsoncore.TypeCode          // JavaScript
	TypeSymbol        = bsoncore.TypeSymbol        // deprecated
	TypeCodeWithScope = bsoncore.TypeCodeWithScope // deprecated: JavaScript with variables
	TypeInt32         = bsoncore.TypeInt32
	TypeTimestamp     = bsoncore.TypeTimestamp // replication clock: increment, then seconds
	TypeInt64         = bsoncore.TypeInt64
	TypeDecimal128    = bsoncore.TypeDecimal128 // IEEE 754 decimal128, BID form
	TypeMaxKey        = bsoncore.TypeMaxKey     // above every other value
	TypeMinKey        = bsoncore.TypeMinKey     // below every other value
)

// The binary subtypes that the specification names.
const (
	BinaryGeneric     = bsoncore.BinaryGeneric
	BinaryFunction    = bsoncore.BinaryFunction
	BinaryBinaryOld   = bsoncore.BinaryBinaryOld // deprecated: carries a second length
	BinaryUUIDOld     = bsoncore.BinaryUUIDOld   // deprecated: byte order depends on the writer
	BinaryUUID        = bsoncore.BinaryUUID
	BinaryMD5         = bsoncore.BinaryMD5
	BinaryEncrypted   = bsoncore.BinaryEncrypted
	BinaryColumn      = bsoncore.BinaryColumn
	BinarySensitive   = bsoncore.BinarySensitive
	BinaryVector      = bsoncore.BinaryVector
	BinaryUserDefined = bsoncore.BinaryUserDefined
)

// The sentinels of package bsoncore, which describes them.
var (
	ErrTruncated    = bsoncore.ErrTruncated
	ErrTrailing     = bsoncore.ErrTrailing
	ErrLength       = bsoncore.ErrLength
	ErrTerminator   = bsoncore.ErrTerminator
	ErrType         = bsoncore.ErrType
	ErrBoolean      = bsoncore.ErrBoolean
	ErrUTF8         = bsoncore.ErrUTF8
	ErrDepth        = bsoncore.ErrDepth
	ErrTooLarge     = bsoncore.ErrTooLarge
	ErrNotFound     = bsoncore.ErrNotFound
	ErrEmptyKey     = bsoncore.ErrEmptyKey
	ErrDottedKey    = bsoncore.ErrDottedKey
	ErrDollarKey    = bsoncore.ErrDollarKey
	ErrDuplicateKey = bsoncore.ErrDuplicateKey
	ErrArrayKey     = bsoncore.ErrArrayKey
	ErrKeyNUL       = bsoncore.ErrKeyNUL
	ErrMisuse       = bsoncore.ErrMisuse
	ErrOption       = bsoncore.ErrOption
)

// NewCursor is bsoncore.NewCursor.
func NewCursor(doc []byte) Cursor { return bsoncore.NewCursor(doc) }

// Validate is bsoncore.Validate.
func Validate(doc []byte) error { return bsoncore.Validate(doc) }
