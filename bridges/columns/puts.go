package columns

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	arrow128 "github.com/apache/arrow-go/v18/arrow/decimal128"
	arrow256 "github.com/apache/arrow-go/v18/arrow/decimal256"
	"github.com/apache/arrow-go/v18/arrow/float16"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file has the putters of sources: each appends a value of a Go type as BSON.

func putNothing(t bsoncore.Type) putter[struct{}] {
	return func(dst []byte, _ struct{}) ([]byte, bsoncore.Type, error) { return dst, t, nil }
}

// putSign is for columns whose values say only that there is one: true.
func putSign(put putter[struct{}]) putter[bool] {
	return func(dst []byte, v bool) ([]byte, bsoncore.Type, error) {
		if !v {
			return dst, 0, fmt.Errorf("%w: false, want true or null", ErrValue)
		}
		return put(dst, struct{}{})
	}
}

func putEmpty(dst []byte, _ struct{}) ([]byte, bsoncore.Type, error) {
	dst, mark := bsoncore.Begin(dst)
	return bsoncore.End(dst, mark), bsoncore.TypeDocument, nil
}

func putBoolean(dst []byte, v bool) ([]byte, bsoncore.Type, error) {
	b := byte(0)
	if v {
		b = 1
	}
	return append(dst, b), bsoncore.TypeBoolean, nil
}

// putBool8 is for booleans of a byte, where any value but 0 is true.
func putBool8(dst []byte, v int8) ([]byte, bsoncore.Type, error) { return putBoolean(dst, v != 0) }

func putInt32[T int8 | int16 | int32 | uint8 | uint16](dst []byte, v T) ([]byte, bsoncore.Type, error) {
	return binary.LittleEndian.AppendUint32(dst, uint32(int32(v))), bsoncore.TypeInt32, nil
}

func putInt64[T int64 | uint32](dst []byte, v T) ([]byte, bsoncore.Type, error) {
	return appendInt64(dst, int64(v)), bsoncore.TypeInt64, nil
}

func putUint64(dst []byte, v uint64) ([]byte, bsoncore.Type, error) {
	if v > math.MaxInt64 {
		return dst, 0, fmt.Errorf("%w: %d is larger than the largest int64", ErrValue, v)
	}
	return appendInt64(dst, int64(v)), bsoncore.TypeInt64, nil
}

func putFloat16(dst []byte, v float16.Num) ([]byte, bsoncore.Type, error) {
	return putFloat32(dst, v.Float32())
}

func putFloat32(dst []byte, v float32) ([]byte, bsoncore.Type, error) {
	return putDouble(dst, float64(v))
}

func putDouble(dst []byte, v float64) ([]byte, bsoncore.Type, error) {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v)), bsoncore.TypeDouble, nil
}

func appendInt64(dst []byte, v int64) []byte {
	return binary.LittleEndian.AppendUint64(dst, uint64(v))
}

// putText is for the BSON types that are a text.
func putText(t bsoncore.Type) putter[string] {
	return func(dst []byte, v string) ([]byte, bsoncore.Type, error) {
		dst, err := appendText(dst, v)
		return dst, t, err
	}
}

func appendText(dst []byte, v string) ([]byte, error) {
	if !utf8.ValidString(v) {
		return dst, fmt.Errorf("%w: invalid UTF-8", ErrValue)
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(v)+1))
	return append(append(dst, v...), 0), nil
}

// appendName appends a text that ends at its NUL: a key, or a part of a regex.
func appendName(dst []byte, v string) ([]byte, error) {
	if !utf8.ValidString(v) {
		return dst, fmt.Errorf("%w: invalid UTF-8", ErrValue)
	}
	if strings.IndexByte(v, 0) >= 0 {
		return dst, fmt.Errorf("%w: NUL in a key or regex", ErrValue)
	}
	return append(append(dst, v...), 0), nil
}

