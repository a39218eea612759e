//go:build !race && !bsonkit_safe

package mongodriver_test

import (
	"bytes"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v2"
)

// TestRegistryDecodeAllocs: reading a document allocates nothing besides the Decoder, which
// is seven objects. In particular the document is not copied.
func TestRegistryDecodeAllocs(t *testing.T) {
	doc, err := driver.Marshal(driver.D{{Key: "n", Value: int32(1)}})
	if err != nil {
		t.Fatal(err)
	}
	registry := mongodriver.Registry(mongodriver.Options{})
	var out struct{ N int32 }
	allocs := testing.AllocsPerRun(100, func() {
		if err := newDecoder(registry, bytes.NewReader(doc)).Decode(&out); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 7 {
		t.Errorf("%v allocations, want 7", allocs)
	}
}
