package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A lateReader returns text, and calls a function before it ends.
type lateReader struct {
	text string
	last func()
}

func (r *lateReader) Read(p []byte) (int, error) {
	if r.text == "" {
		r.last()
		return 0, io.EOF
	}
	n := copy(p, r.text)
	r.text = r.text[n:]
	return n, nil
}

// If the output cannot get its name, the file of rejects does not get its name
// either, so the run can be repeated.
func TestNoRejectsWithoutOutput(t *testing.T) {
	dir := t.TempDir()
	out, rejects := filepath.Join(dir, "out.json"), filepath.Join(dir, "rejects")
	taken := func() {
		if err := os.WriteFile(out, []byte("theirs"), 0o666); err != nil {
			t.Error(err)
		}
	}
	args := []string{"-t", "json", "-o", out, "--on-error", "quarantine", "--rejects", rejects}
	got := runCommand(&lateReader{"{\"a\":1}\n{\"b\":x}\n", taken}, args...)
	if got.code != 5 {
		t.Errorf("code %d: %s", got.code, got.stderr)
	}
	if _, err := os.Lstat(rejects); err == nil {
		t.Error("the rejects have their name")
	}
	for name, want := range map[string]string{out: "theirs", out + ".partial": "{\"a\":1}\n", rejects + ".partial": "{\"b\":x}\n"} {
		if text, err := os.ReadFile(name); string(text) != want || err != nil {
			t.Errorf("%s is %q, %v, want %q", filepath.Base(name), text, err, want)
		}
	}
}
