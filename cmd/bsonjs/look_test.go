package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// TestLookIsPrintable: the output of count, stats and schema has neither control characters
// nor marks of direction, for any keys, values, and names of files and namespaces.
func TestLookIsPrintable(t *testing.T) {
	const hostile = "\x1b[2J\x1b]0;x\a\r\n\t\x7f\u009b1m\u202e\u2066\u200f\u2028\ufeff\U000e0041"
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendString(doc, "value", hostile+strings.Repeat("long", 100))
	doc = bsoncore.AppendString(doc, hostile, hostile)
	doc = bsoncore.AppendSymbol(doc, "z"+hostile, hostile)
	doc = bsoncore.AppendCode(doc, "code", hostile)
	doc = bsoncore.AppendRegex(doc, "regex", hostile, "")
	doc, inner := bsoncore.BeginDocument(doc, "in"+hostile)
	doc = bsoncore.AppendString(doc, hostile, hostile)
	doc = bsoncore.End(doc, inner)
	doc, list := bsoncore.BeginArray(doc, "list"+hostile)
	doc = bsoncore.AppendString(doc, "0", hostile)
	doc = bsoncore.End(bsoncore.End(doc, list), mark)
	// Names of files have neither NUL nor, on some systems, control characters.
	name := filepath.Join(t.TempDir(), "\u202e\u200f\ufeff.bson")
	writeFile(t, name, doc)
	for _, args := range []string{
		"count", "count --json", "stats", "stats --bars none", "stats --json", "schema", "schema --as json", "schema --as go",
		"schema --as jsonschema", "schema --as jsonschema --strict",
	} {
		c := runCommand(nil, append(strings.Fields(args), name)...)
		if c.code != 0 || c.stdout == "" {
			t.Errorf("%s: code %d, %s", args, c.code, c.stderr)
		}
		tab := args == "schema --as go" // gofmt indents with tabs
		for _, r := range c.stdout + c.stderr {
			if r != '\n' && !oneline.Printable(r) && !(tab && r == '\t') {
				t.Fatalf("%s prints %U: %q", args, r, c.stdout)
			}
		}
	}
}
