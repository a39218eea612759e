//go:build race

package main

// race reports that the race detector is on. It makes a test some twelve times slower,
// so numbers of cases that are arbitrary are smaller with it.
const race = true

// numbersOfJobs are numbers of workers, of which one works in the goroutine that reads.
var numbersOfJobs = []string{"1", "3"}
