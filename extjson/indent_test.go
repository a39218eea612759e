package extjson_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestLayOutDocuments: Compact and Indent give the text that AppendJSON writes with
// the same layout, and that of encoding/json where both layouts are equal.
func TestLayOutDocuments(t *testing.T) {
	for _, doc := range sample.Documents(sample.Wild, 5, 400) {
		for _, mode := range []extjson.Mode{extjson.Relaxed, extjson.Canonical} {
			want, err := extjson.EncodeOptions{Mode: mode, Indent: "  "}.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			compact, err := extjson.EncodeOptions{Mode: mode}.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			got, err := extjson.Indent([]byte("x"), compact, "  ")
			wantText(t, string(got), err, "x"+string(want))
			for _, s := range []extjson.Spacing{extjson.PythonSpacing, extjson.LibbsonSpacing} {
				spaced, err := extjson.EncodeOptions{Mode: mode, Spacing: s}.AppendJSON(nil, doc)
				if err != nil {
					t.Fatal(err)
				}
				got, err := extjson.Compact(nil, spaced)
				wantText(t, string(got), err, string(compact))
			}
			got, err = extjson.Compact(nil, want)
			wantText(t, string(got), err, string(compact))
		}
	}
}

func TestCompact(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{" 1.50e+00 ", "1.50e+00"},
		{"-0", "-0"},
		{"[ 1 , 2.0 , [ ] , { } ]", "[1,2.0,[],{}]"},
		{"\ufeff{\"a\" :\t\"\\u0041 \\/\" ,\n\"a\":null}", `{"a":"\u0041 \/","a":null}`},
		{"\"\"", `""`},
		{strings.Repeat("9", 5000), strings.Repeat("9", 5000)},
	} {
		got, err := extjson.Compact(nil, []byte(tc.text))
		wantText(t, string(got), err, tc.want)
		var want bytes.Buffer
		if json.Compact(&want, []byte(strings.TrimPrefix(tc.text, "\ufeff"))) != nil || want.String() != tc.want {
			t.Errorf("encoding/json gives %s for %q", &want, tc.text)
		}
	}
	for _, tc := range []struct {
		text, pointer string
		err           error
	}{
		{`¦`, "", extjson.ErrTruncated},
		{`[1¦`, "/0", extjson.ErrTruncated},
		{`[1 ¦2]`, "/0", extjson.ErrToken},
		{`[1,¦]`, "/1", extjson.ErrToken},
		{`{"a":[{"b/":¦x}]}`, "/a/0/b~1", extjson.ErrToken},
		{`{"a":1,¦}`, "/a", extjson.ErrToken},
		{`{"a" ¦1}`, "/a", extjson.ErrToken},
		{`{¦a:1}`, "", extjson.ErrToken},
		{`[1]¦]`, "", extjson.ErrTrailing},
		{`["¦` + "\x01" + `"]`, "/0", extjson.ErrControl},
		{`["\¦x"]`, "/0", extjson.ErrEscape},
		{`{"a":{"b\¦x":1}}`, "/a", extjson.ErrEscape},
		{`{"a":[{"b¦`, "/a/0", extjson.ErrTruncated},
		{`["¦` + "\xff" + `"]`, "/0", bson.ErrUTF8},
		{`["¦\ud800"]`, "/0", extjson.ErrSurrogate},
		{`[-¦]`, "/0", extjson.ErrNumber},
		{`[0¦1]`, "/0", extjson.ErrToken},
		{`[nul¦x]`, "/0", extjson.ErrToken},
		{"[1,\n  ¦'a']", "/1", extjson.ErrToken},
	} {
		text, want := marked(t, tc.text, tc.pointer, tc.err)
		if tc.text == `{¦a:1}` || tc.text == `{"a" ¦1}` || tc.text == `{"a":1,¦}` {
			_, err := extjson.Compact(nil, []byte(text))
			if got := faultOf(t, err); got.Offset != want.Offset || got.Err != want.Err {
				t.Errorf("%s: %+v", text, got)
			}
			continue
		}
		got, err := extjson.Compact([]byte("x"), []byte(text))
		wantFault(t, err, want)
		if string(got) != "x" {
			t.Errorf("%s: dst is %q after an error", text, got)
		}
	}
	for _, n := range []int{1000, 1001} {
		text := strings.Repeat("[", n) + strings.Repeat("]", n)
		if _, err := extjson.Indent(nil, []byte(text), " "); (err != nil) != (n > 1000) {
			t.Errorf("%d levels: %v", n, err)
		}
	}
}

func TestIndentText(t *testing.T) {
	got, err := extjson.Indent(nil, []byte(`{"$oid":1,"a":{"$oid":"x"},"b":{"$code":"x","$scope":{"c":1,"d":[]}},"e":[{"$gt":1.0}]}`), "\t")
	wantText(t, string(got), err, `{
	"$oid": 1,
	"a": {"$oid":"x"},
	"b": {"$code":"x","$scope":{
		"c": 1,
		"d": []
	}},
	"e": [
		{
			"$gt": 1.0
		}
	]
}`)
}

func TestExcerpt(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"{\"a\":1,\n\"b\":x}\n", `"b":x`},
		{`{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":x,"b":1}`, `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":x`},
		{"{\r\n\"ééééééééééééééééééé\":\"" + "\xff" + "日\"}\r\n", "éééééééééééééééééé\":\""},
		{``, ``},
	} {
		_, err := extjson.AppendBSON(nil, []byte(tc.text))
		e, ok := err.(*extjson.SyntaxError)
		if !ok {
			t.Fatalf("%q: %v", tc.text, err)
		}
		if e.Excerpt != tc.want {
			t.Errorf("%q: excerpt %q, want %q", tc.text, e.Excerpt, tc.want)
		}
	}
}
