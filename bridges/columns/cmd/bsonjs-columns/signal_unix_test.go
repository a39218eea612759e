//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson"
)

// built builds the command and returns its path.
func built(t *testing.T) string {
	t.Helper()
	command := filepath.Join(t.TempDir(), "bsonjs-columns")
	if out, err := exec.Command("go", "build", "-o", command, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return command
}

// TestSignal: a signal ends a run that waits for its input, and nothing is left of it.
func TestSignal(t *testing.T) {
	command := built(t)
	doc, err := bson.Marshal(bson.D{{Key: "a", Value: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"write --to parquet --output x --infer 1", "write --to arrow --output x", "read --output x"} {
		dir := t.TempDir()
		c := exec.Command(command, strings.Fields(args)...)
		c.Dir = dir
		c.Env = append(os.Environ(), "TMPDIR="+dir)
		var messages strings.Builder
		c.Stderr = &messages
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// The second write waits until the process has read most of the first one, so the
		// signal comes when it has begun.
		for range 2 {
			if _, err := io.WriteString(in, strings.Repeat(string(doc), 1<<14)); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		killed := time.AfterFunc(time.Minute, func() { c.Process.Kill() })
		err = c.Wait()
		killed.Stop()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 128+int(syscall.SIGTERM) || messages.String() != "" {
			t.Errorf("%s: %v, %q, want exit code 143", args, err, messages.String())
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%s: the directory has %v, %v", args, entries, err)
		}
	}
}
