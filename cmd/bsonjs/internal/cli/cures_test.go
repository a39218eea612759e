package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
)

// bsonOf returns the BSON of documents in JSON.
func bsonOf(t testing.TB, docs ...string) []byte {
	t.Helper()
	var all []byte
	for _, doc := range docs {
		var err error
		if all, err = (extjson.DecodeOptions{}).AppendBSON(all, []byte(doc)); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// stored returns the BSON of {"a":{"$oid":"zz"}}, which JSON cannot say.
func stored() []byte {
	doc, outer := bsoncore.Begin(nil)
	doc, inner := bsoncore.BeginDocument(doc, "a")
	doc = bsoncore.AppendString(doc, "$oid", "zz")
	return bsoncore.End(bsoncore.End(doc, inner), outer)
}

// latin1 returns the BSON of {"s":"Müller"} in Latin-1.
func latin1() []byte {
	doc, mark := bsoncore.Begin(nil)
	return bsoncore.End(bsoncore.AppendString(doc, "s", "M\xfcller"), mark)
}

// nestedIn returns the BSON of n documents in each other.
func nestedIn(n int) []byte {
	doc := []byte{5, 0, 0, 0, 0}
	for range n - 1 {
		outer, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendValue(outer, "", bson.TypeDocument, doc), mark)
	}
	return doc
}

// inLines returns text in lines of n bytes.
func inLines(text string, n int) string {
	var b strings.Builder
	for ; len(text) > n; text = text[n:] {
		b.WriteString(text[:n] + "\n")
	}
	return b.String() + text + "\n"
}

// longLength is the start of a document of 256 MiB.
const longLength = "\x00\x00\x00\x10\x02a\x00"

// A cureRow is a fault, the line about it, and what works.
type cureRow struct {
	name  string
	input []byte
	args  string // of bsonjs
	line  string // on standard error, without the summary and "bsonjs: in: "
	then  string // the arguments that work; "" if there is no flag
}

func cureRows(t testing.TB) []cureRow {
	long := bsonOf(t, `{"a":"`+strings.Repeat("long ", 40)+`"}`)
	big := bsonOf(t, `{"a":"`+strings.Repeat("x", 2<<20)+`"}`)
	json := func(s string) []byte { return []byte(s) }
	const value, key = "unexpected character, expected a value", "unexpected character, expected a key"
	const date = `expected an RFC 3339 date to the millisecond, or {"$numberLong": text}`
	return []cureRow{
		// Syntax of the shell.
		{"call", json(`{"_id":ObjectId("573338a5108d3dd59ce57cf7")}`), "-t bson",
			"document 1 at offset 7, line 1, column 8 (/_id): " + value + "; use --accept shell", "-t bson --accept shell"},
		{"key", json(`{a:1}`), "-t bson", "document 1 at offset 1, line 1, column 2: " + key + "; use --accept shell", "-t bson --accept shell"},
		{"quotes", json(`{'a':1}`), "-t bson", "document 1 at offset 1, line 1, column 2: " + key + "; use --accept shell", "-t bson --accept shell"},
		{"NaN", json(`{"a":NaN}`), "-t bson", "document 1 at offset 5, line 1, column 6 (/a): " + value + "; use --accept shell", "-t bson --accept shell"},
		{"last comma", json(`{"a":1,}`), "-t bson", "document 1 at offset 7, line 1, column 8: " + key + "; use --accept shell", "-t bson --accept shell"},
		{"escape", json(`{"a":"\x41"}`), "-t bson",
			"document 1 at offset 7, line 1, column 8 (/a): invalid escape, expected one of \"\\/bfnrtu; use --accept shell", "-t bson --accept shell"},
		{"comment between", json("{\"a\":1}\n// two\n{\"a\":2}"), "-t bson",
			"document 2 at offset 8, line 2, column 1: unexpected character, expected a document or an array of documents; use --accept shell", "-t bson --accept shell"},
		{"comma between", json("{\"a\":1},\n{\"a\":2}"), "-t bson",
			"document 2 at offset 7, line 1, column 8: unexpected character, expected a document or an array of documents; use --accept shell", "-t bson --accept shell"},
		{"comment in an array", json("[{\"a\":1}, /* two */\n{\"a\":2}]"), "-t bson",
			"document 2 at offset 10, line 1, column 11: unexpected character, expected a document; use --accept shell", "-t bson --accept shell"},
		{"second document of an array", json(`[{"a":1},{a:2}]`), "-t bson",
			"document 2 at offset 10, line 1, column 11: " + key + "; use --accept shell", "-t bson --accept shell"},
		{"inspect", json(`{a:1}`), "inspect", "document 1 at offset 1, line 1, column 2: " + key + "; use --accept shell", "inspect --accept shell"},
		{"validate", json(`{a:1}`), "validate", "document 1 at offset 1, line 1, column 2: " + key + "; use --accept shell; skipped 5 bytes from offset 0", "validate --accept shell"},
		{"with legacy", json(`{a:1}`), "-t bson --accept legacy",
			"document 1 at offset 1, line 1, column 2: " + key + "; use --accept legacy,shell", "-t bson --accept legacy,shell"},
		{"a later fault", json(`{a:1,b:ObjectId("x")}`), "-t bson", "document 1 at offset 1, line 1, column 2: " + key + "; use --accept shell", ""},
		{"in a long document", json(`{"a":"` + strings.Repeat("x", 4<<20-100_000) + `",b:1}`), "-t bson",
			"document 1 at offset 4094312, line 1, column 4094313: " + key + "; use --accept shell", "-t bson --accept shell"},
		{"too far to try", json(`{"a":"` + strings.Repeat("x", 4<<20) + `",b:1}`), "-t bson", "document 1 at offset 4194312, line 1, column 4194313: " + key, ""},
		// No flag helps against these.
		{"word", json(`{"a":None}`), "-t bson", "document 1 at offset 5, line 1, column 6 (/a): " + value, ""},
		{"open quotes", json(`{"a":'x}`), "-t bson", "document 1 at offset 5, line 1, column 6 (/a): " + value, ""},
		{"two values", json(`{"a":1 2}`), "-t bson", "document 1 at offset 7, line 1, column 8: unexpected character, expected comma or }", ""},
		{"canonical is asked for", json(`{a:1}`), "-t bson --accept canonical", "document 1 at offset 1, line 1, column 2: " + key, ""},

		// Wrappers before version 2.
		{"date", json(`{"a":{"$date":1704164645000}}`), "-t bson",
			"document 1 at offset 14, line 1, column 15 (/a): misplaced special key, " + date + "; use --accept legacy", "-t bson --accept legacy"},
		{"binary", json(`{"a":{"$binary":"AQID","$type":"00"}}`), "-t bson",
			`document 1 at offset 16, line 1, column 17 (/a): misplaced special key, expected {"base64": text, "subType": hexadecimal text}; use --accept legacy`, "-t bson --accept legacy"},
		{"legacy beside shell", json(`{"a":{"$date":1}}`), "-t bson --accept shell",
			"document 1 at offset 14, line 1, column 15 (/a): misplaced special key, " + date + "; use --accept legacy,shell", "-t bson --accept legacy,shell"},
		{"shell, then legacy", json(`{"a":NumberLong(5),"b":{"$date":1}}`), "-t bson",
			"document 1 at offset 5, line 1, column 6 (/a): " + value + "; use --accept legacy,shell", "-t bson --accept legacy,shell"},
		{"legacy, then shell", json(`{"b":{"$date":1},"a":NumberLong(5)}`), "-t bson",
			"document 1 at offset 14, line 1, column 15 (/b): misplaced special key, " + date + "; use --accept legacy,shell", "-t bson --accept legacy,shell"},
		{"microseconds", json(`{"a":{"$date":"2024-01-02T03:04:05.123456Z"}}`), "-t bson",
			"document 1 at offset 14, line 1, column 15 (/a): invalid value of a special key, " + date + "; use --lenient-dates", "-t bson --lenient-dates"},
		{"microseconds, shell", json(`{"a":ISODate("2024-01-02T03:04:05.123456Z")}`), "-t bson --accept shell",
			"document 1 at offset 13, line 1, column 14 (/a): invalid value of a special key, expected a date; use --lenient-dates", "-t bson --accept shell --lenient-dates"},
		{"local time, shell", json(`{"a":new Date("2024-01-02T03:04:05")}`), "-t bson --accept shell",
			"document 1 at offset 14, line 1, column 15 (/a): value needs evaluation, expected a time zone; use --lenient-dates", "-t bson --accept shell --lenient-dates"},
		{"the time of the run, shell", json(`{"a":new Date()}`), "-t bson --accept shell",
			"document 1 at offset 13, line 1, column 14 (/a): value needs evaluation, expected an argument", ""},
		{"no date", json(`{"a":{"$date":"today"}}`), "-t bson",
			"document 1 at offset 14, line 1, column 15 (/a): invalid value of a special key, " + date, ""},
		{"no date, lenient", json(`{"a":{"$date":"today"}}`), "-t bson --lenient-dates",
			"document 1 at offset 14, line 1, column 15 (/a): invalid value of a special key, " + date, ""},

		// Values without text.
		{"special key", stored(), "", "document 1 at offset 11 (/a/$oid): key is special in Extended JSON; use --ambiguous escape to write the text and to read it", "--ambiguous escape"},
		{"special key, some fields", stored(), "--fields a", "document 1 at offset 0 (/a/$oid): key is special in Extended JSON; use --ambiguous escape to write the text and to read it", "--fields a --ambiguous escape"},
		{"special key, an edit", stored(), "--set a.$oid=7 --rename a=b", "document 1 at offset 0 (/b/$oid): key is special in Extended JSON; use --ambiguous escape to write the text and to read it", "--set a.$oid=7 --rename a=b --ambiguous escape"},
		{"special key, unset", bsonOf(t, `{"a":{"b":1}}`), "--set a.$oid=7", "document 1 at offset 0 (/a/$oid): key is special in Extended JSON; use --ambiguous escape to write the text and to read it", "--set a.$oid=7 --ambiguous escape"},
		{"special key, from JSON", json(`{"a":{"$regex":"x"}}`), "-t json -m legacy",
			"document 1 at offset 0, line 1, column 1 (/a/$regex): key is special in Extended JSON; use --ambiguous as-is", "-t json -m legacy --ambiguous as-is"},
		{"special key, salvage", stored(), "salvage -t json",
			"document 1 at offset 11 (/a/$oid): key is special in Extended JSON; use --ambiguous escape to write the text and to read it; skipped 26 bytes from offset 0",
			"salvage -t json --ambiguous escape"},
		{"special key, dump", stored(), "dump",
			"document 1 at offset 11 (/a/$oid): key is special in Extended JSON; use --lossy; skipped 26 bytes from offset 0", "dump --lossy"},
		{"regex, plain", bsonOf(t, `{"a":{"$regularExpression":{"pattern":"a","options":""}}}`), "-m plain",
			"document 1 at offset 4 (/a): value has no form in plain JSON; use --lossy", "-m plain --lossy"},
		{"regex, from JSON", json(`{"a":{"$regularExpression":{"pattern":"a","options":""}}}`), "-m plain -t json",
			"document 1 at offset 0, line 1, column 1 (/a): value has no form in plain JSON; use --lossy", "-m plain -t json --lossy"},
		{"NaN, plain", bsonOf(t, `{"a":{"$numberDouble":"NaN"}}`), "-m plain",
			"document 1 at offset 4 (/a): value has no form in plain JSON; use --non-finite null or --non-finite text", "-m plain --non-finite text"},
		{"NaN and regex, plain", bsonOf(t, `{"a":{"$numberDouble":"NaN"},"b":{"$minKey":1}}`), "-m plain",
			"document 1 at offset 4 (/a): value has no form in plain JSON; use --lossy", "-m plain --lossy"},
		{"unsorted options, dump", []byte("\x0d\x00\x00\x00\x0ba\x00x\x00xi\x00\x00"), "dump",
			"document 1 at offset 4 (/a): text cannot keep every bit; use --lossy; skipped 13 bytes from offset 0", "dump --lossy"},
		{"undefined, pickle", bsonOf(t, `{"a":{"$undefined":true}}`), "-t pickle",
			"document 1 at offset 4 (/a): no Python class for the value; use --deprecated convert", "-t pickle --deprecated convert"},
		{"regex, pickle", bsonOf(t, `{"a":{"$regularExpression":{"pattern":"a","options":"g"}}}`), "-t pickle",
			"document 1 at offset 4 (/a): no Python class for the value", ""},
		{"35 digits", json(`{"a":{"$numberDecimal":"10000000000000000000000000000000001"}}`), "-t bson",
			"document 1 at offset 23, line 1, column 24 (/a): decimal has more than 34 digits", ""},

		// Text that is not UTF-8.
		{"Latin-1", latin1(), "", "document 1 at offset 12 (/s): invalid UTF-8; use --invalid-utf8 replace", "--invalid-utf8 replace"},
		{"Latin-1, copied", latin1(), "-t bson", "document 1 at offset 12 (/s): invalid UTF-8; use --invalid-utf8 keep", "-t bson --invalid-utf8 keep"},
		{"Latin-1, filtered", latin1(), "-t bson --where {s:1}", "document 1 at offset 12 (/s): invalid UTF-8; use --invalid-utf8 keep", "-t bson --where {s:1} --invalid-utf8 keep"},
		{"Latin-1, in a field that is left out", latin1(), "--exclude s", "document 1 at offset 12 (/s): invalid UTF-8; use --invalid-utf8 replace", "--exclude s --invalid-utf8 replace"},
		{"Latin-1 to a pickle", latin1(), "-t pickle", "document 1 at offset 12 (/s): invalid UTF-8; use --invalid-utf8 replace", "-t pickle --invalid-utf8 replace"},
		{"Latin-1, dump", latin1(), "dump", "document 1 at offset 12 (/s): invalid UTF-8; use --lossy; skipped 19 bytes from offset 0", "dump --lossy"},
		{"Latin-1, salvage", latin1(), "salvage -t json",
			"document 1 at offset 12 (/s): invalid UTF-8; use --invalid-utf8 replace; skipped 19 bytes from offset 0", "salvage -t json --invalid-utf8 replace"},
		{"Latin-1 in JSON", json("{\"a\":\"\xfc\"}"), "-t bson", "document 1 at offset 6, line 1, column 7 (/a): invalid UTF-8; use --invalid-utf8 replace", "-t bson --invalid-utf8 replace"},
		{"surrogate", json(`{"a":"\ud800"}`), "-t bson",
			"document 1 at offset 6, line 1, column 7 (/a): lone surrogate, expected a surrogate pair; use --invalid-utf8 replace", "-t bson --invalid-utf8 replace"},

		// Limits and lengths.
		{"deep", nestedIn(4), "--max-depth 3", "document 1 at offset 16 (///): nested too deeply; use --max-depth 10000", "--max-depth 10000"},
		{"deep, an edit", bsonOf(t, `{"x":[{"a":1}]}`), "--max-depth 4 --set x.a={b:{}}", "document 1 at offset 18 (/x/0/a): nested too deeply; use --max-depth 10000", "--set x.a={b:{}} --max-depth 10000"},
		{"deep, some fields", nestedIn(4), "--max-depth 3 --exclude a", "document 1 at offset 16 (///): nested too deeply; use --max-depth 10000", "--max-depth 10000 --exclude a"},
		{"validate, deep", nestedIn(4), "validate --max-depth 3", "document 1 at offset 16 (///): nested too deeply; use --max-depth 10000", "validate --max-depth 10000"},
		{"inspect, deep", nestedIn(4), "inspect --max-depth 3", "document 1 at offset 16 (///): nested too deeply; use --max-depth 10000", "inspect --max-depth 10000"},
		{"very deep", nestedIn(10_001), "--max-depth 10000", "document 1 at offset 59998 (" + oneline.Clean(strings.Repeat("/", 10_000), 200) +
			"): nested too deeply; use --max-depth 100000", "--max-depth 100000"},
		{"validate, very deep", nestedIn(10_001), "validate --max-depth 9999", "document 1 at offset 59992 (" + oneline.Clean("…"+strings.Repeat("/", 1000), 200) +
			"): nested too deeply; use --max-depth 100000", "validate --max-depth 100000"},
		{"too large", big, "--max-document-size 1MiB",
			"document 1 at offset 0: document is too large: its length is 2097165; use --max-document-size 3MiB", "--max-document-size 3MiB"},
		{"too large, JSON", json(`{"a":"` + strings.Repeat("x", 2<<20) + `"}`), "-t bson --max-document-size 1MiB",
			"document 1 at offset 0, line 1, column 1: document is too large; use a larger --max-document-size", "-t bson --max-document-size 3MiB"},
		{"length is text", append(bsonOf(t, `{}`), "LOG: a line between documents"...), "",
			`document 2 at offset 5: not a document: its length is the text "LOG:"`, ""},
		{"length is longer than the file", append(bsonOf(t, `{}`), longLength...), "",
			"document 2 at offset 5: length 268435456 is longer than the rest of the file, 7 bytes", ""},
		{"cut", bsonOf(t, `{"a":"x"}`)[:10], "", "document 1 at offset 10: document ends too early: its length, at offset 0, is 14", ""},
		{"length too large", append(bsonOf(t, `{}`), append([]byte{0xff, 0xff, 0xff, 0x00}, slices.Repeat(bsonOf(t, `{}`), 1000)...)...), "",
			"document 2 at offset 5009: document ends too early: its length, at offset 5, is 16777215", ""},
		{"length leads to another byte", append([]byte("\x08\x00\x00\x00\x02a\x00\x02\x00\x00\x00x\x00\x00"), bsonOf(t, `{}`)...), "",
			"document 1 at offset 0: length 8 leads to a byte that is not NUL", ""},

		// Digits in lines.
		{"hexadecimal", []byte(inLines(hex.EncodeToString(long), 60)), "",
			"document 1 at offset 0: document ends too early: its length is 213; lines are not documents; type xxd -r -p FILE | bsonjs", ""},
		{"base64", []byte(inLines(base64.StdEncoding.EncodeToString(long), 76)), "",
			"document 1 at offset 0: document ends too early: its length is 213; lines are not documents; type base64 -d FILE | bsonjs", ""},
		{"base64, two documents on a line", []byte(base64.StdEncoding.EncodeToString(slices.Repeat(long, 2))), "",
			"document 1 at offset 0: bytes after the end of the document; lines are not documents; type base64 -d FILE | bsonjs", ""},
		{"hexadecimal, a document and half a document on a line", []byte(inLines(hex.EncodeToString(slices.Repeat(long, 2)), 600)), "",
			"document 1 at offset 0: bytes after the end of the document; lines are not documents; type xxd -r -p FILE | bsonjs", ""},
		{"hexadecimal, other bytes after a document", []byte(hex.EncodeToString(long) + "00ff00ff00ff"), "",
			"document 1 at offset 0: bytes after the end of the document", ""},
		{"one line, cut", []byte(hex.EncodeToString(long)[:60]), "", "document 1 at offset 0: document ends too early: its length is 213", ""},
		{"two lines, the first cut", []byte(hex.EncodeToString(long)[:60] + "\n" + hex.EncodeToString(long)), "",
			"document 1 at offset 0: document ends too early: its length is 213", ""},

		// Tables.
		{"field without a column", bsonOf(t, `{"a":1}`, `{"a":1,"b":2}`), "-t csv --infer 1",
			"document 2 at offset 23 (/b): no column for the value; use --extra-fields column or --extra-fields ignore, or a larger --infer", "-t csv --infer 1 --extra-fields column"},
		{"elements without columns", bsonOf(t, `{"a":[{"b":1}]}`), "-t csv --fields a.b",
			"document 1 at offset 4 (/a): array at a path where the columns need a document; use --arrays explode, or name the array as a whole in --fields", "-t csv --fields a.b --arrays explode"},
		{"order of fields", bsonOf(t, `{"a":1,"b":2}`, `{"b":1,"a":2}`), "-t csv --typed",
			"document 2 at offset 30 (/a): field in another order than the columns; leave out --typed, or convert the document to JSON", "-t csv"},
		// Pickles.
		{"pickle as JSON", []byte("\x80\x02}q\x00U\x01aq\x01K\x01s."), "-f json -t bson",
			"document 1 at offset 0, line 1, column 1: unexpected character, expected a document or an array of documents; this is a Python pickle: add --from pickle", "-f pickle -t bson"},
		{"set", []byte("\x80\x04}\x8c\x01s\x8f(K\x01\x90s."), "-f pickle",
			"document 1 at offset 6 (/s): no BSON type for the value: set (opcode EMPTY_SET); use --unknown convert", "-f pickle --unknown convert"},
		{"set, validate", []byte("\x80\x04}\x8c\x01s\x8f(K\x01\x90s."), "validate -f pickle",
			"document 1 at offset 6 (/s): no BSON type for the value: set (opcode EMPTY_SET); use --unknown convert; skipped 13 bytes from offset 0", "validate -f pickle --unknown convert"},
		{"function", []byte("\x80\x02}U\x01acos\nsystem\ns."), "-f pickle",
			"document 1 at offset 6: name is not allowed: os.system (opcode GLOBAL); use --unknown describe", "-f pickle --unknown describe"},
		{"function in a long pickle", []byte("\x80\x02]cos\nsystem\naX\xa0\x86\x01\x00" + strings.Repeat("x", 100_000) + "a."), "-f pickle",
			"document 1 at offset 3: name is not allowed: os.system (opcode GLOBAL); use --unknown describe", "-f pickle --unknown describe"},
		{"no opcode", []byte("\x80\x02}U\x01a\xfes."), "-f pickle", "document 1 at offset 6: opcode is not allowed (opcode 0xfe)", ""},
		{"pickle, cut", []byte("\x80\x02}q\x00U\x01a"), "-f pickle", "document 1 at offset 8: pickle ends too early", ""},
	}
}

// bsonjs runs the command on a file with the given content. It returns the exit
// code and standard error, up to a summary.
func bsonjs(t *testing.T, input []byte, args string) (code int, messages string) {
	t.Helper()
	if err := os.WriteFile("in", input, 0o666); err != nil {
		t.Fatal(err)
	}
	var out, err bytes.Buffer
	code = Run(append(strings.Fields(args), "in"), strings.NewReader(""), &out, &err)
	for line := range strings.Lines(err.String()) {
		if !strings.Contains(line, " read, ") && !strings.Contains(line, "objects found") {
			messages += line
		}
	}
	return code, messages
}

// Each fault is one line that ends with what to type, and that works. Each cure of
// the table has a row.
func TestCures(t *testing.T) {
	t.Chdir(t.TempDir())
	all := ""
	for _, tc := range cureRows(t) {
		t.Run(tc.name, func(t *testing.T) {
			code, messages := bsonjs(t, tc.input, tc.args)
			want := "bsonjs: in: " + tc.line + "\n"
			if code == 0 || messages != want {
				t.Errorf("bsonjs %s: code %d\n%swant\n%s", tc.args, code, messages, want)
			}
			if tc.then != "" {
				if code, messages := bsonjs(t, tc.input, tc.then); code != 0 || messages != "" {
					t.Errorf("bsonjs %s: code %d, %s", tc.then, code, messages)
				}
			}
			all += messages
		})
	}
	o := new(convertOptions)
	for _, c := range cures {
		for _, from := range []*codec.Codec{codec.BSON, codec.Pickle} {
			one := (&converter{o: o, to: codec.BSON}).trial(from)
			one.dumpLossy = new(bool)
			if say := c.change(one); !strings.Contains(all, say) {
				t.Errorf("no row has %q", say)
			}
		}
	}
}

// With --errors json the hint has a member of its own.
func TestCureAsJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	_, messages := bsonjs(t, []byte(`{a:1}`), "-t bson --errors json")
	const want = `{"file":"in","document":1,"offset":1,"line":1,"column":2,"code":"malformed","exit":4,` +
		`"message":"unexpected character, expected a key","hint":"use --accept shell"}` + "\n"
	if messages != want {
		t.Errorf("%s, want %s", messages, want)
	}
}

