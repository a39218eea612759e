package timeseries

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file encodes columns, as simply as it can: with big integers, with its own table
// of selectors, and with choices by chance, so that all selectors occur.
//
//   - encodeColumn encodes values as literals and runs of deltas.
//   - encodeGroup encodes objects after a reference document.
//   - packWords makes words of numbers.

// A field is a value of a column. Its Type is 0 if the value is missing.
type field = bsoncore.Value

// selector describes a selector of Simple8b, as the documentation of the format does.
type selector struct {
	base, extension uint64
	values          int
	valueBits       int
	zeroBits        int // bits of the count of trailing zeros
	zeroUnit        int
}

func selectors() (all []selector) {
	for i, bits := range []int{1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 60} {
		values := 60 / bits
		if i+1 == 7 || i+1 == 8 {
			values = 56 / bits
		}
		all = append(all, selector{uint64(i + 1), 0, values, bits, 0, 0})
	}
	for i, bits := range []int{2, 3, 4, 5, 7, 10, 14, 24, 52} {
		all = append(all, selector{7, uint64(i + 1), 56 / (bits + 4), bits, 4, 1})
	}
	for i, bits := range []int{4, 5, 7, 10, 14, 24, 52} {
		all = append(all, selector{8, uint64(i + 1), 56 / (bits + 4), bits, 4, 4})
	}
	for i, bits := range []int{4, 6, 9, 13, 23, 51} {
		all = append(all, selector{8, uint64(i + 8), 56 / (bits + 5), bits, 5, 4})
	}
	return all
}

var allSelectors = selectors()

// slot returns the bits of n for s, and whether n has some. nil is a missing value.
func (s selector) slot(n *big.Int) (uint64, bool) {
	ones := uint64(1)<<(s.valueBits+s.zeroBits) - 1
	if n == nil {
		return ones, true
	}
	zeros := 0
	if s.zeroBits > 0 && n.Sign() > 0 {
		zeros = min(int(n.TrailingZeroBits())/s.zeroUnit, 1<<s.zeroBits-1)
	}
	v := new(big.Int).Rsh(n, uint(zeros*s.zeroUnit))
	if v.BitLen() > s.valueBits {
		return 0, false
	}
	bits := v.Uint64()<<s.zeroBits | uint64(zeros)
	return bits, bits != ones
}

// pack returns the word of the first of numbers for s.
func (s selector) pack(numbers []*big.Int) (word uint64, ok bool) {
	if len(numbers) < s.values {
		return 0, false
	}
	word, at := s.base, 4
	if s.base == 7 || s.base == 8 {
		word, at = word|s.extension<<4, 8
	}
	for i := range s.values {
		bits, ok := s.slot(numbers[i])
		if !ok {
			return 0, false
		}
		word |= bits << (at + i*(s.valueBits+s.zeroBits))
	}
	return word, true
}

func same(a, b *big.Int) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Cmp(b) == 0
}

// packWords returns words of numbers. last is the number before them. ok is false if a
// number does not fit into a word.
func packWords(r *rand.Rand, numbers []*big.Int, last *big.Int) (words []uint64, ok bool) {
	for len(numbers) > 0 {
		if equal := alike(numbers, last); equal >= 120 && r.IntN(8) > 0 {
			n := min(equal/120, 16)
			words = append(words, 15|uint64(n-1)<<4)
			numbers = numbers[120*n:]
			continue
		}
		packed := false
		for _, i := range r.Perm(len(allSelectors)) {
			if w, ok := allSelectors[i].pack(numbers); ok {
				n := allSelectors[i].values
				words, last, numbers, packed = append(words, w), numbers[n-1], numbers[n:], true
				break
			}
		}
		if !packed {
			return nil, false
		}
	}
	return words, true
}

// alike returns how many numbers at the start are last.
func alike(numbers []*big.Int, last *big.Int) int {
	for i, n := range numbers {
		if !same(n, last) {
			return i
		}
	}
	return len(numbers)
}

