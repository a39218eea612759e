package oneline

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, tc := range []struct {
		s     string
		limit int
		want  string
	}{
		{"", 10, ""},
		{"/a/b", 10, "/a/b"},
		{"größe 🙂", 20, "größe 🙂"},
		{"a\nb\x1b[0m\x7f", 40, `a\nb\x1b[0m\x7f`},
		{"\u0085\u2028\u202e\ufeff", 40, `\u0085\u2028\u202e\ufeff`},
		{"\xff\xc3", 40, `\xff\xc3`},
		{"\ufffd", 40, "\ufffd"},
		{"0123456789abcdef", 9, "012…def"},
		{"ééééééééé", 9, "é…é"},
		{strings.Repeat("x", 1<<20) + "end", 9, "xxx…end"},
		{"0123456789", 3, "…"},
	} {
		if got := Clean(tc.s, tc.limit); got != tc.want {
			t.Errorf("Clean(%.40q, %d) = %q, want %q", tc.s, tc.limit, got, tc.want)
		}
	}
}

// What is left of a text that is too long is as much of its start and its end as fits
// half of the limit each, in whole characters.
func TestCleanCuts(t *testing.T) {
	half := func(s string, n int) (start, end string) {
		for _, r := range s {
			if len(start)+utf8.RuneLen(r) > n {
				break
			}
			start += string(r)
		}
		runes := []rune(s)
		for i := len(runes) - 1; i >= 0 && len(end)+utf8.RuneLen(runes[i]) <= n; i-- {
			end = string(runes[i]) + end
		}
		return start, end
	}
	for _, s := range []string{
		"0123456789abcdefghijklmnopqrstuvwxyz", "éàüöäñçßéàüöäñçßéàüöäñç", "🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃", "a🙂é漢b🙂é漢c🙂é漢d🙂é漢e🙂é漢",
		strings.Repeat("aé漢🙂", 100),
	} {
		for limit := len(ellipsis); limit < min(len(s), 32); limit++ {
			start, end := half(s, (limit-len(ellipsis))/2)
			if got := Clean(s, limit); got != start+ellipsis+end {
				t.Errorf("Clean(%.40q, %d) = %q, want %q", s, limit, got, start+ellipsis+end)
			}
		}
	}
}

// FuzzClean states that Clean returns one printable line of limited length, and
// s unchanged if s is such a line.
func FuzzClean(f *testing.F) {
	f.Add("a\nb", 10)
	f.Add("\xffé\u2028"+strings.Repeat("long ", 100), 30)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < len(ellipsis) || limit > 1<<20 {
			t.Skip("a limit that no caller has")
		}
		got := Clean(s, limit)
		if len(got) > limit || !utf8.ValidString(got) {
			t.Fatalf("Clean(%q, %d) = %q", s, limit, got)
		}
		fine := utf8.ValidString(s) && len(s) <= limit
		for _, r := range s {
			fine = fine && (unicode.IsPrint(r) || r == ' ')
		}
		if fine && got != s {
			t.Errorf("Clean(%q, %d) = %q, want it as it was", s, limit, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("Clean(%q, %d) = %q has %U", s, limit, got, r)
			}
		}
	})
}

// A line of JSON means the same after EscapeJSON, and is the same if it has
// nothing to escape.
func TestEscapeJSON(t *testing.T) {
	for _, tc := range []struct{ line, want string }{
		{"", ""},
		{"{\"a\":\"é🙂\\n\"}\n", "{\"a\":\"é🙂\\n\"}\n"},
		{"{\"\u009b1m\":\"\x7f\u202e\u2028\"}\n", `{"\u009b1m":"\u007f\u202e\u2028"}` + "\n"},
		{"{\"a\":\"\x7f\"}\n", `{"a":"\u007f"}` + "\n"},
		{"{\"a\":\"\U000e0041\"}\n", `{"a":"\udb40\udc41"}` + "\n"},
	} {
		got := string(EscapeJSON([]byte(tc.line)))
		if got != tc.want {
			t.Errorf("%q becomes %q, want %q", tc.line, got, tc.want)
		}
	}
}
