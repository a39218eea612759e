package bson

import (
	"reflect"
	"strconv"
	"time"
)

// This file has the options of both directions, and Codecs, an option that is a
// set of functions.

// A UTF8Policy is the policy for invalid UTF-8.
type UTF8Policy uint8

const (
	// UTF8Reject makes it an error that matches ErrUTF8. It is the default.
	UTF8Reject UTF8Policy = iota
	// UTF8Replace writes U+FFFD for each byte that is not part of UTF-8.
	UTF8Replace
	// UTF8Keep leaves the bytes as they are, in Go strings and in documents. A
	// document that is decoded and encoded again keeps them. Only this package
	// accepts UTF8Keep, because JSON cannot hold such bytes.
	UTF8Keep
)

// DecodeOptions are the options of reading documents and converting them to Go
// values. The zero value is the default. Calls that set Go values return an
// *OptionError for an option out of range.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is how many containers may be open at once, the document
	// itself included. Zero means DefaultMaxDepth; at most DepthCeiling.
	MaxDepth int
	// MaxDocumentSize is the largest document, in bytes, that a Decoder
	// accepts. Zero means DefaultMaxDocumentSize; no document is larger
	// than 2³¹−1 bytes.
	MaxDocumentSize int

	// InvalidUTF8 is the policy for invalid UTF-8. A Decoder does not check
	// text, but Resync continues at a document with invalid UTF-8 only under
	// UTF8Replace and UTF8Keep.
	InvalidUTF8 UTF8Policy

	// DocumentType is the Go type of documents in an any.
	DocumentType DocumentType
	// BinaryAsBytes decodes binaries of subtype 0 in an any as []byte; they are
	// Binary otherwise. All other subtypes are always Binary. That includes
	// subtype 2, because a []byte is written as subtype 0.
	BinaryAsBytes bool
	// UUIDRepresentation decodes binaries of this representation in an any as UUID. It is
	// also the byte order in which subtype 3 is read into a UUID.
	UUIDRepresentation UUIDRepresentation
	// DBRefs decodes documents in an any as DBRef if their first keys are $ref,
	// $id and optionally $db, in this order, so that writing the DBRef gives
	// the same bytes. DocumentType applies to other documents.
	DBRefs bool
	// TimeInAny decodes datetimes in an any as time.Time; they are DateTime
	// otherwise.
	TimeInAny bool
	// TimeRange is the policy for datetimes outside the years 1 to 9999 that
	// become a time.Time.
	TimeRange TimeRange
	// Location is the time zone of every time.Time. Nil means UTC.
	Location *time.Location

	// JSONTags makes a struct field without a bson tag use its json tag.
	JSONTags bool
	// ObjectIDAsHex lets an ObjectId decode into a string as 24 digits.
	ObjectIDAsHex bool
	// Truncate drops the fraction of a double that is decoded into an integer,
	// and digits of a double that is decoded into a float32. The tag truncate
	// does so for one struct field.
	Truncate bool
	// ZeroMaps empties a map before it is filled; otherwise its elements stay.
	ZeroMaps bool
	// ZeroStructs zeroes a struct before its fields are set; otherwise fields
	// without an element in the document keep their values.
	ZeroStructs bool

	// RejectUnknownFields makes a key that the struct does not have an
	// error that matches ErrUnknownField; it is skipped otherwise.
	RejectUnknownFields bool
	// RejectDuplicateKeys makes a repeated key in a document an error that
	// matches ErrDuplicateKey. Otherwise a D keeps both elements, and structs
	// and maps keep the last.
	RejectDuplicateKeys bool
	// RejectInexact makes two conversions an error that matches ErrInexact:
	// an integer that a floating-point destination would round, and a number
	// other than 0 and 1 into a bool.
	RejectInexact bool

	// Codecs are functions that replace the rules of this package for some
	// types.
	Codecs *Codecs
}

