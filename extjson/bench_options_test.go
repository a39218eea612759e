package extjson_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// berlin is a time zone with changing offsets.
var berlin = func() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.FixedZone("", 3600)
	}
	return l
}()

// encodePaths has the options for writing that use different code. Those without
// extra work come first.
var encodePaths = []struct {
	name string
	o    extjson.EncodeOptions
}{
	{"relaxed", extjson.EncodeOptions{}},
	{"canonical", extjson.EncodeOptions{Mode: extjson.Canonical}},
	{"legacy", extjson.EncodeOptions{Mode: extjson.Legacy}},
	{"legacy-strict-iso", extjson.EncodeOptions{Mode: extjson.Legacy, StrictNumberLong: true, Dates: extjson.DateISO8601}},
	{"shell", extjson.EncodeOptions{Mode: extjson.Shell}},
	{"semi", extjson.EncodeOptions{Mode: extjson.SemiRelaxed}},
	{"plain-json", extjson.EncodeOptions{Mode: extjson.Plain}},
	{"python-spacing", extjson.EncodeOptions{Spacing: extjson.PythonSpacing}},
	{"libbson-spacing", extjson.EncodeOptions{Spacing: extjson.LibbsonSpacing}},
	{"canonical-libbson-spacing", extjson.EncodeOptions{Mode: extjson.Canonical, Spacing: extjson.LibbsonSpacing}},
	{"driver-doubles", extjson.EncodeOptions{Doubles: extjson.DriverDoubles}},
	{"python-doubles", extjson.EncodeOptions{Doubles: extjson.PythonDoubles}},
	{"location", extjson.EncodeOptions{Location: berlin}},
	{"uuid-text", extjson.EncodeOptions{UUIDs: extjson.UUIDText}},
	{"ascii", extjson.EncodeOptions{ASCII: true}},
	{"html", extjson.EncodeOptions{EscapeHTML: true}},
	{"lines", extjson.EncodeOptions{EscapeLines: true}},
	{"reject-lossy", extjson.EncodeOptions{RejectLossy: true}},
	{"replace-utf8", extjson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}},
	{"as-is", extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs}},
	{"sorted", extjson.EncodeOptions{SortKeys: true}},
	{"indent", extjson.EncodeOptions{Indent: "  "}},
	{"maxlen", extjson.EncodeOptions{MaxLen: 1 << 20}},
}

