package decimal128_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/decimal128"
)

// exact999 is the value of the double nearest to 9.99.
const exact999 = "9.9900000000000002131628207280300557613372802734375"

func TestFromFloat64(t *testing.T) {
	for _, tc := range []struct {
		f    float64
		want string
	}{
		{0, "0"},
		{math.Copysign(0, -1), "-0"},
		{1, "1"},
		{-100, "-100"},
		{9.99, "9.99"},
		{0.1, "0.1"},
		{1e15, "1000000000000000"},
		{9999999999999998, "9999999999999998"},
		{1e16, "1E+16"},
		{-1.5e300, "-1.5E+300"},
		{1e-7, "1E-7"},
		{5e-324, "5E-324"},
		{math.MaxFloat64, "1.7976931348623157E+308"},
		{math.Inf(1), "Infinity"},
		{math.Inf(-1), "-Infinity"},
		{math.NaN(), "NaN"},
	} {
		got := decimal128.FromFloat64(tc.f)
		if diff := cmp.Diff(mustParse(t, tc.want), got, sameBits); diff != "" {
			t.Errorf("FromFloat64(%v) (-want +got):\n%s", tc.f, diff)
		}
		if back := got.NearestFloat64(); math.Float64bits(back) != math.Float64bits(tc.f) && !math.IsNaN(tc.f) {
			t.Errorf("NearestFloat64 of %v = %v, want %v", got, back, tc.f)
		}
	}
}

// TestFloat64NaN: sign, signalling and payload of a NaN are converted in both
// directions.
func TestFloat64NaN(t *testing.T) {
	for _, tc := range []struct {
		name   string
		double uint64
		hi, lo uint64
	}{
		{"quiet", 0x7ff8000000000000, 0x7c00000000000000, 0},
		{"negative quiet", 0xfff8000000000000, 0xfc00000000000000, 0},
		{"payload", 0x7ff8000000000002, 0x7c00000000000000, 2},
		{"greatest payload", 0x7fffffffffffffff, 0x7c00000000000000, 1<<51 - 1},
		{"signalling", 0x7ff0000000000001, 0x7e00000000000000, 1},
		{"negative signalling", 0xfff4000000000000, 0xfe00000000000000, 1 << 50},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := decimal128.FromBits(tc.hi, tc.lo)
			got := decimal128.FromFloat64(math.Float64frombits(tc.double))
			if diff := cmp.Diff(want, got, sameBits); diff != "" {
				t.Errorf("FromFloat64 (-want +got):\n%s", diff)
			}
			back, err := want.Float64()
			if math.Float64bits(back) != tc.double || err != nil {
				t.Errorf("Float64 = %#x, %v, want %#x", math.Float64bits(back), err, tc.double)
			}
		})
	}
	for _, d := range []decimal128.Decimal{
		decimal128.FromBits(0xfc00000000000000, 1<<51), // payload too large for a double
		decimal128.FromBits(0xfc00000000000001, 0),
		decimal128.FromBits(0xfe00000000000000, 0), // these bits of a double are an infinity
	} {
		f, err := d.Float64()
		wantConversionError(t, err, decimal128.ErrPayload)
		if got, want := math.Float64bits(f), uint64(0xfff8000000000000); got != want {
			t.Errorf("Float64 = %#x, want %#x", got, want)
		}
	}
}

