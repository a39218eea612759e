package sample

import (
	"math"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// CollectionSize is the number of documents of Collection in testdata/collection.bson,
// which has a little over 1 MB.
const CollectionSize = 3000

// FileSize is the number of all documents in testdata/collection.bson.
const FileSize = firstShort + CollectionSize

// edges has functions for the first documents of a collection. The name of a function
// describes its document.
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
	dst, mark := bsoncore.Begin(dst)
	return bsoncore.End(dst, mark)
}

func (g *Generator) edgeTypes(dst []byte) []byte {
	s := &g.src
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.AppendObjectID(dst, "_id", s.id())
	dst = bsoncore.AppendDouble(dst, "double", 9.99)
	dst = bsoncore.AppendString(dst, "string", "text")
	dst, inner := bsoncore.BeginDocument(dst, "document")
	dst = bsoncore.AppendInt32(dst, "n", 1)
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginArray(dst, "array")
	dst = bsoncore.AppendInt32(dst, "0", 1)
	dst = bsoncore.AppendString(dst, "1", "two")
	dst = bsoncore.End(dst, inner)
	dst = bsoncore.AppendBinary(dst, "binary", bson.BinaryGeneric, []byte("\x00\x01\xfe\xff"))
	dst = bsoncore.AppendUndefined(dst, "undefined")
	dst = bsoncore.AppendBoolean(dst, "true", true)
	dst = bsoncore.AppendBoolean(dst, "false", false)
	dst = bsoncore.AppendDateTime(dst, "date", 1709164800123)
	dst = bsoncore.AppendNull(dst, "null")
	dst = bsoncore.AppendRegex(dst, "regex", `^a/b\.c"$`, "imx")
	dst = bsoncore.AppendDBPointer(dst, "dbPointer", "shop.orders", s.id())
	dst = bsoncore.AppendCode(dst, "code", "function () { return \"x\"; }")
	dst = bsoncore.AppendSymbol(dst, "symbol", "sym")
	dst, value, scope := bsoncore.BeginCodeWithScope(dst, "codeWithScope", "return n + m;")
	dst = bsoncore.AppendInt32(dst, "n", 1)
	dst = bsoncore.AppendInt64(dst, "m", 2)
	dst = bsoncore.End(dst, scope)
	bsoncore.SetLength(dst, value)
	dst = bsoncore.AppendInt32(dst, "int32", 42)
	dst = bsoncore.AppendTimestamp(dst, "timestamp", 1709164800, 7)
	dst = bsoncore.AppendInt64(dst, "int64", 42)
	dst = bsoncore.AppendDecimal128(dst, "decimal", edge.Decimal(false, 0, 120, -2))
	dst = bsoncore.AppendMinKey(dst, "minKey")
	dst = bsoncore.AppendMaxKey(dst, "maxKey")
	return bsoncore.End(dst, mark)
}

func (g *Generator) edgeNumbers(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	dst, inner := bsoncore.BeginArray(dst, "doubles")
	for i, v := range edge.Doubles {
		dst = bsoncore.AppendDouble(dst, strconv.Itoa(i), v)
	}
	// The quiet NaN without sign and payload is the NaN in text.
	dst = bsoncore.AppendDouble(dst, strconv.Itoa(len(edge.Doubles)), math.Float64frombits(0x7FF8000000000000))
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginArray(dst, "decimals")
	for i, v := range edge.Decimals {
		dst = bsoncore.AppendDecimal128(dst, strconv.Itoa(i), v)
	}
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginArray(dst, "int32s")
	for i, v := range edge.Ints {
		dst = bsoncore.AppendInt32(dst, strconv.Itoa(i), int32(v))
	}
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginArray(dst, "int64s")
	for i, v := range edge.Ints {
		dst = bsoncore.AppendInt64(dst, strconv.Itoa(i), v)
	}
	dst = bsoncore.End(dst, inner)
	return bsoncore.End(dst, mark)
}

func (g *Generator) edgeTimes(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	dst, inner := bsoncore.BeginArray(dst, "dates")
	for i, v := range edge.Dates {
		dst = bsoncore.AppendDateTime(dst, strconv.Itoa(i), v)
	}
	dst = bsoncore.End(dst, inner)
	dst = bsoncore.AppendTimestamp(dst, "first", 0, 0)
	dst = bsoncore.AppendTimestamp(dst, "last", math.MaxUint32, math.MaxUint32)
	dst = bsoncore.AppendTimestamp(dst, "high bits", 1<<31, 1<<31)
	return bsoncore.End(dst, mark)
}

