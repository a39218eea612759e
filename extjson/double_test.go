package extjson

// This file tests the text of doubles against strconv, which is slower and
// made from other algorithms, and the grammar of numbers against encoding/json.
//
//   - Tables say what a user sees.
//   - TestDoubleHard and TestDoubleMiddle go where algorithms of this kind
//     have failed: the ends of binary and decimal exponents, subnormals,
//     texts that lie between two doubles.
//   - TestDoubleRandom takes bit patterns by chance, as many as the
//     environment variable EXTJSON_DOUBLES says.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAppendDouble(t *testing.T) {
	for _, tc := range []struct {
		name          string
		f             float64
		house, driver string
	}{
		{"price", 9.99, "9.99", "9.99"},
		{"zero", 0, "0.0", "0.0"},
		{"minus zero", math.Copysign(0, -1), "-0.0", "-0.0"},
		{"one", 1, "1.0", "1.0"},
		{"minus", -12.5, "-12.5", "-12.5"},
		{"not quite 0.3", 0.1 + 0.2*one, "0.30000000000000004", "0.30000000000000004"},
		{"eight decimals", 1.00000001, "1.00000001", "1.00000001"},
		{"nine decimals", 1.000000001, "1.000000001", "1.000000001"},
		{"all digits", 0.12345678901234568, "0.12345678901234568", "0.12345678901234568"},
		{"before a ten", 9.999999999999998, "9.999999999999998", "9.999999999999998"},
		{"six digits", 123456, "123456.0", "123456.0"},
		{"seven digits", 1234567, "1234567.0", "1.234567E+06"},
		{"million", 1e6, "1000000.0", "1E+06"},
		{"below ten million", 9999999.99999999, "9999999.99999999", "9.99999999999999E+06"},
		{"ten million", 1e7, "10000000.0", "1E+07"},
		{"milliseconds", 1700000000123, "1700000000123.0", "1.700000000123E+12"},
		{"big money", 123456789012.34, "123456789012.34", "1.2345678901234E+11"},
		{"whole and half", 4503599627370495.5, "4503599627370495.5", "4.5035996273704955E+15"},
		{"first without its own neighbour", 9007199254740993, "9007199254740992.0", "9.007199254740992E+15"},
		{"last plain", 9999999999999998, "9999999999999998.0", "9.999999999999998E+15"},
		{"first with an exponent", 1e16, "1.0E+16", "1E+16"},
		{"specification", 1.2345678921232e18, "1.2345678921232E+18", "1.2345678921232E+18"},
		{"three digits of exponent", -1.5e300, "-1.5E+300", "-1.5E+300"},
		{"last power", 1e308, "1.0E+308", "1E+308"},
		{"greatest", math.MaxFloat64, "1.7976931348623157E+308", "1.7976931348623157E+308"},
		{"least plain", 1e-4, "0.0001", "0.0001"},
		{"just below", 0.00009999999999999999, "9.999999999999999E-05", "9.999999999999999E-05"},
		{"all digits after zeros", -0.00012345678901234567, "-0.00012345678901234567", "-0.00012345678901234567"},
		{"small", 1e-5, "1.0E-05", "1E-05"},
		{"longest", -2.2250738585072014e-308, "-2.2250738585072014E-308", "-2.2250738585072014E-308"},
		{"greatest subnormal", 2.225073858507201e-308, "2.225073858507201E-308", "2.225073858507201E-308"},
		{"least", 5e-324, "5.0E-324", "5E-324"},
		{"twice the least", 1e-323, "1.0E-323", "1E-323"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.house, string(appendDouble(nil, tc.f))); diff != "" {
				t.Errorf("appendDouble (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.driver, string(appendDoubleDriver(nil, tc.f))); diff != "" {
				t.Errorf("appendDoubleDriver (-want +got):\n%s", diff)
			}
			if got, ok := parseDouble(tc.house); !ok || math.Float64bits(got) != math.Float64bits(tc.f) {
				t.Errorf("%s reads back as %v, %v", tc.house, got, ok)
			}
		})
	}
}

// one keeps the compiler from adding constants exactly.
var one = 1.0

func TestAppendDoubleKeepsDst(t *testing.T) {
	for _, f := range []float64{9.99, -1e-300, 1e15 / 3} {
		for room := range 2 * doubleRoom {
			dst := append(make([]byte, 0, 4+room), "text"...)
			want := string(referenceHouse([]byte("text"), f))
			if diff := cmp.Diff(want, string(appendDouble(dst, f))); diff != "" {
				t.Fatalf("room for %d bytes (-want +got):\n%s", room, diff)
			}
		}
	}
}

