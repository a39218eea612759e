// Command compare runs the benchmarks of ../bench in interleaved rounds and
// prints the medians as Markdown tables for docs/benchmarks/in-process.md. If
// interop/setup has built the benchmarks of libbson, it runs them too.
//
//	cd interop && ./setup && go run ./compare -rounds 5 -time 300ms
//
// Each measurement is a process of its own on one core. Every second round runs
// the list in reverse order, so that a machine that slows down affects all
// implementations alike. A ratio is that of the medians. The lowest and the
// highest ratio of a single round show how reliable it is.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/interop/bench"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, "."); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// ours is the implementation that the others are compared with.
const ours = "bsonkit"

// A job is one measurement of a round.
type job struct{ task, set, impl string }

// A result has the figures of a job in one round.
type result struct {
	mbps   float64 // megabytes of BSON per second
	allocs string  // allocations per document; "" if unknown
}

type config struct {
	rounds  int
	time    time.Duration // of one measurement
	cpu     string        // number of the core to run on; "": any
	dir     string        // directory of the temporary files
	interop string        // directory of the module
	libbson string        // path of the program, or ""
	sets    map[string]*bench.Set
}

// run runs the command with args. interop is the directory of the module.
func run(args []string, w io.Writer, interop string) error {
	fs := flag.NewFlagSet("compare", flag.ContinueOnError)
	rounds := fs.Int("rounds", 5, "number of rounds; every second round is in reverse order")
	length := fs.Duration("time", 300*time.Millisecond, "time of a measurement")
	tasks := fs.String("tasks", "", "tasks, separated by commas (default all)")
	data := fs.String("data", "", "sets of documents, separated by commas (default all)")
	impls := fs.String("impls", "", "implementations, separated by commas (default all)")
	cpu := fs.String("cpu", "0", "number of the `core` to run on; empty for any core")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c := config{rounds: *rounds, time: *length, cpu: *cpu, dir: dir, interop: interop, sets: map[string]*bench.Set{}}
	if path, err := filepath.Abs(filepath.Join(interop, "libbson", "bench")); err == nil {
		if _, err := os.Stat(path); err == nil {
			c.libbson = path
		}
	}
	if _, err := exec.LookPath("taskset"); err != nil {
		c.cpu = ""
	}
	jobs, err := c.plan(split(*tasks), split(*data), split(*impls))
	if err != nil {
		return err
	}
	build := exec.Command("go", "test", "-c", "-o", filepath.Join(dir, "bench.test"), "./bench")
	build.Dir = interop
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go test -c: %w\n%s", err, out)
	}
	results := map[job][]result{}
	for round := range c.rounds {
		order := slices.Clone(jobs)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for i, j := range order {
			fmt.Fprintf(os.Stderr, "\rround %d of %d, %d of %d   ", round+1, c.rounds, i+1, len(order))
			r, err := c.measure(j)
			if err != nil {
				return fmt.Errorf("%s/%s/%s: %w", j.task, j.set, j.impl, err)
			}
			results[j] = append(results[j], r)
		}
	}
	fmt.Fprintln(os.Stderr)
	return c.print(w, jobs, results)
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// plan returns the jobs of a round and writes the files that libbson reads.
func (c *config) plan(tasks, data, impls []string) ([]job, error) {
	wanted := func(list []string, name string) bool { return list == nil || slices.Contains(list, name) }
	var jobs []job
	for _, task := range bench.Tasks {
		if !wanted(tasks, task.Name) {
			continue
		}
		for _, name := range bench.SetNames {
			if !wanted(data, name) {
				continue
			}
			if c.sets[name] == nil {
				set, err := bench.Load(name)
				if err != nil {
					return nil, err
				}
				if err := c.write(set); err != nil {
					return nil, err
				}
				c.sets[name] = set
			}
			for _, impl := range task.Impls {
				if impl.Name == ours || wanted(impls, impl.Name) {
					jobs = append(jobs, job{task.Name, name, impl.Name})
				}
			}
			if c.libbson != "" && wanted(impls, "libbson") && !stopsEarly(task.Name, name) {
				jobs = append(jobs, job{task.Name, name, "libbson"})
			}
		}
	}
	if len(jobs) == 0 {
		return nil, errors.New("no task, set or implementation has the given names; see -help")
	}
	return jobs, nil
}

// stopsEarly reports whether libbson 1.23 does only a part of a task. Its
// bson_validate returns at the first code with scope, which is near the start of
// full and collection; it also accepts invalid UTF-8. libbson does not read all
// code in the text of collection.
func stopsEarly(task, set string) bool {
	switch set {
	case "full":
		return task == "Validate"
	case "collection":
		return task != "ToCanonical" && task != "ToRelaxed"
	}
	return false
}

// write writes the files that libbson reads.
func (c *config) write(set *bench.Set) error {
	line := []byte("\n")
	return errors.Join(
		os.WriteFile(c.file(set.Name, "bson"), bytes.Join(set.BSON, nil), 0o644),
		os.WriteFile(c.file(set.Name, "FromCanonical"), bytes.Join(set.Canonical, line), 0o644),
		os.WriteFile(c.file(set.Name, "FromRelaxed"), bytes.Join(set.Relaxed, line), 0o644),
	)
}

