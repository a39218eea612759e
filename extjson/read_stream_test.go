package extjson_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/race"
)

// readers has readers that return the same text in different pieces.
var readers = map[string]func(r io.Reader) io.Reader{
	"at once":      func(r io.Reader) io.Reader { return r },
	"with EOF":     iotest.DataErrReader,
	"byte by byte": iotest.OneByteReader,
	"in halves":    iotest.HalfReader,
	"in threes":    func(r io.Reader) io.Reader { return &hesitant{r: r, n: 3} },
	"haltingly":    func(r io.Reader) io.Reader { return &hesitant{r: r, n: 7, empty: 99} },
}

// A hesitant reader returns at most n bytes at a time, after several reads without
// bytes.
type hesitant struct {
	r        io.Reader
	n, empty int
	waited   int
}

func (h *hesitant) Read(p []byte) (int, error) {
	if h.waited++; h.waited <= h.empty {
		return 0, nil
	}
	h.waited = 0
	return h.r.Read(p[:min(len(p), h.n)])
}

// A found has the results of a Decoder for a stream.
type found struct {
	Texts   []string // relaxed text of each document
	Offsets []int64  // offset of the start of each document
	Err     error    // compared by value, not with ==
}

func drain(d *extjson.Decoder) found {
	var f found
	for d.Next() {
		text, err := extjson.AppendJSON(nil, d.Raw())
		if err != nil {
			text = fmt.Append(nil, err)
		}
		f.Texts = append(f.Texts, string(text))
		f.Offsets = append(f.Offsets, d.Offset())
	}
	f.Err = d.Err()
	return f
}

func TestDecoder(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       found
	}{
		{"empty", "", found{}},
		{"white space", " \n\t\r\n", found{}},
		{"byte order mark", "\ufeff", found{}},
		{"byte order mark and blanks", "\ufeff\n", found{}},
		{"one", `{"a":1}`, found{Texts: []string{`{"a":1}`}, Offsets: []int64{0}}},
		{"lines", "{\"a\":1}\n{\"b\":2}\n{}\n", found{Texts: []string{`{"a":1}`, `{"b":2}`, `{}`}, Offsets: []int64{0, 8, 16}}},
		{"lines of Windows", "{\"a\":1}\r\n{\"b\":2}\r\n", found{Texts: []string{`{"a":1}`, `{"b":2}`}, Offsets: []int64{0, 9}}},
		{"empty lines", "\n\n{}\n\n{}\n\n", found{Texts: []string{`{}`, `{}`}, Offsets: []int64{2, 6}}},
		{"nothing between", `{"a":1}{"b":2}{}`, found{Texts: []string{`{"a":1}`, `{"b":2}`, `{}`}, Offsets: []int64{0, 7, 14}}},
		{"on several lines", "{\n  \"a\": [\n    1\n  ]\n}\n{\n  \"b\": {}\n}\n", found{Texts: []string{`{"a":[1]}`, `{"b":{}}`}, Offsets: []int64{0, 23}}},
		{"array", `[{"a":1},{"b":2}]`, found{Texts: []string{`{"a":1}`, `{"b":2}`}, Offsets: []int64{1, 9}}},
		{"array of none", `[]`, found{}},
		{"array of none, spaced", " [ ] ", found{}},
		{"array of one", "[\n{}\n]\n", found{Texts: []string{`{}`}, Offsets: []int64{2}}},
		{"array, spaced", " [ {} , {} ] ", found{Texts: []string{`{}`, `{}`}, Offsets: []int64{3, 8}}},
		{"byte order mark and array", "\ufeff[{}]", found{Texts: []string{`{}`}, Offsets: []int64{4}}},
		{"byte order mark and document", "\ufeff{}{}", found{Texts: []string{`{}`, `{}`}, Offsets: []int64{3, 5}}},
		{"mixed", "{}[{},{}]{} [] [{}]\n{}", found{
			Texts:   []string{`{}`, `{}`, `{}`, `{}`, `{}`, `{}`},
			Offsets: []int64{0, 3, 6, 9, 16, 20},
		}},
		{"special keys at the top", `{"$oid":"x"}[{"$date":1},{"a":{"$numberInt":"2"}}]`, found{
			Texts:   []string{`{"$oid":"x"}`, `{"$date":1}`, `{"a":2}`},
			Offsets: []int64{0, 13, 25},
		}},
		{"brackets in strings", `{"}":"{"}{"[\"":"\\"}{}`, found{Texts: []string{`{"}":"{"}`, `{"[\"":"\\"}`, `{}`}, Offsets: []int64{0, 9, 21}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for name, reader := range readers {
				d := extjson.NewDecoder(reader(strings.NewReader(tc.text)))
				if diff := cmp.Diff(tc.want, drain(d)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
				if d.Next() || d.Raw() != nil {
					t.Errorf("%s: after the end Next gives %x", name, d.Raw())
				}
			}
		})
	}
}

