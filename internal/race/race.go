// Package race tells a test whether the race detector runs. The detector makes a test some
// twelve times slower and finds something only where goroutines share memory. So a test has
// fewer cases with it, but some of each kind that starts goroutines. A file of tests that
// start none has the build constraint !race instead.
package race
