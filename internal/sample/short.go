package sample

import (
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// firstShort is the number of short documents at the start of the mix File: users and
// their orders, in turn.
const firstShort = 20

// short appends short document n: two or three lines of a terminal with typical values.
// It has random numbers of its own, so that the other documents of File are those of
// Collection.
func (g *Generator) short(dst []byte, n int) []byte {
	if n%2 == 0 {
		return g.shortUser(dst, n/2)
	}
	return g.shortOrder(dst)
}

// shortUser appends user i of the short documents.
func (g *Generator) shortUser(dst []byte, i int) []byte {
	s := &g.shortSrc
	dst, mark := bsoncore.Begin(dst)
	g.lastUser = s.idAt(s.between(1_420_070_400, 1_704_067_199)) // 2015 to 2023
	dst = bsoncore.AppendObjectID(dst, "_id", g.lastUser)
	dst = bsoncore.AppendString(dst, "name", people[i])
	dst = bsoncore.AppendString(dst, "city", cities[i])
	dst = bsoncore.AppendDateTime(dst, "joined", g.lastUser.Time().UnixMilli())
	dst = bsoncore.AppendDouble(dst, "rating", float64(s.between(10, 50))/10)
	dst = bsoncore.AppendInt32(dst, "visits", int32(s.between(1, 400)))
	dst, tags := bsoncore.BeginArray(dst, "tags")
	for j := range s.between(1, 3) {
		dst = bsoncore.AppendString(dst, strconv.Itoa(j), pick(s, words))
	}
	dst = bsoncore.End(dst, tags)
	return bsoncore.End(dst, mark)
}

// shortOrder appends an order of the user before it, placed within 300 days.
func (g *Generator) shortOrder(dst []byte) []byte {
	s := &g.shortSrc
	dst, mark := bsoncore.Begin(dst)
	id := s.idAt(int(g.lastUser.Time().Unix()) + s.between(60, 300*86_400))
	dst = bsoncore.AppendObjectID(dst, "_id", id)
	dst = bsoncore.AppendObjectID(dst, "user", g.lastUser)
	dst = bsoncore.AppendDateTime(dst, "placed", id.Time().UnixMilli())
	total := 0 // hundredths
	dst, items := bsoncore.BeginArray(dst, "items")
	for i := range s.between(1, 2) {
		quantity, price := s.between(1, 6), s.between(100, 9999)
		total += quantity * price
		var item int
		dst, item = bsoncore.BeginDocument(dst, strconv.Itoa(i))
		dst = bsoncore.AppendString(dst, "name", pick(s, words))
		dst = bsoncore.AppendInt32(dst, "quantity", int32(quantity))
		dst = bsoncore.AppendDecimal128(dst, "price", edge.Decimal(false, 0, uint64(price), -2))
		dst = bsoncore.End(dst, item)
	}
	dst = bsoncore.End(dst, items)
	dst = bsoncore.AppendDecimal128(dst, "total", edge.Decimal(false, 0, uint64(total), -2))
	dst = bsoncore.AppendBoolean(dst, "paid", !s.oneIn(4))
	return bsoncore.End(dst, mark)
}
