package extension

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCompare: another protocol, and another version of two releases, are errors that say
// which program is to be installed.
func TestCompare(t *testing.T) {
	const (
		latest = "go install github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns@latest"
		same   = "go install github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns@v0.4.0"
	)
	for _, tc := range []struct {
		own, answer, want string
	}{
		{"v0.4.0", "bsonjs-columns 1 v0.4.0\n", ""},
		{"v0.4.0", "bsonjs-columns 1 (devel)\n", ""},
		{"v0.4.0", "bsonjs-columns 1 v0.4.1-0.20261130021928-0123456789ab\n", ""},
		{"v0.4.0", "bsonjs-columns 1 v0.5.0+dirty\n", ""},
		{"(devel)", "bsonjs-columns 1 v0.3.0\n", ""},
		{"v0.0.0-20261130021928-0123456789ab", "bsonjs-columns 1 v0.3.0\n", ""},
		{"v0.4.0", "bsonjs-columns 1 v0.3.0\n", "/x is version v0.3.0, and this bsonjs is v0.4.0; type " + same},
		{"v0.4.0", "bsonjs-columns 1 v0.4.0-rc.1\n", "/x is version v0.4.0-rc.1, and this bsonjs is v0.4.0; type " + same},
		{"v0.4.0", "bsonjs-columns 2 v0.5.0\n", "this bsonjs is older than /x; install bsonjs v0.5.0, or type " + same},
		{"(devel)", "bsonjs-columns 2 v0.5.0\n", "this bsonjs is older than /x; install bsonjs v0.5.0, or type " + latest},
		{"v0.4.0", "bsonjs-columns 0 v0.1.0\n", "/x is not the extension of bsonjs; remove it, and type " + same},
		{"v0.4.0", "bsonjs-columns one v0.4.0\n", "/x is not the extension of bsonjs; remove it, and type " + same},
		{"v0.4.0", "", "/x is not the extension of bsonjs; remove it, and type " + same},
		{"v0.4.0", "usage: bsonjs-columns 1", "/x is not the extension of bsonjs; remove it, and type " + same},
	} {
		got := ""
		if err := (&Finder{Version: tc.own}).compare("/x", tc.answer); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s, %q: (-want +got):\n%s", tc.own, tc.answer, diff)
		}
	}
}

// calls keeps the text of each call.
type calls []string

func (c *calls) Write(b []byte) (int, error) {
	*c = append(*c, string(b))
	return len(b), nil
}

// TestLines: lines are passed on as a whole, in whatever parts they arrive, and a line that
// never ends does not fill the memory.
func TestLines(t *testing.T) {
	for _, tc := range []struct {
		parts, want []string
	}{
		{[]string{"one\n"}, []string{"one\n"}},
		{[]string{"o", "ne", "\ntw", "o\nthree\nf"}, []string{"one\n", "two\nthree\n", "f\n"}},
		{[]string{""}, nil},
		{[]string{strings.Repeat("x", maxLine+1), "y"}, []string{strings.Repeat("x", maxLine+1) + "\n", "y\n"}},
	} {
		var got calls
		l := lines{to: &got}
		for _, part := range tc.parts {
			if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
				t.Errorf("Write = %d, %v", n, err)
			}
		}
		l.end()
		if diff := cmp.Diff(tc.want, []string(got)); diff != "" {
			t.Errorf("%.20q (-want +got):\n%s", tc.parts, diff)
		}
	}
}

// An answer has no more than its first bytes.
func TestHead(t *testing.T) {
	var h head
	for range 3 {
		fmt.Fprint(&h, strings.Repeat("x", maxLine-1))
	}
	if len(h) != maxLine {
		t.Errorf("%d bytes, want %d", len(h), maxLine)
	}
}
