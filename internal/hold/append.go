package hold

import "fmt"

// Append checks f, a function that appends to dst and returns the longer slice. The
// bytes in dst must stay, and the appended bytes must be the same, with enough, some
// and no capacity in dst. If f fails, dst must come back at its old length, and the
// error must have the same text each time. Append returns the results of f for a nil
// dst, and in broken the property that does not hold.
func Append(f func(dst []byte) ([]byte, error)) (alone []byte, failure, broken error) {
	const before = "what was there"
	alone, failure = f(nil)
	if failure != nil && len(alone) != 0 {
		return alone, failure, fmt.Errorf("result is %q after the error %w", alone, failure)
	}
	want := before + string(alone) // a copy, because f may reuse its memory
	alone = []byte(want[len(before):])
	for _, room := range []int{0, len(alone) / 2, 2*len(alone) + 64} {
		dst := append(make([]byte, 0, len(before)+room), before...)
		got, err := f(dst[: len(before) : len(before)+room])
		if (err == nil) != (failure == nil) || err != nil && err.Error() != failure.Error() {
			return alone, failure, fmt.Errorf("with room for %d: %v; without dst: %v", room, err, failure)
		}
		if string(got) != want || string(dst) != before {
			return alone, failure, fmt.Errorf("with room for %d: %q, want %q; dst is %q", room, got, want, dst)
		}
	}
	return alone, failure, nil
}
