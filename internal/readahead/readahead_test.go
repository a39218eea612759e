package readahead

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var errBroken = errors.New("broken")

// A script is a reader. Each call of Read returns the next row, and io.EOF after
// the last row.
type script []row

type row struct {
	text string
	n    int // added to the count that Read returns
	err  error
}

func (s *script) Read(p []byte) (int, error) {
	if len(*s) == 0 {
		return 0, io.EOF
	}
	r := (*s)[0]
	*s = (*s)[1:]
	return copy(p, r.text) + r.n, r.err
}

// idle returns a script of n reads without bytes.
func idle(n int) script { return make(script, n) }

// A state has all parts of a Buffer that a client sees.
type state struct {
	Data string
	Off  int
	Base int64
	Err  error
}

func stateOf(b *Buffer) state { return state{string(b.Data), b.Off, b.Base, b.Err} }

func compare(t *testing.T, want, got state) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReader tests Fill and Need with each behaviour of a reader. Both need 3 bytes;
// Fill is called until they have arrived.
func TestReader(t *testing.T) {
	fill := func(b *Buffer) bool {
		for len(b.Data) < 3 {
			if !b.Fill(16, 64) {
				return false
			}
		}
		return true
	}
	need := func(b *Buffer) bool { return b.Need(3, 0) }
	for _, tc := range []struct {
		name string
		r    script
		ok   bool
		want state
	}{
		{"at once", script{{text: "abcd"}}, true, state{Data: "abcd"}},
		{"byte by byte", script{{text: "a"}, {text: "b"}, {text: "c"}}, true, state{Data: "abc"}},
		{"end", script{{text: "ab"}}, false, state{Data: "ab", Err: io.EOF}},
		{"end with the bytes", script{{text: "abc", err: io.EOF}}, true, state{Data: "abc", Err: io.EOF}},
		{"end with too few bytes", script{{text: "ab", err: io.EOF}}, false, state{Data: "ab", Err: io.EOF}},
		{"nothing", nil, false, state{Err: io.EOF}},
		{"error", script{{text: "ab"}, {err: errBroken}}, false, state{Data: "ab", Err: errBroken}},
		{"error with the bytes", script{{text: "abc", err: errBroken}}, true, state{Data: "abc", Err: errBroken}},
		{"error with too few bytes", script{{text: "ab", err: errBroken}}, false, state{Data: "ab", Err: errBroken}},
		{"no reads after an error", script{{text: "ab", err: errBroken}, {text: "c"}}, false, state{Data: "ab", Err: errBroken}},
		{"unexpected EOF is an error", script{{err: io.ErrUnexpectedEOF}}, false, state{Err: io.ErrUnexpectedEOF}},
		{"empty reads", append(idle(maxIdle-1), row{text: "abc"}), true, state{Data: "abc"}},
		{"too many empty reads", append(idle(maxIdle), row{text: "abc"}), false, state{Err: io.ErrNoProgress}},
		{"empty reads in two rows", append(append(idle(maxIdle-1), row{text: "a"}), append(idle(maxIdle-1), row{text: "bc"})...), true, state{Data: "abc"}},
		{"negative count", script{{text: "a"}, {n: -1}}, false, state{Data: "a", Err: errCount}},
		{"count too large", script{{text: "a"}, {n: 1 << 30}}, false, state{Data: "a", Err: errCount}},
		{"count too large with an error", script{{n: 1 << 30, err: io.EOF}}, false, state{Err: errCount}},
	} {
		for name, read := range map[string]func(*Buffer) bool{"Fill": fill, "Need": need} {
			t.Run(tc.name+"/"+name, func(t *testing.T) {
				r := append(script(nil), tc.r...)
				var b Buffer
				b.Reset(&r)
				if ok := read(&b); ok != tc.ok {
					t.Errorf("returns %v, want %v", ok, tc.ok)
				}
				compare(t, tc.want, stateOf(&b))
			})
		}
	}
}

// TestWrongCount: the call in which the reader returns a count that cannot be is
// the one that reports false.
func TestWrongCount(t *testing.T) {
	for _, n := range []int{-1, math.MinInt, 1 << 30, math.MaxInt} {
		for name, read := range map[string]func(*Buffer) bool{
			"Fill": func(b *Buffer) bool { return b.Fill(16, 64) }, "Need": func(b *Buffer) bool { return b.Need(1, 0) },
		} {
			r := script{{n: n}, {text: "abc"}}
			var b Buffer
			b.Reset(&r)
			if read(&b) || b.Err != errCount || len(b.Data) != 0 {
				t.Errorf("%s, %d bytes: %q, %v", name, n, b.Data, b.Err)
			}
		}
	}
	r := append(idle(maxIdle), row{text: "abc"})
	var b Buffer
	b.Reset(&r)
	if b.Fill(16, 64) || b.Err != io.ErrNoProgress {
		t.Errorf("a reader without progress: %q, %v", b.Data, b.Err)
	}
}

