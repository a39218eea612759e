package stats

import (
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// BenchmarkStats compares the counts with validation of the same documents.
func BenchmarkStats(b *testing.B) {
	docs := sample.Documents(sample.Bench, 1, 3000)
	n := 0
	for _, doc := range docs {
		n += len(doc)
	}
	run := func(name string, do func(doc []byte)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range docs {
					do(doc)
				}
			}
		})
	}
	s := New(0)
	validate := func(doc []byte) {
		if err := bson.Validate(doc); err != nil {
			b.Fatal(err)
		}
	}
	run("validate", validate)
	run("stats", func(doc []byte) { s.Add(doc, Place{}) })
}
