//go:build !race

package schema_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestNoAllocs holds that AddAt does not allocate for documents whose paths and values are
// known. The race detector allocates, hence the build tag.
func TestNoAllocs(t *testing.T) {
	for _, tc := range []struct {
		mix     sample.Mix
		options schema.Options
	}{
		{sample.Collection, schema.Options{}},
		{sample.Bench, schema.Options{}},
		{sample.Bench, schema.Options{TypesOnly: true}},
		{sample.Bench, schema.Options{TypesOnly: true, SingleOnly: true}},
	} {
		// The first documents of a collection are nested more than 24 deep.
		docs := sample.Documents(tc.mix, 1, 200)[20:]
		s := schema.New(tc.options)
		add := func() {
			for i, doc := range docs {
				if err := s.AddAt(doc, int64(i)); err != nil {
					panic(err)
				}
			}
		}
		// Queues are longer than the values of rare paths.
		for range 40 {
			add()
		}
		if n := testing.AllocsPerRun(20, add); n != 0 {
			t.Errorf("mix %d, TypesOnly %v: %v allocations, want 0", tc.mix, tc.options.TypesOnly, n)
		}
	}
}
