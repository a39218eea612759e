//go:build !unix

// Package clock has the clock of measurements.
package clock

import "time"

var start = time.Now()

// Processor returns the time that has passed: this system does not tell the processor
// time.
func Processor() time.Duration { return time.Since(start) }
