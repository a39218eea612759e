package tabular_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// TestParseColumn compares headers with their columns, and the headers that are written
// for them.
func TestParseColumn(t *testing.T) {
	for _, tc := range []struct {
		text   string
		column tabular.Column
		again  string // "": text
	}{
		{text: "a.int32()", column: tabular.Column{Path: []string{"a"}, Type: tabular.Int32}},
		{text: "a.b.string()", column: tabular.Column{Path: []string{"a", "b"}, Type: tabular.String}},
		{text: "a b,\n\"c\".auto()", column: tabular.Column{Path: []string{"a b,\n\"c\""}}},
		{text: ".uuid()", column: tabular.Column{Path: []string{""}, Type: tabular.UUID}},
		{text: "a..b.json()", column: tabular.Column{Path: []string{"a", "", "b"}, Type: tabular.JSON}},
		{text: "b.binary(base64)", column: tabular.Column{Path: []string{"b"}, Type: tabular.Binary, Arg: "base64"}},
		{text: "a.int32().string()", column: tabular.Column{Path: []string{"a", "int32()"}, Type: tabular.String}},
		{text: `a\.int32().string()`, column: tabular.Column{Path: []string{"a.int32()"}, Type: tabular.String}},
		{text: `a\\.string()`, column: tabular.Column{Path: []string{`a\`}, Type: tabular.String}},
		{text: `C:\dir.string()`, column: tabular.Column{Path: []string{`C:\dir`}, Type: tabular.String}, again: `C:\\dir.string()`},
		{text: `d.date(2006 \(01\) \\ 02)`, column: tabular.Column{Path: []string{"d"}, Type: tabular.Date, Arg: `2006 (01) \ 02`}},
		{text: "d.date()", column: tabular.Column{Path: []string{"d"}, Type: tabular.Date}},
	} {
		got, err := tabular.ParseColumn(tc.text)
		if diff := cmp.Diff(tc.column, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", tc.text, err, diff)
			continue
		}
		want := tc.again
		if want == "" {
			want = tc.text
		}
		if again := string(got.AppendHeader(nil)); again != want {
			t.Errorf("%q is written as %q, want %q", tc.text, again, want)
		}
		if again, err := tabular.ParseColumn(want); err != nil || !cmp.Equal(again, got) {
			t.Errorf("%q is read as %v, want %v; %v", want, again, got, err)
		}
	}
}

// TestParseColumnFaults compares the faults of headers with their places.
func TestParseColumnFaults(t *testing.T) {
	for _, tc := range []struct {
		text   string
		offset int64
		err    error
	}{
		{"", 0, tabular.ErrUntyped},
		{"a", 1, tabular.ErrUntyped},
		{"a.int32", 7, tabular.ErrUntyped},
		{"int32()", 7, tabular.ErrUntyped},
		{"a.()", 4, tabular.ErrUntyped},
		{"a.Int32()", 2, tabular.ErrType},
		{"a.b.float()", 4, tabular.ErrType},
		{"d.date(2006.01(02))", 12, tabular.ErrType},
		{"a.int32(4)", 8, tabular.ErrArgument},
		{"a.binary()", 9, tabular.ErrArgument},
		{"a.binary(HEX)", 9, tabular.ErrArgument},
		{"a.date(yes)", 7, tabular.ErrArgument},
		{"a.date_ms()", 10, tabular.ErrArgument},
		{"a.date_ms(yyyy-QQ)", 10, tabular.ErrArgument},
		{"a.date_ms(yyyy'x)", 10, tabular.ErrArgument},
		{"a.date_ms(yyyyfff)", 10, tabular.ErrArgument},
		{"a.date_oracle(YYYY-RR)", 14, tabular.ErrArgument},
		{"a\x00b.int32()", 1, tabular.ErrName},
		{"aé\xff.int32()", 3, tabular.ErrName},
	} {
		_, err := tabular.ParseColumn(tc.text)
		got, ok := errors.AsType[*tabular.HeaderError](err)
		if !ok {
			t.Errorf("%q: error is %v, want a *HeaderError", tc.text, err)
			continue
		}
		want := tabular.HeaderError{Header: tc.text, Offset: tc.offset, Err: tc.err}
		if diff := cmp.Diff(want, *got, cmpopts.EquateErrors(), cmpopts.IgnoreFields(tabular.HeaderError{}, "What")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.text, diff)
		}
	}
}

// TestNamesComeBack holds that each path is the path of its own name, with and without a
// type.
func TestNamesComeBack(t *testing.T) {
	keys := []string{"", ".", `\`, `\.`, "a", "a.int32()", "()", `\\..\`, "a(b)", " ", "\n", "é"}
	for _, first := range keys {
		for _, second := range keys {
			for _, path := range [][]string{{first}, {first, second}, {first, second, first}} {
				c := tabular.Column{Path: path, Type: tabular.Date, Arg: `2006 (\)`}
				if got, err := tabular.ParseColumn(string(c.AppendHeader(nil))); err != nil || !cmp.Equal(got, c) {
					t.Errorf("%q: %v, %v", c.AppendHeader(nil), got, err)
				}
				if got, err := tabular.ParseName(c.String()); err != nil || !cmp.Equal(got.Path, path) {
					t.Errorf("%q: %v, %v", c, got, err)
				}
			}
		}
	}
}

// TestSplitHeaders compares rows of headers with their headers.
func TestSplitHeaders(t *testing.T) {
	typed := tabular.DecodeOptions{Typed: true}
	for _, tc := range []struct {
		o    tabular.DecodeOptions
		text string
		want []string
		err  error
	}{
		{text: "", want: []string{""}},
		{text: "a,b.c", want: []string{"a", "b.c"}},
		{text: `"a,b",c`, want: []string{"a,b", "c"}},
		{text: "a(b,c)", want: []string{"a(b", "c)"}},
		{o: typed, text: "a.date(Jan 2, 2006),b.int32()", want: []string{"a.date(Jan 2, 2006)", "b.int32()"}},
		{o: typed, text: `a.date(\(, 2006),b.int32()`, want: []string{`a.date(\(, 2006)`, "b.int32()"}},
		{o: typed, text: `"a.date(Jan 2, 2006)",b.int32()`, want: []string{"a.date(Jan 2, 2006)", "b.int32()"}},
		{text: `a"`, err: tabular.ErrQuote},
		{text: "a\nb", err: tabular.ErrName},
	} {
		got, err := tc.o.SplitHeaders(tc.text)
		if diff := cmp.Diff(tc.want, got); diff != "" || !errors.Is(err, tc.err) {
			t.Errorf("%q: %v (-want +got):\n%s", tc.text, err, diff)
		}
	}
}
