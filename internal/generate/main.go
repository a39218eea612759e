// Command generate writes documents of internal/sample to files.
//
//	go run ./internal/generate -dir testdata
//
// makes testdata/collection.bson and testdata/collection.json. To measure the command
// on large files,
//
//	go run ./internal/generate -mix bench -size 256MB -bson bench.bson -json bench.json
//
// writes documents up to the given size; memory does not grow with it. The file name
// "-" is standard output.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

var mixes = map[string]sample.Mix{
	"collection": sample.File, "bench": sample.Bench, "wild": sample.Wild,
}

func run(args []string) error {
	fs := flag.NewFlagSet("generate", flag.ContinueOnError)
	mixName := fs.String("mix", "collection", "`kind` of documents: collection, bench or wild")
	n := fs.Int("n", 0, "number of documents (default 3020, or enough for -size)")
	size := fs.String("size", "", "stop when the BSON has this number of `bytes`, such as 256MB")
	seed := fs.Uint64("seed", sample.Seed, "seed of the random numbers")
	dir := fs.String("dir", "", "write MIX.bson and MIX.json to this `directory`")
	bsonName := fs.String("bson", "", "write BSON to this `file`")
	jsonName := fs.String("json", "", "write Extended JSON to this `file`, one document per line")
	relaxed := fs.Bool("relaxed", false, "write relaxed instead of canonical Extended JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	mix, ok := mixes[*mixName]
	if !ok {
		return fmt.Errorf("unknown mix %q; use collection, bench or wild", *mixName)
	}
	limit, err := parseSize(*size)
	if err != nil {
		return err
	}
	if *n == 0 && limit == 0 {
		*n = sample.FileSize
	}
	if *dir != "" {
		*bsonName = filepath.Join(*dir, *mixName+".bson")
		*jsonName = filepath.Join(*dir, *mixName+".json")
	}
	if *bsonName == "" && *jsonName == "" {
		return errors.New("no output; add -dir, -bson or -json")
	}
	bsonFile, err := create(*bsonName)
	if err != nil {
		return err
	}
	jsonFile, err := create(*jsonName)
	if err != nil {
		return err
	}
	opts := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}
	if *relaxed {
		opts = extjson.EncodeOptions{}
	}
	g := sample.New(mix, *seed)
	var doc, text []byte
	var written int64
	for i := 0; (*n == 0 || i < *n) && (limit == 0 || written < limit); i++ {
		doc = g.Append(doc[:0])
		written += int64(len(doc))
		if bsonFile != nil {
			if _, err := bsonFile.Write(doc); err != nil {
				return err
			}
		}
		if jsonFile != nil {
			if text, err = opts.AppendJSON(text[:0], doc); err != nil {
				return fmt.Errorf("document %d: %w", i, err)
			}
			if _, err := jsonFile.Write(append(text, '\n')); err != nil {
				return err
			}
		}
	}
	return errors.Join(bsonFile.close(), jsonFile.close())
}

// parseSize returns the number of bytes in s: a number, optionally with k, M or G for a
// power of 1000, and with B. It returns 0 for "".
func parseSize(s string) (int64, error) {
	digits := strings.TrimSuffix(strings.ToUpper(s), "B")
	unit := int64(1)
	for i, suffix := range []string{"K", "M", "G"} {
		if rest, ok := strings.CutSuffix(digits, suffix); ok {
			digits = rest
			for range i + 1 {
				unit *= 1000
			}
		}
	}
	if s == "" {
		return 0, nil
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || v <= 0 {
		return 0, fmt.Errorf("malformed size %q; use a number and a unit, such as 256MB", s)
	}
	return v * unit, nil
}

// A file is a buffered file to write; nil: no file.
type file struct {
	*bufio.Writer
	io.Closer
}

func create(name string) (*file, error) {
	var f *os.File
	var err error
	switch name {
	case "":
		return nil, nil
	case "-":
		f = os.Stdout
	default:
		if f, err = os.Create(name); err != nil {
			return nil, err
		}
	}
	return &file{bufio.NewWriterSize(f, 1<<20), f}, nil
}

func (f *file) close() error {
	if f == nil {
		return nil
	}
	return errors.Join(f.Flush(), f.Close())
}
