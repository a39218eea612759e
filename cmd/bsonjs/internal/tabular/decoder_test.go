package tabular_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
)

// A reading is the result of reading a text to its end.
type reading struct {
	Docs    []string // canonical Extended JSON
	Rows    []string // texts of them
	Faults  []error
	Left    []error
	Skipped string
	Err     error // that ended the reading
}

// read reads r to its end, and continues after faults.
func read(t *testing.T, o tabular.DecodeOptions, r io.Reader) (got reading) {
	t.Helper()
	fixed, err := o.Header()
	if err != nil {
		t.Fatal(err)
	}
	d := o.NewDecoder(fixed)
	d.Reset(r, nil)
	var skipped strings.Builder
	for {
		for d.Next() {
			if err := bson.Validate(d.Raw()); err != nil {
				t.Fatalf("%x: %v", d.Raw(), err)
			}
			text, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, d.Raw())
			if err != nil {
				t.Fatal(err)
			}
			got.Docs = append(got.Docs, string(text))
			got.Rows = append(got.Rows, string(d.Text()))
			got.Left = append(got.Left, d.Left()...)
		}
		err := d.Err()
		if err == nil || !d.Resync(&skipped) {
			got.Skipped, got.Err = skipped.String(), d.Err()
			return got
		}
		got.Faults = append(got.Faults, err)
		if len(got.Faults) > 1000 {
			t.Fatal("it resumes for ever")
		}
	}
}

