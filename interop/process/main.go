// Command process measures bsonjs as a whole process, next to a program that
// converts the same file with the Go driver. If interop/setup has built it, a
// program with libbson is measured too. process prints a Markdown table for
// docs/benchmarks/command.md.
//
//	cd interop && ./setup && go run ./process -size 256MB -rounds 5
//
// All jobs run on one core, except those with two workers or two processes.
// Every second round runs the jobs in reverse order. Two processes that convert
// the same file at the same time, each on its own core, show the most that two
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

// A job is one way to do a task.
type job struct {
	task string // canonical or parse
	who  string
	core string   // number of the core to run on; "": any
	args []string // a program and its arguments
	both bool     // two processes at the same time, on cores 0 and 1
}

// A result has the time and memory of a job in one round.
type result struct {
	wall time.Duration
	peak int64 // bytes
}

type config struct {
	dir, bsonFile, textFile string
	bsonjs, self, libbson   string // paths of programs; libbson may be ""
}

func run(args []string, w io.Writer) error {
	if len(args) == 3 && args[0] == "loop" {
		return loop(args[1], args[2], w)
	}
	fs := flag.NewFlagSet("process", flag.ContinueOnError)
	size := fs.String("size", "256MB", "size of the BSON file, such as 256MB")
	rounds := fs.Int("rounds", 5, "number of rounds; every second round is in reverse order")
	dir := fs.String("dir", "", "create the files in `directory` (default the temporary directory)")
	if err := fs.Parse(args); err != nil {
		return err
	}
	work, err := os.MkdirTemp(*dir, "process")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	c, err := prepare(work, *size)
	if err != nil {
		return err
	}
	jobs := c.jobs()
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
	report(w, jobs, results)
	return nil
}

// prepare builds the programs and makes the input files.
func prepare(dir, size string) (*config, error) {
	c := &config{
		dir:      dir,
		bsonFile: filepath.Join(dir, "in.bson"),
		textFile: filepath.Join(dir, "in.json"),
		bsonjs:   filepath.Join(dir, "bsonjs"),
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
	for _, args := range [][]string{
		{"go", "-C", "..", "build", "-o", c.bsonjs, "./cmd/bsonjs"},
		{"go", "-C", "..", "run", "./internal/generate", "-mix", "bench", "-size", size, "-bson", c.bsonFile},
		{c.bsonjs, "-m", "canonical", c.bsonFile, "-o", c.textFile},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return c, nil
}

// jobs returns the jobs to measure. The first job of each task is the one to
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
			job{t.task, "bsonjs, one worker", "0", ours("1"), false},
			job{t.task, "bsonjs, two workers", "", ours("2"), false},
			job{t.task, "bsonjs, two processes", "", ours("1"), true},
			job{t.task, "driver loop", "0", []string{c.self, "loop", t.task, t.file}, false})
		if c.libbson != "" {
			jobs = append(jobs, job{t.task, "libbson loop", "0", []string{c.libbson, t.task, t.file}, false})
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
			peak, err := c.process(j.args, core)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			r.peak = max(r.peak, peak)
		})
	}
	wg.Wait()
	r.wall = time.Since(begin)
	return r, failed
}

// process runs a program, writes its output to a file, and returns its peak
// memory in bytes.
func (c *config) process(args []string, core string) (int64, error) {
	out, err := os.Create(filepath.Join(c.dir, "out"+core))
	if err != nil {
		return 0, err
	}
	defer out.Close()
	if core != "" {
		args = append([]string{"taskset", "-c", core}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout = out
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if core != "" {
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	}
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, stderr.String())
	}
	return peakMemory(cmd.ProcessState), nil
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
