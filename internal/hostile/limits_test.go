//go:build !race

package hostile

import (
	"cmp"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// This file measures the costs of calls and compares them with docs/limits.md. The
// bounds are in that page alone.

var (
	figures = flag.Bool("figures", false, "print the figures that TestLimits measures, as rows of docs/limits.md")
	all     = flag.Bool("all", false, "measure all shapes; by default those named in docs/limits.md and some others")
)

const (
	// inputSize is the size of the smaller input in bytes; the larger input has
	// four times the size.
	inputSize = 64 << 10
	// beside is the number of bytes that a call may allocate in addition to those
	// for each byte of its input, for buffers of streams, tables and pools.
	beside = 128 << 10
	// grows is the largest ratio between the costs of a byte of the larger and of
	// the smaller input. A slice that doubles makes up to twice as much garbage.
	grows = 2
	// others: one of this number of the shapes that the page does not name is
	// measured, unless all are.
	others = 8
)

// A bound is a row of the page.
type bound struct {
	allocated, alive float64 // bytes for each byte of input
	shapes           string  // names of the worst shapes
}

var costRow = regexp.MustCompile(`^\| (.*?) \| (.*?) \| ([0-9.,]+) \| ([0-9.,]+) \| .*? \| (.*)\|`)

// bounds reads the rows of the table of calls.
func bounds(t *testing.T) map[string]bound {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "limits.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bound{}
	for line := range strings.Lines(string(page)) {
		m := costRow.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := strings.ReplaceAll(m[1], "`", "")
		if _, ok := rows[name]; ok {
			t.Errorf("docs/limits.md has two rows %s", name)
		}
		rows[name] = bound{number(t, m[3]), number(t, m[4]), m[5]}
	}
	return rows
}

func number(t *testing.T, s string) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// allocated returns the number of bytes that run allocates if the pools are empty.
func allocated(run func() any) float64 {
	var before, after runtime.MemStats
	settle(&before)
	kept := run()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// alive returns the number of bytes that stay allocated after run while its result
// is alive.
func alive(run func() any) float64 {
	var before, after runtime.MemStats
	settle(&before)
	kept := run()
	settle(&after)
	runtime.KeepAlive(kept)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}

// settle collects garbage, empties the pools, and reads the statistics.
func settle(m *runtime.MemStats) {
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(m)
}

// TestLimits checks the rows of docs/limits.md: no shape costs more than the figure
// of the row, one shape costs at least half of it, and a byte of a large input does
// not cost more than grows times a byte of a small input.
func TestLimits(t *testing.T) {
	// A collection yields at every span, which takes most of the time on more processors.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	rows := bounds(t)
	for _, c := range calls {
		row, ok := rows[c.row]
		if !ok && !*figures {
			t.Errorf("docs/limits.md has no row %q", c.row)
			continue
		}
		delete(rows, c.row)
		t.Run(c.row, func(t *testing.T) { checkRow(t, c, row) })
	}
	for name := range rows {
		t.Errorf("the row %q of docs/limits.md is not measured", name)
	}
}

// A worst is the highest cost of a byte of input, and the shape of that input.
type worst struct {
	perByte float64
	shape   string
}

func (w *worst) see(perByte float64, s Shape) {
	if perByte > w.perByte {
		*w = worst{perByte, name(s)}
	}
}

// selected returns the shapes to measure for c.
func (b bound) selected(c call) (list []Shape) {
	for i, s := range Shapes(c.formats...) {
		if *all || *figures || (i+len(c.row))%others == 0 || strings.Contains(b.shapes, name(s)) {
			list = append(list, s)
		}
	}
	return list
}

func checkRow(t *testing.T, c call, row bound) {
	var made, left worst
	costs := map[string]float64{} // allocated bytes per byte of the large input, by shape
	var shapes []Shape
	for _, s := range row.selected(c) {
		in := inputs(s)
		if len(in[0]) < inputSize/2 || c.ready(in[0]) == nil {
			continue // not an input of c, or so small that beside is most of the cost
		}
		run := c.ready(in[0])
		run() // the first run makes the plans of types
		small, large := allocated(run), allocated(c.ready(in[1]))
		made.see((small-beside)/float64(len(in[0])), s)
		made.see((large-beside)/float64(len(in[1])), s)
		if large > grows*small*float64(len(in[1]))/float64(len(in[0]))+beside {
			t.Errorf("%s: %.0f bytes are allocated for an input of %d bytes, %.0f for %d bytes", name(s), small, len(in[0]), large, len(in[1]))
		}
		costs[name(s)] = large / float64(len(in[1]))
		shapes = append(shapes, s)
	}
	// Only allocated bytes can be alive, so few shapes have to be measured.
	slices.SortFunc(shapes, func(a, b Shape) int { return cmp.Compare(costs[name(b)], costs[name(a)]) })
	for _, s := range shapes {
		if costs[name(s)] <= max(left.perByte, row.alive/2) {
			break
		}
		data := inputs(s)[1]
		left.see((alive(c.ready(data))-beside)/float64(len(data)), s)
	}
	if *figures {
		t.Logf("| `%s` | %.1f | %.1f | %s; %s", c.row, made.perByte, left.perByte, made.shape, left.shape)
		return
	}
	check(t, "allocated", made, row.allocated)
	check(t, "alive", left, row.alive)
}

// check compares a measured figure with that of the page.
func check(t *testing.T, what string, got worst, most float64) {
	switch {
	case got.perByte > most:
		t.Errorf("%.1f bytes are %s for each byte of %s, more than the %.0f of docs/limits.md", got.perByte, what, got.shape, most)
	case got.perByte < most/2-1 && strconv.IntSize == 64: // pointers are smaller elsewhere
		t.Errorf("at worst %.1f bytes are %s for each byte; the %.0f of docs/limits.md is too high", got.perByte, what, most)
	}
}

var cached = map[string][2][]byte{}

// inputs returns the small and the large input of a shape.
func inputs(s Shape) [2][]byte {
	key := name(s)
	in, ok := cached[key]
	if !ok {
		in = [2][]byte{[]byte(s.Make(inputSize)), []byte(s.Make(4 * inputSize))}
		cached[key] = in
	}
	return in
}