// TestFloat64: NearestFloat64 and Float64 return the nearest double. Float64 also
// returns an error if the double is not exact.
func TestFloat64(t *testing.T) {
	for _, tc := range []struct {
		text string
		want float64
		err  error
	}{
		{"0", 0, nil},
		{"0E+6111", 0, nil},
		{"0.5", 0.5, nil},
		{"-0.5000", -0.5, nil},
		{"1E+22", 1e22, nil},
		{"1E+23", 1e23, decimal128.ErrInexact},
		{"9007199254740992", 1 << 53, nil},
		{"9007199254740993", 1 << 53, decimal128.ErrInexact},   // a tie, to even
		{"9007199254740995", 1<<53 + 4, decimal128.ErrInexact}, // a tie, to even
		{"9007199254740993.000000000000000001", 1<<53 + 2, decimal128.ErrInexact},
		{"9.99", 9.99, decimal128.ErrInexact},
		{"0.1", 0.1, decimal128.ErrInexact},
		{"1E-323", 1e-323, decimal128.ErrInexact},
		{"1E-400", 0, decimal128.ErrUnderflow},
		{"2E-324", 0, decimal128.ErrUnderflow},
		{"3E-324", 5e-324, decimal128.ErrInexact},
		{"1.797693134862315708145274237317044E+308", math.MaxFloat64, decimal128.ErrInexact},
		{"1.8E+308", math.Inf(1), decimal128.ErrOverflow},
		{"-1E+6144", math.Inf(-1), decimal128.ErrOverflow},
		{"-Infinity", math.Inf(-1), nil},
	} {
		d := mustParse(t, tc.text)
		got, err := d.Float64()
		if math.Float64bits(got) != math.Float64bits(tc.want) {
			t.Errorf("Float64 of %s = %v, want %v", tc.text, got, tc.want)
		}
		if tc.err != nil {
			wantConversionError(t, err, tc.err)
		} else if err != nil {
			t.Errorf("Float64 of %s: %v", tc.text, err)
		}
		if nearest := d.NearestFloat64(); nearest != tc.want {
			t.Errorf("NearestFloat64 of %s = %v, want %v", tc.text, nearest, tc.want)
		}
	}
	if f := mustParse(t, "-0.0").NearestFloat64(); f != 0 || !math.Signbit(f) {
		t.Errorf("NearestFloat64 of -0.0 = %v", f)
	}
}

func TestFloat64Exact(t *testing.T) {
	for _, tc := range []struct {
		name string
		f    float64
		text string // the whole expansion
		fits bool   // in a Decimal
	}{
		{"zero", 0, "0", true},
		{"negative zero", math.Copysign(0, -1), "-0", true},
		{"integer", -300, "-300", true},
		{"half", 0.5, "0.5", true},
		{"eighths", 3.125, "3.125", true},
		{"9.99", 9.99, exact999, false},
		{"two to the -48", math.Ldexp(1, -48), "0.000000000000003552713678800500929355621337890625", true},
		{"two to the -49", math.Ldexp(1, -49), "0.0000000000000017763568394002504646778106689453125", false},
		{"two to the -150", math.Ldexp(1, -150), new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 150)).FloatString(150), false},
		{"two to the 112", math.Ldexp(1, 112), "5192296858534827628530496329220096", true},
		{"two to the 113", math.Ldexp(1, 113), "10384593717069655257060992658440192", false},
		{"ten to the 22", 1e22, "1" + strings.Repeat("0", 22), true},
		{"five to the 22 times two to the 40", math.Ldexp(math.Pow(5, 22), 40), "2621440000000000000000000000", true},
		{"zeros past 34 digits", math.Ldexp(math.Pow(5, 22), 110), "309485009821345068724781056" + strings.Repeat("0", 22), true},
		{"1e23", 1e23, "99999999999999991611392", true},
		{"infinity", math.Inf(-1), "-Infinity", true},
		{"NaN", math.NaN(), "NaN", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := string(decimal128.AppendFloat64Exact([]byte("x"), tc.f))
			if diff := cmp.Diff("x"+tc.text, got); diff != "" {
				t.Errorf("AppendFloat64Exact (-want +got):\n%s", diff)
			}
			d, err := decimal128.FromFloat64Exact(tc.f)
			if !tc.fits {
				wantConversionError(t, err, decimal128.ErrInexact)
				return
			}
			if want := mustParse(t, tc.text); err != nil || d != want {
				t.Errorf("FromFloat64Exact = %v, %v, want %v", d, err, want)
			}
			if back, err := d.Float64(); err != nil || back != tc.f && !math.IsNaN(tc.f) {
				t.Errorf("Float64 of FromFloat64Exact = %v, %v, want %v", back, err, tc.f)
			}
		})
	}
}

// TestFloat64Longest: the double with the most digits has 767. Its exponent is the
// lowest of normal doubles, and all bits of its fraction are ones.
func TestFloat64Longest(t *testing.T) {
	f := math.Float64frombits(0x001fffffffffffff)
	text := string(decimal128.AppendFloat64Exact(nil, f))
	digits := strings.TrimLeft(text, "0.")
	if len(text) != 1076 || len(digits) != 767 || !strings.HasPrefix(digits, "44501477170144022721") || !strings.HasSuffix(digits, "6552734375") {
		t.Errorf("%d bytes, %d digits: %s", len(text), len(digits), text)
	}
	v, ok := new(big.Rat).SetString(text)
	if !ok || v.Cmp(new(big.Rat).SetFloat64(f)) != 0 {
		t.Errorf("%s is not %v", text, f)
	}
}
