package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file reads the atoms that are numbers, which are spelled in text or in
// bytes.

// maxLong is the longest argument of LONG1 that an integer has, in bytes: the
// greatest UUID and its sign.
const maxLong = 17

// maxDigits is the largest number of digits of a longer integer: the number
// that Python's str allows by default. maxLong4 is the number of bytes that so
// many digits need.
const (
	maxDigits = 4300
	maxLong4  = 1786
)

// An integer is a magnitude of 128 bits with a sign.
type integer struct {
	neg    bool // never with a magnitude of zero
	hi, lo uint64
}

// int64 returns v if it fits.
func (v integer) int64() (int64, bool) {
	switch {
	case v.hi != 0:
		return 0, false
	case v.neg:
		return -int64(v.lo), v.lo <= 1<<63
	}
	return int64(v.lo), v.lo < 1<<63
}

// parseInt parses -?(0|[1-9][0-9]*), less than 2¹²⁸ in magnitude. It rejects
// -0, which no pickler writes.
func parseInt(s []byte) (v integer, ok bool) {
	if len(s) > 0 && s[0] == '-' {
		v.neg = true
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 39 || s[0] == '0' && (len(s) > 1 || v.neg) {
		return v, false
	}
	for len(s) > 0 && v.lo < 1e18 { // hi is zero as long
		c := s[0] - '0'
		if c > 9 {
			return v, false
		}
		v.lo = 10*v.lo + uint64(c)
		s = s[1:]
	}
	for _, c := range s {
		if c-'0' > 9 {
			return v, false
		}
		over, hi := bits.Mul64(v.hi, 10)
		carry, lo := bits.Mul64(v.lo, 10)
		var c1, c2 uint64
		v.lo, c1 = bits.Add64(lo, uint64(c-'0'), 0)
		v.hi, c2 = bits.Add64(hi, carry, c1)
		if over != 0 || c2 != 0 {
			return v, false
		}
	}
	return v, true
}

// longInt returns the integer whose two's complement, little-endian, is b of
// at most maxLong bytes.
func longInt(b []byte) (v integer, ok bool) {
	if len(b) == 0 {
		return v, true
	}
	v.neg = b[len(b)-1] >= 0x80
	var full [24]byte
	if v.neg {
		for i := range full {
			full[i] = 0xff
		}
	}
	copy(full[:], b)
	v.lo = binary.LittleEndian.Uint64(full[:])
	v.hi = binary.LittleEndian.Uint64(full[8:])
	top := binary.LittleEndian.Uint64(full[16:])
	if v.neg {
		var c uint64
		v.lo, c = bits.Add64(^v.lo, 1, 0)
		v.hi, c = bits.Add64(^v.hi, 0, c)
		top = ^top + c
	}
	return v, top == 0
}

// bool returns the value of a bool that is spelled in digits, 00 or 01, as 0 or
// 1. ok is false if r, which is in digits, is an int.
func (g *graph) bool(r ref) (v byte, ok bool) {
	s := g.line(r)
	if len(s) != 2 || s[0] != '0' || s[1]&^1 != '0' {
		return 0, false
	}
	return s[1] & 1, true
}

// integer returns the value of an integer, and whether r is an integer.
func (g *graph) integer(r ref) (v integer, ok bool) {
	if !g.atom(r).isInteger() {
		return v, false
	}
	src := g.src[r:]
	switch src[0] {
	case opBinInt1:
		v.lo = uint64(src[1])
		return v, true
	case opBinInt2:
		v.lo = uint64(binary.LittleEndian.Uint16(src[1:]))
		return v, true
	case opBinInt:
		n := int64(int32(binary.LittleEndian.Uint32(src[1:])))
		if v.lo = uint64(n); n < 0 {
			v.neg, v.lo = true, uint64(-n)
		}
		return v, true
	case opInt:
		return parseInt(g.line(r))
	case opLong:
		s := g.line(r)
		if len(s) == 0 || s[len(s)-1] != 'L' {
			return v, false
		}
		return parseInt(s[:len(s)-1])
	}
	b := g.payload(r)
	if len(b) > maxLong {
		return v, false
	}
	return longInt(b)
}

// digits appends an integer of any size in decimal digits. ok is false if r is
// spelled in text and is not an integer.
func (g *graph) digits(dst []byte, r ref) (_ []byte, ok bool) {
	if g.atom(r) == isLong {
		return bigInt(g.payload(r)).Append(dst, 10), true
	}
	s := g.line(r)
	if g.atom(r) == isTextLong {
		if s, ok = bytes.CutSuffix(s, []byte{'L'}); !ok {
			return dst, false
		}
	}
	d := bytes.TrimPrefix(s, []byte{'-'})
	if len(d) == 0 || d[0] == '0' && len(s) > 1 {
		return dst, false
	}
	for _, c := range d {
		if c-'0' > 9 {
			return dst, false
		}
	}
	return append(dst, s...), true
}

// bigInt returns the integer whose two's complement, little-endian, is b.
func bigInt(b []byte) *big.Int {
	b = bytes.Clone(b)
	slices.Reverse(b)
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return v
}

// plainNaN is the NaN that text stands for.
const plainNaN = 0x7ff8 << 48

// float returns the value of FLOAT or BINFLOAT.
func (g *graph) float(r ref) (f float64, ok bool) {
	if g.src[r] == opBinFloat {
		return math.Float64frombits(binary.BigEndian.Uint64(g.src[r+1:])), true
	}
	text := g.line(r)
	switch string(text) {
	case "nan":
		return math.Float64frombits(plainNaN), true
	case "inf":
		return math.Inf(1), true
	case "-inf":
		return math.Inf(-1), true
	}
	// The finite floats that repr writes are JSON numbers.
	n, end, ok := numtext.Scan(text, 0)
	if !ok || end != len(text) {
		g.fail(int(r), ErrArgument, "float")
		return 0, false
	}
	if f, ok = n.Double(text); !ok {
		g.fail(int(r), ErrRange, "float")
	}
	return f, ok
}