// referenceHouse is appendDouble by strconv.
func referenceHouse(dst []byte, f float64) []byte {
	n := len(dst)
	if a := math.Abs(f); a == 0 || 1e-4 <= a && a < 1e16 {
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
		if bytes.IndexByte(dst[n:], '.') < 0 {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	dst = strconv.AppendFloat(dst, f, 'E', -1, 64)
	if bytes.IndexByte(dst[n:], '.') < 0 {
		e := n + bytes.IndexByte(dst[n:], 'E')
		dst = append(dst[:e], ".0"+string(dst[e:])...)
	}
	return dst
}

// referenceDriver is appendDoubleDriver by strconv, as the driver does it.
func referenceDriver(dst []byte, f float64) []byte {
	n := len(dst)
	dst = strconv.AppendFloat(dst, f, 'G', -1, 64)
	if !bytes.ContainsAny(dst[n:], "E.") {
		dst = append(dst, ".0"...)
	}
	return dst
}

func parseDouble(text string) (float64, bool) {
	n, end, ok := scanNumber([]byte(text), 0)
	if !ok || end != len(text) {
		return 0, false
	}
	return n.double([]byte(text))
}

// A doubleChecker compares what the package does with a double with what
// strconv does. It is for one goroutine.
type doubleChecker struct {
	t         testing.TB
	got, want []byte
}

func (c *doubleChecker) check(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return
	}
	c.got = appendDouble(c.got[:0], f)
	c.want = referenceHouse(c.want[:0], f)
	if !bytes.Equal(c.got, c.want) {
		c.t.Errorf("%#016x: appendDouble %q, strconv %q", math.Float64bits(f), c.got, c.want)
	}
	// Once at the end of the text and once with more behind it, which are
	// different routes.
	size := len(c.got)
	n, end, ok := scanNumber(c.got, 0)
	back, fits := n.double(c.got)
	if !ok || end != size || !fits || math.Float64bits(back) != math.Float64bits(f) {
		c.t.Errorf("%#016x: %q reads back as %v", math.Float64bits(f), c.got, back)
	}
	c.got = append(c.got, `,"next":1}`...)
	m, end, ok := scanNumber(c.got, 0)
	if !ok || end != size || m != n {
		c.t.Errorf("%q, scanned to %d, gives %v; without what follows %v", c.got, end, m, n)
	}
}

func (c *doubleChecker) checkDriver(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return
	}
	c.got = appendDoubleDriver(c.got[:0], f)
	c.want = referenceDriver(c.want[:0], f)
	if !bytes.Equal(c.got, c.want) {
		c.t.Errorf("%#016x: appendDoubleDriver %q, strconv %q", math.Float64bits(f), c.got, c.want)
	}
}

// checkText compares the value of text, a JSON number, with strconv's.
func (c *doubleChecker) checkText(text []byte) {
	n, end, ok := scanNumber(text, 0)
	if !ok || end != len(text) {
		c.t.Errorf("scanNumber(%q): %d, %v", text, end, ok)
		return
	}
	want, err := strconv.ParseFloat(string(text), 64)
	got, fits := n.double(text)
	if fits != (err == nil) || fits && math.Float64bits(got) != math.Float64bits(want) {
		c.t.Errorf("%q: double %v, %v; strconv %v, %v", text, got, fits, want, err)
	}
}

// hardDoubles calls f with doubles near everything that is special about
// them, positive ones only.
func hardDoubles(f func(float64)) {
	near := func(x float64) {
		u := math.Float64bits(x)
		for d := range uint64(7) {
			f(math.Float64frombits((u + d - 3) &^ (1 << 63)))
		}
	}
	for e := range uint64(2047) {
		for _, m := range []uint64{0, 1 << 51, 1<<52 - 1, 0x5555555555555, 0xaaaaaaaaaaaaa} {
			near(math.Float64frombits(e<<52 | m))
		}
		for bit := range 52 {
			f(math.Float64frombits(e<<52 | 1<<bit))
		}
	}
	for e := -324; e <= 308; e++ {
		for d := 1; d < 100; d++ {
			x, _ := strconv.ParseFloat(fmt.Sprintf("%de%d", d, e), 64)
			if d < 10 {
				near(x)
			}
			f(x)
		}
	}
	for i := range 20_000 { // whole numbers and short decimals
		f(float64(i))
		f(float64(i) / 100)
		f(float64(i) / 1e4)
		f(float64(i) / 1e8)
		f(float64(i) * 1e12)
		f(1<<53 - 10_000 + float64(i))
		f(1e16 - 2*float64(i))
	}
}

