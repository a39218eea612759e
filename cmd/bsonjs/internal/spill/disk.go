package spill

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"github.com/bsonkit/bsonkit/internal/tempfile"
)

// This file has all system calls for temporary files, and the errors. The tests
// replace the calls with calls that fail.

// ErrChanged: a temporary file does not have the bytes that were written into it.
var ErrChanged = errors.New("its bytes are not those that were written")

// An Error is an error of a temporary file.
type Error struct {
	Op  string // create, read, write or remove
	Dir string // the folder of the file; the file itself has no name on most systems
	Err error  // of the system, or ErrChanged
}

// folderVariable is the variable of the environment with the folder for temporary
// files.
func folderVariable() string {
	if runtime.GOOS == "windows" {
		return "TMP"
	}
	return "TMPDIR"
}

// Error describes e, and names the cures.
func (e *Error) Error() string {
	reason := e.Err
	if p, ok := errors.AsType[*fs.PathError](e.Err); ok && e.Op != opRemove {
		reason = p.Err // a file that could not be removed is named, the others are gone
	}
	return fmt.Sprintf("cannot %s a temporary file in %s: %v; set %s to another directory, or raise --memory",
		e.Op, e.Dir, reason, folderVariable())
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

const (
	opCreate = "create"
	opRead   = "read"
	opWrite  = "write"
	opRemove = "remove"
)

// A disk makes temporary files.
type disk interface {
	// create makes an empty file in the folder dir, and reports whether the file has a
	// name that must be removed after it is closed.
	create(dir string) (file diskFile, named bool, err error)
	// remove removes a file.
	remove(name string) error
}

// A diskFile is a temporary file that is open.
type diskFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Name() string
}

// systemDisk is the disk of the system.
type systemDisk struct{}

func (systemDisk) create(dir string) (diskFile, bool, error) {
	file, named, err := tempfile.Create(dir, "bsonjs-*.tmp")
	return file, named, err
}

func (systemDisk) remove(name string) error { return os.Remove(name) }

// A tempFile is a temporary file with runs.
type tempFile struct {
	s    *Store
	file diskFile
	dir  string // the folder of file
	size int64  // bytes written
	runs int    // runs that are not consumed

	// named is set if the file has a name. Files without one are removed by the
	// system when they are closed or the process ends.
	named bool
}

// create makes a temporary file.
func (s *Store) create() (*tempFile, error) {
	dir := s.dir
	if dir == "" {
		dir = os.TempDir()
	}
	file, named, err := s.disk.create(dir)
	if err != nil {
		return nil, &Error{opCreate, dir, err}
	}
	f := &tempFile{s: s, file: file, dir: dir, named: named}
	s.files[f] = struct{}{}
	return f, nil
}

// remove closes and removes f.
func (f *tempFile) remove() error {
	delete(f.s.files, f)
	err := f.file.Close()
	if f.named {
		err = f.s.disk.remove(f.file.Name())
	}
	if err != nil {
		return &Error{opRemove, f.dir, err}
	}
	return nil
}

// consumed removes f after the last of its runs.
func (f *tempFile) consumed() error {
	f.runs--
	if f.runs > 0 {
		return nil
	}
	return f.remove()
}

// append writes p at the end of f.
func (f *tempFile) append(p []byte) error {
	if _, err := f.file.WriteAt(p, f.size); err != nil {
		return &Error{opWrite, f.dir, err}
	}
	f.size += int64(len(p))
	return nil
}

// read reads len(p) bytes at offset off.
func (f *tempFile) read(p []byte, off int64) error {
	_, err := f.file.ReadAt(p, off)
	if errors.Is(err, io.EOF) {
		err = ErrChanged // it ends too early
	}
	if err != nil {
		return f.readError(err)
	}
	return nil
}

func (f *tempFile) readError(err error) error { return &Error{opRead, f.dir, err} }