// TestDecoderCommas: with Shell, a comma may follow each document. The mark is before
// the byte with the fault. Without Shell the first comma is a fault.
func TestDecoderCommas(t *testing.T) {
	for _, tc := range []struct {
		text string
		docs int
	}{
		{"{},{}", 2},
		{"{a:1},\n{b:2},\n", 2},
		{"/* 1 */\n{a:1} /* , */ ,\n\n/* 2 */\n{b:2}", 2},
		{"{},[{},{},]¦,{}", 3},
		{"{},[{},{},]{},", 4},
		{"¦,", 0},
		{"¦,{}", 0},
		{"{},¦,", 1},
		{"{},¦,{}", 1},
		{"[{}]¦,{}", 1},
		{"{}{},{}¦]", 3},
		{"{},{¦,}", 1},
	} {
		before, after, faulty := strings.Cut(tc.text, here)
		text := before + after
		for name, reader := range readers {
			d := extjson.DecodeOptions{Shell: true}.NewDecoder(reader(strings.NewReader(text)))
			got := drain(d)
			if len(got.Texts) != tc.docs || faulty != (got.Err != nil) {
				t.Errorf("%s, %s: %q, %v", tc.text, name, got.Texts, got.Err)
			}
			if faulty {
				wantFault(t, got.Err, textFault(text, len(before), "", extjson.ErrToken))
			}
			d = extjson.NewDecoder(reader(strings.NewReader(strings.ReplaceAll(text, "[", ""))))
			if got := drain(d); !errors.Is(got.Err, extjson.ErrToken) {
				t.Errorf("%s, %s: JSON gives %v, want ErrToken", text, name, got.Err)
			}
		}
	}
}

// A damaged document is skipped without the comma after it. A second comma is
// skipped alone. After that fault a bracket may end an array.
func TestResyncCommas(t *testing.T) {
	const text = "{a:1},\n{b:x},\n{c:3},,\n{d:4},\n]{e:5},\n{f:6},\n"
	for name, reader := range readers {
		d := extjson.DecodeOptions{Shell: true}.NewDecoder(reader(strings.NewReader(text)))
		var skipped strings.Builder
		docs, faults := 0, 0
		for {
			for d.Next() {
				docs++
			}
			if d.Err() == nil {
				break
			}
			if faults++; !d.Resync(&skipped) {
				t.Fatal(d.Err())
			}
		}
		if docs != 5 || faults != 2 || skipped.String() != "{b:x}," {
			t.Errorf("%s: %d documents, %d faults, %q skipped", name, docs, faults, skipped.String())
		}
	}
}