func TestDoubleHard(t *testing.T) {
	c := doubleChecker{t: t}
	hardDoubles(func(f float64) {
		c.check(f)
		c.check(-f)
		c.checkDriver(f)
	})
}

// TestDoubleRandom checks random bit patterns and random decimals, ten of the
// former for one of the latter. EXTJSON_DOUBLES says how many patterns, for
// instance 1e9, for which -timeout 0 is needed as well.
func TestDoubleRandom(t *testing.T) {
	const workers, block = 2, 10_000
	total := 300_000
	seed := uint64(1)
	if s := os.Getenv("EXTJSON_DOUBLES"); s != "" {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatalf("EXTJSON_DOUBLES: %v", err)
		}
		total = int(n)
		seed = uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
	}
	blocks := make(chan int)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			c := doubleChecker{t: t}
			for b := range blocks {
				r := rand.New(rand.NewPCG(seed, uint64(b)))
				for range block / 10 {
					for range 10 {
						c.check(math.Float64frombits(r.Uint64()))
					}
					c.checkDriver(math.Float64frombits(r.Uint64()))
					c.checkText(randomDecimal(r))
				}
			}
		})
	}
	for b := 0; b*block < total && !t.Failed(); b++ {
		blocks <- b
	}
	close(blocks)
	group.Wait()
}

// randomDecimal returns a JSON number of 1 to 25 digits, often 19 or 20 of
// them, and mostly with a point and an exponent.
func randomDecimal(r *rand.Rand) []byte {
	digits := 1 + r.IntN(25)
	if r.IntN(2) == 0 {
		digits = 18 + r.IntN(4)
	}
	var text []byte
	if r.IntN(2) == 0 {
		text = append(text, '-')
	}
	text = append(text, byte('1'+r.IntN(9)))
	point := 1 + r.IntN(digits)
	for i := 1; i < digits; i++ {
		if i == point {
			text = append(text, '.')
		}
		text = append(text, byte('0'+r.IntN(10)))
	}
	if r.IntN(4) != 0 {
		text = append(text, 'e')
		text = strconv.AppendInt(text, int64(r.IntN(700)-360), 10)
	}
	return text
}

// TestDoubleMiddle parses texts that lie exactly between two doubles, and as
// close to there as may be.
func TestDoubleMiddle(t *testing.T) {
	c := doubleChecker{t: t}
	r := rand.New(rand.NewPCG(2, 2))
	patterns := []uint64{0, 1, 2, 1<<52 - 1, 1 << 52, 1<<52 + 1, 0x7fe<<52 | 1<<52 - 2, 0x7fe<<52 | 1<<52 - 1}
	for e := uint64(0); e < 2047; e += 89 {
		patterns = append(patterns, e<<52, e<<52|1<<52-1, e<<52|r.Uint64()>>12)
	}
	for range 30 {
		patterns = append(patterns, (1023-60)<<52+r.Uint64()%(120<<52)) // near 1: short expansions
	}
	for _, u := range patterns {
		// 2c+1 at half the weight of the last bit.
		m := new(big.Float).SetPrec(2000)
		if u < 1<<52 {
			m.SetMantExp(big.NewFloat(float64(2*u+1)), -1075)
		} else {
			m.SetMantExp(new(big.Float).SetUint64(2*(u&(1<<52-1)|1<<52)+1), int(u>>52)-1076)
		}
		exact := m.Text('e', 800) // the middle has no more than 768 digits
		head, exp, _ := strings.Cut(exact, "e")
		for _, size := range []int{18, 19, 20, 21, 40, 100, 400, 767, 768, 779, 780, 800} {
			cut := head[:size+1]
			c.checkText([]byte(cut + "e" + exp))
			c.checkText([]byte("-" + cut + "1e" + exp))
			c.checkText([]byte(cut + strings.Repeat("0", 30) + "e" + exp))
			// One less and one more in the last place.
			last := cut[len(cut)-1]
			if last > '0' && last != '.' {
				c.checkText([]byte(cut[:len(cut)-1] + string(last-1) + "e" + exp))
				c.checkText([]byte(cut[:len(cut)-1] + string(last-1) + strings.Repeat("9", 50) + "e" + exp))
			}
			if last < '9' && last != '.' {
				c.checkText([]byte(cut[:len(cut)-1] + string(last+1) + "e" + exp))
			}
			c.checkText([]byte(cut + strings.Repeat("0", 900) + "1e" + exp))
		}
		if e := int(u>>52) - 1075; e > -52 && e < 900 { // without an exponent
			plain := m.Text('f', 60)
			c.checkText([]byte(plain))
			c.checkText([]byte(plain + "1"))
		}
	}
}

