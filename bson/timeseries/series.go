package timeseries

import (
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file turns numbers into values: a series has its last value, and applies the
// deltas of words to it.

// A series has the values of one type that follow each other, until a literal starts new
// ones. It is small, because a hostile reference document has a series for each two bytes.
type series struct {
	word
	// last is the last value as a number, of 64 bits except for the types with 128.
	// For types with deltas of deltas, hi is the last delta.
	last       u128
	words, end int32 // place in the bucket of the words that are not loaded yet
	// value and size are the place in the bucket of the last literal.
	value, size int32
	typ         bsoncore.Type // of the last value; 0: there was none
	scale       uint8         // of a double: an index of scales
	made        bool          // the last value is last; else it is the literal
}

// A numbering is how values of a type are numbers.
type numbering uint8

const (
	noNumber numbering = iota // values can only be repeated
	number64
	double64
	deltas64 // the words are deltas of deltas
	number128
)

var numberings = [256]numbering{
	bsoncore.TypeDouble: double64, bsoncore.TypeInt32: number64, bsoncore.TypeInt64: number64, bsoncore.TypeBoolean: number64,
	bsoncore.TypeDateTime: deltas64, bsoncore.TypeTimestamp: deltas64, bsoncore.TypeObjectID: deltas64,
	bsoncore.TypeString: number128, bsoncore.TypeCode: number128, bsoncore.TypeBinary: number128, bsoncore.TypeDecimal128: number128,
}

// scales are the factors of doubles. Doubles of the last scale are their bits.
var scales = [...]float64{1, 10, 100, 1e4, 1e8, 0}

// bitScale is the scale of doubles that are their bits, and of all other types.
const bitScale = uint8(len(scales) - 1)

// scaleOf are the scales by the high half of a control, plus one. 0: none.
var scaleOf = [16]uint8{0x8: bitScale + 1, 0x9: 1, 0xa: 2, 0xb: 3, 0xc: 4, 0xd: 5}

// literal begins new values with a value of type t at value, which are size bytes.
func (s *series) literal(bucket []byte, t bsoncore.Type, value, size int) {
	*s = series{typ: t, value: int32(value), size: int32(size), scale: bitScale}
	v := bucket[value : value+size]
	switch t {
	case bsoncore.TypeInt32:
		s.last.lo = uint64(int64(int32(binary.LittleEndian.Uint32(v))))
	case bsoncore.TypeInt64, bsoncore.TypeDateTime, bsoncore.TypeTimestamp:
		s.last.lo = binary.LittleEndian.Uint64(v)
	case bsoncore.TypeBoolean:
		s.last.lo = uint64(v[0])
	case bsoncore.TypeObjectID:
		s.last.lo = numberOfID(v)
	case bsoncore.TypeDecimal128:
		s.last = u128{binary.LittleEndian.Uint64(v[8:]), binary.LittleEndian.Uint64(v)}
	case bsoncore.TypeString, bsoncore.TypeCode:
		s.last = numberOfText(v[4 : len(v)-1])
	case bsoncore.TypeBinary:
		s.last = numberOfBytes(v[5:])
	}
}

// begin makes the words at words the next ones, for values with the given scale. It
// reports whether the values can have the scale.
func (s *series) begin(bucket []byte, words, end int, scale uint8) bool {
	s.words, s.end = int32(words), int32(end)
	if numberings[s.typ] != double64 {
		return scale == bitScale
	}
	n, ok := numberOfDouble(s.double(bucket), scale)
	s.last.lo, s.scale = n, scale
	return ok
}

// more reports whether s has values that were not read yet.
func (s *series) more() bool { return s.left > 0 || s.words < s.end }

// next moves to the next value. There must be one. It reports whether the words are
// well formed; if the value is missing, s.missing is set.
func (s *series) next(bucket []byte) bool {
	if s.left == 0 {
		s.words += 8
		if !s.load(binary.LittleEndian.Uint64(bucket[s.words-8:])) {
			return false
		}
	}
	s.word.next()
	return s.missing || s.apply()
}

// apply changes the last value by the number of the word.
func (s *series) apply() bool {
	kind, delta := numberings[s.typ], s.number.signed()
	if kind != number128 {
		if _, ok := delta.long(); !ok {
			return false
		}
	}
	if kind == deltas64 {
		s.last.hi += delta.lo
		s.last.lo += s.last.hi
		s.made = true
		return s.inRange()
	}
	switch {
	case delta == u128{}:
		return true
	case kind == noNumber:
		return false
	case kind == number128:
		s.last = s.last.plus(delta)
	default:
		s.last.lo += delta.lo
	}
	s.made = true
	return s.inRange()
}

// inRange reports whether last is a value of the type.
func (s *series) inRange() bool {
	switch s.typ {
	case bsoncore.TypeInt32:
		return int64(s.last.lo) == int64(int32(s.last.lo))
	case bsoncore.TypeBoolean:
		return s.last.lo <= 1
	case bsoncore.TypeObjectID:
		return s.last.lo < 1<<56
	case bsoncore.TypeBinary:
		n := s.size - 5
		return n <= 16 && s.last == s.last.low(uint(8*n))
	}
	return true
}

// low returns the n lowest bits of a, n ≤ 128.
func (a u128) low(n uint) u128 {
	switch {
	case n <= 64:
		return u128{0, a.lo & (1<<n - 1)}
	case n < 128:
		return u128{a.hi & (1<<(n-64) - 1), a.lo}
	}
	return a
}

// append appends the last value, as it follows the key of an element.
func (s *series) append(dst, bucket []byte) []byte {
	literal := bucket[s.value : s.value+s.size]
	if !s.made {
		return append(dst, literal...)
	}
	switch s.typ {
	case bsoncore.TypeInt32:
		return binary.LittleEndian.AppendUint32(dst, uint32(s.last.lo))
	case bsoncore.TypeBoolean:
		return append(dst, byte(s.last.lo))
	case bsoncore.TypeDouble:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(s.double(bucket)))
	case bsoncore.TypeObjectID:
		return appendID(dst, s.last.lo, literal)
	case bsoncore.TypeString, bsoncore.TypeCode:
		return appendText(dst, s.last)
	case bsoncore.TypeBinary:
		return appendBytes(append(dst, literal[:5]...), s.last, int(s.size)-5)
	case bsoncore.TypeDecimal128:
		return appendBytes(dst, s.last, 16)
	}
	return binary.LittleEndian.AppendUint64(dst, s.last.lo)
}

