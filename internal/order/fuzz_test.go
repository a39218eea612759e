package order

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	fuzzFunc = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)
	fuzzRow  = regexp.MustCompile("(?m)^\\| `\\./([^`]+)` `(Fuzz\\w+)` \\| .+ \\|$")
)

// TestFuzzTargets checks that fuzz/README.md lists the fuzz targets of the module, each
// once.
func TestFuzzTargets(t *testing.T) {
	root := filepath.Join("..", "..")
	targets := map[string]int{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "interop" || d.Name() == "bridges" || d.Name() == "testdata" || d.Name() == ".git"):
			return fs.SkipDir
		case filepath.Ext(name) != ".go":
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		for _, m := range fuzzFunc.FindAllSubmatch(src, -1) {
			targets[filepath.ToSlash(dir)+" "+string(m[1])]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "fuzz", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, m := range fuzzRow.FindAllSubmatch(page, -1) {
		listed = append(listed, string(m[1])+" "+string(m[2]))
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(targets)), listed); diff != "" {
		t.Errorf("fuzz/README.md does not list the targets in order (-targets +page):\n%s", diff)
	}
}
