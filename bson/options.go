package bson

import (
	"strconv"
	"time"
)

// A UTF8Policy says what happens to text that is not UTF-8.
type UTF8Policy uint8

const (
	// UTF8Reject makes it an error that matches ErrUTF8. It is the default.
	UTF8Reject UTF8Policy = iota
	// UTF8Replace writes U+FFFD for each byte that is not part of UTF-8.
	UTF8Replace
)

// DecodeOptions says how documents are read, and how they become Go values.
// The zero value is the default. Calls that set Go values refuse options out of
// range with an *OptionError.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is how many containers may be open at once, the document
	// itself included. Zero means DefaultMaxDepth; at most DepthCeiling.
	MaxDepth int
	// MaxDocumentSize is the largest document, in bytes, that a Decoder
	// accepts. Zero means DefaultMaxDocumentSize; no document is larger
	// than 2³¹−1 bytes.
	MaxDocumentSize int

	// UTF8 says what becomes of text that is not UTF-8.
	UTF8 UTF8Policy

	// DocumentType is the Go type of documents in an any.
	DocumentType DocumentType
	// BinaryAsBytes makes []byte of binaries of subtype 0 in an any; they are
	// Binary otherwise. All other subtypes are always Binary. That includes
	// subtype 2, because a []byte is written as subtype 0.
	BinaryAsBytes bool
	// UUIDs makes UUID of the binaries in an any that this representation
	// writes, and says in which byte order subtype 3 is read into a UUID.
	UUIDs UUIDRepresentation
	// DBRefs makes DBRef of the documents in an any that have the keys $ref,
	// $id and perhaps $db first, in this order, so that writing it gives the
	// same bytes again. Other documents stay what DocumentType says.
	DBRefs bool
	// TimeInAny makes time.Time of datetimes in an any; they are DateTime
	// otherwise.
	TimeInAny bool
	// TimeRange says what becomes of datetimes outside the years 1 to 9999
	// where a time.Time is wanted.
	TimeRange TimeRange
	// Location is the time zone of every time.Time. Nil means UTC.
	Location *time.Location

	// JSONTags makes a struct field without a bson tag use its json tag.
	JSONTags bool
	// ObjectIDAsHex lets an ObjectId decode into a string as 24 digits.
	ObjectIDAsHex bool
	// Truncate lets doubles lose their fraction when they decode into an
	// integer, and digits into a float32. The tag truncate does so for one
	// struct field.
	Truncate bool
	// ZeroMaps empties a map before elements are put into it; otherwise the
	// elements that it has stay.
	ZeroMaps bool
	// ZeroStructs zeroes a struct before its fields are set; otherwise fields
	// that the document does not have stay.
	ZeroStructs bool

	// DisallowUnknownFields makes a key that the struct does not have an
	// error that matches ErrUnknownField; it is skipped otherwise.
	DisallowUnknownFields bool
	// DisallowDuplicateKeys makes a key that comes twice in a document an
	// error that matches ErrDuplicateKey. Otherwise a D keeps both, and
	// structs and maps the last.
	DisallowDuplicateKeys bool
	// DisallowInexact makes an integer that a floating-point destination
	// would round, and a number other than 0 and 1 where a bool is wanted, an
	// error that matches ErrInexact.
	DisallowInexact bool

	// Codecs are functions that decode some types in place of the rules of
	// this package.
	Codecs *Codecs
}

