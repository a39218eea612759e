//go:build !unix

package interrupt

import "os"

// questions are the signals that ask how far the run is: none.
var questions []os.Signal
