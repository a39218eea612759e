// Command plots draws the plots of docs/benchmarks from the tables in that
// directory, and prints the tables of ratios of docs/benchmarks.md.
//
//	go run ./plots
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
)

// folder is the directory of the tables and the plots, seen from interop, where
// the command runs.
const folder = "../docs/benchmarks"

func main() {
	log.SetFlags(0)
	f, err := read(folder)
	if err != nil {
		log.Fatal(err)
	}
	for name, svg := range f.plots() {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(svg), 0o666); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Print(f.ratios(), "\n", f.bridgeRatios())
}
