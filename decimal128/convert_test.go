package decimal128_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/decimal128"
)

// wantConversionError checks that err is a *ConversionError that matches want.
func wantConversionError(t *testing.T, err, want error) {
	t.Helper()
	var got *decimal128.ConversionError
	if !errors.As(err, &got) || !errors.Is(err, want) {
		t.Errorf("error is %v, want a *ConversionError that matches %v", err, want)
	}
}

// mustInt reads an integer, which may be a power of ten with a factor: "10^40",
// "12*10^40".
func mustInt(t *testing.T, text string) *big.Int {
	t.Helper()
	v := big.NewInt(1)
	for factor := range strings.SplitSeq(text, "*") {
		base, exponent, isPower := strings.Cut(factor, "^")
		f, ok := new(big.Int).SetString(base, 10)
		if isPower {
			var n *big.Int
			if n, ok = new(big.Int).SetString(exponent, 10); ok {
				f.Exp(f, n, nil)
			}
		}
		if !ok {
			t.Fatalf("not an integer: %q", text)
		}
		v.Mul(v, f)
	}
	return v
}

// TestRatPowers: FromRat accepts 1 divided by a power of ten, and rejects 1 divided
// by a denominator slightly larger than a power of ten.
func TestRatPowers(t *testing.T) {
	for n := 1; n <= -decimal128.MinExponent; n += 1 + n/40 {
		d, err := decimal128.FromRat(ratPow10(-n))
		if want, _ := decimal128.FromCoefficient(0, 1, -n); d != want || err != nil {
			t.Errorf("FromRat(10^-%d) = %v, %v", n, d, err)
		}
		denominator := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(n)), nil)
		denominator.Add(denominator, big.NewInt(2)).Lsh(denominator, uint(n))
		_, err = decimal128.FromRat(new(big.Rat).SetFrac(big.NewInt(1), denominator))
		if !errors.Is(err, decimal128.ErrInexact) {
			t.Errorf("FromRat of slightly less than 10^-%d: %v, want ErrInexact", n, err)
		}
	}
	d, err := decimal128.FromRat(ratPow10(decimal128.MinExponent))
	if d != decimal128.FromBits(0, 1) || err != nil {
		t.Errorf("FromRat(10^-6176) = %v, %v", d, err)
	}
}

func TestFromIntegers(t *testing.T) {
	for v, want := range map[int64]string{
		0: "0", 7: "7", -7: "-7", math.MaxInt64: "9223372036854775807", math.MinInt64: "-9223372036854775808",
	} {
		if diff := cmp.Diff(mustParse(t, want), decimal128.FromInt64(v), sameBits); diff != "" {
			t.Errorf("FromInt64 (-want +got):\n%s", diff)
		}
	}
	for v, want := range map[uint64]string{0: "0", 7: "7", math.MaxUint64: "18446744073709551615"} {
		if diff := cmp.Diff(mustParse(t, want), decimal128.FromUint64(v), sameBits); diff != "" {
			t.Errorf("FromUint64 (-want +got):\n%s", diff)
		}
	}
}

