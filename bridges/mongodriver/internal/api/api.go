// Package api loads the exported names of Go packages, with their types.
package api

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Load returns the packages with the given import paths. A type of one package is
// the same object in all others. Load asks the go command for compiled packages, so
// the result has no comments.
func Load(paths ...string) ([]*types.Package, error) {
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, paths...)
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
	imports := importer.ForCompiler(token.NewFileSet(), "gc", open)
	var pkgs []*types.Package
	for _, path := range paths {
		pkg, err := imports.Import(path)
		if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, pkg)
	}
	return pkgs, nil
}

// Exported returns the exported objects of a package in the order of their names.
func Exported(pkg *types.Package) []types.Object {
	var objects []types.Object
	for _, name := range pkg.Scope().Names() {
		if o := pkg.Scope().Lookup(name); o.Exported() {
			objects = append(objects, o)
		}
	}
	return objects
}
