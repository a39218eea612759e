package schema

import (
	"math/bits"

	"github.com/axiomhq/hyperloglog"
)

// precision is the number of bits that choose a register of a HyperLogLog sketch.
const (
	precision = 11
	registers = 1 << precision
)

// DistinctError is the relative standard error of an estimate of Path.Distinct: that of
// HyperLogLog with 2,048 registers, 1.04/√2048. Two of three estimates are closer.
const DistinctError = 0.023

// A distinct counts different hashes: exactly while it holds them all, later by an
// estimate. The owner decides how many may be held. The registers depend only on the
// set of hashes, not on their order.
type distinct struct {
	// held is a hash table with linear probing; 0 is an empty slot. Its length is a
	// power of two. It is nil if there is a sketch.
	held   []uint64
	size   int // hashes in held
	sketch *sketch
}

// A sketch has the registers of HyperLogLog. A register has the largest rank of the hashes
// that chose it, 0 without one. Package hyperloglog makes an estimate of them. That it does
// not hold them makes a batch of hashes twice as fast.
type sketch [registers]uint8

// add adds a hash. The first bits choose the register; the rank is the place of the first
// 1 among the others, from 1.
//
// NOTE: it inlines; TestInline lists it.
func (s *sketch) add(hash uint64) {
	i := hash >> (64 - precision)
	rank := uint8(bits.LeadingZeros64(hash<<precision|1<<(precision-1))) + 1
	s[i] = max(s[i], rank)
}

// merge adds the hashes of t.
func (s *sketch) merge(t *sketch) {
	for i, rank := range t {
		s[i] = max(s[i], rank)
	}
}

// estimate returns the number of different hashes. For each register it gives the package a
// hash that sets it.
func (s *sketch) estimate() uint64 {
	// The sketch is not sparse, because the estimate of a sparse one depends on more than
	// the registers.
	h, err := hyperloglog.NewSketch(precision, false)
	if err != nil {
		panic("BUG: schema: " + err.Error())
	}
	for i, rank := range s {
		if rank > 0 {
			h.InsertHash(uint64(i)<<(64-precision) | 1<<(64-precision)>>rank)
		}
	}
	return h.Estimate()
}

// add counts hashes; limit is the largest number of hashes to hold. The tables of all
// paths together are larger than the cache of a processor, which waits for several reads
// at the same time if they follow each other.
func (d *distinct) add(hashes []uint64, limit int) {
	if d.sketch != nil {
		for _, hash := range hashes {
			d.sketch.add(hash)
		}
		return
	}
	for _, hash := range hashes {
		d.enter(hash, limit)
	}
}

// enter counts hash.
func (d *distinct) enter(hash uint64, limit int) {
	if d.sketch != nil {
		d.sketch.add(hash)
		return
	}
	if hash == 0 {
		hash = 1
	}
	if len(d.held) > 0 {
		mask := len(d.held) - 1
		i := int(hash) & mask
		for d.held[i] != 0 {
			if d.held[i] == hash {
				return
			}
			i = (i + 1) & mask
		}
		if 4*(d.size+1) <= 3*len(d.held) && d.size < limit {
			d.held[i] = hash
			d.size++
			return
		}
	}
	d.grow(hash, limit)
}

// grow adds hash, for which there is no room.
func (d *distinct) grow(hash uint64, limit int) {
	if d.size >= limit {
		d.estimate()
		d.sketch.add(hash)
		return
	}
	old := d.held
	d.held = make([]uint64, max(4, 2*len(old)))
	d.size++
	d.put(hash)
	for _, h := range old {
		if h != 0 {
			d.put(h)
		}
	}
}

func (d *distinct) put(hash uint64) {
	mask := len(d.held) - 1
	i := int(hash) & mask
	for d.held[i] != 0 {
		i = (i + 1) & mask
	}
	d.held[i] = hash
}

// estimate replaces the hashes by a sketch.
func (d *distinct) estimate() {
	t := new(sketch)
	for _, h := range d.held {
		if h != 0 {
			t.add(h)
		}
	}
	d.held, d.size, d.sketch = nil, 0, t
}

// keep replaces the hashes by a sketch if there are more than limit.
func (d *distinct) keep(limit int) {
	if d.size > limit {
		d.estimate()
	}
}

func (d *distinct) merge(other *distinct, limit int) {
	if other.sketch == nil {
		for _, h := range other.held {
			if h != 0 {
				d.enter(h, limit)
			}
		}
		return
	}
	if d.sketch == nil {
		d.estimate()
	}
	d.sketch.merge(other.sketch)
}

// count returns the number of different hashes, and whether it is exact. limit is the
// largest number of which that is said.
func (d *distinct) count(limit int) (n uint64, exact bool) {
	d.keep(limit)
	if d.sketch == nil {
		return uint64(d.size), true
	}
	return d.sketch.estimate(), false
}
