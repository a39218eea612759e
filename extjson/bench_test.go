package extjson_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

var modes = []struct {
	name string
	mode extjson.Mode
}{{"canonical", extjson.Canonical}, {"relaxed", extjson.Relaxed}}

var sink []byte

func BenchmarkAppendJSON(b *testing.B) {
	for _, s := range sample.Sets() {
		for _, m := range modes {
			o := extjson.EncodeOptions{Mode: m.mode}
			b.Run(m.name+"/"+s.Name, func(b *testing.B) {
				b.SetBytes(s.Size)
				b.ReportAllocs()
				for b.Loop() {
					for _, doc := range s.Docs {
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
	for _, s := range sample.Sets() {
		for _, m := range modes {
			texts := make([][]byte, len(s.Docs))
			for i, doc := range s.Docs {
				var err error
				if texts[i], err = (extjson.EncodeOptions{Mode: m.mode}).AppendJSON(nil, doc); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(m.name+"/"+s.Name, func(b *testing.B) {
				b.SetBytes(s.Size)
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
