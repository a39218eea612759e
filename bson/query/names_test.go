package query

import (
	"strings"
	"testing"
)

// Names of all lengths are found, and keys that are no names are not, in a short list and
// in a long one.
func TestNames(t *testing.T) {
	for _, step := range []int{40, 1} { // few names, and many
		var n names
		for size := 0; size < 200; size += step {
			n.add(strings.Repeat("k", size))
		}
		for size := range 300 {
			want := -1
			if size < 200 && size%step == 0 {
				want = size / step
			}
			if got := n.find([]byte(strings.Repeat("k", size))); got != want {
				t.Errorf("step %d: a key of %d bytes is name %d, want %d", step, size, got, want)
			}
			if got := n.find([]byte(strings.Repeat("x", size+1))); got != -1 {
				t.Errorf("step %d: another key of %d bytes is name %d", step, size+1, got)
			}
		}
	}
}
