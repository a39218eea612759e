//go:build unix && !(darwin || dragonfly || freebsd || netbsd || openbsd)

package interrupt

import (
	"os"
	"syscall"
)

// questions are the signals that ask how far the run is.
var questions = []os.Signal{syscall.SIGUSR1}
