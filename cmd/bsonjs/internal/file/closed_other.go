//go:build !windows

package file

import (
	"errors"
	"io"
	"syscall"
)

// IsClosedPipe reports whether err says that the reader of the output has gone.
func IsClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