func TestScanNumber(t *testing.T) {
	flags := func(s string) (f numberFlags) {
		f.neg = strings.Contains(s, "neg")
		f.frac = strings.Contains(s, "frac")
		f.more = strings.Contains(s, "more")
		return f
	}
	nines := strings.Repeat("9", 19)
	for _, tc := range []struct {
		text  string
		end   int
		mant  uint64
		exp   int
		flags string
	}{
		{"0", 1, 0, 0, ""},
		{"-0", 2, 0, 0, "neg"},
		{"7", 1, 7, 0, ""},
		{"-12345678901234567", 18, 12345678901234567, 0, "neg"},
		{"9.99", 4, 999, -2, "frac"},
		{"-0.00", 5, 0, -2, "neg frac"},
		{"1e5", 3, 1, 5, "frac"},
		{"1E+05", 5, 1, 5, "frac"},
		{"1.5e-3", 6, 15, -4, "frac"},
		{"0e0", 3, 0, 0, "frac"},
		{"1e00000000000000000007", 22, 1, 7, "frac"},
		{"12345.678901234567", 18, 12345678901234567, -12, "frac"},
		{"1e999999999999", 14, 1, maxNumberExp, "frac"},
		{"1e-99999999999999999999999", 26, 1, -maxNumberExp, "frac"},
		{nines, 19, 9999999999999999999, 0, ""},
		{nines + "0", 20, 9999999999999999999, 1, "more"},
		{nines + ".0", 21, 9999999999999999999, 0, "frac more"},
		{"0." + nines + "123", 24, 9999999999999999999, -19, "frac more"},
		{"0.00000000000000000000000001", 28, 1, -26, "frac"},
		{"0.000000000000000000000000010", 29, 10, -27, "frac"},
		// What follows is no part of it.
		{"01", 1, 0, 0, ""},
		{"-00.5", 2, 0, 0, "neg"},
		{"0123456789", 1, 0, 0, ""},
		{"1.5.5", 3, 15, -1, "frac"},
		{"1e5e5", 3, 1, 5, "frac"},
		{"1,2", 1, 1, 0, ""},
		{"1-", 1, 1, 0, ""},
		{"9.99\x8a9", 4, 999, -2, "frac"},
		{"9.99\xff\xff\xff\xff", 4, 999, -2, "frac"},
		{"99\xff9.9,9,", 2, 99, 0, ""},
	} {
		for _, after := range []string{"", " ", "\x00", ",        ", "}\n\xff\xff\xff\xff\xff\xff\xff\xff\xff", `"}}]]}}}}}}}}}}}}}`} {
			for off := range 3 {
				src := []byte("{1x"[:off] + tc.text + after)
				n, end, ok := scanNumber(src, off)
				if !ok || end != off+tc.end {
					t.Errorf("%q from %d: end %d, %v, want %d, true", src, off, end, ok, off+tc.end)
				}
				want := number{tc.mant, tc.exp, flags(tc.flags)}
				if diff := cmp.Diff(want, n, cmp.AllowUnexported(number{}, numberFlags{})); diff != "" {
					t.Errorf("%q from %d (-want +got):\n%s", src, off, diff)
				}
			}
		}
	}
}

func TestScanNumberFault(t *testing.T) {
	for _, tc := range []struct {
		text string
		end  int // offset of the byte at fault
	}{
		{"", 0},
		{"-", 1},
		{"+1", 0},
		{".5", 0},
		{"-.5", 1},
		{"--1", 1},
		{"NaN", 0},
		{"x", 0},
		{"1.", 2},
		{"1.e5", 2},
		{"123456.", 7},
		{"1234567.", 8},
		{"12345678.", 9},
		{"1.x", 2},
		{"1e", 2},
		{"1e+", 3},
		{"1.5E-", 5},
		{"1ee", 2},
		{"1e+-1", 3},
		{"-0.", 3},
		{"\xb1", 0},
	} {
		for _, after := range []string{"", ",", ",                    "} {
			for off := range 3 {
				src := []byte("{1x"[:off] + tc.text + after)
				if _, end, ok := scanNumber(src, off); ok || end != off+tc.end {
					t.Errorf("%q from %d: end %d, %v, want %d, false", src, off, end, ok, off+tc.end)
				}
			}
		}
	}
}

