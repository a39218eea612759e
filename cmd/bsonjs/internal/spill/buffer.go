package spill

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// This file has items in memory.
//
//   - Records are in chunks, one after the other in the order of Add. A record is a
//     header, the key and the item. A record that is longer than a chunk is apart; its
//     chunk has a header with the number of the record.
//   - An index has an entry for each record. A page of it is sorted when it is full,
//     so a sort is stopped between two pages, and no large array is needed. A merger
//     then reads the pages as one sequence.
//   - Records that are not wanted are marked first; compact then moves the others down.
//     Their order stays the order of Add, so the places of records with equal keys
//     always say which one was added first.

// The header of a record, in bytes and bits, little endian: 4 bytes for the length of
// the key and the flags, 4 bytes for the length of the item. If isApart is set, these
// are the number of the record among those apart.
const (
	recordHeader = 8
	isDropped    = 1 << 31
	isApart      = 1 << 30
	maxKey       = isApart - 1 // bytes
	maxItem      = 1<<31 - 1   // bytes
)

func appendHeader(dst []byte, key, item int) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(key))
	return binary.LittleEndian.AppendUint32(dst, uint32(item))
}

// An entry of the index is a record.
type entry struct {
	prefix uint64 // of the key
	at     uint64 // number of the chunk << 32 | offset in the chunk, in bytes
}

const entrySize = 16 // bytes

// An order is that of keys, as SortOptions say.
type order struct {
	compare func(a, b []byte) int
	prefix  func(key []byte) uint64
}

// firstBytes is the prefix of keys in the order of their bytes.
func firstBytes(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var first [8]byte
	copy(first[:], key)
	return binary.BigEndian.Uint64(first[:])
}

// An apart is a record that is longer than a chunk.
type apart struct{ key, item []byte }

// size returns the bytes of a.
func (a apart) size() int64 { return int64(len(a.key) + len(a.item)) }

// A buffer has items in memory.
type buffer struct {
	s     *Store
	order order

	chunks [][]byte
	pages  [][]entry // all but the last are full and sorted
	aparts []apart
	apart  int64 // bytes of aparts
	items  int64
}

// size returns the bytes of memory that b holds.
func (b *buffer) size() int64 {
	return int64(len(b.chunks)+len(b.pages))*int64(b.s.chunk) + b.apart
}

// add copies a record, and reports whether there was room. An empty buffer always has
// room.
func (b *buffer) add(key, item []byte) bool {
	need, more := recordHeader+len(key)+len(item), 0
	if need > b.s.chunk {
		need, more = recordHeader, len(key)+len(item)
	}
	if !b.reserve(need, int64(more)) {
		return false
	}
	last := len(b.chunks) - 1
	c := b.chunks[last]
	at := uint64(last)<<32 | uint64(len(c))
	if more == 0 {
		c = appendHeader(c, len(key), len(item))
		c = append(append(c, key...), item...)
	} else {
		c = appendHeader(c, isApart, len(b.aparts))
		all := append(append(make([]byte, 0, more), key...), item...)
		b.aparts = append(b.aparts, apart{all[:len(key)], all[len(key):]})
	}
	b.chunks[last] = c
	b.enter(entry{b.order.prefix(key), at})
	return true
}

// reserve makes the last chunk have need bytes free and the last page an entry, and
// holds more bytes apart, if the Store grants the memory.
func (b *buffer) reserve(need int, more int64) bool {
	want := more
	newChunk := len(b.chunks) == 0 || need > b.s.chunk-len(b.chunks[len(b.chunks)-1])
	if newChunk {
		want += int64(b.s.chunk)
	}
	newPage := len(b.pages) == 0 || b.isFull(b.pages[len(b.pages)-1])
	if newPage {
		want += int64(b.s.chunk)
	}
	if want > 0 && b.items > 0 && !b.s.grants(b.size(), want) {
		return false
	}
	if newChunk {
		b.chunks = append(b.chunks, b.s.chunks.take())
	}
	if newPage {
		b.pages = append(b.pages, b.s.pages.take())
	}
	b.holdApart(more)
	return true
}

func (b *buffer) isFull(page []entry) bool { return len(page) == b.s.chunk/entrySize }

// enter appends e to the last page, which is not full.
func (b *buffer) enter(e entry) {
	b.items++
	last := len(b.pages) - 1
	b.pages[last] = append(b.pages[last], e)
	if b.isFull(b.pages[last]) {
		b.sort(b.pages[last])
	}
}

