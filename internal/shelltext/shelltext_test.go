package shelltext_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/internal/shelltext"
)

// TestIsLiteralRegex: a regex is a literal if the shell reads /pattern/options as
// the same two texts.
func TestIsLiteralRegex(t *testing.T) {
	for _, tc := range []struct {
		pattern, options string
		want             bool
	}{
		{"a", "", true},
		{"a", "imx", true},
		{`a\/b`, "", true},
		{"[/]", "", true},
		{`[\]/]`, "", true},
		{"é", "", true},
		{"", "", false},
		{"*", "", false},
		{"a/b", "", false},
		{"a]/b", "", false},
		{"[", "", false},
		{`\`, "", false},
		{"a\n", "", false},
		{"\\\n", "", false},
		{"\u2028", "", false},
		{"\\\u2029", "", false},
		{"\xff", "", false},
		{"a", "1", false},
		{"a", "é", false},
	} {
		if got := shelltext.IsLiteralRegex([]byte(tc.pattern), []byte(tc.options)); got != tc.want {
			t.Errorf("/%s/%s: %t, want %t", tc.pattern, tc.options, got, tc.want)
		}
	}
}
