// Bsonjs-columns converts BSON to Parquet and Arrow files, and back.
//
//	bsonjs-columns write --output FILE.parquet [flags] [FILE.bson]
//	bsonjs-columns read [flags] FILE.parquet
//
// bsonjs runs it for its formats parquet, arrow and arrow-stream, when it is beside bsonjs
// or on the PATH. docs/columns.md describes it.
package main

import (
	"os"

	"github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns/internal/cli"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
