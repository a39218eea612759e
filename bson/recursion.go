package bson

import "runtime"

// This file finds recursion through methods of other types. Within one call the
// depth is counted. But a hook that calls Marshal, or a String that prints a D,
// starts a new call that does not know the calls around it. They share the
// stack, so the stack is searched.
//
// Nothing else connects these calls. The address of the value does not, because
// a hook with a value receiver gets a new copy each time. A count over all
// goroutines would take many hooks at once for recursion.

// maxNested is how many calls of a goroutine may be nested through methods of
// other types. Each call searches the stack, so a higher limit would take
// seconds to find endless recursion.
const maxNested = 250

// keptDepth is the number of nested calls from which an encoder or decoder is not
// kept for later calls. Only a new one counts the calls around it, because
// counting takes time. If more than maxNested were kept, the limit would depend
// on earlier calls.
const keptDepth = 100

// nested returns how many other calls of its caller are on the stack of this
// goroutine. It returns 0 if the stack is too small for many.
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
	// A recursion calls from few places, so few names are looked up.
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
