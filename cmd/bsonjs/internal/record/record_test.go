package record

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Columns count from the last line feed, also if it is several portions back.
func TestPlace(t *testing.T) {
	portions := []string{"ab\nc", "def", "", "\n", "x\n\ny", "z"}
	var got Place
	for i, p := range portions {
		got = got.Behind([]byte(p))
		// The place is the same from the start of each portion.
		for j := range i + 1 {
			head, tail := strings.Join(portions[:j], ""), strings.Join(portions[j:i+1], "")
			sum := Place{}.Behind([]byte(head)).Plus(Place{}.Behind([]byte(tail)))
			if diff := cmp.Diff(got, sum); diff != "" {
				t.Errorf("%q and %q (-at once +sum):\n%s", head, tail, diff)
			}
		}
	}
	all := strings.Join(portions, "")
	last := strings.LastIndexByte(all, '\n')
	want := Place{Offset: int64(len(all)), Line: int64(strings.Count(all, "\n")), Column: int64(len(all) - last - 1)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = Place{}.Behind([]byte("abc")).Behind([]byte("de"))
	if diff := cmp.Diff(Place{Offset: 5, Column: 5}, got); diff != "" {
		t.Errorf("without a line feed (-want +got):\n%s", diff)
	}
}

// The text is that of the first fault, and errors.Is finds each fault.
func TestFaults(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	var err error = Faults{List: []error{first, second}, More: 1}
	if err.Error() != "first" || !errors.Is(err, first) || !errors.Is(err, second) || len(Listed(err)) != 2 {
		t.Errorf("%v, of %d", err, len(Listed(err)))
	}
	if got := Listed(first); len(got) != 1 || got[0] != first {
		t.Errorf("one fault: %v", got)
	}
}
