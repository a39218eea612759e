package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

// The arguments of waitid that leave the process for the next wait.
const (
	oneProcess = 1         // P_PID
	onlyLook   = 4 | 1<<24 // WEXITED | WNOWAIT
)

// transferred waits until the process has ended and returns how many bytes it has read
// and written. It returns 0 if the kernel does not count them.
func transferred(pid int) (read, written int64) {
	var info [128]byte // siginfo_t
	for {
		_, _, err := syscall.Syscall6(syscall.SYS_WAITID, oneProcess, uintptr(pid), uintptr(unsafe.Pointer(&info)), onlyLook, 0, 0)
		if err != syscall.EINTR {
			break
		}
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(text)) {
		fmt.Sscanf(line, "rchar: %d", &read)
		fmt.Sscanf(line, "wchar: %d", &written)
	}
	return read, written
}
