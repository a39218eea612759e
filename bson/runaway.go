package bson

import (
	"math/rand/v2"
	"runtime"
)

// This file finds recursion that leads through functions that are not ours.
// Within a call depth is counted. But a hook that calls Marshal, and
// encoding/json when it meets a D and calls its method, begin a call that
// knows nothing of those around it. What they share is the stack.

const (
	// deepStack is how many calls may be under way in a goroutine before they
	// are looked at: a thousand rounds through encoding/json, and a few
	// hundredths of what the runtime allows.
	deepStack = 16 << 10
	// runawayCalls is how many of the innermost deepStack calls may be of the
	// function of ours that asks.
	runawayCalls = 64
	// runawayChance is how many times runaway is asked for each time that it
	// looks. To look costs as much as there are calls; recursion that has no
	// end asks again soon.
	runawayChance = 32
)

// runaway reports whether the stack is deep because of the function that
// calls this one. To be asked where a call begins that others of its kind may
// lie around.
func runaway() bool {
	var one [1]uintptr
	if rand.Uint32N(runawayChance) > 0 || runtime.Callers(deepStack, one[:]) == 0 {
		return false
	}
	calls := make([]uintptr, deepStack)
	frames := runtime.CallersFrames(calls[:runtime.Callers(2, calls)])
	self, more := frames.Next()
	n := 0
	for more {
		var f runtime.Frame
		if f, more = frames.Next(); f.Function == self.Function {
			n++
		}
	}
	return n > runawayCalls
}
