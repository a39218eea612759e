package output

import (
	"bytes"
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

// open opens o and writes text to it.
func open(t *testing.T, o Options, text string) *File {
	t.Helper()
	f, err := o.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return f
}

// files returns what is in dir, as name=content, in order of names.
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
	f := open(t, Options{Name: name}, "new")
	if _, err := os.Stat(name); err == nil {
		t.Error("the file is there before Commit")
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
	want(t, dir, "out=new")

	if _, err := (Options{Name: name}).Open(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Open of what is there: %v", err)
	}
	f = open(t, Options{Name: name, Overwrite: true}, "newer")
	if got, _ := os.ReadFile(name); string(got) != "new" {
		t.Errorf("before Commit: %q", got)
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
	want(t, dir, "out=newer")

	// It is done: the end of a run that fails in another way changes nothing.
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
		kept, err := open(t, Options{Name: name}, text).Keep()
		if kept != PartialName(name) || err != nil {
			t.Errorf("Keep = %q, %v", kept, err)
		}
		want(t, dir, "out.partial="+text)
	}
	if err := open(t, Options{Name: name}, "third").Discard(); err != nil {
		t.Error(err)
	}
	want(t, dir, "out.partial=second")
}

// What cannot have the name of a partial file keeps the one that it has.
func TestKeepWhereNameIsTaken(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	if err := os.MkdirAll(filepath.Join(PartialName(name), "full"), 0o777); err != nil {
		t.Fatal(err)
	}
	kept, err := open(t, Options{Name: name}, "text").Keep()
	if got, _ := os.ReadFile(kept); string(got) != "text" || err != nil {
		t.Errorf("Keep = %q, %v, and there is %q", kept, err, got)
	}
}

// A file that came into being during the run is not replaced.
func TestCommitWhereFileCame(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	f := open(t, Options{Name: name}, "ours")
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

// Two runs at once write to files of their own; the first to end has the name.
func TestTwoAtOnce(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	a, b := open(t, Options{Name: name}, "a"), open(t, Options{Name: name}, "b")
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
	if err := open(t, Options{Name: name}, "long").Commit(); err != nil {
		t.Fatal(err)
	}
	want(t, dir, base+"=long")
	// There is no room for the suffix of a partial file.
	kept, err := open(t, Options{Name: name, Overwrite: true}, "longer").Keep()
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
		f := open(t, Options{Name: name, Stdout: &stdout}, "text")
		if kept, err := f.Keep(); kept != "" || err != nil {
			t.Errorf("Keep = %q, %v", kept, err)
		}
		if stdout.String() != "text" || f.Name() != StdoutName || f.IsTerminal() {
			t.Errorf("wrote %q to %q", &stdout, f.Name())
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
		o      Options
		inputs []string
		want   string
	}{
		{Options{Name: other}, []string{in, "-", "missing"}, ""},
		{Options{Name: in}, []string{other, in}, in},
		{Options{Name: filepath.Join(dir, ".", "in")}, []string{in}, in},
		{Options{Name: hard}, []string{in}, in},
		{Options{Name: in}, []string{"-"}, "-"},
		{Options{Stdout: file}, []string{other, hard}, hard},
		{Options{Stdout: file}, []string{other}, ""},
		{Options{Name: other}, []string{PartialName(other)}, PartialName(other)},
		{Options{Name: os.DevNull}, []string{os.DevNull}, ""},
		{Options{Name: filepath.Join(dir, "new")}, []string{in}, ""},
	} {
		got, found := tc.o.Conflict(tc.inputs, file)
		if got != tc.want || found != (tc.want != "") {
			t.Errorf("output %q, inputs %q: %q, %v, want %q", tc.o.Name, tc.inputs, got, found, tc.want)
		}
	}
}

// unpack returns what the gzip data in the file has.
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

// What is compressed is whole when it is committed, and when it is kept.
func TestCompressed(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	o := Options{Name: name, Codec: compress.Gzip}
	f := open(t, o, "text")
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
	kept, err := open(t, o, "more").Keep()
	if err != nil || unpack(t, kept) != "more" || unpack(t, name) != "text" {
		t.Errorf("kept %q, %v", kept, err)
	}
	if err := open(t, o, "less").Discard(); err != nil || unpack(t, name) != "text" {
		t.Error(err)
	}
}

// A fullWriter has room for nothing.
type fullWriter struct{ err error }

func (w fullWriter) Write([]byte) (int, error) { return 0, w.err }

// An error of what is below is that of a later Write or of Commit, once.
func TestCompressedFailure(t *testing.T) {
	full := errors.New("full")
	o := Options{Stdout: fullWriter{full}, Codec: compress.Zstd}
	f := open(t, o, "text")
	if err := f.Commit(); !errors.Is(err, full) || !errors.Is(f.Err(), full) {
		t.Errorf("Commit = %v, Err = %v", err, f.Err())
	}
	if _, err := f.Write([]byte("more")); err == nil {
		t.Error("written after that")
	}
	if _, err := f.Keep(); err != nil {
		t.Errorf("Keep = %v, though that was said", err)
	}
	f = open(t, o, "text")
	for range 1000 { // until it is passed on, in vain
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
		a, b Options
		want bool
	}{
		{Options{Name: "a"}, Options{Name: "b"}, false},
		{Options{Name: "a"}, Options{Name: "./a"}, true},
		{Options{Name: "a"}, Options{Name: filepath.Join(dir, "a")}, true},
		{Options{Name: "a"}, Options{Name: "d/../a"}, true},
		{Options{Name: "d/a"}, Options{Name: "e/a"}, true},
		{Options{Name: "d/a"}, Options{Name: "a"}, false},
		{Options{Name: "a"}, Options{Name: "a.partial"}, true},
		{Options{Name: "link"}, Options{Name: "there"}, true},
		{Options{Name: "link"}, Options{Name: "link.partial"}, false},
		{Options{Stdout: file}, Options{Name: "link"}, true},
		{Options{Stdout: file}, Options{Name: "a"}, false},
		{Options{Name: os.DevNull}, Options{Name: os.DevNull}, false},
		{Options{Name: "missing/a"}, Options{Name: "missing/b"}, false},
	} {
		for range 2 {
			if got := tc.a.Collides(tc.b); got != tc.want {
				t.Errorf("%q and %q: %v, want %v", tc.a.Name, tc.b.Name, got, tc.want)
			}
			tc.a, tc.b = tc.b, tc.a
		}
	}
}

// A stuckWriter never takes anything.
type stuckWriter struct{}

func (stuckWriter) Write([]byte) (int, error) { select {} }

// A run that is to stop does not wait for ever for who reads its output.
func TestStuck(t *testing.T) {
	stop := make(chan struct{})
	close(stop)
	f, err := Options{Stdout: stuckWriter{}, Stop: stop}.Open()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := f.Write([]byte("text"))
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, interrupt.ErrInterrupted) || !errors.Is(f.Err(), interrupt.ErrInterrupted) {
			t.Errorf("Write: %v, Err = %v", err, f.Err())
		}
	case <-time.After(time.Minute):
		t.Error("Write still waits")
	}
}
