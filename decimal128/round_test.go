package decimal128_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/decimal128"
)

var modes = []decimal128.Rounding{
	decimal128.ToNearestEven,
	decimal128.ToNearestAway,
	decimal128.TowardZero,
	decimal128.TowardPositive,
	decimal128.TowardNegative,
}

const (
	rounded   = decimal128.Rounded
	inexact   = decimal128.Inexact | decimal128.Rounded
	subnormal = decimal128.Subnormal
	underflow = decimal128.Underflow | decimal128.Subnormal | inexact
	overflow  = decimal128.Overflow | inexact
	clamped   = decimal128.Clamped
	toZero    = underflow | clamped
)

// all returns the same conditions for each mode.
func all(c decimal128.Conditions) [5]decimal128.Conditions {
	return [5]decimal128.Conditions{c, c, c, c, c}
}

func TestParseRounded(t *testing.T) {
	const (
		ones33   = "1.11111111111111111111111111111111"  // 33 digits
		nines    = "9.999999999999999999999999999999999" // 34 digits
		greatest = "9.999999999999999999999999999999999E+6144"
		ten      = "10.00000000000000000000000000000000"
	)
	for _, tc := range []struct {
		name, text string
		want       [5]string // by mode: even, away, zero, positive, negative
		cond       [5]decimal128.Conditions
	}{
		{"fits", "1.50", [5]string{"1.50", "1.50", "1.50", "1.50", "1.50"}, all(0)},
		{"below half", ones33 + "249", [5]string{ones33 + "2", ones33 + "2", ones33 + "2", ones33 + "3", ones33 + "2"}, all(inexact)},
		{"half, even", ones33 + "25", [5]string{ones33 + "2", ones33 + "3", ones33 + "2", ones33 + "3", ones33 + "2"}, all(inexact)},
		{"half, odd", ones33 + "15", [5]string{ones33 + "2", ones33 + "2", ones33 + "1", ones33 + "2", ones33 + "1"}, all(inexact)},
		{"just above half", ones33 + "25" + strings.Repeat("0", 40) + "1", [5]string{ones33 + "3", ones33 + "3", ones33 + "2", ones33 + "3", ones33 + "2"}, all(inexact)},
		{"just above nothing", ones33 + "20" + strings.Repeat("0", 40) + "1", [5]string{ones33 + "2", ones33 + "2", ones33 + "2", ones33 + "3", ones33 + "2"}, all(inexact)},
		{"negative half", "-" + ones33 + "25", [5]string{"-" + ones33 + "2", "-" + ones33 + "3", "-" + ones33 + "2", "-" + ones33 + "2", "-" + ones33 + "3"}, all(inexact)},
		{"zeros dropped", ones33 + "2000", [5]string{ones33 + "2", ones33 + "2", ones33 + "2", ones33 + "2", ones33 + "2"}, all(rounded)},
		{"carry to a new digit", nines + "9", [5]string{ten, ten, nines, ten, nines}, all(inexact)},
		{"overflow", "1E+6145", [5]string{"Infinity", "Infinity", greatest, "Infinity", greatest}, all(overflow)},
		{"negative overflow", "-1E+999999999999999999999", [5]string{"-Infinity", "-Infinity", "-" + greatest, "-" + greatest, "-Infinity"}, all(overflow)},
		{"overflow by carry", nines + "5E+6144", [5]string{"Infinity", "Infinity", greatest, "Infinity", greatest}, [5]decimal128.Conditions{overflow, overflow, inexact, overflow, inexact}},
		{"greatest and a little", nines + "4E+6144", [5]string{greatest, greatest, greatest, "Infinity", greatest}, [5]decimal128.Conditions{inexact, inexact, inexact, overflow, inexact}},
		{"exact subnormal", "1.20E-6174", [5]string{"1.20E-6174", "1.20E-6174", "1.20E-6174", "1.20E-6174", "1.20E-6174"}, all(subnormal)},
		{"subnormal zeros dropped", "1.2000E-6174", [5]string{"1.20E-6174", "1.20E-6174", "1.20E-6174", "1.20E-6174", "1.20E-6174"}, all(subnormal | rounded)},
		{"half of the least", "5E-6177", [5]string{"0E-6176", "1E-6176", "0E-6176", "1E-6176", "0E-6176"}, [5]decimal128.Conditions{toZero, underflow, toZero, underflow, toZero}},
		{"above half of the least", "5.1E-6177", [5]string{"1E-6176", "1E-6176", "0E-6176", "1E-6176", "0E-6176"}, [5]decimal128.Conditions{underflow, underflow, toZero, underflow, toZero}},
		{"three halves of the least", "-15E-6177", [5]string{"-2E-6176", "-2E-6176", "-1E-6176", "-1E-6176", "-2E-6176"}, all(underflow)},
		{"far below the least", "-7E-99999999999999999999", [5]string{"-0E-6176", "-0E-6176", "-0E-6176", "-0E-6176", "-1E-6176"}, [5]decimal128.Conditions{toZero, toZero, toZero, toZero, underflow}},
		{"34 digits, all below the least", nines + "E-6177", [5]string{"1E-6176", "1E-6176", "0E-6176", "1E-6176", "0E-6176"}, [5]decimal128.Conditions{underflow, underflow, toZero, underflow, toZero}},
		{"up to the least normal", "9.999999999999999999999999999999999E-6144", [5]string{"1.000000000000000000000000000000000E-6143", "1.000000000000000000000000000000000E-6143", "9.99999999999999999999999999999999E-6144", "1.000000000000000000000000000000000E-6143", "9.99999999999999999999999999999999E-6144"}, all(underflow)},
		{"folded", "7E+6112", [5]string{"7.0E+6112", "7.0E+6112", "7.0E+6112", "7.0E+6112", "7.0E+6112"}, all(clamped)},
		{"zero too high", "0E+6112", [5]string{"0E+6111", "0E+6111", "0E+6111", "0E+6111", "0E+6111"}, all(clamped)},
		{"zero too low", "-0E-6177", [5]string{"-0E-6176", "-0E-6176", "-0E-6176", "-0E-6176", "-0E-6176"}, all(clamped)},
		{"infinity", "-inf", [5]string{"-Infinity", "-Infinity", "-Infinity", "-Infinity", "-Infinity"}, all(0)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for i, mode := range modes {
				got, cond, err := decimal128.ParseRounded(tc.text, mode)
				if diff := cmp.Diff(tc.want[i], got.String()); diff != "" || err != nil {
					t.Errorf("mode %d: %v (-want +got):\n%s", mode, err, diff)
				}
				if diff := cmp.Diff(tc.cond[i].String(), cond.String()); diff != "" {
					t.Errorf("mode %d: conditions (-want +got):\n%s", mode, diff)
				}
			}
		})
	}
}

