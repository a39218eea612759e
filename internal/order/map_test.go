package order

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testName   = regexp.MustCompile("`([a-z0-9]+)\\.((?:Test|Fuzz|Benchmark)[A-Za-z0-9]+)`")
	vectorName = regexp.MustCompile("`vectors/([a-z0-9-]+\\.json)`")
	symbolName = regexp.MustCompile("`(bson|extjson|pickle|decimal128|objectid)\\.([A-Z][A-Za-z0-9]*(?:\\.[A-Z][A-Za-z0-9]*)?)`")
)

// TestMap checks that the tests, benchmarks, vectors and functions that docs/spec-map.md
// names exist, and that it names every file of vectors.
func TestMap(t *testing.T) {
	root := filepath.Join("..", "..")
	data, err := os.ReadFile(filepath.Join(root, "docs", "spec-map.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	tests := testFuncs(t, root)
	named := 0
	for _, m := range testName.FindAllStringSubmatch(text, -1) {
		if named++; !tests[m[1]+"."+m[2]] {
			t.Errorf("no test %s in package %s", m[2], m[1])
		}
	}
	vectors := map[string]bool{}
	for _, m := range vectorName.FindAllStringSubmatch(text, -1) {
		vectors[m[1]] = true
		if _, err := os.Stat(filepath.Join(root, "testdata", "vectors", m[1])); err != nil {
			t.Error(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(root, "testdata", "vectors", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !vectors[filepath.Base(f)] {
			t.Errorf("vectors/%s is not in the map", filepath.Base(f))
		}
	}
	symbols := map[string]bool{}
	for _, m := range symbolName.FindAllStringSubmatch(text, -1) {
		if !testName.MatchString(m[0]) {
			symbols[m[1]+" "+m[2]] = true
		}
	}
	for s := range symbols {
		pkg, name, _ := strings.Cut(s, " ")
		cmd := exec.Command("go", "doc", "./"+pkg, name)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s.%s: %v\n%s", pkg, name, err, out)
		}
	}
	if named < 50 || len(symbols) < 30 {
		t.Errorf("only %d tests and %d functions seen: the patterns no longer fit the map", named, len(symbols))
	}
}

var testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)[A-Za-z0-9]+)\(`)

// testFuncs returns the tests of the tree as "folder.TestName".
func testFuncs(t *testing.T, root string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, pattern := range []string{"*/*_test.go", "internal/*/*_test.go", "cmd/*/*_test.go", "cmd/*/internal/*/*_test.go", "interop/*/*_test.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range testFunc.FindAllSubmatch(src, -1) {
				found[filepath.Base(filepath.Dir(name))+"."+string(m[1])] = true
			}
		}
	}
	return found
}
