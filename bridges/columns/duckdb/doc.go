// Package duckdb has tests alone: DuckDB reads the Parquet files of bsonjs-columns. It is a
// module of its own, because DuckDB is a library in C++ of 100 MB.
package duckdb
