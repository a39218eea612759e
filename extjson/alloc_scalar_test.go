//go:build !race

package extjson

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// TestScalarAllocs: the scalar text layer allocates nothing when dst has room.
// The race detector changes what allocates.
func TestScalarAllocs(t *testing.T) {
	data := []byte(strings.Repeat("binary data ", 20))
	text64 := appendBase64(nil, data)
	short, long := []byte("9.99"), []byte("0.3333333333333333")
	middle := []byte("1.00000000000000011102230246251565404236316680908203125" + strings.Repeat("0", 1000) + "1")
	dst := make([]byte, 0, 1024)
	for _, tc := range []struct {
		name string
		run  func()
	}{
		{"appendDouble, short", func() { appendDouble(dst, 9.99) }},
		{"appendDouble, whole", func() { appendDouble(dst, 1e15) }},
		{"appendDouble, all digits", func() { appendDouble(dst, 1.0/3) }},
		{"appendDouble, subnormal", func() { appendDouble(dst, 1e-310) }},
		{"appendDoubleDriver", func() { appendDoubleDriver(dst, 1e300/3) }},
		{"number, short", func() { scanAll(t, short) }},
		{"number, all digits", func() { scanAll(t, long) }},
		{"number, exactly between two", func() { scanAll(t, middle) }},
		{"appendDate", func() { appendDate(dst, 1700000000123) }},
		{"parseDate", func() { parseDate([]byte("2024-02-29T12:00:00.500000+01:30")) }},
		{"appendBase64", func() { appendBase64(dst, data) }},
		{"appendBase64Decoded", func() { appendBase64Decoded(dst, text64) }},
	} {
		if n := testing.AllocsPerRun(100, tc.run); n != 0 {
			t.Errorf("%s: %v allocs, want 0", tc.name, n)
		}
	}
}

func scanAll(t *testing.T, text []byte) {
	n, end, ok := scanNumber(text, 0)
	if _, fits := n.double(text); !ok || end != len(text) || !fits {
		t.Errorf("%q does not scan", text)
	}
}

// TestScalarInline holds to what the NOTE comments of the scalar text layer
// say, with the version of Go that they were written for.
func TestScalarInline(t *testing.T) {
	if !strings.HasPrefix(runtime.Version(), "go1.26") {
		t.Skipf("the compiler is %s", runtime.Version())
	}
	out, err := exec.Command("go", "build", "-gcflags=-m", ".").CombinedOutput()
	if err != nil {
		t.Skipf("go build: %v\n%s", err, out)
	}
	inlined := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		if _, name, found := strings.Cut(strings.TrimSpace(line), "can inline "); found {
			inlined[name] = true
		}
	}
	for _, name := range []string{
		"bit", "digits8", "fractionLen", "power", "roundOdd", "log10Pow2", "log2Pow10",
		"nonDigits", "value8", "number.int64",
		"dateInRange", "pairs4",
		"base64Group",
		"(*block).put",
	} {
		if !inlined[name] {
			t.Errorf("%s does not inline", name)
		}
	}
}
