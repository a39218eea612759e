//go:build unix

package extension

import "syscall"

// apart returns the attributes of a process that signals of the terminal do not reach.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
