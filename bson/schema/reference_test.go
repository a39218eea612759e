package schema

import (
	"bytes"
	"cmp"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
)

// This file has a slow and obvious schema. It keeps every value, groups them by path, and
// describes each group after the last document.

// A found is a value with its place.
type found struct {
	number, offset int64 // of the document, of the element in it
	container      int   // a number for each container
	value          bson.RawValue
}

type reference struct {
	options    Options
	containers int
}

// describe returns the path of values, which follow a key that looks like data if data.
func (r *reference) describe(p *Path, values []found, data bool) *Path {
	documents, containers := map[int64]bool{}, map[int]bool{}
	types, firsts := map[bson.Type]uint64{}, map[bson.Type]int64{}
	for i, v := range values {
		if types[v.value.Type] == 0 || v.number < firsts[v.value.Type] {
			firsts[v.value.Type] = v.number
		}
		if p.Kind == Field && containers[v.container] {
			at := Place{v.number, v.offset - int64(len(p.Key)) - 2}
			if p.Repeated.Document == 0 || at.Document < p.Repeated.Document || at.Document == p.Repeated.Document && at.Offset < p.Repeated.Offset {
				p.Repeated = at
			}
		}
		documents[v.number] = true
		containers[v.container] = true
		types[v.value.Type]++
		if i == 0 || v.number < p.First {
			p.First = v.number
		}
	}
	p.Count, p.Documents, p.Present = uint64(len(values)), uint64(len(documents)), uint64(len(containers))
	for t, n := range types {
		p.Types = append(p.Types, TypeCount{t, n, firsts[t]})
	}
	slices.SortFunc(p.Types, func(a, b TypeCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Type, b.Type))
	})
	r.scalars(p, values)
	p.Numbers = referenceNumbers(values)
	p.Decimals = referenceDecimals(values)
	p.Subtypes = referenceSubtypes(values)
	p.Dates = referenceDates(values)
	p.Strings = referenceSizes(values, func(v bson.RawValue) int {
		switch v.Type {
		case bson.TypeString, bson.TypeSymbol, bson.TypeCode:
			return len(v.Value) - 5
		}
		return -1
	})
	p.Binaries = referenceSizes(values, func(v bson.RawValue) int {
		if _, content, ok := v.BinaryOK(); ok {
			return len(content)
		}
		return -1
	})
	p.Arrays = referenceSizes(values, func(v bson.RawValue) int {
		if v.Type != bson.TypeArray {
			return -1
		}
		return len(r.elements(found{value: v}))
	})
	r.children(p, values, data)
	return p
}

// An element is a value with its key.
type element struct {
	key string
	found
}

func (r *reference) elements(v found) (all []element) {
	r.containers++
	c := bson.NewCursor(v.value.Value)
	for c.Next() {
		inside := found{v.number, v.offset + int64(c.ValueOffset()), r.containers, bson.RawValue{Type: c.Type(), Value: c.Data()}}
		all = append(all, element{string(c.Key()), inside})
	}
	return all
}

func (r *reference) children(p *Path, values []found, data bool) {
	fields, singles := map[string][]found{}, map[string][]found{}
	var elements, star []found
	long := false
	for _, v := range values {
		if !v.value.Type.IsContainer() {
			continue
		}
		for _, e := range r.elements(v) {
			switch {
			case v.value.Type == bson.TypeArray:
				elements = append(elements, e.found)
			case looksLikeData([]byte(e.key)):
				star = append(star, e.found)
				singles[e.key] = append(singles[e.key], e.found)
				long = long || len(e.key) > maxKey
			default:
				fields[e.key] = append(fields[e.key], e.found)
			}
		}
	}
	documents := p.count(bson.TypeDocument)
	var kids []*Path
	for key, values := range fields {
		kids = append(kids, r.describe(&Path{Parent: p, Kind: Field, Key: key, Parents: documents}, values, data))
	}
	if len(elements) > 0 {
		kids = append(kids, r.describe(&Path{Parent: p, Kind: Element, Parents: p.count(bson.TypeArray)}, elements, data))
	}
	if len(star) > 0 {
		var each []*Path
		paths := 0
		for key, values := range singles {
			kid := r.describe(&Path{Parent: p, Kind: Field, Key: key, Parents: documents}, values, true)
			kid.walk(func(*Path) bool { paths++; return true })
			each = append(each, kid)
		}
		if data || long || len(singles) > r.options.MaxDataKeys || paths > r.options.charge() {
			each = []*Path{r.describe(&Path{Parent: p, Kind: AnyKey, Parents: documents}, star, true)}
		}
		kids = append(kids, each...)
	}
	first := func(p *Path) found {
		all := slices.Concat(fields[p.Key], singles[p.Key])
		switch p.Kind {
		case Element:
			all = elements
		case AnyKey:
			all = star
		}
		return slices.MinFunc(all, func(a, b found) int {
			return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.offset, b.offset))
		})
	}
	slices.SortFunc(kids, func(a, b *Path) int {
		v, w := first(a), first(b)
		return cmp.Or(cmp.Compare(v.number, w.number), cmp.Compare(v.offset, w.offset))
	})
	p.Children = kids
}

