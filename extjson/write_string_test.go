package extjson_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// slowQuote returns the expected text of a string or key, made character by
// character.
func slowQuote(s string, o extjson.EncodeOptions) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\f':
			b.WriteString(`\f`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ',
			o.EscapeHTML && strings.ContainsRune("<>&", r),
			(o.EscapeHTML || o.EscapeLines || o.EscapeControls) && (r == '\u2028' || r == '\u2029'),
			o.EscapeControls && (0x7F <= r && r < 0xA0 || r == '\u061c' || r == '\u200e' || r == '\u200f' ||
				'\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'),
			o.ASCII && 0x7F < r && r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		case o.ASCII && r > 0xFFFF:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(r-0x10000)>>10, 0xDC00+(r-0x10000)&0x3FF)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

var quoteOptions = []extjson.EncodeOptions{
	{}, {ASCII: true}, {EscapeHTML: true}, {ASCII: true, EscapeHTML: true}, {EscapeLines: true},
	{EscapeControls: true}, {EscapeControls: true, EscapeHTML: true}, {EscapeControls: true, ASCII: true},
	{InvalidUTF8: bson.UTF8Replace},
}

// checkQuote checks the text of s as a string and, if s can be a key, as a key. It
// also checks that s comes back if the text keeps every byte.
func checkQuote(t *testing.T, s string) {
	t.Helper()
	key := strings.ReplaceAll(s, "\x00", "0")
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendString(doc, key, s)
	doc = bsoncore.End(bsoncore.AppendNull(doc, "z"), mark)
	doc = doc[:len(doc):len(doc)] // no bytes to read after the document
	for _, o := range quoteOptions {
		got, err := o.AppendJSON(nil, doc)
		want := "{" + slowQuote(key, o) + ":" + slowQuote(s, o) + `,"z":null}`
		if err != nil || string(got) != want {
			t.Errorf("%q with %+v: %s, %v, want %s", s, o, got, err, want)
		}
		if !utf8.ValidString(s) {
			continue
		}
		back, err := extjson.AppendBSON(nil, got[:len(got):len(got)])
		if err != nil || string(back) != string(doc) {
			t.Errorf("%q comes back from %s as %x, %v, want %x", s, got, back, err, doc)
		}
	}
}

// TestQuote puts each special character, and its neighbours that are not special, at
// each place of strings of up to several words.
func TestQuote(t *testing.T) {
	special := []string{
		"\"", "\\", "/", "\x7f", " ", "!", "#", "[", "]", "<", ">", "&", "a",
		"~", "\u0080", "\u009b", "\u009f", "\u00a0", "é", "\u061b", "\u061c", "\u200d", "\u200e", "\u200f",
		"\u202e", "\u202f", "\u2065", "\u2066", "\u2069", "\u206a", "\u07ff", "\u0800", "\u2027", "\u2028", "\u2029", "\u202a",
		"\ud7ff", "\ue000", "\ufffd", "\uffff", "\U00010000", "🙂", "\U0010ffff",
	}
	for c := range rune(' ') {
		special = append(special, string(c))
	}
	for length := range 41 {
		checkQuote(t, strings.Repeat("x", length))
	}
	for _, c := range special {
		for _, length := range []int{0, 1, 6, 7, 8, 9, 15, 16, 17, 23, 40} {
			for at := range length + 1 {
				checkQuote(t, strings.Repeat("x", at)+c+strings.Repeat("y", length-at))
			}
		}
	}
}

// TestQuotePairs puts two special characters next to each other, at the ends of
// words, because one of them may affect the search for the other.
func TestQuotePairs(t *testing.T) {
	for _, a := range []string{"\"", "\\", "\x00", "\x1f", "é", "🙂", "\u2028"} {
		for _, b := range []string{"\"", "\\", "\x00", "!", "#", "]", "<", "\x7e", "\x7f", "é", "🙂"} {
			for at := range 18 {
				checkQuote(t, strings.Repeat("x", at)+a+b+"tail")
				checkQuote(t, strings.Repeat("é", at)+a+b)
			}
		}
	}
}