// TestNumberLong goes where integers of 32 bits, or a reader that stops
// counting, would go wrong.
func TestNumberLong(t *testing.T) {
	zeros := strings.Repeat("0", 1_000_000)
	for _, tc := range []struct {
		name, text string
		want       float64
		ok         bool
	}{
		{"small and back", "0." + zeros + "15e1000001", 1.5, true},
		{"great and back", "15" + zeros + "e-1000001", 1.5, true},
		{"middle", "9007199254740993" + zeros + "e-1000000", 9007199254740992, true},
		{"past the middle", "9007199254740993" + zeros + "1e-1000001", 9007199254740994, true},
		{"far below", "1e-99999999999999999999", 0, true},
		{"far below, long", "0." + zeros + "1", 0, true},
		{"zero far above", "0e99999999999999999999", 0, true},
		{"zero, long", "0." + zeros + "e99999999999999999999", 0, true},
		{"far above", "1e99999999999999999999", 0, false},
		{"far above, long", "1" + zeros, 0, false},
		{"far above, negative", "-1e309", 0, false},
		{"last below the middle to infinity", "1.797693134862315807e308", math.MaxFloat64, true},
		{"first above", "1.797693134862315808e308", 0, false},
		{"half the least", "2.4703282292062327208e-324", 0, true},
		{"more than half the least", "2.4703282292062327209e-324", 5e-324, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := parseDouble(tc.text)
			if got != tc.want || ok != tc.ok {
				t.Errorf("got %v, %v, want %v, %v", got, ok, tc.want, tc.ok)
			}
		})
	}
	if f, ok := parseDouble("-1e-400"); !ok || math.Float64bits(f) != 1<<63 {
		t.Errorf("-1e-400: %v, %v, want -0", f, ok)
	}
}

func TestNumberInt64(t *testing.T) {
	for _, tc := range []struct {
		text string
		want int64
		ok   bool
	}{
		{"0", 0, true},
		{"-0", 0, true},
		{"-1", -1, true},
		{"12345678", 12345678, true},
		{"9223372036854775807", math.MaxInt64, true},
		{"9223372036854775808", 0, false},
		{"-9223372036854775808", math.MinInt64, true},
		{"-9223372036854775809", 0, false},
		{"9999999999999999999", 0, false},
		{"10000000000000000000", 0, false},
		{"18446744073709551616", 0, false},
		{"-92233720368547758080", 0, false},
	} {
		n, _, _ := scanNumber([]byte(tc.text), 0)
		got, ok := n.int64()
		if ok != tc.ok || ok && got != tc.want {
			t.Errorf("%s: %d, %v, want %d, %v", tc.text, got, ok, tc.want, tc.ok)
		}
	}
}

// TestTenPowers holds the table and the logarithms to what they promise.
func TestTenPowers(t *testing.T) {
	ten := big.NewInt(10)
	for k := minTenPower; k <= maxTenPower; k++ {
		g := tenPowers[k-minTenPower]
		low := new(big.Int).SetUint64(g[0])
		low.Lsh(low, 64).Or(low, new(big.Int).SetUint64(g[1]))
		high := new(big.Int).Add(low, big.NewInt(1))
		if low.BitLen() != 128 || g[1] == math.MaxUint64 {
			t.Fatalf("10^%d: %#x", k, g)
		}
		// low·2^r ≤ 10^k < (low+1)·2^r
		r := log2Pow10(k) - 127
		power := new(big.Int).Exp(ten, big.NewInt(int64(max(k, -k))), nil)
		switch {
		case k < 0: // times 10^-k and 2^-r on all sides
			low.Mul(low, power)
			high.Mul(high, power)
			power = new(big.Int).Lsh(big.NewInt(1), uint(-r))
		case r < 0:
			power.Lsh(power, uint(-r))
		default:
			low.Lsh(low, uint(r))
			high.Lsh(high, uint(r))
		}
		if low.Cmp(power) > 0 || high.Cmp(power) <= 0 {
			t.Errorf("10^%d: %#x is not its beginning", k, g)
		}
	}
	for q := -1076; q <= 1023; q++ {
		if got, want := log10Pow2(q), floorLog10(q, 1); got != want {
			t.Errorf("log10Pow2(%d) = %d, want %d", q, got, want)
		}
		if got, want := log10ThreeQuartersPow2(q), floorLog10(q-2, 3); got != want {
			t.Errorf("log10ThreeQuartersPow2(%d) = %d, want %d", q, got, want)
		}
	}
}

