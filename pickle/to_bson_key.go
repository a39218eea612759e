package pickle

import (
	"bytes"
	"hash/maphash"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file writes the keys of documents and finds duplicates.

// key appends a key and its NUL, and notes it for distinct.
func (b *builder) key(dst []byte, r ref) ([]byte, bool) {
	if s, ok := b.plainText(r); ok {
		b.keys = append(b.keys, span{uint32(len(dst) - b.base), uint32(len(s))})
		return append(append(dst, s...), 0), true
	}
	if !b.atom(r).isTextual() {
		return b.refuse(dst, r, ErrKey, "")
	}
	start := len(dst)
	dst, ok := b.text(dst, r)
	if !ok {
		return dst, false
	}
	if bytes.IndexByte(dst[start:], 0) >= 0 {
		return b.refuse(dst, r, bsoncore.ErrKeyNUL, "")
	}
	b.note(dst, start)
	return append(dst, 0), true
}

// fixedKey appends a key that is known, and notes it for distinct.
func (b *builder) fixedKey(dst []byte, key string) []byte {
	start := len(dst)
	dst = append(dst, key...)
	b.note(dst, start)
	return append(dst, 0)
}

// note records the key that ends dst and starts at start.
func (b *builder) note(dst []byte, start int) {
	b.keys = append(b.keys, span{uint32(start - b.base), uint32(len(dst) - start)})
}

// fewKeys is the largest number of keys that are compared pairwise.
const fewKeys = 8

// seed makes the slots of keys in a table unpredictable.
var seed = maphash.MakeSeed()

// distinct returns the index of a key that is equal to an earlier one, of
// those from first on, or -1.
func (b *builder) distinct(dst []byte, first int) int {
	keys := b.keys[first:]
	dst = dst[b.base:]
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
	if size > cap(b.table) {
		b.table = make([]uint32, size)
	}
	table := b.table[:size]
	b.table = table
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
func (b *builder) find(dst []byte, first int, k span) int {
	keys := b.keys[first:]
	dst = dst[b.base:]
	if len(keys) <= fewKeys {
		if i := k.among(dst, keys); i >= 0 {
			return first + i
		}
		return -1
	}
	key := dst[k.off : k.off+k.n]
	mask := len(b.table) - 1
	for h := int(maphash.Bytes(seed, key)) & mask; b.table[h] != 0; h = (h + 1) & mask {
		i := int(b.table[h] - 1)
		if e := keys[i]; e.n == k.n && string(dst[e.off:e.off+e.n]) == string(key) {
			return first + i
		}
	}
	return -1
}

// among returns the index of the key in keys that is equal to k, or -1.
func (k span) among(dst []byte, keys []span) int {
	for i, e := range keys {
		if e.n == k.n && string(dst[e.off:e.off+e.n]) == string(dst[k.off:k.off+k.n]) {
			return i
		}
	}
	return -1
}

// reserve makes room for n more keys: append would leave garbage of several
// times the size of the keys of a large document.
func (b *builder) reserve(n int) {
	if n > cap(b.keys)-len(b.keys) {
		b.keys = slices.Grow(b.keys, n)
	}
}
