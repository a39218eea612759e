package sink

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// named are the colours in the expected texts of TestColors.
var named = strings.NewReplacer(keyColor, "<key ", stringColor, "<string ", numberColor, "<number ", wordColor, "<word ", endColor, ">")

// Each token of a text has its colour, and punctuation has none.
func TestColors(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{`{}`, `{}`},
		{`{"a":1}`, `{<key "a">:<number 1>}`},
		{`{ "a" : [ -1.5E+16, true, null ] }`, `{ <key "a"> : [ <number -1.5E+16>, <word true>, <word null> ] }`},
		{`{"a":"b","c":["d",{"e":"f"},"g"],"h":"i"}`,
			`{<key "a">:<string "b">,<key "c">:[<string "d">,{<key "e">:<string "f">},<string "g">],<key "h">:<string "i">}`},
		{`{"a\"b":"\\","c":"\\\"{[,:/1"}`, `{<key "a\"b">:<string "\\">,<key "c">:<string "\\\"{[,:/1">}`},
		{"{\n  \"é\": {\"$oid\":\"…\"}\n}", "{\n  <key \"é\">: {<key \"$oid\">:<string \"…\">}\n}"},
		{`["a",1]`, `[<string "a">,<number 1>]`},
		{`7`, `<number 7>`},
		{`"a"`, `<string "a">`},
		{`{"a":ObjectId("5"),"b":new Date(-1),"c":NaN,"d":-Infinity,"e":MinKey()}`,
			`{<key "a">:<word ObjectId>(<string "5">),<key "b">:<word new> <word Date>(<number -1>),<key "c">:<word NaN>,` +
				`<key "d">:<number -Infinity>,<key "e">:<word MinKey>()}`},
		{`{"a":Code("f", {"b":"c"}),"d":Timestamp(1, 2)}`,
			`{<key "a">:<word Code>(<string "f">, {<key "b">:<string "c">}),<key "d">:<word Timestamp>(<number 1>, <number 2>)}`},
		{`{"a":/b/ix,"c":/"[/"\]\/]\//,"d":"e"}`, `{<key "a">:<string /b/ix>,<key "c">:<string /"[/"\]\/]\//>,<key "d">:<string "e">}`},
	} {
		for portion := range len(tc.text) {
			var p painter
			for text := []byte(tc.text); len(text) > 0; {
				n := min(len(text), portion+1)
				p.paint(text[:n])
				text = text[n:]
			}
			p.end()
			if diff := cmp.Diff(tc.want, named.Replace(string(p.out))); diff != "" {
				t.Errorf("%s in portions of %d bytes (-want +got):\n%s", tc.text, portion+1, diff)
			}
		}
	}
}

var escapeSequence = regexp.MustCompile("\x1b\\[[0-9]+m")

// hostileTexts are strings that a terminal would obey, or that look like the end
// of a string.
var hostileTexts = []string{
	"\x1b[2J", "\x1b]0;title\x07", "\u009b31m", "\u009d0;title\u009c", "\u0090q\u009c", "\x7f", "\r", "\x08", "\x00",
	"\u202egnp.exe", "\u2066\u2069", "\u061c", "a\u2028b\u2029", `"`, `\`, `\"`, `\\`, `\\"`, "\"\x1b[0m\"", "/", `[/"`, "🙂\u200d🙂",
}

// documents are those of the collection, samples of every type, and hostile texts
// in every place of a document.
func documents(t *testing.T) [][]byte {
	t.Helper()
	collection, err := os.ReadFile("../../../../testdata/collection.bson")
	if err != nil {
		t.Fatal(err)
	}
	docs := sample.Documents(sample.Wild, 47, 300)
	for doc, err := range bson.Documents(bytes.NewReader(collection)) {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, bytes.Clone(doc))
	}
	for _, text := range hostileTexts {
		key := strings.ReplaceAll(text, "\x00", "0")
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendString(doc, key, text)
		doc = bsoncore.AppendSymbol(doc, key, text)
		doc = bsoncore.AppendCode(doc, key, text)
		doc = bsoncore.AppendRegex(doc, key, key, "")
		docs = append(docs, bsoncore.End(doc, mark))
	}
	return docs
}

