package pickle

import (
	"bytes"
	"hash/maphash"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
)

// This file writes the keys of documents and finds those that come twice.

// key appends a key and its NUL, and notes it for distinct.
func (m *machine) key(dst []byte, r ref) ([]byte, bool) {
	if r.isAtom() && m.src[r] == opShortBinUnicode {
		s := m.src[r+2:]
		s = s[:m.src[r+1]]
		if plainKey(s) {
			m.keys = append(m.keys, span{uint32(len(dst) - m.base), uint32(len(s))})
			return append(append(dst, s...), 0), true
		}
	}
	if a := m.atom(r); a != isText && a != isStr {
		return m.refuse(dst, r, ErrKey, "")
	}
	start := len(dst)
	dst, ok := m.text(dst, r)
	if !ok {
		return dst, false
	}
	if bytes.IndexByte(dst[start:], 0) >= 0 {
		return m.refuse(dst, r, bson.ErrKeyNUL, "")
	}
	m.note(dst, start)
	return append(dst, 0), true
}

// plainKey reports whether s is ASCII without NUL.
func plainKey(s []byte) bool {
	for _, c := range s {
		if c-1 >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}

// fixedKey appends a key that is known, and notes it for distinct.
func (m *machine) fixedKey(dst []byte, key string) []byte {
	start := len(dst)
	dst = append(dst, key...)
	m.note(dst, start)
	return append(dst, 0)
}

// note records the key that ends dst and starts at start.
func (m *machine) note(dst []byte, start int) {
	m.keys = append(m.keys, span{uint32(start - m.base), uint32(len(dst) - start)})
}

// fewKeys is how many keys are compared each with each.
const fewKeys = 8

// seed makes the places of keys in a table unpredictable.
var seed = maphash.MakeSeed()

// distinct returns the index of a key that is equal to an earlier one, of
// those from first on, or -1.
func (m *machine) distinct(dst []byte, first int) int {
	keys := m.keys[first:]
	dst = dst[m.base:]
	if len(keys) <= fewKeys {
		for i, k := range keys {
			for _, e := range keys[:i] {
				if e.n == k.n && string(dst[e.off:e.off+e.n]) == string(dst[k.off:k.off+k.n]) {
					return first + i
				}
			}
		}
		return -1
	}
	size := 2
	for size < 2*len(keys) {
		size *= 2
	}
	if size > len(m.table) {
		m.table = make([]uint32, size)
	}
	table := m.table[:size]
	clear(table)
	for i, k := range keys {
		key := dst[k.off : k.off+k.n]
		h := int(maphash.Bytes(seed, key)) & (size - 1)
		for ; table[h] != 0; h = (h + 1) & (size - 1) {
			e := keys[table[h]-1]
			if e.n == k.n && string(dst[e.off:e.off+e.n]) == string(key) {
				return first + i
			}
		}
		table[h] = uint32(i + 1)
	}
	return -1
}
