package cli

import (
	"io"
	"runtime"
	"strings"
	"testing"
)

// No global variable keeps the commands of a run that has ended. Tests run the
// command thousands of times in one process.
func TestTreesAreFreed(t *testing.T) {
	run := func() {
		a := &app{std: streams{strings.NewReader(`{"a":1}`), io.Discard, io.Discard}}
		if code := a.execute([]string{"--mode", "canonical", "-t", "json"}); code != 0 {
			t.Fatalf("code %d", code)
		}
	}
	inUse := func() int64 {
		runtime.GC()
		runtime.GC() // empties pools
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	run()
	const runs, most = 100, 1 << 20 // bytes; the commands of one run have about 80 kB
	before := inUse()
	for range runs {
		run()
	}
	if more := inUse() - before; more > most {
		t.Errorf("%d runs leave %d bytes, want at most %d", runs, more, most)
	}
}