// TestConsumed checks that consumed bytes are removed and that the others stay, in
// order and at their offsets.
func TestConsumed(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 1000)
	for name, more := range map[string]func(b *Buffer) bool{
		"Fill": func(b *Buffer) bool { return b.Fill(64, 256) },
		"Need": func(b *Buffer) bool { return b.Need(len(b.Rest())+1, 0) },
	} {
		for _, step := range []int{1, 7, 63, 64, 65, 1000} {
			var b Buffer
			b.Reset(iotest.OneByteReader(strings.NewReader(text)))
			if step > 7 {
				b.Reset(strings.NewReader(text))
			}
			for b.Offset() < int64(len(text)) {
				if len(b.Rest()) < step && more(&b) {
					continue
				}
				n := min(step, len(b.Rest()))
				if n == 0 {
					t.Fatalf("%s, steps of %d: ends at %d: %v", name, step, b.Offset(), b.Err)
				}
				at := int(b.Offset())
				if got := string(b.Rest()[:n]); got != text[at:at+n] || b.End() != b.Offset()+int64(len(b.Rest())) {
					t.Fatalf("%s, steps of %d: %q at %d, want %q", name, step, got, at, text[at:at+n])
				}
				b.Off += n
			}
			if more(&b) || !b.Ended() || b.End() != int64(len(text)) {
				t.Errorf("%s, steps of %d: %v at %d", name, step, b.Err, b.End())
			}
		}
	}
}

