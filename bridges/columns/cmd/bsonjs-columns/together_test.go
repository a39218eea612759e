package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// build builds a command into dir and returns its path. The working directory of the build is
// that of its module.
func build(t *testing.T, dir, module, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	cmd := exec.Command("go", "build", "-o", path, "./cmd/"+name)
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", name, err, out)
	}
	return path
}

// TestTogether: bsonjs writes and reads tables with this program, and says how to install it
// if it is not there.
func TestTogether(t *testing.T) {
	bin, work := t.TempDir(), t.TempDir()
	bsonjs := build(t, bin, filepath.Join("..", "..", "..", ".."), "bsonjs")
	const docs = "{\"_id\":1,\"name\":\"Ann\",\"at\":{\"x\":1.5}}\n{\"_id\":2,\"name\":\"Bob\",\"tags\":[\"a\",\"b\"]}\n"
	if err := os.WriteFile(filepath.Join(work, "docs.json"), []byte(docs), 0o666); err != nil {
		t.Fatal(err)
	}
	type result struct {
		Code   int
		Stdout string
		Stderr string // as far as it matters
	}
	run := func(stderr string, args ...string) result {
		cmd := exec.Command(bsonjs, args...)
		cmd.Dir = work
		cmd.Env = append(os.Environ(), "PATH=")
		var out, messages bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &messages
		err := cmd.Run()
		if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
			t.Fatal(err)
		}
		got := result{cmd.ProcessState.ExitCode(), out.String(), messages.String()}
		if stderr != "" && strings.Contains(got.Stderr, stderr) {
			got.Stderr = stderr
		}
		return got
	}
	check := func(want result, args ...string) {
		t.Helper()
		if diff := cmp.Diff(want, run(want.Stderr, args...)); diff != "" {
			t.Errorf("%q: (-want +got):\n%s", args, diff)
		}
	}

	missing := result{2, "", "bsonjs-columns, which reads and writes Parquet and Arrow, is not installed; type go install"}
	check(missing, "docs.json", "-o", "x.parquet")
	if names, _ := filepath.Glob(filepath.Join(work, "x.*")); names != nil {
		t.Errorf("without the extension there is %q", names)
	}

	build(t, bin, filepath.Join("..", ".."), "bsonjs-columns")
	for _, name := range []string{"x.parquet", "x.arrow", "x.feather", "x.arrows"} {
		check(result{}, "docs.json", "-o", name)
		check(result{Stdout: docs}, name, "-t", "json")
		check(result{Stdout: "{\"_id\":2,\"name\":\"Bob\",\"tags\":[\"a\",\"b\"]}\n"}, name, "-t", "json", "--where", "{name:'Bob'}")
		check(result{}, "diff", "--brief", "docs.json", name)
	}

	// A fault of the extension is one of both.
	if err := os.WriteFile(filepath.Join(work, "mixed.json"), []byte("{\"a\":1}\n{\"a\":\"x\"}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	check(result{1, "", "bsonjs: y.parquet: not written; the message of bsonjs-columns has the reason\n"}, "mixed.json", "-o", "y.parquet")
	if names, _ := filepath.Glob(filepath.Join(work, "y.*")); names != nil {
		t.Errorf("after a fault there is %q", names)
	}
	check(result{}, "mixed.json", "-o", "y.parquet", "--mixed", "json")
	check(result{Stdout: "{\"a\":1}\n{\"a\":\"x\"}\n"}, "y.parquet", "-t", "json")
	for _, size := range []int64{100, 0} { // no table is empty
		if err := os.Truncate(filepath.Join(work, "y.parquet"), size); err != nil {
			t.Fatal(err)
		}
		check(result{4, "", "bsonjs: y.parquet: not read; the message of bsonjs-columns has the reason\n"}, "y.parquet", "-t", "json")
	}
}
