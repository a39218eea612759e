package extjson

import (
	"strconv"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A Mode is a way of writing values as text.
type Mode uint8

const (
	// Relaxed writes numbers and dates as people write them and keeps every
	// value, though not the width of integers. It is the default.
	Relaxed Mode = iota
	// Canonical keeps every type: the text converts back to the same bytes,
	// unless EncodeOptions.RejectLossy would reject the document.
	Canonical
	// Legacy is Extended JSON before version 2, as PyMongo's json_util writes
	// it in its LEGACY mode; DecodeOptions.Legacy reads it.
	Legacy
	// Shell is the syntax of the MongoDB shell: ObjectId("…"). It is not JSON.
	// DecodeOptions.Shell reads it.
	Shell
	// SemiRelaxed is Relaxed with wrappers for integers beyond ±2⁵³, which
	// JavaScript's numbers cannot hold.
	SemiRelaxed
	// Plain is JSON without wrappers: ids, UUIDs, decimals and dates are
	// strings, binaries base64, timestamps "t:i", symbols strings, undefined
	// null. It is not meant to be read back. NaN, the infinities, regexes,
	// code, min and max key and dates outside the years 0 to 9999 are errors
	// that match ErrPlain, unless EncodeOptions.Lossy or NonFinite allows them.
	Plain
)

// A Spacing is the white space of text that is not indented.
type Spacing uint8

const (
	// CompactSpacing has none: {"a":1,"b":[1,2]}. It is the default.
	CompactSpacing Spacing = iota
	// PythonSpacing is that of Python's json module, and so of PyMongo's
	// json_util: {"a": 1, "b": [1, 2]}.
	PythonSpacing
	// LibbsonSpacing is that of the C driver: { "a" : 1, "b" : [ 1, 2 ] }.
	LibbsonSpacing
)

// A DoubleSpelling is a spelling of doubles. Each has the fewest digits that
// read back as the same double.
type DoubleSpelling uint8

const (
	// PlainDoubles is 9.99, 1.0, 1.0E-05 and 1.0E+16: always with a point,
	// with an exponent below 10⁻⁴ and from 10¹⁶. It is the default.
	PlainDoubles DoubleSpelling = iota
	// DriverDoubles is the spelling of the Go driver: 9.99, 1.0, 1E-05, 1E+16,
	// with an exponent from 10⁶ on.
	DriverDoubles
	// PythonDoubles is the spelling of Python: 9.99, 1.0, 1e-05 and 1e+16, with
	// an exponent where PlainDoubles has one.
	PythonDoubles
)

// A DateSpelling is a spelling of datetimes in Legacy text.
type DateSpelling uint8

const (
	// DateNumber is {"$date":0}, milliseconds since 1970. It is the default.
	DateNumber DateSpelling = iota
	// DateNumberLong is {"$date":{"$numberLong":"0"}}.
	DateNumberLong
	// DateISO8601 is {"$date":"1970-01-01T00:00:00Z"} from 1970 to 9999, else
	// as DateNumberLong.
	DateISO8601
)

// A UUIDSpelling is a spelling of UUIDs in the modes with wrappers.
type UUIDSpelling uint8

const (
	// UUIDBinary is $binary, as for any other binary. It is the default.
	UUIDBinary UUIDSpelling = iota
	// UUIDText is {"$uuid":"00112233-4455-6677-8899-aabbccddeeff"}.
	UUIDText
	// UUIDDigits is the same without hyphens, as json_util writes it. Only
	// DecodeOptions.Legacy reads it.
	UUIDDigits
)

// A NonFinitePolicy decides about the doubles NaN, +Infinity and -Infinity in
// Plain text. JSON has no such numbers.
type NonFinitePolicy uint8

const (
	// NonFiniteDefault is NonFiniteReject, but NonFiniteNull with Lossy.
	NonFiniteDefault NonFinitePolicy = iota
	// NonFiniteReject makes them an error that matches ErrPlain.
	NonFiniteReject
	// NonFiniteNull writes null.
	NonFiniteNull
	// NonFiniteText writes "NaN", "Infinity" and "-Infinity", the texts that a
	// decimal128 has.
	NonFiniteText
)

// An AmbiguityPolicy decides about a stored document that a reader of the text
// would read as another type, because one of its keys is special: {"a":
// {"$oid": "zz"}} as data.
type AmbiguityPolicy uint8

const (
	// Reject makes it an error that matches ErrAmbiguous. It is the default.
	Reject AmbiguityPolicy = iota
	// AsIs writes it as if its keys were not special.
	AsIs
	// Escape writes $ in front of each special key, {"a":{"$$oid":"zz"}}, and of
	// each key that begins with $$, at any level. No reader takes such a key for
	// a special one, and DecodeOptions.EscapedKeys removes the $ again. It also
	// escapes the key $regex where only a reader of Legacy text reads a regex,
	// so that all dialects read the same document.
	Escape
)

// EncodeOptions are the options of writing BSON as text. The zero value writes
// compact relaxed Extended JSON.
type EncodeOptions struct {
	_ struct{} // keyed literals only

	// Mode is the form of values.
	Mode Mode

	// Indent, if not empty, puts each member on a line of its own, with one
	// copy of Indent per enclosing container. There are at most 64 copies, so
	// that deep nesting does not multiply the text. Wrappers such as
	// {"$oid":"…"} stay on one line. It must consist of spaces and tabs.
	Indent string
	// Spacing is the white space within a line.
	Spacing Spacing
	// SortKeys writes the members of each document in the byte order of their
	// keys, which is the order of code points. Equal keys keep their order.
	SortKeys bool
	// ASCII writes every character above 0x7F as \uxxxx.
	ASCII bool
	// EscapeHTML writes <, >, &, U+2028 and U+2029 as \uxxxx.
	EscapeHTML bool
	// EscapeLines writes U+2028 and U+2029 as \uxxxx, as the Go driver does.
	EscapeLines bool
	// EscapeControls writes characters that a terminal may obey as \uxxxx:
	// U+007F to U+009F, the marks of direction such as U+202E, U+2028 and
	// U+2029. Control characters below U+0020 are escaped in any case.
	EscapeControls bool
	// Doubles is the spelling of doubles.
	Doubles DoubleSpelling
	// Location is the time zone of dates that are written as text. Nil means
	// UTC. An offset is written as +01:00, in Legacy text as +0100; an offset
	// with seconds is rounded to minutes, which changes the text of the time
	// but not the time.
	Location *time.Location
	// MaxLen, if it is not zero, is the length limit of the text of a document,
	// in bytes. A longer text is cut before the first value that does not fit:
	// "$truncated":true replaces this value and all later ones, and
	// {"$truncated":true} does so in an array. The text is valid. Nothing after
	// the cut is checked. For every MaxLen at least {"$truncated":true} is
	// written. MaxLen is for logs: a truncated text does not convert back.
	MaxLen int

	// MaxTextSize, if it is not zero, is the longest text of a document, in
	// bytes. A longer text is an error that matches bson.ErrTooLarge; at most
	// this size and one more value are then in memory. Set it for documents
	// from unknown sources: text may be 500 times as long as its BSON.
	// WriteJSON needs no such limit. The option has no effect with MaxLen, or
	// over math.MaxInt/4.
	MaxTextSize int

	// Dates is the spelling of datetimes in Legacy text. Other modes have one
	// spelling only.
	Dates DateSpelling
	// StrictNumberLong writes int64 as {"$numberLong":"1"} in Legacy text.
	StrictNumberLong bool
	// UUIDs is the spelling of UUIDs in the modes with wrappers.
	// UUIDRepresentation decides which binaries are UUIDs. Shell and Plain text
	// have a spelling of their own.
	UUIDs UUIDSpelling
	// UUIDRepresentation decides which binaries are UUIDs, and the order of
	// their bytes: subtype 4 for UUIDUnspecified and UUIDStandard, subtype 3
	// for the others. Reading gives the same bytes if
	// DecodeOptions.UUIDRepresentation is the same.
	UUIDRepresentation bson.UUIDRepresentation
	// Lossy allows values in Plain text that are errors otherwise. It writes
	// null for NaN and the infinities, unless NonFinite has another value; the
	// source of a regex or of code as a string, without the scope; "MinKey" and
	// "MaxKey"; and milliseconds since 1970 for dates outside the years 0 to
	// 9999.
	Lossy bool
	// NonFinite decides about NaN and the infinities in Plain text. Other modes
	// write them.
	NonFinite NonFinitePolicy

	// AmbiguousKeys is Reject, AsIs or Escape. Plain text has no ambiguous keys;
	// Escape with Mode Plain is out of range, because nothing reads such text
	// back.
	AmbiguousKeys AmbiguityPolicy
	// RejectLossy rejects a value whose canonical text would not convert back
	// to the same bytes, with an error that matches ErrLossy: a NaN other than
	// the plain one, a decimal128 whose bits are not canonical, array keys
	// other than "0", "1", …, and unsorted regex options.
	RejectLossy bool
	// InvalidUTF8 is bson.UTF8Reject or bson.UTF8Replace.
	InvalidUTF8 bson.UTF8Policy
	// MaxDepth is the largest number of open containers, the document included.
	// Zero means bson.DefaultMaxDepth.
	MaxDepth int
	// Values are the options of Marshal and Encode for the step from Go values
	// to BSON.
	Values bson.EncodeOptions
	// Array makes an Encoder write one JSON array of all its documents
	// instead of one document after the other.
	Array bool
}

// DefaultMaxNumberLen is the default of MaxNumberLen, in bytes.
const DefaultMaxNumberLen = 4096

// DecodeOptions are the options of reading text. The zero value reads any
// mixture of canonical and relaxed Extended JSON.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// CanonicalOnly rejects the forms of relaxed text: bare numbers, dates as
	// text and $uuid. Legacy and Shell have no effect then.
	CanonicalOnly bool
	// Legacy also accepts Extended JSON before version 2: $binary with $type,
	// $regex alone or with $options and no other key, $date with a number of
	// milliseconds, alone or in $numberLong, $timestamp with one number as text,
	// time zones without a colon, and $uuid without hyphens.
	Legacy bool
	// Shell also accepts the syntax of the MongoDB shell: ObjectId("…") and
	// similar calls, /…/i, undefined, NaN, Infinity, .5, 0x1F, keys without
	// quotes, single quotes, trailing commas (in a stream also after documents),
	// and comments of at most 16 MiB. No code is run: a value that depends on
	// the time, the time zone or a variable is an error.
	Shell bool
	// LenientDates also accepts dates that other programs write: digits below
	// the millisecond, which are dropped; a time without seconds; a day alone,
	// which is its midnight; a time without a zone, which is UTC; a zone such as
	// +02 or +0200; a blank in place of T. It applies to $date, and with Shell to
	// ISODate("…") and new Date("…"). It has no effect with CanonicalOnly.
	LenientDates bool
	// EscapedKeys removes the first $ of each key of a document that begins with
	// $$, at any level. It reads the text of AmbiguousKeys: Escape. Other text
	// must not be read so: its keys that begin with $$ would change.
	EscapedKeys bool
	// UUIDRepresentation is the byte order and subtype of UUIDs in $uuid, and
	// in the shell's UUID("…"). UUIDUnspecified means subtype 4.
	UUIDRepresentation bson.UUIDRepresentation
	// RejectInexact rejects an integer that is too large for int64 and not
	// equal to its nearest double.
	RejectInexact bool
	// InvalidUTF8 is the policy for invalid UTF-8 and lone surrogates:
	// bson.UTF8Reject or bson.UTF8Replace.
	InvalidUTF8 bson.UTF8Policy
	// MaxDepth is the largest number of open containers, the document included.
	// The braces of wrappers do not count. Zero means bson.DefaultMaxDepth.
	MaxDepth int
	// MaxNumberLen is the longest text of one number, in bytes. Zero means
	// DefaultMaxNumberLen.
	MaxNumberLen int
	// MaxDocumentSize is the largest document, in bytes of BSON, that a
	// Decoder accepts. Zero means bson.DefaultMaxDocumentSize.
	MaxDocumentSize int
	// MaxTextSize is the longest text of one document, in bytes, that a
	// Decoder accepts. Zero means 16 times MaxDocumentSize.
	MaxTextSize int
	// Values are the options of Unmarshal and Decode for the step from BSON to
	// Go values.
	Values bson.DecodeOptions
}

