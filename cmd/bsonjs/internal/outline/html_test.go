package outline

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/internal/sample"
)

var update = flag.Bool("update", false, "rewrite the pages in testdata")

// pageOf returns the body of the page of s, without the script.
func pageOf(t *testing.T, s *schema.Schema, in Inputs) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, s, in); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if !strings.HasPrefix(text, "<!DOCTYPE html>\n") || !strings.HasSuffix(text, "</script>\n</body>\n</html>\n") {
		t.Fatal("the page has no start or no end")
	}
	if n := strings.Count(text, "<script"); n != 1 {
		t.Fatalf("%d scripts", n)
	}
	_, body, _ := strings.Cut(text, "<body>\n")
	body, _, _ = strings.Cut(body, "<script>")
	return body
}

// The body of the page of small documents is that of testdata.
func TestPage(t *testing.T) {
	for _, tc := range []struct {
		name string
		docs []string
		in   Inputs
	}{
		{"empty", nil, Inputs{}},
		{"faults", nil, Inputs{Missing: Missing{1200, 1, true}}},
		{"small", []string{
			`{"_id":1,"n":{"$numberDouble":"2.0"},"s":"a","mixed":1,"d":{"$date":"2020-01-02T00:00:00Z"},"a":[1,"x"],"userId":true}`,
			`{"_id":2,"n":7,"s":"a","mixed":"1","d":{"$date":"2021-03-04T00:00:00Z"},"a":[],"user_id":true,"only":{"x":null}}`,
			`{"_id":3,"n":7,"s":"bcd","mixed":null,"user_id":true,"d":{"$date":{"$numberLong":"9007199254740993"}}}`,
		}, Inputs{Spaces: []Space{{"dump", "shop.a", 2, 200}, {"dump", "shop.b", 1, 29}}, Smallest: "document 3", Largest: "document 2"}},
	} {
		got := pageOf(t, schemaOf(t, tc.docs...), tc.in)
		name := filepath.Join("testdata", tc.name+".html")
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s, rewrite it by -update (-want +got):\n%s", tc.name, diff)
		}
	}
}

// hostile are texts that a page must not take for a part of itself.
var hostile = []string{
	`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onfocus='alert(1)' autofocus='`, `</style><style>*{}`,
	`<!--`, `-->`, `]]>`, `<![CDATA[`, `&lt;b&gt;`, `&#60;b&#62;`, `javascript:alert(1)`, `{{.}}`, `${1}`, "`", `\u003cb\u003e`, `%s%!(EXTRA`,
	"a\u2028b\u2029c", "a\u202eb\u2066c\u200f", "\x01\x1b[31m\x7f\u0085", "a\tb\nc\r\n", "\ufeffa\u200bb\u00ad", "\ufffe", strings.Repeat("<", 120), " ", "",
}

// tag is the grammar of all tags of a page: names and attributes of a fixed set, values in
// double quotes.
var tag = regexp.MustCompile(`^</?(a|b|button|caption|code|dd|defs|details|div|dl|dt|em|figcaption|figure|footer|form|h1|h2|h3|header|input|label|li|main|noscript|output|p|path|pattern|rect|section|small|span|summary|svg|table|tbody|td|tfoot|th|thead|tr|ul)` +
	`( (aria-describedby|aria-hidden|aria-labelledby|autocomplete|class|colspan|d|for|height|href|id|patternTransform|patternUnits|placeholder|preserveAspectRatio|role|scope|spellcheck|type|viewBox|width|x)="[^"<>&]*"| hidden| open)*/?>$`)

// A page has only the tags of its own, whatever the documents and the names of inputs are,
// and no character that is not printed.
func TestEscaping(t *testing.T) {
	s := schema.New(schema.Options{})
	for i, text := range hostile {
		doc := bson.D{
			{Key: strings.ReplaceAll(text, "\x00", ""), Value: text},
			{Key: "in", Value: bson.D{{Key: text, Value: bson.A{text, int32(i)}}}},
			{Key: "values", Value: text},
			{Key: "code", Value: bson.CodeWithScope{Code: bson.Code(text), Scope: bson.D{{Key: text, Value: text}}}},
			{Key: "regex", Value: bson.Regex{Pattern: text, Options: "i"}},
			{Key: "binary", Value: bson.Binary{Data: []byte(text)}},
			{Key: "symbol", Value: bson.Symbol(text)},
		}
		data, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(data); err != nil {
			t.Fatal(err)
		}
	}
	for _, doc := range sample.Documents(sample.Wild, 3, 300) {
		if err := s.Add(doc); err != nil {
			t.Fatal(err)
		}
	}
	var spaces []Space
	for _, text := range append(hostile, "\xff<\xc0\xaf") {
		spaces = append(spaces, Space{text, text, 1, 1})
	}
	for _, in := range []Inputs{{Spaces: spaces, Smallest: hostile[0], Largest: hostile[1]}, {Spaces: spaces[:1]}, {Spaces: spaces[len(spaces)-1:]}} {
		body := pageOf(t, s, in)
		for _, r := range body {
			if r != '\n' && !oneline.Printable(r) {
				t.Fatalf("the page has %q", r)
			}
		}
		checkTags(t, body)
		for _, text := range hostile[:3] {
			if !strings.Contains(body, string(escape(text))) {
				t.Errorf("%s is not shown", text)
			}
		}
	}
}