// floorLog10 returns floor(log10(m·2^q)).
func floorLog10(q int, m int64) int {
	x := new(big.Rat).SetInt64(m)
	two := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(q, -q))))
	if q < 0 {
		x.Quo(x, two)
	} else {
		x.Mul(x, two)
	}
	k := int(math.Floor(math.Log10(float64(m)) + float64(q)*math.Log10(2)))
	pow := func(k int) *big.Rat {
		p := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(k, -k))), nil))
		if k < 0 {
			p.Inv(p)
		}
		return p
	}
	for x.Cmp(pow(k)) < 0 {
		k--
	}
	for x.Cmp(pow(k+1)) >= 0 {
		k++
	}
	return k
}

// TestRoundOddMargin proves that roundOdd tells whole products from others.
//
// The product with a rounded power exceeds the true one by less than
// 2^60/2^128, and passes for whole when its fraction is less than 2/2^64. So
// the true one should be either whole, or at least 2/2^64 above and 2^60/2^128
// below a whole number; except that above an odd one it makes no difference,
// since the bit that roundOdd would set is set. How close the products with
// all factors c come is found by continued fractions.
func TestRoundOddMargin(t *testing.T) {
	check := func(q, k int, h uint, lo, hi int64) {
		num, den := productFactor(k, h)
		limit := big.NewInt(hi)
		if den.Cmp(limit) <= 0 {
			return // distances are at least 1/den
		}
		c, _, below := margins(num, den, limit)
		if below.Lsh(below, 128-60).Cmp(den) < 0 {
			t.Errorf("2^%d: a product comes too close to a whole number from below", q)
		}
		// If two factors come too close from above, then so does their
		// difference, for it does not from below; therefore all of them are
		// multiples of the one that comes closest.
		for m := new(big.Int).Set(c); m.Cmp(limit) <= 0; m.Add(m, c) {
			whole, rest := new(big.Int), new(big.Int)
			whole.QuoRem(rest.Mul(m, num), den, rest)
			if rest.Lsh(rest, 63).Cmp(den) >= 0 {
				break
			}
			if m.Int64() >= lo && whole.Bit(0) == 0 {
				t.Errorf("2^%d: the product with %d comes too close to a whole number from above", q, m)
			}
		}
	}
	for q := -1074; q <= 971; q++ {
		// roundOdd gets 2·(2c-1), 2·2c and 2·(2c+1), shifted by h.
		least := int64(1<<53 - 1)
		if q == -1074 {
			least = 1
		}
		k := log10Pow2(q)
		_, _, h := power(k, q)
		check(q, k, h+1, least, 1<<54+1)
		// And for powers of two 4c-1, 4c and 4c+2.
		k = log10ThreeQuartersPow2(q)
		_, _, h = power(k, q)
		check(q, k, h, 1<<54-1, 1<<54+2)
	}
}

// productFactor returns, as a fraction in lowest terms, what roundOdd
// multiplies c·2^h by, times 2^h: 10^-k without its binary exponent.
func productFactor(k int, h uint) (num, den *big.Int) {
	fives := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(max(k, -k))), nil)
	twos := -k - log2Pow10(-k) - 1 + int(h)
	num, den = big.NewInt(1), big.NewInt(1)
	if k > 0 {
		den = fives
	} else {
		num = fives
	}
	if twos > 0 {
		num.Lsh(num, uint(twos))
	} else {
		den.Lsh(den, uint(-twos))
	}
	return num, den
}