func putBinary(subtype byte) putter[[]byte] {
	return func(dst, v []byte) ([]byte, bsoncore.Type, error) {
		return bsoncore.AppendBinaryValue(dst, subtype, v), bsoncore.TypeBinary, nil
	}
}

func putSubtyped(dst []byte, subtype uint8, v []byte) ([]byte, bsoncore.Type, error) {
	return bsoncore.AppendBinaryValue(dst, subtype, v), bsoncore.TypeBinary, nil
}

func putObjectID(dst, v []byte) ([]byte, bsoncore.Type, error) {
	dst, err := appendFixed(dst, v, 12)
	return dst, bsoncore.TypeObjectID, err
}

func appendFixed(dst, v []byte, size int) ([]byte, error) {
	if len(v) != size {
		return dst, fmt.Errorf("%w: %d bytes, want %d", ErrValue, len(v), size)
	}
	return append(dst, v...), nil
}

const msPerDay = 24 * 60 * 60 * 1000

func putDay(dst []byte, v arrow.Date32) ([]byte, bsoncore.Type, error) {
	return appendInt64(dst, int64(v)*msPerDay), bsoncore.TypeDateTime, nil
}

func putDate64(dst []byte, v arrow.Date64) ([]byte, bsoncore.Type, error) {
	return appendInt64(dst, int64(v)), bsoncore.TypeDateTime, nil
}

// perSecond has the number of units in a second.
var perSecond = [...]int64{arrow.Second: 1, arrow.Millisecond: 1e3, arrow.Microsecond: 1e6, arrow.Nanosecond: 1e9}

// putTime is for timestamps: milliseconds, exact unless times says otherwise.
func putTime(unit arrow.TimeUnit, times Times) putter[arrow.Timestamp] {
	if unit == arrow.Millisecond {
		return func(dst []byte, v arrow.Timestamp) ([]byte, bsoncore.Type, error) {
			return appendInt64(dst, int64(v)), bsoncore.TypeDateTime, nil
		}
	}
	if unit == arrow.Second {
		return func(dst []byte, v arrow.Timestamp) ([]byte, bsoncore.Type, error) {
			if v < math.MinInt64/1000 || v > math.MaxInt64/1000 {
				return dst, 0, fmt.Errorf("%w: %d seconds are too many for milliseconds", ErrValue, v)
			}
			return appendInt64(dst, int64(v)*1000), bsoncore.TypeDateTime, nil
		}
	}
	perMilli := perSecond[unit] / 1000
	return func(dst []byte, v arrow.Timestamp) ([]byte, bsoncore.Type, error) {
		ms, rest := int64(v)/perMilli, int64(v)%perMilli
		if rest != 0 && times == TimesExact {
			return dst, 0, fmt.Errorf("%w: %d %s", ErrFineTime, v, unit)
		}
		if rest < 0 {
			ms--
		}
		return appendInt64(dst, ms), bsoncore.TypeDateTime, nil
	}
}

// putClock is for times of day: text in the form of ISO 8601.
func putClock[T arrow.Time32 | arrow.Time64](unit arrow.TimeUnit) putter[T] {
	layout := "15:04:05" + map[arrow.TimeUnit]string{arrow.Millisecond: ".000", arrow.Microsecond: ".000000", arrow.Nanosecond: ".000000000"}[unit]
	return func(dst []byte, v T) ([]byte, bsoncore.Type, error) {
		if v < 0 || int64(v) >= 24*60*60*perSecond[unit] {
			return dst, 0, fmt.Errorf("%w: %d %s is not a time of day", ErrValue, v, unit)
		}
		ns := int64(v) * (1e9 / perSecond[unit])
		dst, err := appendText(dst, time.Unix(0, ns).UTC().Format(layout))
		return dst, bsoncore.TypeString, err
	}
}

