package textcut_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/textcut"
)

var places = []textcut.Place{textcut.Start, textcut.Top, textcut.After, textcut.First, textcut.Comma, textcut.Element, textcut.Any}

// TestPlaces: what may follow at each place, in JSON and in the shell's text, and
// where a text may end.
func TestPlaces(t *testing.T) {
	type step struct {
		p     textcut.Place
		c     byte
		shell bool
	}
	allowed := map[step]textcut.Place{}
	both := func(p textcut.Place, c byte, next textcut.Place) {
		allowed[step{p, c, false}], allowed[step{p, c, true}] = next, next
	}
	top := []textcut.Place{textcut.Start, textcut.Top, textcut.After}
	for _, p := range append(slices.Clone(top), textcut.Any) {
		both(p, '[', textcut.First)
	}
	for _, p := range []textcut.Place{textcut.First, textcut.Comma, textcut.Any} {
		both(p, ']', textcut.Top)
	}
	both(textcut.Comma, ',', textcut.Element)
	allowed[step{textcut.Element, ']', true}] = textcut.Top // behind the last comma
	allowed[step{textcut.After, ',', true}] = textcut.Top
	allowed[step{textcut.Any, ',', true}] = textcut.Any
	allowed[step{textcut.Any, ',', false}] = textcut.Element

	for _, p := range places {
		for _, c := range []byte("[],{}x\"/ ") {
			for _, shell := range []bool{false, true} {
				want, ok := allowed[step{p, c, shell}]
				if !ok {
					want = p
				}
				if got, gotOK := p.Behind(c, shell); got != want || gotOK != ok {
					t.Errorf("place %d, %q, shell %t: %d, %t, want %d, %t", p, c, shell, got, gotOK, want, ok)
				}
			}
		}
		want := textcut.Comma
		switch {
		case slices.Contains(top, p):
			want = textcut.After
		case p == textcut.Any:
			want = textcut.Any
		}
		if got := p.BehindDocument(); got != want {
			t.Errorf("behind a document at place %d: %d, want %d", p, got, want)
		}
		for _, end := range places {
			want := p == end || slices.Contains(top, end) && (slices.Contains(top, p) || p == textcut.Any)
			if got := p.EndsAt(end); got != want {
				t.Errorf("a text that must end at place %d ends at %d: %t, want %t", end, p, got, want)
			}
		}
	}
}

// TestStandsAlone: the byte behind a bracket decides, unless it is behind too many
// blanks or has not arrived.
func TestStandsAlone(t *testing.T) {
	blanks := func(n int) string { return strings.Repeat(" \n\t\r", n)[:n] }
	for _, before := range []string{"", "ab"} {
		for _, tc := range []struct {
			text                  string // from the bracket on
			shell                 bool
			at                    int // from the bracket on
			alone, opens, settled bool
		}{
			{"[", false, 1, true, true, false},
			{"[ ", false, 2, true, true, false},
			{"[{", false, 1, true, true, true},
			{"[ }", false, 2, true, true, true},
			{"[[", false, 1, true, true, true},
			{"[\n]", false, 2, true, true, true},
			{"[,", false, 1, true, true, true},
			{"[x", false, 1, false, false, false},
			{"[x{", false, 1, false, true, true},
			{"[x  {", false, 1, false, true, true},
			{"[x]", false, 1, false, false, true},
			{"[xy", false, 1, false, false, true},
			{"[xy{", false, 1, false, false, true},
			{"[/", false, 1, false, false, false},
			{"[/", true, 1, true, true, true},
			{"[" + blanks(255), false, 256, true, true, false},
			{"[" + blanks(256), false, 257, true, true, true},
			{"[" + blanks(255) + "x{", false, 256, false, true, true},
			{"[" + blanks(256) + "x", false, 257, true, true, true},
			{"[" + blanks(257), false, 257, true, true, true},
		} {
			text, off := []byte(before+tc.text), len(before)
			at, alone, settled := textcut.StandsAlone(text, off, tc.shell)
			if at-off != tc.at || alone != tc.alone || settled != (tc.settled || !tc.alone) {
				t.Errorf("%q: StandsAlone gives %d, %t, %t, want %d, %t", tc.text, at-off, alone, settled, tc.at, tc.alone)
			}
			if at, opens, settled := textcut.OpensArray(text, off, tc.shell); at-off != tc.at || settled != tc.settled || settled && opens != tc.opens {
				t.Errorf("%q: OpensArray gives %d, %t, %t, want %d, %t, %t", tc.text, at-off, opens, settled, tc.at, tc.opens, tc.settled)
			}
		}
	}
}
