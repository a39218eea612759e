package spill

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A badDisk is the disk of the system with calls that fail.
type badDisk struct {
	systemDisk
	full    int64 // bytes after which writing fails; 0: never
	flip    int64 // offset of a byte that is read with another bit, from 1; 0: none
	short   int64 // length that files seem to have; 0: the true one
	reading error // of reads
	closing error // of the first close
	written int64 // bytes of the longest file
}

func (d *badDisk) create(dir string) (diskFile, bool, error) {
	f, named, err := d.systemDisk.create(dir)
	if err != nil {
		return nil, false, err
	}
	return &badFile{f, d}, named, nil
}

type badFile struct {
	diskFile
	disk *badDisk
}

func (f *badFile) WriteAt(p []byte, off int64) (int, error) {
	if full := f.disk.full; full > 0 && off+int64(len(p)) > full {
		n, _ := f.diskFile.WriteAt(p[:max(full-off, 0)], off)
		return n, &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	f.disk.written = max(f.disk.written, off+int64(len(p)))
	return f.diskFile.WriteAt(p, off)
}

func (f *badFile) ReadAt(p []byte, off int64) (int, error) {
	if f.disk.reading != nil {
		return 0, &fs.PathError{Op: "read", Path: f.Name(), Err: f.disk.reading}
	}
	if short := f.disk.short; short > 0 && off+int64(len(p)) > short {
		n, _ := f.diskFile.ReadAt(p[:max(short-off, 0)], off)
		return n, io.EOF
	}
	n, err := f.diskFile.ReadAt(p, off)
	if i := f.disk.flip - 1 - off; i >= 0 && i < int64(n) {
		p[i] ^= 1 << (i % 8)
	}
	return n, err
}

func (f *badFile) Close() error {
	err := f.diskFile.Close()
	if f.disk.closing != nil {
		err, f.disk.closing = f.disk.closing, nil
	}
	return err
}

// somePairs returns pairs that need runs in the memory of badStore, not in order.
func somePairs() (pairs []pair) {
	for i := range 2000 {
		key := binary.BigEndian.AppendUint32(nil, uint32(i*617%2003))
		pairs = append(pairs, pair{key, append(key, "some text of an item"...)})
	}
	return pairs
}

func badStore(t *testing.T, d disk) *Store {
	s := New(t.Context(), t.TempDir(), 24<<10)
	s.disk = d
	return s
}

// sortBadly returns the pairs that come back before the first error.
func sortBadly(s *Store, pairs []pair) (got []pair, err error) {
	sorter := s.NewSorter(SortOptions{})
	for _, p := range pairs {
		if err := sorter.Add(p.Key, p.Item); err != nil {
			return nil, err
		}
	}
	sorted, err := sorter.Sort()
	if err != nil {
		return nil, err
	}
	for sorted.Next() {
		got = append(got, pair{append([]byte{}, sorted.Key()...), append([]byte{}, sorted.Item()...)})
	}
	return got, sorted.Err()
}

// TestFaults: every failure of the disk is an error with its reason, what came back
// before it is right, and nothing is left.
func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name string
		disk badDisk
		op   string
		want error
	}{
		{"full at once", badDisk{full: 1}, opWrite, syscall.ENOSPC},
		{"full in a run", badDisk{full: 5000}, opWrite, syscall.ENOSPC},
		{"full in a later run", badDisk{full: 8000}, opWrite, syscall.ENOSPC},
		{"unreadable", badDisk{reading: syscall.EIO}, opRead, syscall.EIO},
		{"empty", badDisk{short: 1}, opRead, ErrChanged},
		{"short", badDisk{short: 8000}, opRead, ErrChanged},
		{"not closed", badDisk{closing: syscall.EIO}, opRemove, syscall.EIO},
	} {
		s := badStore(t, &tc.disk)
		pairs := somePairs()
		got, err := sortBadly(s, pairs)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Op != tc.op || !errors.Is(err, tc.want) || e.Dir != s.dir {
			t.Errorf("%s: the error is %#v, want to %s and %v", tc.name, err, tc.op, tc.want)
		}
		want := reference(pairs, SortOptions{})
		if d := diff(want[:min(len(got), len(want))], got); d != "" {
			t.Errorf("%s: (-want +got):\n%s", tc.name, d)
		}
		closed(t, s)
	}
}

// TestFlips: no changed bit of a file goes unseen.
func TestFlips(t *testing.T) {
	pairs := somePairs()
	want := reference(pairs, SortOptions{})
	disk := &badDisk{}
	if _, err := sortBadly(badStore(t, disk), pairs); err != nil || disk.written < 5000 {
		t.Fatalf("%d bytes were written, error %v", disk.written, err)
	}
	for disk.flip = 1; disk.flip <= disk.written; disk.flip += 101 {
		s := badStore(t, disk)
		got, err := sortBadly(s, pairs)
		closed(t, s)
		if d := diff(want[:min(len(got), len(want))], got); d != "" {
			t.Fatalf("byte %d: (-want +got):\n%s", disk.flip, d)
		}
		if !errors.Is(err, ErrChanged) {
			t.Fatalf("byte %d: the error is %v, want %v", disk.flip, err, ErrChanged)
		}
	}
}