// maxOffset is the largest offset of a time zone from UTC, in seconds. As text
// it is 23:59.
const maxOffset = 24*60*60 - 60

// check returns the *bson.OptionError of an option that is out of range.
func (o *EncodeOptions) check() error {
	switch {
	case o.Mode > Plain:
		return outOfRange("EncodeOptions.Mode", o.Mode)
	case o.Spacing > LibbsonSpacing:
		return outOfRange("EncodeOptions.Spacing", o.Spacing)
	case o.Doubles > PythonDoubles:
		return outOfRange("EncodeOptions.Doubles", o.Doubles)
	case o.Dates > DateISO8601:
		return outOfRange("EncodeOptions.Dates", o.Dates)
	case o.UUIDs > UUIDDigits:
		return outOfRange("EncodeOptions.UUIDs", o.UUIDs)
	case o.UUIDRepresentation > bson.UUIDCSharpLegacy:
		return outOfRange("EncodeOptions.UUIDRepresentation", o.UUIDRepresentation)
	case o.NonFinite > NonFiniteText:
		return outOfRange("EncodeOptions.NonFinite", o.NonFinite)
	case o.AmbiguousKeys > Escape:
		return outOfRange("EncodeOptions.AmbiguousKeys", o.AmbiguousKeys)
	case o.AmbiguousKeys == Escape && o.Mode == Plain:
		return &bsoncore.OptionError{Option: "extjson.EncodeOptions.AmbiguousKeys", Value: "Escape with Mode Plain"}
	case o.InvalidUTF8 > bson.UTF8Replace:
		return outOfRange("EncodeOptions.InvalidUTF8", o.InvalidUTF8)
	case o.MaxLen < 0:
		return outOfRange("EncodeOptions.MaxLen", o.MaxLen)
	case o.MaxTextSize < 0:
		return outOfRange("EncodeOptions.MaxTextSize", o.MaxTextSize)
	case o.MaxDepth < 0:
		return outOfRange("EncodeOptions.MaxDepth", o.MaxDepth)
	case o.Indent != "" || o.Location != nil:
		return o.checkText()
	}
	return nil
}

