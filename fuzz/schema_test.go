package fuzz

import (
	"encoding/json"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// FuzzSchema: three documents give the same Schema in any order, in one Schema or merged,
// under any limits. A document is added if it is valid, and changes nothing otherwise. The
// results are JSON.
func FuzzSchema(f *testing.F) {
	docs := append(sample.Documents(sample.Wild, 1, 6), sample.Documents(sample.Collection, 1, 12)...)
	for i := range docs {
		f.Add(docs[i], docs[(i+1)%len(docs)], docs[(i+5)%len(docs)], i%2 == 0, uint32(i*77777))
	}
	f.Fuzz(func(t *testing.T, a, b, c []byte, shaped bool, limits uint32) {
		docs := [][]byte{chosen(shallow, a, shaped), chosen(shallow, b, shaped), chosen(shallow, c, shaped)}
		limit := func(shift int) int { return int(limits >> shift & 31) }
		o := schema.Options{
			MaxPaths: limit(0), MaxDataKeys: limit(5), MaxValues: limit(10), MaxHashes: limit(15), MaxLevels: limit(20), MaxValueSize: limit(25),
		}
		one := schemaOf(t, o, docs, 0, 1, 2)
		merged, err := schema.Merge(schemaOf(t, o, docs, 2), schemaOf(t, o, docs, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		want := one.AppendJSON(nil)
		if !json.Valid(want) {
			t.Fatalf("no JSON: %s", want)
		}
		for name, s := range map[string]*schema.Schema{"merged": merged, "in another order": schemaOf(t, o, docs, 2, 0, 1)} {
			if got := s.AppendJSON(nil); string(got) != string(want) {
				t.Fatalf("%s: %s\nwant %s", name, got, want)
			}
		}
		for _, strict := range []bool{false, true} {
			if text := one.JSONSchema(schema.JSONSchemaOptions{Strict: strict}); !json.Valid(text) {
				t.Fatalf("no JSON: %s", text)
			}
		}
	})
}

// schemaOf returns the Schema of the documents with these indexes.
func schemaOf(t *testing.T, o schema.Options, docs [][]byte, indexes ...int) *schema.Schema {
	s := schema.New(o)
	for _, i := range indexes {
		before := s.Documents()
		err := s.AddAt(docs[i], int64(i))
		if valid := bsoncore.Validate(docs[i]) == nil; valid != (err == nil) || valid != (s.Documents() > before) {
			t.Fatalf("%x: %v", docs[i], err)
		}
	}
	return s
}
