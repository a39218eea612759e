package pickle_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// After a pickle that is well formed but not allowed, the next pickle is read.
// After any other fault the rest of the stream is skipped.
func TestResync(t *testing.T) {
	for _, tc := range []struct {
		name, data string
		want       []string // values, and skipped bytes in quotes
	}{
		{"no fault", "N.I1\n.", []string{"null", "1"}},
		{"a value out of range of all types", "N.L99999999999999999999L\n.I1\n.", []string{"null", `"L99999999999999999999L\n."`, "1"}},
		{"two of them", "L99999999999999999999L\n.L99999999999999999999L\n.N.",
			[]string{`"L99999999999999999999L\n."`, `"L99999999999999999999L\n."`, "null"}},
		{"a name", "N.cos\nsystem\n.N.", []string{"null", `"cos\nsystem\n."`, "null"}},
		{"a call", "cos\nsystem\n(S'echo .'\ntR.I1\n.", []string{`"cos\nsystem\n(S'echo .'\ntR."`, "1"}},
		{"a long name", "c" + strings.Repeat("m.", 1000) + "\nn\n.N.", []string{`"c` + strings.Repeat("m.", 1000) + `\nn\n."`, "null"}},
		{"opcodes that are not allowed", "0Pa.b\n12Qim.\nn\no\x82.\x83..\x84....\x8b\x01\x00\x00\x00.\x8d\x01\x00\x00\x00\x00\x00\x00\x00.\x8e\x01\x00\x00\x00\x00\x00\x00\x00.\x8f\x90\x91\x92\x97\x98.N.",
			[]string{`"0Pa.b\n12Qim.\nn\no` + "\x82.\x83..\x84....\x8b\x01\x00\x00\x00.\x8d\x01\x00\x00\x00\x00\x00\x00\x00.\x8e\x01\x00\x00\x00\x00\x00\x00\x00.\x8f\x90\x91\x92\x97\x98." + `"`, "null"}},
		{"a long integer", "\x8a\xff" + strings.Repeat(".", 255) + ".N.", []string{`"` + "\x8a\xff" + strings.Repeat(".", 255) + `."`, "null"}},
		{"a long integer in digits after a name", "ca\nb\nL" + strings.Repeat("9", 100) + "L\n.N.", []string{`"ca\nb\nL` + strings.Repeat("9", 100) + `L\n."`, "null"}},
		{"an integer that is too long", "\x8b\x00\x08\x00\x00" + strings.Repeat(".", 2048) + ".N.",
			[]string{`"` + "\x8b\x00\x08\x00\x00" + strings.Repeat(".", 2048) + `."`, "null"}},
		{"no STOP", "\x80\x02Q\x80\x02N.N.", []string{`"` + "\x80\x02Q" + `"`, "null", "null"}},
		{"a fault after an opcode that is not allowed", "Qxyz.N.", []string{`"Qxyz.N."`}},
		{"truncated after an opcode that is not allowed", "N.Q]q", []string{"null", `"Q]q"`}},
		{"no opcode", "N.xyz", []string{"null", `"xyz"`}},
		{"truncated", "N.]q", []string{"null", `"]q"`}},
	} {
		for _, r := range []io.Reader{strings.NewReader(tc.data), iotest.OneByteReader(strings.NewReader(tc.data))} {
			d := pickle.NewDecoder(r)
			var got []string
			for {
				for d.Next() {
					text, err := extjson.AppendJSONValue(nil, d.Type(), d.Value())
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, string(text))
				}
				if d.Err() == nil {
					break
				}
				var skipped bytes.Buffer
				if !d.Resync(&skipped) {
					t.Fatalf("%s: Resync returns false: %v", tc.name, d.Err())
				}
				got = append(got, quoted(skipped.String()))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.name, diff)
			}
		}
	}
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, "\n", `\n`) + `"` }

