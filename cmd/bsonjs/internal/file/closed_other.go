//go:build !windows

package file

import (
	"errors"
	"io"
	"syscall"
)

// IsClosedPipe reports whether err says that nobody reads the output any more.
func IsClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
