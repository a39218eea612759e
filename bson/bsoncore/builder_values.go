package bsoncore

import (
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file holds the Builder's methods that add one value without others
// inside. Each asks element or text for leave, with the size of the value in
// bytes, and has append.go write it.

// Double adds a double; every bit of v is kept.
func (b *Builder) Double(key string, v float64) *Builder {
	if key, ok := b.element(key, 8); ok {
		b.buf = AppendDouble(b.buf, key, v)
	}
	return b
}

// String adds a string, which may contain NUL.
func (b *Builder) String(key, v string) *Builder {
	if key, ok := b.text(key, int64(len(v))+5, v); ok {
		b.buf = AppendString(b.buf, key, v)
	}
	return b
}

// Binary adds a binary. For subtype 2 the second length is added.
func (b *Builder) Binary(key string, subtype byte, data []byte) *Builder {
	size := int64(len(data)) + 5
	if subtype == BinaryBinaryOld {
		size += 4
	}
	if key, ok := b.element(key, size); ok {
		b.buf = AppendBinary(b.buf, key, subtype, data)
	}
	return b
}

// Undefined adds an undefined.
func (b *Builder) Undefined(key string) *Builder {
	if key, ok := b.element(key, 0); ok {
		b.buf = AppendUndefined(b.buf, key)
	}
	return b
}

// ObjectID adds an ObjectId.
func (b *Builder) ObjectID(key string, v objectid.ID) *Builder {
	if key, ok := b.element(key, objectid.Size); ok {
		b.buf = AppendObjectID(b.buf, key, v)
	}
	return b
}

// Boolean adds a boolean.
func (b *Builder) Boolean(key string, v bool) *Builder {
	if key, ok := b.element(key, 1); ok {
		b.buf = AppendBoolean(b.buf, key, v)
	}
	return b
}

// DateTime adds a datetime of ms milliseconds since 1970 UTC.
func (b *Builder) DateTime(key string, ms int64) *Builder {
	if key, ok := b.element(key, 8); ok {
		b.buf = AppendDateTime(b.buf, key, ms)
	}
	return b
}

// Null adds a null.
func (b *Builder) Null(key string) *Builder {
	if key, ok := b.element(key, 0); ok {
		b.buf = AppendNull(b.buf, key)
	}
	return b
}

// Regex adds a regex. The options are kept as they are given; the
// specification wants their letters sorted. A NUL in either is ErrKeyNUL.
func (b *Builder) Regex(key, pattern, options string) *Builder {
	size := int64(len(pattern)) + int64(len(options)) + 2
	key, ok := b.text(key, size, pattern)
	switch {
	case !ok:
	case strings.IndexByte(pattern, 0) >= 0, strings.IndexByte(options, 0) >= 0:
		b.fault(&key, ErrKeyNUL)
	case !utf8.ValidString(options):
		b.fault(&key, ErrUTF8)
	default:
		b.buf = AppendRegex(b.buf, key, pattern, options)
	}
	return b
}

// DBPointer adds a dbPointer.
func (b *Builder) DBPointer(key, namespace string, id objectid.ID) *Builder {
	if key, ok := b.text(key, int64(len(namespace))+5+objectid.Size, namespace); ok {
		b.buf = AppendDBPointer(b.buf, key, namespace, id)
	}
	return b
}

// Code adds JavaScript code without a scope.
func (b *Builder) Code(key, code string) *Builder {
	if key, ok := b.text(key, int64(len(code))+5, code); ok {
		b.buf = AppendCode(b.buf, key, code)
	}
	return b
}

// Symbol adds a symbol.
func (b *Builder) Symbol(key, v string) *Builder {
	if key, ok := b.text(key, int64(len(v))+5, v); ok {
		b.buf = AppendSymbol(b.buf, key, v)
	}
	return b
}

// Int32 adds an int32.
func (b *Builder) Int32(key string, v int32) *Builder {
	if key, ok := b.element(key, 4); ok {
		b.buf = AppendInt32(b.buf, key, v)
	}
	return b
}

// Timestamp adds a timestamp of t seconds since 1970 and the increment i.
func (b *Builder) Timestamp(key string, t, i uint32) *Builder {
	if key, ok := b.element(key, 8); ok {
		b.buf = AppendTimestamp(b.buf, key, t, i)
	}
	return b
}

// Int64 adds an int64.
func (b *Builder) Int64(key string, v int64) *Builder {
	if key, ok := b.element(key, 8); ok {
		b.buf = AppendInt64(b.buf, key, v)
	}
	return b
}

// Decimal128 adds a decimal128; its bits are kept.
func (b *Builder) Decimal128(key string, v decimal128.Decimal) *Builder {
	if key, ok := b.element(key, decimal128.Size); ok {
		b.buf = AppendDecimal128(b.buf, key, v)
	}
	return b
}

// MinKey adds a min key.
func (b *Builder) MinKey(key string) *Builder {
	if key, ok := b.element(key, 0); ok {
		b.buf = AppendMinKey(b.buf, key)
	}
	return b
}

// MaxKey adds a max key.
func (b *Builder) MaxKey(key string) *Builder {
	if key, ok := b.element(key, 0); ok {
		b.buf = AppendMaxKey(b.buf, key)
	}
	return b
}
