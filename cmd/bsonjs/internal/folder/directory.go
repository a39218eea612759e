package folder

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
)

// A directory is a directory of the system as a fs.FS. In contrast to os.DirFS, it allows
// names that are not UTF-8, and its calls fail after the context has ended.
type directory struct {
	ctx  context.Context
	name string
}

// Open opens a file.
func (d directory) Open(name string) (fs.File, error) {
	return in(d, "open", name, os.Open)
}

// ReadDir lists a directory.
func (d directory) ReadDir(name string) ([]fs.DirEntry, error) {
	return in(d, "list", name, os.ReadDir)
}

// Stat returns the information about a file.
func (d directory) Stat(name string) (fs.FileInfo, error) {
	return in(d, "stat", name, os.Stat)
}

// in calls do with the name of the system for name. An error has name as its path.
func in[T any](d directory, op, name string, do func(name string) (T, error)) (v T, err error) {
	if err = context.Cause(d.ctx); err == nil {
		v, err = do(filepath.Join(d.name, filepath.FromSlash(name)))
	}
	if err != nil {
		err = &fs.PathError{Op: op, Path: name, Err: file.Cause(err)}
	}
	return v, err
}
