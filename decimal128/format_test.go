package decimal128_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/decimal128"
)

func TestFormat(t *testing.T) {
	type texts struct{ Scientific, Engineering, Plain string }
	same := func(s string) texts { return texts{s, s, s} }
	for _, tc := range []struct {
		name         string
		coefficient  string
		exponent     int
		want         texts
		wantNegative string // scientific
	}{
		{"zero", "0", 0, same("0"), "-0"},
		{"zero with places", "0", -2, same("0.00"), "-0.00"},
		{"zero with the most places", "0", -6, same("0.000000"), "-0.000000"},
		{"zero with more places", "0", -7, texts{"0E-7", "0.0E-6", "0.0000000"}, "-0E-7"},
		{"zero, exponent 1", "0", 1, texts{"0E+1", "0.00E+3", "0"}, "-0E+1"},
		{"zero, exponent 2", "0", 2, texts{"0E+2", "0.0E+3", "0"}, "-0E+2"},
		{"zero, exponent 3", "0", 3, texts{"0E+3", "0E+3", "0"}, "-0E+3"},
		{"zero, least exponent", "0", -6176, texts{"0E-6176", "0.00E-6174", "0." + strings.Repeat("0", 6176)}, "-0E-6176"},
		{"one digit", "7", 0, same("7"), "-7"},
		{"one place", "7", -1, same("0.7"), "-0.7"},
		{"six places", "7", -6, same("0.000007"), "-0.000007"},
		{"seven places", "7", -7, texts{"7E-7", "700E-9", "0.0000007"}, "-7E-7"},
		{"two digits, seven places", "78", -7, same("0.0000078"), "-0.0000078"},
		{"two digits, eight places", "78", -8, texts{"7.8E-7", "780E-9", "0.00000078"}, "-7.8E-7"},
		{"exponent 1", "7", 1, texts{"7E+1", "70", "70"}, "-7E+1"},
		{"exponent 4", "78", 4, texts{"7.8E+5", "780E+3", "780000"}, "-7.8E+5"},
		{"exponent 5", "78", 5, texts{"7.8E+6", "7.8E+6", "7800000"}, "-7.8E+6"},
		{"seven digits", "7654321", 0, same("7654321"), "-7654321"},
		{"seven digits, two places", "7654321", -2, same("76543.21"), "-76543.21"},
		{"seven digits, six places", "7654321", -6, same("7.654321"), "-7.654321"},
		{"seven digits, seven places", "7654321", -7, same("0.7654321"), "-0.7654321"},
		{"eight digits", "87654321", 0, same("87654321"), "-87654321"},
		{"eight digits, four places", "87654321", -4, same("8765.4321"), "-8765.4321"},
		{"nine digits", "100000009", -8, same("1.00000009"), "-1.00000009"},
		{"sixteen digits", "9999999999999999", -3, same("9999999999999.999"), "-9999999999999.999"},
		{"seventeen digits", "10000000000000000", 0, same("10000000000000000"), "-10000000000000000"},
		{"two to the 64", "18446744073709551616", -10, same("1844674407.3709551616"), "-1844674407.3709551616"},
		{"thirty-two digits", "12345678901234567890123456789012", -31, same("1.2345678901234567890123456789012"), "-1.2345678901234567890123456789012"},
		{"thirty-three digits", "100000000000000000000000000000000", -32, same("1.00000000000000000000000000000000"), "-1.00000000000000000000000000000000"},
		{"thirty-four digits", "9876543210987654321098765432109876", -17, same("98765432109876543.21098765432109876"), "-98765432109876543.21098765432109876"},
		{"thirty-four digits, longest", "9876543210987654321098765432109876", -39, same("0.000009876543210987654321098765432109876"), "-0.000009876543210987654321098765432109876"},
		{"thirty-four digits, exponent", "9876543210987654321098765432109876", -40, texts{"9.876543210987654321098765432109876E-7", "987.6543210987654321098765432109876E-9", "0.0000009876543210987654321098765432109876"}, "-9.876543210987654321098765432109876E-7"},
		{"greatest", strings.Repeat("9", 34), 6111, texts{"9." + strings.Repeat("9", 33) + "E+6144", "9." + strings.Repeat("9", 33) + "E+6144", strings.Repeat("9", 34) + strings.Repeat("0", 6111)}, "-9." + strings.Repeat("9", 33) + "E+6144"},
		{"least", "1", -6176, texts{"1E-6176", "10E-6177", "0." + strings.Repeat("0", 6175) + "1"}, "-1E-6176"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			hi, lo := words(tc.coefficient)
			d, err := decimal128.FromCoefficient(hi, lo, tc.exponent)
			if err != nil {
				t.Fatal(err)
			}
			got := texts{d.String(), d.Text(decimal128.Engineering), d.Text(decimal128.Plain)}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := d.Text(decimal128.Scientific); got != tc.want.Scientific {
				t.Errorf("Text(Scientific) = %q, want %q", got, tc.want.Scientific)
			}
			if got, want := string(d.Neg().Append([]byte("x"))), "x"+tc.wantNegative; got != want {
				t.Errorf("Append = %q, want %q", got, want)
			}
			if got, want := d.Neg().Text(decimal128.Engineering), "-"+tc.want.Engineering; got != want {
				t.Errorf("negative, engineering: %q, want %q", got, want)
			}
		})
	}
}

