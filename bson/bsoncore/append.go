package bsoncore

import (
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes elements onto the end of a byte slice.
//
//   - Begin, BeginDocument, BeginArray and BeginCodeWithScope reserve a length
//     and return a mark; End fills it in. A mark is the offset in dst of the
//     reserved bytes, so it stays valid when dst grows.
//   - Append<Type> writes a whole element: type, key, value.
//   - BeginElement reserves a type that is not known yet; SetType fills it in.
//
// Nothing here fails. The caller must ensure that keys and the parts of a regex
// contain no NUL, that strings are UTF-8, and that a document stays below 2³¹
// bytes. Builder checks this.

// Begin starts a document at the end of dst and returns the longer slice and
// the mark that End needs.
func Begin(dst []byte) ([]byte, int) {
	return append(dst, 0, 0, 0, 0), len(dst)
}

// End finishes the document, array or scope begun at mark and returns the
// longer slice.
func End(dst []byte, mark int) []byte {
	dst = append(dst, 0)
	SetLength(dst, mark)
	return dst
}

// SetLength writes the number of bytes from mark to the end of dst, the
// length itself included, into the four bytes reserved at mark.
func SetLength(dst []byte, mark int) {
	binary.LittleEndian.PutUint32(dst[mark:], uint32(len(dst)-mark))
}

// SetStringLength writes the length of the string whose four length bytes
// were reserved at mark and whose bytes and NUL run to the end of dst.
func SetStringLength(dst []byte, mark int) {
	binary.LittleEndian.PutUint32(dst[mark:], uint32(len(dst)-mark-4))
}

// BeginElement reserves the type byte of an element and returns the mark for
// SetType. The caller then writes the key and the value.
func BeginElement(dst []byte) ([]byte, int) {
	return append(dst, 0), len(dst)
}

// SetType writes the type of the element begun at mark.
func SetType(dst []byte, mark int, t Type) { dst[mark] = byte(t) }

// AppendHeader appends the type byte, the key and its NUL.
func AppendHeader(dst []byte, t Type, key string) []byte {
	dst = append(dst, byte(t))
	dst = append(dst, key...)
	return append(dst, 0)
}

// AppendIndexKey appends the key of element i of an array, i in decimal, and
// its NUL, without a type byte.
func AppendIndexKey(dst []byte, i int) []byte {
	if i < 10 {
		return append(dst, byte('0'+i), 0)
	}
	var digits [20]byte
	n := len(digits) - 1 // the last byte is the NUL
	for ; i > 0; i /= 10 {
		n--
		digits[n] = byte('0' + i%10)
	}
	return append(dst, digits[n:]...)
}

// BeginDocument starts an element that is a document; End finishes it.
func BeginDocument(dst []byte, key string) ([]byte, int) {
	return Begin(AppendHeader(dst, TypeDocument, key))
}

// BeginArray starts an element that is an array; End finishes it. The keys
// of its elements are "0", "1", …; see AppendIndexKey.
func BeginArray(dst []byte, key string) ([]byte, int) {
	return Begin(AppendHeader(dst, TypeArray, key))
}

// BeginCodeWithScope starts an element that is code with scope and returns
// two marks: End is called with scope when the scope's elements are written,
// then SetLength with value.
func BeginCodeWithScope(dst []byte, key, code string) (out []byte, value, scope int) {
	dst = AppendHeader(dst, TypeCodeWithScope, key)
	dst, value = Begin(dst)
	dst = appendText(dst, code)
	dst, scope = Begin(dst)
	return dst, value, scope
}

// AppendValue appends an element of type t whose value is data: the bytes
// that follow the key, as Cursor.Data and Value.Data give them.
func AppendValue(dst []byte, key string, t Type, data []byte) []byte {
	return append(AppendHeader(dst, t, key), data...)
}

// AppendDouble appends a double; every bit of v is kept.
func AppendDouble(dst []byte, key string, v float64) []byte {
	dst = AppendHeader(dst, TypeDouble, key)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendString appends a string.
func AppendString(dst []byte, key, v string) []byte {
	return appendText(AppendHeader(dst, TypeString, key), v)
}

// AppendDocument appends a whole document.
func AppendDocument(dst []byte, key string, doc []byte) []byte {
	return AppendValue(dst, key, TypeDocument, doc)
}

// AppendArray appends a whole array.
func AppendArray(dst []byte, key string, doc []byte) []byte {
	return AppendValue(dst, key, TypeArray, doc)
}

// AppendBinary appends a binary. For subtype 2 the second length is added.
func AppendBinary(dst []byte, key string, subtype byte, data []byte) []byte {
	return AppendBinaryValue(AppendHeader(dst, TypeBinary, key), subtype, data)
}

// AppendBinaryValue appends a binary without type and key.
func AppendBinaryValue(dst []byte, subtype byte, data []byte) []byte {
	n := uint32(len(data))
	if subtype != BinaryBinaryOld {
		dst = binary.LittleEndian.AppendUint32(dst, n)
		dst = append(dst, subtype)
		return append(dst, data...)
	}
	dst = binary.LittleEndian.AppendUint32(dst, n+4)
	dst = append(dst, subtype)
	dst = binary.LittleEndian.AppendUint32(dst, n)
	return append(dst, data...)
}

// AppendUndefined appends an undefined.
func AppendUndefined(dst []byte, key string) []byte {
	return AppendHeader(dst, TypeUndefined, key)
}

// AppendObjectID appends an ObjectId.
func AppendObjectID(dst []byte, key string, v objectid.ID) []byte {
	return append(AppendHeader(dst, TypeObjectID, key), v[:]...)
}

// AppendBoolean appends a boolean.
func AppendBoolean(dst []byte, key string, v bool) []byte {
	dst = AppendHeader(dst, TypeBoolean, key)
	if v {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// AppendDateTime appends a datetime of ms milliseconds since 1970 UTC.
func AppendDateTime(dst []byte, key string, ms int64) []byte {
	return binary.LittleEndian.AppendUint64(AppendHeader(dst, TypeDateTime, key), uint64(ms))
}

// AppendNull appends a null.
func AppendNull(dst []byte, key string) []byte { return AppendHeader(dst, TypeNull, key) }

// AppendRegex appends a regex. The options are written unchanged; the
// specification requires sorted letters.
func AppendRegex(dst []byte, key, pattern, options string) []byte {
	dst = AppendHeader(dst, TypeRegex, key)
	dst = append(dst, pattern...)
	dst = append(dst, 0)
	dst = append(dst, options...)
	return append(dst, 0)
}

// AppendDBPointer appends a dbPointer.
func AppendDBPointer(dst []byte, key, namespace string, id objectid.ID) []byte {
	return append(appendText(AppendHeader(dst, TypeDBPointer, key), namespace), id[:]...)
}

// AppendCode appends JavaScript code without a scope.
func AppendCode(dst []byte, key, code string) []byte {
	return appendText(AppendHeader(dst, TypeCode, key), code)
}

// AppendSymbol appends a symbol.
func AppendSymbol(dst []byte, key, v string) []byte {
	return appendText(AppendHeader(dst, TypeSymbol, key), v)
}

// AppendCodeWithScope appends JavaScript code and its scope, a whole document.
func AppendCodeWithScope(dst []byte, key, code string, scope []byte) []byte {
	dst, mark := Begin(AppendHeader(dst, TypeCodeWithScope, key))
	dst = append(appendText(dst, code), scope...)
	SetLength(dst, mark)
	return dst
}

// AppendInt32 appends an int32.
func AppendInt32(dst []byte, key string, v int32) []byte {
	return binary.LittleEndian.AppendUint32(AppendHeader(dst, TypeInt32, key), uint32(v))
}

// AppendTimestamp appends a timestamp of t seconds since 1970 and the
// increment i.
func AppendTimestamp(dst []byte, key string, t, i uint32) []byte {
	dst = AppendHeader(dst, TypeTimestamp, key)
	return binary.LittleEndian.AppendUint64(dst, uint64(t)<<32|uint64(i))
}

// AppendInt64 appends an int64.
func AppendInt64(dst []byte, key string, v int64) []byte {
	return binary.LittleEndian.AppendUint64(AppendHeader(dst, TypeInt64, key), uint64(v))
}

// AppendDecimal128 appends a decimal128 with all its bits.
func AppendDecimal128(dst []byte, key string, v decimal128.Decimal) []byte {
	hi, lo := v.Bits()
	dst = binary.LittleEndian.AppendUint64(AppendHeader(dst, TypeDecimal128, key), lo)
	return binary.LittleEndian.AppendUint64(dst, hi)
}

// AppendMinKey appends a min key.
func AppendMinKey(dst []byte, key string) []byte { return AppendHeader(dst, TypeMinKey, key) }

// AppendMaxKey appends a max key.
func AppendMaxKey(dst []byte, key string) []byte { return AppendHeader(dst, TypeMaxKey, key) }

// appendText appends the value of a string: length, bytes, NUL.
func appendText(dst []byte, s string) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)+1))
	dst = append(dst, s...)
	return append(dst, 0)
}
