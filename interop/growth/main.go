// Command growth measures the time for each byte of a document while the document, the
// number of its keys, its depth or the file around it grows. It prints the tables of
// docs/benchmarks/growth.md, from which ../plots draws curves. A flat curve shows linear
// growth.
//
//	cd interop && go run ./growth
//
// Time is the processor time of the process, garbage collection included. Every second
// round is in reverse order; the figures are medians. The files need 700 MB of disk.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/interop/bench"
	"github.com/bsonkit/bsonkit/interop/clock"
)

// A curve has a point for each document.
type curve struct {
	title string
	unit  string // of the sizes: the first cell of the table
	sizes []int
	make  func(seed uint64, size int) []byte // returns a document of that size
	most  int                                // largest of sizes that the driver reads
}

var curves = []curve{
	{"Bytes of a document", "bytes", []int{100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000}, sample.Sized, math.MaxInt},
	{"Keys of a document", "keys", []int{1, 10, 100, 1_000, 10_000, 100_000}, sample.Wide, math.MaxInt},
	{"Levels of a document", "levels", []int{1, 3, 10, 30, 100, 300, 1_000}, sample.Deep, 100},
}

// fileSizes are the sizes of the files for bsonjs, in bytes.
var fileSizes = []int{1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20}

// fileTasks are the columns of the table of files, with the arguments of bsonjs before the
// name of the file.
var fileTasks = []struct {
	column, file string
	args         []string
}{
	{"ToRelaxed", "in.bson", nil}, {"FromRelaxed", "in.json", []string{"-t", "bson"}}, {"Validate", "in.bson", []string{"validate"}},
}

// columns has the implementations of bench.Tasks that have columns, and the ends of their
// names.
var columns = map[string]string{"bsonkit": "", "bsonkit-fresh": ", fresh", "driver-fresh": ", driver"}

// setBytes is the size of the documents of a point together, in bytes, unless a single
// document is larger: many documents, because branch predictors learn a single one.
const setBytes = 256 << 10

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 5, "number of rounds; every second round is in reverse order")
	least := flag.Duration("time", 20*time.Millisecond, "processor time of a measurement")
	flag.Parse()
	for _, c := range curves {
		if err := c.print(os.Stdout, *rounds, *least); err != nil {
			log.Fatal(err)
		}
	}
	if err := files(os.Stdout, *rounds); err != nil {
		log.Fatal(err)
	}
}

// print measures c and prints its table.
func (c curve) print(w io.Writer, rounds int, least time.Duration) error {
	t := table{c.title, []string{c.unit}, nil}
	for _, size := range c.sizes {
		fmt.Fprintf(os.Stderr, "%s: %d\n", c.title, size)
		set, err := bench.NewSet(c.title, c.documents(size))
		if err != nil {
			return err
		}
		points, err := c.points(set, size)
		if err != nil {
			return err
		}
		measure(points, rounds, least)
		row := []string{strconv.Itoa(size)}
		t.header = t.header[:1]
		for _, p := range points {
			t.header = append(t.header, p.name)
			row = append(row, p.cell(set.Bytes/len(set.BSON)))
		}
		t.rows = append(t.rows, row)
	}
	t.print(w)
	return nil
}

// documents returns documents of the given size.
func (c curve) documents(size int) [][]byte {
	var docs [][]byte
	for total := 0; total < setBytes && len(docs) < 1000; {
		doc := c.make(sample.Seed+uint64(len(docs)), size)
		docs = append(docs, doc)
		total += len(doc)
	}
	return docs
}

// A point is a cell of a table: a way to do a task.
type point struct {
	name  string
	do    func(n int) // does the task n times; nil for a document that the driver rejects
	calls int         // in a measurement
	times []float64   // nanoseconds of a call, for each round
}

// points returns the cells of a row, after a check that each way works.
func (c curve) points(set *bench.Set, size int) ([]*point, error) {
	var points []*point
	for _, task := range bench.Tasks {
		in := task.Input(set)
		for _, impl := range task.Impls {
			end, ok := columns[impl.Name]
			if !ok {
				continue
			}
			p := &point{name: task.Name + end}
			points = append(points, p)
			if impl.Name == "driver-fresh" && size > c.most {
				continue
			}
			do := impl.New()
			for _, data := range in {
				if _, err := do(data); err != nil {
					return nil, fmt.Errorf("%s, %d %s, %s: %w", c.title, size, c.unit, p.name, err)
				}
			}
			i := 0
			p.do = func(n int) {
				for range n {
					_, _ = do(in[i])
					i = (i + 1) % len(in)
				}
			}
		}
	}
	return points, nil
}

