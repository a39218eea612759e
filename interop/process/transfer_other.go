//go:build !linux

package main

// transferred returns 0, because the system does not count the bytes of a process.
func transferred(pid int) (read, written int64) { return 0, 0 }