// TestDecoderFaults: the mark is before the byte with the fault. docs documents come
// before it.
func TestDecoderFaults(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		docs       int
		pointer    string
		err        error
	}{
		{"array not closed", `[¦`, 0, "", extjson.ErrTruncated},
		{"array not closed behind an element", "[{}\n¦", 1, "", extjson.ErrTruncated},
		{"array not closed behind a comma", "[{}, ¦", 1, "", extjson.ErrTruncated},
		{"document not closed", `{¦`, 0, "", extjson.ErrTruncated},
		{"document not closed, second", "{\"a\":1}\n{\"a\":¦", 1, "/a", extjson.ErrTruncated},
		{"document not closed, in a string", "{}{\"a\":\"{}¦", 1, "/a", extjson.ErrTruncated},
		{"document in an array not closed", "[{},\n{\"a\":[1¦", 1, "/a", extjson.ErrTruncated},
		{"document not closed behind an array", "[]\n{\"a\":tru¦", 0, "/a", extjson.ErrTruncated},
		{"no comma in an array", `[{} ¦{}]`, 1, "", extjson.ErrToken},
		{"trailing comma", `[{},¦]`, 1, "", extjson.ErrToken},
		{"leading comma", `[¦,{}]`, 0, "", extjson.ErrToken},
		{"two commas", `[{},¦,{}]`, 1, "", extjson.ErrToken},
		{"comma between documents", `{}¦,{}`, 1, "", extjson.ErrToken},
		{"comma behind an array", `[{}]¦,`, 1, "", extjson.ErrToken},
		{"bracket alone", `¦]`, 0, "", extjson.ErrToken},
		{"bracket behind an array", `[{}]¦]`, 1, "", extjson.ErrToken},
		{"brace alone", `¦}`, 0, "", extjson.ErrToken},
		{"brace in an array", `[¦}`, 0, "", extjson.ErrToken},
		{"array in an array", `[¦[{}]]`, 0, "", extjson.ErrToken},
		{"array as second element", `[{},¦[]]`, 1, "", extjson.ErrToken},
		{"number", `¦1`, 0, "", extjson.ErrToken},
		{"string", `{}¦"a"`, 1, "", extjson.ErrToken},
		{"null", `¦null`, 0, "", extjson.ErrToken},
		{"scalar in an array", `[{},¦null]`, 1, "", extjson.ErrToken},
		{"NUL", "{}\n¦\x00", 1, "", extjson.ErrToken},
		{"byte order mark twice", "\ufeff¦\ufeff{}", 0, "", extjson.ErrToken},
		{"byte order mark behind a blank", " ¦\ufeff{}", 0, "", extjson.ErrToken},
		{"byte order mark between documents", "{}\n¦\ufeff{}", 1, "", extjson.ErrToken},
		{"byte order mark in an array", "[¦\ufeff{}]", 0, "", extjson.ErrToken},
		{"byte order mark cut short", "¦\xef\xbb{}", 0, "", extjson.ErrToken},
		{"byte order mark cut short by the end", "¦\xef\xbb", 0, "", extjson.ErrToken},
		{"half a byte order mark and no more", "¦\xef", 0, "", extjson.ErrToken},
		{"fault in the first", "{\"a\":¦x}\n{}", 0, "/a", extjson.ErrToken},
		{"fault in the third", "{}\n{}\n{\"a\":{\"b\":[1,¦x]}}\n{}", 2, "/a/b/1", extjson.ErrToken},
		{"fault in an array", "[{},\n{\"a\":{\"$oid\":¦\"x\"}},{}]", 1, "/a", extjson.ErrWrapperText},
		{"value at fault", "{}\n\n  {\"a\":¦1e999}", 1, "/a", extjson.ErrRange},
		{"bad brackets", "{\"a\":[1¦}}", 0, "/a", extjson.ErrToken},
		{"bad string", "{\"a\":\"¦\n\"}{}", 0, "/a", extjson.ErrControl},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, want := marked(t, tc.text, tc.pointer, tc.err)
			for name, reader := range readers {
				d := extjson.NewDecoder(reader(strings.NewReader(text)))
				got := drain(d)
				if len(got.Texts) != tc.docs {
					t.Errorf("%s: %d documents, want %d", name, len(got.Texts), tc.docs)
				}
				wantFault(t, got.Err, want)
				if d.Next() || d.Err() != got.Err || d.Raw() != nil {
					t.Errorf("%s: after the fault Next gives %x, %v", name, d.Raw(), d.Err())
				}
				if tc.err == extjson.ErrTruncated && !errors.Is(got.Err, io.ErrUnexpectedEOF) {
					t.Errorf("%v does not match io.ErrUnexpectedEOF", got.Err)
				}
			}
		})
	}
}

