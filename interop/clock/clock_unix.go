//go:build unix

// Package clock has the clock of measurements.
package clock

import (
	"syscall"
	"time"
)

// Processor returns the processor time that the process has used. Other programs disturb
// it less than elapsed time.
func Processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("BUG: getrusage: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
