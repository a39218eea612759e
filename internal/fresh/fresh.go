// Package fresh checks results that are made without a buffer of the caller, for the tests
// of packages that use internal/scratch.
package fresh

import (
	"runtime"
	"testing"
)

// large is the longest result, in bytes, that is copied to memory of its own length. A
// longer one may have a quarter of its length as spare capacity.
const large = 4 << 20

// Check fails the test if f makes another number of allocations than want, or a result with
// too much spare capacity. name and size, the bytes of the document that f reads, are for the
// message. The caller turns off the collector, which empties pools, and sets GOMAXPROCS to 1,
// because each processor has its pools.
func Check(t *testing.T, name string, size int, want float64, f func() ([]byte, error)) {
	t.Helper()
	var out []byte
	run := func() {
		var err error
		if out, err = f(); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC() // the results from before
	run()        // the buffers
	run()
	if n := testing.AllocsPerRun(5, run); n != want {
		t.Errorf("%s, %d bytes: %v allocations, want %v", name, size, n, want)
	}
	most := cap(append([]byte{}, out...))
	if len(out) > large {
		most += len(out) / 4 // made in its own memory
	}
	if cap(out) > most {
		t.Errorf("%s, %d bytes: capacity %d, want %d for %d bytes", name, size, cap(out), most, len(out))
	}
}
