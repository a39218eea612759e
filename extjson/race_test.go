//go:build race

package extjson_test

// slowdown divides the work of tests with one goroutine. The race detector makes
// them slow and finds nothing in them.
const slowdown = 10
