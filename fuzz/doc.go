// Package fuzz has fuzz targets that state properties across packages. It
// contains only tests. Their seeds are the vectors of testdata and the
// documents of internal/sample; go test runs every target on its seeds.
// Targets for valid documents and streams also accept choices, from which
// package bsontest makes a document. README.md lists the targets of the module.
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzText$' -fuzztime 10s -fuzzminimizetime 10x
//
// Without -fuzzminimizetime the fuzzer spends up to a minute to shorten each
// input that reaches new code, and tries no other input in that time.
package fuzz
