package sink

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/differ"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file makes labels of values, for an output with a file for each value. A label is a
// byte for the kind of the value, which is a type, and a text for the name of the file. Equal
// values have equal labels, and different values have different ones:
//
//   - Numbers are equal if their values are, whatever their types. Symbols count as strings.
//   - The string "1" and the number 1 have the same text, and are of two kinds.
//   - Documents, arrays and values without a short text are equal if their bytes are. Their
//     text is the name of the type and a hash.

// Missing is the label of documents without the field.
const Missing = "\x00missing"

const (
	// longText is the largest string, in bytes, that is in a label as a whole.
	longText = 256
	// hashLen is the number of digits of a hash that stands for a value.
	hashLen = 32
)

// layoutTime is the layout of dates: ISO 8601 without colons, which names of files cannot
// have on all systems.
const layoutTime = "2006-01-02T150405.999Z"

// appendLabel appends the label of v, a valid value, to dst. The zero Value is missing.
func appendLabel(dst []byte, v bsoncore.Value) []byte {
	switch v.Type {
	case 0:
		return append(dst, Missing...)
	case bsoncore.TypeInt32, bsoncore.TypeInt64, bsoncore.TypeDouble, bsoncore.TypeDecimal128:
		return differ.AppendNumber(dst, v)
	case bsoncore.TypeString, bsoncore.TypeSymbol:
		return appendTextLabel(dst, v.Data[4:len(v.Data)-1])
	}
	dst = append(dst, byte(v.Type))
	switch v.Type {
	case bsoncore.TypeBoolean:
		if on, _ := v.BooleanOK(); on {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case bsoncore.TypeObjectID:
		id, _ := v.ObjectIDOK()
		return id.Append(dst)
	case bsoncore.TypeDateTime:
		return appendTime(dst, v)
	case bsoncore.TypeTimestamp:
		t, i, _ := v.TimestampOK()
		return numtext.AppendInt(append(numtext.AppendInt(dst, int64(t)), '.'), int64(i))
	case bsoncore.TypeNull, bsoncore.TypeUndefined, bsoncore.TypeMinKey, bsoncore.TypeMaxKey:
		return append(dst, v.Type.String()...)
	case bsoncore.TypeBinary:
		if subtype, data, _ := v.BinaryOK(); subtype == bsoncore.BinaryUUID && len(data) == len(bson.UUID{}) {
			return bson.UUID(data).Append(dst)
		}
	}
	return appendHash(append(append(dst, v.Type.String()...), '~'), v.Data, hashLen)
}

// appendTextLabel appends the label of a string. A long one is cut, and the hash of all of
// it follows.
func appendTextLabel(dst, text []byte) []byte {
	dst = append(dst, byte(bsoncore.TypeString))
	if len(text) <= longText {
		return append(dst, text...)
	}
	return appendHash(append(dst, text[:longText]...), text, 2*sha256.Size)
}

// appendTime appends the text of a date. A date whose year has not four digits is a number of
// milliseconds.
func appendTime(dst []byte, v bsoncore.Value) []byte {
	const yearOne, yearTenThousand = -62135596800000, 253402300800000
	ms, _ := v.DateTimeOK()
	if ms < yearOne || ms >= yearTenThousand {
		return append(numtext.AppendInt(dst, ms), "ms"...)
	}
	return time.UnixMilli(ms).UTC().AppendFormat(dst, layoutTime)
}

// appendHash appends the first digits of the hash of data.
func appendHash(dst, data []byte, digits int) []byte {
	sum := sha256.Sum256(data)
	n := len(dst)
	return hex.AppendEncode(dst, sum[:])[:n+digits]
}
