package shopspring_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/decimal128/shopspring"
)

// wantError fails the test unless err is a *ConversionError equal to want.
func wantError(t *testing.T, err error, want decimal128.ConversionError) {
	t.Helper()
	var got *decimal128.ConversionError
	if !errors.As(err, &got) {
		t.Fatalf("error is %T (%v), want *decimal128.ConversionError", err, err)
	}
	if diff := cmp.Diff(want, *got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecimal128(t *testing.T) {
	for _, tc := range []struct {
		text     string
		value    int64
		exponent int32
	}{
		{"-9.990", -9990, -3},
		{"0E+7", 0, 7},
		{"1.234567E-6170", 1234567, -6176},
		{"9E+6111", 9, 6111},
	} {
		d, err := decimal128.Parse(tc.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := shopspring.FromDecimal128(d)
		if err != nil || got.Coefficient().Cmp(big.NewInt(tc.value)) != 0 || got.Exponent() != tc.exponent {
			t.Errorf("FromDecimal128(%s) = %v·10^%d, %v", tc.text, got.Coefficient(), got.Exponent(), err)
		}
		if back, err := shopspring.ToDecimal128(got); back != d || err != nil {
			t.Errorf("ToDecimal128 of FromDecimal128 = %v, %v", back, err)
		}
	}
	if d, err := shopspring.ToDecimal128(decimal.Decimal{}); d != decimal128.FromInt64(0) || err != nil {
		t.Errorf("ToDecimal128 of the zero value = %v, %v", d, err)
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]error{
		"NaN": decimal128.ErrNaN, "-Infinity": decimal128.ErrInfinity, "-0.00": decimal128.ErrSign,
	} {
		d, err := decimal128.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		v, err := shopspring.FromDecimal128(d)
		wantError(t, err, decimal128.ConversionError{From: "decimal128", To: "shopspring decimal", Err: want})
		if text == "-0.00" && (!v.IsZero() || v.Exponent() != -2) || text != "-0.00" && v != (decimal.Decimal{}) {
			t.Errorf("FromDecimal128(%s) = %v·10^%d", text, v.Coefficient(), v.Exponent())
		}
	}
	for exponent, want := range map[int32]error{math.MaxInt32: decimal128.ErrOverflow, math.MinInt32: decimal128.ErrUnderflow} {
		d, err := shopspring.ToDecimal128(decimal.New(1, exponent))
		wantError(t, err, decimal128.ConversionError{From: "shopspring decimal", To: "decimal128", Err: want})
		if d != (decimal128.Decimal{}) {
			t.Errorf("ToDecimal128 = %v, want the zero value", d)
		}
	}
}

func TestFromFloat64Exact(t *testing.T) {
	for _, tc := range []struct {
		f    float64
		want string
	}{
		{0, "0"},
		{9.99, "9.9900000000000002131628207280300557613372802734375"},
		{-0.5, "-0.5"},
		{1e23, "99999999999999991611392"},
		{-1e15, "-1000000000000000"},
	} {
		got, err := shopspring.FromFloat64Exact(tc.f)
		if diff := cmp.Diff(tc.want, got.String()); diff != "" || err != nil {
			t.Errorf("%v: %v (-want +got):\n%s", tc.f, err, diff)
		}
	}
	for _, f := range []float64{5e-324, math.MaxFloat64} {
		got, err := shopspring.FromFloat64Exact(f)
		if err != nil || got.Rat().Cmp(new(big.Rat).SetFloat64(f)) != 0 {
			t.Errorf("%v: %v", f, err)
		}
	}
	for _, tc := range []struct {
		f    float64
		want error
	}{
		{math.NaN(), decimal128.ErrNaN},
		{math.Inf(1), decimal128.ErrInfinity},
		{math.Copysign(0, -1), decimal128.ErrSign},
	} {
		got, err := shopspring.FromFloat64Exact(tc.f)
		wantError(t, err, decimal128.ConversionError{From: "double", To: "shopspring decimal", Err: tc.want})
		if !got.IsZero() {
			t.Errorf("%v gives %v", tc.f, got)
		}
	}
}
