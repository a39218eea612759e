package file

import (
	"errors"
	"io"
	"syscall"
)

// What Windows says of a pipe without a reader.
const (
	errorBrokenPipe = syscall.Errno(109)
	errorNoData     = syscall.Errno(232)
)

// IsClosedPipe reports whether err says that the reader of the output has gone.
func IsClosedPipe(err error) bool {
	return errors.Is(err, errorBrokenPipe) || errors.Is(err, errorNoData) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
