package file

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// This file writes outputs that are directories. A Tree is to a directory as a Writer is
// to a file: it is written under a temporary name, and Commit gives it its name.
//
//   - OpenTree makes the directory. dump.go decides which directories it may replace.
//   - Enter chooses the file that Write writes to. A few files are open at once: the
//     file that was not written to for the longest time is closed, and opened again when
//     it is needed. Compressed data then have another member, so that nothing is kept in
//     memory. Which files are open depends on the order of the calls only.
//   - Settle writes all files to the disk. Commit renames: the old directory to a name
//     beside it, then the new one to its name; then it removes the old one.

const (
	// openFiles is the number of files that are open at once; openCompressed is that of
	// compressed ones, each of which needs a few MiB.
	openFiles      = 64
	openCompressed = 16
	// maxBase is the longest name of a file, in bytes, that file systems allow.
	maxBase = 255
)

// A Tree is a directory of output that is open.
type Tree struct {
	o       Output
	disk    disk
	target  string      // final name; not a symbolic link
	temp    string      // temporary name: target.XXXXXXXX.partial; "": it has its name, or none any more
	old     fs.FileInfo // of the directory that it replaces; nil: there is none
	stale   fs.FileInfo // of the partial directory that was there before; nil: there was none
	removed string
	settled bool

	files   map[string]*branch // by path
	order   []*branch
	dirs    map[string]bool // paths of directories in it
	current *branch
	open    []*branch // the one that was written to last is the last one
	size    int64     // compressed bytes of members that are complete
	err     error     // first error of Enter and Write
}

// A branch is a file of a Tree.
type branch struct {
	path string  // in the Tree, with the suffix of the compression
	w    *Writer // nil: it is closed
	bare bool    // it is not compressed, because its name would be too long
}

// OpenTree makes a directory with a temporary name beside o.Name. If o.Name exists and
// must not be replaced, the error matches fs.ErrExist or is a *Refusal, and nothing is
// made.
func (o Output) OpenTree() (*Tree, error) {
	t := &Tree{o: o, disk: o.disk, target: filepath.Clean(o.Name), files: map[string]*branch{}, dirs: map[string]bool{}}
	if t.disk == nil {
		t.disk = systemDisk{}
	}
	var err error
	if t.old, err = o.replaced(t.target); err != nil {
		return nil, err
	}
	t.stale = partialTree(t.target)
	if err := t.make(); err != nil {
		return nil, err
	}
	if t.old != nil {
		if err := t.takePlace(); err != nil {
			t.disk.remove(t.temp)
			return nil, err
		}
	}
	return t, nil
}

// make makes the temporary directory.
func (t *Tree) make() (err error) {
	t.temp, err = t.fresh(partialSuffix, func(name string) error { return t.disk.mkdir(name, 0o777) })
	return err
}