// TestQuoteAll writes a string with every ASCII character.
func TestQuoteAll(t *testing.T) {
	var all []byte
	for c := range byte(0x80) {
		all = append(all, c)
	}
	checkQuote(t, string(all))
	for _, c := range all {
		checkQuote(t, string(rune(c)))
	}
}

// badUTF8 has bytes that are not UTF-8, and the place of the first invalid byte.
var badUTF8 = []struct {
	name string
	text string
	at   int // offset of the first invalid byte
}{
	{"stray continuation", "\x80", 0},
	{"after text", "abc\xbf", 3},
	{"cut short", "ab\xc3", 2},
	{"cut short, three", "\xe2\x82", 0},
	{"cut short, four", "é\xf0\x9f\x99", 2},
	{"overlong NUL", "\xc0\x80", 0},
	{"overlong slash", "x\xe0\x80\xaf", 1},
	{"surrogate", "\xed\xa0\x80", 0},
	{"pair of surrogates", "\xed\xa0\xbd\xed\xb9\x82", 0},
	{"above U+10FFFF", "\xf4\x90\x80\x80", 0},
	{"five bytes", "\xf8\x88\x80\x80\x80", 0},
	{"0xff", "\xff", 0},
	{"in the second word", "abcdefghij\xff", 10},
	{"on a word's edge", "abcdefg\xc3\"", 7},
	{"before an escape", "abcdefg\xc3\n", 7},
	{"behind an escape", "abc\n\"defgh\xc3", 10},
	{"behind good ones", "日本語🙂é\xe6", 15},
}

// TestInvalidUTF8 puts bytes that are not UTF-8 at every place for text in a
// document. before and after are the rest of the document, in hexadecimal.
func TestInvalidUTF8(t *testing.T) {
	id := unhex(t, "56e1fc72e0c917e9c4714161")
	for _, place := range []struct {
		name    string
		build   func(dst []byte, s string) []byte
		at      int // offset of the text in the document
		pointer string
		text    string // %s is the text in quotes
	}{
		{"string", func(dst []byte, s string) []byte { return bsoncore.AppendString(dst, "k", s) }, 11, "/k", `{"k":%s}`},
		{"symbol", func(dst []byte, s string) []byte { return bsoncore.AppendSymbol(dst, "k", s) }, 11, "/k", `{"k":{"$symbol":%s}}`},
		{"code", func(dst []byte, s string) []byte { return bsoncore.AppendCode(dst, "k", s) }, 11, "/k", `{"k":{"$code":%s}}`},
		{"code with scope", func(dst []byte, s string) []byte {
			return bsoncore.AppendCodeWithScope(dst, "k", s, []byte("\x05\x00\x00\x00\x00"))
		}, 15, "/k", `{"k":{"$code":%s,"$scope":{}}}`},
		{"scope", func(dst []byte, s string) []byte {
			scope, mark := bsoncore.Begin(nil)
			scope = bsoncore.End(bsoncore.AppendString(scope, "v", s), mark)
			return bsoncore.AppendCodeWithScope(dst, "k", "", scope)
		}, 27, "/k/v", `{"k":{"$code":"","$scope":{"v":%s}}}`},
		{"pattern", func(dst []byte, s string) []byte { return bsoncore.AppendRegex(dst, "k", s, "") }, 7, "/k", `{"k":{"$regularExpression":{"pattern":%s,"options":""}}}`},
		{"options", func(dst []byte, s string) []byte { return bsoncore.AppendRegex(dst, "k", "ab", s) }, 10, "/k", ""},
		{"namespace", func(dst []byte, s string) []byte {
			return bsoncore.AppendDBPointer(dst, "k", s, [12]byte(id))
		}, 11, "/k", `{"k":{"$dbPointer":{"$ref":%s,"$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}}`},
		{"nested string", func(dst []byte, s string) []byte {
			dst, mark := bsoncore.BeginArray(dst, "k")
			return bsoncore.End(bsoncore.AppendString(dst, "0", s), mark)
		}, 18, "/k/0", `{"k":[%s]}`},
	} {
		t.Run(place.name, func(t *testing.T) {
			for _, bad := range badUTF8 {
				doc, mark := bsoncore.Begin(nil)
				doc = bsoncore.End(bsoncore.AppendNull(place.build(doc, bad.text), "z"), mark)
				for _, o := range quoteOptions[:4] {
					_, err := encode(t, o, doc)
					wantFault(t, err, fault{Offset: int64(place.at + bad.at), Pointer: place.pointer, Err: bson.ErrUTF8})
				}
				if place.text == "" {
					continue
				}
				for _, o := range quoteOptions {
					o.InvalidUTF8 = bson.UTF8Replace
					got, err := encode(t, o, doc)
					inner := fmt.Sprintf(place.text, slowQuote(bad.text, o))
					wantText(t, got, err, inner[:len(inner)-1]+`,"z":null}`)
				}
			}
		})
	}
}

