package query_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// filters match no document of the sets. BenchmarkMatch/validate is the speed that they
// are compared with.
var filters = []struct{ name, text string }{
	{"missing", `{"no such key": 1}`},
	{"equal", `{status: "no such value"}`},
	{"two", `{status: "no such value", total: {$gt: 1e300}}`},
	{"deep", `{"address.city.no": 1, "items.sku": "no such value"}`},
	{"or", `{$or: [{status: "no such value"}, {"no such key": {$gt: 10}}, {"items.price": {$lt: -1e300}}]}`},
	{"in", `{status: {$in: ["no such value", "nor this", 2.5e300, 3.5e300]}}`},
	{"regex", `{status: /^no such value/i}`},
	{"id", `{_id: ObjectId("000000000000000000000000")}`},
}

func BenchmarkMatch(b *testing.B) {
	for _, s := range sample.Sets() {
		b.Run("validate/"+s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			for b.Loop() {
				for _, doc := range s.Docs {
					if err := bsoncore.Validate(doc); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		for _, f := range filters {
			filter, err := query.Parse([]byte(f.text), query.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.Run(f.name+"/"+s.Name, func(b *testing.B) {
				b.SetBytes(s.Size)
				b.ReportAllocs()
				for b.Loop() {
					for _, doc := range s.Docs {
						if match, err := filter.Match(doc); match || err != nil {
							b.Fatal(match, err)
						}
					}
				}
			})
		}
	}
}