func TestConditions(t *testing.T) {
	c := decimal128.Rounded | decimal128.Inexact
	if !c.Has(decimal128.Inexact) || !c.Has(c) || !c.Has(0) || c.Has(decimal128.Clamped|decimal128.Inexact) {
		t.Errorf("Has returns a wrong result for %v", c)
	}
	all := decimal128.Conditions(0xff)
	for want, c := range map[string]decimal128.Conditions{
		"":                0,
		"rounded|inexact": c,
		"rounded|inexact|subnormal|underflow|overflow|clamped": all,
	} {
		if diff := cmp.Diff(want, c.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestQuantize(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		exponent   int
		want       [5]string // by mode: even, away, zero, positive, negative
		cond       decimal128.Conditions
	}{
		{"cents", "12.345", -2, [5]string{"12.34", "12.35", "12.34", "12.35", "12.34"}, inexact},
		{"cents, negative", "-12.355", -2, [5]string{"-12.36", "-12.36", "-12.35", "-12.35", "-12.36"}, inexact},
		{"zeros dropped", "12.300", -1, [5]string{"12.3", "12.3", "12.3", "12.3", "12.3"}, rounded},
		{"zeros added", "12.3", -3, [5]string{"12.300", "12.300", "12.300", "12.300", "12.300"}, 0},
		{"same", "12.3", -1, [5]string{"12.3", "12.3", "12.3", "12.3", "12.3"}, 0},
		{"everything dropped", "12.3", 5, [5]string{"0E+5", "0E+5", "0E+5", "1E+5", "0E+5"}, inexact},
		{"everything dropped, half", "50", 2, [5]string{"0E+2", "1E+2", "0E+2", "1E+2", "0E+2"}, inexact},
		{"far above", "-9", 6111, [5]string{"-0E+6111", "-0E+6111", "-0E+6111", "-0E+6111", "-1E+6111"}, inexact},
		{"carry", "9.99", -1, [5]string{"10.0", "10.0", "9.9", "10.0", "9.9"}, inexact},
		{"full width", "1", -33, [5]string{"1.000000000000000000000000000000000", "1.000000000000000000000000000000000", "1.000000000000000000000000000000000", "1.000000000000000000000000000000000", "1.000000000000000000000000000000000"}, 0},
		{"zero", "-0", 3, [5]string{"-0E+3", "-0E+3", "-0E+3", "-0E+3", "-0E+3"}, 0},
		{"subnormal", "1E-6175", -6176, [5]string{"1.0E-6175", "1.0E-6175", "1.0E-6175", "1.0E-6175", "1.0E-6175"}, subnormal},
		{"NaN", "-NaN", 0, [5]string{"NaN", "NaN", "NaN", "NaN", "NaN"}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for i, mode := range modes {
				got, cond, err := mustParse(t, tc.text).Quantize(tc.exponent, mode)
				if diff := cmp.Diff(tc.want[i], got.String()); diff != "" || err != nil {
					t.Errorf("mode %d: %v (-want +got):\n%s", mode, err, diff)
				}
				if diff := cmp.Diff(tc.cond.String(), cond.String()); diff != "" {
					t.Errorf("mode %d: conditions (-want +got):\n%s", mode, diff)
				}
			}
		})
	}
	for _, tc := range []struct {
		name, text string
		exponent   int
		want       error
	}{
		{"one digit too many", "1", -34, decimal128.ErrOverflow},
		{"far too many digits", "1E+6000", -6000, decimal128.ErrOverflow},
		{"exponent too high", "0", 6112, decimal128.ErrOverflow},
		{"exponent too low", "0", -6177, decimal128.ErrUnderflow},
		{"infinity", "Inf", 0, decimal128.ErrInfinity},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, cond, err := mustParse(t, tc.text).Quantize(tc.exponent, decimal128.ToNearestEven)
			var got *decimal128.ConversionError
			if !errors.As(err, &got) || !errors.Is(err, tc.want) || d != (decimal128.Decimal{}) || cond != 0 {
				t.Errorf("Quantize = %v, %v, %v, want %v", d, cond, err, tc.want)
			}
		})
	}
}

