package bson

import (
	"io"
	"math/big"
	"time"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has frequent names of the official driver, for names that differ
// here or are in another package.

// ObjectID is objectid.ID.
type ObjectID = objectid.ID

// NilObjectID is the zero ObjectID.
var NilObjectID ObjectID

// NewObjectID is objectid.New.
func NewObjectID() ObjectID { return objectid.New() }

// NewObjectIDFromTimestamp returns a new id of the second that t lies in,
// modulo 2³² seconds. For the bounds of a range use objectid.FromTime.
func NewObjectIDFromTimestamp(t time.Time) ObjectID {
	id := objectid.New()
	s := uint32(t.Unix())
	id[0], id[1], id[2], id[3] = byte(s>>24), byte(s>>16), byte(s>>8), byte(s)
	return id
}

// ErrInvalidHex is objectid.ErrInvalidHex: a text is not 24 hexadecimal digits.
var ErrInvalidHex = objectid.ErrInvalidHex

// ObjectIDFromHex is objectid.Parse, but its error is ErrInvalidHex itself, which
// programs for the driver compare with ==.
func ObjectIDFromHex(s string) (ObjectID, error) {
	id, err := objectid.Parse(s)
	if err != nil {
		return id, ErrInvalidHex
	}
	return id, nil
}

// IsValidObjectID reports whether ObjectIDFromHex accepts s.
func IsValidObjectID(s string) bool {
	_, err := objectid.Parse(s)
	return err == nil
}

// Decimal128 is decimal128.Decimal.
type Decimal128 = decimal128.Decimal

// NewDecimal128 is decimal128.FromBits.
func NewDecimal128(h, l uint64) Decimal128 { return decimal128.FromBits(h, l) }

// ParseDecimal128 is decimal128.Parse.
func ParseDecimal128(s string) (Decimal128, error) { return decimal128.Parse(s) }

// ParseDecimal128FromBigInt is decimal128.FromScaledBigInt; false if that
// returns an error.
func ParseDecimal128FromBigInt(v *big.Int, exponent int) (Decimal128, bool) {
	d, err := decimal128.FromScaledBigInt(v, exponent)
	return d, err == nil
}

// The exponents of a Decimal128.
const (
	MaxDecimal128Exp = decimal128.MaxExponent
	MinDecimal128Exp = decimal128.MinExponent
)

// CompareTimestamp is t.Compare(u).
func CompareTimestamp(t, u Timestamp) int { return t.Compare(u) }

// NewDateTimeFromTime is DateTimeOf; a time out of range gives the nearest
// DateTime.
func NewDateTimeFromTime(t time.Time) DateTime {
	d, _ := DateTimeOf(t)
	return d
}

// JavaScript is Code.
type JavaScript = Code

// The driver's names of types and subtypes that have another name here.
const (
	TypeEmbeddedDocument = TypeDocument
	TypeJavaScript       = TypeCode

	TypeBinaryGeneric     = BinaryGeneric
	TypeBinaryFunction    = BinaryFunction
	TypeBinaryBinaryOld   = BinaryBinaryOld
	TypeBinaryUUIDOld     = BinaryUUIDOld
	TypeBinaryUUID        = BinaryUUID
	TypeBinaryMD5         = BinaryMD5
	TypeBinaryEncrypted   = BinaryEncrypted
	TypeBinaryColumn      = BinaryColumn
	TypeBinarySensitive   = BinarySensitive
	TypeBinaryVector      = BinaryVector
	TypeBinaryUserDefined = BinaryUserDefined

	Int8Vector      = VectorInt8
	Float32Vector   = VectorFloat32
	PackedBitVector = VectorPackedBit
)

// NewDocumentReader returns r. It is for code that calls
// NewDecoder(NewDocumentReader(r)).
func NewDocumentReader(r io.Reader) io.Reader { return r }

// NewDocumentWriter returns w. It is for code that calls
// NewEncoder(NewDocumentWriter(w)).
func NewDocumentWriter(w io.Writer) io.Writer { return w }

// The methods below set options of the next calls of Decode.

// DefaultDocumentM sets DecodeOptions.DocumentType to DocumentsAsM.
func (d *Decoder) DefaultDocumentM() { d.opts.DocumentType = DocumentsAsM }

// DefaultDocumentMap sets DecodeOptions.DocumentType to DocumentsAsMap.
func (d *Decoder) DefaultDocumentMap() { d.opts.DocumentType = DocumentsAsMap }

// AllowTruncatingDoubles sets DecodeOptions.Truncate.
func (d *Decoder) AllowTruncatingDoubles() { d.opts.Truncate = true }

// BinaryAsSlice sets DecodeOptions.BinaryAsBytes.
func (d *Decoder) BinaryAsSlice() { d.opts.BinaryAsBytes = true }

// ObjectIDAsHexString sets DecodeOptions.ObjectIDAsHex.
func (d *Decoder) ObjectIDAsHexString() { d.opts.ObjectIDAsHex = true }

// UseJSONStructTags sets DecodeOptions.JSONTags.
func (d *Decoder) UseJSONStructTags() { d.opts.JSONTags = true }

// UseLocalTimeZone sets DecodeOptions.Location to time.Local.
func (d *Decoder) UseLocalTimeZone() { d.opts.Location = time.Local }

// ZeroMaps sets DecodeOptions.ZeroMaps.
func (d *Decoder) ZeroMaps() { d.opts.ZeroMaps = true }

// ZeroStructs sets DecodeOptions.ZeroStructs.
func (d *Decoder) ZeroStructs() { d.opts.ZeroStructs = true }

// The methods below set options of the next calls of Encode.

// ErrorOnInlineDuplicates sets EncodeOptions.RejectShadowed.
func (e *Encoder) ErrorOnInlineDuplicates() { e.opts.RejectShadowed = true }

// IntMinSize sets EncodeOptions.MinSize.
func (e *Encoder) IntMinSize() { e.opts.MinSize = true }

// StringifyMapKeysWithFmt sets EncodeOptions.StringifyKeys.
func (e *Encoder) StringifyMapKeysWithFmt() { e.opts.StringifyKeys = true }

// NilMapAsEmpty sets EncodeOptions.NilMapAsEmpty.
func (e *Encoder) NilMapAsEmpty() { e.opts.NilMapAsEmpty = true }

// NilSliceAsEmpty sets EncodeOptions.NilSliceAsEmpty.
func (e *Encoder) NilSliceAsEmpty() { e.opts.NilSliceAsEmpty = true }

// NilByteSliceAsEmpty sets EncodeOptions.NilBytesAsEmpty.
func (e *Encoder) NilByteSliceAsEmpty() { e.opts.NilBytesAsEmpty = true }

// OmitZeroStruct sets EncodeOptions.OmitZeroStruct.
func (e *Encoder) OmitZeroStruct() { e.opts.OmitZeroStruct = true }

// OmitEmpty sets EncodeOptions.OmitEmpty.
func (e *Encoder) OmitEmpty() { e.opts.OmitEmpty = true }

// UseJSONStructTags sets EncodeOptions.JSONTags.
func (e *Encoder) UseJSONStructTags() { e.opts.JSONTags = true }