// measure fills the times of points.
func measure(points []*point, rounds int, least time.Duration) {
	points = slices.DeleteFunc(slices.Clone(points), func(p *point) bool { return p.do == nil })
	for _, p := range points {
		for p.calls = 1; p.cost() < least; {
			p.calls *= 2
		}
	}
	for range rounds {
		for _, p := range points {
			p.times = append(p.times, float64(p.cost().Nanoseconds())/float64(p.calls))
		}
		slices.Reverse(points)
	}
}

// cost returns the processor time of a measurement.
func (p *point) cost() time.Duration {
	before := clock.Processor()
	p.do(p.calls)
	return clock.Processor() - before
}

// cell returns the nanoseconds for each of the bytes of a call, or "" without a time.
func (p *point) cell(bytes int) string {
	if p.do == nil {
		return ""
	}
	return perByte(p.times, bytes)
}

// perByte returns the median of times, in nanoseconds, divided by bytes.
func perByte(times []float64, bytes int) string {
	slices.Sort(times)
	return fmt.Sprintf("%.2f", times[len(times)/2]/float64(bytes))
}

// files measures bsonjs with one worker, as a whole process, from files.
func files(w io.Writer, rounds int) error {
	dir, err := os.MkdirTemp("", "growth")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bsonjs := filepath.Join(dir, "bsonjs")
	build := exec.Command("go", "build", "-o", bsonjs, "./cmd/bsonjs")
	build.Dir, build.Stderr = "..", os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	t := table{"Bytes of a file, bsonjs", []string{"bytes"}, nil}
	for _, task := range fileTasks {
		t.header = append(t.header, task.column)
	}
	for _, size := range fileSizes {
		fmt.Fprintf(os.Stderr, "file: %d\n", size)
		n, err := write(dir, size)
		if err != nil {
			return err
		}
		row := []string{strconv.Itoa(size)}
		for _, task := range fileTasks {
			var times []float64
			for range rounds {
				cmd := exec.Command(bsonjs, append(slices.Clip(task.args), filepath.Join(dir, task.file), "-j", "1")...)
				cmd.Stderr = os.Stderr
				if err := cmd.Run(); err != nil {
					return fmt.Errorf("%v: %w", cmd.Args, err)
				}
				times = append(times, float64((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Nanoseconds()))
			}
			row = append(row, perByte(times, n))
		}
		t.rows = append(t.rows, row)
	}
	t.print(w)
	return nil
}

// write writes in.bson, a file of about size bytes with documents of the bench mix, and
// in.json with their relaxed text. It returns the exact size of the first.
func write(dir string, size int) (n int, err error) {
	var docs, text []byte
	for _, doc := range sample.Documents(sample.Bench, sample.Seed, 1000) {
		docs = append(docs, doc...)
		if text, err = extjson.AppendJSON(text, doc); err != nil {
			return 0, err
		}
		text = append(text, '\n')
	}
	copies := (size + len(docs) - 1) / len(docs)
	if err := repeat(filepath.Join(dir, "in.bson"), docs, copies); err != nil {
		return 0, err
	}
	return copies * len(docs), repeat(filepath.Join(dir, "in.json"), text, copies)
}

// repeat writes copies of data to a file.
func repeat(name string, data []byte, copies int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for range copies {
		if _, err := f.Write(data); err != nil {
			return err
		}
	}
	return f.Close()
}

// A table is printed as Markdown.
type table struct {
	title  string
	header []string
	rows   [][]string
}

func (t table) print(w io.Writer) {
	fmt.Fprintf(w, "## %s\n\n", t.title)
	rule := slices.Repeat([]string{"--:"}, len(t.header))
	for _, cells := range slices.Concat([][]string{t.header, rule}, t.rows) {
		for _, c := range cells {
			fmt.Fprintf(w, "| %s ", c)
		}
		fmt.Fprintln(w, "|")
	}
	fmt.Fprintln(w)
}