// TestDecoderSplits cuts a stream in two at each byte. The documents, numbers and
// escapes must not depend on the cut.
func TestDecoderSplits(t *testing.T) {
	text := "\ufeff" + kitchenSink + `[{"n":1` + hundred + hundred + hundred + hundred + `e-300},{"n":9223372036854775809.5,"é":"\ud83d\ude42"}] {}`
	o := extjson.DecodeOptions{RejectInexact: true}
	want := drain(o.NewDecoder(strings.NewReader(text)))
	if want.Err != nil || len(want.Texts) != 4 {
		t.Fatalf("%d documents, %v", len(want.Texts), want.Err)
	}
	for n := 0; n < len(text); n += race.Slowdown {
		r := io.MultiReader(strings.NewReader(text[:n]), strings.NewReader(text[n:]))
		if diff := cmp.Diff(want, drain(o.NewDecoder(r))); diff != "" {
			t.Fatalf("cut at %d, after %q (-want +got):\n%s", n, text[max(0, n-20):n], diff)
		}
	}
}

func TestDocuments(t *testing.T) {
	var texts []string
	for doc, err := range extjson.Documents(strings.NewReader(`{"a":1}[{"b":2}]x`)) {
		if err != nil {
			text, want := marked(t, `{"a":1}[{"b":2}]¦x`, "", extjson.ErrToken)
			wantFault(t, err, want)
			if doc != nil {
				t.Errorf("an error and a document %x at the same time in %s", doc, text)
			}
			texts = append(texts, "error")
			continue
		}
		text, err := extjson.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if diff := cmp.Diff([]string{`{"a":1}`, `{"b":2}`, "error"}, texts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range extjson.Documents(strings.NewReader(`{}{}x`)) {
		break // must not panic
	}
	n := 0
	for _, err := range (extjson.DecodeOptions{CanonicalOnly: true}).Documents(strings.NewReader(`{}{"a":1}`)) {
		if n++; n == 2 && !errors.Is(err, extjson.ErrRelaxed) {
			t.Errorf("error %v", err)
		}
	}
	if n != 2 {
		t.Errorf("%d pairs, want 2", n)
	}
}

// TestDecoderLimits: the limits apply to the length of the text, braces included, and
// to the size of the BSON.
func TestDecoderLimits(t *testing.T) {
	const text = "{}\n [ { \"a\" : [1,2,3] } ]" // the second: 17 bytes of text, 34 of BSON
	for _, tc := range []struct {
		name string
		o    extjson.DecodeOptions
		ok   bool
	}{
		{"defaults", extjson.DecodeOptions{}, true},
		{"text at", extjson.DecodeOptions{MaxTextSize: 17}, true},
		{"text over", extjson.DecodeOptions{MaxTextSize: 16}, false},
		{"text tiny", extjson.DecodeOptions{MaxTextSize: 2}, false},
		{"one byte of text", extjson.DecodeOptions{MaxTextSize: 1}, false},
		{"document at", extjson.DecodeOptions{MaxDocumentSize: 34}, true},
		{"document over", extjson.DecodeOptions{MaxDocumentSize: 33}, false},
		{"document tiny", extjson.DecodeOptions{MaxDocumentSize: 5}, false},
		{"text follows from the document", extjson.DecodeOptions{MaxDocumentSize: 1}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for name, reader := range readers {
				got := drain(tc.o.NewDecoder(reader(strings.NewReader(text))))
				if tc.ok {
					if len(got.Texts) != 2 || got.Err != nil {
						t.Errorf("%s: %d documents, %v", name, len(got.Texts), got.Err)
					}
					continue
				}
				off := strings.Index(text, "{ ")
				if tc.o.MaxDocumentSize == 1 || tc.o.MaxTextSize == 1 {
					off = 0
				}
				wantFault(t, got.Err, textFault(text, off, "", bson.ErrTooLarge))
			}
		})
	}
}

// TestLongKeys: a key that is too long for a document is a fault at its object or at
// the document, of any spelling, and one that fits is read.
func TestLongKeys(t *testing.T) {
	const size = 300
	for _, tc := range []struct {
		name, before, open, close, after string
	}{
		{"plain", `{"a":`, `{"`, `":1}`, `}`},
		{"escaped", `{"a":`, `{"\u0061`, `":1}`, `}`},
		{"second", `{"a":`, `{"b":1,"`, `":1}`, `}`},
		{"shell", `{a:`, `{'`, `':1}`, `}`},
		{"shell, escaped", `{a:`, `{'\x61`, `':1}`, `}`},
		{"name", `{a:`, `{`, `:1}`, `}`},
		{"dollar", `{"a":`, `{"$`, `":1}`, `}`},
		{"dollar, escaped", `{"a":`, `{"\u0024`, `":1}`, `}`},
	} {
		text := func(n int) string {
			return tc.before + tc.open + strings.Repeat("k", n) + tc.close + tc.after
		}
		d := extjson.DecodeOptions{Shell: true, MaxTextSize: 1 << 20, MaxDocumentSize: size}.NewDecoder(nil)
		for n := size - 40; n < size+80; n++ {
			doc, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte(text(n)))
			if err != nil {
				t.Fatal(err)
			}
			d.Reset(strings.NewReader(text(n) + "\n{b:1}"))
			if len(doc) <= size {
				if !d.Next() || !bytes.Equal(d.Raw(), doc) {
					t.Errorf("%s, a key of %d bytes: %x, %v", tc.name, n, d.Raw(), d.Err())
				}
				continue
			}
			if d.Next() || !errors.Is(d.Err(), bson.ErrTooLarge) {
				t.Errorf("%s, a key of %d bytes: %x, %v", tc.name, n, d.Raw(), d.Err())
				continue
			}
			if !d.Resync(nil) || !d.Next() || string(d.Text()) != "{b:1}" {
				t.Errorf("%s, behind a key of %d bytes: %q, %v", tc.name, n, d.Text(), d.Err())
			}
		}
	}
}

