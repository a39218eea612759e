package numtext

// This file compares the text of doubles with strconv, which is slower and uses
// other algorithms.
//
//   - TestAppendDouble has a table of texts.
//   - TestDoubleHard tests the numbers on which such algorithms have failed: the
//     limits of binary and decimal exponents, and subnormals.
//   - TestAppendDoubleExact tests exact expansions.
//   - TestDoubleRandom tests random bit patterns. The environment variable
//     NUMTEXT_DOUBLES is their number.
//
// The other tests of numbers use doubleChecker too.

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
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
			if diff := cmp.Diff(tc.house, string(AppendDouble(nil, tc.f))); diff != "" {
				t.Errorf("AppendDouble (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.driver, string(AppendDoubleDriver(nil, tc.f))); diff != "" {
				t.Errorf("AppendDoubleDriver (-want +got):\n%s", diff)
			}
			if got, ok := parseDouble(tc.house); !ok || math.Float64bits(got) != math.Float64bits(tc.f) {
				t.Errorf("%s is read as %v, %v", tc.house, got, ok)
			}
		})
	}
}

// TestWholeDoubles: a whole number below 2^53 is spelled in full, whatever the number
// of its digits.
func TestWholeDoubles(t *testing.T) {
	for p := uint64(1); p < 1<<53; p *= 10 {
		for _, i := range []uint64{p - 1, p, p + 1, 2*p + 7, 9*p - 1} {
			if i >= 1<<53 {
				continue
			}
			want := strconv.FormatUint(i, 10) + ".0"
			if got := string(AppendDouble(nil, float64(i))); got != want {
				t.Errorf("%d: %s", i, got)
			}
			if got := string(AppendDouble([]byte("x"), -float64(i))); i > 0 && got != "x-"+want {
				t.Errorf("-%d: %s", i, got)
			}
		}
	}
	for _, i := range []uint64{1<<53 - 1, 1<<53 - 2} {
		if got := string(AppendDouble(nil, float64(i))); got != strconv.FormatUint(i, 10)+".0" {
			t.Errorf("%d: %s", i, got)
		}
	}
}

// TestWideCompare: the order of numbers of several words is that of big.Int.
func TestWideCompare(t *testing.T) {
	var all []wide
	for _, words := range [][]uint64{{}, {1}, {2}, {1 << 63}, {0, 1}, {1, 1}, {math.MaxUint64, 1}, {0, 2}, {5, 0, 1}, {0, 5, 1}} {
		x := wide{n: len(words)}
		copy(x.w[:], words)
		all = append(all, x)
	}
	for i := range all {
		for j := range all {
			if got, want := all[i].compare(&all[j]), bigOf(&all[i]).Cmp(bigOf(&all[j])); got != want {
				t.Errorf("%v and %v: %d, want %d", all[i].w[:all[i].n], all[j].w[:all[j].n], got, want)
			}
		}
	}
}

func bigOf(x *wide) *big.Int {
	v := new(big.Int)
	for i := x.n - 1; i >= 0; i-- {
		v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(x.w[i]))
	}
	return v
}

// one is a variable, so that the compiler does not add constants exactly.
var one = 1.0

func TestAppendDoubleKeepsDst(t *testing.T) {
	for _, f := range []float64{9.99, -1e-300, 1e15 / 3} {
		for room := range 2 * doubleRoom {
			dst := append(make([]byte, 0, 4+room), "text"...)
			want := string(referenceHouse([]byte("text"), f))
			if diff := cmp.Diff(want, string(AppendDouble(dst, f))); diff != "" {
				t.Fatalf("room for %d bytes (-want +got):\n%s", room, diff)
			}
		}
	}
}

// referenceHouse is AppendDouble with the digits of strconv.
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

// referenceDriver is AppendDoubleDriver with strconv, which the driver uses too.
func referenceDriver(dst []byte, f float64) []byte {
	n := len(dst)
	dst = strconv.AppendFloat(dst, f, 'G', -1, 64)
	if !bytes.ContainsAny(dst[n:], "E.") {
		dst = append(dst, ".0"...)
	}
	return dst
}

// referencePython is AppendDoublePython with the digits of strconv.
func referencePython(dst []byte, f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return referenceHouse(dst, f)
}

// A doubleChecker compares the results of the package for a double with those of
// strconv. It is for one goroutine.
type doubleChecker struct {
	t         testing.TB
	got, want []byte
}

func (c *doubleChecker) check(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return
	}
	c.got = AppendDouble(c.got[:0], f)
	c.want = referenceHouse(c.want[:0], f)
	if !bytes.Equal(c.got, c.want) {
		c.t.Errorf("%#016x: AppendDouble %q, strconv %q", math.Float64bits(f), c.got, c.want)
	}
	if f != 0 {
		m, e := ShortestDecimal(f)
		c.want = strconv.AppendUint(c.want[:0], m, 10)
		// d.ddde±dd is dddd × 10^(±dd - number of digits after the point).
		c.got = strconv.AppendFloat(c.got[:0], math.Abs(f), 'e', -1, 64)
		mant, exp, _ := bytes.Cut(c.got, []byte{'e'})
		digits := append(mant[:1], bytes.TrimPrefix(mant[1:], []byte{'.'})...)
		first, err := strconv.Atoi(string(exp))
		if err != nil || !bytes.Equal(digits, c.want) || e != first+1-len(digits) {
			c.t.Errorf("%#016x: ShortestDecimal %de%d, strconv %v", math.Float64bits(f), m, e, f)
		}
	}
	c.got = AppendDouble(c.got[:0], f)
	// A number at the end of the text and a number with text after it use
	// different code.
	size := len(c.got)
	n, end, ok := Scan(c.got, 0)
	back, fits := n.Double(c.got)
	if !ok || end != size || !fits || math.Float64bits(back) != math.Float64bits(f) {
		c.t.Errorf("%#016x: %q is read as %v", math.Float64bits(f), c.got, back)
	}
	c.got = append(c.got, `,"next":1}`...)
	m, end, ok := Scan(c.got, 0)
	if !ok || end != size || m != n {
		c.t.Errorf("%q: Scan ends at %d and gives %v; without the text after the number %v", c.got, end, m, n)
	}
}

