package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// written are the codecs that bsonjs writes.
func written() (all []compress.Codec) {
	for c := compress.None + 1; c.Known(); c++ {
		if c.MaxLevel() > 0 {
			all = append(all, c)
		}
	}
	return all
}

// pack returns data compressed with c.
func pack(t testing.TB, c compress.Codec, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := compress.NewWriter(&b, c, compress.WriterOptions{Jobs: 2})
	if err != nil {
		t.Fatal(err)
	}
	z.Write(data)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpack returns the decompressed data.
func unpack(t testing.TB, c compress.Codec, data []byte) string {
	t.Helper()
	out, err := io.ReadAll(compress.NewReader(c, compress.NewSource(bytes.NewReader(data))))
	if err != nil {
		t.Errorf("%v: %v", c, err)
	}
	return string(out)
}

// The compressed output is the same for any number of jobs, and a compressed
// input gives the same output as a plain one.
func TestCompressedJobs(t *testing.T) {
	var docs bytes.Buffer
	for doc := range manyDocuments(3 << 20) {
		docs.Write(doc)
	}
	plain := runCommand(bytes.NewReader(docs.Bytes()))
	for _, c := range written() {
		t.Run(c.String(), func(t *testing.T) {
			dir := t.TempDir()
			in := filepath.Join(dir, "in")
			if err := os.WriteFile(in, pack(t, c, docs.Bytes()), 0o666); err != nil {
				t.Fatal(err)
			}
			var want []byte
			for _, jobs := range []int{1, 2, 8} {
				name := filepath.Join(dir, fmt.Sprint(jobs, c.Suffix()))
				if got := runCommand(nil, "-j", fmt.Sprint(jobs), "-o", name, in); got.code != 0 {
					t.Fatal(got.stderr)
				}
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if want == nil {
					want = data
					if unpack(t, c, data) != plain.stdout {
						t.Error("another text than from what is not compressed")
					}
				} else if !bytes.Equal(data, want) {
					t.Errorf("%d jobs: %d bytes, other than %d", jobs, len(data), len(want))
				}
			}
		})
	}
}

// If a compressed input is cut anywhere, there is one line, exit code 4, and
// all documents before the cut. With --on-error skip, documents read are
// documents written and rejected.
func TestCompressedTruncation(t *testing.T) {
	text := strings.Repeat("{\"a\":1}\n{\"b\":[1,2,3]}\n", 5)
	for _, c := range []compress.Codec{compress.Gzip, compress.Zstd, compress.LZ4} {
		data := pack(t, c, []byte(text))
		for n := 6; n < len(data); n++ {
			got := runCommand(bytes.NewReader(data[:n]), "-t", "json")
			want := fmt.Sprintf("bsonjs: <stdin>: compressed offset %d: %v data is truncated\n", n, c)
			if got.code != 4 || !strings.HasPrefix(text, got.stdout) || got.stderr != want {
				t.Errorf("%v, %d bytes: %+v, want %q", c, n, got, want)
			}
			got = runCommand(bytes.NewReader(data[:n]), "-t", "json", "--on-error", "skip", "--summary", "json")
			var read, out, rejected int
			lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
			fmt.Sscanf(lines[len(lines)-1], `{"read":%d,"written":%d,"rejected":%d`, &read, &out, &rejected)
			if got.code != 4 || out != strings.Count(got.stdout, "\n") || read != out+rejected ||
				!strings.HasSuffix(lines[len(lines)-2], "truncated; the rest of the file cannot be read") {
				t.Errorf("%v, %d bytes: %+v", c, n, got)
			}
		}
	}
}

// A failure of the output is reported whether it comes at once, late or at the
// end.
func TestCompressedWriteFailure(t *testing.T) {
	full := errors.New("no room")
	var docs bytes.Buffer
	for doc := range manyDocuments(8 << 20) {
		docs.Write(doc)
	}
	for _, c := range written() {
		for _, stdin := range []string{one, docs.String()} {
			for _, tc := range []struct {
				room int
				err  error
				want command
			}{
				{3, full, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
				{1000, full, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
				{3, io.ErrClosedPipe, command{code: 141}},
			} {
				if tc.room == 1000 && stdin == one {
					continue // it does not fail
				}
				var stderr bytes.Buffer
				code := run([]string{"-j", "2", "--compress", c.String()}, strings.NewReader(stdin), &brokenWriter{tc.room, tc.err}, &stderr)
				if got := (command{code: code, stderr: stderr.String()}); got != tc.want {
					t.Errorf("%v, %d bytes, room for %d: %+v, want %+v", c, len(stdin), tc.room, got, tc.want)
				}
			}
		}
	}
}

// inspect does not read behind its selection, so it reports no fault there,
// even if the reader is already further.
func TestInspectBeforeDamage(t *testing.T) {
	var docs bytes.Buffer
	for doc := range manyDocuments(300 << 10) {
		docs.Write(doc)
	}
	packed := pack(t, compress.Gzip, docs.Bytes())
	name := filepath.Join(t.TempDir(), "cut.bson.gz")
	if err := os.WriteFile(name, packed[:len(packed)*93/100], 0o666); err != nil {
		t.Fatal(err)
	}
	for range 40 {
		got := runCommand(nil, "inspect", "--on-error", "skip", "--document", "1-300", name)
		if got.code != 0 || got.stderr != "" {
			t.Fatalf("code %d, stderr %q", got.code, got.stderr)
		}
	}
	got := runCommand(nil, "inspect", "--on-error", "skip", name)
	if got.code != 4 || !strings.Contains(got.stderr, "gzip data is truncated") {
		t.Errorf("all of it: code %d, stderr %q", got.code, got.stderr)
	}
}
