package numtext

// This file parses the hardest texts, which lie between two doubles.

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func parseDouble(text string) (float64, bool) {
	n, end, ok := Scan([]byte(text), 0)
	if !ok || end != len(text) {
		return 0, false
	}
	return n.Double([]byte(text))
}

// TestDoubleMiddle parses the middle between two doubles, and texts that differ
// from it in the last digit.
func TestDoubleMiddle(t *testing.T) {
	c := doubleChecker{t: t}
	r := rand.New(rand.NewPCG(2, 2))
	patterns := []uint64{0, 1, 2, 1<<52 - 1, 1 << 52, 1<<52 + 1, 0x7fe<<52 | 1<<52 - 2, 0x7fe<<52 | 1<<52 - 1}
	for e := uint64(0); e < 2047; e += 89 {
		patterns = append(patterns, e<<52, e<<52|1<<52-1, e<<52|r.Uint64()>>12)
	}
	for range 30 {
		patterns = append(patterns, (1023-60)<<52+r.Uint64()%(120<<52)) // near 1, with short expansions
	}
	for _, u := range patterns {
		// The middle is 2c+1, times half the weight of the last bit.
		m := new(big.Float).SetPrec(2000)
		if u < 1<<52 {
			m.SetMantExp(big.NewFloat(float64(2*u+1)), -1075)
		} else {
			m.SetMantExp(new(big.Float).SetUint64(2*(u&(1<<52-1)|1<<52)+1), int(u>>52)-1076)
		}
		exact := m.Text('e', 800) // the middle has at most 768 digits
		head, exp, _ := strings.Cut(exact, "e")
		for _, size := range []int{18, 19, 20, 21, 40, 100, 400, 767, 768, 779, 780, 800} {
			cut := head[:size+1]
			c.checkText([]byte(cut + "e" + exp))
			c.checkText([]byte("-" + cut + "1e" + exp))
			c.checkText([]byte(cut + strings.Repeat("0", 30) + "e" + exp))
			// The last digit, one less and one more.
			last := cut[len(cut)-1]
			if last > '0' && last != '.' {
				c.checkText([]byte(cut[:len(cut)-1] + string(last-1) + "e" + exp))
				c.checkText([]byte(cut[:len(cut)-1] + string(last-1) + strings.Repeat("9", 50) + "e" + exp))
			}
			if last < '9' && last != '.' {
				c.checkText([]byte(cut[:len(cut)-1] + string(last+1) + "e" + exp))
			}
			c.checkText([]byte(cut + strings.Repeat("0", 900) + "1e" + exp))
		}
		if e := int(u>>52) - 1075; e > -52 && e < 900 { // without an exponent
			plain := m.Text('f', 60)
			c.checkText([]byte(plain))
			c.checkText([]byte(plain + "1"))
		}
	}
}

// TestDoubleTie parses texts of at most 19 digits that are the middle between two
// doubles, with every exponent for which such texts exist.
func TestDoubleTie(t *testing.T) {
	c := doubleChecker{t: t}
	r := rand.New(rand.NewPCG(8, 8))
	for exp := -4; exp <= 23; exp++ {
		five := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(max(exp, -exp))), nil)
		for range 50 {
			// The middle is an odd number of 54 bits times a power of two. It must
			// have a factor 5^exp, or get one if exp is negative.
			odd := new(big.Int).SetUint64(1<<53 | r.Uint64()>>11)
			if exp < 0 {
				odd.SetBit(odd, 0, 1).Mul(odd, five)
			} else {
				// Random bits are hardly ever a multiple of 5^exp: round to one.
				odd.Quo(odd, five)
				odd.SetBit(odd, 0, 1)
			}
			for text := odd; len(text.String()) <= mantDigits; text.Lsh(text, 1) {
				c.checkText([]byte(fmt.Sprintf("%de%d", text, exp)))
				c.checkText([]byte(fmt.Sprintf("-%d.0e%d", text, exp)))
			}
		}
	}
}
