package order

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/bsonkit/bsonkit/internal/declared"
)

var (
	testName   = regexp.MustCompile("`([a-z0-9]+)\\.((?:Test|Fuzz|Benchmark)[A-Za-z0-9]+)`")
	vectorName = regexp.MustCompile("`vectors/([a-z0-9-]+\\.json)`")
	symbolName = regexp.MustCompile("`(bson|bsoncore|bsontest|query|schema|extjson|pickle|decimal128|objectid)\\.([A-Z][A-Za-z0-9]*(?:\\.[A-Z][A-Za-z0-9]*)?)`")
)

// TestMap checks that the tests, benchmarks, vectors and functions named in
// docs/spec-map.md exist, and that the page names every file of vectors.
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
			t.Errorf("docs/spec-map.md names a test %s, which package %s does not have", m[2], m[1])
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
			t.Errorf("docs/spec-map.md does not name vectors/%s", filepath.Base(f))
		}
	}
	packages := map[string]map[string]bool{} // names by package
	symbols := 0
	for _, m := range symbolName.FindAllStringSubmatch(text, -1) {
		if testName.MatchString(m[0]) {
			continue
		}
		if packages[m[1]] == nil {
			packages[m[1]] = declaredNames(t, filepath.Join(root, folder(m[1])))
		}
		if symbols++; !packages[m[1]][m[2]] {
			t.Errorf("docs/spec-map.md has a name %s, which package %s does not declare", m[2], m[1])
		}
	}
	if named < 50 || symbols < 30 {
		t.Errorf("docs/spec-map.md names only %d tests and %d functions; check the patterns of this test", named, symbols)
	}
}

// folder returns the directory of a package.
func folder(name string) string {
	switch name {
	case "bsoncore", "bsontest", "query", "schema":
		return filepath.Join("bson", name)
	case "shopspring":
		return filepath.Join("decimal128", name)
	}
	return name
}

// declaredNames returns the names that the package in dir declares, without tests:
// "Name" for functions, types, constants and variables, "Type.Name" for methods and
// fields. An alias has no methods and fields here, only in the package of its type.
func declaredNames(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, decl := range declared.In(t, dir) {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			names[declared.Name(decl)] = true
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				addSpec(names, spec)
			}
		}
	}
	return names
}

func addSpec(names map[string]bool, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			names[name.Name] = true
		}
	case *ast.TypeSpec:
		names[spec.Name.Name] = true
		var members *ast.FieldList
		switch typ := spec.Type.(type) {
		case *ast.StructType:
			members = typ.Fields
		case *ast.InterfaceType:
			members = typ.Methods
		default:
			return
		}
		for _, member := range members.List {
			for _, name := range member.Names {
				names[spec.Name.Name+"."+name.Name] = true
			}
		}
	}
}

var testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)[A-Za-z0-9]+)\(`)

// testFuncs returns the tests of all packages as "directory.TestName".
func testFuncs(t *testing.T, root string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, pattern := range []string{"*/*_test.go", "bson/*/*_test.go", "bson/*/*/*_test.go", "fuzz/*/*_test.go", "decimal128/*/*_test.go", "internal/*/*_test.go", "cmd/*/*_test.go", "cmd/*/internal/*/*_test.go", "interop/*/*_test.go"} {
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
