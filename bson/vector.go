package bson

import (
	"encoding/binary"
	"math"
	"slices"
)

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
