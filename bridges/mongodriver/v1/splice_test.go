package mongodriver

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"reflect"
	"testing"

	"go.mongodb.org/mongo-driver/bson/bsonrw"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/internal/inner"
)

// TestSplice: splice and package inner work with the required version of the driver.
// Otherwise the registry is right, but slower.
func TestSplice(t *testing.T) {
	want, err := bsonrw.NewBSONValueWriter(new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if got, writers := bytesWriter(); got != reflect.TypeOf(want) || writers == (inner.Writers{}) {
		t.Errorf("bytesWriter gives %v, %v, want %T, not zero", got, writers, want)
	}
}
