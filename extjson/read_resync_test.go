package extjson_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

func TestResync(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       string // relaxed texts of the documents
		skipped    int64
	}{
		{"no fault", "{\"a\":1}\n{\"a\":2}\n", `{"a":1}{"a":2}`, 0},
		{"bad line", "{\"a\":1}\nxy\n{\"a\":2}\n", `{"a":1}{"a":2}`, 1},
		{"a byte on a line", "{\"a\":1}\nx\n{\"a\":2}\n", `{"a":1}{"a":2}`, 0},
		{"bad value", "{\"a\":1}\n{\"a\":x}\n{\"a\":2}\n", `{"a":1}{"a":2}`, 1},
		{"line cut short", "{\"a\":1\n{\"a\":2}\n{\"a\":3}", `{"a":2}{"a":3}`, 1},
		{"string cut short", "{\"a\":\"x\n{\"a\":2}\n", `{"a":2}`, 1},
		{"last line cut short", "{\"a\":1}\n{\"a\":\n", `{"a":1}`, 1},
		{"last line cut short, no end", "{\"a\":1}\n{\"a\":", `{"a":1}`, 1},
		{"rubbish behind", "{\"a\":1} xy\n{\"a\":2}\n", `{"a":1}{"a":2}`, 1},
		{"refused value", "{\"a\":{\"$numberInt\":\"9999999999\"}}\n{\"a\":2}\n", `{"a":2}`, 1},
		{"in an array", "[{\"a\":1},\n{\"a\":x},\n{\"a\":3}]\n", `{"a":1}{"a":3}`, 1},
		{"in an array, comma first", "[{\"a\":1}\n,{\"a\":x}\n,{\"a\":3}\n]\n{\"b\":1}", `{"a":1}{"a":3}{"b":1}`, 1},
		{"over lines", "{\n\"a\":1,\n}\n{\"a\":2}\n", `{"a":2}`, 1},
		{"over indented lines", "[\n  {\n    \"a\": x\n  },\n  {\n    \"a\": 2\n  }\n]\n{\"a\":3}", `{"a":2}{"a":3}`, 1},
		{"cut short behind a colon", "{\"a\":\n{\"a\":2}\n", `{"a":2}`, 1},
		{"cut short behind a comma", "{\"a\":[1,\n{\"a\":2}\n{\"a\":3}\n", `{"a":2}{"a":3}`, 1},
		{"array on a line", `[{"a":1},{"a":x},{"a":3},{"a":{"$oid":"}]"}},{"a":5}]`, `{"a":1}{"a":3}{"a":5}`, 2},
		{"array on a line, brace missing", `[{"a":1},{"a":{"b":2},{"a":3}]`, `{"a":1}`, 1},
		{"array on a line, brace too many", "[{\"a\":1}},{\"a\":2}]\n{\"a\":3}\n", `{"a":1}{"a":2}{"a":3}`, 0},
		{"array, comma missing", `[{"a":1}{"a":2}{"a":3},{"a":4}]`, `{"a":1}{"a":2}{"a":3}{"a":4}`, 0},
		{"bracket flipped into a brace", "{\n{\"a\":1},\n{\"a\":2}\n]\n", `{"a":1}{"a":2}`, 0},
		{"brace of a line flipped into a bracket", "{\"a\":1}\n[\"a\":2}\n{\"a\":3}\n", `{"a":1}{"a":3}`, 1},
		{"brace flipped, over lines", "{\"a\":1}\n[\n  \"a\":{\n\"b\":2}\n}\n{\"a\":3}\n", `{"a":1}{"a":3}`, 1},
		{"brace of an element damaged", `[{"a":1},x"a":{"b":"}"}},{"a":3},]"a":4},{"a":5}]`, `{"a":1}{"a":3}{"a":5}`, 2},
		{"element over lines without its brace", "[\n  {\n    \"a\": 1\n  },\n  \n    \"a\": {\n    }\n  },\n  {\n    \"a\": 3\n  }\n]\n", `{"a":1}{"a":3}`, 1},
		{"element over lines, a bracket for its brace", "[\n  {\n    \"a\": 1\n  ],\n  {\n    \"a\": 2\n  }\n]\n", `{"a":2}`, 1},
		{"rubbish in an array over lines", "[\n  {\n    \"a\": 1\n  },\n  xy,\n  {\n    \"a\": x\n  },\n  {\n    \"a\": 3\n  }\n]\n", `{"a":1}{"a":3}`, 2},
		{"rest of a document that was closed early", "{\"a\":{\"b\":1}},\"c\":2}\n{\"a\":2}\n", `{"a":{"b":1}}{"a":2}`, 1},
		{"closed before a member", "{\"a\"}:{\"b\":2}}\n{\"a\":2}\n", `{"a":2}`, 1},
		{"closed before a value", "[{\"a\":}1}, {\"a\":2}]\n{\"a\":3}\n", `{"a":2}{"a":3}`, 1},
		{"closed, and rubbish behind", `[{"a":x} y, {"a":2}]`, `{"a":2}`, 1},
		{"a member's document", "[{\"a\":1},\n:{\"b\":1},\n{\"a\":2}]", `{"a":1}{"a":2}`, 1},
		{"a brace is missing and no end, then documents", "x\"a\":[\n {\"b\":y} {\"c\":1}\n", `{"c":1}`, 2},
		{"closed before a member without an end, then documents", "{\"a\":x}\"b\":[\n {\"c\":y} {\"d\":1}\n", `{"d":1}`, 3},
		{"a list without an end, then indented documents", "{\"a\":[1\n {\"b\":2}\n {\"c\":3}\n", `{"b":2}{"c":3}`, 1},
		{"string cut short, closed on the next line", "{\"a\":\"x\n\"b\":1} {\"c\":3}\n{\"a\":2}\n", `{"c":3}{"a":2}`, 1},
		{"array not closed", `[{"a":1},{"a":2}`, `{"a":1}{"a":2}`, 0},
		{"in arrays of arrays", `[[{"a":1}],[{"a":2}]]`, `{"a":1}{"a":2}`, 0},
		{"documents on a line", `{"a":x} {"a":2}{"a":[x]}{"a":4}`, `{"a":2}{"a":4}`, 2},
		{"braces in strings", `[{"a":"}\"}","b":x},{"a":2}]`, `{"a":2}`, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := extjson.NewDecoder(strings.NewReader(tc.text))
			var got []byte
			for {
				for d.More() {
					if !d.Next() {
						break
					}
					var err error
					if got, err = extjson.AppendJSON(got, d.Raw()); err != nil {
						t.Fatal(err)
					}
				}
				if d.Err() == nil || !d.Resync(nil) {
					break
				}
			}
			wantText(t, string(got), d.Err(), tc.want)
			if d.Skipped() != tc.skipped {
				t.Errorf("%d skipped, want %d", d.Skipped(), tc.skipped)
			}
		})
	}
}

