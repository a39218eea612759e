package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// This file reads the Markdown tables of docs/benchmarks.

// A ratio says how many times faster bsonkit is than a rival in one task.
type ratio struct {
	task  string
	data  string  // the set of documents; "" if there is only one
	rival string  // the other implementation
	times float64 // median
}

// figures are the ratios of all tables, each in the order of its table.
type figures struct {
	text    []ratio // in-process.md: between bytes and text, and validation
	values  []ratio // values.md: Go values
	command []ratio // command.md: whole processes
	bridges []ratio // bridges.md: Go values with the driver's types, data is the bridge
	growth  []chart // growth.md: time against size
}

// read returns the figures of the tables in dir.
func read(dir string) (f figures, err error) {
	for _, from := range []struct {
		file string
		to   *[]ratio
	}{
		{"in-process.md", &f.text}, {"values.md", &f.values}, {"command.md", &f.command}, {"bridges.md", &f.bridges},
	} {
		text, err := os.ReadFile(filepath.Join(dir, from.file))
		if err != nil {
			return f, err
		}
		if *from.to, err = parse(string(text)); err != nil {
			return f, fmt.Errorf("%s: %w", from.file, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "growth.md"))
	if err != nil {
		return f, err
	}
	if f.growth, err = parseCharts(string(text)); err != nil {
		return f, fmt.Errorf("growth.md: %w", err)
	}
	return f, nil
}

// A shape has the numbers of the columns of a table, from 0; -1: the table does
// not have the column.
type shape struct{ task, data, rival, times int }

// shapes has the shape of each table that parse reads, by the first cell of its
// header. parse skips all other tables.
var shapes = map[string]shape{
	"data":   {task: -1, data: 0, rival: 1, times: 5},
	"job":    {task: 0, data: -1, rival: 1, times: 4},
	"task":   {task: 0, data: -1, rival: -1, times: 3},
	"bridge": {task: 1, data: 0, rival: -1, times: 4},
}

// parse returns the ratios in the tables of a page. If a table has no column for
// the task, the heading before the table names the task.
func parse(page string) ([]ratio, error) {
	var all []ratio
	var heading string
	var table shape
	var first string // the first cell of the row above
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "## "); ok {
			heading, table = title, shape{}
			continue
		}
		if !strings.HasPrefix(line, "|") {
			table = shape{}
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if s, ok := shapes[cells[0]]; ok {
			table = s
			continue
		}
		if table == (shape{}) || strings.HasPrefix(cells[0], "---") {
			continue
		}
		if cells[0] == "" {
			cells[0] = first
		}
		first = cells[0]
		times := strings.TrimSuffix(cells[table.times], " ×")
		if times == "" {
			continue // the row of bsonkit has no ratio
		}
		r := ratio{task: heading, rival: "driver"}
		if table.task >= 0 {
			r.task = cells[table.task]
		}
		if table.data >= 0 {
			r.data = cells[table.data]
		}
		if table.rival >= 0 {
			r.rival = cells[table.rival]
		}
		var err error
		if r.times, err = strconv.ParseFloat(times, 64); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		if !strings.HasPrefix(r.rival, "bsonkit") && !strings.HasPrefix(r.rival, "bsonjs") {
			all = append(all, r)
		}
	}
	return all, nil
}
