package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// split returns the rows of text, and the error at its end. The text arrives in portions
// of n bytes. Lines without a byte are no rows.
func split(s Syntax, text string, n int) (rows [][]string, at int, err error) {
	d := newSplitter(s)
	var room []byte
	for len(text) > 0 {
		d.reset()
		size := 0
		for have := min(n, len(text)); size == 0; have = min(have+n, len(text)) {
			if size, err = d.next([]byte(text[:have]), have == len(text)); err != nil {
				return rows, at + d.fault, err
			}
		}
		if !d.blank() {
			var row []string
			for _, f := range d.spans {
				row = append(row, string(fieldText([]byte(text), f, &room)))
			}
			rows = append(rows, row)
		}
		text = text[size:]
		at += size
	}
	return rows, at, nil
}

// TestSplit compares texts with their rows.
func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		syntax     Syntax
		rows       [][]string
	}{
		{name: "nothing"},
		{name: "fields", text: "a,b\nc,d\n", rows: [][]string{{"a", "b"}, {"c", "d"}}},
		{name: "no line end", text: "a,b\nc,d", rows: [][]string{{"a", "b"}, {"c", "d"}}},
		{name: "CR LF", text: "a,b\r\nc,d\r\n", rows: [][]string{{"a", "b"}, {"c", "d"}}},
		{name: "CR", text: "a,b\rc,d\r", rows: [][]string{{"a", "b"}, {"c", "d"}}},
		{name: "all line ends", text: "a\rb\nc\r\nd\n\re\r\r\nf", rows: [][]string{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}}},
		{name: "empty fields", text: ",\n,,\r\n\"\",\n", rows: [][]string{{"", ""}, {"", "", ""}, {"", ""}}},
		{name: "a comma at the end", text: "a,", rows: [][]string{{"a", ""}}},
		{name: "quotes", text: `"a,b","c""d",""""` + "\n", rows: [][]string{{"a,b", `c"d`, `"`}}},
		{name: "line ends in quotes", text: "\"a\r\nb\rc\nd\",e\n", rows: [][]string{{"a\r\nb\rc\nd", "e"}}},
		{name: "quotes at the end", text: `a,"b"`, rows: [][]string{{"a", "b"}}},
		{name: "two quotes are a row", text: "\"\"\n\n\"\"", rows: [][]string{{""}, {""}}},
		{name: "blanks stay", text: " a , b \n", rows: [][]string{{" a ", " b "}}},
		{name: "tabs", syntax: Syntax{Comma: '\t'}, text: "a,b\t\"c\td\"\n", rows: [][]string{{"a,b", "c\td"}}},
		{name: "literal quotes", syntax: Syntax{LiteralQuotes: true}, text: "\"a,b\"\n\"\n", rows: [][]string{{`"a`, `b"`}, {`"`}}},
		{name: "any bytes", text: "a\x00\xff,\u2028\n", rows: [][]string{{"a\x00\xff", "\u2028"}}},
	} {
		for n := 1; n <= len(tc.text)+1; n++ {
			rows, _, err := split(tc.syntax, tc.text, n)
			if diff := cmp.Diff(tc.rows, rows); diff != "" || err != nil {
				t.Errorf("%s, in portions of %d: %v (-want +got):\n%s", tc.name, n, err, diff)
			}
		}
	}
}

// TestSplitFaults compares texts with their faults.
func TestSplitFaults(t *testing.T) {
	for _, tc := range []struct {
		text string
		at   int
		err  error
	}{
		{`a"b`, 1, ErrQuote},
		{"a,b\nc, \"d\"", 7, ErrQuote},
		{`"a"b`, 3, ErrAfterQuote},
		{`"a" ,b`, 3, ErrAfterQuote},
		{"\"a\"\x00", 3, ErrAfterQuote},
		{`"a`, 0, ErrUnclosed},
		{"a\nb,\"c\nd\n", 4, ErrUnclosed},
		{`"a""`, 0, ErrUnclosed},
		{`"`, 0, ErrUnclosed},
	} {
		for n := 1; n <= len(tc.text); n++ {
			_, at, err := split(Syntax{}, tc.text, n)
			if at != tc.at || !errors.Is(err, tc.err) || !errors.Is(err, ErrRow) {
				t.Errorf("%q, in portions of %d: offset %d, %v; want %d, %v", tc.text, n, at, err, tc.at, tc.err)
			}
		}
	}
}

// splitSeeds are the texts that FuzzSplit starts with.
var splitSeeds = []string{
	"a,b\nc,d\n", "\"a\"\"b\",\r\n\n,c", "a\"b\n", "\"a", "\"a\"b", "\"\r\n\",\"\n\"\r\n", "\"\"", ",", "\xff,\x00\n",
}

