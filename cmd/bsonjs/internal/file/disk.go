package file

import (
	"io"
	"io/fs"
	"os"
)

// This file has all system calls for a file or directory that is written under a
// temporary name. The tests replace them with calls that fail.

// A disk makes files and names them.
type disk interface {
	// create makes a file that was not there.
	create(name string, perm fs.FileMode) (diskFile, error)
	// append opens a file to write at its end.
	append(name string) (diskFile, error)
	// mkdir makes a directory that was not there.
	mkdir(name string, perm fs.FileMode) error
	link(from, to string) error
	rename(from, to string) error
	remove(name string) error
	// syncDir makes the names in the folder dir survive a power cut, if the
	// system can.
	syncDir(dir string)
}

// A diskFile is a file that is open.
type diskFile interface {
	io.WriteCloser
	Stat() (fs.FileInfo, error)
	Chown(uid, gid int) error
	Chmod(mode fs.FileMode) error
	Sync() error
}

// systemDisk is the disk of the system.
type systemDisk struct{}

func (systemDisk) create(name string, perm fs.FileMode) (diskFile, error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (systemDisk) append(name string) (diskFile, error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (systemDisk) mkdir(name string, perm fs.FileMode) error { return os.Mkdir(name, perm) }

func (systemDisk) link(from, to string) error   { return os.Link(from, to) }
func (systemDisk) rename(from, to string) error { return os.Rename(from, to) }
func (systemDisk) remove(name string) error     { return os.Remove(name) }

// syncDir does nothing if a folder cannot be opened or synced, as on Windows and
// in folders that the process may not list.
func (systemDisk) syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
