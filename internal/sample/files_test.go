package sample_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/sample"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus.Root(t), "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestFiles checks that the files in testdata are those that the generator makes,
// and that each converts to the other, byte for byte.
func TestFiles(t *testing.T) {
	binary, text := read(t, "collection.bson"), read(t, "collection.json")
	exact := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}
	for i, doc := range sample.Documents(sample.File, sample.Seed, sample.FileSize) {
		if !bytes.HasPrefix(binary, doc) {
			t.Fatalf("collection.bson: document %d differs from the generator; run go generate ./internal/sample", i)
		}
		binary = binary[len(doc):]
		line, rest, found := bytes.Cut(text, []byte("\n"))
		if !found {
			t.Fatalf("collection.json has no line %d", i+1)
		}
		text = rest
		if err := bson.Validate(doc); err != nil {
			t.Fatalf("document %d: %v", i, err)
		}
		if got, err := exact.AppendJSON(nil, doc); err != nil || !bytes.Equal(got, line) {
			t.Fatalf("document %d: %v\ngot  %s\nwant %s", i, err, got, line)
		}
		if got, err := extjson.AppendBSON(nil, line); err != nil || !bytes.Equal(got, doc) {
			t.Fatalf("line %d: %v\ngot  %x\nwant %x", i+1, err, got, doc)
		}
	}
	if len(binary) != 0 || len(text) != 0 {
		t.Errorf("collection.bson has %d bytes and collection.json %d bytes more than documents", len(binary), len(text))
	}
}

// TestFaithful checks that a document of every mix converts to canonical text and
// back to the same bytes.
func TestFaithful(t *testing.T) {
	exact := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}
	for _, mix := range []sample.Mix{sample.Collection, sample.Bench, sample.Wild} {
		for i, doc := range sample.Documents(mix, 99, 3000) {
			text, err := exact.AppendJSON(nil, doc)
			if err != nil {
				t.Fatalf("mix %d, document %d: %v\n%x", mix, i, err, doc)
			}
			if got, err := extjson.AppendBSON(nil, text); err != nil || !bytes.Equal(got, doc) {
				t.Fatalf("mix %d, document %d: %v\ngot  %x\nwant %x\n%s", mix, i, err, got, doc, text)
			}
		}
	}
}
