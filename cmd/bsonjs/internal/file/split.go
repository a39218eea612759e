package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// This file writes outputs that are several files beside each other. A Split is a Tree
// whose files leave its directory at the end, one by one; partname.go has their names.
//
//   - Enter makes a part, in a directory with a temporary name. The part is refused then
//     if a file has its name that may not be replaced.
//   - Settle writes all parts to the disk.
//   - Commit gives the parts their names. A file that is replaced stays in the directory
//     until all parts have their names. If one of them cannot get it, the names of the
//     others are undone.
//
// So the parts appear together, or none does. Only the end of the process itself, or of
// the system, during Commit can leave some of them.

// MaxParts is the largest number of files of a Split.
const MaxParts = 10_000

// Parts says that an output is split.
type Parts struct {
	// The names of the files start with Stem, which has their directory, and a hyphen.
	// They end in Suffix, which has the suffixes of the format and the compression.
	Stem, Suffix string
	// Numbered says that the labels are numbers, which are entered in order.
	Numbered bool
	// Reserved is a label whose file has the name of its text in any case, "" if there
	// is none.
	Reserved string
	// Cure is what the user can do about too many files.
	Cure string
	// Input returns the name of the input that is the file of info. ok is false if there
	// is none.
	Input func(info fs.FileInfo) (name string, ok bool)
}

// A Split is an output of several files that is open. The labels that Enter gets are a
// byte for the kind of what the files have in common, and its text: files with the same
// text and of several kinds are several files.
type Split struct {
	branches
	dir   string // of the parts, with a separator at its end, or ""
	names partNames
	named []namedPart // by Commit
	older []string
	// published reports that Commit is past undoing.
	published bool
}

// A namedPart is a part that has its name.
type namedPart struct {
	*branch
	info   fs.FileInfo
	backup string // name of the file that it replaced; "": there was none
}

// backups is the directory of replaced files, in the temporary one. It is no name of a part,
// because it has no hyphen.
const backups = ".old"

// OpenSplit makes a directory with a temporary name beside o.Name, for the parts of
// o.Parts. An error matches fs.ErrExist and is a *fs.PathError if a part may not be
// replaced, and is a *Refusal if the names of the parts cannot be used. Then nothing is made.
func (o Output) OpenSplit() (*Split, error) {
	s := new(Split)
	var base string
	s.dir, base = filepath.Split(o.Parts.Stem)
	s.o = o
	s.names = newPartNames(base, o.Parts)
	info, err := os.Stat(o.Name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return nil, &Refusal{o.Name + " is not a regular file; choose another name for the files of the output"}
	case base == "":
		return nil, &Refusal{o.Name + " has no name before its suffix; type one, such as " + s.dir + "out" + o.Parts.Suffix}
	case s.names.room() < minRoom:
		return nil, &Refusal{o.Name + " is too long for the names of several files; choose a shorter name"}
	}
	if o.Parts.Numbered {
		for _, name := range s.found() {
			if _, err := s.replaced(name); err != nil {
				return nil, err
			}
		}
	}
	if s.branches, err = newBranches(o, filepath.Clean(o.Name)); err != nil {
		return nil, err
	}
	s.planter = s
	if o.Parts.Numbered {
		s.most = 1
	}
	return s, nil
}

// found returns the names of the files that may be parts of an earlier run.
func (s *Split) found() (all []string) {
	entries, _ := os.ReadDir(filepath.Clean(s.dir)) // a directory that may not be listed is used without its names
	for _, e := range entries {
		if s.names.matches(e.Name()) {
			all = append(all, e.Name())
		}
	}
	return all
}

// replaced returns the info of the file that the part of the given name replaces, nil if
// there is none.
func (s *Split) replaced(name string) (fs.FileInfo, error) {
	name = s.dir + name
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &Refusal{name + " is not a regular file, and a file of the output would replace it; choose another name for the output"}
	}
	if s.o.Parts.Input != nil {
		if input, ok := s.o.Parts.Input(info); ok {
			return nil, &Refusal{input + " is an input, and a file of the output would replace it; choose another name for the output"}
		}
	}
	if !s.o.Overwrite {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	return info, nil
}

// plant makes a part. Its name is the first of those for its label that neither another
// part has, nor the file system takes for that of another part.
func (s *Split) plant(label string) (*branch, diskFile, error) {
	if len(s.order) == MaxParts {
		return nil, nil, &Refusal{fmt.Sprintf("the output would have more than 10,000 files; %s", s.o.Parts.Cure)}
	}
	for name := range s.names.of(label) {
		old, err := s.replaced(name)
		if err != nil {
			return nil, nil, err
		}
		b, file, err := s.create(name, old)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			s.names.take(name, label)
		}
		return b, file, err
	}
	return nil, nil, &SameName{"another file", s.dir + label[1:]}
}

// create makes the file of a part with a temporary name. It has the owner and group of old,
// which it replaces if it is not nil.
func (s *Split) create(name string, old fs.FileInfo) (*branch, diskFile, error) {
	b, perm := &branch{path: name}, fs.FileMode(0o666)
	if old != nil {
		b.mode = old.Mode() & modeBits
		perm = b.mode.Perm() | 0o200 // it is closed and opened again
	}
	file, err := s.disk.create(s.system(name), perm)
	if err == nil && old != nil {
		if err = takeOwner(file, old); err != nil {
			file.Close()
			s.disk.remove(s.system(name))
		}
	}
	return b, file, err
}

