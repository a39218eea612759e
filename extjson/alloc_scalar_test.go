//go:build !race

package extjson

import (
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/inline"
)

// TestScalarAllocs: the functions for the text of scalars allocate nothing if dst has
// room. The race detector adds allocations, so the test does not run with it.
func TestScalarAllocs(t *testing.T) {
	data := []byte(strings.Repeat("binary data ", 20))
	text64 := appendBase64(nil, data)
	dst := make([]byte, 0, 1024)
	for _, tc := range []struct {
		name string
		run  func()
	}{
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

// TestScalarInline checks the functions that inline by their NOTE comments.
func TestScalarInline(t *testing.T) {
	inline.Check(t, "dateInRange", "pairs4", "base64Group", "(*block).put", "(*decoder).space", "(*encoder).newline", "usualSlot", "usualNext", "(*usual).ends")
}
