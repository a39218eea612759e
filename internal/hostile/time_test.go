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
	// timeSize is the size of the first smaller input of TestTime in bytes; the
	// larger input has four times the size.
	timeSize = 256 << 10
	// maxTimeSize is the size of the last smaller input in bytes. The time for each
	// byte may grow up to some size, for example in Resync, but not beyond
	// maxTimeSize.
	maxTimeSize = 4 << 20
	// timeGrows is the largest ratio of the processor times for four times the
	// input. Linear time gives 4, quadratic time 16.
	timeGrows = 8
	// noticeable is the shortest time to compare; shorter times are noise.
	noticeable = 20 * time.Millisecond
	rounds     = 3 // the shortest time of the rounds counts
)

// TestTime checks that the time is linear in the input, for every row and shape.
func TestTime(t *testing.T) {
	if !*measureTime {
		t.Skip("runs only with -processor, because other processes disturb the time")
	}
	for _, c := range calls {
		t.Run(c.row, func(t *testing.T) {
			for _, s := range Shapes(c.formats...) {
				checkTime(t, c, s)
			}
		})
	}
}

// checkTime compares inputs of a shape, of growing size, until the ratio of the
// times is at most timeGrows.
func checkTime(t *testing.T, c call, s Shape) {
	for size := timeSize; ; size *= 4 {
		small, large := []byte(s.Make(size)), []byte(s.Make(4*size))
		if c.ready(small) == nil || c.ready(large) == nil {
			return // the row does not apply to the input
		}
		took, more := quickest(c, small), quickest(c, large)
		if more <= noticeable || more <= timeGrows*took {
			return
		}
		if size >= maxTimeSize {
			t.Errorf("%s: %v for %d bytes, %v for four times the size", name(s), took, size, more)
			return
		}
	}
}

// quickest returns the shortest processor time of c for data, garbage collection
// included.
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

// processorTime returns the processor time of the process.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("BUG: hostile: getrusage: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