// checkPeers checks the spellings of the driver and of Python.
func (c *doubleChecker) checkPeers(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return
	}
	c.got = AppendDoubleDriver(c.got[:0], f)
	c.want = referenceDriver(c.want[:0], f)
	if !bytes.Equal(c.got, c.want) {
		c.t.Errorf("%#016x: AppendDoubleDriver %q, strconv %q", math.Float64bits(f), c.got, c.want)
	}
	c.got = AppendDoublePython(c.got[:0], f)
	c.want = referencePython(c.want[:0], f)
	if !bytes.Equal(c.got, c.want) {
		c.t.Errorf("%#016x: AppendDoublePython %q, strconv %q", math.Float64bits(f), c.got, c.want)
	}
}

// checkText compares the value of text, a JSON number, with strconv's.
func (c *doubleChecker) checkText(text []byte) {
	n, end, ok := Scan(text, 0)
	if !ok || end != len(text) {
		c.t.Errorf("Scan(%q): %d, %v", text, end, ok)
		return
	}
	want, err := strconv.ParseFloat(string(text), 64)
	got, fits := n.Double(text)
	if fits != (err == nil) || fits && math.Float64bits(got) != math.Float64bits(want) {
		c.t.Errorf("%q: double %v, %v; strconv %v, %v", text, got, fits, want, err)
	}
}

// hardDoubles calls f with positive doubles near all special values.
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
	for i := range 20_000 { // integers and short decimals
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
		c.checkPeers(f)
	})
}

// TestAppendDoubleExact compares all digits of a double with strconv. strconv needs
// the number of digits after the point; each division by two adds one.
func TestAppendDoubleExact(t *testing.T) {
	check := func(f float64) {
		places := 0
		for x := f; x != math.Trunc(x) && places < 1074; places++ {
			if x *= 2; math.Abs(x) < 1 { // scaling is exact; skip ahead
				_, e := math.Frexp(x)
				x, places = math.Ldexp(x, -e), places-e
			}
		}
		want := strconv.AppendFloat([]byte("text"), f, 'f', places, 64)
		got := AppendDoubleExact([]byte("text"), f)
		if !bytes.Equal(got, want) {
			t.Errorf("%v (-want +got):\n%s", f, cmp.Diff(string(want), string(got)))
		}
		if back, err := strconv.ParseFloat(string(got[4:]), 64); err != nil || back != f {
			t.Errorf("%v comes back as %v, %v", f, back, err)
		}
	}
	for e := uint64(0); e < 2047; e++ {
		for _, m := range []uint64{1, 1<<52 - 1, 1 << 51, 0x5555555555555} {
			check(math.Float64frombits(e<<52 | m))
			check(-math.Float64frombits(e<<52 | m>>9))
		}
	}
	for _, tc := range []struct {
		f    float64
		want string
	}{
		{9.99, "9.9900000000000002131628207280300557613372802734375"},
		{-0.5, "-0.5"},
		{3, "3"},
		{1e23, "99999999999999991611392"},
	} {
		if diff := cmp.Diff(tc.want, string(AppendDoubleExact(nil, tc.f))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	longest := AppendDoubleExact(nil, -math.Float64frombits(1<<53-1))
	if digits := len(bytes.TrimLeft(longest, "-0.")); len(longest) != 1077 || digits != 767 {
		t.Errorf("the longest text has %d bytes and %d digits, want 1077 and 767", len(longest), digits)
	}
}

// TestDoubleRandom checks random bit patterns and random decimals, ten patterns for
// each decimal. The environment variable NUMTEXT_DOUBLES is the number of patterns,
// such as 1e9, which also needs -timeout 0.
func TestDoubleRandom(t *testing.T) {
	const workers, block = 2, 10_000
	total := 300_000
	seed := uint64(1)
	if s := os.Getenv("NUMTEXT_DOUBLES"); s != "" {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatalf("NUMTEXT_DOUBLES: %v", err)
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
					c.checkPeers(math.Float64frombits(r.Uint64()))
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

// randomDecimal returns a JSON number of 1 to 25 digits, often of 19 or 20, mostly
// with a decimal point and an exponent.
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

func FuzzDouble(f *testing.F) {
	for _, x := range []float64{0, 9.99, 1e16, 1e-4, math.MaxFloat64, 5e-324, 1 << 53, 123456.789e-300} {
		f.Add(math.Float64bits(x))
		f.Add(math.Float64bits(-x) + 1)
	}
	f.Fuzz(func(t *testing.T, u uint64) {
		c := doubleChecker{t: t}
		c.check(math.Float64frombits(u))
		c.checkPeers(math.Float64frombits(u))
	})
}
