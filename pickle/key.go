package pickle

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"slices"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
)

// This file writes the keys of documents and finds those that come twice.

// key appends a key and its NUL, and notes it for distinct.
func (m *machine) key(dst []byte, r ref) ([]byte, bool) {
	if s, ok := m.plainText(r); ok {
		m.keys = append(m.keys, span{uint32(len(dst) - m.base), uint32(len(s))})
		return append(append(dst, s...), 0), true
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

// plainText returns the bytes of text that are the same however it is spelled
// and in every Encoding. ok is false if r has others or is no text.
func (m *machine) plainText(r ref) (s []byte, ok bool) {
	if !r.isAtom() {
		return nil, false
	}
	switch s = m.src[r:]; s[0] {
	case opShortBinUnicode, opShortBinString:
		s = s[2 : 2+int(s[1])]
	case opBinUnicode:
		s = s[5 : 5+int(binary.LittleEndian.Uint32(s[1:]))]
	case opUnicode:
		if s = m.line(r); bytes.IndexByte(s, '\\') >= 0 {
			return nil, false
		}
	default:
		return nil, false
	}
	return s, plainKey(s)
}

// plainKey reports whether s is ASCII without NUL.
func plainKey(s []byte) bool {
	for ; len(s) >= 8; s = s[8:] {
		w := binary.LittleEndian.Uint64(s)
		if (w-0x0101010101010101|w)&0x8080808080808080 != 0 {
			return false
		}
	}
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
			if k.among(dst, keys[:i]) >= 0 {
				return first + i
			}
		}
		return -1
	}
	size := 16
	for 3*size < 4*len(keys) {
		size *= 2
	}
	if size > cap(m.table) {
		m.table = make([]uint32, size)
	}
	table := m.table[:size]
	m.table = table
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

// find returns the index of the key that is equal to k, of those from first on
// which distinct was the last to look at, or -1.
func (m *machine) find(dst []byte, first int, k span) int {
	keys := m.keys[first:]
	dst = dst[m.base:]
	if len(keys) <= fewKeys {
		if i := k.among(dst, keys); i >= 0 {
			return first + i
		}
		return -1
	}
	key := dst[k.off : k.off+k.n]
	mask := len(m.table) - 1
	for h := int(maphash.Bytes(seed, key)) & mask; m.table[h] != 0; h = (h + 1) & mask {
		i := int(m.table[h] - 1)
		if e := keys[i]; e.n == k.n && string(dst[e.off:e.off+e.n]) == string(key) {
			return first + i
		}
	}
	return -1
}

// among returns the index in keys of the one that is equal to k, or -1.
func (k span) among(dst []byte, keys []span) int {
	for i, e := range keys {
		if e.n == k.n && string(dst[e.off:e.off+e.n]) == string(dst[k.off:k.off+k.n]) {
			return i
		}
	}
	return -1
}

// reserve makes room for n keys more: append would leave behind several times
// what the keys of a large document need.
func (m *machine) reserve(n int) {
	if n > cap(m.keys)-len(m.keys) {
		m.keys = slices.Grow(m.keys, n)
	}
}
