package decimal128_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/decimal128"
)

// sameBits compares the bits of Decimals, not their values.
var sameBits = cmp.Comparer(func(a, b decimal128.Decimal) bool { return a == b })

// mustParse returns the Decimal of a text that fits.
func mustParse(t testing.TB, text string) decimal128.Decimal {
	t.Helper()
	d, err := decimal128.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return d
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		hi, lo     uint64
	}{
		{"integer", "27182", 0x3040000000000000, 0x0000000000006a2e},
		{"point", "31.415", 0x303a000000000000, 0x0000000000007ab7},
		{"negative", "-8.50", 0xb03c000000000000, 0x0000000000000352},
		{"plus", "+6", 0x3040000000000000, 0x0000000000000006},
		{"leading zeros", "0007.10", 0x303c000000000000, 0x00000000000002c6},
		{"bare point first", ".25", 0x303c000000000000, 0x0000000000000019},
		{"bare point last", "25.", 0x3040000000000000, 0x0000000000000019},
		{"bare point and exponent", "25.e1", 0x3042000000000000, 0x0000000000000019},
		{"negative bare point", "-.5", 0xb03e000000000000, 0x0000000000000005},
		{"zero", "0", 0x3040000000000000, 0},
		{"zero with places", "0.000", 0x303a000000000000, 0},
		{"negative zero", "-0.0", 0xb03e000000000000, 0},
		{"many zeros", strings.Repeat("0", 50), 0x3040000000000000, 0},
		{"exponent", "4E3", 0x3046000000000000, 0x0000000000000004},
		{"exponent plus, lower case", "4.50e+3", 0x3042000000000000, 0x00000000000001c2},
		{"exponent minus", "4E-10", 0x302c000000000000, 0x0000000000000004},
		{"exponent with zeros", "7E0000000000000000000000000000012", 0x3058000000000000, 0x0000000000000007},
		{"exponent minus zero", "7E-0", 0x3040000000000000, 0x0000000000000007},
		{"19 digits", "9999999999999999999", 0x3040000000000000, 0x8ac7230489e7ffff},
		{"20 digits", "99999999999999999999", 0x3040000000000005, 0x6bc75e2d630fffff},
		{"2^64", "18446744073709551616", 0x3040000000000001, 0},
		{"34 digits", "9999999999999999999999999999999999", 0x3041ed09bead87c0, 0x378d8e63ffffffff},
		{"34 digits after the point", "0.1234567890123456789012345678901234", 0x2ffc3cde6fff9732, 0xde825cd07e96aff2},
		{"greatest", "9.999999999999999999999999999999999E+6144", 0x5fffed09bead87c0, 0x378d8e63ffffffff},
		{"least", "-1E-6176", 0x8000000000000000, 0x0000000000000001},
		{"folded by 33 digits", "3E6144", 0x5ffe93e952cda8b9, 0xaa44111e00000000},
		{"folded by 9 digits", "12E+6120", 0x5ffe000000000000, 0x00000002cb417800},
		{"21 digits folded to 34", "123456789012345678901E+6124", 0x5ffe3cde6fff9732, 0xde825aae593b2000},
		{"27 digits folded to 34", "999999999999999999999999999E+6118", 0x5fffed09bead87c0, 0x378d8e63ff676980},
		{"33 digits folded to 34", "-314159265358979323846264338327950E+6112", 0xdffe9ae4795796a7, 0xbabe5564e6f39f8c},
		{"33 digits folded to 34, all nines", "999999999999999999999999999999999E+6112", 0x5fffed09bead87c0, 0x378d8e63fffffff6},
		{"22 digits folded to 33", "1234567890123456789012E+6122", 0x5ffe06163e665beb, 0x7ca6a2d999da2000},
		{"35 digits, the last 0", "12345678901234567890123456789012340", 0x30423cde6fff9732, 0xde825cd07e96aff2},
		{"60 zeros after the point", "2.5" + strings.Repeat("0", 60), 0x2ffe7b426fab61f0, 0x0de3639900000000},
		{"zeros below the least exponent", "170E-6177", 0, 0x0000000000000011},
		{"all digits but one below it", "9" + strings.Repeat("0", 33) + "E-6209", 0, 0x0000000000000009},
		{"zero, exponent too high", "0E+7000", 0x5ffe000000000000, 0},
		{"zero, exponent too low", "-0E-7000", 0x8000000000000000, 0},
		{"zero, exponent past any integer", "0E+99999999999999999999999", 0x5ffe000000000000, 0},
		{"zero, places and exponent", "0.00E+6113", 0x5ffe000000000000, 0},
		{"zeros that make up for an exponent", "0." + strings.Repeat("0", 50) + "5E+51", 0x3040000000000000, 5},
		{"digits that make up for an exponent", "5" + strings.Repeat("0", 7000) + "E-7000", 0x2ffef684df56c3e0, 0x1bc6c73200000000},
		{"infinity", "Infinity", 0x7800000000000000, 0},
		{"inf", "inf", 0x7800000000000000, 0},
		{"plus inf", "+INF", 0x7800000000000000, 0},
		{"minus infinity", "-iNfInItY", 0xf800000000000000, 0},
		{"NaN", "NaN", 0x7c00000000000000, 0},
		{"nan", "+nan", 0x7c00000000000000, 0},
		{"minus NaN", "-NAN", 0xfc00000000000000, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := decimal128.FromBits(tc.hi, tc.lo)
			got, err := decimal128.Parse(tc.text)
			if diff := cmp.Diff(want, got, sameBits); diff != "" || err != nil {
				t.Errorf("Parse(%q): %v (-want +got):\n%s", tc.text, err, diff)
			}
			got, err = decimal128.Parse([]byte(tc.text))
			if diff := cmp.Diff(want, got, sameBits); diff != "" || err != nil {
				t.Errorf("Parse of bytes: %v (-want +got):\n%s", err, diff)
			}
			got, cond, err := decimal128.ParseRounded(tc.text, decimal128.TowardZero)
			if got != want || err != nil || cond&(decimal128.Inexact|decimal128.Overflow|decimal128.Underflow) != 0 {
				t.Errorf("ParseRounded(%q) = %v, %v, %v", tc.text, got, cond, err)
			}
		})
	}
}

