package order

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// floatFunc matches the functions of package strconv for floats.
var floatFunc = regexp.MustCompile(`^(Append|Format|Parse)Float$`)

// floatUses returns the names of the functions for floats that a Go file uses.
func floatUses(t *testing.T, name string, src []byte) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	local := ""
	for _, i := range file.Imports {
		if i.Path.Value == `"strconv"` {
			if local = "strconv"; i.Name != nil {
				local = i.Name.Name
			}
		}
	}
	var uses []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && local != "" && x.Name == local && floatFunc.MatchString(n.Sel.Name) {
				uses = append(uses, n.Sel.Name)
			}
		case *ast.Ident:
			if local == "." && floatFunc.MatchString(n.Name) {
				uses = append(uses, n.Name)
			}
		}
		return true
	})
	return uses
}

// TestDoublesInOnePlace: packages of the library and the command write and read
// doubles only with package numtext. Tests and test support may use strconv.
func TestDoublesInOnePlace(t *testing.T) {
	root := filepath.Join("..", "..")
	shipped, support := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (rel == "interop" || len(rel) > 1 && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir // another module
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		uses := floatUses(t, path, src)
		if of, _ := entry(entries, filepath.ToSlash(filepath.Dir(rel))); slices.Contains(testsOnly, of) {
			support += len(uses)
			return nil
		}
		if shipped++; len(uses) > 0 {
			t.Errorf("%s uses %v of package strconv; use package numtext", rel, uses)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if shipped < 100 || support == 0 {
		t.Errorf("only %d files tested, with %d uses in test support", shipped, support)
	}
}

// TestFloatUses shows that TestDoublesInOnePlace can fail.
func TestFloatUses(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		want      []string
	}{
		{"call", `import "strconv"; var s = strconv.FormatFloat(1, 'g', -1, 64)`, []string{"FormatFloat"}},
		{"value", `import "strconv"; var f = strconv.ParseFloat`, []string{"ParseFloat"}},
		{"renamed", `import c "strconv"; var b = c.AppendFloat(nil, 1, 'g', -1, 64)`, []string{"AppendFloat"}},
		{"dot", `import . "strconv"; var f = ParseFloat`, []string{"ParseFloat"}},
		{"integers", `import "strconv"; var s = strconv.Itoa(1)`, nil},
		{"another", `import "strconv"; type t struct{}; func (t) ParseFloat() {}; var s = t{}.ParseFloat`, nil},
	} {
		if diff := cmp.Diff(tc.want, floatUses(t, tc.name, []byte("package p; "+tc.src))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}
