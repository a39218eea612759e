// Package fuzz has fuzz targets that state properties across packages. It
// has only tests; their seeds are the vectors of testdata and documents of
// internal/sample, so that go test runs them all as well. Targets about valid
// documents and streams take choices too, of which internal/shape makes them.
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzText$' -fuzztime 10s -fuzzminimizetime 10x
//
// Without -fuzzminimizetime a fuzzer spends up to a minute on each input that
// reaches new code to make it smaller, and runs nothing else meanwhile.
package fuzz
