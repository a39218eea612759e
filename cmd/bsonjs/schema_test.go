package main

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestSchema: the result is the Schema of all documents in their order, for any number of
// jobs, from one file, several files, a pipe and text, around malformed documents, and
// after flags that leave pieces out.
func TestSchema(t *testing.T) {
	const count = 6000 / min(race.Slowdown, 2) // a multiple of 6; with the race detector there are still many pieces
	docs := sample.Documents(sample.Collection, 5, count)
	var stream, broken []byte
	var text bytes.Buffer
	whole, tail := schema.New(schema.Options{}), schema.New(schema.Options{})
	for i, doc := range docs {
		stream, broken = append(stream, doc...), append(broken, doc...)
		if i%100 == 50 {
			bad := bytes.Clone(doc)
			bad[4] = 0x33 // no type
			if len(bad) > 5 {
				broken = append(broken, bad...)
			}
		}
		text.WriteString(lineOf(t, doc))
		if err := whole.Add(doc); err != nil {
			t.Fatal(err)
		}
		if i >= count*5/6 {
			if err := tail.Add(doc); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	file, bad, lines := filepath.Join(dir, "a.bson"), filepath.Join(dir, "bad.bson"), filepath.Join(dir, "a.json")
	writeFile(t, file, stream)
	writeFile(t, bad, broken)
	writeFile(t, lines, text.Bytes())
	half := 0
	for _, doc := range docs[:count/2] {
		half += len(doc)
	}
	first, second := filepath.Join(dir, "1.bson"), filepath.Join(dir, "2.bson")
	writeFile(t, first, stream[:half])
	writeFile(t, second, stream[half:])

	for _, tc := range []struct {
		name string
		args []string
		want *schema.Schema
		code int
	}{
		{"a file", []string{file}, whole, 0},
		{"a pipe", nil, whole, 0},
		{"several files", []string{first, second}, whole, 0},
		{"text", []string{lines}, whole, 0},
		{"malformed documents", []string{bad}, whole, 4},
		{"skipped", []string{file, "--skip", strconv.Itoa(count * 5 / 6)}, tail, 0},
		{"the last ones", []string{first, second, "--tail", strconv.Itoa(count / 6)}, tail, 0},
	} {
		for _, jobs := range numbersOfJobs {
			c := runCommand(bytes.NewReader(stream), append([]string{"schema", "--json", "-j", jobs}, tc.args...)...)
			if c.code != tc.code {
				t.Fatalf("%s: code %d, %s", tc.name, c.code, c.stderr)
			}
			if diff := cmp.Diff(string(oneline.EscapeJSON(tc.want.AppendJSON(nil)))+"\n", c.stdout); diff != "" {
				t.Errorf("%s, %s jobs (-want +got):\n%s", tc.name, jobs, diff)
			}
		}
	}

	// A page also has the places of documents, and counts by namespace.
	smallest, largest := extremes(docs)
	for _, args := range [][]string{{file}, {bad}, nil, {first, second}, {file, "--tail", strconv.Itoa(count / 6)}, {file, "--sample", strconv.Itoa(count / 6), "--seed", "1"}} {
		var pages []string
		for _, jobs := range numbersOfJobs {
			c := runCommand(bytes.NewReader(stream), append([]string{"schema", "--as", "html", "-j", jobs}, args...)...)
			if c.code != 0 && c.code != 4 {
				t.Fatalf("%v: code %d, %s", args, c.code, c.stderr)
			}
			if len(pages) > 0 && c.stdout != pages[0] {
				t.Errorf("%v: another page with %s jobs", args, jobs)
			}
			pages = append(pages, c.stdout)
		}
		if len(args) == 1 && args[0] == file {
			for _, place := range []string{smallest, largest} {
				if !strings.Contains(pages[0], "<small>"+place+"</small>") {
					t.Errorf("the page lacks %s", place)
				}
			}
		}
	}
}

// TestSchemaLeftOut checks that a page tells what it leaves out, and that it says nothing
// if it leaves out nothing.
func TestSchemaLeftOut(t *testing.T) {
	dir := t.TempDir()
	good := bsoncore.End(bsoncore.AppendInt32([]byte{0, 0, 0, 0}, "a", 1), 0)
	bad := bytes.Clone(good)
	bad[4] = 0x33 // no type
	missing := filepath.Join(dir, "missing.bson")
	for name, tc := range map[string]struct {
		args []string
		want string
		code int
	}{
		"nothing":             {nil, "", 0},
		"deselected":          {[]string{"--limit", "1"}, "", 0},
		"malformed":           {[]string{fileWith(t, dir, "bad.bson", bad, good, bad)}, "This page leaves out 2 rejected documents.", 4},
		"only malformed":      {[]string{fileWith(t, dir, "only.bson", bad)}, "This page leaves out 1 rejected document.", 4},
		"not of that type":    {[]string{"--retype", "a=objectId"}, "This page leaves out 1 rejected document.", 1},
		"an input is missing": {[]string{missing}, "This page leaves out an input, or the rest of it.", 3},
	} {
		c := runCommand(bytes.NewReader(nil), append([]string{"schema", "--as", "html", fileWith(t, dir, "good.bson", good)}, tc.args...)...)
		_, got, _ := strings.Cut(c.stdout, "<b>The inputs have faults.</b> ")
		got, _, _ = strings.Cut(got, " The messages")
		if len(got) > 200 {
			got = ""
		}
		if c.code != tc.code || got != tc.want {
			t.Errorf("%s: code %d, want %d; %q, want %q\n%s", name, c.code, tc.code, got, tc.want, c.stderr)
		}
	}
}

// fileWith writes docs to a file and returns its name.
func fileWith(t *testing.T, dir, name string, docs ...[]byte) string {
	t.Helper()
	name = filepath.Join(dir, name)
	writeFile(t, name, bytes.Join(docs, nil))
	return name
}

// extremes returns the places of the smallest and the largest document of a file.
func extremes(docs [][]byte) (smallest, largest string) {
	least, most, offset := math.MaxInt, 0, 0
	for i, doc := range docs {
		place := fmt.Sprintf("document %d at offset %d", i+1, offset)
		if len(doc) < least {
			least, smallest = len(doc), place
		}
		if len(doc) > most {
			most, largest = len(doc), place
		}
		offset += len(doc)
	}
	return smallest, largest
}

// lineOf returns doc as a line of canonical Extended JSON.
func lineOf(t *testing.T, doc []byte) string {
	t.Helper()
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}
