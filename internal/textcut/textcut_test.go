package textcut_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/internal/textcut"
)

// The tests of package extjson compare the Splitter with the Decoder. These tests
// are for the parts that both use.

// TestFrame: a document ends at its last bracket, for all portions in which it
// arrives.
func TestFrame(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		shell      bool
		want       int // length of the document in bytes; -1: it does not end
	}{
		{"empty", `{}x`, false, 2},
		{"nested", `{"a":[{"b":1},2]},{`, false, 17},
		{"brackets in strings", `{"}\"}\\":"]"}{`, false, 14},
		{"long string", `{"0123456789abcdef}":1} `, false, 23},
		{"truncated in a string", `{"a":"}`, false, -1},
		{"truncated after a backslash", `{"a":"\`, false, -1},
		{"single quotes", `{'}':"'}"} `, true, 10},
		{"regex", `{a:/[/}]\/}/}}`, true, 13},
		{"comments", "{//}\n/*}**/}", true, 12},
		{"comment without an end", `{/*}`, true, -1},
	} {
		for size := 1; size <= len(tc.text); size++ {
			f, got := textcut.NewFrame(tc.shell), -1
			for at := 0; at < len(tc.text); at += size {
				n, done := f.Scan([]byte(tc.text[at:min(at+size, len(tc.text))]))
				if done {
					got = at + n
					break
				}
			}
			if got != tc.want {
				t.Errorf("%s, portions of %d: ends at %d, want %d", tc.name, size, got, tc.want)
			}
		}
	}
}

// TestEndString: EndString ends a string of JSON, but not a string of shell text.
func TestEndString(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		shell      bool
		want       bool
	}{
		{"JSON", `{"a`, false, true},
		{"JSON, after a backslash", `{"a\`, false, true},
		{"shell", `{"a`, true, false},
	} {
		f := textcut.NewFrame(tc.shell)
		f.Scan([]byte(tc.text))
		f.EndString()
		if _, done := f.Scan([]byte("}")); done != tc.want {
			t.Errorf("%s: the string ends: %t, want %t", tc.name, done, tc.want)
		}
	}
}

// TestBreaks tests finding the first byte of a word that is not plain.
func TestBreaks(t *testing.T) {
	plain := [8]byte{'a', ' ', '!', '#', 0x7F, 0x80, 0xFF, ']'}
	word := func(b [8]byte) (w uint64) {
		for i, c := range b {
			w |= uint64(c) << (8 * i)
		}
		return w
	}
	if m := textcut.Breaks(word(plain)); m != 0 {
		t.Errorf("Breaks of plain bytes is %x, want 0", m)
	}
	for i := range plain {
		for _, c := range []byte{'"', '\\', 0, 0x1F} {
			b := plain
			b[i] = c
			if got := textcut.FirstBreak(textcut.Breaks(word(b))); got != i {
				t.Errorf("FirstBreak of %q at %d is %d", c, i, got)
			}
		}
	}
}
