package numtext

// This file compares the grammar of numbers with encoding/json, and their values
// with strconv.
//
//   - TestScan and TestScanFault test the results of Scan and the places of
//     faults, at the end of the text and with text after the number.
//   - TestNumberLong and TestNumberInt64 test numbers at the limits of counters
//     and integers.
//   - checkNumber has the property that FuzzNumber and TestNumberMutated test.

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScan(t *testing.T) {
	flags := func(s string) (f Flags) {
		f.Neg = strings.Contains(s, "neg")
		f.Frac = strings.Contains(s, "frac")
		f.More = strings.Contains(s, "more")
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
		{"1e999999999999", 14, 1, maxExp, "frac"},
		{"1e-99999999999999999999999", 26, 1, -maxExp, "frac"},
		{nines, 19, 9999999999999999999, 0, ""},
		{nines + "0", 20, 9999999999999999999, 1, "more"},
		{nines + ".0", 21, 9999999999999999999, 0, "frac more"},
		{"0." + nines + "123", 24, 9999999999999999999, -19, "frac more"},
		{"0.00000000000000000000000001", 28, 1, -26, "frac"},
		{"0.000000000000000000000000010", 29, 10, -27, "frac"},
		// The bytes after the number are not part of it.
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
				n, end, ok := Scan(src, off)
				if !ok || end != off+tc.end {
					t.Errorf("%q from %d: end %d, %v, want %d, true", src, off, end, ok, off+tc.end)
				}
				want := Number{tc.mant, tc.exp, flags(tc.flags)}
				if diff := cmp.Diff(want, n, cmp.AllowUnexported(Number{}, Flags{})); diff != "" {
					t.Errorf("%q from %d (-want +got):\n%s", src, off, diff)
				}
			}
		}
	}
}

func TestScanFault(t *testing.T) {
	for _, tc := range []struct {
		text string
		end  int // offset of the byte with the fault
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
				if _, end, ok := Scan(src, off); ok || end != off+tc.end {
					t.Errorf("%q from %d: end %d, %v, want %d, false", src, off, end, ok, off+tc.end)
				}
			}
		}
	}
}

// TestNumberLong tests numbers so long that 32-bit counters would overflow, or that
// a reader might stop counting digits.
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
		n, _, _ := Scan([]byte(tc.text), 0)
		got, ok := n.Int64()
		if ok != tc.ok || ok && got != tc.want {
			t.Errorf("%s: %d, %v, want %d, %v", tc.text, got, ok, tc.want, tc.ok)
		}
	}
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

// checkNumber compares Scan, on text with after behind it, with the grammar of
// encoding/json, and the value with strconv.
func checkNumber(t *testing.T, text, after []byte) {
	// run has the bytes that could be part of a number.
	src := append(bytes.Clone(text), after...)
	run := src[:len(src)-len(bytes.TrimLeft(src, "0123456789+-.eE"))]
	isNumber := func(s []byte) bool { return len(s) > 0 && json.Valid(s) }
	begins := func(s []byte) bool { return isNumber(append(bytes.Clone(s), '0')) || isNumber(s) }

	n, end, ok := Scan(src, 0)
	if end > len(run) {
		t.Fatalf("%q: end %d is after the end of %q", src, end, run)
	}
	number, longer := run[:end], run[:min(end+1, len(run))]
	if !ok {
		if !begins(number) || isNumber(number) {
			t.Fatalf("%q: Scan finds a fault at %d, but the first fault is elsewhere", src, end)
		}
		if len(longer) > end && begins(longer) {
			t.Fatalf("%q: Scan finds a fault at %d, but the number can continue there", src, end)
		}
		return
	}
	if !isNumber(number) || len(longer) > end && begins(longer) {
		t.Fatalf("%q: the number does not end at %d", src, end)
	}
	if m, end2, ok := Scan(number, 0); !ok || end2 != end || m != n {
		t.Fatalf("%q: Scan gives %v; without the text after the number %v", src, n, m)
	}
	if wantFrac := bytes.ContainsAny(number, ".eE"); n.Frac != wantFrac || n.Neg != (number[0] == '-') {
		t.Fatalf("%q: Scan gives %v", number, n)
	}
	if !n.Frac {
		v, ok := n.Int64()
		want, err := strconv.ParseInt(string(number), 10, 64)
		if ok != (err == nil) || ok && v != want {
			t.Fatalf("%q: int64 %d, %v; strconv %d, %v", number, v, ok, want, err)
		}
	}
	// strconv does not count larger exponents.
	if len(number) < 5000 {
		c := doubleChecker{t: t}
		c.checkText(number)
	}
}

// TestNumberMutated checks the property of FuzzNumber on changed numbers.
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
