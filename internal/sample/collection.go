package sample

import (
	"math"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// CollectionSize is how many documents testdata/collection.bson has: a little
// over a megabyte.
const CollectionSize = 3000

// edges are the documents that open a collection, each in a function that
// names what it shows.
var edges = []func(g *Generator, dst []byte) []byte{
	(*Generator).edgeEmpty, (*Generator).edgeTypes, (*Generator).edgeNumbers,
	(*Generator).edgeTimes, (*Generator).edgeTexts, (*Generator).edgeBinaries,
	(*Generator).edgeKeys, (*Generator).edgeContainers, (*Generator).edgeRefs,
	(*Generator).edgeWide,
}

func (g *Generator) collection(dst []byte) []byte {
	n := g.n - 1
	if n < len(edges) {
		return edges[n](g, dst)
	}
	switch {
	case n%50 == 0:
		return g.wild(dst)
	case n%10 == 1:
		return g.user(dst)
	case n%3 == 0:
		return g.order(dst)
	}
	return g.event(dst)
}

func (g *Generator) edgeEmpty(dst []byte) []byte {
	dst, mark := bson.Begin(dst)
	return bson.End(dst, mark)
}

func (g *Generator) edgeTypes(dst []byte) []byte {
	s := &g.src
	dst, mark := bson.Begin(dst)
	dst = bson.AppendObjectID(dst, "_id", s.id())
	dst = bson.AppendDouble(dst, "double", 9.99)
	dst = bson.AppendString(dst, "string", "text")
	dst, inner := bson.BeginDocument(dst, "document")
	dst = bson.AppendInt32(dst, "n", 1)
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginArray(dst, "array")
	dst = bson.AppendInt32(dst, "0", 1)
	dst = bson.AppendString(dst, "1", "two")
	dst = bson.End(dst, inner)
	dst = bson.AppendBinary(dst, "binary", bson.BinaryGeneric, []byte("\x00\x01\xfe\xff"))
	dst = bson.AppendUndefined(dst, "undefined")
	dst = bson.AppendBoolean(dst, "true", true)
	dst = bson.AppendBoolean(dst, "false", false)
	dst = bson.AppendDateTime(dst, "date", 1709164800123)
	dst = bson.AppendNull(dst, "null")
	dst = bson.AppendRegex(dst, "regex", `^a/b\.c"$`, "imx")
	dst = bson.AppendDBPointer(dst, "dbPointer", "shop.orders", s.id())
	dst = bson.AppendCode(dst, "code", "function () { return \"x\"; }")
	dst = bson.AppendSymbol(dst, "symbol", "sym")
	dst, value, scope := bson.BeginCodeWithScope(dst, "codeWithScope", "return n + m;")
	dst = bson.AppendInt32(dst, "n", 1)
	dst = bson.AppendInt64(dst, "m", 2)
	dst = bson.End(dst, scope)
	bson.SetLength(dst, value)
	dst = bson.AppendInt32(dst, "int32", 42)
	dst = bson.AppendTimestamp(dst, "timestamp", 1709164800, 7)
	dst = bson.AppendInt64(dst, "int64", 42)
	dst = bson.AppendDecimal128(dst, "decimal", edge.Decimal(false, 0, 120, -2))
	dst = bson.AppendMinKey(dst, "minKey")
	dst = bson.AppendMaxKey(dst, "maxKey")
	return bson.End(dst, mark)
}

func (g *Generator) edgeNumbers(dst []byte) []byte {
	dst, mark := bson.Begin(dst)
	dst, inner := bson.BeginArray(dst, "doubles")
	for i, v := range edge.Doubles {
		dst = bson.AppendDouble(dst, strconv.Itoa(i), v)
	}
	// The quiet NaN without sign and payload, which is what text means.
	dst = bson.AppendDouble(dst, strconv.Itoa(len(edge.Doubles)), math.Float64frombits(0x7FF8000000000000))
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginArray(dst, "decimals")
	for i, v := range edge.Decimals {
		dst = bson.AppendDecimal128(dst, strconv.Itoa(i), v)
	}
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginArray(dst, "int32s")
	for i, v := range edge.Ints {
		dst = bson.AppendInt32(dst, strconv.Itoa(i), int32(v))
	}
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginArray(dst, "int64s")
	for i, v := range edge.Ints {
		dst = bson.AppendInt64(dst, strconv.Itoa(i), v)
	}
	dst = bson.End(dst, inner)
	return bson.End(dst, mark)
}

func (g *Generator) edgeTimes(dst []byte) []byte {
	dst, mark := bson.Begin(dst)
	dst, inner := bson.BeginArray(dst, "dates")
	for i, v := range edge.Dates {
		dst = bson.AppendDateTime(dst, strconv.Itoa(i), v)
	}
	dst = bson.End(dst, inner)
	dst = bson.AppendTimestamp(dst, "first", 0, 0)
	dst = bson.AppendTimestamp(dst, "last", math.MaxUint32, math.MaxUint32)
	dst = bson.AppendTimestamp(dst, "high bits", 1<<31, 1<<31)
	return bson.End(dst, mark)
}

func (g *Generator) edgeTexts(dst []byte) []byte {
	dst, mark := bson.Begin(dst)
	dst, inner := bson.BeginArray(dst, "foreign")
	for i, v := range edge.Foreign {
		dst = bson.AppendString(dst, strconv.Itoa(i), v)
	}
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginArray(dst, "awkward")
	for i, v := range edge.Awkward {
		dst = bson.AppendString(dst, strconv.Itoa(i), v)
	}
	dst = bson.End(dst, inner)
	var controls []byte
	for c := range byte(0x20) {
		controls = append(controls, c)
	}
	dst = bson.AppendString(dst, "controls", string(controls))
	dst = bson.AppendString(dst, "long", strings.Repeat("0123456789abcdef", 512))
	dst = bson.AppendString(dst, "long foreign", strings.Repeat("日本語 ÅÄÖ 🙂 ", 200))
	return bson.End(dst, mark)
}

func (g *Generator) edgeBinaries(dst []byte) []byte {
	s := &g.src
	dst, mark := bson.Begin(dst)
	dst, inner := bson.BeginArray(dst, "subtypes")
	for i, v := range edge.Subtypes {
		dst = bson.AppendBinary(dst, strconv.Itoa(i), v, s.bytes(nil, 16))
	}
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginArray(dst, "lengths")
	for n := range 20 {
		dst = bson.AppendBinary(dst, strconv.Itoa(n), bson.BinaryGeneric, s.bytes(nil, n))
	}
	dst = bson.End(dst, inner)
	dst = bson.AppendBinary(dst, "short uuid", bson.BinaryUUID, []byte{1, 2, 3})
	// Subtype 9: element type, bits of padding, elements.
	dst = bson.AppendBinary(dst, "int8 vector", bson.BinaryVector, []byte{0x03, 0, 0x7F, 0x80})
	dst = bson.AppendBinary(dst, "float32 vector", bson.BinaryVector, []byte{0x27, 0, 0, 0, 0x80, 0x3F})
	dst = bson.AppendBinary(dst, "bit vector", bson.BinaryVector, []byte{0x10, 3, 0xA8})
	dst = bson.AppendBinary(dst, "large", bson.BinaryUserDefined, s.bytes(nil, 6000))
	return bson.End(dst, mark)
}

// edgeKeys has every key that the top level alone can have, which is never a
// wrapper, and below it those that no wrapper has.
func (g *Generator) edgeKeys(dst []byte) []byte {
	dst, mark := bson.Begin(dst)
	for i, key := range []string{
		"", "a.b", "$oid", "$numberInt", "$date", "$binary", "$schema", "$", "a", "a",
	} {
		dst = bson.AppendInt32(dst, key, int32(i))
	}
	dst, inner := bson.BeginDocument(dst, "below")
	for i, key := range edge.Keys {
		dst = bson.AppendInt32(dst, key, int32(i))
	}
	for i, key := range edge.Foreign {
		dst = bson.AppendInt32(dst, key, int32(i))
	}
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginDocument(dst, "filter")
	dst, deeper := bson.BeginDocument(dst, "price")
	dst = bson.AppendDouble(dst, "$gte", 5)
	dst = bson.AppendDouble(dst, "$lt", 9.5)
	dst = bson.End(dst, deeper)
	dst = bson.End(dst, inner)
	dst = bson.AppendInt32(dst, strings.Repeat("a long key ", 30), 1)
	return bson.End(dst, mark)
}

func (g *Generator) edgeContainers(dst []byte) []byte {
	dst, mark := bson.Begin(dst)
	dst = bson.AppendDocument(dst, "empty document", []byte{5, 0, 0, 0, 0})
	dst = bson.AppendArray(dst, "empty array", []byte{5, 0, 0, 0, 0})
	dst = bson.AppendCodeWithScope(dst, "empty scope", "", []byte{5, 0, 0, 0, 0})
	// Deeper than what a cursor keeps without allocating.
	var marks []int
	for i := range 40 {
		var m int
		if i%2 == 0 {
			dst, m = bson.BeginDocument(dst, map[bool]string{true: "deep", false: "0"}[i == 0])
		} else {
			dst, m = bson.BeginArray(dst, "down")
		}
		marks = append(marks, m)
	}
	for i := range marks {
		dst = bson.End(dst, marks[len(marks)-1-i])
	}
	dst, inner := bson.BeginArray(dst, "long array")
	for i := range 1100 {
		dst = bson.AppendInt32(dst, strconv.Itoa(i), int32(i))
	}
	dst = bson.End(dst, inner)
	return bson.End(dst, mark)
}

func (g *Generator) edgeRefs(dst []byte) []byte {
	s := &g.src
	dst, mark := bson.Begin(dst)
	dst, inner := bson.BeginDocument(dst, "plain")
	dst = bson.AppendString(dst, "$ref", "users")
	dst = bson.AppendObjectID(dst, "$id", s.id())
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginDocument(dst, "database")
	dst = bson.AppendString(dst, "$ref", "users")
	dst = bson.AppendInt64(dst, "$id", 17)
	dst = bson.AppendString(dst, "$db", "shop")
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginDocument(dst, "extra")
	dst = bson.AppendString(dst, "$ref", "users")
	dst = bson.AppendBinary(dst, "$id", bson.BinaryUUID, s.uuid())
	dst = bson.AppendString(dst, "note", "fields of one's own")
	dst = bson.AppendInt32(dst, "a.b", 1)
	dst = bson.End(dst, inner)
	return bson.End(dst, mark)
}

func (g *Generator) edgeWide(dst []byte) []byte {
	dst, mark := bson.Begin(dst)
	for i := range 1200 {
		dst = bson.AppendInt32(dst, "field"+strconv.Itoa(i), int32(i*i))
	}
	return bson.End(dst, mark)
}

func (g *Generator) order(dst []byte) []byte {
	s := &g.src
	dst, mark := bson.Begin(dst)
	id := s.id()
	dst = bson.AppendObjectID(dst, "_id", id)
	dst = bson.AppendInt64(dst, "number", 2_000_000_000_000+int64(g.n))
	dst = bson.AppendString(dst, "status", pick(s, []string{"new", "paid", "packed", "shipped", "returned"}))
	dst = bson.AppendDateTime(dst, "placed", id.Time().UnixMilli()+int64(s.below(1000)))
	dst, inner := bson.BeginDocument(dst, "customer")
	dst = bson.AppendString(dst, "$ref", "users")
	dst = bson.AppendObjectID(dst, "$id", s.id())
	dst = bson.End(dst, inner)
	dst, inner = bson.BeginArray(dst, "items")
	for i := range s.between(1, 6) {
		var item int
		dst, item = bson.BeginDocument(dst, strconv.Itoa(i))
		dst = bson.AppendString(dst, "sku", strings.ToUpper(pick(s, words))+"-"+strconv.Itoa(s.between(100, 9999)))
		dst = bson.AppendString(dst, "name", s.phrase(s.between(6, 30)))
		dst = bson.AppendInt32(dst, "quantity", int32(s.between(1, 12)))
		dst = bson.AppendDecimal128(dst, "price", s.price(s.between(1, 4)))
		dst = bson.AppendDouble(dst, "weight", float64(s.between(1, 30_000))/1000)
		if s.oneIn(3) {
			var tags int
			dst, tags = bson.BeginArray(dst, "tags")
			for j := range s.below(4) {
				dst = bson.AppendString(dst, strconv.Itoa(j), pick(s, words))
			}
			dst = bson.End(dst, tags)
		}
		dst = bson.End(dst, item)
	}
	dst = bson.End(dst, inner)
	dst = bson.AppendDecimal128(dst, "total", s.price(5))
	dst = g.address(dst, "ship to")
	if s.oneIn(4) {
		dst = bson.AppendNull(dst, "coupon")
	} else {
		dst = bson.AppendString(dst, "coupon", pick(s, words)+strconv.Itoa(s.below(50)))
	}
	dst = bson.AppendBoolean(dst, "gift", s.oneIn(5))
	return bson.End(dst, mark)
}

func (g *Generator) address(dst []byte, key string) []byte {
	s := &g.src
	dst, mark := bson.BeginDocument(dst, key)
	dst = bson.AppendString(dst, "street", pick(s, people)+" "+pick(s, words)+" "+strconv.Itoa(s.between(1, 250)))
	dst = bson.AppendString(dst, "city", pick(s, cities))
	dst = bson.AppendString(dst, "postcode", strconv.Itoa(s.between(10000, 99999)))
	dst, inner := bson.BeginDocument(dst, "location")
	dst = bson.AppendString(dst, "type", "Point")
	dst, deeper := bson.BeginArray(dst, "coordinates")
	// The conversions keep the products from being fused with the sums: on
	// some processors that would give other last digits.
	dst = bson.AppendDouble(dst, "0", float64(s.unit()*360)-180)
	dst = bson.AppendDouble(dst, "1", float64(s.unit()*180)-90)
	dst = bson.End(dst, deeper)
	dst = bson.End(dst, inner)
	return bson.End(dst, mark)
}

func (g *Generator) user(dst []byte) []byte {
	s := &g.src
	dst, mark := bson.Begin(dst)
	name := pick(s, people)
	dst = bson.AppendBinary(dst, "_id", bson.BinaryUUID, s.uuid())
	dst = bson.AppendString(dst, "name", name+" "+pick(s, people))
	dst = bson.AppendString(dst, "email", strings.ToLower(pick(s, words)+"."+pick(s, words))+"@example.org")
	// Many were born before 1970.
	dst = bson.AppendDateTime(dst, "born", int64(s.between(-25_000, 14_000))*86_400_000)
	dst = bson.AppendDateTime(dst, "joined", s.date())
	if s.oneIn(6) {
		// "For ever", as some programs write it: in the year 10000.
		dst = bson.AppendDateTime(dst, "expires", 253402300800000)
	}
	dst = bson.AppendBinary(dst, "password", bson.BinaryGeneric, s.bytes(nil, 32))
	dst = g.address(dst, "home")
	dst, inner := bson.BeginDocument(dst, "settings")
	dst = bson.AppendBoolean(dst, "newsletter", s.oneIn(2))
	dst = bson.AppendString(dst, "language", pick(s, []string{"de", "el", "en", "ja", "pt-BR", "zh-Hant"}))
	dst, deeper := bson.BeginDocument(dst, "quiet.hours")
	dst = bson.AppendInt32(dst, "from", int32(s.below(24)))
	dst = bson.AppendInt32(dst, "to", int32(s.below(24)))
	dst = bson.End(dst, deeper)
	dst = bson.End(dst, inner)
	dst = bson.AppendString(dst, "bio", s.phrase(s.between(0, 200))+" "+pick(s, edge.Foreign))
	dst = bson.AppendInt64(dst, "points", int64(s.bits64()>>(20+s.below(40))))
	dst = bson.AppendRegex(dst, "filter", "^"+pick(s, words), pick(s, []string{"", "i", "im"}))
	return bson.End(dst, mark)
}

func (g *Generator) event(dst []byte) []byte {
	s := &g.src
	dst, mark := bson.Begin(dst)
	dst = bson.AppendObjectID(dst, "_id", s.id())
	dst = bson.AppendTimestamp(dst, "ts", uint32(s.between(1_262_304_000, 1_893_456_000)), uint32(s.below(100)))
	dst = bson.AppendString(dst, "kind", pick(s, []string{"view", "click", "search", "login", "measure"}))
	dst = bson.AppendBinary(dst, "session", bson.BinaryUUID, s.uuid())
	dst = bson.AppendDouble(dst, "duration", s.benchDouble())
	dst, inner := bson.BeginDocument(dst, "data")
	switch s.below(4) {
	case 0:
		dst = bson.AppendString(dst, "query", s.phrase(s.between(3, 25)))
		dst = bson.AppendInt32(dst, "hits", s.benchInt32())
	case 1:
		dst = bson.AppendString(dst, "path", "/"+pick(s, words)+"/"+pick(s, words)+"?q=\""+pick(s, edge.Foreign)+"\"")
		dst = bson.AppendNull(dst, "referrer")
	case 2:
		var values int
		dst, values = bson.BeginArray(dst, "values")
		for i := range s.between(1, 12) {
			dst = bson.AppendDouble(dst, strconv.Itoa(i), s.benchDouble())
		}
		dst = bson.End(dst, values)
		dst = bson.AppendDecimal128(dst, "sum", s.wideDecimal(-s.between(10, 33)))
	}
	dst = bson.End(dst, inner)
	dst = bson.AppendBoolean(dst, "ok", !s.oneIn(20))
	return bson.End(dst, mark)
}
