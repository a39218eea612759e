package extjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/hold"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file tests the properties of all texts, on texts of every kind.

// kitchenSink has every wrapper, each with another spelling, numbers that become
// each type, and strings with each kind of character. All readers accept it, with
// RejectInexact too.
const kitchenSink = `{ "_id" : {"$oid":"56e1fc72e0c917e9c4714161"},
	"numbers": [0, -0, 1.5, -1e-7, 9223372036854775808, 100000000000000000000000000000000000000e-30, 18446744073709551617.0,
		{"$numberInt":"-1"}, {"$numberLong":"9223372036854775807"}, {"$numberDouble":"-Infinity"},
		{"$numberDouble":"1E+300"}, {"$numberDecimal":"1.20E-5"}, {"$numberInt" : "\u0031"}],
	"times": [{"$date":"2024-02-29T12:00:00.123Z"}, {"$date":{"$numberLong":"-1"}}, {"$date" : "1969-12-31T23:59:59+01:00"},
		{"$timestamp":{"t":1,"i":4294967295}}, {"$timestamp" : { "i" : 2 , "t" : 0 } }],
	"binary": [{"$binary":{"base64":"AQID","subType":"00"}}, {"$binary":{"subType":"2","base64":"\u0041Q\u003d="}},
		{"$uuid":"00112233-4455-6677-8899-aabbccddeeff"}, {"$binary":{"base64":"AQIDBAUGBwgJ\/w==","subType":"ff"}}],
	"code": [{"$code":"x"}, {"$code":"f()","$scope":{"a":{"$numberInt":"1"},"b":[{"$minKey":1}]}}, {"$scope":{},"$code":"\ud83d\ude42"}],
	"rare": [{"$symbol":"s"}, {"$regularExpression":{"pattern":"^a\\/b","options":"xi"}}, {"$regularExpression":{"options":"","pattern":""}},
		{"$dbPointer":{"$ref":"a.b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}, {"$dbPointer":{"$id":{"$oid":"56e1fc72e0c917e9c4714161"},"$ref":""}},
		{"$undefined":true}, {"$minKey":1}, {"$maxKey" : 1}, true, false, null],
	"text é日🙂": "é日🙂 \u00e9\u65e5\ud83d\ude42 \"\\\/\b\f\n\r\t\u0000 and a long plain tail of some words",
	"\u0024ref": {"$ref":"c","$id":1,"$db":"d"}, "query": {"$type":2,"$regex":"a","$options":"i","\u0024gt":[[[{}]]]},
	"": {}, "last": [ ] } `

// sampleTexts returns texts of every kind.
func sampleTexts(tb testing.TB) []string {
	tb.Helper()
	texts := []string{kitchenSink}
	for _, mix := range []sample.Mix{sample.Collection, sample.Bench, sample.Wild} {
		for _, doc := range sample.Documents(mix, 7, 60) {
			if len(doc) > 20_000 {
				continue
			}
			for _, mode := range []extjson.Mode{extjson.Canonical, extjson.Relaxed} {
				text, err := extjson.EncodeOptions{Mode: mode}.AppendJSON(nil, doc)
				if err != nil {
					tb.Fatal(err)
				}
				texts = append(texts, string(text))
			}
		}
	}
	return texts
}

// TestSampleRoundTrip: canonical text gives back the same bytes, compact or
// indented, ASCII or not.
func TestSampleRoundTrip(t *testing.T) {
	for _, mix := range []sample.Mix{sample.Collection, sample.Bench, sample.Wild} {
		for i, doc := range sample.Documents(mix, 11, 300) {
			for _, o := range []extjson.EncodeOptions{
				{}, {ASCII: true}, {Indent: "\t"}, {EscapeHTML: true, Indent: " "},
			} {
				o.Mode = extjson.Canonical
				o.RejectLossy = true
				text, err := o.AppendJSON(nil, doc)
				if err != nil {
					t.Fatalf("mix %d, document %d: %v", mix, i, err)
				}
				if !json.Valid(text) || !utf8.Valid(text) || o.ASCII && strings.ContainsFunc(string(text), func(r rune) bool { return r > 0x7F }) {
					t.Errorf("mix %d, document %d, %+v: %s", mix, i, o, text)
				}
				back, err := extjson.AppendBSON(nil, text)
				if err != nil || !bytes.Equal(back, doc) {
					t.Fatalf("mix %d, document %d, %+v: %v\n%s\n%x\n%x", mix, i, o, err, text, doc, back)
				}
			}
		}
	}
}

