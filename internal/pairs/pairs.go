// Package pairs makes random documents, and filters and sort orders for them. Most filters
// are made of values of their document, so that many of them match.
package pairs

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the choices of documents and filters.
//
//   - Value and Document make values; place takes one of a document.
//   - Filter makes clauses, condition the value of a field, operation one operator.

func decimal(text string) decimal128.Decimal {
	d, err := decimal128.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// Scalars has values of all types, with equal values of different types, and values
// that are near each other.
var Scalars = []any{
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

// Names has the keys of documents; digits are keys of arrays as well.
var Names = []string{"a", "a", "b", "b", "c", "0", "1", "", "$a", "x.y", "a/b~"}

// A Generator makes a sequence of values. The same seed gives the same values.
type Generator struct {
	*rand.Rand
	Scalars []any
	Names   []string
}

// New returns a generator with the given seed, of all Scalars and Names.
func New(seed uint64) Generator {
	return Generator{rand.New(rand.NewPCG(seed, seed)), Scalars, Names}
}

// Pick returns a random item of list.
func Pick[T any](g Generator, list []T) T { return list[g.IntN(len(list))] }

// OneIn returns true once in n times.
func (g Generator) OneIn(n int) bool { return g.IntN(n) == 0 }

// Value returns a value with at most depth levels of containers.
func (g Generator) Value(depth int) any {
	switch n := g.IntN(10); {
	case n < 5 || depth == 0:
		return Pick(g, g.Scalars)
	case n < 8:
		a := bson.A{}
		for range g.IntN(4) {
			a = append(a, g.Value(depth-1))
		}
		return a
	}
	return g.Document(depth - 1)
}

// Document returns a document whose values have at most depth levels.
func (g Generator) Document(depth int) bson.D {
	d := bson.D{}
	for range g.IntN(5) {
		d = append(d, bson.E{Key: Pick(g, g.Names), Value: g.Value(depth)})
	}
	return d
}

// Place returns a random path in doc and the value there. Indexes of arrays are left out
// at random.
func (g Generator) Place(doc bson.D) (keys []string, v any) {
	v = doc
	for {
		switch at := v.(type) {
		case bson.D:
			if len(at) == 0 || len(keys) > 0 && g.OneIn(3) {
				return keys, v
			}
			e := Pick(g, at)
			keys, v = append(keys, e.Key), e.Value
		case bson.A:
			if len(at) == 0 || g.OneIn(3) {
				return keys, v
			}
			i := g.IntN(len(at))
			if v = at[i]; g.OneIn(3) {
				keys = append(keys, strconv.Itoa(i))
			}
		default:
			return keys, v
		}
	}
}

// Name returns a path as a name in a filter. A pointer is used where it must be.
func (g Generator) Name(keys []string) string {
	pointer, dotted := "", ""
	must := g.OneIn(10)
	for i, key := range keys {
		pointer += "/" + escapes.Replace(key)
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

// escapes has the escapes of JSON Pointers.
var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// Filter returns a filter for doc, with at most depth levels of operators.
func (g Generator) Filter(doc bson.D, depth int) bson.D {
	f := bson.D{}
	for range 1 + g.IntN(5)/4 {
		if depth > 0 && g.OneIn(3) {
			clauses := bson.A{}
			for range 1 + g.IntN(3) {
				clauses = append(clauses, g.Filter(doc, depth-1))
			}
			f = append(f, bson.E{Key: Pick(g, []string{"$and", "$or", "$nor"}), Value: clauses})
			continue
		}
		keys, v := g.Place(doc)
		if g.OneIn(8) {
			keys = append(keys, Pick(g, g.Names))
		}
		if len(keys) == 0 {
			keys = []string{Pick(g, g.Names)}
		}
		f = append(f, bson.E{Key: g.Name(keys), Value: g.condition(v, depth)})
	}
	return f
}

// operand returns a value for a comparison with v.
func (g Generator) operand(v any) any {
	if a, ok := v.(bson.A); ok && len(a) > 0 && g.OneIn(2) {
		v = Pick(g, a)
	}
	if g.OneIn(6) {
		v = g.Value(1)
	}
	if v == (bson.Undefined{}) {
		return nil
	}
	return v
}

// condition returns the value of a field of a filter, for a value v of the document.
func (g Generator) condition(v any, depth int) any {
	if g.OneIn(6) {
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

func (g Generator) list(v any) bson.A {
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

func (g Generator) operation(v any, depth int) bson.E {
	switch g.IntN(14) {
	case 0:
		return bson.E{Key: "$eq", Value: g.operand(v)}
	case 1:
		return bson.E{Key: "$ne", Value: notRegex(g.operand(v))}
	case 2, 3, 4:
		return bson.E{Key: Pick(g, []string{"$gt", "$gte", "$lt", "$lte"}), Value: notRegex(g.operand(v))}
	case 5:
		return bson.E{Key: Pick(g, []string{"$in", "$nin"}), Value: g.list(v)}
	case 6:
		return bson.E{Key: "$exists", Value: Pick(g, []any{true, false, int32(1), 0.0, nil})}
	case 7:
		return bson.E{Key: "$type", Value: Pick(g, typeOperands)}
	case 8:
		return bson.E{Key: "$regex", Value: Pick(g, []any{"x", "^X", "", bson.Regex{Pattern: "x", Options: "i"}, `\n$`})}
	case 9:
		return bson.E{Key: "$mod", Value: bson.A{Pick(g, []any{int32(2), 3.9, int64(-1), decimal("2")}), Pick(g, []any{int32(0), int64(1), int32(-1)})}}
	case 10:
		if a, ok := v.(bson.A); ok && g.OneIn(2) {
			return bson.E{Key: "$size", Value: int32(len(a))}
		}
		return bson.E{Key: "$all", Value: g.list(v)}
	case 11, 12:
		if depth == 0 {
			return bson.E{Key: "$size", Value: 1.0}
		}
		element := v
		if a, ok := v.(bson.A); ok && len(a) > 0 {
			element = Pick(g, a)
		}
		if d, ok := element.(bson.D); ok {
			return bson.E{Key: "$elemMatch", Value: g.Filter(d, depth-1)}
		}
		return bson.E{Key: "$elemMatch", Value: bson.D{g.operation(element, depth-1)}}
	}
	if depth > 0 && g.OneIn(2) {
		return bson.E{Key: "$not", Value: bson.D{g.operation(v, depth-1)}}
	}
	return bson.E{Key: Pick(g, []string{"$bitsAllSet", "$bitsAnySet", "$bitsAllClear", "$bitsAnyClear"}),
		Value: Pick(g, []any{int32(1), int64(6), 0.0, bson.A{int32(0), int32(2)}, bson.A{int32(63), int32(70)}, bson.Binary{Data: []byte{5, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, bson.A{}})}
}

// Order returns a sort order for documents like doc.
func (g Generator) Order(doc bson.D) bson.D {
	by := bson.D{}
	seen := map[string]bool{}
	for range 1 + g.IntN(3) {
		keys, _ := g.Place(doc)
		if len(keys) == 0 || g.OneIn(4) {
			keys = append(keys, Pick(g, g.Names))
		}
		name := g.Name(keys)
		path := strings.Join(keys, "\x00")
		if !seen[path] {
			by = append(by, bson.E{Key: name, Value: Pick(g, []any{int32(1), int32(-1), 1.0, int64(-1)})})
		}
		seen[path] = true
	}
	return by
}
