package query_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file is a second implementation of filters, over decoded documents. It is slow
// and follows docs/query.md literally: it makes a list of all values at a path, and
// applies an operator to each.

// none stands for a missing element in a list of values.
type none struct{}

// selects reports whether filter selects doc.
func selects(filter, doc bson.D) bool {
	for _, e := range filter {
		var ok bool
		switch e.Key {
		case "$and":
			ok = countSelecting(e.Value, doc) == len(e.Value.(bson.A))
		case "$or":
			ok = countSelecting(e.Value, doc) > 0
		case "$nor":
			ok = countSelecting(e.Value, doc) == 0
		case "$comment":
			ok = true
		default:
			ok = fieldPasses(e.Value, func(ofElements bool) []any { return valuesAt(doc, keysOf(e.Key), ofElements) })
		}
		if !ok {
			return false
		}
	}
	return true
}

func countSelecting(filters any, doc bson.D) (n int) {
	for _, f := range filters.(bson.A) {
		if selects(f.(bson.D), doc) {
			n++
		}
	}
	return n
}

func keysOf(name string) []string {
	if !strings.HasPrefix(name, "/") {
		return strings.Split(name, ".")
	}
	keys := strings.Split(name[1:], "/")
	for i, key := range keys {
		keys[i] = strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")
	}
	return keys
}

// valuesAt returns the values at a path. With ofElements an array at its end stands for
// its elements and itself.
func valuesAt(doc bson.D, keys []string, ofElements bool) []any {
	i := slices.IndexFunc(doc, func(e bson.E) bool { return e.Key == keys[0] })
	if i < 0 {
		return []any{none{}}
	}
	v := doc[i].Value
	if len(keys) == 1 {
		if a, ok := v.(bson.A); ok && ofElements {
			return append(slices.Clone([]any(a)), v)
		}
		return []any{v}
	}
	switch v := v.(type) {
	case bson.D:
		return valuesAt(v, keys[1:], ofElements)
	case bson.A:
		return valuesIn(v, keys[1:], ofElements)
	}
	return []any{none{}}
}

func valuesIn(array bson.A, keys []string, ofElements bool) (found []any) {
	for i, v := range array {
		if d, ok := v.(bson.D); ok {
			found = append(found, valuesAt(d, keys, ofElements)...)
		}
		if keys[0] != strconv.Itoa(i) {
			continue
		}
		switch v := v.(type) {
		case bson.D:
			if len(keys) > 1 {
				found = append(found, valuesAt(v, keys[1:], ofElements)...)
			}
		case bson.A:
			if len(keys) > 1 {
				found = append(found, valuesIn(v, keys[1:], ofElements)...)
			}
		}
		if len(keys) == 1 {
			found = append(found, v)
		}
	}
	return found
}

// fieldPasses applies the value of a field of a filter. values returns the values at
// the path of the field.
func fieldPasses(want any, values func(ofElements bool) []any) bool {
	switch want := want.(type) {
	case bson.Regex:
		return slices.ContainsFunc(values(true), func(v any) bool { return regexPasses(want, v) })
	case bson.D:
		if len(want) > 0 && strings.HasPrefix(want[0].Key, "$") && !slices.Contains([]string{"$ref", "$id", "$db"}, want[0].Key) {
			for _, op := range want {
				if !operatorPasses(op.Key, op.Value, want, values) {
					return false
				}
			}
			return true
		}
	}
	return operatorPasses("$eq", want, nil, values)
}

func operatorPasses(name string, want any, siblings bson.D, values func(ofElements bool) []any) bool {
	some := func(ofElements bool, pass func(v any) bool) bool {
		return slices.ContainsFunc(values(ofElements), pass)
	}
	equal := func(want any) bool {
		return some(true, func(v any) bool { return compares(v, want, "$eq") })
	}
	switch name {
	case "$eq", "$gt", "$gte", "$lt", "$lte":
		return some(true, func(v any) bool { return compares(v, want, name) })
	case "$ne":
		return !equal(want)
	case "$nin":
		return !operatorPasses("$in", want, nil, values)
	case "$in":
		return slices.ContainsFunc(want.(bson.A), func(w any) bool {
			if r, ok := w.(bson.Regex); ok {
				return some(true, func(v any) bool { return regexPasses(r, v) })
			}
			return equal(w)
		})
	case "$not":
		return !fieldPasses(want, values)
	case "$exists":
		n, isNumber := number(want)
		no := want == false || want == nil || want == bson.Undefined{} || isNumber && n.kind == 0 && n.rat.Sign() == 0
		return some(false, func(v any) bool { return v != none{} }) != no
	case "$type":
		return some(true, func(v any) bool { return typePasses(want, v) })
	case "$regex":
		r := regexOf(want, siblings)
		return some(true, func(v any) bool { return regexPasses(r, v) })
	case "$options":
		return true
	case "$mod":
		divisor, remainder := wholePart(want.(bson.A)[0]), wholePart(want.(bson.A)[1])
		return some(true, func(v any) bool {
			n := wholePart(v)
			return n != nil && new(big.Int).Rem(n, divisor).Cmp(remainder) == 0
		})
	case "$all":
		for _, w := range want.(bson.A) {
			if !fieldPasses(w, values) {
				return false
			}
		}
		return len(want.(bson.A)) > 0
	case "$size":
		return some(false, func(v any) bool {
			a, ok := v.(bson.A)
			return ok && wholePart(want).Cmp(big.NewInt(int64(len(a)))) == 0
		})
	case "$elemMatch":
		return some(false, func(v any) bool {
			a, ok := v.(bson.A)
			return ok && slices.ContainsFunc(a, func(e any) bool { return elementPasses(want.(bson.D), e) })
		})
	case "$bitsAllSet", "$bitsAnySet", "$bitsAllClear", "$bitsAnyClear":
		return some(true, func(v any) bool { return bitsPass(name, want, v) })
	}
	panic("reference: no operator " + name)
}

