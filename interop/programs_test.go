package interop

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The import paths that take the place of the driver's.
const (
	driverPath = "go.mongodb.org/mongo-driver/v2/bson"
	aliasPath  = "github.com/bsonkit/bsonkit/bridges/mongodriver/v2/bson"
	ownPath    = "github.com/bsonkit/bsonkit/bson"
)

// TestPrograms: a program prints the same after its import of package bson is changed.
// Nothing else in it changes.
func TestPrograms(t *testing.T) {
	for _, tc := range []struct {
		name  string // directory in programs
		lines int    // at least, of its output
		paths []string
	}{
		{"plain", 15, []string{aliasPath, ownPath}},
		{"client", 15, []string{aliasPath}},
	} {
		want := runProgram(t, tc.name, driverPath)
		if n := strings.Count(want, "\n"); n < tc.lines {
			t.Errorf("%s prints %d lines, want at least %d:\n%s", tc.name, n, tc.lines, want)
		}
		for _, path := range tc.paths {
			got := runProgram(t, tc.name, path)
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s with %s (-driver +bsonkit):\n%s", tc.name, path, diff)
			}
		}
	}
}

// runProgram returns the output of a program that imports package bson from path.
func runProgram(t *testing.T, name, path string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("programs", name, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), `"`+driverPath+`"`); n != 1 {
		t.Fatalf("%s imports %s %d times, want once", file, driverPath, n)
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changed, []byte(strings.Replace(string(source), `"`+driverPath+`"`, `"`+path+`"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "run", "-overlay", overlay, "./programs/"+name)
	var failure strings.Builder
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s with %s: %v\n%s", name, path, err, failure.String())
	}
	return string(out)
}
