package order

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// program matches a whole program in a page and the next block, which has the
// output of the program.
var program = regexp.MustCompile("(?s)```go\n(package main\n.*?)```.*?```text\n(.*?)```")

// TestPrograms runs the programs in the pages of docs and in README.md, and
// compares their output with the pages.
func TestPrograms(t *testing.T) {
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range program.FindAllSubmatch(text, -1) {
			// A file that is named belongs to the module of the working directory.
			file := filepath.Join(t.TempDir(), "main.go")
			if err := os.WriteFile(file, m[1], 0o644); err != nil {
				t.Fatal(err)
			}
			var stderr strings.Builder
			cmd := exec.Command("go", "run", file)
			cmd.Dir = root
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Errorf("%s: %v\n%s", page, err, &stderr)
			}
			if diff := cmp.Diff(string(m[2]), string(out)); diff != "" {
				t.Errorf("%s (-page +program):\n%s", page, diff)
			}
			ran++
		}
	}
	if ran == 0 {
		t.Error("the pages have no program; check the pattern of this test")
	}
}
