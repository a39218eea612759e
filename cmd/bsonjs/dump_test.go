package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// nested returns a document of n nested containers.
func nested(n int) []byte {
	open := make([]int, 0, n)
	dst, mark := bsoncore.Begin(nil)
	for open = append(open, mark); len(open) < n; open = append(open, mark) {
		dst, mark = bsoncore.BeginDocument(dst, "a")
	}
	for i := n - 1; i >= 0; i-- {
		dst = bsoncore.End(dst, open[i])
	}
	return dst
}

// The debug text has the elements behind those that hold others, but not the elements of
// a scope.
func TestDumpDebug(t *testing.T) {
	const text = `{"a":{"b":[{"c":1}],"d":2},"e":{"$code":"x","$scope":{"f":{"g":3}}},"h":4}`
	doc := runCommand(strings.NewReader(text), "-f", "json", "-t", "bson")
	got := runCommand(strings.NewReader(doc.stdout), "dump", "-q", "--type", "debug")
	var keys []string
	for line := range strings.Lines(got.stdout) {
		if key := strings.TrimSpace(line); len(key) == 1 {
			keys = append(keys, fmt.Sprint(strings.Count(line, "\t"), key))
		}
	}
	if diff := cmp.Diff("2a 5b 80 11c 5d 2e 2h", strings.Join(keys, " ")); diff != "" || got.code != 0 {
		t.Errorf("code %d, tabs and keys (-want +got):\n%s\n%s", got.code, diff, got.stdout)
	}
}

// Depth has no limit of its own here, but the length of the indented text has
// one.
func TestDumpDeep(t *testing.T) {
	doc := nested(12_000)
	got := runCommand(bytes.NewReader(doc), "dump", "--max-depth", "20000", "-q")
	if want := strings.Repeat(`{"a":`, 11_999) + "{}" + strings.Repeat("}", 11_999) + "\n"; got.code != 0 || got.stdout != want {
		t.Errorf("code %d, %d bytes, %s", got.code, len(got.stdout), got.stderr)
	}
	// Deep, with many short elements.
	const depth = 2500
	doc = nested(depth)
	at := 4 + 7*(depth-1)
	doc = slices.Insert(doc, at, bytes.Repeat([]byte("\x0a\x00"), 25_000)...)
	for i := range depth {
		from := 7 * i // of the document at depth i
		binary.LittleEndian.PutUint32(doc[from:], uint32(len(doc)-from-i))
	}
	if err := (bson.ValidateOptions{MaxDepth: depth}).Validate(doc); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--pretty", "--type=debug"} {
		got := runCommand(bytes.NewReader(doc), "dump", "-q", "--max-depth", "2500", flag)
		if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, "too large") {
			t.Errorf("%s: code %d, %d bytes, %s", flag, got.code, len(got.stdout), got.stderr)
		}
	}
}
