// Package bson converts between Go values and BSON, the binary form of
// documents that MongoDB stores and sends: fast, strict, and without losing a
// bit.
//
// # Routes
//
// There are several ways to a document, from the fastest to the most
// convenient, and they agree about what BSON is because one piece of code,
// the [Cursor], decides where an element starts and ends.
//
//   - Package bsoncore works on the bytes, and has the table of types. Its
//     names that mean the same here are here as well, such as [Cursor],
//     [Builder] and [Validate], but for the functions that write elements.
//   - [Raw] and [RawValue] look up and read single values.
//   - [Decoder] and [Documents] cut a stream into documents.
//   - [Marshal], [Append], [Unmarshal] and [Decode] convert Go values: structs
//     with the tags and hooks of the official driver, maps, [D], [M] and [A];
//     [EncodeOptions] and [DecodeOptions] say how.
//
// Package extjson turns documents into Extended JSON and back.
//
// # Aliasing
//
// What looks into a document, [Raw], [RawValue.Value], [Cursor.Key],
// [Cursor.Data] and the getters that return []byte, aliases it: it is valid
// as long as the document is not changed, and changing it changes the
// document. [Decoder.Raw] is overwritten by the next call of Next. Strings are
// copies. Functions that take a dst append to it and never alias what they
// were given besides. What [Unmarshal] sets aliases nothing, but the texts of
// an any may share copies of the document.
//
// # Errors
//
// A [*SyntaxError] says that bytes are not BSON, a [*ValueError] that a value
// is refused, a [*ReadError] that a stream's reader failed. All say where, as
// an offset in bytes; the first two say it as a JSON Pointer too, and all
// wrap an error to be matched with errors.Is, such as [ErrLength]. Where a Go
// type is involved there is a [*ConversionError] between them, which names it.
//
// # Limits
//
// Containers nest 1,000 deep unless an option says otherwise, and 100,000
// deep at most: [DefaultMaxDepth], [DepthCeiling]. The outermost document is
// the first level; a scope counts as one. A document has at most 2³¹−1
// bytes; a [Decoder] accepts [DefaultMaxDocumentSize] unless an option says
// otherwise, and holds memory for bytes that have arrived, never for those
// that a length promises.
package bson
