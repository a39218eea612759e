package spill

import (
	"encoding/binary"
	"testing"

	"github.com/bsonkit/bsonkit/internal/sample"
)

// BenchmarkSort sorts the documents of the bench mix by random keys of 12 bytes. Bytes
// are those of documents: 64 MiB in memory, in files with one merge, and with a limit.
func BenchmarkSort(b *testing.B) {
	docs := sample.Documents(sample.Bench, sample.Seed, 10_000)
	for _, tc := range []struct {
		name   string
		memory int64
		o      SortOptions
	}{
		{"memory", 128 << 20, SortOptions{}},
		{"files", 16 << 20, SortOptions{}},
		{"most", 16 << 20, SortOptions{Most: 100}},
	} {
		b.Run(tc.name, func(b *testing.B) {
			const size = 64 << 20
			b.SetBytes(size)
			b.ReportAllocs()
			s := New(b.Context(), b.TempDir(), tc.memory)
			defer s.Close()
			for b.Loop() {
				sorter := s.NewSorter(tc.o)
				var key [12]byte
				for i, n := uint64(0), 0; n < size; i++ {
					binary.BigEndian.PutUint64(key[:], i*0x9e3779b97f4a7c15)
					doc := docs[i%uint64(len(docs))]
					n += len(doc)
					if err := sorter.Add(key[:], doc); err != nil {
						b.Fatal(err)
					}
				}
				sorted, err := sorter.Sort()
				if err != nil {
					b.Fatal(err)
				}
				for sorted.Next() {
					sorted.Item()
				}
				if err := sorted.Err(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
