package bson

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"math"
	"slices"
	"strconv"
)

// This file has the types that are binaries with rules of their own: UUID and
// Vector.

// UUID is a universally unique identifier, its sixteen bytes in the order of
// its text (RFC 9562). It converts to and from any other [16]byte type, such
// as that of github.com/google/uuid.
type UUID [16]byte

// A UUIDRepresentation is the subtype and byte order of a UUID in a binary. The
// drivers of several languages used subtype 3, each with its own byte order;
// only the name of the writer tells them apart. Source: "Handling of Native
// UUID Types", representations.
type UUIDRepresentation uint8

const (
	// UUIDUnspecified decodes binaries in an any as Binary; a UUID is written
	// with subtype 4. It is the default.
	UUIDUnspecified UUIDRepresentation = iota
	// UUIDStandard is subtype 4, bytes in the order of the text.
	UUIDStandard
	// UUIDPythonLegacy is subtype 3, bytes in the order of the text.
	UUIDPythonLegacy
	// UUIDJavaLegacy is subtype 3, each half reversed.
	UUIDJavaLegacy
	// UUIDCSharpLegacy is subtype 3, the first three groups reversed.
	UUIDCSharpLegacy
)

// Subtype returns the binary subtype of r. An unknown representation panics.
func (r UUIDRepresentation) Subtype() byte {
	if r > UUIDCSharpLegacy {
		r.unknown()
	}
	return subtypes[r]
}

// subtypes is the binary subtype of each UUIDRepresentation.
var subtypes = [...]byte{
	UUIDUnspecified:  BinaryUUID,
	UUIDStandard:     BinaryUUID,
	UUIDPythonLegacy: BinaryUUIDOld,
	UUIDJavaLegacy:   BinaryUUIDOld,
	UUIDCSharpLegacy: BinaryUUIDOld,
}

// unknown panics.
//
// NOTE: it is not inlined, so that its callers are.
//
//go:noinline
func (r UUIDRepresentation) unknown() {
	panic("bson: unknown UUIDRepresentation " + strconv.Itoa(int(r)))
}

// swap returns u with its bytes moved between the order of the text and that
// of r. It is its own inverse. An unknown representation panics.
func (r UUIDRepresentation) swap(u UUID) UUID {
	switch r {
	case UUIDUnspecified, UUIDStandard, UUIDPythonLegacy:
	case UUIDJavaLegacy:
		slices.Reverse(u[:8])
		slices.Reverse(u[8:])
	case UUIDCSharpLegacy:
		slices.Reverse(u[:4])
		slices.Reverse(u[4:6])
		slices.Reverse(u[6:8])
	default:
		r.unknown()
	}
	return u
}

// NewUUID returns a random UUID: version 4, variant 1. Source: RFC 9562, 5.4.
func NewUUID() UUID {
	var u UUID
	rand.Read(u[:]) // never fails
	u[6] = u[6]&0x0F | 0x40
	u[8] = u[8]&0x3F | 0x80
	return u
}

// ParseUUID returns the UUID in text: 32 hexadecimal digits in either case,
// grouped by hyphens as 8-4-4-4-12, and nothing else. Other texts are a
// *ConversionError that matches ErrUUID.
func ParseUUID[T ~string | ~[]byte](text T) (UUID, error) {
	var u UUID
	if len(text) != 36 {
		return UUID{}, notUUID()
	}
	n := 0
	for i := 0; i < 36; i++ {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if text[i] != '-' {
				return UUID{}, notUUID()
			}
			continue
		}
		d := hexDigit(text[i])
		if d > 15 {
			return UUID{}, notUUID()
		}
		u[n/2] = u[n/2]<<4 | d
		n++
	}
	return u, nil
}

