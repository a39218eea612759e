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

// TestSet holds which memory is kept after a result.
func TestSet(t *testing.T) {
	for _, tc := range []struct {
		name            string
		own, made, want int // capacities in bytes: of the Buffer, of the result, of the Buffer afterwards
	}{
		{"the first result", 0, 100, 100},
		{"a longer result", 100, large, large},
		{"a first result that is too large", 0, large + 1, 0},
		{"a result that is too large, after small ones", 100, large + 1, 100},
		{"a result that is too large, after large ones", large - 1, large + 1, large - 1},
	} {
		b := Buffer{Bytes: make([]byte, 0, tc.own)}
		b.Set(make([]byte, tc.made))
		b.Clear()
		if len(b.Bytes) != 0 || cap(b.Bytes) != tc.want {
			t.Errorf("%s: length %d and capacity %d, want 0 and %d", tc.name, len(b.Bytes), cap(b.Bytes), tc.want)
		}
		if room := cap(b.Room()); tc.made > large && room != large {
			t.Errorf("%s: room for %d bytes, want %d", tc.name, room, large)
		}
	}
	b := Buffer{Bytes: make([]byte, 0, large)}
	first := &b.Bytes[:1][0]
	for range 2 * patience {
		b.Set(make([]byte, 2*large))
		b.Clear()
	}
	if cap(b.Bytes) == 0 || &b.Bytes[:1][0] != first {
		t.Error("after many large results the memory is not that from before")
	}
}

// TestResult holds that the memory of a large result is handed out, unless much of it is
// spare, and is copied if dst has bytes.
func TestResult(t *testing.T) {
	for _, tc := range []struct {
		name      string
		size, cap int // of the result, in bytes
		dst       []byte
		handed    bool
	}{
		{"large, onto nil", large, large + 1, nil, true},
		{"large, onto an empty slice", large, large + 1, []byte{}, true},
		{"large, onto bytes", large, large + 1, []byte("a"), false},
		{"a quarter is spare", large, large + large/4, nil, true},
		{"more is spare", large, large + large/4 + 1, nil, false},
		{"not large", large, large, nil, false},
	} {
		made := make([]byte, tc.size, tc.cap)
		made[0] = 'r'
		out := Result(tc.dst, made)
		if len(out) != len(tc.dst)+tc.size || out[len(tc.dst)] != 'r' {
			t.Errorf("%s: %d bytes, want %d", tc.name, len(out), len(tc.dst)+tc.size)
		}
		if handed := &out[0] == &made[0]; handed != tc.handed {
			t.Errorf("%s: handed out %v, want %v", tc.name, handed, tc.handed)
		}
	}
}

// TestGrow holds the guesses: the bytes that are still missing, with at most 1/16 more.
func TestGrow(t *testing.T) {
	const million = 1_000_000
	for _, tc := range []struct {
		name             string
		n                int
		start, done, all int
		min              int // least capacity afterwards; the largest is 1/16 more
	}{
		{"a third is done", 1, 0, million, 3 * million, 3 * million},
		{"a third is done, twice as long", 1, 0, million / 2, 3 * million / 2, 3 * million},
		{"bytes before it", 1, million / 2, million, 3 * million, 2 * million},
		{"a long value next", 5 * million, 0, million, 3 * million, 6 * million},
		{"a quarter more at least", 1, 0, million, million + 1000, 5 * million / 4},
		{"a ratio that is not believed", 1, 0, 20_000, 20_000 + million, 5 * million},
		{"too little for a ratio", 1, 0, 1000, 3 * million, 4 * million},
		{"a long value at the start", 2 * million, 0, 1000, 3 * million, 3 * million},
		{"the input is not known", 1, 0, 0, 0, 5 * million / 4},
	} {
		dst := make([]byte, million)
		dst[million-1] = 'x'
		got := Grow(dst, tc.n, tc.start, tc.done, tc.all)
		if len(got) != million || got[million-1] != 'x' {
			t.Errorf("%s: other bytes", tc.name)
		}
		if cap(got) < tc.min || cap(got) > tc.min+tc.min/16 {
			t.Errorf("%s: capacity %d, want %d", tc.name, cap(got), tc.min)
		}
	}
	for _, n := range []int{0, 24} {
		dst := make([]byte, million, million+24)
		if got := Grow(dst, n, 0, 1, million); &got[0] != &dst[0] || cap(got) != cap(dst) {
			t.Errorf("%d bytes fit, but dst was moved", n)
		}
	}
}
