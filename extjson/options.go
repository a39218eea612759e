package extjson

import (
	"strconv"
	"time"

	"github.com/bsonkit/bsonkit/bson"
)

// A Mode is a way of writing values as text.
type Mode uint8

const (
	// Relaxed writes numbers and dates as people write them and keeps every
	// value, though not the width of integers. It is the default.
	Relaxed Mode = iota
	// Canonical keeps every type: the text converts back to the same bytes,
	// unless the document has what EncodeOptions.RejectLossy refuses.
	Canonical
	// Legacy is Extended JSON before version 2, as PyMongo's json_util writes
	// it in its LEGACY mode; DecodeOptions.Legacy reads it.
	Legacy
	// Shell is what one types in the MongoDB shell: ObjectId("…"); it is not
	// JSON. DecodeOptions.Shell reads it.
	Shell
	// SemiRelaxed is Relaxed, except that what JavaScript's numbers cannot
	// hold, integers beyond ±2⁵³, keeps its wrapper.
	SemiRelaxed
	// Plain is JSON without wrappers: ids, UUIDs, decimals and dates are
	// strings, binaries base64, timestamps "t:i", symbols strings, undefined
	// null. It is not meant to be read back. NaN, the infinities, regexes,
	// code, min and max key and dates outside the years 0 to 9999 are errors
	// that match ErrLossy, unless EncodeOptions.Lossy is set.
	Plain
)

// A Spacing is where white space stands in text that is not indented.
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

// A DoubleSpelling is how doubles are spelled. Each gives the fewest digits
// that read back as the same double.
type DoubleSpelling uint8

const (
	// PlainDoubles is 9.99, 1.0, 1.0E-05 and 1.0E+16: always with a point,
	// with an exponent below 10⁻⁴ and from 10¹⁶. It is the default.
	PlainDoubles DoubleSpelling = iota
	// DriverDoubles is the Go driver's: 9.99, 1.0, 1E-05, 1E+16, with an
	// exponent from 10⁶ on.
	DriverDoubles
	// PythonDoubles is Python's: 9.99, 1.0, 1e-05 and 1e+16, with exponents
	// where PlainDoubles has them.
	PythonDoubles
)

// A DateSpelling is how Legacy text spells datetimes.
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

// A UUIDSpelling is how UUIDs are spelled in the modes that have wrappers.
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

// An AmbiguityPolicy says what happens to a stored document that a reader of
// the text would take for something else, because one of its own keys is
// special: {"a": {"$oid": "zz"}} as data.
type AmbiguityPolicy uint8

const (
	// Refuse makes it an error that matches ErrAmbiguous. It is the default.
	Refuse AmbiguityPolicy = iota
	// AsIs writes it as if its keys were not special.
	AsIs
)

// EncodeOptions says how BSON is written as text. The zero value writes
// compact relaxed Extended JSON.
type EncodeOptions struct {
	_ struct{} // keyed literals only

	// Mode is how values are written.
	Mode Mode

	// Indent, if not empty, puts each member on a line of its own, after as
	// many copies of Indent as there are containers around it, 64 at most, so
	// that deep nesting does not multiply the text. Wrappers such
	// as {"$oid":"…"} stay on one line. It must consist of spaces and tabs.
	Indent string
	// Spacing is the white space within a line.
	Spacing Spacing
	// SortKeys writes the members of each document in the order of their
	// keys' bytes, which is that of their code points; equal keys stay in
	// their order.
	SortKeys bool
	// ASCII writes every character above 0x7F as \uxxxx.
	ASCII bool
	// EscapeHTML writes <, >, &, U+2028 and U+2029 as \uxxxx.
	EscapeHTML bool
	// EscapeLines writes U+2028 and U+2029 as \uxxxx, as the Go driver does.
	EscapeLines bool
	// Doubles is how doubles are spelled.
	Doubles DoubleSpelling
	// Location is the time zone of dates that are written as text. Nil means
	// UTC. An offset is written as +01:00, in Legacy text as +0100; one with
	// seconds is rounded to minutes, which changes how the time is written
	// but not which it is.
	Location *time.Location
	// MaxLen, if it is not zero, is how many bytes the text of a document may
	// have. A longer one is cut before the first value that does not fit: in
	// place of it and all that follows it, in all containers, stands
	// "$truncated":true, in an array {"$truncated":true}. The text is valid,
	// and nothing after the cut is looked at. However small MaxLen is,
	// {"$truncated":true} is written. It is for logs: such text does not
	// convert back.
	MaxLen int

	// MaxTextSize, if it is not zero, is the longest text of a document, in
	// bytes. A longer one is an error that matches bson.ErrTooLarge; at most
	// this size and one value more are then in memory. Set it for documents
	// from unknown sources: text may be 500 times as long as its BSON.
	// WriteJSON needs no such limit. The option has no effect with MaxLen, or
	// over math.MaxInt/4.
	MaxTextSize int

	// Dates is how datetimes are written in Legacy text; other modes have one
	// way only.
	Dates DateSpelling
	// StrictNumberLong writes int64 as {"$numberLong":"1"} in Legacy text.
	StrictNumberLong bool
	// UUIDs is how the UUIDs that UUIDRepresentation tells are written in the
	// modes with wrappers. Shell and Plain text always spell them out.
	UUIDs UUIDSpelling
	// UUIDRepresentation says which binaries are UUIDs, and in which order
	// their bytes are: those of subtype 4 for UUIDUnspecified and
	// UUIDStandard, those of subtype 3 for the others. Reading gives the same
	// bytes if DecodeOptions.UUIDRepresentation is the same.
	UUIDRepresentation bson.UUIDRepresentation
	// Lossy writes in Plain text what is an error otherwise: null for NaN and
	// the infinities, the source of a regex and of code as a string, without
	// the scope, "MinKey" and "MaxKey", and milliseconds since 1970 for dates
	// outside the years 0 to 9999.
	Lossy bool

	// AmbiguousKeys is Refuse or AsIs. Plain text has no ambiguous keys.
	AmbiguousKeys AmbiguityPolicy
	// RejectLossy makes it an error that matches ErrLossy when the canonical
	// text of a value would not convert back to the same bytes: a NaN other
	// than the plain one, a decimal128 whose bits are not the canonical
	// ones, array keys other than "0", "1", …, and unsorted regex options.
	RejectLossy bool
	// InvalidUTF8 is bson.UTF8Reject or bson.UTF8Replace.
	InvalidUTF8 bson.UTF8Policy
	// MaxDepth is how many containers may be open at once, the document
	// itself included. Zero means bson.DefaultMaxDepth.
	MaxDepth int
	// Values says how Go values become BSON in Marshal and Encode.
	Values bson.EncodeOptions
	// Array makes an Encoder write one JSON array of all its documents
	// instead of one document after the other.
	Array bool
}

