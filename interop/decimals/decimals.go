// Package decimals makes numbers that are hard to read or to round, for tests
// that compare implementations.
package decimals

import (
	"fmt"
	"math/rand/v2"

	"github.com/bsonkit/bsonkit/decimal128"
)

// edges are the exponents near which the rules of rounding and clamping change.
var edges = []int{
	decimal128.MinExponent, decimal128.MinAdjusted, decimal128.MaxExponent, decimal128.MaxAdjusted,
	decimal128.MinExponent - decimal128.Precision, 0,
}

// Text returns the text of a number that is likely to be hard to round.
func Text(r *rand.Rand) string {
	const longest = 70
	n := 1 + r.IntN(longest)
	if r.IntN(2) == 0 {
		n = decimal128.Precision - 2 + r.IntN(6)
	}
	digits := make([]byte, n)
	alphabet := []string{"0123456789", "0059", "9", "0", "99999990"}[r.IntN(5)]
	for i := range digits {
		digits[i] = alphabet[r.IntN(len(alphabet))]
	}
	text := string(digits)
	if r.IntN(2) == 0 {
		at := r.IntN(n + 1)
		text = text[:at] + "." + text[at:]
	}
	if r.IntN(10) > 0 {
		exp := edges[r.IntN(len(edges))] + r.IntN(2*longest) - longest
		if r.IntN(20) == 0 {
			exp *= 1_000_000
		}
		text += fmt.Sprintf("E%d", exp)
	}
	return []string{"", "-", "+"}[r.IntN(3)] + text
}

// Bits returns random bits of a decimal. Half of the results have a coefficient
// of at most 64 bits.
func Bits(r *rand.Rand) (hi, lo uint64) {
	hi, lo = r.Uint64(), r.Uint64()
	if r.IntN(2) == 0 {
		hi &^= 1<<49 - 1
		lo >>= r.IntN(64)
	}
	return hi, lo
}
