package query_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file compares Match with the second implementation, over random documents and
// filters. Most filters are made of values of their document.

func decimal(text string) decimal128.Decimal {
	d, err := decimal128.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// scalars has values of all types, with equal values of different types, and values
// that are near each other.
var scalars = []any{
	int32(0), int32(1), int32(2), int32(-1), int32(6), int64(1), int64(2), int64(1 << 53), int64(1<<53 + 1), int64(math.MaxInt64), int64(math.MinInt64),
	0.0, math.Copysign(0, -1), 1.0, 1.5, 0.1, float64(1 << 53), 9223372036854775808.0, 1e300, math.NaN(), math.Inf(1), math.Inf(-1),
	decimal("0"), decimal("1.0"), decimal("0.1"), decimal("1.5"), decimal("9007199254740993"), decimal("9223372036854775807.5"), decimal("NaN"), decimal("Infinity"), decimal("1E+400"),
	"", "x", "y", "xy", "X\n", "x\x00", "å", bson.Symbol("x"), bson.Symbol("z"),
	true, false, nil, bson.Undefined{}, bson.MinKey{}, bson.MaxKey{},
	bson.DateTime(0), bson.DateTime(-1), bson.Timestamp{T: 1, I: 2}, bson.Timestamp{T: 1 << 31, I: 0},
	objectid.ID{}, objectid.ID{1}, bson.Regex{Pattern: "x"}, bson.Regex{Pattern: "X", Options: "i"}, bson.Regex{Pattern: "^."},
	bson.Binary{Data: []byte{}}, bson.Binary{Data: []byte{5}}, bson.Binary{Subtype: 4, Data: []byte{5}}, bson.Binary{Data: []byte{1, 2, 0, 0, 0, 0, 0, 0, 128, 255}},
	bson.Code("x"), bson.Code("y"), bson.CodeWithScope{Code: "x", Scope: bson.D{}}, bson.CodeWithScope{Code: "x", Scope: bson.D{{Key: "a", Value: int32(1)}}},
	bson.DBPointer{DB: "x", Pointer: objectid.ID{1}}, bson.DBPointer{DB: "yy"},
}

// names has the keys of documents; digits are keys of arrays as well.
var names = []string{"a", "a", "b", "b", "c", "0", "1", "", "$a", "x.y", "a/b~"}

type generator struct{ *rand.Rand }

func pick[T any](g generator, list []T) T { return list[g.IntN(len(list))] }

func (g generator) oneIn(n int) bool { return g.IntN(n) == 0 }

func (g generator) value(depth int) any {
	switch n := g.IntN(10); {
	case n < 5 || depth == 0:
		return pick(g, scalars)
	case n < 8:
		a := bson.A{}
		for range g.IntN(4) {
			a = append(a, g.value(depth-1))
		}
		return a
	}
	return g.document(depth - 1)
}

func (g generator) document(depth int) bson.D {
	d := bson.D{}
	for range g.IntN(5) {
		d = append(d, bson.E{Key: pick(g, names), Value: g.value(depth)})
	}
	return d
}

// place returns a random path in doc and the value there. Indexes of arrays are left out
// at random.
func (g generator) place(doc bson.D) (keys []string, v any) {
	v = doc
	for {
		switch at := v.(type) {
		case bson.D:
			if len(at) == 0 || len(keys) > 0 && g.oneIn(3) {
				return keys, v
			}
			e := pick(g, at)
			keys, v = append(keys, e.Key), e.Value
		case bson.A:
			if len(at) == 0 || g.oneIn(3) {
				return keys, v
			}
			i := g.IntN(len(at))
			if v = at[i]; g.oneIn(3) {
				keys = append(keys, strconv.Itoa(i))
			}
		default:
			return keys, v
		}
	}
}

// pathText returns a name in a filter. A pointer is used where it must be.
func (g generator) pathText(keys []string) string {
	pointer, dotted := "", ""
	must := g.oneIn(10)
	for i, key := range keys {
		pointer += "/" + string(escaped.AppendReplaced(key))
		if i > 0 {
			dotted += "."
		}
		dotted += key
		must = must || key == "x.y"
	}
	if must || len(dotted) > 0 && (dotted[0] == '$' || dotted[0] == '/') {
		return pointer
	}
	return dotted
}

// escaped has the escapes of JSON Pointers.
var escaped escaper

type escaper struct{}

func (escaper) AppendReplaced(key string) (out []byte) {
	for i := range len(key) {
		switch key[i] {
		case '~':
			out = append(out, "~0"...)
		case '/':
			out = append(out, "~1"...)
		default:
			out = append(out, key[i])
		}
	}
	return out
}

// filter returns a filter for doc.
func (g generator) filter(doc bson.D, depth int) bson.D {
	f := bson.D{}
	for range 1 + g.IntN(5)/4 {
		if depth > 0 && g.oneIn(3) {
			clauses := bson.A{}
			for range 1 + g.IntN(3) {
				clauses = append(clauses, g.filter(doc, depth-1))
			}
			f = append(f, bson.E{Key: pick(g, []string{"$and", "$or", "$nor"}), Value: clauses})
			continue
		}
		keys, v := g.place(doc)
		if g.oneIn(8) {
			keys = append(keys, pick(g, names))
		}
		if len(keys) == 0 {
			keys = []string{pick(g, names)}
		}
		f = append(f, bson.E{Key: g.pathText(keys), Value: g.condition(v, depth)})
	}
	return f
}

// operand returns a value for a comparison with v.
func (g generator) operand(v any) any {
	if a, ok := v.(bson.A); ok && len(a) > 0 && g.oneIn(2) {
		v = pick(g, a)
	}
	if g.oneIn(6) {
		v = g.value(1)
	}
	if v == (bson.Undefined{}) {
		return nil
	}
	return v
}

// condition returns the value of a field of a filter, for a value v of the document.
func (g generator) condition(v any, depth int) any {
	if g.oneIn(6) {
		v := g.operand(v)
		if d, ok := v.(bson.D); !ok || len(d) == 0 || d[0].Key == "" || d[0].Key[0] != '$' {
			return v
		}
	}
	ops := bson.D{}
	for range 1 + g.IntN(4)/3 {
		ops = append(ops, g.operation(v, depth))
	}
	return ops
}

func notRegex(v any) any {
	if _, ok := v.(bson.Regex); ok {
		return "x"
	}
	return v
}

func (g generator) list(v any) bson.A {
	list := bson.A{}
	for range g.IntN(4) {
		w := g.operand(v)
		if d, ok := w.(bson.D); ok && len(d) > 0 && d[0].Key != "" && d[0].Key[0] == '$' {
			w = int32(1)
		}
		list = append(list, w)
	}
	return list
}

var typeOperands = []any{"number", "array", "object", "string", "null", "undefined", "bool", int32(16), int64(-1), 127.0, bson.A{"int", "minKey", int32(2)}, "regex", "decimal", "symbol", "date"}

func (g generator) operation(v any, depth int) bson.E {
	switch g.IntN(14) {
	case 0:
		return bson.E{Key: "$eq", Value: g.operand(v)}
	case 1:
		return bson.E{Key: "$ne", Value: notRegex(g.operand(v))}
	case 2, 3, 4:
		return bson.E{Key: pick(g, []string{"$gt", "$gte", "$lt", "$lte"}), Value: notRegex(g.operand(v))}
	case 5:
		return bson.E{Key: pick(g, []string{"$in", "$nin"}), Value: g.list(v)}
	case 6:
		return bson.E{Key: "$exists", Value: pick(g, []any{true, false, int32(1), 0.0, nil})}
	case 7:
		return bson.E{Key: "$type", Value: pick(g, typeOperands)}
	case 8:
		return bson.E{Key: "$regex", Value: pick(g, []any{"x", "^X", "", bson.Regex{Pattern: "x", Options: "i"}, `\n$`})}
	case 9:
		return bson.E{Key: "$mod", Value: bson.A{pick(g, []any{int32(2), 3.9, int64(-1), decimal("2")}), pick(g, []any{int32(0), int64(1), int32(-1)})}}
	case 10:
		if a, ok := v.(bson.A); ok && g.oneIn(2) {
			return bson.E{Key: "$size", Value: int32(len(a))}
		}
		return bson.E{Key: "$all", Value: g.list(v)}
	case 11, 12:
		if depth == 0 {
			return bson.E{Key: "$size", Value: 1.0}
		}
		element := v
		if a, ok := v.(bson.A); ok && len(a) > 0 {
			element = pick(g, a)
		}
		if d, ok := element.(bson.D); ok {
			return bson.E{Key: "$elemMatch", Value: g.filter(d, depth-1)}
		}
		return bson.E{Key: "$elemMatch", Value: bson.D{g.operation(element, depth-1)}}
	}
	if depth > 0 && g.oneIn(2) {
		return bson.E{Key: "$not", Value: bson.D{g.operation(v, depth-1)}}
	}
	return bson.E{Key: pick(g, []string{"$bitsAllSet", "$bitsAnySet", "$bitsAllClear", "$bitsAnyClear"}),
		Value: pick(g, []any{int32(1), int64(6), 0.0, bson.A{int32(0), int32(2)}, bson.A{int32(63), int32(70)}, bson.Binary{Data: []byte{5, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, bson.A{}})}
}

// pairs is the number of documents and filters that TestPairs compares.
const pairs = 20_000

func TestPairs(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(1, 2))}
	matches := 0
	for n := range pairs {
		doc := append(g.document(3), bson.E{Key: pick(g, names), Value: g.value(2)})
		filter := g.filter(doc, 2)
		raw, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		filterRaw, err := bson.Marshal(filter)
		if err != nil {
			t.Fatal(err)
		}
		f, err := query.Compile(filterRaw, query.Options{})
		if err != nil {
			t.Fatalf("pair %d: %s: %v", n, shell(filterRaw), err)
		}
		got, err := f.Match(raw)
		want := selects(filter, doc)
		if err != nil || got != want {
			t.Errorf("pair %d: %s\n%s\n%v, %v, want %v\n%s", n, shell(filterRaw), shell(raw), got, err, want, f.Explain())
		}
		if got {
			matches++
		}
		again, err := query.Compile(f.Raw(), query.Options{})
		if err != nil {
			t.Fatalf("pair %d: %s became %s: %v", n, shell(filterRaw), f, err)
		}
		if got, err := again.Match(raw); err != nil || got != want {
			t.Errorf("pair %d: %s\nbecame %s\n%s\n%v, %v, want %v", n, shell(filterRaw), f, shell(raw), got, err, want)
		}
	}
	if matches < pairs/4 || matches > pairs*3/4 {
		t.Errorf("%d of %d pairs match; the test needs many of both", matches, pairs)
	}
}

func shell(doc []byte) string {
	text, err := extjson.EncodeOptions{Mode: extjson.Shell, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
