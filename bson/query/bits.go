package query

import (
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the tests of bits. Bit 0 is the lowest bit of a number, and the lowest
// bit of the first byte of a binary. A number has its sign at every bit from 63 on, and
// a binary zeros after its end.

// A bitTest passes numbers and binaries by the values of some of their bits.
type bitTest struct {
	kind bitKind
	mask []byte   // the bits to test, as in a binary
	far  []uint32 // more bits to test, beyond mask, in order
}

type bitKind uint8

const (
	allSet bitKind = iota
	anySet
	allClear
	anyClear
)

// bitKinds has the operators of the tests. A test passes if it finds a bit with the
// value set; or, if all bits count, if it finds no bit with the other value.
var bitKinds = [...]struct {
	operator, words string
	all, set        bool
}{
	allSet:   {"$bitsAllSet", "all set of bits", true, true},
	anySet:   {"$bitsAnySet", "any set of bits", false, true},
	allClear: {"$bitsAllClear", "all clear of bits", true, false},
	anyClear: {"$bitsAnyClear", "any clear of bits", false, false},
}

// numberBits is the number of bits of an int64.
const numberBits = 64

// newBitTest returns a test of the bits at positions, which it may change.
func newBitTest(kind bitKind, positions []uint32) *bitTest {
	slices.Sort(positions)
	p := &bitTest{kind: kind, mask: make([]byte, numberBits/8)}
	for i, at := range positions {
		if at >= numberBits {
			p.far = slices.Compact(positions[i:])
			break
		}
		p.mask[at/8] |= 1 << (at % 8)
	}
	return p
}

func (p *bitTest) holds(v bsoncore.Value) (pass, ok bool) {
	if v.Type == bsoncore.TypeBinary {
		_, data, ok := v.BinaryOK()
		return p.result(p.seen(data, 0)), ok
	}
	n, ok := exactly(v)
	if !ok {
		return false, true
	}
	var data [numberBits / 8]byte
	binary.LittleEndian.PutUint64(data[:], uint64(n))
	return p.result(p.seen(data[:], byte(n>>63))), true
}

// seen reports which values the bits of data have. Bytes after data are rest.
func (p *bitTest) seen(data []byte, rest byte) (one, zero bool) {
	for i, m := range p.mask {
		b := rest
		if i < len(data) {
			b = data[i]
		}
		one = one || b&m != 0
		zero = zero || ^b&m != 0
	}
	for _, at := range p.far {
		b := rest
		if at/8 < uint32(len(data)) {
			b = data[at/8]
		}
		set := b>>(at%8)&1 != 0
		one = one || set
		zero = zero || !set
	}
	return one, zero
}

func (p *bitTest) result(one, zero bool) bool {
	kind := bitKinds[p.kind]
	if kind.set == kind.all {
		return zero != kind.all
	}
	return one != kind.all
}

func (p *bitTest) ofElements() bool { return true }

func (p *bitTest) appendTo(dst []byte) []byte {
	operator := bitKinds[p.kind].operator
	if len(p.far) == 0 {
		return bsoncore.AppendBinary(dst, operator, bsoncore.BinaryGeneric, p.mask)
	}
	dst, mark := bsoncore.BeginArray(dst, operator)
	for i, at := range p.positions() {
		dst = bsoncore.AppendInt64(dst, strconv.Itoa(i), int64(at))
	}
	return bsoncore.End(dst, mark)
}

// positions returns the bits to test, in order.
func (p *bitTest) positions() (list []uint32) {
	for i, m := range p.mask {
		for bit := range 8 {
			if m>>bit&1 != 0 {
				list = append(list, uint32(8*i+bit))
			}
		}
	}
	return append(list, p.far...)
}

// wordsOfBits is the number of bits that words names.
const wordsOfBits = 64

func (p *bitTest) describe() string {
	words := bitKinds[p.kind].words
	for i, at := range p.positions() {
		if i == wordsOfBits {
			return words + " …"
		}
		words += " " + strconv.Itoa(int(at))
	}
	return words
}
