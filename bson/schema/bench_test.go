package schema_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// BenchmarkAdd adds documents whose paths are known. BenchmarkAdd/validate is the speed
// that it is compared with.
func BenchmarkAdd(b *testing.B) {
	for _, set := range sample.Sets() {
		b.Run("validate/"+set.Name, func(b *testing.B) {
			b.SetBytes(set.Size)
			for b.Loop() {
				for _, doc := range set.Docs {
					if err := bsoncore.Validate(doc); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run("add/"+set.Name, func(b *testing.B) {
			s := schema.New(schema.Options{})
			b.SetBytes(set.Size)
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range set.Docs {
					if err := s.Add(doc); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkFind makes a Schema of documents whose paths are not known, with the paths and
// types alone: of all paths, and of those that are not below several types.
func BenchmarkFind(b *testing.B) {
	for _, set := range sample.Sets() {
		for _, o := range []struct {
			name   string
			single bool
		}{{"all", false}, {"single", true}} {
			b.Run(o.name+"/"+set.Name, func(b *testing.B) {
				b.SetBytes(set.Size)
				b.ReportAllocs()
				for b.Loop() {
					s := schema.New(schema.Options{MaxPaths: 20_000, TypesOnly: true, SingleOnly: o.single})
					for _, doc := range set.Docs {
						if err := s.Add(doc); err != nil {
							b.Fatal(err)
						}
					}
					s.Root()
				}
			})
		}
	}
}

// BenchmarkMerge merges two Schemas of different documents of a set.
func BenchmarkMerge(b *testing.B) {
	for _, set := range sample.Sets() {
		b.Run(set.Name, func(b *testing.B) {
			parts := [2]*schema.Schema{schema.New(schema.Options{}), schema.New(schema.Options{})}
			for i, doc := range set.Docs {
				if err := parts[i%2].Add(doc); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := schema.Merge(parts[0], parts[1]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkJSON writes a Schema.
func BenchmarkJSON(b *testing.B) {
	for _, set := range sample.Sets() {
		b.Run(set.Name, func(b *testing.B) {
			s := schema.New(schema.Options{})
			for _, doc := range set.Docs {
				if err := s.Add(doc); err != nil {
					b.Fatal(err)
				}
			}
			var dst []byte
			for b.Loop() {
				dst = s.AppendJSON(dst[:0])
			}
			b.SetBytes(int64(len(dst)))
		})
	}
}
