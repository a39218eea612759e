package cli

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// This file breaks outputs of convert --verify where a defect could: in the encoder, between
// the sink and the compressor, and behind the compressor.

// numbered returns n documents with a number, a group of three and a text.
func numbered(n int) (all []byte) {
	for i := range n {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt32(doc, "_id", int32(i))
		doc = bsoncore.AppendString(doc, "g", string(rune('a'+i%3)))
		doc = bsoncore.AppendInt64(doc, "n", int64(i))
		all = append(all, bsoncore.End(bsoncore.AppendString(doc, "t", fmt.Sprintf("document %d", i)), mark)...)
	}
	return all
}

// A breaker changes the units, which are documents, of the first write that has several.
type breaker struct {
	split  func(p []byte) [][]byte
	change func(units [][]byte) [][]byte
	done   bool
}

func (b *breaker) bytes(p []byte) []byte {
	units := b.split(p)
	if b.done || len(units) < 2 {
		return p
	}
	b.done = true
	return bytes.Join(b.change(units), nil)
}

// documents are the units of BSON. What is not a document is part of one.
func documents(p []byte) (units [][]byte) {
	for len(p) >= 4 {
		n := int(binary.LittleEndian.Uint32(p))
		if n < 5 || n > len(p) {
			break
		}
		units, p = append(units, p[:n]), p[n:]
	}
	return units
}

// lines are the units of text.
func lines(p []byte) [][]byte {
	units := bytes.SplitAfter(p, []byte("\n"))
	return units[:len(units)-1]
}

// A brokenTarget breaks what the sinks of a target write.
type brokenTarget struct {
	run.Target
	*breaker
}

func (b brokenTarget) Begin(in run.Input) (run.Sink, error) {
	if tree, ok := in.Out.(sink.Tree); ok {
		in.Out = brokenTree{tree, b.breaker}
	} else {
		in.Out = brokenWriter{in.Out, b.breaker}
	}
	return b.Target.Begin(in)
}

type brokenWriter struct {
	io.Writer
	*breaker
}

func (b brokenWriter) Write(p []byte) (int, error) {
	_, err := b.Writer.Write(b.bytes(p))
	return len(p), err
}

type brokenTree struct {
	sink.Tree
	*breaker
}

func (b brokenTree) Write(p []byte) (int, error) {
	_, err := b.Tree.Write(b.bytes(p))
	return len(p), err
}

// converted runs convert with broken parts, and returns the exit code and the messages.
func converted(t *testing.T, args []string, broken func(r *run.Run)) (report.Code, string) {
	t.Helper()
	o, cmd := &convertOptions{usual: (*codec.Codec).Opposite, inFolder: dumped}, &cobra.Command{Use: "convert"}
	(&cobra.Command{Use: "bsonjs"}).AddCommand(cmd)
	o.addFlags(cmd.Flags())
	err := cmd.ParseFlags(args)
	if err == nil {
		err = new(app).settle(o, cmd, cmd.Flags().Args())
	}
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	r := o.run(streams{strings.NewReader(""), io.Discard, &stderr})
	o.plan(&r)
	r.Aside = func() {}
	r.Inputs = folder.Inputs(context.Background(), o.files, r.From)
	o.watch(&r, streams{strings.NewReader(""), io.Discard, &stderr})
	broken(&r)
	result := r.Do(context.Background())
	o.end(&r, &result)
	return result.Code, stderr.String()
}

