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

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/internal/tempfile"
)

// This file ends runs that hold documents: by a full disk, signals and a pipe that is
// closed.

// heldArgs are flags that hold more than the memory.
var heldArgs = [][]string{
	{"--sort", "{n: -1}", "--memory", "64KiB"},
	{"--unique", "n", "--memory", "64KiB"},
	{"--tail", "1000000", "--memory", "64KiB"},
	{"--unique", "n", "--sort", "{n: -1}", "--sample", "1000000", "--memory", "64KiB"},
}

// emptyFolder fails if dir has files.
func emptyFolder(t *testing.T, what any, dir string) {
	t.Helper()
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("%v: left behind in %s: %v, %v", what, dir, names, err)
	}
}

// TestHeldOnFullDisk: if the disk of temporary files is full, one line says so, and nothing
// is left.
func TestHeldOnFullDisk(t *testing.T) {
	var data []byte
	for n := range int32(20_000) {
		data = append(data, sound.document(n, 100)...)
	}
	for _, args := range heldArgs {
		dir, out := t.TempDir(), t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128k"); err != nil {
			t.Skip("no small file system can be mounted: ", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, 0) })
		t.Setenv("TMPDIR", dir)
		for _, jobs := range []string{"1", "3"} {
			got := runCommand(bytes.NewReader(data), append(args, "-j", jobs, "-o", filepath.Join(out, "out.json"))...)
			if got.code != 5 || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, dir) || !strings.Contains(got.stderr, "no space left on device; set TMPDIR") {
				t.Errorf("%v: code %d, %s", args, got.code, got.stderr)
			}
			emptyFolder(t, args, out)
			emptyFolder(t, args, dir)
		}
	}
}

// TestDiffOnFullDisk: if the disk of temporary files is full, one line says so, and nothing
// is left.
func TestDiffOnFullDisk(t *testing.T) {
	var forth, back []byte
	for n := range int32(20_000) {
		forth = append(forth, sound.document(n, 100)...)
		back = append(back, sound.document(19_999-n, 100)...)
	}
	dir, out := t.TempDir(), t.TempDir()
	name := filepath.Join(t.TempDir(), "a.bson")
	writeFile(t, name, forth)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128k"); err != nil {
		t.Skip("no small file system can be mounted: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	t.Setenv("TMPDIR", dir)
	for _, jobs := range []string{"1", "3"} {
		got := runCommand(bytes.NewReader(back), "diff", "--key", "n", "--memory", "64KiB", "-j", jobs, "-o", filepath.Join(out, "out.json"), name, "-")
		if got.code != 5 || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, dir) || !strings.Contains(got.stderr, "no space left on device; set TMPDIR") {
			t.Errorf("%s jobs: code %d, %s", jobs, got.code, got.stderr)
		}
		emptyFolder(t, jobs, out)
		emptyFolder(t, jobs, dir)
	}
}

// TestHeldKilled: a signal, also one that cannot be caught, leaves neither an output nor a
// temporary file.
func TestHeldKilled(t *testing.T) {
	var block []byte
	for n := range int32(2000) {
		block = append(block, sound.document(n, 100)...)
	}
	for _, args := range heldArgs {
		for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
			dir := t.TempDir()
			if signal == syscall.SIGKILL && !unnamed(t, dir) {
				continue
			}
			p := start(t, "", append(args, "-o", "out.json")...)
			p.Env = append(p.Env, "TMPDIR="+dir)
			p.begin(t)
			go io.Copy(p.stdin, &repeater{block: block, left: 1 << 40})
			p.until(t, func() bool { return p.spills(dir) })
			p.Process.Signal(signal)
			code := p.code()
			if signal == syscall.SIGTERM && (code != 143 || p.stderr.String() != "bsonjs: interrupted after 0 documents\n") {
				t.Errorf("%v: code %d, %s", args, code, &p.stderr)
			}
			emptyFolder(t, args, dir)
			if signal == syscall.SIGTERM {
				emptyFolder(t, args, p.Dir)
			}
		}
	}
}

// TestDiffKilled: a signal, also one that cannot be caught, leaves neither an output nor a
// temporary file of documents that wait.
func TestDiffKilled(t *testing.T) {
	var block []byte
	for n := range int32(2000) {
		block = append(block, sound.document(n, 100)...)
	}
	name := filepath.Join(t.TempDir(), "a.bson")
	writeFile(t, name, block)
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGKILL: -1} {
		dir := t.TempDir()
		if signal == syscall.SIGKILL && !unnamed(t, dir) {
			continue
		}
		p := start(t, "", "diff", "--key", "n", "--memory", "64KiB", "-o", "out.json", name, "-")
		p.Env = append(p.Env, "TMPDIR="+dir)
		p.begin(t)
		go io.Copy(p.stdin, &repeater{block: block, left: 1 << 40})
		p.until(t, func() bool { return p.spills(dir) })
		p.Process.Signal(signal)
		if got := p.code(); got != code || code > 0 && (strings.Count(p.stderr.String(), "\n") != 1 || !strings.HasPrefix(p.stderr.String(), "bsonjs: interrupted after ")) {
			t.Errorf("%v: code %d, want %d; %s", signal, got, code, &p.stderr)
		}
		emptyFolder(t, signal, dir)
		if code > 0 {
			emptyFolder(t, signal, p.Dir)
		}
	}
}

