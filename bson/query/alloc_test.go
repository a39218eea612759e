//go:build !race

package query_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestNoAllocs holds that Match does not allocate, whether documents match or not. The
// race detector allocates, hence the build tag.
func TestNoAllocs(t *testing.T) {
	docs := append(sample.Documents(sample.Bench, 1, 50), sample.Documents(sample.Collection, 1, 50)...)
	for _, text := range probing {
		f := mustParse(t, text)
		n := testing.AllocsPerRun(20, func() {
			for _, doc := range docs {
				if _, err := f.Match(doc); err != nil {
					panic(err)
				}
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations, want 0", text, n)
		}
	}
}
