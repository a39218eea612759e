package decimal128_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/decimal128"
)

// addBits adds an encoding of each kind.
func addBits(f *testing.F, add func(hi, lo uint64)) {
	for _, d := range total {
		hi, lo := d.Bits()
		add(hi, lo)
	}
	for _, text := range []string{"12.34", "-0.000001234", "1E-7", "9.999999999999999999999999999999999E+6144", "1E+6144", "1E-6143", "1844674407370955161.6"} {
		d, err := decimal128.Parse(text)
		if err != nil {
			f.Fatal(err)
		}
		hi, lo := d.Bits()
		add(hi, lo)
	}
	for _, hi := range []uint64{0x3041ed09bead87c0, 0x6c10000000000000, 0x77ffffffffffffff, 0x7a00000000000000, 0x7dffffffffffffff} {
		add(hi, 0x378d8e6400000000)
	}
}

// FuzzParse: Parse accepts exactly the grammar. The result has the value of the
// text, and the exponent of its last digit if this exponent fits. The text of the
// result gives the same bits. A ValueError means that the value does not fit.
// Offsets lie in the text.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "-", ".", "12.34", "+.5e-3", "5.E+10", "inf", "-Infinity", "nAn", "1e6144", "1E-6176", "10E-6177", "1E-6177", "0E+99999", "00012.300",
		"12345678901234567890123456789012340", "12345678901234567890123456789012345", "9.9999999999999999999999999999999995E+6144", "1.234567890123456789012E+6144", "1E+-5", "1_000", "12345678x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := decimal128.Parse(text)
		var syntax *decimal128.SyntaxError
		if isSyntax := errors.As(err, &syntax); isSyntax == grammar.MatchString(text) {
			t.Fatalf("Parse(%q): %v", text, err)
		} else if isSyntax {
			if syntax.Offset < 0 || syntax.Offset > int64(len(text)) {
				t.Fatalf("Parse(%q): offset %d", text, syntax.Offset)
			}
			return
		}
		v, exponent, ok := reference(text)
		var value *decimal128.ValueError
		if errors.As(err, &value) {
			if value.Offset < 0 || value.Offset >= int64(len(text)) || text[value.Offset] < '1' || text[value.Offset] > '9' {
				t.Fatalf("Parse(%q): the byte at offset %d is not a digit other than 0", text, value.Offset)
			}
			if !ok {
				return
			}
			if result, finite := roundReference(v, decimal128.ToNearestEven); finite && result.Cmp(v) == 0 {
				t.Fatalf("Parse(%q): %v, but the value fits", text, err)
			}
			return
		}
		if !d.IsCanonical() {
			t.Fatalf("Parse(%q) is not canonical", text)
		}
		if back, err := decimal128.Parse(d.String()); err != nil || back != d && !d.IsNaN() {
			t.Fatalf("Parse(%q) = %v, whose text gives %v, %v", text, d, back, err)
		}
		if !ok {
			return
		}
		got, err := d.Rat()
		if err != nil || got.Cmp(v) != 0 || d.Signbit() != (text[0] == '-') {
			t.Fatalf("Parse(%q) = %v", text, d)
		}
		_, _, gotExponent := d.Coefficient()
		digits := len(strings.TrimLeft(strings.Map(func(r rune) rune {
			if r == '.' || r == '-' || r == '+' {
				return -1
			}
			return r
		}, strings.FieldsFunc(text, func(r rune) bool { return r|0x20 == 'e' })[0]), "0"))
		if exponent >= decimal128.MinExponent && exponent <= decimal128.MaxExponent && digits <= decimal128.Precision && gotExponent != exponent {
			t.Fatalf("Parse(%q) = %v: exponent %d, want %d", text, d, gotExponent, exponent)
		}
	})
}

