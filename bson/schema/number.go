package schema

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
)

// This file describes numbers.
//
//   - Integers, doubles and decimals have descriptions of their own, each exact and with a
//     total order: ints, doubles, decimals. addInt, addDouble and addDecimal count a number.
//   - Only the result, finite, sum and ends, combines the three.
//   - sum.go has the sums, histogram.go the histogram, which all types share.

// numbers describes the numbers of a path. Finite numbers and the others are apart.
type numbers struct {
	notFinite uint64 // NaNs and infinities
	fraction  bool   // a finite number is not whole
	ints      ints
	doubles   *doubles   // nil: none that is finite
	decimals  *decimals  // nil: none that is finite
	exponents *exponents // nil: no decimals
	histogram histogram
}

// ints describes int32 and int64.
type ints struct {
	count    uint64
	min, max int64
	sum      intSum
}

func (s *ints) merge(t *ints) {
	switch {
	case t.count == 0:
		return
	case s.count == 0:
		s.min, s.max = t.min, t.max
	}
	s.count += t.count
	s.min, s.max = min(s.min, t.min), max(s.max, t.max)
	s.sum.merge(t.sum)
}

// doubles describes finite doubles. Their order is that of ordered: -0 is below 0.
type doubles struct {
	count    uint64
	min, max int64
	sum      doubleSum
}

// ordered maps the bits of a double to an integer of the same order. It is its own
// inverse.
func ordered(b int64) int64 { return b ^ int64(uint64(b>>63)>>1) }

// decimals describes finite decimals. Equal numbers are in the order of CompareTotal.
type decimals struct {
	count    uint64
	min, max decimal128.Decimal
	low, up  float64 // nearest to min and max
	sum      decimalSum
}

func (n *numbers) addInt(v int64) {
	s := &n.ints
	if s.count == 0 {
		s.min, s.max = v, v
	}
	s.count++
	s.min, s.max = min(s.min, v), max(s.max, v)
	s.sum.add(v)
	n.histogram.add(float64(v))
}

func (n *numbers) addDouble(v float64) {
	if v-v != 0 { // NaN for NaN and infinities
		n.notFinite++
		return
	}
	s := n.doubles
	o := ordered(int64(math.Float64bits(v)))
	if s == nil {
		s = &doubles{min: o, max: o}
		n.doubles = s
	}
	s.count++
	s.min, s.max = min(s.min, o), max(s.max, o)
	s.sum.add(v)
	n.fraction = n.fraction || math.Floor(v) != v
	n.histogram.add(v)
}

// exponents describes the forms of decimals.
type exponents struct {
	count, special uint64
	min, max       int // of those that are not special
}

func (e *exponents) add(v decimal128.Decimal) {
	e.count++
	if !v.IsFinite() || !v.IsCanonical() || v.IsZero() && v.Signbit() {
		e.special++
		return
	}
	_, _, exponent := v.Coefficient()
	e.extend(exponent, exponent, e.count-e.special == 1)
}

// extend extends min and max; first says that they have no value yet.
func (e *exponents) extend(low, high int, first bool) {
	if first {
		e.min, e.max = low, high
	}
	e.min, e.max = min(e.min, low), max(e.max, high)
}

func (e *exponents) merge(f *exponents) {
	if f.count > f.special {
		e.extend(f.min, f.max, e.count == e.special)
	}
	e.count += f.count
	e.special += f.special
}

func (n *numbers) addDecimal(v decimal128.Decimal) {
	extend(&n.exponents).add(v)
	if !v.IsFinite() {
		n.notFinite++
		return
	}
	s := extend(&n.decimals)
	near := v.NearestFloat64()
	s.count++
	s.extend(v, near)
	s.sum.add(v)
	n.fraction = n.fraction || !wholeDecimal(v)
	n.histogram.add(near)
}

// extend extends min and max to v. If near, the double nearest to v, is above low, then v is
// above min.
func (s *decimals) extend(v decimal128.Decimal, near float64) {
	first := s.count == 1
	if first || near <= s.low && compareDecimals(v, s.min) < 0 {
		s.min, s.low = v, near
	}
	if first || near >= s.up && compareDecimals(v, s.max) > 0 {
		s.max, s.up = v, near
	}
}

