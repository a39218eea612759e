package bsoncore

import (
	"bytes"
	"hash/maphash"
	"strings"
)

// This file holds the rules about keys that ValidateOptions turns on.
//
//   - open, field and close are called by the validator's walk: at the start
//     of a container, for each of its elements, at its end.
//   - keySet finds duplicates.

// rules are the flags of ValidateOptions.
type rules uint8

const (
	rejectEmpty rules = 1 << iota
	rejectDotted
	rejectDollar
	rejectDuplicates
	requireIndexes
)

func (o *ValidateOptions) rules() (r rules) {
	for _, flag := range [...]struct {
		on  bool
		bit rules
	}{
		{o.RejectEmptyKeys, rejectEmpty},
		{o.RejectDottedKeys, rejectDotted},
		{o.RejectDollarKeys, rejectDollar},
		{o.RejectDuplicateKeys, rejectDuplicates},
		{o.RejectWrongArrayKeys, requireIndexes},
	} {
		if flag.on {
			r |= flag.bit
		}
	}
	return r
}

// fields is the state of the rules for one open container.
type fields struct {
	typ   Type // TypeDocument or TypeArray
	n     int  // elements so far
	ref   int  // offset of a first element "$ref" that waits for "$id", or 0
	dbref bool // "$ref" and "$id" have come
	mark  int  // keys in the set when the container opened
}

func (v *validator) open(t Type) fields {
	if v.rules&rejectDuplicates == 0 {
		return fields{typ: t}
	}
	if v.keys == nil {
		v.keys = newKeySet()
	}
	return fields{typ: t, mark: len(v.keys.open)}
}

// field applies the rules to the current element, one of f's.
func (v *validator) field(f *fields) {
	key, at := v.c.Key(), v.c.at
	if f.typ == TypeArray {
		if v.rules&requireIndexes != 0 && !isIndex(key, f.n) {
			v.refuse(at, ErrArrayKey)
		}
		f.n++
		return
	}
	if v.rules&rejectEmpty != 0 && len(key) == 0 {
		v.refuse(at, ErrEmptyKey)
	}
	if v.rules&rejectDotted != 0 && bytes.IndexByte(key, '.') >= 0 {
		v.refuse(at, ErrDottedKey)
	}
	if v.rules&rejectDollar != 0 {
		v.dollar(f, string(key))
	}
	if v.rules&rejectDuplicates != 0 && !v.keys.add(v.c.src, at+1, len(key), v.c.depth) {
		v.refuse(at, ErrDuplicateKey)
	}
	f.n++
}

// dollar rejects a key with "$" unless it belongs to a DBRef. A "$ref" is
// rejected if no "$id" follows it.
func (v *validator) dollar(f *fields, key string) {
	text := v.c.typ == TypeString
	if ref := f.ref; ref != 0 {
		if f.ref = 0; key == "$id" {
			f.dbref = true
			return
		}
		v.refuse(ref, ErrDollarKey)
	}
	switch {
	case !strings.HasPrefix(key, "$"):
	case f.n == 0 && key == "$ref" && text:
		f.ref = v.c.at
	case f.n == 2 && key == "$db" && text && f.dbref:
	default:
		v.refuse(v.c.at, ErrDollarKey)
	}
}

// close ends a container begun by open. After a fault it has no effect.
func (v *validator) close(f *fields) {
	if f.ref != 0 {
		v.refuse(f.ref, ErrDollarKey)
	}
	if v.keys != nil {
		v.keys.truncate(f.mark)
	}
}

// isIndex reports whether key is i in decimal.
func isIndex(key []byte, i int) bool {
	var digits [20]byte
	want := AppendIndexKey(digits[:0], i)
	return string(key) == string(want[:len(want)-1])
}

// A keySet holds the keys of the containers that are open. It is a hash table
// with open addressing and linear probing; keys leave it in reverse order of
// insertion, so removing a key only empties its slot.
type keySet struct {
	open  []openKey // the keys, in the order of the bytes
	slots []uint32  // 0: empty; else 1 + an index into open. A power of two ≥ 2·len(open)
	seed  maphash.Seed

	firstOpen  [firstKeys]openKey    // the first memory of open and slots
	firstSlots [2 * firstKeys]uint32 // until more keys come
}

// firstKeys is how many keys a set holds without allocating again.
const firstKeys = 32

func newKeySet() *keySet {
	s := &keySet{seed: maphash.MakeSeed()}
	s.open, s.slots = s.firstOpen[:0], s.firstSlots[:]
	return s
}

type openKey struct {
	off, size int32  // of the key's bytes in the document
	depth     int32  // of its container; no two open ones have the same
	hash      uint32 // of the bytes and depth
	slot      uint32 // where slots has it
}

// add adds the key of size bytes at src[off] in the container at depth and
// reports whether that container did not have it.
func (s *keySet) add(src []byte, off, size int, depth int32) bool {
	if 2*len(s.open) >= len(s.slots) {
		s.grow()
	}
	key := src[off : off+size]
	// Without depth in the hash, equal keys at every level would collide.
	hash := uint32(maphash.Bytes(s.seed, key)) + uint32(depth)*0x9E3779B1
	mask := uint32(len(s.slots) - 1)
	slot := hash & mask
	for ; s.slots[slot] != 0; slot = (slot + 1) & mask {
		k := &s.open[s.slots[slot]-1]
		if k.hash == hash && k.depth == depth && bytes.Equal(key, src[k.off:k.off+k.size]) {
			return false
		}
	}
	s.open = append(s.open, openKey{int32(off), int32(size), depth, hash, slot})
	s.slots[slot] = uint32(len(s.open))
	return true
}

// truncate removes all keys except the first n.
func (s *keySet) truncate(n int) {
	for len(s.open) > n {
		last := len(s.open) - 1
		s.slots[s.open[last].slot] = 0
		s.open = s.open[:last]
	}
}

func (s *keySet) grow() {
	s.slots = make([]uint32, 2*len(s.slots))
	mask := uint32(len(s.slots) - 1)
	for i := range s.open {
		slot := s.open[i].hash & mask
		for s.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		s.open[i].slot = slot
		s.slots[slot] = uint32(i + 1)
	}
}
