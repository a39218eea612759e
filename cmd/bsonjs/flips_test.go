package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// If one bit in the length of a document is wrong, the output and the rejects
// together are all bytes of the input, for every command and any number of
// jobs. The rejects are that document alone.
func TestFlippedLengths(t *testing.T) {
	docs := sample.Documents(sample.Collection, 41, 120)
	data := slices.Concat(docs...)
	var starts []int
	for at, i := 0, 0; i < len(docs); i++ {
		starts = append(starts, at)
		at += len(docs[i])
	}
	r := rand.New(rand.NewPCG(3, 4))
	for bit := range 32 {
		i := r.IntN(len(docs))
		at := starts[i]
		data[at+bit/8] ^= 1 << (bit % 8)
		for _, args := range [][]string{
			{"salvage"}, {"salvage", "-j", "2"}, {"salvage", "--mend-lengths"},
			{"--on-error", "quarantine", "-t", "bson", "-j", "1"}, {"--on-error", "quarantine", "-t", "bson", "-j", "2"},
		} {
			rejects := filepath.Join(t.TempDir(), "rejects")
			mend := slices.Contains(args, "--mend-lengths")
			got := runCommand(bytes.NewReader(data), append(args, "-f", "bson", "--rejects", rejects)...)
			kept, err := os.ReadFile(rejects)
			if err != nil && !(mend && os.IsNotExist(err)) {
				t.Fatal(err)
			}
			want, out := data[at:at+len(docs[i])], slices.Concat(data[:at], data[at+len(docs[i]):])
			if mend {
				want, out = nil, slices.Concat(docs...)
			}
			if got.code != int(report.CodeSyntax) || !bytes.Equal(kept, want) || got.stdout != string(out) {
				t.Errorf("%v, bit %d of document %d: code %d, %d bytes written of %d, %d rejected of %d",
					args, bit, i, got.code, len(got.stdout), len(out), len(kept), len(want))
			}
		}
		data[at+bit/8] ^= 1 << (bit % 8)
	}
}