// FuzzParseRounded: the value is the result of rounding in exact arithmetic, and
// the conditions describe the rounding.
func FuzzParseRounded(f *testing.F) {
	for _, text := range []string{
		"12.34", "1.11111111111111111111111111111111125", "9.9999999999999999999999999999999999E+6144", "5E-6177", "15E-6177",
		"1E-6200", "1.234567890123456789012E+6144", "-7E+6145", "0E-7000", "9.999999999999999999999999999999999E-6144", "1.20000000000000000000000000000000000000000000",
	} {
		for mode := range modes {
			f.Add(text, uint8(mode))
		}
	}
	f.Fuzz(func(t *testing.T, text string, m uint8) {
		mode := modes[int(m)%len(modes)]
		d, cond, err := decimal128.ParseRounded(text, mode)
		if (err == nil) != grammar.MatchString(text) {
			t.Fatalf("ParseRounded(%q): %v", text, err)
		}
		v, exponent, ok := reference(text)
		if !ok {
			return
		}
		if exact, err := decimal128.Parse(text); (err == nil) != (cond&(decimal128.Inexact|decimal128.Overflow) == 0) || err == nil && exact != d {
			t.Fatalf("ParseRounded(%q) = %v, %v; Parse gives %v, %v", text, d, cond, exact, err)
		}
		if v.Sign() == 0 {
			if _, _, got := d.Coefficient(); !d.IsZero() || cond.Has(decimal128.Clamped) != (got != exponent) {
				t.Fatalf("ParseRounded(%q) = %v, %v", text, d, cond)
			}
			return
		}
		want, finite := roundReference(v, mode)
		if finite != d.IsFinite() {
			t.Fatalf("ParseRounded(%q, %d) = %v, want finite: %v", text, mode, d, finite)
		}
		if !finite {
			if !cond.Has(overflow) || d.Signbit() != (v.Sign() < 0) {
				t.Fatalf("ParseRounded(%q, %d) = %v, %v", text, mode, d, cond)
			}
			return
		}
		got, err := d.Rat()
		if err != nil || got.Cmp(want) != 0 || d.Signbit() != (v.Sign() < 0) {
			t.Fatalf("ParseRounded(%q, %d) = %v, want %v", text, mode, d, want)
		}
		small := adjusted(v) < decimal128.MinAdjusted
		if cond.Has(decimal128.Inexact) != (want.Cmp(v) != 0) || cond.Has(decimal128.Subnormal) != small ||
			cond.Has(decimal128.Underflow) != (small && cond.Has(decimal128.Inexact)) {
			t.Fatalf("ParseRounded(%q, %d): conditions %v", text, mode, cond)
		}
	})
}

// FuzzFormat: for any bits, the texts in all notations follow the grammar and have
// the same value. Parse of the text gives the same bits if HasExactText returns
// true. Canonical and Reduce keep the value.
func FuzzFormat(f *testing.F) {
	addBits(f, func(hi, lo uint64) { f.Add(hi, lo) })
	f.Fuzz(func(t *testing.T, hi, lo uint64) {
		d := decimal128.FromBits(hi, lo)
		if decimal128.FromBytes(d.Bytes()) != d {
			t.Fatalf("%#x %#x: FromBytes of Bytes gives other bits", hi, lo)
		}
		back, err := decimal128.Parse(d.String())
		if err != nil || (back == d) != d.HasExactText() || !d.IsNaN() && back != d.Canonical() {
			t.Fatalf("Parse(%q) = %v, %v", d.String(), back, err)
		}
		canonical, reduced := d.Canonical(), d.Reduce()
		if canonical.Canonical() != canonical || canonical.Class() != d.Class() || d.CompareTotal(canonical) != 0 || d.IsCanonical() != (d == canonical) {
			t.Fatalf("%#x %#x: canonical form %v", hi, lo, canonical)
		}
		if reduced.Reduce() != reduced || d.Compare(reduced) != 0 || d.Signbit() != reduced.Signbit() {
			t.Fatalf("%#x %#x: reduced form %v", hi, lo, reduced)
		}
		if !d.IsFinite() {
			return
		}
		for _, notation := range []decimal128.Notation{decimal128.Engineering, decimal128.Plain} {
			text := d.Text(notation)
			back, err := decimal128.Parse(text)
			if err != nil || !back.Equal(d) || back.Signbit() != d.Signbit() {
				t.Fatalf("Parse(%q) = %v, %v, want %v", text, back, err, d)
			}
			if notation == decimal128.Plain && strings.ContainsAny(text, "Ee") {
				t.Fatalf("%q is not in plain notation", text)
			}
		}
	})
}

