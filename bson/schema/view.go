package schema

import (
	"bytes"
	"cmp"
	"iter"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file makes Paths of nodes. Everything is put in an order that does not depend on
// the order of documents and merges.

// Largest is the largest document.
type Largest struct {
	Bytes    uint64
	Document int64 // its number; the first of those with this size
}

// Documents returns the number of documents.
func (s *Schema) Documents() uint64 { return s.root.documents }

// Bytes returns the number of bytes of all documents.
func (s *Schema) Bytes() uint64 { return s.bytes }

// Sizes describes the sizes of documents in bytes; nil without documents.
func (s *Schema) Sizes() *Sizes { return s.sizes.view() }

// Largest returns the largest document; zero without documents.
func (s *Schema) Largest() Largest { return s.largest }

// Depths returns the number of documents by depth: that of documents without documents
// and arrays in them first. The 33rd number includes documents that are deeper.
func (s *Schema) Depths() []uint64 { return trimmed(s.depths[:]) }

// Root returns the path of the documents, with all paths below it.
func (s *Schema) Root() *Path {
	s.settle()
	return s.view(s.root, nil)
}

// Paths returns an iterator over all paths below Root: a path, then those below it, in the
// order in which they appear first.
func (s *Schema) Paths() iter.Seq[*Path] {
	return func(yield func(*Path) bool) {
		for _, p := range s.Root().Children {
			if !p.walk(yield) {
				return
			}
		}
	}
}

func (p *Path) walk(yield func(*Path) bool) bool {
	if !yield(p) {
		return false
	}
	for _, kid := range p.Children {
		if !kid.walk(yield) {
			return false
		}
	}
	return true
}

// shown returns the children of n in the order in which they appear first: star or the
// keys in singles, not both.
func (n *node) shown() []*node {
	kids := n.children()
	if n.singles != nil && !n.singles.folded {
		kids = slices.DeleteFunc(kids, func(kid *node) bool { return kid == n.star })
		kids = slices.AppendSeq(kids, n.singles.keys.all())
	}
	slices.SortFunc(kids, func(a, b *node) int {
		switch {
		case a.where.before(b.where):
			return -1
		case b.where.before(a.where):
			return 1
		}
		return cmp.Compare(a.name, b.name)
	})
	return kids
}

func (s *Schema) view(n *node, parent *Path) *Path {
	s.flush(n)
	v := n.values
	p := &Path{
		Parent: parent, Documents: n.documents, Present: n.parents, First: n.where.document, Lost: n.lost, Deep: n.deep, Leaf: n.leaf,
		Repeated: Place{n.again.document, n.again.offset},
		Subtypes: v.subtypes.view(), Decimals: v.numbers.viewDecimals(),
	}
	switch {
	case parent == nil:
		p.Parents = n.parents
		if n.documents == 0 {
			p.First = 0
		}
	case n.hash == elementsHash:
		p.Kind, p.Parents = Element, parent.count(bsoncore.TypeArray)
	case n.hash == starHash:
		p.Kind, p.Parents = AnyKey, parent.count(bsoncore.TypeDocument)
	default:
		p.Kind, p.Key, p.Parents = Field, n.name, parent.count(bsoncore.TypeDocument)
	}
	for i, count := range v.types {
		if t := typeOf[i]; count > 0 {
			p.Count += count
			p.Types = append(p.Types, TypeCount{t, count, n.firstOf(i)})
			if !t.IsContainer() {
				p.Scalars += count
			}
		}
	}
	slices.SortStableFunc(p.Types, func(a, b TypeCount) int { return cmp.Compare(b.Count, a.Count) })
	if !s.options.TypesOnly {
		s.describe(p, v)
	}
	for _, kid := range n.shown() {
		p.Children = append(p.Children, s.view(kid, p))
	}
	return p
}

// describe sets the fields of p that Options.TypesOnly leaves out.
func (s *Schema) describe(p *Path, v *values) {
	p.Strings, p.Binaries, p.Arrays = v.strings.view(), v.binaries.view(), v.arrays.view()
	p.Numbers, p.Dates = v.numbers.view(), v.dates.view()
	p.Values, p.All = v.bottom.view()
	p.Distinct, p.Exact = v.distinct.count(s.hashes)
	p.Unique = p.unique()
}

// count returns the number of values of a type.
func (p *Path) count(t bson.Type) uint64 {
	for _, u := range p.Types {
		if u.Type == t {
			return u.Count
		}
	}
	return 0
}

// unique follows from the other fields.
func (p *Path) unique() Unique {
	switch {
	case p.Exact && p.Distinct == p.Scalars:
		return Yes
	case p.Exact || len(p.Values) > 0 && p.Values[0].Count > 1:
		return No
	case float64(p.Distinct) < float64(p.Scalars)*(1-3*DistinctError):
		return Unlikely
	}
	return Likely
}

// view returns the values that are not hidden, and whether there are no others.
func (s *bottom) view() (values []Value, all bool) {
	all = s.above == math.MaxUint64
	for i, c := range s.slots {
		switch v := &s.texts[i]; {
		case c.count == 0:
		case v.hidden():
			all = false
		default:
			values = append(values, Value{bson.RawValue{Type: v.typ, Value: v.data}, c.count, v.cut})
		}
	}
	slices.SortFunc(values, func(a, b Value) int {
		if a.Count != b.Count {
			return cmp.Compare(b.Count, a.Count)
		}
		v, w := a.Value, b.Value
		return cmp.Or(compare(bsoncore.Value{Type: v.Type, Data: v.Value}, bsoncore.Value{Type: w.Type, Data: w.Value}),
			cmp.Compare(v.Type, w.Type), bytes.Compare(v.Value, w.Value))
	})
	return values, all
}

func (n *numbers) view() *Numbers {
	if n == nil {
		return nil
	}
	v := &Numbers{Count: n.finite(), NotFinite: n.notFinite, Mean: math.NaN(), Width: n.histogram.width(), Buckets: n.histogram.buckets()}
	if v.Count == 0 {
		return v
	}
	v.Whole = !n.fraction
	low, high := n.ends()
	v.Min = bson.RawValue{Type: low.Type, Value: low.Data}
	v.Max = bson.RawValue{Type: high.Type, Value: high.Data}
	if sum, ok := n.sum(); ok {
		v.Sum, v.Mean = sum, mean(sum, v.Count)
	}
	return v
}

func (n *numbers) viewDecimals() *Decimals {
	if n == nil || n.exponents == nil {
		return nil
	}
	e := *n.exponents
	return &Decimals{Count: e.count, Special: e.special, MinExponent: e.min, MaxExponent: e.max}
}

func (d *dates) view() *Dates {
	if d == nil {
		return nil
	}
	return &Dates{d.count, bson.DateTime(d.min), bson.DateTime(d.max), d.months()}
}

func (s *sizes) view() *Sizes {
	if s == nil || s.count == 0 {
		return nil
	}
	return &Sizes{s.count, s.min, s.max, s.sum, trimmed(s.powers[:])}
}

// trimmed returns a copy of counts without the zeros at its end.
func trimmed(counts []uint64) []uint64 {
	n := len(counts)
	for n > 0 && counts[n-1] == 0 {
		n--
	}
	return slices.Clone(counts[:n])
}
