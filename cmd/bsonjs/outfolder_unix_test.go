//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A process that is killed while it writes a directory leaves no directory with the name
// of the output, or the old one. A signal keeps the output so far.
func TestFolderKilled(t *testing.T) {
	data, docs, _ := smallArchive()
	whole := strings.Index(string(data), string(docs[7])) // the process waits for the rest
	for _, tc := range []struct {
		name   string
		old    bool
		signal syscall.Signal
	}{
		{"new, killed", false, syscall.SIGKILL}, {"old, killed", true, syscall.SIGKILL},
		{"new, terminated", false, syscall.SIGTERM}, {"old, terminated", true, syscall.SIGTERM},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := start(t, "", "-o", "out/", "--overwrite")
			if tc.old {
				os.Mkdir(filepath.Join(p.Dir, "out"), 0o777)
				os.WriteFile(filepath.Join(p.Dir, "out", "old.bson"), nil, 0o666)
			}
			p.begin(t)
			p.stdin.Write(data[:whole])
			p.until(t, func() bool {
				names, _ := filepath.Glob(filepath.Join(p.Dir, "out.*.partial", "b", "y.z.bson"))
				return len(names) == 1
			})
			p.Process.Signal(tc.signal)
			code := p.code()
			got, _ := filepath.Glob(filepath.Join(p.Dir, "out*"))
			for i := range got {
				got[i] = filepath.Base(got[i])
			}
			if old := len(got) > 0 && got[0] == "out"; old != tc.old || len(got) > 2 || len(got) > 1 && !tc.old {
				t.Errorf("left %q", got)
			}
			if tc.old {
				if _, err := os.Stat(filepath.Join(p.Dir, "out", "old.bson")); err != nil {
					t.Error(err)
				}
			}
			temporary, _ := filepath.Glob(filepath.Join(p.Dir, "out.*.partial"))
			if tc.signal == syscall.SIGKILL {
				// Another run may be writing it, so it stays.
				next := runCommand(bytes.NewReader(data), "-o", filepath.Join(p.Dir, "out")+"/", "--overwrite")
				if _, err := os.Stat(temporary[0]); err != nil || next.code != 0 || next.stderr != "" {
					t.Errorf("the next run: code %d, %s, %v", next.code, next.stderr, err)
				}
				return
			}
			if want := "out.partial has the 7 documents converted so far"; code != 143 || !strings.Contains(p.stderr.String(), want) {
				t.Errorf("code %d, %s, want %s", code, p.stderr.String(), want)
			}
			files := filesIn(t, filepath.Join(p.Dir, "out.partial"))
			if files["a/x.bson"] != string(bytes.Join([][]byte{docs[0], docs[1], docs[2], docs[6]}, nil)) {
				t.Errorf("a/x.bson has %d bytes", len(files["a/x.bson"]))
			}
			next := runCommand(bytes.NewReader(data), "-o", filepath.Join(p.Dir, "out")+"/", "--overwrite")
			want := fmt.Sprintf("bsonjs: removed %s, which an earlier run left\n", filepath.Join(p.Dir, "out.partial"))
			if left, _ := filepath.Glob(filepath.Join(p.Dir, "out*")); len(left) != 1 || next.code != 0 || next.stderr != want {
				t.Errorf("the next run: code %d, %s, left %q", next.code, next.stderr, left)
			}
		})
	}
}