// FuzzCompare: Compare agrees with big.Rat, CompareTotal refines it, and both
// are total orders.
func FuzzCompare(f *testing.F) {
	addBits(f, func(hi, lo uint64) {
		f.Add(hi, lo, hi^1<<63, lo, hi+1<<49, lo)
		f.Add(hi, lo, uint64(0x3040000000000000), uint64(10), hi, lo/10)
	})
	f.Fuzz(func(t *testing.T, hi1, lo1, hi2, lo2, hi3, lo3 uint64) {
		a, b, c := decimal128.FromBits(hi1, lo1), decimal128.FromBits(hi2, lo2), decimal128.FromBits(hi3, lo3)
		for name, compare := range map[string]func(d, e decimal128.Decimal) int{
			"Compare": decimal128.Decimal.Compare, "CompareTotal": decimal128.Decimal.CompareTotal,
		} {
			if compare(a, a) != 0 || compare(a, b) != -compare(b, a) {
				t.Fatalf("%s: %v and %v", name, a, b)
			}
			if compare(a, b) <= 0 && compare(b, c) <= 0 && compare(a, c) > 0 {
				t.Fatalf("%s: %v ≤ %v ≤ %v, but the third is below the first", name, a, b, c)
			}
		}
		order, totalOrder := a.Compare(b), a.CompareTotal(b)
		if (totalOrder == 0) != (a.Canonical() == b.Canonical()) {
			t.Fatalf("CompareTotal of %v and %v is %d", a, b, totalOrder)
		}
		if a.IsNaN() || b.IsNaN() {
			return
		}
		if order != 0 && order != totalOrder || a.Equal(b) != (order == 0) || a.Less(b) != (order < 0) {
			t.Fatalf("%v and %v: Compare %d, CompareTotal %d", a, b, order, totalOrder)
		}
		if (order == 0) != (a.Reduce() == b.Reduce() || a.IsZero() && b.IsZero()) {
			t.Fatalf("%v and %v: Compare %d, reduced %v and %v", a, b, order, a.Reduce(), b.Reduce())
		}
		if x, err := a.Rat(); err == nil {
			if y, err := b.Rat(); err == nil && x.Cmp(y) != order {
				t.Fatalf("%v.Compare(%v) = %d, big.Rat: %d", a, b, order, x.Cmp(y))
			}
		}
	})
}

