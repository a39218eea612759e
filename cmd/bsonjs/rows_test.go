package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file tests tables that are written.

// TestJobsRows is TestJobs for tables that are written.
func TestJobsRows(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	data := bytes.Join(sample.Documents(sample.Collection, 2, 2*jobDocuments()), nil)
	for _, flags := range [][]string{
		nil,
		{"--typed"},
		{"--infer", "20", "--extra-fields", "column"},
		{"--infer", "20"},
		{"--max-columns", "30", "--extra-fields", "ignore", "--arrays", "index"},
		{"--arrays", "explode", "--limit", "300", "--skip", "50"},
		{"--sort", "{total: 1}", "--fields", "_id,total,items"},
	} {
		for i, data := range damaged(data, r)[:3] {
			compareJobs(t, fmt.Sprint(flags), i, data, append([]string{"-f", "bson", "-t", "csv"}, flags...))
		}
	}
}

// A file, which is read twice, gives the same table as a pipe, whose start is kept, and as
// several inputs of both kinds.
func TestRowsOfInputs(t *testing.T) {
	t.Chdir(t.TempDir())
	docs := sample.Documents(sample.Bench, 2, 300)
	half := bytes.Join(docs[:150], nil)
	writeFile(t, "all.bson", bytes.Join(docs, nil))
	writeFile(t, "first.bson", half)
	writeFile(t, "rest.bson", bytes.Join(docs[150:], nil))
	want := runCommand(strings.NewReader(""), "all.bson", "-t", "csv")
	if want.code != 0 || strings.Count(want.stdout, "\n") <= len(docs) {
		t.Fatalf("code %d, %s", want.code, want.stderr)
	}
	stdin, err := os.Open("all.bson")
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	for _, tc := range []struct {
		name  string
		stdin io.Reader
		args  []string
	}{
		{"pipe", bytes.NewReader(bytes.Join(docs, nil)), nil},
		{"redirected file", stdin, nil},
		{"files", strings.NewReader(""), []string{"first.bson", "rest.bson"}},
		{"pipe and file", bytes.NewReader(half), []string{"-", "rest.bson"}},
		{"compressed", strings.NewReader(string(gzipOf(t, bytes.Join(docs, nil)))), nil},
	} {
		got := runCommand(tc.stdin, append(tc.args, "-t", "csv")...)
		if got != want {
			t.Errorf("%s: code %d, %s\nthe table is another one", tc.name, got.code, got.stderr)
		}
	}
}

// A fault at the start of a pipe is the fault of the run, although no column is known.
func TestRowsOfFaultyPipe(t *testing.T) {
	t.Parallel()
	rest := strings.Repeat("{\"a\":1}\n", 1<<18)
	for _, tc := range []struct {
		name, text string
		args       []string
		code       int
		want       string
	}{
		{"JSON", `{"a":x` + rest, nil, 4, "document 1 at offset 5, line 1, column 6 (/a): unexpected character"},
		{"CSV", "a\"b\n" + rest, []string{"-f", "csv"}, 4, "document 1 at offset 1, line 1, column 2: quotation mark in a field"},
		{"flag", rest, []string{"--unbucket"}, 2, "--unbucket needs BSON or an archive as input"},
	} {
		got := runCommand(strings.NewReader(tc.text), append(tc.args, "-t", "csv")...)
		if got.code != tc.code || !strings.Contains(got.stderr, tc.want) || got.stdout != "" {
			t.Errorf("%s: code %d, %s, want %d, %s", tc.name, got.code, got.stderr, tc.code, tc.want)
		}
	}
}

// The documents that are kept for the columns are written before the pipe has more.
func TestRowsOfSlowPipe(t *testing.T) {
	from, to := io.Pipe()
	out, sink := io.Pipe()
	done := make(chan int)
	go func() {
		code := run([]string{"-f", "json", "-t", "csv", "--infer", "1"}, from, sink, io.Discard)
		sink.Close()
		done <- code
	}()
	go io.WriteString(to, "{\"a\":1}\n")
	line := make([]byte, 64)
	got := ""
	for got != "a\n1\n" {
		n, err := out.Read(line)
		if got += string(line[:n]); err != nil || len(got) > 4 {
			t.Fatalf("%q, %v", got, err)
		}
	}
	go func() {
		io.WriteString(to, "{\"a\":2}\n")
		to.Close()
	}()
	rest, _ := io.ReadAll(out)
	if code := <-done; string(rest) != "2\n" || code != 0 {
		t.Errorf("code %d, then %q", code, rest)
	}
}

