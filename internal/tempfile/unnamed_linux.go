package tempfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// Unnamed opens a new file that never has a name, in the folder dir. Its Name is dir. Some
// file systems and old systems cannot make one.
func Unnamed(dir string) (*os.File, error) {
	return os.OpenFile(dir, os.O_RDWR|os.O_EXCL|unix.O_TMPFILE, 0o600)
}