func TestFromBigInt(t *testing.T) {
	for _, tc := range []struct{ name, value, want string }{
		{"zero", "0", "0"},
		{"small", "-1200", "-1200"},
		{"34 digits", "9999999999999999999999999999999999", "9999999999999999999999999999999999"},
		{"10^34", "10^34", "1.000000000000000000000000000000000E+34"},
		{"39 digits", "340000000000000000000000000000000000000", "3.400000000000000000000000000000000E+38"},
		{"more than 128 bits", "-123*10^50", "-1.230000000000000000000000000000000E+52"},
		{"35 digits and zeros", "99999999999999999999999999999999990*10^20", "9.999999999999999999999999999999999E+54"},
		{"greatest", "9999999999999999999999999999999999*10^6111", "9.999999999999999999999999999999999E+6144"},
		{"greatest power of ten", "10^6144", "1.000000000000000000000000000000000E+6144"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := mustInt(t, tc.value)
			got, err := decimal128.FromBigInt(v)
			if diff := cmp.Diff(mustParse(t, tc.want), got, sameBits); diff != "" || err != nil {
				t.Errorf("FromBigInt: %v (-want +got):\n%s", err, diff)
			}
			if v.Cmp(mustInt(t, tc.value)) != 0 {
				t.Error("FromBigInt changed its argument")
			}
			if back, err := got.BigInt(); err != nil || back.Cmp(v) != 0 {
				t.Errorf("BigInt = %v, %v, want %v", back, err, v)
			}
		})
	}
	for _, tc := range []struct {
		name, value string
		want        error
	}{
		{"35 digits", "10000000000000000000000000000000001", decimal128.ErrInexact},
		{"39 digits", "340282366920938463463374607431768211455", decimal128.ErrInexact},
		{"two to the 128", "2^128", decimal128.ErrInexact},
		{"odd and long", "3^1000", decimal128.ErrInexact},
		{"no factor 5", "2^10000", decimal128.ErrInexact},
		{"35 digits before zeros", "12345678901234567890123456789012345*10^30", decimal128.ErrInexact},
		{"too large", "10^6145", decimal128.ErrOverflow},
		{"far too large", "-7*10^100000", decimal128.ErrOverflow},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := decimal128.FromBigInt(mustInt(t, tc.value))
			wantConversionError(t, err, tc.want)
			if d != (decimal128.Decimal{}) {
				t.Errorf("FromBigInt = %v, want the zero value", d)
			}
		})
	}
}

func TestFromScaledBigInt(t *testing.T) {
	for _, tc := range []struct {
		name, value string
		exponent    int
		want        string
	}{
		{"price", "-999", -2, "-9.99"},
		{"zeros kept", "1000", -3, "1.000"},
		{"exponent kept", "12", 5, "1.2E+6"},
		{"long with zeros", "123*10^50", -50, "123.0000000000000000000000000000000"},
		{"very long with zeros", "10^5000", -5000, "1.000000000000000000000000000000000"},
		{"longer than any number", "10^50000", -50000, "1.000000000000000000000000000000000"},
		{"folded", "7", 6120, "7.00000000E+6120"},
		{"zeros below the least exponent", "700", -6178, "7E-6176"},
		{"zero with an exponent too high", "0", math.MaxInt32, "0E+6111"},
		{"zero with an exponent too low", "0", math.MinInt32, "0E-6176"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := decimal128.FromScaledBigInt(mustInt(t, tc.value), tc.exponent)
			if diff := cmp.Diff(mustParse(t, tc.want), got, sameBits); diff != "" || err != nil {
				t.Errorf("FromScaledBigInt: %v (-want +got):\n%s", err, diff)
			}
		})
	}
	for _, tc := range []struct {
		name, value string
		exponent    int
		want        error
	}{
		{"35 digits", "12345678901234567890123456789012345", -10, decimal128.ErrInexact},
		{"hostile exponent", "1", math.MaxInt32, decimal128.ErrOverflow},
		{"hostile negative exponent", "1", math.MinInt32, decimal128.ErrUnderflow},
		{"hostile exponent, long", "10^60", math.MaxInt32, decimal128.ErrOverflow},
		{"hostile negative exponent, long", "10^60", math.MinInt32, decimal128.ErrUnderflow},
		{"last digit too small", "15", -6177, decimal128.ErrUnderflow},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := decimal128.FromScaledBigInt(mustInt(t, tc.value), tc.exponent)
			wantConversionError(t, err, tc.want)
			if d != (decimal128.Decimal{}) {
				t.Errorf("FromScaledBigInt = %v, want the zero value", d)
			}
		})
	}
}

