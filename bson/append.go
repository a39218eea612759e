package bson

import (
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the functions of package bsoncore that write elements.

// Begin is bsoncore.Begin.
func Begin(dst []byte) ([]byte, int) { return bsoncore.Begin(dst) }

// End is bsoncore.End.
func End(dst []byte, mark int) []byte { return bsoncore.End(dst, mark) }

// SetLength is bsoncore.SetLength.
func SetLength(dst []byte, mark int) { bsoncore.SetLength(dst, mark) }

// SetStringLength is bsoncore.SetStringLength.
func SetStringLength(dst []byte, mark int) { bsoncore.SetStringLength(dst, mark) }

// BeginElement is bsoncore.BeginElement.
func BeginElement(dst []byte) ([]byte, int) { return bsoncore.BeginElement(dst) }

// SetType is bsoncore.SetType.
func SetType(dst []byte, mark int, t Type) { bsoncore.SetType(dst, mark, t) }

// AppendHeader is bsoncore.AppendHeader.
func AppendHeader(dst []byte, t Type, key string) []byte {
	return bsoncore.AppendHeader(dst, t, key)
}

// AppendIndexKey is bsoncore.AppendIndexKey.
func AppendIndexKey(dst []byte, i int) []byte { return bsoncore.AppendIndexKey(dst, i) }

// BeginDocument is bsoncore.BeginDocument.
func BeginDocument(dst []byte, key string) ([]byte, int) { return bsoncore.BeginDocument(dst, key) }

// BeginArray is bsoncore.BeginArray.
func BeginArray(dst []byte, key string) ([]byte, int) { return bsoncore.BeginArray(dst, key) }

// BeginCodeWithScope is bsoncore.BeginCodeWithScope.
func BeginCodeWithScope(dst []byte, key, code string) (out []byte, value, scope int) {
	return bsoncore.BeginCodeWithScope(dst, key, code)
}

// AppendValue is bsoncore.AppendValue.
func AppendValue(dst []byte, key string, t Type, data []byte) []byte {
	return bsoncore.AppendValue(dst, key, t, data)
}

// AppendDouble is bsoncore.AppendDouble.
func AppendDouble(dst []byte, key string, v float64) []byte {
	return bsoncore.AppendDouble(dst, key, v)
}

// AppendString is bsoncore.AppendString.
func AppendString(dst []byte, key, v string) []byte { return bsoncore.AppendString(dst, key, v) }

// AppendDocument is bsoncore.AppendDocument.
func AppendDocument(dst []byte, key string, doc []byte) []byte {
	return bsoncore.AppendDocument(dst, key, doc)
}

// AppendArray is bsoncore.AppendArray.
func AppendArray(dst []byte, key string, doc []byte) []byte {
	return bsoncore.AppendArray(dst, key, doc)
}

// AppendBinary is bsoncore.AppendBinary.
func AppendBinary(dst []byte, key string, subtype byte, data []byte) []byte {
	return bsoncore.AppendBinary(dst, key, subtype, data)
}

// AppendBinaryValue is bsoncore.AppendBinaryValue.
func AppendBinaryValue(dst []byte, subtype byte, data []byte) []byte {
	return bsoncore.AppendBinaryValue(dst, subtype, data)
}

// AppendUndefined is bsoncore.AppendUndefined.
func AppendUndefined(dst []byte, key string) []byte { return bsoncore.AppendUndefined(dst, key) }

// AppendObjectID is bsoncore.AppendObjectID.
func AppendObjectID(dst []byte, key string, v objectid.ID) []byte {
	return bsoncore.AppendObjectID(dst, key, v)
}

// AppendBoolean is bsoncore.AppendBoolean.
func AppendBoolean(dst []byte, key string, v bool) []byte {
	return bsoncore.AppendBoolean(dst, key, v)
}

// AppendDateTime is bsoncore.AppendDateTime.
func AppendDateTime(dst []byte, key string, ms int64) []byte {
	return bsoncore.AppendDateTime(dst, key, ms)
}

// AppendNull is bsoncore.AppendNull.
func AppendNull(dst []byte, key string) []byte { return bsoncore.AppendNull(dst, key) }

// AppendRegex is bsoncore.AppendRegex.
func AppendRegex(dst []byte, key, pattern, options string) []byte {
	return bsoncore.AppendRegex(dst, key, pattern, options)
}

// AppendDBPointer is bsoncore.AppendDBPointer.
func AppendDBPointer(dst []byte, key, namespace string, id objectid.ID) []byte {
	return bsoncore.AppendDBPointer(dst, key, namespace, id)
}

// AppendCode is bsoncore.AppendCode.
func AppendCode(dst []byte, key, code string) []byte { return bsoncore.AppendCode(dst, key, code) }

// AppendSymbol is bsoncore.AppendSymbol.
func AppendSymbol(dst []byte, key, v string) []byte { return bsoncore.AppendSymbol(dst, key, v) }

// AppendCodeWithScope is bsoncore.AppendCodeWithScope.
func AppendCodeWithScope(dst []byte, key, code string, scope []byte) []byte {
	return bsoncore.AppendCodeWithScope(dst, key, code, scope)
}

// AppendInt32 is bsoncore.AppendInt32.
func AppendInt32(dst []byte, key string, v int32) []byte {
	return bsoncore.AppendInt32(dst, key, v)
}

// AppendTimestamp is bsoncore.AppendTimestamp.
func AppendTimestamp(dst []byte, key string, t, i uint32) []byte {
	return bsoncore.AppendTimestamp(dst, key, t, i)
}

// AppendInt64 is bsoncore.AppendInt64.
func AppendInt64(dst []byte, key string, v int64) []byte {
	return bsoncore.AppendInt64(dst, key, v)
}

// AppendDecimal128 is bsoncore.AppendDecimal128.
func AppendDecimal128(dst []byte, key string, v decimal128.Decimal) []byte {
	return bsoncore.AppendDecimal128(dst, key, v)
}

// AppendMinKey is bsoncore.AppendMinKey.
func AppendMinKey(dst []byte, key string) []byte { return bsoncore.AppendMinKey(dst, key) }

// AppendMaxKey is bsoncore.AppendMaxKey.
func AppendMaxKey(dst []byte, key string) []byte { return bsoncore.AppendMaxKey(dst, key) }