// FuzzSplit holds that rows do not depend on the portions in which the text arrives, that
// pieces of the Cutter have the same rows, and that package encoding/csv agrees on every
// text that both define. It has no carriage return as line end, and changes it in quotes
// before a line feed.
func FuzzSplit(f *testing.F) {
	for _, text := range splitSeeds {
		f.Add(text, uint8(1), false)
		f.Add(text, uint8(3), true)
	}
	f.Fuzz(func(t *testing.T, text string, portion uint8, tabs bool) {
		checkSplit(t, text, int(portion)+1, tabs)
	})
}

// checkSplit is the property of FuzzSplit.
func checkSplit(t *testing.T, text string, portion int, tabs bool) {
	t.Helper()
	var s Syntax
	if tabs {
		s.Comma = '\t'
	}
	rows, at, err := split(s, text, len(text)+1)
	again, atAgain, errAgain := split(s, text, portion)
	if diff := cmp.Diff(rows, again); diff != "" || at != atAgain || err != errAgain {
		t.Fatalf("in portions of %d: offset %d, %v; want %d, %v (-want +got):\n%s", portion, atAgain, errAgain, at, err, diff)
	}
	if err == nil {
		checkCut(t, s, text, portion, rows)
	}
	if strings.Contains(text, "\r") {
		return
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = rune(s.comma()), -1
	var want [][]string
	var wantErr error
	for {
		row, err := r.Read()
		if err != nil {
			if err != io.EOF {
				wantErr = err
			}
			break
		}
		want = append(want, row)
	}
	if diff := cmp.Diff(want, rows); diff != "" || (err == nil) != (wantErr == nil) {
		t.Fatalf("%v, encoding/csv: %v (-encoding/csv +got):\n%s", err, wantErr, diff)
	}
}

// checkCut holds that the pieces of text have the given rows.
func checkCut(t *testing.T, s Syntax, text string, portion int, rows [][]string) {
	t.Helper()
	c := NewCutter(s)
	var got [][]string
	for have, rest := 0, text; len(rest) > 0; {
		have = min(have+portion, len(rest))
		n := c.Cut([]byte(rest[:have]))
		if n == 0 {
			if have < len(rest) {
				continue
			}
			n = have
		}
		piece, _, err := split(s, rest[:n], n+1)
		if err != nil {
			t.Fatalf("a piece has a fault: %q: %v", rest[:n], err)
		}
		got = append(got, piece...)
		rest, have = rest[n:], 0
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Fatalf("in pieces (-want +got):\n%s", diff)
	}
}

// TestSplitSmall checks the property of FuzzSplit for all short texts of the bytes that
// count.
func TestSplitSmall(t *testing.T) {
	const bytesThatCount, most = "a,\"\n\r", 5
	text := make([]byte, 0, most)
	var all func()
	all = func() {
		checkSplit(t, string(text), 1, false)
		if len(text) == most {
			return
		}
		for _, c := range []byte(bytesThatCount) {
			text = append(text, c)
			all()
			text = text[:len(text)-1]
		}
	}
	all()
}

// TestCut compares texts with the lengths of pieces.
func TestCut(t *testing.T) {
	for _, tc := range []struct {
		text string
		want int
	}{
		{"", 0},
		{"a,b", 0},
		{"a,b\n", 4},
		{"a,b\nc", 4},
		{"a,b\nc\r", 4},
		{"a\rb\r", 2},
		{"a\r", 0},
		{"a\n\"b\nc\nd", 2},
		{"a\n\"b\nc\nd\"\ne", 10},
		{"\"a\"\"\nb", 0},
		{"\"a\"\"\nb\"\nc", 8},
		{"\"a\nb\"", 0},
	} {
		if got := NewCutter(Syntax{}).Cut([]byte(tc.text)); got != tc.want {
			t.Errorf("%q: %d, want %d", tc.text, got, tc.want)
		}
		for have := range len(tc.text) { // what it has seen does not count
			c := NewCutter(Syntax{})
			if n := c.Cut([]byte(tc.text[:have])); n > 0 {
				continue
			}
			if got := c.Cut([]byte(tc.text)); got != tc.want {
				t.Errorf("%q after %d bytes: %d, want %d", tc.text, have, got, tc.want)
			}
		}
	}
	if got := NewCutter(Syntax{LiteralQuotes: true}).Cut(bytes.Repeat([]byte("\"\n"), 3)); got != 6 {
		t.Errorf("literal quotes: %d, want 6", got)
	}
}