// Settle completes all parts and writes them to the disk. On failure Keep or Discard is
// still to be called.
func (s *Split) Settle() error {
	if s.settled {
		return nil
	}
	if err := s.settle(); err != nil {
		return err
	}
	s.settled = true
	return nil
}

// Commit settles s unless Settle was called, and gives the parts their names. On failure no
// part has its name unless Published reports it, and Keep or Discard is still to be called;
// after success they do nothing. An error matches fs.ErrExist and is a *fs.PathError if the name of a part may not
// be replaced.
func (s *Split) Commit() error {
	if err := s.Settle(); err != nil {
		return err
	}
	for _, b := range s.order {
		if err := s.publish(b); err != nil {
			return s.undo(err)
		}
	}
	s.disk.syncDir(filepath.Clean(s.dir))
	s.older = s.others()
	temp := s.temp
	s.temp, s.published = "", true
	if err := s.clear(temp); err != nil {
		return fmt.Errorf("it was written, but the directory %s could not be removed: %w", temp, Cause(err))
	}
	return nil
}

// publish gives b its name.
func (s *Split) publish(b *branch) error {
	temp, target := s.system(b.path), s.dir+b.path
	info, err := os.Lstat(temp)
	if err != nil {
		return err
	}
	old, err := s.replaced(b.path)
	if err != nil {
		return err
	}
	s.named = append(s.named, namedPart{branch: b, info: info})
	if !s.o.Overwrite {
		if err = nameNew(s.disk, temp, target); err == fs.ErrExist {
			err = &fs.PathError{Op: "create", Path: target, Err: err}
		}
		return err
	}
	if old != nil {
		p := &s.named[len(s.named)-1]
		if p.backup, err = s.backUp(target, b.path); err != nil {
			return err
		}
	}
	return s.disk.rename(temp, target)
}

// backUp keeps the file target, which is replaced, and returns the name under which it is
// kept, "" on failure. If the file system has links, target has a file at all times.
func (s *Split) backUp(target, name string) (backup string, err error) {
	dir := s.system(backups)
	if err := s.disk.mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	backup = filepath.Join(dir, name)
	if s.disk.link(target, backup) == nil {
		return backup, nil
	}
	if err := s.disk.rename(target, backup); err != nil {
		return "", err
	}
	return backup, nil
}

// undo takes the names of parts back because of err, and returns err. Files that were
// replaced get their names again.
func (s *Split) undo(err error) error {
	for _, p := range slices.Backward(s.named) {
		if s.restore(p) != nil {
			dir := s.system(backups)
			s.temp, s.named, s.published = "", nil, true // the files stay there
			return fmt.Errorf("%w; some files of the output have their names, and the files that they replaced are in %s", Cause(err), dir)
		}
	}
	s.named = nil
	return err
}

// restore takes the name of p back, if p has it: a file that another program has put in its
// place stays.
func (s *Split) restore(p namedPart) error {
	target := s.dir + p.path
	now, err := os.Lstat(target)
	switch {
	case err == nil && !os.SameFile(now, p.info):
		if p.backup != "" {
			s.disk.remove(p.backup)
		}
		return nil
	case p.backup != "":
		return s.disk.rename(p.backup, target)
	case err == nil:
		return s.disk.remove(target)
	}
	return nil
}

// others returns the files of found that are no parts and no inputs, if parts may replace
// files.
func (s *Split) others() (all []string) {
	if !s.o.Overwrite {
		return nil
	}
	ours := map[string]bool{}
	for _, b := range s.order {
		ours[b.path] = true
	}
	for _, name := range s.found() {
		if _, err := s.replaced(name); err == nil && !ours[name] {
			all = append(all, s.dir+name)
		}
	}
	return all
}

// Older returns the files that have names like those of the parts and are not of this run.
// They may be of an earlier run with more parts. It is known after Commit, and if parts may
// replace files.
func (s *Split) Older() []string { return s.older }

// clear removes the directory temp, from which all parts have gone.
func (s *Split) clear(temp string) error {
	for _, p := range s.named {
		if p.backup != "" {
			s.disk.remove(p.backup)
		}
	}
	s.disk.remove(filepath.Join(temp, backups))
	return s.disk.remove(temp)
}

// Published reports whether parts have their names: all of them, or some if an error of
// Commit says so.
func (s *Split) Published() bool { return s.published }

// Removed returns "": a run that stops leaves nothing.
func (s *Split) Removed() string { return "" }

// Keep is Discard: the parts appear together or not at all. The name is "".
func (s *Split) Keep() (name string, err error) { return "", s.Discard() }

// Discard ends s and removes it.
func (s *Split) Discard() error {
	err := s.uproot()
	if s.temp != "" {
		s.disk.remove(s.system(backups))
		s.disk.remove(s.temp)
		s.temp = ""
	}
	return err
}

// collides reports whether p can be a part of o, which is split, or have a partial file that
// can.
func (o Output) collides(p Output) bool {
	dir, base := filepath.Split(o.Parts.Stem)
	dir, ok := whole(filepath.Clean(dir))
	names := newPartNames(fold(base), &Parts{Suffix: fold(o.Parts.Suffix), Numbered: o.Parts.Numbered})
	return ok && slices.ContainsFunc(p.paths(), func(path string) bool {
		return filepath.Dir(path) == dir && names.matches(fold(filepath.Base(path)))
	})
}