// elementPasses applies the operand of $elemMatch to an element.
func elementPasses(want bson.D, v any) bool {
	if len(want) > 0 && strings.HasPrefix(want[0].Key, "$") && !slices.Contains([]string{"$and", "$or", "$nor", "$comment", "$ref", "$id", "$db"}, want[0].Key) {
		return fieldPasses(want, func(bool) []any { return []any{v} })
	}
	switch v := v.(type) {
	case bson.D:
		return selects(want, v)
	case bson.A:
		var d bson.D
		for i, e := range v {
			d = append(d, bson.E{Key: strconv.Itoa(i), Value: e})
		}
		return selects(want, d)
	}
	return false
}

func regexOf(want any, siblings bson.D) bson.Regex {
	r, ok := want.(bson.Regex)
	if !ok {
		r.Pattern = want.(string)
	}
	for _, e := range siblings {
		if e.Key == "$options" {
			r.Options = e.Value.(string)
		}
	}
	return r
}

func regexPasses(r bson.Regex, v any) bool {
	text := ""
	switch v := v.(type) {
	case bson.Regex:
		return v == r
	case string:
		text = v
	case bson.Symbol:
		text = string(v)
	default:
		return false
	}
	pattern := r.Pattern
	if r.Options != "" {
		pattern = "(?" + r.Options + ")" + pattern
	}
	return regexp.MustCompile(pattern).MatchString(text)
}

func typePasses(want, v any) bool {
	switch want := want.(type) {
	case bson.A:
		return slices.ContainsFunc(want, func(w any) bool { return typePasses(w, v) })
	case string:
		if want == "number" {
			_, ok := number(v)
			return ok
		}
		return v != none{} && typeOf(v).String() == want
	}
	n := wholePart(want).Int64()
	return v != none{} && (int64(typeOf(v)) == n || n == -1 && typeOf(v) == bson.TypeMinKey)
}

func typeOf(v any) bson.Type {
	t, _, err := bson.MarshalValue(v)
	if err != nil {
		panic(err)
	}
	return t
}

func bitsPass(name string, want, v any) bool {
	var bit func(i int) bool
	if b, ok := v.(bson.Binary); ok {
		bit = func(i int) bool { return i/8 < len(b.Data) && b.Data[i/8]>>(i%8)&1 == 1 }
	} else {
		n := wholePart(v)
		if n == nil || fractional(v) {
			return false
		}
		bit = func(i int) bool { return n.Int64()>>min(i, 63)&1 != 0 }
	}
	var positions []int
	switch want := want.(type) {
	case bson.A:
		for _, w := range want {
			positions = append(positions, int(wholePart(w).Int64()))
		}
	case bson.Binary:
		for i := range 8 * len(want.Data) {
			if want.Data[i/8]>>(i%8)&1 == 1 {
				positions = append(positions, i)
			}
		}
	default:
		for i := range 63 {
			if wholePart(want).Bit(i) == 1 {
				positions = append(positions, i)
			}
		}
	}
	set := 0
	for _, i := range positions {
		if bit(i) {
			set++
		}
	}
	switch name {
	case "$bitsAllSet":
		return set == len(positions)
	case "$bitsAnySet":
		return set > 0
	case "$bitsAllClear":
		return set == 0
	}
	return set < len(positions)
}

// A num is a number of any type: NaN, an infinity, or a fraction.
type num struct {
	kind int // -2 NaN, -1 and 1 infinities, 0 rat
	rat  *big.Rat
}

func number(v any) (num, bool) {
	switch v := v.(type) {
	case int32:
		return num{rat: new(big.Rat).SetInt64(int64(v))}, true
	case int64:
		return num{rat: new(big.Rat).SetInt64(v)}, true
	case float64:
		switch {
		case math.IsNaN(v):
			return num{kind: -2}, true
		case math.IsInf(v, 0):
			return num{kind: int(math.Copysign(1, v))}, true
		}
		return num{rat: new(big.Rat).SetFloat64(v)}, true
	case decimal128.Decimal:
		switch {
		case v.IsNaN():
			return num{kind: -2}, true
		case v.IsInf():
			return num{kind: v.Sign()}, true
		}
		rat, err := v.Rat()
		if err != nil {
			panic(err)
		}
		return num{rat: rat}, true
	}
	return num{}, false
}

