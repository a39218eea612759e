// Package extjson converts between BSON and MongoDB Extended JSON, version 2.
//
// # Routes
//
//	BSON → text    AppendJSON, EncodeOptions.AppendJSON
//	  in portions  WriteJSON, EncodeOptions.WriteJSON
//	text → BSON    AppendBSON, DecodeOptions.AppendBSON
//	single values  AppendJSONValue, WriteJSONValue, AppendBSONValue, Appender
//	Go values      Marshal, Unmarshal, Decode
//	streams        NewEncoder, NewDecoder, Documents, Values
//	text → text    Compact, Indent
//
// Each conversion is one pass from bytes to bytes, without a tree in between.
// It allocates nothing if dst has room. Go values are converted through BSON,
// with the rules and options of package bson.
//
// # Modes
//
// Relaxed text, the default, writes numbers and dates as people write them:
// {"n":1,"when":{"$date":"2024-02-29T12:00:00Z"}}. It keeps every value but not
// the width of integers. Canonical text keeps the type of everything:
// {"n":{"$numberInt":"1"}}; it converts back to the same bytes, unless
// EncodeOptions.RejectLossy would reject the document. Both are read without an
// option.
//
// Four more modes are for other readers: Legacy, as in PyMongo's json_util;
// Shell, for the MongoDB shell; SemiRelaxed, with wrappers for integers that
// JavaScript would round; and Plain, JSON without wrappers.
// DecodeOptions.Legacy and DecodeOptions.Shell allow reading Legacy and Shell
// text. docs/extended-json.md has the tables.
//
// # Errors
//
// Nothing is lost or altered in silence. A value without a representation is an
// error with its place. Reading BSON gives a *bson.SyntaxError or
// *bson.ValueError. Reading text gives a *SyntaxError or *ValueError of this
// package, with line and column. A document whose own keys are special, such as
// {"a":{"$oid":"zz"}} as stored data, is ErrAmbiguous, because its text would be
// read back as another value. With EncodeOptions.AmbiguousKeys Escape the key is
// written as $$oid, and DecodeOptions.EscapedKeys reads it back. A few bits have no
// text at all (the payload of a NaN, for instance); EncodeOptions.RejectLossy
// makes each of them an error. An integer in text beyond int64 becomes the
// nearest double, as the specification requires; DecodeOptions.RejectInexact
// makes it an error.
//
// # Safety
//
// Input may be hostile: depth, document size, text size and the length of
// numbers are limited by options with defaults, and memory grows with the bytes
// that exist, never with a claimed length. Text may be hundreds of times as
// long as its BSON: EncodeOptions.MaxTextSize limits it, and WriteJSON writes
// it in portions. All functions are safe for concurrent use; a Decoder,
// Encoder or Appender is for one goroutine at a time.
package extjson
