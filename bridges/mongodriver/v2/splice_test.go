package mongodriver

import (
	"bytes"
	"reflect"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/internal/inner"
)

// TestSplice: splice and package inner work with the required version of the driver.
// Otherwise the registry is right, but slower.
func TestSplice(t *testing.T) {
	want := reflect.TypeOf(driver.NewDocumentWriter(new(bytes.Buffer)))
	got, writers := bytesWriter(driver.NewRegistry())
	if got != want || writers == (inner.Writers{}) {
		t.Errorf("bytesWriter gives %v, %v, want %v, not zero", got, writers, want)
	}
	if bytesReaders() == (inner.Readers{}) {
		t.Error("bytesReaders gives none")
	}
}
