package outline

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// This file writes a page of HTML. It is complete in itself, and its policy of contents
// allows no request.
//
//   - WriteHTML writes the page: the head, then its sections in order.
//   - header, findings, documents and spaces are the sections about all documents.
//   - tree has an entry for each path: a row with bars, which unfolds to a panel and to the
//     entries below it.
//   - markup.go escapes text, chart.go draws, problem.go finds remarkable paths.
//
// page.js adds the search, keys for the tree and links that unfold. Without it the page
// can be read and unfolded. A path has the id p and its number in the order of the page.

// Inputs are what a page says about its inputs, besides the schema of their documents.
type Inputs struct {
	Spaces            []Space
	Smallest, Largest string // places of documents, for people
	Missing           Missing
}

// A Missing tells what the inputs have and the schema has not.
type Missing struct {
	Documents int64 // that were rejected
	Strays    int64 // faults between documents
	Any       bool  // something is missing, also if it cannot be counted, such as an input
}

// A Space is an input, or a namespace of an input.
type Space struct {
	Input, Namespace string // Namespace is "" if the input has none
	Documents, Bytes int64
}

//go:embed page.css
var style string

//go:embed page.js
var script string

// policy allows the style and the script of the page by their hashes, the icon, and nothing
// else.
var policy = markup("default-src 'none'; style-src 'sha256-" + digest(style) + "'; script-src 'sha256-" + digest(script) +
	"'; img-src data:; base-uri 'none'; form-action 'none'")

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// WriteHTML writes a page about s and the inputs of its documents.
func WriteHTML(to io.Writer, s *schema.Schema, in Inputs) error {
	w := &page{schema: s, root: s.Root(), in: in, ids: map[*schema.Path]markup{}}
	w.number(w.root)
	title := "Schema of " + in.title()
	w.add(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%s">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>%s</title>
<link rel="icon" href="data:image/svg+xml,%%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%%3E%%3Cpath fill='%%232563eb' d='M1 2h9v3H1zM4 7h11v3H4zM4 12h7v3H4z'/%%3E%%3C/svg%%3E">
<style>%s</style>
</head>
<body>
`, policy, title, markup(style))
	// A pattern that marks null besides its colour.
	w.add(`<svg width="0" height="0" class="defs" aria-hidden="true"><defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="4"/></pattern></defs></svg>
`)
	w.header(title)
	w.add("<main>\n")
	if s.Documents() > 0 {
		w.findings()
		w.documents()
		w.spaces()
		w.tree()
	}
	w.add("</main>\n<footer>Written by bsonjs schema. Sizes are bytes of BSON.</footer>\n<script>%s</script>\n</body>\n</html>\n", markup(script))
	_, err := to.Write(w.Bytes())
	return err
}

// title names the inputs.
func (in *Inputs) title() string {
	var names []string
	for _, s := range in.Spaces {
		if !slices.Contains(names, s.Input) {
			names = append(names, s.Input)
		}
	}
	switch n := len(names); {
	case n == 0:
		return "no documents"
	case n > 3:
		return names[0] + " and " + strconv.Itoa(n-1) + " other inputs"
	}
	return strings.Join(names, ", ")
}

// A page is the state of WriteHTML.
type page struct {
	htmlWriter
	schema *schema.Schema
	root   *schema.Path
	in     Inputs
	paths  []*schema.Path // below root, in order
	ids    map[*schema.Path]markup
}

// number gives ids to the paths below p.
func (w *page) number(p *schema.Path) {
	for _, kid := range p.Children {
		w.paths = append(w.paths, kid)
		w.ids[kid] = markup("p" + strconv.Itoa(len(w.paths)))
		w.number(kid)
	}
}

// header writes the title and the numbers of all documents.
func (w *page) header(title string) {
	s := w.schema
	w.add("<header>\n<h1>%s</h1>\n<dl class=\"tiles\">\n", title)
	tile := func(name, value, note string) {
		w.add("<div><dt>%s</dt><dd><b>%s</b>", name, value)
		if note != "" {
			w.add("<small>%s</small>", note)
		}
		w.add("</dd></div>\n")
	}
	tile("Documents", grouped(s.Documents()), "")
	exact := grouped(s.Bytes()) + " bytes"
	if exact == byteText(float64(s.Bytes())) {
		exact = ""
	}
	tile("Bytes", byteText(float64(s.Bytes())), exact)
	if sizes := s.Sizes(); sizes != nil {
		tile("Smallest document", byteText(float64(sizes.Min)), w.in.Smallest)
		tile("Mean document", byteText(math.Round(sizes.Mean())), "")
		tile("Largest document", byteText(float64(sizes.Max)), w.in.Largest)
		tile("Paths", grouped(uint64(len(w.paths))), "")
	}
	w.add("</dl>\n")
	w.leftOut()
	if lacks(w.root) {
		w.add(`<p class="partial"><b>This page is partial.</b> There are more paths than are kept, or values that are nested too deep. The facts about the paths on this page are complete. To keep more paths, raise <code>--max-paths</code>.</p>` + "\n")
	}
	w.add("</header>\n")
}

// leftOut tells that something of the inputs is missing.
func (w *page) leftOut() {
	m := w.in.Missing
	if !m.Any {
		return
	}
	var parts []string
	if m.Documents > 0 {
		parts = append(parts, plural(uint64(m.Documents), "rejected document"))
	}
	if m.Strays > 0 {
		parts = append(parts, "the bytes at "+plural(uint64(m.Strays), "fault")+" between documents")
	}
	if len(parts) == 0 {
		parts = []string{"an input, or the rest of it"}
	}
	w.add(`<p class="partial"><b>The inputs have faults.</b> This page leaves out %s. The messages of the run tell where.</p>`+"\n", strings.Join(parts, " and "))
}

// shownFindings is the number of findings of a kind that are not folded.
const shownFindings = 6

// findings writes the remarkable paths.
func (w *page) findings() {
	similar := similarKeys(w.root)
	w.add(`<section class="card" aria-labelledby="findings"><h2 id="findings">Worth a look</h2>
<div class="findings">
`)
	none := true
	for _, kind := range problems {
		var items []markup
		for _, p := range w.paths {
			if reason := kind.find(p, similar); reason != "" {
				var item htmlWriter
				item.add(`<li><a href="#%s"><code>%s</code></a> <span>%s</span></li>`+"\n", w.ids[p], shortPath(p), reason)
				items = append(items, markup(item.String()))
			}
		}
		if len(items) == 0 {
			continue
		}
		none = false
		w.add(`<div><h3>%s <span class="count">%s</span></h3><p>%s</p>`+"\n<ul>\n", kind.title, len(items), kind.about)
		shown := min(shownFindings, len(items))
		w.items(items[:shown])
		w.add("</ul>\n")
		if rest := items[shown:]; len(rest) > 0 {
			w.add("<details class=\"more\"><summary>%s more</summary><ul>\n", len(rest))
			w.items(rest)
			w.add("</ul></details>\n")
		}
		w.add("</div>\n")
	}
	if none {
		w.add("<p>Nothing unusual: no mixed types, no rare fields, no odd keys.</p>\n")
	}
	w.add("</div></section>\n")
}

func (w *page) items(items []markup) {
	for _, item := range items {
		w.add("%s", item)
	}
}

// documents writes the sizes, depths and types of all documents.
func (w *page) documents() {
	w.add(`<section class="card" aria-labelledby="documents"><h2 id="documents">Documents</h2>
<div class="thirds">
`)
	sizes := sizeChart("", w.schema.Sizes())
	w.histogram("Size", "bytes", sizes.cells, func(i int) string {
		low, high := sizes.edge(i), sizes.edge(i+1)
		return low + " – below " + high
	})
	w.histogram("Depth", "levels", w.schema.Depths(), func(i int) string {
		if i++; i < 33 {
			return strconv.Itoa(i)
		}
		return "33 and more"
	})
	w.allTypes()
	w.add("</div></section>\n")
}

// histogram writes a table with a bar for each count that is not zero.
func (w *page) histogram(title, unit string, counts []uint64, name func(int) string) {
	w.add(`<table class="bars"><caption>%s</caption><thead><tr><th scope="col">%s</th><th scope="col" class="n">documents</th><td></td></tr></thead><tbody>`+"\n", title, unit)
	for i, n := range counts {
		if n > 0 {
			w.add(`<tr><th scope="row">%s</th><td>%s</td><td>%s</td></tr>`+"\n", name(i), n, bar("bar", n, slices.Max(counts)))
		}
	}
	w.add("</tbody></table>\n")
}

// allTypes writes the types of all values. It is also the key to the colours.
func (w *page) allTypes() {
	counts := map[bson.Type]uint64{}
	all := uint64(0)
	for _, p := range w.paths {
		for _, t := range p.Types {
			counts[t.Type] += t.Count
			all += t.Count
		}
	}
	var list []schema.TypeCount
	for t, n := range counts {
		list = append(list, schema.TypeCount{Type: t, Count: n})
	}
	slices.SortFunc(list, func(a, b schema.TypeCount) int {
		if a.Count != b.Count {
			return map[bool]int{true: -1, false: 1}[a.Count > b.Count]
		}
		return int(a.Type) - int(b.Type)
	})
	if len(list) == 0 {
		return
	}
	w.add(`<table class="bars"><caption>Types</caption><thead><tr><th scope="col">type</th><th scope="col" class="n">values</th><td></td></tr></thead><tbody>` + "\n")
	for _, t := range list {
		w.add(`<tr><th scope="row">%s%s</th><td>%s</td><td>%s</td></tr>`+"\n", chip(t.Type), t.Type.String(), t.Count, bar("bar "+typeClass(t.Type), t.Count, list[0].Count))
	}
	w.add("</tbody></table>\n")
}

// chip returns a small square in the colour of t.
func chip(t bson.Type) markup {
	return `<svg class="chip" aria-hidden="true"><rect class="` + typeClass(t) + `" width="100%" height="100%"/></svg>`
}

// spaces writes the inputs and namespaces, if there are several.
func (w *page) spaces() {
	list := w.in.Spaces
	if len(list) == 0 || len(list) == 1 && list[0].Namespace == "" {
		return
	}
	inputs := slices.ContainsFunc(list, func(s Space) bool { return s.Input != list[0].Input })
	names := slices.ContainsFunc(list, func(s Space) bool { return s.Namespace != "" })
	most := int64(0)
	for _, s := range list {
		most = max(most, s.Bytes)
	}
	w.add(`<section class="card" aria-labelledby="spaces"><h2 id="spaces">Inputs and namespaces</h2>
<p class="hint">The rest of this page describes them together. <code>--ns DB.COLLECTION</code> selects one.</p>
<table class="bars spaces"><thead><tr>`)
	if inputs {
		w.add(`<th scope="col">input</th>`)
	}
	if names {
		w.add(`<th scope="col">namespace</th>`)
	}
	w.add(`<th scope="col" class="n">documents</th><th scope="col" class="n">bytes</th><td></td></tr></thead><tbody>` + "\n")
	for _, s := range list {
		w.add("<tr>")
		if inputs {
			w.add(`<th scope="row">%s</th>`, s.Input)
		}
		if names {
			w.add(`<th scope="row">%s</th>`, s.Namespace)
		}
		w.add("<td>%s</td><td>%s</td><td>%s</td></tr>\n", uint64(s.Documents), uint64(s.Bytes), bar("bar", uint64(s.Bytes), uint64(most)))
	}
	w.add("</tbody></table></section>\n")
}

// openPaths is the largest number of paths of a page that shows them all at once.
const openPaths = 150

// tree writes the search and the paths.
func (w *page) tree() {
	w.add(`<section class="card" aria-labelledby="paths"><h2 id="paths">Paths</h2>
<form class="search" role="search" hidden><label for="search">Search paths</label><input id="search" type="search" autocomplete="off" spellcheck="false" aria-describedby="hits" placeholder="a part of a path; press / to come here"><output id="hits" role="status"></output>
<button type="button" id="unfold">Unfold all</button><button type="button" id="fold">Fold all</button></form>
<noscript><p>Use the search of the browser. It also finds folded rows.</p></noscript>
<p class="hint"><code>a.b</code> is a field of a document, <code>[]</code> are all elements of an array, <code>*</code> are all keys that look like data. A row unfolds.</p>
<div class="head" aria-hidden="true"><span>path</span><span>present</span><span>types</span><span>values</span></div>
`)
	w.kids(w.root)
	w.add("</section>\n")
}

func (w *page) kids(p *schema.Path) {
	if len(p.Children) == 0 {
		return
	}
	class := markup("")
	if p == w.root {
		class = ` class="tree"`
	}
	w.add("<ul%s>\n", class)
	for _, kid := range p.Children {
		w.entry(kid)
	}
	w.add("</ul>\n")
}

// entry writes p and the paths below it.
func (w *page) entry(p *schema.Path) {
	open := markup("")
	if len(p.Children) > 0 && len(w.paths) <= openPaths {
		open = " open"
	}
	w.add(`<li id="%s"><details%s><summary>`, w.ids[p], open)
	w.add(`<span class="path"><code>%s</code>%s</span>`, keyText(p), w.badges(p))
	w.add(`<span class="present"><span>%s</span>%s</span>`, share(p.Present, p.Parents), bar("bar", p.Present, p.Parents))
	w.add(`<span class="type"><span>%s</span>%s</span>`, strings.TrimPrefix(types(p), "! "), typeBar(p))
	w.add(`<span class="values">`)
	if all := charts(p); len(all) > 0 {
		w.add("%s", all[0].svg("spark"))
	}
	w.add("<span>%s</span></span></summary>\n", values(p))
	if len(p.Children) > 0 {
		w.add(`<details class="own"><summary>more about <code>%s</code></summary>`, keyText(p))
		w.panel(p)
		w.add("</details>\n")
	} else {
		w.panel(p)
	}
	w.kids(p)
	w.add("</details></li>\n")
}

// keyText returns the last part of p. A key with a blank at an end is quoted.
func keyText(p *schema.Path) string {
	if p.Kind == schema.Field && strings.TrimSpace(p.Key) != p.Key {
		return strconv.Quote(p.Key)
	}
	full := p.String()
	if above := p.Parent.String(); above != "" {
		full = strings.TrimPrefix(full[len(above):], ".")
	}
	return full
}

// maxPathText is the length of a path in a list, in characters.
const maxPathText = 80

// shortPath returns p without its middle, if it is long.
func shortPath(p *schema.Path) string {
	if p.Parent.Parent == nil {
		return keyText(p)
	}
	text := []rune(p.String())
	if len(text) <= maxPathText {
		return string(text)
	}
	return string(text[:maxPathText/2]) + "…" + string(text[len(text)-maxPathText/2:])
}

// badges returns the marks of p.
func (w *page) badges(p *schema.Path) markup {
	var b htmlWriter
	if p.Mixed() {
		b.add(` <em class="warn">mixed</em>`)
	}
	if p.Lost > 0 || p.Deep {
		b.add(` <em class="warn">partial</em>`)
	}
	return markup(b.String())
}

// panel writes everything that is known of p.
func (w *page) panel(p *schema.Path) {
	w.add(`<div class="panel"><dl>`)
	fact := func(name string, value string) { w.add("<dt>%s</dt><dd>%s</dd>", name, value) }
	w.add(`<dt>path</dt><dd><code>%s</code></dd>`, p.String())
	fact("values", grouped(p.Count))
	fact("present", w.present(p))
	fact("first", "in document "+grouped(uint64(max(p.First, 0))))
	if n := p.Numbers; n != nil {
		numberFacts(n, fact)
	}
	if d := p.Dates; d != nil {
		fact("earliest", instant(d.Min))
		fact("latest", instant(d.Max))
	}
	for _, s := range []struct {
		name  string
		sizes *schema.Sizes
	}{{"bytes of text", p.Strings}, {"bytes of binaries", p.Binaries}, {"elements", p.Arrays}} {
		if s.sizes != nil {
			fact(s.name, fmt.Sprintf("%s … %s, mean %.6g", grouped(s.sizes.Min), grouped(s.sizes.Max), s.sizes.Mean()))
		}
	}
	if p.Scalars > 0 {
		about := ""
		if !p.Exact {
			about = "about "
		}
		fact("different", about+grouped(p.Distinct)+map[bool]string{true: "", false: " (standard error 2.3 %)"}[p.Exact])
		fact("unique", p.Unique.String())
	}
	w.add("</dl>")
	w.typeTable(p)
	for _, c := range charts(p) {
		w.figure(&c)
	}
	w.valueTable(p)
	w.add("</div>\n")
}

// present tells where p is.
func (w *page) present(p *schema.Path) string {
	around := "documents"
	if p.Kind == schema.Element {
		around = "arrays"
	}
	text := fmt.Sprintf("in %s of %s %s", grouped(p.Present), grouped(p.Parents), around)
	if p.Parent != w.root {
		text += " around it; in " + plural(p.Documents, "document") + " in all"
	}
	return text
}

// numberFacts tells the facts about n.
func numberFacts(n *schema.Numbers, fact func(name, value string)) {
	if n.Count > 0 {
		fact("smallest", text(n.Min, maxLongText))
		fact("largest", text(n.Max, maxLongText))
	}
	if n.Sum != nil {
		fact("mean", fmt.Sprintf("%.9g", n.Mean))
		sum := n.Sum.RatString()
		if !n.Sum.IsInt() || len(sum) > 30 {
			f, _ := n.Sum.Float64()
			sum = fmt.Sprintf("%.15g", f)
		}
		fact("sum", sum)
	}
	if n.Count > 0 && n.Whole {
		fact("whole", "all are whole numbers")
	}
	if n.NotFinite > 0 {
		fact("not finite", plural(n.NotFinite, "NaN or infinity"))
	}
}

// instant returns d to the millisecond.
func instant(d bson.DateTime) string {
	t := d.Time().UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return date(d)
	}
	return t.Format(time.RFC3339Nano)
}

// typeTable writes the types of p if there are several.
func (w *page) typeTable(p *schema.Path) {
	if len(p.Types) < 2 {
		return
	}
	w.add(`<table><caption>Types</caption><tbody>`)
	for _, t := range p.Types {
		w.add(`<tr><th scope="row">%s%s</th><td>%s</td><td>%s</td></tr>`, chip(t.Type), t.Type.String(), t.Count, share(t.Count, p.Count))
	}
	w.add("</tbody></table>")
}

// figure writes c with its ends and its highest cell.
func (w *page) figure(c *chart) {
	w.add(`<figure><figcaption>%s <span>%s</span></figcaption>%s<p><span>%s</span><span>%s</span></p>`,
		c.title, c.peak(), c.svg("chart"), c.edge(0), c.edge(len(c.cells)))
	if c.note != "" {
		w.add("<p>%s</p>", c.note)
	}
	w.add("</figure>")
}

// valueRows is the largest number of values in the panel of a path, valueBudget that in
// all panels, and fewValues the smallest for a path.
const (
	valueRows   = 12
	valueBudget = 12_000
	fewValues   = 3
)

// valueTable writes the most frequent values of p, or a sample.
func (w *page) valueTable(p *schema.Path) {
	shown := min(len(p.Values), max(fewValues, min(valueRows, valueBudget/len(w.paths))))
	if shown == 0 {
		return
	}
	title := "All values"
	switch {
	case !p.All:
		title = "A sample of the values"
	case shown < len(p.Values):
		title = "The most frequent values"
	}
	class := markup("bars")
	if !p.All {
		class = "sample" // its numbers are not shares of all values
	}
	w.add(`<table class="%s"><caption>%s</caption><tbody>`, class, title)
	for _, v := range p.Values[:shown] {
		kind := markup("")
		if len(p.Types) > 1 {
			kind = `<small>` + escape(v.Value.Type.String()) + `</small>`
		}
		w.add(`<tr><th scope="row"><code>%s</code>%s</th><td>%s</td>`, value(v, maxLongText), kind, v.Count)
		if p.All {
			w.add("<td>%s</td>", bar("bar", v.Count, p.Scalars))
		}
		w.add("</tr>")
	}
	w.add("</tbody>")
	if rest := len(p.Values) - shown; rest > 0 {
		w.add(`<tfoot><tr><td colspan="3">%s more in <code>--as json</code></td></tr></tfoot>`, rest)
	}
	w.add("</table>")
}
