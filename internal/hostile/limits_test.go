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

// This file measures what the page docs/limits.md says that calls cost. The
// bounds are those of the page; there are no others here.

var (
	figures = flag.Bool("figures", false, "print what TestLimits measures, as rows of docs/limits.md")
	all     = flag.Bool("all", false, "measure all shapes, not those that docs/limits.md names and some others")
)

const (
	// inputSize is how many bytes the smaller input has; the larger one has
	// four times as many.
	inputSize = 64 << 10
	// beside is how many bytes a call may allocate beside those for each byte
	// of its input: buffers of streams, tables, what pools gave away.
	beside = 128 << 10
	// grows is how much more a byte of the larger input may cost. A slice that
	// doubles makes up to twice as much garbage just before it does.
	grows = 2
	// others is one of how many shapes is measured beside those that the page
	// names, unless all are.
	others = 8
)

// A bound is a row of the page.
type bound struct {
	allocated, alive float64 // bytes for each byte of input
	shapes           string  // the worst
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
			t.Errorf("two rows of %s", name)
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

// allocated returns how many bytes run allocates when pools are empty.
func allocated(run func() any) float64 {
	var before, after runtime.MemStats
	settle(&before)
	kept := run()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// alive returns how many bytes run leaves behind while its result is held.
func alive(run func() any) float64 {
	var before, after runtime.MemStats
	settle(&before)
	kept := run()
	settle(&after)
	runtime.KeepAlive(kept)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}

// settle collects garbage, with what is in pools.
func settle(m *runtime.MemStats) {
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(m)
}

// TestLimits holds the rows of docs/limits.md: no shape costs more than the
// row says, some shape costs at least half of it, and a byte of a large input
// costs no more than one of a small input.
func TestLimits(t *testing.T) {
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

// A worst is the most that a byte of input costs, and of which shape.
type worst struct {
	perByte float64
	shape   string
}

func (w *worst) see(perByte float64, s Shape) {
	if perByte > w.perByte {
		*w = worst{perByte, name(s)}
	}
}

// selected returns the shapes that are measured of c.
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
	costs := map[string]float64{} // bytes allocated for each of the large input, by shape
	var shapes []Shape
	for _, s := range row.selected(c) {
		in := inputs(s)
		if len(in[0]) < inputSize/2 || c.ready(in[0]) == nil {
			continue // of a few bytes, for which what is beside counts, or no input
		}
		run := c.ready(in[0])
		run() // makes plans of types
		small, large := allocated(run), allocated(c.ready(in[1]))
		made.see((small-beside)/float64(len(in[0])), s)
		made.see((large-beside)/float64(len(in[1])), s)
		if large > grows*small*float64(len(in[1]))/float64(len(in[0]))+beside {
			t.Errorf("%s: %.0f bytes are allocated for %d, %.0f for %d", name(s), small, len(in[0]), large, len(in[1]))
		}
		costs[name(s)] = large / float64(len(in[1]))
		shapes = append(shapes, s)
	}
	// No more can be alive than is allocated, so few shapes have to be looked at.
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
		t.Errorf("%.1f bytes are %s for each byte at worst: docs/limits.md says %.0f, which hides what it costs", got.perByte, what, most)
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