// TestDecoderReadErrors: a reader that fails at any byte gives the documents before
// and then its error, and the text of a document does not outlive the next call.
func TestDecoderReadErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, stream := range []string{`[{"a":1},{"b":2}]`, "{\"a\":1}\n{\"b\":2}\n", "\ufeff[ \n {\"a\":1} \n, {\"b\":2} ] "} {
		first, second := strings.Index(stream, "}")+1, strings.LastIndex(stream, "}")+1
		for n := range len(stream) + 1 {
			for _, reader := range []io.Reader{strings.NewReader(stream[:n]), iotest.OneByteReader(strings.NewReader(stream[:n]))} {
				d := extjson.NewDecoder(io.MultiReader(reader, iotest.ErrReader(broken)))
				docs := 0
				for d.Next() {
					docs++
				}
				var read *bson.ReadError
				if !errors.As(d.Err(), &read) || read.Err != broken || read.Offset != int64(n) || d.More() || d.Next() || d.Resync(nil) {
					t.Errorf("%q: %v, want the error of the reader", stream[:n], d.Err())
				}
				if rest := stream[d.Offset():n]; string(d.Buffered()) != rest {
					t.Errorf("%q: %q is left, want %q", stream[:n], d.Buffered(), rest)
				}
				if want := btoi(n >= first) + btoi(n >= second); docs != want {
					t.Errorf("%q: %d documents, want %d", stream[:n], docs, want)
				}
			}
		}
		d := extjson.NewDecoder(strings.NewReader(stream))
		if !d.Next() || string(d.Text()) != `{"a":1}` || !d.More() || d.Text() != nil || d.Raw() == nil {
			t.Errorf("%q: after More the text is %q", stream, d.Text())
		}
		if !d.Next() || string(d.Text()) != `{"b":2}` || d.More() || d.Text() != nil || d.Next() || d.Raw() != nil || d.Err() != nil {
			t.Errorf("%q: at the end: %q, %v", stream, d.Text(), d.Err())
		}
		if d.Offset() != int64(len(stream)) || len(d.Buffered()) != 0 {
			t.Errorf("%q: the end is at %d, %q is left", stream, d.Offset(), d.Buffered())
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
