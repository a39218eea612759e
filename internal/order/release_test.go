package order

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// This file compares the pages about releases and the gate with go.mod and the scripts.

// section returns the part of a page from the heading to the next heading of
// level 2.
func section(page, heading string) string {
	_, text, _ := strings.Cut(page, "\n## "+heading+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

var firstCell = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// rowsOf returns the names in the first columns of the tables in text, sorted.
func rowsOf(text string) (names []string) {
	for _, m := range firstCell.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return names
}

var requirement = regexp.MustCompile(`(?m)^(?:require )?\s*(\S+\.\S+/\S+) v\S+( // indirect)?$`)

// required returns the modules that the text of a go.mod requires, sorted. The module
// itself is not one of them.
func required(text string, indirect bool) (names []string) {
	for _, m := range requirement.FindAllStringSubmatch(text, -1) {
		if m[1] != module && (indirect || m[2] == "") {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}

func readFile(t *testing.T, names ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, names...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDependencies: docs/dependencies.md has a row for each module of go.mod, and for
// each that another go.mod with modules of its own requires directly, and no other row.
func TestDependencies(t *testing.T) {
	page := readFile(t, "docs", "dependencies.md")
	for _, tc := range []struct {
		heading  string
		file     []string
		indirect bool
	}{
		{"The module", []string{"go.mod"}, true},
		{"interop", []string{"interop", "go.mod"}, false},
		{"bridges/columns", []string{"bridges", "columns", "go.mod"}, false},
	} {
		want := required(readFile(t, tc.file...), tc.indirect)
		if len(want) < 3 {
			t.Errorf("%v requires only %v; check the pattern of this test", tc.file, want)
		}
		if diff := cmp.Diff(want, rowsOf(section(page, tc.heading))); diff != "" {
			t.Errorf("section %q (-go.mod +page):\n%s", tc.heading, diff)
		}
	}
}

var targetList = regexp.MustCompile(`(?m)^targets=\(\{([a-z,]+)\}/\{([a-z0-9,]+)\}\)$`)

// TestReleaseTargets: docs/releasing.md has a row for each target of .ci/release, and
// go supports the target.
func TestReleaseTargets(t *testing.T) {
	m := targetList.FindStringSubmatch(readFile(t, ".ci", "release"))
	if m == nil {
		t.Fatal("no list of targets in .ci/release; check the pattern of this test")
	}
	out, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	supported := strings.Fields(string(out))
	var want []string
	for _, system := range strings.Split(m[1], ",") {
		for _, processor := range strings.Split(m[2], ",") {
			target := system + "/" + processor
			if want = append(want, target); !slices.Contains(supported, target) {
				t.Errorf("go does not support the target %s", target)
			}
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, rowsOf(section(readFile(t, "docs", "releasing.md"), "Targets"))); diff != "" {
		t.Errorf("section Targets (-.ci/release +page):\n%s", diff)
	}
}

var stepList = regexp.MustCompile(`(?m)^steps=\(([a-z ]+)\)$`)

// TestGateSteps: CONTRIBUTING.md has a row for each step of .ci/run.
func TestGateSteps(t *testing.T) {
	m := stepList.FindStringSubmatch(readFile(t, ".ci", "run"))
	if m == nil {
		t.Fatal("no list of steps in .ci/run; check the pattern of this test")
	}
	want := slices.Sorted(slices.Values(strings.Fields(m[1])))
	if diff := cmp.Diff(want, rowsOf(section(readFile(t, "CONTRIBUTING.md"), "Build and test"))); diff != "" {
		t.Errorf("section Build and test (-.ci/run +page):\n%s", diff)
	}
}

// TestReleaseFails: a build of a release that fails leaves nothing behind, and says what
// to type.
func TestReleaseFails(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the script needs a system like Unix")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skipf("the script needs bash: %v", err)
	}
	if err := exec.Command("git", "rev-parse", "HEAD").Run(); err != nil {
		t.Skipf("the script needs the repository: %v", err)
	}
	bin, taken := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\necho no compiler >&2\nexit 7\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		args []string // behind -o DIR
		dir  string   // "" is a new one
		want string
	}{
		"unknown target":     {[]string{"linux/amd64", "plan9/mips"}, "", "unknown target: plan9/mips; type one of linux/amd64 "},
		"a flag":             {[]string{"--help"}, "", "unknown target: --help; type one of "},
		"a directory exists": {nil, taken, " exists; remove it, or type -o and another name"},
		"go fails":           {[]string{"linux/amd64"}, "", "no compiler"},
	} {
		above := t.TempDir()
		if tc.dir == "" {
			tc.dir = filepath.Join(above, "dist")
		}
		c := exec.Command(bash, append([]string{"../../.ci/release", "-o", tc.dir}, tc.args...)...)
		c.Env = append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "TMPDIR="+above)
		out, err := c.CombinedOutput()
		if err == nil || !strings.Contains(string(out), tc.want) {
			t.Errorf("%s: %v, want %q in\n%s", name, err, tc.want, out)
		}
		if left, err := os.ReadDir(above); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", name, left, err)
		}
	}
}
