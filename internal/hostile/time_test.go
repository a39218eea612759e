//go:build unix && !race

package hostile

import (
	"flag"
	"runtime"
	"syscall"
	"testing"
	"time"
)

var measureTime = flag.Bool("processor", false, "measure in TestTime how processor time grows: takes minutes")

const (
	// timeSize is how many bytes the smaller input of TestTime has; the larger
	// one has four times as many.
	timeSize = 256 << 10
	// maxTimeSize is the largest smaller input. What takes longer up to some
	// size, as going on after damage does, takes no longer from there.
	maxTimeSize = 4 << 20
	// timeGrows is how much more processor time four times the input may take:
	// linear is 4, quadratic 16.
	timeGrows = 8
	// noticeable is how much time is worth comparing: less is noise.
	noticeable = 20 * time.Millisecond
	rounds     = 3 // the quickest counts
)

// TestTime holds that time is linear in the input, for every row and shape.
func TestTime(t *testing.T) {
	if !*measureTime {
		t.Skip("processor time is measured with -processor alone: other processes disturb it")
	}
	for _, c := range calls {
		t.Run(c.row, func(t *testing.T) {
			for _, s := range Shapes(c.formats...) {
				checkTime(t, c, s)
			}
		})
	}
}

// checkTime compares inputs of a shape that are larger and larger, until four
// times the input takes no more than it may.
func checkTime(t *testing.T, c call, s Shape) {
	for size := timeSize; ; size *= 4 {
		small, large := []byte(s.Make(size)), []byte(s.Make(4*size))
		if c.ready(small) == nil || c.ready(large) == nil {
			return // no input for this row
		}
		took, more := quickest(c, small), quickest(c, large)
		if more <= noticeable || more <= timeGrows*took {
			return
		}
		if size >= maxTimeSize {
			t.Errorf("%s: %v for %d bytes, %v for four times as many", name(s), took, size, more)
			return
		}
	}
}

// quickest returns the least processor time that c takes for data, garbage
// collection included.
func quickest(c call, data []byte) time.Duration {
	least := time.Duration(1<<63 - 1)
	for range rounds {
		run := c.ready(data)
		runtime.GC()
		before := processorTime()
		run()
		least = min(least, processorTime()-before)
	}
	return least
}

// processorTime returns what the process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("BUG: hostile: getrusage: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
