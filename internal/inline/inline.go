// Package inline checks with the output of the compiler that functions inline, for the
// tests of packages that rely on it.
package inline

import (
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// release is the Go release for which the lists of functions are written. Each release
// may inline other functions.
const release = "go1.26"

// Check fails the test for each of names that does not inline in the package of the
// test. The names have the spelling of the compiler.
func Check(t *testing.T, names ...string) {
	t.Helper()
	if !strings.HasPrefix(runtime.Version(), release) {
		t.Skipf("the compiler is %s and the list for %s", runtime.Version(), release)
	}
	if testing.Short() {
		t.Skip("builds the package")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go tool")
	}
	out, err := exec.Command(tool, "build", "-gcflags=-m", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	can := map[string]bool{}
	for _, m := range regexp.MustCompile(`: can inline (\S+)`).FindAllSubmatch(out, -1) {
		can[string(m[1])] = true
	}
	for _, name := range names {
		if !can[name] {
			t.Errorf("%s does not inline", name)
		}
	}
}