// If the reader fails, or the writer for the skipped bytes, Resync returns false.
func TestResyncFails(t *testing.T) {
	broken := errors.New("broken")
	d := pickle.NewDecoder(io.MultiReader(strings.NewReader("xyz"), iotest.ErrReader(broken)))
	if d.Resync(nil) {
		t.Error("Resync returns true before a fault")
	}
	for d.Next() {
	}
	fault := d.Err()
	if d.Resync(nil) || !errors.Is(d.Err(), broken) || !errors.Is(d.Err(), fault) || d.Resync(nil) {
		t.Errorf("Resync with a reader that fails: %v", d.Err())
	}
	// If the reader fails after Resync, the error has no fault.
	d = pickle.NewDecoder(io.MultiReader(strings.NewReader("cos\nsystem\n.N."), iotest.ErrReader(broken)))
	for d.Next() || d.Resync(nil) {
	}
	var read *bson.ReadError
	if !errors.As(d.Err(), &read) || read.Err != broken || read.Fault != nil {
		t.Errorf("reader that fails after Resync: %v, want an error without a fault", d.Err())
	}
	d = pickle.NewDecoder(strings.NewReader("xyz"))
	for d.Next() {
	}
	if d.Resync(brokenWriter{broken}) || !errors.Is(d.Err(), broken) || d.Resync(nil) {
		t.Errorf("Resync with a writer that fails: %v", d.Err())
	}
}

// A shortWriter takes n bytes and then fails.
type shortWriter struct {
	n   int
	err error
}

func (w *shortWriter) Write(p []byte) (int, error) {
	if len(p) > w.n {
		n := w.n
		w.n = 0
		return n, w.err
	}
	w.n -= len(p)
	return len(p), nil
}

// TestResyncInterrupted: wherever the reader or the writer of the skipped bytes
// fails, Resync reports the failure, and what it has skipped is the start of the
// pickle at fault.
func TestResyncInterrupted(t *testing.T) {
	broken := errors.New("broken")
	for _, bad := range []string{
		"cos\nsystem\n(S'echo'\nU\x04a.b.tR.",      // rejected before its STOP
		"}U\x03a\x00bNs.",                          // rejected at its STOP
		"(xyz and all that follows, which is lost", // malformed
	} {
		stream := bad + "N."
		whole := len(bad)
		if bad[1] == 'x' {
			whole = len(stream)
		}
		for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, func(r io.Reader) io.Reader { return r }} {
			for n := range whole {
				d := pickle.NewDecoder(wrap(strings.NewReader(stream)))
				if d.Next() {
					t.Fatalf("%q is read", bad)
				}
				if d.Resync(&shortWriter{n, broken}) || d.Err() != broken || d.Next() || d.Resync(nil) || d.Err() != broken {
					t.Errorf("%q, a writer of %d bytes: %v", bad, n, d.Err())
				}

				var skipped strings.Builder
				d = pickle.NewDecoder(io.MultiReader(wrap(strings.NewReader(stream[:n])), iotest.ErrReader(broken)))
				if d.Next() || !errors.Is(d.Err(), broken) && d.Resync(&skipped) || !errors.Is(d.Err(), broken) || d.Next() || d.Resync(nil) {
					t.Errorf("%q, %d bytes: %v", bad, n, d.Err())
				}
				var read *bson.ReadError
				if !errors.As(d.Err(), &read) || read.Offset != int64(n) {
					t.Errorf("%q, %d bytes: %v", bad, n, d.Err())
				}
				if got := skipped.String() + string(d.Buffered()); got != stream[:n] {
					t.Errorf("%q, %d bytes: %q is skipped and %q left", bad, n, skipped.String(), d.Buffered())
				}
			}
			var skipped strings.Builder
			d := pickle.NewDecoder(wrap(strings.NewReader(stream)))
			if d.Next() || !d.Resync(&skipped) || skipped.String() != stream[:whole] || d.Next() != (whole < len(stream)) || d.Err() != nil {
				t.Errorf("%q: %q is skipped, %v", bad, skipped.String(), d.Err())
			}
		}
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }
