//go:build race

package extjson_test

// slowdown is how many times less the tests do that only one goroutine runs:
// the race detector makes them slow and has nothing to find.
const slowdown = 10
