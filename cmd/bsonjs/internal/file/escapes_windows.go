package file

import "golang.org/x/sys/windows"

// obeysEscapes reports whether the terminal fd obeys escape sequences: whether
// another program, or the system, has turned them on for this console.
func obeysEscapes(fd int) bool {
	var mode uint32
	err := windows.GetConsoleMode(windows.Handle(fd), &mode)
	return err == nil && mode&windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0
}