// checkTags fails the test unless body consists of tags, and text without characters that
// could begin one.
func checkTags(t *testing.T, body string) {
	t.Helper()
	var open []string
	for body != "" {
		at := strings.IndexByte(body, '<')
		if at < 0 {
			at = len(body)
		}
		if strings.ContainsAny(body[:at], `>"'`) {
			t.Fatalf("text is not escaped: %.200q", body[:at])
		}
		if body = body[at:]; body == "" {
			break
		}
		end := strings.IndexByte(body, '>') + 1
		found := tag.FindStringSubmatch(body[:end])
		if found == nil {
			t.Fatalf("a strange tag: %.200q", body)
		}
		switch name := found[1]; {
		case strings.HasSuffix(body[:end], "/>"), name == "input":
		case body[1] != '/':
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("%v are open at %.200q", open, body)
		default:
			open = open[:len(open)-1]
		}
		body = body[end:]
	}
	if len(open) > 0 {
		t.Errorf("%v are not closed", open)
	}
}

// jsonPath has what the JSON of a path says and a page says too.
type jsonPath struct {
	Path, Kind, Unique                 string
	Count, Present, Parents, Documents uint64
	First, Scalars, Distinct           uint64
	Exact, All                         bool
	Types                              map[string]uint64
	Numbers                            *struct{ Count, NotFinite uint64 }
	Strings, Binaries, Arrays          *struct{ Min, Max uint64 }
	Values                             []struct{ Count uint64 }
}

// facts returns the figures of p as a page writes them, without commas.
func (p *jsonPath) facts() map[string]string {
	facts := map[string]string{
		"path":    oneline.Escape(p.Path),
		"values":  fmt.Sprint(p.Count),
		"present": fmt.Sprintf("in %d of %d %s", p.Present, p.Parents, map[bool]string{true: "arrays", false: "documents"}[p.Kind == "element"]),
		"first":   fmt.Sprint("in document ", p.First),
	}
	if p.Numbers != nil && p.Numbers.NotFinite > 0 {
		facts["not finite"] = fmt.Sprint(p.Numbers.NotFinite)
	}
	for name, sizes := range map[string]*struct{ Min, Max uint64 }{"bytes of text": p.Strings, "bytes of binaries": p.Binaries, "elements": p.Arrays} {
		if sizes != nil {
			facts[name] = fmt.Sprintf("%d … %d", sizes.Min, sizes.Max)
		}
	}
	if p.Scalars > 0 {
		facts["different"] = map[bool]string{true: "", false: "about "}[p.Exact] + fmt.Sprint(p.Distinct)
		facts["unique"] = p.Unique
	}
	if len(p.Types) > 1 {
		for name, n := range p.Types {
			facts["type "+name] = fmt.Sprint(n)
		}
	}
	return facts
}

// The parts of a page that have figures.
var (
	entryStart = regexp.MustCompile(`<li id="p\d+">`)
	factOf     = regexp.MustCompile(`<dt>([^<]*)</dt><dd>(?:<code>)?([^<]*)`)
	typeOf     = regexp.MustCompile(`</svg>(\w+)</th><td>([\d,]+)</td><td>[\d.]+%</td>`)
	valueOf    = regexp.MustCompile(`</th><td>([\d,]+)</td>(?:<td><svg class="bar"|</tr>)`)
	tileOf     = regexp.MustCompile(`<dt>([^<]*)</dt><dd><b>([^<]*)</b>`)
)

