//go:build unix

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

// startColumns starts bsonjs with the extension on PATH, which behaves as how says.
func startColumns(t *testing.T, how string, args ...string) *process {
	t.Helper()
	p := start(t, "", args...)
	dir := t.TempDir()
	link(t, dir, "bsonjs-columns")
	p.Env = append(p.Env, "PATH="+dir, behaviour+"="+how)
	return p
}

// TestColumnsSignal: a signal to bsonjs ends the extension too, whatever it does, and nothing
// of the output is left.
func TestColumnsSignal(t *testing.T) {
	long := strings.Repeat(rows(1, 2, 3), 20000) // more than a pipe holds
	for _, tc := range []struct {
		name, how string
		in        string
		ends      bool // the input
		args      []string
	}{
		{"it never reads", "docs=0 pid sleep", long, false, []string{"-o", "x.parquet"}},
		{"it has read a part", "docs=5 pid sleep", long, false, []string{"-o", "x.parquet"}},
		{"it has read all, and works", "pid sleep", rows(1), true, []string{"-o", "x.parquet"}},
		{"it waits for documents", "docs=0 pid drain", rows(1), false, []string{"-o", "x.parquet"}},
		{"it reads", "docs=1 pid sleep", "PAR1" + long + "PAR1", true, []string{"-f", "parquet", "-t", "json"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := startColumns(t, tc.how, tc.args...)
			p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			p.begin(t)
			go func() {
				io.WriteString(p.stdin, tc.in)
				if tc.ends {
					p.stdin.Close()
				}
			}()
			pid := 0
			p.until(t, func() bool {
				n, _ := fmt.Sscan(p.content("pid"), &pid)
				return n == 1
			})
			syscall.Kill(-p.Process.Pid, syscall.SIGTERM) // as Ctrl-C signals all processes of a command
			if got := p.code(); got != 143 || !strings.Contains(p.stderr.String(), "bsonjs: interrupted after ") {
				t.Errorf("exit code %d, stderr %q, want 143", got, &p.stderr)
			}
			if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
				t.Errorf("the extension is still there: %v", err)
			}
			if got := strings.Join(p.left(t, ""), " "); got != "pid" {
				t.Errorf("files %s are left", got)
			}
		})
	}
}

// TestColumnsKilled: if bsonjs is killed, the extension ends, and no file has the name of the
// output.
func TestColumnsKilled(t *testing.T) {
	p := startColumns(t, "docs=0 pid drain", "-o", "x.parquet")
	p.begin(t)
	io.WriteString(p.stdin, rows(1))
	pid := 0
	p.until(t, func() bool {
		n, _ := fmt.Sscan(p.content("pid"), &pid)
		return n == 1
	})
	p.Process.Kill()
	p.Wait()
	p.until(t, func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH || isZombie(pid) })
	if _, err := os.Stat(filepath.Join(p.Dir, "x.parquet")); err == nil {
		t.Error("the output has its name")
	}
}

// isZombie reports whether a process has ended, and nobody has waited for it: in a container
// without a first process that does.
func isZombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, _ := bytes.Cut(stat, []byte(") "))
	return err == nil && bytes.HasPrefix(state, []byte("Z"))
}

// TestColumnsClosedPipe: if nobody reads the table, the run ends without a message.
func TestColumnsClosedPipe(t *testing.T) {
	p := startColumns(t, "", "-t", "parquet")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stdout = w
	p.begin(t)
	w.Close()
	r.Close()
	go func() {
		for chunk := []byte(strings.Repeat(rows(1), 1000)); ; {
			if _, err := p.stdin.Write(chunk); err != nil {
				return
			}
		}
	}()
	if got := p.code(); got != 141 || p.stderr.String() != "" {
		t.Errorf("exit code %d, stderr %q, want 141", got, &p.stderr)
	}
}

// TestColumnsFullDisk: if the disk is full for the extension, no file is left.
func TestColumnsFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no full device here: ", err)
	}
	withColumns(t, "")
	got := runCommand(strings.NewReader(strings.Repeat(rows(1), 1000)), "-t", "parquet", "-o", "/dev/full")
	if want := "bsonjs-columns: the output cannot be written\nbsonjs: /dev/full: not written; the message of bsonjs-columns has the reason\n"; got.code != 5 || got.stderr != want {
		t.Errorf("code %d, stderr %q, want %q", got.code, got.stderr, want)
	}
}