// filesIn returns the files in dir and below it.
func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(path, dir+string(filepath.Separator)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestVerifyFindsBrokenOutput(t *testing.T) {
	changes := []struct {
		name   string
		change func(units [][]byte) [][]byte
	}{
		{"none", nil},
		{"flipped", func(u [][]byte) [][]byte {
			flipped := bytes.Clone(u[1])
			if at := max(bytes.LastIndexByte(flipped, 'm'), bytes.LastIndexByte(flipped, '6')); at >= 0 { // of the text
				flipped[at]++
			} else { // in base64
				flipped[len(flipped)/2] ^= 1
			}
			return append([][]byte{u[0], flipped}, u[2:]...)
		}},
		{"dropped", func(u [][]byte) [][]byte { return slices.Delete(u, 1, 2) }},
		{"last dropped", func(u [][]byte) [][]byte { return u[:len(u)-1] }},
		{"doubled", func(u [][]byte) [][]byte { return slices.Insert(u, 1, u[0]) }},
		{"last doubled", func(u [][]byte) [][]byte { return append(u, u[len(u)-1]) }},
		{"reordered", func(u [][]byte) [][]byte { u[0], u[1] = u[1], u[0]; return u }},
	}
	for _, out := range []struct {
		args  string // with the name of the output
		split func(p []byte) [][]byte
	}{
		{"-o out.bson", documents},
		{"-o out.bson.gz", documents},
		{"-o out.json", lines},
		{"-o out.json --jobs 1", lines},
		{"-o out.json.zst --mode canonical", lines},
		{"-o out.json --mode shell", lines},
		{"-o out.json --mode legacy --sort-keys", lines},
		{"-o out.hex", lines},
		{"-o out.b64 --to base64", lines},
		{"-o dump/ --as-ns a.b", documents},
		{"-o dump/ --as-ns a.b --compress zstd", documents},
		{"-o out.bson --split-count 7", documents},
		{"-o out.bson --split-size 200 --compress gzip", documents},
		{"-o out.json --split-by g", lines},
		{"-o out.bson.lz4 --split-by g", documents},
		{"--to json", lines},
		{"--to bson --force", documents},
	} {
		for _, c := range changes {
			t.Run(out.args+"/"+c.name, func(t *testing.T) {
				t.Chdir(t.TempDir())
				if err := os.WriteFile("in.bson", numbered(20), 0o666); err != nil {
					t.Fatal(err)
				}
				args := append([]string{"--verify", "--errors", "json", "in.bson"}, strings.Fields(out.args)...)
				b := &breaker{split: out.split, change: c.change}
				code, messages := converted(t, args, func(r *run.Run) {
					if c.change != nil {
						r.Target = brokenTarget{r.Target, b}
					}
				})
				if c.change == nil {
					if code != report.CodeOK || !strings.Contains(messages, "verified 20 documents: SHA-256 ") {
						t.Errorf("code %d: %s", code, messages)
					}
					return
				}
				if code != report.CodeRejected || strings.Count(messages, "\n") != 1 || !strings.Contains(messages, `"code":"different","exit":1`) {
					t.Errorf("code %d: %s", code, messages)
				}
				if diff := cmp.Diff([]string{"in.bson"}, filesIn(t, ".")); diff != "" {
					t.Errorf("files (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// An encoder that writes another value is found, in each format.
func TestVerifyFindsBrokenEncoder(t *testing.T) {
	for _, args := range []string{"-o out.json", "-o out.json --mode canonical", "-o out.bson", "-o out.pickle", "-o out.hex", "-o out.json --array --pretty"} {
		t.Run(args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("in.bson", numbered(20), 0o666); err != nil {
				t.Fatal(err)
			}
			code, messages := converted(t, append([]string{"--verify", "in.bson"}, strings.Fields(args)...), func(r *run.Run) {
				r.Target = brokenEncoder{r.Target, r.Target.(*converter)}
			})
			if code != report.CodeRejected || !strings.Contains(messages, " (/n): the output has ") || !strings.Contains(messages, ", and in.bson, document 4 at offset ") {
				t.Errorf("code %d: %s", code, messages)
			}
		})
	}
}

// A brokenEncoder is a target whose output has another number in the fourth document.
type brokenEncoder struct {
	run.Target
	c *converter
}

func (b brokenEncoder) Begin(in run.Input) (run.Sink, error) {
	s, err := b.Target.Begin(in)
	b.c.lines.Appender = brokenAppender{b.c.lines.Appender}
	return s, err
}

type brokenAppender struct{ codec.Appender }

func (b brokenAppender) AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	data = bytes.Clone(data)
	if at := bytes.Index(data, []byte("n\x00\x03")); at >= 0 {
		data[at+2] = 4
	}
	return b.Appender.AppendValue(dst, most, t, data)
}

// A compressor that writes another byte is found.
func TestVerifyFindsBrokenCompressor(t *testing.T) {
	for _, name := range []string{"out.bson.gz", "out.bson.zst", "out.bson.lz4", "out.json.sz", "out.archive.gz"} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("in.bson", numbered(200), 0o666); err != nil {
				t.Fatal(err)
			}
			args := []string{"--verify", "in.bson", "-o", name}
			if strings.Contains(name, "archive") {
				args = append(args, "--as-ns", "a.b")
			}
			code, messages := converted(t, args, func(r *run.Run) { r.Verify = flipped{r.Verify} })
			if code != report.CodeRejected || !strings.Contains(messages, "the output is not kept") {
				t.Errorf("code %d: %s", code, messages)
			}
			if diff := cmp.Diff([]string{"in.bson"}, filesIn(t, ".")); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// A flipped is a Verifier that sees another byte than the one that was written.
type flipped struct{ run.Verifier }

func (f flipped) Witness(label, name string) file.Witness {
	return &flippedWitness{Witness: f.Verifier.Witness(label, name), at: 200}
}

type flippedWitness struct {
	file.Witness
	at int // bytes until the one that is flipped
}

func (w *flippedWitness) Write(p []byte) (int, error) {
	p = bytes.Clone(p)
	if w.at >= 0 && w.at < len(p) {
		p[w.at] ^= 0x10
	}
	w.at -= len(p)
	return w.Witness.Write(p)
}