// TestResyncFaults: one damage between documents is one fault, and costs no document.
func TestResyncFaults(t *testing.T) {
	lines := []string{`{"a":1}`, `{"a":2}`, `{"a":3}`, `{"a":4}`, `{"a":5}`}
	all := strings.Join(lines, "")
	for _, layout := range []struct{ open, between, close string }{
		{"", "\n", "\n"}, {"", " ", ""}, {"[", ",", "]"}, {"[\n", ",\n", "\n]\n"}, {"[\n  ", ",\n\n  ", "\n]"},
	} {
		text := layout.open + strings.Join(lines, layout.between) + layout.close
		for at := range len(text) + 1 {
			if n := strings.LastIndexAny(text[:at], "{}"); n >= 0 && text[n] == '{' {
				continue // the place is inside a document
			}
			for _, stray := range []string{"[", "]", ",", "}", "x", "\"", "7", "-", "\xff"} {
				d := extjson.NewDecoder(strings.NewReader(text[:at] + stray + text[at:]))
				got, faults := "", 0
				for {
					for d.Next() {
						got += string(d.Text())
					}
					if d.Err() == nil {
						break
					}
					if faults++; !d.Resync(nil) {
						t.Fatal("Resync returns false")
					}
				}
				// A stray bracket may end the array early, or seem to open one.
				if got != all || faults > 2 || faults > 1 && stray != "]" && stray != "[" || d.Skipped() > 0 {
					t.Errorf("%q at %d of %q: %d faults, %d skipped, %s", stray, at, text, faults, d.Skipped(), got)
				}
			}
		}
	}
}

