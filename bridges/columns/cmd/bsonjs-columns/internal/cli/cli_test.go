package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/extjson"
)

// result is what a run gives.
type result struct {
	code     int
	out, err string
}

// run runs the command with a pipe as standard input.
func run(stdin []byte, args ...string) result {
	var out, err bytes.Buffer
	code := Run(args, struct{ io.Reader }{bytes.NewReader(stdin)}, &out, &err)
	return result{code, out.String(), err.String()}
}

// documents returns BSON of Extended JSON, a document on each line.
func documents(t testing.TB, text string) (out []byte) {
	t.Helper()
	for line := range strings.Lines(text) {
		doc, err := extjson.AppendBSON(nil, []byte(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, doc...)
	}
	return out
}

// inFile writes data to a new file and returns its name.
func inFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// allTypes has each type of BSON, alone, in arrays and in documents, missing and null.
const allTypes = `{"_id":{"$oid":"000102030405060708090a0b"},"d":1.5,"s":"ä\u0000","o":{"a":{"$numberInt":"1"},"b":"x"},"a":[{"$numberInt":"1"},null],"b":{"$binary":{"base64":"AQID","subType":"00"}},"old":{"$binary":{"base64":"AQID","subType":"02"}},"uuid":{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}},"un":{"$undefined":true},"t":true,"date":{"$date":{"$numberLong":"-62135596800001"}},"n":null,"re":{"$regularExpression":{"pattern":"^a/b","options":"ix"}},"ptr":{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"000102030405060708090a0b"}}},"code":{"$code":"f()"},"sym":{"$symbol":"s"},"scope":{"$code":"f()","$scope":{"x":{"$numberLong":"1"}}},"i":{"$numberInt":"-2147483648"},"ts":{"$timestamp":{"t":4294967295,"i":1}},"l":{"$numberLong":"9223372036854775807"},"dec":{"$numberDecimal":"1.20"},"min":{"$minKey":1},"max":{"$maxKey":1},"empty":{},"none":[],"nest":[[{"ids":[{"$oid":"000102030405060708090a0b"}]}],[]]}
{"_id":{"$oid":"0c0102030405060708090a0b"},"d":{"$numberDouble":"-0.0"},"s":"","o":null,"a":[],"b":{"$binary":{"base64":"","subType":"00"}},"dec":{"$numberDecimal":"-9.99"},"nest":null}
{"_id":{"$oid":"0d0102030405060708090a0b"},"d":{"$numberDouble":"Infinity"},"o":{"b":null},"a":null,"n":null,"nest":[null,[{"ids":[null]},{}]]}
{"_id":{"$oid":"0e0102030405060708090a0b"}}
`

// TestRoundTrip: the documents that come back have the same bytes, for all formats, from a
// file and from a pipe, to a file and to a pipe.
func TestRoundTrip(t *testing.T) {
	want := documents(t, allTypes)
	file := inFile(t, "all.bson", want)
	for _, format := range []string{"parquet", "arrow", "arrow-stream"} {
		table := filepath.Join(t.TempDir(), "table")
		piped := run(want, "write", "--to", format, "--output", "-", "--exact")
		if got := run(nil, "write", file, "--to", format, "--output", table); got != (result{}) || piped.code != 0 {
			t.Fatalf("%s: %v; to a pipe %v", format, got, piped)
		}
		data, err := os.ReadFile(table)
		if err != nil || string(data) != piped.out {
			t.Errorf("%s: a file has %d bytes, %v, and a pipe %d", format, len(data), err, len(piped.out))
		}
		for name, got := range map[string]result{
			"a file":          run(nil, "read", table),
			"a pipe":          run(data, "read", "-"),
			"a stated format": run(data, "read", "--from", format),
		} {
			if got.code != 0 || got.err != "" || got.out != string(want) {
				t.Errorf("%s, from %s: code %d, %s%s", format, name, got.code, got.err, cmp.Diff(lines(t, want), lines(t, []byte(got.out))))
			}
		}
	}
}

// lines returns the documents of a stream as canonical Extended JSON.
func lines(t testing.TB, data []byte) (out []string) {
	t.Helper()
	for doc, err := range bson.Documents(bytes.NewReader(data)) {
		if err != nil {
			return append(out, err.Error())
		}
		text, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

// TestAnyDocuments: any documents come back with the same bytes, or are rejected with exit
// code 1 and a line that says why.
func TestAnyDocuments(t *testing.T) {
	for f, format := range []string{"parquet", "arrow", "arrow-stream"} {
		for _, together := range []int{1, 3} {
			count, rejected := 0, 0
			var stream []byte
			for doc := range bsontest.Documents(uint64(f)) {
				if count++; count > 150 {
					break
				}
				if stream = append(stream, doc...); count%together != 0 {
					continue
				}
				made := run(stream, "write", "--to", format, "--output", "-", "--mixed", "json", "--order", "exact", "--exact")
				got := run([]byte(made.out), "read")
				switch {
				case made.code == codeRejected && made.out == "" && strings.Count(made.err, "\n") == 1:
					rejected += together
				case made.code != 0 || got.code != 0 || got.out != string(stream):
					t.Fatalf("%s, documents %x: %d %s, read %d %s, %x", format, stream, made.code, made.err, got.code, got.err, got.out)
				}
				stream = nil
			}
			if rejected > count*3/4 {
				t.Errorf("%s, %d together: %d of %d documents are rejected", format, together, rejected, count)
			}
		}
	}
}

// TestMixed: values of several types are rejected with their path, types and documents, or
// kept by a flag.
func TestMixed(t *testing.T) {
	in := documents(t, `{"a":{"$numberInt":"1"}}`+"\n"+`{"a":"x"}`+"\n"+`{"a":{"$numberInt":"2"}}`)
	for _, tc := range []struct {
		mixed, to string
		code      int
		note      string
	}{
		{"error", "parquet", 1, "a: 2 int values (first in document 1), 1 string value (first in document 2); add --mixed"},
		{"union", "parquet", 0, ""}, // JSON
		{"union", "arrow", 0, ""},
		{"json", "parquet", 0, ""},
		{"widen", "parquet", 1, "; type --mixed union, json or null"},
		{"null", "parquet", 0, "bsonjs-columns: values of another type became null: 1 value at a, the first in document 2\n"},
	} {
		made := run(in, "write", "--to", tc.to, "--output", "-", "--mixed", tc.mixed)
		if made.code != tc.code || !strings.Contains(made.err, tc.note) || (tc.note == "") != (made.err == "") {
			t.Errorf("--mixed %s --to %s: code %d, %q", tc.mixed, tc.to, made.code, made.err)
			continue
		}
		if tc.code == 0 && tc.mixed != "null" {
			if got := run([]byte(made.out), "read"); got.out != string(in) {
				t.Errorf("--mixed %s --to %s: %s", tc.mixed, tc.to, cmp.Diff(lines(t, in), lines(t, []byte(got.out))))
			}
		}
	}
}

// TestInfer: with --infer the columns are those of the first documents, and all documents
// are written.
func TestInfer(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "{\"a\":%d}\n", i)
	}
	in := documents(t, text.String())
	file := inFile(t, "a.bson", in)
	late := append(slices.Clone(in), documents(t, `{"a":1,"b":2}`)...)
	for _, tc := range []struct {
		name  string
		stdin []byte
		args  []string
		code  int
		err   string
	}{
		{"pipe", in, []string{"--infer", "10"}, 0, ""},
		{"more than there are", in, []string{"--infer", "10000"}, 0, ""},
		{"file", nil, []string{"--infer", "10", file}, 0, ""},
		{"late field", late, []string{"--infer", "10"}, 1, "no column for this key: int at b, document 5001"},
		{"late field, ignored", late, []string{"--infer", "10", "--extra-fields", "ignore"}, 0, "fields without a column were left out: 1 document, the first is document 5001"},
		{"late field, known", late, nil, 0, ""},
	} {
		made := run(tc.stdin, append([]string{"write", "--to", "arrow-stream", "--output", "-"}, tc.args...)...)
		if made.code != tc.code || !strings.Contains(made.err, tc.err) || (tc.err == "") != (made.err == "") {
			t.Errorf("%s: code %d, %q", tc.name, made.code, made.err)
			continue
		}
		want := string(in)
		if tc.name == "late field, known" {
			want = string(late)
		}
		if got := run([]byte(made.out), "read"); tc.code == 0 && !strings.HasPrefix(got.out, want) {
			t.Errorf("%s: %d bytes came back, want %d", tc.name, len(got.out), len(want))
		}
	}
}

// TestFaults: each fault is one line, an exit code, and no output.
func TestFaults(t *testing.T) {
	doc := documents(t, `{"a":1}`)
	bad := inFile(t, "bad.parquet", []byte("PAR1 and no more"))
	text := inFile(t, "text.json", []byte("{}"))
	exists := inFile(t, "exists.parquet", []byte("x"))
	unsigned := run(documents(t, `{"a":1}`), "write", "--to", "parquet", "--output", "-").out
	for _, tc := range []struct {
		name  string
		stdin []byte
		args  []string
		code  int
		err   string // a part of it
	}{
		{"no command", nil, nil, 2, "a command is missing"},
		{"unknown command", nil, []string{"make"}, 2, "unknown command"},
		{"unknown flag", nil, []string{"write", "--array"}, 2, "unknown flag: --array"},
		{"unknown value", nil, []string{"write", "--mixed", "some"}, 2, "must be error or union or widen or json or null"},
		{"two files", nil, []string{"write", "a", "b"}, 2, "accepts at most 1 arg"},
		{"no output", nil, []string{"write"}, 2, "add --output FILE"},
		{"no format", nil, []string{"write", "--output", "x.txt"}, 2, "add --to"},
		{"wrong compression", doc, []string{"write", "--to", "arrow", "--output", "-", "--compression", "snappy"}, 2, "type auto, none, zstd or lz4"},
		{"output exists", doc, []string{"write", "--output", exists}, 2, "add --overwrite to replace it"},
		{"output is a directory", doc, []string{"write", "--to", "arrow", "--output", t.TempDir()}, 2, "is a directory"},
		{"no directory", doc, []string{"write", "--output", filepath.Join(t.TempDir(), "none", "x.parquet")}, 5, "cannot be written: no such file or directory"},
		{"no input", nil, []string{"write", "--to", "arrow", "--output", "-", "none.bson"}, 3, "none.bson: no such file or directory"},
		{"malformed BSON", doc[:5], []string{"write", "--to", "arrow", "--output", "-"}, 4, "document ends too early"},
		{"too large", doc, []string{"write", "--to", "arrow", "--output", "-", "--max-document-size", "6"}, 4, "document is too large"},
		{"later type", documents(t, `{"a":{"$numberInt":"1"}}`+"\n"+`{"a":"x"}`), []string{"write", "--to", "arrow", "--output", "-", "--infer", "1"}, 1, "offset 16; use a larger --infer\n"},
		{"later null", documents(t, `{"a":"x"}`+"\n"+`{"a":null}`), []string{"write", "--to", "arrow", "--output", "-", "--infer", "1"}, 1, "; use a larger --infer, or add --nulls fold"},
		{"later subtype", documents(t, `{"a":{"$binary":{"base64":"","subType":"00"}}}`+"\n"+`{"a":{"$binary":{"base64":"","subType":"80"}}}`),
			[]string{"write", "--to", "arrow", "--output", "-", "--infer", "1"}, 1, "; use a larger --infer"},
		{"NaN", documents(t, `{"a":{"$numberDecimal":"NaN"}}`), []string{"write", "--to", "arrow", "--output", "-", "--decimal", "number"}, 1, "; add --decimal bits"},
		{"slash", documents(t, `{"a":{"$regularExpression":{"pattern":"a","options":"/"}}}`), []string{"write", "--to", "arrow", "--output", "-", "--regex", "text"}, 1, "; leave out --regex text"},
		{"wide", documents(t, `{"a":{"$numberLong":"9007199254740993"}}`+"\n"+`{"a":{"$numberDouble":"1.5"}}`),
			[]string{"write", "--to", "arrow", "--output", "-", "--mixed", "widen"}, 1, "; type --mixed union or json"},
		{"large number", stream(t, arrow.PrimitiveTypes.Uint64, `[{"a":18446744073709551615}]`), []string{"read"}, 1, "larger than the largest int64, of uint64 at a, row 1; write the column as text"},
		{"long decimal", stream(t, &arrow.Decimal128Type{Precision: 38}, `[{"a":"12345678901234567890123456789012345678"}]`), []string{"read"}, 1, ", of decimal(38, 0) at a, row 1; write the column as text"},
		{"fine time", fine(t), []string{"read"}, 1, "finer than a millisecond: 1001 us, of timestamp[us] at a, row 1; add --times floor to round it down"},
		{"duplicate key", documents(t, `{"a":1,"a":2}`), []string{"write", "--to", "arrow", "--output", "-"}, 1, "bsonjs-columns: duplicate key: int at a, document 1, offset 11; to leave out such documents, type bsonjs IN.bson -o OUT.parquet --no-duplicate-keys --on-error skip\n"},
		{"duplicate key, later", documents(t, `{"a":1}`+"\n"+`{"b":[{"a":1,"c":{"x":1,"x":""}}]}`), []string{"write", "--to", "arrow", "--output", "-"}, 1, "duplicate key: string at b[].c.x, document 2, offset 51; "},
		{"duplicate key and types", documents(t, `{"b":1,"a":"","a":2}`+"\n"+`{"b":"x"}`), []string{"write", "--to", "arrow", "--output", "-"}, 1, "bsonjs-columns: duplicate key: int at a, document 1, offset 19; there are also fields with values of several types; to leave out documents that have a key twice and to keep all types, type bsonjs IN.bson -o OUT.parquet --mixed json --no-duplicate-keys --on-error skip\n"},
		{"duplicate key and types, as JSON", documents(t, `{"b":1,"a":2,"a":2}`+"\n"+`{"b":"x"}`), []string{"write", "--to", "arrow", "--output", "-", "--mixed", "json"}, 1, "; to leave out such documents, type bsonjs IN.bson"},
		{"deep", documents(t, strings.Repeat(`{"a":`, 70)+"1"+strings.Repeat("}", 70)), []string{"write", "--to", "arrow", "--output", "-"}, 1, "nested deeper than MaxLevels at a.a."},
		{"keys like data", documents(t, `{"a":{"x":1,`+dataKeys(40)+`}}`), []string{"write", "--to", "arrow", "--output", "-"}, 1, "beside other keys at a; add --mixed json\n"},
		{"keys like data at the top", documents(t, `{`+dataKeys(40)+`}`), []string{"write", "--to", "arrow", "--output", "-", "--mixed", "json"}, 1, "; choose fewer fields with bsonjs --fields\n"},
		{"no columns", documents(t, `{}`), []string{"write", "--to", "parquet", "--output", "-"}, 1, "no document has a field, and Parquet has no rows without columns; select other documents, or type --to arrow\n"},
		{"no documents", nil, []string{"write", "--to", "parquet", "--output", "-"}, 1, "bsonjs-columns: there are no documents, and Parquet has no rows without columns; select other documents, or type --to arrow\n"},
		{"order", documents(t, `{"a":1,"b":1}`+"\n"+`{"b":1,"a":1}`), []string{"write", "--to", "arrow", "--output", "-", "--exact"}, 1,
			"the keys are in another order than the columns: object, document 2, offset 19; add --order exact to keep the order, or leave out --exact\n"},
		{"a loss", documents(t, `{"a":null}`+"\n{}"), []string{"write", "--to", "arrow", "--output", "-", "--exact", "--nulls", "fold"}, 1, "; leave out --exact to accept it\n"},
		{"a large document", documents(t, `{"a":"`+strings.Repeat("x", 50)+`"}`), []string{"write", "--to", "arrow", "--output", "-", "--max-document-size", "20"}, 4,
			"; if the input is not a file of BSON, type bsonjs IN -o OUT.parquet; otherwise use a larger --max-document-size\n"},
		{"a large document after another", documents(t, `{"a":1}`+"\n"+`{"a":"`+strings.Repeat("x", 50)+`"}`), []string{"write", "--to", "arrow", "--output", "-", "--max-document-size", "20"}, 4,
			"its length is 63; use a larger --max-document-size\n"},
		{"JSON to write", nil, []string{"write", "--to", "arrow", "--output", "-", text}, 4, "; if the input is not a file of BSON, type bsonjs IN -o OUT.parquet\n"},
		{"a directory to write", nil, []string{"write", "--to", "arrow", "--output", "-", t.TempDir()}, 3, "is a directory; if the input is not a file of BSON, type bsonjs IN -o OUT.parquet\n"},
		{"many levels", documents(t, `{"a":{"a":{"a":1}}}`), []string{"write", "--to", "arrow", "--output", "-", "--max-depth", "2"}, 1, "; use a larger --max-depth\n"},
		{"a large row", stream(t, arrow.BinaryTypes.String, `[{"a":"`+strings.Repeat("x", 50)+`"}]`), []string{"read", "--max-document-size", "20"}, 1,
			"document is too large, row 1; use a larger --max-document-size\n"},
		{"damaged Parquet", nil, []string{"read", bad}, 4, "malformed file"},
		{"neither", nil, []string{"read", text}, 4, "neither Parquet nor Arrow"},
		{"empty", nil, []string{"read"}, 4, "neither Parquet nor Arrow"},
		{"wrong format", []byte(unsigned), []string{"read", "--from", "arrow"}, 4, "; the first bytes are those of parquet, so type --from parquet or leave out --from\n"},
		{"no format", []byte("x"), []string{"read", "--from", "arrow"}, 4, "malformed file: the file is too short for its schema\n"},
		{"no table", nil, []string{"read", "none.parquet"}, 3, "none.parquet: no such file or directory"},
		{"a directory", nil, []string{"read", t.TempDir()}, 3, "is a directory"},
	} {
		got := run(tc.stdin, tc.args...)
		if got.code != tc.code || !strings.Contains(got.err, tc.err) || got.out != "" ||
			!strings.HasPrefix(got.err, "bsonjs-columns: ") || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%s: code %d, want %d, %q", tc.name, got.code, tc.code, got.err)
		}
		if len(tc.args) < 2 {
			continue
		}
		var line map[string]any
		got = run(tc.stdin, slices.Insert(slices.Clone(tc.args), 1, "--errors", "json")...)
		if err := json.Unmarshal([]byte(got.err), &line); err != nil || line["exit"] != float64(tc.code) || line["message"] == "" || line["code"] == "" {
			t.Errorf("%s, --errors json: %v, %s", tc.name, err, got.err)
		}
	}
}

