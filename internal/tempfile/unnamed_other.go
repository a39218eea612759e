//go:build !linux

package tempfile

import (
	"errors"
	"os"
)

// Unnamed fails: this system cannot make a file that never has a name.
func Unnamed(string) (*os.File, error) { return nil, errors.ErrUnsupported }
