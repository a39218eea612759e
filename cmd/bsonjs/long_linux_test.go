//go:build !race

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// manyElements returns a document with an array of n elements of type t, which
// have neither keys nor values, in the given number of levels.
func manyElements(t bson.Type, n, levels int) []byte {
	doc, mark := bsoncore.Begin(nil)
	doc, in := bsoncore.BeginArray(doc, "")
	doc = append(doc, bytes.Repeat([]byte{byte(t), 0}, n)...)
	doc = bsoncore.End(bsoncore.End(doc, in), mark)
	for range levels {
		outer, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendDocument(outer, "", doc), mark)
	}
	return doc
}

// manyKeys returns a document with n different keys.
func manyKeys(n int) []byte {
	doc, mark := bsoncore.Begin(nil)
	for i := range n {
		doc = bsoncore.AppendNull(doc, fmt.Sprintf("%x", i*7919%n))
	}
	return bsoncore.End(doc, mark)
}

// A checksum is a writer that keeps a checksum of its bytes, so that gigabytes
// can be compared.
type checksum struct {
	n   int64 // bytes
	crc uint32
}

func (c *checksum) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	c.crc = crc32.Update(c.crc, crc32.IEEETable, p)
	return len(p), nil
}

// measure runs p, which reads file. It returns the checksum of the output and
// the largest memory of p, in bytes. The output is read, and memory is
// measured, while p runs.
func measure(t *testing.T, p *process) (out checksum, peak int64) {
	t.Helper()
	p.stdin.Close()
	r, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.begin(t)
	buf := make([]byte, 1<<20)
	for looks := 0; ; looks++ {
		n, err := r.Read(buf)
		out.Write(buf[:n])
		if n > 0 && (looks < 10 || looks%4 == 0) {
			peak = max(peak, p.peak(t))
		}
		if err != nil {
			break
		}
	}
	p.Wait()
	return out, peak
}

// Documents under a megabyte are written within the memory bound of small
// documents, also if their text is hundreds of times as long, for any number of
// jobs. The output is that of the library.
func TestLongOutput(t *testing.T) {
	all := *large > 64 // gigabytes too
	text := func(o extjson.EncodeOptions) func(io.Writer, []byte) error { return o.WriteJSON }
	pickled := func(o pickle.EncodeOptions) func(io.Writer, []byte) error { return o.WritePickle }
	nulls := manyElements(bson.TypeNull, 440_000, 70)
	some, keys := nulls, manyKeys(120_000)
	if !all {
		some, keys = manyElements(bson.TypeNull, 50_000, 70), manyKeys(50_000)
	}
	for _, tc := range []struct {
		name string
		doc  []byte
		args string
		want func(io.Writer, []byte) error // nil: runs are compared with each other only
		end  string                        // after each document
		docs int                           // number of documents; fewer if the text of three is over memoryBound
	}{
		{"relaxed", nulls, "-t json", text(extjson.EncodeOptions{}), "\n", 8},
		{"sorted", nulls, "--sort-keys", text(extjson.EncodeOptions{SortKeys: true}), "\n", 8},
		{"sorted keys", keys, "--sort-keys", text(extjson.EncodeOptions{SortKeys: true}), "\n", 8},
		{"libbson", manyElements(bson.TypeUndefined, 450_000, 1), "-m canonical --spacing libbson",
			text(extjson.EncodeOptions{Mode: extjson.Canonical, Spacing: extjson.LibbsonSpacing}), "\n", 8},
		{"shell", nulls, "-m shell", text(extjson.EncodeOptions{Mode: extjson.Shell}), "\n", 8},
		{"pretty", some, "--pretty", text(extjson.EncodeOptions{Indent: "  "}), "\n", 8},
		{"far indented", some, "--indent 16", text(extjson.EncodeOptions{Indent: strings.Repeat(" ", 16)}), "\n", 3},
		{"dump", nulls, "dump -q --lossy", text(extjson.EncodeOptions{Mode: extjson.Canonical, Doubles: extjson.DriverDoubles}), "\n", 8},
		{"dump pretty", some, "dump -q --lossy --pretty", nil, "", 8},
		{"dump debug", some, "dump -q --type debug", nil, "", 3},
		{"pickle", manyKeys(120_000), "-t pickle --protocol 0 --documents son",
			pickled(pickle.EncodeOptions{Protocol: pickle.Protocol0, Documents: pickle.SON}), "", 8},
		{"pickle of nulls", nulls, "-t pickle", pickled(pickle.EncodeOptions{}), "", 8},
		{"hexadecimal", nulls, "-t hex", nil, "", 8},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if len(tc.doc) > 1_000_000 {
				t.Fatalf("a document of %d bytes", len(tc.doc))
			}
			name := filepath.Join(t.TempDir(), "in.bson")
			if err := os.WriteFile(name, bytes.Repeat(tc.doc, tc.docs), 0o666); err != nil {
				t.Fatal(err)
			}
			var want checksum
			for range tc.docs {
				if tc.want == nil {
					break
				}
				if err := tc.want(&want, tc.doc); err != nil {
					t.Fatal(err)
				}
				want.Write([]byte(tc.end))
			}
			for _, jobs := range []string{"1", "8"} {
				args := append(strings.Fields(tc.args), name)
				within(t, memoryBound, func() int64 {
					p := start(t, "", args...)
					if args[0] == "dump" {
						p.Env = append(p.Env, "GOMAXPROCS="+jobs)
					} else {
						p.Args = append(p.Args, "-j", jobs)
					}
					got, peak := measure(t, p)
					if code := p.ProcessState.ExitCode(); code != 0 {
						t.Fatalf("%s jobs: code %d: %s", jobs, code, &p.stderr)
					}
					if want.n == 0 {
						want = got // with one job
					}
					if got != want {
						t.Errorf("%s jobs: %d bytes, want %d", jobs, got.n, want.n)
					}
					t.Logf("%s jobs: %.1f MB of output", jobs, float64(got.n)/1e6)
					return peak
				})
			}
		})
	}
}

