package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A countLine is a line of count --json.
type countLine struct {
	Input, NS        string
	Documents, Bytes int64
}

// TestCount: the counts are those of a loop over the documents, for any number of jobs, in a
// file, in a pipe and in the blocks of an archive, of all documents and of those that a
// filter selects.
func TestCount(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	var docs [][]byte
	var all, wanted, x, y countLine
	for i, size := 0, 0; size < 3<<20; i++ {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendBoolean(doc, "want", r.IntN(3) == 0)
		doc = bsoncore.AppendString(doc, "text", strings.Repeat("x", r.IntN(2000)))
		doc = bsoncore.End(doc, mark)
		docs = append(docs, doc)
		size += len(doc)
		lines := []*countLine{&all, &x}
		if i/70%2 == 1 {
			lines[1] = &y
		}
		if want, _ := bsoncore.Document(doc).Lookup("want").BooleanOK(); want {
			lines = append(lines, &wanted)
		}
		for _, l := range lines {
			l.Documents++
			l.Bytes += int64(len(doc))
		}
	}
	dir := t.TempDir()
	stream, packed := bytes.Join(docs, nil), archiveOf(docs, 70)
	file, archived := filepath.Join(dir, "a.bson"), filepath.Join(dir, "a.archive")
	writeFile(t, file, stream)
	writeFile(t, archived, packed)
	all.Input, wanted.Input = file, file
	piped := all
	piped.Input = "<stdin>"
	x.Input, x.NS, y.Input, y.NS = archived, "a.x", archived, "b.y.z"
	want := []countLine{all, piped, x, {Input: archived, NS: "a.empty"}, y}
	for _, jobs := range []string{"1", "2", "8"} {
		got := counts(t, stream, "-j", jobs, file, "-", archived)
		// The order of the namespaces is that of the archive.
		if diff := cmp.Diff(byName(want), byName(got)); diff != "" {
			t.Errorf("%s jobs (-want +got):\n%s", jobs, diff)
		}
		if diff := cmp.Diff([]countLine{wanted}, counts(t, nil, "-j", jobs, "--where", "{want: true}", file)); diff != "" {
			t.Errorf("%s jobs, with a filter (-want +got):\n%s", jobs, diff)
		}
	}
}

// counts returns the lines of count --json.
func counts(t *testing.T, stdin []byte, args ...string) (all []countLine) {
	t.Helper()
	c := runCommand(bytes.NewReader(stdin), append([]string{"count", "--json"}, args...)...)
	if c.code != 0 || c.stderr != "" {
		t.Fatalf("code %d, %s", c.code, c.stderr)
	}
	for line := range strings.Lines(c.stdout) {
		var l countLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// byName returns lines by input and namespace.
func byName(lines []countLine) map[[2]string]countLine {
	m := map[[2]string]countLine{}
	for _, l := range lines {
		m[[2]string{l.Input, l.NS}] = l
	}
	return m
}
