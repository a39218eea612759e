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

// TestKeyOf: each key is right, and a key that comes again is not copied.
func TestKeyOf(t *testing.T) {
	var s scratch
	for _, key := range []string{"_id", "", "_id", "_ix", "_id"} {
		if got := s.keyOf([]byte(key)); got != key {
			t.Errorf("keyOf(%q) = %q", key, got)
		}
	}
	key := []byte("_id")
	if n := testing.AllocsPerRun(100, func() { s.keyOf(key) }); n != 0 {
		t.Errorf("keyOf of the last key: %v allocs, want 0", n)
	}
}