// TestFillSize checks the growth of a buffer for documents of unknown size.
func TestFillSize(t *testing.T) {
	const first = 1 << 10
	for _, tc := range []struct {
		name             string
		size, most, want int
	}{
		{"the first", 0, 1 << 20, first},
		{"twice", first, 1 << 20, 2 * first},
		{"below an eighth", 1<<17 - 1, 1 << 20, 1<<18 - 2},
		{"an eighth", 1 << 17, 1 << 20, 1<<20 + 2*first},
		{"small documents", 0, 100, 100 + 2*first},
		{"larger than all documents", 1 << 20, 100, 1 << 21},
		{"no limit", 1 << 20, math.MaxInt, 1 << 21},
	} {
		if got := nextSize(tc.size, first, tc.most); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
	if got := nextSize(math.MaxInt/4, first, math.MaxInt); got < math.MaxInt/4 {
		t.Errorf("near the largest int: %d, want %d or more", got, math.MaxInt/4)
	}
}

// TestFillRoom checks that each read of Fill has room for at least half the size of
// the first buffer.
func TestFillRoom(t *testing.T) {
	least := math.MaxInt
	var b Buffer
	b.Reset(readerFunc(func(p []byte) (int, error) {
		least = min(least, len(p))
		return min(len(p), 10), nil
	}))
	for len(b.Data) < 10_000 {
		if !b.Fill(128, 20_000) {
			t.Fatal(b.Err)
		}
	}
	if least < 64 {
		t.Errorf("a read has room for %d bytes, want 64 or more", least)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestNeedSize checks that the size of the buffer of Need follows the bytes that
// have arrived, not the bytes that are needed, and that Need reads ahead at most
// MaxAhead.
func TestNeedSize(t *testing.T) {
	const kb, mb = 1 << 10, 1 << 20
	for _, tc := range []struct {
		name        string
		arrive      int // bytes
		need, ahead int
		want        int // bytes of the buffer
	}{
		{"a short document", 5, 5, 0, MinSize},
		{"a claimed length", 10, 1 << 30, 0, MinSize},
		{"a claimed length, some bytes", MinSize + 1, 1 << 30, 0, 2 * MinSize},
		{"less than a quarter", mb - 1, 8 * mb, 0, mb},
		{"a quarter", 2*mb + 1, 8 * mb, 0, 4 * mb},
		{"a document", 4 * mb, 4 * mb, 0, 4*mb + MaxAhead},
		{"a small document and the start of the next", 300 * kb, 300 * kb, 0, 300*kb + 300*kb/16},
		{"many documents", 4 * mb, 100, 0, MinSize},
		{"more room", mb + 1, mb + 1, 3 * mb, 3 * mb},
	} {
		var b Buffer
		b.Reset(bytes.NewReader(make([]byte, tc.arrive)))
		ok := b.Need(tc.need, tc.ahead)
		if ok != (tc.arrive >= tc.need) || cap(b.Data) != tc.want {
			t.Errorf("%s: %v, a buffer of %d bytes, want %d", tc.name, ok, cap(b.Data), tc.want)
		}
	}
}

// TestNeedWindow checks that a buffer that has grown for a large document is not
// filled completely for small documents.
func TestNeedWindow(t *testing.T) {
	var b Buffer
	b.Reset(bytes.NewReader(make([]byte, 16<<20)))
	if !b.Need(8<<20, 0) {
		t.Fatal(b.Err)
	}
	b.Off += 8 << 20
	for b.Need(1000, 0) {
		if len(b.Data) > MaxAhead && b.Off > MaxAhead {
			b.Off += len(b.Rest())
			continue
		}
		if len(b.Rest()) > MaxAhead {
			t.Fatalf("%d bytes are read ahead, want %d or less", len(b.Rest()), MaxAhead)
		}
		b.Off += 1000
	}
	if !b.Ended() {
		t.Error(b.Err)
	}
}

// A limited writer accepts n bytes.
type limited struct {
	n    int
	got  []byte
	err  error // error of a Write that is too long
	most int   // added to the count that this Write returns
}

func (w *limited) Write(p []byte) (int, error) {
	if len(p) <= w.n {
		w.n -= len(p)
		w.got = append(w.got, p...)
		return len(p), nil
	}
	w.got = append(w.got, p[:w.n]...)
	return w.n + w.most, w.err
}

func TestSkip(t *testing.T) {
	for _, tc := range []struct {
		name string
		w    *limited // nil: no writer
		n    int
		off  int
		got  string
		want error
	}{
		{"no writer", nil, 3, 3, "", nil},
		{"nothing", &limited{}, 0, 0, "", nil},
		{"some", &limited{n: 9}, 3, 3, "abc", nil},
		{"all", &limited{n: 9}, 6, 6, "abcdef", nil},
		{"an error", &limited{n: 2, err: errBroken}, 3, 2, "ab", errBroken},
		{"a short write", &limited{n: 2}, 3, 2, "ab", io.ErrShortWrite},
		{"a negative count", &limited{n: 2, most: -9, err: errBroken}, 3, 0, "ab", errBroken},
		{"a count too large", &limited{n: 2, most: 9, err: errBroken}, 3, 3, "ab", errBroken},
	} {
		var b Buffer
		b.ResetBytes([]byte("abcdef"))
		var w io.Writer
		if tc.w != nil {
			w = tc.w
		}
		err := b.Skip(w, tc.n)
		if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) || b.Off != tc.off {
			t.Errorf("%s: %v at %d, want %v at %d", tc.name, err, b.Off, tc.want, tc.off)
		}
		if tc.w != nil && string(tc.w.got) != tc.got {
			t.Errorf("%s: %q written, want %q", tc.name, tc.w.got, tc.got)
		}
	}
}

// TestReset checks that bytes of the client are read in place and not changed, and
// that the Buffer uses its own memory again after them.
func TestReset(t *testing.T) {
	var b Buffer
	b.Reset(strings.NewReader("first"))
	b.Fill(64, 64)
	own := &b.Data[0]
	given := []byte("given bytes")
	b.ResetBytes(given)
	compare(t, state{Data: "given bytes", Err: io.EOF}, stateOf(&b))
	if b.Fill(64, 64) || b.Need(100, 0) || &b.Data[0] != &given[0] {
		t.Error("the bytes of the client were copied, or more bytes were read")
	}
	b.Off = 6
	if rest := b.Rest(); string(rest) != "bytes" || cap(rest) != len(rest) {
		t.Errorf("Rest is %q with a capacity of %d bytes", rest, cap(rest))
	}
	b.ResetBytes(given[:5])
	b.Reset(strings.NewReader("again"))
	b.Fill(64, 64)
	compare(t, state{Data: "again"}, stateOf(&b))
	if &b.Data[0] != own || string(given) != "given bytes" {
		t.Errorf("the Buffer has other memory, or has overwritten %q", given)
	}
}

// Unread puts bytes back, also if they are not in the buffer any more.
func TestUnread(t *testing.T) {
	for name, ready := range map[string]func(b *Buffer){
		"of a reader": func(b *Buffer) { b.Reset(iotest.OneByteReader(strings.NewReader("abcdefgh"))) },
		"of bytes":    func(b *Buffer) { b.ResetBytes([]byte("abcdefgh")) },
	} {
		var b Buffer
		ready(&b)
		b.Need(4, 0)
		b.Off = 4
		b.Need(1, 0)
		b.Unread([]byte("cd"))
		if b.Offset() != 2 || string(b.Rest()[:2]) != "cd" {
			t.Errorf("%s: %q at %d", name, b.Rest(), b.Offset())
		}
		if !b.Need(6, 0) || string(b.Rest()) != "cdefgh" || b.Need(7, 0) || !b.Ended() || b.End() != 8 {
			t.Errorf("%s: %q, %v at %d", name, b.Rest(), b.Err, b.End())
		}
	}
}