// TestTruncated: the error of every truncated text is ErrTruncated at its end.
// Streams need this.
func TestTruncated(t *testing.T) {
	options := []extjson.DecodeOptions{{}, {RejectInexact: true}, {InvalidUTF8: bson.UTF8Replace}}
	check := func(text string, o extjson.DecodeOptions) {
		whole := strings.TrimRight(text, " \n")
		if _, err := o.AppendBSON(nil, []byte(whole)); err != nil {
			t.Fatalf("%+v: %v: %s", o, err, whole)
		}
		for n := 0; n < len(whole); n += race.Slowdown {
			_, err := o.AppendBSON(nil, []byte(whole[:n]))
			var e *extjson.SyntaxError
			if !errors.As(err, &e) || e.Err != extjson.ErrTruncated || e.Offset != int64(n) {
				t.Fatalf("%+v: %d bytes, up to %q: %v", o, n, whole[max(0, n-20):n], err)
			}
		}
	}
	for _, o := range options {
		check(kitchenSink, o)
		// Digits that overflow, or are not exact, without the exponent after them.
		check(`{"a":[1`+hundred+hundred+hundred+hundred+`e-300,9223372036854775809.5,1`+hundred+`E1]}`, o)
	}
	for _, text := range sampleTexts(t)[1:] {
		if len(text) < 3000 {
			check(text, options[0])
		}
	}
}

// TestTruncatedDialects is TestTruncated for texts of other modes and layouts.
func TestTruncatedDialects(t *testing.T) {
	var docs [][]byte
	for _, doc := range sample.Documents(sample.Wild, 5, 60) {
		if len(doc) < 800 {
			docs = append(docs, doc)
		}
	}
	sink, err := extjson.AppendBSON(nil, []byte(kitchenSink))
	if err != nil {
		t.Fatal(err)
	}
	docs = append(docs, sink)
	for _, o := range []extjson.EncodeOptions{
		{Spacing: extjson.LibbsonSpacing, Mode: extjson.Canonical}, {Indent: " "},
		{Mode: extjson.Legacy, Spacing: extjson.PythonSpacing, Dates: extjson.DateISO8601, UUIDs: extjson.UUIDDigits},
		{Mode: extjson.Shell}, {Mode: extjson.Shell, Spacing: extjson.LibbsonSpacing}, {Mode: extjson.Shell, Indent: "\t"},
	} {
		in := extjson.DecodeOptions{Legacy: o.Mode == extjson.Legacy, Shell: o.Mode == extjson.Shell}
		for _, doc := range docs {
			text, err := o.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := in.AppendBSON(nil, text); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			for n := 0; n < len(text); n += race.Slowdown {
				_, err := in.AppendBSON(nil, text[:n:n])
				if !errors.Is(err, extjson.ErrTruncated) || faultOf(t, err).Offset != int64(n) {
					t.Fatalf("%+v: %d bytes, up to %q: %v", o, n, text[max(0, n-20):n], err)
				}
			}
		}
	}
}

// TestMutated changes each byte of texts and checks the properties of hold.Text. It
// also checks that a fault of grammar is a fault for encoding/json too.
func TestMutated(t *testing.T) {
	texts := []string{kitchenSink}
	for _, text := range sampleTexts(t) {
		if len(text) < 500 && len(texts) < 12 {
			texts = append(texts, text)
		}
	}
	mutants := []byte("\"\\{}[],:$ \n\x00\x7f\x80\xff019-+.eEuA=/zt")
	for _, text := range texts {
		buf := []byte(text)
		for i, old := range buf {
			if i%race.Slowdown != 0 {
				continue
			}
			for j, c := range mutants {
				if j%3 != i%3 {
					continue // each byte is replaced by a third of the values
				}
				buf[i] = c
				checkAny(t, buf)
			}
			buf[i] = old ^ 0x20
			checkAny(t, buf)
			buf[i] = old
			// Delete the byte, and double it.
			checkAny(t, append(buf[:i:i], buf[i+1:]...))
			checkAny(t, append(buf[:i+1:i+1], buf[i:]...))
		}
	}
}

