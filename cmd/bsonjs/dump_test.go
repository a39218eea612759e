package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
)

// nested returns a document of n containers.
func nested(n int) []byte {
	open := make([]int, 0, n)
	dst, mark := bson.Begin(nil)
	for open = append(open, mark); len(open) < n; open = append(open, mark) {
		dst, mark = bson.BeginDocument(dst, "a")
	}
	for i := n - 1; i >= 0; i-- {
		dst = bson.End(dst, open[i])
	}
	return dst
}

// What package json cannot lay out is refused like what is too deep for us.
func TestDumpTooDeep(t *testing.T) {
	doc := nested(12_000)
	got := runCommand(bytes.NewReader(doc), "dump", "--max-depth", "20000", "-q")
	if want := strings.Repeat(`{"a":`, 11_999) + "{}" + strings.Repeat("}", 11_999) + "\n"; got.code != 0 || got.stdout != want {
		t.Errorf("code %d, %d bytes, %s", got.code, len(got.stdout), got.stderr)
	}
	got = runCommand(bytes.NewReader(doc), "dump", "--max-depth", "20000", "--pretty")
	if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, "nested too deeply") {
		t.Errorf("--pretty: code %d, %d bytes, %s", got.code, len(got.stdout), got.stderr)
	}
}
