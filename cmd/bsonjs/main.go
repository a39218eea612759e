// Bsonjs converts files between BSON, MongoDB Extended JSON, CSV and Python pickles.
//
//	bsonjs [convert] [flags] [FILE...]
//	bsonjs COMMAND ...
//
// bsonjs --help lists commands and flags. The texts in internal/cli/help are
// the source for formats, exit codes and the environment:
//
//	bsonjs help formats
//	bsonjs help exit-codes
//	bsonjs help environment
//
// docs/command.md describes output files, faults, messages and compression;
// docs/selecting.md the selection, the order and changes of documents.
package main

import (
	"os"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/cli"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