// compareDecimals is a total order of finite decimals by value.
func compareDecimals(d, e decimal128.Decimal) int {
	if o := d.Compare(e); o != 0 {
		return o
	}
	return d.CompareTotal(e)
}

func wholeDecimal(d decimal128.Decimal) bool {
	_, _, exponent := d.Coefficient()
	if exponent >= 0 {
		return true
	}
	_, _, exponent = d.Reduce().Coefficient()
	return exponent >= 0
}

func (n *numbers) merge(m *numbers) {
	n.notFinite += m.notFinite
	n.fraction = n.fraction || m.fraction
	n.ints.merge(&m.ints)
	if t := m.doubles; t != nil {
		if n.doubles == nil {
			n.doubles = &doubles{min: t.min, max: t.max}
		}
		s := n.doubles
		s.count += t.count
		s.min, s.max = min(s.min, t.min), max(s.max, t.max)
		s.sum.merge(&t.sum)
	}
	if t := m.decimals; t != nil {
		if n.decimals == nil {
			n.decimals = &decimals{min: t.min, max: t.max, low: t.low, up: t.up}
		}
		s := n.decimals
		s.count += t.count
		s.sum.merge(&t.sum)
		if compareDecimals(t.min, s.min) < 0 {
			s.min, s.low = t.min, t.low
		}
		if compareDecimals(t.max, s.max) > 0 {
			s.max, s.up = t.max, t.up
		}
	}
	if m.exponents != nil {
		extend(&n.exponents).merge(m.exponents)
	}
	n.histogram.merge(&m.histogram)
}

// finite returns the number of finite numbers.
func (n *numbers) finite() uint64 {
	count := n.ints.count
	if n.doubles != nil {
		count += n.doubles.count
	}
	if n.decimals != nil {
		count += n.decimals.count
	}
	return count
}

// sum returns the exact sum of the finite numbers; false if it is not known.
func (n *numbers) sum() (*big.Rat, bool) {
	sum := new(big.Rat).SetInt(n.ints.sum.big())
	if n.doubles != nil {
		sum.Add(sum, n.doubles.sum.rat())
	}
	if n.decimals == nil {
		return sum, true
	}
	part, ok := n.decimals.sum.rat()
	return sum.Add(sum, part), ok
}

// ends returns the smallest and the largest of the finite numbers, of which there is at
// least one. Of equal numbers the result is an integer, else a double.
func (n *numbers) ends() (least, largest bsoncore.Value) {
	take := func(low, high bsoncore.Value) {
		if least.IsZero() || compare(low, least) < 0 {
			least = low
		}
		if largest.IsZero() || compare(high, largest) > 0 {
			largest = high
		}
	}
	if s := &n.ints; s.count > 0 {
		take(intValue(s.min), intValue(s.max))
	}
	if s := n.doubles; s != nil {
		take(doubleValue(s.min), doubleValue(s.max))
	}
	if s := n.decimals; s != nil {
		take(decimalValue(s.min), decimalValue(s.max))
	}
	return least, largest
}

func compare(a, b bsoncore.Value) int {
	o, err := a.Compare(b)
	if err != nil {
		panic("BUG: schema: " + err.Error())
	}
	return o
}

// intValue returns v as an int32 if it fits, otherwise as an int64.
func intValue(v int64) bsoncore.Value {
	if v == int64(int32(v)) {
		return bsoncore.Value{Type: bsoncore.TypeInt32, Data: binary.LittleEndian.AppendUint32(nil, uint32(v))}
	}
	return bsoncore.Value{Type: bsoncore.TypeInt64, Data: binary.LittleEndian.AppendUint64(nil, uint64(v))}
}

func doubleValue(o int64) bsoncore.Value {
	return bsoncore.Value{Type: bsoncore.TypeDouble, Data: binary.LittleEndian.AppendUint64(nil, uint64(ordered(o)))}
}

func decimalValue(d decimal128.Decimal) bsoncore.Value {
	return bsoncore.Value{Type: bsoncore.TypeDecimal128, Data: d.AppendBytes(nil)}
}
