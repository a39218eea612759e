// Package bench measures the toolkit side by side with the MongoDB Go driver
// in one binary. The benchmarks are named Benchmark<Task>/<data>/<who>; the
// command in ../compare runs them in interleaved rounds, with libbson, and
// prints a table.
//
// Every operation is on one document, the next of its set in turn, because a
// single document in a loop teaches the branch predictor. Bytes are those of
// the documents as BSON, whichever the direction.
package bench
