//go:build !race && !bsonkit_safe

package mongodriver_test

import (
	"io"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v2"
)

// TestRegistryAllocs: writing a document allocates nothing besides the Encoder, which is
// three objects. In particular the document is not copied in the driver's writer.
func TestRegistryAllocs(t *testing.T) {
	registry := mongodriver.Registry(mongodriver.Options{})
	for _, v := range []any{&Item{Name: "n", Tags: []string{"a"}}, driver.D{{Key: "a", Value: int32(1)}, {Key: "b", Value: driver.ObjectID{}}}, driver.M{"a": "b", "c": driver.A{nil}}} {
		allocs := testing.AllocsPerRun(100, func() {
			e, err := newEncoder(registry, io.Discard)
			if err == nil {
				err = e.Encode(v)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		if allocs > 3 {
			t.Errorf("%T: %v allocations, want 3", v, allocs)
		}
	}
}