// int32s returns a document of int32 values in canonical Extended JSON.
func int32s(keysAndValues ...any) string {
	var b strings.Builder
	for i := 0; i < len(keysAndValues); i += 2 {
		fmt.Fprintf(&b, `,"%v":{"$numberInt":"%v"}`, keysAndValues[i], keysAndValues[i+1])
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

// TestDecoder compares tables with their documents.
func TestDecoder(t *testing.T) {
	nil_ := "nil"
	for _, tc := range []struct {
		name string
		o    tabular.DecodeOptions
		text string
		docs []string
	}{
		{name: "nothing"},
		{name: "a mark", text: "\uFEFF"},
		{name: "a header", text: "a,b\n"},
		{name: "a header without a line end", text: "a,b"},
		{name: "blank lines", text: "\n\r\n\uFEFFa\n\n1\n\r\r\n2\n\n", docs: []string{`{"` + "\uFEFF" + `a":{"$numberInt":"1"}}`, `{"` + "\uFEFF" + `a":{"$numberInt":"2"}}`}},
		{name: "a mark and a header", text: "\uFEFFa\n1", docs: []string{int32s("a", 1)}},
		{name: "a quoted header", text: "\"a\nb\",\"\"\n1,2\n", docs: []string{int32s("a\\nb", 1, "", 2)}},
		{name: "an order of their own", text: "a.x,b,a.y,c.d.e\n1,2,3,4\n", docs: []string{
			`{"a":` + int32s("x", 1, "y", 3) + `,"b":{"$numberInt":"2"},"c":{"d":` + int32s("e", 4) + `}}`,
		}},
		{name: "escapes", text: `a\.b,c\\d,e\f` + "\n1,2,3\n", docs: []string{int32s("a.b", 1, `c\\d`, 2, `e\\f`, 3)}},
		{name: "empty cells", text: "a,b.c\n,\n\"\",\"\"\n", docs: []string{`{"a":"","b":{"c":""}}`, `{"a":"","b":{"c":""}}`}},
		{name: "empty cells, ignored", o: tabular.DecodeOptions{IgnoreBlanks: true}, text: "a,b.c\n,\n\"\",\"\"\n", docs: []string{`{}`, `{}`}},
		{name: "empty cells, typed", o: tabular.DecodeOptions{Typed: true}, text: "a.string(),b.c.string()\n,\n\"\",\"\"\n", docs: []string{`{}`, `{"a":"","b":{"c":""}}`}},
		{name: "one typed column", o: tabular.DecodeOptions{Typed: true}, text: "\na.int32()\n1\n\n2\n\n", docs: []string{int32s("a", 1), int32s("a", 2)}},
		{name: "null", o: tabular.DecodeOptions{Null: &nil_}, text: "a,b\nnil,\"nil\"\nnil ,\n", docs: []string{`{"a":null,"b":"nil"}`, `{"a":"nil ","b":""}`}},
		{name: "null without a byte", o: tabular.DecodeOptions{Null: new(string), Typed: true}, text: "a.string(),b.string()\n,\"\"\n", docs: []string{`{"a":null,"b":""}`}},
		{name: "all text", o: tabular.DecodeOptions{AllText: true}, text: "a\n1\n", docs: []string{`{"a":"1"}`}},
		{name: "columns", o: tabular.DecodeOptions{Columns: []tabular.Column{{Path: []string{"x", "y"}}}}, text: "\uFEFF1\n", docs: []string{`{"x":` + int32s("y", 1) + `}`}},
		{name: "indexes are keys", text: "a.0,a.1\n1,2\n", docs: []string{`{"a":` + int32s(0, 1, 1, 2) + `}`}},
		{name: "arrays", o: tabular.DecodeOptions{ArrayIndexes: true, IgnoreBlanks: true}, text: "0.a,b.0.c,b.0.d.0,b.1.c\n1,2,3,4\n,5,,\n,,,\n", docs: []string{
			`{"0":` + int32s("a", 1) + `,"b":[{"c":{"$numberInt":"2"},"d":[{"$numberInt":"3"}]},` + int32s("c", 4) + `]}`,
			`{"b":[` + int32s("c", 5) + `]}`,
			`{}`,
		}},
		{name: "ragged", o: tabular.DecodeOptions{Ragged: true}, text: "a,b\n1\n1,2,3,x\n", docs: []string{int32s("a", 1), `{"a":{"$numberInt":"1"},"b":{"$numberInt":"2"},"field2":{"$numberInt":"3"},"field3":"x"}`}},
		{name: "cast", o: tabular.DecodeOptions{Typed: true, Grace: tabular.AutoCast}, text: "a.date(),b.int32()\n1,x\n", docs: []string{`{"a":{"$numberInt":"1"},"b":"x"}`}},
		{name: "fields left out", o: tabular.DecodeOptions{Typed: true, Grace: tabular.SkipField}, text: "a.date(),b.int32(),c.d.boolean()\n1,2,x\n", docs: []string{int32s("b", 2)}},
		{name: "a name like a type", text: "a.int32(),b\n1,2\n", docs: []string{`{"a":` + int32s("int32()", 1) + `,"b":{"$numberInt":"2"}}`}},
		{name: "tabs", o: tabular.DecodeOptions{Syntax: tabular.Syntax{Comma: '\t'}}, text: "a\tb,c\n1\t2\n", docs: []string{int32s("a", 1, "b,c", 2)}},
	} {
		for way, r := range map[string]io.Reader{
			"whole":        strings.NewReader(tc.text),
			"byte by byte": iotest.OneByteReader(strings.NewReader(tc.text)),
			"with the end": iotest.DataErrReader(strings.NewReader(tc.text)),
		} {
			got := read(t, tc.o, r)
			got.Left, got.Rows = nil, nil
			if diff := cmp.Diff(reading{Docs: tc.docs}, got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", tc.name, way, diff)
			}
		}
	}
}

// TestDecoderFaults compares faults with their places, and with the rows that are read and
// the bytes that are skipped.
func TestDecoderFaults(t *testing.T) {
	typed := tabular.DecodeOptions{Typed: true}
	indexes := tabular.DecodeOptions{ArrayIndexes: true, IgnoreBlanks: true}
	for _, tc := range []struct {
		name    string
		o       tabular.DecodeOptions
		text    string
		fault   tabular.SyntaxError
		value   bool
		docs    int
		skipped string
	}{
		{name: "a quotation mark", text: "a,b\r\n1,x\"y\r\n2,3\r\n", docs: 1, skipped: "1,x\"y\r\n",
			fault: tabular.SyntaxError{Offset: 8, Line: 2, Column: 4, Pointer: "/b", Err: tabular.ErrQuote}},
		{name: "CR", text: "a,b\r1,x\"y\r2,3\r", docs: 1, skipped: "1,x\"y\r",
			fault: tabular.SyntaxError{Offset: 7, Line: 2, Column: 4, Pointer: "/b", Err: tabular.ErrQuote}},
		{name: "text behind quotation marks", text: "a\n\"x\ny\"z\n2\n", docs: 1, skipped: "\"x\ny\"z\n",
			fault: tabular.SyntaxError{Offset: 7, Line: 3, Column: 3, Pointer: "/a", Err: tabular.ErrAfterQuote}},
		{name: "no quotation mark at the end", text: "a,b\n1,\"x\n2,3\n", docs: 1, skipped: "1,\"x\n",
			fault: tabular.SyntaxError{Offset: 6, Line: 2, Column: 3, Pointer: "/b", Err: tabular.ErrUnclosed}},
		{name: "a field that is too long", o: tabular.DecodeOptions{MaxDocumentSize: 30}, text: "a\n\"" + strings.Repeat("x\n", 40) + "\"\n1\n", docs: 40, skipped: "\"x\n\"\n",
			fault: tabular.SyntaxError{Offset: 2, Line: 2, Column: 1, Pointer: "/a", Err: tabular.ErrLongField}},
		{name: "a document that is too large", o: tabular.DecodeOptions{MaxDocumentSize: 30}, text: "a\n" + strings.Repeat("x", 40) + "\n1\n", docs: 1, skipped: strings.Repeat("x", 40) + "\n", value: true,
			fault: tabular.SyntaxError{Offset: 2, Line: 2, Column: 1, Err: bson.ErrTooLarge}},
		{name: "too few fields", text: "a,b\n1\n2,3\n", docs: 1, skipped: "1\n", value: true,
			fault: tabular.SyntaxError{Offset: 5, Line: 2, Column: 2, Err: tabular.ErrCount}},
		{name: "too many fields", text: "a,b\n1,2,3\n2,3\n", docs: 1, skipped: "1,2,3\n", value: true,
			fault: tabular.SyntaxError{Offset: 8, Line: 2, Column: 5, Err: tabular.ErrCount}},
		{name: "a name that is taken", o: tabular.DecodeOptions{Ragged: true}, text: "field1\n1,2\n3\n", docs: 1, skipped: "1,2\n", value: true,
			fault: tabular.SyntaxError{Offset: 9, Line: 2, Column: 3, Err: tabular.ErrCount}},
		{name: "a cell", o: typed, text: "\uFEFFa.b.int32(),c/d.int32()\n1,2\n\"x\ny\",2\n3,4", docs: 2, skipped: "\"x\ny\",2\n", value: true,
			fault: tabular.SyntaxError{Offset: 32, Line: 3, Column: 2, Pointer: "/a/b", What: `"x\ny"`, Err: tabular.ErrText}},
		{name: "JSON", o: typed, text: "a.int32(),c/d.json()\n1,{\n3,4", docs: 1, skipped: "1,{\n", value: true,
			fault: tabular.SyntaxError{Offset: 23, Line: 2, Column: 3, Pointer: "/c~1d", What: `"{"`, Err: extjson.ErrTruncated}},
		{name: "UTF-8", text: "a\nx\xff\n3", docs: 1, skipped: "x\xff\n", value: true,
			fault: tabular.SyntaxError{Offset: 2, Line: 2, Column: 1, Pointer: "/a", What: `"x\xff"`, Err: bson.ErrUTF8}},
		{name: "a hole", o: indexes, text: "a.0,a.1\n,1\n2,\n", docs: 1, skipped: ",1\n", value: true,
			fault: tabular.SyntaxError{Offset: 8, Line: 2, Column: 1, Pointer: "/a/0", Err: tabular.ErrHole}},
		{name: "a header without types", o: typed, text: "a.int32(),b\n1,2\n", skipped: "a.int32(),b\n1,2\n",
			fault: tabular.SyntaxError{Offset: 11, Line: 1, Column: 12, What: `"b"`, Err: tabular.ErrUntyped}},
		{name: "a header with types", text: "a.int32(),b.date()\n1,2\n", skipped: "a.int32(),b.date()\n1,2\n",
			fault: tabular.SyntaxError{Offset: 0, Line: 1, Column: 1, What: `"a.int32()"`, Err: tabular.ErrTyped}},
		{name: "a header with a quotation mark", text: "a\"\n1,2\n", skipped: "a\"\n1,2\n",
			fault: tabular.SyntaxError{Offset: 1, Line: 1, Column: 2, Err: tabular.ErrQuote}},
		{name: "a name twice", text: "a,b,a\n", skipped: "a,b,a\n",
			fault: tabular.SyntaxError{Offset: 4, Line: 1, Column: 5, What: `"a"`, Err: tabular.ErrConflict}},
		{name: "a value in a document", text: "a,b,a.c\n", skipped: "a,b,a.c\n",
			fault: tabular.SyntaxError{Offset: 4, Line: 1, Column: 5, What: `"a.c"`, Err: tabular.ErrConflict}},
		{name: "a document in a value", text: "a.c,b,a\n", skipped: "a.c,b,a\n",
			fault: tabular.SyntaxError{Offset: 6, Line: 1, Column: 7, What: `"a"`, Err: tabular.ErrConflict}},
		{name: "an array and a document", o: indexes, text: "a.0,a.b\n", skipped: "a.0,a.b\n",
			fault: tabular.SyntaxError{Offset: 4, Line: 1, Column: 5, What: `"a.b"`, Err: tabular.ErrConflict}},
		{name: "an array that begins with 1", o: indexes, text: "a.1\n", skipped: "a.1\n",
			fault: tabular.SyntaxError{Offset: 0, Line: 1, Column: 1, What: `"a.1"`, Err: tabular.ErrIndex}},
		{name: "a path that is too deep", text: strings.Repeat("a.", 1000) + "a\n", skipped: strings.Repeat("a.", 1000) + "a\n",
			fault: tabular.SyntaxError{Offset: 0, Line: 1, Column: 1, What: `"` + strings.Repeat("a.", 20) + `"...`, Err: bson.ErrDepth}},
	} {
		for way, r := range map[string]io.Reader{
			"whole":        strings.NewReader(tc.text),
			"byte by byte": iotest.OneByteReader(strings.NewReader(tc.text)),
		} {
			got := read(t, tc.o, r)
			if len(got.Faults) == 0 {
				t.Errorf("%s, %s: no fault", tc.name, way)
				continue
			}
			var fault tabular.SyntaxError
			switch err := got.Faults[0].(type) {
			case *tabular.SyntaxError:
				fault = *err
			case *tabular.ValueError:
				fault = tabular.SyntaxError(*err)
			}
			if diff := cmp.Diff(tc.fault, fault, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", tc.name, way, diff)
			}
			if _, value := got.Faults[0].(*tabular.ValueError); value != tc.value {
				t.Errorf("%s, %s: error is %T", tc.name, way, got.Faults[0])
			}
			if got.Skipped != tc.skipped || len(got.Docs) != tc.docs || got.Err != nil {
				t.Errorf("%s, %s: %d documents, %q skipped, %v; want %d, %q", tc.name, way, len(got.Docs), got.Skipped, got.Err, tc.docs, tc.skipped)
			}
		}
	}
}

// TestDecoderLeft holds that fields that are left out are reported with their places.
func TestDecoderLeft(t *testing.T) {
	o := tabular.DecodeOptions{Typed: true, Grace: tabular.SkipField}
	got := read(t, o, strings.NewReader("a.int32(),b.int32()\nx,1\n2,\"y\ny\"\n3,4\n"))
	var places []string
	for _, err := range got.Left {
		e := err.(*tabular.ValueError)
		places = append(places, fmt.Sprint(e.Line, " ", e.Column, " ", e.Pointer, " ", e.What))
	}
	if diff := cmp.Diff([]string{`2 1 /a "x"`, `3 4 /b "y\ny"`}, places); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDecoderReadError holds that the rows in front of an error of the reader are read, and
// no row that is not whole.
func TestDecoderReadError(t *testing.T) {
	broken := errors.New("the disk is broken")
	const text = "a,b\n1,2\n\"3\n\",4\n"
	for n := range len(text) + 1 {
		got := read(t, tabular.DecodeOptions{}, io.MultiReader(strings.NewReader(text[:n]), iotest.ErrReader(broken)))
		want := 0
		if n >= 8 {
			want = 1
		}
		if n == len(text) {
			want = 2
		}
		if len(got.Docs) != want || !errors.Is(got.Err, broken) || len(got.Faults) > 0 {
			t.Errorf("%d bytes: %d documents, %v, %v; want %d", n, len(got.Docs), got.Err, got.Faults, want)
		}
	}
}

// An endless is a reader of text that does not end.
type endless struct {
	text string
	n    int64 // bytes that were read
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	e.n += int64(n)
	return n, nil
}

// TestDecoderEndless holds that a field without an end is a fault, before much more than
// the largest document has been read.
func TestDecoderEndless(t *testing.T) {
	const most = 1 << 20
	for _, text := range []string{"xy\n", `""`} {
		rest := &endless{text: text}
		d := tabular.DecodeOptions{MaxDocumentSize: most}.NewDecoder(nil)
		d.Reset(io.MultiReader(strings.NewReader("a,b\n1,\""), rest), nil)
		if d.Next() || !errors.Is(d.Err(), bson.ErrTooLarge) || rest.n > 5*most {
			t.Errorf("%q: %v after %d bytes", text, d.Err(), rest.n)
		}
		if e, ok := d.Err().(*tabular.SyntaxError); !ok || e.Offset != 6 || e.Line != 2 || e.Column != 3 {
			t.Errorf("%q: %v", text, d.Err())
		}
	}
}

// TestDecoderManyFields holds that a row of delimiters alone, and a header with a million
// keys, are faults, and that the next row is read.
func TestDecoderManyFields(t *testing.T) {
	const most = 1 << 20
	got := read(t, tabular.DecodeOptions{}, strings.NewReader("a,b\n"+strings.Repeat(",", most)+"\n1,2\n"))
	if len(got.Docs) != 1 || len(got.Faults) != 1 || !errors.Is(got.Faults[0], tabular.ErrManyFields) {
		t.Errorf("a row: %d documents, %v", len(got.Docs), got.Faults)
	}
	names := make([]string, 1100)
	for i := range names {
		names[i] = fmt.Sprint(i) + strings.Repeat(".a", 990)
	}
	got = read(t, tabular.DecodeOptions{}, strings.NewReader(strings.Join(names, ",")+"\n"))
	if len(got.Faults) != 1 || !errors.Is(got.Faults[0], tabular.ErrManyFields) {
		t.Errorf("a header: %v", got.Faults)
	}
}

// FuzzDecoder holds that the documents, the faults and the skipped bytes of any text do not
// depend on the portions in which it arrives; that places of faults lie in the text, and
// lines and columns fit their offsets; and that rows and skipped bytes are bytes of the
// text.
func FuzzDecoder(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "\uFEFFa.int32(),b.c.json()\n1,{}\n\"\",x\n", "a.0.string(),a.1.auto()\r,1\r\"\"\"\",2", "a\n\"b\n", "a,a\n1,2\n", "a\r\nx\"\r\ny\"\r\n"} {
		for options := range uint8(64) {
			f.Add(text, options)
			f.Add(text, options|128)
		}
	}
	for _, text := range []string{strings.Repeat("x", 34) + "\"", "\"" + strings.Repeat("x", 34) + "\"x", "\"" + strings.Repeat("x", 34)} {
		f.Add(text, uint8(128)) // over the limit, and then another fault
	}
	f.Fuzz(func(t *testing.T, text string, options uint8) {
		o := tabular.DecodeOptions{
			Typed: options&1 != 0, ArrayIndexes: options&2 != 0, IgnoreBlanks: options&4 != 0, Ragged: options&8 != 0,
			Grace: tabular.Grace(options >> 4 & 3),
		}
		o.Syntax.LiteralQuotes = options&64 != 0
		if options&128 != 0 {
			o.MaxDocumentSize = 16
		}
		whole := read(t, o, strings.NewReader(text))
		portions := read(t, o, iotest.OneByteReader(strings.NewReader(text)))
		describe := cmp.Comparer(func(a, b error) bool { return fmt.Sprint(a) == fmt.Sprint(b) })
		if diff := cmp.Diff(whole, portions, describe); diff != "" {
			t.Fatalf("byte by byte (-whole +this):\n%s", diff)
		}
		for _, err := range append(whole.Faults, whole.Left...) {
			var e tabular.SyntaxError
			switch err := err.(type) {
			case *tabular.SyntaxError:
				e = *err
			case *tabular.ValueError:
				e = tabular.SyntaxError(*err)
			default:
				t.Fatalf("error is %T", err)
			}
			if e.Offset < 0 || e.Offset > int64(len(text)) {
				t.Fatalf("offset %d of %d: %v", e.Offset, len(text), err)
			}
			lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(text[:e.Offset], "\r\n", "\n"), "\r", "\n"), "\n")
			if strings.HasSuffix(text[:e.Offset], "\r") && strings.HasPrefix(text[e.Offset:], "\n") {
				continue // between both bytes of a line end
			}
			if e.Line != int64(len(lines)) || e.Column != int64(len(lines[len(lines)-1])+1) {
				t.Fatalf("offset %d is line %d, column %d, want %d, %d", e.Offset, e.Line, e.Column, len(lines), len(lines[len(lines)-1])+1)
			}
		}
		rest, size := text, len(whole.Skipped)
		for _, row := range whole.Rows {
			i := strings.Index(rest, row)
			if i < 0 {
				t.Fatalf("%q is no row behind the one before", row)
			}
			rest = rest[i+len(row):]
			size += len(row)
		}
		if size > len(text) {
			t.Fatalf("%d bytes of rows and skipped bytes of %d", size, len(text))
		}
	})
}
