package hold

import "fmt"

// Append checks that f, a function that appends to dst and returns the longer
// slice, does no more and no less than that: what was in dst stays, with room
// for what is appended, with less and with none, and what is appended is the
// same each time. If f fails, dst comes back at its old length and the error
// has the same text each time. Append returns what f gives for a nil dst.
func Append(f func(dst []byte) ([]byte, error)) (alone []byte, failure, broken error) {
	const before = "what was there"
	alone, failure = f(nil)
	if failure != nil && len(alone) != 0 {
		return alone, failure, fmt.Errorf("%q after %w", alone, failure)
	}
	want := before + string(alone) // f may use its memory again
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