func TestInvalidUTF8Key(t *testing.T) {
	for _, bad := range badUTF8 {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendNull(doc, "a")
		doc, inner := bsoncore.BeginDocument(doc, "b")
		doc = bsoncore.AppendNull(doc, bad.text)
		doc = bsoncore.End(bsoncore.End(doc, inner), mark)
		_, err := encode(t, extjson.EncodeOptions{}, doc)
		pointer := "/b" + string(bsoncore.AppendPointer(nil, []byte(bad.text)))
		wantFault(t, err, fault{Offset: int64(15 + bad.at), Pointer: pointer, Err: bson.ErrUTF8})
		o := extjson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}
		got, err := encode(t, o, doc)
		wantText(t, got, err, `{"a":null,"b":{`+slowQuote(bad.text, o)+`:null}}`)
	}
}

// TestInvalidUTF8ArrayKey: array keys are not written, but an invalid array key is an
// error.
func TestInvalidUTF8ArrayKey(t *testing.T) {
	for _, bad := range badUTF8 {
		dst, mark := bsoncore.Begin(nil)
		dst, inner := bsoncore.BeginArray(dst, "b")
		dst = bsoncore.AppendNull(bsoncore.AppendNull(dst, "0"), bad.text)
		doc := bsoncore.End(bsoncore.End(dst, inner), mark)
		_, err := encode(t, extjson.EncodeOptions{}, doc)
		pointer := "/b" + string(bsoncore.AppendPointer(nil, []byte(bad.text)))
		wantFault(t, err, fault{Offset: int64(15 + bad.at), Pointer: pointer, Err: bson.ErrUTF8})
		got, err := encode(t, extjson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}, doc)
		wantText(t, got, err, `{"b":[null,null]}`)
	}
}

// A regex that needs an escape is no literal of the shell, because a literal has
// none.
func TestEscapedRegex(t *testing.T) {
	for _, tc := range []struct {
		o       extjson.EncodeOptions
		pattern string
		want    string
	}{
		{extjson.EncodeOptions{}, "a<é\u202e", "/a<é\u202e/i"},
		{extjson.EncodeOptions{EscapeControls: true}, "a<é", "/a<é/i"},
		{extjson.EncodeOptions{EscapeControls: true}, "a\u202e", `RegExp("a\u202e", "i")`},
		{extjson.EncodeOptions{EscapeControls: true}, "a\x7f", `RegExp("a\u007f", "i")`},
		{extjson.EncodeOptions{EscapeControls: true}, "\u009b1m", `RegExp("\u009b1m", "i")`},
		{extjson.EncodeOptions{EscapeLines: true}, "a", "/a/i"},
		{extjson.EncodeOptions{EscapeLines: true}, "a\u2028", `RegExp("a\u2028", "i")`},
		{extjson.EncodeOptions{ASCII: true}, "é", `RegExp("\u00e9", "i")`},
		{extjson.EncodeOptions{EscapeHTML: true}, "<", `RegExp("\u003c", "i")`},
	} {
		tc.o.Mode = extjson.Shell
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendRegex(doc, "a", tc.pattern, "i"), mark)
		got, err := tc.o.AppendJSON(nil, doc)
		if want := `{"a":` + tc.want + `}`; err != nil || string(got) != want {
			t.Errorf("%q with %+v: %s, %v, want %s", tc.pattern, tc.o, got, err, want)
		}
		if back, err := (extjson.DecodeOptions{Shell: true}).AppendBSON(nil, got); err != nil || string(back) != string(doc) {
			t.Errorf("%s comes back as %x, %v, want %x", got, back, err, doc)
		}
	}
}
