//go:build !race

package pickle_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/hostile"
	"github.com/bsonkit/bsonkit/pickle"
)

// The bytes of memory that a pickle may take for each of its own: all that is
// ever allocated, what the garbage of growing slices would add included. The
// BSON is part of it, 14 bytes for an empty list. Small pickles may become
// 1 MiB of BSON whatever their length is.
const (
	memoryPerByte = 34
	memoryStream  = 4 // more in a stream, for its buffer
	memoryAlways  = 6 << 20
	memoryRest    = 256 << 10
)

// TestHostile checks that no pickle takes more memory than its length
// explains. The time is a benchmark's, BenchmarkHostile.
func TestHostile(t *testing.T) {
	for _, shape := range hostile.Shapes(hostile.Pickle) {
		data := []byte(shape.Make(hostileSize))
		checkMemory(t, shape.Name, memoryPerByte, len(data), shape.Err, func() error {
			_, _, err := pickle.AppendBSONValue(nil, data)
			return err
		})
	}
}

// TestHostileStream checks the same for what comes in pieces.
func TestHostileStream(t *testing.T) {
	for _, shape := range hostile.Shapes(hostile.Pickle) {
		data := shape.Make(hostileSize)
		checkMemory(t, shape.Name, memoryPerByte+memoryStream, len(data), shape.Err, func() error {
			d := pickle.NewDecoder(strings.NewReader(data))
			for d.Next() {
			}
			return d.Err()
		})
	}
}

// checkMemory checks what read, of a pickle of n bytes, returns, and how many
// bytes it allocates for each of them.
func checkMemory(t *testing.T, name string, perByte, n int, want error, read func() error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := read()
	runtime.ReadMemStats(&after)
	if !errors.Is(err, want) || (want == nil) != (err == nil) {
		t.Errorf("%s: %v, want %v", name, err, want)
	}
	most := perByte*n + memoryRest
	if n < memoryAlways/perByte {
		most = memoryAlways
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > uint64(most) {
		t.Errorf("%s: %d bytes of memory for %d, %.1f each", name, spent, n, float64(spent)/float64(n))
	}
}
