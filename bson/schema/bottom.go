package schema

import (
	"encoding/binary"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A bottom has the different values of a path with the smallest hashes, each with its
// exact number. A value in it has never been left out: a value that is among the smallest
// of all was among the smallest of those before. So the content does not depend on the
// order of values. While it is not full it has all values. Values of equal hash count as
// one.
type bottom struct {
	// above is the largest hash in the table if a value was left out, otherwise the
	// largest uint64. Values with a larger hash are not kept.
	above uint64
	// slots is a hash table with linear probing by the low bits of the hashes. Its
	// length is a power of two. texts has the values of the slots.
	slots []counter
	texts []text
	size  int // values
}

// A counter is a slot; count 0 means that it is empty.
type counter struct{ hash, count uint64 }

// A text is the data of a value.
type text struct {
	typ  bsoncore.Type
	cut  bool // data is the start of a longer value; of a long value of a few types it is nil
	data []byte
}

func newBottom() bottom { return bottom{above: math.MaxUint64} }

// add counts a value count times if it is in s, and reports whether it is.
func (s *bottom) add(hash, count uint64) bool {
	mask := len(s.slots) - 1
	if mask < 0 {
		return false
	}
	for i := int(hash) & mask; s.slots[i].count != 0; i = (i + 1) & mask {
		if s.slots[i].hash == hash {
			s.slots[i].count += count
			return true
		}
	}
	return false
}

// insert adds a value that is not in s and whose hash is not above the limit, or lowers
// the limit. Its data is not kept. o has the limits.
func (s *bottom) insert(hash, count uint64, v text, o *Options) {
	if s.size == o.MaxValues {
		last, next := s.largest()
		if s.above = s.slots[last].hash; hash > s.above {
			return
		}
		s.remove(last)
		s.above = max(next, hash)
	} else if 2*s.size >= len(s.slots) {
		s.rebuild(max(4, 2*len(s.slots)), math.MaxUint64)
	}
	v.keep(o.MaxValueSize)
	s.put(counter{hash, count}, v)
}

// largest returns the slot with the largest hash, and the next largest hash.
func (s *bottom) largest() (slot int, next uint64) {
	largest := uint64(0)
	for i, c := range s.slots {
		switch {
		case c.count == 0 || c.hash <= next:
		case c.hash > largest:
			slot, largest, next = i, c.hash, largest
		default:
			next = c.hash
		}
	}
	return slot, next
}

// remove empties a slot. It moves values behind it that would not be found otherwise.
func (s *bottom) remove(at int) {
	mask := len(s.slots) - 1
	for i := (at + 1) & mask; s.slots[i].count != 0; i = (i + 1) & mask {
		// The value at i may move to at if its search begins at or before at.
		if home := int(s.slots[i].hash) & mask; (i-home)&mask >= (i-at)&mask {
			s.slots[at], s.texts[at] = s.slots[i], s.texts[i]
			at = i
		}
	}
	s.slots[at], s.texts[at] = counter{}, text{}
	s.size--
}

func (s *bottom) put(c counter, v text) {
	mask := len(s.slots) - 1
	i := int(c.hash) & mask
	for s.slots[i].count != 0 {
		i = (i + 1) & mask
	}
	s.slots[i], s.texts[i] = c, v
	s.size++
}

// lower removes the values with a hash above another limit.
func (s *bottom) lower(above uint64) {
	s.above = above
	s.rebuild(len(s.slots), above)
}

// rebuild gives s a table with size slots, without values with a hash above above.
func (s *bottom) rebuild(size int, above uint64) {
	old, texts := s.slots, s.texts
	s.slots, s.texts, s.size = make([]counter, size), make([]text, size), 0
	for i, c := range old {
		if c.count > 0 && c.hash <= above {
			s.put(c, texts[i])
		}
	}
}

func (s *bottom) merge(t *bottom, o *Options) {
	for i, c := range t.slots {
		if c.count > 0 && c.hash <= s.above && !s.add(c.hash, c.count) {
			s.insert(c.hash, c.count, t.texts[i], o)
		}
	}
	if t.above < s.above {
		s.lower(t.above)
	}
}

// keep makes v the owner of its data, cut to maxSize bytes.
func (v *text) keep(maxSize int) {
	if len(v.data) <= maxSize {
		v.data = slices.Clone(v.data)
		return
	}
	v.cut = true
	switch v.typ {
	case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
		n := maxSize - 5 // bytes of text
		for !utf8.RuneStart(v.data[4+n]) {
			n--
		}
		content := v.data[4 : 4+n]
		dst := binary.LittleEndian.AppendUint32(make([]byte, 0, maxSize), uint32(n)+1)
		v.data = append(append(dst, content...), 0)
	case bsoncore.TypeBinary:
		subtype, content := v.data[4], v.data[5:]
		if subtype == bsoncore.BinaryBinaryOld {
			content = content[4:]
		}
		v.data = bsoncore.AppendBinaryValue(nil, subtype, content[:maxSize-9])
	default:
		v.data = nil
	}
}

// hidden reports whether the value is too long to be kept.
func (v *text) hidden() bool { return v.cut && v.data == nil }