func (g *Generator) edgeTexts(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	dst, inner := bsoncore.BeginArray(dst, "foreign")
	for i, v := range edge.Foreign {
		dst = bsoncore.AppendString(dst, strconv.Itoa(i), v)
	}
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginArray(dst, "awkward")
	for i, v := range edge.Awkward {
		dst = bsoncore.AppendString(dst, strconv.Itoa(i), v)
	}
	dst = bsoncore.End(dst, inner)
	var controls []byte
	for c := range byte(0x20) {
		controls = append(controls, c)
	}
	dst = bsoncore.AppendString(dst, "controls", string(controls))
	dst = bsoncore.AppendString(dst, "long", strings.Repeat("0123456789abcdef", 512))
	dst = bsoncore.AppendString(dst, "long foreign", strings.Repeat("日本語 ÅÄÖ 🙂 ", 200))
	return bsoncore.End(dst, mark)
}

func (g *Generator) edgeBinaries(dst []byte) []byte {
	s := &g.src
	dst, mark := bsoncore.Begin(dst)
	dst, inner := bsoncore.BeginArray(dst, "subtypes")
	for i, v := range edge.Subtypes {
		dst = bsoncore.AppendBinary(dst, strconv.Itoa(i), v, s.Bytes(16))
	}
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginArray(dst, "lengths")
	for n := range 20 {
		dst = bsoncore.AppendBinary(dst, strconv.Itoa(n), bson.BinaryGeneric, s.Bytes(n))
	}
	dst = bsoncore.End(dst, inner)
	dst = bsoncore.AppendBinary(dst, "short uuid", bson.BinaryUUID, []byte{1, 2, 3})
	// Subtype 9: element type, bits of padding, elements.
	dst = bsoncore.AppendBinary(dst, "int8 vector", bson.BinaryVector, []byte{0x03, 0, 0x7F, 0x80})
	dst = bsoncore.AppendBinary(dst, "float32 vector", bson.BinaryVector, []byte{0x27, 0, 0, 0, 0x80, 0x3F})
	dst = bsoncore.AppendBinary(dst, "bit vector", bson.BinaryVector, []byte{0x10, 3, 0xA8})
	dst = bsoncore.AppendBinary(dst, "large", bson.BinaryUserDefined, s.Bytes(6000))
	return bsoncore.End(dst, mark)
}

// edgeKeys appends, at the top level, the keys of wrappers, which are ordinary keys
// there. In inner documents it appends keys that no wrapper has.
func (g *Generator) edgeKeys(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	for i, key := range []string{
		"", "a.b", "$oid", "$numberInt", "$date", "$binary", "$schema", "$", "a", "a",
	} {
		dst = bsoncore.AppendInt32(dst, key, int32(i))
	}
	dst, inner := bsoncore.BeginDocument(dst, "below")
	for i, key := range edge.Keys {
		dst = bsoncore.AppendInt32(dst, key, int32(i))
	}
	for i, key := range edge.Foreign {
		dst = bsoncore.AppendInt32(dst, key, int32(i))
	}
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginDocument(dst, "filter")
	dst, deeper := bsoncore.BeginDocument(dst, "price")
	dst = bsoncore.AppendDouble(dst, "$gte", 5)
	dst = bsoncore.AppendDouble(dst, "$lt", 9.5)
	dst = bsoncore.End(dst, deeper)
	dst = bsoncore.End(dst, inner)
	dst = bsoncore.AppendInt32(dst, strings.Repeat("a long key ", 30), 1)
	return bsoncore.End(dst, mark)
}

func (g *Generator) edgeContainers(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.AppendDocument(dst, "empty document", []byte{5, 0, 0, 0, 0})
	dst = bsoncore.AppendArray(dst, "empty array", []byte{5, 0, 0, 0, 0})
	dst = bsoncore.AppendCodeWithScope(dst, "empty scope", "", []byte{5, 0, 0, 0, 0})
	// So deep that a cursor allocates.
	var marks []int
	for i := range 40 {
		var m int
		if i%2 == 0 {
			dst, m = bsoncore.BeginDocument(dst, map[bool]string{true: "deep", false: "0"}[i == 0])
		} else {
			dst, m = bsoncore.BeginArray(dst, "down")
		}
		marks = append(marks, m)
	}
	for i := range marks {
		dst = bsoncore.End(dst, marks[len(marks)-1-i])
	}
	dst, inner := bsoncore.BeginArray(dst, "long array")
	for i := range 1100 {
		dst = bsoncore.AppendInt32(dst, strconv.Itoa(i), int32(i))
	}
	dst = bsoncore.End(dst, inner)
	return bsoncore.End(dst, mark)
}