// double returns the last value, which is a double.
func (s *series) double(bucket []byte) float64 {
	switch {
	case !s.made:
		return math.Float64frombits(binary.LittleEndian.Uint64(bucket[s.value:]))
	case s.scale == bitScale:
		return math.Float64frombits(s.last.lo)
	}
	return float64(int64(s.last.lo)) / scales[s.scale]
}

// numberOfDouble returns f as a number of the given scale, and whether the number is
// exactly f.
func numberOfDouble(f float64, scale uint8) (uint64, bool) {
	if scale == bitScale {
		return math.Float64bits(f), true
	}
	const most = 1 << 53
	scaled := f * scales[scale]
	if !(scaled >= -most && scaled <= most) { // NaN, too
		return 0, false
	}
	n := int64(math.Round(scaled))
	return uint64(n), math.Float64bits(float64(n)/scales[scale]) == math.Float64bits(f)
}

// idBytes are the bytes of an ObjectId from which its number is made, from the lowest
// on: the counter and the time, mixed. The five bytes between them are those of the
// literal.
var idBytes = [7]int{11, 3, 10, 2, 9, 1, 0}

func numberOfID(id []byte) (n uint64) {
	for i, at := range idBytes {
		n |= uint64(id[at]) << (8 * i)
	}
	return n
}

func appendID(dst []byte, n uint64, literal []byte) []byte {
	at := len(dst)
	dst = append(dst, literal...)
	for i, b := range idBytes {
		dst[at+b] = byte(n >> (8 * i))
	}
	return dst
}

// numberOfBytes returns b as a number, its first byte the lowest. It is 0 if b is too
// long.
func numberOfBytes(b []byte) u128 {
	if len(b) > 16 {
		return u128{}
	}
	var a [16]byte
	copy(a[:], b)
	return u128{binary.LittleEndian.Uint64(a[8:]), binary.LittleEndian.Uint64(a[:])}
}

func appendBytes(dst []byte, n u128, size int) []byte {
	var a [16]byte
	binary.LittleEndian.PutUint64(a[:], n.lo)
	binary.LittleEndian.PutUint64(a[8:], n.hi)
	return append(dst, a[:size]...)
}

// numberOfText returns text as a number, its last byte the lowest. It is 0 for text
// that is too long or starts with NUL.
func numberOfText(text []byte) u128 {
	if len(text) > 16 || len(text) > 0 && text[0] == 0 {
		return u128{}
	}
	var a [16]byte
	copy(a[16-len(text):], text)
	return u128{binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(a[8:])}
}

// appendText appends the string of the number n, with its length and NUL.
func appendText(dst []byte, n u128) []byte {
	var a [16]byte
	binary.BigEndian.PutUint64(a[:], n.hi)
	binary.BigEndian.PutUint64(a[8:], n.lo)
	text := a[:]
	for len(text) > 0 && text[0] == 0 {
		text = text[1:]
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(text)+1))
	return append(append(dst, text...), 0)
}
