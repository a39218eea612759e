package query

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the tests that compare: equality, order, and membership in a list.

// A relation is a comparison operator.
type relation uint8

const (
	eq relation = iota
	gt
	gte
	lt
	lte
)

// relations has, for each relation, its operator, its name for people, and the results
// of Compare, plus 1, for which it holds.
var relations = [...]struct {
	operator, words string
	holds           [3]bool
}{
	eq:  {"$eq", "=", [3]bool{1: true}},
	gt:  {"$gt", ">", [3]bool{2: true}},
	gte: {"$gte", "≥", [3]bool{1: true, 2: true}},
	lt:  {"$lt", "<", [3]bool{0: true}},
	lte: {"$lte", "≤", [3]bool{0: true, 1: true}},
}

var (
	rankOfNull    = bsoncore.TypeNull.Rank()
	rankOfNumbers = bsoncore.TypeInt32.Rank()
	rankOfMinKey  = bsoncore.TypeMinKey.Rank()
	rankOfMaxKey  = bsoncore.TypeMaxKey.Rank()
)

// bitwise has the types of whose values two are equal only if their bytes are.
var bitwise = [256]bool{
	bsoncore.TypeString: true, bsoncore.TypeSymbol: true, bsoncore.TypeObjectID: true, bsoncore.TypeBoolean: true,
	bsoncore.TypeDateTime: true, bsoncore.TypeTimestamp: true, bsoncore.TypeBinary: true, bsoncore.TypeRegex: true, bsoncore.TypeCode: true,
}

// A comparison passes values that are in a relation to want.
type comparison struct {
	relation relation
	want     bsoncore.Value
	rank     int  // of the type of want
	nan      bool // want is NaN
}

func newComparison(r relation, want bsoncore.Value) *comparison {
	return &comparison{r, want, want.Type.Rank(), isNaN(want)}
}

func (p *comparison) holds(v bsoncore.Value) (pass, ok bool) {
	if v.Type.Rank() != p.rank {
		return p.holdsForOther(v), true
	}
	if p.relation == eq && bitwise[p.want.Type] {
		return bytes.Equal(v.Data, p.want.Data), true
	}
	order, err := v.Compare(p.want)
	if err != nil {
		return false, false
	}
	if p.relation != eq && p.rank == rankOfNumbers && p.nan != isNaN(v) {
		return false, true
	}
	return relations[p.relation].holds[order+1], true
}

// holdsForOther is holds for a value that is missing, or not of a type that is compared
// with want by value.
func (p *comparison) holdsForOther(v bsoncore.Value) bool {
	switch p.rank {
	case rankOfNull:
		return v.IsZero() && relations[p.relation].holds[1]
	case rankOfMinKey: // every value is above it
		return relations[p.relation].holds[2]
	case rankOfMaxKey:
		return relations[p.relation].holds[0]
	}
	return false
}

func (p *comparison) ofElements() bool { return true }

func (p *comparison) appendTo(dst []byte) []byte {
	return appendValue(dst, relations[p.relation].operator, p.want)
}

func (p *comparison) describe() string {
	return relations[p.relation].words + " " + valueWords(p.want)
}

// isNaN reports whether v is a NaN of any type.
func isNaN(v bsoncore.Value) bool {
	switch v.Type {
	case bsoncore.TypeDouble:
		f, _ := v.DoubleOK()
		return f != f
	case bsoncore.TypeDecimal128:
		d, _ := v.Decimal128OK()
		return d.IsNaN()
	}
	return false
}

// A membership passes values that are equal to a value of a list, or match a regex of
// it.
type membership struct {
	values  []bsoncore.Value // well-formed, in the order of Compare, without equal ones
	regexes []*regex
	null    bool // a value is null, so that a missing element passes
}

func newMembership(values []bsoncore.Value, regexes []*regex) *membership {
	order := func(a, b bsoncore.Value) int {
		n, _ := a.Compare(b)
		return n
	}
	slices.SortStableFunc(values, order)
	values = slices.CompactFunc(values, func(a, b bsoncore.Value) bool { return order(a, b) == 0 })
	isNull := func(v bsoncore.Value) bool { return v.IsNull() }
	return &membership{values, regexes, slices.ContainsFunc(values, isNull)}
}

func (p *membership) holds(v bsoncore.Value) (pass, ok bool) {
	if v.IsZero() {
		return p.null, true
	}
	low, high := 0, len(p.values)
	for low < high {
		middle := int(uint(low+high) >> 1)
		order, err := v.Compare(p.values[middle])
		switch {
		case err != nil:
			return false, false
		case order == 0:
			return true, true
		case order < 0:
			high = middle
		default:
			low = middle + 1
		}
	}
	for _, r := range p.regexes {
		if pass, _ := r.holds(v); pass {
			return true, true
		}
	}
	return false, true
}

func (p *membership) ofElements() bool { return true }

func (p *membership) appendTo(dst []byte) []byte {
	dst, mark := bsoncore.BeginArray(dst, "$in")
	at := 0
	add := func(v bsoncore.Value) {
		dst, at = appendElement(dst, at, v), at+1
	}
	for _, v := range p.values {
		add(v)
	}
	for _, r := range p.regexes {
		add(r.value())
	}
	return bsoncore.End(dst, mark)
}

// maxListed is the number of values of a list that words names.
const maxListed = 20

func (p *membership) describe() string {
	var words []string
	for _, v := range p.values[:min(len(p.values), maxListed)] {
		words = append(words, valueWords(v))
	}
	for _, r := range p.regexes[:min(len(p.regexes), maxListed)] {
		words = append(words, r.describe())
	}
	text := "one of " + strings.Join(words, ", ")
	switch count := len(p.values) + len(p.regexes); {
	case count == 0:
		return "one of no values"
	case count > len(words):
		return text + " … (" + strconv.Itoa(count) + " values)"
	}
	return text
}
