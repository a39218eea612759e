package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
)

// This file reads directories of dumps: those of a real mongodump, and those that damage
// or somebody hostile made. The script folder.txtar has the rules.

// sorted returns the lines of text in order.
func sorted(text string) []string { return slices.Sorted(strings.Lines(text)) }

// TestFolders: the directories, compressed or not, have the documents of the archive, with
// the same counts and metadata, for any command.
func TestFolders(t *testing.T) {
	all := filepath.Join(dumps, "all.archive")
	want := sorted(runCommand(nil, "-q", "-m", "canonical", "--ns-field", "ns", all).stdout)
	listed := withoutArchive(sorted(runCommand(nil, "list", "--json", all).stdout))
	if len(want) != 1903 || len(listed) != 5 { // with the line of the sums
		t.Fatalf("%d documents, %d lines of list", len(want), len(listed))
	}
	for _, dir := range []string{"folder", "folder-gzip"} {
		dir = filepath.Join(dumps, dir)
		for name, args := range map[string][]string{
			"convert": {"-q", "-m", "canonical"}, "salvage": {"salvage", "-q", "-t", "json"}, "one worker": {"-q", "-m", "canonical", "-j", "1"},
		} {
			got := runCommand(nil, append(args, "--ns-field", "ns", dir)...)
			if diff := cmp.Diff(want, sorted(got.stdout)); diff != "" || got.code != 0 || got.stderr != "" {
				t.Errorf("%s %s: code %d, %s (-want +got):\n%.2000s", name, dir, got.code, got.stderr, diff)
			}
		}
		if diff := cmp.Diff(listed, withoutArchive(sorted(runCommand(nil, "list", "--json", dir).stdout))); diff != "" {
			t.Errorf("list %s (-want +got):\n%s", dir, diff)
		}
		if got := runCommand(nil, "validate", dir); got.code != 0 || got.stderr != "" {
			t.Errorf("validate %s: code %d, %s", dir, got.code, got.stderr)
		}
		got, shop := runCommand(nil, "-m", "canonical", "--db", "shop", "-q", dir), runCommand(nil, "-q", "-m", "canonical", filepath.Join(dir, "shop"))
		if got.stdout != shop.stdout || strings.Count(got.stdout, "\n") != 1900 {
			t.Errorf("%s: --db shop has %d bytes, the directory of the database %d", dir, len(got.stdout), len(shop.stdout))
		}
	}
}

// withoutArchive returns lines of list without what a directory does not have in common
// with an archive.
func withoutArchive(lines []string) []string {
	differs := regexp.MustCompile(`"crc":"[a-z]*",|,"offset":[0-9]+`)
	for i, line := range lines {
		_, line, _ = strings.Cut(line, ",") // behind the name of the file
		lines[i] = differs.ReplaceAllString(line, "")
	}
	slices.Sort(lines)
	return lines
}

