package bson

import (
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

// ObjectIDFromHex is objectid.Parse.
func ObjectIDFromHex(s string) (ObjectID, error) { return objectid.Parse(s) }

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