// shownFacts returns the figures of an entry of a page that facts returns too.
func shownFacts(entry string) map[string]string {
	facts := map[string]string{}
	for _, m := range factOf.FindAllStringSubmatch(entry, -1) {
		name, text := m[1], html.UnescapeString(m[2])
		switch name {
		case "path":
			facts[name] = text
			continue
		case "values", "first", "unique":
		case "present":
			text, _, _ = strings.Cut(text, " around it")
		case "not finite":
			text, _, _ = strings.Cut(text, " NaN")
		case "bytes of text", "bytes of binaries", "elements":
			text, _, _ = strings.Cut(text, ", mean")
		case "different":
			text, _, _ = strings.Cut(text, " (")
		default:
			continue
		}
		facts[name] = strings.ReplaceAll(text, ",", "")
	}
	for _, m := range typeOf.FindAllStringSubmatch(entry, -1) {
		facts["type "+m[1]] = strings.ReplaceAll(m[2], ",", "")
	}
	return facts
}

// The figures of a page are those of the JSON.
func TestPageAgreesWithJSON(t *testing.T) {
	for _, tc := range []struct {
		mix sample.Mix
		o   schema.Options
	}{
		{sample.Wild, schema.Options{}},
		{sample.Collection, schema.Options{}},
		{sample.Collection, schema.Options{MaxHashes: 16, MaxPaths: 40}},
		{sample.Bench, schema.Options{MaxLevels: 2}},
	} {
		s := schema.New(tc.o)
		for _, doc := range sample.Documents(tc.mix, 9, 1500) {
			if err := s.Add(doc); err != nil {
				t.Fatal(err)
			}
		}
		var want struct {
			Documents uint64
			Complete  bool
			Paths     []jsonPath
		}
		if err := json.Unmarshal(s.AppendJSON(nil), &want); err != nil {
			t.Fatal(err)
		}
		body := pageOf(t, s, Inputs{})
		tiles := map[string]string{}
		for _, m := range tileOf.FindAllStringSubmatch(body, -1) {
			tiles[m[1]] = strings.ReplaceAll(m[2], ",", "")
		}
		if tiles["Documents"] != fmt.Sprint(want.Documents) || tiles["Paths"] != fmt.Sprint(len(want.Paths)) {
			t.Errorf("%v: %v documents and %v paths, want %d and %d", tc, tiles["Documents"], tiles["Paths"], want.Documents, len(want.Paths))
		}
		if partial := strings.Contains(body, "This page is partial"); partial == want.Complete {
			t.Errorf("%v: partial is %v, but complete is %v", tc, partial, want.Complete)
		}
		entries := entryStart.Split(body, -1)[1:]
		if len(entries) != len(want.Paths) {
			t.Fatalf("%v: %d entries, want %d", tc, len(entries), len(want.Paths))
		}
		for i, entry := range entries {
			if diff := cmp.Diff(want.Paths[i].facts(), shownFacts(entry)); diff != "" {
				t.Fatalf("%v, path %d (-want +got):\n%s", tc, i+1, diff)
			}
			for j, m := range valueOf.FindAllStringSubmatch(entry, -1) {
				if got, want := strings.ReplaceAll(m[1], ",", ""), fmt.Sprint(want.Paths[i].Values[j].Count); got != want {
					t.Errorf("%v, path %d: value %d is there %s times, want %s", tc, i+1, j+1, got, want)
				}
			}
		}
	}
}

