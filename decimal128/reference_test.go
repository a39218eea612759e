package decimal128_test

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/bsonkit/bsonkit/decimal128"
)

// This file has a slow reference for the fast code: a regular expression for the
// grammar, and math/big for values.

// grammar matches the texts that Parse accepts.
var grammar = regexp.MustCompile(`(?i)\A[+-]?(?:(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:e([+-]?[0-9]+))?|inf|infinity|nan)\z`)

// farthest is the largest absolute value of an exponent that the reference accepts.
// It is beyond the exponents of the format.
const farthest = 7000

// reference returns the value of a text of the grammar and the exponent of its
// last digit. ok is false for infinities, NaNs, and exponents beyond farthest.
func reference(text string) (value *big.Rat, exponent int, ok bool) {
	m := grammar.FindStringSubmatch(text)
	if m == nil || m[1]+m[3] == "" {
		return nil, 0, false
	}
	power := new(big.Int)
	if m[4] != "" {
		power.SetString(strings.TrimPrefix(m[4], "+"), 10)
	}
	if !power.IsInt64() || power.CmpAbs(big.NewInt(farthest)) > 0 {
		return nil, 0, false
	}
	digits, _ := new(big.Int).SetString(m[1]+m[2]+m[3], 10)
	if text[0] == '-' {
		digits.Neg(digits)
	}
	exponent = int(power.Int64()) - len(m[2]+m[3])
	return new(big.Rat).Mul(new(big.Rat).SetInt(digits), ratPow10(exponent)), exponent, true
}

func bigPow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func ratPow10(n int) *big.Rat {
	if n < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), bigPow10(-n))
	}
	return new(big.Rat).SetInt(bigPow10(n))
}

// adjusted returns the exponent of the first digit of |v|, v ≠ 0.
func adjusted(v *big.Rat) int {
	abs := new(big.Rat).Abs(v)
	n := len(abs.Num().String()) - len(abs.Denom().String())
	if abs.Cmp(ratPow10(n)) < 0 {
		n--
	}
	return n
}

// roundReference rounds v ≠ 0 to decimal128. finite is false on overflow to
// infinity.
func roundReference(v *big.Rat, mode decimal128.Rounding) (result *big.Rat, finite bool) {
	exponent := max(adjusted(v)-decimal128.Precision+1, decimal128.MinExponent)
	unit := ratPow10(exponent)
	scaled := new(big.Rat).Quo(v, unit)
	floor := new(big.Int).Div(scaled.Num(), scaled.Denom()) // Euclidean, so floor
	rest := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(floor))
	up := false
	if rest.Sign() != 0 {
		half := rest.Cmp(big.NewRat(1, 2))
		switch mode {
		case decimal128.ToNearestEven:
			up = half > 0 || half == 0 && floor.Bit(0) == 1
		case decimal128.ToNearestAway:
			up = half > 0 || half == 0 && v.Sign() > 0
		case decimal128.TowardZero:
			up = v.Sign() < 0
		case decimal128.TowardPositive:
			up = true
		}
	}
	if up {
		floor.Add(floor, big.NewInt(1))
	}
	result = new(big.Rat).Mul(new(big.Rat).SetInt(floor), unit)
	greatest := new(big.Rat).Mul(new(big.Rat).SetInt(new(big.Int).Sub(bigPow10(34), big.NewInt(1))), ratPow10(decimal128.MaxExponent))
	if new(big.Rat).Abs(result).Cmp(greatest) <= 0 {
		return result, true
	}
	switch {
	case mode == decimal128.TowardZero,
		mode == decimal128.TowardNegative && v.Sign() > 0,
		mode == decimal128.TowardPositive && v.Sign() < 0:
		if v.Sign() < 0 {
			greatest.Neg(greatest)
		}
		return greatest, true
	}
	return nil, false
}

// words returns the number with these decimal digits, as two words.
func words(digits string) (hi, lo uint64) {
	v, _ := new(big.Int).SetString(digits, 10)
	return new(big.Int).Rsh(v, 64).Uint64(), new(big.Int).And(v, new(big.Int).SetUint64(1<<64-1)).Uint64()
}
