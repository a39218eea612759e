package numtext

import (
	"math"
	"strconv"
	"testing"
)

// TestDigits8 tests all numbers of four digits, at both ends of eight digits.
func TestDigits8(t *testing.T) {
	for n := range uint64(10000) {
		for _, x := range []uint64{n, n * 10000, n*10000 + 9999 - n} {
			var want uint64
			for i, rest := 0, x; i < 8; i, rest = i+1, rest/10 {
				want = want<<8 | rest%10
			}
			if got := Digits8(x); got != want {
				t.Fatalf("Digits8(%d) = %#016x, want %#016x", x, got, want)
			}
			if got := Value8(want); got != x {
				t.Fatalf("Value8 of the digits of %d = %d", x, got)
			}
		}
	}
}

// TestNonDigits tests each byte at each place among digits.
func TestNonDigits(t *testing.T) {
	for place := range 8 {
		for c := range uint64(256) {
			v := (Zeros8&^(0xff<<(8*place)) | c<<(8*place)) ^ Zeros8
			// nonDigits promises only the bits up to the first mark.
			got := nonDigits(v) & (1<<(8*place+8) - 1)
			want := uint64(0x80) << (8 * place)
			if '0' <= c && c <= '9' {
				want = 0
			}
			if got != want {
				t.Errorf("%#02x at %d: %#016x, want %#016x", c, place, got, want)
			}
		}
	}
}

// TestAppendInt tests numbers around each power of ten and of two, with different
// capacities of dst.
func TestAppendInt(t *testing.T) {
	check := func(dst []byte, v int64) {
		t.Helper()
		want := strconv.FormatInt(v, 10)
		if got := string(AppendInt(dst, v)); got != string(dst)+want {
			t.Errorf("%q, want %s after %q", got, want, dst)
		}
	}
	for _, p := range tens[:19] {
		for d := range int64(5) {
			check(nil, int64(p)+d-2)
			check(nil, 2-d-int64(p))
		}
	}
	for b := range 64 {
		for d := range int64(5) {
			check(nil, 1<<b+d-2)
		}
	}
	for room := range 2 * IntRoom {
		check(append(make([]byte, 0, 4+room), "text"...), math.MinInt64)
		check(append(make([]byte, 0, 4+room), "text"...), 7)
	}
}