// TestResyncManyFaults: a bracket at the start is one fault for any number of
// documents after it.
func TestResyncManyFaults(t *testing.T) {
	for _, tc := range []struct {
		text   string
		faults int
	}{
		{"[\n" + strings.Repeat("{\"n\":1}\n", 10_000), 1},
		{strings.Repeat("{\"n\":1},\n", 10_000), 2}, // the second fault is the missing bracket at the end
		{strings.Repeat("{\"n\":1},\n", 9_999) + "{\"n\":1}\n]\n", 1},
		{"[" + strings.Repeat("{\"n\":1}", 10_000) + "]", 1},
	} {
		d := extjson.NewDecoder(strings.NewReader(tc.text))
		docs, faults := 0, 0
		for {
			for d.Next() {
				docs++
			}
			if d.Err() == nil {
				break
			}
			if faults++; !d.Resync(nil) || faults > 100 {
				t.Fatalf("%.20q: %d faults", tc.text, faults)
			}
		}
		if docs != 10_000 || faults != tc.faults || d.Skipped() != 0 {
			t.Errorf("%.20q: %d documents, %d faults, %d skipped", tc.text, docs, faults, d.Skipped())
		}
	}
}

// TestResyncComments: a comment without an end is one fault, at its place. It costs
// the rest of its line, up to a brace, or the document that contains it. Only these
// bytes are skipped.
func TestResyncComments(t *testing.T) {
	long := strings.Repeat("y", 16<<20)
	for _, tc := range []struct {
		name   string
		text   string   // with the mark before the fault
		want   string   // texts of the documents
		passed []string // the skipped bytes of each fault
	}{
		{"line", "{a:1}\n¦/* x\n{a:2}\n{a:3}", "{a:1}{a:2}{a:3}", []string{"/* x\n"}},
		{"first", "¦/* x y z\n{a:2}\n", "{a:2}", []string{"/* x y z\n"}},
		{"in front of documents", "[{a:1}, ¦/* {a:2}, {a:3}]", "{a:1}{a:2}{a:3}", []string{"/* "}},
		{"in front of a comma", "[{a:1} ¦/* , {a:2}]", "{a:1}{a:2}", []string{"/* , "}},
		{"last", "{a:1}¦/*", "{a:1}", []string{"/*"}},
		{"last in an array", "[{a:1},¦/*/", "{a:1}", []string{"/*/"}},
		{"many", "{a:1}¦/*\n/*\n/* {a:2}\n/*\n", "{a:1}{a:2}", []string{"/*\n", "/*\n", "/* ", "/*\n"}},
		{"none", "{a:1}/*/ {a:2} /**/{a:3}//", "{a:1}{a:3}", nil},
		{"in a document", "{a:1 ¦/* \n{a:2}\n{a:3}\n{a:4}\n{a:5}\n{a:6}\n", "{a:2}{a:3}{a:4}{a:5}{a:6}", []string{"{a:1 /* \n"}},
		{"in a document on a line", "[{a:1 ¦/* }, {a:2}, {a:3}]", "{a:2}{a:3}", []string{"{a:1 /* }"}},
		{"in a document over lines", "[\n {\n  a: 1 ¦/*\n },\n {\n  a: 2\n }\n]", "{\n  a: 2\n }", []string{"{\n  a: 1 /*\n }"}},
		{"of the largest length", "/*" + long[4:] + "*/{a:1}", "{a:1}", nil},
		{"too long", "¦/*" + long[3:] + "*/{a:1}", "{a:1}", []string{"/*" + long[3:] + "*/"}},
		{"too long, over lines", "{a:1}¦/*\n{a:2}" + long + "*/{a:3}\n{a:4}", "{a:1}{a:2}{a:4}", []string{"/*\n", long + "*/{a:3}\n"}},
		{"too long, in a document", "{a:1 ¦/*\n }" + long + "*/ }\n{a:2}", "{a:2}", []string{"{a:1 /*\n }" + long + "*/ }\n"}},
		{"line too long", "¦//" + long + "\n{a:1}", "{a:1}", []string{"//" + long + "\n"}},
		{"line of the largest length", "//" + long[3:] + "\n{a:1}//" + long[3:], "{a:1}", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, after, faulty := strings.Cut(tc.text, here)
			d := extjson.DecodeOptions{Shell: true}.NewDecoder(strings.NewReader(before + after))
			var got string
			var passed []string
			for {
				for d.Next() {
					got += string(d.Text())
				}
				if d.Err() == nil {
					break
				}
				if f := faultOf(t, d.Err()); len(passed) == 0 && f.Offset != int64(len(before)) {
					t.Errorf("%v, want offset %d", d.Err(), len(before))
				}
				var b strings.Builder
				if !d.Resync(&b) {
					t.Fatal(d.Err())
				}
				passed = append(passed, b.String())
			}
			if got != tc.want || faulty == (len(passed) == 0) {
				t.Errorf("got %.100s, %d faults, want %s", got, len(passed), tc.want)
			}
			if !slices.Equal(passed, tc.passed) {
				t.Errorf("skipped %.100q, want %.100q", passed, tc.passed)
			}
		})
	}
}

