package interop

import (
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/corpus"
)

// This file checks that the pages for users of other libraries name every public
// name of these libraries.

var (
	tableRow = regexp.MustCompile(`(?m)^\| (.*?) \|`)
	quoted   = regexp.MustCompile("`([^`]+)`")
)

// named returns the names in the first columns of the tables of a page.
func named(t *testing.T, page string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpus.Root(t), "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, row := range tableRow.FindAllStringSubmatch(string(text), -1) {
		for _, m := range quoted.FindAllStringSubmatch(row[1], -1) {
			names[m[1]] = true
		}
	}
	return names
}

// pymongoNames prints the public names of package bson: those of its modules, the
// attributes of its classes, and the parameters of functions and options. It omits
// imported classes and functions, modules for Python 2, and attributes that a dict
// or a time zone has.
const pymongoNames = `
import collections.abc, datetime, importlib, inspect, pkgutil
import bson
from bson import codec_options, json_util

inherited = set(dir(dict)) | set(dir(datetime.tzinfo)) | set(dir(collections.abc.Mapping))

def own(value, module):
    return getattr(value, '__module__', module) in (module, 'bson._cbson')

modules = ['bson'] + ['bson.' + m.name for m in pkgutil.iter_modules(bson.__path__)]
for module in modules:
    if module.rsplit('.', 1)[-1].startswith('_') or module == 'bson.py3compat':
        continue
    for name, value in vars(importlib.import_module(module)).items():
        if name.startswith('_') or inspect.ismodule(value):
            continue
        if inspect.isclass(value) or inspect.isroutine(value):
            if not own(value, module):
                continue
        print(name)
        if inspect.isclass(value):
            for attribute in vars(value):
                if not attribute.startswith('_') and attribute not in inherited:
                    print(name + '.' + attribute)

for name, function in [('encode', bson.encode), ('decode', bson.decode), ('dumps', json_util.dumps), ('loads', json_util.loads)]:
    for parameter in inspect.signature(function).parameters:
        print(name + '.' + parameter)
fields = codec_options.CodecOptions._fields
for parameter in fields:
    print('CodecOptions.' + parameter)
for parameter in fields + tuple(inspect.signature(json_util.JSONOptions.__new__).parameters):
    if parameter not in ('cls', 'args', 'kwargs'):
        print('JSONOptions.' + parameter)
`

// TestPyMongoNames: docs/from-pymongo.md has a row for every public name of
// PyMongo's package bson.
func TestPyMongoNames(t *testing.T) {
	out, err := exec.Command("/usr/bin/python3", "-c", pymongoNames).Output()
	if err != nil {
		absent(t, "PyMongo", err)
	}
	compareNames(t, "from-pymongo.md", strings.Fields(string(out)), 150)
}

// compareNames reports the names without a row. It fails if there are fewer than
// least names, because then the list is not complete.
func compareNames(t *testing.T, page string, names []string, least int) {
	t.Helper()
	rows := named(t, page)
	seen := map[string]bool{}
	for _, name := range names {
		if !seen[name] && !rows[name] {
			t.Errorf("docs/%s has no row for %s", page, name)
		}
		seen[name] = true
	}
	if len(seen) < least {
		t.Errorf("only %d names, want %d or more", len(seen), least)
	}
}

// goNames returns the exported names of a package, each with its signature if it is
// a function: functions, types, constants and variables, and "Type.Name" for methods
// and fields.
func goNames(t *testing.T, path string) map[string]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[name] = file
	}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	pkg, err := importer.ForCompiler(token.NewFileSet(), "gc", lookup).Import(path)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		names[name] = signature(object)
		if _, ok := object.(*types.TypeName); ok {
			addMembers(names, name, object.Type())
		}
	}
	return names
}

// addMembers adds the exported methods and fields of a type.
func addMembers(names map[string]string, name string, typ types.Type) {
	if _, ok := typ.Underlying().(*types.Interface); !ok {
		typ = types.NewPointer(typ)
	}
	for method := range types.NewMethodSet(typ).Methods() {
		if method.Obj().Exported() {
			names[name+"."+method.Obj().Name()] = signature(method.Obj())
		}
	}
	if pointer, ok := typ.(*types.Pointer); ok {
		typ = pointer.Elem()
	}
	if fields, ok := typ.Underlying().(*types.Struct); ok {
		for field := range fields.Fields() {
			if field.Exported() {
				names[name+"."+field.Name()] = ""
			}
		}
	}
}

// aliased has the types of ours that bson has under the driver's names.
var aliased = strings.NewReplacer("interface{}", "any", "ID", "ObjectID", "ObjectID", "ObjectID", "Decimal128", "Decimal128", "Decimal", "Decimal128")

// signature returns the types of the parameters and results of a function, without
// packages, or "" for another object.
func signature(object types.Object) string {
	f, ok := object.Type().(*types.Signature)
	if !ok {
		return ""
	}
	var s strings.Builder
	for _, tuple := range []*types.Tuple{f.Params(), f.Results()} {
		s.WriteString("(")
		for v := range tuple.Variables() {
			s.WriteString(aliased.Replace(types.TypeString(types.Unalias(v.Type()), func(*types.Package) string { return "" })) + ",")
		}
		s.WriteString(")")
	}
	return s.String()
}

// TestDriverNames: docs/from-mongo-driver.md has a row for every exported name of
// the driver's packages that our package bson does not have, or has with another
// signature.
func TestDriverNames(t *testing.T) {
	ours := goNames(t, "github.com/bsonkit/bsonkit/bson")
	var missing []string
	for _, path := range []string{
		"go.mongodb.org/mongo-driver/v2/bson", "go.mongodb.org/mongo-driver/bson", "go.mongodb.org/mongo-driver/bson/primitive",
	} {
		theirs := goNames(t, path)
		if len(theirs) < 70 {
			t.Fatalf("%s has only %d names", path, len(theirs))
		}
		for _, name := range slices.Sorted(maps.Keys(theirs)) {
			typ, _, member := strings.Cut(name, ".")
			_, typeHere := ours[typ]
			if got, here := ours[name]; (!here || got != theirs[name]) && (typeHere || !member) {
				missing = append(missing, name)
			}
		}
	}
	compareNames(t, "from-mongo-driver.md", missing, 80)
}