// fresh calls do with names beside the target that end in suffix, until it makes one that
// was not there.
func (t *Tree) fresh(suffix string, do func(name string) error) (name string, err error) {
	const (
		longest = 200 // bytes of the name kept, of the 255 that systems allow
		tries   = 100
	)
	dir, base := filepath.Split(t.target)
	base = base[:min(len(base), longest)]
	for range tries {
		name = fmt.Sprintf("%s%s.%08x%s", dir, base, rand.Uint32(), suffix)
		if err = do(name); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return name, err
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

// Enter makes the file of the given path, with slashes and without the suffix of the
// compression, the one that Write writes to. The file and its directory are made if
// Enter has not made them before.
func (t *Tree) Enter(name string) error {
	if t.err != nil {
		return t.err
	}
	b := t.files[name]
	if b == nil || b.w == nil {
		b, t.err = t.reopen(name, b)
	}
	if t.err == nil && b != t.current {
		t.touch(b)
	}
	return t.err
}

// reopen opens the file b, which is nil if it does not exist yet.
func (t *Tree) reopen(name string, b *branch) (*branch, error) {
	if err := t.closeOldest(); err != nil {
		return nil, err
	}
	var file diskFile
	var err error
	if b == nil {
		if b, file, err = t.create(name); err != nil {
			return nil, err
		}
		t.files[name] = b
		t.order = append(t.order, b)
	} else if file, err = t.disk.append(t.system(b.path)); err != nil {
		return nil, err
	}
	b.w = &Writer{ctx: context.Background(), name: b.path, w: file, file: file}
	t.open = append(t.open, b)
	if t.o.Codec == compress.None || b.bare {
		return b, nil
	}
	return b, b.w.compress(t.o)
}

// create makes a file that was not there.
func (t *Tree) create(name string) (*branch, diskFile, error) {
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

// system returns the name of the system for a path in the temporary directory.
func (t *Tree) system(name string) string { return filepath.Join(t.temp, filepath.FromSlash(name)) }

// touch makes b, which is open, the current file.
func (t *Tree) touch(b *branch) {
	t.current = b
	for i, other := range t.open {
		if other == b {
			copy(t.open[i:], t.open[i+1:])
			t.open[len(t.open)-1] = b
			return
		}
	}
}

// closeOldest closes a file if no more can be open.
func (t *Tree) closeOldest() error {
	most := openFiles
	if t.o.Codec != compress.None {
		most = openCompressed
	}
	if len(t.open) < most {
		return nil
	}
	b := t.open[0]
	t.open = append(t.open[:0], t.open[1:]...)
	return t.close(b)
}

// close completes the data of b and closes it.
func (t *Tree) close(b *branch) error {
	w := b.w
	b.w = nil
	if b == t.current {
		t.current = nil
	}
	err := w.finish()
	t.size += w.Compressed()
	if e := w.close(); err == nil {
		err = e
	}
	return err
}

// Write writes p to the file of the last Enter.
func (t *Tree) Write(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	n, err := t.current.w.Write(p)
	t.err = err
	return n, err
}

// Err returns the first error of Enter and Write.
func (t *Tree) Err() error { return t.err }

// Name returns the name of t for messages.
func (t *Tree) Name() string { return t.o.Name }

// Aside returns true: t has a temporary name first.
func (t *Tree) Aside() bool { return true }

// IsTerminal returns false.
func (t *Tree) IsTerminal() bool { return false }

// ShowsColors returns false.
func (t *Tree) ShowsColors() bool { return false }

// Files returns the number of files.
func (t *Tree) Files() int64 { return int64(len(t.order)) }

// Compressed returns the number of compressed bytes written so far.
func (t *Tree) Compressed() int64 {
	n := t.size
	for _, b := range t.open {
		n += b.w.Compressed()
	}
	return n
}

// closeAll closes all files.
func (t *Tree) closeAll() (err error) {
	for _, b := range t.open {
		if e := t.close(b); err == nil {
			err = e
		}
	}
	t.open = nil
	return err
}

// Settle completes all files and writes them to the disk. On failure Keep or Discard is
// still to be called.
func (t *Tree) Settle() error {
	if t.settled {
		return nil
	}
	if err := t.closeAll(); err != nil {
		return err
	}
	if err := t.syncAll(); err != nil {
		return err
	}
	for dir := range t.dirs {
		t.disk.syncDir(t.system(dir))
	}
	t.disk.syncDir(t.temp)
	t.settled = true
	return nil
}

// syncs is the number of files that are written to the disk at once: the file system
// then writes its journal once for many files.
const syncs = 32

// syncAll writes all files, which are closed, to the disk, and returns the first error.
func (t *Tree) syncAll() error {
	var wait sync.WaitGroup
	var next atomic.Int64
	errs := make([]error, syncs)
	for i := range errs {
		wait.Go(func() {
			for errs[i] == nil {
				n := int(next.Add(1)) - 1
				if n >= len(t.order) {
					return
				}
				errs[i] = t.sync(t.order[n])
			}
		})
	}
	wait.Wait()
	return cmp.Or(errs...)
}

// sync writes b, which is closed, to the disk.
func (t *Tree) sync(b *branch) error {
	file, err := t.disk.append(t.system(b.path))
	if err != nil {
		return err
	}
	err = file.Sync()
	if e := file.Close(); err == nil {
		err = e
	}
	return err
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
	for _, b := range t.open {
		if b.w.z != nil {
			b.w.z.abandon()
		}
	}
	err := t.closeAll()
	if t.temp == "" {
		return err
	}
	for _, b := range t.order {
		t.disk.remove(t.system(b.path))
	}
	for dir := range t.dirs {
		t.disk.remove(t.system(dir))
	}
	t.disk.remove(t.temp)
	return err
}
