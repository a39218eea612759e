package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// This file draws plots. A plot has a panel per task, a line per rival and a dot
// per set of documents. The axis is logarithmic, with a mark per power of two.

// The sizes in a plot, in pixels.
const (
	labelWidth = 310 // left of the axis
	axisWidth  = 480
	rowHeight  = 22
	titleSpace = 30 // above the rows of a panel
	axisSpace  = 40 // below the last panel
	doublings  = 6  // the axis ends at 2^doublings; not in pixels
)

// colors are the colors of the sets of documents, in order of appearance. People
// with color blindness can tell them apart.
var colors = []string{"#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7"}

// A panel is a part of a plot under a title.
type panel struct {
	title string // "" for none
	rows  []row
}

// A row is a line of dots.
type row struct {
	label string
	dots  []ratio
}

// plots returns the text of each plot, by the name of its file.
func (f figures) plots() map[string]string {
	return map[string]string{
		"in-process.svg": draw("bsonkit against its rivals in one process: times as fast", byTask(f.text)),
		"values.svg":     draw("Go values against the Go driver: times as fast", []panel{byRow(f.values)}),
		"bridges.svg":    draw("bridges/mongodriver against the Go driver: times as fast", []panel{byRow(f.bridges)}),
		"command.svg":    draw("bsonjs with one worker against whole programs: times as fast", byTask(f.command)),
		"growth.svg":     drawCharts("Nanoseconds for each byte of BSON, against size", f.growth),
	}
}

// byTask returns a panel per task, with a row per rival.
func byTask(all []ratio) []panel {
	var panels []panel
	for _, task := range tasks(all) {
		p := panel{title: task}
		for _, r := range all {
			if r.task != task {
				continue
			}
			i := slices.IndexFunc(p.rows, func(row row) bool { return row.label == r.rival })
			if i < 0 {
				i = len(p.rows)
				p.rows = append(p.rows, row{label: r.rival})
			}
			p.rows[i].dots = append(p.rows[i].dots, r)
		}
		panels = append(panels, p)
	}
	return panels
}

// byRow returns a panel with a row per task.
func byRow(all []ratio) panel {
	var p panel
	for _, task := range tasks(all) {
		r := row{label: strings.ReplaceAll(task, "`", "")}
		for _, of := range all {
			if of.task == task {
				r.dots = append(r.dots, of)
			}
		}
		p.rows = append(p.rows, r)
	}
	return p
}

// draw returns a plot of panels.
func draw(title string, panels []panel) string {
	var body strings.Builder
	text := func(x, y int, anchor, weight, s string) { label(&body, x, y, anchor, weight, s) }
	y := 24
	text(12, y, "start", "bold", title)
	data := documents(panels)
	if len(data) > 1 {
		y += 22
		x := labelWidth
		for i, name := range data {
			dot(&body, x, y-4, colors[i%len(colors)])
			text(x+9, y, "start", "normal", name)
			x += max(95, 25+7*len(name))
		}
	}
	top := y + 10
	for _, p := range panels {
		if p.title != "" {
			y += titleSpace
			text(12, y, "start", "bold", p.title)
		}
		for _, r := range p.rows {
			y += rowHeight
			text(labelWidth-12, y, "end", "normal", r.label)
			fmt.Fprintf(&body, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#eeeeee\"/>\n", labelWidth, y-4, labelWidth+axisWidth, y-4)
			for _, d := range r.dots {
				dot(&body, labelWidth+position(d.times), y-4, colors[max(slices.Index(data, d.data), 0)%len(colors)])
			}
		}
	}
	bottom := y + 10
	for k := range doublings + 1 {
		x := labelWidth + k*axisWidth/doublings
		fmt.Fprintf(&body, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#cccccc\"/>\n", x, top, x, bottom)
		text(x, bottom+18, "middle", "normal", fmt.Sprintf("%d ×", 1<<k))
	}
	return drawing(labelWidth+axisWidth+30, bottom+axisSpace, body.String())
}

// drawing returns the text of a plot.
func drawing(width, height int, body string) string {
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %[1]d %[2]d\" "+
		"font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"%[1]d\" height=\"%[2]d\" fill=\"#ffffff\"/>\n%[3]s</svg>\n",
		width, height, body)
}

// label writes s. anchor is the part of it that is at x: start, middle or end.
func label(b *strings.Builder, x, y int, anchor, weight, s string) {
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>\n", x, y, anchor, weight, html.EscapeString(s))
}

// documents returns the names of the sets of documents in panels, in order.
func documents(panels []panel) []string {
	var names []string
	for _, p := range panels {
		for _, r := range p.rows {
			for _, d := range r.dots {
				if !slices.Contains(names, d.data) {
					names = append(names, d.data)
				}
			}
		}
	}
	return names
}

// position returns the distance of times from the start of the axis, in pixels.
// Ratios below 1 are at the start.
func position(times float64) int {
	return int(math.Round(math.Log2(max(times, 1)) * axisWidth / doublings))
}

func dot(b *strings.Builder, x, y int, color string) {
	fmt.Fprintf(b, "<circle cx=\"%d\" cy=\"%d\" r=\"4.5\" fill=\"%s\" fill-opacity=\"0.8\"/>\n", x, y, color)
}