// manyFields returns n documents, each with a field of its own, and all of them in one.
func manyFields(n int) []byte {
	var all []byte
	for i := range n {
		doc, mark := bsoncore.Begin(nil)
		all = append(all, bsoncore.End(bsoncore.AppendInt32(doc, "k"+strconv.Itoa(i), 1), mark)...)
	}
	return all
}

// TestRowsHostile has documents with very many fields, deep documents and huge cells.
func TestRowsHostile(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "many.bson", manyFields(100_000))
	got := runCommand(nil, "many.bson", "-t", "csv")
	if want := "bsonjs: the documents have too many fields for columns, or their names are too long: no column for k10000, which is field 10001; "; got.code != 2 || got.stdout != "" || !strings.HasPrefix(got.stderr, want) {
		t.Errorf("many fields: code %d, %s", got.code, got.stderr)
	}
	got = runCommand(nil, "many.bson", "-t", "csv", "--max-columns", "2", "--extra-fields", "column")
	if want := "k0,k1,_extra\n1,,\n,1,\n,,\"{\"\"k2\"\":1}\"\n"; got.code != 0 || !strings.HasPrefix(got.stdout, want) || strings.Count(got.stdout, "\n") != 100_001 {
		t.Errorf("many fields in one column: code %d, %s, %.100q", got.code, got.stderr, got.stdout)
	}

	doc, mark := bsoncore.Begin(nil)
	for i := range 5000 {
		doc = bsoncore.AppendInt32(doc, strconv.Itoa(i), 1)
	}
	writeFile(t, "wide.bson", bytes.Repeat(bsoncore.End(doc, mark), 20))
	got = runCommand(nil, "wide.bson", "-t", "csv", "--typed", "--verify", "-q")
	if got.code != 0 || strings.Count(got.stdout, ",") != 21*4999 {
		t.Errorf("many columns: code %d, %s", got.code, got.stderr)
	}

	deep := []byte{5, 0, 0, 0, 0}
	for range 99 {
		outer, mark := bsoncore.Begin(nil)
		deep = bsoncore.End(bsoncore.AppendValue(outer, "d", bson.TypeDocument, deep), mark)
	}
	writeFile(t, "deep.bson", deep)
	got = runCommand(nil, "deep.bson", "-t", "csv")
	if want := strings.Repeat("d.", 98) + "d\n\"{}\"\n"; got.code != 0 || got.stdout != want {
		t.Errorf("a deep document: code %d, %s, %.300q", got.code, got.stderr, got.stdout)
	}

	doc, mark = bsoncore.Begin(nil)
	doc = bsoncore.AppendString(doc, "s", strings.Repeat(`"x`, 4<<20))
	doc, inner := bsoncore.BeginArray(doc, "a")
	for i := range 100_000 {
		doc = bsoncore.AppendString(doc, strconv.Itoa(i), `,"`)
	}
	writeFile(t, "huge.bson", bsoncore.End(bsoncore.End(doc, inner), mark))
	got = runCommand(nil, "huge.bson", "-t", "csv")
	if cell := `"` + strings.Repeat(`""x`, 4<<20) + `"`; got.code != 0 || !strings.HasPrefix(got.stdout, "s,a\n"+cell+`,"["",\""""`) {
		t.Errorf("huge cells: code %d, %s, %d bytes", got.code, got.stderr, len(got.stdout))
	}
	if again := runCommand(strings.NewReader(got.stdout), "-f", "csv", "-t", "bson"); again.code != 0 || len(again.stdout) < 8<<20 {
		t.Errorf("huge cells, read: code %d, %s", again.code, again.stderr)
	}
}

// Each file of a split table has the header, and --verify reads all of them.
func TestRowsSplit(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "in.json", []byte("{\"a\":1}\n{\"a\":2,\"b\":\"x\"}\n{\"a\":1,\"b\":\"\"}\n"))
	got := runCommand(nil, "in.json", "-o", "out.csv", "--split-by", "a", "--typed", "--verify", "-q")
	if got.code != 0 {
		t.Fatalf("code %d, %s", got.code, got.stderr)
	}
	for name, want := range map[string]string{
		"out-1.csv": "a.int32(),b.string()\n1,\n1,\"\"\n",
		"out-2.csv": "a.int32(),b.string()\n2,x\n",
	} {
		if text, err := os.ReadFile(filepath.Join(".", name)); string(text) != want {
			t.Errorf("%s: %q, %v, want %q", name, text, err, want)
		}
	}
}
