package sample

import (
	"bytes"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// census counts the elements of doc by type, including those in containers.
func census(t *testing.T, counts *[256]int, doc []byte) (elements int) {
	t.Helper()
	c := bson.NewCursor(doc)
	var walk func()
	walk = func() {
		for c.Next() {
			elements++
			counts[c.Type()]++
			if c.Type().IsContainer() || c.Type() == bson.TypeCodeWithScope {
				c.Enter()
				walk()
				c.Leave()
			}
		}
	}
	walk()
	if err := c.Err(); err != nil {
		t.Fatalf("generated document: %v\n%x", err, doc)
	}
	return elements
}

// TestBenchMix checks the averages that the pages of figures give for the mix.
func TestBenchMix(t *testing.T) {
	const n = 5000
	var counts [256]int
	size, elements := 0, 0
	for _, doc := range Documents(Bench, Seed, n) {
		size += len(doc)
		elements += census(t, &counts, doc)
	}
	check := func(what string, got, want, tolerance float64) {
		if got < want-tolerance || got > want+tolerance {
			t.Errorf("%s: %.2f per document, want %.2f ± %.2f", what, got, want, tolerance)
		}
	}
	check("bytes", float64(size)/n, 759, 8)
	check("elements", float64(elements)/n, 40.2, 0.5)
	for _, q := range quota {
		want := float64(q.tenths) / 10
		if q.typ == bson.TypeObjectID {
			want++ // _id
		}
		check(q.typ.String(), float64(counts[q.typ])/n, want, 0.1+want/50)
	}
}

// TestTypes checks that the mixes Collection and Wild have all 21 types.
func TestTypes(t *testing.T) {
	for _, mix := range []Mix{Collection, Wild} {
		var counts [256]int
		for _, doc := range Documents(mix, Seed, 300) {
			census(t, &counts, doc)
		}
		for _, typ := range edge.Types {
			if counts[typ] == 0 {
				t.Errorf("mix %d has no element of type %v", mix, typ)
			}
		}
	}
}

// TestRepeatable checks that a document depends only on mix, seed and position, and
// that documents differ.
func TestRepeatable(t *testing.T) {
	for _, mix := range []Mix{Collection, Bench, Wild, File} {
		docs := Documents(mix, 7, 200)
		g := New(mix, 7)
		seen := map[string]bool{}
		for i, want := range docs {
			got := g.Append([]byte("prefix"))
			if !bytes.Equal(got[len("prefix"):], want) {
				t.Fatalf("mix %d: document %d differs in a second run", mix, i)
			}
			seen[string(want)] = true
		}
		// Some documents of Wild are empty, and so equal.
		if len(seen) < 150 {
			t.Errorf("mix %d: %d different documents of %d, want 150 or more", mix, len(seen), len(docs))
		}
	}
}

// TestFirstScreen checks that the documents of File are short ones in relaxed text, and
// then those of Collection.
func TestFirstScreen(t *testing.T) {
	const n = 60
	docs := Documents(File, Seed, firstShort+n)
	for i, doc := range docs[:firstShort] {
		text, err := extjson.AppendJSON(nil, doc)
		if err != nil || len(text) > 320 {
			t.Errorf("document %d has %d bytes of text, want 320 or fewer: %v", i, len(text), err)
		}
	}
	for i, want := range Documents(Collection, Seed, n) {
		if got := docs[firstShort+i]; !bytes.Equal(got, want) {
			t.Errorf("document %d is not document %d of Collection", firstShort+i, i)
		}
	}
}