func (g *Generator) edgeRefs(dst []byte) []byte {
	s := &g.src
	dst, mark := bsoncore.Begin(dst)
	dst, inner := bsoncore.BeginDocument(dst, "plain")
	dst = bsoncore.AppendString(dst, "$ref", "users")
	dst = bsoncore.AppendObjectID(dst, "$id", s.id())
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginDocument(dst, "database")
	dst = bsoncore.AppendString(dst, "$ref", "users")
	dst = bsoncore.AppendInt64(dst, "$id", 17)
	dst = bsoncore.AppendString(dst, "$db", "shop")
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginDocument(dst, "extra")
	dst = bsoncore.AppendString(dst, "$ref", "users")
	dst = bsoncore.AppendBinary(dst, "$id", bson.BinaryUUID, s.uuid())
	dst = bsoncore.AppendString(dst, "note", "fields of one's own")
	dst = bsoncore.AppendInt32(dst, "a.b", 1)
	dst = bsoncore.End(dst, inner)
	return bsoncore.End(dst, mark)
}

func (g *Generator) edgeWide(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	for i := range 1200 {
		dst = bsoncore.AppendInt32(dst, "field"+strconv.Itoa(i), int32(i*i))
	}
	return bsoncore.End(dst, mark)
}

func (g *Generator) order(dst []byte) []byte {
	s := &g.src
	dst, mark := bsoncore.Begin(dst)
	id := s.id()
	dst = bsoncore.AppendObjectID(dst, "_id", id)
	dst = bsoncore.AppendInt64(dst, "number", 2_000_000_000_000+int64(g.n))
	dst = bsoncore.AppendString(dst, "status", pick(s, []string{"new", "paid", "packed", "shipped", "returned"}))
	dst = bsoncore.AppendDateTime(dst, "placed", id.Time().UnixMilli()+int64(s.IntN(1000)))
	dst, inner := bsoncore.BeginDocument(dst, "customer")
	dst = bsoncore.AppendString(dst, "$ref", "users")
	dst = bsoncore.AppendObjectID(dst, "$id", s.id())
	dst = bsoncore.End(dst, inner)
	dst, inner = bsoncore.BeginArray(dst, "items")
	for i := range s.between(1, 6) {
		var item int
		dst, item = bsoncore.BeginDocument(dst, strconv.Itoa(i))
		dst = bsoncore.AppendString(dst, "sku", strings.ToUpper(pick(s, words))+"-"+strconv.Itoa(s.between(100, 9999)))
		dst = bsoncore.AppendString(dst, "name", s.phrase(s.between(6, 30)))
		dst = bsoncore.AppendInt32(dst, "quantity", int32(s.between(1, 12)))
		dst = bsoncore.AppendDecimal128(dst, "price", s.price(s.between(1, 4)))
		dst = bsoncore.AppendDouble(dst, "weight", float64(s.between(1, 30_000))/1000)
		if s.oneIn(3) {
			var tags int
			dst, tags = bsoncore.BeginArray(dst, "tags")
			for j := range s.IntN(4) {
				dst = bsoncore.AppendString(dst, strconv.Itoa(j), pick(s, words))
			}
			dst = bsoncore.End(dst, tags)
		}
		dst = bsoncore.End(dst, item)
	}
	dst = bsoncore.End(dst, inner)
	dst = bsoncore.AppendDecimal128(dst, "total", s.price(5))
	dst = g.address(dst, "ship to")
	if s.oneIn(4) {
		dst = bsoncore.AppendNull(dst, "coupon")
	} else {
		dst = bsoncore.AppendString(dst, "coupon", pick(s, words)+strconv.Itoa(s.IntN(50)))
	}
	dst = bsoncore.AppendBoolean(dst, "gift", s.oneIn(5))
	return bsoncore.End(dst, mark)
}

