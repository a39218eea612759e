package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file splits outputs into several files.

// splitFiles runs bsonjs with the output NAME.SUFFIX in a new directory, and returns the
// contents of all files there.
func splitFiles(t *testing.T, data []byte, suffix string, args ...string) (map[string]string, command) {
	t.Helper()
	dir := t.TempDir()
	got := runCommand(bytes.NewReader(data), append(args, "-o", filepath.Join(dir, "out"+suffix))...)
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files, got
}

// readBack returns the documents in data, a file of any format and compression, as BSON.
func readBack(t *testing.T, data string) string {
	t.Helper()
	args := []string{"-t", "bson"}
	if strings.HasPrefix(data, "\x80") || strings.HasPrefix(data, "}") {
		args = append(args, "--from", "pickle")
	}
	got := runCommand(strings.NewReader(data), args...)
	if got.code != 0 {
		t.Fatalf("code %d, %s", got.code, got.stderr)
	}
	return got.stdout
}

// inOrder returns the names of files in order.
func inOrder(files map[string]string) (names []string) {
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// someDocuments returns documents of many sizes: n of a collection, with some that are too
// long for a worker among them.
func someDocuments(r *rand.Rand, n, long int) (all [][]byte) {
	for i, doc := range sample.Documents(sample.Bench, r.Uint64(), n) {
		all = append(all, doc)
		if long > 0 && r.IntN(n/long) == 0 {
			big, mark := bsoncore.Begin(nil)
			big = bsoncore.AppendInt32(big, "i", int32(i))
			big = bsoncore.AppendString(big, "text", strings.Repeat("long ", r.IntN(900_000)))
			all = append(all, bsoncore.End(big, mark))
		}
	}
	return all
}

// greedy returns docs in files of at most size bytes and count documents, 0 for no limit.
func greedy(docs [][]byte, size, count int) map[string]string {
	files := map[string]string{}
	number, n := 0, 0
	name := ""
	for _, doc := range docs {
		if number == 0 || count > 0 && n == count || size > 0 && len(files[name])+len(doc) > size {
			number++
			name, n = fmt.Sprintf("out-%05d.bson", number), 0
		}
		files[name] += string(doc)
		n++
	}
	return files
}

// TestSplitOrder: files of BSON begin where one loop over the documents begins them, for any
// number of jobs, any reads, and documents of any length.
func TestSplitOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for round, long := range []int{0, 4} {
		docs := someDocuments(r, 1200, long)
		data := bytes.Join(docs, nil)
		for i, tc := range []struct{ size, count int }{
			{0, 400}, {0, len(docs)}, {len(data) / 7, 0}, {100_000, 0}, {1_000_000, 500}, {math.MaxInt32, 0}, {60_000, 37},
		} {
			if len(greedy(docs, tc.size, tc.count)) > 60 || race.On && (round+i)%2 != 0 {
				continue // with the race detector each case has one of the inputs
			}
			var args []string
			if tc.size > 0 {
				args = append(args, "--split-size", strconv.Itoa(tc.size))
			}
			if tc.count > 0 {
				args = append(args, "--split-count", strconv.Itoa(tc.count))
			}
			want := greedy(docs, tc.size, tc.count)
			for _, jobs := range numbersOfJobs {
				dir := t.TempDir()
				in := &chopper{data, rand.New(rand.NewPCG(r.Uint64(), 1)), 1 << (10 + r.IntN(12))}
				got := runCommand(in, append(args, "-f", "bson", "-o", filepath.Join(dir, "out.bson"), "-j", jobs)...)
				if got.code != 0 || got.stderr != "" {
					t.Fatalf("%q: code %d, %s", args, got.code, got.stderr)
				}
				files := filesIn(t, dir)
				if !cmp.Equal(inOrder(want), inOrder(files)) {
					t.Fatalf("%q, %s jobs: files %q, want %q", args, jobs, inOrder(files), inOrder(want))
				}
				for name := range want {
					if files[name] != want[name] {
						t.Errorf("%q, %s jobs: %s has %d bytes, want %d", args, jobs, name, len(files[name]), len(want[name]))
					}
				}
			}
		}
	}
}

