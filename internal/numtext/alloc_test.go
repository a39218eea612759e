//go:build !race

package numtext

import (
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/inline"
)

// TestAllocs: the functions allocate nothing if dst has room. The race detector
// adds allocations, so the test does not run with it.
func TestAllocs(t *testing.T) {
	short, long := []byte("9.99"), []byte("0.3333333333333333")
	middle := []byte("1.00000000000000011102230246251565404236316680908203125" + strings.Repeat("0", 1000) + "1")
	dst := make([]byte, 0, 1024)
	for _, tc := range []struct {
		name string
		run  func()
	}{
		{"AppendDouble, short", func() { AppendDouble(dst, 9.99) }},
		{"AppendDouble, whole", func() { AppendDouble(dst, 1e15) }},
		{"AppendDouble, all digits", func() { AppendDouble(dst, 1.0/3) }},
		{"AppendDouble, subnormal", func() { AppendDouble(dst, 1e-310) }},
		{"AppendDoubleDriver", func() { AppendDoubleDriver(dst, 1e300/3) }},
		{"Scan, short", func() { scanAll(t, short) }},
		{"Scan, all digits", func() { scanAll(t, long) }},
		{"Scan, exactly between two", func() { scanAll(t, middle) }},
	} {
		if n := testing.AllocsPerRun(100, tc.run); n != 0 {
			t.Errorf("%s: %v allocs, want 0", tc.name, n)
		}
	}
}

func scanAll(t *testing.T, text []byte) {
	n, end, ok := Scan(text, 0)
	if _, fits := n.Double(text); !ok || end != len(text) || !fits {
		t.Errorf("Scan of %q fails", text)
	}
}

// TestInline checks the functions that inline by their NOTE comments.
func TestInline(t *testing.T) {
	inline.Check(t, "bit", "Digits8", "Value8", "nonDigits", "fractionLen",
		"power", "roundOdd", "log10Pow2", "log2Pow10", "Number.Int64")
}
