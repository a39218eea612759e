package file

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// partialSuffix is the suffix of files that are not complete.
const partialSuffix = ".partial"

// PartialName returns the name of the output so far of a run that stopped, for
// the file name.
func PartialName(name string) string { return name + partialSuffix }

// Complete returns the name of the output that name is a partial file of, by
// its suffix, or name.
func Complete(name string) string { return strings.TrimSuffix(name, partialSuffix) }

// ErrOwner: the process cannot give the owner and group of the existing file to
// the file that replaces it.
var ErrOwner = errors.New("cannot keep its owner and group; write to another file, or remove this one first")

// A replacement is a file with a temporary name in the directory of its final
// name.
type replacement struct {
	disk      disk
	target    string      // final name; not a symbolic link
	temp      string      // temporary name: target.XXXXXXXX.partial
	overwrite bool        // it may replace a file
	mode      fs.FileMode // of the file that it replaces; 0: there is none
	stale     fs.FileInfo // of the partial file that was there before; nil: there was none
}

// modeBits are the bits that Chmod sets.
const modeBits = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// newReplacement creates the temporary file of target for o. old is the file
// that it replaces, or nil; its owner, group and permissions are kept, and the
// error matches ErrOwner if they cannot be kept.
func newReplacement(o Output, target string, old fs.FileInfo) (*replacement, diskFile, error) {
	r := &replacement{disk: o.disk, target: target, overwrite: o.Overwrite}
	if r.disk == nil {
		r.disk = systemDisk{}
	}
	r.stale = r.partial()
	perm := fs.FileMode(0o666)
	if old != nil {
		r.mode = old.Mode() & modeBits
		perm = r.mode.Perm()
	}
	file, err := r.create(perm)
	if err != nil {
		return nil, nil, err
	}
	if old != nil {
		if err := takePlace(file, old); err != nil {
			file.Close()
			r.disk.remove(r.temp)
			return nil, nil, err
		}
	}
	return r, file, nil
}

// takePlace gives file the owner, group and permissions of old.
func takePlace(file diskFile, old fs.FileInfo) error {
	if err := takeOwner(file, old); err != nil {
		return err
	}
	// The umask may have removed permissions of the old file.
	return file.Chmod(old.Mode().Perm())
}

// takeOwner gives file the owner and group of old.
func takeOwner(file diskFile, old fs.FileInfo) error {
	now, err := file.Stat()
	if err != nil {
		return err
	}
	uid, gid, known := owner(old)
	if u, g, _ := owner(now); known && (u != uid || g != gid) && file.Chown(uid, gid) != nil {
		return ErrOwner
	}
	return nil
}

// settle writes file, the temporary one, to the disk. Only now it sets mode
// bits other than permissions, such as setuid, because writing clears them.
func (r *replacement) settle(file diskFile) error {
	if r.mode != r.mode.Perm() {
		if err := file.Chmod(r.mode); err != nil {
			return err
		}
	}
	return file.Sync()
}

// create creates a new file, so that two runs at once never write to the same
// file.
func (r *replacement) create(perm fs.FileMode) (diskFile, error) {
	const (
		longest = 200 // bytes of the name kept, of the 255 that systems allow
		tries   = 100
	)
	dir, base := filepath.Split(r.target)
	if base == "" {
		return nil, syscall.EISDIR
	}
	base = base[:min(len(base), longest)]
	var err error
	for range tries {
		r.temp = fmt.Sprintf("%s%s.%08x%s", dir, base, rand.Uint32(), partialSuffix)
		var file diskFile
		file, err = r.disk.create(r.temp, perm)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
	return nil, err
}

// publish gives the file, which is closed, its name. It removes the partial file
// that an earlier run left and returns its name, or "".
func (r *replacement) publish() (removed string, err error) {
	if err := r.name(); err != nil {
		return "", err
	}
	removed = r.clear()
	r.disk.syncDir(filepath.Dir(r.target))
	return removed, nil
}

// partial returns the info of the partial file of the target, nil if there is
// no regular file of that name.
func (r *replacement) partial() fs.FileInfo {
	info, err := os.Lstat(PartialName(r.target))
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return info
}

// clear removes the partial file that was there when the output was opened, and
// returns its name. If another run has left one since then, it stays, and the
// result is "".
func (r *replacement) clear() string {
	name, now := PartialName(r.target), r.partial()
	if r.stale == nil || now == nil || !os.SameFile(r.stale, now) || !now.ModTime().Equal(r.stale.ModTime()) || r.disk.remove(name) != nil {
		return ""
	}
	return name
}

func (r *replacement) name() error {
	if r.overwrite {
		return r.disk.rename(r.temp, r.target)
	}
	return nameNew(r.disk, r.temp, r.target)
}

// nameNew gives the file temp the name target, which it must not replace: the error is
// fs.ErrExist then.
func nameNew(d disk, temp, target string) error {
	// A rename would replace a file that was created after Open.
	err := d.link(temp, target)
	switch {
	case err == nil:
		return d.remove(temp)
	case errors.Is(err, fs.ErrExist):
		return fs.ErrExist
	}
	// Not every file system has links.
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return d.rename(temp, target)
}

// keep gives the file, which is closed, the name of a partial one and returns
// the name that it then has.
func (r *replacement) keep() string {
	name := PartialName(r.target)
	if r.disk.rename(r.temp, name) != nil {
		return r.temp
	}
	return name
}

// resolve follows the symbolic links in name to the file that is to be
// written. It returns the path of that file and its info, nil if there is no
// file. Only the links of regular files are followed, because only regular
// files are replaced: the link that a shell makes for >(program) leads to a
// pipe, which has no path.
func resolve(name string) (string, fs.FileInfo, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(name); err == nil {
			return "", nil, ErrDangling
		}
		return name, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	link, err := os.Lstat(name)
	if err == nil && link.Mode()&fs.ModeSymlink != 0 && info.Mode().IsRegular() {
		name, err = filepath.EvalSymlinks(name)
	}
	return name, info, err
}
