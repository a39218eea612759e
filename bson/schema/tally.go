package schema

// A tally counts values in numbered buckets, in a hash table with linear probing. A
// bucket is 64 bits of any meaning. The owner makes the buckets wider when there are too
// many: a function of the set of values, not of their order. The zero tally is empty.
type tally struct {
	slots []bucket // its length is a power of two, or zero
	size  int      // buckets
}

type bucket struct {
	name  uint64
	count uint64 // values; 0: the slot is empty
}

// add adds count values to the bucket name.
func (t *tally) add(name, count uint64) {
	if t.size >= len(t.slots)-len(t.slots)/4 {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	for i := name * odd7 >> 32 & mask; ; i = (i + 1) & mask {
		b := &t.slots[i]
		if b.count == 0 {
			t.size++
			b.name = name
		}
		if b.name == name {
			b.count += count
			return
		}
	}
}

// grow doubles the room.
func (t *tally) grow() {
	old := t.slots
	*t = tally{slots: make([]bucket, max(8, 2*len(old)))}
	for _, b := range old {
		if b.count > 0 {
			t.add(b.name, b.count)
		}
	}
}

// usualSlots is the largest number of slots of a tally, except after a merge.
const usualSlots = 256

// rename gives each bucket another name. Buckets that get the same name are added.
func (t *tally) rename(name func(uint64) uint64) {
	var room [usualSlots]bucket
	old := append(room[:0], t.slots...)
	clear(t.slots)
	t.size = 0
	for _, b := range old {
		if b.count > 0 {
			t.add(name(b.name), b.count)
		}
	}
}

// clone returns a copy that shares no memory.
func (t *tally) clone() tally { return tally{append([]bucket(nil), t.slots...), t.size} }

// merge adds the buckets of other.
func (t *tally) merge(other *tally) {
	for _, b := range other.slots {
		if b.count > 0 {
			t.add(b.name, b.count)
		}
	}
}