// settle sorts the last page, so that the buffer can be merged.
func (b *buffer) settle() {
	if n := len(b.pages); n > 0 && !b.isFull(b.pages[n-1]) {
		b.sort(b.pages[n-1])
	}
}

// sort sorts entries by key, those with equal keys in the order of add.
func (b *buffer) sort(page []entry) {
	slices.SortFunc(page, func(x, y entry) int {
		if x.prefix != y.prefix {
			return cmp.Compare(x.prefix, y.prefix)
		}
		if c := b.order.compare(b.key(x.at), b.key(y.at)); c != 0 {
			return c
		}
		return cmp.Compare(x.at, y.at)
	})
}

// record returns the record at the place of an entry.
func (b *buffer) record(at uint64) (key, item []byte) {
	r := b.chunks[at>>32][uint32(at):]
	k, n := binary.LittleEndian.Uint32(r), binary.LittleEndian.Uint32(r[4:])
	if k&isApart != 0 {
		return b.aparts[n].key, b.aparts[n].item
	}
	r = r[recordHeader:]
	return r[:k:k], r[k : k+n : k+n]
}

func (b *buffer) key(at uint64) []byte {
	key, _ := b.record(at)
	return key
}

// drop marks a record for compact. It must not be read any more.
func (b *buffer) drop(at uint64) {
	// The highest bit of the first number.
	b.chunks[at>>32][uint32(at)+3] |= isDropped >> 24
}

// compact removes the records that drop has marked, and gives back the memory that
// the others do not need. If the context ends, it stops halfway, and the buffer can
// only be released.
//
// It moves records within the chunks. A record was put at the first free place, so
// the place where it goes is never behind the place where it was.
func (b *buffer) compact() error {
	pages, aparts := b.pages, b.aparts
	b.items, b.pages, b.aparts = 0, pages[:0], aparts[:0]
	to := 0
	for i, src := range b.chunks {
		if err := b.s.stopped(); err != nil {
			b.pages = pages
			return err
		}
		b.chunks[i] = src[:0]
		for len(src) > 0 {
			record := src[:recordSize(src)]
			src = src[len(record):]
			if !b.keep(record, aparts) {
				continue
			}
			if len(record) > b.s.chunk-len(b.chunks[to]) {
				to++
			}
			at := uint64(to)<<32 | uint64(len(b.chunks[to]))
			b.chunks[to] = append(b.chunks[to], record...)
			if n := len(b.pages); n == 0 || b.isFull(b.pages[n-1]) {
				b.pages = append(b.pages, pages[n][:0])
			}
			b.enter(entry{b.order.prefix(b.key(at)), at})
		}
	}
	for _, c := range b.chunks[to+1:] {
		b.s.chunks.give(c)
	}
	for _, p := range pages[len(b.pages):] {
		b.s.pages.give(p)
	}
	clear(aparts[len(b.aparts):])
	b.chunks = b.chunks[:to+1]
	return nil
}

// keep reports whether record is not marked. If it is one apart, of the aparts until
// now, keep also gives it its new number or frees its memory.
func (b *buffer) keep(record []byte, aparts []apart) bool {
	flags := binary.LittleEndian.Uint32(record)
	marked := flags&isDropped != 0
	if flags&isApart == 0 {
		return !marked
	}
	a := aparts[binary.LittleEndian.Uint32(record[4:])]
	if marked {
		b.holdApart(-a.size())
		return false
	}
	binary.LittleEndian.PutUint32(record[4:], uint32(len(b.aparts)))
	b.aparts = append(b.aparts, a)
	return true
}

// recordSize returns the bytes of the first record of chunk that are in the chunk.
func recordSize(chunk []byte) int {
	k, n := binary.LittleEndian.Uint32(chunk), binary.LittleEndian.Uint32(chunk[4:])
	if k&isApart != 0 {
		return recordHeader
	}
	return recordHeader + int(k&^isDropped) + int(n)
}

// holdApart changes the bytes apart that b holds.
func (b *buffer) holdApart(n int64) {
	b.apart += n
	b.s.hold(n)
}

// release empties b and gives back its memory.
func (b *buffer) release() {
	for _, c := range b.chunks {
		b.s.chunks.give(c)
	}
	for _, p := range b.pages {
		b.s.pages.give(p)
	}
	b.holdApart(-b.apart)
	clear(b.aparts)
	b.items, b.chunks, b.pages, b.aparts = 0, b.chunks[:0], b.pages[:0], b.aparts[:0]
}
