package schema

import (
	"cmp"
	"math"
	"slices"
)

// A histogram counts finite numbers in buckets of equal width. The width is the smallest
// power of four, from 2^firstWidth, for which there are at most maxBuckets buckets with
// numbers. A bucket of width w has the numbers from i·w to (i+1)·w, for a whole i; its
// name in the tally is i. The zero histogram is empty.
type histogram struct {
	tally tally
	level int16 // the width is 2^(firstWidth+2·level)
	// beyond counts numbers whose magnitude is at least outside: below and above.
	beyond [2]uint64
	scale  float64 // 1/width; 0 means that of level 0
}

const (
	maxBuckets = 40
	firstWidth = -20
	// outside is a bound for numbers in buckets: with it i is finite at every level.
	outside = 0x1p1000
)

func (h *histogram) add(v float64) {
	if !(v > -outside && v < outside) {
		h.outsider(v)
		return
	}
	if h.scale == 0 {
		h.scale = math.Ldexp(1, -firstWidth)
	}
	i := math.Floor(v * h.scale)
	if i == 0 && v < 0 {
		i = -1 // the product was rounded to zero; widen gives -1
	}
	h.tally.add(bucketName(i), 1)
	h.narrow()
}

// narrow makes the buckets wider until there are not too many.
func (h *histogram) narrow() {
	for h.tally.size > maxBuckets {
		h.widen(h.level + 1)
	}
}

func (h *histogram) outsider(v float64) {
	if v > 0 {
		h.beyond[1]++
	} else {
		h.beyond[0]++
	}
}

// bucketName is the name of the bucket i. Zero has no sign.
func bucketName(i float64) uint64 { return math.Float64bits(i + 0) }

// widen makes the buckets as wide as level says. A bucket becomes a part of one bucket.
func (h *histogram) widen(level int16) {
	if level <= h.level {
		return
	}
	down := math.Ldexp(1, -2*int(level-h.level))
	h.tally.rename(func(name uint64) uint64 {
		return bucketName(math.Floor(math.Float64frombits(name) * down))
	})
	h.level = level
	h.scale = math.Ldexp(1, -firstWidth-2*int(level))
}

func (h *histogram) merge(other *histogram) {
	h.widen(other.level)
	o := histogram{tally: other.tally.clone(), level: other.level}
	o.widen(h.level)
	h.tally.merge(&o.tally)
	h.beyond[0] += other.beyond[0]
	h.beyond[1] += other.beyond[1]
	if h.scale == 0 {
		h.scale = other.scale
	}
	h.narrow()
}

// width returns the width of the buckets.
func (h *histogram) width() float64 { return math.Ldexp(1, firstWidth+2*int(h.level)) }

// buckets returns the buckets in their order, those beyond at the ends.
func (h *histogram) buckets() []Bucket {
	width := h.width()
	var all []Bucket
	for _, b := range h.tally.slots {
		if b.count > 0 {
			all = append(all, Bucket{math.Float64frombits(b.name) * width, b.count})
		}
	}
	slices.SortFunc(all, func(a, b Bucket) int { return cmp.Compare(a.Low, b.Low) })
	if n := h.beyond[0]; n > 0 {
		all = slices.Insert(all, 0, Bucket{math.Inf(-1), n})
	}
	if n := h.beyond[1]; n > 0 {
		all = append(all, Bucket{outside, n})
	}
	return all
}
