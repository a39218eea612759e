package timeseries

import "math/bits"

// This file reads words of Simple8b.

// A layout is how the values lie in a word. The values begin behind the selectors.
type layout struct {
	values uint8 // in the word; 0: no such selector
	bits   uint8 // of a value
	counts uint8 // of these bits, the lowest, which count trailing zeros
	unit   uint8 // trailing zeros for each count
}

// layouts are those of the selectors 0 to 14. 15 repeats.
var layouts = [16]layout{
	1: {60, 1, 0, 0}, 2: {30, 2, 0, 0}, 3: {20, 3, 0, 0}, 4: {15, 4, 0, 0}, 5: {12, 5, 0, 0}, 6: {10, 6, 0, 0},
	7: {8, 7, 0, 0}, 8: {7, 8, 0, 0},
	9: {6, 10, 0, 0}, 10: {5, 12, 0, 0}, 11: {4, 15, 0, 0}, 12: {3, 20, 0, 0}, 13: {2, 30, 0, 0}, 14: {1, 60, 0, 0},
}

// extended are the layouts of the selectors 7 and 8, by their further four bits. 0 is
// in layouts.
var extended = [2][16]layout{
	{
		1: {9, 6, 4, 1}, 2: {8, 7, 4, 1}, 3: {7, 8, 4, 1}, 4: {6, 9, 4, 1}, 5: {5, 11, 4, 1}, 6: {4, 14, 4, 1},
		7: {3, 18, 4, 1}, 8: {2, 28, 4, 1}, 9: {1, 56, 4, 1},
	},
	{
		1: {7, 8, 4, 4}, 2: {6, 9, 4, 4}, 3: {5, 11, 4, 4}, 4: {4, 14, 4, 4}, 5: {3, 18, 4, 4}, 6: {2, 28, 4, 4}, 7: {1, 56, 4, 4},
		8: {6, 9, 5, 4}, 9: {5, 11, 5, 4}, 10: {4, 14, 5, 4}, 11: {3, 18, 5, 4}, 12: {2, 28, 5, 4}, 13: {1, 56, 5, 4},
	},
}

const (
	selectorBits = 4
	repeats      = 15  // the selector that repeats the last value
	repeated     = 120 // values for each count of it
)

// A word is a word of Simple8b while its values are read. The zero word has none.
type word struct {
	rest   uint64 // the values that are left, from the lowest bits on
	layout layout // its values are 0 if the word repeats
	left   uint16 // values that are left
	// number and missing are the last value. A word that repeats keeps those of the
	// word before.
	missing bool
	number  u128
}

// load begins the word w and reports whether it is one.
func (w *word) load(v uint64) bool {
	selector, more := v&(1<<selectorBits-1), v>>selectorBits&(1<<selectorBits-1)
	if selector == repeats {
		w.layout, w.left = layout{}, uint16(repeated*(more+1))
		return true
	}
	l, skip := layouts[selector], selectorBits
	if selector == 7 || selector == 8 {
		skip = 2 * selectorBits
		if more > 0 {
			l = extended[selector-7][more]
		}
	}
	w.layout, w.rest, w.left = l, v>>skip, uint16(l.values)
	return l.values > 0
}

// next reads the next value. There must be one left.
func (w *word) next() {
	w.left--
	l := w.layout
	if l.values == 0 {
		return
	}
	mask := uint64(1)<<l.bits - 1
	v := w.rest & mask
	w.rest >>= l.bits
	if w.missing = v == mask; w.missing {
		w.number = u128{}
		return
	}
	zeros := v & (1<<l.counts - 1) * uint64(l.unit)
	w.number = u128{lo: v >> l.counts}.shift(uint(zeros))
}

// A u128 is a number of 128 bits, in two's complement where it has a sign.
type u128 struct{ hi, lo uint64 }

// plus returns a + b without its carry.
func (a u128) plus(b u128) u128 {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, _ := bits.Add64(a.hi, b.hi, carry)
	return u128{hi, lo}
}

// shift returns a times 2ⁿ.
func (a u128) shift(n uint) u128 {
	if n >= 64 {
		return u128{a.lo << (n - 64), 0}
	}
	return u128{a.hi<<n | a.lo>>(64-n), a.lo << n}
}

// signed returns the number that a is with its sign in the lowest bit.
func (a u128) signed() u128 {
	sign := -(a.lo & 1)
	return u128{a.hi>>1 ^ sign, (a.lo>>1 | a.hi<<63) ^ sign}
}

// long returns a as an int64, and whether it is one.
func (a u128) long() (n int64, ok bool) {
	return int64(a.lo), a.hi == uint64(int64(a.lo)>>63)
}
