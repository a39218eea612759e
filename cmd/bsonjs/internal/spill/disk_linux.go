package spill

import (
	"os"

	"golang.org/x/sys/unix"
)

// openUnnamed opens a new file without a name in the folder dir. Some file systems and
// old systems cannot make one.
func openUnnamed(dir string) (*os.File, error) {
	return os.OpenFile(dir, os.O_RDWR|os.O_EXCL|unix.O_TMPFILE, 0o600)
}
