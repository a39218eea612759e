package pairs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/internal/race"
)

// A doc is a document of a test: its first byte is the key. As with BSON documents, none is
// the start of another one: it ends with a full stop.
type doc struct{ Space, Data string }

// slow returns what a Comparer finds, in order, and the number of equal pairs.
func slow(a, b []doc) (lines []string, equal int64) {
	for _, space := range []string{"", "x", "y"} {
		used := make([]bool, len(b))
		for _, d := range a {
			if d.Space != space {
				continue
			}
			at := -1
			for i, e := range b {
				if !used[i] && e.Space == space && e.Data[0] == d.Data[0] {
					at = i
					break
				}
			}
			if at < 0 {
				lines = append(lines, "a "+space+d.Data)
				continue
			}
			if used[at] = true; b[at].Data != d.Data {
				lines = append(lines, space+d.Data+b[at].Data)
			} else {
				equal++
			}
		}
		for i, e := range b {
			if !used[i] && e.Space == space {
				lines = append(lines, "b "+space+e.Data)
			}
		}
	}
	return lines, equal
}

// compare returns what a Comparer with that memory finds, and the numbers of equal pairs and
// of duplicates.
func compare(t *testing.T, r *rand.Rand, memory int64, sides [2][]doc) (lines []string, equal, duplicates int64) {
	t.Helper()
	c := New(t.Context(), Options{
		Key: func(dst, doc []byte) []byte { return append(dst, doc[0]) },
		Pair: func(dst []byte, space string, a, b []byte) ([]byte, bool) {
			return fmt.Append(dst, space, string(a), string(b)), true
		},
		Lone: func(dst []byte, space string, side Side, doc []byte) []byte {
			return fmt.Append(dst, []string{"a ", "b "}[side], space, string(doc))
		},
		Space:  func(_ Side, space string) (string, error) { return space, nil },
		Memory: memory,
	})
	defer c.Close()
	var all sync.WaitGroup
	for side, docs := range sides {
		size, keyed := 1+r.IntN(9), r.IntN(4) > 0
		all.Go(func() {
			for part := range slices.Chunk(docs, size) {
				var b Batch
				if keyed {
					c.Reset(&b)
				}
				for _, d := range part {
					b.Add(d.Space, []byte(d.Data))
				}
				if err := c.Take(Side(side), &b); err != nil {
					t.Error(err)
				}
			}
			c.End(Side(side))
		})
	}
	all.Wait()
	if err := c.Finish(); err != nil {
		t.Fatal(err)
	}
	if err := c.Results(func(text []byte) error {
		lines = append(lines, string(text))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	counts, duplicates := c.Counts()
	for _, n := range counts {
		equal += n.Equal
	}
	return lines, equal, duplicates
}

// TestPairs: documents with equal keys are paired in their order, whatever the memory and
// the batches.
func TestPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 1))
	for range 300 / min(race.Slowdown, 5) { // each has several goroutines
		var sides [2][]doc
		keys := 1 + r.IntN(40)
		for side := range sides {
			for range r.IntN(200) {
				data := string(rune('A'+r.IntN(keys))) + strings.Repeat("x", r.IntN(3)*30) + "."
				sides[side] = append(sides[side], doc{[]string{"", "x", "y"}[r.IntN(3)], data})
			}
			if r.IntN(2) == 0 {
				slices.SortStableFunc(sides[side], func(a, b doc) int { return strings.Compare(a.Space, b.Space) })
			}
		}
		if r.IntN(2) == 0 { // B is A with a few edits
			sides[B] = nil
			for _, d := range sides[A] {
				switch r.IntN(60) {
				case 0:
					continue
				case 1:
					sides[B] = append(sides[B], d)
				case 2:
					d.Data = d.Data[:1] + "y."
				}
				sides[B] = append(sides[B], d)
			}
		}
		want, equal := slow(sides[A], sides[B])
		var usual int64
		for i, memory := range []int64{1 << 20, 8 << 10, 1 << 10, 1} {
			got, same, duplicates := compare(t, r, memory, sides)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%d bytes of memory (-want +got):\n%s", memory, diff)
			}
			if same != equal {
				t.Fatalf("%d bytes of memory: %d equal pairs, want %d", memory, same, equal)
			}
			if i == 0 {
				usual = duplicates
			}
			if duplicates != usual {
				t.Fatalf("%d bytes of memory: %d duplicates, want %d", memory, duplicates, usual)
			}
		}
	}
}

// TestCommon: common returns the place of the first difference.
func TestCommon(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 2))
	a := bytes.Repeat([]byte("x"), 3*maxCompared)
	for _, size := range []int{0, 1, 2, 100, maxCompared - 1, maxCompared, maxCompared + 1, 3 * maxCompared} {
		if n := common(a[:size], a); n != size {
			t.Errorf("common of the start = %d, want %d", n, size)
		}
		for range 20 {
			if size == 0 {
				break
			}
			at := r.IntN(size)
			b := bytes.Clone(a[:size])
			b[at], b[size-1] = 'y', 'y'
			if n := common(a, b); n != at {
				t.Errorf("%d bytes: common = %d, want %d", size, n, at)
			}
		}
	}
}

// TestStopped: a side that waits for the other one stops with the context.
func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	c := New(ctx, Options{Memory: 1 << 20, Space: func(Side, string) (string, error) { return "", nil }})
	defer c.Close()
	var b Batch
	b.Add("", make([]byte, maxQueued+1))
	cause := errors.New("stopped")
	ended := make(chan error)
	go func() { ended <- c.Take(A, &b) }()
	stop(cause)
	if err := <-ended; !errors.Is(err, cause) {
		t.Errorf("%v, want %v", err, cause)
	}
}