// sign moves the sign of n to its lowest bit. n has the given number of bits.
func sign(n *big.Int, bits uint) *big.Int {
	all := new(big.Int).Lsh(big.NewInt(1), bits)
	n = new(big.Int).Mod(n, all)
	if n.Bit(int(bits)-1) == 1 { // negative
		n.Sub(all, n)
		return n.Sub(n.Lsh(n, 1), big.NewInt(1))
	}
	return n.Lsh(n, 1)
}

// numberOf returns v as a number, and whether it is one. scale is 10ⁿ, or 0 for bits.
func numberOf(v field, scale float64) (*big.Int, bool) {
	d := v.Data
	switch v.Type {
	case bsoncore.TypeInt32:
		return big.NewInt(int64(int32(binary.LittleEndian.Uint32(d)))), true
	case bsoncore.TypeInt64, bsoncore.TypeDateTime, bsoncore.TypeTimestamp:
		return big.NewInt(int64(binary.LittleEndian.Uint64(d))), true
	case bsoncore.TypeBoolean:
		return big.NewInt(int64(d[0])), true
	case bsoncore.TypeDouble:
		f := math.Float64frombits(binary.LittleEndian.Uint64(d))
		if scale == 0 {
			return big.NewInt(int64(math.Float64bits(f))), true
		}
		if math.Abs(f*scale) < 1<<53 {
			if n := math.Round(f * scale); math.Float64bits(n/scale) == math.Float64bits(f) && !(n == 0 && math.Signbit(f)) {
				return big.NewInt(int64(n)), true
			}
		}
		return nil, false
	case bsoncore.TypeObjectID:
		return new(big.Int).SetBytes([]byte{d[0], d[1], d[9], d[2], d[10], d[3], d[11]}), true
	case bsoncore.TypeString, bsoncore.TypeCode:
		text := d[4 : len(d)-1]
		return new(big.Int).SetBytes(text), len(text) <= 16 && !bytes.HasPrefix(text, []byte{0})
	case bsoncore.TypeBinary:
		return little(d[5:]), len(d) <= 5+16
	case bsoncore.TypeDecimal128:
		return little(d), true
	}
	return nil, false
}

func little(b []byte) *big.Int {
	reversed := bytes.Clone(b)
	for i, c := range b {
		reversed[len(b)-1-i] = c
	}
	return new(big.Int).SetBytes(reversed)
}

// An encoder encodes the values of a series.
type encoder struct {
	r      *rand.Rand
	last   field    // the value before
	delta  *big.Int // the delta before, for types with deltas of deltas
	number *big.Int // the number before, nil for a missing value
}

func newEncoder(r *rand.Rand, last field) *encoder {
	return &encoder{r, last, new(big.Int), new(big.Int)}
}

// A run is the bytes of a control, and the number of its values.
type run struct {
	data   []byte
	values int
}

var doubleScales = []struct {
	control byte
	factor  float64
}{{0x80, 0}, {0x90, 1}, {0xa0, 10}, {0xb0, 100}, {0xc0, 1e4}, {0xd0, 1e8}}

// step returns the number of v after last, and the delta. ok is false if v needs a
// literal.
func step(last, v field, delta *big.Int, scale float64) (number, next *big.Int, ok bool) {
	if v.Type == 0 {
		return nil, delta, true
	}
	if v.Type != last.Type {
		return nil, nil, false
	}
	a, aOK := numberOf(last, scale)
	b, bOK := numberOf(v, scale)
	if !aOK || !bOK {
		if v.Type == bsoncore.TypeDouble { // the scale must fit, too
			return nil, nil, false
		}
		return new(big.Int), delta, bytes.Equal(v.Data, last.Data)
	}
	d := new(big.Int).Sub(b, a)
	switch v.Type {
	case bsoncore.TypeDateTime, bsoncore.TypeTimestamp, bsoncore.TypeObjectID:
		if v.Type == bsoncore.TypeObjectID && !bytes.Equal(v.Data[4:9], last.Data[4:9]) {
			return nil, nil, false
		}
		return sign(new(big.Int).Sub(d, delta), 64), d, true
	case bsoncore.TypeBinary:
		return sign(d, 128), delta, bytes.Equal(v.Data[:5], last.Data[:5])
	case bsoncore.TypeString, bsoncore.TypeCode, bsoncore.TypeDecimal128:
		return sign(d, 128), delta, true
	}
	return sign(d, 64), delta, true
}

