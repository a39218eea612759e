// Command process measures bsonjs as a whole process, next to other programs that
// do the same with the same file. It prints a Markdown table for docs/benchmarks.
//
//   - Table convert, for command.md, compares conversions with a program that uses the
//     Go driver, and, if interop/setup has built it, with a program that uses libbson.
//   - Table select, for select.md, compares the flags that select, order and change
//     documents with a validation and a copy, and with jq and the Go driver.
//   - Table large, for select.md, shows what a large file costs: time, memory, and bytes
//     read and written.
//   - Table look, for look.md, compares count with reading, stats, schema and diff with a
//     validation, and the last three with PyMongo and mongodb-schema.
//
// From the directory interop, after ./setup:
//
//	go run ./process -size 256MB -rounds 5
//	go run ./process -table select -size 128MB -rounds 9
//	go run ./process -table large -size 2GB -rounds 2
//	go run ./process -table look -size 128MB -rounds 9
//
// All jobs run on one core, except those with two workers or two processes, and those of
// table large. Every second round runs the jobs in reverse order. Two processes that
// convert the same file at the same time, each on its own core, show the most that two
// workers could gain on the machine.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "process:", err)
		os.Exit(1)
	}
}

// A table is a set of jobs and the form in which their results are printed.
type table struct {
	text   string // mode of the input file with text; "": no such file
	part   string // size of the input file for slow programs; "": no such file
	jobs   func(*config) []job
	report func(io.Writer, []job, [][]result)
}

var tables = map[string]table{
	"convert": {text: "canonical", jobs: (*config).jobs, report: report},
	"select":  {text: "relaxed", jobs: (*config).selections, report: reportSelections},
	"large":   {jobs: (*config).large, report: reportLarge},
	"look":    {part: "4MB", jobs: (*config).look, report: reportSelections},
}

// A job is one way to do a task.
type job struct {
	task string // report compares the jobs of one task
	who  string
	core string   // number of the core to run on; "": any
	args []string // a program and its arguments
	both bool     // two processes at the same time, on cores 0 and 1
	null bool     // the output is discarded
	// rival: another program, whose ratio says how many times as fast bsonjs is.
	rival bool
}

// A result has the costs of a job in one round.
type result struct {
	wall time.Duration
	cost
}

// A cost is what a process used.
type cost struct {
	cpu           time.Duration // processor time of the user and of the system
	peak          int64         // memory, in bytes
	read, written int64         // bytes through read and write; 0 if the system does not tell
}

type config struct {
	dir, bsonFile, textFile   string
	partFile, otherFile       string // for programs that are slow; the same documents in another order
	bsonjs, self, libbson, jq string // paths of programs; libbson and jq may be ""
}

func run(args []string, w io.Writer) error {
	if len(args) == 3 && args[0] == "loop" {
		return loop(args[1], args[2], w)
	}
	fs := flag.NewFlagSet("process", flag.ContinueOnError)
	size := fs.String("size", "256MB", "size of the BSON file, such as 256MB")
	rounds := fs.Int("rounds", 5, "number of rounds; every second round is in reverse order")
	dir := fs.String("dir", "", "create the files in `directory` (default the temporary directory)")
	name := fs.String("table", "convert", "table to print: convert, select, large or look")
	if err := fs.Parse(args); err != nil {
		return err
	}
	t, ok := tables[*name]
	if !ok {
		return fmt.Errorf("unknown table %q; use convert, select, large or look", *name)
	}
	work, err := os.MkdirTemp(*dir, "process")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	c, err := prepare(work, *size, t)
	if err != nil {
		return err
	}
	jobs := t.jobs(c)
	results := make([][]result, len(jobs))
	order := make([]int, len(jobs))
	for i := range order {
		order[i] = i
	}
	for round := range *rounds + 1 {
		for k, i := range order {
			fmt.Fprintf(os.Stderr, "\rround %d of %d, %d of %d   ", round, *rounds, k+1, len(order))
			r, err := c.measure(jobs[i])
			if err != nil {
				return fmt.Errorf("%s, %s: %w", jobs[i].task, jobs[i].who, err)
			}
			if round > 0 { // the first round warms up
				results[i] = append(results[i], r)
			}
		}
		slices.Reverse(order)
	}
	fmt.Fprintln(os.Stderr)
	t.report(w, jobs, results)
	return nil
}

