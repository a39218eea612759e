package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// This file has the tables of docs/benchmarks/select.md. Table select compares processor
// times, because these depend less on the load of the machine than the times on a clock.

// isTrue is the filter of the tasks of the driver and of jq: these do not look at the
// elements of arrays.
const isTrue = `{status: {$eq: true, $not: {$type: "array"}}}`

// selections returns the jobs of table select. The first job of each task is the one to
// which reportSelections compares the others.
func (c *config) selections() []job {
	var jobs []job
	add := func(task, who string, args ...string) *job {
		jobs = append(jobs, job{task: task, who: who, core: "0", args: args, null: true})
		return &jobs[len(jobs)-1]
	}
	ours := func(task, who string, args ...string) {
		add(task, who, append([]string{c.bsonjs, "-j", "1"}, args...)...)
	}
	copied := func(task string, flags ...string) {
		ours(task, strings.Join(flags, " "), append([]string{c.bsonFile, "-t", "bson"}, flags...)...)
	}
	rival := func(task, who string, args ...string) { add(task, who, args...).rival = true }

	add("validate", "validate", c.bsonjs, "validate", "-j", "1", c.bsonFile)
	for _, filter := range []string{
		`{"no such key": 1}`,
		`{status: "no such value"}`,
		`{status: "no such value", total: {$gt: 1e300}}`,
		`{"address.city.no": 1, "items.sku": "no such value"}`,
	} {
		copied("validate", "--where", filter)
	}
	add("validate", "stats", c.bsonjs, "stats", "-j", "1", c.bsonFile)

	ours("copy", "-t bson", c.bsonFile, "-t", "bson")
	for _, flags := range [][]string{
		{"--fields", "status,total,city"},
		{"--exclude", "status,total,city"},
		{"--set", `status="x"`, "--set", "total=1"},
		{"--unset", "status,total,city"},
		{"--redact", "status,total,city", "--redact-key", "secret"},
		{"--unique", "_id"},
		{"--sort", "{_id: 1}"},
	} {
		copied("copy", flags...)
	}
	ours("copy", "--split-count 100000", c.bsonFile, "--split-count", "100000", "-o", c.dir+"/part.bson", "--overwrite")

	add("count", "cat", "cat", c.bsonFile)
	add("count", "count", c.bsonjs, "count", "-j", "1", c.bsonFile)

	copied("rivals", "--where", isTrue)
	ours("rivals", "on JSON: --where "+isTrue, c.textFile, "-t", "json", "--where", isTrue)
	if c.jq != "" {
		rival("rivals", "on JSON: jq -c 'select(.status == true)'", c.jq, "-c", "select(.status == true)", c.textFile)
	}
	rival("rivals", "driver loop, Raw.Lookup", c.self, "loop", "raw", c.bsonFile)
	rival("rivals", "driver loop, Unmarshal into M", c.self, "loop", "map", c.bsonFile)
	return jobs
}

// reportSelections prints the median processor times and the ratios. The ratio of bsonjs
// is its speed in percent of that of the first job of the task; that of a rival is how
// many times as fast the first job is.
func reportSelections(w io.Writer, jobs []job, results [][]result) {
	fmt.Fprintln(w, "| compared with | command | processor time | peak memory | ratio | from round to round |")
	fmt.Fprintln(w, "|---|---|--:|--:|--:|--:|")
	base := 0
	for i, j := range jobs {
		if j.task != jobs[base].task {
			base = i
		}
		var ratios []float64
		for k, r := range results[i] {
			ratio := r.cpu.Seconds() / results[base][k].cpu.Seconds()
			if !j.rival {
				ratio = 100 / ratio
			}
			ratios = append(ratios, ratio)
		}
		slices.Sort(ratios)
		cpu, peak := middle(results[i], func(r result) time.Duration { return r.cpu })
		fmt.Fprintf(w, "| %s | `%s` | %.0f ms | %d MB |", j.task, j.who, cpu.Seconds()*1000, peak>>20)
		format := " %.0f %% | %.0f–%.0f |\n"
		switch {
		case i == base:
			fmt.Fprintln(w, "  |  |")
			continue
		case j.rival:
			format = " %.1f × | %.1f–%.1f |\n"
		}
		fmt.Fprintf(w, format, ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
	}
}

// middle returns the median of the times of results, and the peak memory of all.
func middle(results []result, timeOf func(result) time.Duration) (median time.Duration, peak int64) {
	var times []time.Duration
	for _, r := range results {
		times = append(times, timeOf(r))
		peak = max(peak, r.peak)
	}
	slices.Sort(times)
	return times[len(times)/2], peak
}

// large returns the jobs of table large.
func (c *config) large() []job {
	var jobs []job
	add := func(who string, args ...string) {
		jobs = append(jobs, job{task: "large", who: who, args: append(args, c.bsonFile), null: true})
	}
	add("cat", "cat")
	add("count", c.bsonjs, "count")
	add("validate", c.bsonjs, "validate")
	add("--limit 10", c.bsonjs, "--limit", "10")
	add("--skip 1000 --limit 10", c.bsonjs, "--skip", "1000", "--limit", "10")
	for _, keys := range []string{"{_id: 1}", "{status: 1, total: -1}"} {
		add("--sort "+keys+" --memory 256MiB", c.bsonjs, "-t", "bson", "--memory", "256MiB", "--sort", keys)
	}
	add("--unique _id --memory 256MiB", c.bsonjs, "-t", "bson", "--memory", "256MiB", "--unique", "_id")
	return jobs
}

// reportLarge prints the median times, the peak memory, and the bytes through read and
// write.
func reportLarge(w io.Writer, jobs []job, results [][]result) {
	fmt.Fprintln(w, "| command | time | processor time | peak memory | read | written |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|")
	for i, j := range jobs {
		wall, peak := middle(results[i], func(r result) time.Duration { return r.wall })
		cpu, _ := middle(results[i], func(r result) time.Duration { return r.cpu })
		r := results[i][0]
		fmt.Fprintf(w, "| `%s` | %.3f s | %.3f s | %d MB | %s | %s |\n", j.who, wall.Seconds(), cpu.Seconds(), peak>>20, size(r.read), size(r.written))
	}
}

// size returns n bytes for people.
func size(n int64) string {
	if n < 10e6 {
		return fmt.Sprintf("%d KB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1e6)
}
