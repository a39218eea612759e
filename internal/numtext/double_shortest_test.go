package numtext

// This file checks the assumptions of double_shortest.go: its table, its
// logarithms, and that 128 bits are enough.

import (
	"math"
	"math/big"
	"testing"
)

// TestTenPowers checks the table of powers and the logarithms in exact arithmetic.
func TestTenPowers(t *testing.T) {
	ten := big.NewInt(10)
	for k := minTenPower; k <= maxTenPower; k++ {
		g := tenPowers[k-minTenPower]
		low := new(big.Int).SetUint64(g[0])
		low.Lsh(low, 64).Or(low, new(big.Int).SetUint64(g[1]))
		high := new(big.Int).Add(low, big.NewInt(1))
		if low.BitLen() != 128 || g[1] == math.MaxUint64 {
			t.Fatalf("10^%d: %#x", k, g)
		}
		// low·2^r ≤ 10^k < (low+1)·2^r
		r := log2Pow10(k) - 127
		power := new(big.Int).Exp(ten, big.NewInt(int64(max(k, -k))), nil)
		switch {
		case k < 0: // multiply all sides by 10^-k and 2^-r
			low.Mul(low, power)
			high.Mul(high, power)
			power = new(big.Int).Lsh(big.NewInt(1), uint(-r))
		case r < 0:
			power.Lsh(power, uint(-r))
		default:
			low.Lsh(low, uint(r))
			high.Lsh(high, uint(r))
		}
		if low.Cmp(power) > 0 || high.Cmp(power) <= 0 {
			t.Errorf("10^%d: %#x is not the start of its digits", k, g)
		}
	}
	for q := -1076; q <= 1023; q++ {
		if got, want := log10Pow2(q), floorLog10(q, 1); got != want {
			t.Errorf("log10Pow2(%d) = %d, want %d", q, got, want)
		}
		if got, want := log10ThreeQuartersPow2(q), floorLog10(q-2, 3); got != want {
			t.Errorf("log10ThreeQuartersPow2(%d) = %d, want %d", q, got, want)
		}
	}
}

// floorLog10 returns floor(log10(m·2^q)).
func floorLog10(q int, m int64) int {
	x := new(big.Rat).SetInt64(m)
	two := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(q, -q))))
	if q < 0 {
		x.Quo(x, two)
	} else {
		x.Mul(x, two)
	}
	k := int(math.Floor(math.Log10(float64(m)) + float64(q)*math.Log10(2)))
	pow := func(k int) *big.Rat {
		p := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(k, -k))), nil))
		if k < 0 {
			p.Inv(p)
		}
		return p
	}
	for x.Cmp(pow(k)) < 0 {
		k--
	}
	for x.Cmp(pow(k+1)) >= 0 {
		k++
	}
	return k
}

// TestRoundOddMargin proves that roundOdd distinguishes products that are integers
// from all others.
//
// The product with a rounded power exceeds the exact product by less than
// 2^60/2^128, and counts as an integer if its fraction is less than 2/2^64. So the
// exact product must be an integer, or at least 2/2^64 above and 2^60/2^128 below
// an integer. Above an odd integer the difference has no effect, because the bit
// that roundOdd would set is set already. Continued fractions give the smallest
// distances of the products with all factors c.
func TestRoundOddMargin(t *testing.T) {
	check := func(q, k int, h uint, lo, hi int64) {
		num, den := productFactor(k, h)
		limit := big.NewInt(hi)
		if den.Cmp(limit) <= 0 {
			return // all distances are at least 1/den
		}
		c, _, below := margins(num, den, limit)
		if below.Lsh(below, 128-60).Cmp(den) < 0 {
			t.Errorf("2^%d: a product is too close below an integer", q)
		}
		// If the products of two factors are too close above an integer, so is the
		// product of their difference, because it is not too close below. So all
		// such factors are multiples of the factor with the closest product.
		for m := new(big.Int).Set(c); m.Cmp(limit) <= 0; m.Add(m, c) {
			whole, rest := new(big.Int), new(big.Int)
			whole.QuoRem(rest.Mul(m, num), den, rest)
			if rest.Lsh(rest, 63).Cmp(den) >= 0 {
				break
			}
			if m.Int64() >= lo && whole.Bit(0) == 0 {
				t.Errorf("2^%d: the product with %d is too close above an integer", q, m)
			}
		}
	}
	for q := -1074; q <= 971; q++ {
		// The arguments of roundOdd are 2·(2c-1), 2·2c and 2·(2c+1), shifted by h.
		least := int64(1<<53 - 1)
		if q == -1074 {
			least = 1
		}
		k := log10Pow2(q)
		_, _, h := power(k, q)
		check(q, k, h+1, least, 1<<54+1)
		// For powers of two they are 4c-1, 4c and 4c+2.
		k = log10ThreeQuartersPow2(q)
		_, _, h = power(k, q)
		check(q, k, h, 1<<54-1, 1<<54+2)
	}
}

// productFactor returns, as a fraction in lowest terms, the factor by which
// roundOdd multiplies c·2^h, times 2^h. It is 10^-k without its binary exponent.
func productFactor(k int, h uint) (num, den *big.Int) {
	fives := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(max(k, -k))), nil)
	twos := -k - log2Pow10(-k) - 1 + int(h)
	num, den = big.NewInt(1), big.NewInt(1)
	if k > 0 {
		den = fives
	} else {
		num = fives
	}
	if twos > 0 {
		num.Lsh(num, uint(twos))
	} else {
		den.Lsh(den, uint(-twos))
	}
	return num, den
}

// margins returns the smallest da and db for which c·num/den is da/den above and
// db/den below an integer, for any 0 < c ≤ limit < den, and the c that belongs to
// da.
func margins(num, den, limit *big.Int) (c, da, db *big.Int) {
	// Of the factors up to max(a, b), a and b are the closest. The next closer
	// factor is the sum of the farther of them and a multiple of the nearer.
	a, da := big.NewInt(1), new(big.Int).Mod(num, den)
	b, db := big.NewInt(0), new(big.Int).Set(den)
	times, most, step := new(big.Int), new(big.Int), new(big.Int)
	for {
		far, dfar, near, dnear := b, db, a, da
		if da.Cmp(db) > 0 {
			far, dfar, near, dnear = a, da, b, db
		}
		times.Sub(dfar, big.NewInt(1)).Quo(times, dnear)
		most.Sub(limit, far).Quo(most, near)
		if times.Cmp(most) > 0 {
			times.Set(most)
		}
		if times.Sign() == 0 {
			return a, da, db
		}
		far.Add(far, step.Mul(near, times))
		dfar.Sub(dfar, step.Mul(dnear, times))
	}
}
