package jsontext_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/jsontext"
)

// reference does the work of Of with package encoding/json. It differs for
// duplicate keys and for null.
func reference(data []byte, key string) (text string, ok bool) {
	if json.Unmarshal(data, &text) == nil {
		return text, true
	}
	var object map[string]string
	err := json.Unmarshal(data, &object)
	text, ok = object[key]
	return text, err == nil && ok && len(object) == 1
}

var texts = []string{
	`"a"`, ` "a" `, "\t\"\"\r\n", `"é\u00e9\"\\\/\b\f\n\r\t"`, `"\ud83d\ude00"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\ude00"`,
	`"\u0000\u0001\ud7ff\ue000\uffff"`,
	`"\uD83D\uDE00"`, "\"\xff\xfe\"", "\"\xed\xa0\x80\"", "\"\x7f\"",
	`{"k":"v"}`, ` { "k" : "v" } `, `{"\u006b":"\u0076"}`, `{"k":""}`,
	`{"x":"v"}`, `{"k":1}`, `{"k":"v","x":"w"}`, `{"x":"w","k":"v"}`, `{"k":{"k":"v"}}`, `{}`, `[]`, `["a"]`, `1`, `true`, ``, ` `,
	`"`, `"a`, `"\`, `"\"`, `"\x"`, `"\u"`, `"\u12"`, `"\u12g4"`, `"\u12G4"`, `"\u:234"`, "\"\x1f\"", "\"a\n", "\"a\t", "\"\n", "\"a\r \n", "{\"k\":\"a\n}", "{\"k\n:\"a\"}", `"\ `, "\"\\\n", `"a"b`, `"a" "b"`, `'a'`, `a"`, `"a"}`,
	`{`, `{"`, `{"k"`, `{"k":`, `{"k" "v"}`, `{"k":"v"`, `{"k":"v"]`, `{"k":"v"}}`, `{"k":"v",}`, `{k:"v"}`, `{,"k":"v"}`, `{"k":"v"} "x"`,
}

// TestOf compares with encoding/json.
func TestOf(t *testing.T) {
	taken := 0
	for _, text := range texts {
		if agree(t, []byte(text)) {
			taken++
		}
	}
	if taken < 10 {
		t.Errorf("only %d texts are accepted", taken)
	}
}

// agree fails the test unless Of and encoding/json agree, and reports whether they
// accept data.
func agree(t *testing.T, data []byte) bool {
	t.Helper()
	got, ok := jsontext.Of(data, "k")
	want, wantOK := reference(data, "k")
	if ok != wantOK || ok && string(got) != want {
		t.Errorf("Of(%q) = %q, %t, want %q, %t", data, got, ok, want, wantOK)
	}
	return ok
}

// FuzzOf: if Of accepts data, encoding/json gives the same text.
func FuzzOf(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, ok := jsontext.Of(data, "k"); ok {
			agree(t, data)
		}
	})
}

func TestAllocs(t *testing.T) {
	data := []byte(`{"k":"v"}`)
	if n := testing.AllocsPerRun(100, func() { jsontext.Of(data, "k") }); n > 2 {
		t.Errorf("%v allocs, want at most 2", n)
	}
}

// TestAppendQuote: a string is written with the shortest escapes, and read back.
func TestAppendQuote(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", `""`},
		{"a é\u2028\U0001F600\x7f", "\"a é\u2028\U0001F600\x7f\""},
		{"\"\\/\b\f\n\r\t", `"\"\\/\b\f\n\r\t"`},
		{"\u0080\u07ff\u0800\uffff", "\"\u0080\u07ff\u0800\uffff\""},
		{"\x00\x0b\x1f", `"\u0000\u000b\u001f"`},
		{"a\xffb\xc3", "\"a\uFFFDb\uFFFD\""},
	} {
		got := jsontext.AppendQuote([]byte("x"), tc.text)
		if string(got) != "x"+tc.want {
			t.Errorf("%q: %s, want x%s", tc.text, got, tc.want)
		}
		if back, ok := jsontext.Of(got[1:], ""); !ok || string(back) != strings.ToValidUTF8(tc.text, "\uFFFD") {
			t.Errorf("%s is read as %q, %t", got, back, ok)
		}
	}
}
