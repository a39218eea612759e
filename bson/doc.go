// Package bson converts between Go values and BSON, the binary form of
// documents that MongoDB stores and sends: fast, strict, and without losing a
// bit.
//
// # Routes
//
// There are several ways to read a document, from the fastest to the most
// convenient. They agree about BSON, because only the [Cursor] decides where an
// element starts and ends.
//
//   - Package bsoncore works on the bytes, and has the table of types. This
//     package repeats its names, such as [Cursor], [Builder] and [Validate],
//     except for the functions that write elements.
//   - [Raw] and [RawValue] look up and read single values.
//   - [Decoder] and [Documents] cut a stream into documents.
//   - [Marshal], [Append], [Unmarshal] and [Decode] convert Go values: structs
//     with the tags and hooks of the official driver, maps, [D], [M] and [A].
//     [EncodeOptions] and [DecodeOptions] control the conversion.
//
// Package extjson turns documents into Extended JSON and back.
//
// # Aliasing
//
// A [Raw], [RawValue.Value], [Cursor.Key], [Cursor.Data] and every []byte from
// a getter alias the document: they are valid while the document is not
// changed, and changing them changes the document. [Decoder.Raw] is overwritten
// by the next call of Next. Strings are copies. Functions with a dst append to
// it; the result never aliases their other arguments. Values set by [Unmarshal]
// never alias the document; the strings of an any may share memory with each
// other.
//
// # Errors
//
// A [*SyntaxError] reports bytes that are not BSON, a [*ValueError] a rejected
// value, a [*ReadError] a failure of the reader of a stream. All have an offset
// in bytes; the first two also have a JSON Pointer. All wrap an error for
// errors.Is, such as [ErrLength]. A [*ConversionError] in between names the Go
// type, if there is one.
//
// # Limits
//
// Containers nest 1,000 deep unless an option says otherwise, and 100,000 deep
// at most: [DefaultMaxDepth], [DepthCeiling]. The outermost document is the
// first level; a scope counts as one. A document has at most 2³¹−1 bytes; a
// [Decoder] accepts [DefaultMaxDocumentSize] by default. Its memory grows with
// the bytes that have arrived, never with a claimed length.
package bson