// EncodeOptions says how Go values become documents. The zero value is the
// default. Options out of range are refused with an *OptionError.
type EncodeOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is how many containers may be open at once, the document
	// itself included. Zero means DefaultMaxDepth.
	MaxDepth int
	// MaxDocumentSize is the largest document, in bytes, that is written.
	// Zero means 2³¹−1, which is BSON's own limit.
	MaxDocumentSize int

	// UTF8 says what becomes of text that is not UTF-8.
	UTF8 UTF8Policy

	// UnsortedMaps writes the elements of maps in the order in which Go
	// iterates over them, which is different each time but faster. Maps whose
	// keys can have the same text, which is an error, are sorted all the same:
	// those with methods or interfaces for keys, and all under UTF8Replace.
	UnsortedMaps bool
	// MinSize writes int64, uint, uint32 and uint64 as int32 where they fit.
	// The tag minsize does so for one struct field.
	MinSize bool
	// NilMapAsEmpty, NilSliceAsEmpty and NilBytesAsEmpty write a nil map, a
	// nil slice and a nil []byte as an empty document, array and binary;
	// they are null otherwise. A named slice of bytes, such as json.RawMessage,
	// is a slice for these options, though it is written as a binary.
	NilMapAsEmpty   bool
	NilSliceAsEmpty bool
	NilBytesAsEmpty bool
	// OmitEmpty treats all struct fields, at every depth, as if they had the
	// tag omitempty.
	OmitEmpty bool
	// OmitZeroStruct makes the tag omitempty leave out structs whose exported
	// fields are all empty.
	OmitZeroStruct bool
	// JSONTags makes a struct field without a bson tag use its json tag.
	JSONTags bool
	// RejectShadowed makes it an error that matches ErrUnsupported when an
	// inlined struct has a key that its outer struct has as well; the outer
	// one is written otherwise.
	RejectShadowed bool
	// TextMarshalers writes every type with the method MarshalText as a
	// string. Otherwise only structs without exported fields are.
	TextMarshalers bool
	// BigIntAsDecimal writes big.Int as decimal128 if it fits exactly, and is
	// an error that matches ErrInexact or ErrRange if not; it is a string
	// otherwise.
	BigIntAsDecimal bool
	// StringifyKeys makes keys of maps with fmt.Sprint, whatever their type.
	StringifyKeys bool
	// UUIDs says how a UUID is laid out.
	UUIDs UUIDRepresentation

	// AddID puts an _id with a new ObjectId first in a whole document that
	// has none.
	AddID bool
	// HoistID moves the _id of a whole document to its front.
	HoistID bool

	// Codecs are functions that encode some types in place of the rules of
	// this package.
	Codecs *Codecs
}

// A DocumentType is a Go type for documents in an any.
type DocumentType uint8

const (
	// DocumentsAsD keeps order and duplicates. It is the default.
	DocumentsAsD DocumentType = iota
	// DocumentsAsM makes M.
	DocumentsAsM
	// DocumentsAsMap makes map[string]any.
	DocumentsAsMap
)

// A TimeRange says what becomes of datetimes outside the years 1 to 9999,
// which many formats for times do not have.
type TimeRange uint8

const (
	// TimeKeep makes a time.Time of that year, and in an any keeps the
	// DateTime. It is the default.
	TimeKeep TimeRange = iota
	// TimeReject makes it an error that matches ErrRange.
	TimeReject
	// TimeClamp makes the first or the last millisecond of the range of it.
	TimeClamp
)

// check returns the *OptionError of an option that is out of range.
func (o *DecodeOptions) check() error {
	switch {
	case o.UTF8 > UTF8Replace:
		return outOfRange("bson.DecodeOptions.UTF8", o.UTF8)
	case o.DocumentType > DocumentsAsMap:
		return outOfRange("bson.DecodeOptions.DocumentType", o.DocumentType)
	case o.UUIDs > UUIDCSharpLegacy:
		return outOfRange("bson.DecodeOptions.UUIDs", o.UUIDs)
	case o.TimeRange > TimeClamp:
		return outOfRange("bson.DecodeOptions.TimeRange", o.TimeRange)
	}
	return nil
}

// check returns the *OptionError of an option that is out of range.
func (o *EncodeOptions) check() error {
	switch {
	case o.UTF8 > UTF8Replace:
		return outOfRange("bson.EncodeOptions.UTF8", o.UTF8)
	case o.UUIDs > UUIDCSharpLegacy:
		return outOfRange("bson.EncodeOptions.UUIDs", o.UUIDs)
	}
	return nil
}

// depthLimit returns how many containers an option MaxDepth allows.
func depthLimit(maxDepth int) int {
	if maxDepth <= 0 {
		return DefaultMaxDepth
	}
	return min(maxDepth, DepthCeiling)
}

func outOfRange[T ~uint8](option string, value T) error {
	return &OptionError{Option: option, Value: strconv.Itoa(int(value))}
}