// Arrays in text become seven times as long as BSON. The memory bound holds for
// them too.
func TestLongArrays(t *testing.T) {
	line := `{"a":[` + strings.Repeat("1,", 440_000) + "1]}\n"
	doc, err := extjson.AppendBSON(nil, []byte(line))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "in.json")
	if err := os.WriteFile(name, []byte(strings.Repeat(line, 8)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ to, want string }{{"bson", string(doc)}, {"json", line}} {
		var want checksum
		io.WriteString(&want, strings.Repeat(tc.want, 8))
		within(t, memoryBound, func() int64 {
			p := start(t, "", "-j", "8", "-t", tc.to, name)
			got, peak := measure(t, p)
			if code := p.ProcessState.ExitCode(); code != 0 || got != want {
				t.Errorf("to %s: code %d, %d bytes, want %d: %s", tc.to, code, got.n, want.n, &p.stderr)
			}
			return peak
		})
	}
}

// damagedBound is the largest memory of a run, in bytes, for an input with
// faults, if documents may have size bytes.
func damagedBound(size int64) int64 { return 128<<20 + 6*size }

// For an input with faults, or without an end, memory is limited by a multiple
// of --max-document-size, however long the input is.
func TestDamagedMemory(t *testing.T) {
	whole := manyElements(bson.TypeNull, 1000, 1)
	claims := bytes.Clone(whole)
	claims[2] |= 0x3f // 4 MB
	for _, tc := range []struct{ name, head, block, args string }{
		{"a length that is wrong", string(claims), strings.Repeat(string(whole), 500), ""},
		{"a string without an end", `{"a":"`, strings.Repeat("x", 1<<20), ""},
		{"escapes without an end", `{"a":"`, strings.Repeat(`\u0001`, 1<<18), ""},
		{"an array without an end", `{"a":[`, strings.Repeat("1,", 1<<19), ""},
		{"brackets without an end", `{"a":`, strings.Repeat("[", 1<<20), ""},
		{"white space without an end", `{"a":`, strings.Repeat(" ", 1<<20), ""},
		{"digits without an end", "", strings.Repeat("0f", 1<<19), "-f hex"},
	} {
		for _, size := range []int64{1 << 20, 5 << 20} {
			t.Run(fmt.Sprintf("%s, %d MiB", tc.name, size>>20), func(t *testing.T) {
				args := append(strings.Fields(tc.args), "-j", "8", "-o", os.DevNull, "--on-error", "skip",
					"--max-document-size", fmt.Sprint(size))
				within(t, damagedBound(size), func() (peak int64) {
					p := start(t, "", args...)
					p.stdin.Close()
					p.Stdin = io.MultiReader(strings.NewReader(tc.head),
						&repeater{block: []byte(tc.block), left: *large << 20 / int64(len(tc.block)) * int64(len(tc.block))},
						lastReader(func() { peak = p.peak(t) }))
					p.begin(t)
					if code := p.code(); code != 1 && code != 4 {
						t.Fatalf("code %d: %.300s", code, &p.stderr)
					}
					return peak
				})
			})
		}
	}
}

