package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
)

// begin opens o and writes text to it.
func begin(t *testing.T, o Output, text string) *Writer {
	t.Helper()
	f, err := o.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return f
}

// files returns the files in dir as name=content, sorted by name.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		all = append(all, e.Name()+"="+string(data))
	}
	return all
}

func want(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := files(t, dir); !slices.Equal(got, want) {
		t.Errorf("files: %q, want %q", got, want)
	}
}

func TestCommit(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	f := begin(t, Output{Name: name}, "new")
	if _, err := os.Stat(name); err == nil {
		t.Error("the file is there before Commit")
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
	want(t, dir, "out=new")

	if _, err := (Output{Name: name}).Open(t.Context()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Open of what is there: %v", err)
	}
	f = begin(t, Output{Name: name, Overwrite: true}, "newer")
	if got, _ := os.ReadFile(name); string(got) != "new" {
		t.Errorf("before Commit: %q", got)
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
	want(t, dir, "out=newer")

	// The output is complete: Keep and Discard have no effect.
	if kept, err := f.Keep(); kept != "" || err != nil {
		t.Errorf("Keep after Commit = %q, %v", kept, err)
	}
	if err := f.Discard(); err != nil {
		t.Error(err)
	}
	want(t, dir, "out=newer")
}

func TestKeepAndDiscard(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	for _, text := range []string{"first", "second"} {
		kept, err := begin(t, Output{Name: name}, text).Keep()
		if kept != PartialName(name) || err != nil {
			t.Errorf("Keep = %q, %v", kept, err)
		}
		want(t, dir, "out.partial="+text)
	}
	if err := begin(t, Output{Name: name}, "third").Discard(); err != nil {
		t.Error(err)
	}
	want(t, dir, "out.partial=second")
}

// Commit removes the partial file of an earlier run, and no other.
func TestStalePartial(t *testing.T) {
	for _, tc := range []struct {
		name          string
		before, after func(partial string) error // called before Open and before Commit
		removed       bool
		want          []string
	}{
		{"earlier run", nil, nil, true, []string{"out=text"}},
		{"other run", nil, func(partial string) error {
			other := partial + "2"
			return errors.Join(os.WriteFile(other, []byte("other"), 0o666), os.Rename(other, partial))
		}, false, []string{"out=text", "out.partial=other"}},
		{"written again", nil, func(partial string) error {
			return errors.Join(os.WriteFile(partial, []byte("again"), 0o666), os.Chtimes(partial, time.Time{}, time.Unix(7, 0)))
		}, false, []string{"out=text", "out.partial=again"}},
		{"gone", nil, os.Remove, false, []string{"out=text"}},
		{"new", os.Remove, func(partial string) error { return os.WriteFile(partial, []byte("new"), 0o666) }, false, []string{"out=text", "out.partial=new"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			o := Output{Name: filepath.Join(dir, "out")}
			partial, err := begin(t, o, "stale").Keep()
			if err == nil && tc.before != nil {
				err = tc.before(partial)
			}
			if err != nil {
				t.Fatal(err)
			}
			f := begin(t, o, "text")
			if tc.after != nil {
				err = tc.after(partial)
			}
			if err := errors.Join(err, f.Commit()); err != nil {
				t.Fatal(err)
			}
			if got := f.Removed(); got != "" && got != partial || (got != "") != tc.removed {
				t.Errorf("Removed = %q", got)
			}
			want(t, dir, tc.want...)
		})
	}
}

// A directory and a link with the name of the partial file stay.
func TestPartialOfAnotherKind(t *testing.T) {
	dir := t.TempDir()
	o := Output{Name: filepath.Join(dir, "out"), Overwrite: true}
	if err := os.Mkdir(PartialName(o.Name), 0o777); err != nil {
		t.Fatal(err)
	}
	f := begin(t, o, "text")
	if err := f.Commit(); err != nil || f.Removed() != "" {
		t.Errorf("Removed = %q, %v", f.Removed(), err)
	}
	if _, err := os.Stat(PartialName(o.Name)); err != nil {
		t.Error(err)
	}
	link := filepath.Join(dir, "link.partial")
	if err := os.Symlink(o.Name, link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	o.Name = filepath.Join(dir, "link")
	if err := begin(t, o, "text").Commit(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(link); err != nil {
		t.Error(err)
	}
}

// If the name FILE.partial is taken, the file keeps its temporary name.
func TestKeepWhereNameIsTaken(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	if err := os.MkdirAll(filepath.Join(PartialName(name), "full"), 0o777); err != nil {
		t.Fatal(err)
	}
	kept, err := begin(t, Output{Name: name}, "text").Keep()
	if got, _ := os.ReadFile(kept); string(got) != "text" || err != nil {
		t.Errorf("Keep = %q, %v, and there is %q", kept, err, got)
	}
}

// A file that was created during the run is not replaced.
func TestCommitWhereFileCame(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	f := begin(t, Output{Name: name}, "ours")
	if err := os.WriteFile(name, []byte("theirs"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Commit = %v, want fs.ErrExist", err)
	}
	if kept, err := f.Keep(); kept != PartialName(name) || err != nil {
		t.Errorf("Keep = %q, %v", kept, err)
	}
	want(t, dir, "out=theirs", "out.partial=ours")
}

// Two runs at once write to different files. The first one to end gets the
// name.
func TestTwoAtOnce(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	a, b := begin(t, Output{Name: name}, "a"), begin(t, Output{Name: name}, "b")
	if err := b.Commit(); err != nil {
		t.Error(err)
	}
	if err := a.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Commit = %v, want fs.ErrExist", err)
	}
	a.Discard()
	want(t, dir, "out=b")
}

func TestLongName(t *testing.T) {
	dir := t.TempDir()
	base := strings.Repeat("n", 250)
	name := filepath.Join(dir, base)
	if err := begin(t, Output{Name: name}, "long").Commit(); err != nil {
		t.Fatal(err)
	}
	want(t, dir, base+"=long")
	// The name with the suffix .partial would be too long.
	kept, err := begin(t, Output{Name: name, Overwrite: true}, "longer").Keep()
	if got, _ := os.ReadFile(kept); string(got) != "longer" || err != nil {
		t.Errorf("Keep = %q, %v, and there is %q", kept, err, got)
	}
	if got, _ := os.ReadFile(name); string(got) != "long" {
		t.Errorf("the file itself is %q", got)
	}
}

func TestStdout(t *testing.T) {
	for _, name := range []string{"", "-"} {
		var stdout bytes.Buffer
		f := begin(t, Output{Name: name, Stdout: &stdout}, "text")
		if kept, err := f.Keep(); kept != "" || err != nil {
			t.Errorf("Keep = %q, %v", kept, err)
		}
		if stdout.String() != "text" || f.Name() != StdoutName || f.IsTerminal() {
			t.Errorf("wrote %q to %q", &stdout, f.Name())
		}
	}
}

// However a Writer ends, it closes the file that is standard output.
func TestStdoutIsClosed(t *testing.T) {
	for name, end := range ends {
		for _, codec := range []compress.Codec{compress.None, compress.Gzip} {
			stdout, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
			if err != nil {
				t.Fatal(err)
			}
			if err := end(begin(t, Output{Stdout: stdout, Codec: codec}, "text")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := stdout.Write(nil); !errors.Is(err, os.ErrClosed) {
				t.Errorf("%s, %v: the file is still open: %v", name, codec, err)
				stdout.Close()
			}
		}
	}
}

// ends are the ways in which a Writer ends.
var ends = map[string]func(f *Writer) error{
	"Commit":  (*Writer).Commit,
	"Keep":    func(f *Writer) error { _, err := f.Keep(); return err },
	"Discard": (*Writer).Discard,
}

// A flush of the compressor that comes after the end writes nothing.
func TestLateFlush(t *testing.T) {
	for name, end := range ends {
		var stdout bytes.Buffer
		f := begin(t, Output{Stdout: &stdout, Codec: compress.Gzip}, "text")
		if err := end(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		n := stdout.Len()
		f.z.flush()
		if stdout.Len() != n {
			t.Errorf("%s: %d bytes, and %d after it", name, n, stdout.Len())
		}
	}
}

func TestConflict(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	hard := filepath.Join(dir, "hard")
	other := filepath.Join(dir, "other")
	for _, name := range []string{in, other, PartialName(other)} {
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(in, hard); err != nil {
		t.Skip("no hard links here: ", err)
	}
	file, err := os.Open(in)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, tc := range []struct {
		o      Output
		inputs []string
		want   string
	}{
		{Output{Name: other}, []string{in, "-", "missing"}, ""},
		{Output{Name: in}, []string{other, in}, in},
		{Output{Name: filepath.Join(dir, ".", "in")}, []string{in}, in},
		{Output{Name: hard}, []string{in}, in},
		{Output{Name: in}, []string{"-"}, "-"},
		{Output{Stdout: file}, []string{other, hard}, hard},
		{Output{Stdout: file}, []string{other}, ""},
		{Output{Name: other}, []string{PartialName(other)}, PartialName(other)},
		{Output{Name: os.DevNull}, []string{os.DevNull}, ""},
		{Output{Name: filepath.Join(dir, "new")}, []string{in}, ""},
	} {
		got, found := tc.o.Conflict(tc.inputs, file)
		if got != tc.want || found != (tc.want != "") {
			t.Errorf("output %q, inputs %q: %q, %v, want %q", tc.o.Name, tc.inputs, got, found, tc.want)
		}
	}
}

// unpack returns the text of a gzip file.
func unpack(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(compress.NewReader(compress.Gzip, compress.NewSource(bytes.NewReader(data))))
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return string(text)
}

// Compressed data is complete after Commit and after Keep.
func TestWriteCompressed(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	o := Output{Name: name, Codec: compress.Gzip}
	f := begin(t, o, "text")
	if f.Codec() != compress.Gzip {
		t.Errorf("codec %v", f.Codec())
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
	if got := unpack(t, name); got != "text" {
		t.Errorf("committed %q", got)
	}
	if info, err := os.Stat(name); err != nil || info.Size() != f.Compressed() {
		t.Errorf("%d bytes written, %v", f.Compressed(), err)
	}
	o.Overwrite = true
	kept, err := begin(t, o, "more").Keep()
	if err != nil || unpack(t, kept) != "more" || unpack(t, name) != "text" {
		t.Errorf("kept %q, %v", kept, err)
	}
	if err := begin(t, o, "less").Discard(); err != nil || unpack(t, name) != "text" {
		t.Error(err)
	}
}

// A fullWriter takes no bytes.
type fullWriter struct{ err error }

func (w fullWriter) Write([]byte) (int, error) { return 0, w.err }

// An error of the file below the compressor is returned once, by a later Write
// or by Commit.
func TestCompressedFailure(t *testing.T) {
	full := errors.New("full")
	o := Output{Stdout: fullWriter{full}, Codec: compress.Zstd}
	f := begin(t, o, "text")
	if err := f.Commit(); !errors.Is(err, full) || !errors.Is(f.Err(), full) {
		t.Errorf("Commit = %v, Err = %v", err, f.Err())
	}
	if _, err := f.Write([]byte("more")); err == nil {
		t.Error("written after that")
	}
	if _, err := f.Keep(); err != nil {
		t.Errorf("Keep = %v, though that was said", err)
	}
	f = begin(t, o, "text")
	for range 1000 { // until the compressor writes
		if _, err := f.Write([]byte("more")); err != nil {
			break
		}
		time.Sleep(passOn / 10)
	}
	if !errors.Is(f.Err(), full) {
		t.Errorf("Err = %v", f.Err())
	}
}

func TestCollides(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("there", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("d", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("there", "link"); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	if err := os.Symlink("d", "e"); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("there")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, tc := range []struct {
		a, b Output
		want bool
	}{
		{Output{Name: "a"}, Output{Name: "b"}, false},
		{Output{Name: "a"}, Output{Name: "./a"}, true},
		{Output{Name: "a"}, Output{Name: filepath.Join(dir, "a")}, true},
		{Output{Name: "a"}, Output{Name: "d/../a"}, true},
		{Output{Name: "d/a"}, Output{Name: "e/a"}, true},
		{Output{Name: "d/a"}, Output{Name: "a"}, false},
		{Output{Name: "a"}, Output{Name: "a.partial"}, true},
		{Output{Name: "link"}, Output{Name: "there"}, true},
		{Output{Name: "link"}, Output{Name: "link.partial"}, false},
		{Output{Stdout: file}, Output{Name: "link"}, true},
		{Output{Stdout: file}, Output{Name: "a"}, false},
		{Output{Name: os.DevNull}, Output{Name: os.DevNull}, false},
		{Output{Name: "missing/a"}, Output{Name: "missing/b"}, false},
	} {
		for range 2 {
			if got := tc.a.Collides(tc.b); got != tc.want {
				t.Errorf("%q and %q: %v, want %v", tc.a.Name, tc.b.Name, got, tc.want)
			}
			tc.a, tc.b = tc.b, tc.a
		}
	}
}

// A stuckWriter never returns from Write.
type stuckWriter struct{}

func (stuckWriter) Write([]byte) (int, error) { select {} }

// After the end of the context, Write does not wait for the reader of the
// output.
func TestStuck(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	stop(interrupt.ErrInterrupted)
	f, err := Output{Stdout: stuckWriter{}}.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := f.Write([]byte("text"))
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		if r.n != 0 || !errors.Is(r.err, interrupt.ErrInterrupted) || !errors.Is(f.Err(), interrupt.ErrInterrupted) {
			t.Errorf("Write = %d, %v, want 0 and the cause; Err = %v", r.n, r.err, f.Err())
		}
	case <-time.After(time.Minute):
		t.Error("Write still waits")
	}
}
