package query

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file gives values another type.
//
//   - convert has the cases of all types and finds the converter of the type.
//   - A converter appends the equal value of its type, or reports that there is none.
//   - wholeOf, doubleOf, decimalOf and dateOf are the values of other types as numbers
//     and dates. Texts and dates are those of package extjson.
//
// Rules: docs/query.md, "Types of values".

// A converter appends the data of a value that is equal to v; false if there is none.
type converter func(dst []byte, v bsoncore.Value) ([]byte, bool)

// converters has the converter to each type.
var converters = [256]converter{
	bsoncore.TypeInt32:      toInt32,
	bsoncore.TypeInt64:      toInt64,
	bsoncore.TypeDouble:     toDouble,
	bsoncore.TypeDecimal128: toDecimal,
	bsoncore.TypeString:     toString,
	bsoncore.TypeDateTime:   toDate,
	bsoncore.TypeObjectID:   toObjectID,
	bsoncore.TypeBoolean:    toBoolean,
}

// convert appends the data of the value of type to that is equal to v, and returns its
// type. Null stays null.
func convert(dst []byte, to bsoncore.Type, v bsoncore.Value) ([]byte, bsoncore.Type, error) {
	if v.Type == to || v.Type == bsoncore.TypeNull {
		return append(dst, v.Data...), v.Type, nil
	}
	n := len(dst)
	dst, ok := converters[to](dst, v)
	if !ok {
		return dst[:n], to, fmt.Errorf("%w: this %s has no exact equal of type %s", ErrRetype, nameOf(v.Type), nameOf(to))
	}
	return dst, to, nil
}

// nameOf returns the name of a type in edits.
func nameOf(t bsoncore.Type) string {
	for name, of := range retypes {
		if of == t {
			return name
		}
	}
	return t.String()
}

func toInt32(dst []byte, v bsoncore.Value) ([]byte, bool) {
	n, ok := wholeOf(v)
	return binary.LittleEndian.AppendUint32(dst, uint32(n)), ok && n == int64(int32(n))
}

func toInt64(dst []byte, v bsoncore.Value) ([]byte, bool) {
	n, ok := wholeOf(v)
	return binary.LittleEndian.AppendUint64(dst, uint64(n)), ok
}

func toDouble(dst []byte, v bsoncore.Value) ([]byte, bool) {
	f, ok := doubleOf(v)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), ok
}

func toDecimal(dst []byte, v bsoncore.Value) ([]byte, bool) {
	d, ok := decimalOf(v)
	return d.AppendBytes(dst), ok
}

func toDate(dst []byte, v bsoncore.Value) ([]byte, bool) {
	ms, ok := dateOf(dst, v)
	return binary.LittleEndian.AppendUint64(dst, uint64(ms)), ok
}

func toObjectID(dst []byte, v bsoncore.Value) ([]byte, bool) {
	text, ok := textOf(v)
	if !ok {
		return dst, false
	}
	id, err := objectid.Parse(text)
	return append(dst, id[:]...), err == nil
}

func toBoolean(dst []byte, v bsoncore.Value) ([]byte, bool) {
	if text, ok := textOf(v); ok {
		if string(text) == "true" {
			return append(dst, 1), true
		}
		return append(dst, 0), string(text) == "false"
	}
	n, ok := exactly(v)
	return append(dst, byte(n)), ok && uint64(n) <= 1
}

// textOf returns the bytes of a string.
func textOf(v bsoncore.Value) ([]byte, bool) {
	if v.Type != bsoncore.TypeString {
		return nil, false
	}
	return v.Data[4 : len(v.Data)-1], true
}

// wholeOf returns the whole number that v is equal to.
func wholeOf(v bsoncore.Value) (int64, bool) {
	switch v.Type {
	case bsoncore.TypeBoolean:
		return int64(v.Data[0]), true
	case bsoncore.TypeDateTime:
		return v.DateTimeOK()
	case bsoncore.TypeString:
		d, ok := decimalOf(v)
		if !ok {
			return 0, false
		}
		n, err := d.Int64()
		return n, err == nil
	}
	return exactly(v)
}

