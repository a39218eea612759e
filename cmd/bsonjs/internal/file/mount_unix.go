//go:build unix

package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// isMount reports whether the directory of the given name and info is on another device
// than the one that it is in.
func isMount(name string, info fs.FileInfo) bool {
	up, err := os.Stat(filepath.Dir(name))
	if err != nil {
		return true
	}
	a, ok := info.Sys().(*syscall.Stat_t)
	b, also := up.Sys().(*syscall.Stat_t)
	return ok && also && a.Dev != b.Dev
}
