package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file tests tables that are read: CSV and TSV.

// randomTable returns a table of rows in three columns: a number, text with everything
// that needs quotation marks, and a field of a document.
func randomTable(r *rand.Rand, rows int) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	const signs = "abc ,;\"\n\r\té'0="
	all := []rune(signs)
	w.Write([]string{"n.int32()", "text.string()", "d.x.auto()"})
	for i := range rows {
		text := make([]rune, r.IntN(30))
		for j := range text {
			text[j] = all[r.IntN(len(all))]
		}
		n := fmt.Sprint(i)
		if r.IntN(50) == 0 {
			n += "x"
		}
		w.Write([]string{n, string(text), fmt.Sprint(r.IntN(1000))})
	}
	w.Flush()
	return b.Bytes()
}

// TestJobsTables is TestJobs for tables.
func TestJobsTables(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 6))
	table := randomTable(r, 10*jobDocuments())
	untyped := bytes.Replace(table, []byte("n.int32(),text.string(),d.x.auto()"), []byte("n,text,d.x"), 1)
	plain := []byte("a,b\n" + strings.Repeat("1,2\n3,\"4\n\"\n", 10*jobDocuments()))
	for _, tc := range []struct {
		name  string
		data  []byte
		flags []string
	}{
		{"untyped", untyped, []string{"-f", "csv", "-t", "json"}},
		{"typed", table, []string{"-f", "csv", "-t", "bson", "--typed", "--ragged"}},
		{"without fields", table, []string{"-f", "csv", "-t", "json", "--typed", "--parse-grace", "skipField"}},
		{"without rows", table, []string{"-f", "csv", "-t", "json", "--typed", "--parse-grace", "skipRow"}},
		{"literal quotes", untyped, []string{"-f", "csv", "-t", "json", "--literal-quotes", "--ragged"}},
		{"sorted", untyped, []string{"-f", "csv", "-t", "json", "--sort", "{text: 1}"}},
		{"given header", plain, []string{"-f", "csv", "-t", "json", "--header", "x,y"}},
		{"CR", bytes.ReplaceAll(plain, []byte("\n"), []byte("\r")), []string{"-f", "csv", "-t", "json"}},
		{"CR LF", bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n")), []string{"-f", "csv", "-t", "json"}},
		{"wide", wide(table), []string{"-f", "csv", "-t", "json", "--typed"}},
	} {
		for i, data := range damaged(tc.data, r) {
			compareJobs(t, tc.name, i, data, tc.flags)
		}
	}
}

// TestTableLines holds that lines and columns in messages do not depend on the number of
// jobs, and that they are right for each line end, behind a megabyte of pieces.
func TestTableLines(t *testing.T) {
	const rows = 100_000
	for name, end := range map[string]string{"LF": "\n", "CR LF": "\r\n", "CR": "\r"} {
		text := "a.int32(),b.string()" + end + strings.Repeat("1,\"x"+end+"y\""+end, rows) + "1,\"z\",3" + end + "bad,1" + end
		line := 1 + 2*rows + 1
		want := fmt.Sprintf("bsonjs: <stdin>: document %d at offset %d, line %d, column 7: 3 fields in a table with 2 columns; put fields that hold the delimiter in quotation marks, or add --ragged; skipped %d bytes from offset %d\n"+
			"bsonjs: <stdin>: document %d at offset %d, line %d, column 1 (/a): text is not of type int32: \"bad\"; use --parse-grace autoCast, skipField or skipRow; skipped %d bytes from offset %d\n",
			rows+1, len(text)-len("3bad,1")-2*len(end), line, 7+len(end), len(text)-len("1,\"z\",3bad,1")-2*len(end),
			rows+2, len(text)-len("bad,1")-len(end), line+1, 5+len(end), len(text)-len("bad,1")-len(end))
		for _, jobs := range []string{"1", "4"} {
			got := runCommand(strings.NewReader(text), "-f", "csv", "-t", "bson", "--typed", "--on-error", "skip", "--summary", "none", "-j", jobs)
			if diff := cmp.Diff(want, got.stderr); diff != "" || got.code != 1 {
				t.Errorf("%s, %s jobs: code %d (-want +got):\n%s", name, jobs, got.code, diff)
			}
		}
	}
}

// TestTablesComeBack holds that documents that are written with types are read back as the
// same bytes, and that the other documents are rejected.
func TestTablesComeBack(t *testing.T) {
	for _, mix := range []sample.Mix{sample.File, sample.Collection} {
		for _, flags := range [][]string{nil, {"--delimiter", ";"}} {
			docs := sample.Documents(mix, sample.Seed, 300)
			rejects := filepath.Join(t.TempDir(), "rejects")
			args := append([]string{"--typed", "-f", "bson", "-t", "csv", "--on-error", "quarantine", "--rejects", rejects, "--summary", "none"}, flags...)
			table := runCommand(bytes.NewReader(bytes.Join(docs, nil)), args...)
			kept, err := os.ReadFile(rejects)
			if err != nil {
				t.Fatal(err, table.stderr)
			}
			var want []byte
			written := 0
			for _, doc := range docs {
				if bytes.HasPrefix(kept, doc) {
					kept = kept[len(doc):]
					continue
				}
				want = append(want, doc...)
				written++
			}
			if written == 0 || len(kept) > 0 || mix == sample.File && written < len(docs)*9/10 {
				t.Errorf("%v: %d of %d documents were written, %d bytes of rejects are no documents", flags, written, len(docs), len(kept))
			}
			args = append([]string{"--typed", "-f", "csv", "-t", "bson", "--summary", "none"}, flags...)
			got := runCommand(strings.NewReader(table.stdout), args...)
			if diff := cmp.Diff(want, []byte(got.stdout)); diff != "" || got.code != 0 {
				t.Errorf("%v: code %d, %s (-want +got):\n%.2000s", flags, got.code, got.stderr, diff)
			}
		}
	}
}

// TestTablesUntouched holds that a table without types is written again as it was read, if
// it is spelled as bsonjs spells tables.
func TestTablesUntouched(t *testing.T) {
	const table = "name,age,address.city,address.zip\nAnn,42,\"Paris, FR\",07500\n\"Bob \"\"B\"\"\",007,,\n=1+2,1.50,\"a\r\nb\",1e3\n"
	docs := runCommand(strings.NewReader(table), "-f", "csv", "-t", "bson")
	got := runCommand(strings.NewReader(docs.stdout), "-f", "bson", "-t", "csv")
	if diff := cmp.Diff(table, got.stdout); diff != "" || got.code != 0 {
		t.Errorf("code %d, %s (-want +got):\n%s", got.code, got.stderr, diff)
	}
}
