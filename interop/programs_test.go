package interop

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The imports of the driver, and those that take their place.
const (
	driverPath  = `"go.mongodb.org/mongo-driver/v2/bson"`
	aliasPath   = `"github.com/bsonkit/bsonkit/bridges/mongodriver/v2/bson"`
	driver1Path = `"go.mongodb.org/mongo-driver/bson"`
	alias1Path  = `"github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson"`
	primitive1  = `"go.mongodb.org/mongo-driver/bson/primitive"`
	ownPath     = `"github.com/bsonkit/bsonkit/bson"`
)

// TestPrograms: a program prints the same after its import of package bson is changed, and
// for our package that of v1's package primitive. Nothing else in it changes.
func TestPrograms(t *testing.T) {
	for _, tc := range []struct {
		name  string     // directory in programs
		lines int        // at least, of its output
		swaps [][]string // of imports: old, new, old, new, …
	}{
		{"plain", 15, [][]string{{driverPath, aliasPath}, {driverPath, ownPath}}},
		{"client", 15, [][]string{{driverPath, aliasPath}}},
		{"plainv1", 12, [][]string{{driver1Path, alias1Path}, {driver1Path, ownPath, primitive1, "primitive " + ownPath}}},
		{"clientv1", 12, [][]string{{driver1Path, alias1Path}}},
	} {
		want := runProgram(t, tc.name)
		if n := strings.Count(want, "\n"); n < tc.lines {
			t.Errorf("%s prints %d lines, want at least %d:\n%s", tc.name, n, tc.lines, want)
		}
		for _, swap := range tc.swaps {
			got := runProgram(t, tc.name, swap...)
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s with %s (-driver +bsonkit):\n%s", tc.name, swap[1], diff)
			}
		}
	}
}

// runProgram returns the output of a program with other imports.
func runProgram(t *testing.T, name string, swap ...string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("programs", name, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(swap); i += 2 {
		if n := strings.Count(string(source), "\t"+swap[i]+"\n"); n != 1 {
			t.Fatalf("%s imports %s %d times, want once", file, swap[i], n)
		}
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changed, []byte(strings.NewReplacer(swap...).Replace(string(source))), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", "-overlay", overlay, "./programs/"+name)
	var failure strings.Builder
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s with %s: %v\n%s", name, swap, err, failure.String())
	}
	return string(out)
}
