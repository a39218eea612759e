package mongodriver

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"reflect"
	"testing"

	"go.mongodb.org/mongo-driver/bson/bsonrw"
)

// TestSplice: splice works with the required version of the driver. Otherwise the
// registry is right, but slower.
func TestSplice(t *testing.T) {
	want, err := bsonrw.NewBSONValueWriter(new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if got := bytesWriter(); got != reflect.TypeOf(want) {
		t.Errorf("bytesWriter gives %v, want %T", got, want)
	}
}
