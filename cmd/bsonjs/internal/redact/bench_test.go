package redact

import (
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// BenchmarkRedact measures documents in which all values are redacted.
func BenchmarkRedact(b *testing.B) {
	for _, mix := range []struct {
		name string
		mix  sample.Mix
	}{{"bench", sample.Bench}, {"collection", sample.Collection}} {
		b.Run(mix.name, func(b *testing.B) {
			var docs [][]byte
			size := 0
			for _, doc := range withoutColumns(sample.Documents(mix.mix, sample.Seed, 200)) {
				docs = append(docs, wrapped(doc))
				size += len(doc)
			}
			r := redactor(b, "a", "/")
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range docs {
					if err := r.Redact(doc); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	for _, tc := range []struct {
		name  string
		value any
	}{
		{"int", 123456}, {"double", 9.99}, {"double of 17 digits", 0.12345678901234568},
		{"word", "Oslo"}, {"sentence", "a sentence of several words, all of them short"},
		{"date", bson.DateTime(1e12)}, {"id", bson.ObjectID{1}}, {"bytes", make([]byte, 1<<20)},
	} {
		b.Run(tc.name, func(b *testing.B) {
			doc, err := bson.Marshal(bson.M{"": tc.value})
			if err != nil {
				b.Fatal(err)
			}
			r := redactor(b, "a", "/")
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Redact(doc); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