func TestScaledBigInt(t *testing.T) {
	for _, tc := range []struct {
		text, value string
		exponent    int
	}{
		{"-9.990", "-9990", -3},
		{"0E+7", "0", 7},
		{"1.234567890123456789012345678901234E-6143", "1234567890123456789012345678901234", -6176},
		{"9E+6111", "9", 6111},
	} {
		d := mustParse(t, tc.text)
		got, exponent, err := d.ScaledBigInt()
		if err != nil || got.Cmp(mustInt(t, tc.value)) != 0 || exponent != tc.exponent {
			t.Errorf("ScaledBigInt of %s = %v·10^%d, %v", tc.text, got, exponent, err)
		}
		if back, err := decimal128.FromScaledBigInt(got, exponent); back != d || err != nil {
			t.Errorf("FromScaledBigInt of ScaledBigInt = %v, %v", back, err)
		}
	}
	for text, want := range map[string]error{
		"NaN": decimal128.ErrNaN, "-Infinity": decimal128.ErrInfinity, "-0.00": decimal128.ErrSign,
	} {
		v, exponent, err := mustParse(t, text).ScaledBigInt()
		wantConversionError(t, err, want)
		if text == "-0.00" && (v.Sign() != 0 || exponent != -2) || text != "-0.00" && (v != nil || exponent != 0) {
			t.Errorf("ScaledBigInt of %s = %v·10^%d", text, v, exponent)
		}
	}
}

func TestRat(t *testing.T) {
	for _, tc := range []struct{ rat, want string }{
		{"0", "0"},
		{"5", "5"},
		{"-1/4", "-0.25"},
		{"1/1024", "0.0009765625"},
		{"3/5", "0.6"},
		{"7/15625", "0.000448"},
		{"9999999999999999999999999999999999/10000000000000000000000000000000000", "0.9999999999999999999999999999999999"},
	} {
		v, _ := new(big.Rat).SetString(tc.rat)
		got, err := decimal128.FromRat(v)
		if diff := cmp.Diff(mustParse(t, tc.want), got, sameBits); diff != "" || err != nil {
			t.Errorf("FromRat(%s): %v (-want +got):\n%s", tc.rat, err, diff)
		}
		if back, err := got.Rat(); err != nil || back.Cmp(v) != 0 {
			t.Errorf("Rat of %v = %v, %v", got, back, err)
		}
	}
	for _, tc := range []struct {
		name     string
		num, den string
		want     string
	}{
		{"least", "1", "10^6176", "1E-6176"},
		{"large integer", "10^6144", "1", "1E+6144"},
		{"many twos", "10^33", "2^40", "909494701772928237915.0390625"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := new(big.Rat).SetFrac(mustInt(t, tc.num), mustInt(t, tc.den))
			got, err := decimal128.FromRat(v)
			if err != nil || !got.Equal(mustParse(t, tc.want)) {
				t.Errorf("FromRat = %v, %v, want %s", got, err, tc.want)
			}
		})
	}
	for _, tc := range []struct {
		name     string
		num, den string
		want     error
	}{
		{"a third", "1", "3", decimal128.ErrInexact},
		{"a sixth", "1", "6", decimal128.ErrInexact},
		{"too many digits above", "12345678901234567890123456789012345", "2", decimal128.ErrInexact},
		{"very many digits above", "3^2000", "2", decimal128.ErrInexact},
		{"too many digits below", "1", "2^120", decimal128.ErrInexact},
		{"too small", "1", "10^6177", decimal128.ErrUnderflow},
		{"hostile twos", "1", "2^1000000", decimal128.ErrUnderflow},
		{"hostile fives", "1", "5^100000", decimal128.ErrUnderflow},
		{"hostile threes", "1", "3^50000", decimal128.ErrUnderflow},
		{"too large", "10^6145", "1", decimal128.ErrOverflow},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := decimal128.FromRat(new(big.Rat).SetFrac(mustInt(t, tc.num), mustInt(t, tc.den)))
			wantConversionError(t, err, tc.want)
			if d != (decimal128.Decimal{}) {
				t.Errorf("FromRat = %v, want the zero value", d)
			}
		})
	}
	for text, want := range map[string]error{"-NaN": decimal128.ErrNaN, "Infinity": decimal128.ErrInfinity} {
		v, err := mustParse(t, text).Rat()
		wantConversionError(t, err, want)
		if v != nil {
			t.Errorf("Rat of %s = %v, want nil", text, v)
		}
	}
}