// TestDiffClosedPipe: a comparison whose reader has gone, as with head, ends in silence and
// leaves no file.
func TestDiffClosedPipe(t *testing.T) {
	var data []byte
	for n := range int32(3000) {
		data = append(data, sound.document(n, 100)...)
	}
	name, empty := filepath.Join(t.TempDir(), "a.bson"), filepath.Join(t.TempDir(), "b.bson")
	writeFile(t, name, data)
	writeFile(t, empty, nil)
	for _, flags := range [][]string{nil, {"--json"}, {"--brief", "--memory", "64KiB"}, {"--summary"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		p := start(t, "", append([]string{"diff", "--key", "n", name, empty}, flags...)...)
		p.Env = append(p.Env, "TMPDIR="+dir)
		p.Stdout = w
		p.begin(t)
		w.Close()
		r.Close()
		if code := p.code(); code != -1 && code != 141 || p.stderr.String() != "" {
			t.Errorf("%v: code %d, %s", flags, code, &p.stderr)
		}
		emptyFolder(t, flags, dir)
	}
}

// unnamed reports whether a temporary file in dir never has a name. Otherwise it tells why
// SIGKILL is not tested: it could arrive while a file has its name.
func unnamed(t *testing.T, dir string) bool {
	f, err := tempfile.Unnamed(dir)
	if err != nil {
		t.Log("not tested: SIGKILL, because files have names for a moment in this file system: ", err)
		return false
	}
	f.Close()
	return true
}

// spills reports whether p has a temporary file of held documents in dir open, which has no
// name.
func (p *process) spills(dir string) bool {
	names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.Process.Pid))
	for _, name := range names {
		if to, _ := os.Readlink(name); strings.HasPrefix(to, dir) && strings.HasSuffix(to, " (deleted)") {
			return true
		}
	}
	return false
}

// TestHeldClosedPipe: a run whose reader has gone ends as one that holds nothing.
func TestHeldClosedPipe(t *testing.T) {
	var data []byte
	for n := range int32(3000) {
		data = append(data, sound.document(n, 100)...)
	}
	for _, args := range append(heldArgs, nil) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		p := start(t, "", append(args, "-t", "json")...)
		p.Env = append(p.Env, "TMPDIR="+dir)
		p.stdin.Close()
		p.Stdin, p.Stdout = bytes.NewReader(data), w
		p.begin(t)
		w.Close()
		r.Close()
		if code := p.code(); code != -1 && code != 141 || p.stderr.String() != "" {
			t.Errorf("%v: code %d, %s", args, code, &p.stderr)
		}
		emptyFolder(t, args, dir)
	}
}

// A peakWriter counts bytes, and keeps the first ones and the largest memory of a process
// that writes them.
type peakWriter struct {
	t     *testing.T
	p     *process
	n     int64
	peak  int64
	start string // 200 bytes or less
}

func (w *peakWriter) Write(b []byte) (int, error) {
	w.start += string(b[:min(len(b), 200-len(w.start))])
	w.n += int64(len(b))
	w.peak = max(w.peak, w.p.peak(w.t))
	return len(b), nil
}

// TestLargeHeld: documents that are held stay within --memory and the memory of a run that
// holds nothing, for any amount of data.
func TestLargeHeld(t *testing.T) {
	var block []byte
	for i, doc := range sample.Documents(sample.Bench, sample.Seed, 2000) {
		block = append(block, bsoncore.End(bsoncore.AppendInt32(doc[:len(doc)-1:len(doc)-1], "n", int32(i*7919%2000)), 0)...)
	}
	blocks := *large << 20 / int64(len(block))
	memory := min(*large/8, 256) // MiB
	for _, tc := range []struct {
		name    string
		written int64
		args    []string
	}{
		{"sort", 2000 * blocks, []string{"--sort", "{n: 1}", "-t", "bson"}},
		{"sort to lines, eight jobs", 2000 * blocks, []string{"--sort", "{n: -1}", "-t", "json", "-j", "8"}},
		{"tail", 2000 * (blocks - 1), []string{"--tail", fmt.Sprint(2000 * (blocks - 1)), "-t", "bson"}},
		{"unique", 2000, []string{"--unique", "n", "-t", "bson"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := start(t, "", append(tc.args, "--summary", "json", "-q", "--memory", fmt.Sprint(memory, "MiB"))...)
			p.stdin.Close()
			out := &peakWriter{t: t, p: p}
			p.Stdin, p.Stdout = &repeater{block: block, left: blocks * int64(len(block))}, out
			p.begin(t)
			if code := p.code(); code != 0 {
				t.Fatalf("exit code %d: %s", code, &p.stderr)
			}
			if got := p.stderr.String(); !strings.Contains(got, fmt.Sprintf(`{"read":%d,"written":%d,"rejected":0,`, 2000*blocks, tc.written)) {
				t.Errorf("the summary is %s", got)
			}
			t.Logf("%d MB, --memory %dMiB: peak memory %.1f MB", *large, memory, float64(out.peak)/(1<<20))
			if bound := memory<<20 + memoryBound; out.n == 0 || out.peak == 0 || out.peak > bound {
				t.Errorf("%d bytes of memory, more than %d", out.peak, bound)
			}
		})
	}
}