// BenchmarkAppendJSONOptions: all times except those of sorted, indent and maxlen
// must stay below 1.3 times that of relaxed or canonical.
func BenchmarkAppendJSONOptions(b *testing.B) {
	docs := sample.Documents(sample.Bench, 1, 1000)
	size := 0
	for _, doc := range docs {
		size += len(doc)
	}
	for _, p := range encodePaths {
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range docs {
					var err error
					if sink, err = p.o.AppendJSON(sink[:0], doc); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkAppendBSONOptions reads the same documents in each dialect and layout.
// All times except that of indented text must stay below 1.3 times that of relaxed
// or canonical.
func BenchmarkAppendBSONOptions(b *testing.B) {
	docs := sample.Documents(sample.Bench, 1, 1000)
	size := 0
	for _, doc := range docs {
		size += len(doc)
	}
	for _, p := range []struct {
		name string
		in   extjson.DecodeOptions
		out  extjson.EncodeOptions
	}{
		{"relaxed", extjson.DecodeOptions{}, extjson.EncodeOptions{}},
		{"canonical", extjson.DecodeOptions{}, extjson.EncodeOptions{Mode: extjson.Canonical}},
		{"canonical-only", extjson.DecodeOptions{CanonicalOnly: true}, extjson.EncodeOptions{Mode: extjson.Canonical}},
		{"relaxed-as-legacy", extjson.DecodeOptions{Legacy: true}, extjson.EncodeOptions{}},
		{"legacy", extjson.DecodeOptions{Legacy: true}, extjson.EncodeOptions{Mode: extjson.Legacy}},
		{"relaxed-as-shell", extjson.DecodeOptions{Shell: true}, extjson.EncodeOptions{}},
		{"canonical-as-shell", extjson.DecodeOptions{Shell: true}, extjson.EncodeOptions{Mode: extjson.Canonical}},
		{"shell", extjson.DecodeOptions{Shell: true}, extjson.EncodeOptions{Mode: extjson.Shell}},
		{"python-spacing", extjson.DecodeOptions{}, extjson.EncodeOptions{Spacing: extjson.PythonSpacing}},
		{"canonical-python-spacing", extjson.DecodeOptions{}, extjson.EncodeOptions{Mode: extjson.Canonical, Spacing: extjson.PythonSpacing}},
		{"libbson-spacing", extjson.DecodeOptions{}, extjson.EncodeOptions{Spacing: extjson.LibbsonSpacing}},
		{"canonical-libbson-spacing", extjson.DecodeOptions{}, extjson.EncodeOptions{Mode: extjson.Canonical, Spacing: extjson.LibbsonSpacing}},
		{"legacy-libbson-spacing", extjson.DecodeOptions{Legacy: true}, extjson.EncodeOptions{Mode: extjson.Legacy, Spacing: extjson.LibbsonSpacing}},
		{"shell-python-spacing", extjson.DecodeOptions{Shell: true}, extjson.EncodeOptions{Mode: extjson.Shell, Spacing: extjson.PythonSpacing}},
		{"python-doubles", extjson.DecodeOptions{}, extjson.EncodeOptions{Doubles: extjson.PythonDoubles}},
		{"driver-doubles", extjson.DecodeOptions{}, extjson.EncodeOptions{Doubles: extjson.DriverDoubles}},
		{"location", extjson.DecodeOptions{}, extjson.EncodeOptions{Location: berlin}},
		{"ascii", extjson.DecodeOptions{}, extjson.EncodeOptions{ASCII: true}},
		{"html", extjson.DecodeOptions{}, extjson.EncodeOptions{EscapeHTML: true}},
		{"uuid-text", extjson.DecodeOptions{}, extjson.EncodeOptions{UUIDs: extjson.UUIDText}},
		{"uuid-java", extjson.DecodeOptions{UUIDRepresentation: bson.UUIDJavaLegacy}, extjson.EncodeOptions{UUIDs: extjson.UUIDText}},
		{"indent", extjson.DecodeOptions{}, extjson.EncodeOptions{Indent: "  "}},
		{"reject-inexact", extjson.DecodeOptions{RejectInexact: true}, extjson.EncodeOptions{}},
		{"replace-utf8", extjson.DecodeOptions{InvalidUTF8: bson.UTF8Replace}, extjson.EncodeOptions{}},
	} {
		texts := make([][]byte, len(docs))
		for i, doc := range docs {
			var err error
			if texts[i], err = p.out.AppendJSON(nil, doc); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, text := range texts {
					var err error
					if sink, err = p.in.AppendBSON(sink[:0], text); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// growths has texts of n parts, which show that time is linear in the length: MB/s
// must be similar for each n.
var growths = []struct {
	name string
	o    extjson.DecodeOptions
	text func(n int) string
}{
	{"keys", extjson.DecodeOptions{}, func(n int) string {
		var b bytes.Buffer
		for i := range n {
			fmt.Fprintf(&b, `,"key%d":%d`, i, i)
		}
		return "{" + b.String()[1:] + "}"
	}},
	{"wrappers", extjson.DecodeOptions{}, func(n int) string {
		return `{"a":[` + strings.Repeat(`{"$oid":"56e1fc72e0c917e9c4714161"},{"$timestamp":{"i":1,"t":2}},`, n/2) + `0]}`
	}},
	{"escapes", extjson.DecodeOptions{}, func(n int) string {
		return `{"a":"` + strings.Repeat(`\n\u00e9`, n/2) + `"}`
	}},
	{"levels", extjson.DecodeOptions{MaxDepth: 1000}, func(n int) string {
		deep := strings.Repeat(`{"a":[`, 499) + strings.Repeat(`]}`, 499)
		return `{"a":[` + strings.Repeat(deep+",", n/998) + `0]}`
	}},
	{"scopes", extjson.DecodeOptions{MaxDepth: 1000}, func(n int) string {
		deep := strings.Repeat(`{"$code":"x","$scope":{"a":`, 990) + "1" + strings.Repeat(`}}`, 990)
		return `{"a":[` + strings.Repeat(deep+",", max(n/1980, 1)) + `0]}`
	}},
	{"scopes-first", extjson.DecodeOptions{MaxDepth: 1000}, func(n int) string {
		deep := strings.Repeat(`{"$scope":{"a":`, 990) + "1" + strings.Repeat(`},"$code":"x"}`, 990)
		return `{"a":[` + strings.Repeat(deep+",", max(n/1980, 1)) + `0]}`
	}},
	{"deep", extjson.DecodeOptions{MaxDepth: bson.DepthCeiling}, func(n int) string {
		n = min(n/10, bson.DepthCeiling-1)
		return `{"a":` + strings.Repeat(`{"a":`, n) + "1" + strings.Repeat(`}`, n) + `}`
	}},
	{"scopes-first-deep", extjson.DecodeOptions{MaxDepth: bson.DepthCeiling}, func(n int) string {
		n = min(n/10, bson.DepthCeiling-1)
		return `{"a":` + strings.Repeat(`{"$scope":{"a":`, n) + "1" + strings.Repeat(`},"$code":"x"}`, n) + `}`
	}},
	{"legacy-operators", extjson.DecodeOptions{Legacy: true, MaxDepth: 1000}, func(n int) string {
		deep := strings.Repeat(`{"$regex":"x","$options":{"$type":`, 499) + "1" + strings.Repeat(`}}`, 499)
		return `{"a":[` + strings.Repeat(deep+",", n/998) + `0]}`
	}},
	{"legacy-regexes", extjson.DecodeOptions{Legacy: true}, func(n int) string {
		return `{"a":[` + strings.Repeat(`{"$options":"i","$regex":"x"},{"$type":"00","$binary":""},`, n/2) + `0]}`
	}},
	{"shell-calls", extjson.DecodeOptions{Shell: true}, func(n int) string {
		return `{a:[` + strings.Repeat(`ObjectId("56e1fc72e0c917e9c4714161"),/x/i,`, n/2) + `]}`
	}},
	{"shell-comments", extjson.DecodeOptions{Shell: true}, func(n int) string {
		return `{a:[` + strings.Repeat("/**///\n'',", n/2) + `]}`
	}},
	{"shell-refs", extjson.DecodeOptions{Shell: true, MaxDepth: 1000}, func(n int) string {
		deep := strings.Repeat(`DBRef("x",`, 990) + "1" + strings.Repeat(`)`, 990)
		return `{a:[` + strings.Repeat(deep+",", max(n/990, 1)) + `]}`
	}},
	{"digits", extjson.DecodeOptions{MaxNumberLen: 1 << 30}, func(n int) string {
		return `{"a":0.` + strings.Repeat("1", n) + `}`
	}},
}

func BenchmarkGrowth(b *testing.B) {
	for _, g := range growths {
		for _, n := range []int{1000, 30_000, 1_000_000} {
			text := []byte(g.text(n))
			b.Run(fmt.Sprintf("%s/%d", g.name, n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					var err error
					if sink, err = g.o.AppendBSON(sink[:0], text); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkGrowthOut is BenchmarkGrowth for writing, with sorted keys and with cut
// text.
func BenchmarkGrowthOut(b *testing.B) {
	for _, g := range growths {
		for _, n := range []int{1000, 30_000, 1_000_000} {
			doc, err := g.o.AppendBSON(nil, []byte(g.text(n)))
			if err != nil {
				b.Fatal(err)
			}
			for _, p := range []struct {
				name string
				o    extjson.EncodeOptions
			}{
				{"legacy", extjson.EncodeOptions{Mode: extjson.Legacy, AmbiguousKeys: extjson.AsIs}},
				{"sorted", extjson.EncodeOptions{SortKeys: true}},
				{"maxlen", extjson.EncodeOptions{MaxLen: 1 << 30}},
			} {
				p.o.MaxDepth = g.o.MaxDepth
				b.Run(fmt.Sprintf("%s/%s/%d", p.name, g.name, n), func(b *testing.B) {
					b.SetBytes(int64(len(doc)))
					for b.Loop() {
						if sink, err = p.o.AppendJSON(sink[:0], doc); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
