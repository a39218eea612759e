package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file writes archives and directories from inputs with damage, and from containers
// that are hostile or unusual.

// TestDamagedFolders: archives and directories that are made of a directory with damage are
// the same for any number of workers, with the same messages and rejects.
func TestDamagedFolders(t *testing.T) {
	docs := sample.Documents(sample.Bench, sample.Seed, 300)
	r := rand.New(rand.NewPCG(5, 6))
	files := map[string]string{"prelude.json": `{"ServerVersion":"7.0.1","ToolVersion":"100.9.0"}`}
	for i, name := range []string{"a/x", "a/y", "b/z"} {
		var data []byte
		for len(data) < 3*recovered/2>>i { // so much follows the damage of the first one that workers read it again
			data = append(data, docs[r.IntN(len(docs))]...)
		}
		for range 40 {
			data[r.IntN(len(data)/5)] ^= 1 << r.IntN(8)
		}
		files[name+".bson"] = string(data)
		files[name+".metadata.json"] = `{"indexes":[],"type":"collection"}`
	}
	files["b/z.bson"] = files["b/z.bson"][:len(files["b/z.bson"])-7] // cut
	source, dir := makeFiles(t, files), t.TempDir()
	rejects := filepath.Join(dir, "rejects")
	whole := map[string]string{} // what each file gives by itself
	for name := range files {
		if stem, ok := strings.CutSuffix(name, ".bson"); ok {
			got := runCommand(nil, filepath.Join(source, name), "-t", "bson", "--on-error", "skip", "-q", "-j", "1")
			whole[strings.Replace(stem, "/", ".", 1)] = got.stdout
		}
	}
	type result struct {
		command
		rejects string
		files   map[string]string
	}
	for _, args := range [][]string{{"-t", "archive"}, {"-o", filepath.Join(dir, "out") + "/"}, {"-o", filepath.Join(dir, "out") + "/", "--compress", "gzip"}} {
		var want result
		for _, jobs := range numbersOfJobs {
			got := result{command: runCommand(nil, append(args, source, "-j", jobs, "--on-error", "quarantine", "--rejects", rejects, "--overwrite", "--summary", "json")...)}
			kept, err := os.ReadFile(rejects)
			if got.rejects = string(kept); err != nil || got.code != 4 || strings.Count(got.stderr, "\n") < 20 {
				t.Fatalf("%q: code %d, %v, %.500s", args, got.code, err, got.stderr)
			}
			got.stderr, _, _ = strings.Cut(got.stderr, `"seconds"`)
			if args[0] == "-o" {
				got.files = filesIn(t, filepath.Join(dir, "out"))
				for name, text := range whole {
					if other := got.files[strings.Replace(name, ".", "/", 1)+".bson"]; other != text {
						t.Errorf("%q, %s jobs: %s has %d bytes, want %d", args, jobs, name, len(other), len(text))
					}
				}
			} else if a, err := plainRead([]byte(got.stdout)); err != nil || !cmp.Equal(a.Documents, whole) {
				t.Errorf("%s jobs: other documents, %v", jobs, err)
			}
			if want.code == 0 {
				want = got
			}
			if got.command != want.command || got.rejects != want.rejects || !cmp.Equal(got.files, want.files) {
				t.Errorf("%q, %s jobs: another result: %d bytes, %d of rejects; want %d, %d", args, jobs, len(got.stdout), len(got.rejects), len(want.stdout), len(want.rejects))
			}
		}
	}
}

// TestCutPipe: an archive that ends too early in a pipe leaves no directory, but the
// documents so far beside it.
func TestCutPipe(t *testing.T) {
	data, docs, _ := smallArchive()
	out := filepath.Join(t.TempDir(), "out")
	got := runCommand(bytes.NewReader(data[:bytes.Index(data, docs[7])+5]), "-o", out+"/")
	if got.code != 4 || !strings.Contains(got.stderr, "out.partial has the 7 documents converted so far") {
		t.Errorf("code %d, %s", got.code, got.stderr)
	}
	if names, _ := filepath.Glob(out + "*"); len(names) != 1 || names[0] != out+".partial" {
		t.Errorf("left %q", names)
	}
}

// TestZip64: a zip file with more files than a plain one can have is read.
func TestZip64(t *testing.T) {
	files := []packedFile{{"dump/shop/users.bson", numbered(1)}}
	for i := range 1<<16 + 1 {
		files = append(files, packedFile{fmt.Sprintf("dump/shop/%d.txt", i), ""})
	}
	data := zipOf(t, files, func(h *zip.FileHeader) { h.Method = zip.Store })
	if !bytes.Contains(data, []byte("PK\x06\x06")) {
		t.Fatal("no end of a 64-bit directory")
	}
	code, out, messages := runOn(t, "dump.zip", data)
	if want := "bsonjs: dump.zip: not read: shop/0.txt, shop/1.txt, shop/10.txt, 65534 more\n"; code != 0 || out != "{\"n\":1}\n" || messages != want {
		t.Errorf("code %d, %q, %s, want %s", code, out, messages, want)
	}
}
