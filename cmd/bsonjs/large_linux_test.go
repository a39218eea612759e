//go:build !race

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

var large = flag.Int64("large", 64, "megabytes that go through a pipe in TestLargePipe")

// memoryBound is the most memory, in bytes, that a run may need for a file of
// any size while documents are small, with up to eight jobs.
const memoryBound = 64 << 20

// A repeater gives a block of data again and again.
type repeater struct {
	block []byte
	left  int64 // bytes yet to be given
	at    int   // of block
}

func (r *repeater) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.block[r.at:])
	n = int(min(int64(n), r.left))
	r.at = (r.at + n) % len(r.block)
	r.left -= int64(n)
	return n, nil
}

// peak returns the most memory, in bytes, that the process has had. Rusage
// has that of whoever started it, if that is more.
func (p *process) peak(t *testing.T) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Error(err)
	}
	var kB int64
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "VmHWM: %d kB", &kB)
	}
	return kB << 10
}

// A lastReader is at its end, and says so.
type lastReader func()

func (r lastReader) Read([]byte) (int, error) {
	r()
	return 0, io.EOF
}

// However much comes through a pipe, and whatever is made of it, the process
// holds its memory bound and all documents arrive.
func TestLargePipe(t *testing.T) {
	var binary, lines []byte
	docs := sample.Documents(sample.Bench, sample.Seed, 2000)
	for _, doc := range docs {
		binary = append(binary, doc...)
		lines, _ = extjson.AppendJSON(lines, doc)
		lines = append(lines, '\n')
	}
	array := bytes.ReplaceAll(lines, []byte("\n"), []byte(","))
	for _, tc := range []struct {
		name        string
		open, block string
		close       string
		args        []string
	}{
		{"bson to lines", "", string(binary), "", nil},
		{"bson to array, eight jobs", "", string(binary), "", []string{"-j", "8", "--array", "-m", "canonical"}},
		{"lines to bson", "", string(lines), "", nil},
		{"array to bson, eight jobs", "[", string(array), "{}]", []string{"-j", "8"}},
		{"lines to sorted lines", "", string(lines), "", []string{"-t", "json", "--sort-keys"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := start(t, "", append(tc.args, "--summary", "json", "-o", os.DevNull)...)
			blocks := *large << 20 / int64(len(tc.block))
			p.stdin.Close()
			var peak int64 // before the process knows that the input has ended
			p.Stdin = io.MultiReader(strings.NewReader(tc.open),
				&repeater{block: []byte(tc.block), left: blocks * int64(len(tc.block))}, strings.NewReader(tc.close),
				lastReader(func() { peak = p.peak(t) }))
			p.begin(t)
			if code := p.code(); code != 0 {
				t.Fatalf("exit code %d: %s", code, &p.stderr)
			}
			want := blocks * int64(len(docs))
			if tc.close != "" {
				want++
			}
			if got := p.stderr.String(); !strings.Contains(got, fmt.Sprintf(`{"read":%d,"written":%d,"rejected":0,`, want, want)) {
				t.Errorf("%d documents, but the summary is %s", want, got)
			}
			t.Logf("%d MB: peak memory %.1f MB", *large, float64(peak)/(1<<20))
			if peak == 0 || peak > memoryBound {
				t.Errorf("%d bytes of memory, more than %d", peak, memoryBound)
			}
		})
	}
}
