package tabular_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// orders returns n documents with the same fields, in part.
func orders(n int) (docs [][]byte) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendObjectID(doc, "_id", objectid.ID{1, 2, 3, 10: byte(i >> 8), 11: byte(i)})
		doc = bsoncore.AppendInt32(doc, "number", int32(i))
		doc = bsoncore.AppendDateTime(doc, "created", 1_700_000_000_000+int64(i)*86_400_123)
		doc = bsoncore.AppendString(doc, "status", []string{"open", "paid", "sent, late"}[i%3])
		var inner int
		doc, inner = bsoncore.BeginDocument(doc, "customer")
		doc = bsoncore.AppendString(doc, "name", "A customer with a name")
		if i%4 > 0 {
			doc = bsoncore.AppendString(doc, "city", "Zürich")
		}
		doc = bsoncore.End(bsoncore.AppendInt64(doc, "since", 1_500_000_000_000), inner)
		doc = bsoncore.AppendDouble(doc, "total", random.Float64()*1000)
		doc = bsoncore.AppendDouble(doc, "discount", float64(i%10))
		doc = bsoncore.AppendBoolean(doc, "express", i%5 == 0)
		doc, inner = bsoncore.BeginArray(doc, "items")
		for j := range i % 4 {
			doc = bsoncore.AppendInt32(doc, strconv.Itoa(j), int32(j))
		}
		doc = bsoncore.End(doc, inner)
		docs = append(docs, bsoncore.End(bsoncore.AppendString(doc, "note", "Leave it at the door; the bell is broken."), mark))
	}
	return docs
}

func BenchmarkTable(b *testing.B) {
	b.Run("orders", func(b *testing.B) { benchmarkTable(b, orders(1000)) })
	b.Run("sparse", func(b *testing.B) { benchmarkTable(b, sample.Documents(sample.Bench, 1, 200)) })
}

// benchmarkTable measures the columns and the rows of documents, and a validation and plain
// JSON beside them. Documents without a row are passed over.
func benchmarkTable(b *testing.B, docs [][]byte) {
	size := 0
	for _, doc := range docs {
		size += len(doc)
	}
	run := func(name string, each func(doc []byte)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range docs {
					each(doc)
				}
			}
		})
	}
	var dst []byte
	table := func(o tabular.TableOptions) func([]byte) {
		t, err := tabular.NewTable(find(tabular.FindOptions{Typed: o.Typed}, docs...), o)
		if err != nil {
			b.Fatal(err)
		}
		return func(doc []byte) {
			dst, _ = t.AppendRows(dst[:0], math.MaxInt, doc)
		}
	}
	found := tabular.NewFound(tabular.FindOptions{MaxFields: tabular.DefaultMaxFields})
	run("find", found.Add)
	run("plain", table(tabular.TableOptions{}))
	run("typed", table(tabular.TableOptions{Typed: true}))
	run("validate", func(doc []byte) {
		if err := bson.Validate(doc); err != nil {
			b.Fatal(err)
		}
	})
	run("json", func(doc []byte) { dst, _ = extjson.EncodeOptions{Mode: extjson.Plain}.AppendJSON(dst[:0], doc) })
}