func TestReduce(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"1.500", "1.5"},
		{"1500", "1.5E+3"},
		{"-0.00", "-0"},
		{"0E+6111", "0"},
		{"7", "7"},
		{"1000000000000000000000000000000000E-6176", "1E-6143"},
		{"1E+6144", "1.000000000000000000000000000000000E+6144"}, // no higher exponent
		{"1.2E+6112", "1.2E+6112"},
		{"-Infinity", "-Infinity"},
		{"NaN", "NaN"},
	} {
		if diff := cmp.Diff(tc.want, mustParse(t, tc.text).Reduce().String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.text, diff)
		}
	}
	// Encodings that are not canonical: unused bits of an infinity, and a payload
	// that is too large.
	if got := decimal128.FromBits(0x7812345678000000, 5).Reduce(); got != decimal128.Inf(1) {
		t.Errorf("Reduce of an infinity = %v", got)
	}
	if got := decimal128.FromBits(0xfe003fffffffffff, 1<<64-1).Reduce(); got != decimal128.FromBits(0xfe00000000000000, 0) {
		t.Errorf("Reduce of a NaN = %v", got)
	}
}

// TestUnknownOptions: an unknown rounding mode is an error, and an unknown notation
// is a panic.
func TestUnknownOptions(t *testing.T) {
	for _, text := range []string{"1", "NaN", "1E+7000"} {
		if _, _, err := decimal128.ParseRounded(text, decimal128.TowardNegative+1); !errors.Is(err, decimal128.ErrOption) {
			t.Errorf("ParseRounded(%q): %v", text, err)
		}
		d, _, _ := decimal128.ParseRounded(text, decimal128.ToNearestEven)
		if _, _, err := d.Quantize(0, decimal128.TowardNegative+1); !errors.Is(err, decimal128.ErrOption) {
			t.Errorf("Quantize of %v: %v", d, err)
		}
		func() {
			defer func() {
				if got := recover(); got != "decimal128: unknown Notation 3" {
					t.Errorf("Text of %v panics with %v", d, got)
				}
			}()
			d.Text(decimal128.Plain + 1)
		}()
	}
}
