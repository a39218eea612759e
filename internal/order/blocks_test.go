package order

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// This file compiles the Go code in the pages. A block that is no whole program is
// the body of a function, or a file without its package clause. Its imports may be
// missing; blockContext has the variables that blocks use without declaring them.

// blockImports are the packages that blocks may use without importing them.
var blockImports = []string{
	"context", "errors", "fmt", "io", "os", "testing", "time",
	module + "/bson", module + "/bson/bsoncore", module + "/bson/bsontest", module + "/bson/query", module + "/bson/schema", module + "/decimal128", module + "/extjson", module + "/objectid", module + "/pickle",
}

// blockContext declares what blocks use without declaring it.
const blockContext = `
type Item struct{}
type Order struct { ID objectid.ID; Items []Item }
type Money struct{}

var (
	order                Order
	file                 *os.File
	buf, cached, doc, queued []byte
	err                  error
	v                    any
	encodeMoney          func([]byte, Money) ([]byte, bson.Type, error)
	decodeMoney          func(bson.Type, []byte, *Money) error
	f                    *testing.F
	t                    *testing.T
	viaMyCodec           func(doc []byte) ([]byte, error)
	decode               func(data []byte) (any, error)
	encode               func(v any) ([]byte, error)
)
`

var (
	goBlock    = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")
	unused     = regexp.MustCompile(`(declared|imported) and not used|missing return`)
	importLine = regexp.MustCompile(`(?m)^import (\(\n(?s:.*?)\n\)|.*)\n`)
)

// exports returns the files with the exported names of packages and of all that
// they import.
func exports(t *testing.T, packages ...string) map[string]string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, packages...)...)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	return files
}

// A blockChecker type-checks blocks.
type blockChecker struct {
	fset     *token.FileSet
	importer types.Importer
}

func newBlockChecker(t *testing.T) *blockChecker {
	files := exports(t, blockImports...)
	fset := token.NewFileSet()
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
	return &blockChecker{fset, importer.ForCompiler(fset, "gc", lookup)}
}

// faults returns the errors of a block, without those about variables and imports
// that are not used.
func (c *blockChecker) faults(block string) (faults []string) {
	context, err := parser.ParseFile(c.fset, "context.go", "package p\n"+importsOf("")+blockContext, 0)
	if err != nil {
		panic("BUG: order: " + err.Error())
	}
	file, err := c.parse(block)
	if err != nil {
		return []string{err.Error()}
	}
	config := types.Config{Importer: c.importer, Error: func(err error) {
		if e, ok := err.(types.Error); ok && !unused.MatchString(e.Msg) {
			faults = append(faults, e.Error())
		}
	}}
	// The function for errors has all of them.
	_, _ = config.Check("p", c.fset, []*ast.File{context, file}, nil)
	return faults
}

// parse parses a block as the body of a function or, if that fails, as a file.
func (c *blockChecker) parse(block string) (*ast.File, error) {
	imports := importsOf(strings.Join(importLine.FindAllString(block, -1), ""))
	rest := importLine.ReplaceAllString(block, "")
	file, err := parser.ParseFile(c.fset, "block.go", "package p\n"+imports+"func _() error {\n"+rest+"\n}", 0)
	if err != nil {
		return parser.ParseFile(c.fset, "block.go", "package p\n"+imports+rest, 0)
	}
	return file, nil
}

// importsOf returns own, imports, with those of blockImports that it lacks.
func importsOf(own string) string {
	for _, path := range blockImports {
		if line := fmt.Sprintf("%q", path); !strings.Contains(own, line) {
			own += "import " + line + "\n"
		}
	}
	return own
}

// TestGoBlocks compiles the Go code in the pages.
func TestGoBlocks(t *testing.T) {
	c := newBlockChecker(t)
	blocks := 0
	for _, page := range pages(t, filepath.Join("..", "..")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range goBlock.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(m[1], "package ") {
				continue // TestPrograms runs it
			}
			blocks++
			for _, fault := range c.faults(m[1]) {
				t.Errorf("%s: %s\n%s", page, fault, m[1])
			}
		}
	}
	if blocks < 10 {
		t.Errorf("the pages have %d blocks of Go, want 10 or more; check the pattern of this test", blocks)
	}
}

// TestGoBlockFaults shows that TestGoBlocks can fail.
func TestGoBlockFaults(t *testing.T) {
	c := newBlockChecker(t)
	for _, tc := range []struct {
		name, block string
		faults      int
	}{
		{"body", "doc, err := bson.Marshal(order)\n", 0},
		{"declarations", "type T struct{ A int }\n\nfunc (T) F() {}\n", 0},
		{"import", "import \"github.com/bsonkit/bsonkit/bson\"\n\ndoc, err := bson.Marshal(order)\n", 0},
		{"return", "if _, err := bson.Marshal(order); err != nil {\n\treturn err\n}\n", 0},
		{"no such name", "doc, err := bson.NoSuchName(order)\n", 1},
		{"declared twice", "doc, err := bson.Marshal(order)\ndoc, err := bson.Marshal(order)\n", 1},
		{"syntax", "doc, err := (\n", 1},
	} {
		if diff := cmp.Diff(tc.faults, len(c.faults(tc.block))); diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", tc.name, c.faults(tc.block), diff)
		}
	}
}
