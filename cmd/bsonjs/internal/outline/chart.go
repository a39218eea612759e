package outline

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// This file draws bars and histograms as SVG. A histogram is one path of SVG, because a
// page may have thousands of them.

// A chart is a histogram with cells of equal width.
type chart struct {
	title string
	cells []uint64         // numbers of values; at least two cells
	edge  func(int) string // the lower end of a cell, also of the one behind the last
	note  string           // "", or about values that are not in cells
}

// maxCells is the largest number of cells. There may be more buckets, and any number of
// empty ones between them.
const maxCells = 48

// spread puts the counts of buckets into cells. at has the places of the buckets, in
// order. Each cell has the same number of places: by.
func spread(at []float64, counts []uint64) (cells []uint64, by float64) {
	places := at[len(at)-1] - at[0] + 1
	by = math.Ceil(places / maxCells)
	cells = make([]uint64, int(math.Ceil(places/by)))
	for i, count := range counts {
		cell := min(int((at[i]-at[0])/by), len(cells)-1)
		cells[cell] += count
	}
	return cells, by
}

// charts returns the histograms of the values at p. One with a single cell shows nothing,
// and is left out.
func charts(p *schema.Path) []chart {
	var all []chart
	if p.Numbers != nil {
		all = append(all, numberChart(p.Numbers))
	}
	if p.Dates != nil {
		all = append(all, dateChart(p.Dates))
	}
	for _, s := range []struct {
		sizes *schema.Sizes
		title string
	}{{p.Strings, "Bytes of text"}, {p.Binaries, "Bytes of binaries"}, {p.Arrays, "Elements"}} {
		if s.sizes != nil {
			all = append(all, sizeChart(s.title, s.sizes))
		}
	}
	return slices.DeleteFunc(all, func(c chart) bool { return len(c.cells) < 2 })
}

func numberChart(n *schema.Numbers) chart {
	width := n.Width
	if n.Whole {
		width = max(width, 1)
	}
	var at []float64
	var counts []uint64
	beyond := uint64(0)
	for _, b := range n.Buckets {
		if math.Abs(b.Low) >= 0x1p1000 {
			beyond += b.Count
			continue
		}
		at, counts = append(at, b.Low/width), append(counts, b.Count)
	}
	if len(at) == 0 {
		return chart{}
	}
	cells, by := spread(at, counts)
	c := chart{title: "Numbers", cells: cells, edge: func(i int) string {
		return fmt.Sprintf("%.5g", (at[0]+float64(i)*by)*width)
	}}
	if beyond > 0 {
		c.note = plural(beyond, "number") + " beyond ±2¹⁰⁰⁰ left out"
	}
	return c
}

func dateChart(d *schema.Dates) chart {
	var at []float64
	var counts []uint64
	for _, m := range d.Months {
		at, counts = append(at, math.Floor(float64(m.Year*12+int64(m.Month)-1)/float64(m.Width))), append(counts, m.Count)
	}
	cells, by := spread(at, counts)
	width := d.Months[0].Width
	return chart{title: "Dates", cells: cells, edge: func(i int) string {
		months := int64(at[0]+float64(i)*by) * width
		year := int64(math.Floor(float64(months) / 12))
		if width > 1 {
			return strconv.FormatInt(year, 10)
		}
		return fmt.Sprintf("%04d-%02d", year, months-12*year+1)
	}}
}

func sizeChart(title string, s *schema.Sizes) chart {
	first := slices.IndexFunc(s.Powers, func(n uint64) bool { return n > 0 })
	return chart{title: title, cells: s.Powers[first:], edge: func(i int) string {
		if i += first; i > 0 {
			return grouped(1 << (i - 1))
		}
		return "0"
	}}
}

// svg returns c as a picture of the given class. The picture is stretched to its place.
func (c *chart) svg(class markup) markup {
	var w htmlWriter
	most := slices.Max(c.cells)
	width := markup(strconv.Itoa(10 * len(c.cells)))
	w.add(`<svg class="%s" width="%s" viewBox="0 0 %s 100" preserveAspectRatio="none" aria-hidden="true"><path d="`, class, width, width)
	for i, n := range c.cells {
		if n > 0 {
			// A cell with values can be seen, however few they are.
			height := 6 + int(94*float64(n)/float64(most))
			fmt.Fprintf(&w, "M%d 100v-%dh8v%dz", 10*i+1, height, height)
		}
	}
	w.add(`"/></svg>`)
	return markup(w.String())
}

// peak describes the highest cell.
func (c *chart) peak() string {
	most := slices.Max(c.cells)
	i := slices.Index(c.cells, most)
	return fmt.Sprintf("most: %s from %s to below %s", grouped(most), c.edge(i), c.edge(i+1))
}

// bar returns a bar for part of all.
func bar(class markup, part, all uint64) markup {
	var w htmlWriter
	w.add(`<svg class="%s" aria-hidden="true"><rect width="%s" height="100%%"/></svg>`, class, percent(part, all))
	return markup(w.String())
}

// percent returns part of all for an attribute of SVG.
func percent(part, all uint64) markup {
	return markup(fmt.Sprintf("%.2f%%", 100*float64(part)/float64(max(all, 1))))
}

// typeBar returns a bar with a section for each type of p.
func typeBar(p *schema.Path) markup {
	var w htmlWriter
	w.add(`<svg class="types" aria-hidden="true">`)
	from := uint64(0)
	for _, t := range p.Types {
		w.add(`<rect class="%s" x="%s" width="%s" height="100%%"/>`, typeClass(t.Type), percent(from, p.Count), percent(t.Count, p.Count))
		from += t.Count
	}
	w.add(`</svg>`)
	return markup(w.String())
}

// typeClass returns the class that has the colour of t.
func typeClass(t bson.Type) markup { return markup("t-" + t.String()) }
