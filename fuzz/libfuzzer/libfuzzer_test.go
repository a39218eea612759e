package libfuzzer

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// caught returns the panic of f as text.
func caught(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

// TestRun checks that a target starts once, gets all values, may write to its bytes, and
// that Run reports failures of the test alone.
func TestRun(t *testing.T) {
	starts, got := 0, [][]any{}
	target := New("FuzzRun", func(f *testing.F) {
		starts++
		f.Add([]byte("a seed is not an input"), 0)
		f.Fuzz(func(t *testing.T, data []byte, n int) {
			got = append(got, []any{string(data), n})
			_ = append(data, "more"...) // must not reach the bytes behind data
			clear(data)
			t.Setenv("LIBFUZZER_TEST", "1") // a method that the tool lacks
			if err := t.Context().Err(); err != nil {
				t.Fatal(err)
			}
			switch n {
			case 1:
				t.Skip("skipped")
			case 2:
				t.Errorf("%d is wrong", n)
			case 3:
				t.Run("sub", func(t *testing.T) { t.Fatal("wrong in a test of the test") })
			}
		})
	}, "fuzz/libfuzzer")
	input := []byte("abcdefgh")
	for n, want := range []string{"", "", "libfuzzer_test.go:%d: 2 is wrong", "wrong in a test of the test"} {
		report := caught(func() { target.Run(input[:4], n) })
		want, _, _ = strings.Cut(want, ":%d")
		if !strings.Contains(report, want) || (want == "") != (report == "") {
			t.Errorf("input %d: report %q, want %q", n, report, want)
		}
	}
	if report := caught(func() { target.Run(input[:4], 0) }); report != "" {
		t.Errorf("a run after failures: report %q", report)
	}
	if starts != 1 || string(input) != "abcdefgh" || os.Getenv("LIBFUZZER_TEST") != "" {
		t.Errorf("%d starts, input %q", starts, input)
	}
	if diff := cmp.Diff([][]any{{"abcd", 0}, {"abcd", 1}, {"abcd", 2}, {"abcd", 3}, {"abcd", 0}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRunWithoutSeeds: a target that fails before it takes an input is not a fuzzer that
// finds nothing.
func TestRunWithoutSeeds(t *testing.T) {
	target := New("FuzzNone", func(f *testing.F) { f.Fatal("a file is missing") }, "fuzz/libfuzzer")
	const want = "libfuzzer: FuzzNone ended before it took an input; run it in its package: go test -run '^FuzzNone$' ./fuzz/libfuzzer"
	if got := caught(func() { target.Run([]byte("a")) }); got != want {
		t.Errorf("report %q, want %q", got, want)
	}
}

// TestLogOfTests: a target leaves alone the file in which go test notes, for its cache, what
// its tests read.
func TestLogOfTests(t *testing.T) {
	const name = "test.testlogfile"
	file, old := filepath.Join(t.TempDir(), "log"), flag.Lookup(name).Value.String()
	setFlag(name, file)
	defer setFlag(name, old)
	target := New("FuzzLog", func(f *testing.F) {
		f.Add(1)
		f.Fuzz(func(*testing.T, int) {})
	}, "fuzz/libfuzzer")
	if _, _, err := target.seeds(); err != nil {
		t.Fatal(err)
	}
	target.Run(1)
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file of -%s: %v, want none", name, err)
	}
	if got := flag.Lookup(name).Value.String(); got != file {
		t.Errorf("-%s is %q afterwards, want %q", name, got, file)
	}
}

// TestWrap checks the text of a wrapper, and the seeds.
func TestWrap(t *testing.T) {
	dir := t.TempDir()
	file, seeds := filepath.Join(dir, "fuzz_test.go"), filepath.Join(dir, "seeds.zip")
	err := New("Wrapped", func(f *testing.F) {
		f.Add([]byte("ab"), true)
		f.Add([]byte("ab"), false)
		f.Add([]byte("ab"), true)
		f.Fuzz(func(*testing.T, []byte, bool) { t.Error("a seed was run") })
	}, "bson/x").Wrap("example.com/bson/x", file, seeds)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const want = `package fuzzed

import (
	"testing"

	targets "example.com/bson/x"
	"github.com/bsonkit/bsonkit/fuzz/libfuzzer"
)

var target = libfuzzer.New("Wrapped", targets.Wrapped, "bson/x")

func Wrapped(f *testing.F) {
	f.Fuzz(func(_ *testing.T, v0 []uint8, v1 bool) { target.Run(v0, v1) })
}
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	z, err := zip.OpenReader(seeds)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var got []string
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(data))
	}
	if diff := cmp.Diff([]string{"\x00\x00\x00\x02ab\x00", "\x00\x00\x00\x02ab\x01"}, got); diff != "" {
		t.Errorf("seeds (-want +got):\n%s", diff)
	}
}

// TestWrapFails checks targets without seeds, and with seeds of other types.
func TestWrapFails(t *testing.T) {
	for name, fn := range map[string]func(*testing.F){
		"FuzzNone":  func(f *testing.F) { f.SkipNow() },
		"FuzzTypes": func(f *testing.F) { f.Add("text"); f.Fuzz(func(*testing.T, []byte) {}) },
	} {
		err := New(name, fn, "x").Wrap("example.com/x", filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b"))
		if want := "libfuzzer: " + name + " ended before it had all its seeds; run it in its package: go test -run '^" + name + "$'"; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestAppendValues checks the bytes of each type. A test in interop reads them with the
// tool.
func TestAppendValues(t *testing.T) {
	for _, test := range []struct {
		values []any
		want   string
	}{
		{nil, "dst"},
		{[]any{[]byte("ab")}, "dst\x00\x00\x00\x02ab"},
		{[]any{[]byte("ab"), []byte("c")}, "dst\x00\x00\x00\x02ab\x00\x00\x00\x01c"},
		{[]any{[]byte{}}, "dst\x00\x00\x00\x02\x00"},
		{[]any{[]byte{}, true}, "dst\x00\x00\x00\x02\x00"},
		{[]any{[]byte{}, []byte("abc")}, "dst\x00\x00\x00\x0e\x00\x00\x00\x03abc"},
		{[]any{"", ""}, "dst\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{[]any{"é", false}, "dst\x00\x00\x00\x02é\x01"},
		{[]any{int8(-1), uint8(2), int16(-2), uint16(3)}, "dst\xff\x02\xff\xfe\x01\x00\x03\x01"},
		{[]any{int32(-2), uint32(3)}, "dst\xff\xff\xff\xfe\x00\x00\x00\x03"},
		{[]any{-2, uint(3)}, "dst\xff\xff\xff\xff\xff\xff\xff\xfe\x01\x00\x00\x00\x00\x00\x00\x00\x03\x01"},
		{[]any{int64(-2), uint64(3)}, "dst\xff\xff\xff\xff\xff\xff\xff\xfe\x01\x00\x00\x00\x00\x00\x00\x00\x03\x01"},
		{[]any{float32(1), math.Inf(-1)}, "dst\x3f\x80\x00\x00\x01\xff\xf0\x00\x00\x00\x00\x00\x00\x01"},
	} {
		if got := AppendValues([]byte("dst"), test.values...); !bytes.Equal(got, []byte(test.want)) {
			t.Errorf("%#v: %q, want %q", test.values, got, test.want)
		}
	}
}