// TestNoArguments: without arguments, those of the process have no effect.
func TestNoArguments(t *testing.T) {
	defer func(old []string) { os.Args = old }(os.Args)
	os.Args = []string{"bsonjs-columns", "version"}
	if got := run(nil); got.code != 2 || !strings.Contains(got.err, "a command is missing") {
		t.Errorf("%+v", got)
	}
}

// dataKeys returns n fields whose keys look like data.
func dataKeys(n int) string {
	var fields []string
	for i := range n {
		fields = append(fields, fmt.Sprintf(`"%024x":1`, i))
	}
	return strings.Join(fields, ",")
}

// fine returns a table with a time of 1,001 microseconds.
func fine(t *testing.T) []byte {
	t.Helper()
	return stream(t, &arrow.TimestampType{Unit: arrow.Microsecond}, `[{"a":1001}]`)
}

// stream returns a table with a column a.
func stream(t *testing.T, typ arrow.DataType, rows string) []byte {
	t.Helper()
	s := arrow.NewSchema([]arrow.Field{{Name: "a", Type: typ}}, nil)
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, s, strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(s))
	if err := errors.Join(w.Write(batch), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWrittenEnds: a run that a signal ends writes nothing more, also within a batch.
func TestWrittenEnds(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("a signal")
	cancel(cause)
	if n, err := (written{ctx, &output{}}).Write([]byte("x")); n != 0 || err != cause {
		t.Errorf("Write = %d, %v, want %v", n, err, cause)
	}
}

// TestTimes: a time that is finer than a millisecond is rounded down if a flag says so.
func TestTimes(t *testing.T) {
	got := run(fine(t), "read", "--times", "floor")
	if diff := cmp.Diff([]string{`{"a":{"$date":{"$numberLong":"1"}}}`}, lines(t, []byte(got.out))); diff != "" || got.code != 0 {
		t.Errorf("%v (-want +got):\n%s", got, diff)
	}
}

// TestLosses: a note says what is lost, how often, and where it is first.
func TestLosses(t *testing.T) {
	for _, tc := range []struct {
		text, want string
		flags      []string
	}{
		{`{"a":1,"b":1} {"b":1,"a":1}`, "keys in another order than the columns: 1 document, the first is document 2; --order exact keeps the order", nil},
		{`{"a":1,"b":1} {"b":1,"a":1} {"b":1,"a":1}`, "keys in another order than the columns: 2 documents, the first is document 2; --order exact keeps the order", nil},
		{`{"d":{"a":1,"b":1}} {"d":{"b":1,"a":1}}`, "keys in another order than the columns: 1 value at d, the first in document 2; --order exact keeps the order", nil},
		{`{"a":null} {} {}`, "missing fields became null: 2 values at a, the first in document 2", []string{"--nulls", "fold"}},
	} {
		got := run(documents(t, strings.ReplaceAll(tc.text, "} {", "}\n{")), append([]string{"write", "--to", "arrow", "--output", "-"}, tc.flags...)...)
		if want := "bsonjs-columns: " + tc.want + "\n"; got.code != 0 || got.err != want {
			t.Errorf("%s: code %d, %q, want %q", tc.text, got.code, got.err, want)
		}
	}
}

// TestOutput: an output has all bytes or is not there. One that is empty was made by bsonjs:
// it is written in place, and empty again after a fault.
func TestOutput(t *testing.T) {
	dir := t.TempDir()
	good, bad := documents(t, `{"a":1}`), documents(t, `{"a":1}`+"\n"+`{"a":"x"}`)
	name := filepath.Join(dir, "x.parquet")
	names := func() (all []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return all
	}
	// The columns fit the first document, so the fault comes after the start of the file.
	late := []string{"write", "--output", name, "--infer", "1"}
	if got := run(bad, late...); got.code != 1 || names() != nil {
		t.Errorf("after a fault: %v, the directory has %v", got, names())
	}
	if got := run(good, late...); got.code != 0 || len(names()) != 1 {
		t.Errorf("%v, the directory has %v", got, names())
	}
	before, _ := os.ReadFile(name)
	if got := run(bad, append(late, "--overwrite")...); got.code != 1 || len(names()) != 1 {
		t.Errorf("--overwrite, after a fault: %v, the directory has %v", got, names())
	}
	if after, _ := os.ReadFile(name); !bytes.Equal(before, after) {
		t.Error("a fault replaces the old file")
	}
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	if got := run(good, append(late, "--overwrite")...); got.code != 0 {
		t.Errorf("--overwrite: %v", got)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode of a replaced file is %v, %v", info.Mode(), err)
	}

	reserved, err := os.CreateTemp(dir, "reserved")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"write", "--to", "parquet", "--output", reserved.Name(), "--infer", "1"}
	inode, _ := reserved.Stat()
	for _, tc := range []struct {
		in   []byte
		code int
	}{{bad, 1}, {good, 0}} {
		got := run(tc.in, args...)
		info, err := os.Stat(reserved.Name())
		if got.code != tc.code || err != nil || !os.SameFile(info, inode) || (info.Size() > 0) != (tc.code == 0) {
			t.Errorf("a reserved name: %v, %v, %d bytes", got, err, info.Size())
		}
	}
	reserved.Close()
}

