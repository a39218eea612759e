// Package interop compares the toolkit with other implementations: the
// official BSON corpus and the MongoDB Go driver. It is a module of its own
// so that nothing that uses the toolkit gets the driver as a dependency.
//
//   - corpus_test.go runs every assertion of the official corpus, which is
//     read from the driver's module in the module cache.
//   - driver_test.go compares with driver v2 on generated documents, in both
//     directions.
//   - vectors_test.go checks the project's own vectors with driver v2.
//   - trials_test.go compares whole documents with PyMongo, libbson, js-bson,
//     the driver and a reader of shell text. peers_test.go talks to these,
//     whose programs are in peers; parts_test.go takes apart what differs;
//     differences_test.go lists it, as docs/differences.md does with the
//     reasons.
//   - dump_test.go compares bsonjs dump with what bsondump makes of the same
//     documents, by way of both versions of the driver.
//   - python compares package pickle with the Python interpreters that it
//     finds.
//   - bench has the side-by-side benchmarks, libbson C programs for the
//     same tasks, and compare runs both and prints a table; process does so
//     with whole processes.
package interop
