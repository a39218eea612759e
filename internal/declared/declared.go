// Package declared reads the declarations of a package, for tests that compare them
// with a table or a page.
package declared

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// In returns the declarations of the package in the directory dir, without tests.
func In(t testing.TB, dir string) []ast.Decl {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no package: %v", dir, err)
	}
	var decls []ast.Decl
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, file.Decls...)
	}
	return decls
}

// Receiver returns the name of the type of the method f, or "" if f is a function.
func Receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr: // a generic type
			typ = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// Name returns the name of f in the form of the tables: "Name", or "Type.Name" for a
// method.
func Name(f *ast.FuncDecl) string {
	if of := Receiver(f); of != "" {
		return of + "." + f.Name.Name
	}
	return f.Name.Name
}
