package order

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/bsonkit/bsonkit"

// allowed lists the packages of the module and of other modules on which a package
// may depend, directly or indirectly. An entry for a directory also applies to the
// directories below it that have no entry of their own. Packages of the standard
// library are always allowed.
var allowed = map[string][]string{
	"internal/numtext":      {},
	"internal/jsontext":     {},
	"internal/textcut":      {},
	"internal/tempfile":     {"golang.org/x/sys"},
	"internal/shelltext":    {},
	"internal/portion":      {},
	"internal/scratch":      {},
	"internal/readahead":    {},
	"internal/sentinel":     {},
	"decimal128":            {"internal/numtext", "internal/jsontext"},
	"decimal128/shopspring": {"decimal128", "internal/numtext", "internal/jsontext", "github.com/shopspring/decimal"},
	"objectid":              {"internal/jsontext"},
	"bson/bsoncore":         {"decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/readahead", "internal/sentinel"},
	"bson/archive":          {"bson/bsoncore", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/readahead", "internal/sentinel"},
	"bson/timeseries":       {"bson/bsoncore", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/readahead", "internal/sentinel"},
	"internal/replace":      {"bson/bsoncore", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/readahead", "internal/sentinel"},
	"bson":                  {"internal/replace", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch"},
	"extjson":               {"internal/textcut", "bson", "internal/replace", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch", "internal/portion"},
	"bson/query":            {"extjson", "internal/textcut", "bson", "internal/replace", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch", "internal/portion"},
	"bson/schema": {"extjson", "internal/textcut", "bson", "internal/replace", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch", "internal/portion",
		"github.com/axiomhq/hyperloglog", "github.com/dgryski/go-metro", "github.com/kamstrup/intmap"},
	"pickle":                    {"bson", "internal/replace", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch", "internal/portion"},
	"bson/bsontest":             {"bson", "internal/replace", "internal/edge", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch"},
	"bson/bsontest/extjsontest": {"extjson", "bson/bsontest", "bson", "internal/replace", "internal/edge", "internal/textcut", "internal/portion", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch"},
	"bson/bsontest/pickletest":  {"pickle", "bson/bsontest", "bson", "internal/replace", "internal/edge", "internal/portion", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch"},
	"cmd": {"internal/textcut", "internal/tempfile", "cmd", "pickle", "extjson", "bson", "internal/replace", "decimal128", "objectid", "internal/numtext", "internal/jsontext", "internal/shelltext", "internal/readahead", "internal/sentinel", "internal/scratch",
		"internal/portion",
		"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/klauspost/compress",
		"github.com/klauspost/pgzip", "github.com/pierrec/lz4/v4", "github.com/ulikunitz/xz",
		"github.com/vbauerster/mpb/v8", "github.com/vbauerster/cupwriter", "github.com/mattn/go-runewidth",
		"github.com/clipperhouse/uax29/v2", "github.com/acarl005/stripansi", "github.com/VividCortex/ewma",
		"golang.org/x/sys", "golang.org/x/term",
		"github.com/axiomhq/hyperloglog", "github.com/dgryski/go-metro", "github.com/kamstrup/intmap"},
	"fuzz":     {"pickle", "extjson", "bson", "decimal128", "objectid", "internal", "github.com/axiomhq/hyperloglog", "github.com/dgryski/go-metro", "github.com/kamstrup/intmap"},
	"internal": {"internal", "pickle", "extjson", "bson", "decimal128", "objectid", "github.com/axiomhq/hyperloglog", "github.com/dgryski/go-metro", "github.com/kamstrup/intmap"},
}

// command lists, for each package of the command, the other packages of the command
// that it may import directly. A package that is not listed must not import them,
// and must not be imported.
var command = map[string][]string{
	"":          {"cli"},
	"cli":       {"run", "record", "codec", "tabular", "stage", "sink", "differ", "pairs", "proof", "stats", "outline", "redact", "report", "folder", "file", "compress", "inspect", "interrupt", "oneline", "extension"},
	"run":       {"pipeline", "record", "codec", "report", "folder", "file", "compress", "interrupt", "spill", "extension"},
	"folder":    {"codec", "file", "compress"},
	"stage":     {"record", "redact"},
	"redact":    {},
	"proof":     {"record", "oneline"},
	"sink":      {"record", "codec", "tabular", "inspect", "differ", "pairs", "proof", "stats", "oneline"},
	"codec":     {"record", "tabular"},
	"tabular":   {},
	"record":    {},
	"report":    {"file", "compress", "oneline", "tabular"},
	"file":      {"compress", "interrupt"},
	"compress":  {},
	"inspect":   {"oneline"},
	"stats":     {"oneline"},
	"outline":   {"oneline"},
	"interrupt": {},
	"extension": {},
	"oneline":   {},
	"pipeline":  {},
	"pairs":     {"spill"},
	"differ":    {},
	"spill":     {},
	"pty":       {}, // for tests
}

const commandPath = "cmd/bsonjs"

// commandName returns the name that the package path would have in command, and
// false if it is not a package of the command.
func commandName(path string) (string, bool) {
	if path == commandPath {
		return "", true
	}
	return strings.CutPrefix(path, commandPath+"/internal/")
}

// commandFault returns the reason why the package self of the command must not
// import other, both by their names in command, or "".
func commandFault(self, other string) string {
	allowed, ok := command[self]
	switch {
	case !ok:
		return "the first is not in the table; add the packages that it may import"
	case !slices.Contains(allowed, other):
		return "against the order"
	}
	return ""
}

// testsOnly lists the entries of directories with test support, bsontest for the tests of
// other modules as well. No other package of the library or the command may depend on
// them. A package below internal that the library or the command uses has an entry of
// its own.
var testsOnly = []string{"internal", "fuzz", "bson/bsontest", "bson/bsontest/extjsontest", "bson/bsontest/pickletest"}

// apart lists packages that must not depend on each other.
var apart = []string{"bson/archive", "bson/query", "bson/schema", "bson/timeseries", "pickle"}

// entries has the keys of allowed.
var entries = slices.Collect(maps.Keys(allowed))

type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

// list returns the output of go list for the packages that patterns match.
func list(t *testing.T, patterns ...string) []pkg {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=ImportPath,Standard,Imports,Deps"}, patterns...)...)
	cmd.Dir = "../.."
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var pkgs []pkg
	d := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// entry returns the longest name in names that is path or a directory above it.
func entry(names []string, path string) (string, bool) {
	best, found := "", false
	for _, name := range names {
		if (path == name || strings.HasPrefix(path, name+"/")) && len(name) >= len(best) {
			best, found = name, true
		}
	}
	return best, found
}

// local returns path without the path of the module.
func local(path string) string { return strings.TrimPrefix(path, module+"/") }

func TestOrder(t *testing.T) {
	pkgs := list(t, "./...")
	standard := map[string]bool{}
	for _, p := range pkgs {
		standard[p.ImportPath] = p.Standard
	}
	seen, commands := 0, 0
	for _, p := range pkgs {
		path := local(p.ImportPath)
		if path == p.ImportPath {
			continue // a package of another module
		}
		seen++
		self, ok := entry(entries, path)
		if !ok {
			t.Errorf("%s is not in the table; add the packages that it may import", path)
			continue
		}
		if name, ok := commandName(path); ok {
			commands++
			for _, i := range p.Imports {
				if other, ok := commandName(local(i)); ok {
					if what := commandFault(name, other); what != "" {
						t.Errorf("%s imports %s: %s", path, local(i), what)
					}
				}
			}
		}
		for _, dep := range p.Deps {
			if standard[dep] {
				continue
			}
			if what := fault(self, local(dep)); what != "" {
				t.Errorf("%s depends on %s: %s", path, local(dep), what)
			}
		}
	}
	if commands != len(command) {
		t.Errorf("the command has %d packages, the table has %d", commands, len(command))
	}
	if seen < 4 {
		t.Errorf("go list gives only %d packages of the module", seen)
	}
}

// heavy lists packages of the standard library that a program for bytes must not
// link. It does not include database/sql/driver, which has only interfaces.
var heavy = []string{"database/sql", "encoding/json", "log/slog", "net/url", "regexp"}

// TestBytesAlone: package bsoncore depends on no package of heavy, and on no other
// module.
func TestBytesAlone(t *testing.T) {
	for _, p := range list(t, "./bson/bsoncore") {
		if slices.Contains(heavy, p.ImportPath) || !p.Standard && local(p.ImportPath) == p.ImportPath {
			t.Errorf("bsoncore depends on %s", p.ImportPath)
		}
	}
	linked := 0
	for _, p := range list(t, "./bson") {
		if slices.Contains(heavy, p.ImportPath) {
			linked++
		}
	}
	if linked < 4 {
		t.Errorf("bson depends on only %d packages of heavy; check the list", linked)
	}
}

// fault returns the reason why a package of the entry self must not depend on dep,
// or "".
func fault(self, dep string) string {
	if of, _ := entry(entries, dep); slices.Contains(testsOnly, of) && !slices.Contains(testsOnly, self) {
		return "the second is test support"
	}
	if slices.Contains(apart, self) && slices.Contains(apart, dep) && self != dep {
		return "the two must not know each other"
	}
	if _, ok := entry(append(allowed[self], self), dep); !ok {
		return "against the order"
	}
	return ""
}

// TestFault shows that TestOrder can fail.
func TestFault(t *testing.T) {
	for _, tc := range []struct {
		self, dep string
		bad       bool
	}{
		{"bson", "decimal128", false},
		{"bson", "objectid", false},
		{"bson", "bson/internal/x", false},
		{"bson", "bson/bsoncore", false},
		{"bson/bsoncore", "bson", true},
		{"bson/bsoncore", "objectid", false},
		{"bson", "extjson", true},
		{"bson/query", "extjson", false},
		{"bson/query", "bson/archive", true},
		{"bson/schema", "bson/query", true},
		{"bson/schema", "github.com/axiomhq/hyperloglog", false},
		{"bson/query", "github.com/axiomhq/hyperloglog", true},
		{"decimal128", "objectid", true},
		{"objectid", "decimal128", true},
		{"decimal128", "bson", true},
		{"extjson", "pickle", true},
		{"pickle", "extjson", true},
		{"extjson", "internal/sample", true},
		{"extjson", "internal/numtext", false},
		{"objectid", "internal/numtext", true},
		{"internal/numtext", "bson", true},
		{"internal/numtext", "internal/sample", true},
		{"cmd", "fuzz", true},
		{"cmd", "cmd/bsonjs/internal/pipe", false},
		{"extjson", "bsonx", true},
		{"bson", "go.mongodb.org/mongo-driver/v2/bson", true},
		{"internal", "extjson", false},
		{"fuzz", "internal/corpus", false},
		{"bson/bsontest", "internal/edge", false},
		{"bson/bsontest", "internal/corpus", true},
		{"bson/bsontest", "extjson", true},
		{"bson/bsontest", "pickle", true},
		{"bson/bsontest/extjsontest", "pickle", true},
		{"bson/bsontest/pickletest", "extjson", true},
		{"extjson", "bson/bsontest", true},
		{"cmd", "bson/bsontest", true},
		{"internal", "bson/bsontest", false},
	} {
		if what := fault(tc.self, tc.dep); (what != "") != tc.bad {
			t.Errorf("%s → %s: %q, want a fault: %v", tc.self, tc.dep, what, tc.bad)
		}
	}
}

// TestCommandFault shows that the rule for the command can fail.
func TestCommandFault(t *testing.T) {
	for _, tc := range []struct {
		self, other string
		bad         bool
	}{
		{"cli", "file", false},
		{"", "file", true},
		{"file", "compress", false},
		{"compress", "file", true},
		{"run", "cli", true},
		{"run", "sink", true},
		{"sink", "run", true},
		{"nosuch", "file", true},
	} {
		if what := commandFault(tc.self, tc.other); (what != "") != tc.bad {
			t.Errorf("%s → %s: %q, want a fault: %v", tc.self, tc.other, what, tc.bad)
		}
	}
}
