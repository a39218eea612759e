package output

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// partialSuffix ends the names of files that are not whole.
const partialSuffix = ".partial"

// PartialName returns the name under which a run that stops leaves what it
// wrote of the file name.
func PartialName(name string) string { return name + partialSuffix }

// A replacement is a file written under a temporary name in the directory
// where it is to appear.
type replacement struct {
	target    string // where it is to appear; not a symbolic link
	temp      string // where it is: target.XXXXXXXX.partial
	overwrite bool   // it may replace a file
	sync      bool   // it replaces one: its bytes must be safe before that
}

// newReplacement creates the temporary file of target. old is the file that it
// replaces, or nil; its permissions are kept.
func newReplacement(target string, old fs.FileInfo, overwrite bool) (*replacement, *os.File, error) {
	perm := fs.FileMode(0o666)
	if old != nil {
		perm = old.Mode().Perm()
	}
	r := &replacement{target: target, overwrite: overwrite, sync: old != nil}
	file, err := r.create(perm)
	if err != nil {
		return nil, nil, err
	}
	if old != nil {
		// The umask may have taken away some of what the old file allowed.
		if err := file.Chmod(perm); err != nil {
			file.Close()
			os.Remove(r.temp)
			return nil, nil, err
		}
	}
	return r, file, nil
}

// create creates a file that was not there, so that two runs at once never
// write to the same one.
func (r *replacement) create(perm fs.FileMode) (*os.File, error) {
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
		var file *os.File
		file, err = os.OpenFile(r.temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
	return nil, err
}

// publish gives the file, which is closed, its name.
func (r *replacement) publish() error {
	if r.overwrite {
		return os.Rename(r.temp, r.target)
	}
	// A rename would replace a file that has come since Open looked.
	err := os.Link(r.temp, r.target)
	switch {
	case err == nil:
		return os.Remove(r.temp)
	case errors.Is(err, fs.ErrExist):
		return fs.ErrExist
	}
	// Not every file system has links.
	if _, err := os.Lstat(r.target); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return os.Rename(r.temp, r.target)
}

// keep gives the file, which is closed, the name of a partial one and returns
// the name that it then has.
func (r *replacement) keep() string {
	name := PartialName(r.target)
	if os.Rename(r.temp, name) != nil {
		return r.temp
	}
	return name
}

// resolve follows the symbolic links in name to the file that is to be
// written, and returns its path and what is there now, nil if nothing is.
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
	if err == nil && link.Mode()&fs.ModeSymlink != 0 {
		name, err = filepath.EvalSymlinks(name)
	}
	return name, info, err
}