// A counting writer counts the written bytes.
type counting int64

func (c *counting) Write(p []byte) (int, error) {
	*c += counting(len(p))
	return len(p), nil
}

// A shortWriter accepts room bytes. Then it returns an error, or only a count that is
// too small.
type shortWriter struct {
	bytes.Buffer
	room int
	err  error
}

func (w *shortWriter) Write(p []byte) (int, error) {
	if len(p) <= w.room {
		w.room -= len(p)
		return w.Buffer.Write(p)
	}
	n, _ := w.Buffer.Write(p[:w.room])
	w.room = 0
	return n, w.err
}

// TestResyncWriter: if the writer for the skipped bytes fails, the Decoder ends. The
// writer has got all bytes up to the failure, none of them twice, for a failure at
// any place.
func TestResyncWriter(t *testing.T) {
	errFull := errors.New("full")
	for _, text := range []string{
		"xy", "xy\n{\"a\":1}\n", "{\"a\":1}]", "{\"a\":[1,\n\n{\"a\":1}\n", "{a\n\n\n{}", "[{\"a\":x} y,\n {}", "{\"a\":\n\"b\"\n,]\n",
		strings.Repeat("y", 2*readAhead) + "\n{}",
	} {
		resync := func(w io.Writer) (resumed bool, d *extjson.Decoder) {
			d = extjson.NewDecoder(strings.NewReader(text))
			for d.Next() {
			}
			return d.Resync(w), d
		}
		var whole bytes.Buffer
		if ok, d := resync(&whole); !ok || whole.Len() == 0 || !strings.Contains(text, whole.String()) {
			t.Fatalf("%.30q: %v, %q skipped", text, d.Err(), whole.String())
		}
		step := 1 + whole.Len()/100
		for room := 0; room < whole.Len(); room += step {
			for _, failure := range []error{errFull, nil} {
				w := &shortWriter{room: room, err: failure}
				want := failure
				if want == nil {
					want = io.ErrShortWrite
				}
				ok, d := resync(w)
				if ok || d.Err() != want || w.String() != whole.String()[:room] {
					t.Fatalf("%.30q, room for %d: %v, %v, wrote %.30q", text, room, ok, d.Err(), w.String())
				}
				if d.Next() || d.Resync(nil) || d.Err() != want {
					t.Fatalf("%.30q, room for %d: the Decoder continues after %v", text, room, d.Err())
				}
			}
		}
	}
}

