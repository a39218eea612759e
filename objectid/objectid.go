package objectid

import (
	"bytes"
	"cmp"
	"database/sql/driver"
	"encoding/binary"
	"time"

	"github.com/bsonkit/bsonkit/internal/jsontext"
)

// Size is the length of an ID in bytes; its hexadecimal text has twice as many.
const Size = 12

// typeObjectID is the BSON element type of an ObjectId.
const typeObjectID = 0x07

// ID is one ObjectId, its twelve bytes in wire order: four bytes of seconds
// since 1970, big-endian and unsigned; five random bytes of the process that
// made it; three bytes of counter, big-endian. Ids can be compared with == and
// be keys of maps. They sort by their bytes, so by time first. The zero value
// is twelve zero bytes. Source: ObjectID specification, "Specification".
type ID [Size]byte

const hexDigits = "0123456789abcdef"

// hexPairs holds the two lower-case digits of each byte, the first digit in
// the low half, so that a little-endian store writes them in reading order.
var hexPairs = func() (t [256]uint16) {
	for i := range t {
		t[i] = uint16(hexDigits[i>>4]) | uint16(hexDigits[i&15])<<8
	}
	return t
}()

// Parse returns the id in text: exactly 24 hexadecimal digits in either case,
// and nothing else. text is not kept. On failure it returns the zero ID and a
// *SyntaxError that matches ErrDigit or ErrLength. It allocates only to report
// a fault. Source: ObjectID specification; Extended JSON v2, "$oid".
func Parse[T ~string | ~[]byte](text T) (id ID, err error) {
	if len(text) != 2*Size {
		return ID{}, badText(text)
	}
	a, x := parse8(load8(text, 0))
	b, y := parse8(load8(text, 8))
	c, z := parse8(load8(text, 16))
	if x&y&z != highBits {
		return ID{}, badText(text)
	}
	// Two stores, not twelve: the caller will load the id as words.
	binary.LittleEndian.PutUint64(id[0:], a|b<<32)
	binary.LittleEndian.PutUint32(id[8:], uint32(c))
	return id, nil
}

// badText returns the fault of a text that Parse rejects.
func badText[T ~string | ~[]byte](text T) error {
	n := min(len(text), 2*Size)
	for i := range n {
		// The other seven bytes are digits, so the result is about this byte.
		if _, ok := parse8('0'*lowBits ^ uint64('0'^text[i])); ok != highBits {
			return &SyntaxError{Offset: int64(i), Err: ErrDigit}
		}
	}
	return &SyntaxError{Offset: int64(n), Err: ErrLength}
}

// The lowest and highest bit of each byte of a word.
const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// load8 returns the eight bytes of text at i, the first in the low byte.
func load8[T ~string | ~[]byte](text T, i int) uint64 {
	_ = text[i+7]
	return uint64(text[i]) | uint64(text[i+1])<<8 | uint64(text[i+2])<<16 | uint64(text[i+3])<<24 |
		uint64(text[i+4])<<32 | uint64(text[i+5])<<40 | uint64(text[i+6])<<48 | uint64(text[i+7])<<56
}

// parse8 reads eight hexadecimal digits, the first in the low byte of w, and
// returns the four bytes they stand for, the first in the low byte of v. In
// each byte of ok the high bit is set if the byte of w is a digit in either
// case; all other bits are zero.
//
// The sum of two bytes below 0x80 has the high bit if it is 0x80 or more, so
// adding 0x80-m tells whether a byte is m or more. A byte of 0x80 or more may
// spoil the results of its neighbours, but it is itself never taken for a
// digit.
func parse8(w uint64) (v, ok uint64) {
	lower := w | 0x20*lowBits
	digit := (w + (0x80-'0')*lowBits) &^ (w + (0x7f-'9')*lowBits)
	letter := (lower + (0x80-'a')*lowBits) &^ (lower + (0x7f-'f')*lowBits)
	ok = (digit | letter) &^ w & highBits
	v = w&(0x0f*lowBits) + 9*(w>>6&lowBits) // bit 6 tells letters from digits
	v = (v<<4 | v>>8) & 0x00ff00ff00ff00ff  // join digits to bytes, and close the gaps
	v = (v | v>>8) & 0x0000ffff0000ffff
	return (v | v>>16) & 0x00000000ffffffff, ok
}

// FromBytes returns the id with the Size bytes of b. A slice of another length
// gives the zero ID and a *ValueError that matches ErrLength.
func FromBytes(b []byte) (ID, error) {
	if len(b) != Size {
		return ID{}, &ValueError{Err: ErrLength}
	}
	return ID(b), nil
}

// Append appends the 24 lower-case hexadecimal digits of id to dst and returns
// the longer slice. It allocates only if dst has too little room.
func (id ID) Append(dst []byte) []byte {
	n := len(dst)
	dst = append(dst, blank[:]...)
	id.put(dst[n:])
	return dst
}

// blank is the room that Append adds to dst.
var blank [2 * Size]byte

// String returns the 24 lower-case hexadecimal digits of id.
func (id ID) String() string {
	var b [2 * Size]byte
	id.put(b[:])
	return string(b[:])
}

