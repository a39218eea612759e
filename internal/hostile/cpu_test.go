//go:build unix && !race

package hostile

import (
	"flag"
	"runtime"
	"syscall"
	"testing"
	"time"
)

var measureCPU = flag.Bool("cpu", false, "measure in TestTime how processor time grows: takes minutes")

const (
	// timeSize is how many bytes the smaller input of TestTime has; the larger
	// one has four times as many.
	timeSize = 256 << 10
	// timeGrows is how much more processor time four times the input may take:
	// linear is 4, quadratic 16.
	timeGrows = 9
	// noticeable is how much time is worth comparing: less is noise.
	noticeable = 20 * time.Millisecond
	rounds     = 3 // the quickest counts
)

// TestTime holds that time is linear in the input, for every row and shape.
func TestTime(t *testing.T) {
	if !*measureCPU {
		t.Skip("processor time is measured with -cpu alone: other processes disturb it")
	}
	for _, c := range calls {
		t.Run(c.row, func(t *testing.T) {
			for _, s := range Shapes(c.formats...) {
				var took [2]time.Duration
				for i := range took {
					data := []byte(s.Make(timeSize << (2 * i)))
					if c.ready(data) == nil {
						break
					}
					took[i] = quickest(c, data)
				}
				if took[1] > noticeable && took[1] > timeGrows*took[0] {
					t.Errorf("%s: %v for %d bytes, %v for four times as many", name(s), took[0], timeSize, took[1])
				}
			}
		})
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
