package pickle

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// parts lists, for the files of each part of the reader, the names of this package
// and of bsoncore, and the packages, that they must not use.
var parts = []struct {
	prefix  string
	names   *regexp.Regexp
	imports *regexp.Regexp
}{
	{"graph", regexp.MustCompile(`^(machine|builder|unpickler|rules|bsoncore\.([^E].*|E[^r].*))$`), regexp.MustCompile(`/bson$`)},
	{"machine", regexp.MustCompile(`^(builder|unpickler|unhashable)$`), regexp.MustCompile(`/bson(/bsoncore)?$`)},
	// The graph reads atoms from src, and stores its nodes in cells.
	{"to_bson", regexp.MustCompile(`^(machine|unpickler|op[A-Z]\w*|arg[A-Z]\w*|opcodeNames|rules|src|cells)$`), regexp.MustCompile(`/bson$`)},
}

// TestParts checks that the machine does not use BSON, that the builder does not
// use opcodes, and that the graph uses neither of them, and only the errors of
// BSON.
func TestParts(t *testing.T) {
	for _, part := range parts {
		files, err := filepath.Glob(part.prefix + "*.go")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			n++
			checkPart(t, name, part.names, part.imports)
		}
		if n == 0 {
			t.Errorf("no file has a name %s*.go", part.prefix)
		}
	}
}

// checkPart checks that a file does not use a name that names matches, with or
// without its package, and does not import a package that imports matches.
func checkPart(t *testing.T, file string, names, imports *regexp.Regexp) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		if path, _ := strconv.Unquote(spec.Path.Value); imports.MatchString(path) {
			t.Errorf("%s imports %s", fset.Position(spec.Pos()), path)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		name := ""
		switch n := n.(type) {
		case *ast.Ident:
			name = n.Name
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "bsoncore" {
				name = x.Name + "." + n.Sel.Name
			}
		}
		if names.MatchString(name) {
			t.Errorf("%s: this part must not use %s", fset.Position(n.Pos()), name)
		}
		return true
	})
}
