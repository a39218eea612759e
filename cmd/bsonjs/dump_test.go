package main

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

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
