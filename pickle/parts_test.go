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

// parts says of the files of each part of reading which names of this package or
// of bsoncore, and which packages, are none of its business.
var parts = []struct {
	prefix  string
	names   *regexp.Regexp
	imports *regexp.Regexp
}{
	{"graph", regexp.MustCompile(`^(machine|builder|unpickler|rules|bsoncore\.([^E].*|E[^r].*))$`), regexp.MustCompile(`/bson$`)},
	{"machine", regexp.MustCompile(`^(builder|unpickler|unhashable)$`), regexp.MustCompile(`/bson(/bsoncore)?$`)},
	// The graph reads atoms from src, and has its nodes in cells.
	{"to_bson", regexp.MustCompile(`^(machine|unpickler|op[A-Z]\w*|arg[A-Z]\w*|opcodeNames|rules|src|cells)$`), regexp.MustCompile(`/bson$`)},
}

// TestParts checks that the machine knows no BSON, that the builder knows no
// opcodes, and that the graph knows neither of them and of BSON its errors only.
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
			t.Errorf("no files are named %s*.go", part.prefix)
		}
	}
}

// checkPart checks that a file has neither a name that names matches, alone or
// behind its package, nor imports what imports matches.
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
			t.Errorf("%s: %s is not for this part", fset.Position(n.Pos()), name)
		}
		return true
	})
}
