//go:build !race

package tabular_test

import (
	"math"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// Rows do not allocate, and neither do documents without a new field. The race detector
// allocates, hence the build tag.
func TestNoAllocs(t *testing.T) {
	docs := orders(50)
	for _, o := range []tabular.TableOptions{{}, {Typed: true}, {SpreadsheetSafe: true, Hex: true}, {Extra: tabular.ExtraColumn}} {
		columns := find(tabular.FindOptions{Typed: o.Typed}, docs...)
		table, err := tabular.NewTable(columns, o)
		if err != nil {
			t.Fatal(err)
		}
		var dst []byte
		n := testing.AllocsPerRun(20, func() {
			dst = dst[:0]
			for _, doc := range docs {
				if dst, err = table.AppendRows(dst, math.MaxInt, doc); err != nil {
					panic(err)
				}
			}
		})
		if n != 0 {
			t.Errorf("%+v: %v allocations, want 0", o, n)
		}
	}
	found := tabular.NewFound(tabular.FindOptions{MaxFields: tabular.DefaultMaxFields})
	if n := testing.AllocsPerRun(20, func() {
		for _, doc := range docs {
			found.Add(doc)
		}
	}); n != 0 {
		t.Errorf("Add: %v allocations, want 0", n)
	}
}
