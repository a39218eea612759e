package dectest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/interop/decimals"
)

// TestContext compares ParseRounded in all rounding modes, conditions included,
// with Python's decimal module, in PyMongo's context for decimal128.
func TestContext(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	const count = 50_000
	r := rand.New(rand.NewPCG(5, 5))
	modes, texts := make([]int, count), make([]string, count)
	var in strings.Builder
	for i := range count {
		modes[i], texts[i] = r.IntN(5), decimals.Text(r)
		fmt.Fprintln(&in, modes[i], texts[i])
	}
	cmd := exec.Command(python, "context.py")
	cmd.Stdin = strings.NewReader(in.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != count {
		t.Fatalf("context.py prints %d lines, want %d", len(lines), count)
	}
	seen := map[string]int{}
	for i, want := range lines {
		d, cond, err := decimal128.ParseRounded(texts[i], decimal128.Rounding(modes[i]))
		_, _, exp := d.Coefficient()
		conditions := cond.String()
		if conditions == "" {
			conditions = "-"
		}
		seen[conditions]++
		if got := fmt.Sprint(d, exp, " ", conditions); got != want || err != nil {
			t.Errorf("%s, mode %d: %s, %v, want %s", texts[i], modes[i], got, err, want)
		}
	}
	t.Log(seen)
	if len(seen) < 9 {
		t.Errorf("%d sets of conditions occurred, want 9 or more: %v", len(seen), seen)
	}
}