// grammar has the faults that every JSON reader finds.
var grammar = []error{
	extjson.ErrTruncated, extjson.ErrTrailing, extjson.ErrToken, extjson.ErrControl,
	extjson.ErrEscape, extjson.ErrNumber,
}

func checkAny(t *testing.T, text []byte) {
	t.Helper()
	if err := hold.Text(text); err != nil {
		t.Error(err)
	}
	doc, err := extjson.AppendBSON(nil, text)
	for _, g := range grammar {
		if errors.Is(err, g) && json.Valid(text) && bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
			t.Errorf("the text is valid JSON, but AppendBSON: %v: %s", err, text)
		}
	}
	if !json.Valid(text) {
		return
	}
	// The same text with blanks gives the same document or the same sentinel.
	loose, looseErr := extjson.AppendBSON(nil, []byte(spaced(string(text))))
	if (err == nil) != (looseErr == nil) || !bytes.Equal(loose, doc) {
		t.Errorf("%s gives %x, %v, but %s gives %x, %v", text, doc, err, spaced(string(text)), loose, looseErr)
	} else if err != nil {
		f, l := faultOf(t, err), faultOf(t, looseErr)
		if f.Err != l.Err || f.Pointer != l.Pointer || f.Value != l.Value {
			t.Errorf("%s: %v, but %s: %v", text, err, spaced(string(text)), looseErr)
		}
	}
}

// TestCapacities: the appended bytes do not depend on the capacity or the contents
// of dst.
func TestCapacities(t *testing.T) {
	text := []byte(kitchenSink)
	doc, err := extjson.AppendBSON(nil, text)
	if err != nil {
		t.Fatal(err)
	}
	back, err := extjson.EncodeOptions{Mode: extjson.Canonical, ASCII: true}.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	for room := range len(back) + 100 {
		dst := bytes.Repeat([]byte{0xAA}, 3+room)[:3]
		got, err := extjson.AppendBSON(dst, text)
		if err != nil || !bytes.Equal(got[3:], doc) || !bytes.Equal(got[:3], []byte{0xAA, 0xAA, 0xAA}) {
			t.Fatalf("room for %d bytes: %x, %v, want %x", room, got, err, doc)
		}
		dst = bytes.Repeat([]byte{0xAA}, 3+room)[:3]
		got, err = extjson.EncodeOptions{Mode: extjson.Canonical, ASCII: true}.AppendJSON(dst, doc)
		if err != nil || !bytes.Equal(got[3:], back) || !bytes.Equal(got[:3], []byte{0xAA, 0xAA, 0xAA}) {
			t.Fatalf("room for %d bytes: %s, %v, want %s", room, got, err, back)
		}
	}
}

// spaced returns text with white space at all places where JSON allows it, except
// after a mark.
func spaced(text string) string {
	var b strings.Builder
	inString, blanks := false, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		b.WriteByte(c)
		switch {
		case inString && c == '\\':
			i++
			b.WriteByte(text[i])
			continue
		case c == '"':
			inString = !inString
		}
		if !inString && strings.IndexByte(`{}[],:"`, c) >= 0 ||
			!inString && c != here[1] && i+1 < len(text) && strings.IndexByte(`}],`, text[i+1]) >= 0 {
			b.WriteString([]string{" ", "\n", "\t", "\r\n  "}[blanks%4])
			blanks++
		}
	}
	return b.String()
}

// escaped returns text with every character of its strings as a \u escape. Every
// reader must read it as the same text.
func escaped(text string) string {
	var b strings.Builder
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			inString = !inString
			b.WriteByte(c)
		case !inString || c >= utf8.RuneSelf:
			b.WriteByte(c)
		case c == '\\':
			n := 2
			if text[i+1] == 'u' {
				n = 6
			}
			b.WriteString(text[i : i+n])
			i += n - 1
		default:
			fmt.Fprintf(&b, `\u%04X`, c)
		}
	}
	return b.String()
}

// TestSpellings: white space and escapes do not change the document. The reader of
// the compact spelling must agree with the general reader.
func TestSpellings(t *testing.T) {
	for _, text := range sampleTexts(t) {
		want, err := extjson.AppendBSON(nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []string{spaced(text), escaped(text), spaced(escaped(text))} {
			got, err := extjson.AppendBSON(nil, []byte(other))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s\ngives %x\nbut %s\ngives %x, %v", text, want, other, got, err)
			}
		}
	}
}
