package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// This file writes outputs that are directories. A Tree is to a directory as a Writer is
// to a file: it is written under a temporary name, and Commit gives it its name.
//
//   - OpenTree makes the directory. dump.go decides which directories it may replace.
//   - branches.go has its files.
//   - Settle writes all files to the disk. Commit renames: the old directory to a name
//     beside it, then the new one to its name; then it removes the old one.

// A Tree is a directory of output that is open.
type Tree struct {
	branches             // target is the final name, and not a symbolic link
	old      fs.FileInfo // of the directory that it replaces; nil: there is none
	stale    fs.FileInfo // of the partial directory that was there before; nil: there was none
	removed  string
	dirs     map[string]bool // paths of directories in it
}

// OpenTree makes a directory with a temporary name beside o.Name. If o.Name exists and
// must not be replaced, the error matches fs.ErrExist or is a *Refusal, and nothing is
// made.
func (o Output) OpenTree() (*Tree, error) {
	t := &Tree{dirs: map[string]bool{}}
	target := filepath.Clean(o.Name)
	var err error
	if t.old, err = o.replaced(target); err != nil {
		return nil, err
	}
	t.stale = partialTree(target)
	if t.branches, err = newBranches(o, target); err != nil {
		return nil, err
	}
	t.planter = t
	if t.old != nil {
		if err := t.takePlace(); err != nil {
			t.disk.remove(t.temp)
			return nil, err
		}
	}
	return t, nil
}

// takePlace gives the temporary directory the owner, group and permissions of the old
// one.
func (t *Tree) takePlace() error {
	dir, err := os.Open(t.temp)
	if err != nil {
		return err
	}
	defer dir.Close()
	return takePlace(dir, t.old)
}

// A SameName is the error that the file system takes two paths for one.
type SameName struct{ A, B string }

// Error names both paths.
func (e *SameName) Error() string {
	return fmt.Sprintf("%s and %s have the same name on this file system", e.A, e.B)
}

// plant makes a file that was not there.
func (t *Tree) plant(name string) (*branch, diskFile, error) {
	b := &branch{path: name}
	if t.o.Codec != compress.None {
		suffix := t.o.Codec.Suffix()
		if b.bare = len(path.Base(name)+suffix) > maxBase; !b.bare {
			b.path += suffix
		}
	}
	if dir := path.Dir(name); dir != "." && !t.dirs[dir] {
		if err := t.disk.mkdir(t.system(dir), 0o777); errors.Is(err, fs.ErrExist) {
			return nil, nil, t.sameName(dir, keysOf(t.dirs))
		} else if err != nil {
			return nil, nil, err
		}
		t.dirs[dir] = true
	}
	file, err := t.disk.create(t.system(b.path), 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, nil, t.sameName(name, keysOf(t.files))
	}
	return b, file, err
}

func keysOf[V any](m map[string]V) (keys []string) {
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}

// sameName returns the error for a path that the file system takes for one of the others.
func (t *Tree) sameName(name string, others []string) error {
	for _, other := range others {
		if strings.EqualFold(name, other) {
			return &SameName{other, name}
		}
	}
	return &SameName{"another file", name}
}

// Settle completes all files and writes them to the disk. On failure Keep or Discard is
// still to be called.
func (t *Tree) Settle() error {
	if t.settled {
		return nil
	}
	if err := t.settle(); err != nil {
		return err
	}
	for dir := range t.dirs {
		t.disk.syncDir(t.system(dir))
	}
	t.disk.syncDir(t.temp)
	t.settled = true
	return nil
}

// Commit settles t unless Settle was called, and gives it its name. Then it removes the
// directory that had it, and the partial directory of an earlier run. On failure Keep or
// Discard is still to be called; after success they do nothing.
func (t *Tree) Commit() error {
	if err := t.Settle(); err != nil {
		return err
	}
	aside, err := t.rename()
	if err != nil {
		return err
	}
	t.temp = ""
	t.disk.syncDir(filepath.Dir(t.target))
	if aside != "" {
		if err := t.discardOld(aside); err != nil {
			return err
		}
	}
	name := PartialName(t.target)
	if now := partialTree(t.target); t.stale != nil && now != nil && os.SameFile(now, t.stale) && now.ModTime().Equal(t.stale.ModTime()) {
		if removeDump(t.disk, name) == nil {
			t.removed = name
		}
	}
	return nil
}

// rename gives t its name, and returns the name that the old directory now has, "" if there
// was none.
func (t *Tree) rename() (aside string, err error) {
	if t.old == nil {
		// A rename would replace an empty directory that was made after OpenTree.
		if _, err := os.Lstat(t.target); !errors.Is(err, fs.ErrNotExist) {
			return "", fs.ErrExist
		}
		return "", t.disk.rename(t.temp, t.target)
	}
	if aside, err = t.fresh(oldSuffix, func(name string) error {
		if _, err := os.Lstat(name); err == nil {
			return fs.ErrExist
		}
		return t.disk.rename(t.target, name)
	}); err != nil {
		return "", err
	}
	if err = t.disk.rename(t.temp, t.target); err == nil {
		return aside, nil
	}
	if back := t.disk.rename(aside, t.target); back != nil {
		return "", fmt.Errorf("%w; the old directory is now %s", Cause(err), aside)
	}
	return "", err
}

// oldSuffix is the suffix of a directory that is replaced, until it is removed.
const oldSuffix = ".old"

// discardOld removes the old directory, if it still has a dump's files only.
func (t *Tree) discardOld(aside string) error {
	name, err := foreignIn(aside)
	switch {
	case err == nil && name != "":
		err = fmt.Errorf("%s is not a file of a dump", name)
	case err == nil:
		err = removeDump(t.disk, aside)
	}
	if err != nil {
		return fmt.Errorf("it was written, but the old directory is still there as %s: %w", aside, Cause(err))
	}
	return nil
}

// Removed returns the name of the partial directory that Commit removed, "" if there was
// none.
func (t *Tree) Removed() string { return t.removed }

// Keep ends t under the name PartialName, in place of a directory that an earlier run left
// there; if that fails, it keeps its temporary name. It returns the name.
func (t *Tree) Keep() (name string, err error) {
	t.abandonWitnesses()
	err = t.closeAll()
	if t.temp == "" {
		return "", err
	}
	name = PartialName(t.target)
	if t.stale != nil {
		removeDump(t.disk, name)
	}
	if _, e := os.Lstat(name); !errors.Is(e, fs.ErrNotExist) || t.disk.rename(t.temp, name) != nil {
		return t.temp, err
	}
	return name, err
}

// Discard ends t and removes it.
func (t *Tree) Discard() error {
	err := t.uproot()
	if t.temp == "" {
		return err
	}
	for dir := range t.dirs {
		t.disk.remove(t.system(dir))
	}
	t.disk.remove(t.temp)
	return err
}
