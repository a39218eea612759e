package numtext

// This file checks what double_shortest.go takes for granted: its table, its
// logarithms, and that 128 bits are enough.

import (
	"math"
	"math/big"
	"testing"
)

// TestTenPowers holds the table and the logarithms to what they promise.
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
		case k < 0: // times 10^-k and 2^-r on all sides
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
			t.Errorf("10^%d: %#x is not its beginning", k, g)
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

// TestRoundOddMargin proves that roundOdd tells whole products from others.
//
// The product with a rounded power exceeds the true one by less than
// 2^60/2^128, and passes for whole when its fraction is less than 2/2^64. So
// the true one should be either whole, or at least 2/2^64 above and 2^60/2^128
// below a whole number; except that above an odd one it makes no difference,
// since the bit that roundOdd would set is set. How close the products with
// all factors c come is found by continued fractions.
func TestRoundOddMargin(t *testing.T) {
	check := func(q, k int, h uint, lo, hi int64) {
		num, den := productFactor(k, h)
		limit := big.NewInt(hi)
		if den.Cmp(limit) <= 0 {
			return // distances are at least 1/den
		}
		c, _, below := margins(num, den, limit)
		if below.Lsh(below, 128-60).Cmp(den) < 0 {
			t.Errorf("2^%d: a product comes too close to a whole number from below", q)
		}
		// If two factors come too close from above, then so does their
		// difference, for it does not from below; therefore all of them are
		// multiples of the one that comes closest.
		for m := new(big.Int).Set(c); m.Cmp(limit) <= 0; m.Add(m, c) {
			whole, rest := new(big.Int), new(big.Int)
			whole.QuoRem(rest.Mul(m, num), den, rest)
			if rest.Lsh(rest, 63).Cmp(den) >= 0 {
				break
			}
			if m.Int64() >= lo && whole.Bit(0) == 0 {
				t.Errorf("2^%d: the product with %d comes too close to a whole number from above", q, m)
			}
		}
	}
	for q := -1074; q <= 971; q++ {
		// roundOdd gets 2·(2c-1), 2·2c and 2·(2c+1), shifted by h.
		least := int64(1<<53 - 1)
		if q == -1074 {
			least = 1
		}
		k := log10Pow2(q)
		_, _, h := power(k, q)
		check(q, k, h+1, least, 1<<54+1)
		// And for powers of two 4c-1, 4c and 4c+2.
		k = log10ThreeQuartersPow2(q)
		_, _, h = power(k, q)
		check(q, k, h, 1<<54-1, 1<<54+2)
	}
}

// productFactor returns, as a fraction in lowest terms, what roundOdd
// multiplies c·2^h by, times 2^h: 10^-k without its binary exponent.
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

// margins returns the least da and db for which c·num/den is da/den above and
// db/den below a whole number for any 0 < c ≤ limit < den, and the c that goes
// with da.
func margins(num, den, limit *big.Int) (c, da, db *big.Int) {
	// No factor up to max(a, b) comes closer than these two. What does next is
	// the sum of the farther and a multiple of the nearer.
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