// TestFolded tests exponents over MaxExponent, for every length of the coefficient
// and up to the first exponent that overflows. Such an exponent is reduced to
// MaxExponent by zeros at the end of the coefficient.
func TestFolded(t *testing.T) {
	const exponentBits = uint64(decimal128.MaxExponent-decimal128.MinExponent) << 49
	for digits := 1; digits <= decimal128.Precision; digits++ {
		for _, coefficient := range []string{
			"1" + strings.Repeat("0", digits-1), strings.Repeat("9", digits), "2718281828459045235360287471352662"[:digits],
		} {
			for exp := decimal128.MaxExponent; ; exp++ {
				text := fmt.Sprintf("-%sE+%d", coefficient, exp)
				got, err := decimal128.Parse(text)
				if digits+exp-1 > decimal128.MaxAdjusted {
					if !errors.Is(err, decimal128.ErrOverflow) {
						t.Errorf("Parse(%q) = %v, %v, want ErrOverflow", text, got, err)
					}
					break
				}
				n, _ := new(big.Int).SetString(coefficient, 10)
				n.Mul(n, bigPow10(exp-decimal128.MaxExponent))
				want := decimal128.FromBits(1<<63|exponentBits|new(big.Int).Rsh(n, 64).Uint64(), new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64())
				if diff := cmp.Diff(want, got, sameBits); diff != "" || err != nil {
					t.Errorf("Parse(%q): %v (-want +got):\n%s", text, err, diff)
				}
			}
		}
	}
}

func TestParseRefusesSyntax(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		offset     int64
	}{
		{"empty", "", 0},
		{"sign only", "-", 1},
		{"point only", ".", 1},
		{"sign and point", "+.", 2},
		{"two signs", "-+3", 1},
		{"sign at the end", "3-", 1},
		{"two points", "3.14.15", 4},
		{"two points together", "3..", 2},
		{"point after short digits", "1.5.", 3},
		{"two points at the start", "..1", 1},
		{"a point at the start and another", ".1.2", 2},
		{"a point at the end and another", "1..", 2},
		{"exponent only", "E7", 0},
		{"exponent without digits", "3E", 2},
		{"exponent sign only", "3.0e-", 5},
		{"exponent after a point only", ".E7", 1},
		{"two exponents", "3E7E7", 3},
		{"two exponent signs", "3E+-7", 3},
		{"fraction in the exponent", "3E7.0", 3},
		{"letter in a huge exponent", "3E123456789012345678901234567890z", 32},
		{"blank before", " 3", 0},
		{"blank after", "3 ", 1},
		{"blank after the sign", "- 3", 1},
		{"blank before the exponent", "3 E7", 1},
		{"newline", "3\n", 1},
		{"NUL", "3\x00", 1},
		{"underscore", "3_000", 1},
		{"comma", "3,14", 1},
		{"hexadecimal", "0x1p3", 1},
		{"Unicode digit", "\u0663", 0},
		{"full-width digit after digits", "12345678\uff11", 8},
		{"slash, the byte before 0", "1/2", 1},
		{"colon, the byte after 9", "12:30", 2},
		{"colon among eight", "1234567890123456789012:4", 22},
		{"infin", "Infin", 5},
		{"infinit", "-infinit", 8},
		{"in", "in", 2},
		{"infinityx", "infinityx", 8},
		{"inf with digits", "inf1", 3},
		{"na", "na", 2},
		{"nan with payload", "NaN123", 3},
		{"signalling", "sNaN", 0},
		{"digits, then NaN", "1NaN", 1},
		{"two signs, then NaN", "--NaN", 1},
		{"a letter", "x", 0},
		{"i, control characters", "i\x0ef", 1},
		{"long digits, then a letter", strings.Repeat("7", 40) + "x", 40},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := decimal128.Parse(tc.text)
			var got *decimal128.SyntaxError
			if !errors.As(err, &got) {
				t.Fatalf("Parse(%q) = %v, %v, want *decimal128.SyntaxError", tc.text, d, err)
			}
			want := decimal128.SyntaxError{Offset: tc.offset, Err: decimal128.ErrSyntax}
			if diff := cmp.Diff(want, *got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("Parse(%q): (-want +got):\n%s", tc.text, diff)
			}
			if d != (decimal128.Decimal{}) {
				t.Errorf("Parse(%q) = %v, want the zero value", tc.text, d)
			}
			d, cond, err := decimal128.ParseRounded([]byte(tc.text), decimal128.ToNearestEven)
			if !errors.As(err, &got) || got.Offset != tc.offset || cond != 0 || d != (decimal128.Decimal{}) {
				t.Errorf("ParseRounded(%q) = %v, %v, %v", tc.text, d, cond, err)
			}
		})
	}
}

