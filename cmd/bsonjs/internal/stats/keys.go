package stats

import (
	"cmp"
	"container/heap"
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"strings"
)

// This file counts keys. Documents may have any number of keys, so memory holds the keys
// with the smallest hashes. A key that is held at the end was held since its first element,
// so its counts are exact, and the set does not depend on the order of documents.

const (
	// maxKeys is the number of keys that are held.
	maxKeys = 100_000
	// maxKey is the length of the keys that are held, in bytes.
	maxKey = 256
	// kept is the number of keys that stay, without counts, in a table that is reset.
	kept = 4096
)

// recent is the number of keys that are found without the map, a power of two.
const recent = 1024

// A key has the counts of a key.
type key struct {
	name  string
	hash  uint64
	tally Tally // elements, and their bytes with types and keys
	next  *key  // the key that came after it the last time
}

// A keys is a table of keys.
type keys struct {
	most   int
	byName map[string]*key
	byHash hashes
	first  key          // before the first key of a document
	recent [recent]*key // by slot
	// others are the elements whose keys are not held because there are too many, and
	// long those whose keys are too long.
	others, long key
	full         bool // there are others
}

func (t *keys) init(most int) { *t = keys{most: most, byName: map[string]*key{}} }

// start returns what comes before the first key of a document.
func (t *keys) start() *key { return &t.first }

// find returns the counts of a key. last is the key before it.
func (t *keys) find(name []byte, last *key) *key {
	k := last.next
	if k != nil && string(name) == k.name {
		return k
	}
	slot := &t.recent[slotOf(name)]
	if k = *slot; k == nil || string(name) != k.name {
		if k = t.byName[string(name)]; k == nil {
			return t.insert(name)
		}
		*slot = k
	}
	last.next = k
	return k
}

// slotOf returns the place of a key among the recent ones.
func slotOf(name []byte) int {
	n := len(name)
	a, b := uint64(0), uint64(0)
	switch {
	case n >= 8:
		a, b = binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		a, b = uint64(binary.LittleEndian.Uint32(name)), uint64(binary.LittleEndian.Uint32(name[n-4:]))
	case n > 0:
		a, b = uint64(name[0])<<8|uint64(name[n/2]), uint64(name[n-1])
	}
	return int((a*0x9e3779b97f4a7c15 ^ b*0xd6e8feb86659fd93 + uint64(n)) * 0x9e3779b97f4a7c15 >> (64 - 10))
}

// insert returns the counts of a key that is not held.
func (t *keys) insert(name []byte) *key {
	if len(name) > maxKey {
		return &t.long
	}
	h := fnv.New64a()
	h.Write(name)
	return t.hold(&key{name: string(name), hash: mixed(h.Sum64())})
}

// mixed spreads the bits of a hash, so that the smallest ones are a sample.
func mixed(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	return h
}

// hold holds k, if there is room or its hash is small, and returns its counts.
func (t *keys) hold(k *key) *key {
	if len(t.byHash) >= t.most {
		t.full = true
		if k.hash >= t.byHash[0].hash {
			t.others.tally.merge(k.tally)
			return &t.others
		}
		out := t.byHash[0]
		t.byHash[0] = k
		heap.Fix(&t.byHash, 0)
		t.others.tally.merge(out.tally)
		delete(t.byName, out.name)
		// Other keys may still lead to it.
		out.name, out.tally = "\x00", Tally{}
	} else {
		heap.Push(&t.byHash, k)
	}
	t.byName[k.name] = k
	return k
}

// merge adds the counts of o.
func (t *keys) merge(o *keys) {
	for _, k := range o.byHash {
		if k.tally.Count == 0 {
			continue
		}
		if own := t.byName[k.name]; own != nil {
			own.tally.merge(k.tally)
		} else {
			t.hold(&key{name: k.name, hash: k.hash, tally: k.tally})
		}
	}
	t.others.tally.merge(o.others.tally)
	t.long.tally.merge(o.long.tally)
	t.full = t.full || o.full
}

// reset sets all counts to zero. A few keys stay, because the next documents often have
// them, too.
func (t *keys) reset() {
	if len(t.byHash) > kept {
		t.init(t.most)
		return
	}
	for _, k := range t.byHash {
		k.tally = Tally{}
	}
	t.others.tally, t.long.tally, t.full = Tally{}, Tally{}, false
}

// distinct returns the number of keys, at most maxKey bytes long. If not all are held, it
// is an estimate with a standard error of 1/√maxKeys.
func (t *keys) distinct() int64 {
	if !t.full {
		return int64(len(t.byHash))
	}
	share := float64(t.byHash[0].hash) / math.MaxUint64
	return int64(float64(t.most-1) / share)
}

// sorted returns the keys that are held, those whose elements have the most bytes first.
func (t *keys) sorted() []*key {
	all := slices.DeleteFunc(slices.Clone(t.byHash), func(k *key) bool { return k.tally.Count == 0 })
	slices.SortFunc(all, func(a, b *key) int {
		return cmp.Or(cmp.Compare(b.tally.Bytes, a.tally.Bytes), strings.Compare(a.name, b.name))
	})
	return all
}

// bytes returns the number of bytes of a key in all documents, NULs included.
func (k *key) bytes() int64 { return k.tally.Count * int64(len(k.name)+1) }

// hashes is a heap of keys with the largest hash at the top.
type hashes []*key

func (h hashes) Len() int           { return len(h) }
func (h hashes) Less(i, j int) bool { return h[i].hash > h[j].hash }
func (h hashes) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *hashes) Push(k any)        { *h = append(*h, k.(*key)) }
func (h *hashes) Pop() any          { panic("BUG: keys are replaced, not removed") }
