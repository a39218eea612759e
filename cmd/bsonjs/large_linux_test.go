//go:build !race

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

var large = flag.Int64("large", 64, "megabytes that go through a pipe in TestLargePipe")

// memoryBound is the largest memory of a run, in bytes, for a file of any size
// with small documents and up to eight jobs.
const memoryBound = 64 << 20

// A repeater returns a block of data again and again.
type repeater struct {
	block []byte
	left  int64 // bytes still to be returned
	at    int   // of block
}

func (r *repeater) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), r.left)]
	for rest := p; len(rest) > 0; {
		n := copy(rest, r.block[r.at:])
		r.at = (r.at + n) % len(r.block)
		rest = rest[n:]
	}
	r.left -= int64(len(p))
	return len(p), nil
}

// peak returns the largest memory of the process so far, in bytes, and 0 if the process has
// ended. Rusage returns that of the parent process if it is larger.
func (p *process) peak(t *testing.T) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ESRCH) {
		t.Error(err)
	}
	var kB int64
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "VmHWM: %d kB", &kB)
	}
	return kB << 10
}

// within fails the test if the memory of a process is more than most bytes, or 0. run runs the
// process and returns its memory. On a busy machine the garbage collector may be late, so the
// least of three runs counts.
func within(t *testing.T, most int64, run func() (peak int64)) {
	t.Helper()
	least := int64(0)
	for range 3 {
		peak := run()
		t.Logf("peak memory %.1f MB", float64(peak)/(1<<20))
		if peak == 0 {
			t.Error("no memory was measured")
		}
		if t.Failed() {
			return
		}
		if least == 0 || peak < least {
			least = peak
		}
		if least <= most {
			return
		}
	}
	t.Errorf("%.1f MB of memory, more than %.1f", float64(least)/(1<<20), float64(most)/(1<<20))
}

// A lastReader reports that it is at its end.
type lastReader func()

func (r lastReader) Read([]byte) (int, error) {
	r()
	return 0, io.EOF
}

// The process stays below its memory bound for any amount of data from a pipe
// and for every output format, and all documents arrive.
func TestLargePipe(t *testing.T) {
	var binary, lines []byte
	docs := sample.Documents(sample.Bench, sample.Seed, 2000)
	for _, doc := range docs {
		binary = append(binary, doc...)
		lines, _ = extjson.AppendJSON(lines, doc)
		lines = append(lines, '\n')
	}
	head, tail := hugeArchive(binary, *large<<20/int64(len(binary)))
	array := bytes.ReplaceAll(lines, []byte("\n"), []byte(","))
	for _, tc := range []struct {
		name        string
		open, block string
		close       string
		more        int64 // documents in close
		args        []string
	}{
		{"bson to lines", "", string(binary), "", 0, nil},
		{"bson to array, eight jobs", "", string(binary), "", 0, []string{"-j", "8", "--array", "-m", "canonical"}},
		{"lines to bson", "", string(lines), "", 0, nil},
		{"array to bson, eight jobs", "[", string(array), "{}]", 1, []string{"-j", "8"}},
		{"lines to sorted lines", "", string(lines), "", 0, []string{"-t", "json", "--sort-keys"}},
		{"archive to lines, eight jobs", head, string(binary), tail, 0, []string{"-j", "8"}},
		{"archive to archive, eight jobs", head, string(binary), tail, 0, []string{"-t", "archive", "-j", "8"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := start(t, "", append(tc.args, "--summary", "json", "-o", os.DevNull)...)
			blocks := *large << 20 / int64(len(tc.block))
			p.stdin.Close()
			var peak int64 // before the input ends
			p.Stdin = io.MultiReader(strings.NewReader(tc.open),
				&repeater{block: []byte(tc.block), left: blocks * int64(len(tc.block))}, strings.NewReader(tc.close),
				lastReader(func() { peak = p.peak(t) }))
			p.begin(t)
			if code := p.code(); code != 0 {
				t.Fatalf("exit code %d: %s", code, &p.stderr)
			}
			want := blocks*int64(len(docs)) + tc.more
			if got := p.stderr.String(); !strings.Contains(got, fmt.Sprintf(`{"read":%d,"written":%d,"rejected":0,`, want, want)) {
				t.Errorf("%d documents, but the summary is %s", want, got)
			}
			t.Logf("%d MB: peak memory %.1f MB", *large, float64(peak)/(1<<20))
			if peak == 0 || peak > memoryBound {
				t.Errorf("%d bytes of memory, more than %d", peak, memoryBound)
			}
		})
	}
}

