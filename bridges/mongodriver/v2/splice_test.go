package mongodriver

import (
	"bytes"
	"reflect"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"
)

// TestSplice: splice and package sink work with the required version of the driver.
// Otherwise the registry is right, but slower.
func TestSplice(t *testing.T) {
	want := reflect.TypeOf(driver.NewDocumentWriter(new(bytes.Buffer)))
	if got, direct := bytesWriter(driver.NewRegistry()); got != want || !direct {
		t.Errorf("bytesWriter gives %v, %t, want %v, true", got, direct, want)
	}
}
