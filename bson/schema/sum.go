package schema

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/bsonkit/bsonkit/decimal128"
)

// This file has exact sums. An exact sum does not depend on the order of its parts.

// An intSum is the sum of up to 2^64 int64, in 128 bits of two's complement.
type intSum struct{ hi, lo uint64 }

func (s *intSum) add(v int64) { s.merge(intSum{uint64(v >> 63), uint64(v)}) }

func (s *intSum) merge(t intSum) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, t.lo, 0)
	s.hi, _ = bits.Add64(s.hi, t.hi, carry)
}

func (s *intSum) big() *big.Int {
	v := new(big.Int).Lsh(big.NewInt(int64(s.hi)), 64)
	return v.Add(v, new(big.Int).SetUint64(s.lo))
}

const (
	// doubleUnit is the exponent of the last bit of the smallest double: 2^-1074.
	doubleUnit = 1074
	// limbs hold the bits from 2^-1074 to 2^1024, and 64 more for the number of parts.
	limbs = (doubleUnit+1024)/32 + 3
	// maxPending is the number of doubles after which limbs may overflow.
	maxPending = 1 << 30
)

// A doubleSum is the sum of finite doubles. Limb i counts in units of 2^(32i-1074); it
// has 32 bits of the sum, and in the upper bits what was not carried yet.
type doubleSum struct {
	limbs   [limbs]int64
	pending int // doubles added since the last carry
}

func (s *doubleSum) add(v float64) {
	b := math.Float64bits(v)
	shift := int(b >> 52 & 0x7FF) // of the mantissa, in bits from 2^-1074
	m := b & (1<<52 - 1)
	if shift > 0 { // not subnormal
		m |= 1 << 52
		shift--
	}
	sign := int64(b) >> 63 // 0 or -1: x^sign-sign negates x
	at := s.limbs[shift>>5 : shift>>5+3]
	shift &= 31
	at[0] += int64(m<<shift&math.MaxUint32) ^ sign - sign
	at[1] += int64(m>>(32-shift)&math.MaxUint32) ^ sign - sign
	at[2] += int64(m>>(64-shift)) ^ sign - sign
	if s.pending++; s.pending == maxPending {
		s.carry()
	}
}

// carry leaves 32 bits in each limb but the last, whose sign is that of the sum.
func (s *doubleSum) carry() {
	for i := range len(s.limbs) - 1 {
		s.limbs[i+1] += s.limbs[i] >> 32
		s.limbs[i] &= math.MaxUint32
	}
	s.pending = 0
}

func (s *doubleSum) merge(t *doubleSum) {
	u := *t
	u.carry()
	s.carry()
	for i, v := range u.limbs {
		s.limbs[i] += v
	}
	s.carry()
}

func (s *doubleSum) rat() *big.Rat {
	t := *s
	t.carry()
	sum := new(big.Int)
	for i := len(t.limbs) - 1; i >= 0; i-- {
		sum.Lsh(sum, 32)
		sum.Add(sum, big.NewInt(t.limbs[i]))
	}
	unit := new(big.Int).Lsh(big.NewInt(1), doubleUnit)
	return new(big.Rat).SetFrac(sum, unit)
}

// maxExponents bounds the memory of a decimalSum.
const maxExponents = 64

// A decimalSum is the sum of finite decimals: of their coefficients, for each exponent.
// With more than maxExponents exponents there is no sum.
type decimalSum struct {
	terms []decimalTerm
	lost  bool // too many exponents
}

type decimalTerm struct {
	exponent       int
	high, mid, low uint64 // two's complement
}

func (s *decimalSum) add(d decimal128.Decimal) {
	hi, lo, exponent := d.Coefficient()
	t := decimalTerm{exponent, 0, hi, lo}
	if d.Signbit() {
		var borrow uint64
		t.low, borrow = bits.Sub64(0, lo, 0)
		t.mid, borrow = bits.Sub64(0, hi, borrow)
		t.high = -borrow
	}
	s.addTerm(t)
}

func (s *decimalSum) addTerm(t decimalTerm) {
	if s.lost {
		return
	}
	for i := range s.terms {
		if u := &s.terms[i]; u.exponent == t.exponent {
			var carry uint64
			u.low, carry = bits.Add64(u.low, t.low, 0)
			u.mid, carry = bits.Add64(u.mid, t.mid, carry)
			u.high, _ = bits.Add64(u.high, t.high, carry)
			return
		}
	}
	if len(s.terms) == maxExponents {
		*s = decimalSum{lost: true}
		return
	}
	s.terms = append(s.terms, t)
}

func (s *decimalSum) merge(t *decimalSum) {
	if t.lost {
		*s = decimalSum{lost: true}
	}
	for _, term := range t.terms {
		s.addTerm(term)
	}
}

// rat returns the sum, and false if there is none.
func (s *decimalSum) rat() (*big.Rat, bool) {
	sum := new(big.Rat)
	for _, t := range s.terms {
		v := new(big.Int).Lsh(big.NewInt(int64(t.high)), 64)
		v.Add(v, new(big.Int).SetUint64(t.mid))
		v.Add(v.Lsh(v, 64), new(big.Int).SetUint64(t.low))
		power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(t.exponent, -t.exponent))), nil)
		if t.exponent < 0 {
			sum.Add(sum, new(big.Rat).SetFrac(v, power))
		} else {
			sum.Add(sum, new(big.Rat).SetInt(v.Mul(v, power)))
		}
	}
	return sum, !s.lost
}

// mean returns sum/count, rounded to nearest.
func mean(sum *big.Rat, count uint64) float64 {
	n := new(big.Int).SetUint64(count)
	f, _ := new(big.Rat).Quo(sum, new(big.Rat).SetInt(n)).Float64()
	return f
}
