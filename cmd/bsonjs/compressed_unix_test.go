//go:build unix

package main

import (
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// Data from a pipe that was compressed and flushed is converted and written
// before the run waits for more, whether the output is compressed or not.
func TestCompressedPassedOn(t *testing.T) {
	for _, c := range written() {
		for _, out := range []string{"none", c.String()} {
			t.Run(c.String()+" to "+out, func(t *testing.T) {
				p := start(t, "", "--compress", out)
				stdout, err := p.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				p.begin(t)
				z, err := compress.NewWriter(p.stdin, c, compress.WriterOptions{Jobs: 1})
				if err != nil {
					t.Fatal(err)
				}
				r := io.Reader(stdout)
				if out != "none" {
					r = compress.NewReader(c, compress.NewSource(stdout))
				}
				const want = "{\"a\":1}\n"
				got := make([]byte, len(want))
				for range 3 {
					io.WriteString(z, one)
					z.Flush()
					if _, err := io.ReadFull(r, got); err != nil || string(got) != want {
						t.Fatalf("got %q, %v", got, err)
					}
				}
				z.Close()
				p.stdin.Close()
				if rest, err := io.ReadAll(r); len(rest) > 0 || err != nil {
					t.Errorf("then %q, %v", rest, err)
				}
				if got := p.code(); got != 0 {
					t.Errorf("exit code %d: %s", got, &p.stderr)
				}
			})
		}
	}
}

// A run that is stopped leaves complete compressed data with the documents that
// it reports.
func TestCompressedSignal(t *testing.T) {
	for _, c := range written() {
		t.Run(c.String(), func(t *testing.T) {
			p := start(t, "", "-o", "out.json"+c.Suffix(), "-", "next")
			p.begin(t)
			go func() {
				chunk := []byte(strings.Repeat(one, 1000))
				for {
					if _, err := p.stdin.Write(chunk); err != nil {
						return
					}
				}
			}()
			p.until(t, func() bool { return len(p.content("out.json.*.partial")) > 0 })
			p.Process.Signal(syscall.SIGTERM)
			if got := p.code(); got != 143 {
				t.Errorf("exit code %d, want 143", got)
			}
			text := unpack(t, c, []byte(p.content("out.json*.partial")))
			n := strings.Count(text, "{\"a\":1}\n")
			if n*len("{\"a\":1}\n") != len(text) || n == 0 {
				t.Errorf("%d documents in %d bytes", n, len(text))
			}
			want := fmt.Sprintf("bsonjs: interrupted after %s\n"+
				"bsonjs: out.json%s.partial has the %[1]s converted so far\n", report.Documents(int64(n)), c.Suffix())
			if p.stderr.String() != want {
				t.Errorf("stderr %q, want %q", p.stderr.String(), want)
			}
		})
	}
}

// A signal ends a run that waits in the middle of compressed data.
func TestCompressedSignalWaiting(t *testing.T) {
	for _, c := range written() {
		p := start(t, "", "-o", "out.json")
		p.begin(t)
		z, err := compress.NewWriter(p.stdin, c, compress.WriterOptions{Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(z, one)
		z.Flush()
		p.await(t, "{\"a\":1}\n")
		p.Process.Signal(syscall.SIGINT)
		if got := p.code(); got != 130 || !strings.HasPrefix(p.stderr.String(), "bsonjs: interrupted after 1 document\n") {
			t.Errorf("%v: exit code %d, stderr %s", c, got, &p.stderr)
		}
	}
}
