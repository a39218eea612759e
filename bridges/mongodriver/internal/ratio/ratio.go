//go:build unix

// Package ratio compares the speed of jobs by turns, in processor time. Other
// programs disturb it less than elapsed time.
package ratio

import (
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A Job is one way to do a task.
type Job struct {
	Name string // task/who; the job of the driver is the first of a task
	Do   func() error
}

// calls is the number of calls of a job in a round.
const calls = 2000

// Log prints for each job the best time of a call in the given number of rounds, and
// how many times as fast as the driver it is.
func Log(t *testing.T, rounds int, jobs []Job) {
	best := make([]time.Duration, len(jobs))
	for range rounds {
		for k, j := range jobs {
			runtime.GC()
			var start time.Duration
			for i := range calls + calls/10 {
				if i == calls/10 { // the first calls warm the caches
					start = processorTime()
				}
				if err := j.Do(); err != nil {
					t.Fatal(j.Name, err)
				}
			}
			if d := (processorTime() - start) / calls; best[k] == 0 || d < best[k] {
				best[k] = d
			}
		}
	}
	var rival time.Duration
	for k, j := range jobs {
		if strings.HasSuffix(j.Name, "/driver") {
			rival = best[k]
		}
		t.Logf("%-32s %8d ns %6.2f x", j.Name, best[k].Nanoseconds(), rival.Seconds()/best[k].Seconds())
	}
}

// Bench runs each job as a benchmark.
func Bench(b *testing.B, jobs []Job) {
	for _, j := range jobs {
		b.Run(j.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := j.Do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
