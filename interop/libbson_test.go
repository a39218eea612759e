package interop

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// libbson returns the path of the program that interop/setup builds. Without
// the program the test is skipped, or fails if CI is set.
func libbson(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("libbson/bench")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		absent(t, "libbson/bench", err)
	}
	return path
}

// runLibbson returns the output of libbson for the documents or their texts.
func runLibbson(t *testing.T, task string, docs, texts [][]byte) []byte {
	t.Helper()
	dir := t.TempDir()
	bsonFile, textFile := filepath.Join(dir, "docs.bson"), filepath.Join(dir, "docs.json")
	if err := os.WriteFile(bsonFile, bytes.Join(docs, nil), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(textFile, bytes.Join(texts, []byte("\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(libbson(t), task, bsonFile, textFile, "0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", task, err, &stderr)
	}
	return out
}

// late matches a date after the year 9999 in relaxed text. libbson writes such
// a date with a year of five digits, against the specification, and neither
// reads it back.
var late = regexp.MustCompile(`"\$date":\{"\$numberLong":"[0-9]{15}`)

// code matches texts that libbson 1.23 misreads: code inside an array or a scope
// becomes a document, and a dbPointer without a namespace is an error.
var code = regexp.MustCompile(`"\$(code|dbPointer)"`)

// TestLibbson compares generated documents with libbson, as TestDriverAgrees
// does with the driver.
func TestLibbson(t *testing.T) {
	libbson(t)
	docs := sample.Documents(sample.Wild, 11, 4000)
	docs = append(docs, sample.Documents(sample.Bench, sample.Seed, 1000)...)
	for _, tc := range []struct {
		to, from string
		options  extjson.EncodeOptions
	}{
		{"ToCanonical", "FromCanonical", exact},
		{"ToRelaxed", "FromRelaxed", relaxed},
	} {
		lines := bytes.Split(bytes.TrimSuffix(runLibbson(t, tc.to, docs, nil), []byte("\n")), []byte("\n"))
		if len(lines) != len(docs) {
			t.Fatalf("%s: %d lines for %d documents", tc.to, len(lines), len(docs))
		}
		var texts, want [][]byte
		for k, line := range lines {
			ours := ourText(t, tc.options, docs[k])
			if !code.MatchString(ours) {
				texts = append(texts, []byte(ours))
				want = append(want, ourBytes(t, ours))
			}
			if tc.to == "ToRelaxed" && late.MatchString(ours) {
				continue
			}
			if got, want := meaning(t, ours), meaning(t, string(line)); got != want {
				t.Errorf("%s: document %d\nours    %s\nlibbson %s", tc.to, k, got, want)
			}
		}
		if len(texts) < 2000 {
			t.Errorf("%d texts to read, want 2000 or more", len(texts))
		}
		k := 0
		for doc, err := range bson.Documents(bytes.NewReader(runLibbson(t, tc.from, nil, texts))) {
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(doc, want[k]) {
				t.Errorf("%s: %s\nours    %x\nlibbson %x", tc.from, texts[k], want[k], []byte(doc))
			}
			k++
		}
		if k != len(texts) {
			t.Errorf("%s: %d documents, want %d", tc.from, k, len(texts))
		}
	}
}
