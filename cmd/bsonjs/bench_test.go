package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

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