// TestLargeArchive: an archive of any size, from a pipe, is converted in bounded memory,
// and to the same bytes for any number of jobs: to lines, those of its documents alone.
func TestLargeArchive(t *testing.T) {
	var binary []byte
	for _, doc := range sample.Documents(sample.Bench, sample.Seed, 2000) {
		binary = append(binary, doc...)
	}
	blocks := *large << 20 / int64(len(binary))
	head, tail := hugeArchive(binary, blocks)
	sum := func(head, tail string, args ...string) string {
		t.Helper()
		p, out := start(t, "", append(args, "-o", "-")...), sha256.New()
		p.stdin.Close()
		var peak int64 // before the input ends
		p.Stdin = io.MultiReader(strings.NewReader(head), &repeater{block: binary, left: blocks * int64(len(binary))}, strings.NewReader(tail),
			lastReader(func() { peak = p.peak(t) }))
		p.Stdout = out
		p.begin(t)
		if code := p.code(); code != 0 {
			t.Fatalf("%q: exit code %d: %s", args, code, &p.stderr)
		}
		t.Logf("%q: %d MB: peak memory %.1f MB", args, *large, float64(peak)/(1<<20))
		if peak == 0 || peak > memoryBound {
			t.Errorf("%q: %d bytes of memory, more than %d", args, peak, memoryBound)
		}
		return string(out.Sum(nil))
	}
	lines := sum("", "", "-t", "json")
	var copied string
	for _, jobs := range []string{"1", "2", "8"} {
		if sum(head, tail, "-t", "json", "-j", jobs) != lines {
			t.Errorf("%s jobs: other lines than those of the documents alone", jobs)
		}
		again := sum(head, tail, "-t", "archive", "-j", jobs)
		if copied == "" {
			copied = again
		}
		if again != copied {
			t.Errorf("%s jobs: another archive than one job writes", jobs)
		}
	}
}

// An output of any size is read back in bounded memory, and two inputs of any size are
// compared.
func TestLargeVerify(t *testing.T) {
	const bound = 4 * memoryBound
	var binary []byte
	for _, doc := range sample.Documents(sample.Bench, sample.Seed, 2000) {
		binary = append(binary, doc...)
	}
	blocks := *large << 20 / int64(len(binary))
	data := func() *repeater { return &repeater{block: binary, left: blocks * int64(len(binary))} }
	hash := sha256.New()
	if _, err := io.Copy(hash, data()); err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", hash.Sum(nil))
	for _, args := range [][]string{
		{"--verify", "-j", "2", "-m", "canonical", "-o", os.DevNull},
		{"--verify", "-j", "8", "-t", "bson", "--compress", "zstd", "-o", os.DevNull},
		{"verify", "-j", "2", "-", "b"},
	} {
		p := start(t, "", append(args, "--summary", "json")...)
		p.stdin.Close()
		var peak int64 // before the input ends
		p.Stdin = io.MultiReader(data(), lastReader(func() { peak = p.peak(t) }))
		if args[0] == "verify" {
			if err := syscall.Mkfifo(filepath.Join(p.Dir, "b"), 0o666); err != nil {
				t.Fatal(err)
			}
			go func() {
				f, err := os.OpenFile(filepath.Join(p.Dir, "b"), os.O_WRONLY, 0)
				if err == nil {
					_, err = io.Copy(f, data())
					f.Close()
				}
				if err != nil {
					t.Error(err)
				}
			}()
		}
		p.begin(t)
		if code := p.code(); code != 0 || strings.Count(p.stderr.String(), sum) != 2 {
			t.Fatalf("%q: exit code %d: %s", args, code, &p.stderr)
		}
		t.Logf("%q: %d MB: peak memory %.1f MB", args, *large, float64(peak)/(1<<20))
		if peak == 0 || peak > bound {
			t.Errorf("%q: %d bytes of memory, more than %d", args, peak, bound)
		}
	}
}

