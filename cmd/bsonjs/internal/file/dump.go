package file

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// This file decides which directories may be removed: those in which everything has the
// name of a file of a dump.

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