// runs encodes values.
func (e *encoder) runs(values []field) (all []run) {
	for len(values) > 0 {
		n, words, control := e.words(values)
		if n == 0 {
			v := values[0]
			if v.Type == 0 {
				panic("a missing value needs no literal")
			}
			all = append(all, run{append([]byte{byte(v.Type), 0}, v.Data...), 1})
			*e = *newEncoder(e.r, v)
			values = values[1:]
			continue
		}
		data := []byte{control | byte(len(words)-1)}
		for _, w := range words {
			data = binary.LittleEndian.AppendUint64(data, w)
		}
		all = append(all, run{data, n})
		values = values[n:]
	}
	return all
}

// words returns the words of one control for the first n of values.
func (e *encoder) words(values []field) (n int, words []uint64, control byte) {
	scale := doubleScales[0]
	if e.last.Type == bsoncore.TypeDouble {
		scale = doubleScales[e.r.IntN(len(doubleScales))]
		if _, ok := numberOf(e.last, scale.factor); !ok {
			scale = doubleScales[0]
		}
	}
	var numbers []*big.Int
	last, delta := e.last, e.delta
	most := 1 + e.r.IntN(3000)
	for n < len(values) && n < most {
		number, next, ok := step(last, values[n], delta, scale.factor)
		if !ok {
			break
		}
		if _, ok := packWords(e.r, []*big.Int{number}, new(big.Int)); !ok {
			break
		}
		numbers, delta = append(numbers, number), next
		if values[n].Type != 0 {
			last = values[n]
		}
		n++
	}
	if n == 0 {
		return 0, nil, 0
	}
	words, ok := packWords(e.r, numbers, e.number)
	if !ok || len(words) > 16 {
		return e.words(values[:(n+1)/2])
	}
	e.last, e.delta, e.number = last, delta, numbers[n-1]
	return n, words, scale.control
}

// encodeColumn encodes values.
func encodeColumn(r *rand.Rand, values []field) (data []byte) {
	for _, run := range newEncoder(r, field{}).runs(values) {
		data = append(data, run.data...)
	}
	return append(data, 0)
}

// encodeGroup encodes rows of the values of reference, one after the other, in the
// order of reference. control is f0, f1 or f2.
func encodeGroup(r *rand.Rand, control byte, reference []byte, first []field, rows [][]field) []byte {
	data := append([]byte{control}, reference...)
	series := make([][]run, len(first))
	for i := range first {
		var values []field
		for _, row := range rows {
			values = append(values, row[i])
		}
		series[i] = newEncoder(r, first[i]).runs(values)
	}
	left := make([]int, len(first))
	for range rows {
		for i := range series {
			if left[i] == 0 {
				data = append(data, series[i][0].data...)
				left[i], series[i] = series[i][0].values, series[i][1:]
			}
			left[i]--
		}
	}
	return append(data, 0)
}

// bucketOf returns a bucket of packed columns: pairs of a name and the bytes. Without a
// count, count is -1.
func bucketOf(version int32, count int, columns ...any) []byte {
	doc, mark := bsoncore.Begin(nil)
	doc, control := bsoncore.BeginDocument(doc, "control")
	doc = bsoncore.AppendInt32(doc, "version", version)
	if count >= 0 {
		doc = bsoncore.AppendInt32(doc, "count", int32(count))
	}
	doc = bsoncore.End(doc, control)
	doc, data := bsoncore.BeginDocument(doc, "data")
	for i := 0; i < len(columns); i += 2 {
		doc = bsoncore.AppendBinary(doc, columns[i].(string), bsoncore.BinaryColumn, columns[i+1].([]byte))
	}
	return bsoncore.End(bsoncore.End(doc, data), mark)
}
