package columns

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// BenchmarkReader makes record batches of documents, and validates the same documents in
// between. It reports the speed of both, and their ratio as "of-validate". The documents of
// "orders" have the same fields, those of "bench" have thousands of paths, of which each
// document has a few, and many with values of several types.
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
				start := time.Now()
				for i := range times * len(set.docs) {
					doc := set.docs[i%len(set.docs)]
					if err := bsoncore.Validate(doc); err != nil {
						b.Fatal(err)
					}
				}
				between := time.Now()
				readAll(b, stream, s, o)
				validate += between.Sub(start)
				read += time.Since(between)
			}
			speed := func(d time.Duration) float64 { return float64(len(stream)) * float64(b.N) / d.Seconds() / 1e6 }
			b.ReportMetric(speed(validate), "validate-MB/s")
			b.ReportMetric(speed(read), "read-MB/s")
			b.ReportMetric(validate.Seconds()/read.Seconds(), "of-validate")
		})
	}
}

// orders returns documents of a shop: ids, texts, numbers, dates, a document and an array of
// documents.
func orders(n int) [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	docs := make([][]byte, n)
	for i := range docs {
		dst, doc := bsoncore.Begin(nil)
		dst = bsoncore.AppendObjectID(dst, "_id", objectid.ID{1, 2, 3, 4, 5, 6, 7, 8, byte(i >> 16), byte(i >> 8), byte(i)})
		dst = bsoncore.AppendString(dst, "customer", fmt.Sprintf("customer %d", r.IntN(1000)))
		dst = bsoncore.AppendInt32(dst, "number", int32(i))
		dst = bsoncore.AppendDateTime(dst, "created", 1_700_000_000_000+int64(i)*1000)
		dst = bsoncore.AppendDouble(dst, "total", float64(r.IntN(100_000))/100)
		dst = bsoncore.AppendBoolean(dst, "paid", r.IntN(2) == 0)
		if r.IntN(4) == 0 {
			dst = bsoncore.AppendString(dst, "note", "please ring twice, and leave the parcel with the neighbours")
		}
		dst, address := bsoncore.BeginDocument(dst, "address")
		dst = bsoncore.AppendString(dst, "street", fmt.Sprintf("%d Main Street", r.IntN(200)))
		dst = bsoncore.AppendString(dst, "city", "Springfield")
		dst = bsoncore.AppendInt32(dst, "zip", int32(10_000+r.IntN(90_000)))
		dst = bsoncore.End(dst, address)
		dst, items := bsoncore.BeginArray(dst, "items")
		for j := range 1 + r.IntN(4) {
			var item int
			dst, item = bsoncore.BeginDocument(dst, strconv.Itoa(j))
			dst = bsoncore.AppendString(dst, "sku", fmt.Sprintf("SKU-%06d", r.IntN(1_000_000)))
			dst = bsoncore.AppendInt64(dst, "quantity", int64(r.IntN(10)))
			dst = bsoncore.AppendDouble(dst, "price", float64(r.IntN(10_000))/100)
			dst = bsoncore.End(dst, item)
		}
		dst = bsoncore.End(dst, items)
		docs[i] = bsoncore.End(dst, doc)
	}
	return docs
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