func TestParseRefusesValues(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       decimal128.ValueError
	}{
		{"35 digits", "12345678901234567890123456789012345", decimal128.ValueError{Offset: 34, Err: decimal128.ErrInexact}},
		{"35 digits around a point", "-123456789.01234567890123456789012345", decimal128.ValueError{Offset: 36, Err: decimal128.ErrInexact}},
		{"zeros, then a digit", "1" + strings.Repeat("0", 90) + "3.0", decimal128.ValueError{Offset: 91, Err: decimal128.ErrInexact}},
		{"leading zeros do not count", "000.0001234567890123456789012345678901234000009", decimal128.ValueError{Offset: 46, Err: decimal128.ErrInexact}},
		{"too large by one place", "1E+6145", decimal128.ValueError{Offset: 0, Err: decimal128.ErrOverflow}},
		{"too large, many digits", "-0001" + strings.Repeat("0", 6145), decimal128.ValueError{Offset: 4, Err: decimal128.ErrOverflow}},
		{"exponent past any integer", "2E+99999999999999999999999", decimal128.ValueError{Offset: 0, Err: decimal128.ErrOverflow}},
		{"rounding would overflow", "9.9999999999999999999999999999999999E+6144", decimal128.ValueError{Offset: 0, Err: decimal128.ErrOverflow}},
		{"too small by one place", "2E-6177", decimal128.ValueError{Offset: 0, Err: decimal128.ErrUnderflow}},
		{"last digit too small", "+1.23E-6177", decimal128.ValueError{Offset: 1, Err: decimal128.ErrUnderflow}},
		{"third digit too small", "1.23E-6175", decimal128.ValueError{Offset: 3, Err: decimal128.ErrUnderflow}},
		{"exponent past any integer, negative", "2E-99999999999999999999999", decimal128.ValueError{Offset: 0, Err: decimal128.ErrUnderflow}},
		{"long and tiny", strings.Repeat("1", 40) + "E-6200", decimal128.ValueError{Offset: 16, Err: decimal128.ErrUnderflow}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := decimal128.Parse(tc.text)
			var got *decimal128.ValueError
			if !errors.As(err, &got) {
				t.Fatalf("Parse(%q) = %v, %v, want *decimal128.ValueError", tc.text, d, err)
			}
			if diff := cmp.Diff(tc.want, *got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("Parse(%q): (-want +got):\n%s", tc.text, diff)
			}
			if d != (decimal128.Decimal{}) {
				t.Errorf("Parse(%q) = %v, want the zero value", tc.text, d)
			}
		})
	}
}

// TestParseEveryByte puts each byte at each place of a number and compares with
// the regular expression of the grammar.
func TestParseEveryByte(t *testing.T) {
	const text = "-12345678.90E+12"
	for at := range len(text) {
		for c := range 256 {
			b := []byte(text)
			b[at] = byte(c)
			_, err := decimal128.Parse(b)
			if want := grammar.Match(b); want != (err == nil) {
				t.Errorf("Parse(%q): %v", b, err)
			}
		}
	}
}

// TestErrorText checks only that a message contains the package, the reason, and
// the place or the types, because the wording may change.
func TestErrorText(t *testing.T) {
	_, syntax := decimal128.Parse("12x")
	_, value := decimal128.Parse("10E+6149")
	_, conversion := decimal128.NaN().Int64()
	for _, tc := range []struct {
		err   error
		wants []string
	}{
		{syntax, []string{"decimal128", decimal128.ErrSyntax.Error(), "2"}},
		{value, []string{"decimal128", decimal128.ErrOverflow.Error(), "0"}},
		{conversion, []string{"decimal128", decimal128.ErrNaN.Error(), "int64"}},
	} {
		for _, want := range tc.wants {
			if !strings.Contains(tc.err.Error(), want) {
				t.Errorf("%q does not contain %q", tc.err, want)
			}
		}
	}
}