// TestToIntegers tests Int64, Uint64 and BigInt. An empty want is an error.
func TestToIntegers(t *testing.T) {
	type result struct {
		Value string
		Err   error
	}
	var (
		fraction = result{Err: decimal128.ErrInexact}
		tooLarge = result{Err: decimal128.ErrOverflow}
		negative = result{Err: decimal128.ErrSign}
		nan      = result{Err: decimal128.ErrNaN}
		infinite = result{Err: decimal128.ErrInfinity}
	)
	is := func(s string) result { return result{Value: s} }
	for _, tc := range []struct {
		text                string
		int64, uint64, bigs result
	}{
		{"0", is("0"), is("0"), is("0")},
		{"-0.00", is("0"), is("0"), is("0")},
		{"0E+6111", is("0"), is("0"), is("0")},
		{"0E-6176", is("0"), is("0"), is("0")},
		{"42", is("42"), is("42"), is("42")},
		{"42.000", is("42"), is("42"), is("42")},
		{"4.2E+1", is("42"), is("42"), is("42")},
		{"-42", is("-42"), negative, is("-42")},
		{"42.5", fraction, fraction, fraction},
		{"1E-6176", fraction, fraction, fraction},
		{"0.000000000000000000000000000000001", fraction, fraction, fraction},
		{"1234567890123456789012345678901234E-34", fraction, fraction, fraction},
		{"7000000000000000000000000000000000E-33", is("7"), is("7"), is("7")},
		{"9223372036854775807", is("9223372036854775807"), is("9223372036854775807"), is("9223372036854775807")},
		{"9223372036854775808", tooLarge, is("9223372036854775808"), is("9223372036854775808")},
		{"-9223372036854775808", is("-9223372036854775808"), negative, is("-9223372036854775808")},
		{"-9223372036854775809", tooLarge, negative, is("-9223372036854775809")},
		{"18446744073709551615", tooLarge, is("18446744073709551615"), is("18446744073709551615")},
		{"18446744073709551616", tooLarge, tooLarge, is("18446744073709551616")},
		{"1844674407370955162E+1", tooLarge, tooLarge, is("18446744073709551620")},
		{"1E+19", tooLarge, is("10000000000000000000"), is("10000000000000000000")},
		{"1E+20", tooLarge, tooLarge, is("100000000000000000000")},
		{"-5E+40", tooLarge, tooLarge, is("-5" + strings.Repeat("0", 40))},
		{"9E+6111", tooLarge, tooLarge, is("9" + strings.Repeat("0", 6111))},
		{"NaN", nan, nan, nan},
		{"-Infinity", infinite, infinite, infinite},
	} {
		t.Run(tc.text, func(t *testing.T) {
			d := mustParse(t, tc.text)
			check := func(name, got string, err error, want result) {
				if want.Err != nil {
					wantConversionError(t, err, want.Err)
					want.Value = map[string]string{"BigInt": "<nil>"}[name]
					if name != "BigInt" {
						want.Value = "0"
					}
				} else if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if diff := cmp.Diff(want.Value, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			i, err := d.Int64()
			check("Int64", big.NewInt(i).String(), err, tc.int64)
			u, err := d.Uint64()
			check("Uint64", new(big.Int).SetUint64(u).String(), err, tc.uint64)
			b, err := d.BigInt()
			check("BigInt", b.String(), err, tc.bigs)
		})
	}
}

// TestHostileExponents: a short input with a huge exponent allocates hardly any
// memory, in all functions that read exponents.
func TestHostileExponents(t *testing.T) {
	one := big.NewInt(1)
	for name, f := range map[string]func() error{
		"Parse":           func() error { _, err := decimal128.Parse("1E+999999999"); return err },
		"Parse, tiny":     func() error { _, err := decimal128.Parse("1E-999999999"); return err },
		"FromCoefficient": func() error { _, err := decimal128.FromCoefficient(0, 1, 999999999); return err },
		"big.Int":         func() error { _, err := decimal128.FromScaledBigInt(one, math.MaxInt); return err },
		"big.Int, tiny":   func() error { _, err := decimal128.FromScaledBigInt(one, math.MinInt); return err },
	} {
		if n := testing.AllocsPerRun(10, func() {
			if f() == nil {
				t.Fatalf("%s: no error", name)
			}
		}); n > 4 {
			t.Errorf("%s: %v allocs, want at most 4", name, n)
		}
	}
}