// prepare builds the programs and makes the input files of t.
func prepare(dir, size string, t table) (*config, error) {
	c := &config{
		dir:      dir,
		bsonFile: filepath.Join(dir, "in.bson"),
		textFile: filepath.Join(dir, "in.json"),
		partFile: filepath.Join(dir, "part.bson"), otherFile: filepath.Join(dir, "other.bson"),
		bsonjs: filepath.Join(dir, "bsonjs"),
	}
	var err error
	if c.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if path, err := filepath.Abs(filepath.Join("libbson", "loop")); err == nil {
		if _, err := os.Stat(path); err == nil {
			c.libbson = path
		}
	}
	if path, err := exec.LookPath("jq"); err == nil {
		c.jq = path
	}
	generate := []string{"go", "-C", "..", "run", "./internal/generate", "-mix", "bench"}
	steps := [][]string{
		{"go", "-C", "..", "build", "-o", c.bsonjs, "./cmd/bsonjs"},
		append(slices.Clone(generate), "-size", size, "-bson", c.bsonFile),
	}
	if t.part != "" {
		steps = append(steps, append(slices.Clone(generate), "-size", t.part, "-bson", c.partFile),
			[]string{c.bsonjs, "-t", "bson", "--sort", "{status: 1, total: -1}", c.partFile, "-o", c.otherFile})
	}
	if t.text != "" {
		steps = append(steps, []string{c.bsonjs, "-m", t.text, c.bsonFile, "-o", c.textFile})
	}
	for _, args := range steps {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return c, nil
}

// jobs returns the jobs of table convert. The first job of each task is the one to
// which report compares the others.
func (c *config) jobs() []job {
	var jobs []job
	for _, t := range []struct {
		task, file string
		flags      []string
	}{
		{"canonical", c.bsonFile, []string{"-m", "canonical"}},
		{"parse", c.textFile, []string{"-t", "bson"}},
	} {
		ours := func(jobs string) []string { return append([]string{c.bsonjs, "-j", jobs, t.file}, t.flags...) }
		jobs = append(jobs,
			job{task: t.task, who: "bsonjs, one worker", core: "0", args: ours("1")},
			job{task: t.task, who: "bsonjs, two workers", args: ours("2")},
			job{task: t.task, who: "bsonjs, two processes", args: ours("1"), both: true},
			job{task: t.task, who: "driver loop", core: "0", args: []string{c.self, "loop", t.task, t.file}})
		if c.libbson != "" {
			jobs = append(jobs, job{task: t.task, who: "libbson loop", core: "0", args: []string{c.libbson, t.task, t.file}})
		}
	}
	return jobs
}

// measure runs j once.
func (c *config) measure(j job) (result, error) {
	cores := []string{j.core}
	if j.both {
		cores = []string{"0", "1"}
	}
	var r result
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failed error
	begin := time.Now()
	for _, core := range cores {
		wg.Go(func() {
			used, err := c.process(j, core)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			used.peak = max(used.peak, r.peak)
			r.cost = used
		})
	}
	wg.Wait()
	r.wall = time.Since(begin)
	return r, failed
}

// process runs the program of j once, and writes its output to a file unless it is
// discarded.
func (c *config) process(j job, core string) (cost, error) {
	name := filepath.Join(c.dir, "out"+core)
	if j.null {
		name = os.DevNull
	}
	out, err := os.Create(name)
	if err != nil {
		return cost{}, err
	}
	defer out.Close()
	args := j.args
	if core != "" {
		args = append([]string{"taskset", "-c", core}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout = out
	var stderr strings.Builder
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "TMPDIR="+c.dir)
	if core != "" {
		cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
	}
	if err := cmd.Start(); err != nil {
		return cost{}, err
	}
	var used cost
	used.read, used.written = transferred(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		return cost{}, fmt.Errorf("%w\n%s", err, stderr.String())
	}
	used.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	used.peak = peakMemory(cmd.ProcessState)
	return used, nil
}

// report prints the median times, the peak memory and the ratios. The ratio of a
// rival is how many times as fast the first job of the task is. The ratio of two
// workers and of two processes is how many times as fast they are as the first
// job.
func report(w io.Writer, jobs []job, results [][]result) {
	fmt.Fprintln(w, "| job | program | time | peak memory | ratio | from round to round |")
	fmt.Fprintln(w, "|---|---|--:|--:|--:|--:|")
	base := 0
	for i, j := range jobs {
		if j.task != jobs[base].task {
			base = i
		}
		var ratios []float64
		for k, r := range results[i] {
			ratio := r.wall.Seconds() / results[base][k].wall.Seconds()
			if j.who == "bsonjs, two workers" {
				ratio = 1 / ratio
			}
			if j.both {
				ratio = 2 / ratio
			}
			ratios = append(ratios, ratio)
		}
		slices.Sort(ratios)
		slices.SortFunc(results[i], func(a, b result) int { return int(a.wall - b.wall) })
		median := results[i][len(results[i])/2]
		var peak int64
		for _, r := range results[i] {
			peak = max(peak, r.peak)
		}
		fmt.Fprintf(w, "| %s | %s | %.2f s | %d MB |", j.task, j.who, median.wall.Seconds(), peak>>20)
		if i == base {
			fmt.Fprintln(w, "  |  |")
			continue
		}
		fmt.Fprintf(w, " %.2f × | %.2f–%.2f |\n", ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
	}
}