// DefaultMaxNumberLen is how many bytes the text of a number may have unless
// an option says otherwise.
const DefaultMaxNumberLen = 4096

// textPerBSON is how many bytes of text a stream accepts for each byte that
// the document may have in BSON, unless an option says otherwise.
const textPerBSON = 16

// DecodeOptions says how text is read. The zero value reads canonical and
// relaxed Extended JSON, mixed as it comes.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// CanonicalOnly refuses the forms that only relaxed text has: bare
	// numbers, dates as text and $uuid. Legacy and Shell then mean nothing.
	CanonicalOnly bool
	// Legacy accepts Extended JSON before version 2 as well: $binary beside
	// $type, $regex alone or beside $options where nothing else stands with
	// them, $date before a number of milliseconds, time zones without a colon
	// and $uuid without hyphens.
	Legacy bool
	// Shell accepts what one types in the MongoDB shell as well: ObjectId("…")
	// and its like, /…/i, undefined, NaN, Infinity, keys without quotes,
	// single quotes, trailing commas, and comments of at most 16 MiB. Nothing
	// is evaluated: what depends on the time, the time zone or a variable is
	// an error.
	Shell bool
	// UUIDRepresentation is how the UUID in $uuid, and in the shell's
	// UUID("…"), is laid out. UUIDUnspecified means subtype 4.
	UUIDRepresentation bson.UUIDRepresentation
	// RejectInexact refuses an integer too large for int64 whose nearest
	// double is another number.
	RejectInexact bool
	// InvalidUTF8 is what happens to bytes that are not UTF-8 and to lone
	// surrogates: bson.UTF8Reject or bson.UTF8Replace.
	InvalidUTF8 bson.UTF8Policy
	// MaxDepth is how many containers may be open at once, the document
	// itself included; the braces of wrappers do not count. Zero means
	// bson.DefaultMaxDepth.
	MaxDepth int
	// MaxNumberLen is how many bytes the text of one number may have. Zero
	// means DefaultMaxNumberLen.
	MaxNumberLen int
	// MaxDocumentSize is the largest document, in bytes of BSON, that a
	// Decoder accepts. Zero means bson.DefaultMaxDocumentSize.
	MaxDocumentSize int
	// MaxTextSize is the longest text of one document, in bytes, that a
	// Decoder accepts. Zero means 16 times MaxDocumentSize.
	MaxTextSize int
	// Values says how BSON becomes a Go value in Unmarshal and Decode.
	Values bson.DecodeOptions
}

// maxOffset is how many seconds a time zone may be from UTC, as text: 23:59.
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
	case o.AmbiguousKeys > AsIs:
		return outOfRange("EncodeOptions.AmbiguousKeys", o.AmbiguousKeys)
	case o.InvalidUTF8 > bson.UTF8Replace:
		return outOfRange("EncodeOptions.InvalidUTF8", o.InvalidUTF8)
	case o.Indent != "" || o.Location != nil:
		return o.checkText()
	}
	return nil
}

// checkText is check for the options that have more values than their types
// name.
func (o *EncodeOptions) checkText() error {
	if !isIndent(o.Indent) {
		return &bson.OptionError{Option: "extjson.EncodeOptions.Indent", Value: strconv.Quote(o.Indent)}
	}
	if o.Location != nil {
		// What a place has had at other times is no further away.
		then := time.Unix(0, 0).In(o.Location)
		if _, offset := then.Zone(); max(offset, -offset) > maxOffset {
			return &bson.OptionError{Option: "extjson.EncodeOptions.Location", Value: then.Format("-07:00:00")}
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
	}
	return nil
}

func outOfRange[T ~uint8](option string, value T) error {
	return &bson.OptionError{Option: "extjson." + option, Value: strconv.Itoa(int(value))}
}