// EncodeOptions are the options of converting Go values to documents. The zero
// value is the default. An option out of range is an *OptionError.
type EncodeOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is how many containers may be open at once, the document
	// itself included. Zero means DefaultMaxDepth.
	MaxDepth int
	// MaxDocumentSize is the largest document that is written, in bytes. Zero
	// means 2³¹−1, the limit of BSON.
	MaxDocumentSize int

	// InvalidUTF8 is the policy for invalid UTF-8. Under UTF8Keep the options of
	// a regex stay in their order if they are not UTF-8.
	InvalidUTF8 UTF8Policy

	// UnsortedMaps writes the elements of maps in Go's order of iteration,
	// which differs each time but is faster. Maps whose keys can have the same
	// text, which is an error, are still sorted: maps with methods or
	// interfaces as keys, and all maps under UTF8Replace.
	UnsortedMaps bool
	// MinSize writes int64, uint, uint32 and uint64 as int32 if they fit. The
	// tag minsize does so for one struct field.
	MinSize bool
	// NilMapAsEmpty, NilSliceAsEmpty and NilBytesAsEmpty write a nil map, a nil
	// slice and a nil []byte as an empty document, array and binary; they are
	// null otherwise. A named slice of bytes, such as json.RawMessage, counts
	// as a slice for these options, although it is written as a binary.
	NilMapAsEmpty   bool
	NilSliceAsEmpty bool
	NilBytesAsEmpty bool
	// OmitEmpty treats all struct fields, at every depth, as if they had the
	// tag omitempty.
	OmitEmpty bool
	// OmitZeroStruct makes the tag omitempty omit structs whose exported fields
	// are all empty.
	OmitZeroStruct bool
	// JSONTags makes a struct field without a bson tag use its json tag.
	JSONTags bool
	// RejectShadowed makes it an error that matches ErrUnsupported if an
	// inlined struct and its outer struct have the same key; otherwise the
	// outer field is written.
	RejectShadowed bool
	// TextMarshalers writes every type with the method MarshalText as a
	// string. Otherwise only structs without exported fields are.
	TextMarshalers bool
	// BigIntAsDecimal writes a big.Int as a decimal128; one that does not fit
	// exactly is an error that matches ErrInexact or ErrRange. Otherwise a
	// big.Int is a string.
	BigIntAsDecimal bool
	// StringifyKeys converts keys of maps of every type with fmt.Sprint.
	StringifyKeys bool
	// UUIDRepresentation is the representation of a UUID.
	UUIDRepresentation UUIDRepresentation

	// AddID adds an _id with a new ObjectId at the front of a whole document
	// without an _id.
	AddID bool
	// HoistID moves the _id of a whole document to its front.
	HoistID bool

	// Codecs are functions that replace the rules of this package for some
	// types.
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
	// DocumentsAsAncestor makes the type of the nearest enclosing M or other
	// map[string]any, with or without a name, and D outside of such a map. It
	// is the rule of the official driver v1.
	DocumentsAsAncestor
)

// A TimeRange is a policy for datetimes outside the years 1 to 9999, which many
// formats for times do not have.
type TimeRange uint8

const (
	// TimeKeep decodes them as a time.Time of that year, and in an any as a
	// DateTime. It is the default.
	TimeKeep TimeRange = iota
	// TimeReject makes them an error that matches ErrRange.
	TimeReject
	// TimeClamp replaces them with the first or the last millisecond of the
	// range.
	TimeClamp
)

// check returns the *OptionError of an option that is out of range.
func (o *DecodeOptions) check() error {
	switch {
	case o.InvalidUTF8 > UTF8Keep:
		return outOfRange("bson.DecodeOptions.InvalidUTF8", o.InvalidUTF8)
	case o.DocumentType > DocumentsAsAncestor:
		return outOfRange("bson.DecodeOptions.DocumentType", o.DocumentType)
	case o.UUIDRepresentation > UUIDCSharpLegacy:
		return outOfRange("bson.DecodeOptions.UUIDRepresentation", o.UUIDRepresentation)
	case o.TimeRange > TimeClamp:
		return outOfRange("bson.DecodeOptions.TimeRange", o.TimeRange)
	case o.MaxDepth < 0:
		return outOfRange("bson.DecodeOptions.MaxDepth", o.MaxDepth)
	case o.MaxDocumentSize < 0:
		return outOfRange("bson.DecodeOptions.MaxDocumentSize", o.MaxDocumentSize)
	}
	return nil
}

