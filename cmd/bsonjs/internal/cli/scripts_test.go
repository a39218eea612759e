//go:build !race

package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// This file takes long with the race detector, which finds nothing in it: it starts no
// goroutine.

// Scripts use every command, every flag of it, and every word of a flag.
func TestScriptsAreComplete(t *testing.T) {
	names, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var lines []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "bsonjs") {
				lines = append(lines, line)
			}
		}
	}
	used := func(cmd *cobra.Command, pattern string) bool {
		prefix := `\bbsonjs\b`
		if !isMain(cmd) {
			prefix = `\b` + regexp.QuoteMeta(cmd.CommandPath()) + `\b`
		}
		re := regexp.MustCompile(prefix + `.*` + pattern)
		for _, line := range lines {
			if re.MatchString(line) {
				return true
			}
		}
		return false
	}
	a := &app{}
	main := find(a.tree(), "convert")
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			walk(c)
		}
		if !cmd.HasSubCommands() && !used(cmd, "") {
			t.Errorf("no script has %s", cmd.CommandPath())
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			where := cmd
			if !isMain(cmd) && main.Flags().Lookup(f.Name) != nil {
				where = main // the same flag
			}
			flag := `--` + f.Name
			if f.Shorthand != "" {
				flag = `(` + flag + `|-` + f.Shorthand + `)`
			}
			flag = `\s` + flag
			if !used(where, flag+`\b`) {
				t.Errorf("no script has %s --%s", cmd.CommandPath(), f.Name)
			}
			if words := strings.Split(f.Value.Type(), "|"); len(words) > 1 {
				for _, word := range words {
					if !used(where, flag+`[ =]?(\S*,)?`+regexp.QuoteMeta(word)+`\b`) {
						t.Errorf("no script has %s --%s %s", cmd.CommandPath(), f.Name, word)
					}
				}
			}
		})
	}
	walk(a.tree())
}
