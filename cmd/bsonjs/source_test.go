package main

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/race"
)

// A fault behind a line that is longer than any piece has the right place.
func TestColumnOfLongLine(t *testing.T) {
	const n = 200_000
	text := strings.Repeat(`{"a":1} `, n) + `{"b":x}`
	for _, jobs := range []string{"1", "3"} {
		got := runCommand(strings.NewReader(text), "-j", jobs, "-t", "bson", "--errors", "json")
		if want := `"document":200001,"offset":1600005,"line":1,"column":1600006,`; got.code != 4 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s jobs: code %d, %s want %s", jobs, got.code, got.stderr, want)
		}
	}
}

// After a fault and a megabyte without faults, the stream returns the input to
// the workers at the right place: all intact documents are written, and
// messages and rejects are the same for any number of jobs.
func TestBackToWorkers(t *testing.T) {
	var docs, lines strings.Builder
	for doc := range manyDocuments(3 * recovered / 2) {
		docs.Write(doc)
	}
	for range 3 * recovered / 2 / 200 {
		lines.WriteString(`{"text":"` + strings.Repeat("x", 200) + `"}` + "\n")
	}
	pretty := strings.ReplaceAll(lines.String(), ":", ":\n")
	array := strings.ReplaceAll(lines.String(), "\n", ",\n")
	between := strings.NewReplacer(",", "", "\n", "")
	const noise = "\xff\x00\xff"
	for _, tc := range []struct {
		name, from, to string
		whole          string    // documents
		junk           [2]string // before each repetition
		head, tail     string    // of the whole input
	}{
		{"BSON to JSON", "bson", "json", docs.String(), [2]string{noise, noise}, "", ""},
		{"BSON to BSON", "bson", "bson", docs.String(), [2]string{noise, noise}, "", ""},
		{"JSON to JSON", "json", "json", lines.String(), [2]string{"x\n", "{\"a\":tru}\n"}, "", ""},
		{"pretty JSON to BSON", "json", "bson", pretty, [2]string{"x\n", "{\"a\":\ntru}\n"}, "", ""},
		{"array to JSON", "json", "json", array, [2]string{"{\"a\":tru},\n", "{\"a\":tru},\n"}, "[", "{}]"},
		{"lines behind stray brackets", "json", "json", lines.String(), [2]string{"}\n", "{\"a\":[1}\n"}, "{}\n", ""},
		{"array behind stray brackets", "json", "json", array, [2]string{"}\n", "{\"a\":tru},\n"}, "[{},", "{}]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rejects := filepath.Join(t.TempDir(), "rejects")
			args := []string{"-f", tc.from, "-t", tc.to, "--on-error", "quarantine", "--rejects", rejects, "--overwrite", "--summary", "none", "--errors", "json", "-j"}
			data := tc.head + tc.junk[0] + tc.whole + tc.junk[1] + tc.whole + tc.tail
			sound := tc.head + strings.Repeat(tc.whole, 2) + tc.tail
			want := runCommand(strings.NewReader(sound), append(args, "1")...).stdout
			messages := ""
			for _, jobs := range numbersOfJobs {
				got := runCommand(strings.NewReader(data), append(args, jobs)...)
				kept, err := os.ReadFile(rejects)
				if want := tc.junk[0] + tc.junk[1]; err != nil || between.Replace(string(kept)) != between.Replace(want) {
					t.Errorf("%s jobs: %v, %q rejected, want %q", jobs, err, kept, want)
				}
				if messages = cmp.Or(messages, got.stderr); got.stderr != messages {
					t.Errorf("%s jobs: %s, 1 job: %s", jobs, got.stderr, messages)
				}
				if got.code != 4 || got.stdout != want {
					t.Errorf("%s jobs: code %d, %d bytes, want 4, %d", jobs, got.code, len(got.stdout), len(want))
				}
				at := len(tc.head)
				faults := strings.Split(strings.TrimSpace(got.stderr), "\n")
				if len(faults) != 2 {
					t.Fatalf("%s jobs: %s", jobs, got.stderr)
				}
				for i, line := range faults {
					var r faultLine
					if err := json.Unmarshal([]byte(line), &r); err != nil {
						t.Fatal(err)
					}
					if r.From == nil || *r.From != int64(at) {
						t.Errorf("%s jobs: %s, want what is skipped from %d", jobs, line, at)
					}
					if tc.from == "json" {
						// Each document has one opening brace, also if it is rejected.
						if n := strings.Count(data[:at], "{") + 1; r.Document != int64(n) {
							t.Errorf("%s jobs: document %d, want %d", jobs, r.Document, n)
						}
						before := data[:*r.Offset]
						line, column := strings.Count(before, "\n")+1, len(before)-strings.LastIndexByte(before, '\n')
						if r.Line != int64(line) || r.Column != int64(column) {
							t.Errorf("%s jobs: line %d, column %d, want %d, %d", jobs, r.Line, r.Column, line, column)
						}
					}
					at += len(tc.junk[i]) + len(tc.whole)
				}
			}
		})
	}
}

// withoutLines returns text without the ends of its lines.
func withoutLines(text string) string { return strings.ReplaceAll(text, "\n", "") }

// Comments may be long, too long, or have no end: the bytes that are not
// converted are rejected, with the same messages for any number of jobs.
func TestLongComments(t *testing.T) {
	docs := strings.Repeat(`{"n":"`+strings.Repeat("x", 200)+`"}`+"\n", 5*recovered/4/200)
	long := strings.Repeat("y", 17<<20)
	for i, tc := range []struct {
		name       string
		head, tail string // before and after the documents
		rejected   string
	}{
		{"long", "/*" + long[2<<20:] + "*/", "//" + long[2<<20:], ""},
		{"too long", "/*" + long + "*/\n", "/*" + long, "/*" + long + "*/\n/*" + long},
		{"line too long", "//" + long + "\n", "//" + long, "//" + long + "\n//" + long},
		{"without an end", "/*\n", "/*", "/*\n/*"},
		{"in a document", "{\"n\":/*\n", "{\"n\":1 /* }", "{\"n\":/*\n{\"n\":1 /* }"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rejects := filepath.Join(t.TempDir(), "rejects")
			messages := ""
			for j, jobs := range numbersOfJobs {
				if race.On && (i+j)%2 != 0 {
					continue // one number of workers, another for the next comment
				}
				got := runCommand(strings.NewReader(tc.head+docs+tc.tail), "-f", "json", "-t", "json", "--accept", "shell",
					"--on-error", "quarantine", "--rejects", rejects, "--overwrite", "--summary", "none", "--errors", "json", "-j", jobs)
				kept, err := os.ReadFile(rejects)
				if err != nil {
					t.Fatal(err)
				}
				if got.stdout != docs || withoutLines(string(kept)) != withoutLines(tc.rejected) {
					t.Errorf("%s jobs: %d bytes written, %d rejected, want %d, %d", jobs, len(got.stdout), len(kept), len(docs), len(tc.rejected))
				}
				if messages = cmp.Or(messages, got.stderr); got.stderr != messages || (messages == "") != (tc.rejected == "") {
					t.Errorf("%s jobs: %s, 1 job: %s", jobs, got.stderr, messages)
				}
			}
		})
	}
}