// checkText is check for options whose types allow values without a name.
func (o *EncodeOptions) checkText() error {
	if !isIndent(o.Indent) {
		return &bsoncore.OptionError{Option: "extjson.EncodeOptions.Indent", Value: strconv.Quote(o.Indent)}
	}
	if o.Location != nil {
		// No earlier or later offset of the zone is larger.
		then := time.Unix(0, 0).In(o.Location)
		if _, offset := then.Zone(); max(offset, -offset) > maxOffset {
			return &bsoncore.OptionError{Option: "extjson.EncodeOptions.Location", Value: then.Format("-07:00:00")}
		}
	}
	return nil
}

// isIndent reports whether s consists of spaces and tabs.
func isIndent(s string) bool {
	for i := range len(s) {
		if s[i] != ' ' && s[i] != '\t' {
			return false
		}
	}
	return true
}

// check returns the *bson.OptionError of an option that is out of range.
func (o *DecodeOptions) check() error {
	switch {
	case o.UUIDRepresentation > bson.UUIDCSharpLegacy:
		return outOfRange("DecodeOptions.UUIDRepresentation", o.UUIDRepresentation)
	case o.InvalidUTF8 > bson.UTF8Replace:
		return outOfRange("DecodeOptions.InvalidUTF8", o.InvalidUTF8)
	case o.MaxDepth < 0:
		return outOfRange("DecodeOptions.MaxDepth", o.MaxDepth)
	case o.MaxNumberLen < 0:
		return outOfRange("DecodeOptions.MaxNumberLen", o.MaxNumberLen)
	case o.MaxDocumentSize < 0:
		return outOfRange("DecodeOptions.MaxDocumentSize", o.MaxDocumentSize)
	case o.MaxTextSize < 0:
		return outOfRange("DecodeOptions.MaxTextSize", o.MaxTextSize)
	}
	return nil
}

func outOfRange[T ~uint8 | int](option string, value T) error {
	return &bsoncore.OptionError{Option: "extjson." + option, Value: strconv.Itoa(int(value))}
}