// Every kind of problem is found, with a link to a path of the page.
func TestProblems(t *testing.T) {
	var docs []string
	for i := range 300 {
		doc := fmt.Sprintf(`"i":%d,"s":"x%d","keys":{"%d":1}`, i, i, i)
		if i != 7 {
			doc += `,"usual":1`
		}
		docs = append(docs, "{"+doc+"}")
	}
	docs = append(docs,
		`{"i":1,"usual":1,"keys":{},"i2":{"$numberDouble":"NaN"},"a b":1,"A_b":1,"$x":1,"":1," y":1,"z\u200b":1,"s":7,"none":null,"p.q":1}`,
		`{"i":1,"usual":1,"keys":{},"i2":{"deep":{"deeper":1}}}`)
	s := schema.New(schema.Options{MaxHashes: 400, MaxLevels: 2})
	for _, text := range docs {
		addJSON(t, s, text)
	}
	twice, err := bson.Marshal(bson.D{{Key: "i", Value: int32(1)}, {Key: "i", Value: int32(2)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(twice); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	root := s.Root()
	w := &page{ids: map[*schema.Path]markup{}}
	w.number(root)
	similar := similarKeys(root)
	for _, kind := range problems {
		for _, p := range w.paths {
			if reason := kind.find(p, similar); reason != "" {
				got[kind.title] = append(got[kind.title], keyText(p)+": "+reason)
			}
		}
	}
	delete(got, "Rare fields")
	want := map[string][]string{
		"Mixed types":              {"s: string 99.7%, int 0.3%", "i2: double 50.0%, object 50.0%"},
		"Repeated keys":            {"i: 1 further value"},
		"Similar keys":             {"a b: like A_b", "A_b: like a b"},
		"Odd keys":                 {"$x: starts with $", `"": empty`, `" y": blank at an end`, "z\u200b: invisible character", `"p.q": contains a dot`},
		"Keys that look like data": {"*: 300 values"},
		"Almost always present":    {"s: missing in 2 of 303", "keys: missing in 1 of 303", "usual: missing in 2 of 303"},
		"Only null":                {"none: 1 value"},
		"NaN and infinities":       {"i2: 1 value"},
		"Missing paths":            {"deep: nested too deep"},
		"Estimates":                {"i: about 304 different of 304", "s: about 297 different of 301"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, link := range regexp.MustCompile(`href="#(p\d+)"`).FindAllStringSubmatch(pageOf(t, s, Inputs{}), -1) {
		if !strings.Contains(pageOf(t, s, Inputs{}), `<li id="`+link[1]+`"`) {
			t.Errorf("a link to %s, which is missing", link[1])
		}
	}
}

// Buckets become cells of the same number of places each.
func TestSpread(t *testing.T) {
	for _, tc := range []struct {
		at     []float64
		counts []uint64
		cells  []uint64
		by     float64
	}{
		{[]float64{5}, []uint64{3}, []uint64{3}, 1},
		{[]float64{-1, 1, 2}, []uint64{3, 4, 5}, []uint64{3, 0, 4, 5}, 1},
		{[]float64{0, 1, 95}, []uint64{1, 2, 3}, append(append([]uint64{3}, make([]uint64, 46)...), 3), 2},
	} {
		cells, by := spread(tc.at, tc.counts)
		if diff := cmp.Diff(tc.cells, cells); diff != "" || by != tc.by {
			t.Errorf("%v: %g places in a cell, want %g (-want +got):\n%s", tc.at, by, tc.by, diff)
		}
	}
	// Far places: nothing is lost.
	cells, _ := spread([]float64{-0x1p1020, 0, 0x1p1020}, []uint64{1, 2, 3})
	if sum := cells[0] + cells[len(cells)-1]; len(cells) > maxCells || sum != 4 {
		t.Errorf("%v", cells)
	}
}

// Numbers, dates and sizes have the ends of their cells.
func TestCharts(t *testing.T) {
	s := schemaOf(t, `{"n":-3,"d":{"$date":"2020-11-02T00:00:00Z"},"s":"","a":[1,2]}`,
		`{"n":{"$numberDouble":"1e305"},"d":{"$date":"2021-02-02T00:00:00Z"},"s":"abcd","a":[]}`, `{"n":4}`, `{"n":4,"d":{"$date":"2021-02-02T00:00:00Z"}}`)
	var got []string
	for p := range s.Paths() {
		for _, c := range charts(p) {
			got = append(got, fmt.Sprintf("%s %s %v %s to %s, %s %s", p, c.title, c.cells, c.edge(0), c.edge(len(c.cells)), c.peak(), c.note))
		}
	}
	want := []string{
		"n Numbers [1 0 0 0 0 0 0 2] -3 to 5, most: 2 from 4 to below 5 1 number beyond ±2¹⁰⁰⁰ left out",
		"d Dates [1 0 0 2] 2020-11 to 2021-03, most: 2 from 2021-02 to below 2021-03 ",
		"s Bytes of text [1 0 0 1] 0 to 8, most: 1 from 0 to below 1 ",
		"a Elements [1 0 1] 0 to 4, most: 1 from 0 to below 1 ",
		"a[] Numbers [1 1] 1 to 3, most: 1 from 1 to below 2 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Numbers are easy to read.
func TestUnits(t *testing.T) {
	var got []string
	for _, n := range []uint64{0, 1, 999, 1000, 1023, 1024, 123456, 1 << 30, 1<<64 - 1} {
		got = append(got, grouped(n)+" "+byteText(float64(n))+" "+plural(n, "value"))
	}
	want := []string{
		"0 0 bytes 0 values", "1 1 bytes 1 value", "999 999 bytes 999 values", "1,000 1,000 bytes 1,000 values",
		"1,023 1,023 bytes 1,023 values", "1,024 1 KiB 1,024 values", "123,456 121 KiB 123,456 values",
		"1,073,741,824 1 GiB 1,073,741,824 values", "18,446,744,073,709,551,615 16 EiB 18,446,744,073,709,551,615 values",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
