// Package extjson converts between BSON and MongoDB Extended JSON, version 2.
//
// # Routes
//
//	BSON → text    AppendJSON, EncodeOptions.AppendJSON
//	…in portions   WriteJSON, EncodeOptions.WriteJSON
//	text → BSON    AppendBSON, DecodeOptions.AppendBSON
//	single values  AppendJSONValue, WriteJSONValue, AppendBSONValue
//	Go values      Marshal, Unmarshal, Decode
//	streams        NewEncoder, NewDecoder, Documents, Values
//	text → text    Compact, Indent
//
// Each conversion is one pass from bytes to bytes: nothing is built in
// between, and nothing is allocated when dst has room. Go values go by way of
// BSON, with the rules and options of package bson.
//
// # Modes
//
// Relaxed text, the default, writes numbers and dates as people write them:
// {"n":1,"when":{"$date":"2024-02-29T12:00:00Z"}}. It keeps every value but
// not the width of integers. Canonical text keeps the type of everything:
// {"n":{"$numberInt":"1"}}; it converts back to the same bytes, unless the
// document has what EncodeOptions.RejectLossy refuses. Both are read without
// being told which it is.
//
// Four more modes are written for other readers: Legacy, as PyMongo's
// json_util has it, Shell, for the MongoDB shell, SemiRelaxed, which keeps
// what JavaScript would round, and Plain, JSON without wrappers. Legacy and
// Shell text is read if DecodeOptions says so. docs/extended-json.md has the
// tables.
//
// # What is refused
//
// Nothing is lost or altered in silence. What cannot be represented is an
// error that says where: a *bson.SyntaxError or *bson.ValueError when BSON is
// read, a *SyntaxError or *ValueError of this package, with line and column,
// when text is read. A document whose own keys are special, such as
// {"a":{"$oid":"zz"}} as stored data, has no faithful text: writing it is
// ErrAmbiguous unless EncodeOptions.AmbiguousKeys is AsIs. A few bits have no
// text at all (the payload of a NaN, for instance); EncodeOptions.RejectLossy
// makes each of them an error.
//
// # Safety
//
// Input may be hostile: depth, document size, text size and the length of
// numbers are limited by options with defaults, and memory follows the bytes
// that are there, never a length that is claimed. Text may be hundreds of
// times as long as its BSON: EncodeOptions.MaxTextSize limits it, and WriteJSON
// writes it without holding it. All functions are safe for
// concurrent use; a Decoder or Encoder is for one goroutine at a time.
package extjson
