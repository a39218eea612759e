package bsontest

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// This file has the choices that make values without parts: text, octets,
// integer, double and decimal, and the options of a regex.

// appendText appends the value of a string.
func appendText(dst []byte, s string) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)+1))
	return append(append(dst, s...), 0)
}

// id appends 12 bytes.
func (g *generator) id(dst []byte) []byte {
	var id [12]byte
	copy(id[:], g.Bytes(len(id)))
	return append(dst, id[:]...)
}

// The kinds of text, the low three bits of the first byte of a text. With the kinds 0
// and 1 the higher bits select a text of texts. With the kinds 4 to 6 the text is the
// next bytes; the higher bits are their number.
const (
	textRepeated = 2 // the next bytes, repeated; the higher bits are their number
	textKey      = 3 // an earlier key
	textLong     = 7 // the next bytes; three bytes before them are their number
)

// texts has frequent and awkward texts.
var texts = slices.Concat([]string{"", "x"}, edge.Awkward, edge.Foreign)

// text returns the next text. A repeated text has at most room bytes.
func (g *generator) text(room int) string {
	b := int(g.Byte())
	kind, arg := b&7, b>>3
	switch kind {
	case 0, 1:
		return texts[(kind<<5|arg)%len(texts)]
	case textRepeated:
		n := g.count()
		unit := valid(string(g.Bytes(arg)))
		if unit == "" {
			unit = "x"
		}
		return strings.Repeat(unit, min(n, room/len(unit)))
	case textKey:
		return g.earlier(arg)
	case textLong:
		return valid(string(g.Bytes(int(g.number(3)))))
	}
	return valid(string(g.Bytes(arg)))
}

// The kinds of binary, the low two bits of the first byte of a binary. With kind 0 the
// binary is the next bytes; the higher bits are their number.
const (
	octetsUUID     = 1 // 16 bytes
	octetsRepeated = 2 // the next bytes, repeated; the higher bits are their number
	octetsLong     = 3 // three bytes are the number of bytes
)

// octets returns the bytes of a binary. Repeated bytes are at most room bytes.
func (g *generator) octets(room int) []byte {
	b := int(g.Byte())
	switch kind, arg := b&3, b>>2; kind {
	case octetsUUID:
		return append(bytes.Clone(g.Bytes(16)), make([]byte, 16)...)[:16]
	case octetsRepeated:
		n := g.count()
		unit := g.Bytes(arg)
		if len(unit) == 0 {
			unit = []byte{0}
		}
		return bytes.Repeat(unit, min(n, room/len(unit)))
	case octetsLong:
		return g.Bytes(int(g.number(3)))
	default:
		return g.Bytes(arg)
	}
}

// The kinds of numbers, the low two bits of the first byte of a number. With kind 0 the
// higher bits select a number of a table.
const (
	numberSmall = 1 // a signed byte
	numberHalf  = 2 // four bytes
	numberWhole = 3 // eight bytes
)

// firstOdd is the number from which on a choice selects an odd value in place of a double
// or decimal of a table. Tables are shorter; a choice has numbers up to 63.
const firstOdd = 48

// integer returns the next integer.
func (g *generator) integer(edges []int64) int64 {
	b := int(g.Byte())
	switch b & 3 {
	case numberSmall:
		return int64(int8(g.Byte()))
	case numberHalf:
		return int64(int32(g.number(4)))
	case numberWhole:
		return int64(g.number(8))
	}
	return edges[(b>>2)%len(edges)]
}

// Bits of doubles.
const (
	infinity = 0x7ff0 << 48
	plainNaN = 0x7ff8 << 48 // the NaN that is read from text
)

// widened returns the bits of the double that is equal to the float32 with the given
// bits. Processors disagree on the payload of a NaN, so it is converted here.
func widened(single uint32) uint64 {
	if single<<1 > 0xff<<24 {
		return uint64(single>>31)<<63 | infinity | uint64(single&(1<<23-1))<<29
	}
	return math.Float64bits(float64(math.Float32frombits(single)))
}

// double returns the bits of the next double. Its kinds are those of integer.
func (g *generator) double() (bits uint64) {
	b := int(g.Byte())
	switch b & 3 {
	case numberSmall:
		bits = math.Float64bits(float64(int8(g.Byte())))
	case numberHalf:
		bits = widened(uint32(g.number(4)))
	case numberWhole:
		bits = g.number(8)
	default:
		bits = math.Float64bits(edge.Doubles[(b>>2)%len(edge.Doubles)])
		if b>>2 >= firstOdd {
			bits = infinity | g.number(8) | 1
		}
	}
	if bits<<1 > infinity<<1 && !g.o.allows(NaNPayloads) {
		bits = plainNaN
	}
	return bits
}

// decimalWhole is the kind of decimals that are 16 bytes. With kind 0 the higher bits
// select a decimal of a table. The other kinds have a coefficient of 7 or 14 bytes.
const decimalWhole = 3

// oddDecimal has the two bits after the sign. If both are set, a decimal is too large for
// its format, infinite or not a number.
const oddDecimal = 0x6000 << 48

// decimal returns the next decimal.
func (g *generator) decimal() (d decimal128.Decimal) {
	b := int(g.Byte())
	switch b & 3 {
	case decimalWhole:
		hi := g.number(8)
		d = decimal128.FromBits(hi, g.number(8))
	case 0:
		if b>>2 >= firstOdd {
			d = decimal128.FromBits(oddDecimal|g.number(8), g.number(8))
			break
		}
		d = edge.Decimals[(b>>2)%len(edge.Decimals)]
	default:
		// Exponents near the limits and near 0.
		span := decimal128.MaxExponent - decimal128.MinExponent + 1
		exp := (int(int16(g.number(2)))%span+span)%span + decimal128.MinExponent
		if b&4 == 0 {
			exp = int(int8(exp))
		}
		hi := uint64(0)
		if b&1 == 0 {
			hi = g.number(6)
		}
		d = edge.Decimal(b&8 != 0, hi, g.number(8), exp)
	}
	if !g.o.allows(NonCanonicalDecimals) {
		d = plainDecimal(d)
	}
	return d
}

// letters has the options that every implementation accepts.
const letters = "ilmsux"

// optionsText is the bit of the first byte of options that are a text. Without it each
// bit is a letter.
const optionsText = 1 << 6

// options returns the options of a regex.
func (g *generator) options() (options string) {
	b := int(g.Byte())
	if b&optionsText == 0 {
		for i := range len(letters) {
			if b>>i&1 != 0 {
				options += letters[i : i+1]
			}
		}
		return options
	}
	options = cstring(g.text(0))
	if !g.o.allows(RegexOptions) {
		sorted := slices.DeleteFunc([]byte(options), func(c byte) bool { return c >= utf8.RuneSelf })
		slices.Sort(sorted)
		options = string(sorted)
	}
	return options
}