// doubleOf returns the double that v is equal to. A decimal is also equal to the double
// whose shortest text it is.
func doubleOf(v bsoncore.Value) (float64, bool) {
	if v.Type == bsoncore.TypeString || v.Type == bsoncore.TypeDecimal128 {
		d, ok := decimalOf(v)
		if !ok {
			return 0, false
		}
		if f := d.NearestFloat64(); decimal128.FromFloat64(f).Equal(d) {
			return f, true
		}
		f, err := d.Float64()
		return f, err == nil
	}
	n, ok := wholeOf(v)
	f := float64(n)
	return f, ok && f < -math.MinInt64 && int64(f) == n
}

// decimalOf returns the decimal that v is equal to, for a double that of its shortest
// text.
func decimalOf(v bsoncore.Value) (decimal128.Decimal, bool) {
	switch v.Type {
	case bsoncore.TypeDecimal128:
		return v.Decimal128OK()
	case bsoncore.TypeDouble:
		f, ok := v.DoubleOK()
		return decimal128.FromFloat64(f), ok
	case bsoncore.TypeString:
		text, _ := textOf(v)
		d, err := decimal128.Parse(text)
		return d, err == nil
	}
	n, ok := wholeOf(v)
	return decimal128.FromInt64(n), ok
}

// dateOf returns the milliseconds of the date that v is. The bytes of scratch behind its
// end may change.
func dateOf(scratch []byte, v bsoncore.Value) (ms int64, ok bool) {
	switch v.Type {
	case bsoncore.TypeString:
		text, _ := textOf(v)
		return readDate(scratch, text)
	case bsoncore.TypeTimestamp:
		t, i, ok := v.TimestampOK()
		return int64(t) * 1000, ok && i == 0
	case bsoncore.TypeBoolean:
		return 0, false
	}
	return wholeOf(v)
}

const (
	lengthOfDay = len("2006-01-02")
	maxDateText = 64 // bytes of the longest date that is read
)

// readDate reads a date as extjson does, or a day without a time, which is its start in
// UTC. The bytes of scratch behind its end may change.
func readDate(scratch, text []byte) (ms int64, ok bool) {
	if len(text) > maxDateText {
		return 0, false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && c != '-' && c != ':' && c != '.' && c != 'T' && c != 'Z' && c != '+' {
			return 0, false
		}
	}
	n := len(scratch)
	scratch = append(append(scratch, `{"$date":"`...), text...)
	if len(text) == lengthOfDay {
		scratch = append(scratch, "T00:00:00Z"...)
	}
	scratch = append(scratch, `"}`...)
	end := len(scratch)
	scratch, _, err := extjson.DecodeOptions{}.AppendBSONValue(scratch, scratch[n:])
	if err != nil {
		return 0, false
	}
	return int64(binary.LittleEndian.Uint64(scratch[end:])), true
}

// toString appends the text of v. That of a symbol or code is its own; other values have
// that of mode Plain, without quotes.
func toString(dst []byte, v bsoncore.Value) ([]byte, bool) {
	switch v.Type {
	case bsoncore.TypeSymbol, bsoncore.TypeCode:
		return append(dst, v.Data...), true
	case bsoncore.TypeBinary:
		subtype, data, _ := v.BinaryOK()
		if subtype != bsoncore.BinaryGeneric && (subtype != bsoncore.BinaryUUID || len(data) != 16) {
			return dst, false
		}
	case bsoncore.TypeDouble, bsoncore.TypeDecimal128, bsoncore.TypeInt32, bsoncore.TypeInt64, bsoncore.TypeBoolean,
		bsoncore.TypeDateTime, bsoncore.TypeObjectID, bsoncore.TypeTimestamp:
	default:
		return dst, false
	}
	mark := len(dst)
	plain := extjson.EncodeOptions{Mode: extjson.Plain, NonFinite: extjson.NonFiniteText}
	dst, err := plain.AppendJSONValue(append(dst, 0, 0, 0, 0), v.Type, v.Data)
	if err != nil {
		return dst, false
	}
	if text := dst[mark+4:]; text[0] == '"' {
		dst = append(dst[:mark+4], text[1:len(text)-1]...)
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, mark)
	return dst, true
}