// TestResyncReader: if the reader fails in Resync, the error has the error of the
// reader and the fault before it. If the reader fails after Resync, the error has no
// fault.
func TestResyncReader(t *testing.T) {
	broken := errors.New("broken")
	for _, tc := range []struct {
		name, text string
		resumes    bool
	}{
		{"in a document", `{"a":x`, false},
		{"at a byte between documents", `{}x`, false},
		{"in a long line", `{"a":}` + strings.Repeat(" ", 10), false},
		{"behind the document", `{"a":x} {}`, true},
		{"behind the longest text that is searched", `{"a":x` + strings.Repeat("y", 17<<20), false},
		{"in a comment that is too long", "/*" + strings.Repeat("y", 17<<20), false},
	} {
		d := extjson.DecodeOptions{Shell: tc.text[0] == '/'}.NewDecoder(io.MultiReader(strings.NewReader(tc.text), iotest.ErrReader(broken)))
		for d.Next() {
		}
		fault := d.Err()
		if d.Resync(nil) != tc.resumes {
			t.Fatalf("%s: %v", tc.name, d.Err())
		}
		for d.Next() {
		}
		want := bson.ReadError{Offset: int64(len(tc.text)), Err: broken, Fault: fault}
		if tc.resumes {
			want.Fault = nil
		}
		got, ok := errors.AsType[*bson.ReadError](d.Err())
		if !ok {
			t.Fatalf("%s: error is %T %v", tc.name, d.Err(), d.Err())
		}
		if diff := cmp.Diff(want, *got, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
		if !errors.Is(got, broken) || errors.Is(got, fault) == tc.resumes {
			t.Errorf("%s: %v does not match both errors", tc.name, got)
		}
	}
}

// TestResyncPasses checks the skipped bytes.
func TestResyncPasses(t *testing.T) {
	for text, want := range map[string]string{
		"{a\n\n\n{}":                      "{a\n\n\n",
		"{\"a\":x} \t\r\n{}":              "{\"a\":x} \t\r\n",
		"{\"a\":x} {}":                    "{\"a\":x}",
		"{\"a\":x} 7":                     "{\"a\":x}",
		"{\"a\":x}b\"c\":1}\n{}":          "{\"a\":x}b\"c\":1}\n",
		"[\"a\":1},{}]":                   "[\"a\":1}",
		"[[{}]":                           "[",
		"{\"a\":[\n{\"b\":1,\n}\n{}":      "{\"a\":[\n",
		"{\"a\":[\n {\"b\":1},\nx\n {}\n": "{\"a\":[\n {\"b\":1},\nx\n",
	} {
		d := extjson.NewDecoder(strings.NewReader(text))
		for d.Next() {
		}
		var passed strings.Builder
		if !d.Resync(&passed) {
			t.Fatal(d.Err())
		}
		wantText(t, passed.String(), nil, want)
	}
}

// TestBuffered: after a fault or a document, Buffered and the rest of the reader
// together are the text after it, for any size of the reads.
func TestBuffered(t *testing.T) {
	const text = "{\"a\":1}\n[{\"a\":2},x{\"a\":3}] {\"a\":4}"
	for name, reader := range readers {
		r := reader(strings.NewReader(text))
		d := extjson.NewDecoder(r)
		for n := int64(0); ; n++ {
			ok := d.Next()
			off := d.Offset() + int64(len(d.Text()))
			// Buffered has bytes from off on, and no capacity after them.
			if got := string(d.Buffered()); !strings.HasPrefix(text[off:], got) || cap(d.Buffered()) != len(got) {
				t.Errorf("%s: %q is not at %d", name, got, off)
			}
			if !ok && !d.Resync(nil) {
				break
			}
		}
		if d.Err() != nil || len(d.Buffered()) > 0 {
			t.Errorf("%s: %v, %q left", name, d.Err(), d.Buffered())
		}
	}
}

// TestStreamPlaces: lines and columns count from the start of the stream, for
// documents, values that do not fit and faults, in any order of the calls.
func TestStreamPlaces(t *testing.T) {
	const good, late, unfit, split = `{"n":1}`, "  {\"n\":\r\n 2}", `{"n":"x"}`, "{\"n\":\n3\n,]"
	var b strings.Builder
	var want []string
	place := func(what string, off int) {
		f := textFault(b.String(), off, "", nil)
		want = append(want, fmt.Sprintf("%s at %d, line %d, column %d", what, f.Offset, f.Line, f.Column))
	}
	for i := range 280 {
		if i%70 == 0 { // more text than a Decoder reads at once
			b.WriteString("x" + strings.Repeat(" ", readAhead/2) + "\n" + strings.Repeat("\n\t", readAhead/4))
			place("fault", b.Len()-readAhead/2-1-readAhead/2-1)
		}
		n := b.Len()
		switch i % 7 {
		case 0, 3:
			b.WriteString(good + " ")
			place("document", n)
		case 1:
			b.WriteString(late + "\n\n")
			place("document", n+2)
		case 2, 5:
			b.WriteString(good + unfit + "\n")
			place("document", n)
			place("value", n+len(good)+5)
		case 4:
			b.WriteString("x\n")
			place("fault", n)
		case 6:
			b.WriteString(split + "\n")
			place("fault", n+len(split)-1) // skipped with its line
		}
	}
	for name, reader := range readers {
		if name == "haltingly" {
			continue // slow
		}
		t.Run(name, func(t *testing.T) {
			d := extjson.NewDecoder(reader(strings.NewReader(b.String())))
			nowhere := func(when string) {
				if line, column := d.Position(); line != 0 || column != 0 {
					t.Errorf("%s: line %d, column %d, want 0", when, line, column)
				}
			}
			nowhere("before the first document")
			var got []string
			for {
				var v struct{ N int }
				switch err := d.Decode(&v).(type) {
				case nil:
					line, column := d.Position()
					got = append(got, fmt.Sprintf("document at %d, line %d, column %d", d.Offset(), line, column))
				case *extjson.SyntaxError:
					got = append(got, fmt.Sprintf("fault at %d, line %d, column %d", err.Offset, err.Line, err.Column))
					d.Resync(nil)
				case *extjson.ValueError:
					got = append(got, fmt.Sprintf("value at %d, line %d, column %d", err.Offset, err.Line, err.Column))
				default:
					nowhere("at the end")
					for i := range max(len(got), len(want)) {
						if i >= len(got) || i >= len(want) || got[i] != want[i] {
							t.Fatalf("%d places, want %d; at the first difference got %v, want %v", len(got), len(want), got[i:min(i+3, len(got))], want[i:min(i+3, len(want))])
						}
					}
					return
				}
			}
		})
	}
}

// TestResyncPieces: a fault of a piece that ends in an array is one fault, also if the
// rest of the piece is skipped, and the piece then ends where it must.
func TestResyncPieces(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		from, to   textcut.Place
		shell      bool
		want       string // texts of the documents
		faults     int
	}{
		{"none", `[{"a":1},{"a":2}`, textcut.Top, textcut.Comma, false, `{"a":1}{"a":2}`, 0},
		{"it ends too early", `{"a":1}`, textcut.Element, textcut.Element, false, `{"a":1}`, 1},
		{"it ends too late", `,{"a":1}`, textcut.Comma, textcut.Element, false, `{"a":1}`, 1},
		{"a damaged document alone", `{"a":x`, textcut.Element, textcut.Comma, false, ``, 1},
		{"a damaged document at the end", `{"a":1},{"a":x`, textcut.Element, textcut.Comma, false, `{"a":1}`, 1},
		{"a damaged document before a comma", `{"a":x},`, textcut.Element, textcut.Element, false, ``, 1},
		{"a comment without an end", `{"a":1} /* x`, textcut.Element, textcut.Comma, true, `{"a":1}`, 1},
		{"a stray byte at the end", `{"a":1}x`, textcut.Element, textcut.Comma, false, `{"a":1}`, 2},
		{"a bracket that is missing", `[{"a":1}`, textcut.Top, textcut.Top, false, `{"a":1}`, 1},
	} {
		d := extjson.DecodeOptions{Shell: tc.shell}.NewDecoder(nil)
		piece := &textcut.Piece{Text: []byte(tc.text), From: tc.from, To: tc.to}
		d.Reset(piece)
		got, faults := "", 0
		for {
			for d.Next() {
				got += string(d.Text())
			}
			if d.Err() == nil {
				break
			}
			if faults++; !d.Resync(nil) || faults > len(tc.text) {
				t.Fatalf("%s: %d faults, %v", tc.name, faults, d.Err())
			}
		}
		if got != tc.want || faults != tc.faults {
			t.Errorf("%s: %s, %d faults, want %s and %d", tc.name, got, faults, tc.want, tc.faults)
		}
		if place := piece.Place(); !place.EndsAt(tc.to) {
			t.Errorf("%s: the piece ends at place %d, want %d", tc.name, place, tc.to)
		}
	}
}
