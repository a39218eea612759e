package interop

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/pairs"
)

// This file compares the filters of package query with those of mingo, which applies
// MongoDB's filters to values of JavaScript.

// filterPairs is the number of documents and filters that are compared.
const filterPairs = 20_000

// A filterRow is a known difference, by the name that docs/query.md explains. The results
// may differ for filters, or sort orders, that the pattern matches.
type filterRow struct {
	name    string
	pattern *regexp.Regexp
}

var mingoRows = []filterRow{
	{"mingo-pointer", regexp.MustCompile(`"/`)},
	{"mingo-bits", regexp.MustCompile(`"\$bits`)},
	{"mingo-type", regexp.MustCompile(`"\$type"`)},
	{"mingo-mod", regexp.MustCompile(`"\$mod"`)},
	{"mingo-all", regexp.MustCompile(`"\$all"`)},
	{"mingo-array", regexp.MustCompile(`"([^$"]|\$(eq|ne|gte?|lte?))[^"]*": \[|"\$n?in": \[[^\]]*\[`)},
	{"mingo-index", regexp.MustCompile(`\.\d+":`)},
	{"mingo-nested", regexp.MustCompile(`"\$(regex|elemMatch)"`)},
	{"mingo-document", regexp.MustCompile(`"\$[gl]te?": \{`)},
	{"mingo-no-documents", regexp.MustCompile(`[a-z0-9]\.[a-z]":`)},
}

// fits returns the first row whose pattern matches text, or "".
func fits(rows []filterRow, text string) string {
	if i := slices.IndexFunc(rows, func(r filterRow) bool { return r.pattern.MatchString(text) }); i >= 0 {
		return rows[i].name
	}
	return ""
}

// explained tests that every row explains a difference, and that docs/query.md has it.
func explained(t *testing.T, rows []filterRow, different map[string]int) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "docs", "query.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if different[r.name] == 0 || !strings.Contains(string(page), "`"+r.name+"`") {
			t.Errorf("%s explains %d differences; or docs/query.md does not explain it", r.name, different[r.name])
		}
	}
}

// mingoValues has values that JavaScript tells apart: it has one type of numbers.
var mingoValues = []any{
	0.0, 1.0, 2.0, -1.0, 1.5, 6.0, 1e300, math.Inf(1), "", "x", "y", "xy", "X\n", true, false, nil, bson.DateTime(0), bson.DateTime(-1),
}

func TestMingo(t *testing.T) {
	call := start(t, "node_modules/mingo", "node", "match.mjs")
	g := pairs.New(1)
	g.Scalars, g.Names = mingoValues, []string{"a", "a", "b", "c"}
	matches, different := 0, map[string]int{}
	for n := range filterPairs {
		doc := withoutRepeated(append(g.Document(3), bson.E{Key: "a", Value: g.Value(2)}))
		pair, err := bson.Marshal(bson.D{{Key: "filter", Value: g.Filter(doc, 2)}, {Key: "doc", Value: doc}})
		if err != nil {
			t.Fatal(err)
		}
		filter, raw := bson.Raw(bson.Raw(pair).Lookup("filter").Value), bson.Raw(bson.Raw(pair).Lookup("doc").Value)
		if repeats(filter) {
			continue // JavaScript keeps the last of equal keys
		}
		f, err := query.Compile(filter, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ours, err := f.Match(raw)
		if err != nil {
			t.Fatal(err)
		}
		if ours {
			matches++
		}
		theirs, err := call("match", string(pair))
		if err == nil && ours == (theirs == "\x01") {
			continue
		}
		text := filter.String()
		row := fits(mingoRows, text)
		if row == "" {
			t.Errorf("pair %d: %s\n%s\nours %v, theirs %q, %v", n, text, raw, ours, theirs, err)
			continue
		}
		different[row]++
	}
	explained(t, mingoRows, different)
	t.Logf("%d of %d pairs match; differences: %v", matches, filterPairs, different)
}

// withoutRepeated returns d with the first of equal keys, at every depth.
func withoutRepeated(d bson.D) bson.D {
	out := bson.D{}
	for _, e := range d {
		if !slices.ContainsFunc(out, func(o bson.E) bool { return o.Key == e.Key }) {
			out = append(out, bson.E{Key: e.Key, Value: withoutRepeatedIn(e.Value)})
		}
	}
	return out
}

func withoutRepeatedIn(v any) any {
	switch v := v.(type) {
	case bson.D:
		return withoutRepeated(v)
	case bson.A:
		out := bson.A{}
		for _, e := range v {
			out = append(out, withoutRepeatedIn(e))
		}
		return out
	}
	return v
}

// repeats reports whether a document of filter has a key twice.
func repeats(filter bson.Raw) bool {
	return bson.ValidateOptions{RejectDuplicateKeys: true}.Validate(filter) != nil
}