// margins returns the least da and db for which c·num/den is da/den above and
// db/den below a whole number for any 0 < c ≤ limit < den, and the c that goes
// with da.
func margins(num, den, limit *big.Int) (c, da, db *big.Int) {
	// No factor up to max(a, b) comes closer than these two. What does next is
	// the sum of the farther and a multiple of the nearer.
	a, da := big.NewInt(1), new(big.Int).Mod(num, den)
	b, db := big.NewInt(0), new(big.Int).Set(den)
	times, most, step := new(big.Int), new(big.Int), new(big.Int)
	for {
		far, dfar, near, dnear := b, db, a, da
		if da.Cmp(db) > 0 {
			far, dfar, near, dnear = a, da, b, db
		}
		times.Sub(dfar, big.NewInt(1)).Quo(times, dnear)
		most.Sub(limit, far).Quo(most, near)
		if times.Cmp(most) > 0 {
			times.Set(most)
		}
		if times.Sign() == 0 {
			return a, da, db
		}
		far.Add(far, step.Mul(near, times))
		dfar.Sub(dfar, step.Mul(dnear, times))
	}
}

func FuzzDouble(f *testing.F) {
	for _, x := range []float64{0, 9.99, 1e16, 1e-4, math.MaxFloat64, 5e-324, 1 << 53, 123456.789e-300} {
		f.Add(math.Float64bits(x))
		f.Add(math.Float64bits(-x) + 1)
	}
	f.Fuzz(func(t *testing.T, u uint64) {
		c := doubleChecker{t: t}
		c.check(math.Float64frombits(u))
		c.checkDriver(math.Float64frombits(u))
	})
}

func FuzzNumber(f *testing.F) {
	for _, text := range []string{"0", "-0.0", "01", "9.99", "1e5", "1.5E-05", "1.", "-", "1e+", ".5", "12345678",
		"9223372036854775808", "0.12345678901234567", "179769313486231580793e289", "1e99999999999", "2.4703282292062327208e-324"} {
		f.Add([]byte(text), []byte(""))
		f.Add([]byte(text), []byte(",\"next\":1}"))
	}
	f.Fuzz(func(t *testing.T, text, after []byte) {
		checkNumber(t, text, after)
	})
}

// checkNumber holds scanNumber, on text and what follows it, to
// encoding/json's grammar, and the value to strconv's.
func checkNumber(t *testing.T, text, after []byte) {
	// run is all that could be part of a number.
	src := append(bytes.Clone(text), after...)
	run := src[:len(src)-len(bytes.TrimLeft(src, "0123456789+-.eE"))]
	isNumber := func(s []byte) bool { return len(s) > 0 && json.Valid(s) }
	begins := func(s []byte) bool { return isNumber(append(bytes.Clone(s), '0')) || isNumber(s) }

	n, end, ok := scanNumber(src, 0)
	if end > len(run) {
		t.Fatalf("%q: end %d lies past %q", src, end, run)
	}
	number, longer := run[:end], run[:min(end+1, len(run))]
	if !ok {
		if !begins(number) || isNumber(number) {
			t.Fatalf("%q: a fault at %d, but the first is not there", src, end)
		}
		if len(longer) > end && begins(longer) {
			t.Fatalf("%q: no fault at %d", src, end)
		}
		return
	}
	if !isNumber(number) || len(longer) > end && begins(longer) {
		t.Fatalf("%q: the number does not end at %d", src, end)
	}
	if m, end2, ok := scanNumber(number, 0); !ok || end2 != end || m != n {
		t.Fatalf("%q: scanned %v, but %v without what follows", src, n, m)
	}
	if wantFrac := bytes.ContainsAny(number, ".eE"); n.frac != wantFrac || n.neg != (number[0] == '-') {
		t.Fatalf("%q: scanned %v", number, n)
	}
	if !n.frac {
		v, ok := n.int64()
		want, err := strconv.ParseInt(string(number), 10, 64)
		if ok != (err == nil) || ok && v != want {
			t.Fatalf("%q: int64 %d, %v; strconv %d, %v", number, v, ok, want, err)
		}
	}
	// strconv stops counting at exponents of this size.
	if len(number) < 5000 {
		c := doubleChecker{t: t}
		c.checkText(number)
	}
}

// TestNumberMutated runs FuzzNumber's property over broken numbers.
func TestNumberMutated(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	const alphabet = "0123456789+-.eE,} "
	for range 50_000 {
		text := randomDecimal(r)
		for range r.IntN(4) {
			i := r.IntN(len(text))
			c := alphabet[r.IntN(len(alphabet))]
			switch r.IntN(3) {
			case 0:
				text[i] = c
			case 1:
				text = append(text[:i], append([]byte{c}, text[i:]...)...)
			case 2:
				text = text[:i+1]
			}
		}
		checkNumber(t, text, nil)
		checkNumber(t, text, []byte(",          "))
	}
}

