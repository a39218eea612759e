package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// withLarge returns documents, some of which are longer than what a worker or a stream gathers.
func withLarge(n, size int) (data []byte) {
	for i, doc := range sample.Documents(sample.Bench, sample.Seed, n) {
		data = append(data, doc...)
		if i%(n/2) == 1 {
			long, mark := bsoncore.Begin(nil)
			long = bsoncore.AppendString(long, "text", strings.Repeat("long ", size/5))
			data = append(data, bsoncore.End(bsoncore.AppendInt64(long, "n", int64(i)), mark)...)
		}
	}
	return data
}

// An output of any kind is verified for any number of workers, and the sum is that of the
// BSON file.
func TestVerifyJobs(t *testing.T) {
	t.Chdir(t.TempDir())
	data := withLarge(4000, 5<<20)
	if err := os.WriteFile("in.bson", data, 0o666); err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	for i, out := range []string{
		"out.json", "out.json -m canonical --indent 1", "out.json.gz --array", "out.bson.zst", "out.hex", "out.pickle", "out.archive --as-ns a.b", "out/ --as-ns a.b",
	} {
		for j, jobs := range []string{"1", "3"} {
			if race.On && i > 1 && j == 0 {
				continue // workers find races, and one job is tested with two kinds
			}
			args := append([]string{"--verify", "-j", jobs, "--overwrite", "in.bson", "-o"}, strings.Fields(fmt.Sprint(i, out))...)
			got := runCommand(nil, args...)
			apart := strings.Contains(out, "a.b")
			if got.code != 0 || !strings.HasPrefix(got.stderr, "bsonjs: verified 4,002 documents: SHA-256 ") || strings.Contains(got.stderr, sum) == apart {
				t.Errorf("%q: code %d, %s", args, got.code, got.stderr)
			}
			name := args[6]
			verify := []string{"verify", "-j", jobs, "in.bson", name}
			if strings.HasSuffix(name, ".pickle") {
				verify = append(verify, "--to", "pickle")
			}
			if got := runCommand(nil, verify...); got.code != 0 || !strings.HasPrefix(got.stdout, "equal") || !strings.Contains(got.stdout, sum) {
				t.Errorf("%q: code %d, %s%s", verify, got.code, got.stdout, got.stderr)
			}
		}
	}
}

// Every changed byte of a copy is found, and each cut and each further document.
func TestVerifyDamage(t *testing.T) {
	t.Chdir(t.TempDir())
	var data []byte
	for _, doc := range sample.Documents(sample.Bench, sample.Seed, 3) {
		data = append(data, doc...)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("a.bson", data)
	differ := func(what string, b []byte) {
		write("b.bson", b)
		for _, args := range [][]string{{"verify", "-f", "bson", "-t", "bson", "a.bson", "b.bson"}, {"verify", "-f", "bson", "-t", "bson", "b.bson", "a.bson"}} {
			if got := runCommand(nil, args...); got.code == 0 || got.stdout != "" && got.code == 1 || got.stderr == "" {
				t.Fatalf("%s: %q: code %d, %s%s", what, args, got.code, got.stdout, got.stderr)
			}
		}
	}
	for i := 0; i < len(data); i += 7 * race.Slowdown {
		changed := bytes.Clone(data)
		changed[i] ^= 0x40
		differ(fmt.Sprint("byte ", i), changed)
		differ(fmt.Sprint("cut at ", i), data[:i])
	}
	differ("further", append(bytes.Clone(data), data[:bsonLength(data)]...))
}

// bsonLength returns the length of the first document.
func bsonLength(data []byte) int { return int(data[0]) | int(data[1])<<8 }

// The sums of several files are those that sha256sum makes.
func TestVerifySums(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"x", "y"} {
		if got := runCommand(strings.NewReader(`{"n":"`+name+`"}`), "-o", name+".bson"); got.code != 0 {
			t.Fatal(got)
		}
	}
	var lines string
	for _, name := range []string{"x", "y"} {
		data, err := os.ReadFile(name + ".bson")
		if err != nil {
			t.Fatal(err)
		}
		lines += fmt.Sprintf("%x  out-%s.bson\n", sha256.Sum256(data), name)
	}
	want := fmt.Sprintf("bsonjs: verified 2 documents: SHA-256 %x\n", sha256.Sum256([]byte(lines)))
	if got := runCommand(nil, "--verify", "--split-by", "n", "y.bson", "x.bson", "-o", "out.bson"); got.stderr != want {
		t.Errorf("%s, want %s", got.stderr, want)
	}
	if names, _ := filepath.Glob("out-*"); len(names) != 2 {
		t.Error(names)
	}
}