func compareNumbers(a, b num) int {
	if a.kind != 0 || b.kind != 0 {
		order := func(n num) int { return map[int]int{-2: 0, -1: 1, 0: 2, 1: 3}[n.kind] }
		return cmp.Compare(order(a), order(b))
	}
	return a.rat.Cmp(b.rat)
}

// wholePart returns a number without its fraction; nil if v is not a number within
// int64.
func wholePart(v any) *big.Int {
	n, ok := number(v)
	if !ok || n.kind != 0 {
		return nil
	}
	i := new(big.Int).Quo(n.rat.Num(), n.rat.Denom())
	if !i.IsInt64() {
		return nil
	}
	return i
}

func fractional(v any) bool {
	n, _ := number(v)
	return !n.rat.IsInt()
}

// place returns the place of a type in the order of types.
func place(v any) int {
	switch v.(type) {
	case none:
		return -1
	case bson.MinKey:
		return 0
	case bson.Undefined:
		return 1
	case nil:
		return 2
	case int32, int64, float64, decimal128.Decimal:
		return 3
	case string, bson.Symbol:
		return 4
	case bson.D:
		return 5
	case bson.A:
		return 6
	case bson.Binary:
		return 7
	case objectid.ID:
		return 8
	case bool:
		return 9
	case bson.DateTime:
		return 10
	case bson.Timestamp:
		return 11
	case bson.Regex:
		return 12
	case bson.DBPointer:
		return 13
	case bson.Code:
		return 14
	case bson.CodeWithScope:
		return 15
	case bson.MaxKey:
		return 16
	}
	panic(fmt.Sprintf("reference: no place for %T", v))
}

// order compares two values of any types.
func order(a, b any) int {
	if n := cmp.Compare(place(a), place(b)); n != 0 {
		return n
	}
	text := func(v any) string {
		if s, ok := v.(bson.Symbol); ok {
			return string(s)
		}
		return v.(string)
	}
	switch a := a.(type) {
	case int32, int64, float64, decimal128.Decimal:
		m, _ := number(a)
		n, _ := number(b)
		return compareNumbers(m, n)
	case string, bson.Symbol:
		return strings.Compare(text(a), text(b))
	case bson.D:
		return orderDocuments(a, b.(bson.D))
	case bson.A:
		return slices.CompareFunc(a, b.(bson.A), order)
	case bson.Binary:
		b := b.(bson.Binary)
		return cmp.Or(cmp.Compare(len(a.Data), len(b.Data)), cmp.Compare(a.Subtype, b.Subtype), bytes.Compare(a.Data, b.Data))
	case objectid.ID:
		return a.Compare(b.(objectid.ID))
	case bool:
		if a == b {
			return 0
		} else if a {
			return 1
		}
		return -1
	case bson.DateTime:
		return cmp.Compare(a, b.(bson.DateTime))
	case bson.Timestamp:
		b := b.(bson.Timestamp)
		return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.I, b.I))
	case bson.Regex:
		b := b.(bson.Regex)
		return cmp.Or(strings.Compare(a.Pattern, b.Pattern), strings.Compare(a.Options, b.Options))
	case bson.DBPointer:
		b := b.(bson.DBPointer)
		return cmp.Or(cmp.Compare(len(a.DB), len(b.DB)), strings.Compare(a.DB, b.DB), a.Pointer.Compare(b.Pointer))
	case bson.Code:
		return cmp.Compare(a, b.(bson.Code))
	case bson.CodeWithScope:
		b := b.(bson.CodeWithScope)
		return cmp.Or(cmp.Compare(a.Code, b.Code), orderDocuments(a.Scope.(bson.D), b.Scope.(bson.D)))
	}
	return 0
}

func orderDocuments(a, b bson.D) int {
	return slices.CompareFunc(a, b, func(x, y bson.E) int {
		return cmp.Or(cmp.Compare(place(x.Value), place(y.Value)), strings.Compare(x.Key, y.Key), order(x.Value, y.Value))
	})
}

// compares applies a comparison.
func compares(v, want any, name string) bool {
	if v == (none{}) && want == nil {
		return name == "$eq" || name == "$gte" || name == "$lte"
	}
	upper, lower := want == bson.MaxKey{}, want == bson.MinKey{}
	if place(v) != place(want) && !upper && !lower {
		return false
	}
	n := 0
	switch {
	case place(v) == place(want):
		n = order(v, want)
	case upper:
		n = -1
	default:
		n = 1
	}
	if name != "$eq" && place(v) == 3 && place(want) == 3 {
		a, _ := number(v)
		b, _ := number(want)
		if (a.kind == -2) != (b.kind == -2) {
			return false
		}
	}
	switch name {
	case "$eq":
		return n == 0
	case "$gt":
		return n > 0
	case "$gte":
		return n >= 0
	case "$lt":
		return n < 0
	}
	return n <= 0
}
