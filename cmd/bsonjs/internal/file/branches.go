package file

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// This file writes to many files in turns, in a directory with a temporary name. tree.go
// makes a directory of output of them, and split.go files beside each other.
//
//   - Enter chooses the file that Write writes to. A few files are open at once: the
//     file that was not written to for the longest time is closed, and opened again when
//     it is needed. Compressed data then have another member, so that nothing is kept in
//     memory. Which files are open depends on the order of the calls only.
//   - The planter of the branches makes new files.

const (
	// openFiles is the number of files that are open at once; openCompressed is that of
	// compressed ones, each of which needs a few MiB.
	openFiles      = 64
	openCompressed = 16
	// maxBase is the longest name of a file, in bytes, that file systems allow.
	maxBase = 255
)

// branches are files in a directory with a temporary name.
type branches struct {
	o       Output
	disk    disk
	target  string // the directory has its temporary name beside it
	temp    string // temporary name: target.XXXXXXXX.partial; "": it has another name, or none any more
	planter planter
	most    int // files that may be open
	settled bool

	files   map[string]*branch // by the names that Enter gets
	order   []*branch
	current *branch
	open    []*branch          // the one that was written to last is the last one
	spares  []*compress.Writer // of files that were closed: at most as many as may be open
	size    int64              // compressed bytes of members that are complete
	err     error              // first error of Enter and Write
}

// A planter makes the file for a name that Enter gets for the first time.
type planter interface {
	plant(name string) (*branch, diskFile, error)
}

// A branch is a file of branches.
type branch struct {
	path string      // in the directory, with the suffix of the compression
	mode fs.FileMode // that it gets when it is whole; 0: it has its mode
	w    *Writer     // nil: it is closed
	bare bool        // it is not compressed, because its name would be too long
}

// newBranches makes the directory beside target.
func newBranches(o Output, target string) (branches, error) {
	t := branches{o: o, disk: o.disk, target: target, most: openFiles, files: map[string]*branch{}}
	if t.disk == nil {
		t.disk = systemDisk{}
	}
	if o.Codec != compress.None {
		t.most = openCompressed
	}
	return t, t.make()
}

// make makes the temporary directory.
func (t *branches) make() (err error) {
	t.temp, err = t.fresh(partialSuffix, func(name string) error { return t.disk.mkdir(name, 0o777) })
	return err
}

// fresh calls do with names beside the target that end in suffix, until it makes one that
// was not there.
func (t *branches) fresh(suffix string, do func(name string) error) (name string, err error) {
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

// Enter makes the file of the given name the one that Write writes to. It is made if Enter
// has not made it before. For a Tree the name is a path, with slashes and without the
// suffix of the compression, and the directory of the file is made, too; for a Split it is
// a label.
func (t *branches) Enter(name string) error {
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
func (t *branches) reopen(name string, b *branch) (*branch, error) {
	if err := t.closeOldest(); err != nil {
		return nil, err
	}
	var file diskFile
	var err error
	if b == nil {
		if b, file, err = t.planter.plant(name); err != nil {
			return nil, err
		}
		t.files[name] = b
		t.order = append(t.order, b)
	} else if file, err = t.disk.append(t.system(b.path)); err != nil {
		return nil, err
	}
	b.w = &Writer{ctx: context.Background(), name: b.path, w: file, file: file}
	t.open = append(t.open, b)
	defer b.w.testify(t.o, t.labelOf(name))
	if t.o.Codec == compress.None || b.bare {
		return b, nil
	}
	var spare *compress.Writer
	if last := len(t.spares) - 1; last >= 0 {
		spare, t.spares = t.spares[last], t.spares[:last]
	}
	return b, b.w.compress(t.o, spare)
}

// labelOf returns the label of the file that Enter calls name, for its Witness.
func (t *branches) labelOf(name string) string {
	if t.o.Parts != nil && t.o.Parts.Numbered {
		return ""
	}
	return name
}

// system returns the name of the system for a path in the temporary directory.
func (t *branches) system(name string) string { return filepath.Join(t.temp, filepath.FromSlash(name)) }

// touch makes b, which is open, the current file.
func (t *branches) touch(b *branch) {
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
func (t *branches) closeOldest() error {
	if len(t.open) < t.most {
		return nil
	}
	b := t.open[0]
	t.open = append(t.open[:0], t.open[1:]...)
	return t.close(b)
}

// close completes the data of b and closes it.
func (t *branches) close(b *branch) error {
	w := b.w
	b.w = nil
	if b == t.current {
		t.current = nil
	}
	err := w.finish()
	t.size += w.Compressed()
	if w.z != nil && w.z.spare != nil {
		t.spares = append(t.spares, w.z.spare)
	}
	if err == nil {
		err = w.endWitness()
	}
	w.abandonWitness()
	if e := w.close(); err == nil {
		err = e
	}
	return err
}

// Write writes p to the file of the last Enter.
func (t *branches) Write(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	n, err := t.current.w.Write(p)
	t.err = err
	return n, err
}

// Err returns the first error of Enter and Write.
func (t *branches) Err() error { return t.err }

// Name returns the name of t for messages.
func (t *branches) Name() string { return t.o.Name }

// Aside returns true: t has a temporary name first.
func (t *branches) Aside() bool { return true }

// IsTerminal returns false.
func (t *branches) IsTerminal() bool { return false }

// ShowsColors returns false.
func (t *branches) ShowsColors() bool { return false }

// Files returns the number of files.
func (t *branches) Files() int64 { return int64(len(t.order)) }

// Compressed returns the number of compressed bytes written so far.
func (t *branches) Compressed() int64 {
	n := t.size
	for _, b := range t.open {
		n += b.w.Compressed()
	}
	return n
}

// abandonWitnesses ends the Witnesses of the files that are open.
func (t *branches) abandonWitnesses() {
	for _, b := range t.open {
		b.w.abandonWitness()
	}
}

// closeAll closes all files.
func (t *branches) closeAll() (err error) {
	for _, b := range t.open {
		if e := t.close(b); err == nil {
			err = e
		}
	}
	t.open = nil
	return err
}

// settle completes all files and writes them to the disk.
func (t *branches) settle() error {
	if err := t.closeAll(); err != nil {
		return err
	}
	return t.syncAll()
}

// syncs is the number of files that are written to the disk at once: the file system
// then writes its journal once for many files.
const syncs = 32

// syncAll writes all files, which are closed, to the disk, and returns the first error.
func (t *branches) syncAll() error {
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
func (t *branches) sync(b *branch) error {
	file, err := t.disk.append(t.system(b.path))
	if err != nil {
		return err
	}
	// Only now it gets its mode: a file that nobody may write to could not be opened again,
	// and writing clears bits such as setuid.
	if b.mode != 0 {
		err = file.Chmod(b.mode)
	}
	if err == nil {
		err = file.Sync()
	}
	if e := file.Close(); err == nil {
		err = e
	}
	return err
}

// uproot ends all files and removes them. The directory stays.
func (t *branches) uproot() error {
	t.abandonWitnesses()
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
	return err
}
