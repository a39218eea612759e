//go:build !race

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestFolderOnFullDisk: if the disk is full, there is no directory with the name of the
// output, or the old one, and the output so far is beside it.
func TestFolderOnFullDisk(t *testing.T) {
	data := archiveOf(sample.Documents(sample.Bench, sample.Seed, 3000), 50)
	for _, old := range []bool{false, true} {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
			t.Skip("no small file system can be mounted: ", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, 0) })
		out := filepath.Join(dir, "out")
		if old {
			os.Mkdir(out, 0o777)
			os.WriteFile(filepath.Join(out, "old.bson"), []byte(numbered(1)), 0o666)
		}
		got := runCommand(bytes.NewReader(data), "-o", out+"/", "--overwrite")
		want := fmt.Sprintf("bsonjs: %s/: cannot be written: no space left on device\nbsonjs: %s.partial has all output that could be written; its last document may be incomplete\n", out, out)
		if got.code != 5 || got.stderr != want {
			t.Errorf("code %d, %s, want %s", got.code, got.stderr, want)
		}
		if text, err := os.ReadFile(filepath.Join(out, "old.bson")); old != (err == nil && string(text) == numbered(1)) {
			t.Errorf("the old directory: %q, %v", text, err)
		}
	}
}

// TestSplitOnFullDisk: if the disk is full, no file of a split output is there, and the files
// that it would have replaced are.
func TestSplitOnFullDisk(t *testing.T) {
	data := bytes.Join(sample.Documents(sample.Bench, sample.Seed, 3000), nil)
	for _, args := range [][]string{{"--split-count", "100"}, {"--split-by", "_id"}, {"--split-size", "1GiB"}} {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
			t.Skip("no small file system can be mounted: ", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, 0) })
		old := filepath.Join(dir, "out-00001.bson")
		os.WriteFile(old, []byte(numbered(1)), 0o666)
		out := filepath.Join(dir, "out.bson")
		got := runCommand(bytes.NewReader(data), append(args, "-f", "bson", "-o", out, "--overwrite")...)
		want := "bsonjs: " + out + ": cannot be written: no space left on device\nbsonjs: no file of the output is kept, because all of them appear together or none does\n"
		if got.code != 5 || got.stderr != want {
			t.Errorf("%q: code %d, %s, want %s", args, got.code, got.stderr, want)
		}
		text, err := os.ReadFile(old)
		if entries, _ := os.ReadDir(dir); len(entries) != 1 || err != nil || string(text) != numbered(1) {
			t.Errorf("%q: left %v, %q, %v", args, entries, text, err)
		}
	}
}

// TestPackedBombs: files of a tar or zip file that are several hundred times as long as
// their compressed data take no more memory than others.
func TestPackedBombs(t *testing.T) {
	const size = 100 << 20
	files := []packedFile{{"dump/a/x.bson", strings.Repeat("\x00", size)}, {"dump/a/y.bson", numbered(1)}}
	for name, data := range map[string][]byte{"dump.zip": zipOf(t, files, nil), "dump.tar.gz": pack(t, compress.Gzip, tarOf(t, files))} {
		if len(data) > size/300 {
			t.Fatalf("%s has %d bytes", name, len(data))
		}
		p := start(t, "", "--on-error", "skip", name, "-")
		if err := os.WriteFile(filepath.Join(p.Dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
		var out lockedBuffer
		p.Stdout = &out
		p.begin(t)
		p.until(t, func() bool { return out.String() != "" })
		peak := p.peak(t) // it waits for standard input now
		p.stdin.Close()
		if code := p.code(); code != 4 || out.String() != "{\"n\":1}\n" {
			t.Errorf("%s: code %d, %.100q, %.500s", name, code, out.String(), p.stderr.String())
		}
		t.Logf("%s: peak memory %.1f MB", name, float64(peak)/(1<<20))
		if peak == 0 || peak > memoryBound {
			t.Errorf("%s: %.1f MB of memory", name, float64(peak)/(1<<20))
		}
	}
}
