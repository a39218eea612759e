// Package bsoncore reads and writes the bytes of BSON, the binary form of
// documents that MongoDB stores and sends. It knows nothing of Go values:
// package bson converts them. A program that only moves bytes needs only this
// package.
//
// Only the [Cursor] decides where an element starts and ends.
//
//   - [Cursor] walks the elements of a document without copying, and [Validate]
//     checks all of them.
//   - [AppendInt32] and similar functions append elements to a slice, between
//     [Begin] and [End], without checks; a [Builder] checks.
//   - [Document] and [Value] look up, read and compare single values.
//   - [Decoder] and [Documents] cut a stream into documents.
//     [DecodeOptions.Split] cuts bytes in memory, so that several Decoders can
//     read them side by side with [Decoder.ResetBytes].
//   - [Decoder.Resync] continues after damage, and [MendLengths] corrects wrong
//     lengths. [Cursor.ResetPrefix] walks a document of which the end is missing.
//
// # Types
//
// An element is a type byte, a NUL-terminated key and a value.
//
//	Type               byte  value
//	TypeDouble         0x01  8 bytes, IEEE 754 binary64
//	TypeString         0x02  int32 length, UTF-8, NUL
//	TypeDocument       0x03  a document
//	TypeArray          0x04  a document whose keys are "0", "1", …
//	TypeBinary         0x05  int32 length, subtype, bytes
//	TypeUndefined      0x06  nothing
//	TypeObjectID       0x07  12 bytes, objectid.ID
//	TypeBoolean        0x08  1 byte, 0 or 1
//	TypeDateTime       0x09  int64, milliseconds since 1970 UTC
//	TypeNull           0x0A  nothing
//	TypeRegex          0x0B  pattern, NUL, options, NUL
//	TypeDBPointer      0x0C  a string and 12 bytes
//	TypeCode           0x0D  as a string
//	TypeSymbol         0x0E  as a string
//	TypeCodeWithScope  0x0F  int32 length of all, a string, a document
//	TypeInt32          0x10  int32
//	TypeTimestamp      0x11  uint32 increment, uint32 seconds since 1970
//	TypeInt64          0x12  int64
//	TypeDecimal128     0x13  16 bytes, decimal128.Decimal
//	TypeMaxKey         0x7F  nothing
//	TypeMinKey         0xFF  nothing
//
// Numbers are little-endian. A document is an int32 length that counts itself,
// elements, and a NUL. Any other type byte is an error, and so are a wrong
// length, a wrong terminator, and text that is not UTF-8. Text may contain NUL;
// keys and regexes may not. Source: BSON specification 1.1.
//
// # Aliasing
//
// A [Document], [Value.Data], [Cursor.Key], [Cursor.Data] and every []byte from
// a getter alias the document: they are valid while the document is not
// changed, and changing them changes the document. [Decoder.Document] is
// overwritten by the next call of Next. Strings are copies. Functions with a
// dst append to it; the result never aliases their other arguments.
//
// # Errors
//
// A [*SyntaxError] reports bytes that are not BSON, a [*ValueError] a rejected
// value, a [*ReadError] a failure of the reader of a stream. All have an offset
// in bytes; the first two also have a JSON Pointer. All wrap an error for
// errors.Is, such as [ErrLength].
//
// # Limits
//
// Containers nest 1,000 deep unless an option says otherwise, and 100,000 deep
// at most: [DefaultMaxDepth], [DepthCeiling]. The outermost document is the
// first level; a scope counts as one. A document has at most 2³¹−1 bytes; a
// [Decoder] accepts [DefaultMaxDocumentSize] by default. Its memory grows with
// the bytes that have arrived, never with a claimed length.
package bsoncore