// TestNoTemporaryFiles: a pipe that was read twice leaves no file.
func TestNoTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	made := run(documents(t, allTypes), "write", "--to", "parquet", "--output", "-")
	got := run([]byte(made.out), "read")
	run(documents(t, `{"a":1}`+"\n"+`{"a":"x"}`), "write", "--to", "parquet", "--output", "-")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 || made.code != 0 || got.code != 0 {
		t.Errorf("%v %v %v", entries, err, made)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "none"))
	t.Setenv("TMP", filepath.Join(dir, "none"))
	want := regexp.MustCompile(`^bsonjs-columns: cannot create a temporary file in .*none: .*; set TMP(DIR)? to another directory\n$`)
	if got := run([]byte(made.out), "read"); got.code != 5 || !want.MatchString(got.err) {
		t.Errorf("no directory: %v", got)
	}
}

// TestCompletion: shells get the commands, and the words of flags.
func TestCompletion(t *testing.T) {
	for _, tc := range []struct {
		args string // of the command line, before the word that is completed
		want []string
	}{
		{"", []string{"completion", "handshake", "help", "read", "version", "write"}},
		{"write --to", []string{"parquet", "arrow", "arrow-stream"}},
		{"write x.bson --mixed", []string{"error", "union", "widen", "json", "null"}},
		{"write --compression", []string{"auto", "none", "zstd", "lz4", "snappy"}},
		{"read --times", []string{"exact", "floor"}},
		{"read", nil},
		{"completion", []string{"bash", "fish", "powershell", "zsh"}},
	} {
		got := run(nil, append(append([]string{"__completeNoDesc"}, strings.Fields(tc.args)...), "")...)
		words := strings.Fields(got.out)
		if diff := cmp.Diff(tc.want, words[:len(words)-1], cmpopts.EquateEmpty()); diff != "" || got.code != 0 {
			t.Errorf("%s: %v (-want +got):\n%s", tc.args, got, diff)
		}
	}
	for _, shell := range []string{"bash", "fish", "powershell", "zsh"} {
		if got := run(nil, "completion", shell); got.code != 0 || got.err != "" || !strings.Contains(got.out, "bsonjs-columns") {
			t.Errorf("%s: code %d, %s", shell, got.code, got.err)
		}
	}
	if got := run(nil, "completion", "tcsh"); got.code != 2 || !strings.Contains(got.err, "type the name of a shell: bash, fish, powershell, zsh") {
		t.Errorf("tcsh: %v", got)
	}
}

// TestHandshake: bsonjs reads three words.
func TestHandshake(t *testing.T) {
	got := run(nil, "handshake")
	words := strings.Fields(got.out)
	if got.code != 0 || len(words) != 3 || words[0] != "bsonjs-columns" || words[1] != fmt.Sprint(protocol) || got.out != strings.Join(words, " ")+"\n" {
		t.Errorf("%v", got)
	}
}