// check returns the *OptionError of an option that is out of range.
func (o *EncodeOptions) check() error {
	switch {
	case o.InvalidUTF8 > UTF8Keep:
		return outOfRange("bson.EncodeOptions.InvalidUTF8", o.InvalidUTF8)
	case o.UUIDRepresentation > UUIDCSharpLegacy:
		return outOfRange("bson.EncodeOptions.UUIDRepresentation", o.UUIDRepresentation)
	case o.MaxDepth < 0:
		return outOfRange("bson.EncodeOptions.MaxDepth", o.MaxDepth)
	case o.MaxDocumentSize < 0:
		return outOfRange("bson.EncodeOptions.MaxDocumentSize", o.MaxDocumentSize)
	}
	return nil
}

// depthLimit returns the limit of open containers for an option MaxDepth.
func depthLimit(maxDepth int) int {
	if maxDepth <= 0 {
		return DefaultMaxDepth
	}
	return min(maxDepth, DepthCeiling)
}

func outOfRange[T ~uint8 | int](option string, value T) error {
	return &OptionError{Option: option, Value: strconv.Itoa(int(value))}
}

// Codecs is a set of functions that replace the rules of this package for some
// types. It does not change, is safe for concurrent use, and has an effect only
// in options. It caches plans of Go types, so make it once and keep it.
type Codecs struct {
	encoders map[reflect.Type]encFunc
	decoders map[reflect.Type]decFunc
	any      [256]reflect.Type // Go type of each BSON type in an any; nil: the type in likes
	likes    *likes            // nil: ownLikes
	fallback func(v any) (any, error)
	plans    planCache
}

// A Codec is an entry of Codecs: a result of TypeCodec, AnyAs or
// FallbackEncoder.
type Codec struct{ add func(*Codecs) }

// NewCodecs returns the set of the given entries. Of several entries for one
// type the last counts.
func NewCodecs(entries ...Codec) *Codecs {
	c := &Codecs{encoders: map[reflect.Type]encFunc{}, decoders: map[reflect.Type]decFunc{}}
	for _, e := range entries {
		if e.add != nil {
			e.add(c)
		}
	}
	for t, typ := range c.any {
		if typ != nil && c.likes != nil && typ == reflect.TypeOf(c.likes[t]) && c.decoders[typ] == nil {
			c.any[t] = nil // asAny is faster than a plan
		}
	}
	return c
}

// TypeCodec converts values of exactly the type T by the given functions.
// Either may be nil.
//
// encode appends the bytes that follow the key to dst and returns the longer
// slice and the BSON type. It must not change the bytes of dst. decode sets *v
// from a value; it must copy data if it keeps it. Errors are wrapped and match
// ErrHook.
func TypeCodec[T any](encode func(dst []byte, v T) ([]byte, Type, error), decode func(t Type, data []byte, v *T) error) Codec {
	typ := reflect.TypeFor[T]()
	return Codec{func(c *Codecs) {
		if encode != nil {
			c.encoders[typ] = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
				// The assertion's second result is false for a nil interface.
				value, _ := v.Interface().(T)
				at := len(dst)
				out, t, err := encode(dst, value)
				if err == nil && len(out) < at {
					return e.fail(dst, typ, ErrHook)
				}
				return e.hooked(out, at, t, typ, err)
			}
		}
		if decode != nil {
			c.decoders[typ] = func(d *decoder, v reflect.Value) {
				if err := decode(d.c.Type(), d.data(), v.Addr().Interface().(*T)); err != nil {
					d.failHook(typ, err)
				}
			}
		}
	}}
}

// AnyAs decodes values of the BSON type t into an any as the Go type T. If T
// cannot hold the value, it is an error.
func AnyAs[T any](t Type) Codec {
	typ := reflect.TypeFor[T]()
	return Codec{func(c *Codecs) {
		c.any[t] = typ
		if like := twinOf(typ); like != nil && reflect.TypeOf(like) == reflect.TypeOf(ownLikes[t]) {
			if c.likes == nil {
				own := ownLikes
				c.likes = &own
			}
			c.likes[t] = reflect.Zero(typ).Interface()
		}
	}}
}

// FallbackEncoder converts values of types that have no form in BSON: the
// result of convert is written in their place. An error of convert is wrapped
// and matches ErrHook.
func FallbackEncoder(convert func(v any) (any, error)) Codec {
	return Codec{func(c *Codecs) { c.fallback = convert }}
}
