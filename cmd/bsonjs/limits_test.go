//go:build !race

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// These tests measure memory. The race detector needs more.

// Documents of the largest depth that a flag allows are converted, and deeper
// ones rejected, without exhausting the stack.
func TestDeepest(t *testing.T) {
	text := func(depth int) string {
		return strings.Repeat(`{"a":`, depth-1) + "{}" + strings.Repeat("}", depth-1) + "\n"
	}
	flag := fmt.Sprintf("--max-depth=%d", bson.DepthCeiling)
	deepest := runCommand(strings.NewReader(text(bson.DepthCeiling)), flag)
	if deepest.code != 0 {
		t.Fatalf("code %d: %s", deepest.code, deepest.stderr)
	}
	if got := runCommand(strings.NewReader(deepest.stdout), flag); got.stdout != text(bson.DepthCeiling) {
		t.Errorf("code %d, not the same text: %s", got.code, got.stderr)
	}
	if got := runCommand(strings.NewReader(deepest.stdout), flag, "-t", "bson"); got.stdout != deepest.stdout {
		t.Errorf("code %d, not the same bytes: %s", got.code, got.stderr)
	}
	got := runCommand(strings.NewReader(text(2_000_000)), flag)
	if got.code != 1 || len(got.stderr) > 1000 {
		t.Errorf("two million levels: code %d: %.300s", got.code, got.stderr)
	}
}

// writeStream writes manyDocuments(n) to a file and returns its name.
func writeStream(t *testing.T, n int) string {
	name := filepath.Join(t.TempDir(), fmt.Sprint(n))
	var all bytes.Buffer
	for doc := range manyDocuments(n) {
		all.Write(doc)
	}
	if err := os.WriteFile(name, all.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// allocated returns the number of bytes that f allocates, and the number of
// allocations.
func allocated(f func()) (size, pieces uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, after.Mallocs - before.Mallocs
}

// inFlight is more memory than two workers and the goroutines around them need
// at once for small documents, in bytes.
const inFlight = 8 << 20

// The allocations of a run do not grow with the file: nothing is allocated per
// document, so the peak memory does not depend on their number.
func TestMemory(t *testing.T) {
	const small, large = 2 << 20, 40 << 20
	smallBSON, largeBSON := writeStream(t, small), writeStream(t, large)
	text := func(name string) string {
		if got := runCommand(nil, "-o", name+".json", name); got.code != 0 {
			t.Fatal(got.stderr)
		}
		return name + ".json"
	}
	smallText, largeText := text(smallBSON), text(largeBSON)
	for _, tc := range []struct {
		name         string
		small, large string
		to           string
	}{
		{"BSON to JSON", smallBSON, largeBSON, "json"},
		{"JSON to BSON", smallText, largeText, "bson"},
		{"BSON to BSON", smallBSON, largeBSON, "bson"},
		{"JSON to JSON", smallText, largeText, "json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			convert := func(name string) func() {
				return func() {
					if code := run([]string{"-j", "2", "-t", tc.to, name}, nil, io.Discard, io.Discard); code != 0 {
						t.Errorf("code %d", code)
					}
				}
			}
			convert(tc.small)()
			size, pieces := allocated(convert(tc.small))
			more, morePieces := allocated(convert(tc.large))
			if more > size+inFlight || morePieces > pieces+1000 {
				t.Errorf("%d bytes of input: %d bytes in %d pieces; %d bytes of input: %d bytes in %d pieces",
					small, size, pieces, large, more, morePieces)
			}
		})
	}
}

// The same through a pipe, where each read costs a little.
func TestMemoryOfPipe(t *testing.T) {
	convert := func(n int) func() {
		return func() {
			r, w := io.Pipe()
			go func() {
				chunk := make([]byte, 0, 64<<10)
				for doc := range manyDocuments(n) {
					if chunk = append(chunk, doc...); len(chunk) > 60<<10 {
						w.Write(chunk)
						chunk = chunk[:0]
					}
				}
				w.Write(chunk)
				w.Close()
			}()
			if code := run([]string{"-j", "2"}, r, io.Discard, io.Discard); code != 0 {
				t.Errorf("code %d", code)
			}
		}
	}
	// The allocations of the generator are subtracted.
	generate := func(n int) func() {
		return func() {
			for range manyDocuments(n) {
			}
		}
	}
	const small, large = 2 << 20, 40 << 20
	convert(small)()
	size, _ := allocated(convert(small))
	more, _ := allocated(convert(large))
	own, _ := allocated(generate(large - small))
	if grown := int64(more) - int64(size) - int64(own); grown > inFlight {
		t.Errorf("%d more bytes of input: %d more bytes allocated", large-small, grown)
	}
}

// The memory for compression does not grow with the file either: the
// compressors release only a small part of it during a run.
func TestMemoryOfCompression(t *testing.T) {
	small, large := 8<<20, 64<<20
	if testing.Short() {
		small, large = 4<<20, 24<<20
	}
	names := map[int]string{small: writeStream(t, small), large: writeStream(t, large)}
	for _, c := range written() {
		t.Run(c.String(), func(t *testing.T) {
			convert := func(size int) func() {
				return func() {
					packed := names[size] + c.Suffix()
					for _, args := range [][]string{
						{"-t", "bson", "-o", packed, names[size]},
						{"-o", os.DevNull, "--compress", c.String(), packed},
					} {
						if got := runCommand(nil, append([]string{"-f", "bson", "-j", "2"}, args...)...); got.code != 0 {
							t.Error(got.stderr)
						}
					}
					os.Remove(packed)
				}
			}
			convert(small)()
			size, _ := allocated(convert(small))
			more, _ := allocated(convert(large))
			if more > size+uint64(large/2) {
				t.Errorf("%d bytes of input: %d bytes allocated; %d bytes of input: %d", small, size, large, more)
			}
		})
	}
}

// Many faults under long keys need memory in proportion to the bytes of the
// document.
func TestMemoryOfFaults(t *testing.T) {
	bad := bsoncore.AppendString(nil, "", "\xff")
	document := func(key string, levels, n int) []byte {
		dst, mark := bsoncore.Begin(nil)
		marks := make([]int, levels)
		for i := range marks {
			dst, marks[i] = bsoncore.BeginDocument(dst, key)
		}
		dst = append(dst, bytes.Repeat(bad, n)...)
		for i := range marks {
			dst = bsoncore.End(dst, marks[len(marks)-1-i])
		}
		return bsoncore.End(dst, mark)
	}
	for name, data := range map[string][]byte{
		"one long key":   document(strings.Repeat("k", 500_000), 1, 60_000),
		"many long keys": document(strings.Repeat("k", 240), 900, 30_000),
		"many documents": bytes.Repeat(document(strings.Repeat("k", 30), 20, 500), 60),
	} {
		for _, args := range [][]string{
			{"validate"}, {"validate", "--errors", "json"}, {"inspect", "--on-error", "skip"},
			{"--on-error", "skip", "-t", "json"}, {"salvage", "--invalid-utf8", "error"}, {"dump"},
		} {
			t.Run(name+" "+strings.Join(args, " "), func(t *testing.T) {
				args := append(args, "-f", "bson")
				if args[0] == "dump" {
					args = args[:1]
				}
				size, _ := allocated(func() {
					if code := run(args, bytes.NewReader(data), io.Discard, io.Discard); code == 0 {
						t.Error("nothing is wrong")
					}
				})
				if most := uint64(400*len(data)) + inFlight; size > most {
					t.Errorf("%d bytes allocated for %d, more than %d", size, len(data), most)
				}
			})
		}
	}
}
