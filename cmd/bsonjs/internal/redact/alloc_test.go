//go:build !race

package redact

import (
	"testing"

	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestNoAllocs holds that Redact does not allocate. The race detector allocates, hence the
// build tag.
func TestNoAllocs(t *testing.T) {
	r := redactor(t, "a", "/")
	var docs [][]byte
	for _, doc := range withoutColumns(append(sample.Documents(sample.Bench, 1, 50), sample.Documents(sample.Collection, 1, 50)...)) {
		docs = append(docs, wrapped(doc))
	}
	n := testing.AllocsPerRun(20, func() {
		for _, doc := range docs {
			if err := r.Redact(doc); err != nil {
				panic(err)
			}
		}
	})
	if n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
