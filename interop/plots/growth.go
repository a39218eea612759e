package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// This file draws the curves of growth.md: the time for a byte, against the size of a
// document or file. parseCharts reads the tables, and drawCharts draws them, one below the
// other. Both axes are logarithmic. The color of a curve is its task, its dashes are the
// way to do the task.

// A chart is a table of growth.md.
type chart struct {
	title  string
	sizes  []float64
	curves []curve
}

// A curve is a column.
type curve struct {
	task, way string    // the name of the column, cut at the comma
	times     []float64 // nanoseconds for each byte, one for each size; 0: no figure
}

// parseCharts returns the tables of a page.
func parseCharts(page string) ([]chart, error) {
	var all []chart
	for section := range strings.SplitSeq("\n"+page, "\n## ") {
		title, text, _ := strings.Cut(section, "\n")
		var rows [][]string
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "|") {
				rows = append(rows, strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|"))
			}
		}
		if len(rows) < 3 { // the header, the rule below it, and a size
			continue
		}
		c := chart{title: title}
		for _, name := range rows[0][1:] {
			task, way, _ := strings.Cut(strings.TrimSpace(name), ", ")
			c.curves = append(c.curves, curve{task: task, way: way})
		}
		for _, row := range rows[2:] {
			if err := c.add(row); err != nil {
				return nil, fmt.Errorf("%s: %w", title, err)
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// add adds a row to c.
func (c *chart) add(row []string) error {
	if len(row) != len(c.curves)+1 {
		return fmt.Errorf("a row has %d cells, want %d", len(row), len(c.curves)+1)
	}
	for i, cell := range row {
		v, err := strconv.ParseFloat(cmp.Or(strings.TrimSpace(cell), "0"), 64)
		switch {
		case err != nil:
			return err
		case i == 0:
			c.sizes = append(c.sizes, v)
		default:
			c.curves[i-1].times = append(c.curves[i-1].times, v)
		}
	}
	return nil
}

// The sizes in a chart, in pixels.
const (
	chartLeft   = 70
	chartWidth  = 560
	chartHeight = 200
	chartSpace  = 70 // above a chart
	legendSpace = 125
)

// The axis of the times goes from 10^lowest to 10^highest nanoseconds.
const lowest, highest = -1, 3

// dashes are the patterns of curves, by way.
var dashes = map[string]string{"": "none", "fresh": "2 4", "driver": "8 4"}

// drawCharts returns a plot of charts.
func drawCharts(title string, charts []chart) string {
	var b strings.Builder
	var tasks []string
	for _, c := range charts {
		for _, curve := range c.curves {
			if !slices.Contains(tasks, curve.task) {
				tasks = append(tasks, curve.task)
			}
		}
	}
	label(&b, 12, 24, "start", "bold", title)
	for i, task := range tasks {
		dot(&b, 20+i*legendSpace, 44, colors[i%len(colors)])
		label(&b, 29+i*legendSpace, 48, "start", "normal", task)
	}
	label(&b, 12, 70, "start", "normal", "full line: into a warm buffer; dots: a new slice for each result; dashes: Go driver, through D")
	y := 70
	for _, c := range charts {
		y += chartSpace
		c.draw(&b, y, tasks)
		y += chartHeight
	}
	return drawing(chartLeft+chartWidth+60, y+axisSpace, b.String())
}

// draw draws c below y. The colors are those of tasks.
func (c chart) draw(b *strings.Builder, y int, tasks []string) {
	label(b, 12, y-14, "start", "bold", c.title)
	for power := lowest; power <= highest; power++ {
		at := y + depth(math.Pow10(power))
		fmt.Fprintf(b, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%[2]d\" stroke=\"#dddddd\"/>\n", chartLeft, at, chartLeft+chartWidth)
		label(b, chartLeft-8, at+4, "end", "normal", strconv.FormatFloat(math.Pow10(power), 'f', -1, 64)+" ns")
	}
	first, last := math.Log(c.sizes[0]), math.Log(c.sizes[len(c.sizes)-1])
	across := func(size float64) int {
		return chartLeft + int(math.Round((math.Log(size)-first)/(last-first)*chartWidth))
	}
	for _, size := range c.sizes {
		label(b, across(size), y+chartHeight+18, "middle", "normal", short(size))
	}
	for _, curve := range c.curves {
		var points []string
		for i, t := range curve.times {
			if t > 0 {
				points = append(points, fmt.Sprintf("%d,%d", across(c.sizes[i]), y+depth(t)))
			}
		}
		fmt.Fprintf(b, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>\n",
			strings.Join(points, " "), colors[slices.Index(tasks, curve.task)%len(colors)], dashes[curve.way])
	}
}

// depth returns the distance of a time in nanoseconds from the top of its chart, in
// pixels.
func depth(ns float64) int {
	power := min(max(math.Log10(ns), lowest), highest)
	return int(math.Round((highest - power) / (highest - lowest) * chartHeight))
}

// short returns a size with a unit of 1,000 or 1,000,000.
func short(size float64) string {
	unit := ""
	switch {
	case size >= 1e6:
		size, unit = size/1e6, " M"
	case size >= 1e3:
		size, unit = size/1e3, " k"
	}
	return strconv.FormatFloat(math.Round(size), 'f', -1, 64) + unit
}