// Without the escape sequences, coloured text is the text without colours. It has
// no other control characters than line feeds, in every mode and layout, and the
// same bytes if it is written in portions.
func TestColorsAreRemovable(t *testing.T) {
	docs := documents(t)
	for _, o := range []extjson.EncodeOptions{
		{},
		{Indent: "  "},
		{Mode: extjson.Canonical, Spacing: extjson.PythonSpacing},
		{Mode: extjson.Canonical, Indent: "\t", SortKeys: true},
		{Mode: extjson.Legacy, Spacing: extjson.LibbsonSpacing},
		{Mode: extjson.Shell},
		{Mode: extjson.Shell, Indent: "  ", ASCII: true},
		{Mode: extjson.Plain, Lossy: true},
		{Mode: extjson.SemiRelaxed, EscapeHTML: true},
	} {
		o.EscapeControls, o.AmbiguousKeys = true, extjson.AsIs
		plain := codec.JSON.Write(codec.WriteOptions{Text: o}).Appender
		colored := &Colored{Text: plain}
		for i, doc := range docs {
			want, err := plain.AppendValue(nil, 1<<30, bson.TypeDocument, doc)
			if err != nil {
				t.Fatalf("%+v: document %d: %v", o, i, err)
			}
			got, err := colored.AppendValue([]byte("before"), 1<<30, bson.TypeDocument, doc)
			if err != nil {
				t.Fatalf("%+v: document %d: %v", o, i, err)
			}
			text := escapeSequence.ReplaceAllString(strings.TrimPrefix(string(got), "before"), "")
			if text != string(want) {
				t.Fatalf("%+v: document %d: without colours\n%q\nwant\n%q", o, i, text, want)
			}
			if n := strings.IndexFunc(text, isObeyed); n >= 0 {
				t.Fatalf("%+v: document %d: a terminal obeys %q", o, i, text[n:min(n+8, len(text))])
			}
			var w bytes.Buffer
			w.WriteString("before")
			if err := colored.WriteValue(&w, bson.TypeDocument, doc); err != nil || !bytes.Equal(w.Bytes(), got) {
				t.Fatalf("%+v: document %d: in portions %v\n%q\nwant\n%q", o, i, err, &w, got)
			}
		}
	}
}

// isObeyed reports whether a terminal obeys r, a character other than a line feed
// and a tab.
func isObeyed(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || 0x7F <= r && r < 0xA0 || strings.ContainsRune("\u061c\u200e\u200f\u2028\u2029", r) ||
		0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069
}

// A text that is too long with its colours is an error before it is in memory.
func TestLongColors(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc, array := bsoncore.BeginArray(doc, "a")
	for i := range 100_000 {
		doc = bsoncore.AppendNull(doc, fmt.Sprint(i))
	}
	doc = bsoncore.End(bsoncore.End(doc, array), mark)
	plain := codec.JSON.Write(codec.WriteOptions{}).Appender
	text, err := plain.AppendValue(nil, 1<<30, bson.TypeDocument, doc)
	if err != nil {
		t.Fatal(err)
	}
	colored := &Colored{Text: plain}
	whole, err := colored.AppendValue(nil, 1<<30, bson.TypeDocument, doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		most int
		fits bool
	}{{len(text) - 1, false}, {len(text), false}, {len(whole) - 1, false}, {len(whole), true}} {
		got, err := colored.AppendValue([]byte("x"), tc.most+1, bson.TypeDocument, doc)
		if tc.fits != (err == nil) || !tc.fits && (string(got) != "x" || !errors.Is(err, bson.ErrTooLarge)) {
			t.Errorf("at most %d bytes: %d bytes, %v; the plain text has %d, the coloured one %d", tc.most, len(got), err, len(text), len(whole))
		}
		if limit := tc.most + len(text) + 20*dumpPortion; !tc.fits && cap(got) > 2*limit {
			t.Errorf("at most %d bytes: a buffer of %d bytes", tc.most, cap(got))
		}
	}
}

// A number that is the whole text ends with its colour.
func TestColorOfNumber(t *testing.T) {
	colored := &Colored{Text: codec.JSON.Write(codec.WriteOptions{}).Appender}
	const want = numberColor + "7" + endColor
	data := []byte{7, 0, 0, 0}
	if got, err := colored.AppendValue(nil, 1000, bson.TypeInt32, data); err != nil || string(got) != want {
		t.Errorf("AppendValue: %v, %q, want %q", err, got, want)
	}
	var w bytes.Buffer
	if err := colored.WriteValue(&w, bson.TypeInt32, data); err != nil || w.String() != want {
		t.Errorf("WriteValue: %v, %q, want %q", err, &w, want)
	}
}

// A fault of the document, and an error of the writer, come back; after a fault
// nothing is written.
func TestColorsWithErrors(t *testing.T) {
	colored := &Colored{Text: codec.JSON.Write(codec.WriteOptions{}).Appender}
	bad, mark := bsoncore.Begin(nil)
	bad = bsoncore.End(bsoncore.AppendString(bad, "a", "\xff"), mark)
	var w bytes.Buffer
	if err := colored.WriteValue(&w, bson.TypeDocument, bad); !errors.Is(err, bson.ErrUTF8) || w.Len() > 0 {
		t.Errorf("a document with a fault: %v, %q", err, &w)
	}
	if got, err := colored.AppendValue([]byte("x"), 1000, bson.TypeDocument, bad); !errors.Is(err, bson.ErrUTF8) || string(got) != "x" {
		t.Errorf("a document with a fault: %v, %q", err, got)
	}
	good, mark := bsoncore.Begin(nil)
	good = bsoncore.End(good, mark)
	if err := colored.WriteValue(fullWriter{}, bson.TypeDocument, good); err != io.ErrShortBuffer {
		t.Errorf("a writer that fails: %v", err)
	}
}

// A fullWriter takes no bytes.
type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, io.ErrShortBuffer }