// makeFiles makes a directory with the files and returns its name.
func makeFiles(t *testing.T, files map[string]string) string {
	dir := filepath.Join(t.TempDir(), "dump")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		name, content := filepath.Join(dir, filepath.FromSlash(name)), files[name]
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// numbered returns a document of 12 bytes.
func numbered(n byte) string { return string([]byte{12, 0, 0, 0, 0x10, 'n', 0, n, 0, 0, 0, 0}) }

// TestFolderDamage: damage in one file costs nothing in the others. A file that is cut is
// listed as such.
func TestFolderDamage(t *testing.T) {
	cut := numbered(1) + numbered(2)[:7]
	middle := numbered(1) + "\xff" + numbered(2)[1:] + numbered(3) + numbered(4)
	dir := makeFiles(t, map[string]string{
		"a/cut.bson": cut, "a/cut.metadata.json": "{", "a/fine.bson": numbered(7), "a/middle.bson": middle, "a/zip.bson.gz": "\x1f\x8b\x08\x00",
		"a/gone.metadata.json": `{"type":"collection"}`,
	})
	path := func(name string) string { return filepath.Join(dir, "a", name) }
	got := runCommand(nil, "salvage", "-t", "json", "-m", "relaxed", "-q", dir)
	if want := "{\"n\":1}\n{\"n\":7}\n{\"n\":1}\n{\"n\":3}\n{\"n\":4}\n"; got.stdout != want || got.code != 4 {
		t.Errorf("salvage: code %d, %q, want %q", got.code, got.stdout, want)
	}
	want := []string{path("cut.metadata.json") + ": metadata", path("cut.bson") + ": document 2 at offset ", path("middle.bson") + ": document 2 at offset ", path("zip.bson.gz") + ": compressed offset"}
	lines := slices.Collect(strings.Lines(got.stderr))
	for i, start := range want {
		if i >= len(lines) || !strings.HasPrefix(lines[i], "bsonjs: "+start) {
			t.Fatalf("message %d is not %q:\n%s", i, start, got.stderr)
		}
	}
	if len(lines) != len(want) {
		t.Errorf("%d messages:\n%s", len(lines), got.stderr)
	}
	got = runCommand(nil, "list", dir)
	var ends []string
	for line := range strings.Lines(got.stdout) {
		if f := strings.Fields(line); strings.HasPrefix(f[len(f)-1], "a.") {
			ends = append(ends, fmt.Sprintf("%s %s %v", f[len(f)-1], f[0], strings.Contains(line, " no end ")))
		}
	}
	if diff := cmp.Diff([]string{"a.cut 1 true", "a.fine 1 false", "a.gone 0 true", "a.middle 3 false", "a.zip 0 true"}, ends); diff != "" || got.code != 4 {
		t.Errorf("list: code %d (-want +got):\n%s", got.code, diff)
	}
	if got := runCommand(nil, "-q", "--ns", "a.fine", dir); got.code != 0 || got.stderr != "" || got.stdout != "{\"n\":7}\n" {
		t.Errorf("--ns: code %d, %q, %s", got.code, got.stdout, got.stderr)
	}
	rejects := filepath.Join(t.TempDir(), "rejects")
	got = runCommand(nil, "salvage", "-q", "--rejects", rejects, "-o", filepath.Join(t.TempDir(), "out.bson"), dir)
	if kept, err := os.ReadFile(rejects); err != nil || string(kept) != cut[12:]+middle[12:24] {
		t.Errorf("rejects %q, %v", kept, err)
	}
	if got := runCommand(nil, dir); got.code != 4 || got.stdout != "{\"n\":1}\n" {
		t.Errorf("the first fault ends the run: code %d, %q", got.code, got.stdout)
	}
}

// TestFolderNames: names of files are shown on one line, and read whatever they are.
func TestFolderNames(t *testing.T) {
	long := strings.Repeat("ü", 120)
	short := archive.FileName(long)
	dir := makeFiles(t, map[string]string{
		"a/" + short + ".bson": numbered(1), "a/" + short + ".metadata.json": `{"collectionName":"` + long + `"}`,
		"a/%2e%2e%2fx.bson": numbered(2), "a/%0a%1b.bson": numbered(3), "a/%zz.bson": numbered(4),
	})
	got := runCommand(nil, "--ns-field", "ns", dir)
	var want strings.Builder
	for _, line := range []string{`3,"ns":"a.\n\u001b"`, `4,"ns":"a.%zz"`, `2,"ns":"a.../x"`, `1,"ns":"a.` + long + `"`} {
		want.WriteString(`{"n":` + line + "}\n")
	}
	if diff := cmp.Diff(want.String(), got.stdout); diff != "" || got.code != 0 {
		t.Errorf("code %d, %s (-want +got):\n%s", got.code, got.stderr, diff)
	}
	if got := runCommand(nil, "list", dir); strings.Count(got.stdout, "\n") != 6 || strings.Contains(got.stdout, "\x1b") {
		t.Errorf("list: %q", got.stdout)
	}
}
