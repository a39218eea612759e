package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// BenchmarkConvert converts a file with 16 MB of documents in this process and
// discards the output. Bytes per second count BSON. It measures the conversions
// of the library, and the costs of reading, cutting, passing on and writing.
func BenchmarkConvert(b *testing.B) {
	const size = 16 << 20
	var binary, lines []byte
	docs := sample.Documents(sample.Bench, sample.Seed, 5000)
	for i := 0; len(binary) < size; i++ {
		doc := docs[i%len(docs)]
		binary = append(binary, doc...)
		var err error
		if lines, err = (extjson.EncodeOptions{Mode: extjson.Canonical}).AppendJSON(lines, doc); err != nil {
			b.Fatal(err)
		}
		lines = append(lines, '\n')
	}
	array := append(append([]byte{'['}, bytes.ReplaceAll(bytes.TrimSpace(lines), []byte("\n"), []byte(","))...), ']')
	for _, tc := range []struct {
		name string
		data []byte
		args []string
	}{
		{"canonical", binary, []string{"-m", "canonical"}},
		{"parse", lines, []string{"-t", "bson"}},
		{"parse-array", array, []string{"-t", "bson"}},
		{"copy", binary, []string{"-t", "bson"}},
		{"validate", binary, []string{"validate"}},
	} {
		name := filepath.Join(b.TempDir(), "in")
		if err := os.WriteFile(name, tc.data, 0o666); err != nil {
			b.Fatal(err)
		}
		for _, jobs := range []int{1, 2} {
			args := append(append([]string{}, tc.args...), "-j", fmt.Sprint(jobs), name)
			b.Run(fmt.Sprintf("%s/jobs=%d", tc.name, jobs), func(b *testing.B) {
				b.SetBytes(int64(len(binary)))
				b.ReportAllocs()
				for b.Loop() {
					if code := run(args, nil, io.Discard, os.Stderr); code != 0 {
						b.Fatal(code)
					}
				}
			})
		}
	}
}

// BenchmarkArchive converts a file with 16 MB of documents and an archive with the same
// documents, by turns. speed says how many times as fast the archive is, by the medians.
// The archive has three namespaces, which take turns after every 500 documents.
func BenchmarkArchive(b *testing.B) {
	const size, turn = 16 << 20, 500
	names := []archive.Namespace{{DB: "a", Collection: "x"}, {DB: "b", Collection: "y"}, {DB: "c", Collection: "z"}}
	var metadata []archive.Metadata
	for _, n := range names {
		metadata = append(metadata, archive.Metadata{Namespace: n, Text: "{}", Type: archive.Collection})
	}
	var alone, dump bytes.Buffer
	w := archive.NewWriter(&dump, archive.Header{}, metadata)
	docs := sample.Documents(sample.Bench, sample.Seed, 5000)
	for i := 0; alone.Len() < size; i++ {
		doc := docs[i%len(docs)]
		alone.Write(doc)
		if err := w.Write(names[i/turn%len(names)], doc); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	files := []string{filepath.Join(dir, "in.bson"), filepath.Join(dir, "in.archive")}
	for i, data := range [][]byte{alone.Bytes(), dump.Bytes()} {
		if err := os.WriteFile(files[i], data, 0o666); err != nil {
			b.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name string
		args []string
	}{
		{"canonical", []string{"-m", "canonical"}},
		{"copy", []string{"-t", "bson"}},
	} {
		for _, jobs := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/jobs=%d", tc.name, jobs), func(b *testing.B) {
				times := make([][]time.Duration, len(files))
				for b.Loop() {
					for i, name := range files {
						args := append(append([]string{}, tc.args...), "-j", fmt.Sprint(jobs), name)
						start := time.Now()
						if code := run(args, nil, io.Discard, io.Discard); code != 0 {
							b.Fatal(code)
						}
						times[i] = append(times[i], time.Since(start))
					}
				}
				for _, t := range times {
					slices.Sort(t)
				}
				middle := len(times[0]) / 2
				b.ReportMetric(float64(times[0][middle])/float64(times[1][middle]), "speed")
			})
		}
	}
}
