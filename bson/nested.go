package bson

import "runtime"

// This file finds recursion that leads through methods that are not ours.
// Within a call depth is counted. But a hook that calls Marshal, or a String
// that prints a D, begins a call that knows nothing of those around it. What
// they share is the stack.

// maxNested is how many calls may lie within each other in a goroutine by way
// of methods of other types. Each of them looks at the stack, so more would take
// seconds before a recursion without end is found.
const maxNested = 250

// keptDepth is from how many nested calls on an encoder or decoder is not kept
// for later calls. Only newly made ones count the calls around them, since that
// takes time; were there more of the others than maxNested, how deep calls
// may be nested would depend on what went before.
const keptDepth = 100

// nested returns how many calls of the function that calls it lie around that
// one in this goroutine. It returns 0 where the stack is too low for many.
func nested() int {
	var one [1]uintptr
	if runtime.Callers(2*maxNested, one[:]) == 0 {
		return 0
	}
	return countCaller(2)
}

// countCaller returns how many times the function skip calls above lies on the
// stack, itself left out.
func countCaller(skip int) int {
	pcs := make([]uintptr, 16*maxNested)
	n := runtime.Callers(skip+1, pcs)
	for n == len(pcs) {
		pcs = make([]uintptr, 4*n)
		n = runtime.Callers(skip+1, pcs)
	}
	// The calls of a recursion are few places, so that few names are asked.
	self := nameAt(pcs[0])
	is := map[uintptr]bool{}
	count := 0
	for _, pc := range pcs[1:n] {
		same, ok := is[pc]
		if !ok {
			same = nameAt(pc) == self
			is[pc] = same
		}
		if same {
			count++
		}
	}
	return count
}

// nameAt returns the name of the function that returns to pc.
func nameAt(pc uintptr) string { return runtime.FuncForPC(pc - 1).Name() }