var (
	sinkBytes  []byte
	sinkDouble float64
	sinkInt    int64
	sinkNumber number
)

// benchCount is how many values a benchmark takes in turn: so many that the
// processor cannot learn their order. A power of two, to spare a division.
const benchCount = 1 << 15

// A doubleMix is a kind of doubles to measure with.
type doubleMix struct {
	name    string
	doubles []float64
}

func doubleMixes() []doubleMix {
	r := rand.New(rand.NewPCG(1, 2))
	kinds := []func() float64{
		func() float64 { return float64(r.IntN(100_000)) / 100 },
		func() float64 { return float64(r.IntN(1_000_000)) },
		func() float64 { return r.Float64() * math.Pow10(r.IntN(5)) },
		func() float64 {
			return math.Float64frombits(r.Uint64()%(infinity>>52)<<52 | r.Uint64()>>12)
		},
	}
	mixes := []doubleMix{
		{name: "short"}, {name: "integer"}, {name: "random17"}, {name: "exponent"}, {name: "mix"},
	}
	for i := range mixes {
		for range benchCount {
			kind := i
			if i == len(kinds) {
				kind = r.IntN(len(kinds))
			}
			mixes[i].doubles = append(mixes[i].doubles, kinds[kind]())
		}
	}
	return mixes
}

func BenchmarkAppendDouble(b *testing.B) {
	for _, mix := range doubleMixes() {
		b.Run(mix.name, func(b *testing.B) {
			b.ReportAllocs()
			i := uint(0)
			for b.Loop() {
				sinkBytes = appendDouble(sinkBytes[:0], mix.doubles[i%benchCount])
				i++
			}
		})
		b.Run(mix.name+"/strconv", func(b *testing.B) {
			b.ReportAllocs()
			i := uint(0)
			for b.Loop() {
				sinkBytes = strconv.AppendFloat(sinkBytes[:0], mix.doubles[i%benchCount], 'g', -1, 64)
				i++
			}
		})
	}
}

// BenchmarkNumberDouble measures scanNumber and double together.
func BenchmarkNumberDouble(b *testing.B) {
	for _, mix := range doubleMixes() {
		var src []byte
		var offs []int
		var texts []string
		for _, f := range mix.doubles {
			offs = append(offs, len(src))
			src = appendDouble(src, f)
			texts = append(texts, string(src[offs[len(offs)-1]:]))
			src = append(src, `,"field":`...)
		}
		b.Run(mix.name, func(b *testing.B) {
			b.ReportAllocs()
			i := uint(0)
			for b.Loop() {
				off := offs[i%benchCount]
				n, end, _ := scanNumber(src, off)
				sinkDouble, _ = n.double(src[off:end])
				i++
			}
		})
		b.Run(mix.name+"/strconv", func(b *testing.B) {
			b.ReportAllocs()
			i := uint(0)
			for b.Loop() {
				sinkDouble, _ = strconv.ParseFloat(texts[i%benchCount], 64)
				i++
			}
		})
	}
}

func BenchmarkScanNumber(b *testing.B) {
	for _, tc := range []struct{ name, text string }{
		{"digit", "7"}, {"price", "9.99"}, {"milliseconds", "1700000000123"}, {"17", "0.12345678901234567"},
		{"exponent", "1.2345678921232E+18"}, {"1000", strings.Repeat("1234567890", 100)},
	} {
		src := []byte(tc.text + `,"field":`)
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkNumber, _, _ = scanNumber(src, 0)
			}
		})
	}
}

// BenchmarkNumberDoubleMiddle measures the slowest texts: halfway between two
// doubles, but for the last digit.
func BenchmarkNumberDoubleMiddle(b *testing.B) {
	for _, tc := range []struct{ name, text string }{
		{"normal", "1.00000000000000011102230246251565404236316680908203125"},
		{"subnormal", new(big.Float).SetPrec(100).SetMantExp(big.NewFloat(1), -1075).Text('e', 770)},
	} {
		text := []byte(tc.text + ",")
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n, end, _ := scanNumber(text, 0)
				sinkDouble, _ = n.double(text[:end])
			}
		})
		b.Run(tc.name+"/strconv", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkDouble, _ = strconv.ParseFloat(tc.text, 64)
			}
		})
	}
}