// scalars describes the different values.
func (r *reference) scalars(p *Path, values []found) {
	type counted struct {
		hash uint64
		Value
	}
	all := map[string]*counted{}
	for _, v := range values {
		if v.value.Type.IsContainer() {
			continue
		}
		p.Scalars++
		key := string(rune(v.value.Type)) + string(v.value.Value)
		if all[key] == nil {
			all[key] = &counted{hashOf(uint64(v.value.Type), v.value.Value), Value{Value: v.value}}
		}
		all[key].Count++
	}
	p.Distinct, p.Exact = uint64(len(all)), true
	if p.Distinct == p.Scalars {
		p.Unique = Yes
	}
	var list []*counted
	for _, c := range all {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *counted) int { return cmp.Compare(a.hash, b.hash) })
	p.All = len(list) <= r.options.MaxValues
	for _, c := range list[:min(len(list), r.options.MaxValues)] {
		if v := c.Value; len(v.Value.Value) <= r.options.MaxValueSize || r.cut(&v) {
			p.Values = append(p.Values, v)
		} else {
			p.All = false
		}
	}
	slices.SortFunc(p.Values, func(a, b Value) int {
		o, err := a.Value.Compare(b.Value)
		if err != nil {
			panic(err)
		}
		return cmp.Or(cmp.Compare(b.Count, a.Count), o, cmp.Compare(a.Value.Type, b.Value.Type),
			bytes.Compare(a.Value.Value, b.Value.Value))
	})
}

// cut cuts a long value; false if that is not possible.
func (r *reference) cut(v *Value) bool {
	v.Cut = true
	if subtype, content, ok := v.Value.BinaryOK(); ok {
		v.Value.Value = bsoncore.AppendBinaryValue(nil, subtype, content[:r.options.MaxValueSize-9])
		return true
	}
	switch v.Value.Type {
	case bson.TypeString, bson.TypeSymbol, bson.TypeCode:
		text := v.Value.Value[4:][:r.options.MaxValueSize-5]
		valid := strings.ToValidUTF8(string(text), "")
		v.Value.Value = bsoncore.AppendString(nil, "", valid)[2:]
		return true
	}
	return false
}

func referenceSizes(values []found, size func(bson.RawValue) int) *Sizes {
	s := &Sizes{Min: math.MaxUint64}
	for _, v := range values {
		n := size(v.value)
		if n < 0 {
			continue
		}
		s.Count++
		s.Sum += uint64(n)
		s.Min, s.Max = min(s.Min, uint64(n)), max(s.Max, uint64(n))
		power := 0
		for ; n > 0; n /= 2 {
			power++
		}
		for len(s.Powers) <= power {
			s.Powers = append(s.Powers, 0)
		}
		s.Powers[power]++
	}
	if s.Count == 0 {
		return nil
	}
	return s
}

func referenceSubtypes(values []found) (all []Subtype) {
	for subtype := range 256 {
		sizes := referenceSizes(values, func(v bson.RawValue) int {
			if s, content, ok := v.BinaryOK(); ok && int(s) == subtype {
				return len(content)
			}
			return -1
		})
		if sizes != nil {
			all = append(all, Subtype{byte(subtype), sizes.Count, sizes.Min, sizes.Max})
		}
	}
	return all
}

func referenceDecimals(values []found) *Decimals {
	all := &Decimals{}
	var exponents []int
	for _, v := range values {
		d, ok := v.value.Decimal128OK()
		if !ok {
			continue
		}
		all.Count++
		if hi, lo, exponent := d.Coefficient(); !d.IsFinite() {
			all.Special++
		} else if same, err := decimal128.FromCoefficient(hi, lo, exponent); err != nil || same != d && same.Neg() != d || d.IsZero() && d.Signbit() {
			all.Special++
		} else {
			exponents = append(exponents, exponent)
		}
	}
	if all.Count == 0 {
		return nil
	}
	if len(exponents) > 0 {
		all.MinExponent, all.MaxExponent = slices.Min(exponents), slices.Max(exponents)
	}
	return all
}

func referenceDates(values []found) *Dates {
	d := &Dates{Min: math.MaxInt64, Max: math.MinInt64}
	for _, v := range values {
		if v.value.Type == bson.TypeDateTime {
			ms := dateOf(v.value)
			d.Count++
			d.Min, d.Max = min(d.Min, bson.DateTime(ms)), max(d.Max, bson.DateTime(ms))
		}
	}
	if d.Count == 0 {
		return nil
	}
	for width := int64(1); ; {
		spans := map[int64]uint64{}
		for _, v := range values {
			if v.value.Type == bson.TypeDateTime {
				t := time.UnixMilli(dateOf(v.value)).UTC()
				month := int64(t.Year())*12 + int64(t.Month()) - 1
				spans[(month-((month%width)+width)%width)]++
			}
		}
		if len(spans) <= maxSpans {
			for month, n := range spans {
				of := ((month % 12) + 12) % 12
				d.Months = append(d.Months, Months{(month - of) / 12, int(of) + 1, width, n})
			}
			slices.SortFunc(d.Months, func(a, b Months) int {
				return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month))
			})
			return d
		}
		if width == 1 {
			width = 12
		} else {
			width *= 10
		}
	}
}

