//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bsonkit/bsonkit/internal/race"
)

// left returns the names of the files and directories of p, without those that start with
// prefix.
func (p *process) left(t *testing.T, prefix string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if prefix == "" || !strings.HasPrefix(e.Name(), prefix) {
			all = append(all, e.Name())
		}
	}
	return all
}

// A signal leaves no file of a split output, and the files that it would have replaced. A
// process that is killed leaves a directory with a temporary name besides.
func TestSplitKilled(t *testing.T) {
	for _, tc := range []struct {
		signal syscall.Signal
		code   int
	}{{syscall.SIGTERM, 143}, {syscall.SIGINT, 130}, {syscall.SIGKILL, -1}} {
		p := start(t, "", "-o", "out.json", "--split-count", "1", "--overwrite")
		if err := os.WriteFile(filepath.Join(p.Dir, "out-00001.json"), []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
		p.begin(t)
		io.WriteString(p.stdin, one+one+one)
		p.until(t, func() bool {
			names, _ := filepath.Glob(filepath.Join(p.Dir, "out.json.*.partial", "out-00003.json"))
			return len(names) == 1
		})
		p.Process.Signal(tc.signal)
		if got := p.code(); got != tc.code {
			t.Errorf("%v: code %d", tc.signal, got)
		}
		want, stderr := "[out-00001.json]", "bsonjs: interrupted after 3 documents\nbsonjs: no file of the output is kept, because all of them appear together or none does\n"
		prefix := ""
		if tc.signal == syscall.SIGKILL {
			prefix, stderr = "out.json.", ""
		}
		if got := fmt.Sprint(p.left(t, prefix)); got != want || p.content("out-00001.json") != "old" || p.stderr.String() != stderr {
			t.Errorf("%v: left %s, %q", tc.signal, got, p.stderr.String())
		}
	}
}

// Few files are open at once, whatever the number of values, and few are in memory.
func TestSplitOpenFiles(t *testing.T) {
	values := 10_000
	if testing.Short() || race.On {
		values = 500 // thousands of files take long
	}
	for _, suffix := range []string{".json", ".json.gz", ".json.zst"} {
		p := start(t, "ulimit -n 100", "-o", "out"+suffix, "--split-by", "n", "-t", "json", "in.json", "--summary", "json")
		var docs strings.Builder
		for round := range 2 {
			for i := range values {
				fmt.Fprintf(&docs, "{\"n\":%d,\"round\":%d}\n", i, round)
			}
		}
		if err := os.WriteFile(filepath.Join(p.Dir, "in.json"), []byte(docs.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		p.begin(t)
		if code := p.code(); code != 0 || !strings.Contains(p.stderr.String(), fmt.Sprintf(`"files":%d}`, values)) {
			t.Fatalf("%s: code %d, %.300s", suffix, code, p.stderr.String())
		}
		if got := len(p.left(t, "in.json")); got != values {
			t.Errorf("%s: %d files", suffix, got)
		}
		data, err := os.ReadFile(filepath.Join(p.Dir, "out-7"+suffix))
		if err != nil {
			t.Fatal(err)
		}
		if got := runCommand(strings.NewReader(string(data)), "--from", "json", "-t", "json"); got.stdout != "{\"n\":7,\"round\":0}\n{\"n\":7,\"round\":1}\n" {
			t.Errorf("%s: %q", suffix, got.stdout)
		}
		if suffix == ".json" {
			values = min(values, 1000)
		}
	}
}

// New files have the permissions that the umask leaves, and files that are replaced keep
// theirs, also if nobody may write to them.
func TestSplitPermissions(t *testing.T) {
	for _, tc := range []struct {
		old  os.FileMode // 0: there is none
		want os.FileMode
	}{{0, 0o640}, {0o600, 0o600}, {0o444, 0o444}, {0o666, 0o666}, {os.ModeSetgid | 0o750, os.ModeSetgid | 0o750}} {
		p := start(t, "umask 027", "-o", "out.json", "--split-by", "n", "--overwrite", "in.json", "-t", "json")
		os.WriteFile(filepath.Join(p.Dir, "in.json"), []byte("{\"n\":1}\n"), 0o666)
		name := filepath.Join(p.Dir, "out-1.json")
		if tc.old != 0 {
			os.WriteFile(name, nil, 0o666)
			if err := os.Chmod(name, tc.old); err != nil {
				t.Fatal(err)
			}
		}
		p.begin(t)
		code := p.code()
		info, err := os.Stat(name)
		if err != nil || code != 0 || info.Mode() != tc.want || info.Size() == 0 {
			t.Errorf("%v: code %d, %s, %v", tc.old, code, p.stderr.String(), info)
		}
	}
}
