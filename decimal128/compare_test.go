package decimal128_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/decimal128"
)

// groups has values from the lowest to the highest. The values of a group are
// equal.
var groups = [][]string{
	{"-Infinity"},
	{"-9.999999999999999999999999999999999E+6144"},
	{"-1E+6144", "-1000E+6141", "-1.000000000000000000000000000000000E+6144"},
	{"-1844674407370955161.6"},
	{"-100", "-1E+2", "-100.00"},
	{"-99.99999999999999999999999999999999"},
	{"-1.01"},
	{"-1", "-1.0", "-1.000000000000000000000000000000000"},
	{"-1E-6143", "-1000000000000000000000000000000000E-6176"},
	{"-1E-6176"},
	{"0", "-0", "0E+6111", "-0E-6176", "0.00"},
	{"1E-6176"},
	{"2E-6176"},
	{"1E-6175", "10E-6176"},
	{"0.1", "0.10"},
	{"0.9999999999999999999999999999999999"},
	{"1", "1.0", "10E-1"},
	{"1.000000000000000000000000000000001"},
	{"9", "9.0"},
	{"10", "1E+1", "10.0"},
	{"9999999999999999999999999999999999"},
	{"1E+34", "1000000000000000000000000000000000E+1"},
	{"1E+6144"},
	{"Infinity"},
}

func TestCompare(t *testing.T) {
	for i, as := range groups {
		for j, bs := range groups {
			want := min(max(i-j, -1), 1)
			for _, a := range as {
				for _, b := range bs {
					d, e := mustParse(t, a), mustParse(t, b)
					if got := d.Compare(e); got != want {
						t.Errorf("%s.Compare(%s) = %d, want %d", a, b, got, want)
					}
					if got := d.Equal(e); got != (want == 0) {
						t.Errorf("%s.Equal(%s) = %v", a, b, got)
					}
					if got := d.Less(e); got != (want < 0) {
						t.Errorf("%s.Less(%s) = %v", a, b, got)
					}
				}
			}
		}
	}
}

func TestCompareNaN(t *testing.T) {
	nan, signaling := decimal128.NaN(), decimal128.FromBits(0xfe00000000000000, 7)
	for _, d := range []decimal128.Decimal{nan, signaling} {
		for _, e := range []decimal128.Decimal{nan, signaling} {
			if got := d.Compare(e); got != 0 {
				t.Errorf("%v.Compare(%v) = %d, want 0", d, e, got)
			}
			if d.Equal(e) || d.Less(e) {
				t.Errorf("Equal or Less of %v and %v is true", d, e)
			}
		}
		for _, text := range []string{"-Infinity", "0", "Infinity"} {
			e := mustParse(t, text)
			if d.Compare(e) != -1 || e.Compare(d) != 1 {
				t.Errorf("Compare with %s = %d, %d, want -1, 1", text, d.Compare(e), e.Compare(d))
			}
			if d.Equal(e) || e.Equal(d) || d.Less(e) || e.Less(d) {
				t.Errorf("Equal or Less of a NaN and %s is true", text)
			}
		}
	}
}

// total has values in the total order of IEEE 754, from lowest to highest.
var total = []decimal128.Decimal{
	decimal128.FromBits(0xfc00000000000000, 9), // -NaN9
	decimal128.FromBits(0xfc00000000000000, 8), // -NaN8
	decimal128.FromBits(0xfc00000000000000, 0), // -NaN
	decimal128.FromBits(0xfe00000000000001, 0), // -sNaN, greater payload
	decimal128.FromBits(0xfe00000000000000, 1), // -sNaN1
	decimal128.FromBits(0xf800000000000000, 0), // -Infinity
	decimal128.FromBits(0xb042000000000000, 1), // -1E+1
	decimal128.FromBits(0xb040000000000000, 10),
	decimal128.FromBits(0xb040000000000000, 2), // -2
	decimal128.FromBits(0xdffe000000000000, 0), // -0E+6111
	decimal128.FromBits(0xb040000000000000, 0), // -0
	decimal128.FromBits(0x8000000000000000, 0), // -0E-6176
	decimal128.FromBits(0x0000000000000000, 0), // 0E-6176
	decimal128.FromBits(0x3040000000000000, 0), // 0
	decimal128.FromBits(0x5ffe000000000000, 0), // 0E+6111
	decimal128.FromBits(0x0000000000000000, 1), // 1E-6176
	decimal128.FromBits(0x303c000000000000, 100),
	decimal128.FromBits(0x303e000000000000, 10),
	decimal128.FromBits(0x3040000000000000, 1), // 1.00, 1.0, 1
	decimal128.FromBits(0x7800000000000000, 0), // Infinity
	decimal128.FromBits(0x7e00000000000000, 0), // sNaN
	decimal128.FromBits(0x7e00000000000000, 1), // sNaN1
	decimal128.FromBits(0x7c00000000000000, 0), // NaN
	decimal128.FromBits(0x7c00000000000000, 1), // NaN1
}

func TestCompareTotal(t *testing.T) {
	for i, d := range total {
		for j, e := range total {
			want := min(max(i-j, -1), 1)
			if got := d.CompareTotal(e); got != want {
				t.Errorf("%v.CompareTotal(%v) = %d, want %d (%d, %d)", d, e, got, want, i, j)
			}
		}
	}
	// An encoding that is not canonical has the place of its value.
	for _, tc := range [][2]decimal128.Decimal{
		{decimal128.FromBits(0x6c10000000000000, 5), mustParse(t, "0")},
		{decimal128.FromBits(0xfbffffffffffffff, 5), mustParse(t, "-Infinity")},
		{decimal128.FromBits(0x7c003fffffffffff, 1<<64-1), decimal128.NaN()},
	} {
		if got := tc[0].CompareTotal(tc[1]); got != 0 {
			t.Errorf("%v.CompareTotal(%v) = %d, want 0", tc[0], tc[1], got)
		}
	}
}
