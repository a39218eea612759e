package bsoncore

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads the current element of the Cursor. It makes no checks: Next
// has checked that the value lies inside its container.

// Type returns the type of the current element.
func (c *Cursor) Type() Type { return c.typ }

// Key returns the key of the current element without its NUL. It aliases the
// input and is not checked to be UTF-8. A bare value has the key "".
func (c *Cursor) Key() []byte {
	if c.val == 0 {
		return nil
	}
	return c.src[c.at+1 : c.val-1]
}

// KeyIsASCII reports whether the current key is known to be ASCII, so that a
// client need not check its UTF-8.
func (c *Cursor) KeyIsASCII() bool { return c.keyHighs == 0 }

// Data returns the current value: the bytes after the key's NUL, length
// prefixes and terminators included. It aliases the input.
func (c *Cursor) Data() []byte { return c.src[c.val:c.off] }

// Offset returns the byte offset of the current element's type byte.
func (c *Cursor) Offset() int { return c.at }

// ValueOffset returns the byte offset of the first byte of Data.
func (c *Cursor) ValueOffset() int { return c.val }

// Depth returns how many containers are open; the document is the first.
func (c *Cursor) Depth() int { return int(c.depth) }

// The typed getters below return the current value. Each is for elements of the
// type in its name. On other types the result is meaningless, or the getter
// panics.

// Double returns the value of a double, every bit of a NaN included.
func (c *Cursor) Double() float64 { return math.Float64frombits(c.bits64()) }

// Int32 returns the value of an int32.
func (c *Cursor) Int32() int32 { return int32(binary.LittleEndian.Uint32(c.src[c.val : c.val+4])) }

// Int64 returns the value of an int64.
func (c *Cursor) Int64() int64 { return int64(c.bits64()) }

// DateTime returns the milliseconds since 1970 UTC of a datetime.
func (c *Cursor) DateTime() int64 { return int64(c.bits64()) }

// Boolean returns the value of a boolean.
func (c *Cursor) Boolean() bool { return c.src[c.val] != 0 }

// Timestamp returns the seconds and the increment of a timestamp.
func (c *Cursor) Timestamp() (t, i uint32) {
	v := c.bits64()
	return uint32(v >> 32), uint32(v)
}

// Text returns the bytes of a string, symbol or code, without length and
// NUL. They alias the input and are not checked to be UTF-8.
func (c *Cursor) Text() []byte { return c.src[c.val+4 : c.off-1] }

// ObjectID returns the value of an ObjectId.
func (c *Cursor) ObjectID() objectid.ID { return objectid.ID(c.src[c.val:c.off]) }

// Decimal128 returns the value of a decimal128.
func (c *Cursor) Decimal128() decimal128.Decimal {
	return decimal128.FromBits(binary.LittleEndian.Uint64(c.src[c.val+8:c.val+16]), c.bits64())
}

// Binary returns the subtype and the bytes of a binary. The inner length of
// subtype 2 is omitted. The bytes alias the input.
func (c *Cursor) Binary() (subtype byte, data []byte) {
	subtype = c.src[c.val+4]
	if subtype == BinaryBinaryOld {
		return subtype, c.src[c.val+9 : c.off]
	}
	return subtype, c.src[c.val+5 : c.off]
}

// Regex returns the pattern and the options of a regex, unchanged. They alias
// the input and are not checked to be UTF-8.
func (c *Cursor) Regex() (pattern, options []byte) {
	n := bytes.IndexByte(c.src[c.val:], 0)
	return c.src[c.val : c.val+n], c.src[c.val+n+1 : c.off-1]
}

// DBPointer returns the namespace and the id of a dbPointer. The namespace
// aliases the input and is not checked to be UTF-8.
func (c *Cursor) DBPointer() (namespace []byte, id objectid.ID) {
	return c.src[c.val+4 : c.off-13], objectid.ID(c.src[c.off-12 : c.off])
}

// CodeWithScope returns the code and the scope, a whole document, of code with
// scope. Both alias the input; the code is not checked to be UTF-8, and the
// elements of the scope are not checked: Enter walks them.
func (c *Cursor) CodeWithScope() (code, scope []byte) {
	n := int(binary.LittleEndian.Uint32(c.src[c.val+4 : c.val+8]))
	return c.src[c.val+8 : c.val+7+n], c.src[c.val+8+n : c.off]
}

func (c *Cursor) bits64() uint64 { return binary.LittleEndian.Uint64(c.src[c.val : c.val+8]) }