// putDecimal128 is for coefficients of up to 128 bits. The exponent becomes -scale.
func putDecimal128(dst []byte, v arrow128.Num, scale int) ([]byte, bsoncore.Type, error) {
	abs := v.Abs()
	d, err := decimal128.FromCoefficient(uint64(abs.HighBits()), abs.LowBits(), -scale)
	if err != nil { // zeros at the end may be too many
		d, err = decimal128.FromScaledBigInt(abs.BigInt(), -scale)
	}
	if err != nil {
		return dst, 0, fmt.Errorf("%w: %w", ErrValue, err)
	}
	if v.Sign() < 0 {
		d = d.Neg()
	}
	return d.AppendBytes(dst), bsoncore.TypeDecimal128, nil
}

func putDecimal256(scale int32) putter[arrow256.Num] {
	return func(dst []byte, v arrow256.Num) ([]byte, bsoncore.Type, error) {
		d, err := decimal128.FromScaledBigInt(v.BigInt(), -int(scale))
		if err != nil {
			return dst, 0, fmt.Errorf("%w: %w", ErrValue, err)
		}
		return d.AppendBytes(dst), bsoncore.TypeDecimal128, nil
	}
}

func putDecimalText(dst []byte, v string) ([]byte, bsoncore.Type, error) {
	d, err := decimal128.Parse(v)
	if err != nil {
		return dst, 0, fmt.Errorf("%w: %w", ErrValue, err)
	}
	return d.AppendBytes(dst), bsoncore.TypeDecimal128, nil
}

func putDecimalBits(dst, v []byte) ([]byte, bsoncore.Type, error) {
	dst, err := appendFixed(dst, v, 16)
	return dst, bsoncore.TypeDecimal128, err
}

func putRegex(dst []byte, pattern, options string) ([]byte, bsoncore.Type, error) {
	dst, err := appendName(dst, pattern)
	if err == nil {
		dst, err = appendName(dst, options)
	}
	return dst, bsoncore.TypeRegex, err
}

func putRegexText(dst []byte, v string) ([]byte, bsoncore.Type, error) {
	end := strings.LastIndexByte(v, '/')
	if end <= 0 || v[0] != '/' {
		return dst, 0, fmt.Errorf("%w: a regex without two slashes", ErrValue)
	}
	return putRegex(dst, v[1:end], v[end+1:])
}

func putTimestamp(dst []byte, t, i uint32) ([]byte, bsoncore.Type, error) {
	dst = binary.LittleEndian.AppendUint32(dst, i)
	return binary.LittleEndian.AppendUint32(dst, t), bsoncore.TypeTimestamp, nil
}

func putDBPointer(dst []byte, namespace string, id []byte) ([]byte, bsoncore.Type, error) {
	dst, err := appendText(dst, namespace)
	if err == nil {
		dst, err = appendFixed(dst, id, 12)
	}
	return dst, bsoncore.TypeDBPointer, err
}

// putCodeWithScope checks the scope, a document.
func putCodeWithScope(o *Options) func([]byte, string, []byte) ([]byte, bsoncore.Type, error) {
	validate := bsoncore.ValidateOptions{MaxDepth: o.MaxDepth}
	return func(dst []byte, code string, scope []byte) ([]byte, bsoncore.Type, error) {
		if err := validate.Validate(scope); err != nil {
			return dst, 0, fmt.Errorf("%w: scope: %w", ErrValue, err)
		}
		mark := len(dst)
		dst, err := appendText(append(dst, 0, 0, 0, 0), code)
		dst = append(dst, scope...)
		bsoncore.SetLength(dst, mark)
		return dst, bsoncore.TypeCodeWithScope, err
	}
}

func putJSON(o *Options) putter[string] {
	decode := extjson.DecodeOptions{CanonicalOnly: true, MaxDepth: o.MaxDepth}
	return func(dst []byte, v string) ([]byte, bsoncore.Type, error) {
		dst, t, err := decode.AppendBSONValue(dst, []byte(v))
		if err != nil {
			return dst, 0, fmt.Errorf("%w: %w", ErrValue, err)
		}
		return dst, t, nil
	}
}