// TestSplitFormats: in every format and compression, each file is whole by itself, all files in
// order have the documents of the output that is not split, and no file with several documents
// is over the limit. Any number of jobs gives the same bytes.
func TestSplitFormats(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	docs := someDocuments(r, 200, 1)
	data := bytes.Join(docs, nil)
	for s, suffix := range []string{".bson", ".json", ".pickle", ".hex", ".b64", ".json.gz", ".bson.zst", ".json.lz4", ".bson.s2", ".hex.sz", ".json.zz"} {
		if race.On && strings.Count(suffix, ".") > 1 && suffix != ".json.gz" {
			continue // the compressors have tests of their own
		}
		for f, flags := range [][]string{nil, {"--array"}, {"--pretty"}} {
			format := []string{"-f", "bson"}
			if strings.HasPrefix(suffix, ".json") {
				format = append(format, "-m", "canonical")
			} else if flags != nil {
				continue
			}
			format = append(format, flags...)
			if suffix == ".json.zz" {
				suffix = ".json" // compressed, but the name does not say so
				format = append(format, "--compress", "zstd")
			}
			for i, split := range [][]string{{"--split-count", "70"}, {"--split-size", "150000"}, {"--split-by", "missing"}, {"--split-by", "i"}} {
				if race.On && (s+f+i)%4 != 0 {
					continue // one of the four, another for the next format
				}
				args := append(slices.Clone(format), split...)
				var first map[string]string
				for _, jobs := range numbersOfJobs {
					files, got := splitFiles(t, data, suffix, append(args, "-j", jobs)...)
					if got.code != 0 || got.stderr != "" {
						t.Fatalf("%s %q: code %d, %s", suffix, args, got.code, got.stderr)
					}
					if first == nil {
						first = files
					}
					for name, text := range files {
						if first[name] != text {
							t.Errorf("%s %q: %s depends on the number of jobs", suffix, args, name)
						}
					}
				}
				var back strings.Builder
				for _, name := range inOrder(first) {
					one := readBack(t, first[name])
					back.WriteString(one)
					plain := runCommand(strings.NewReader(one), append(format, "-t", strings.Split(suffix, ".")[1], "--compress", "none")...)
					if split[0] == "--split-size" && len(plain.stdout) > 150000 && len(one) != documentLen(one) {
						t.Errorf("%s %q: %s has %d bytes before compression", suffix, args, name, len(plain.stdout))
					}
				}
				same := back.String() == string(data)
				if split[1] == "i" { // the order is another
					same = back.Len() == len(data)
				}
				if !same {
					t.Errorf("%s %q: the files do not have the documents", suffix, args)
				}
			}
		}
	}
}

// documentLen returns the length of the first document in data.
func documentLen(data string) int {
	return int(binary.LittleEndian.Uint32([]byte(data)))
}

// TestSplitBy: each value has a file with its documents in order, whatever the values are, for
// any number of jobs.
func TestSplitBy(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, values := range []int{1, 40, 200} {
		var data []byte
		want := map[string]string{}
		for i := range 4000 {
			doc, mark := bsoncore.Begin(nil)
			doc = bsoncore.AppendInt32(doc, "i", int32(i))
			name := "out-missing.bson"
			if r.IntN(20) > 0 {
				v := r.IntN(values)
				inner, innerMark := bsoncore.Begin(nil)
				if name = fmt.Sprintf("out-%d.bson", v); r.IntN(2) == 0 {
					inner = bsoncore.AppendDouble(inner, "v", float64(v))
				} else {
					inner = bsoncore.AppendInt32(inner, "v", int32(v))
				}
				doc = bsoncore.AppendValue(doc, "a", bsoncore.TypeDocument, bsoncore.End(inner, innerMark))
			}
			size := r.IntN(1000)
			if r.IntN(2000) == 0 {
				size = r.IntN(3 << 20)
			}
			doc = bsoncore.End(bsoncore.AppendString(doc, "text", strings.Repeat("x", size)), mark)
			data = append(data, doc...)
			want[name] += string(doc)
		}
		for _, jobs := range numbersOfJobs {
			files, got := splitFiles(t, data, ".bson", "-f", "bson", "--split-by", "a.v", "-j", jobs, "--summary", "json")
			if n := fmt.Sprintf(`"files":%d}`, len(want)); got.code != 0 || !strings.Contains(got.stderr, n) {
				t.Errorf("code %d, %s, want %s", got.code, got.stderr, n)
			}
			if !cmp.Equal(inOrder(want), inOrder(files)) {
				t.Fatalf("%d values: files %q", values, inOrder(files))
			}
			for name := range want {
				if files[name] != want[name] {
					t.Errorf("%d values, %s jobs: %s has %d bytes, want %d", values, jobs, name, len(files[name]), len(want[name]))
				}
			}
		}
	}
}

// TestSplitDamaged: the files have the documents that the output has if it is not split, also
// around damage, and any number of jobs and any reads give the same files and messages.
func TestSplitDamaged(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	data := bytes.Join(someDocuments(r, 2000, 2), nil)
	for version, damage := range damaged(data, r)[1:] {
		for i, split := range [][]string{{"--split-count", "311"}, {"--split-size", "300000"}, {"--split-by", "f0"}} {
			if race.On && (version+i)%3 != 0 {
				continue // one of the three, another for the next version
			}
			args := append([]string{"-f", "bson", "-m", "canonical", "--on-error", "skip", "--max-errors", "0", "--summary", "none"}, split...)
			unsplit := runCommand(bytes.NewReader(damage), append(args[:len(args)-2:len(args)-2], "-t", "json")...)
			var first map[string]string
			for _, jobs := range numbersOfJobs {
				dir := t.TempDir()
				in := &chopper{damage, rand.New(rand.NewPCG(r.Uint64(), 1)), 1 << (10 + r.IntN(12))}
				got := runCommand(in, append(args, "-o", filepath.Join(dir, "out.json"), "-j", jobs)...)
				if got.code != unsplit.code || got.stderr != unsplit.stderr {
					t.Fatalf("%q, %s jobs: code %d, %.500s, want %d, %.500s", split, jobs, got.code, got.stderr, unsplit.code, unsplit.stderr)
				}
				files := filesIn(t, dir)
				if first == nil {
					first = files
				}
				if !cmp.Equal(first, files) {
					t.Errorf("%q: the files depend on the number of jobs", split)
				}
				all := ""
				for _, name := range inOrder(files) {
					all += files[name]
				}
				if split[0] == "--split-by" {
					all, unsplit.stdout = sortedLines(all), sortedLines(unsplit.stdout)
				}
				if all != unsplit.stdout {
					t.Errorf("%q, %s jobs: the files do not have the documents", split, jobs)
				}
			}
		}
	}
}

