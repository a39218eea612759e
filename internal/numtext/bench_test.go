package numtext_test

// This file measures doubles with this package and with strconv, in the same run.

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/sample"
)

var (
	sinkBytes  []byte
	sinkDouble float64
	sinkNumber numtext.Number
)

// benchCount is the number of values that a benchmark uses in turn: so many that
// branch predictors do not learn them. It is a power of two, to avoid a division.
const benchCount = 1 << 15

// A doubleMix is a set of doubles of one kind.
type doubleMix struct {
	name    string
	doubles []float64
}

// doubleMixes returns these mixes:
//
//   - short: prices below 1,000, with two decimals
//   - integer: integers below a million
//   - random17: doubles with all digits, below 10,000
//   - exponent: random bit patterns
//   - mostlyShort: of ten doubles six prices, two integers and two with all digits
//   - mix: equal numbers of the first four mixes
//   - documents: the doubles in the documents of the other benchmarks of the
//     module; half of them are prices, integers and coordinates, and half have 16
//     or 17 digits
func doubleMixes() []doubleMix {
	r := rand.New(rand.NewPCG(1, 2))
	short := func() float64 { return float64(r.IntN(100_000)) / 100 }
	integer := func() float64 { return float64(r.IntN(1_000_000)) }
	random17 := func() float64 { return r.Float64() * math.Pow10(r.IntN(5)) }
	exponent := func() float64 { return math.Float64frombits(r.Uint64()%2047<<52 | r.Uint64()>>12) }
	mixes := []doubleMix{{name: "documents", doubles: documentDoubles()}}
	for _, mix := range []struct {
		name  string
		kinds []func() float64
	}{
		{"short", []func() float64{short}},
		{"integer", []func() float64{integer}},
		{"random17", []func() float64{random17}},
		{"exponent", []func() float64{exponent}},
		{"mostlyShort", []func() float64{short, short, short, integer, random17}},
		{"mix", []func() float64{short, integer, random17, exponent}},
	} {
		doubles := make([]float64, benchCount)
		for i := range doubles {
			doubles[i] = mix.kinds[r.IntN(len(mix.kinds))]()
		}
		mixes = append(mixes, doubleMix{mix.name, doubles})
	}
	return mixes
}

// documentDoubles returns benchCount doubles from the documents of the benchmarks.
func documentDoubles() []float64 {
	var doubles []float64
	var walk func(c *bson.Cursor)
	walk = func(c *bson.Cursor) {
		for c.Next() {
			switch {
			case c.Type() == bson.TypeDouble:
				doubles = append(doubles, c.Double())
			case c.Type().IsContainer() && c.Enter():
				walk(c)
				c.Leave()
			}
		}
	}
	g := sample.New(sample.Bench, 1)
	var doc []byte
	for len(doubles) < benchCount {
		doc = g.Append(doc[:0])
		c := bson.NewCursor(doc)
		walk(&c)
	}
	return doubles[:benchCount]
}

func BenchmarkAppendDouble(b *testing.B) {
	for _, mix := range doubleMixes() {
		b.Run(mix.name, func(b *testing.B) {
			b.ReportAllocs()
			i := uint(0)
			for b.Loop() {
				sinkBytes = numtext.AppendDouble(sinkBytes[:0], mix.doubles[i%benchCount])
				i++
			}
		})
		b.Run(mix.name+"/strconv", func(b *testing.B) {
			b.ReportAllocs()
			i := uint(0)
			for b.Loop() {
				sinkBytes = strconv.AppendFloat(sinkBytes[:0], mix.doubles[i%benchCount], 'g', -1, 64)
				i++
			}
		})
	}
}

// BenchmarkDouble measures Scan and Double together, with text after the number.
func BenchmarkDouble(b *testing.B) {
	for _, mix := range doubleMixes() {
		var src []byte
		var offs []int
		var texts []string
		for _, f := range mix.doubles {
			offs = append(offs, len(src))
			src = numtext.AppendDouble(src, f)
			texts = append(texts, string(src[offs[len(offs)-1]:]))
			src = append(src, `,"field":`...)
		}
		b.Run(mix.name, func(b *testing.B) {
			b.ReportAllocs()
			i := uint(0)
			for b.Loop() {
				off := offs[i%benchCount]
				n, end, _ := numtext.Scan(src, off)
				sinkDouble, _ = n.Double(src[off:end])
				i++
			}
		})
		b.Run(mix.name+"/strconv", func(b *testing.B) {
			b.ReportAllocs()
			i := uint(0)
			for b.Loop() {
				sinkDouble, _ = strconv.ParseFloat(texts[i%benchCount], 64)
				i++
			}
		})
	}
}

// BenchmarkDoubleMiddle measures the slowest texts, which differ only in the last
// digit from the middle between two doubles.
func BenchmarkDoubleMiddle(b *testing.B) {
	for _, tc := range []struct{ name, text string }{
		{"normal", "1.00000000000000011102230246251565404236316680908203125"},
		{"subnormal", new(big.Float).SetPrec(100).SetMantExp(big.NewFloat(1), -1075).Text('e', 770)},
	} {
		text := []byte(tc.text + ",")
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n, end, _ := numtext.Scan(text, 0)
				sinkDouble, _ = n.Double(text[:end])
			}
		})
		b.Run(tc.name+"/strconv", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkDouble, _ = strconv.ParseFloat(tc.text, 64)
			}
		})
	}
}

// BenchmarkAppendDoubleExact measures the shortest and the longest expansion.
func BenchmarkAppendDoubleExact(b *testing.B) {
	for _, tc := range []struct {
		name   string
		f      float64
		places int
	}{{"price", 9.99, 49}, {"longest", math.Float64frombits(1<<53 - 1), 1074}} {
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkBytes = numtext.AppendDoubleExact(sinkBytes[:0], tc.f)
			}
		})
		b.Run(tc.name+"/strconv", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkBytes = strconv.AppendFloat(sinkBytes[:0], tc.f, 'f', tc.places, 64)
			}
		})
	}
}

func BenchmarkScan(b *testing.B) {
	for _, tc := range []struct{ name, text string }{
		{"digit", "7"}, {"price", "9.99"}, {"milliseconds", "1700000000123"}, {"17", "0.12345678901234567"},
		{"exponent", "1.2345678921232E+18"}, {"1000", strings.Repeat("1234567890", 100)},
	} {
		src := []byte(tc.text + `,"field":`)
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkNumber, _, _ = numtext.Scan(src, 0)
			}
		})
	}
}