func (g *Generator) address(dst []byte, key string) []byte {
	s := &g.src
	dst, mark := bsoncore.BeginDocument(dst, key)
	dst = bsoncore.AppendString(dst, "street", pick(s, people)+" "+pick(s, words)+" "+strconv.Itoa(s.between(1, 250)))
	dst = bsoncore.AppendString(dst, "city", pick(s, cities))
	dst = bsoncore.AppendString(dst, "postcode", strconv.Itoa(s.between(10000, 99999)))
	dst, inner := bsoncore.BeginDocument(dst, "location")
	dst = bsoncore.AppendString(dst, "type", "Point")
	dst, deeper := bsoncore.BeginArray(dst, "coordinates")
	// The conversions prevent fused multiplication and addition, which would give other
	// last digits on some processors.
	dst = bsoncore.AppendDouble(dst, "0", float64(s.unit()*360)-180)
	dst = bsoncore.AppendDouble(dst, "1", float64(s.unit()*180)-90)
	dst = bsoncore.End(dst, deeper)
	dst = bsoncore.End(dst, inner)
	return bsoncore.End(dst, mark)
}

func (g *Generator) user(dst []byte) []byte {
	s := &g.src
	dst, mark := bsoncore.Begin(dst)
	name := pick(s, people)
	dst = bsoncore.AppendBinary(dst, "_id", bson.BinaryUUID, s.uuid())
	dst = bsoncore.AppendString(dst, "name", name+" "+pick(s, people))
	dst = bsoncore.AppendString(dst, "email", strings.ToLower(pick(s, words)+"."+pick(s, words))+"@example.org")
	// Many dates of birth are before 1970.
	dst = bsoncore.AppendDateTime(dst, "born", int64(s.between(-25_000, 14_000))*86_400_000)
	dst = bsoncore.AppendDateTime(dst, "joined", s.date())
	if s.oneIn(6) {
		// Some programs write the year 10000 for "never".
		dst = bsoncore.AppendDateTime(dst, "expires", 253402300800000)
	}
	dst = bsoncore.AppendBinary(dst, "password", bson.BinaryGeneric, s.Bytes(32))
	dst = g.address(dst, "home")
	dst, inner := bsoncore.BeginDocument(dst, "settings")
	dst = bsoncore.AppendBoolean(dst, "newsletter", s.oneIn(2))
	dst = bsoncore.AppendString(dst, "language", pick(s, []string{"de", "el", "en", "ja", "pt-BR", "zh-Hant"}))
	dst, deeper := bsoncore.BeginDocument(dst, "quiet.hours")
	dst = bsoncore.AppendInt32(dst, "from", int32(s.IntN(24)))
	dst = bsoncore.AppendInt32(dst, "to", int32(s.IntN(24)))
	dst = bsoncore.End(dst, deeper)
	dst = bsoncore.End(dst, inner)
	dst = bsoncore.AppendString(dst, "bio", s.phrase(s.between(0, 200))+" "+pick(s, edge.Foreign))
	dst = bsoncore.AppendInt64(dst, "points", int64(s.Uint64()>>(20+s.IntN(40))))
	dst = bsoncore.AppendRegex(dst, "filter", "^"+pick(s, words), pick(s, []string{"", "i", "im"}))
	return bsoncore.End(dst, mark)
}

func (g *Generator) event(dst []byte) []byte {
	s := &g.src
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.AppendObjectID(dst, "_id", s.id())
	dst = bsoncore.AppendTimestamp(dst, "ts", uint32(s.between(1_262_304_000, 1_893_456_000)), uint32(s.IntN(100)))
	dst = bsoncore.AppendString(dst, "kind", pick(s, []string{"view", "click", "search", "login", "measure"}))
	dst = bsoncore.AppendBinary(dst, "session", bson.BinaryUUID, s.uuid())
	dst = bsoncore.AppendDouble(dst, "duration", s.benchDouble())
	dst, inner := bsoncore.BeginDocument(dst, "data")
	switch s.IntN(4) {
	case 0:
		dst = bsoncore.AppendString(dst, "query", s.phrase(s.between(3, 25)))
		dst = bsoncore.AppendInt32(dst, "hits", s.benchInt32())
	case 1:
		dst = bsoncore.AppendString(dst, "path", "/"+pick(s, words)+"/"+pick(s, words)+"?q=\""+pick(s, edge.Foreign)+"\"")
		dst = bsoncore.AppendNull(dst, "referrer")
	case 2:
		var values int
		dst, values = bsoncore.BeginArray(dst, "values")
		for i := range s.between(1, 12) {
			dst = bsoncore.AppendDouble(dst, strconv.Itoa(i), s.benchDouble())
		}
		dst = bsoncore.End(dst, values)
		dst = bsoncore.AppendDecimal128(dst, "sum", s.wideDecimal(-s.between(10, 33)))
	}
	dst = bsoncore.End(dst, inner)
	dst = bsoncore.AppendBoolean(dst, "ok", !s.oneIn(20))
	return bsoncore.End(dst, mark)
}
