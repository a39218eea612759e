//go:build !race

package extjson_test

// slowdown is 1 unless the race detector runs.
const slowdown = 1
