package schema

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
)

// This file counts values, several at once. What is known of all paths is larger than the
// caches of a processor, so each node collects values, and takes them to its description
// when there are batch of them. With Options.TypesOnly there is little to know, and no queue.

// A queue has values that were not counted yet. A value of fixed size is words of its
// data. Of others there are the hash, and the size with the bit known.
type queue struct {
	types  [batch]bsoncore.Type
	size   uint8 // values
	values [batch][2]uint64
}

const batch = 32

// The size of a value has more bits. known is set if the value is in values.bottom, so it is
// not new for values.distinct. A binary has its subtype from bit subtypeShift.
const (
	known        = 1 << 63
	subtypeShift = 32
	sizeMask     = 1<<subtypeShift - 1
)

// A form says what a queue has of a value of a type.
type form uint8

const (
	asHash form = iota // hash and size
	asNone             // nothing: a document
	asSize             // size: an array
	fixed  form = 0x80 // fixed|n: n bytes, in words
)

var forms = [256]form{
	bsoncore.TypeDocument:   asNone,
	bsoncore.TypeArray:      asSize,
	bsoncore.TypeDouble:     fixed | 8,
	bsoncore.TypeUndefined:  fixed,
	bsoncore.TypeObjectID:   fixed | 12,
	bsoncore.TypeBoolean:    fixed | 1,
	bsoncore.TypeDateTime:   fixed | 8,
	bsoncore.TypeNull:       fixed,
	bsoncore.TypeInt32:      fixed | 4,
	bsoncore.TypeTimestamp:  fixed | 8,
	bsoncore.TypeInt64:      fixed | 8,
	bsoncore.TypeDecimal128: fixed | 16,
	bsoncore.TypeMaxKey:     fixed,
	bsoncore.TypeMinKey:     fixed,
}

// count adds a value to the queue of n.
func (s *Schema) count(n *node, t bsoncore.Type, a, b uint64) {
	if bit := uint32(1) << typeIndex[t]; n.met&bit == 0 || s.back {
		n.meet(typeIndex[t], s.number)
		if s.options.SingleOnly && n.isLeaf(n.met) {
			s.prune(n)
		}
	}
	if s.options.TypesOnly {
		v := n.own()
		v.types[typeIndex[t]]++
		v.outline(t, a, b)
		return
	}
	q := &n.waiting
	at := q.size & (batch - 1)
	q.types[at] = t
	q.values[at] = [2]uint64{a, b}
	if q.size++; q.size == batch {
		s.flush(n)
	}
}

// scalar adds the current value of the cursor, neither a document nor an array.
func (s *Schema) scalar(n *node, t bsoncore.Type) {
	c := &s.c
	data := c.Data()
	if forms[t] >= fixed {
		a, b := words(data)
		s.count(n, t, a, b)
		return
	}
	size := uint64(0)
	switch t {
	case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
		size = uint64(len(data) - 5) // without length and NUL
	case bsoncore.TypeBinary:
		subtype, content := c.Binary()
		size = uint64(len(content)) | uint64(subtype)<<subtypeShift
	}
	if s.options.TypesOnly {
		s.count(n, t, 0, size)
		return
	}
	hash := hashOf(uint64(t), data)
	if hash <= n.above {
		if v := n.own(); v.bottom.add(hash, 1) {
			size |= known
		} else {
			v.bottom.insert(hash, 1, text{typ: t, data: data}, &s.options)
			n.above = v.bottom.above
		}
	}
	s.count(n, t, hash, size)
}

// own returns n.values, which it makes.
func (n *node) own() *values {
	if n.values == nil {
		n.values = &values{}
		n.values.bottom = newBottom()
	}
	return n.values
}

// flush counts the values in the queue of n.
func (s *Schema) flush(n *node) {
	q := &n.waiting
	v := n.own()
	var hashes [batch]uint64
	scalars := 0
	for i, t := range q.types[:q.size] {
		v.types[typeIndex[t]]++
		a, b := q.values[i][0], q.values[i][1]
		v.describe(t, a, b)
		hash, f := a, forms[t]
		switch {
		case f >= fixed:
			size := int(f &^ fixed)
			if hash = hashWords(uint64(t), size, a, b); hash > n.above {
				break
			}
			if v.bottom.add(hash, 1) {
				continue
			}
			data := binary.LittleEndian.AppendUint64(make([]byte, 0, 16), a)
			data = binary.LittleEndian.AppendUint64(data, b)[:size]
			v.bottom.insert(hash, 1, text{typ: t, data: data}, &s.options)
			n.above = v.bottom.above
		case f != asHash || b&known != 0:
			continue
		}
		hashes[scalars] = hash
		scalars++
	}
	v.distinct.add(hashes[:scalars], s.hashes)
	q.size = 0
}

// values describes the values of a node.
type values struct {
	types    [typeCount]uint64 // by typeIndex
	firsts   *[typeCount]int64 // smallest number of a document with each type, by typeIndex; nil: see node.document
	strings  *sizes            // bytes of strings, symbols and code
	binaries *sizes            // bytes
	subtypes *subtypes         // of binaries
	arrays   *sizes            // elements
	numbers  *numbers
	dates    *dates
	bottom   bottom
	distinct distinct
}

// describe counts a value for the description of its type.
func (v *values) describe(t bsoncore.Type, a, b uint64) {
	switch t {
	case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
		extend(&v.strings).add(b & sizeMask)
	case bsoncore.TypeInt32:
		extend(&v.numbers).addInt(int64(int32(a)))
	case bsoncore.TypeInt64:
		extend(&v.numbers).addInt(int64(a))
	case bsoncore.TypeDouble:
		extend(&v.numbers).addDouble(math.Float64frombits(a))
	case bsoncore.TypeDecimal128:
		extend(&v.numbers).addDecimal(decimal128.FromBits(b, a))
	case bsoncore.TypeDateTime:
		extend(&v.dates).add(int64(a))
	case bsoncore.TypeBinary:
		extend(&v.binaries).add(b & sizeMask)
		extend(&v.subtypes).add(byte(b>>subtypeShift), b&sizeMask)
	case bsoncore.TypeArray:
		extend(&v.arrays).add(a)
	}
}

// outline is describe for Options.TypesOnly.
func (v *values) outline(t bsoncore.Type, a, b uint64) {
	switch t {
	case bsoncore.TypeDecimal128:
		extend(&extend(&v.numbers).exponents).add(decimal128.FromBits(b, a))
	case bsoncore.TypeBinary:
		extend(&v.subtypes).add(byte(b>>subtypeShift), b&sizeMask)
	}
}

// meet notes that the document with this number has a value of a type. Most paths have
// one type, and numbers for no others.
func (n *node) meet(index uint8, number int64) {
	bit := uint32(1) << index
	switch {
	case n.met == 0:
		n.document = number
	case n.met == bit:
		n.document = min(n.document, number)
	default:
		v := n.own()
		if v.firsts == nil {
			v.firsts = new([typeCount]int64)
			v.firsts[bits.TrailingZeros32(n.met)] = n.document
		}
		if n.met&bit == 0 || number < v.firsts[index] {
			v.firsts[index] = number
		}
	}
	n.met |= bit
}

// firstOf returns the smallest number of a document with a value of a type that was met.
func (n *node) firstOf(index int) int64 {
	if n.values == nil || n.values.firsts == nil {
		return n.document
	}
	return n.values.firsts[index]
}

// total returns the number of values.
func (n *node) total() (total uint64) {
	if n.values != nil {
		for _, count := range n.values.types {
			total += count
		}
	}
	return total + uint64(n.waiting.size)
}
