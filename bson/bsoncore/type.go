package bsoncore

// A Type is the first byte of an element, the type of its value. Source: BSON
// specification 1.1, "element".
type Type byte

// The 21 types of BSON. Deprecated types are still read and written.
const (
	TypeDouble        Type = 0x01 // IEEE 754 binary64, 8 bytes
	TypeString        Type = 0x02 // UTF-8, length-prefixed
	TypeDocument      Type = 0x03 // embedded document
	TypeArray         Type = 0x04 // document whose keys are "0", "1", …
	TypeBinary        Type = 0x05 // bytes with a subtype
	TypeUndefined     Type = 0x06 // deprecated
	TypeObjectID      Type = 0x07 // 12 bytes
	TypeBoolean       Type = 0x08 // one byte, 0 or 1
	TypeDateTime      Type = 0x09 // milliseconds since 1970 UTC, int64
	TypeNull          Type = 0x0A
	TypeRegex         Type = 0x0B // pattern and options, NUL-terminated
	TypeDBPointer     Type = 0x0C // deprecated: namespace and id
	TypeCode          Type = 0x0D // JavaScript
	TypeSymbol        Type = 0x0E // deprecated
	TypeCodeWithScope Type = 0x0F // deprecated: JavaScript with variables
	TypeInt32         Type = 0x10
	TypeTimestamp     Type = 0x11 // replication clock: increment, then seconds
	TypeInt64         Type = 0x12
	TypeDecimal128    Type = 0x13 // IEEE 754 decimal128, BID form
	TypeMaxKey        Type = 0x7F // above every other value
	TypeMinKey        Type = 0xFF // below every other value
)

// The binary subtypes that the specification names. 0x80–0xFF are the user's.
const (
	BinaryGeneric     byte = 0x00
	BinaryFunction    byte = 0x01
	BinaryBinaryOld   byte = 0x02 // deprecated: carries a second length
	BinaryUUIDOld     byte = 0x03 // deprecated: byte order depends on the writer
	BinaryUUID        byte = 0x04
	BinaryMD5         byte = 0x05
	BinaryEncrypted   byte = 0x06
	BinaryColumn      byte = 0x07
	BinarySensitive   byte = 0x08
	BinaryVector      byte = 0x09
	BinaryUserDefined byte = 0x80
)

// A layout describes the length and the checks of a value.
type layout uint8

const (
	asUnknown       layout = iota // no such type: an error
	asString                      // int32 n ≥ 1, n bytes, the last of them NUL
	asDocument                    // int32 n ≥ 5 that counts itself, the last byte NUL
	asBinary                      // int32 n ≥ 0, subtype, n bytes
	asBoolean                     // one byte, 0 or 1
	asRegex                       // two NUL-terminated strings
	asDBPointer                   // a string, then 12 bytes
	asCodeWithScope               // int32 n that counts itself, a string, a document
	fixed           layout = 0x80 // fixed|n: n bytes, any bits
)

// layouts is the only table of layouts of types. A type that is not listed is
// zero: an error.
var layouts = [256]layout{
	TypeDouble:        fixed | 8,
	TypeString:        asString,
	TypeDocument:      asDocument,
	TypeArray:         asDocument,
	TypeBinary:        asBinary,
	TypeUndefined:     fixed, // nothing follows
	TypeObjectID:      fixed | 12,
	TypeBoolean:       asBoolean,
	TypeDateTime:      fixed | 8,
	TypeNull:          fixed, // nothing follows
	TypeRegex:         asRegex,
	TypeDBPointer:     asDBPointer,
	TypeCode:          asString,
	TypeSymbol:        asString,
	TypeCodeWithScope: asCodeWithScope,
	TypeInt32:         fixed | 4,
	TypeTimestamp:     fixed | 8,
	TypeInt64:         fixed | 8,
	TypeDecimal128:    fixed | 16,
	TypeMaxKey:        fixed, // nothing follows
	TypeMinKey:        fixed, // nothing follows
}

// A shape describes a value for the shortcut of Next, as numbers to compute
// with instead of cases. The value has size bytes and, if it has an int32
// prefix, the number of bytes in the prefix.
type shape struct {
	prefix int   // -1 if the value starts with an int32 length, else 0
	size   uint8 // bytes that prefix does not count
	least  uint8 // smallest prefix; 1 without prefix: not for the shortcut
	zero   uint8 // bits that must be zero in the value's last byte
}

// shapes follows from layouts.
var shapes = func() (table [256]shape) {
	for t, l := range layouts {
		switch {
		case l >= fixed:
			table[t] = shape{size: uint8(l &^ fixed)}
		case l == asBoolean:
			table[t] = shape{size: 1, zero: 0xFE}
		case l == asString:
			table[t] = shape{prefix: -1, size: 4, least: 1, zero: 0xFF}
		case l == asDocument:
			table[t] = shape{prefix: -1, least: 5, zero: 0xFF}
		default:
			table[t] = shape{least: 1}
		}
	}
	return table
}()

// The names are the ones that the $type query operator uses.
var typeNames = [256]string{
	TypeDouble:        "double",
	TypeString:        "string",
	TypeDocument:      "object",
	TypeArray:         "array",
	TypeBinary:        "binData",
	TypeUndefined:     "undefined",
	TypeObjectID:      "objectId",
	TypeBoolean:       "bool",
	TypeDateTime:      "date",
	TypeNull:          "null",
	TypeRegex:         "regex",
	TypeDBPointer:     "dbPointer",
	TypeCode:          "javascript",
	TypeSymbol:        "symbol",
	TypeCodeWithScope: "javascriptWithScope",
	TypeInt32:         "int",
	TypeTimestamp:     "timestamp",
	TypeInt64:         "long",
	TypeDecimal128:    "decimal",
	TypeMaxKey:        "maxKey",
	TypeMinKey:        "minKey",
}

// Valid reports whether t is one of the 21 types of the specification.
func (t Type) Valid() bool { return layouts[t] != asUnknown }

// IsValid is Valid, by the name that the official driver has for it.
func (t Type) IsValid() bool { return t.Valid() }

// IsContainer reports whether t is a document or an array. Code with scope
// holds a document but is not one.
func (t Type) IsContainer() bool { return layouts[t] == asDocument }

// String returns the alias of t in MongoDB's $type operator, such as "objectId"
// or "long"; "invalid" for a byte that is not a type.
func (t Type) String() string {
	if s := typeNames[t]; s != "" {
		return s
	}
	return "invalid"
}