// The compressors of many files take the memory of those that are open at once.
func TestSplitMemory(t *testing.T) {
	const values, bound = 1500, 3 * memoryBound
	var docs strings.Builder
	for i := range 6 * values {
		fmt.Fprintf(&docs, "{\"n\":%d,\"text\":\"%01000d\"}\n", i%values, i)
	}
	for _, suffix := range []string{".gz", ".zst"} {
		p := start(t, "", "-o", "out.json"+suffix, "--split-by", "n", "-t", "json", "-j", "2", "in.json", "-")
		if err := os.WriteFile(filepath.Join(p.Dir, "in.json"), []byte(docs.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		p.begin(t)
		p.until(t, func() bool {
			names, _ := filepath.Glob(filepath.Join(p.Dir, "*.partial", fmt.Sprintf("out-%d.json%s", values-1, suffix)))
			return len(names) == 1
		})
		peak := p.peak(t) // it waits for standard input, or writes the rest
		p.stdin.Close()
		if code := p.code(); code != 0 || peak == 0 || peak > bound {
			t.Errorf("%s: code %d, %.300s, %.1f MB of memory", suffix, code, p.stderr.String(), float64(peak)/(1<<20))
		}
		t.Logf("%s: peak memory %.1f MB", suffix, float64(peak)/(1<<20))
	}
}

// A shuffled is a Reader of n documents, whose _id are all numbers below n, in steps.
type shuffled struct {
	n, step, next, done int64
	rest                []byte
}

func (r *shuffled) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.done == r.n {
			return 0, io.EOF
		}
		doc, mark := bsoncore.Begin(r.rest[:0])
		doc = bsoncore.AppendInt64(doc, "_id", r.next)
		doc = bsoncore.AppendString(doc, "text", fmt.Sprintf("%0200d", r.next*r.next))
		r.rest = bsoncore.End(doc, mark)
		r.next = (r.next + r.step) % r.n
		r.done++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// TestLargeDiff: two inputs of any size, with the same documents in other orders, are compared
// in bounded memory.
func TestLargeDiff(t *testing.T) {
	const size = 245 // bytes of a document, about
	n := *large << 20 / size
	const step = 999_983 // a prime, so that all numbers come
	if n%step == 0 {
		n++
	}
	name := filepath.Join(t.TempDir(), "a.bson")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, bufio.NewReader(&shuffled{n: n, step: 1})); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	const memory = 16 << 20
	p := start(t, "", "diff", "--summary", "--json", "--memory", fmt.Sprint(memory), name, "-")
	p.stdin.Close()
	var peak int64 // before the input ends
	var out bytes.Buffer
	p.Stdin = io.MultiReader(bufio.NewReader(&shuffled{n: n, step: step}), lastReader(func() { peak = p.peak(t) }))
	p.Stdout = &out
	p.begin(t)
	if code := p.code(); code != 0 {
		t.Fatalf("exit code %d: %s %s", code, &out, &p.stderr)
	}
	if want := fmt.Sprintf(`{"summary":{"documents":{"a":%d,"b":%d},"equal":%d,`, n, n, n); !strings.HasPrefix(out.String(), want) {
		t.Errorf("%s, want %s", &out, want)
	}
	t.Logf("%d MB: peak memory %.1f MB", *large, float64(peak)/(1<<20))
	if peak == 0 || peak > memoryBound+memory {
		t.Errorf("%d bytes of memory, more than %d", peak, memoryBound+memory)
	}
}