func TestFormatSpecial(t *testing.T) {
	for _, tc := range []struct {
		name   string
		hi, lo uint64
		want   string
		exact  bool // Parse of the text gives the same bits
	}{
		{"infinity", 0x7800000000000000, 0, "Infinity", true},
		{"negative infinity", 0xf800000000000000, 0, "-Infinity", true},
		{"infinity with other bits", 0x7800000000000001, 9, "Infinity", false},
		{"infinity with bits of a NaN's", 0x7a00000000000000, 0, "Infinity", false},
		{"NaN", 0x7c00000000000000, 0, "NaN", true},
		{"negative NaN", 0xfc00000000000000, 0, "NaN", false},
		{"signalling NaN", 0x7e00000000000000, 0, "NaN", false},
		{"NaN with payload", 0x7c00000000000000, 12, "NaN", false},
		{"large form", 0x6c11800000000000, 77, "0E+3", false},
		{"large form, negative, least exponent", 0xe000000000000000, 0, "-0E-6176", false},
		{"large form, greatest exponent", 0x77ffffffffffffff, 1<<64 - 1, "0E+6111", false},
		{"coefficient 10^34", 0x3041ed09bead87c0, 0x378d8e6400000000, "0", false},
		{"coefficient 10^34 - 1", 0x3041ed09bead87c0, 0x378d8e63ffffffff, strings.Repeat("9", 34), true},
		{"coefficient of all ones", 0xb03dffffffffffff, 1<<64 - 1, "-0.00", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := decimal128.FromBits(tc.hi, tc.lo)
			for _, notation := range []decimal128.Notation{decimal128.Scientific, decimal128.Engineering, decimal128.Plain} {
				got, want := d.Text(notation), tc.want
				switch {
				case notation == decimal128.Plain && want[0] == '0':
					want = "0"
				case notation == decimal128.Plain && strings.HasSuffix(want, "E-6176"):
					want = "-0." + strings.Repeat("0", 6176)
				case notation == decimal128.Engineering && strings.HasSuffix(want, "E-6176"):
					want = "-0.00E-6174"
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("notation %d (-want +got):\n%s", notation, diff)
				}
			}
			if got := d.HasExactText(); got != tc.exact {
				t.Errorf("HasExactText = %v", got)
			}
			if back := mustParse(t, d.String()); (back == d) != tc.exact {
				t.Errorf("Parse(String) = %v, HasExactText = %v", back, tc.exact)
			}
		})
	}
}

// TestAppendKeepsRest: Append keeps the bytes in dst and writes only into the
// capacity after them.
func TestAppendKeepsRest(t *testing.T) {
	for _, text := range []string{"1", "-12.34", "-1.234567890123456789012345678901234E-6142", "-Infinity"} {
		dst := []byte("prefix")
		dst = mustParse(t, text).Append(dst[:6:6])
		if got, want := string(dst), "prefix"+text; got != want {
			t.Errorf("Append = %q, want %q", got, want)
		}
	}
}
