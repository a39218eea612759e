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
