package extjson_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// A set is documents that a benchmark takes in turn: many, because a single
// one in a loop teaches the processor its branches.
type set struct {
	name string
	docs [][]byte
	size int64 // bytes of BSON, all documents
}

func benchSets() []set {
	sets := []set{
		{name: "bench", docs: sample.Documents(sample.Bench, 1, 4000)},
		{name: "collection", docs: sample.Documents(sample.Collection, 1, 2000)},
	}
	for i := range sets {
		for _, doc := range sets[i].docs {
			sets[i].size += int64(len(doc))
		}
	}
	return sets
}

var modes = []struct {
	name string
	mode extjson.Mode
}{{"canonical", extjson.Canonical}, {"relaxed", extjson.Relaxed}}

var sink []byte

func BenchmarkAppendJSON(b *testing.B) {
	for _, s := range benchSets() {
		for _, m := range modes {
			o := extjson.EncodeOptions{Mode: m.mode}
			b.Run(m.name+"/"+s.name, func(b *testing.B) {
				b.SetBytes(s.size)
				b.ReportAllocs()
				for b.Loop() {
					for _, doc := range s.docs {
						var err error
						if sink, err = o.AppendJSON(sink[:0], doc); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

func BenchmarkAppendBSON(b *testing.B) {
	for _, s := range benchSets() {
		for _, m := range modes {
			texts := make([][]byte, len(s.docs))
			for i, doc := range s.docs {
				var err error
				if texts[i], err = (extjson.EncodeOptions{Mode: m.mode}).AppendJSON(nil, doc); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(m.name+"/"+s.name, func(b *testing.B) {
				b.SetBytes(s.size)
				b.ReportAllocs()
				for b.Loop() {
					for _, text := range texts {
						var err error
						if sink, err = extjson.AppendBSON(sink[:0], text); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}
