package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
)

// Head returns the first bytes without reading them, for any sizes of reads.
func TestHead(t *testing.T) {
	disk := errors.New("disk")
	long := strings.Repeat("0123456789", 1000)
	for _, tc := range []struct {
		name     string
		r        io.Reader
		least    string // that Head must return
		headErr  error
		all      string
		finalErr error
	}{
		{"empty", strings.NewReader(""), "", nil, "", nil},
		{"short", strings.NewReader("{}"), "{}", nil, "{}", nil},
		{"long", strings.NewReader(long), "0123", nil, long, nil},
		{"byte by byte", iotest.OneByteReader(strings.NewReader(long)), "0123", nil, long, nil},
		{"like the start of gzip", strings.NewReader("\x1f"), "\x1f", nil, "\x1f", nil},
		{"like the start of zstd, byte by byte", iotest.OneByteReader(strings.NewReader("\x28\xb5x")), "\x28\xb5x", nil, "\x28\xb5x", nil},
		{"gzip, byte by byte", iotest.OneByteReader(strings.NewReader(pack(t, "{\"a\":1}\n", compress.Gzip))), "{\"a\"", nil, "{\"a\":1}\n", nil},
		{"end with data", iotest.DataErrReader(strings.NewReader("{}")), "{}", nil, "{}", nil},
		{"broken at once", iotest.ErrReader(disk), "", disk, "", disk},
		{"broken early", io.MultiReader(strings.NewReader("{"), iotest.ErrReader(disk)), "{", disk, "{", disk},
		{"broken late", io.MultiReader(strings.NewReader("{\"a\":"), iotest.ErrReader(disk)), "{\"a\"", nil, "{\"a\":", disk},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, err := Input{Stdin: tc.r}.Open(t.Context(), "-")
			if err != nil {
				t.Fatal(err)
			}
			head, err := f.Head(4)
			if !strings.HasPrefix(string(head), tc.least) || err != tc.headErr {
				t.Errorf("Head = %q, %v, want %q and %v", head, err, tc.least, tc.headErr)
			}
			again, err := f.Head(4)
			if string(again) != string(head) || err != tc.headErr {
				t.Errorf("Head again = %q, %v", again, err)
			}
			all, err := io.ReadAll(f)
			if string(all) != tc.all || err != tc.finalErr {
				t.Errorf("read %q, %v, want %q and %v", all, err, tc.all, tc.finalErr)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if _, err := (Input{}).Open(t.Context(), dir); err == nil || strings.Contains(err.Error(), dir) {
		t.Errorf("opening a directory: %v", err)
	}
	if _, err := (Input{}).Open(t.Context(), filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), dir) {
		t.Errorf("opening what is not there: %v", err)
	}
	name := filepath.Join(dir, "file")
	if err := os.WriteFile(name, []byte("content"), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Input{}.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if all, err := io.ReadAll(f); string(all) != "content" || err != nil {
		t.Errorf("read %q, %v", all, err)
	}
	if f.Name() != name {
		t.Errorf("Name() = %q, want %q", f.Name(), name)
	}
}

// The size of a regular file as standard input is that of its rest.
func TestStdinSize(t *testing.T) {
	name := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(name, []byte("{\"a\":1}"), 0o666); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, tc := range []struct{ at, size int64 }{{0, 7}, {3, 4}, {7, 0}, {9, 0}} {
		if _, err := file.Seek(tc.at, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		f, err := Input{Stdin: file}.Open(t.Context(), "-")
		if err != nil {
			t.Fatal(err)
		}
		if f.Size() != tc.size || f.Waits() || f.Name() != StdinName {
			t.Errorf("at %d: %q of %d bytes, waits: %t; want %d, false", tc.at, f.Name(), f.Size(), f.Waits(), tc.size)
		}
		if rest, err := io.ReadAll(f); int64(len(rest)) != tc.size || err != nil {
			t.Errorf("at %d: read %q, %v", tc.at, rest, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w.Close()
	for _, stdin := range []io.Reader{r, strings.NewReader("text")} {
		if f, err := (Input{Stdin: stdin}).Open(t.Context(), "-"); err != nil || f.Size() != -1 || !f.Waits() {
			t.Errorf("%T: a size of %d, waits: %t, %v; want -1, true", stdin, f.Size(), f.Waits(), err)
		}
	}
}

// A read of a regular file ends with the context, too.
func TestStopInFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(name, []byte("{\"a\":1}"), 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(t.Context())
	f, err := Input{}.Open(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stop(interrupt.ErrInterrupted)
	if n, err := f.Read(make([]byte, 9)); n != 0 || err != interrupt.ErrInterrupted {
		t.Errorf("Read = %d, %v, want the cause", n, err)
	}
	if n := f.Offset(); n != 0 {
		t.Errorf("%d bytes are read", n)
	}
}

// A read that waits ends with the context.
func TestWait(t *testing.T) {
	r, w := io.Pipe()
	ctx, stop := context.WithCancelCause(t.Context())
	f, err := Input{Stdin: r}.Open(ctx, "-")
	if err != nil {
		t.Fatal(err)
	}
	go w.Write([]byte("0123"))
	p := make([]byte, 100)
	if n, err := f.Read(p); n != 4 || err != nil {
		t.Errorf("Read = %d, %v", n, err)
	}
	go stop(interrupt.ErrInterrupted)
	if n, err := f.Read(p); n != 0 || err != interrupt.ErrInterrupted {
		t.Errorf("Read after stop = %d, %v", n, err)
	}
	if n, err := f.Read(p); n != 0 || err != interrupt.ErrInterrupted {
		t.Errorf("Read again after stop = %d, %v", n, err)
	}
}

// A suffix below another decides where the decompressed bytes do not.
func TestInnerSuffix(t *testing.T) {
	legacy := "\x02\x21\x4c\x18\x01\x00\x00" // lz4, cut off
	for name, want := range map[string][]compress.Codec{"x.lz4.gz": {compress.Gzip, compress.LZ4}, "x.gz": {compress.Gzip}, "x.gz.lz4": {compress.Gzip}} {
		name := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(name, []byte(pack(t, legacy, compress.Gzip)), 0o666); err != nil {
			t.Fatal(err)
		}
		f, err := Input{}.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		f.Head(1)
		if diff := cmp.Diff(want, f.Compression()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filepath.Base(name), diff)
		}
	}
}

// pack returns text compressed with each of codecs; the last codec is the
// outermost.
func pack(t *testing.T, text string, codecs ...compress.Codec) string {
	t.Helper()
	for _, c := range codecs {
		var b bytes.Buffer
		z, err := compress.NewWriter(&b, c, compress.WriterOptions{Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(z, text)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		text = b.String()
	}
	return text
}

// Data compressed once or twice is decompressed, for any name and any sizes of
// reads.
func TestReadCompressed(t *testing.T) {
	text := strings.Repeat("{\"a\":1}\n", 50_000)
	dir := t.TempDir()
	for _, codecs := range [][]compress.Codec{
		nil,
		{compress.Gzip},
		{compress.Zstd},
		{compress.Gzip, compress.Zstd},
		{compress.Snappy, compress.Snappy},
	} {
		data := pack(t, text, codecs...)
		file := filepath.Join(dir, "x.bson")
		if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{file, "-"} {
			f, err := Input{Stdin: iotest.HalfReader(strings.NewReader(data))}.Open(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if f.Offset() != 0 {
				t.Errorf("%v: offset %d before anything is read", codecs, f.Offset())
			}
			head, err := f.Head(4)
			if !strings.HasPrefix(text, string(head)) || len(head) < 100 || err != nil {
				t.Errorf("%v: head %q, %v", codecs, head, err)
			}
			if got := f.Offset(); got == 0 || got > int64(len(data)) {
				t.Errorf("%v: offset %d of %d after the head", codecs, got, len(data))
			}
			all, err := io.ReadAll(f)
			if string(all) != text || err != nil {
				t.Errorf("%v: %d bytes of %d, %v", codecs, len(all), len(text), err)
			}
			if got := f.Offset(); got != int64(len(data)) {
				t.Errorf("%v: offset %d of %d at the end", codecs, got, len(data))
			}
			undone := slices.Clone(codecs)
			slices.Reverse(undone)
			if diff := cmp.Diff(undone, f.Compression(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("compression (-want +got):\n%s", diff)
			}
			f.Close()
		}
	}
	data := pack(t, text, compress.Gzip, compress.Gzip, compress.Gzip)
	f, err := Input{Stdin: strings.NewReader(data)}.Open(t.Context(), "-")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := f.Head(4); !errors.Is(err, compress.ErrLayers) {
			t.Errorf("three times over: %v", err)
		}
		if _, err := f.Read(make([]byte, 1)); !errors.Is(err, compress.ErrLayers) {
			t.Errorf("three times over: %v", err)
		}
	}
}
