package file

import (
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Conflict returns the first of the inputs that is the same file as the output,
// or as its partial file, also by another name, through a link or as stdin.
// inputs are names as Input opens them. It returns false if there is none.
// Devices, pipes and terminals may be both. A split output has none: its parts are compared
// with the inputs when their names are known.
func (o Output) Conflict(inputs []string, stdin io.Reader) (string, bool) {
	switch {
	case o.Parts != nil:
		return "", false
	case o.Folder:
		return o.conflictInFolder(inputs, stdin)
	}
	return o.conflict(slices.Values(inputs), func(name string) fs.FileInfo { return Stat(name, stdin) })
}

// ConflictIn is Conflict for files in fsys. paths are their names there. An output that is
// a directory has none: Conflict finds that it is in the directory of fsys. Nor has a split
// output.
func (o Output) ConflictIn(fsys fs.FS, paths iter.Seq[string]) (string, bool) {
	if o.Folder || o.Parts != nil {
		return "", false
	}
	return o.conflict(paths, func(path string) fs.FileInfo {
		info, err := fs.Stat(fsys, path)
		if err != nil {
			return nil
		}
		return info
	})
}

// conflict returns the first of names whose info is that of a file that the output
// writes.
func (o Output) conflict(names iter.Seq[string], stat func(string) fs.FileInfo) (string, bool) {
	written := o.written()
	if len(written) == 0 {
		return "", false
	}
	for name := range names {
		if info := stat(name); info != nil && contains(written, info) {
			return name, true
		}
	}
	return "", false
}

// maxInside is the number of directories above a file in which Inside looks for a
// directory.
const maxInside = 100

// Inside returns the name of the output in the directory dir, with slashes. It returns
// false if the output is not in dir, also through links.
func (o Output) Inside(dir string) (name string, ok bool) {
	paths := o.paths()
	top, err := os.Stat(dir)
	if len(paths) == 0 || err != nil {
		return "", false
	}
	path := paths[0]
	for range maxInside {
		above := filepath.Dir(path)
		name = filepath.ToSlash(filepath.Join(filepath.Base(path), name))
		if info, err := os.Stat(above); err == nil && os.SameFile(info, top) {
			return name, true
		}
		if above == path {
			break
		}
		path = above
	}
	return "", false
}

// conflictInFolder returns the first of the inputs that is in the output, which is a
// directory, or in its partial directory, or in which the output is.
func (o Output) conflictInFolder(inputs []string, stdin io.Reader) (string, bool) {
	out, ok := whole(o.Name)
	for _, name := range inputs {
		if name == "-" {
			if info := Stat(name, stdin); info != nil && info.Mode().IsRegular() && o.holds(info) {
				return name, true
			}
			continue
		}
		in, known := whole(name)
		if ok && known && (isIn(in, out) || isIn(out, in) || isIn(in, PartialName(out)) || isIn(PartialName(out), in)) {
			return name, true
		}
	}
	return "", false
}

// holds reports whether a file of the output, which is a directory, is the one of info.
func (o Output) holds(info fs.FileInfo) (found bool) {
	filepath.WalkDir(o.Name, func(_ string, e fs.DirEntry, err error) error {
		if i, e := infoOf(e, err); e == nil && os.SameFile(i, info) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

func infoOf(e fs.DirEntry, err error) (fs.FileInfo, error) {
	if err != nil {
		return nil, err
	}
	return e.Info()
}

// isIn reports whether the absolute name is dir or in dir.
func isIn(name, dir string) bool {
	rest, ok := strings.CutPrefix(name, dir)
	return ok && (rest == "" || os.IsPathSeparator(rest[0]) || os.IsPathSeparator(dir[len(dir)-1]))
}

// whole returns the absolute name without symbolic links, as far as it exists. ok is false
// if the system does not know it.
func whole(name string) (path string, ok bool) {
	path, err := filepath.Abs(name)
	if err != nil {
		return "", false
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, true
	}
	dir, base := filepath.Split(path)
	dir, err = filepath.EvalSymlinks(filepath.Clean(dir))
	return filepath.Join(dir, base), err == nil
}

// Collides reports whether o and p, two outputs of a run, would write to the
// same file, or one to the partial file of the other. Devices, pipes and
// terminals may be both. A split output may write to any name that starts like
// those of its parts.
func (o Output) Collides(p Output) bool {
	if o.Parts != nil {
		return o.collides(p)
	}
	if o.Folder {
		out, ok := whole(o.Name)
		return ok && slices.ContainsFunc(p.paths(), func(path string) bool { return isIn(path, out) || isIn(path, PartialName(out)) })
	}
	written := o.written()
	for _, info := range p.written() {
		if contains(written, info) {
			return true
		}
	}
	// Files that do not exist yet have only names.
	paths := o.paths()
	return slices.ContainsFunc(p.paths(), func(path string) bool { return slices.Contains(paths, path) })
}

func contains(files []fs.FileInfo, info fs.FileInfo) bool {
	return slices.ContainsFunc(files, func(f fs.FileInfo) bool { return os.SameFile(f, info) })
}

// paths returns the absolute names of the files that the output creates,
// without symbolic links.
func (o Output) paths() []string {
	target, info, err := resolve(o.Name)
	if o.isStdout() || err != nil || info != nil && !info.Mode().IsRegular() {
		return nil
	}
	dir, base := filepath.Split(target)
	if dir, err = filepath.EvalSymlinks(filepath.Clean(dir)); err != nil {
		return nil // opening it gives the reason
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil
	}
	path := filepath.Join(dir, base)
	return []string{path, PartialName(path)}
}

// written returns the existing regular files that the output may replace or add
// to.
func (o Output) written() (files []fs.FileInfo) {
	add := func(info fs.FileInfo, err error) {
		if err == nil && info.Mode().IsRegular() {
			files = append(files, info)
		}
	}
	if o.isStdout() {
		if file, ok := o.Stdout.(*os.File); ok {
			add(file.Stat())
		}
		return files
	}
	add(os.Stat(o.Name))
	if target, _, err := resolve(o.Name); err == nil {
		add(os.Stat(PartialName(target)))
	}
	return files
}
