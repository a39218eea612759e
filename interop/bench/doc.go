// Package bench measures the toolkit and the MongoDB Go driver in one binary. The
// benchmarks are named Benchmark<Task>/<data>/<who>. The command in ../compare
// runs them and those of libbson in interleaved rounds, and prints a table.
//
// Every operation processes one document, the next of its set in turn, because
// branch predictors learn a single document. Bytes count the documents as BSON,
// in both directions.
package bench
