// Package cputime measures steps of benchmarks on a machine with other work. It exists on
// Linux only.
package cputime

import (
	"syscall"
	"time"
)

// Used returns the time that this process has used on all processors, in its own code and in
// that of the system. Other processes do not change it.
func Used() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic("BUG: cputime: " + err.Error()) // the arguments are constant
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
