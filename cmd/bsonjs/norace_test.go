//go:build !race

package main

// race reports that the race detector is on.
const race = false

// numbersOfJobs are numbers of workers, of which one works in the goroutine that reads.
var numbersOfJobs = []string{"1", "2", "8"}
