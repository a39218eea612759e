package pty

import "testing"

func TestScreen(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", ""},
		{"a\r\nb\r\n", "a\nb"},
		{"abc\rx  ", "x"},
		{"a\r\nbar\r\n\x1b[1A\x1b[Jb\r\n", "a\nb"},
		{"a\r\nbar\r\nbaz\r\n\x1b[2A\x1b[J", "a"},
		{"long\r\x1b[Jb", "b"},
		{"a\r\n\x1b[12A\x1b[Jb", "b"},
		{"\x1b[1mbold\x1b[0m", "\x1b[1mbold\x1b[0m"},
	} {
		if got := Screen(tc.text); got != tc.want {
			t.Errorf("%q: the screen shows %q, want %q", tc.text, got, tc.want)
		}
	}
}
