package textcut_test

import (
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/textcut"
)

// The tests of package extjson compare the Splitter with the Decoder. These tests
// are for the parts that both use.

// TestFrame: a document ends at its last bracket, for all portions in which it
// arrives.
func TestFrame(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		shell      bool
		want       int // length of the document in bytes; -1: it does not end
	}{
		{"empty", `{}x`, false, 2},
		{"nested", `{"a":[{"b":1},2]},{`, false, 17},
		{"brackets in strings", `{"}\"}\\":"]"}{`, false, 14},
		{"long string", `{"0123456789abcdef}":1} `, false, 23},
		{"truncated in a string", `{"a":"}`, false, -1},
		{"truncated after a backslash", `{"a":"\`, false, -1},
		{"single quotes", `{'}':"'}"} `, true, 10},
		{"regex", `{a:/[/}]\/}/}}`, true, 13},
		{"comments", "{//}\n/*}**/}", true, 12},
		{"line comment with brackets", "{//}]'\n} }", true, 8},
		{"line comment in a line comment", "{// //}\n//}\n} }", true, 13},
		{"comment with stars", "{/***}**/} }", true, 10},
		{"comment with a star inside", "{/*a*b}*/} }", true, 10},
		{"comment that ends as it begins", "{/*/}*/} }", true, 8},
		{"escaped quote", "{\"\\\"}\":1} }", true, 9},
		{"escaped single quote", "{'\\'}':1} }", true, 9},
		{"other quotes", "{'a\"}':\"b'}\"} }", true, 13},
		{"escaped backslash", "{'\\\\':1} }", true, 8},
		{"brace in a regex", "{a:/}/} }", true, 7},
		{"escaped slash first", "{a:/\\/}/} }", true, 9},
		{"class first", "{a:/[/}]}/} }", true, 11},
		{"bracket in a class", "{a:/[[}]}/} }", true, 11},
		{"escaped bracket of a class", "{a:/[\\]/}]/} }", true, 12},
		{"nested, shell", "{a:[{b:[]}]} }", true, 12},
		{"brackets of both kinds", "{a:{b:[1]},c:[{}]} }", true, 18},
		{"comment without an end", `{/*}`, true, -1},
	} {
		for size := 1; size <= len(tc.text); size++ {
			f, got := textcut.NewFrame(tc.shell), -1
			for at := 0; at < len(tc.text); at += size {
				n, done := f.Scan([]byte(tc.text[at:min(at+size, len(tc.text))]))
				if done {
					got = at + n
					break
				}
			}
			if got != tc.want {
				t.Errorf("%s, portions of %d: ends at %d, want %d", tc.name, size, got, tc.want)
			}
		}
	}
}

// TestReopen: a Frame that was opened again ends at the bracket that closes its
// document.
func TestReopen(t *testing.T) {
	for _, shell := range []bool{false, true} {
		f := textcut.NewFrame(shell)
		f.Scan([]byte(`{"a":{`))
		f.Reopen()
		if n, done := f.Scan([]byte(`"a":[1]}}`)); n != 8 || !done {
			t.Errorf("shell %t: ends at %d, %t", shell, n, done)
		}
	}
}

// TestStarts: a byte order mark and a comment are known by their first bytes.
func TestStarts(t *testing.T) {
	for _, tc := range []struct {
		text    string
		mark    int
		open    bool
		comment bool
	}{
		{"", 0, true, false}, {"\xef", 0, true, false}, {"\xef\xbb", 0, true, false}, {"\xef\xbb\xbf", 3, false, false}, {"\xef\xbb\xbf\xef\xbb\xbf", 3, false, false},
		{"\xef\xbb{", 0, false, false}, {"\xbb\xbf", 0, false, false}, {"{", 0, false, false}, {" \xef\xbb\xbf", 0, false, false},
		{"/", 0, false, false}, {"//", 0, false, true}, {"/*", 0, false, true}, {"/* */", 0, false, true}, {"/a", 0, false, false}, {"*/", 0, false, false}, {"a/*", 0, false, false},
	} {
		text := []byte(tc.text)
		if textcut.SkipMark(text) != tc.mark || textcut.MarkOpen(text) != tc.open || textcut.StartsComment(text) != tc.comment {
			t.Errorf("%q: SkipMark %d, MarkOpen %t, StartsComment %t", tc.text, textcut.SkipMark(text), textcut.MarkOpen(text), textcut.StartsComment(text))
		}
	}
}

// TestEndString: EndString ends a string of JSON, but not a string of shell text.
func TestEndString(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		shell      bool
		want       bool
	}{
		{"JSON", `{"a`, false, true},
		{"JSON, after a backslash", `{"a\`, false, true},
		{"shell", `{"a`, true, false},
	} {
		f := textcut.NewFrame(tc.shell)
		f.Scan([]byte(tc.text))
		f.EndString()
		if _, done := f.Scan([]byte("}")); done != tc.want {
			t.Errorf("%s: the string ends: %t, want %t", tc.name, done, tc.want)
		}
	}
}

// TestBreaks tests finding the first byte of a word that is not plain.
func TestBreaks(t *testing.T) {
	plain := [8]byte{'a', ' ', '!', '#', 0x7F, 0x80, 0xFF, ']'}
	word := func(b [8]byte) (w uint64) {
		for i, c := range b {
			w |= uint64(c) << (8 * i)
		}
		return w
	}
	if m := textcut.Breaks(word(plain)); m != 0 {
		t.Errorf("Breaks of plain bytes is %x, want 0", m)
	}
	for i := range plain {
		for _, c := range []byte{'"', '\\', 0, 0x1F} {
			b := plain
			b[i] = c
			if got := textcut.FirstBreak(textcut.Breaks(word(b))); got != i {
				t.Errorf("FirstBreak of %q at %d is %d", c, i, got)
			}
		}
	}
}

// TestGap: white space and comments are read to their end, for all portions in which
// the text arrives.
func TestGap(t *testing.T) {
	for _, tc := range []struct {
		text  string
		shell bool
		at    int
		stop  textcut.Stop
	}{
		{"", true, 0, textcut.AtToken},
		{" \t\r\n", true, 4, textcut.AtToken},
		{" \f", true, 1, textcut.AtToken},
		{"\uFEFF ", true, 0, textcut.AtToken},
		{" // x\n /**/{", true, 11, textcut.AtToken},
		{"/*/*/{", true, 5, textcut.AtToken},
		{"/***/{", true, 5, textcut.AtToken},
		{"/* \n // */ x", true, 11, textcut.AtToken},
		{"// /* \nx", true, 7, textcut.AtToken},
		{" /", true, 1, textcut.AtSlash},
		{" /x/", true, 1, textcut.AtToken},
		{" // x", true, 1, textcut.InLine},
		{" /*/", true, 1, textcut.InComment},
		{" /* /* x *", true, 1, textcut.InComment},
		{"/**/ /*", true, 5, textcut.InComment},
		{" /**/", false, 1, textcut.AtToken},
	} {
		for size := 1; size <= len(tc.text)+1; size++ {
			g := textcut.NewGap(tc.shell)
			var stop textcut.Stop
			at := 0
			for to := 0; ; to += size {
				to = min(to, len(tc.text))
				at, stop = g.Skip([]byte(tc.text[:to]), at)
				if to == len(tc.text) {
					break
				}
			}
			if at != tc.at || stop != tc.stop {
				t.Errorf("%q in portions of %d, shell %t: stops at %d for reason %d, want %d, %d", tc.text, size, tc.shell, at, stop, tc.at, tc.stop)
			}
		}
	}
}

