//go:build !race

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFolderSpecial: FIFOs, devices and links in a directory are not opened, so that
// nothing waits for them, and no loop is followed.
func TestFolderSpecial(t *testing.T) {
	dir := makeFiles(t, map[string]string{"a/x.bson": numbered(1), "a/prelude.json": "{}"})
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a/fifo.bson", "a/fifo.metadata.json", "fifo.bson", "prelude.json"} {
		if err := syscall.Mkfifo(path(name), 0o666); err != nil {
			t.Skip("no FIFOs here: ", err)
		}
	}
	for name, target := range map[string]string{
		"a/zero.bson": "/dev/zero", "a/loop.bson": "loop.bson", "a/out.bson": "/etc/passwd", "b": ".", "c": "a", "a/x.metadata.json": "/dev/zero", "d.bson": "a/x.bson",
	} {
		if err := os.Symlink(target, path(name)); err != nil {
			t.Fatal(err)
		}
	}
	others := 11
	for _, args := range [][]string{{dir}, {"validate", dir}, {"salvage", "-t", "json", dir}, {"list", dir}, {"inspect", dir}, {"dump", dir}} {
		p := start(t, "", args...)
		p.stdin.Close()
		var out bytes.Buffer
		p.Stdout = &out
		p.begin(t)
		if code := p.code(); code != 0 || !strings.Contains(p.stderr.String(), fmt.Sprintf("%d more", others-3)) {
			t.Errorf("%s: code %d, %s", args, code, p.stderr.String())
		}
		if args[0] == dir && out.String() != "{\"n\":1}\n" {
			t.Errorf("%q", out.String())
		}
	}
	// A link that is named is followed.
	if got := runCommand(nil, "-q", path("c")); got.code != 0 || got.stdout != "{\"n\":1}\n" {
		t.Errorf("a link to a directory: code %d, %q, %s", got.code, got.stdout, got.stderr)
	}
}

// TestFolderUnreadable: files and directories that cannot be opened end the run, or are
// passed over. The superuser can read all files, so the run is another user's.
func TestFolderUnreadable(t *testing.T) {
	dir := makeFiles(t, map[string]string{"a/x.bson": numbered(1), "b/x.bson": numbered(2), "c/x.bson": numbered(3)})
	for _, name := range []string{"a/x.bson", "b"} {
		if err := os.Chmod(filepath.Join(dir, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Chmod(filepath.Join(dir, "b"), 0o777) })
	run := func(args ...string) command {
		if os.Getuid() != 0 {
			return runCommand(nil, args...)
		}
		return runAsNobody(t, filepath.Dir(dir), args...)
	}
	got := run("salvage", "-q", "-t", "json", "-m", "relaxed", dir)
	want := fmt.Sprintf("bsonjs: %s: permission denied\nbsonjs: %s: permission denied\n", filepath.Join(dir, "b"), filepath.Join(dir, "a", "x.bson"))
	if got.code != 3 || got.stdout != "{\"n\":3}\n" || got.stderr != want {
		t.Errorf("salvage: code %d, %q, %s, want %s", got.code, got.stdout, got.stderr, want)
	}
	if got := run(dir); got.code != 3 || got.stdout != "" {
		t.Errorf("code %d, %q, %s", got.code, got.stdout, got.stderr)
	}
}

// runAsNobody runs the command as a user without rights, who may search the directory parent.
func runAsNobody(t *testing.T, parent string, args ...string) command {
	t.Helper()
	const nobody = 65534
	dir := t.TempDir()
	for _, name := range []string{parent, dir, filepath.Dir(dir)} {
		if err := os.Chmod(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p := start(t, "", args...)
	p.Path, p.Dir = link(t, dir, "bsonjs"), dir
	p.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	var out bytes.Buffer
	p.Stdout = &out
	p.stdin.Close()
	p.begin(t)
	return command{p.code(), out.String(), p.stderr.String()}
}

// perDatabase is the number of files of a database in TestManyFiles. manyMemory is the
// memory that a run may take for any number of files, in bytes.
const (
	perDatabase = 150
	manyMemory  = 64 << 20
)

// TestManyFiles: a run over a directory with many files takes no more memory than one over
// a few, apart from their names and metadata.
func TestManyFiles(t *testing.T) {
	dir, databases := t.TempDir(), *many/perDatabase
	for db := range databases {
		folder := filepath.Join(dir, fmt.Sprintf("db%d", db))
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		for i := range perDatabase {
			name := filepath.Join(folder, fmt.Sprint("c", i))
			if err := os.WriteFile(name+".bson", []byte(numbered(byte(i))), 0o666); err != nil {
				t.Fatal(err)
			}
			if i%10 > 0 {
				continue
			}
			if err := os.WriteFile(name+".metadata.json", []byte(`{"indexes":[],"type":"collection"}`), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	p := start(t, "", "-q", "-t", "json", dir, "-")
	var out lockedBuffer
	p.Stdout = &out
	p.begin(t)
	for part := range 4 { // each may take the longest time
		p.until(t, func() bool { return strings.Count(out.String(), "\n") >= (part+1)*databases*perDatabase/4 })
	}
	peak := p.peak(t) // it waits for standard input now
	p.stdin.Close()
	if code := p.code(); code != 0 {
		t.Fatalf("code %d, %s", code, p.stderr.String())
	}
	t.Logf("peak memory %.1f MB", float64(peak)/(1<<20))
	if peak == 0 || peak > manyMemory {
		t.Errorf("%.1f MB of memory", float64(peak)/(1<<20))
	}
	var bar bytes.Buffer
	if code := run([]string{"--progress", "json", "--ns", "db1.c12*", "-o", filepath.Join(t.TempDir(), "out.json"), "-t", "json", dir}, nil, io.Discard, &bar); code != 0 || !strings.Contains(bar.String(), `{"bytes":132,"total":132,"documents":11,`) {
		t.Errorf("progress: code %d, %s", code, &bar)
	}
}
