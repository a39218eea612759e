//go:build unix

package file

import (
	"io/fs"
	"syscall"
)

// owner returns the numbers of the user and group that own a file, or false
// if they are not known.
func owner(info fs.FileInfo) (uid, gid int, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(s.Uid), int(s.Gid), true
}