func sortedLines(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// TestSplitHostile: each value has a file of its own in the directory of the output, whatever
// the value is.
func TestSplitHostile(t *testing.T) {
	long := strings.Repeat("x", 300)
	values := []any{
		"../x", "..", ".", "", "/", `..\..\x`, "a\x00b", "CON", "con", "Con", "NUL", "missing", "MISSING", "~", "a:b", "1", int32(1), int64(2), 2.5, "2.5",
		long, long + "y", strings.Repeat("x", 100_000), "é", "e\u0301", "É", "K", "\u212a", "ß", "ss", "\u202e", "x.", "x ", "x", "%2E%2E", "null", bson.Null{}, bson.D{}, bson.A{}, true, "true",
	}
	var data []byte
	for _, v := range values {
		doc, err := bson.Marshal(bson.D{{Key: "v", Value: v}})
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, doc...)
	}
	data = append(data, numbered(1)...)
	dir := t.TempDir()
	inside := filepath.Join(dir, "inside")
	os.Mkdir(inside, 0o777)
	for round := range 2 {
		args := []string{"-f", "bson", "-o", filepath.Join(inside, "out.bson"), "--split-by", "v"}
		if round > 0 {
			args = append(args, "--overwrite")
		}
		got := runCommand(bytes.NewReader(data), args...)
		if got.code != 0 || got.stderr != "" {
			t.Fatalf("code %d, %s", got.code, got.stderr)
		}
		files := filesIn(t, dir)
		seen := map[string]bool{}
		for name, text := range files {
			if !strings.HasPrefix(name, "inside/out-") || !strings.HasSuffix(name, ".bson") || len(filepath.Base(name)) > 255 || len(text) != documentLen(text) || seen[text] {
				t.Errorf("%q has %d bytes", name, len(text))
			}
			seen[text] = true
		}
		if len(files) != len(values)+1 || files["inside/out-missing.bson"] != numbered(1) {
			t.Errorf("%d files, want %d", len(files), len(values)+1)
		}
	}
}

// TestSplitTooMany: more than 10,000 files are an error, and nothing is left.
func TestSplitTooMany(t *testing.T) {
	var docs strings.Builder
	for i := range 10_001 {
		fmt.Fprintf(&docs, "{\"n\":%d}\n", i)
	}
	for _, tc := range []struct{ flag, value, cure string }{
		{"--split-by", "n", "choose a field with fewer values for --split-by, or select documents with --where"},
		{"--split-count", "1", "choose a larger --split-size or --split-count"},
	} {
		if (testing.Short() || race.On) && tc.flag != "--split-by" {
			continue // thousands of files take long
		}
		dir := t.TempDir()
		got := runCommand(strings.NewReader(docs.String()), "-o", filepath.Join(dir, "out.json"), tc.flag, tc.value)
		want := "bsonjs: the output would have more than 10,000 files; " + tc.cure + " (see bsonjs --help)\n"
		if got.code != 2 || !strings.HasPrefix(got.stderr, want) {
			t.Errorf("code %d, %s, want %s", got.code, got.stderr, want)
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%s: %d files are left", tc.flag, len(entries))
		}
	}
}

// TestSplitStdin: standard input is an input too, if it is a file.
func TestSplitStdin(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out-00001.json")
	if err := os.WriteFile(name, []byte("{\"n\":1}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	got := runCommand(in, "-o", filepath.Join(dir, "out.json"), "--split-count", "1", "--overwrite")
	if want := "bsonjs: <stdin> is an input, and a file of the output would replace it"; got.code != 2 || !strings.HasPrefix(got.stderr, want) {
		t.Errorf("code %d, %s", got.code, got.stderr)
	}
}

// TestSplitFolder: a file of a directory that is an input is not replaced.
func TestSplitFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "dump"), os.DirFS(filepath.Join(dumps, "folder"))); err != nil {
		t.Fatal(err)
	}
	want := filesIn(t, dir)
	got := runCommand(nil, filepath.Join(dir, "dump"), "-o", filepath.Join(dir, "dump", "shop", "part.bson"), "--split-count", "1", "--overwrite")
	if got.code != 2 || !strings.Contains(got.stderr, "would be a file of") {
		t.Errorf("code %d, %s", got.code, got.stderr)
	}
	if diff := cmp.Diff(want, filesIn(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%.1000s", diff)
	}
}