// Hints about the command line.
func TestCommandHints(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll(filepath.Join("dump", "shop"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("dump", "shop", "users.bson"), bsonOf(t, `{}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("empty", 0o777); err != nil {
		t.Fatal(err)
	}
	const commands = "the commands are completion, convert, count, diff, dump, help, inspect, list, man, oid, salvage, schema, stats, validate, verify, version, where"
	for _, tc := range []struct {
		args string
		code int
		says string
	}{
		{"restore x.bson", 3, "restore: no such file or directory; " + commands},
		{"query", 3, "query: no such file or directory; " + commands},
		{"-q {a:1} x.bson", 3, "{a:1}: no such file or directory; -q is short for --quiet; for a filter type --where FILTER"},
		{"{a:1}", 3, "{a:1}: no such file or directory"},
		{"users.bson", 3, "users.bson: no such file or directory"},
		{"validate query", 3, "query: no such file or directory"},
		{"empty", 0, "empty: the directory has no files of documents"},
		{"dump", 0, "this is the command dump; for the directory of this name type ./dump"},
		{"dump --jsonArray x.bson", 2, "unknown flag: --jsonArray; use bsonjs --array -m canonical --doubles driver (see bsonjs dump --help)"},
		{"dump --array x.bson", 2, "unknown flag: --array; use bsonjs --array -m canonical --doubles driver (see bsonjs dump --help)"},
		{"inspect --outFile x x.bson", 2, "unknown flag: --outFile; use --output (see bsonjs inspect --help)"},
		{"validate --pretty x.bson", 2, "unknown flag: --pretty; it is a flag of convert, dump, salvage (see bsonjs validate --help)"},
		{"inspect --undo-crlf x.bson", 2, "unknown flag: --undo-crlf; it is a flag of convert, salvage (see bsonjs inspect --help)"},
		{"validate -t json x.bson", 2, "unknown shorthand flag: 't' in -t; it is a flag of convert, diff, salvage, verify (see bsonjs validate --help)"},
		{"x.bson --bytes", 2, "unknown flag: --bytes; it is a flag of inspect (see bsonjs --help)"},
	} {
		var out, err bytes.Buffer
		code := Run(strings.Fields(tc.args), strings.NewReader(""), &out, &err)
		says := strings.TrimPrefix(err.String(), "0 objects found\n")
		if want := "bsonjs: " + tc.says + "\n"; code != tc.code || says != want {
			t.Errorf("bsonjs %s: code %d, %swant %d, %s", tc.args, code, says, tc.code, want)
		}
	}
	for _, args := range [][]string{{"dump/"}, {"dump/shop/"}, {"./dump", "-m", "relaxed"}} {
		var out, err bytes.Buffer
		if code := Run(args, strings.NewReader(""), &out, &err); code != 0 || out.String() != "{}\n" || err.Len() > 0 {
			t.Errorf("bsonjs %s: code %d, %s, %s", args, code, &out, &err)
		}
	}
	var out, err bytes.Buffer
	if code := Run([]string{"dump"}, bytes.NewReader(bsonOf(t, `{}`)), &out, &err); code != 0 || err.String() != "1 objects found\n" {
		t.Errorf("dump of standard input: code %d, %s", code, &err)
	}
}

// inspect of a document after damage says how to get there.
func TestInspectBehindDamage(t *testing.T) {
	t.Chdir(t.TempDir())
	docs := append(bsonOf(t, `{"a":1}`), "\x08\x00\x00\x00\x02a\x00\x02\x00\x00\x00x\x00\x00"...)
	docs = append(docs, bsonOf(t, `{"a":2}`, `{"a":3}`)...)
	const fault = "bsonjs: in: document 2 at offset 12: length 8 leads to a byte that is not NUL"
	const missed = "bsonjs: no document or element matches --document, --path or --offset"
	for _, tc := range []struct {
		args string
		code int
		says string
	}{
		{"inspect -n 4", 4, fault + "\n" + missed + "; the run ended at the fault before it; use --on-error skip\n"},
		{"inspect -n 4 --on-error skip", 4, fault + "; skipped 14 bytes from offset 12\n"},
		{"inspect -n 5 --on-error skip", 4, fault + "; skipped 14 bytes from offset 12\n" + missed + "\n"},
	} {
		if code, messages := bsonjs(t, docs, tc.args); code != tc.code || messages != tc.says {
			t.Errorf("bsonjs %s: code %d\n%swant %d\n%s", tc.args, code, messages, tc.code, tc.says)
		}
	}
}

// TestOpenHintMerge: if the system opens no more files, --merge is the reason, if it is given.
func TestOpenHintMerge(t *testing.T) {
	for _, merges := range []bool{false, true} {
		cmd := &cobra.Command{}
		cmd.Flags().Bool("merge", merges, "")
		cmd.Flags().Lookup("merge").Changed = merges
		hint := openHint(cmd)("a.bson", &fs.PathError{Op: "open", Path: "a.bson", Err: syscall.EMFILE})
		if says := strings.Contains(hint, "--merge opens all inputs"); says != merges {
			t.Errorf("merge %t: %q", merges, hint)
		}
	}
}
