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

// The limits on the bytes of memory for each byte of a pickle. All allocated
// memory counts, the garbage of growing slices included. The BSON counts too, 14
// bytes for an empty list. A small pickle may become 1 MiB of BSON.
const (
	memoryPerByte = 34
	memoryStream  = 4 // additional bytes in a stream, for its buffer
	memoryAlways  = 6 << 20
	memoryRest    = 256 << 10
)

// TestHostile checks the memory for each byte of hostile pickles. BenchmarkHostile
// measures the time.
func TestHostile(t *testing.T) {
	for _, shape := range hostile.Shapes(hostile.Pickle) {
		data := []byte(shape.Make(hostileSize))
		checkMemory(t, shape.Name, memoryPerByte, len(data), shape.Err, func() error {
			_, _, err := pickle.AppendBSONValue(nil, data)
			return err
		})
	}
}

// TestHostileStream checks the memory for pickles that arrive in pieces.
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

// checkMemory checks the error of read, which reads a pickle of n bytes, and the
// memory that it allocates for each byte.
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
		t.Errorf("%s: %d bytes of memory for a pickle of %d bytes, %.1f for each", name, spent, n, float64(spent)/float64(n))
	}
}
