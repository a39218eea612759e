package main

import (
	"bytes"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// A slowReader returns a document and a fault in each read, after enough time
// for a bar to be drawn.
type slowReader struct{ left int }

func (r *slowReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	r.left--
	time.Sleep(report.BarEvery + report.BarEvery/2)
	return copy(p, "{\"a\":1}\nx\n"), nil
}

// A lockedBuffer can be read while others write to it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// barLine matches a line with the progress of a run without a total.
var barLine = regexp.MustCompile(`^bsonjs \S \d+ B(, \S+ \S+/s)?, \d+ documents?\n$`)

// Only the run draws a bar without a total: the race detector reports nothing,
// and nothing is written after the run. A message and a bar never share a line.
func TestProgressEnds(t *testing.T) {
	var out bytes.Buffer
	var messages lockedBuffer
	args := []string{"--progress", "always", "--on-error", "skip", "-t", "json"}
	if code := run(args, &slowReader{left: 4}, &out, &messages); code != 4 {
		t.Fatalf("code %d: %q", code, messages.String())
	}
	said := messages.String()
	bars, faults := 0, 0
	for line := range strings.Lines(said) {
		switch {
		case strings.HasPrefix(line, "bsonjs: <stdin>: document ") && strings.HasSuffix(line, "\n"):
			faults++
		case barLine.MatchString(line):
			bars++
		case !strings.HasPrefix(line, "bsonjs: "):
			t.Errorf("line %q", line)
		}
	}
	if bars == 0 || faults != 4 {
		t.Errorf("%d lines of progress and %d faults: %q", bars, faults, said)
	}
	time.Sleep(report.LineEvery + report.BarEvery) // time enough for another drawing
	if more := strings.TrimPrefix(messages.String(), said); more != "" {
		t.Errorf("after the run: %q", more)
	}
}

// Inputs that are merged are open at the same time, and the bytes of all of them count.
func TestProgressMerged(t *testing.T) {
	document := bsoncore.AppendBinary([]byte{0, 0, 0, 0}, "b", 0, make([]byte, 10000))
	document = bsoncore.End(document, 0)
	var names []string
	for range 3 {
		name := filepath.Join(t.TempDir(), "in.bson")
		writeFile(t, name, bytes.Repeat(document, 1+len(names)*500))
		names = append(names, name)
	}
	got := runCommand(nil, append(names, "--sort", "{n: 1}", "--merge", "-t", "bson", "--progress", "json")...)
	lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, `{"bytes":15049539,"total":15049539,"documents":1503,`) {
		t.Errorf("code %d, %s", got.code, got.stderr)
	}
}
