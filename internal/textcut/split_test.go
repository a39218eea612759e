package textcut_test

import (
	"math"
	"testing"

	"github.com/bsonkit/bsonkit/internal/textcut"
)

// TestSplitPlace: behind a cut the Splitter is at the place where a reader of
// all the text would be.
func TestSplitPlace(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		from       textcut.Place
		shell      bool
		n          int // bytes before the last cut
		want       textcut.Place
	}{
		{"document", `{}`, textcut.Start, false, 2, textcut.After},
		{"documents in a row", `{} {} {`, textcut.Top, false, 6, textcut.After},
		{"array", `[`, textcut.Top, false, 0, textcut.Top},
		{"first of an array", `[{} `, textcut.Top, false, 4, textcut.Comma},
		{"comma of an array", `[{}, `, textcut.Top, false, 5, textcut.Element},
		{"element", `{},{`, textcut.Element, false, 3, textcut.Element},
		{"end of an array", `{}] `, textcut.Element, false, 4, textcut.Top},
		{"empty array", `[ ]`, textcut.Top, false, 3, textcut.Top},
		{"after a fault", `{},`, textcut.Any, false, 3, textcut.Element},
		{"comment", `{}/* {} */ `, textcut.Top, true, 11, textcut.After},
		{"open comment", `{}/* `, textcut.Top, true, 2, textcut.After},
		{"byte at fault", `{}x`, textcut.Top, false, 3, textcut.After},
		{"comma of the shell", `{} , {`, textcut.Top, true, 5, textcut.Top},
		{"comma of the shell first", `, {`, textcut.After, true, 2, textcut.Top},
		{"comma of the shell after a fault", `{},`, textcut.Any, true, 3, textcut.Any},
		{"two commas of the shell", `{},,{`, textcut.Top, true, 5, textcut.Top},
		{"comma in JSON", `{},{`, textcut.Top, false, 4, textcut.After},
		{"byte at fault in an array", `{}x`, textcut.Element, false, 3, textcut.Comma},
	} {
		s := textcut.NewSplitter(tc.from, tc.shell, 100)
		if n := s.Split([]byte(tc.text)); n != tc.n || s.Place() != tc.want {
			t.Errorf("%s: cut at %d, place %d; want %d, %d", tc.name, n, s.Place(), tc.n, tc.want)
		}
	}
}

// TestSplitEverywhere: in whatever portions a text arrives, it is cut between its
// documents only, and what is left at the end is shorter than two of them.
func TestSplitEverywhere(t *testing.T) {
	for _, text := range []string{
		"{\"a\":1}\n{\"a\":[1,\n2]}\n{\n  \"a\": {\n\"b\":\"}\\\"{\"\n}\n}\n{}\n{\"a\":\"\"}\n",
		"{\"a\":1} {\"a\":2}{}\n\n{\"a\":{\"b\":{}}}\n {}",
		"[{\"a\":1},\n{\"a\":[{}]}\n,{}]\n{\"a\":2}\n{\"a\":3}\n",
		"\ufeff\n{\"a\":1}\n{\"a\":2}\n",
	} {
		between := map[int]bool{0: true} // the offsets outside of documents
		depth, inString := 0, false
		for i, c := range []byte(text) {
			switch {
			case c == '"' && (i == 0 || text[i-1] != '\\'):
				inString = !inString
			case inString:
			case c == '{':
				depth++
			case c == '}':
				depth--
			}
			between[i+1] = depth == 0
		}
		for n := 1; n <= len(text); n++ {
			s := textcut.NewSplitter(textcut.Start, false, math.MaxInt)
			from := 0 // the cut before
			for fed := 0; fed < len(text); {
				fed = min(fed+n, len(text))
				cut := s.Split([]byte(text[from:fed]))
				if from += cut; !between[from] {
					t.Fatalf("portions of %d: a cut at %d in %q", n, from, text)
				}
			}
			if rest := text[from:]; len(rest) > 20 {
				t.Errorf("portions of %d: %q is left of %q", n, rest, text)
			}
		}
	}
}

// TestSplitLost: from a byte that is not allowed, or a bracket that opens no array, the
// text is one piece to its end, for all portions in which it arrives.
func TestSplitLost(t *testing.T) {
	for _, tc := range []struct {
		shell             bool
		whole, fault, end string
	}{
		{true, "[{a:1} ] ", "]", " {b:1}\n{c:1}\n"},
		{false, `[{"a":1}]`, "]", "{\"b\":1} {\"c\":1}"},
		{false, `{"a":1}`, "[\"b", "\":1} {\"c\":1}"},
		{false, `[{"a":1}`, "{", "\"b\":1}, {\"c\":1}]"},
		{true, "{a:1}", "/x", "{b:1} {c:1}"},
	} {
		text := tc.whole + tc.fault + tc.end
		lost := len(tc.whole) + len(tc.fault) // bytes that decide
		for n := 1; n <= len(text); n++ {
			s := textcut.NewSplitter(textcut.Start, tc.shell, math.MaxInt)
			rest, fed := "", 0
			for fed < len(text) {
				next := min(n, len(text)-fed)
				rest += text[fed : fed+next]
				fed += next
				cut := s.Split([]byte(rest))
				if fed >= lost && cut != len(rest) {
					t.Errorf("portions of %d: a cut at %d in %q after the fault in %q", n, cut, rest, text)
				}
				if fed < lost && fed-len(rest)+cut > len(tc.whole) {
					t.Errorf("portions of %d: a cut inside the fault of %q", n, text)
				}
				rest = rest[cut:]
			}
		}
	}
}
