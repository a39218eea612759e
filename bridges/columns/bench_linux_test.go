package columns

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/bsonkit/bsonkit/bridges/columns/internal/cputime"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// BenchmarkReader makes record batches of documents, and validates the same documents in
// between. It reports the speed of both in processor time, and their ratio as "of-validate".
// The documents of "orders" have the same fields. Those of "bench" have thousands of paths, of
// which each document has a few, and many paths have values of several types.
func BenchmarkReader(b *testing.B) {
	bench := sample.Sets()[0]
	for _, set := range []struct {
		name  string
		docs  [][]byte
		mixed Mixed
	}{
		{"orders", orders(5000), MixedError},
		{bench.Name + "/null", bench.Docs, MixedNull},
		{bench.Name + "/json", bench.Docs, MixedJSON},
	} {
		b.Run(set.name, func(b *testing.B) {
			o := Options{Mixed: set.mixed}
			found, err := describe(set.docs, o)
			if err != nil {
				b.Fatal(err)
			}
			s, err := Infer(found, o)
			if err != nil {
				b.Fatal(err)
			}
			const times = 4
			o.BatchDocuments = len(set.docs) // so that there are several batches
			stream := slices.Repeat(slices.Concat(set.docs...), times)
			var validate, read time.Duration
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				start := cputime.Used()
				for i := range times * len(set.docs) {
					doc := set.docs[i%len(set.docs)]
					if err := bsoncore.Validate(doc); err != nil {
						b.Fatal(err)
					}
				}
				between := cputime.Used()
				readAll(b, stream, s, o)
				validate += between - start
				read += cputime.Used() - between
			}
			speed := func(d time.Duration) float64 { return float64(len(stream)) * float64(b.N) / d.Seconds() / 1e6 }
			b.ReportMetric(speed(validate), "validate-MB/s")
			b.ReportMetric(speed(read), "read-MB/s")
			b.ReportMetric(validate.Seconds()/read.Seconds(), "of-validate")
		})
	}
}

func readAll(t testing.TB, stream []byte, s *arrow.Schema, o Options) {
	r, err := NewRecordReader(bytes.NewReader(stream), s, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
}