func (c *config) file(set, kind string) string { return filepath.Join(c.dir, set+"."+kind) }

// command returns a command that runs on one core.
func (c *config) command(name string, args ...string) *exec.Cmd {
	if c.cpu != "" {
		args = append([]string{"-c", c.cpu, name}, args...)
		name = "taskset"
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	return cmd
}

func (c *config) measure(j job) (result, error) {
	if j.impl == "libbson" {
		return c.measureC(j)
	}
	cmd := c.command(filepath.Join(c.dir, "bench.test"), "-test.run", "^$", "-test.timeout", "10m",
		"-test.bench", "^Benchmark"+j.task+"$/^"+j.set+"$/^"+j.impl+"$", "-test.benchtime", c.time.String())
	cmd.Dir = filepath.Join(c.interop, "bench") // Load runs go list in the module
	out, err := cmd.Output()
	if err != nil {
		return result{}, fmt.Errorf("%w\n%s", err, out)
	}
	s := bufio.NewScanner(bytes.NewReader(out))
	for s.Scan() {
		// Benchmark… N 1 ns/op 2 MB/s 3 B/op 4 allocs/op
		f := strings.Fields(s.Text())
		if len(f) < 2 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		var r result
		for i := 3; i < len(f); i += 2 {
			switch f[i] {
			case "ns/op":
				ns, err := strconv.ParseFloat(f[i-1], 64)
				if err != nil {
					return r, err
				}
				r.mbps = c.perDocument(j.set) / ns * 1e3
			case "allocs/op":
				r.allocs = f[i-1]
			}
		}
		if r.mbps > 0 {
			return r, nil
		}
	}
	return result{}, fmt.Errorf("no figure in %q", out)
}

// perDocument returns the average size of a document of the set, in bytes of
// BSON.
func (c *config) perDocument(set string) float64 {
	return float64(c.sets[set].Bytes) / float64(len(c.sets[set].BSON))
}

func (c *config) measureC(j job) (result, error) {
	out, err := c.command(c.libbson, j.task, c.file(j.set, "bson"), c.file(j.set, j.task),
		strconv.FormatInt(c.time.Milliseconds(), 10)).Output()
	if err != nil {
		return result{}, err
	}
	var name string
	var ns float64
	if _, err := fmt.Sscanf(string(out), "%s %f ns/op", &name, &ns); err != nil {
		return result{}, fmt.Errorf("%w: %q", err, out)
	}
	return result{mbps: c.perDocument(j.set) / ns * 1e3}, nil
}

// print prints the processor, the versions and a table for each task.
func (c *config) print(w io.Writer, jobs []job, results map[job][]result) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s, %s, %d rounds of %v, one core\n", cpuModel(), runtime.Version(), c.rounds, c.time)
	for _, args := range [][]string{
		{"git", "describe", "--always", "--dirty"},
		{"go", "list", "-m", "-f", "{{.Path}} {{.Version}}", "go.mongodb.org/mongo-driver/v2"},
		{"pkg-config", "--modversion", "libbson-1.0"},
	} {
		if args[0] == "pkg-config" && c.libbson == "" {
			continue
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = c.interop
		if version, err := cmd.Output(); err == nil {
			fmt.Fprintf(out, "%s: %s", map[string]string{"git": "commit", "go": "driver", "pkg-config": "libbson"}[args[0]], version)
		}
	}
	task, set := "", ""
	for _, j := range jobs {
		if j.task != task {
			task, set = j.task, ""
			fmt.Fprintf(out, "\n**%s**\n\n| data | who | MB/s | ± %% | allocations | %s is | lowest–highest |\n|---|---|--:|--:|--:|--:|--:|\n", task, ours)
		}
		name := ""
		if j.set != set {
			set, name = j.set, j.set
		}
		all := results[j]
		speeds := make([]float64, len(all))
		for i, r := range all {
			speeds[i] = r.mbps
		}
		mid := median(speeds)
		spread := (slices.Max(speeds) - slices.Min(speeds)) / 2 / mid * 100
		ratio, ends := "", ""
		if j.impl != ours {
			base := results[job{j.task, j.set, ours}]
			ratios := make([]float64, len(all))
			baseSpeeds := make([]float64, len(all))
			for i := range all {
				ratios[i] = base[i].mbps / all[i].mbps
				baseSpeeds[i] = base[i].mbps
			}
			ratio = fmt.Sprintf("%.1f ×", median(baseSpeeds)/mid)
			ends = fmt.Sprintf("%.1f–%.1f", slices.Min(ratios), slices.Max(ratios))
		}
		fmt.Fprintf(out, "| %s | %s | %.1f | %.0f | %s | %s | %s |\n", name, j.impl, mid, spread, all[0].allocs, ratio, ends)
	}
	return out.Flush()
}

func median(list []float64) float64 {
	list = slices.Clone(list)
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// cpuModel returns the name of the processor, or the architecture.
func cpuModel() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(data)) {
			if _, model, found := strings.Cut(line, "model name\t: "); found {
				return strings.TrimSpace(model)
			}
		}
	}
	return runtime.GOOS + "/" + runtime.GOARCH
}
