//go:build race

package race

// On reports that the race detector runs.
const On = true

// Slowdown divides the number of cases of a test with one goroutine. It is 1 without the
// race detector.
const Slowdown = 10