// flippedBound is the largest memory of a run, in bytes, for a small document
// with a wrong length, if documents may have size bytes.
func flippedBound(size int64) int64 { return 112<<20 + 3*size/2 }

// If a length is wrong, the bytes that it claims are read, but they are in
// memory only once.
func TestFlippedMemory(t *testing.T) {
	whole, mark := bsoncore.Begin(nil)
	whole = bsoncore.End(bsoncore.AppendString(whole, "a", strings.Repeat("x", 128-13)), mark)
	damaged := bytes.Clone(whole)
	for _, tc := range []struct {
		name string
		less int64 // the length is that many bytes below the largest
	}{
		{"to a document", 0},
		{"into a document", 64},
		{"to where a buffer is not quite half of the next", 255 << 10},
		{"into a document, megabytes before", 4<<20 + 64},
	} {
		for _, size := range []int64{16 << 20, 64 << 20} {
			for _, jobs := range []string{"1", "2"} {
				t.Run(fmt.Sprintf("%s, %d MiB, %s jobs", tc.name, size>>20, jobs), func(t *testing.T) {
					binary.LittleEndian.PutUint32(damaged, uint32(size-tc.less))
					p := start(t, "", "-j", jobs, "-o", os.DevNull, "--on-error", "skip", "--summary", "json", "--max-document-size", fmt.Sprint(size))
					p.stdin.Close()
					var peak int64
					docs := (size + *large<<17) / int64(len(whole))
					p.Stdin = io.MultiReader(bytes.NewReader(damaged), &repeater{block: whole, left: docs * int64(len(whole))},
						lastReader(func() { peak = p.peak(t) }))
					p.begin(t)
					if code := p.code(); code != 4 || !strings.Contains(p.stderr.String(), fmt.Sprintf(`"written":%d,`, docs)) {
						t.Fatalf("code %d, not %d documents: %.300s", code, docs, &p.stderr)
					}
					t.Logf("peak memory %.1f MB", float64(peak)/(1<<20))
					if peak == 0 || peak > flippedBound(size) {
						t.Errorf("%d bytes of memory, more than %d", peak, flippedBound(size))
					}
				})
			}
		}
	}
}

// An interrupt does not wait for the end of a document with gigabytes of text.
// Standard output is cut there, and a file does not get its name.
func TestInterruptLong(t *testing.T) {
	doc := manyElements(bson.TypeNull, 440_000, 70) // 450 MB with that indentation
	for _, to := range []string{"-", "out.json"} {
		// Behind the document the run waits for standard input, so it does not end before a
		// late signal.
		p := start(t, "", "--indent", "16", "-o", to, "in.bson", "-")
		if err := os.WriteFile(filepath.Join(p.Dir, "in.bson"), doc, 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := p.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		p.begin(t)
		if to == "-" {
			if _, err = io.ReadFull(r, make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		} else {
			p.until(t, func() bool { return p.written() >= 1<<20 })
		}
		p.Process.Signal(syscall.SIGINT)
		rest, _ := io.Copy(io.Discard, r)
		if code := p.code(); code != 130 {
			t.Errorf("to %s: code %d: %s", to, code, &p.stderr)
		}
		if rest > 400<<20 {
			t.Errorf("to %s: another %d bytes", to, rest)
		}
		if _, err := os.Stat(filepath.Join(p.Dir, "out.json")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("to %s: out.json: %v", to, err)
		}
	}
}

// written returns the size of the temporary file of p in bytes, 0 if there is none.
func (p *process) written() int64 {
	names, _ := filepath.Glob(filepath.Join(p.Dir, "*.partial"))
	if len(names) != 1 {
		return 0
	}
	info, err := os.Stat(names[0])
	if err != nil {
		return 0
	}
	return info.Size()
}
