package columns

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/objectid"
)

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
