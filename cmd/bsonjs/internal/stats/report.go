package stats

import (
	"math"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
)

// A Report is the result, with the names of its JSON.
type Report struct {
	Documents int64   `json:"documents"`
	Bytes     int64   `json:"bytes"`
	Mean      float64 `json:"mean"` // bytes of a document, to a hundredth
	Smallest  *Place  `json:"smallest,omitempty"`
	Largest   []Place `json:"largest"`
	Fields    []Field `json:"fields"` // the largest values that are no containers
	Sizes     []Range `json:"sizes"`
	Depths    []Depth `json:"depths"`
	Types     []Type  `json:"types"`
	Keys      Keys    `json:"keys"`
	Indexes   Tally   `json:"indexes"` // elements of arrays, and the bytes of their keys
}

// A Range has the documents of a range of sizes, in bytes.
type Range struct {
	From      int64 `json:"from"`
	To        int64 `json:"to"`
	Documents int64 `json:"documents"`
}

// A Depth has the documents of a depth. A document without a container has depth 1.
type Depth struct {
	Depth     int   `json:"depth"`
	Documents int64 `json:"documents"`
}

// A Type has the values of a type, documents themselves included. Bytes are those of the
// values alone; of a container they are its length and its end.
type Type struct {
	Type string `json:"type"`
	Tally
}

// Keys are the keys of documents, not the indexes of arrays.
type Keys struct {
	Distinct  int64 `json:"distinct"`
	Estimated bool  `json:"estimated"` // Distinct is an estimate, and List is a sample
	Elements  int64 `json:"elements"`
	Bytes     int64 `json:"bytes"` // of the keys in all documents, with their NULs
	List      []Key `json:"list"`  // those whose elements have the most bytes first
}

// A Key is a key in all documents.
type Key struct {
	Key      string `json:"key"`
	Elements int64  `json:"elements"`
	Bytes    int64  `json:"bytes"`   // of the key, with its NULs
	Shorter  int64  `json:"shorter"` // bytes that documents lose if the key has one letter
	Without  int64  `json:"without"` // bytes that documents lose without its elements
}

// Report returns the counts, with the given number of keys, 0 for all.
func (s *Stats) Report(keys int) *Report {
	r := &Report{
		Documents: s.documents.Count, Bytes: s.documents.Bytes,
		Largest: []Place{}, Fields: append([]Field{}, s.fields.fields...),
		Sizes: []Range{}, Depths: []Depth{}, Types: []Type{}, Indexes: s.indexes,
	}
	if r.Documents > 0 {
		smallest := s.smallest
		r.Smallest = &smallest
		r.Mean = math.Round(100*float64(r.Bytes)/float64(r.Documents)) / 100
	}
	for _, f := range s.largest.fields {
		r.Largest = append(r.Largest, f.Place)
	}
	for i, n := range s.sizes {
		if n > 0 {
			r.Sizes = append(r.Sizes, Range{1 << i / 2, 1<<i - 1, n})
		}
	}
	for i, n := range s.depths {
		if n > 0 {
			r.Depths = append(r.Depths, Depth{i + 1, n})
		}
	}
	for t, tally := range s.types {
		if tally.Count > 0 {
			r.Types = append(r.Types, Type{bson.Type(t).String(), tally})
		}
	}
	r.Keys = Keys{
		Distinct: s.keys.distinct(), Estimated: s.keys.full,
		Elements: s.named.Count, Bytes: s.named.Bytes, List: s.keys.list(keys),
	}
	return r
}

// list returns the given number of keys, 0 for all.
func (t *keys) list(most int) []Key {
	list := []Key{}
	for _, k := range t.sorted() {
		if most > 0 && len(list) == most {
			break
		}
		list = append(list, Key{
			Key: strings.ToValidUTF8(k.name, "�"), Elements: k.tally.Count, Bytes: k.bytes(),
			Shorter: k.tally.Count * int64(max(len(k.name)-1, 0)), Without: k.tally.Bytes,
		})
	}
	return list
}
