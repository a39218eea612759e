//go:build !race

package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/internal/hostile"
)

// shapeSize is the size of a document of each shape, in bytes: docs/limits.md
// is about documents under a megabyte.
const shapeSize = 400_000

// shapesIn returns documents of every shape that can be read, one after the
// other.
func shapesIn(format string) string {
	var b strings.Builder
	for _, f := range map[string][]hostile.Format{"bson": {hostile.BSON}, "json": {hostile.JSON}, "pickle": {hostile.Pickle}}[format] {
		for _, s := range hostile.Shapes(f) {
			if s.Err == nil || format == "bson" && errors.Is(s.Err, bson.ErrUTF8) {
				b.WriteString(s.Make(shapeSize))
				if format == "json" {
					b.WriteByte('\n')
				}
			}
		}
	}
	return b.String()
}

var commandRow = regexp.MustCompile("^\\| `bsonjs (.*?)` \\| .*? \\| (\\d+) MB \\|")

// memoryRows returns the memory in megabytes that docs/limits.md states for each command
// with its flags.
func memoryRows(t *testing.T) map[string]int64 {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "limits.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int64{}
	for line := range strings.Lines(string(page)) {
		if m := commandRow.FindStringSubmatch(line); m != nil {
			rows[m[1]], _ = strconv.ParseInt(m[2], 10, 64) // digits
		}
	}
	if len(rows) < 11 {
		t.Fatalf("only %d rows of commands: the pattern no longer fits the page", len(rows))
	}
	return rows
}

// Each command stays within the memory that docs/limits.md states, for
// documents of every shape under a megabyte.
func TestCommandMemory(t *testing.T) {
	inputs := map[string]string{}
	for line, most := range memoryRows(t) {
		t.Run(line, func(t *testing.T) {
			args := strings.Fields(line)
			format := "bson"
			if i := slices.Index(args, "-f"); i >= 0 {
				format = args[i+1]
			}
			if inputs[format] == "" && format == "archive" {
				inputs[format] = string(archiveOf([][]byte{[]byte(shapesIn("bson"))}, 1))
			} else if inputs[format] == "" {
				inputs[format] = shapesIn(format)
			}
			within(t, most<<20, func() (peak int64) {
				p := start(t, "", args...)
				p.stdin.Close()
				p.Stdin = io.MultiReader(strings.NewReader(inputs[format]), lastReader(func() { peak = p.peak(t) })) // before the input ends
				p.begin(t)
				if code := p.code(); code > int(report.CodeSyntax) {
					t.Errorf("exit code %d: %.1000s", code, p.stderr.String())
				}
				return peak
			})
		})
	}
}
