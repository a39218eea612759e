package decimal128_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/decimal128"
)

func TestBytes(t *testing.T) {
	d := decimal128.FromBits(0x0102030405060708, 0x090a0b0c0d0e0f10)
	want := [16]byte{0x10, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01}
	if diff := cmp.Diff(want, d.Bytes()); diff != "" {
		t.Errorf("Bytes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(d, decimal128.FromBytes(want), sameBits); diff != "" {
		t.Errorf("FromBytes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append([]byte("x"), want[:]...), d.AppendBytes([]byte("x"))); diff != "" {
		t.Errorf("AppendBytes (-want +got):\n%s", diff)
	}
	if hi, lo := d.Bits(); hi != 0x0102030405060708 || lo != 0x090a0b0c0d0e0f10 {
		t.Errorf("Bits = %#x, %#x", hi, lo)
	}
}

func TestZeroValue(t *testing.T) {
	var d decimal128.Decimal
	if got := d.String(); got != "0E-6176" {
		t.Errorf("the zero value is %s, want 0E-6176", got)
	}
}

// TestClass tests all methods that return the kind of a value.
func TestClass(t *testing.T) {
	type kind struct {
		Class                                 string
		Sign                                  int
		Negative                              bool
		NaN, Signaling, Inf, Finite           bool
		Zero, Normal, Subnormal, NotCanonical bool
	}
	for _, tc := range []struct {
		name   string
		hi, lo uint64
		want   kind
	}{
		{"one", 0x3040000000000000, 1, kind{Class: "+Normal", Sign: 1, Finite: true, Normal: true}},
		{"minus one", 0xb040000000000000, 1, kind{Class: "-Normal", Sign: -1, Negative: true, Finite: true, Normal: true}},
		{"zero", 0x3040000000000000, 0, kind{Class: "+Zero", Finite: true, Zero: true}},
		{"minus zero", 0xb040000000000000, 0, kind{Class: "-Zero", Negative: true, Finite: true, Zero: true}},
		{"least normal", 0x0042000000000000, 1, kind{Class: "+Normal", Sign: 1, Finite: true, Normal: true}},
		{"greatest subnormal", 0x0000314dc6448d93, 0x38c15b09ffffffff, kind{Class: "+Subnormal", Sign: 1, Finite: true, Subnormal: true}},
		{"minus least", 0x8000000000000000, 1, kind{Class: "-Subnormal", Sign: -1, Negative: true, Finite: true, Subnormal: true}},
		{"10^34", 0x3041ed09bead87c0, 0x378d8e6400000000, kind{Class: "+Zero", Finite: true, Zero: true, NotCanonical: true}},
		{"large form", 0xec10000000000000, 1, kind{Class: "-Zero", Negative: true, Finite: true, Zero: true, NotCanonical: true}},
		{"infinity", 0x7800000000000000, 0, kind{Class: "+Infinity", Sign: 1, Inf: true}},
		{"minus infinity, other bits", 0xf800000000000000, 1, kind{Class: "-Infinity", Sign: -1, Negative: true, Inf: true, NotCanonical: true}},
		{"NaN", 0x7c00000000000000, 0, kind{Class: "NaN", NaN: true}},
		{"minus NaN", 0xfc00000000000000, 5, kind{Class: "NaN", Negative: true, NaN: true}},
		{"NaN, unused bit", 0x7c00400000000000, 0, kind{Class: "NaN", NaN: true, NotCanonical: true}},
		{"NaN, payload 10^33", 0x7c00314dc6448d93, 0x38c15b0a00000000, kind{Class: "NaN", NaN: true, NotCanonical: true}},
		{"signalling", 0x7e00000000000000, 0, kind{Class: "sNaN", NaN: true, Signaling: true}},
		{"minus signalling", 0xfe00314dc6448d93, 0x38c15b09ffffffff, kind{Class: "sNaN", Negative: true, NaN: true, Signaling: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := decimal128.FromBits(tc.hi, tc.lo)
			got := kind{
				Class: d.Class().String(), Sign: d.Sign(), Negative: d.Signbit(),
				NaN: d.IsNaN(), Signaling: d.IsSignaling(), Inf: d.IsInf(), Finite: d.IsFinite(),
				Zero: d.IsZero(), Normal: d.IsNormal(), Subnormal: d.IsSubnormal(), NotCanonical: !d.IsCanonical(),
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got := decimal128.Class(10).String(); got != "Class(10)" {
		t.Errorf("Class(10).String() = %q", got)
	}
}

func TestCanonical(t *testing.T) {
	for _, tc := range []struct {
		name           string
		hi, lo         uint64
		wantHi, wantLo uint64
	}{
		{"canonical number", 0xb03c000000000000, 850, 0xb03c000000000000, 850},
		{"10^34", 0xb041ed09bead87c0, 0x378d8e6400000000, 0xb040000000000000, 0},
		{"all ones in the small form", 0x5fffffffffffffff, 1<<64 - 1, 0x5ffe000000000000, 0},
		{"large form", 0x6c11800000000123, 4, 0x3046000000000000, 0},
		{"large form, least exponent", 0xe000000000000000, 4, 0x8000000000000000, 0},
		{"infinity", 0xfbffffffffffffff, 3, 0xf800000000000000, 0},
		{"NaN, unused bits", 0x7dffc00000000000, 3, 0x7c00000000000000, 3},
		{"NaN, greatest payload", 0x7c00314dc6448d93, 0x38c15b09ffffffff, 0x7c00314dc6448d93, 0x38c15b09ffffffff},
		{"NaN, payload 10^33", 0xfe00314dc6448d93, 0x38c15b0a00000000, 0xfe00000000000000, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := decimal128.FromBits(tc.hi, tc.lo)
			want := decimal128.FromBits(tc.wantHi, tc.wantLo)
			if diff := cmp.Diff(want, d.Canonical(), sameBits); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if d.IsCanonical() != (d == want) || !want.IsCanonical() {
				t.Errorf("IsCanonical = %v; of the canonical encoding %v", d.IsCanonical(), want.IsCanonical())
			}
		})
	}
}

// TestSignCopies: Abs, Neg and CopySign change only the sign bit, in any encoding.
func TestSignCopies(t *testing.T) {
	for _, hi := range []uint64{0x3040000000000000, 0x6c10000000000123, 0x7800000000000001, 0x7e00ffffffffffff} {
		plus, minus := decimal128.FromBits(hi, 7), decimal128.FromBits(hi|1<<63, 7)
		for _, tc := range []struct {
			name      string
			want, got decimal128.Decimal
		}{
			{"Neg of plus", minus, plus.Neg()},
			{"Neg of minus", plus, minus.Neg()},
			{"Abs of plus", plus, plus.Abs()},
			{"Abs of minus", plus, minus.Abs()},
			{"CopySign of minus", minus, plus.CopySign(decimal128.Inf(-1))},
			{"CopySign of plus", plus, minus.CopySign(decimal128.NaN())},
		} {
			if diff := cmp.Diff(tc.want, tc.got, sameBits); diff != "" {
				t.Errorf("%s of %#x (-want +got):\n%s", tc.name, hi, diff)
			}
		}
	}
}

func TestParts(t *testing.T) {
	for _, tc := range []struct {
		name     string
		digits   string
		exponent int
		want     string
	}{
		{"as it is", "1234", -2, "12.34"},
		{"35 digits, the last 0", "12345678901234567890123456789012340", 0, "1.234567890123456789012345678901234E+34"},
		{"10^38", "100000000000000000000000000000000000000", -6214, "1E-6176"},
		{"folded", "5", 6112, "5.0E+6112"},
		{"zero", "0", math.MinInt, "0E-6176"},
		{"zero, other end", "0", math.MaxInt, "0E+6111"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			hi, lo := words(tc.digits)
			d, err := decimal128.FromCoefficient(hi, lo, tc.exponent)
			if diff := cmp.Diff(tc.want, d.String()); diff != "" || err != nil {
				t.Errorf("FromCoefficient: %v (-want +got):\n%s", err, diff)
			}
		})
	}
	for _, tc := range []struct {
		name     string
		digits   string
		exponent int
		want     error
	}{
		{"35 digits", "12345678901234567890123456789012345", 0, decimal128.ErrInexact},
		{"two to the 128 less one", "340282366920938463463374607431768211455", 0, decimal128.ErrInexact},
		{"too large", "1", 6145, decimal128.ErrOverflow},
		{"far too large", "1", math.MaxInt, decimal128.ErrOverflow},
		{"too small", "1", -6177, decimal128.ErrUnderflow},
		{"far too small", "10", math.MinInt, decimal128.ErrUnderflow},
	} {
		t.Run(tc.name, func(t *testing.T) {
			hi, lo := words(tc.digits)
			d, err := decimal128.FromCoefficient(hi, lo, tc.exponent)
			var got *decimal128.ConversionError
			if !errors.As(err, &got) || !errors.Is(err, tc.want) || d != (decimal128.Decimal{}) {
				t.Errorf("FromCoefficient = %v, %v, want %v", d, err, tc.want)
			}
		})
	}
	hi, lo, exponent := mustParse(t, "-1844674407370955161.7").Coefficient()
	if hi != 1 || lo != 1 || exponent != -1 {
		t.Errorf("Coefficient = %d, %d, %d, want 1, 1, -1", hi, lo, exponent)
	}
	for _, d := range []decimal128.Decimal{decimal128.Inf(1), decimal128.FromBits(0xfe00000000000007, 7)} {
		if hi, lo, exponent := d.Coefficient(); hi != 0 || lo != 0 || exponent != 0 {
			t.Errorf("Coefficient of %v = %d, %d, %d, want zeros", d, hi, lo, exponent)
		}
	}
}

func TestNaNs(t *testing.T) {
	const limitHi, limitLo = 0x314dc6448d93, 0x38c15b0a00000000 // 10^33
	for _, p := range [][2]uint64{{0, 0}, {0, 1}, {3, 4}, {limitHi, limitLo - 1}} {
		quiet, err := decimal128.QuietNaN(p[0], p[1])
		if err != nil || !quiet.IsNaN() || quiet.IsSignaling() || quiet.Signbit() || !quiet.IsCanonical() {
			t.Errorf("QuietNaN(%d) = %v, %v", p, quiet, err)
		}
		signaling, err := decimal128.SignalingNaN(p[0], p[1])
		if err != nil || !signaling.IsSignaling() || !signaling.IsCanonical() {
			t.Errorf("SignalingNaN(%d) = %v, %v", p, signaling, err)
		}
		for _, d := range []decimal128.Decimal{quiet, signaling, quiet.Neg()} {
			if hi, lo := d.Payload(); [2]uint64{hi, lo} != p {
				t.Errorf("Payload = %d, %d, want %d", hi, lo, p)
			}
		}
	}
	for _, p := range [][2]uint64{{limitHi, limitLo}, {1 << 46, 0}, {1<<64 - 1, 0}} {
		for name, f := range map[string]func(hi, lo uint64) (decimal128.Decimal, error){
			"QuietNaN": decimal128.QuietNaN, "SignalingNaN": decimal128.SignalingNaN,
		} {
			d, err := f(p[0], p[1])
			if !errors.Is(err, decimal128.ErrPayload) || d != (decimal128.Decimal{}) {
				t.Errorf("%s(%d) = %v, %v", name, p, d, err)
			}
		}
	}
	for _, d := range []decimal128.Decimal{
		decimal128.FromBits(0x7c00000000000000|limitHi, limitLo), // not canonical
		decimal128.FromInt64(12), decimal128.FromBits(0x7800000000000001, 1),
	} {
		if hi, lo := d.Payload(); hi|lo != 0 {
			t.Errorf("Payload of %v = %d, %d, want 0", d, hi, lo)
		}
	}
	if diff := cmp.Diff(mustParse(t, "NaN"), decimal128.NaN(), sameBits); diff != "" {
		t.Errorf("NaN (-want +got):\n%s", diff)
	}
}

func TestSameQuantum(t *testing.T) {
	for _, tc := range []struct {
		d, e string
		want bool
	}{
		{"1.23", "-9.99", true},
		{"1.23", "1.2", false},
		{"0E+3", "5E+3", true},
		{"Infinity", "-Infinity", true},
		{"NaN", "-NaN", true},
		{"NaN", "Infinity", false},
		{"1", "Infinity", false},
		{"NaN", "1", false},
	} {
		if got := mustParse(t, tc.d).SameQuantum(mustParse(t, tc.e)); got != tc.want {
			t.Errorf("%s and %s: %v", tc.d, tc.e, got)
		}
	}
}
