//go:build !race

package codec

import (
	"runtime"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/pickle"
)

// This file takes long with the race detector, which finds nothing in it: it starts no
// goroutine.

// TestWrappedBombs checks that the memory for wrapped pickles depends on the
// largest pickle that is allowed, and that many wrappings cost little.
func TestWrappedBombs(t *testing.T) {
	const most = 1 << 20
	o := pickle.DecodeOptions{MaxPickleSize: most}
	large := "\x80\x02B\x00\x00\x00\x02" + strings.Repeat("\x00", 32<<20)
	for _, tc := range []struct{ name, data, want string }{
		{"a pickle of 32 MB", deflated(large), "document is too large"},
		{"a pickle of 32 MB, twice", deflated(deflated(large)), "document is too large"},
		{"base64 of it", in64(deflated(large)), "document is too large"},
		{"line feeds of 32 MB", deflated(strings.Repeat("\n", 32<<20)), ""},
		{"wrappings without pickles", strings.Repeat(deflated(""), 100_000), ""},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := readPickles(strings.NewReader(tc.data), o)
		runtime.ReadMemStats(&after)
		if (len(got) == 0) != (tc.want == "") || tc.want != "" && !strings.Contains(got[0], tc.want) {
			t.Errorf("%s: %.300q", tc.name, got)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 16*most {
			t.Errorf("%s: %d bytes of memory", tc.name, spent)
		}
	}
}
