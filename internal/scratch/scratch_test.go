package scratch

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestClear holds which memory is kept for the next call.
func TestClear(t *testing.T) {
	for _, tc := range []struct {
		name  string
		size  int   // capacity of the memory in bytes
		used  []int // bytes of each call
		calls int   // after which the memory is given up; 0: it is kept
	}{
		{"small and rarely used", small, []int{0}, 0},
		{"in use", large, []int{large / 4}, 0},
		{"too large", large + 1, []int{large}, 1},
		{"no longer used", large, []int{large/4 - 1}, patience},
		{"now and then", large, []int{0, 0, 0, large}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := Buffer{Bytes: make([]byte, 0, tc.size)}
			calls := 0
			for i := range 3 * patience {
				b.Bytes = b.Bytes[:tc.used[i%len(tc.used)]]
				if b.Clear(); len(b.Bytes) != 0 {
					t.Fatalf("%d bytes after Clear", len(b.Bytes))
				}
				if cap(b.Bytes) == 0 {
					calls = i + 1
					break
				}
			}
			if calls != tc.calls {
				t.Errorf("memory is given up after %d calls, want %d", calls, tc.calls)
			}
		})
	}
}

func TestAppend(t *testing.T) {
	errWrite := errors.New("write")
	for _, tc := range []struct {
		name      string
		dst       []byte
		out, want []byte
		err       error
	}{
		{"onto nil", nil, []byte("text"), []byte("text"), nil},
		{"nothing onto nil", nil, nil, []byte{}, nil},
		{"onto bytes", []byte("a "), []byte("text"), []byte("a text"), nil},
		{"a fault", []byte("a "), []byte("te"), []byte("a "), errWrite},
		{"a fault onto nil", nil, []byte("te"), nil, errWrite},
	} {
		got, err := Append(tc.dst, func(dst []byte) ([]byte, error) { return append(dst, tc.out...), tc.err })
		if diff := cmp.Diff(tc.want, got); diff != "" || err != tc.err {
			t.Errorf("%s: %v (-want +got):\n%s", tc.name, err, diff)
		}
	}
}

// TestAppendNested holds that a write may call Append.
func TestAppendNested(t *testing.T) {
	got, err := Append(nil, func(dst []byte) ([]byte, error) {
		dst = append(dst, "outer "...)
		inner, err := Append(nil, func(dst []byte) ([]byte, error) { return append(dst, "inner"...), nil })
		return append(dst, inner...), err
	})
	if err != nil || string(got) != "outer inner" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestAppendToLarge holds that the memory of a large result is handed out once, and is
// copied if dst has bytes.
func TestAppendToLarge(t *testing.T) {
	for _, tc := range []struct {
		name   string
		size   int // capacity of the memory in bytes
		dst    []byte
		handed bool
	}{
		{"large, onto nil", large + 1, nil, true},
		{"large, onto an empty slice", large + 1, []byte{}, true},
		{"large, onto bytes", large + 1, []byte("a"), false},
		{"kept", large, nil, false},
	} {
		b := Buffer{Bytes: append(make([]byte, 0, tc.size), "text"...)}
		first := &b.Bytes[0]
		out := b.AppendTo(tc.dst)
		if want := string(tc.dst) + "text"; string(out) != want {
			t.Errorf("%s: %q, want %q", tc.name, out, want)
		}
		if handed := &out[0] == first; handed != tc.handed {
			t.Errorf("%s: handed out %v, want %v", tc.name, handed, tc.handed)
		}
		if kept := cap(b.Bytes) > 0; kept == tc.handed {
			t.Errorf("%s: the buffer has memory %v, want %v", tc.name, kept, !tc.handed)
		}
	}
}