// FuzzQuantize: the result has the given exponent, and the value is the result of
// rounding in exact arithmetic.
func FuzzQuantize(f *testing.F) {
	addBits(f, func(hi, lo uint64) {
		f.Add(hi, lo, -2, uint8(0))
		f.Add(hi, lo, 6100, uint8(3))
	})
	f.Fuzz(func(t *testing.T, hi, lo uint64, exponent int, m uint8) {
		d, mode := decimal128.FromBits(hi, lo), modes[int(m)%len(modes)]
		got, cond, err := d.Quantize(exponent, mode)
		if err != nil || !d.IsFinite() {
			return // TestQuantize has the cases that are errors
		}
		if _, _, x := got.Coefficient(); x != exponent || got.Signbit() != d.Signbit() || !got.IsCanonical() {
			t.Fatalf("%v.Quantize(%d) = %v", d, exponent, got)
		}
		// Divided by the power of ten, the value is the nearest integer.
		x, _ := d.Rat()
		y, _ := got.Rat()
		unit := ratPow10(exponent)
		diff := new(big.Rat).Sub(y, x)
		diff.Quo(diff, unit)
		half := new(big.Rat).Abs(diff).Cmp(big.NewRat(1, 2))
		ok := new(big.Rat).Abs(diff).Cmp(big.NewRat(1, 1)) < 0
		switch mode {
		case decimal128.ToNearestEven, decimal128.ToNearestAway:
			ok = half <= 0
			if half == 0 {
				_, last, _ := got.Coefficient()
				away := diff.Sign() > 0 == !d.Signbit()
				ok = mode == decimal128.ToNearestAway && away || mode == decimal128.ToNearestEven && last&1 == 0
			}
		case decimal128.TowardZero:
			ok = ok && (diff.Sign() == 0 || diff.Sign() > 0 == d.Signbit())
		case decimal128.TowardPositive:
			ok = ok && diff.Sign() >= 0
		case decimal128.TowardNegative:
			ok = ok && diff.Sign() <= 0
		}
		if !ok || cond.Has(decimal128.Inexact) != (diff.Sign() != 0) {
			t.Fatalf("%v.Quantize(%d, %d) = %v, %v", d, exponent, mode, got, cond)
		}
	})
}

// FuzzFloat64: FromFloat64 gives digits that are read as the same double,
// FromFloat64Exact gives the exact value, and Float64 returns no error exactly if
// the Decimal is a double.
func FuzzFloat64(f *testing.F) {
	for _, v := range []float64{0, 1, 9.99, 0.1, 1e22, 1e23, 5e-324, math.MaxFloat64, 1e15, 1e16, 1e17, 123456789.125, math.Inf(-1), math.NaN()} {
		f.Add(math.Float64bits(v))
	}
	f.Fuzz(func(t *testing.T, b uint64) {
		v := math.Float64frombits(b)
		short := decimal128.FromFloat64(v)
		if math.IsNaN(v) {
			if !short.IsNaN() || short.Signbit() != math.Signbit(v) {
				t.Fatalf("FromFloat64(%#x) = %v", b, short)
			}
			return
		}
		if back := short.NearestFloat64(); math.Float64bits(back) != b {
			t.Fatalf("FromFloat64(%v) = %v, whose nearest double is %v", v, short, back)
		}
		exact, err := decimal128.FromFloat64Exact(v)
		text := string(decimal128.AppendFloat64Exact(nil, v))
		fromText, textErr := decimal128.Parse(text)
		if (err == nil) != (textErr == nil) || !exact.Equal(fromText) || exact.Signbit() != fromText.Signbit() {
			t.Fatalf("FromFloat64Exact(%v) = %v, %v, want %s", v, exact, err, text)
		}
		if back, inexact := short.Float64(); back != v || (inexact == nil) != (err == nil && exact.Equal(short)) {
			t.Fatalf("Float64 of %v = %v, %v", short, back, inexact)
		}
		if math.IsInf(v, 0) || v == 0 {
			return
		}
		want := new(big.Rat).SetFloat64(v)
		if got, ok := new(big.Rat).SetString(text); !ok || got.Cmp(want) != 0 {
			t.Fatalf("AppendFloat64Exact(%v) = %s", v, text)
		}
	})
}

