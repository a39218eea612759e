// Package interop compares the toolkit with other implementations and with the
// official BSON corpus. It is a module of its own, so that programs that use the
// toolkit do not depend on the MongoDB Go driver. The script setup installs the
// other implementations.
//
//   - corpus_test.go runs every assertion of the official corpus, which it reads
//     from the driver's module in the module cache.
//   - driver_test.go compares generated documents with driver v2, in both
//     directions; libbson_test.go does so with libbson. versions_test.go compares
//     both versions of the driver.
//   - vectors_test.go checks the project's own vectors with driver v2.
//   - decimal_test.go compares decimals with PyMongo and libbson; decimals makes
//     them.
//   - trials_test.go compares whole documents with PyMongo, libbson, js-bson, the
//     driver and a reader of shell text. peers_test.go calls these, through the
//     programs in peers. parts_test.go splits documents that differ.
//     malformed_test.go compares documents with a fault. differences_test.go lists the
//     differences; docs/differences.md has the reasons.
//   - filters_test.go compares filters with mingo. ferretdb_test.go compares filters
//     and sort orders with FerretDB, a server; ferretdb, a module of its own, runs it.
//   - client_test.go compares clients of driver v2, on FerretDB, with the registry of
//     bridges/mongodriver and without; clientv1_test.go compares those of v1.
//   - programs_test.go runs programs with the driver's package bson and with ours, which
//     only the path of one import selects; programs has them.
//   - schemapage_test.go shows the pages of bsonjs schema in Chromium.
//   - schema_test.go compares schemas with mongodb-schema and a loop with PyMongo, and
//     tries validators with ajv.
//   - dump_test.go compares bsonjs dump with bsondump, by calling both versions of
//     the driver.
//   - values compares Go values, hooks and struct tags with both versions of the
//     driver; v1adapter lets driver v1 use our types.
//   - names_test.go checks that the pages for users of PyMongo and the driver name
//     everything that these export.
//   - ossfuzz_test.go reads seeds of fuzz targets with the tool of OSS-Fuzz.
//   - dectest runs the test cases of General Decimal Arithmetic.
//   - python compares package pickle with Python interpreters.
//   - bench has benchmarks of the toolkit and the driver, and the directory
//     libbson has programs in C for the same tasks. compare runs both and prints
//     tables. process measures whole processes: conversions, selections, large
//     files and schemas. growth measures documents of growing size. plots draws the
//     results; clock has the clock of the measurements.
package interop