func dateOf(v bson.RawValue) int64 {
	c := bson.Cursor{}
	c.ResetValue(v.Type, v.Value, 0)
	return c.DateTime()
}

// A number is a finite number with all that decides its place among equal numbers.
type number struct {
	rat     *big.Rat
	kind    int // integers first, then doubles, then decimals
	bits    int64
	decimal decimal128.Decimal
	near    float64
	value   bson.RawValue
}

func (n number) compare(m number) int {
	return cmp.Or(n.rat.Cmp(m.rat), cmp.Compare(n.bits, m.bits), n.decimal.CompareTotal(m.decimal))
}

func numberOf(v bson.RawValue) (n number, isNumber, finite bool) {
	n.value = v
	if i, ok := v.Int32OK(); ok {
		n.rat, n.near = new(big.Rat).SetInt64(int64(i)), float64(i)
		return n, true, true
	}
	if i, ok := v.Int64OK(); ok {
		n.rat, n.near = new(big.Rat).SetInt64(i), float64(i)
		if i == int64(int32(i)) {
			n.value = bson.RawValue{Type: bson.TypeInt32, Value: v.Value[:4]}
		}
		return n, true, true
	}
	if f, ok := v.DoubleOK(); ok {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return n, true, false
		}
		n.rat, n.kind, n.near = new(big.Rat).SetFloat64(f), 1, f
		if math.Signbit(f) && f == 0 {
			n.bits = -1
		}
		return n, true, true
	}
	if d, ok := v.Decimal128OK(); ok {
		if !d.IsFinite() {
			return n, true, false
		}
		n.rat, _ = d.Rat()
		n.kind, n.decimal, n.near = 2, d, d.NearestFloat64()
		return n, true, true
	}
	return n, false, false
}

func referenceNumbers(values []found) *Numbers {
	s := &Numbers{Sum: new(big.Rat), Whole: true, Mean: math.NaN()}
	kinds := [3][]number{}
	exponents := map[int]bool{}
	var near []float64
	for _, v := range values {
		n, isNumber, finite := numberOf(v.value)
		switch {
		case isNumber && !finite:
			s.NotFinite++
		case isNumber:
			s.Count++
			s.Sum.Add(s.Sum, n.rat)
			s.Whole = s.Whole && n.rat.IsInt()
			kinds[n.kind] = append(kinds[n.kind], n)
			near = append(near, n.near)
			if n.kind == 2 {
				_, _, exponent := n.decimal.Coefficient()
				exponents[exponent] = true
			}
		}
	}
	if s.Count+s.NotFinite == 0 {
		return nil
	}
	if s.Count == 0 {
		s.Whole, s.Sum, s.Width = false, nil, math.Ldexp(1, firstWidth)
		return s
	}
	var low, high *number
	for _, kind := range kinds {
		if len(kind) == 0 {
			continue
		}
		least, largest := slices.MinFunc(kind, number.compare), slices.MaxFunc(kind, number.compare)
		if low == nil || least.rat.Cmp(low.rat) < 0 {
			low = &least
		}
		if high == nil || largest.rat.Cmp(high.rat) > 0 {
			high = &largest
		}
	}
	s.Min, s.Max = low.value, high.value
	s.Mean, _ = new(big.Rat).Quo(s.Sum, new(big.Rat).SetInt64(int64(s.Count))).Float64()
	if len(exponents) > maxExponents {
		s.Sum, s.Mean = nil, math.NaN()
	}
	s.Width, s.Buckets = referenceBuckets(near)
	return s
}

func referenceBuckets(near []float64) (width float64, all []Bucket) {
	for width = math.Ldexp(1, firstWidth); ; width *= 4 {
		buckets := map[float64]uint64{}
		ends := [2]uint64{}
		for _, v := range near {
			switch {
			case v <= -outside:
				ends[0]++
			case v >= outside:
				ends[1]++
			default:
				buckets[math.Floor(v/width)*width+0]++
			}
		}
		if len(buckets) > maxBuckets {
			continue
		}
		for low, n := range buckets {
			all = append(all, Bucket{low, n})
		}
		if ends[0] > 0 {
			all = append(all, Bucket{math.Inf(-1), ends[0]})
		}
		if ends[1] > 0 {
			all = append(all, Bucket{outside, ends[1]})
		}
		slices.SortFunc(all, func(a, b Bucket) int { return cmp.Compare(a.Low, b.Low) })
		return width, all
	}
}