// FuzzNearestFloat64: for every encoding, strconv reads the text as the nearest
// double.
func FuzzNearestFloat64(f *testing.F) {
	addBits(f, func(hi, lo uint64) { f.Add(hi, lo) })
	for _, text := range []string{
		"9007199254740993", "9007199254740993.000000000000000001", "1.797693134862315807937289714053034E+308",
		"2.470328229206232720882843964341106E-324", "2.470328229206232720882843964341107E-324", "18446744073709551615E-20",
		"18446744073709551616E-20", "9999999999999999999999999999999999E-400", "1E+6144",
	} {
		hi, lo := mustParse(f, text).Bits()
		f.Add(hi, lo)
	}
	f.Fuzz(func(t *testing.T, hi, lo uint64) {
		d := decimal128.FromBits(hi, lo)
		if d.IsNaN() {
			t.Skip("a NaN has no nearest double")
		}
		want, err := strconv.ParseFloat(d.String(), 64)
		if err != nil && !math.IsInf(want, 0) {
			t.Fatal(err)
		}
		if got := d.NearestFloat64(); math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("NearestFloat64(%v) = %v, want %v", d, got, want)
		}
	})
}

// TestNearestFloat64Random tests the property of FuzzNearestFloat64 on numbers in
// the range of doubles, which few encodings have.
func TestNearestFloat64Random(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 100_000 {
		digits := make([]byte, 1+r.IntN(decimal128.Precision))
		for i := range digits {
			digits[i] = byte('0' + r.IntN(10))
		}
		text := fmt.Sprintf("-%sE%d", digits, r.IntN(700)-360)
		want, err := strconv.ParseFloat(text, 64)
		if err != nil && !math.IsInf(want, 0) {
			t.Fatal(err)
		}
		if got := mustParse(t, text).NearestFloat64(); math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("NearestFloat64(%s) = %v, want %v", text, got, want)
		}
	}
}

// FuzzBig: a value of math/big comes back unchanged, or is an error because it does
// not fit.
func FuzzBig(f *testing.F) {
	for _, text := range []string{"0", "-7", "12345678901234567890123456789012340", "12345678901234567890123456789012345", "340282366920938463463374607431768211456", "1" + strings.Repeat("0", 80)} {
		v, _ := new(big.Int).SetString(text, 10)
		f.Add(v.Bytes(), v.Sign() < 0, int32(-3))
		f.Add(v.Bytes(), v.Sign() < 0, int32(6100))
	}
	f.Fuzz(func(t *testing.T, coefficient []byte, negative bool, exponent int32) {
		v := new(big.Int).SetBytes(coefficient)
		if negative {
			v.Neg(v)
		}
		d, err := decimal128.FromScaledBigInt(v, int(exponent))
		if exponent < -farthest || exponent > farthest {
			if err == nil && v.Sign() != 0 && len(coefficient) < 100 {
				t.Fatalf("FromScaledBigInt(%v·10^%d) = %v", v, exponent, d)
			}
			return
		}
		value := new(big.Rat).Mul(new(big.Rat).SetInt(v), ratPow10(int(exponent)))
		fits := v.Sign() == 0
		if !fits {
			result, finite := roundReference(value, decimal128.ToNearestEven)
			fits = finite && result.Cmp(value) == 0
		}
		if fits != (err == nil) {
			t.Fatalf("FromScaledBigInt(%v·10^%d): %v", v, exponent, err)
		}
		fromRat, ratErr := decimal128.FromRat(value)
		if (ratErr == nil) != fits {
			t.Fatalf("FromRat(%v): %v", value, ratErr)
		}
		if !fits {
			return
		}
		got, err := d.Rat()
		if err != nil || got.Cmp(value) != 0 || !fromRat.Equal(d) {
			t.Fatalf("FromScaledBigInt(%v·10^%d) = %v, FromRat %v", v, exponent, d, fromRat)
		}
		coef, exp, err := d.ScaledBigInt()
		if err != nil || new(big.Rat).Mul(new(big.Rat).SetInt(coef), ratPow10(exp)).Cmp(value) != 0 {
			t.Fatalf("%v.ScaledBigInt() = %v·10^%d, %v", d, coef, exp, err)
		}
		if value.IsInt() {
			back, err := d.BigInt()
			if err != nil || back.Cmp(value.Num()) != 0 {
				t.Fatalf("%v.BigInt() = %v, %v", d, back, err)
			}
		}
	})
}