// hexDigit returns the value of a hexadecimal digit, or 255.
func hexDigit(c byte) byte {
	switch {
	case c-'0' < 10:
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

// Append appends the text of u, 36 characters in lower case, to dst and
// returns the longer slice.
func (u UUID) Append(dst []byte) []byte {
	const digits = "0123456789abcdef"
	for i, b := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// String returns the text of u: 8-4-4-4-12 digits in lower case.
func (u UUID) String() string { return string(u.Append(make([]byte, 0, 36))) }

// AppendText is Append for encoding.TextAppender; the error is always nil.
func (u UUID) AppendText(dst []byte) ([]byte, error) { return u.Append(dst), nil }

// MarshalText returns the text of u; the error is always nil. encoding/json
// writes it as a string.
func (u UUID) MarshalText() ([]byte, error) { return u.Append(nil), nil }

// UnmarshalText sets u to what ParseUUID makes of text. On failure u keeps
// its value.
func (u *UUID) UnmarshalText(text []byte) error {
	v, err := ParseUUID(text)
	if err == nil {
		*u = v
	}
	return err
}

// LogValue returns the text of u, for log/slog.
func (u UUID) LogValue() slog.Value { return slog.StringValue(u.String()) }

// IsZero reports whether all bytes of u are zero.
func (u UUID) IsZero() bool { return u == UUID{} }

// Compare returns -1, 0 or +1 if u sorts before, with or after v, by bytes and
// so by text.
func (u UUID) Compare(v UUID) int { return bytes.Compare(u[:], v[:]) }

// Binary returns u in the representation r. An unknown representation panics.
//
// NOTE: it inlines, so that what does not outlive its caller is not allocated;
// TestInline lists it. swap has looked at r.
func (u UUID) Binary(r UUIDRepresentation) Binary {
	u = r.swap(u)
	return Binary{Subtype: subtypes[r], Data: u[:]}
}

// UUID returns the UUID of b in the representation r: a binary of its subtype
// with 16 bytes. UUIDUnspecified accepts subtype 4 only. Other binaries are a
// *ConversionError that matches ErrUUID, and an unknown representation is an
// *OptionError.
func (b Binary) UUID(r UUIDRepresentation) (UUID, error) {
	if r > UUIDCSharpLegacy {
		return UUID{}, outOfRange("bson.UUIDRepresentation", r)
	}
	if b.Subtype != r.Subtype() || len(b.Data) != 16 {
		return UUID{}, notUUID()
	}
	return r.swap(UUID(b.Data)), nil
}

// notUUID returns a new error: one that callers share, one of them could
// change for the others.
func notUUID() error { return &ConversionError{GoType: typeUUID, Err: ErrUUID} }

// The element types of a vector. Source: "BSON Binary Subtype 9 - Vector".
const (
	VectorInt8      byte = 0x03 // signed bytes
	VectorFloat32   byte = 0x27 // IEEE 754 binary32
	VectorPackedBit byte = 0x10 // bits, eight in a byte, the highest first
)

// A Vector is an array of numbers of one type, stored as a binary of subtype
// 9: a byte for the type, a byte for the padding, and the numbers,
// little-endian. Values are made by NewVector, NewPackedBitVector and
// NewVectorFromBinary; the zero Vector has no type and cannot be written.
type Vector struct {
	// data is the binary as it is stored: type, padding, elements. Holding
	// bytes keeps every bit of a NaN and makes both directions a copy.
	data string
}

// NewVector returns the vector of the given numbers, which are copied.
func NewVector[T int8 | float32](elems []T) Vector {
	var b []byte
	switch elems := any(elems).(type) {
	case []int8:
		b = append(make([]byte, 0, 2+len(elems)), VectorInt8, 0)
		for _, x := range elems {
			b = append(b, byte(x))
		}
	case []float32:
		b = append(make([]byte, 0, 2+4*len(elems)), VectorFloat32, 0)
		for _, x := range elems {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	return Vector{string(b)}
}

// NewPackedBitVector returns the vector of the given bits, which are copied,
// eight per byte. padding is the number of low bits of the last byte that are
// not part of the vector; they must be 0. A padding of more than 7, a padding
// without bytes, or a 1 in the padding is a *ConversionError that matches
// ErrVector.
func NewPackedBitVector(bits []byte, padding uint8) (Vector, error) {
	b := append(make([]byte, 0, 2+len(bits)), VectorPackedBit, padding)
	return vectorOf(append(b, bits...))
}

// NewVectorFromBinary returns the vector in b; its bytes are copied. A binary
// with a subtype other than 9, or one that breaks the rules of vectors, is a
// *ConversionError that matches ErrVector.
func NewVectorFromBinary(b Binary) (Vector, error) {
	if b.Subtype != BinaryVector {
		return Vector{}, notVector()
	}
	return vectorOf(b.Data)
}

// vectorOf checks the content of a binary of subtype 9 and copies it.
func vectorOf(b []byte) (Vector, error) {
	if len(b) < 2 {
		return Vector{}, notVector()
	}
	padding, elems := b[1], b[2:]
	ok := false
	switch b[0] {
	case VectorInt8:
		ok = padding == 0
	case VectorFloat32:
		ok = padding == 0 && len(elems)%4 == 0
	case VectorPackedBit:
		ok = padding == 0 ||
			padding < 8 && len(elems) > 0 && elems[len(elems)-1]<<(8-padding) == 0
	}
	if !ok {
		return Vector{}, notVector()
	}
	return Vector{string(b)}, nil
}

// Type returns the type of the elements: VectorInt8, VectorFloat32 or
// VectorPackedBit; 0 for the zero Vector.
func (v Vector) Type() byte {
	if v.data == "" {
		return 0
	}
	return v.data[0]
}

// Len returns the number of elements; those of a packed bit vector are bits.
func (v Vector) Len() int {
	switch v.Type() {
	case VectorInt8:
		return len(v.data) - 2
	case VectorFloat32:
		return (len(v.data) - 2) / 4
	case VectorPackedBit:
		return (len(v.data)-2)*8 - int(v.data[1])
	}
	return 0
}

// Int8OK returns a new slice of the elements of a VectorInt8. For a vector of
// another type it returns nil and false.
func (v Vector) Int8OK() ([]int8, bool) {
	if v.Type() != VectorInt8 {
		return nil, false
	}
	elems := make([]int8, v.Len())
	for i := range elems {
		elems[i] = int8(v.data[2+i])
	}
	return elems, true
}

// Float32OK returns a new slice of the elements of a VectorFloat32. For a
// vector of another type it returns nil and false.
func (v Vector) Float32OK() ([]float32, bool) {
	if v.Type() != VectorFloat32 {
		return nil, false
	}
	b := []byte(v.data[2:])
	elems := make([]float32, v.Len())
	for i := range elems {
		elems[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return elems, true
}

// PackedBitOK returns a new slice of the bytes of a VectorPackedBit, and the
// number of low bits of the last byte that are padding. For a vector of another
// type it returns nil, 0 and false.
func (v Vector) PackedBitOK() (bits []byte, padding uint8, ok bool) {
	if v.Type() != VectorPackedBit {
		return nil, 0, false
	}
	return []byte(v.data[2:]), v.data[1], true
}

// Int8 is Int8OK; it returns nil for a vector of another type.
func (v Vector) Int8() []int8 {
	elems, _ := v.Int8OK()
	return elems
}

// Float32 is Float32OK; it returns nil for a vector of another type.
func (v Vector) Float32() []float32 {
	elems, _ := v.Float32OK()
	return elems
}

// PackedBit is PackedBitOK; it returns nil and 0 for a vector of another
// type.
func (v Vector) PackedBit() (bits []byte, padding uint8) {
	bits, padding, _ = v.PackedBitOK()
	return bits, padding
}

// Bits returns a new slice with one bool for each element of a
// VectorPackedBit, or nil for a vector of another type.
func (v Vector) Bits() []bool {
	if v.Type() != VectorPackedBit {
		return nil
	}
	out := make([]bool, v.Len())
	for i := range out {
		out[i] = v.data[2+i/8]<<(i%8)&0x80 != 0
	}
	return out
}

// Binary returns v as a binary of subtype 9; the zero Vector gives the zero
// Binary.
func (v Vector) Binary() Binary {
	if v.data == "" {
		return Binary{}
	}
	return Binary{Subtype: BinaryVector, Data: []byte(v.data)}
}

// Vector is NewVectorFromBinary(b).
func (b Binary) Vector() (Vector, error) { return NewVectorFromBinary(b) }

// Equal reports whether v and w have the same type and the same bits.
func (v Vector) Equal(w Vector) bool { return v == w }

// IsZero reports whether v is the zero Vector.
func (v Vector) IsZero() bool { return v.data == "" }

// VectorFromBits returns the packed bit vector with one element for each
// bool.
func VectorFromBits(elems []bool) Vector {
	b := append(make([]byte, 0, 3+len(elems)/8), VectorPackedBit, byte(-len(elems)&7))
	for chunk := range slices.Chunk(elems, 8) {
		var x byte
		for i, set := range chunk {
			if set {
				x |= 0x80 >> i
			}
		}
		b = append(b, x)
	}
	return Vector{string(b)}
}

// notVector returns a new error, as notUUID does.
func notVector() error { return &ConversionError{GoType: typeVector, Err: ErrVector} }
