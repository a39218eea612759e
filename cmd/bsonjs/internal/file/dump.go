package file

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// This file decides which directories may be replaced and removed: those in which
// everything has the name of a file of a dump.

// A Refusal says why an output may not be written. It is an error of usage.
type Refusal struct{ Why string }

// Error returns the reason, which starts with the name of the output.
func (r *Refusal) Error() string { return r.Why }

// replaced returns the info of the directory target, which may be replaced, or nil if
// there is none.
func (o Output) replaced(target string) (fs.FileInfo, error) {
	refuse := func(why string) error { return &Refusal{o.Name + " " + why} }
	info, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, refuse("is a symbolic link; name the directory itself")
	case !info.IsDir():
		return nil, refuse("is a file and not a directory; choose another name")
	case !o.Overwrite:
		return nil, fs.ErrExist
	case isWorking(target, info):
		return nil, refuse("is the working directory or contains it; choose another name")
	case isMount(target, info):
		return nil, refuse("is a mount point, which cannot be replaced; name a directory in it")
	}
	name, err := foreignIn(target)
	if err == nil && name != "" {
		return nil, refuse("cannot be replaced, because " + filepath.Join(target, name) + " is not a file of a dump; choose another name, or remove the directory first")
	}
	return info, err
}

// isWorking reports whether target is the working directory, or a directory above it.
func isWorking(target string, info fs.FileInfo) bool {
	dir, err := os.Getwd()
	for err == nil {
		if i, e := os.Stat(dir); e == nil && os.SameFile(i, info) {
			return true
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return err != nil || filepath.Dir(target) == target
}

// isDumpFile reports whether a file of a dump has the name, compressed or not.
func isDumpFile(name string) bool {
	stem := compress.Stem(name)
	return stem == "prelude.json" || strings.HasSuffix(stem, ".bson") || strings.HasSuffix(stem, ".metadata.json")
}

// foreignIn returns the path, with slashes, of the first file or directory in dir that is
// none of a dump: in a directory of a directory, no regular file, or with another name.
// It returns "" if there is none.
func foreignIn(dir string) (name string, err error) {
	entries, err := os.ReadDir(dir)
	for i := 0; err == nil && i < len(entries) && name == ""; i++ {
		e := entries[i]
		if !e.IsDir() {
			if !e.Type().IsRegular() || !isDumpFile(e.Name()) {
				name = e.Name()
			}
			continue
		}
		if name, err = foreignInDatabase(filepath.Join(dir, e.Name())); name != "" {
			name = path.Join(e.Name(), name)
		}
	}
	return name, err
}

// foreignInDatabase is foreignIn for the directory of a database.
func foreignInDatabase(dir string) (name string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if !e.Type().IsRegular() || !isDumpFile(e.Name()) {
			return e.Name(), err
		}
	}
	return "", err
}

// removeDump removes the directory of a dump. It removes nothing but files with a dump's
// names, and then directories if they are empty.
func removeDump(d disk, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			err = removeDatabase(d, name)
		case e.Type().IsRegular() && isDumpFile(e.Name()):
			err = d.remove(name)
		}
		if err != nil {
			return err
		}
	}
	return d.remove(dir)
}

// removeDatabase is removeDump for the directory of a database.
func removeDatabase(d disk, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !isDumpFile(e.Name()) {
			continue
		}
		if err := d.remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return d.remove(dir)
}

// partialTree returns the info of the partial directory of target, nil if there is none
// that may be removed.
func partialTree(target string) fs.FileInfo {
	name := PartialName(target)
	info, err := os.Lstat(name)
	if err != nil || !info.IsDir() {
		return nil
	}
	if foreign, err := foreignIn(name); err != nil || foreign != "" {
		return nil
	}
	return info
}
