package schema

import (
	"encoding/binary"
	"math"
	"math/big"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/jsontext"
)

// This file writes a Schema as JSON. docs/schema.md describes the members.

// AppendJSON appends s as one JSON object, without line ends. Its values are canonical
// Extended JSON, its numbers of values and bytes are JSON numbers. Schemas of the same
// documents with the same numbers give the same bytes, whatever the order of documents
// and merges.
func (s *Schema) AppendJSON(dst []byte) []byte {
	w := jsonWriter{dst}
	root := s.Root()
	w.open('{')
	w.number("documents", s.Documents())
	w.number("bytes", s.Bytes())
	w.sizes("sizes", s.Sizes())
	w.counts("depths", s.Depths())
	if s.Documents() > 0 {
		w.key("largest")
		w.open('{')
		w.number("bytes", s.largest.Bytes)
		w.integer("document", s.largest.Document)
		w.close('}')
	}
	w.flag("complete", !s.root.cut)
	w.key("root")
	w.path(root)
	w.key("paths")
	w.open('[')
	for _, kid := range root.Children {
		kid.walk(func(p *Path) bool {
			w.path(p)
			return true
		})
	}
	w.close(']')
	w.close('}')
	return w.dst[:len(w.dst)-1]
}

// MarshalJSON returns AppendJSON.
func (s *Schema) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil), nil }

// A jsonWriter writes objects and arrays. A comma follows every member and element, and
// close removes the last one.
type jsonWriter struct{ dst []byte }

func (w *jsonWriter) open(bracket byte) { w.dst = append(w.dst, bracket) }

func (w *jsonWriter) close(bracket byte) {
	if last := len(w.dst) - 1; w.dst[last] == ',' {
		w.dst = w.dst[:last]
	}
	w.dst = append(w.dst, bracket, ',')
}

func (w *jsonWriter) key(key string) { w.dst = append(jsontext.AppendQuote(w.dst, key), ':') }

func (w *jsonWriter) number(key string, n uint64) {
	w.key(key)
	w.dst = append(strconv.AppendUint(w.dst, n, 10), ',')
}

func (w *jsonWriter) integer(key string, n int64) {
	w.key(key)
	w.dst = append(strconv.AppendInt(w.dst, n, 10), ',')
}

func (w *jsonWriter) flag(key string, v bool) {
	w.key(key)
	w.dst = append(strconv.AppendBool(w.dst, v), ',')
}

func (w *jsonWriter) text(key, text string) {
	w.key(key)
	w.element(text)
}

func (w *jsonWriter) element(text string) { w.dst = append(jsontext.AppendQuote(w.dst, text), ',') }

func (w *jsonWriter) counts(key string, counts []uint64) {
	w.key(key)
	w.open('[')
	for _, n := range counts {
		w.dst = append(strconv.AppendUint(w.dst, n, 10), ',')
	}
	w.close(']')
}

// value writes v as canonical Extended JSON.
func (w *jsonWriter) value(key string, v bson.RawValue) {
	w.key(key)
	// The keys of a scope may be special. They are written as they are.
	o := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs, MaxDepth: bson.DepthCeiling}
	dst, err := o.AppendJSONValue(w.dst, v.Type, v.Value)
	if err != nil {
		panic("BUG: schema: " + err.Error())
	}
	w.dst = append(dst, ',')
}

func (w *jsonWriter) double(key string, v float64) {
	w.value(key, bson.RawValue{Type: bson.TypeDouble, Value: binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))})
}

func (w *jsonWriter) long(key string, v int64) {
	w.value(key, bson.RawValue{Type: bson.TypeInt64, Value: binary.LittleEndian.AppendUint64(nil, uint64(v))})
}