// put writes the digits of id to the 24 bytes of b.
func (id *ID) put(b []byte) {
	b = b[:2*Size]
	binary.LittleEndian.PutUint64(b[0:], hex4(id[0], id[1], id[2], id[3]))
	binary.LittleEndian.PutUint64(b[8:], hex4(id[4], id[5], id[6], id[7]))
	binary.LittleEndian.PutUint64(b[16:], hex4(id[8], id[9], id[10], id[11]))
}

// hex4 returns the digits of four bytes, the first in the low byte.
func hex4(a, b, c, d byte) uint64 {
	return uint64(hexPairs[a]) | uint64(hexPairs[b])<<16 |
		uint64(hexPairs[c])<<32 | uint64(hexPairs[d])<<48
}

// IsZero reports whether all twelve bytes are zero.
func (id ID) IsZero() bool { return id == ID{} }

// Compare returns -1, 0 or +1 as the bytes of id sort before, with or after
// those of other. This is MongoDB's order of ObjectIds.
func (id ID) Compare(other ID) int {
	a, b := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(other[:8])
	if a == b {
		a, b = uint64(binary.BigEndian.Uint32(id[8:])), uint64(binary.BigEndian.Uint32(other[8:]))
	}
	return cmp.Compare(a, b)
}

// Time returns the second, in UTC, that the first four bytes count from the
// start of 1970. The count is unsigned: years 1970 to 2106.
func (id ID) Time() time.Time {
	return time.Unix(int64(binary.BigEndian.Uint32(id[:])), 0).UTC()
}

// AppendText is Append for encoding.TextAppender; the error is always nil.
func (id ID) AppendText(dst []byte) ([]byte, error) { return id.Append(dst), nil }

// MarshalText returns the 24 lower-case hexadecimal digits of id; the error is
// always nil.
func (id ID) MarshalText() ([]byte, error) { return id.Append(nil), nil }

// UnmarshalText sets id to the result of Parse for text. On failure id keeps
// its value and the error is ErrInvalidHex.
func (id *ID) UnmarshalText(text []byte) error {
	if id.parse(text) != nil {
		return ErrInvalidHex
	}
	return nil
}

// parse sets id to the result of Parse for text, or returns the error of Parse.
func (id *ID) parse(text []byte) error {
	v, err := Parse(text)
	if err == nil {
		*id = v
	}
	return err
}

// MarshalJSON returns id as a JSON string of 24 lower-case hexadecimal digits;
// the error is always nil.
func (id ID) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 2*Size+2)
	b = append(b, '"')
	b = id.Append(b)
	return append(b, '"'), nil
}

// UnmarshalJSON sets id from a JSON string of 24 hexadecimal digits, or from
// Extended JSON's object with such a string for its only key, "$oid". JSON null
// leaves id as it is, as encoding/json requires. Any other JSON value is a
// *ValueError that matches ErrType, and a string of another shape is
// ErrInvalidHex; id then keeps its value.
func (id *ID) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	if len(data) == 2*Size+2 && data[0] == '"' {
		if v, err := Parse(data[1 : len(data)-1]); err == nil && data[len(data)-1] == '"' {
			*id = v
			return nil
		}
	}
	// Digits written as escapes, an object, or an error.
	text, ok := jsontext.Of(data, "$oid")
	if !ok {
		return &ValueError{Err: ErrType}
	}
	return id.UnmarshalText(text)
}

// MarshalBSONValue returns the BSON type byte of an ObjectId, 0x07, and a new
// slice of its twelve bytes; the error is always nil.
func (id ID) MarshalBSONValue() (typ byte, data []byte, err error) {
	return typeObjectID, bytes.Clone(id[:]), nil
}

// MarshalBSON returns a *ValueError that matches ErrNotDocument. The official
// driver v1, which does not know MarshalBSONValue, would store the bytes of
// the id as a binary; with this method it fails instead.
func (id ID) MarshalBSON() ([]byte, error) { return nil, &ValueError{ErrNotDocument} }

// UnmarshalBSONValue sets id from the data of a BSON element, which is not
// kept. Another type byte than 0x07 is a *ValueError that matches ErrType, and
// data that is not twelve bytes long one that matches ErrLength; id then keeps
// its value.
func (id *ID) UnmarshalBSONValue(typ byte, data []byte) error {
	if typ != typeObjectID {
		return &ValueError{Err: ErrType}
	}
	v, err := FromBytes(data)
	if err == nil {
		*id = v
	}
	return err
}

// Value returns the 24 lower-case hexadecimal digits of id as a string, for
// database/sql; the error is always nil.
func (id ID) Value() (driver.Value, error) { return id.String(), nil }

// Scan sets id from a database value: a string or []byte of 24 hexadecimal
// digits, or a []byte of the twelve bytes themselves. NULL and every other type
// are a *ValueError that matches ErrType (scan into sql.Null[objectid.ID] where
// NULL may occur); a text of another shape gives the error of Parse. id then
// keeps its value.
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return id.parse([]byte(v))
	case []byte:
		if len(v) == Size {
			*id = ID(v)
			return nil
		}
		return id.parse(v)
	}
	return &ValueError{Err: ErrType}
}
