package schema

import (
	"math/big"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/jsontext"
)

// This file has the types of the result. view.go makes them.

// A Kind says where the values of a Path are.
type Kind uint8

// The kinds of paths.
const (
	// Root is the path of the documents themselves.
	Root Kind = iota
	// Field is a key of a document.
	Field
	// Element is every element of an array.
	Element
	// AnyKey is all keys of a document that look like data.
	AnyKey
)

// String returns "root", "field", "element" or "anyKey".
func (k Kind) String() string { return [...]string{"root", "field", "element", "anyKey"}[k] }

// A Path describes the values at one path of the documents. It is a copy: it does not
// change when documents are added to the Schema.
type Path struct {
	Parent   *Path   // nil for Root
	Children []*Path // in the order in which they appear first
	Kind     Kind
	Key      string // of a Field, else ""

	Count     uint64 // values
	Documents uint64 // documents that have the path
	// Present is the number of containers at Parent that have the path, Parents that of
	// all: documents for Field and AnyKey, arrays for Element. Both are the number of
	// documents for Root.
	Present, Parents uint64
	First            int64 // smallest number of a document that has the path

	// Repeated is the place of the first value of a Field whose document has the same key
	// before it. It is zero if there is none; then Count equals Present.
	Repeated Place

	Types []TypeCount // the most frequent first; equal numbers in the order of the types

	// The descriptions below are nil if there is no such value.
	Numbers  *Numbers
	Decimals *Decimals // also a part of Numbers
	Dates    *Dates
	Strings  *Sizes // bytes of strings, symbols and code without scope
	Binaries *Sizes // bytes
	Arrays   *Sizes // elements

	Subtypes []Subtype // of binaries, in their order

	// Scalars is the number of values that are neither documents nor arrays. Distinct,
	// Unique and Values are about these. Two values are equal if their types and bytes are.
	Scalars uint64
	// Distinct is the number of different values. It is an estimate with DistinctError
	// if Exact is false.
	Distinct uint64
	Exact    bool
	Unique   Unique
	// Values has values with their exact numbers, the most frequent first. All says that
	// there are no others. Otherwise they are a random sample of the different values:
	// Values need not have the most frequent ones.
	Values []Value
	All    bool

	// Lost is the number of values in fields and elements of this path that have no
	// path of their own, because there are more than MaxPaths.
	Lost uint64
	// Deep says that there are values below, beyond MaxLevels, that were not counted.
	Deep bool
	// Leaf says that values below were not counted because of Options.SingleOnly.
	Leaf bool
}

// A TypeCount is the number of values of a type.
type TypeCount struct {
	Type  bson.Type
	Count uint64
	First int64 // smallest number of a document with such a value
}

// A Place is that of a value: the number of the document, and the offset of the element in
// bytes from the start of the document.
type Place struct{ Document, Offset int64 }

// A Subtype describes the binaries of a subtype.
type Subtype struct {
	Subtype  byte
	Count    uint64
	Min, Max uint64 // bytes
}

// A Value is a value with the number of times that it occurs.
type Value struct {
	Value bson.RawValue
	Count uint64
	Cut   bool // Value is the start of a longer string or binary
}

// Numbers describes finite numbers of the types int32, int64, double and decimal128.
type Numbers struct {
	Count     uint64
	NotFinite uint64        // NaNs and infinities, of which nothing else is known
	Whole     bool          // all are whole numbers
	Min, Max  bson.RawValue // zero if Count is 0
	// Sum is exact. It is nil if it is not known: the decimals have more than 64
	// different exponents.
	Sum *big.Rat
	// Mean is Sum/Count, rounded to nearest; NaN if there is none.
	Mean    float64
	Width   float64  // of all buckets: a power of four
	Buckets []Bucket // in their order; empty ones are left out
}

// Decimals describes the form of decimals: which exponents they have. 1.50 is 150·10^-2 and
// differs from 1.5.
type Decimals struct {
	Count uint64
	// Special is the number of NaNs, infinities and negative zeros, and of encodings that
	// are not canonical: no integer times a power of ten gives the same bytes.
	Special uint64
	// MinExponent and MaxExponent are of all others; 0 without any.
	MinExponent, MaxExponent int
}

// A Bucket is the number of values from Low to below Low + Width. Numbers from 2^1000 are
// in one bucket, those to -2^1000 in one that has the Low -Infinity.
type Bucket struct {
	Low   float64
	Count uint64
}

// Dates describes datetimes.
type Dates struct {
	Count    uint64
	Min, Max bson.DateTime
	Months   []Months // in their order; empty ones are left out
}

// Months is the number of dates in a span of months of UTC. All spans have the same
// width: 1 month, 12, 120, 1200 and so on, the smallest for which there are at most 180
// spans with dates.
type Months struct {
	Year  int64 // of the first month
	Month int   // the first month, from 1
	Width int64 // months
	Count uint64
}

// Sizes describes lengths.
type Sizes struct {
	Count    uint64
	Min, Max uint64
	Sum      uint64
	// Powers has the numbers of sizes of 0, 1, 2 to 3, 4 to 7, and so on.
	Powers []uint64
}

// Mean returns the mean size; 0 without sizes.
func (s *Sizes) Mean() float64 { return float64(s.Sum) / float64(max(s.Count, 1)) }

// Unique says whether no value occurs twice.
type Unique uint8

// The values of Unique. The first two are certain, the others follow from an estimate.
const (
	No       Unique = iota // a value occurs twice
	Yes                    // no value occurs twice
	Unlikely               // there are fewer different values than values
	Likely                 // the numbers are equal as far as the estimate tells
)

// String returns "no", "yes", "unlikely" or "likely".
func (u Unique) String() string { return [...]string{"no", "yes", "unlikely", "likely"}[u] }

// Mixed reports whether p has values of several types. Null and undefined do not count,
// and the types of numbers count as one.
func (p *Path) Mixed() bool {
	numbers, others := 0, 0
	for _, t := range p.Types {
		switch t.Type {
		case bson.TypeNull, bson.TypeUndefined:
		case bson.TypeInt32, bson.TypeInt64, bson.TypeDouble, bson.TypeDecimal128:
			numbers = 1
		default:
			others++
		}
	}
	return numbers+others > 1
}

// Required reports whether each container at Parent has the path.
func (p *Path) Required() bool { return p.Present == p.Parents }

// String returns p as text: "a.b" for a field of a field, "a[]" for the elements of an
// array, "a.*" for AnyKey, and "" for Root. A key that would be misread is quoted as in
// JSON: a."b.c".
func (p *Path) String() string { return string(p.Append(nil)) }

// Append appends String.
func (p *Path) Append(dst []byte) []byte {
	if p.Parent == nil {
		return dst
	}
	begin := len(dst)
	dst = p.Parent.Append(dst)
	if p.Kind == Element {
		return append(dst, "[]"...)
	}
	if len(dst) > begin {
		dst = append(dst, '.')
	}
	switch {
	case p.Kind == AnyKey:
		return append(dst, '*')
	case p.Key == "" || p.Key == "*" || strings.ContainsAny(p.Key, `."[]`) || strings.ContainsFunc(p.Key, isControl):
		return jsontext.AppendQuote(dst, p.Key)
	}
	return append(dst, p.Key...)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7F }

// Level returns the number of keys and arrays in p.
func (p *Path) Level() int {
	level := 0
	for ; p.Parent != nil; p = p.Parent {
		level++
	}
	return level
}
