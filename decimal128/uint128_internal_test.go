package decimal128

import (
	"math/big"
	"testing"

	"github.com/bsonkit/bsonkit/internal/numtext"
)

// samples returns numbers near which carries, borrows and digit counts change.
func samples() []uint128 {
	s := []uint128{{0, 0}, {0, 1<<64 - 1}, {1, 0}, {coefLimitHi, coefLimitLo}, {payloadLimitHi, payloadLimitLo}}
	for _, p := range pow10 {
		s = append(s, p, p.add64(1))
		if !p.isZero() {
			s = append(s, p.sub(uint128{0, 1}))
		}
	}
	return s
}

func fromBigInt(v *big.Int) uint128 {
	low := new(big.Int).And(v, new(big.Int).SetUint64(1<<64-1))
	return uint128{new(big.Int).Rsh(v, 64).Uint64(), low.Uint64()}
}

func TestUint128(t *testing.T) {
	for i, p := range pow10 {
		if want := pow10Big(int64(i)); p.big().Cmp(want) != 0 {
			t.Errorf("pow10[%d] = %v, want %v", i, p.big(), want)
		}
	}
	if (uint128{coefLimitHi, coefLimitLo}) != pow10[34] || (uint128{payloadLimitHi, payloadLimitLo}) != pow10[33] {
		t.Error("a limit is not the right power of ten")
	}
	modulus := new(big.Int).Lsh(big.NewInt(1), 128)
	for _, u := range samples() {
		x := u.big()
		if fromBigInt(x) != u || bigWords(x) != u {
			t.Errorf("%v does not come back from big.Int", u)
		}
		if got, want := u.digits(), len(x.String()); got != want && !u.isZero() {
			t.Errorf("digits of %v is %d, want %d", x, got, want)
		}
		for n := range pow10 {
			q, r := u.divPow10(n)
			wantQ, wantR := new(big.Int).QuoRem(x, pow10Big(int64(n)), new(big.Int))
			if q != fromBigInt(wantQ) || r != fromBigInt(wantR) {
				t.Errorf("%v / 10^%d = %v remainder %v", x, n, q.big(), r.big())
			}
		}
		for _, v := range samples() {
			y := v.big()
			if got, want := u.compare(v), x.Cmp(y); got != want || u.less(v) != (want < 0) {
				t.Errorf("compare(%v, %v) = %d, less %v", x, y, got, u.less(v))
			}
			if got, want := u.mul(v), fromBigInt(new(big.Int).Mod(new(big.Int).Mul(x, y), modulus)); got != want {
				t.Errorf("%v · %v = %v", x, y, got.big())
			}
			if x.Cmp(y) >= 0 && u.sub(v) != fromBigInt(new(big.Int).Sub(x, y)) {
				t.Errorf("%v - %v = %v", x, y, u.sub(v).big())
			}
			if v.hi == 0 {
				sum, product := new(big.Int).Add(x, y), new(big.Int).Mul(x, y)
				if u.add64(v.lo) != fromBigInt(sum.Mod(sum, modulus)) || u.mul64(v.lo) != fromBigInt(product.Mod(product, modulus)) {
					t.Errorf("wrong result for %v and the word %v", x, y)
				}
			}
			if v.hi == 0 && v.lo != 0 {
				q, r := u.div64(v.lo)
				wantQ, wantR := new(big.Int).QuoRem(x, y, new(big.Int))
				if q != fromBigInt(wantQ) || r != wantR.Uint64() {
					t.Errorf("%v / %v = %v remainder %d", x, y, q.big(), r)
				}
			}
		}
	}
}

// TestAllDigits tests each byte at each place of a word.
func TestAllDigits(t *testing.T) {
	for place := range 8 {
		for c := range uint64(256) {
			w := numtext.Zeros8&^(0xff<<(8*place)) | c<<(8*place)
			if got, want := allDigits(w), '0' <= c && c <= '9'; got != want {
				t.Errorf("allDigits(%#016x) = %v", w, got)
			}
		}
	}
}
