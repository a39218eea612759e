package bson_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
)

// TestContainerSizes: containers of every size around the number of values that the
// decoder keeps on the stack are read as a whole, and up to a fault, and slices are used
// again.
func TestContainerSizes(t *testing.T) {
	for n := range 40 {
		d, a, m := bson.D{}, bson.A{}, bson.M{}
		for i := range n {
			key := fmt.Sprint("k", i)
			d, a, m[key] = append(d, bson.E{key, int32(i)}), append(a, int32(i)), int32(i)
		}
		type record struct {
			D    bson.D
			A    bson.A
			Anys []any
			M    bson.M
			Map  map[string]any
			Any  any
			List any
		}
		want := record{d, a, a, m, m, d, a}
		doc, err := bson.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		old := bson.D{{"old", "value"}}
		for name, got := range map[string]record{
			"new": {}, "smaller": {D: old, A: bson.A{"old"}, Anys: []any{"old"}},
			"larger": {D: append(make(bson.D, 0, 50), old...), A: append(make(bson.A, 0, 50), "old"), Anys: append(make([]any, 0, 50), "old")},
		} {
			before := got
			if err := bson.Unmarshal(doc, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d values, %s (-want +got):\n%s", n, name, diff)
			}
			if name == "larger" && n > 0 && (&got.D[0] != &before.D[0] || &got.A[0] != &before.A[0] || &got.Anys[0] != &before.Anys[0]) {
				t.Errorf("%d values: a slice with room is not used again", n)
			}
		}
		for at := range n {
			// The element at has the key of another one.
			dup := append(bson.D{}, d...)
			dup[at].Key = dup[(at+n-1)%n].Key
			doc, err := bson.Marshal(dup)
			if err != nil {
				t.Fatal(err)
			}
			last := max(at, (at+n-1)%n) // of the two
			o := bson.DecodeOptions{RejectDuplicateKeys: true}
			var got bson.D
			var gotMap bson.M
			err, mapErr := o.Unmarshal(doc, &got), o.Unmarshal(doc, &gotMap)
			if n > 1 {
				if !errors.Is(err, bson.ErrDuplicateKey) || !errors.Is(mapErr, bson.ErrDuplicateKey) {
					t.Errorf("%d values, key %d again: %v, map: %v", n, at, err, mapErr)
				}
				if diff := cmp.Diff(dup[:last], got); diff != "" || len(gotMap) != last {
					t.Errorf("%d values, key %d again: a map of %d, D (-want +got):\n%s", n, at, len(gotMap), diff)
				}
			}
		}
	}
}
