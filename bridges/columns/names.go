package columns

import (
	"encoding/binary"
	"math/bits"
)

// A key is the key of a field. Most keys are short, and compared as integers.
type key struct {
	head uint64 // the first 8 bytes, followed by zeros
	text []byte
}

// keyOf returns text as a key. More bytes of a document may follow text.
func keyOf(text []byte) key {
	if cap(text) < 8 {
		var room [8]byte
		copy(room[:], text)
		return key{binary.LittleEndian.Uint64(room[:]), text}
	}
	// The bytes after text are read too, and removed without a branch: the lengths of keys
	// are unpredictable.
	head := binary.LittleEndian.Uint64(text[:8])
	if len(text) < 8 {
		head &= 1<<(8*len(text)) - 1
	}
	return key{head, text}
}

// is reports whether k and other are the same.
func (k key) is(other key) bool {
	return k.head == other.head && len(k.text) == len(other.text) && (len(k.text) <= 8 || string(k.text) == string(other.text))
}

// hash returns a hash of the first and the last bytes, whose highest bits are the best.
func (k key) hash() uint64 {
	const odd = 0x9E3779B97F4A7C15
	h := k.head*odd + uint64(len(k.text))
	if n := len(k.text); n > 8 {
		h ^= binary.LittleEndian.Uint64(k.text[n-8:])
	}
	h *= odd
	return (h ^ h>>32) * odd
}

// A names finds the field that has a key.
type names struct {
	all map[string]*sink
	// found has fields that were found, by the hash of their keys. It is faster than the
	// map, but does not hold two fields with the same hash.
	found []*sink
	shift int // hash>>shift is an index of found
}

// init makes room for a number of fields.
func (n *names) init(size int) {
	n.all = make(map[string]*sink, size)
	// With four places for a field, few of them share one.
	width := bits.Len(uint(4*size) | 1)
	n.found, n.shift = make([]*sink, 1<<width), 64-width
}

// find returns the field with the key, or nil.
func (n *names) find(k key) *sink {
	place := &n.found[k.hash()>>(n.shift&63)]
	if kid := *place; kid != nil && kid.key.is(k) {
		return kid
	}
	kid := n.all[string(k.text)]
	if kid != nil {
		*place = kid
	}
	return kid
}
