package main

import (
	"fmt"
	"slices"
	"strings"
)

// This file makes the tables of ratios. They have a line per task. The first has the
// lowest and the highest ratio over all documents, the second a column per bridge.

// A span is a range of ratios. The zero span is empty.
type span struct{ low, high float64 }

// add returns the smallest span that contains s and times.
func (s span) add(times float64) span {
	if s == (span{}) {
		return span{times, times}
	}
	return span{min(s.low, times), max(s.high, times)}
}

// String returns the ends of s, or "" if s is empty.
func (s span) String() string {
	switch {
	case s == (span{}):
		return ""
	case s.low == s.high:
		return fmt.Sprintf("%.1f", s.low)
	}
	return fmt.Sprintf("%.1f–%.1f", s.low, s.high)
}

// ratios returns the table.
func (f figures) ratios() string {
	var b strings.Builder
	b.WriteString("| task | Go driver, fastest way | Go driver, through `D` | libbson |\n|---|--:|--:|--:|\n")
	for _, part := range []struct {
		before string // prefix of the names of the tasks
		all    []ratio
	}{{"", f.text}, {"", f.values}, {"`bsonjs`, ", f.command}} {
		for _, task := range tasks(part.all) {
			line := summary(part.all, task)
			fmt.Fprintf(&b, "| %s%s | %v | %v | %v |\n", part.before, task, line.fastest, line.fresh, line.libbson)
		}
	}
	return b.String()
}

// bridgeRatios returns the table of the bridges.
func (f figures) bridgeRatios() string {
	var b strings.Builder
	columns := names(f.bridges, func(r ratio) string { return r.data })
	fmt.Fprintf(&b, "| task | %s |\n|---|%s\n", strings.Join(columns, " | "), strings.Repeat("--:|", len(columns)))
	for _, task := range tasks(f.bridges) {
		fmt.Fprintf(&b, "| %s |", task)
		for _, column := range columns {
			i := slices.IndexFunc(f.bridges, func(r ratio) bool { return r.task == task && r.data == column })
			if i < 0 {
				b.WriteString("  |")
				continue
			}
			fmt.Fprintf(&b, " %.1f |", f.bridges[i].times)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// tasks returns the tasks of all, in order.
func tasks(all []ratio) []string { return names(all, func(r ratio) string { return r.task }) }

// names returns the different names in all, in order.
func names(all []ratio, of func(ratio) string) (names []string) {
	for _, r := range all {
		if !slices.Contains(names, of(r)) {
			names = append(names, of(r))
		}
	}
	return names
}

// A summaryLine has the ratios of one task over all documents.
type summaryLine struct {
	fastest span // against the driver, used in the fastest way for the documents
	fresh   span // against the driver, used with D
	libbson span
}

func summary(all []ratio, task string) summaryLine {
	var line summaryLine
	nearest := map[string]float64{} // lowest ratio by documents
	for _, r := range all {
		switch {
		case r.task != task:
		case strings.HasPrefix(r.rival, "libbson"):
			line.libbson = line.libbson.add(r.times)
		default:
			if r.rival == "driver-fresh" {
				line.fresh = line.fresh.add(r.times)
			}
			if least, ok := nearest[r.data]; !ok || r.times < least {
				nearest[r.data] = r.times
			}
		}
	}
	for _, times := range nearest {
		line.fastest = line.fastest.add(times)
	}
	return line
}