// TestGapLong: a comment ends within MaxComment bytes.
func TestGapLong(t *testing.T) {
	for _, tc := range []struct{ start, end string }{{"//", "\n"}, {"/*", "*/"}} {
		fill := textcut.MaxComment - len(tc.start) - len(tc.end)
		for _, more := range []int{0, 1} {
			text := []byte(tc.start + strings.Repeat("x", fill+more) + tc.end)
			g := textcut.NewGap(true)
			at, stop := g.Skip(text, 0)
			if more == 0 && (at != len(text) || stop != textcut.AtToken) || more == 1 && (at != 0 || stop != textcut.TooLong) {
				t.Errorf("%s, %d bytes too many: stops at %d of %d for reason %d", tc.start, more, at, len(text), stop)
			}
		}
	}
}

// TestGapOnce: bytes that were searched for the end of a comment are not
// searched again, for this comment or one that starts in it, also after the
// start of the text has been dropped. Bytes that changed meanwhile show it.
func TestGapOnce(t *testing.T) {
	for _, tc := range []struct{ start, end string }{{"//", "\n"}, {"/*", "*/"}} {
		text := []byte("{} " + tc.start + " x " + tc.start + "     ")
		g := textcut.NewGap(true)
		if at, _ := g.Skip(text, 3); at != 3 {
			t.Fatalf("%s: stops at %d", text, at)
		}
		copy(text[11:], tc.end)
		text = text[3:]
		g.Move(3)
		text = append(text, ' ')
		for _, off := range []int{0, 5} {
			if at, stop := g.Skip(text, off); at != off || stop == textcut.AtToken {
				t.Errorf("%s: %d to %d: searched twice", text, off, at)
			}
		}
		if at, _ := g.Skip(append(text, tc.end...), 5); at != len(text)+len(tc.end) {
			t.Errorf("%s: an end behind the searched bytes is not found: %d", text, at)
		}
	}
}