func (w *jsonWriter) path(p *Path) {
	w.open('{')
	w.text("path", p.String())
	w.text("kind", p.Kind.String())
	w.number("count", p.Count)
	w.number("documents", p.Documents)
	w.number("present", p.Present)
	w.number("parents", p.Parents)
	w.integer("first", p.First)
	w.key("types")
	w.open('{')
	for _, t := range p.Types {
		w.number(t.Type.String(), t.Count)
	}
	w.close('}')
	if len(p.Types) > 1 {
		w.key("firsts")
		w.open('{')
		for _, t := range p.Types {
			w.integer(t.Type.String(), t.First)
		}
		w.close('}')
	}
	w.flag("mixed", p.Mixed())
	w.numbers(p.Numbers)
	w.decimals(p.Decimals)
	w.dates(p.Dates)
	w.sizes("strings", p.Strings)
	w.sizes("binaries", p.Binaries)
	w.subtypes(p.Subtypes)
	w.sizes("arrays", p.Arrays)
	if p.Scalars > 0 {
		w.scalars(p)
	}
	if p.Lost > 0 {
		w.number("lost", p.Lost)
	}
	if p.Deep {
		w.flag("deep", true)
	}
	w.close('}')
}

func (w *jsonWriter) scalars(p *Path) {
	w.number("scalars", p.Scalars)
	if p.Distinct == 0 { // not known with Options.TypesOnly
		return
	}
	w.number("distinct", p.Distinct)
	w.flag("exact", p.Exact)
	w.text("unique", p.Unique.String())
	w.key("values")
	w.open('[')
	for _, v := range p.Values {
		w.open('{')
		w.value("value", v.Value)
		w.number("count", v.Count)
		if v.Cut {
			w.flag("cut", true)
		}
		w.close('}')
	}
	w.close(']')
	w.flag("all", p.All)
}

func (w *jsonWriter) numbers(n *Numbers) {
	if n == nil {
		return
	}
	w.key("numbers")
	w.open('{')
	w.number("count", n.Count)
	w.number("notFinite", n.NotFinite)
	if n.Count > 0 {
		w.flag("whole", n.Whole)
		w.value("min", n.Min)
		w.value("max", n.Max)
	}
	if n.Sum != nil {
		w.sum(n.Sum)
		w.double("mean", n.Mean)
	}
	w.double("width", n.Width)
	w.key("buckets")
	w.open('[')
	for _, b := range n.Buckets {
		w.open('{')
		w.double("low", b.Low)
		w.number("count", b.Count)
		w.close('}')
	}
	w.close(']')
	w.close('}')
}

func (w *jsonWriter) decimals(d *Decimals) {
	if d == nil {
		return
	}
	w.key("decimals")
	w.open('{')
	w.number("count", d.Count)
	w.number("special", d.Special)
	w.integer("minExponent", int64(d.MinExponent))
	w.integer("maxExponent", int64(d.MaxExponent))
	w.close('}')
}

func (w *jsonWriter) subtypes(list []Subtype) {
	if len(list) == 0 {
		return
	}
	w.key("subtypes")
	w.open('[')
	for _, s := range list {
		w.open('{')
		w.number("subtype", uint64(s.Subtype))
		w.number("count", s.Count)
		w.number("min", s.Min)
		w.number("max", s.Max)
		w.close('}')
	}
	w.close(']')
}

// sum writes a sum as an int64 if it is one, otherwise as the nearest double.
func (w *jsonWriter) sum(sum *big.Rat) {
	if sum.IsInt() && sum.Num().IsInt64() {
		w.long("sum", sum.Num().Int64())
		return
	}
	f, _ := sum.Float64()
	w.double("sum", f)
}

func (w *jsonWriter) dates(d *Dates) {
	if d == nil {
		return
	}
	w.key("dates")
	w.open('{')
	w.number("count", d.Count)
	for _, end := range []struct {
		key string
		v   bson.DateTime
	}{{"min", d.Min}, {"max", d.Max}} {
		w.value(end.key, bson.RawValue{Type: bson.TypeDateTime, Value: binary.LittleEndian.AppendUint64(nil, uint64(end.v))})
	}
	w.integer("width", d.Months[0].Width)
	w.key("months")
	w.open('[')
	for _, m := range d.Months {
		w.open('{')
		w.integer("year", m.Year)
		w.integer("month", int64(m.Month))
		w.number("count", m.Count)
		w.close('}')
	}
	w.close(']')
	w.close('}')
}

func (w *jsonWriter) sizes(key string, s *Sizes) {
	if s == nil {
		return
	}
	w.key(key)
	w.open('{')
	w.number("count", s.Count)
	w.number("min", s.Min)
	w.number("max", s.Max)
	w.number("sum", s.Sum)
	w.double("mean", s.Mean())
	w.counts("powers", s.Powers)
	w.close('}')
}