// A block at the place of another one is found.
func TestSwappedBlocks(t *testing.T) {
	s := badStore(t, systemDisk{})
	defer closed(t, s)
	sorter := s.NewSorter(SortOptions{})
	for len(sorter.runs) < 3 {
		if err := sorter.Add(make([]byte, 4), make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
	}
	a, b := sorter.runs[1], sorter.runs[2] // the first one has other bytes
	if a.end-a.start != b.end-b.start {
		t.Fatalf("the runs have %d and %d bytes", a.end-a.start, b.end-b.start)
	}
	second := make([]byte, b.end-b.start)
	if err := b.file.read(second, b.start); err != nil {
		t.Fatal(err)
	}
	if _, err := a.file.file.WriteAt(second, a.start); err != nil {
		t.Fatal(err)
	}
	sorted, err := sorter.Sort()
	if err != nil {
		t.Fatal(err)
	}
	if sorted.Next() || !errors.Is(sorted.Err(), ErrChanged) {
		t.Errorf("the error is %v, want %v", sorted.Err(), ErrChanged)
	}
}

// A folder that is missing, at once or after the first file.
func TestFolderMissing(t *testing.T) {
	s := New(t.Context(), filepath.Join(t.TempDir(), "missing"), 1<<10)
	_, err := sortBadly(s, somePairs())
	if e, ok := errors.AsType[*Error](err); !ok || e.Op != opCreate || e.Dir != s.dir || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %#v, want one of %s", err, s.dir)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}

	s = New(t.Context(), filepath.Join(t.TempDir(), "vanishing"), 1<<10)
	os.Mkdir(s.dir, 0o700)
	sorter := s.NewSorter(SortOptions{})
	for _, p := range somePairs() {
		if err := sorter.Add(p.Key, p.Item); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(s.dir); err != nil {
		t.Skip("this system keeps the names of open files: ", err)
	}
	if _, err := sorter.Sort(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v, want %v", err, fs.ErrNotExist)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// namingDisk makes files that have names until they are removed, as on Windows.
type namingDisk struct {
	systemDisk
	broken bool // remove fails
}

func (*namingDisk) create(dir string) (diskFile, bool, error) {
	f, err := os.CreateTemp(dir, "bsonjs-*.tmp")
	return f, true, err
}

func (d *namingDisk) remove(name string) error {
	if d.broken {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrPermission}
	}
	return d.systemDisk.remove(name)
}

// Files that keep their names are removed by Close, or when they are read.
func TestNamedFiles(t *testing.T) {
	disk := &namingDisk{}
	s := badStore(t, disk)
	if _, err := sortBadly(s, somePairs()); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(s.dir); len(left) > 0 {
		t.Errorf("%d files are left after the last item", len(left))
	}
	sorter := s.NewSorter(SortOptions{})
	for _, p := range somePairs() {
		if err := sorter.Add(p.Key, p.Item); err != nil {
			t.Fatal(err)
		}
	}
	if there, _ := os.ReadDir(s.dir); len(there) == 0 {
		t.Error("the test made no file")
	}
	closed(t, s)

	s, disk.broken = badStore(t, disk), true
	_, err := sortBadly(s, somePairs())
	if e, ok := errors.AsType[*Error](err); !ok || e.Op != opRemove || !strings.Contains(e.Error(), "remove "+filepath.Join(s.dir, "bsonjs-")) {
		t.Errorf("the error is %v, want one with the name of the file that is left", err)
	}
}

// Where the system can remove the names of open files, not even a process that is killed
// leaves one.
func TestUnnamedFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this system keeps the names of open files")
	}
	s := badStore(t, systemDisk{})
	sorter := s.NewSorter(SortOptions{})
	for _, p := range somePairs() {
		if err := sorter.Add(p.Key, p.Item); err != nil {
			t.Fatal(err)
		}
	}
	if there, err := os.ReadDir(s.dir); len(s.files) == 0 || len(there) > 0 || err != nil {
		t.Errorf("of %d files, %d have a name; error %v", len(s.files), len(there), err)
	}
	closed(t, s)
}

// TestStopped: after the end of the context every step returns its cause.
func TestStopped(t *testing.T) {
	for _, at := range []string{"add", "sort", "next"} {
		ctx, stop := context.WithCancelCause(t.Context())
		cause := errors.New("the cause")
		s := New(ctx, t.TempDir(), 24<<10)
		if err := sortStopping(s, func(step string) {
			if step == at {
				stop(cause)
			}
		}); err != cause {
			t.Errorf("%s: the error is %v, want the cause", at, err)
		}
		closed(t, s)
		stop(nil)
	}
}

// sortStopping sorts, and tells step the name of each step.
func sortStopping(s *Store, step func(string)) error {
	sorter := s.NewSorter(SortOptions{})
	for i := range 30 {
		for _, p := range somePairs() {
			if err := sorter.Add(p.Key, p.Item); err != nil {
				return err
			}
		}
		if i == 15 {
			step("add")
		}
	}
	step("sort")
	sorted, err := sorter.Sort()
	if err != nil {
		return err
	}
	for sorted.Next() {
		step("next")
	}
	return sorted.Err()
}

func TestErrorText(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "dir/x", Err: syscall.ENOSPC}
	end := "; set " + folderVariable() + " to another directory, or raise --memory"
	for _, tc := range []struct {
		err  *Error
		want string
	}{
		{&Error{opWrite, "dir", full}, "cannot write a temporary file in dir: " + syscall.ENOSPC.Error() + end},
		{&Error{opCreate, "dir", full}, "cannot create a temporary file in dir: " + syscall.ENOSPC.Error() + end},
		{&Error{opRead, "dir", ErrChanged}, "cannot read a temporary file in dir: " + ErrChanged.Error() + end},
	} {
		if d := cmp.Diff(tc.want, tc.err.Error()); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}
