package mongodriver

import (
	"bytes"
	"reflect"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"
)

// TestSplice: splice works with the required version of the driver. Otherwise the
// registry is right, but slower.
func TestSplice(t *testing.T) {
	want := reflect.TypeOf(driver.NewDocumentWriter(new(bytes.Buffer)))
	if got := bytesWriter(driver.NewRegistry()); got != want {
		t.Errorf("bytesWriter gives %v, want %v", got, want)
	}
}
